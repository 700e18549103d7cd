// Every allocation of every change fails once; the repository must be what it was before, and work afterwards.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "store/test_support.h"

namespace {

// Allocations of this thread until one fails; negative: none fails.
thread_local long allocations_left = -1;

}  // namespace

// Not inlined: seen together, the compiler takes new and free for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace wmi::store {
namespace {

// Everything a reader can see.
std::map<std::string, std::string> Picture(const Repository& repository) {
  std::map<std::string, std::string> picture;
  for (const std::string& name : {std::string("ROOT"), std::string("ROOT\\test"), std::string("ROOT\\other")}) {
    const NamespacePtr space = repository.FindNamespace(name);
    if (space == nullptr) continue;
    picture[name] = "";
    for (const cim::ClassPtr& schema : space->classes()) {
      std::string& text = picture[name + ":" + schema->name()];
      text = schema->superclass() == nullptr ? "" : schema->superclass()->name();
      text += std::string(schema->qualifiers().Text("Description")) + std::to_string(schema->properties().size());
      for (const cim::Object& row : Rows(repository, name, schema->name())) {
        picture[name + ":" + schema->name() + "." + std::string(row.slot(0).text())] =
            std::to_string(row.slot(1).unsigned_integer()) +
            (Find(repository, name, schema->name(), {T(std::string(row.slot(0).text()))}) ? "" : " lost");
      }
    }
  }
  return picture;
}

struct Trial {
  const char* name;
  std::function<Code(Repository&)> run;
  std::size_t told;  // how many changes
};

// Takes what it is told without memory of its own: after a commit nothing fails.
class Counter : public ChangeObserver {
 public:
  bool Wants(Change::Subject) const noexcept override { return true; }
  void Committed(std::vector<Change> changes, std::uint64_t left_out) noexcept override {
    told += changes.size();
    lost += left_out;
  }
  std::size_t told = 0;
  std::uint64_t lost = 0;
};

constexpr const char* kLongKey = "a key that is longer than what a short string holds in place";

Declare Base() { return Declare("Base").With(Key("K")).With(Prop("Size", cim::CimType::kUint32)); }

// With as many instances as there is room for, so that the next one makes the rows grow.
std::unique_ptr<TestRepository> Filled() {
  auto repository = std::make_unique<TestRepository>();
  EXPECT_EQ(Put(*repository, Base()), code::kOk);
  EXPECT_EQ(Put(*repository, Declare("Child", "Base")), code::kOk);
  EXPECT_EQ(Put(*repository, Declare("Empty", "Base")), code::kOk);
  for (const char* key : {"a", "b", "c", "d"}) {
    EXPECT_EQ(PutIn(*repository, "Child", {{"K", T(key)}, {"Size", U(1)}}), code::kOk);
  }
  return repository;
}

void FailEachAllocation(const Trial& trial, bool observed) {
  constexpr long kAllocationsMax = 10'000;
  for (long pass = 0; pass < kAllocationsMax; ++pass) {
    const std::unique_ptr<TestRepository> repository = Filled();
    const auto before = Picture(*repository);
    const auto counter = std::make_shared<Counter>();
    if (observed) repository->Observe(counter);
    bool failed = false;
    try {
      allocations_left = pass;
      EXPECT_EQ(trial.run(*repository), code::kOk);
      allocations_left = -1;
    } catch (const std::bad_alloc&) {
      allocations_left = -1;
      failed = true;
    }
    if (!failed) {
      EXPECT_GT(pass, 0);
      EXPECT_EQ(counter->told, observed ? trial.told : 0) << trial.name;
      return;
    }
    ASSERT_EQ(counter->told, 0u) << trial.name << ", allocation " << pass;
    ASSERT_EQ(Picture(*repository), before) << trial.name << ", allocation " << pass;
    ASSERT_EQ(trial.run(*repository), code::kOk) << trial.name << " again, allocation " << pass;
    ASSERT_EQ(counter->told, observed ? trial.told : 0) << trial.name << ", allocation " << pass;
    ASSERT_EQ(counter->lost, 0u);
    ASSERT_NE(Picture(*repository), before);
  }
  FAIL() << trial.name << " never ends";
}

TEST(NoMemoryTest, AFailedChangeChangesNothing) {
  // Arguments are made before memory runs out: only the repository is under test.
  const Declare described = Base().With(Text("Description", "new", kBothFlavors));
  const Declare added("Added", "Base");
  const std::unique_ptr<TestRepository> source = Filled();
  const cim::Object fresh = InstanceOf(*source, "Child", {{"K", T(kLongKey)}, {"Size", U(2)}});
  const cim::Object first = InstanceOf(*source, "Empty", {{"K", T(kLongKey)}, {"Size", U(2)}});
  const cim::Object update = InstanceOf(*source, "Child", {{"K", T("b")}, {"Size", U(2)}});
  const KeyTuple key = {T("b")};
  const auto put = [](const cim::Object& object) {
    return [&object](Repository& r) { return r.PutInstance(kSpace, object, PutMode::kCreateOrUpdate).status().code(); };
  };
  const auto put_class = [](const cim::ClassDeclaration& declaration) {
    return [&declaration](Repository& r) {
      return r.PutClass(kSpace, declaration, PutMode::kCreateOrUpdate, ClassUpdate::kCompatible).code();
    };
  };
  const Trial trials[] = {
      {"a new instance", put(fresh), 1},
      {"the first instance of a class", put(first), 1},
      {"an update of an instance", put(update), 1},
      {"the deletion of an instance", [&](Repository& r) { return r.DeleteInstance(kSpace, "Base", key).code(); }, 1},
      {"a new class", put_class(added), 1},
      {"an update of a class with instances below", put_class(described), 1},
      {"the deletion of a class", [](Repository& r) { return r.DeleteClass(kSpace, "Child").code(); }, 5},
      {"a new namespace", [](Repository& r) { return r.CreateNamespace("ROOT\\other", {}).code(); }, 1},
      {"the deletion of a namespace", [](Repository& r) { return r.DeleteNamespace(kSpace).code(); }, 1},
  };
  for (const Trial& trial : trials) {
    FailEachAllocation(trial, false);
    FailEachAllocation(trial, true);
  }
}

}  // namespace
}  // namespace wmi::store
