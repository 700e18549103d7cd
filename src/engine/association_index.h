// AssociationIndex: which association classes can link an object of a class, and by which of their references.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "base/text.h"
#include "cim/class.h"
#include "store/namespace.h"

namespace wmi::engine {

// Of one state of a schema. Immutable; safe from several threads.
class AssociationIndex {
 public:
  // An association class, with those of its references that can be to the source. Abstract classes are among them.
  struct Candidate {
    cim::ClassPtr association;
    std::vector<std::size_t> slots;
  };

  // Looks at every class.
  explicit AssociationIndex(const store::Namespace& classes);

  // For an object of this class: references to the class, to one of its superclasses, or to any object. In the order of
  // the schema.
  std::vector<Candidate> CandidatesFor(const cim::Class& source) const;

  // kPartialResults when there are classes that cannot be read: any of them may be an association.
  const Status& left_out() const { return left_out_; }

 private:
  struct Role {
    std::size_t association = 0;  // index into associations_
    std::size_t slot = 0;
  };

  Status left_out_;
  std::vector<cim::ClassPtr> associations_;
  // By the class that a reference is declared for; empty: any.
  std::unordered_map<std::string, std::vector<Role>, FoldedHash, FoldedEqual> roles_;
};

// The index of each namespace that was asked for, made again when its schema has changed. Safe from several threads.
class AssociationIndexes {
 public:
  std::shared_ptr<const AssociationIndex> Of(const store::NamespacePtr& classes);

 private:
  struct Known {
    std::weak_ptr<const store::Namespace> classes;
    std::shared_ptr<const AssociationIndex> index;
  };
  Mutex mutex_;
  std::unordered_map<std::string, Known, FoldedHash, FoldedEqual> known_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
