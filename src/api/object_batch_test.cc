#include "api/object_batch.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "api/test_support.h"
#include "engine/test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

class ObjectBatchTest : public testing::Test {
 protected:
  void SetUp() override { live_before_ = com::LiveObjects(); }
  void TearDown() override { EXPECT_EQ(live_before_, com::LiveObjects()); }
  static std::vector<cim::Object> Rows(std::size_t count) {
    std::vector<cim::Object> rows;
    engine::AppendNumbers(0, count, rows);
    return rows;
  }

 private:
  std::size_t live_before_ = 0;
};

TEST_F(ObjectBatchTest, ObjectsThatNobodyKeptGoWithTheBatch) {
  std::vector<cim::Object> rows = Rows(64);
  const ObjectBatch batch(rows);
  ASSERT_EQ(64u, batch.size());
  EXPECT_EQ("63", PropertyText(batch.objects()[63], L"Value"));
}

TEST_F(ObjectBatchTest, KeptObjectsOutliveTheBatchInAnyOrder) {
  for (std::size_t first : {0u, 1u, 2u}) {
    std::vector<ComPtr<IWbemClassObject>> kept;
    {
      std::vector<cim::Object> rows = Rows(3);
      const ObjectBatch batch(rows);
      for (std::size_t i = 0; i < 3; ++i) kept.emplace_back(batch.objects()[i]);
    }
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t index = (first + i) % 3;
      EXPECT_EQ(std::to_string(index), PropertyText(kept[index].get(), L"Value"));
      EXPECT_EQ(1u, kept[index]->AddRef() - 1);
      kept[index]->Release();
      kept[index].Reset();
    }
  }
}

TEST_F(ObjectBatchTest, ReferencesCanBeHandedOut) {
  std::vector<cim::Object> rows = Rows(5);
  IWbemClassObject* objects[5];
  {
    ObjectBatch batch(rows);
    batch.MoveTo(objects);
    EXPECT_EQ(0u, batch.size());
  }
  for (IWbemClassObject* object : objects) EXPECT_EQ(0u, object->Release());
}

TEST_F(ObjectBatchTest, KeptObjectsMayBeReleasedOnManyThreadsAtOnce) {
  for (int round = 0; round < 200; ++round) {
    std::vector<std::thread> threads;
    std::vector<cim::Object> rows = Rows(8);
    {
      const ObjectBatch batch(rows);
      for (std::size_t i = 0; i < batch.size(); i += 2) {
        batch.objects()[i]->AddRef();
        threads.emplace_back([object = batch.objects()[i]] { object->Release(); });
      }
    }
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace wmi::api
