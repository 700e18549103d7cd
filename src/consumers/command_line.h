// CommandLine: a command line with places that an event fills, cut into arguments before (contract 6.5).
//
// It is cut where Windows cuts: at blanks and tabs outside of quotes. The first argument, the program, ends a quoted
// part at the next quote. In the others 2n backslashes before a quote stand for n and the quote, 2n+1 for n and a
// quote as a character; inside a quoted part two quotes are one as a character; other backslashes are themselves. A
// quoted part is text: it has no places. So what an event says is inside one argument, whatever it says, and needs no
// quotes around its place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "cim/row.h"
#include "consumers/text_template.h"

namespace wmi::consumers {

// A value. Filling it is safe from several threads.
class CommandLine {
 public:
  // kInvalidParameter, with the column, for a text that is none: empty, with an open quote, with a wrong place or with
  // a place in the first argument, which may decide what a program does.
  static Result<CommandLine> Parse(std::string_view text);
  // One that has only the program.
  static CommandLine OfProgram(std::string program);

  // The first argument.
  const std::string& program() const { return program_; }
  // All arguments, as many for each event: a place without a value leaves an empty one. A zero character, with which an
  // argument would end, becomes U+FFFD. kQuotaViolation when they are longer than kArgumentsBytesMax together.
  Result<std::vector<std::string>> Fill(const cim::Object& event) const;

 private:
  using Piece = std::variant<std::string, TextTemplate>;
  using Argument = std::vector<Piece>;
  friend class CommandLineParser;

  std::string program_;
  std::vector<Argument> arguments_;  // behind the program
};

}  // namespace wmi::consumers
