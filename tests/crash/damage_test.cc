// Every byte of a repository's file, changed: it is noticed, or makes no difference.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "steps.h"
#include "store/verify.h"

namespace wmi::crash {
namespace {

// In ctest one byte in many; all of them with OPENWMI_CRASH_ROUNDS.
constexpr std::uint64_t kBytesInCtest = 300;
constexpr std::uint64_t kSteps = 12;

class DamageTest : public ::testing::Test {
 protected:
  DamageTest() {
    std::string pattern = ::testing::TempDir() + "openwmi-damage-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~DamageTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  static store::Repository::Options Options(const std::string& folder) {
    return {.server = "HOST", .folder = folder, .limits = {}, .vfs = nullptr};
  }
  // The bytes of a repository with some of everything, in one file.
  std::string Make() const {
    {
      auto repository = store::Repository::Open(Options(folder_ + "/good"));
      EXPECT_TRUE(repository.ok() && Prepare(**repository).ok());
      for (std::uint64_t step = 1; step <= kSteps; ++step) EXPECT_TRUE(DoStep(**repository, "x", step).ok());
    }
    std::ifstream file(folder_ + "/good/repository.db", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // What a repository with this file shows; empty when it says that it is damaged.
  std::string Look(const std::string& bytes) const {
    const std::string folder = folder_ + "/bad";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    std::ofstream(folder + "/repository.db", std::ios::binary) << bytes;
    auto database = store::Database::Open({.folder = folder, .vfs = nullptr, .access = store::sql::Access::kWrite});
    if (!database.ok()) {
      EXPECT_FALSE(database.status().Message().empty());
      return "";
    }
    const auto report = store::Verify(**database, "HOST");
    database->reset();
    const auto repository = store::Repository::Open(Options(folder));
    // Read also what is known to be damaged: it must not crash or hang.
    const Result<std::string> everything = repository.ok() ? Everything(**repository) : repository.status();
    if (!report.ok() || !report->is_sound()) return "";
    EXPECT_TRUE(everything.ok()) << "found sound, but: " << everything.status().Message();
    return everything.ok() ? *everything : "unreadable";
  }

  std::string folder_;
};

TEST_F(DamageTest, EveryChangedByteIsNoticedOrMakesNoDifference) {
  std::mt19937_64 random(Seed());
  const std::string good = Make();
  const std::string before = Look(good);
  ASSERT_GT(before.size(), 1000u);
  const std::uint64_t bytes = std::min<std::uint64_t>(RoundsOr(kBytesInCtest), good.size());
  const std::uint64_t stride = good.size() / bytes;
  std::uint64_t noticed = 0;
  for (std::uint64_t i = 0; i < bytes; ++i) {
    const std::uint64_t place = i * stride + random() % stride;
    const auto change = static_cast<char>(random() % 2 == 0 ? 1u << random() % 8 : 1 + random() % 255);
    std::string bad = good;
    bad[place] = static_cast<char>(bad[place] ^ change);
    SCOPED_TRACE("byte " + std::to_string(place) + " xor " + std::to_string(static_cast<unsigned char>(change)));
    const std::string after = Look(bad);
    if (after.empty()) {
      ++noticed;
    } else {
      ASSERT_EQ(after, before);
    }
  }
  std::printf("%llu of %llu changes were noticed, the others made no difference\n",
              static_cast<unsigned long long>(noticed), static_cast<unsigned long long>(bytes));
  EXPECT_GT(noticed, 0u);
}

// A cut may fall behind what the last page says: then nothing is lost.
TEST_F(DamageTest, AFileThatEndsTooEarlyIsNoticedWhenSomethingIsLost) {
  const std::string good = Make();
  const std::string before = Look(good);
  constexpr std::size_t kPage = 4096;
  for (std::size_t size = 100; size < good.size(); size += 9973) {
    SCOPED_TRACE(size);
    const std::string after = Look(good.substr(0, size));
    if (size + kPage > good.size()) {
      EXPECT_TRUE(after.empty() || after == before) << "as if nothing was lost";
    } else {
      EXPECT_TRUE(after.empty()) << "whole pages are missing";
    }
  }
}

}  // namespace
}  // namespace wmi::crash
