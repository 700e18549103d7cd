// Show: a column's getter that writes one field of the view, by the kind of the field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "providers/linux/column.h"
#include "providers/linux/snapshot_stream.h"

namespace wmi::linuxos {

// A text (empty is NULL), or an optional boolean or unsigned number.
template <typename View, auto kField>
void ShowField(const View& view, provider::RowWriter& row, std::size_t slot) {
  const auto& value = view.*kField;
  using Field = std::remove_cvref_t<decltype(value)>;
  if constexpr (std::is_same_v<Field, std::string>) {
    SetTextOrNull(row, slot, value);
  } else if constexpr (std::is_same_v<Field, std::optional<bool>>) {
    if (value) row.SetBoolean(slot, *value);
  } else {
    if (value) row.SetUnsigned(slot, *value);
  }
}

template <typename View>
void ShowComputerSystem(const View&, provider::RowWriter& row, std::size_t slot) {
  row.SetText(slot, "Win32_ComputerSystem");
}

// Whether the instance with this key is asked for: all are, when no keys are named.
inline bool WantsKey(const provider::Request& request, std::string_view key) {
  if (!request.has_keys) return true;
  for (const provider::KeyTuple& tuple : request.keys) {
    if (TextKeyIs(tuple, key)) return true;
  }
  return false;
}

}  // namespace wmi::linuxos
