#include "engine/association_targets.h"

#include "store/instance_index.h"

namespace wmi::engine {

AssociationTargets::AssociationTargets(const cim::Object& source, std::string_view name_space, std::string_view server)
    : name_space_(name_space), server_(server) {
  cim::ObjectPath path;
  if (source.is_instance()) {
    for (const std::size_t slot : source.schema().key_slots()) {
      path.keys.push_back({source.schema().properties()[slot].name, cim::Value::Copy(source.slot(slot))});
    }
    path.is_singleton = path.keys.empty();
  }
  for (const cim::Class* schema = &source.schema(); schema != nullptr; schema = schema->superclass().get()) {
    if (source.is_instance() && schema->key_slots().size() != path.keys.size()) break;
    path.class_name = schema->name();
    Add(source, path);
    if (path.keys.size() == 1) {
      cim::ObjectPath unnamed = path;
      unnamed.keys.front().name.clear();
      Add(source, unnamed);
    }
    if (source.is_class()) break;
  }
}

void AssociationTargets::Add(const cim::Object& source, const cim::ObjectPath& path) {
  const auto& home = source.schema().home();
  texts_.insert(store::ReferenceText(cim::FormatObjectPath(path), home ? home->name_space : name_space_, server_));
}

bool AssociationTargets::Contain(cim::ValueView reference) const {
  return reference.kind() == cim::ValueKind::kText &&
         texts_.contains(store::ReferenceText(reference.text(), name_space_, server_));
}

}  // namespace wmi::engine
