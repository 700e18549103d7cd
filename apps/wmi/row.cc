#include "wmi/row.h"

#include "base/text.h"

namespace wmi::cli {

bool Value::IsNumber() const {
  return std::holds_alternative<std::int64_t>(data) || std::holds_alternative<std::uint64_t>(data) ||
         std::holds_alternative<double>(data);
}

const Value* Row::Find(std::string_view name) const {
  for (const Property& property : properties) {
    if (EqualFolded(property.name, name)) return &property.value;
  }
  return nullptr;
}

}  // namespace wmi::cli
