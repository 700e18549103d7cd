#include "wmi/hint.h"

#include <fmt/format.h>

namespace wmi::cli {

namespace {

std::string ListClasses(const Options& options) {
  if (options.name_space == "root\\cimv2") return "wmi ls lists the classes.";
  return fmt::format("wmi ls '{}' lists the classes.", options.name_space);
}

// A class or, with keys in the path, an object of one.
std::string FindObject(const Options& options) {
  const std::string class_name = options.subject.substr(0, options.subject.find_first_of(".="));
  return fmt::format("wmi query \"SELECT __RELPATH FROM {}\" lists the paths there are.", class_name);
}

}  // namespace

std::string HintFor(Code code, const Options& options) {
  switch (code) {
    case code::kInvalidClass:
      return ListClasses(options);
    case code::kNotFound:
      // Of a file.
      if (options.command == Command::kCompile || options.command == Command::kRepository) return {};
      return options.command == Command::kGet ? FindObject(options) : ListClasses(options);
    case code::kInvalidNamespace:
      return "wmi ls --namespaces root lists the namespaces.";
    case code::kInvalidObjectPath:
      return "A path looks like Win32_Process.Handle=\"1\", in single quotes for the shell.";
    default:
      return {};
  }
}

}  // namespace wmi::cli
