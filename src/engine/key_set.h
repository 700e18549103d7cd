// KeySet: which instances are asked for, to be compared with those that come.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "cim/row.h"
#include "provider/provider.h"

namespace wmi::engine {

// Keys compare as in the repository (store/key_text.h). Immutable; safe from several threads.
class KeySet {
 public:
  explicit KeySet(const std::vector<provider::KeyTuple>& keys);

  // Whether the instance is one of those. One without a key is not.
  bool Contains(const cim::Row& instance) const;

 private:
  std::unordered_set<std::string> texts_;
};

}  // namespace wmi::engine
