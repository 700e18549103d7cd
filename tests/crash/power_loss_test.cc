// Power losses, failing disks and full disks: what was acknowledged is there, nothing is there by half.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "fault_vfs.h"
#include "steps.h"

namespace wmi::crash {
namespace {

using Operation = FaultVfs::Operation;
using Random = std::mt19937_64;

constexpr const char* kWriter = "p";
constexpr std::uint64_t kRoundsInCtest = 150;
constexpr std::uint64_t kStepsPerRound = 12;

class PowerLossTest : public ::testing::Test {
 protected:
  PowerLossTest() {
    std::string pattern = ::testing::TempDir() + "openwmi-power-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~PowerLossTest() override {
    repository_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  Status Open() {
    repository_.reset();
    Result<std::unique_ptr<store::Repository>> opened =
        store::Repository::Open({.server = "HOST", .folder = folder_, .limits = {}, .vfs = FaultVfs::kName});
    if (!opened.ok()) return opened.status();
    repository_ = std::move(opened).value();
    return Status();
  }
  // Opens and takes over which state it is in.
  void Reopen() {
    const Status status = Open();
    ASSERT_TRUE(status.ok()) << status.Message();
    const Result<std::uint64_t> state = FindState(*repository_, kWriter, steps_);
    ASSERT_TRUE(state.ok()) << state.status().Message();
    ASSERT_TRUE(*state == steps_ || is_unsure_) << "a step that was never asked for is there";
    steps_ = *state;
    is_unsure_ = false;
    const Status sound = CheckSound(*repository_);
    ASSERT_TRUE(sound.ok()) << sound.Message();
  }
  // The next step of the story.
  Status Step() {
    const Status status = DoStep(*repository_, kWriter, steps_ + 1);
    if (status.ok()) ++steps_;
    is_unsure_ = !status.ok();
    return status;
  }

  FaultVfs vfs_;
  std::string folder_;
  std::unique_ptr<store::Repository> repository_;
  std::uint64_t steps_ = 0;
  bool is_unsure_ = false;  // the last step failed, after which it may be there or not
};

TEST_F(PowerLossTest, WhatWasAcknowledgedIsThereAfterwards) {
  Random random(Seed());
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Prepare(*repository_).ok());
  for (std::uint64_t round = 0; round < RoundsOr(kRoundsInCtest); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    vfs_.StopAfter(1 + random() % 150);
    for (std::uint64_t step = 0; step < kStepsPerRound && Step().ok(); ++step) {
    }
    if (random() % 4 == 0) repository_.reset();  // the power goes while or after it closes
    vfs_.LosePower(random);
    Reopen();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(steps_, 0u);
}

TEST_F(PowerLossTest, ALossWhileItOpensAgainIsSurvivedToo) {
  Random random(Seed());
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Prepare(*repository_).ok());
  for (std::uint64_t round = 0; round < RoundsOr(kRoundsInCtest) / 3; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    vfs_.StopAfter(20 + random() % 40);
    while (Step().ok()) {
    }
    vfs_.LosePower(random);
    vfs_.StopAfter(1 + random() % 4);
    const Status opened = Open();
    if (opened.ok()) repository_.reset();
    vfs_.LosePower(random);
    Reopen();
    if (HasFatalFailure()) return;
  }
}

TEST_F(PowerLossTest, AFailingDiskFailsTheChangeAndNothingElse) {
  Random random(Seed());
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Prepare(*repository_).ok());
  for (std::uint64_t round = 0; round < RoundsOr(kRoundsInCtest); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const auto operation = static_cast<Operation>(random() % 3);
    vfs_.FailAt(operation, 1 + random() % 30, FaultVfs::Failure::kError,
                random() % 2 == 0 ? FaultVfs::Length::kOnce : FaultVfs::Length::kFromThere);
    for (std::uint64_t step = 0; step < 4 && !is_unsure_; ++step) {
      const Status status = Step();
      EXPECT_TRUE(status.ok() || !status.Message().empty());
      // Whatever can be read is right.
      const Result<Story> story = ReadStory(*repository_, kWriter);
      if (!story.ok() || is_unsure_) continue;
      EXPECT_EQ(story->Describe(), StoryAfter(kWriter, steps_).Describe());
    }
    vfs_.FailNoMore();
    if (random() % 2 == 0) vfs_.LosePower(random);
    Reopen();
    if (HasFatalFailure()) return;
    const Status next = Step();
    ASSERT_TRUE(next.ok()) << next.Message();
  }
}

TEST_F(PowerLossTest, AFullDiskRefusesChangesUntilThereIsRoom) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Prepare(*repository_).ok());
  for (std::uint64_t room = 0; room < 60000; room += 6000) {
    SCOPED_TRACE("room " + std::to_string(room));
    ASSERT_TRUE(Step().ok());
    vfs_.LimitSize(vfs_.size() + room);
    Status status;
    for (int step = 0; step < 400 && status.ok(); ++step) status = Step();
    ASSERT_EQ(status.code(), code::kOutOfDiskSpace) << status.Message();
    const Result<Story> story = ReadStory(*repository_, kWriter);
    ASSERT_TRUE(story.ok()) << "reads go on: " << story.status().Message();
    EXPECT_EQ(story->Describe(), StoryAfter(kWriter, steps_).Describe()) << "nothing of the refused change is there";
    EXPECT_EQ(Step().code(), code::kOutOfDiskSpace) << "still";
    vfs_.FailNoMore();
    status = Step();
    ASSERT_TRUE(status.ok()) << "there is room again: " << status.Message();
  }
  Reopen();
}

}  // namespace
}  // namespace wmi::crash
