// Random changes, against a model that keeps everything in plain maps.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "store/test_support.h"

namespace wmi::store {
namespace {

// A small hierarchy that shares its keys: Top (no instances of its own: it has no key) above A; B and C derive from A,
// D from B.
const std::map<std::string, std::string> kParents = {{"A", "Top"}, {"B", "A"}, {"C", "A"}, {"D", "B"}};

struct Stored {
  std::string class_name;
  std::uint64_t size = 0;
};

class ModelTest : public ::testing::Test {
 protected:
  void PutHierarchy() {
    for (const char* name : {"Top", "A", "B", "C", "D"}) {
      if (repository_.FindClass(name) == nullptr) PutOne(name);
    }
  }
  void PutOne(const std::string& name) {
    Declare declaration(name);
    if (name != "Top") declaration.superclass = kParents.at(name);
    if (name == "A") declaration.With(Key("K")).With(Prop("Size", cim::CimType::kUint32));
    ASSERT_EQ(Put(repository_, declaration), code::kOk);
  }
  static bool IsA(std::string name, const std::string& ancestor) {
    while (name != ancestor) {
      const auto parent = kParents.find(name);
      if (parent == kParents.end()) return false;
      name = parent->second;
    }
    return true;
  }
  std::size_t Pick(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

  void PutRandomInstance() {
    const std::string name(1, static_cast<char>('A' + Pick(4)));
    std::string key(1, static_cast<char>('a' + Pick(26)));
    const std::uint64_t size = Pick(1000);
    const auto mode = static_cast<PutMode>(Pick(3));
    const auto found = model_.find(key);
    Code expected = code::kOk;
    if (found != model_.end() && found->second.class_name != name) {
      expected = code::kAlreadyExists;
    } else if (found == model_.end() && mode == PutMode::kUpdateOnly) {
      expected = code::kNotFound;
    } else if (found != model_.end() && mode == PutMode::kCreateOnly) {
      expected = code::kAlreadyExists;
    } else {
      model_[key] = {name, size};
    }
    if (Pick(2) == 0) key[0] = static_cast<char>(key[0] - 'a' + 'A');
    ASSERT_EQ(PutIn(repository_, name, {{"K", T(key)}, {"Size", U(size)}}, mode), expected) << name << " " << key;
  }

  void DeleteRandomInstance() {
    const std::string name(1, static_cast<char>('A' + Pick(4)));
    const std::string key(1, static_cast<char>('a' + Pick(26)));
    const auto found = model_.find(key);
    const bool is_there = found != model_.end() && IsA(found->second.class_name, name);
    ASSERT_EQ(repository_.DeleteInstance(kSpace, name, {T(key)}).code(), is_there ? code::kOk : code::kNotFound);
    if (is_there) model_.erase(found);
  }

  void DeleteRandomClass() {
    const std::string name(1, static_cast<char>('B' + Pick(3)));
    ASSERT_EQ(repository_.DeleteClass(kSpace, name).code(), code::kOk);
    std::erase_if(model_, [&](const auto& item) { return IsA(item.second.class_name, name); });
    PutHierarchy();
  }

  void DescribeRandomClass() {
    const std::string name(1, static_cast<char>('A' + Pick(4)));
    Declare declaration(name, kParents.at(name));
    if (name == "A") declaration.With(Key("K")).With(Prop("Size", cim::CimType::kUint32));
    declaration.With(Text("Description", std::to_string(Pick(1000)), kBothFlavors));
    ASSERT_EQ(Put(repository_, declaration, static_cast<ClassUpdate>(Pick(3))), code::kOk);
  }

  void Compare() {
    std::size_t count = 0;
    for (const char* name : {"A", "B", "C", "D"}) {
      for (const cim::Object& row : Rows(repository_, kSpace, name)) {
        ++count;
        ASSERT_EQ(&row.schema(), repository_.FindClass(name).get());
        const auto expected = model_.find(Fold(row.slot(0).text()));
        ASSERT_NE(expected, model_.end());
        ASSERT_EQ(expected->second.class_name, name);
        ASSERT_EQ(expected->second.size, row.slot(1).unsigned_integer());
        const cim::Object found = Find(repository_, kSpace, name, {T(expected->first)});
        ASSERT_TRUE(found);
        ASSERT_EQ(found.slot(1).unsigned_integer(), expected->second.size);
      }
    }
    ASSERT_EQ(count, model_.size());
  }

  TestRepository repository_;
  std::map<std::string, Stored> model_;  // by folded key
  std::mt19937 random_;
};

TEST_F(ModelTest, RandomChangesGiveWhatTheModelGives) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  PutHierarchy();
  for (int step = 0; step < 5000 && !HasFatalFailure(); ++step) {
    const std::size_t action = Pick(100);
    if (action < 60)
      PutRandomInstance();
    else if (action < 90)
      DeleteRandomInstance();
    else if (action < 96)
      DescribeRandomClass();
    else
      DeleteRandomClass();
    if (step % 50 == 0) Compare();
  }
  Compare();
}

}  // namespace
}  // namespace wmi::store
