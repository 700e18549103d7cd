#include "store/instance_index.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cim/object_path.h"
#include "store/key_text.h"

namespace wmi::store {
namespace {

bool IsIndexed(const cim::Property& property) {
  const bool is_scalar =
      !property.type.is_array && property.type.type != cim::CimType::kObject && !cim::IsReal(property.type.type);
  return is_scalar && (property.qualifiers.IsTrue("indexed") || property.qualifiers.IsTrue("index"));
}

}  // namespace

bool HasIndex(const cim::Class& schema, std::string_view property) {
  const cim::Property* const found = schema.FindProperty(property);
  return found != nullptr && IsIndexed(*found);
}

bool HasIndexes(const cim::Class& schema) {
  return std::any_of(schema.properties().begin(), schema.properties().end(), [](const cim::Property& property) {
    return IsIndexed(property) || property.type.type == cim::CimType::kReference;
  });
}

std::string IndexText(const cim::Value& value) { return KeyText(KeyTuple{value}); }

std::vector<IndexedValue> IndexedValues(const cim::Object& row) {
  std::vector<IndexedValue> values;
  const std::vector<cim::Property>& properties = row.schema().properties();
  for (std::size_t slot = 0; slot < properties.size(); ++slot) {
    if (!IsIndexed(properties[slot]) || row.slot(slot).is_null()) continue;
    values.push_back({Fold(properties[slot].name), IndexText(cim::Value::Copy(row.slot(slot)))});
  }
  return values;
}

std::string ReferenceText(std::string_view path, std::string_view name_space, std::string_view server) {
  Result<cim::ObjectPath> parsed = cim::ParseObjectPath(path);
  if (!parsed.ok()) return Fold(path);
  if (parsed->name_space.empty()) parsed->name_space = std::string(name_space);
  if (parsed->server == "." || EqualFolded(parsed->server, server)) parsed->server.clear();
  return Fold(cim::FormatObjectPath(*parsed));
}

std::vector<ReferenceValue> ReferenceValues(const cim::Object& row, std::string_view name_space,
                                            std::string_view server) {
  std::vector<ReferenceValue> references;
  const std::vector<cim::Property>& properties = row.schema().properties();
  for (std::size_t slot = 0; slot < properties.size(); ++slot) {
    if (properties[slot].type.type != cim::CimType::kReference) continue;
    const cim::ValueView value = row.slot(slot);
    const auto add = [&](cim::ValueView path) {
      if (path.kind() != cim::ValueKind::kText) return;
      references.push_back({Fold(properties[slot].name), ReferenceText(path.text(), name_space, server)});
    };
    if (value.kind() == cim::ValueKind::kArray) {
      for (const cim::ValueView item : value.items()) add(item);
    } else {
      add(value);
    }
  }
  return references;
}

}  // namespace wmi::store
