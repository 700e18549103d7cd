#include "wmi/watch_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace wmi::cli {

namespace {

namespace fs = std::filesystem;

struct Form {
  std::string_view word;
  std::size_t least;  // arguments
  std::size_t most;
};

constexpr std::array<Form, 4> kForms = {{{"process", 0, 1}, {"service", 0, 1}, {"file", 1, 1}, {"device", 0, 0}}};

const Form* FindForm(std::string_view word) {
  const auto* found = std::find_if(kForms.begin(), kForms.end(), [&](const Form& form) { return form.word == word; });
  return found == kForms.end() ? nullptr : found;
}

// A constant of WQL: a quote or backslash in it stands behind a backslash (contract 7).
std::string Quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

std::string InstanceQuery(std::string_view event, int seconds, std::string_view class_name, const std::string& more) {
  return fmt::format("SELECT * FROM {} WITHIN {} WHERE TargetInstance ISA '{}'{}", event, seconds, class_name, more);
}

// Of what comes and goes its changes do not matter.
constexpr std::string_view kComesOrGoes = " AND __CLASS <> '__InstanceModificationEvent'";

std::string Equals(std::string_view property, std::string_view value) {
  return fmt::format(" AND TargetInstance.{} = {}", property, Quoted(value));
}

std::string Named(const std::vector<std::string>& arguments) {
  return arguments.empty() ? std::string() : Equals("Name", arguments.front());
}

// Files have one name each: absolute, without "." and "..", the folders on the way no links.
std::variant<std::string, Problem> FileQuery(const std::string& given) {
  std::error_code error;
  const fs::path path = fs::absolute(given, error);
  const bool is_folder = given.ends_with('/') || fs::is_directory(path, error);
  const fs::path folder = fs::canonical(is_folder ? path : path.parent_path(), error);
  if (error || !fs::is_directory(folder, error)) {
    Problem problem;
    problem.code = code::kNotFound;
    problem.description = fmt::format("the folder of '{}' cannot be watched: {}", given,
                                      (error ? error : std::make_error_code(std::errc::not_a_directory)).message());
    return problem;
  }
  std::string name = folder.string();
  if (!name.ends_with('/')) name += '/';
  const std::string which = is_folder ? Equals("Path", name) : Equals("Name", name + path.filename().string());
  return InstanceQuery("__InstanceOperationEvent", 1, "CIM_DataFile", which);
}

}  // namespace

bool IsWatchForm(std::string_view word) { return FindForm(word) != nullptr; }

std::string CheckWatchWords(std::string_view word, const std::vector<std::string>& arguments) {
  const Form* const form = FindForm(word);
  if (form == nullptr) {
    return arguments.empty() ? std::string() : "watch takes one query, in quotes, or process, service, file or device";
  }
  if (arguments.size() < form->least) return fmt::format("watch {} needs a PATH", word);
  if (arguments.size() <= form->most) return {};
  return form->most == 0 ? fmt::format("watch {} takes no argument", word)
                         : fmt::format("watch {} takes one argument", word);
}

std::variant<std::string, Problem> WatchQuery(std::string_view word, const std::vector<std::string>& arguments) {
  if (word == "process") {
    return InstanceQuery("__InstanceOperationEvent", 1, "Win32_Process", std::string(kComesOrGoes) + Named(arguments));
  }
  if (word == "service") return InstanceQuery("__InstanceModificationEvent", 2, "Win32_Service", Named(arguments));
  if (word == "device") {
    return InstanceQuery("__InstanceOperationEvent", 2, "Win32_PnPEntity", std::string(kComesOrGoes));
  }
  if (word == "file") return FileQuery(arguments.front());
  return std::string(word);
}

// What the user has given stands behind WHERE.
std::string ToldQuery(const std::string& query) {
  const std::size_t within = query.find(" WITHIN ");
  const std::size_t where = query.find(" WHERE ");
  if (within == std::string::npos || where == std::string::npos || where < within) return query;
  return fmt::format("{}{}", std::string_view(query).substr(0, within), std::string_view(query).substr(where));
}

}  // namespace wmi::cli
