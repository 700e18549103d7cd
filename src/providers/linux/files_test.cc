#include "providers/linux/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::UnorderedElementsAre;

TEST(Files, ReadsUpToTheLimit) {
  FixtureTree tree;
  tree.Write("proc/text", std::string(10'000, 'x'));
  const std::string path = tree.path() + "/proc/text";
  TextBuffer buffer;
  for (const std::size_t limit : {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096},
                                  std::size_t{4097}, std::size_t{9'999}, std::size_t{10'000}, std::size_t{10'001}}) {
    ASSERT_EQ(Files::Real().Read(kNoDirectory, path.c_str(), limit, buffer), 0);
    EXPECT_EQ(buffer.text().size(), std::min<std::size_t>(limit, 10'000)) << limit;
  }
}

TEST(Files, AReusedBufferHoldsOnlyTheLastText) {
  FixtureTree tree;
  tree.Write("proc/long", std::string(9'000, 'x'));
  tree.Write("proc/short", "abc");
  TextBuffer buffer;
  ASSERT_EQ(Files::Real().Read(kNoDirectory, (tree.path() + "/proc/long").c_str(), 1u << 20, buffer), 0);
  ASSERT_EQ(Files::Real().Read(kNoDirectory, (tree.path() + "/proc/short").c_str(), 1u << 20, buffer), 0);
  EXPECT_EQ(buffer.text(), "abc");
  EXPECT_EQ(Files::Real().Read(kNoDirectory, (tree.path() + "/proc/none").c_str(), 1u << 20, buffer), ENOENT);
  EXPECT_EQ(buffer.text(), "");
}

TEST(Files, ReadsKernelTextsOfSeveralRecordsWhole) {
  // The kernel hands such a text out in pieces; the stack is among the last records of this one.
  TextBuffer buffer;
  ASSERT_EQ(Files::Real().Read(kNoDirectory, "/proc/self/maps", 1u << 20, buffer), 0);
  EXPECT_THAT(std::string(buffer.text()), testing::HasSubstr("[stack]"));
  EXPECT_TRUE(buffer.text().ends_with('\n'));
  ASSERT_EQ(Files::Real().Read(kNoDirectory, "/proc/self/status", 1u << 16, buffer), 0);
  EXPECT_THAT(std::string(buffer.text()), testing::HasSubstr("nonvoluntary_ctxt_switches"));
}

TEST(Files, ListsNumbersOnly) {
  FixtureTree tree;
  for (const char* name : {"1", "22", "x3", "4x", "-5", "99999999999", "self"}) {
    tree.MakeDirectory(std::string("proc/") + name);
  }
  std::vector<std::int32_t> numbers;
  ASSERT_EQ(Files::Real().ListNumbers(kNoDirectory, tree.root().proc.c_str(), 100, numbers), 0);
  EXPECT_THAT(numbers, UnorderedElementsAre(1, 22));
  ASSERT_EQ(Files::Real().ListNumbers(kNoDirectory, tree.root().proc.c_str(), 1, numbers), 0);
  EXPECT_EQ(numbers.size(), 1u);
}

TEST(Files, ReplacesATextWithItsModeAndBehindALink) {
  FixtureTree tree;
  tree.Write("etc/real", "old");
  tree.Link("etc/link", "real");
  const std::string real = tree.path() + "/etc/real";
  const std::string link = tree.path() + "/etc/link";
  ASSERT_EQ(::chmod(real.c_str(), 0640), 0);
  Files& files = Files::Real();
  EXPECT_EQ(files.Replace(link.c_str(), "new text"), 0);
  EXPECT_EQ(ReadText(files, real, 100), "new text");
  std::uint32_t mode = 0;
  ASSERT_EQ(files.Mode(kNoDirectory, real.c_str(), mode), 0);
  EXPECT_EQ(mode & 07777, 0640u);
  ASSERT_EQ(files.Mode(kNoDirectory, link.c_str(), mode), 0);
  EXPECT_TRUE(S_ISLNK(mode));

  const std::string fresh = tree.path() + "/etc/fresh";
  EXPECT_EQ(files.Replace(fresh.c_str(), "x"), 0);
  ASSERT_EQ(files.Mode(kNoDirectory, fresh.c_str(), mode), 0);
  EXPECT_EQ(mode & 07777, 0644u) << "whatever the mask of this process";
  EXPECT_EQ(files.Replace((tree.path() + "/none/x").c_str(), "x"), ENOENT);
  std::vector<std::string> names;
  ASSERT_EQ(files.List(kNoDirectory, (tree.path() + "/etc").c_str(), 100, names), 0);
  EXPECT_THAT(names, UnorderedElementsAre("real", "link", "fresh")) << "nothing is left beside it";
}

TEST(Files, KeepsNoDescriptorOpen) {
  std::vector<std::int32_t> before;
  std::vector<std::int32_t> after;
  ASSERT_EQ(Files::Real().ListNumbers(kNoDirectory, "/proc/self/fd", 10'000, before), 0);
  TextBuffer buffer;
  std::vector<std::string> names;
  {
    Directory directory;
    ASSERT_EQ(Files::Real().OpenDirectory(kNoDirectory, "/proc", directory), 0);
    Directory moved = std::move(directory);
    ASSERT_EQ(Files::Real().Read(moved.descriptor(), "self/stat", 4096, buffer), 0);
    ASSERT_EQ(Files::Real().List(moved.descriptor(), "self", 10'000, names), 0);
  }
  ASSERT_EQ(Files::Real().ListNumbers(kNoDirectory, "/proc/self/fd", 10'000, after), 0);
  EXPECT_EQ(before.size(), after.size());
}

TEST(Scanning, SplitsAndTrims) {
  EXPECT_EQ(Trim(" \t a b \n"), "a b");
  EXPECT_EQ(Trim(std::string_view("x\0", 2)), "x");
  EXPECT_EQ(Trim("  "), "");
  std::string_view rest = "a,,b";
  std::string_view part;
  std::vector<std::string> parts;
  while (NextPart(rest, ',', part)) parts.emplace_back(part);
  EXPECT_THAT(parts, testing::ElementsAre("a", "", "b"));
  EXPECT_TRUE(HasWord("fpu nx lm", "nx"));
  EXPECT_FALSE(HasWord("fpu nxx lm", "nx"));
  EXPECT_TRUE(HasWord("rw,relatime", "rw", ','));
}

TEST(Scanning, NumbersAreWholeOrRefused) {
  std::uint64_t number = 7;
  EXPECT_TRUE(ParseUnsigned("  12 kB", number));
  EXPECT_EQ(number, 12u);
  EXPECT_TRUE(ParseUnsigned("18446744073709551615", number));
  EXPECT_FALSE(ParseUnsigned("18446744073709551616", number));
  EXPECT_FALSE(ParseUnsigned("", number));
  EXPECT_FALSE(ParseUnsigned("-1", number));
  EXPECT_FALSE(ParseUnsigned("x", number));
  std::int64_t with_sign = 0;
  EXPECT_TRUE(ParseSigned(" -1\n", with_sign));
  EXPECT_EQ(with_sign, -1);
}

TEST(Outcomes, TellGoneFromDeniedFromShort) {
  EXPECT_EQ(OutcomeOf(0), Outcome::kRead);
  EXPECT_EQ(OutcomeOf(ENOENT), Outcome::kGone);
  EXPECT_EQ(OutcomeOf(ESRCH), Outcome::kGone);
  EXPECT_EQ(OutcomeOf(EACCES), Outcome::kDenied);
  EXPECT_EQ(OutcomeOf(EPERM), Outcome::kDenied);
  EXPECT_EQ(OutcomeOf(EMFILE), Outcome::kExhausted);
  EXPECT_EQ(OutcomeOf(EIO), Outcome::kUnread);
}

}  // namespace
}  // namespace wmi::linuxos
