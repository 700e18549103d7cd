// What memory limits and calls that end early do to `wmi query`, over the classes that every namespace has; tests/cli
// shows what the rows look like.
#include "wmi/arranged_query.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "wmi/exit_code.h"
#include "wmi/query_command.h"

namespace wmi::cli {
namespace {

struct Ran {
  int exit_code;
  std::string output;
  std::string errors;
};

// One connection for all, as a program has one.
class ArrangedQueryTest : public ::testing::Test {
 protected:
  struct Program {
    ~Program() { std::fclose(file); }

    std::FILE* const file = std::tmpfile();
    Options options;
    const Signals signals;
    Output output{::fileno(file), signals};
    CommandContext context{options, signals, output};
  };

  static void SetUpTestSuite() {
    program_ = std::make_unique<Program>();
    program_->options.format = Format::kCsv;
    const auto problem = program_->context.session.Connect("root\\cimv2");
    ASSERT_FALSE(problem) << problem->description;
  }
  static void TearDownTestSuite() { program_.reset(); }

  static Ran RunSchemaQuery(const Arrangement& arrangement, const char* query = "SELECT * FROM meta_class") {
    program_->options.subject = query;
    program_->options.arrangement = arrangement;
    const long start = std::ftell(program_->file);
    Ran ran{};
    ::testing::internal::CaptureStderr();
    ran.exit_code = RunQuery(program_->context);
    ran.errors = ::testing::internal::GetCapturedStderr();
    std::fseek(program_->file, start, SEEK_SET);
    for (int c = std::fgetc(program_->file); c != EOF; c = std::fgetc(program_->file)) {
      ran.output += static_cast<char>(c);
    }
    return ran;
  }

  static std::unique_ptr<Program> program_;
};

std::unique_ptr<ArrangedQueryTest::Program> ArrangedQueryTest::program_;

Arrangement SortedByName() {
  Arrangement arrangement;
  arrangement.sort = {{"__CLASS", Direction::kUp}};
  return arrangement;
}

std::ptrdiff_t Lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

TEST_F(ArrangedQueryTest, SortingMoreThanMemoryMayHoldFailsAndALimitIsTheWayOut) {
  Arrangement arrangement = SortedByName();
  arrangement.held_bytes_max = 4000;
  Ran ran = RunSchemaQuery(arrangement);
  EXPECT_EQ(ran.exit_code, kExitFailure);
  EXPECT_EQ(ran.output, "");
  EXPECT_NE(ran.errors.find("WBEM_E_QUOTA_VIOLATION (0x8004106C)"), std::string::npos) << ran.errors;
  EXPECT_NE(ran.errors.find("Add --limit"), std::string::npos) << ran.errors;

  arrangement.limit = 3;
  ran = RunSchemaQuery(arrangement);
  EXPECT_EQ(ran.exit_code, kExitSuccess) << ran.errors;
  EXPECT_EQ(Lines(ran.output), 4) << ran.output;
}

TEST_F(ArrangedQueryTest, MoreGroupsThanMemoryMayHoldFail) {
  Arrangement arrangement;
  arrangement.group = {"__CLASS"};
  arrangement.held_bytes_max = 2000;
  Ran ran = RunSchemaQuery(arrangement);
  EXPECT_EQ(ran.exit_code, kExitFailure);
  EXPECT_EQ(ran.output, "");
  EXPECT_NE(ran.errors.find("Group by fewer columns"), std::string::npos) << ran.errors;

  arrangement.group = {"__DYNASTY"};
  arrangement.held_bytes_max = kHeldBytesMax;
  ran = RunSchemaQuery(arrangement);
  EXPECT_EQ(ran.exit_code, kExitSuccess) << ran.errors;
  EXPECT_TRUE(ran.output.starts_with("__DYNASTY,Count\n")) << ran.output;
}

TEST_F(ArrangedQueryTest, ALimitEndsTheCallAndTheNextOneWorks) {
  Arrangement first;
  first.limit = 2;
  for (int i = 0; i < 20; ++i) {
    const Ran ran = RunSchemaQuery(first);
    ASSERT_EQ(ran.exit_code, kExitSuccess) << ran.errors;
    ASSERT_EQ(Lines(ran.output), 3) << ran.output;
    ASSERT_EQ(ran.errors, "");
  }
}

TEST_F(ArrangedQueryTest, OfACallThatFailsNothingIsShown) {
  Arrangement count;
  count.only_count = true;
  for (const Arrangement& arrangement : {SortedByName(), count}) {
    const Ran ran = RunSchemaQuery(arrangement, "SELECT * FROM NoSuchClass");
    EXPECT_EQ(ran.exit_code, kExitFailure);
    EXPECT_EQ(ran.output, "");
    EXPECT_NE(ran.errors.find("NoSuchClass"), std::string::npos) << ran.errors;
  }
}

TEST(GroupColumnsTest, TheCountHasANameOfItsOwn) {
  Arrangement arrangement;
  arrangement.group = {"Name", "COUNT"};
  EXPECT_EQ(GroupColumns(arrangement), (std::vector<std::string>{"Name", "COUNT", "Count_"}));
  arrangement.group = {"Name"};
  EXPECT_EQ(GroupColumns(arrangement).back(), "Count");
}

}  // namespace
}  // namespace wmi::cli
