// World: everything the repository holds, as readers see it at one moment.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "base/text.h"
#include "store/instance_table.h"
#include "store/namespace.h"

namespace wmi::store {

// One namespace with its instances. Immutable but for the rows inside the tables, which have their own lock; safe from
// several threads.
struct Space {
  NamespacePtr schema;
  std::shared_ptr<const cim::Home> home;
  // By class name; classes that never had an instance have none.
  std::unordered_map<std::string, std::shared_ptr<InstanceTable>, FoldedHash, FoldedEqual> tables;

  // Null when the class never had an instance.
  InstanceTable* FindTable(std::string_view class_name) const {
    const auto found = tables.find(class_name);
    return found == tables.end() ? nullptr : found->second.get();
  }
  bool HasInstances(std::string_view class_name) const {
    const InstanceTable* table = FindTable(class_name);
    return table != nullptr && table->size() != 0;
  }
};

using SpacePtr = std::shared_ptr<const Space>;

// Namespaces by name. Immutable once published.
using World = std::unordered_map<std::string, SpacePtr, FoldedHash, FoldedEqual>;
using WorldPtr = std::shared_ptr<const World>;

}  // namespace wmi::store
