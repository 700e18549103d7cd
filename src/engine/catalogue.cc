#include "engine/catalogue.h"

#include <fmt/format.h>

#include <utility>

namespace wmi::engine {
namespace {

// A namespace that does not exist yet has no classes to inherit from.
class NoClasses final : public mof::ClassLookup {
 public:
  cim::ClassPtr FindClass(std::string_view, std::string_view) const override { return nullptr; }
};

}  // namespace

Status Catalogue::CreateNamespace(std::string_view name) {
  mof::Compiled compiled = mof::Compile(system_classes_, name, server(), NoClasses());
  if (!compiled.errors.empty()) return compiled.errors.front();
  return repository_.CreateNamespace(name, std::move(compiled.classes));
}

Status Catalogue::AddNamespace(std::string_view name) {
  for (std::size_t end = name.find('\\');; end = name.find('\\', end + 1)) {
    const std::string_view prefix = name.substr(0, end);
    if (!Find(prefix)) TRY(CreateNamespace(prefix));
    if (end == std::string_view::npos) return Status();
  }
}

Status Catalogue::Compile(const mof::Source& source, std::string_view name_space) {
  const NamespacePtr target = Find(name_space);
  if (!target) return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}'", name_space));
  const mof::Compiled compiled = mof::Compile(source, target->name(), server(), *this);
  if (!compiled.errors.empty()) return compiled.errors.front();
  for (const cim::ClassPtr& schema : compiled.classes) {
    if (!EqualFolded(schema->home()->name_space, target->name())) {
      return Status(code::kInvalidNamespace,
                    fmt::format("{} puts the class {} into {}, but it is compiled into {}", source.file, schema->name(),
                                schema->home()->name_space, target->name()));
    }
  }
  return repository_.LoadClasses(target->name(), compiled.classes);
}

cim::ClassPtr Catalogue::FindClass(std::string_view name_space, std::string_view name) const {
  const NamespacePtr found = Find(name_space);
  return found ? found->FindClass(name) : nullptr;
}

}  // namespace wmi::engine
