// Snapshot: the instances of a class at one moment, and what differs at the next (docs/events.md, "Watch").
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cim/row.h"
#include "provider/provider.h"

namespace wmi::events {

// One operation on one instance.
struct Difference {
  cim::Object before;  // empty: it has come into being
  cim::Object after;   // empty: it has gone
};

// Instances by their relative paths, as the provider spells them: names of files that differ in case only are two. Not
// thread-safe.
class Snapshot {
 public:
  // The path of an instance of `schema` with these keys, in the order of key_slots().
  static std::string PathOf(const cim::Class& schema, const provider::KeyTuple& keys);
  // Empty when a key is NULL: such an instance cannot be told from others and is not watched.
  static std::string PathOf(const cim::Object& instance);

  // One instance as it is now. Nothing when it is as it was.
  std::optional<Difference> Put(cim::Object instance);
  // It is there no more. Nothing when it was not there.
  std::optional<Difference> Remove(std::string_view path);
  // All instances as they are now, in the order in which they came; then those that have gone. `except`: paths about
  // which something newer is known. `is_complete`: what is not among `now` has gone.
  std::vector<Difference> Replace(std::vector<cim::Object> now, const std::unordered_set<std::string>& except,
                                  bool is_complete);

  std::size_t size() const { return instances_.size(); }
  // Of the instances and their paths.
  std::size_t size_bytes() const { return size_bytes_; }
  bool Contains(std::string_view path) const { return instances_.contains(std::string(path)); }

 private:
  std::unordered_map<std::string, cim::Object> instances_;
  std::size_t size_bytes_ = 0;
};

// Whether the two differ in a property; of different classes they do.
bool Differ(const cim::Object& a, const cim::Object& b);

}  // namespace wmi::events
