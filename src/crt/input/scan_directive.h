// One conversion specification of a scan: %[*][width][size]type, with the set of %[...].
#pragma once

#include <cstddef>

#include "crt/output/directive.h"

namespace wmi::crt {

template <typename Char>
struct ScanDirective {
  bool suppressed = false;
  std::size_t width = 0;  // 0: none
  ArgumentSize size = ArgumentSize::kNone;
  char type = '\0';  // '\0' when the specification is not one
  bool negated = false;
  const Char* set_begin = nullptr;  // between the brackets, in the format
  const Char* set_end = nullptr;
  const Char* next = nullptr;  // what follows the specification

  // Whether the character belongs to the set. Ranges may run downwards; a hyphen at an end is itself.
  bool Accepts(long character) const;
};

// Reads what stands after a percent sign.
template <typename Char>
ScanDirective<Char> ParseScanDirective(const Char* text);

}  // namespace wmi::crt
