// Text: the conversions against each other, and the comparisons without case against their definition. The input is two
// texts, split at its first byte's value.
#include "base/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckConversions(std::string_view text) {
  const std::wstring wide = wmi::WideFromUtf8(text);
  const std::string clean = wmi::ToUtf8(text);
  Require(wide.size() == wmi::CharacterCount(text));
  Require(wmi::Utf8FromWide(wide) == clean);
  Require(wmi::IsUtf8(clean));
  Require(wmi::IsUtf8(text) == (clean == text));
}

void CheckComparisons(std::string_view a, std::string_view b) {
  const std::string folded_a = wmi::Fold(a);
  const std::string folded_b = wmi::Fold(b);
  Require(wmi::Fold(folded_a) == folded_a);
  const int order = folded_a.compare(folded_b);
  Require(wmi::EqualFolded(a, b) == (order == 0));
  Require((wmi::CompareFolded(a, b) < 0) == (order < 0));
  Require((wmi::CompareFolded(a, b) > 0) == (order > 0));
  Require(wmi::HashFolded(a) == wmi::HashFolded(folded_a));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t split = std::min<std::size_t>(data[0], text.size());
  CheckConversions(text);
  CheckComparisons(text.substr(0, split), text.substr(split));
  return 0;
}
