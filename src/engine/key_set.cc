#include "engine/key_set.h"

#include <optional>

#include "store/key_text.h"

namespace wmi::engine {

KeySet::KeySet(const std::vector<provider::KeyTuple>& keys) {
  for (const provider::KeyTuple& tuple : keys) texts_.insert(store::KeyText(tuple));
}

bool KeySet::Contains(const cim::Row& instance) const {
  const std::optional<std::string> text = store::KeyText(instance);
  return text && texts_.contains(*text);
}

}  // namespace wmi::engine
