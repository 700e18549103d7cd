// Strings that were freed a moment ago: their text stays readable for a while, as it does on Windows, where freed BSTRs
// wait in a cache. Programs lean on it without knowing; `variant.bstrVal = _bstr_t(L"…")`, of a page of the WMI
// documentation, puts a string into a VARIANT that is freed at the end of that line, and again by VariantClear
// (decision 0010).
#pragma once

#include <array>
#include <cstddef>

namespace wmi::com {

// The last kCount blocks that a thread freed, first in, first out. For one thread.
class FreedStrings {
 public:
  static constexpr std::size_t kCount = 64;
  static constexpr std::size_t kBytesMax = 2048;  // longer ones are freed at once

  FreedStrings() = default;
  ~FreedStrings();
  FreedStrings(const FreedStrings&) = delete;
  FreedStrings& operator=(const FreedStrings&) = delete;

  // Takes the block over and frees the one that has been here longest.
  void Add(void* block);

  // Those of the calling thread; null when freed strings are not kept: the environment has OANOCACHE, as on Windows, or
  // AddressSanitizer is to see every use of a freed string, or the thread is ending.
  static FreedStrings* OfThread();

 private:
  std::array<void*, kCount> blocks_ = {};
  std::size_t next_ = 0;
};

}  // namespace wmi::com
