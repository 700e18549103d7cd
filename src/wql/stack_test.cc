// The stack that a query takes does not grow with its length: the deepest, longest and widest ones that the limits
// allow go from text to matches on a stack of 96 KiB.
#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "wql/print.h"
#include "wql/query.h"
#include "wql/syntax.h"
#include "wql/test_table.h"

namespace wmi::wql {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasSanitizer = true;  // its frames are many times as large
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool kHasSanitizer = true;
#else
constexpr bool kHasSanitizer = false;
#endif
#else
constexpr bool kHasSanitizer = false;
#endif

constexpr std::size_t kStackBytes = 96 << 10;

void RunOnSmallStack(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_t thread;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &body), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

std::string Repeat(const std::string& piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

std::vector<std::string> LargestClauses() {
  const std::size_t depth = limits::kQueryDepthMax;
  const std::size_t terms = limits::kQueryTermsMax;
  std::string mixed;
  for (std::size_t i = 0; i < depth / 2; ++i) mixed += "NOT (Size = 1 OR Level < 2 AND ";
  return {
      Repeat("(", depth) + "Size = 1" + Repeat(")", depth),
      Repeat("NOT ", depth) + "Size = 1",
      Repeat("NOT (", depth / 2) + "Size = 1" + Repeat(")", depth / 2),
      mixed + "Size = 3" + Repeat(")", depth / 2),
      "Size = 1" + Repeat(" OR Size = 2", terms - 1),
      "Size = 1" + Repeat(" AND Level = 1", terms - 1),
      "Size = 1" + Repeat(" OR Size = 2 AND Level = 3", terms / 2 - 1),
      "Part" + Repeat(".Inner", limits::kObjectNestingMax - 2) + ".Count = 1",
      "Name LIKE '%" + std::string(limits::kQueryLengthMax / 2, 'x') + "%'",
      "Name LIKE '" + Repeat("%x", limits::kQueryLengthMax / 4) + "'",
      "Name LIKE '%[" + std::string(limits::kQueryLengthMax / 2, 'x') + "]%'",
      "Name = '" + std::string(limits::kQueryLengthMax / 2, 'x') + "'",
  };
}

void AskTheTable(const std::string& text) {
  const auto tree = Parse(text);
  ASSERT_TRUE(tree.ok()) << text.substr(0, 80) << "\n" << tree.status().Message();
  const Result<BoundQuery> query = Bind(**tree, testing::TheTable());
  ASSERT_TRUE(query.ok()) << text.substr(0, 80) << "\n" << query.status().Message();
  for (std::size_t i = 0; i < testing::TheTable().objects().size(); ++i) {
    if (testing::TheTable().objects()[i].schema().IsA("T_Thing"))
      (void)query->filter->Matches(testing::TheTable().row(i));
  }
  (void)query->filter->MayMatch(*query->schema);
  EXPECT_FALSE(Print(**tree).empty());
}

TEST(Stack, TheLargestQueriesNeedLittle) {
  if (kHasSanitizer) GTEST_SKIP() << "frames are larger under a sanitizer";
  (void)testing::TheTable();  // made on the large stack
  for (const std::string& clause : LargestClauses()) {
    RunOnSmallStack([&] { AskTheTable("SELECT * FROM T_Thing WHERE " + clause); });
    if (::testing::Test::HasFatalFailure()) return;
  }
}

// What is past a limit is refused before it costs anything, however far past it is.
TEST(Stack, QueriesPastTheLimitsNeedNoMore) {
  if (kHasSanitizer) GTEST_SKIP() << "frames are larger under a sanitizer";
  for (const std::string& clause :
       {Repeat("(", 8'000), Repeat("NOT ", 4'000), Repeat("NOT (", 3'000) + "x", Repeat("((NOT ", 2'000),
        "Size = 1" + Repeat(" OR Size=1", 1'500), "Part" + Repeat(".a", 8'000)}) {
    RunOnSmallStack([&] {
      EXPECT_EQ(Parse("SELECT * FROM T_Thing WHERE " + clause).status().code(), code::kQuotaViolation)
          << clause.substr(0, 20);
    });
  }
}

}  // namespace
}  // namespace wmi::wql
