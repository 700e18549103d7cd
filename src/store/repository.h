// Repository: what is kept of namespaces, classes and instances, on disk or in memory (contract 1.3;
// docs/repository.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "cim/put_mode.h"
#include "cim/row.h"
#include "store/change.h"
#include "store/change_log.h"
#include "store/class_update.h"
#include "store/database.h"
#include "store/key_text.h"
#include "store/namespace.h"
#include "store/stored_rows.h"
#include "store/transaction.h"

namespace wmi::store {

// The turn of whoever works on the database as a whole, as Repository::Exclusive gives it.
class ExclusiveTurn {
 public:
  // The connection that writes; in no transaction.
  virtual sql::Connection& connection() = 0;
  // To be called with the write lock held, before what was written is committed.
  virtual void WillCommit() = 0;

 protected:
  ~ExclusiveTurn() = default;
};

// Several processes may have one repository open; each sees what the others committed, from its next call on.
//
// Safe from several threads. A change is on the disk when its function returns; changes that are made at the same time
// are committed together. Readers take what is published and never wait for a change. A change that fails changes
// nothing, also when it throws std::bad_alloc.
class Repository {
 public:
  struct Options {
    std::string server;  // the name of this machine, for the home of classes
    std::string folder;  // empty: in memory, gone with the repository
    RepositoryLimits limits;
    const char* vfs = nullptr;  // SQLite's name of the file system to use; null for the real one
  };

  // The codes of Database::Open. A folder that may only be read gives a repository that refuses changes. A file that is
  // too damaged to be opened is salvaged (store/salvage.h), which opening_report() then tells; kTimedOut when another
  // process has it open.
  static Result<std::unique_ptr<Repository>> Open(Options options);
  // In memory.
  explicit Repository(std::string server, RepositoryLimits limits = {});
  ~Repository();
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;

  const std::string& server() const;
  const std::string& folder() const;  // empty in memory
  const std::shared_ptr<Database>& database() const;

  // What became of a repository that was too damaged to be opened; empty when it was not. Whoever opened it may add
  // what was done about it, before others have it.
  const std::string& opening_report() const { return opening_report_; }
  void AddToOpeningReport(std::string_view lines);

  // Changes fail with `reason` from now on. Success when they are allowed.
  void RefuseChanges(Status reason);
  Status changeable() const;
  // Changes of this process fail with `reason` until they are allowed again; those that had begun are done when it
  // returns. It does not count: one ResumeChanges ends it, and does nothing when there is nothing to end.
  Status PauseChanges(Status reason);
  void ResumeChanges();

  // ---- looking

  // Null when there is none.
  NamespacePtr FindNamespace(std::string_view name) const;
  // The names of the direct children, "cimv2" for "ROOT".
  std::vector<std::string> ChildNamespaces(std::string_view name) const;
  // Every namespace, parents first.
  std::vector<NamespacePtr> Namespaces() const;
  std::uint64_t instance_count() const;
  // Why the namespaces could not be read when they were last asked for; then they are as they were before.
  Status damage() const;

  // Of exactly this class; null when there is no such class.
  std::unique_ptr<InstanceCursor> ReadInstances(std::string_view name_space, std::string_view class_name,
                                                cim::PropertySet needed = cim::PropertySet::All()) const;
  // The same as rows of `schema`, which may be an earlier version of the class. `lookup`, if not null: rows with other
  // values need not be among them, and are not when the property is indexed now.
  std::unique_ptr<InstanceCursor> ReadInstances(const cim::ClassPtr& schema, cim::PropertySet needed,
                                                const IndexLookup* lookup = nullptr) const;
  // All of them, for classes that have few.
  Result<std::vector<cim::Object>> ListInstances(std::string_view name_space, std::string_view class_name) const;
  // Of exactly this class; an empty object when there is none. Costs the same whatever the number of instances.
  Result<cim::Object> FindInstance(std::string_view name_space, std::string_view class_name,
                                   const KeyTuple& keys) const;
  // In whatever class and namespace: what refers to the object with this path. `property`: which property does.
  struct Referrer {
    NamespacePtr name_space;
    cim::Object instance;
    std::string property;  // folded
  };
  Result<std::vector<Referrer>> FindReferrers(std::string_view path, std::string_view name_space) const;
  // What Transaction::SetNote wrote; empty when nothing did.
  Result<std::string> Note(std::string_view name) const;

  // ---- noticing changes

  // Who is told what the transactions of this process change (store/change.h); null for nobody. The one before may
  // still be told of a transaction that had begun.
  void Observe(std::shared_ptr<ChangeObserver> observer);
  // Grows with every commit that nobody is told of: of other processes, by any number for one, and of Exclusive. Costs
  // as little as looking. It stands still when the folder may only be read, and counts the last commit of a process
  // that was killed at it when the next one is made.
  std::uint64_t untold_commits() const;

  // What other processes change of this subject, from their next transaction on, they note down for ReadNewsOfOthers,
  // until the interest is destroyed; before the repository, and without need of memory. They write to the file
  // ChangeLog::kFileName of the folder when there is news. Null in memory, where there are no others, and where
  // that file cannot be opened, so that they can tell nothing. Fails with the system call.
  class Interest {
   public:
    virtual ~Interest() = default;
  };
  Result<std::unique_ptr<Interest>> ListenToOthers(Change::Subject subject);
  // Some of what they noted since it was asked last, in the order of their commits, also of subjects that only another
  // listener wanted. One call at a time. left_out counts what was too much or too old, each time as one at least.
  using News = ChangeLog::News;
  Result<News> ReadNewsOfOthers();

  // ---- changing

  // Runs `work` in a transaction and commits it if it succeeds. It may run more than once, each time on a state in
  // which nothing of it has happened, on this thread or on that of another change; it calls nothing of this repository
  // but the transaction. kTimedOut when changes before it take longer than a minute.
  Status Change(const std::function<Status(Transaction&)>& work);

  // Runs `work` while nobody else in this process changes anything; it does its own transactions. Whatever it wrote is
  // seen by this process and others from their next call on. Fails like Change.
  Status Exclusive(const std::function<Status(ExclusiveTurn&)>& work);

  // One change each; Transaction has the manual.
  Status CreateNamespace(std::string_view name, const std::vector<cim::ClassDeclaration>& system_classes);
  Status DeleteNamespace(std::string_view name);
  Status PutClass(std::string_view name_space, cim::ClassDeclaration declaration, PutMode mode, ClassUpdate update);
  Status DeleteClass(std::string_view name_space, std::string_view name);
  Result<std::string> PutInstance(std::string_view name_space, const cim::Object& instance, PutMode mode);
  Status DeleteInstance(std::string_view name_space, std::string_view class_name, const KeyTuple& keys);

 private:
  class State;
  explicit Repository(std::unique_ptr<State> state);
  static Result<std::unique_ptr<Repository>> OpenOnce(Options options);

  const std::unique_ptr<State> state_;
  std::string opening_report_;
};

}  // namespace wmi::store
