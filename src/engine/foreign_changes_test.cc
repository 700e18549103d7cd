// Events of what another process stores in the repository that both have open (docs/events.md). Two engines on one
// folder are to each other what two processes are: locks and signals go by open files.
#include "engine/foreign_changes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "cim/object_path.h"
#include "engine/calls.h"
#include "engine/engine.h"
#include "store/backup.h"

namespace wmi::engine {
namespace {

constexpr const char* kRooms = R"mof(
  Qualifier Key : ToInstance ToSubClass DisableOverride;
  class Room { [key] string Name; uint32 Seats; };
)mof";

bool AwaitThat(const std::function<bool()>& holds) {
  const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(60);
  while (!holds()) {
    if (SteadyClock().Now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string ShownObject(const cim::Object& event, std::string_view property) {
  const auto slot = event.schema().FindSlot(property);
  if (!slot || event.slot(*slot).kind() != cim::ValueKind::kObject) return "";
  const cim::Object& object = *event.slot(*slot).object();
  if (object.is_class()) return fmt::format(" {}", object.schema().name());
  const auto seats = object.schema().FindSlot("Seats");
  return fmt::format(
      " {}{}", cim::RelativePath(object).value_or("?"),
      seats && !object.slot(*seats).is_null() ? fmt::format(" {}", object.slot(*seats).unsigned_integer()) : "");
}

// "__InstanceModificationEvent Room.Name="Attic" 4 Room.Name="Attic" 3"
std::string ShownEvent(const cim::Object& event) {
  std::string text = event.schema().name();
  for (const char* part : {"TargetInstance", "PreviousInstance", "TargetClass", "TargetNamespace"}) {
    text += ShownObject(event, part);
  }
  return text;
}

struct Notes {
  Mutex mutex;
  std::vector<std::string> events WMI_GUARDED_BY(mutex);
  std::weak_ptr<EventSubscription> subscription WMI_GUARDED_BY(mutex);
  std::atomic<bool> is_open = false;
  std::atomic<bool> has_ended = false;

  std::vector<std::string> Events() {
    MutexLock lock(mutex);
    return events;
  }
  std::uint64_t Lost() {
    MutexLock lock(mutex);
    const auto open = subscription.lock();
    return open ? open->lost() : 0;
  }
};

class NoteTaker final : public Consumer {
 public:
  explicit NoteTaker(std::shared_ptr<Notes> notes) : notes_(std::move(notes)) {}
  ConsumerPlacement placement() const override { return ConsumerPlacement::kDelivery; }
  Delivered Consume(Batch batch) override {
    MutexLock lock(notes_->mutex);
    for (const cim::Object& event : batch) notes_->events.push_back(ShownEvent(event));
    return Delivered::With(code::kOk);
  }
  void Finish(const Ending&) override { notes_->has_ended = true; }

 private:
  const std::shared_ptr<Notes> notes_;
};

// What a program has that uses the repository.
class Process {
 public:
  explicit Process(const std::string& folder, store::RepositoryLimits limits = {})
      : engine_(OptionsOn(folder, limits)) {
    std::ifstream file(std::string(WMI_SOURCE_DIR) + "/schema/system.mof", std::ios::binary);
    engine_.catalogue().SetSystemClasses({"system.mof", {std::istreambuf_iterator<char>(file), {}}});
    if (!engine_.repository().FindNamespace("ROOT\\house")) {
      EXPECT_TRUE(engine_.catalogue().AddNamespace("ROOT\\house").ok());
      const Status compiled = engine_.catalogue().Compile({"rooms.mof", kRooms}, "ROOT\\house");
      EXPECT_TRUE(compiled.ok()) << compiled.Message();
    }
    session_ = engine_.Connect("ROOT\\house").value();
  }

  std::shared_ptr<Notes> Subscribe(const std::string& query) {
    auto notes = std::make_shared<Notes>();
    Result<Reservation> reservation = engine_.runtime().Reserve(session_->lane());
    EXPECT_TRUE(reservation.ok());
    SubscriptionOptions options;
    options.opened = [notes](const std::shared_ptr<EventSubscription>& events) {
      MutexLock lock(notes->mutex);
      notes->subscription = events;
      notes->is_open = true;
    };
    Operation::Call call;
    call.session = session_->lane();
    call.description = query;
    call.source = SubscriptionSource(session_, query, options);
    call.consumer = std::make_shared<NoteTaker>(notes);
    call.lifetime = Lifetime::kSubscription;
    operation_ = Operation::Start(engine_.runtime(), std::move(reservation).value(), std::move(call));
    EXPECT_TRUE(AwaitThat([&] { return notes->is_open || notes->has_ended; }));
    EXPECT_TRUE(notes->is_open) << query;
    return notes;
  }
  void EndSubscription(const std::shared_ptr<Notes>& notes) {
    operation_->Cancel();
    EXPECT_TRUE(AwaitThat([&] { return notes->has_ended.load(); }));
    operation_.reset();
  }
  void Put(const std::string& name, std::uint64_t seats) {
    cim::RowBlockBuilder builder;
    builder.BeginRow(session_->name_space()->FindClass("Room"));
    builder.SetText(0, name);
    builder.SetUnsigned(1, seats);
    builder.CommitRow();
    Batch made;
    builder.Finish(made);
    EXPECT_TRUE(repository().PutInstance("ROOT\\house", made.front(), cim::PutMode::kCreateOrUpdate).ok());
  }
  void Delete(const std::string& name) {
    EXPECT_TRUE(repository().DeleteInstance("ROOT\\house", "Room", {cim::Value::Text(name)}).ok());
  }
  Status Compile(const std::string& text) { return engine_.catalogue().Compile({"more.mof", text}, "ROOT\\house"); }
  std::int64_t LogEntries() {
    const Result<store::Reader> reader = repository().database()->Read();
    store::sql::Statement count = (*reader)->Use("SELECT count(*) FROM change_log");
    EXPECT_TRUE(count.Step().ok());
    return count.Integer(0);
  }
  Engine& engine() { return engine_; }
  store::Repository& repository() { return engine_.repository(); }

 private:
  static Engine::Options OptionsOn(const std::string& folder, store::RepositoryLimits limits) {
    store::Repository::Options on_disk;
    on_disk.server = "here";
    on_disk.folder = folder;
    on_disk.limits = limits;
    Result<std::unique_ptr<store::Repository>> opened = store::Repository::Open(std::move(on_disk));
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    Engine::Options options;
    options.repository = std::move(opened).value();
    return options;
  }

  Engine engine_;
  SessionPtr session_;
  std::shared_ptr<Operation> operation_;
};

class ForeignChangesTest : public testing::Test {
 protected:
  ForeignChangesTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "foreign-changes-XXXXXX").string();
    base_ = mkdtemp(pattern.data());
    other_ = std::make_unique<Process>(base_ + "/repository");
    here_ = std::make_unique<Process>(base_ + "/repository");
  }
  ~ForeignChangesTest() override {
    here_.reset();
    other_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(base_, ignored);
  }
  static void ExpectNotes(Notes& notes, const std::vector<std::string>& events) {
    EXPECT_TRUE(AwaitThat([&] { return notes.Events().size() >= events.size(); }));
    EXPECT_EQ(notes.Events(), events);
  }

  std::string base_;
  std::unique_ptr<Process> other_;
  std::unique_ptr<Process> here_;
};

TEST_F(ForeignChangesTest, InstancesThatAnotherProcessStores) {
  const auto notes = here_->Subscribe("SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'Room'");
  other_->Put("Attic", 3);
  other_->Put("Attic", 4);
  other_->Delete("Attic");
  ExpectNotes(*notes, {"__InstanceCreationEvent Room.Name=\"Attic\" 3",
                       "__InstanceModificationEvent Room.Name=\"Attic\" 4 Room.Name=\"Attic\" 3",
                       "__InstanceDeletionEvent Room.Name=\"Attic\" 4"});
}

TEST_F(ForeignChangesTest, BothProcessesAreHeardEachOnce) {
  const auto notes = here_->Subscribe("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Room'");
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    const std::string name = fmt::format("{:02}", i);
    (i % 2 == 0 ? other_ : here_)->Put(name, 1);
    expected.push_back(fmt::format("__InstanceCreationEvent Room.Name=\"{}\" 1", name));
  }
  EXPECT_TRUE(AwaitThat([&] { return notes->Events().size() >= expected.size(); }));
  EXPECT_THAT(notes->Events(), ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(ForeignChangesTest, Classes) {
  const auto notes = here_->Subscribe("SELECT * FROM __ClassOperationEvent");
  EXPECT_TRUE(other_->Compile("class Hall : Room { uint32 Doors; };").ok());
  ExpectNotes(*notes, {"__ClassCreationEvent Hall"});
}

TEST_F(ForeignChangesTest, Namespaces) {
  const auto notes = here_->Subscribe("SELECT * FROM __NamespaceOperationEvent");
  EXPECT_TRUE(other_->repository().CreateNamespace("ROOT\\house\\attic", {}).ok());
  ExpectNotes(*notes, {"__NamespaceCreationEvent __NAMESPACE.Name=\"attic\""});
}

TEST_F(ForeignChangesTest, AClassThatIsNewHere) {
  const auto notes = here_->Subscribe("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Room'");
  EXPECT_TRUE(other_->Compile("class Hall : Room {}; instance of Hall { Name = \"big\"; Seats = 9; };").ok());
  ExpectNotes(*notes, {"__InstanceCreationEvent Hall.Name=\"big\" 9"});
}

TEST_F(ForeignChangesTest, WhatACommitDoesNotTellIsCountedByAllItConcerns) {
  store::RepositoryLimits limits;
  limits.changes_told = 2;
  Process few(base_ + "/repository", limits);
  const auto own = few.Subscribe("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Room'");
  const auto notes = here_->Subscribe("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Room'");
  std::string rooms;
  for (int i = 0; i < 5; ++i) rooms += fmt::format("instance of Room {{ Name = \"{}\"; Seats = 1; }};\n", i);
  EXPECT_TRUE(few.Compile(rooms).ok());
  for (const auto& each : {own, notes}) {
    EXPECT_TRUE(AwaitThat([&] { return each->Events().size() == 2 && each->Lost() == 3; }))
        << each->Events().size() << " heard, " << each->Lost() << " lost";
  }
}

TEST_F(ForeignChangesTest, NothingIsNotedOnceNobodyIsSubscribed) {
  const auto notes = here_->Subscribe("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Room'");
  other_->Put("Attic", 3);
  EXPECT_EQ(other_->LogEntries(), 1);
  here_->EndSubscription(notes);
  // The last call of a sink comes shortly before the subscription lets go of what it holds.
  std::uint64_t seats = 0;
  EXPECT_TRUE(AwaitThat([&] {
    other_->Put("Cellar", ++seats);
    return other_->LogEntries() == 0;
  }));
}

TEST_F(ForeignChangesTest, InstancesOfProvidersAreNotInTheRepository) {
  struct NoTools final : provider::InstanceProvider {
    Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request&) override {
      return Status(code::kFailed, "there are none");
    }
  };
  EXPECT_TRUE(here_->Compile("[dynamic, provider(\"Shop\")] class Tool { [key] string Name; };").ok());
  here_->engine().providers().Register("Tool", std::make_unique<NoTools>());
  const auto notes =
      here_->Subscribe("SELECT * FROM __InstanceCreationEvent WITHIN 1000 WHERE TargetInstance ISA 'Tool'");
  other_->Put("Attic", 3);
  EXPECT_EQ(other_->LogEntries(), 0);
}

TEST_F(ForeignChangesTest, ATimerThatAnotherProcessSets) {
  const auto notes = here_->Subscribe("SELECT * FROM __TimerEvent");
  const Status set =
      other_->Compile("instance of __IntervalTimerInstruction { TimerId = \"tick\"; IntervalBetweenEvents = 100; };");
  ASSERT_TRUE(set.ok()) << set.Message();
  EXPECT_TRUE(AwaitThat([&] { return !notes->Events().empty(); }));
}

TEST_F(ForeignChangesTest, CommitsThatNobodyCanTellOf) {
  std::atomic<int> called = 0;
  other_->Put("Attic", 3);
  ASSERT_TRUE(store::Backup(*other_->repository().database(), base_ + "/backup", {}, {}).ok());
  auto member = here_->engine().foreign_changes().Join({}, [&] { ++called; });
  ASSERT_TRUE(member.ok()) << member.status().Message();
  ASSERT_TRUE(store::Restore(other_->repository(), base_ + "/backup", {}, {}).ok());
  EXPECT_TRUE(AwaitThat([&] { return called > 0; }));
}

TEST(ForeignChangesInMemoryTest, ThereAreNoOthers) {
  Engine engine({});
  const auto member = engine.foreign_changes().Join({}, [] {});
  ASSERT_TRUE(member.ok());
  EXPECT_EQ(member->get(), nullptr);
}

}  // namespace
}  // namespace wmi::engine
