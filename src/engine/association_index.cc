#include "engine/association_index.h"

#include <algorithm>
#include <utility>

#include "engine/class_damage.h"

namespace wmi::engine {

AssociationIndex::AssociationIndex(const store::Namespace& classes) {
  const std::vector<cim::ClassPtr> readable = classes.classes();
  if (readable.size() < classes.size()) left_out_ = WhatIsLeftOut(classes, classes.ClassNames(), readable.size());
  for (const cim::ClassPtr& schema : readable) {
    if (!schema->is_association()) continue;
    for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) {
      const cim::DataType& type = schema->properties()[slot].type;
      if (type.type == cim::CimType::kReference && !type.is_array) {
        roles_[EqualFolded(type.class_name, "object") ? std::string() : type.class_name].push_back(
            {associations_.size(), slot});
      }
    }
    associations_.push_back(schema);
  }
}

std::vector<AssociationIndex::Candidate> AssociationIndex::CandidatesFor(const cim::Class& source) const {
  std::vector<Role> found;
  const auto add = [&](const std::string& class_name) {
    if (const auto roles = roles_.find(class_name); roles != roles_.end()) {
      found.insert(found.end(), roles->second.begin(), roles->second.end());
    }
  };
  add({});
  for (const cim::Class* schema = &source; schema != nullptr; schema = schema->superclass().get()) add(schema->name());
  std::sort(found.begin(), found.end(), [](const Role& a, const Role& b) {
    return std::pair(a.association, a.slot) < std::pair(b.association, b.slot);
  });
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i == 0 || found[i].association != found[i - 1].association) {
      candidates.push_back({associations_[found[i].association], {}});
    }
    candidates.back().slots.push_back(found[i].slot);
  }
  return candidates;
}

std::shared_ptr<const AssociationIndex> AssociationIndexes::Of(const store::NamespacePtr& classes) {
  {
    MutexLock lock(mutex_);
    const auto known = known_.find(classes->name());
    if (known != known_.end() && known->second.classes.lock() == classes) return known->second.index;
  }
  // Not under the lock: it may read definitions. Two threads may make the same one.
  auto index = std::make_shared<const AssociationIndex>(*classes);
  MutexLock lock(mutex_);
  known_.insert_or_assign(classes->name(), Known{classes, index});
  return index;
}

}  // namespace wmi::engine
