// The command line: what it may hold, and the help that tells so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wmi/clock.h"
#include "wmi/row_order.h"
#include "wmi/terminal.h"
#include "wmi/writer.h"

namespace wmi::cli {

enum class Command {
  kQuery,
  kExplain,
  kWatch,
  kGet,
  kList,
  kDescribe,
  kRegister,
  kCompile,
  kExport,
  kRepository,
  kSubscriptions,
  kHost,
  kCall,
  kSet,
  kDelete
};
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

// What `wmi compile` does with its files; the flags are those of IMofCompiler.
struct CompileSelection {
  bool only_check = false;
  std::uint32_t class_flags = 0;
  std::uint32_t instance_flags = 0;
};

// What `wmi export` writes.
struct ExportSelection {
  bool instances = false;
  bool recursive = false;
  std::string file;  // empty: the standard output
};

// What ends `wmi watch`, besides a signal; how long it may take is the time limit.
struct WatchSelection {
  std::optional<std::uint64_t> count;
  std::string duration;  // as it was written; empty: for ever
};

struct Options {
  Command command = Command::kQuery;
  std::string subject;                // the query, path, class or file
  std::vector<std::string> subjects;  // files or classes, of commands that take several; words behind the subject
  std::string name_space;
  bool has_namespace = false;    // --namespace was given
  std::optional<Format> format;  // nothing: what suits
  bool creates = false;          // wmi set --create
  std::optional<Duration> time_limit;
  bool has_timeout = false;  // --timeout was given
  ColourChoice colour = ColourChoice::kAutomatic;
  PartialResults partial_results = PartialResults::kWarn;
  DescribeForm describe_form = DescribeForm::kReadable;
  Registration registration = Registration::kMake;
  Arrangement arrangement;
  ListSelection list;
  std::string repository_file;  // of `wmi repository backup`, `restore` and `export`
  CompileSelection compile;
  ExportSelection mof_export;
  bool allows_scripts = false;  // wmi host
  WatchSelection watch;
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
