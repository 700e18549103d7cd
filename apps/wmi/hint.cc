#include "wmi/hint.h"

#include <fmt/format.h>

#include <string_view>

#include "wmi/query_shape.h"

namespace wmi::cli {

namespace {

std::string ListClasses(const Options& options) {
  if (options.name_space == "root\\cimv2") return "wmi ls lists the classes.";
  return fmt::format("wmi ls '{}' lists the classes.", options.name_space);
}

// What a watch needs and this query lacks.
std::string WatchHint(Code code, const Options& options) {
  switch (code) {
    case code::kNotEventClass:
      return fmt::format(
          "To hear of its objects: SELECT * FROM __InstanceOperationEvent WITHIN 2 WHERE TargetInstance ISA '{}'",
          ShapeOf(options.subject).class_name);
    case code::kRegistrationTooPrecise:
      return "WITHIN and a number of seconds, behind the event class, say how often to look: FROM "
             "__InstanceCreationEvent WITHIN 2 WHERE …";
    case code::kRegistrationTooBroad:
      return "TargetInstance ISA 'CLASS' in the WHERE clause says whose objects are watched.";
    case code::kInvalidClass:
      return ListClasses(options);
    default:
      return {};  // the path that is not found is one of a file
  }
}

// The path of the object that is missing: what `wmi get` was given, or what stands in the braces of a query.
std::string MissingPath(const Options& options) {
  if (options.command == Command::kGet) return options.subject;
  const bool is_query = options.command == Command::kQuery || options.command == Command::kExplain;
  return is_query ? ShapeOf(options.subject).path : std::string();
}

std::string FindObject(const Options& options, std::string_view path) {
  const std::size_t colon = path.substr(0, path.find_first_of("=\"'")).rfind(':');
  std::string_view class_name = path.substr(colon == std::string_view::npos ? 0 : colon + 1);
  class_name = class_name.substr(0, class_name.find_first_of(".=@"));
  const std::string own = NamespaceOfPath(path);
  const std::string& name_space = own.empty() ? options.name_space : own;
  const std::string there = name_space == "root\\cimv2" ? "" : fmt::format("-n '{}' ", name_space);
  return fmt::format("wmi query {}\"SELECT __RELPATH FROM {}\" lists the paths there are.", there, class_name);
}

}  // namespace

std::string HintFor(Code code, const Options& options) {
  if (options.command == Command::kWatch && code != code::kInvalidNamespace) return WatchHint(code, options);
  switch (code) {
    case code::kInvalidClass:
      return ListClasses(options);
    case code::kNotFound: {
      // Of a file.
      if (options.command == Command::kCompile || options.command == Command::kRepository) return {};
      const std::string path = MissingPath(options);
      return path.empty() ? ListClasses(options) : FindObject(options, path);
    }
    case code::kInvalidNamespace:
      return "wmi ls --namespaces root lists the namespaces.";
    case code::kInvalidObjectPath:
      return "A path looks like Win32_Process.Handle=\"1\", in single quotes for the shell.";
    default:
      return {};
  }
}

}  // namespace wmi::cli
