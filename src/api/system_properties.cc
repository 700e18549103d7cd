#include "api/system_properties.h"

#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "api/variant_value.h"
#include "base/text.h"
#include "cim/object_path.h"
#include "com/variant.h"

namespace wmi::api {
namespace {

using cim::CimType;
using cim::Object;
using cim::ValueView;

enum Index : std::size_t {
  kGenus,
  kClass,
  kSuperclass,
  kDynasty,
  kRelpath,
  kPropertyCount,
  kDerivation,
  kServer,
  kNamespace,
  kPath,
};

constexpr SystemProperty kProperties[] = {
    {"__GENUS", CimType::kSint32, false},      {"__CLASS", CimType::kString, false},
    {"__SUPERCLASS", CimType::kString, false}, {"__DYNASTY", CimType::kString, false},
    {"__RELPATH", CimType::kString, false},    {"__PROPERTY_COUNT", CimType::kSint32, false},
    {"__DERIVATION", CimType::kString, true},  {"__SERVER", CimType::kString, false},
    {"__NAMESPACE", CimType::kString, false},  {"__PATH", CimType::kString, false},
};

// A projection has the properties that were selected.
std::int64_t VisibleProperties(const Object& object) {
  std::int64_t count = 0;
  for (std::size_t slot = 0; slot < object.schema().properties().size(); ++slot) count += object.IsVisible(slot);
  return count;
}

Code TextValue(std::string_view text, VARIANT& target) {
  return ToVariant({CimType::kString, false, {}}, ValueView::Text(text), target);
}

// An event has happened; it is nowhere, so it has no place (contract 6.1).
bool HasPlace(const Object& object) {
  return object.is_class() || !(object.schema().IsA("__Event") || object.schema().IsA("__AggregateEvent"));
}

Code OptionalText(const std::optional<std::string>& text, VARIANT& target) {
  if (text) return TextValue(*text, target);
  com::SetNull(target);
  return code::kOk;
}

Code DerivationValue(const cim::Class& schema, VARIANT& target) {
  std::vector<std::string_view> names(schema.derivation().begin(), schema.derivation().end());
  SAFEARRAY* array = NewNameArray(names);
  if (array == nullptr) return code::kOutOfMemory;
  com::SetArray(target, VT_BSTR, array);
  return code::kOk;
}

}  // namespace

std::span<const SystemProperty> SystemProperties() { return kProperties; }

std::optional<std::size_t> FindSystemProperty(std::string_view name) {
  if (!name.starts_with("__")) return std::nullopt;
  for (std::size_t i = 0; i < std::size(kProperties); ++i) {
    if (EqualFolded(kProperties[i].name, name)) return i;
  }
  return std::nullopt;
}

bool IsClassName(std::size_t index) { return index == kClass; }

Code SystemPropertyValue(const Object& object, std::size_t index, VARIANT& target) {
  const cim::Class& schema = object.schema();
  const cim::Home* home = schema.home();
  switch (index) {
    case kGenus:
      com::SetSint32(target, object.is_class() ? WBEM_GENUS_CLASS : WBEM_GENUS_INSTANCE);
      return code::kOk;
    case kPropertyCount:
      com::SetSint32(target, static_cast<std::int32_t>(VisibleProperties(object)));
      return code::kOk;
    case kClass:
      if (!schema.name().empty()) return TextValue(schema.name(), target);
      break;
    case kDynasty:
      if (!schema.dynasty().empty()) return TextValue(schema.dynasty(), target);
      break;
    case kDerivation:
      return DerivationValue(schema, target);
    case kRelpath:
      if (schema.name().empty()) break;
      return OptionalText(cim::RelativePath(object), target);
    case kPath:
      return OptionalText(cim::FullPath(object), target);
    case kSuperclass:
      if (!schema.derivation().empty()) return TextValue(schema.derivation().front(), target);
      break;
    case kServer:
      if (home != nullptr && HasPlace(object)) return TextValue(home->server, target);
      break;
    case kNamespace:
      if (home != nullptr && HasPlace(object)) return TextValue(home->name_space, target);
      break;
    default:
      break;
  }
  com::SetNull(target);
  return code::kOk;
}

}  // namespace wmi::api
