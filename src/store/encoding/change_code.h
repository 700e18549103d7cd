// Changes as bytes and back: what a process leaves behind for others that wait for events (store/change_log.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class_finder.h"
#include "store/change.h"

namespace wmi::store {

// What one commit changed, as far as it is told.
struct ToldChanges {
  std::vector<Change> changes;
  std::uint64_t left_out = 0;
};

// The changes of subjects that are wanted, in their order, up to some `bytes_max` bytes; the rest are counted among
// those left out. Each class is there once, with its superclasses: an object is shown as it was, whatever becomes of
// its class. Empty when there is nothing to tell.
std::string EncodeChanges(std::span<const Change> changes, std::uint64_t left_out, SubjectSet wanted,
                          std::size_t bytes_max);

// The classes of a namespace as they are now, and where new ones of it live; null when there is none.
struct ClassesNow {
  const cim::ClassFinder* classes = nullptr;
  std::shared_ptr<const cim::Home> home;
};
using FindClasses = std::function<ClassesNow(std::string_view name_space)>;

// Classes that are still as they were then are those of the namespace. kCriticalError for bytes that are not what
// EncodeChanges wrote; kDatabaseVerMismatch for a later format.
Result<ToldChanges> DecodeChanges(std::string_view bytes, const FindClasses& find_classes);

}  // namespace wmi::store
