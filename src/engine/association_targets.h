// AssociationTargets: the texts under which associations know an object.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "cim/object_path.h"
#include "cim/row.h"
#include "cim/value.h"

namespace wmi::engine {

// Of an object or a class. An association may name it by its own class or by one of those above it, and a single key
// without its name. A value.
class AssociationTargets {
 public:
  AssociationTargets() = default;
  // Paths without a namespace mean `name_space`, those of `server` this machine.
  AssociationTargets(const cim::Object& source, std::string_view name_space, std::string_view server);

  // Whether a reference is to the object.
  bool Contain(cim::ValueView reference) const;

  // Each as of store::ReferenceText.
  const std::unordered_set<std::string>& texts() const { return texts_; }

 private:
  void Add(const cim::Object& source, const cim::ObjectPath& path);

  std::string name_space_;
  std::string server_;
  std::unordered_set<std::string> texts_;
};

}  // namespace wmi::engine
