// PropertySet: which slots of a class a query touches or shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wmi::cim {

// A value. All() contains every slot, also those that a subclass adds.
class PropertySet {
 public:
  static PropertySet All() {
    PropertySet set;
    set.all_ = true;
    return set;
  }

  void Add(std::size_t slot) {
    if (slot / 64 >= bits_.size()) bits_.resize(slot / 64 + 1);
    bits_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  }
  bool Contains(std::size_t slot) const {
    if (all_) return true;
    return slot / 64 < bits_.size() && ((bits_[slot / 64] >> (slot % 64)) & 1) != 0;
  }
  bool is_all() const { return all_; }
  bool operator==(const PropertySet&) const = default;

 private:
  bool all_ = false;
  std::vector<std::uint64_t> bits_;
};

}  // namespace wmi::cim
