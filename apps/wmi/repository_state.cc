#include "wmi/repository_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "wmi/json.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

void AddList(std::string& text, const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  text += fmt::format("\n{}\n", title);
  for (const std::string& line : lines) text += fmt::format("  {}\n", EscapeControls(line));
}

nlohmann::ordered_json TextOrNull(const char* text) {
  return *text == '\0' ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

}  // namespace

std::string StateText(const api::RepositoryState& state, const RepositoryContents& contents) {
  const bool is_in_memory = state.folder[0] == '\0';
  std::string text = fmt::format("Folder:      {}\n", is_in_memory ? "none, in memory" : EscapeControls(state.folder));
  text += fmt::format("Format:      {}\n", state.format);
  if (!is_in_memory) text += fmt::format("Size:        {} bytes\n", state.bytes);
  text += fmt::format("Namespaces:  {}\nClasses:     {}\nInstances:   {}\n", state.namespaces, state.classes,
                      state.instances);
  text += fmt::format("Autorecover: {} {}\n", state.autorecover_files, state.autorecover_files == 1 ? "file" : "files");
  text += fmt::format("Damage:      {}\n",
                      state.damage[0] == '\0' ? "none met; wmi repository verify looks everywhere" : state.damage);
  text += fmt::format("Changeable:  {}\n", state.refusal[0] == '\0' ? "yes" : fmt::format("no: {}", state.refusal));

  std::size_t width = 0;
  for (const auto& [name, classes] : contents.namespaces) width = std::max(width, DisplayWidth(EscapeControls(name)));
  std::vector<std::string> namespaces;
  for (const auto& [name, classes] : contents.namespaces) {
    const std::string escaped = EscapeControls(name);
    const std::string gap(width - DisplayWidth(escaped), ' ');
    namespaces.push_back(fmt::format("{}{}  {:>6}", escaped, gap, classes));
  }
  AddList(text, "Namespaces, and how many classes each has", namespaces);
  AddList(text, "MOF that is compiled again when the repository is made anew", contents.autorecover);
  AddList(text, "Damaged repositories that were set aside; delete them when nothing is missed", contents.set_aside);
  return text;
}

std::string StateJson(const api::RepositoryState& state, const RepositoryContents& contents, int indent) {
  nlohmann::ordered_json json;
  json["folder"] = TextOrNull(state.folder);
  json["format"] = state.format;
  json["bytes"] = state.bytes;
  json["namespaces"] = nlohmann::ordered_json::array();
  for (const auto& [name, classes] : contents.namespaces) {
    json["namespaces"].push_back({{"name", name}, {"classes", classes}});
  }
  json["classes"] = state.classes;
  json["instances"] = state.instances;
  json["autorecover"] = contents.autorecover;
  json["damage"] = TextOrNull(state.damage);
  json["refusal"] = TextOrNull(state.refusal);
  json["setAside"] = contents.set_aside;
  return Dump(json, indent) + '\n';
}

}  // namespace wmi::cli
