// The command line: what it may hold, and the help that tells so.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wmi/clock.h"
#include "wmi/terminal.h"
#include "wmi/writer.h"

namespace wmi::cli {

enum class Command { kQuery, kGet, kList, kDescribe, kRegister };
enum class PartialResults { kWarn, kFail };
enum class DescribeForm { kReadable, kMof };
enum class Registration { kMake, kTakeBack };

// What `wmi ls` lists.
struct ListSelection {
  bool namespaces = true;
  bool classes = true;
  bool system_classes = false;
  bool names_only = false;
};

struct Options {
  Command command = Command::kQuery;
  std::string subject;  // the query, path, class or file
  std::string name_space;
  std::optional<Format> format;  // nothing: what suits
  std::optional<Duration> time_limit;
  ColourChoice colour = ColourChoice::kAutomatic;
  PartialResults partial_results = PartialResults::kWarn;
  DescribeForm describe_form = DescribeForm::kReadable;
  Registration registration = Registration::kMake;
  ListSelection list;
};

// The program should print `text` to stdout (success) or stderr and end with `exit_code`.
struct ParsedText {
  std::string text;
  int exit_code;
};

std::variant<Options, ParsedText> ParseOptions(int argument_count, const char* const* arguments);

// The text of `wmi --help`, or of `wmi COMMAND --help`.
std::string_view HelpText(std::string_view command);

// All options with their dashes; for the tests that compare help, man page and completion with what is accepted.
std::vector<std::string> OptionNames();

// "\\.\root\cimv2:Win32_X.Y=1" has the namespace "root\cimv2"; empty when the path names none.
std::string NamespaceOfPath(std::string_view path);

}  // namespace wmi::cli
