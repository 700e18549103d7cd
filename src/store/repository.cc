#include "store/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include "base/mutex.h"
#include "store/change_log.h"
#include "store/change_notes.h"
#include "store/change_signal.h"
#include "store/group_commit.h"
#include "store/instance_index.h"
#include "store/note.h"
#include "store/row_cache.h"
#include "store/salvage.h"
#include "store/world_reader.h"

namespace wmi::store {
namespace {

// One of the two.
struct Work {
  const std::function<Status(Transaction&)>* change = nullptr;
  const std::function<Status(ExclusiveTurn&)>* exclusive = nullptr;
};

constexpr std::size_t kListChunk = 256;
constexpr auto kCompanyWait = std::chrono::microseconds(100);  // a commit on a disk takes some 200

std::string_view ParentOf(std::string_view name) {
  const std::size_t end = name.rfind('\\');
  return end == std::string_view::npos ? std::string_view() : name.substr(0, end);
}

SubjectSet WantedBy(const ChangeObserver* observer) {
  SubjectSet wanted;
  if (observer == nullptr) return wanted;
  for (const auto subject : {Change::Subject::kNamespace, Change::Subject::kClass, Change::Subject::kInstance}) {
    if (observer->Wants(subject)) wanted.Add(subject);
  }
  return wanted;
}

}  // namespace

// What is published, and how it is kept up with the database.
class Repository::State {
 public:
  State(Options options, std::shared_ptr<Database> database, std::unique_ptr<ChangeSignal> signal)
      : options_(std::move(options)),
        database_(std::move(database)),
        signal_(std::move(signal)),
        log_(options_.folder.empty() ? nullptr : std::make_unique<ChangeLog>(options_.folder)),
        source_(std::make_shared<DefinitionReader>(database_)),
        group_(options_.folder.empty() ? Duration::zero() : kCompanyWait) {
    published_.world = std::make_shared<World>();
  }

  const Options& options() const { return options_; }
  const std::shared_ptr<Database>& database() const { return database_; }
  RowCache& cache() { return cache_; }
  ChangeLog* log() { return log_.get(); }  // null in memory

  // Everything that was committed when this is called, by whomever.
  Published Look();
  NamespacePtr FindNamespace(std::string_view name) {
    const Published now = Look();
    const auto found = now.world->find(name);
    return found == now.world->end() ? nullptr : found->second;
  }
  Status Change(const Work& work) {
    return group_.Run(work, [this](GroupCommit<Work>::Group group) { Commit(group); });
  }
  // The first look, with its failure.
  Status ReadFirst() {
    Look();
    MutexLock lock(publishing_);
    return damage_;
  }
  void RefuseChanges(Status reason) {
    MutexLock lock(publishing_);
    refusal_ = std::move(reason);
  }
  Status refusal() {
    MutexLock lock(publishing_);
    return refusal_.ok() ? pause_ : refusal_;
  }
  void Pause(Status reason) {
    MutexLock lock(publishing_);
    pause_ = std::move(reason);
  }
  Status damage() {
    MutexLock lock(publishing_);
    return damage_;
  }
  void Observe(std::shared_ptr<ChangeObserver> observer) {
    MutexLock lock(publishing_);
    observer_.swap(observer);  // the one before goes without the lock
  }
  std::uint64_t untold_commits() {
    MutexLock lock(publishing_);
    // While this process commits, the signal may have counted what is not among the told ones yet.
    if (!is_committing_) untold_commits_ = signal_->Look().ended - told_commits_;
    return untold_commits_;
  }

 private:
  using Group = GroupCommit<Work>::Group;
  using Job = GroupCommit<Work>::Job;

  bool IsCurrent() WMI_REQUIRES(publishing_) {
    // While this process commits, nobody else can; and what it commits is not acknowledged yet.
    const ChangeSignal::Mark mark = signal_->Look();
    return is_committing_ || (mark.is_settled() && mark == seen_);
  }
  Status Refresh();
  // Of the state that `connection` sees, inside a transaction.
  Result<Published> ReadPublished(sql::Connection& connection, const Published& before, std::int64_t& revision);

  void Commit(Group group);
  // True when the group is done; false when `group` lost a job that spoilt it and is to be tried again.
  bool TryCommit(Group& group);
  // Who is told of what a transaction changes.
  struct Audience {
    std::shared_ptr<ChangeObserver> observer;  // null: nobody here
    SubjectSet others;                         // what other processes want
  };
  Status Begin(Published& before, Audience& audience);
  static bool RunJobs(Group& group, Transaction& transaction);
  Status Finish(Transaction& transaction, const Audience& audience);
  void Rollback();

  class Turn;
  void RunExclusive(Job& job);
  void ReadDefinitions();

  const Options options_;
  const std::shared_ptr<Database> database_;
  const std::unique_ptr<ChangeSignal> signal_;
  const std::unique_ptr<ChangeLog> log_;
  const std::shared_ptr<const ClassSource> source_;
  RowCache cache_;
  GroupCommit<Work> group_;

  Mutex refreshing_;  // taken before publishing_
  Mutex publishing_;
  Published published_ WMI_GUARDED_BY(publishing_);
  std::int64_t revision_ WMI_GUARDED_BY(publishing_) = 0;
  // No mark is like this one, so the first look reads.
  ChangeSignal::Mark seen_ WMI_GUARDED_BY(publishing_) = {0, 1};
  std::uint64_t publications_ WMI_GUARDED_BY(publishing_) = 0;
  bool is_committing_ WMI_GUARDED_BY(publishing_) = false;
  Status damage_ WMI_GUARDED_BY(publishing_);
  Status refusal_ WMI_GUARDED_BY(publishing_);
  Status pause_ WMI_GUARDED_BY(publishing_);
  std::shared_ptr<ChangeObserver> observer_ WMI_GUARDED_BY(publishing_);
  std::uint64_t told_commits_ WMI_GUARDED_BY(publishing_) = 0;  // of Change, whether somebody observes or not
  std::uint64_t untold_commits_ WMI_GUARDED_BY(publishing_) = 0;
};

// ---- looking --------------------------------------------------------------------------------------------------------

Published Repository::State::Look() {
  {
    MutexLock lock(publishing_);
    if (IsCurrent()) return published_;
  }
  const Status status = Refresh();
  MutexLock lock(publishing_);
  damage_ = status;
  return published_;
}

Result<Published> Repository::State::ReadPublished(sql::Connection& connection, const Published& before,
                                                   std::int64_t& revision) {
  Published now = before;
  const std::int64_t found = TRY(ReadSchemaRevision(connection));
  if (found != revision || before.world->empty()) {
    now.world = TRY(ReadWorld(connection, options_.server, source_, *before.world));
    revision = found;
  }
  now.instances = TRY(CountInstances(connection));
  return now;
}

Status Repository::State::Refresh() {
  MutexLock turn(refreshing_);
  Published before;
  std::int64_t revision = 0;
  std::uint64_t publications = 0;
  {
    MutexLock lock(publishing_);
    if (IsCurrent()) return Status();
    before = published_;
    revision = revision_;
    publications = publications_;
  }
  const ChangeSignal::Mark mark = signal_->Look();
  const Reader reader = TRY(database_->Read());
  TRY(reader->Execute("BEGIN"));
  Result<Published> now = ReadPublished(*reader, before, revision);
  TRY(reader->Execute("COMMIT"));
  if (!now.ok()) return now.status();
  // Before the new state is published, so that nobody who sees it finds a row of the old one; and after it, for rows
  // that readers of the old state kept in between.
  cache_.Clear();
  {
    MutexLock lock(publishing_);
    // What this process committed meanwhile is later than what was read here.
    if (publications != publications_) return Status();
    published_ = std::move(now).value();
    revision_ = revision;
    seen_ = mark;
  }
  cache_.Clear();
  return Status();
}

// ---- changing -------------------------------------------------------------------------------------------------------

void Repository::State::Commit(Group group) {
  const Status refused = refusal();
  if (!refused.ok()) {
    for (Job* job : group) job->status = refused;
    return;
  }
  const auto first = std::partition(group.begin(), group.end(), [](const Job* job) { return job->work.exclusive; });
  for (auto next = group.begin(); next != first; ++next) RunExclusive(**next);
  group = Group(first, group.end());
  while (!group.empty() && !TryCommit(group)) {
  }
}

bool Repository::State::TryCommit(Group& group) {
  const auto fail_all = [&](const Status& status, const std::exception_ptr& exception) {
    Rollback();
    for (Job* job : group) {
      if (!job->status.ok() && job->exception == nullptr) continue;  // it had failed before
      job->status = status;
      job->exception = exception;
    }
  };
  for (Job* job : group) {
    job->status = Status();
    job->exception = nullptr;
  }
  try {
    Published before;
    Audience audience;
    const Status begun = Begin(before, audience);
    if (!begun.ok()) {
      fail_all(begun, nullptr);
      return true;
    }
    Transaction transaction(*database_, options_.server, options_.limits, source_, std::move(before),
                            WantedBy(audience.observer.get()) | audience.others);
    if (!RunJobs(group, transaction)) {
      Rollback();
      return false;
    }
    const Status finished = transaction.writes() == 0 ? Status() : Finish(transaction, audience);
    if (!finished.ok()) fail_all(finished, nullptr);
    Rollback();  // of a transaction that wrote nothing
  } catch (...) {
    fail_all(Status(), std::current_exception());
  }
  return true;
}

// The write lock, and the state as it is then.
Status Repository::State::Begin(Published& before, Audience& audience) {
  TRY(database_->writer().Use("BEGIN IMMEDIATE").Run());
  if (log_) audience.others = log_->WantedByOthers();
  std::int64_t revision = 0;
  {
    MutexLock lock(publishing_);
    before = published_;
    revision = revision_;
    audience.observer = observer_;
    if (IsCurrent()) return Status();
  }
  // Another process committed since; or died while it did.
  Published now = TRY(ReadPublished(database_->writer(), before, revision));
  before = now;
  cache_.Clear();
  {
    MutexLock lock(publishing_);
    ++publications_;
    published_ = std::move(now);
    revision_ = revision;
    seen_ = signal_->Settle();
  }
  cache_.Clear();  // as in Refresh
  return Status();
}

// False when a job failed after it had written: then it is out of the group, with its failure, and the others run
// again without it.
bool Repository::State::RunJobs(Group& group, Transaction& transaction) {
  for (auto next = group.begin(); next != group.end(); ++next) {
    Job& job = **next;
    const std::size_t writes = transaction.writes();
    try {
      job.status = (*job.work.change)(transaction);
    } catch (...) {
      job.exception = std::current_exception();
    }
    const bool failed = job.exception != nullptr || !job.status.ok();
    if (failed && transaction.writes() != writes) {
      std::rotate(next, next + 1, group.end());
      group = group.first(group.size() - 1);
      return false;
    }
  }
  return true;
}

Status Repository::State::Finish(Transaction& transaction, const Audience& audience) {
  TRY(transaction.Finish());
  Published after = transaction.TakePublished();
  ChangeNotes notes = transaction.TakeNotes();
  bool wakes_others = false;
  if (log_) {
    const auto commit = static_cast<std::int64_t>(signal_->Look().begun + 1);
    wakes_others = TRY(log_->Write(database_->writer(), notes, audience.others, commit));
  }
  std::int64_t revision = TRY(ReadSchemaRevision(database_->writer()));
  {
    MutexLock lock(publishing_);
    is_committing_ = true;
  }
  const std::uint64_t mark = signal_->Begin();
  Status committed;
  std::exception_ptr no_memory;  // for the words of a failure
  try {
    committed = database_->writer().Use("COMMIT").Run();
  } catch (...) {
    no_memory = std::current_exception();
    committed = Status(code::kOutOfMemory);
  }
  // From here on nothing allocates, so nothing can fail.
  if (committed.ok()) {
    if (transaction.changes_schema()) {
      cache_.Clear();
    } else {
      cache_.Forget(transaction.touched());
    }
  }
  {
    MutexLock lock(publishing_);
    if (committed.ok()) {
      published_ = std::move(after);
      revision_ = revision;
    }
    ++publications_;
    signal_->End(mark);
    ++told_commits_;
    // Not what the signal says now: others may have committed since.
    seen_ = {mark, mark};
    is_committing_ = false;
  }
  if (committed.ok() && transaction.changes_schema()) cache_.Clear();  // as in Refresh
  if (committed.ok() && wakes_others) log_->Wake();
  // After everything is as readers shall see it, and without a lock.
  if (committed.ok() && audience.observer) notes.Tell(*audience.observer);
  if (no_memory) std::rethrow_exception(no_memory);
  return committed;
}

void Repository::State::Rollback() {
  if (database_->writer().is_idle()) return;
  // It can only fail when SQLite has rolled back already.
  const Status ignored = database_->writer().Execute("ROLLBACK");
  static_cast<void>(ignored);
}

class Repository::State::Turn final : public ExclusiveTurn {
 public:
  explicit Turn(State& state) : state_(state) {}
  sql::Connection& connection() override { return state_.database_->writer(); }
  void WillCommit() override { mark_ = state_.signal_->Begin(); }
  // 0: WillCommit was not called.
  std::uint64_t mark() const { return mark_; }

 private:
  State& state_;
  std::uint64_t mark_ = 0;
};

void Repository::State::RunExclusive(Job& job) {
  Turn turn(*this);
  try {
    job.status = (*job.work.exclusive)(turn);
  } catch (...) {
    job.exception = std::current_exception();
  }
  Rollback();  // of what it left open
  cache_.Clear();
  {
    MutexLock lock(publishing_);
    ++publications_;
    if (turn.mark() != 0) signal_->End(turn.mark());
    // No mark is like this one: the next look reads.
    seen_ = {0, 1};
  }
  if (log_ && turn.mark() != 0 && !log_->WantedByOthers().is_empty()) log_->Wake();
  if (!database_->is_in_memory() || turn.mark() == 0) return;
  try {
    ReadDefinitions();
  } catch (...) {
    job.exception = std::current_exception();
  }
}

// A database in memory lets nobody read while there is a writer, so a transaction that needs the definition of a class
// must find it read. Classes that transactions put are; those that a restore brought are not.
void Repository::State::ReadDefinitions() {
  const Published now = Look();
  for (const auto& [name, space] : *now.world) static_cast<void>(space->classes());
}

// ---- the surface ----------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Repository>> Repository::Open(Options options) {
  Result<std::unique_ptr<Repository>> opened = OpenOnce(options);
  const bool is_damaged = !opened.ok() && opened.status().code() == code::kCriticalError;
  if (!is_damaged || options.folder.empty() || options.vfs != nullptr) return opened;
  const Result<SalvageReport> salvaged = Salvage(options.folder, options.server);
  if (!salvaged.ok()) {
    // A database that is no repository is not ours to mend.
    return salvaged.status().code() == code::kInvalidOperation ? opened.status() : salvaged.status();
  }
  opened = OpenOnce(std::move(options));
  if (opened.ok()) (*opened)->opening_report_ = salvaged->Summary();
  return opened;
}

Result<std::unique_ptr<Repository>> Repository::OpenOnce(Options options) {
  Database::Options database_options{options.folder, options.vfs, sql::Access::kWrite};
  Status refusal;
  Result<std::unique_ptr<Database>> opened = Database::Open(database_options);
  if (!opened.ok() && opened.status().code() == code::kAccessDenied) {
    // Somebody else's, or on a disk that is read-only: what is there may still be read.
    refusal = opened.status();
    database_options.access = sql::Access::kRead;
    opened = Database::Open(database_options);
    if (!opened.ok()) return refusal;
  }
  if (!opened.ok()) return opened.status();
  std::shared_ptr<Database> database = std::move(opened).value();
  std::unique_ptr<ChangeSignal> signal = ChangeSignal::Private();
  if (!refusal.ok()) {
    static_cast<void>(signal->Begin());  // never settled: every look asks the database
  } else if (!options.folder.empty()) {
    signal = TRY(ChangeSignal::Open(database->PathOf("changes")));
  }
  auto repository = std::unique_ptr<Repository>(
      new Repository(std::make_unique<State>(std::move(options), std::move(database), std::move(signal))));
  if (!refusal.ok()) repository->RefuseChanges(refusal);
  TRY(repository->state_->ReadFirst());
  return repository;
}

Repository::Repository(std::unique_ptr<State> state) : state_(std::move(state)) {}

namespace {

std::shared_ptr<Database> OpenInMemory() {
  Result<std::unique_ptr<Database>> database = Database::Open({});
  if (!database.ok()) throw std::bad_alloc();  // the only thing that memory can lack
  return std::move(database).value();
}

}  // namespace

Repository::Repository(std::string server, RepositoryLimits limits)
    : state_(std::make_unique<State>(Options{std::move(server), "", limits, nullptr}, OpenInMemory(),
                                     ChangeSignal::Private())) {}

Repository::~Repository() = default;

const std::string& Repository::server() const { return state_->options().server; }
const std::string& Repository::folder() const { return state_->options().folder; }
const std::shared_ptr<Database>& Repository::database() const { return state_->database(); }
void Repository::AddToOpeningReport(std::string_view lines) {
  if (!opening_report_.empty() && !lines.empty()) opening_report_ += '\n';
  opening_report_ += lines;
}
void Repository::RefuseChanges(Status reason) { state_->RefuseChanges(std::move(reason)); }
Status Repository::PauseChanges(Status reason) {
  state_->Pause(std::move(reason));
  // An empty turn: after it nothing runs that began before. It is refused itself, which is no failure.
  const Status waited = Exclusive([](ExclusiveTurn&) { return Status(); });
  return waited.code() == code::kTimedOut ? waited : Status();
}
void Repository::ResumeChanges() { state_->Pause(Status()); }
Status Repository::changeable() const { return state_->refusal(); }
Status Repository::damage() const { return state_->damage(); }

NamespacePtr Repository::FindNamespace(std::string_view name) const { return state_->FindNamespace(name); }

std::vector<std::string> Repository::ChildNamespaces(std::string_view name) const {
  std::vector<std::string> children;
  const Published now = state_->Look();
  for (const auto& [other, space] : *now.world) {
    if (!name.empty() && EqualFolded(ParentOf(other), name)) children.push_back(other.substr(name.size() + 1));
  }
  std::sort(children.begin(), children.end(),
            [](const std::string& a, const std::string& b) { return CompareFolded(a, b) < 0; });
  return children;
}

std::vector<NamespacePtr> Repository::Namespaces() const {
  std::vector<NamespacePtr> namespaces;
  const Published now = state_->Look();
  for (const auto& [name, space] : *now.world) namespaces.push_back(space);
  // A parent's name is the beginning of its children's.
  std::sort(namespaces.begin(), namespaces.end(),
            [](const NamespacePtr& a, const NamespacePtr& b) { return CompareFolded(a->name(), b->name()) < 0; });
  return namespaces;
}

std::uint64_t Repository::instance_count() const { return state_->Look().instances; }

std::unique_ptr<InstanceCursor> Repository::ReadInstances(std::string_view name_space, std::string_view class_name,
                                                          cim::PropertySet needed) const {
  const NamespacePtr schema = state_->FindNamespace(name_space);
  const StoredClassPtr stored = schema == nullptr ? nullptr : schema->FindStored(class_name);
  if (stored == nullptr) return nullptr;
  return std::make_unique<InstanceCursor>(state_->database(), stored, std::move(needed));
}

std::unique_ptr<InstanceCursor> Repository::ReadInstances(const cim::ClassPtr& schema, cim::PropertySet needed,
                                                          const IndexLookup* lookup) const {
  const NamespacePtr now = schema->home() == nullptr ? nullptr : state_->FindNamespace(schema->home()->name_space);
  StoredClassPtr stored = now == nullptr ? nullptr : now->FindStored(schema->name());
  if (stored == nullptr) return nullptr;
  if (lookup != nullptr && !HasIndex(*stored->schema, lookup->property)) lookup = nullptr;
  if (stored->schema != schema) {
    auto as_it_was = std::make_shared<StoredClass>(*stored);
    as_it_was->schema = schema;
    as_it_was->layout = LayoutId(EncodeLayout(*schema));
    stored = std::move(as_it_was);
  }
  return std::make_unique<InstanceCursor>(state_->database(), std::move(stored), std::move(needed), lookup);
}

Result<std::vector<cim::Object>> Repository::ListInstances(std::string_view name_space,
                                                           std::string_view class_name) const {
  const std::unique_ptr<InstanceCursor> cursor = ReadInstances(name_space, class_name);
  ObjectSink list;
  while (cursor != nullptr && TRY(cursor->Read(kListChunk, list))) {
  }
  return list.Take();
}

Result<cim::Object> Repository::FindInstance(std::string_view name_space, std::string_view class_name,
                                             const KeyTuple& keys) const {
  // Before the schema is looked at: a row of a schema that is replaced meanwhile is not kept.
  const std::uint64_t age = state_->cache().age();
  const NamespacePtr schema = state_->FindNamespace(name_space);
  const StoredClassPtr stored = schema == nullptr ? nullptr : schema->FindStored(class_name);
  if (stored == nullptr) return cim::Object();
  const std::string key = KeyText(keys);
  const std::string name = RowName(stored->key_root, key);
  cim::Object known = state_->cache().Find(name);
  if (known) return EqualFolded(known.schema().name(), class_name) ? known : cim::Object();
  const Reader reader = TRY(state_->database()->Read());
  cim::Object row = TRY(ReadRow(*reader, stored, key));
  if (row) state_->cache().Keep(name, row, age);
  return row;
}

Result<std::vector<Repository::Referrer>> Repository::FindReferrers(std::string_view path,
                                                                    std::string_view name_space) const {
  const Published now = state_->Look();
  std::vector<Referrer> found;
  const Reader reader = TRY(state_->database()->Read());
  const std::string target = ReferenceText(path, name_space, server());
  sql::Statement rows = reader->Use(
      "SELECT namespaces.name, classes.name, key, property FROM instance_references "
      "JOIN instances ON instances.id = instance JOIN classes ON classes.id = instances.class "
      "JOIN namespaces ON namespaces.id = namespace WHERE target = ?1");
  rows.BindText(1, target);
  while (TRY(rows.Step())) {
    const auto schema = now.world->find(rows.Text(0));
    if (schema == now.world->end()) continue;  // made since we looked
    const StoredClassPtr stored = schema->second->FindStored(rows.Text(1));
    if (stored == nullptr) continue;
    cim::Object row = TRY(ReadRow(*reader, stored, std::string(rows.Blob(2))));
    if (row) found.push_back({schema->second, std::move(row), std::string(rows.Text(3))});
  }
  return found;
}

Result<std::string> Repository::Note(std::string_view name) const {
  const Reader reader = TRY(state_->database()->Read());
  return ReadNote(*reader, name);
}

void Repository::Observe(std::shared_ptr<ChangeObserver> observer) { state_->Observe(std::move(observer)); }
std::uint64_t Repository::untold_commits() const { return state_->untold_commits(); }

namespace {

// Other processes note down what they change of a subject for as long as it lives.
class HeldInterest final : public Repository::Interest {
 public:
  HeldInterest(ChangeLog& log, Change::Subject subject) : log_(log), subject_(subject) {}
  ~HeldInterest() override {
    if (listens_) log_.Ignore(subject_);
  }
  HeldInterest(const HeldInterest&) = delete;
  HeldInterest& operator=(const HeldInterest&) = delete;

  Status Begin(Database& database) {
    TRY(log_.Listen(subject_, database));
    listens_ = true;
    return Status();
  }

 private:
  ChangeLog& log_;
  const Change::Subject subject_;
  bool listens_ = false;
};

}  // namespace

Result<std::unique_ptr<Repository::Interest>> Repository::ListenToOthers(Change::Subject subject) {
  ChangeLog* const log = state_->log();
  if (log == nullptr || !log->is_open()) return std::unique_ptr<Interest>();
  auto held = std::make_unique<HeldInterest>(*log, subject);
  TRY(held->Begin(*state_->database()));
  return std::unique_ptr<Interest>(std::move(held));
}

Result<Repository::News> Repository::ReadNewsOfOthers() {
  ChangeLog* const log = state_->log();
  if (log == nullptr) return News();
  const Published now = state_->Look();
  const auto find = [&](std::string_view name_space) -> ClassesNow {
    const auto found = now.world->find(name_space);
    return found == now.world->end() ? ClassesNow() : ClassesNow{found->second.get(), found->second->home()};
  };
  return log->Read(*state_->database(), find);
}

Status Repository::Change(const std::function<Status(Transaction&)>& work) { return state_->Change({.change = &work}); }

Status Repository::Exclusive(const std::function<Status(ExclusiveTurn&)>& work) {
  return state_->Change({.exclusive = &work});
}

Status Repository::CreateNamespace(std::string_view name, const std::vector<cim::ClassDeclaration>& system_classes) {
  return Change([&](Transaction& transaction) { return transaction.CreateNamespace(name, system_classes); });
}

Status Repository::DeleteNamespace(std::string_view name) {
  return Change([&](Transaction& transaction) { return transaction.DeleteNamespace(name); });
}

Status Repository::PutClass(std::string_view name_space, cim::ClassDeclaration declaration, PutMode mode,
                            ClassUpdate update) {
  return Change([&](Transaction& transaction) { return transaction.PutClass(name_space, declaration, mode, update); });
}

Status Repository::DeleteClass(std::string_view name_space, std::string_view name) {
  return Change([&](Transaction& transaction) { return transaction.DeleteClass(name_space, name); });
}

Result<std::string> Repository::PutInstance(std::string_view name_space, const cim::Object& instance, PutMode mode) {
  std::string path;
  const Status status = Change([&](Transaction& transaction) -> Status {
    path = TRY(transaction.PutInstance(name_space, instance, mode));
    return Status();
  });
  if (!status.ok()) return status;
  return Result<std::string>(std::move(path));  // a copy could fail, and the instance is stored
}

Status Repository::DeleteInstance(std::string_view name_space, std::string_view class_name, const KeyTuple& keys) {
  return Change([&](Transaction& transaction) { return transaction.DeleteInstance(name_space, class_name, keys); });
}

}  // namespace wmi::store
