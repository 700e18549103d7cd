#include "mof/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "mof/writer.h"

namespace wmi::mof {
namespace {

// The classes of the objects inside a value.
void AddClassesOf(cim::ValueView value, std::vector<std::string_view>& names) {
  std::vector<cim::ValueView> left = {value};
  while (!left.empty()) {
    const cim::ValueView view = left.back();
    left.pop_back();
    if (view.kind() == cim::ValueKind::kArray) left.insert(left.end(), view.items().begin(), view.items().end());
    if (view.kind() != cim::ValueKind::kObject || view.object() == nullptr || !*view.object()) continue;
    const cim::Class& schema = view.object()->schema();
    names.push_back(schema.name());
    for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) left.push_back(view.object()->slot(slot));
  }
}

void AddClassesOfDefaults(const cim::Class& cls, std::vector<std::string_view>& names) {
  for (const cim::Property& property : cls.properties()) {
    if (property.type.type == cim::CimType::kObject) AddClassesOf(property.default_value.view(), names);
  }
}

std::vector<std::string_view> NeedsOf(const cim::Class& cls) {
  std::vector<std::string_view> names;
  if (cls.superclass() != nullptr) names.push_back(cls.superclass()->name());
  AddClassesOfDefaults(cls, names);
  for (const cim::Method& method : cls.methods()) {
    if (method.in != nullptr) AddClassesOfDefaults(*method.in, names);
    if (method.out != nullptr) AddClassesOfDefaults(*method.out, names);
  }
  return names;
}

}  // namespace

std::vector<cim::ClassPtr> InCompileOrder(std::vector<cim::ClassPtr> classes) {
  std::sort(classes.begin(), classes.end(),
            [](const cim::ClassPtr& a, const cim::ClassPtr& b) { return CompareFolded(a->name(), b->name()) < 0; });
  enum class State { kNew, kOpen, kDone };
  std::unordered_map<std::string_view, std::size_t, FoldedHash, FoldedEqual> by_name;
  for (std::size_t i = 0; i < classes.size(); ++i) by_name.emplace(classes[i]->name(), i);
  std::vector<State> states(classes.size(), State::kNew);
  std::vector<cim::ClassPtr> ordered;
  ordered.reserve(classes.size());
  std::vector<std::size_t> stack;
  for (std::size_t start = 0; start < classes.size(); ++start) {
    stack.push_back(start);
    while (!stack.empty()) {
      const std::size_t index = stack.back();
      if (states[index] == State::kNew) {
        states[index] = State::kOpen;
        for (const std::string_view name : NeedsOf(*classes[index])) {
          const auto need = by_name.find(name);
          if (need != by_name.end() && states[need->second] == State::kNew) stack.push_back(need->second);
        }
        continue;
      }
      stack.pop_back();
      if (std::exchange(states[index], State::kDone) == State::kOpen) ordered.push_back(classes[index]);
    }
  }
  return ordered;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string NamespaceDirective(std::string_view name_space) {
  return fmt::format("#pragma namespace ({})\n", Quoted(fmt::format(R"(\\.\{})", name_space)));
}

std::string NamespaceCreation(std::string_view name_space) {
  const std::size_t last = name_space.rfind('\\');
  if (last == std::string_view::npos) return NamespaceDirective(name_space);
  return fmt::format("{}instance of __NAMESPACE\n{{\n\tName = {};\n}};\n{}",
                     NamespaceDirective(name_space.substr(0, last)), Quoted(name_space.substr(last + 1)),
                     NamespaceDirective(name_space));
}

Status WriteNamespace(const ExportedNamespace& name_space, Creation creation, const TextSink& write) {
  if (creation == Creation::kWrite) TRY(write(NamespaceCreation(name_space.name)));
  if (creation == Creation::kOmit) TRY(write(NamespaceDirective(name_space.name)));
  for (const cim::ClassPtr& cls : InCompileOrder(name_space.classes)) {
    if (!cls->name().starts_with("__")) TRY(write("\n" + ClassText(*cls)));
  }
  if (name_space.next_instance == nullptr) return Status();
  for (;;) {
    const cim::Object instance = TRY(name_space.next_instance());
    if (!instance) return Status();
    TRY(write("\n" + InstanceText(instance)));
  }
}

}  // namespace wmi::mof
