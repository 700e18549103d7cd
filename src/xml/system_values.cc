#include "xml/system_values.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "cim/object_path.h"

namespace wmi::xml {
namespace {

using cim::CimType;
using cim::Value;

Value TextOrNull(std::string_view text) { return text.empty() ? Value() : Value::Text(std::string(text)); }
Value PathOrNull(const std::optional<std::string>& path) { return path ? Value::Text(*path) : Value(); }

std::int64_t VisibleProperties(const cim::Object& object) {
  std::int64_t count = 0;
  for (std::size_t slot = 0; slot < object.schema().properties().size(); ++slot)
    count += object.IsVisible(slot) ? 1 : 0;
  return count;
}

Value Derivation(const cim::Class& schema) {
  std::vector<Value> names;
  for (const std::string& name : schema.derivation()) names.push_back(Value::Text(name));
  return Value::Array(std::move(names));
}

}  // namespace

std::vector<SystemValue> SystemValues(const cim::Object& object) {
  const cim::Class& schema = object.schema();
  const cim::Home* home = schema.home();
  const bool has_name = !schema.name().empty();
  std::vector<SystemValue> values;
  const auto add = [&](std::string_view name, Value value, CimType type = CimType::kString) {
    const bool is_array = value.view().kind() == cim::ValueKind::kArray;
    values.push_back({name, type, is_array, std::move(value)});
  };
  add("__GENUS", Value::Signed(object.is_class() ? 1 : 2), CimType::kSint32);
  add("__CLASS", TextOrNull(schema.name()));
  add("__SUPERCLASS", schema.derivation().empty() ? Value() : Value::Text(schema.derivation().front()));
  add("__DYNASTY", TextOrNull(schema.dynasty()));
  add("__RELPATH", has_name ? PathOrNull(cim::RelativePath(object)) : Value());
  add("__PROPERTY_COUNT", Value::Signed(VisibleProperties(object)), CimType::kSint32);
  add("__DERIVATION", Derivation(schema));
  add("__SERVER", home == nullptr ? Value() : Value::Text(home->server));
  add("__NAMESPACE", home == nullptr ? Value() : Value::Text(home->name_space));
  add("__PATH", has_name ? PathOrNull(cim::FullPath(object)) : Value());
  return values;
}

}  // namespace wmi::xml
