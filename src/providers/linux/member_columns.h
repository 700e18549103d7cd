// Getters of columns that show one member of their View as it is, and what writes lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "providers/linux/column.h"

namespace wmi::linuxos {

// A text; an empty one is NULL.
template <auto kMember, typename View>
void ShowText(const View& view, provider::RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.*kMember);
}

// An optional number without sign.
template <auto kMember, typename View>
void ShowNumber(const View& view, provider::RowWriter& row, std::size_t slot) {
  if (view.*kMember) row.SetUnsigned(slot, *(view.*kMember));
}

// An optional number with sign.
template <auto kMember, typename View>
void ShowSigned(const View& view, provider::RowWriter& row, std::size_t slot) {
  if (view.*kMember) row.SetSigned(slot, *(view.*kMember));
}

// An optional truth value.
template <auto kMember, typename View>
void ShowBoolean(const View& view, provider::RowWriter& row, std::size_t slot) {
  if (view.*kMember) row.SetBoolean(slot, *(view.*kMember));
}

// A list of numbers without sign; an empty one is NULL.
template <typename Number = std::uint64_t>
void SetNumbersOrNull(provider::RowWriter& row, std::size_t slot, const std::vector<Number>& numbers) {
  std::vector<cim::ValueView> items;
  for (const Number number : numbers) items.push_back(cim::ValueView::Unsigned(number));
  if (!items.empty()) row.Set(slot, cim::ValueView::Array(items));
}

template <auto kMember, typename View>
void ShowNumbers(const View& view, provider::RowWriter& row, std::size_t slot) {
  SetNumbersOrNull(row, slot, view.*kMember);
}

// A list of texts, valid UTF-8; an empty one is NULL.
inline void SetTextsOrNull(provider::RowWriter& row, std::size_t slot, const std::vector<std::string>& texts) {
  std::vector<cim::ValueView> items;
  for (const std::string& text : texts) items.push_back(cim::ValueView::Text(text));
  if (!items.empty()) row.Set(slot, cim::ValueView::Array(items));
}

template <auto kMember, typename View>
void ShowTexts(const View& view, provider::RowWriter& row, std::size_t slot) {
  SetTextsOrNull(row, slot, view.*kMember);
}

// The name of the class itself.
template <typename Traits>
void ShowClassName(const typename Traits::View&, provider::RowWriter& row, std::size_t slot) {
  row.SetText(slot, Traits::kClass);
}

template <typename View>
void ShowSystemClass(const View&, provider::RowWriter& row, std::size_t slot) {
  row.SetText(slot, "Win32_ComputerSystem");
}

}  // namespace wmi::linuxos
