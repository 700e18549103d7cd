// CheckTarget: a target that keeps changes to itself, over classes that it only reads: for `mofcomp -check` and tests.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "cim/class.h"
#include "cim/put_mode.h"
#include "cim/row.h"
#include "mof/target.h"

namespace wmi::mof {

// Knows the rules of the model and of modes. What it cannot know, since it sees no instances and no subclasses of what
// exists already: whether those forbid the change of a class; such a change passes. Not thread-safe. Both look-ups
// outlive it.
class CheckTarget : public Target {
 public:
  enum class Namespaces { kListed, kAll };

  // `server`: for the home of classes. `existing`: the classes that are there. `system`: those that a new namespace
  // has; it is asked with the new name. kAll: whatever name is asked for exists, and classes of the system may be put.
  CheckTarget(std::string server, Namespaces namespaces, const ClassLookup& existing, const ClassLookup& system)
      : server_(std::move(server)), namespaces_(namespaces), existing_(existing), system_(system) {}

  // A namespace that exists already, in its spelling.
  void AddNamespace(std::string name);

  cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override;
  Result<std::string> FindNamespace(std::string_view name) override;
  Result<cim::ClassPtr> PutClass(std::string_view name_space, cim::ClassDeclaration declaration, cim::PutMode mode,
                                 cim::ClassUpdate update) override;
  Result<std::string> PutInstance(std::string_view name_space, const cim::Object& instance, cim::PutMode mode) override;
  Status DeleteClass(std::string_view name_space, std::string_view name) override;
  Status DeleteInstance(std::string_view name_space, std::string_view path) override;

  // Every class as it was put, in the order of the puts.
  std::vector<cim::ClassPtr> TakeClasses() { return std::move(put_); }
  // The instances that are there now, in the order of their first puts.
  std::vector<cim::Object> Instances(std::string_view name_space) const;

 private:
  struct Space {
    std::shared_ptr<const cim::Home> home;
    bool is_new = false;
    // Null: deleted.
    std::unordered_map<std::string, cim::ClassPtr, FoldedHash, FoldedEqual> classes;
    std::unordered_map<std::string, std::size_t, FoldedHash, FoldedEqual> by_path;  // index into instances
    std::vector<cim::Object> instances;                                             // empty: deleted
  };

  Space* FindSpace(std::string_view name);
  Result<Space*> GetSpace(std::string_view name);
  Status RemakeDescendants(Space& space, const cim::ClassPtr& changed);
  Result<std::string> PutNamespace(std::string_view parent, const cim::Object& instance, cim::PutMode mode);
  Result<cim::Object> WithKeys(const cim::Object& instance);

  const std::string server_;
  const Namespaces namespaces_;
  const ClassLookup& existing_;
  const ClassLookup& system_;
  std::unordered_map<std::string, Space, FoldedHash, FoldedEqual> spaces_;
  std::vector<cim::ClassPtr> put_;
  std::size_t keys_made_ = 0;
};

}  // namespace wmi::mof
