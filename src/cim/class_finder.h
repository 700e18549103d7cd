// ClassFinder: where classes are found by name; the namespace of a connection for the parts that need only look-ups.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cim/class.h"

namespace wmi::cim {

// Implementations are safe from several threads.
class ClassFinder {
 public:
  virtual ~ClassFinder() = default;
  // Without case; null when there is no such class.
  virtual ClassPtr FindClass(std::string_view name) const = 0;
  // The names of all classes, for the hint that goes with a misspelt one. None when not overridden.
  virtual std::vector<std::string> ClassNames() const { return {}; }
};

}  // namespace wmi::cim
