#include "wql/system_property.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "cim/object_path.h"

namespace wmi::wql {

namespace {

constexpr std::array<std::pair<std::string_view, SystemProperty>, 11> kNames{{
    {"__CLASS", SystemProperty::kClass},
    {"__DERIVATION", SystemProperty::kDerivation},
    {"__DYNASTY", SystemProperty::kDynasty},
    {"__GENUS", SystemProperty::kGenus},
    {"__NAMESPACE", SystemProperty::kNamespace},
    {"__PATH", SystemProperty::kPath},
    {"__PROPERTY_COUNT", SystemProperty::kPropertyCount},
    {"__RELPATH", SystemProperty::kRelativePath},
    {"__SERVER", SystemProperty::kServer},
    {"__SUPERCLASS", SystemProperty::kSuperclass},
    {"__THIS", SystemProperty::kThis},
}};

// The path of a class or of an instance with all keys; false when a key is missing.
bool MakePath(Subject subject, cim::ObjectPath& path) {
  path.class_name = subject.schema->name();
  if (subject.kind == SubjectKind::kClass) return true;
  if (subject.schema->is_singleton()) {
    path.is_singleton = true;
    return true;
  }
  for (const std::size_t slot : subject.schema->key_slots()) {
    if (subject.slots[slot].is_null()) return false;
    path.keys.push_back({subject.schema->properties()[slot].name, cim::Value::Copy(subject.slots[slot])});
  }
  return !path.keys.empty();
}

cim::ValueView PathValue(SystemProperty property, Subject subject, std::string& buffer) {
  cim::ObjectPath path;
  if (!MakePath(subject, path)) return {};
  if (property == SystemProperty::kPath) {
    if (subject.schema->home() == nullptr) return {};
    path.server = subject.schema->home()->server;
    path.name_space = subject.schema->home()->name_space;
  }
  buffer = cim::FormatObjectPath(path);
  return cim::ValueView::Text(buffer);
}

cim::ValueView ClassValue(SystemProperty property, const cim::Class& schema) {
  switch (property) {
    case SystemProperty::kClass:
      return cim::ValueView::Text(schema.name());
    case SystemProperty::kDynasty:
      return cim::ValueView::Text(schema.dynasty());
    case SystemProperty::kSuperclass:
      return schema.derivation().empty() ? cim::ValueView() : cim::ValueView::Text(schema.derivation().front());
    case SystemProperty::kNamespace:
      return schema.home() == nullptr ? cim::ValueView() : cim::ValueView::Text(schema.home()->name_space);
    case SystemProperty::kServer:
      return schema.home() == nullptr ? cim::ValueView() : cim::ValueView::Text(schema.home()->server);
    case SystemProperty::kPropertyCount:
      return cim::ValueView::Signed(static_cast<std::int64_t>(schema.properties().size()));
    default:
      return {};
  }
}

}  // namespace

std::optional<SystemProperty> FindSystemProperty(std::string_view name) {
  if (!name.starts_with("__")) return std::nullopt;
  for (const auto& [known, property] : kNames) {
    if (EqualFolded(name, known)) return property;
  }
  return std::nullopt;
}

std::vector<std::string_view> SystemPropertyNames() {
  std::vector<std::string_view> names;
  for (const auto& [name, property] : kNames) names.push_back(name);
  return names;
}

cim::DataType SystemPropertyType(SystemProperty property) {
  switch (property) {
    case SystemProperty::kGenus:
    case SystemProperty::kPropertyCount:
      return {cim::CimType::kSint32, false, {}};
    case SystemProperty::kDerivation:
      return {cim::CimType::kString, true, {}};
    case SystemProperty::kThis:
      return {cim::CimType::kObject, false, {}};
    default:
      return {cim::CimType::kString, false, {}};
  }
}

cim::ValueView SystemValue(SystemProperty property, Subject subject, std::string& buffer) {
  if (property == SystemProperty::kGenus) return cim::ValueView::Signed(subject.kind == SubjectKind::kClass ? 1 : 2);
  if (property == SystemProperty::kPath || property == SystemProperty::kRelativePath) {
    return PathValue(property, subject, buffer);
  }
  return ClassValue(property, *subject.schema);
}

cim::ValueView SystemValue(SystemProperty property, const cim::Object& object, std::string& buffer) {
  if (property == SystemProperty::kGenus) return cim::ValueView::Signed(object.is_class() ? 1 : 2);
  if (property != SystemProperty::kPath && property != SystemProperty::kRelativePath) {
    return ClassValue(property, object.schema());
  }
  std::optional<std::string> path =
      property == SystemProperty::kPath ? cim::FullPath(object) : cim::RelativePath(object);
  if (!path) return {};
  buffer = *std::move(path);
  return cim::ValueView::Text(buffer);
}

}  // namespace wmi::wql
