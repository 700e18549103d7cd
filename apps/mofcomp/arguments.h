// The command line of mofcomp: the switches of Windows, with - or /, in any case of letters (contract 10).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wmi::mofcomp {

// Told in mofcomp(1). Windows ends with the error code itself when a switch forbids something; an exit code of Linux
// has 8 bits, so that is one number here and the code is in the text.
enum ExitCode : int {
  kExitSuccess = 0,
  kExitFailure = 1,    // no connection, no such file, or the text does not fit what is there
  kExitUsage = 2,      // a wrong switch
  kExitSyntax = 3,     // the text is no MOF
  kExitForbidden = 4,  // a -class or -instance switch forbids what the text does
};

struct Arguments {
  std::string file;
  std::string name_space;  // empty: root\default
  bool only_check = false;
  bool autorecover = false;
  std::uint32_t class_flags = 0;
  std::uint32_t instance_flags = 0;
  std::string amendment;
  std::string neutral_file;  // -MOF: and -MFL:; both or none
  std::string localized_file;
  // Null when they were not given.
  std::optional<std::string> user;
  std::optional<std::string> password;
  std::optional<std::string> authority;
};

// The program should print `text` to stdout (success) or stderr and end with `exit_code`.
struct ParsedText {
  std::string text;
  int exit_code;
};

// `words` without the name of the program. A word with / in front is a switch when it is the name of one, else a path.
std::variant<Arguments, ParsedText> ParseArguments(const std::vector<std::string>& words);

std::string_view HelpText();

}  // namespace wmi::mofcomp
