// CallContext: what accompanies a call on its way to providers (IWbemContext; contract 1.1, 1.3).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cim/value.h"

namespace wmi::engine {

// Immutable once the call has started; shared by everything that works for it.
struct CallContext {
  struct Named {
    std::string name;
    cim::Value value;
  };
  std::vector<Named> values;
  // What the client's API made of it, handed on to providers of the same API; opaque here.
  std::shared_ptr<const void> original;
  // How many calls this one is inside of: a provider that asks WMI hands its context on.
  std::size_t depth = 0;

  // Null when there is no such value. Names compare without case.
  const cim::Value* Find(std::string_view name) const {
    for (const Named& named : values) {
      if (EqualFolded(named.name, name)) return &named.value;
    }
    return nullptr;
  }
  bool IsTrue(std::string_view name) const {
    const cim::Value* value = Find(name);
    return value != nullptr && value->view().kind() == cim::ValueKind::kBoolean && value->view().boolean();
  }
};

using CallContextPtr = std::shared_ptr<const CallContext>;

}  // namespace wmi::engine
