// Random classes and instances are read back as they were put, every way there is.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "cim/declaration.h"
#include "store/encoding/class_code.h"
#include "store/instance_index.h"
#include "store/random_test_support.h"
#include "store/verify.h"

namespace wmi::store {
namespace {

constexpr std::size_t kInstancesOfClass = 6;

// With the same layout, or with one in which the order differs.
void ExpectSame(const cim::Object& put, const cim::Object& read) {
  ASSERT_TRUE(read);
  ASSERT_TRUE(read.is_instance());
  ASSERT_EQ(put.schema().name(), read.schema().name());
  ASSERT_EQ(put.schema().properties().size(), read.schema().properties().size());
  // The values with what embedded objects bring along, deep; own qualifiers too.
  EXPECT_TRUE(cim::SameValue(cim::ValueView::OfObject(&put), cim::ValueView::OfObject(&read)));
  for (std::size_t slot = 0; slot < put.schema().properties().size(); ++slot) {
    std::string bytes_put;
    std::string bytes_read;
    ByteWriter out_put(bytes_put);
    ByteWriter out_read(bytes_read);
    WriteValue(out_put, bytes_put, put.slot(slot));
    WriteValue(out_read, bytes_read, read.slot(slot));
    EXPECT_EQ(bytes_put, bytes_read) << put.schema().properties()[slot].name << ", with the classes of what is in it";
  }
}

// Qualifiers, properties, methods, defaults; what is inherited too.
void ExpectSameClass(const cim::Class& put, const cim::Class& read) {
  EXPECT_EQ(EncodeDeclaration(cim::DeclarationOf(put)), EncodeDeclaration(cim::DeclarationOf(read))) << put.name();
  EXPECT_EQ(put.derivation(), read.derivation());
  EXPECT_TRUE(put.qualifiers() == read.qualifiers());
  ASSERT_EQ(put.properties().size(), read.properties().size());
  for (std::size_t slot = 0; slot < put.properties().size(); ++slot) {
    const cim::Property& a = put.properties()[slot];
    const cim::Property& b = read.properties()[slot];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.origin, b.origin);
    EXPECT_TRUE(a.type.type == b.type.type && a.type.is_array == b.type.is_array &&
                a.type.class_name == b.type.class_name && a.default_value == b.default_value &&
                a.qualifiers == b.qualifiers)
        << a.name;
  }
  ASSERT_EQ(put.methods().size(), read.methods().size());
}

class RoundTripTest : public ::testing::Test {
 protected:
  RoundTripTest() {
    std::string pattern = ::testing::TempDir() + "openwmi-round-trip-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    Open();
    EXPECT_TRUE(repository_->CreateNamespace(kRoot, {}).ok());
    EXPECT_TRUE(repository_->CreateNamespace(kSpace, {}).ok());
  }
  ~RoundTripTest() override {
    repository_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void Open() {
    repository_.reset();
    auto opened = Repository::Open({.server = "HOST", .folder = folder_, .limits = {}, .vfs = nullptr});
    ASSERT_TRUE(opened.ok()) << opened.status().Message();
    repository_ = std::move(opened).value();
  }

  // A line of classes, the first of which has the keys, and instances of each.
  void PutRandomClasses(Random& random, const std::string& stem) {
    cim::ClassPtr schema;
    for (std::size_t level = 0, levels = 1 + random.Below(3); level < levels && !HasFailure(); ++level) {
      cim::ClassDeclaration declaration = random.Declaration(stem + std::to_string(level), schema.get());
      if (level == 0) {
        declaration.properties.push_back(Key("Id"));
        if (random.Chance(2)) declaration.properties.push_back(Key("Number", cim::CimType::kUint32));
      }
      const Status put = repository_->PutClass(kSpace, declaration, PutMode::kCreateOnly, ClassUpdate::kCompatible);
      ASSERT_TRUE(put.ok()) << put.Message();
      // Made without the repository, to compare with.
      const Result<cim::ClassPtr> made = cim::Class::Make(std::move(declaration), schema, nullptr);
      ASSERT_TRUE(made.ok()) << made.status().Message();
      schema = *made;
      classes_[schema->name()] = schema;
      PutRandomInstances(random, schema, level);
    }
  }
  void PutRandomInstances(Random& random, const cim::ClassPtr& schema, std::size_t level) {
    const Status put = repository_->Change([&](Transaction& transaction) -> Status {
      for (std::size_t i = 0; i < kInstancesOfClass; ++i) {
        const cim::Object instance = random.Instance(schema, level * kInstancesOfClass + i);
        TRY(transaction.PutInstance(kSpace, instance, PutMode::kCreateOnly));
        instances_[schema->name()].push_back(instance);
      }
      return Status();
    });
    ASSERT_TRUE(put.ok()) << put.Message();
  }

  static KeyTuple KeysOf(const cim::Object& instance) {
    KeyTuple keys;
    for (const std::size_t slot : instance.schema().key_slots()) keys.push_back(cim::Value::Copy(instance.slot(slot)));
    return keys;
  }

  void ExpectEverything() {
    const NamespacePtr space = repository_->FindNamespace(kSpace);
    for (const auto& [name, put] : classes_) {
      const cim::ClassPtr read = space->FindClass(name);
      ASSERT_NE(read, nullptr) << space->DamageOf(name).Message();
      ExpectSameClass(*put, *read);
    }
    for (const auto& [name, put] : instances_) {
      const std::vector<cim::Object> rows = Rows(*repository_, kSpace, name);
      ASSERT_EQ(rows.size(), put.size());
      for (std::size_t i = 0; i < put.size() && !HasFailure(); ++i) {
        ExpectSame(put[i], rows[i]);
        // Twice: out of the table and out of the cache.
        ExpectSame(put[i], Find(*repository_, kSpace, name, KeysOf(put[i])));
        ExpectSame(put[i], Find(*repository_, kSpace, name, KeysOf(put[i])));
        ExpectFoundByValues(put[i]);
      }
      ExpectPartsOf(put);
    }
  }
  void ExpectFoundByValues(const cim::Object& put) {
    for (std::size_t slot = 0; slot < put.schema().properties().size(); ++slot) {
      const cim::Property& property = put.schema().properties()[slot];
      if (!property.qualifiers.IsTrue("indexed")) continue;
      const auto found =
          FindByValue(*repository_, kSpace, put.schema().name(), property.name, cim::Value::Copy(put.slot(slot)));
      const KeyTuple keys = KeysOf(put);
      const bool is_there =
          std::any_of(found.begin(), found.end(), [&](const cim::Object& row) { return KeysOf(row) == keys; });
      EXPECT_TRUE(is_there) << property.name;
      ++looked_up_;
    }
  }
  // Every second property, three rows at a time.
  void ExpectPartsOf(const std::vector<cim::Object>& put) {
    std::vector<std::size_t> slots;
    for (std::size_t slot = 0; slot < put.front().schema().properties().size(); slot += 2) slots.push_back(slot);
    cim::PropertySet needed;
    for (const std::size_t slot : slots) needed.Add(slot);
    const auto cursor = repository_->ReadInstances(kSpace, put.front().schema().name(), needed);
    ASSERT_NE(cursor, nullptr);
    ObjectSink sink;
    while (cursor->Read(3, sink).value()) {
    }
    const std::vector<cim::Object> rows = sink.Take();
    ASSERT_EQ(rows.size(), put.size());
    for (std::size_t i = 0; i < put.size(); ++i) {
      for (const std::size_t slot : slots) EXPECT_TRUE(cim::SameValue(rows[i].slot(slot), put[i].slot(slot)));
    }
  }

  std::string folder_;
  std::unique_ptr<Repository> repository_;
  std::map<std::string, cim::ClassPtr> classes_;
  std::map<std::string, std::vector<cim::Object>> instances_;
  std::size_t looked_up_ = 0;
};

TEST_F(RoundTripTest, WhatIsPutIsReadBackEveryWay) {
  const std::uint32_t seed = std::random_device()();
  std::printf("seed %u\n", seed);
  for (std::uint32_t i = 0; i < 12 && !HasFailure(); ++i) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", classes C" + std::to_string(i));
    Random random(seed + i);
    PutRandomClasses(random, "C" + std::to_string(i) + "l");
  }
  if (!HasFailure()) ExpectEverything();
  Open();
  if (!HasFailure()) ExpectEverything();
  EXPECT_GT(looked_up_, 0u);
  const auto report = Verify(*repository_->database(), "HOST");
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->is_sound()) << report->findings.front().place << ": " << report->findings.front().what;
}

}  // namespace
}  // namespace wmi::store
