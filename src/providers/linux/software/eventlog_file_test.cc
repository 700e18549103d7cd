#include "providers/linux/software/eventlog_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <limits>

#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kMachineId[] = "0123456789abcdef0123456789abcdef";

// The first bytes of a journal file with this many entries.
std::string JournalHeader(std::uint64_t entries) {
  std::string header = "LPKSHHRH";
  header.append(144, '\x7f');
  for (int i = 0; i < 8; ++i) header += static_cast<char>((entries >> (8 * i)) & 0xFFu);
  return header + std::string(96, '\x7f');
}

class EventlogFileTest : public testing::Test {
 protected:
  EventlogFileTest() {
    tree_.Write("etc/machine-id", std::string(kMachineId) + "\n");
    tree_.Write("proc/sys/kernel/hostname", "box\n");
  }

  std::string InVar(const std::string& name) const { return Folder("var") + name; }
  std::string Folder(const std::string& top) const { return top + "/log/journal/" + kMachineId + "/"; }

  Answer Ask(std::vector<std::string_view> names = {}, std::vector<std::string> keys = {}) {
    files_.calls.clear();
    SnapshotProvider<EventlogFile> provider(Machine{tree_.root(), &files_});
    return RunQuery(provider, {TestClass("Win32_NTEventlogFile", PropertyNames(EventlogFile::Columns()), "Name"),
                               std::move(names), std::move(keys)});
  }

  std::vector<std::string> Names(const Answer& answer) const {
    std::vector<std::string> names;
    for (std::size_t row = 0; row < answer.rows.size(); ++row) {
      names.push_back(answer.Text(row, "Name").substr(tree_.path().size() + 1));
    }
    return names;
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(EventlogFileTest, ListsTheFilesOfBothPlaces) {
  tree_.Write(InVar("system.journal"), JournalHeader(70'000));
  tree_.Write(InVar("system@0005-01.journal"), JournalHeader(3));
  tree_.Write(InVar("user-1000.journal"), JournalHeader(0));
  tree_.Write(InVar("odd.journal"), "LPKSHHRH, and no more");
  tree_.Write(InVar("system@0006-02.journal~"), JournalHeader(1));
  tree_.Write(InVar(".journal"), JournalHeader(1));
  tree_.MakeDirectory(InVar("folder.journal"));
  tree_.Link(InVar("link.journal"), "system.journal");
  tree_.Write("var/log/journal/ffff456789abcdef0123456789abcdef/system.journal", JournalHeader(9));
  tree_.Write(Folder("run") + "system.journal", JournalHeader(5));
  const Answer answer = Ask();
  ASSERT_THAT(Names(answer), ElementsAre(InVar("odd.journal"), InVar("system.journal"), InVar("system@0005-01.journal"),
                                         InVar("user-1000.journal"), Folder("run") + "system.journal"));
  EXPECT_TRUE(answer.IsNull(0, "LogfileName"));
  EXPECT_TRUE(answer.IsNull(0, "NumberOfRecords"));
  EXPECT_EQ(answer.Text(1, "LogfileName"), "System");
  EXPECT_EQ(answer.Number(1, "NumberOfRecords"), 70'000u);
  EXPECT_EQ(answer.Number(1, "FileSize"), JournalHeader(0).size());
  EXPECT_EQ(answer.Text(1, "FileName"), "system");
  EXPECT_EQ(answer.Text(1, "Path"), tree_.path() + "/" + Folder("var"));
  EXPECT_EQ(answer.Text(1, "CSName"), "box");
  EXPECT_EQ(answer.Text(1, "OverWritePolicy"), "WhenNeeded");
  EXPECT_FALSE(answer.IsNull(1, "LastModified"));
  EXPECT_TRUE(answer.IsNull(1, "MaxFileSize"));
  EXPECT_EQ(answer.Text(2, "LogfileName"), "System");
  EXPECT_EQ(answer.Text(2, "FileName"), "system@0005-01");
  EXPECT_EQ(answer.Text(3, "LogfileName"), "Application");
  EXPECT_EQ(answer.Number(3, "NumberOfRecords"), 0u);
  EXPECT_EQ(answer.Number(4, "NumberOfRecords"), 5u);
}

TEST_F(EventlogFileTest, MaxFileSizeIsThatOfThePlaceAndTheLastSettingCounts) {
  tree_.Write(InVar("system.journal"), JournalHeader(1));
  tree_.Write(Folder("run") + "system.journal", JournalHeader(1));
  tree_.Write("usr/lib/systemd/journald.conf", "[Journal]\nSystemMaxFileSize=1M\nRuntimeMaxFileSize=1M\n");
  tree_.Write("etc/systemd/journald.conf", "[Journal]\n#RuntimeMaxFileSize=7M\nSystemMaxFileSize = 64M\n");
  EXPECT_EQ(Ask().Number(0, "MaxFileSize"), 64u << 20);
  EXPECT_TRUE(Ask().IsNull(1, "MaxFileSize"));
  tree_.Write("usr/lib/systemd/journald.conf.d/20.conf", "[Journal]\nSystemMaxFileSize=2M\n");
  tree_.Write("etc/systemd/journald.conf.d/10.conf", "[Journal]\nSystemMaxFileSize=3M\nRuntimeMaxFileSize=4096\n");
  EXPECT_EQ(Ask().Number(0, "MaxFileSize"), 2u << 20);
  EXPECT_EQ(Ask().Number(1, "MaxFileSize"), 4096u);
  tree_.Write("etc/systemd/journald.conf.d/20.conf", "[Journal]\nSystemMaxFileSize=large\n");
  EXPECT_EQ(Ask().Number(0, "MaxFileSize"), 3u << 20);
  tree_.Write("etc/systemd/journald.conf.d/20.conf", "[Journal]\nSystemMaxFileSize=4G\n");
  EXPECT_TRUE(Ask().IsNull(0, "MaxFileSize"));
}

TEST_F(EventlogFileTest, ReadsOnlyWhatIsAskedFor) {
  tree_.Write(InVar("system.journal"), JournalHeader(1));
  EXPECT_EQ(Ask({"Name", "FileSize", "LogfileName"}).rows.size(), 1u);
  EXPECT_EQ(files_.CallsTo("journald.conf"), 0u);
  EXPECT_EQ(files_.CallsTo("system.journal"), 0u);
}

TEST_F(EventlogFileTest, LooksUpByThePath) {
  tree_.Write(InVar("system.journal"), JournalHeader(1));
  tree_.Write(InVar("user-1000.journal"), JournalHeader(2));
  tree_.Write("etc/other.journal", JournalHeader(2));
  const std::string path = tree_.path() + "/" + InVar("user-1000.journal");
  const Answer answer =
      Ask({}, {path, path, tree_.path() + "/etc/other.journal", tree_.path() + "/" + InVar("gone.journal"),
               tree_.path() + "/" + InVar("../x.journal")});
  ASSERT_THAT(Names(answer), ElementsAre(InVar("user-1000.journal")));
  EXPECT_EQ(answer.Number(0, "NumberOfRecords"), 2u);
  EXPECT_THAT(files_.calls, testing::Not(Contains(testing::EndsWith(Folder("var")))));
}

TEST_F(EventlogFileTest, WhatMayNotBeReadIsDenied) {
  tree_.Write(InVar("system.journal"), JournalHeader(1));
  files_.failures["read system.journal"] = EACCES;
  const Answer answer = Ask();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.IsNull(0, "NumberOfRecords"));
  EXPECT_THAT(answer.denied, ElementsAre("NumberOfRecords"));
  files_.failures["list " + Folder("var")] = EACCES;
  EXPECT_THAT(Ask().rows, IsEmpty());
}

TEST_F(EventlogFileTest, WithoutAJournalOrAMachineIdThereIsNone) {
  EXPECT_THAT(Ask().rows, IsEmpty());
  tree_.Write(InVar("system.journal"), JournalHeader(1));
  for (const char* id : {"", "uninitialized\n", "../../../../../../..............\n"}) {
    tree_.Write("etc/machine-id", id);
    EXPECT_THAT(Ask().rows, IsEmpty()) << id;
  }
}

TEST(JournalSizeTest, TakesWhatJournaldTakes) {
  constexpr std::pair<const char*, std::uint64_t> kSizes[] = {
      {"512", 512}, {"8B", 8}, {"1K", 1024}, {"64M", 64u << 20}, {"2 G", 2ull << 30}, {"15E", 15ull << 60}};
  for (const auto& [text, size] : kSizes) EXPECT_EQ(JournalSize(text), size) << text;
  for (const char* text : {"", "0", "M", "-1", "1X", "1MM", "16E", "99999999999999999999"}) {
    EXPECT_EQ(JournalSize(text), std::nullopt) << text;
  }
}

TEST(JournalHeaderTest, NeedsTheSignatureAndTheNumber) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(EntriesOfJournalHeader(JournalHeader(kMost)), kMost);
  EXPECT_EQ(EntriesOfJournalHeader(JournalHeader(258).substr(0, 160)), 258u);
  EXPECT_EQ(EntriesOfJournalHeader(JournalHeader(258).substr(0, 159)), std::nullopt);
  EXPECT_EQ(EntriesOfJournalHeader("X" + JournalHeader(258)), std::nullopt);
  EXPECT_EQ(EntriesOfJournalHeader({}), std::nullopt);
}

}  // namespace
}  // namespace wmi::linuxos
