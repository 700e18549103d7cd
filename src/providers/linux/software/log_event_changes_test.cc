// New entries of the journal, from files that the test writes to the listener.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <cstring>
#include <fstream>

#include "base/mutex.h"
#include "exec/reactor.h"
#include "providers/linux/software/journal_reader.h"
#include "providers/linux/software/log_event_provider.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A journal file as "Journal File Format" of systemd describes it, with as much as a reader needs: data, entries and
// one array of entries; of the hash tables only that there are none. Made anew with each entry, always of one size.
class JournalFile {
 public:
  JournalFile(std::string path, char numbering) : path_(std::move(path)), numbering_(numbering) {
    std::memcpy(bytes_.data(), "LPKSHHRH", 8);
    for (const std::size_t id : {24u, 40u, 56u}) bytes_[id] = 'i';
    bytes_[72] = numbering_;
    Set(88, kHeaderBytes);
    Set(96, bytes_.size() - kHeaderBytes);
    // One empty bucket each.
    Set(104, Add(4, std::string(16, '\0')) + 16);
    Set(112, 16);
    Set(120, Add(5, std::string(16, '\0')) + 16);
    Set(128, 16);
    entries_ = Add(6, std::string(8 + kEntriesMax * 8, '\0'));
    Set(176, entries_);
    Write();
  }

  void Append(std::uint64_t number, const std::vector<std::string>& fields) {
    const std::uint64_t time = 1'700'000'000'000'000 + number;
    std::string entry = Number(number) + Number(time) + Number(number) + "boot-id-boot-id-" + Number(0);
    const std::uint64_t place = End() + DataBytes(fields);
    for (const std::string& field : fields) {
      // Its hash, three chains, its entry, no array, one entry.
      const std::uint64_t data =
          Add(1, Number(1) + Number(0) + Number(0) + Number(place) + Number(0) + Number(1) + field);
      entry += Number(data) + Number(1);
    }
    ASSERT_EQ(Add(3, entry), place);
    const std::uint64_t count = Get(152);
    ASSERT_LT(count, kEntriesMax);
    Set(entries_ + 24 + count * 8, place);
    if (count == 0) {
      Set(168, number);
      Set(184, time);
    }
    Set(152, count + 1);
    Set(160, number);
    Set(192, time);
    Set(200, number);
    Write();
  }

 private:
  static constexpr std::uint64_t kHeaderBytes = 256;
  static constexpr std::uint64_t kEntriesMax = 512;

  static std::string Number(std::uint64_t value) {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &value, 8);
    return bytes;
  }
  static std::uint64_t Padded(std::uint64_t size) { return (size + 7) / 8 * 8; }
  static std::uint64_t DataBytes(const std::vector<std::string>& fields) {
    std::uint64_t bytes = 0;
    for (const std::string& field : fields) bytes += Padded(64 + field.size());
    return bytes;
  }
  void Set(std::uint64_t at, std::uint64_t value) { std::memcpy(bytes_.data() + at, &value, 8); }
  std::uint64_t Get(std::uint64_t at) const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + at, 8);
    return value;
  }
  std::uint64_t End() const { return end_; }
  // Where the object is.
  std::uint64_t Add(char type, const std::string& content) {
    const std::uint64_t place = end_;
    bytes_[place] = type;
    Set(place + 8, 16 + content.size());
    std::memcpy(bytes_.data() + place + 16, content.data(), content.size());
    end_ += Padded(16 + content.size());
    Set(136, place);
    Set(144, Get(144) + 1);
    return place;
  }
  // The header last: who reads meanwhile sees no entry that is not there.
  void Write() const {
    std::ofstream(path_, std::ios::binary | std::ios::app).flush();
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    const auto write = [&](std::uint64_t from, std::uint64_t to) {
      file.seekp(static_cast<std::streamoff>(from));
      file.write(bytes_.data() + from, static_cast<std::streamsize>(to - from));
      file.flush();
    };
    write(kHeaderBytes, bytes_.size());
    write(0, kHeaderBytes);
    ASSERT_TRUE(file.good()) << path_;
  }

  const std::string path_;
  const char numbering_;
  std::string bytes_ = std::string(256u << 10, '\0');
  std::uint64_t end_ = kHeaderBytes;
  std::uint64_t entries_ = 0;
};

class FolderJournal final : public JournalReader {
 public:
  explicit FolderJournal(std::string folder) : folder_(std::move(folder)) {}
  Result<std::unique_ptr<JournalTail>> OpenTail() override { return OpenJournalTail(folder_.c_str()); }

 private:
  const std::string folder_;
};

class Notes final : public provider::ChangeListener {
 public:
  void Look() override { Add("look"); }
  void Look(provider::KeyTuple) override { Add("look at one"); }
  void Appeared(cim::Object instance) override {
    const auto text = [&](std::string_view property) {
      const cim::ValueView value = instance.slot(instance.schema().FindSlot(property).value());
      if (value.kind() == cim::ValueKind::kUnsigned) return std::to_string(value.unsigned_integer());
      return value.is_null() ? std::string("-") : std::string(value.text());
    };
    {
      MutexLock lock(mutex_);
      numbers_.push_back(text("RecordNumber"));
    }
    Add(text("Logfile") + " " + text("Message") + " " + text("User"));
  }
  void Gone(provider::KeyTuple) override { Add("gone"); }
  void Lost(std::uint64_t messages, std::string_view) override { Add("lost " + std::to_string(messages)); }
  void Ended(Status why) override { Add("ended: " + why.Message()); }

  // That many lines, or what came of them in time.
  std::vector<std::string> Take(std::size_t count) {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(20);
    MutexLock lock(mutex_);
    while (lines_.size() < count && changed_.WaitUntil(lock, deadline)) {
    }
    return std::exchange(lines_, {});
  }
  std::vector<std::string> numbers() {
    MutexLock lock(mutex_);
    return numbers_;
  }

 private:
  void Add(std::string line) {
    MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.NotifyAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> lines_ WMI_GUARDED_BY(mutex_);
  std::vector<std::string> numbers_ WMI_GUARDED_BY(mutex_);
};

class LogEventChangesTest : public testing::Test {
 protected:
  LogEventChangesTest() : journal_(tree_.path() + "/var/log/journal") {
    tree_.MakeDirectory("var/log/journal");
    tree_.Write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    tree_.Write("etc/machine-id", "0123\n");
    machine_.root = tree_.root();
    machine_.files = &files_;
    machine_.journal = &journal_;
  }

  std::string PathOf(const std::string& name) const { return tree_.path() + "/var/log/journal/" + name; }
  Result<std::unique_ptr<provider::Listening>> Listen(const std::string& log = {}) {
    provider::Request request;
    request.schema = TestClass("Win32_NTLogEvent", {"Logfile", "RecordNumber", "Message", "User"}, "RecordNumber");
    if (!log.empty()) request.allowed.push_back({request.schema->FindSlot("Logfile").value(), {cim::Value::Text(log)}});
    LogEventChanges source(machine_);
    return source.Listen(request, reactor_, notes_);
  }

  FixtureTree tree_;
  WatchedFiles files_;
  FolderJournal journal_;
  Machine machine_;
  exec::Reactor reactor_;
  const std::shared_ptr<Notes> notes_ = std::make_shared<Notes>();
};

TEST_F(LogEventChangesTest, TellsWhatIsWrittenFromNowOn) {
  JournalFile file(PathOf("system.journal"), 'a');
  file.Append(1, {"MESSAGE=old"});
  const auto listening = Listen();
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  file.Append(2, {"MESSAGE=new", "_UID=0", "_HOSTNAME=box"});
  EXPECT_THAT(notes_->Take(1), ElementsAre("System new box\\root"));
  file.Append(3, {"MESSAGE=login", "SYSLOG_FACILITY=10", "_UID=4242"});
  file.Append(4, {"MESSAGE=unit", "_SYSTEMD_USER_UNIT=a.service"});
  EXPECT_THAT(notes_->Take(2), ElementsAre("Security login -", "Application unit -"));
  // The keys are those by which it is looked up.
  JournalEntry entry;
  entry.numbering = "61000000000000000000000000000000";
  entry.number = 4;
  EXPECT_EQ(notes_->numbers().at(2), std::to_string(RecordNumberOf(entry)));
}

TEST_F(LogEventChangesTest, GoesOnInTheNextFile) {
  JournalFile old_file(PathOf("system.journal"), 'a');
  old_file.Append(1, {"MESSAGE=old"});
  const auto listening = Listen();
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  JournalFile next(PathOf("next.journal"), 'a');
  next.Append(2, {"MESSAGE=rotated"});
  EXPECT_THAT(notes_->Take(1), ElementsAre("System rotated -"));
  tree_.Remove("var/log/journal/system.journal");
  next.Append(3, {"MESSAGE=after"});
  EXPECT_THAT(notes_->Take(1), ElementsAre("System after -"));
}

TEST_F(LogEventChangesTest, BeginsWithAnEmptyJournal) {
  const auto listening = Listen();
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  JournalFile file(PathOf("system.journal"), 'a');
  file.Append(1, {"MESSAGE=first"});
  EXPECT_THAT(notes_->Take(1), ElementsAre("System first -"));
}

TEST_F(LogEventChangesTest, SaysHowManyAreMissing) {
  JournalFile file(PathOf("system.journal"), 'a');
  const auto listening = Listen();
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  file.Append(1, {"MESSAGE=one"});
  EXPECT_THAT(notes_->Take(1), ElementsAre("System one -"));
  file.Append(9, {"MESSAGE=nine"});
  EXPECT_THAT(notes_->Take(2), ElementsAre("System nine -", "lost 7"));
}

TEST_F(LogEventChangesTest, WhatOneTurnLeavesIsReadInTheNext) {
  JournalFile file(PathOf("system.journal"), 'a');
  auto opened = journal_.OpenTail();
  ASSERT_TRUE(opened.ok()) << opened.status().Message();
  JournalTail& tail = **opened;
  std::vector<std::string> messages;
  const auto read = [&](std::size_t entries_max) {
    pollfd entry{tail.descriptor(), POLLIN, 0};
    EXPECT_EQ(poll(&entry, 1, 20'000), 1) << "nothing to read";
    EXPECT_EQ(tail.Read(entries_max, [&](const JournalEntry& got) { messages.push_back(got.message); }), 0);
    return std::exchange(messages, {});
  };
  EXPECT_THAT(read(2), IsEmpty());
  for (std::uint64_t i = 1; i <= 5; ++i) file.Append(i, {"MESSAGE=" + std::to_string(i)});
  EXPECT_THAT(read(2), ElementsAre("1", "2"));
  EXPECT_THAT(read(2), ElementsAre("3", "4"));
  EXPECT_THAT(read(2), ElementsAre("5"));
  pollfd entry{tail.descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&entry, 1, 0), 0) << "nothing more has come";
}

TEST_F(LogEventChangesTest, TellsMoreThanOneTurnTakes) {
  JournalFile file(PathOf("system.journal"), 'a');
  const auto listening = Listen();
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  constexpr std::size_t kEntries = 300;
  for (std::size_t i = 1; i <= kEntries; ++i) file.Append(i, {"MESSAGE=" + std::to_string(i)});
  const std::vector<std::string> lines = notes_->Take(kEntries);
  ASSERT_EQ(lines.size(), kEntries);
  for (std::size_t i = 1; i <= kEntries; ++i) EXPECT_EQ(lines[i - 1], "System " + std::to_string(i) + " -");
}

TEST_F(LogEventChangesTest, TellsOfTheLogThatMatters) {
  JournalFile file(PathOf("system.journal"), 'a');
  const auto listening = Listen("security");
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  file.Append(1, {"MESSAGE=one"});
  file.Append(2, {"MESSAGE=two", "_TRANSPORT=audit"});
  EXPECT_THAT(notes_->Take(1), ElementsAre("Security two -"));
}

TEST_F(LogEventChangesTest, SaysWhyNothingCanBeTold) {
  tree_.Write("var/log/journal/0123/system.journal", "x");
  files_.failures["read 0123/system.journal"] = EACCES;
  EXPECT_EQ(Listen().status().code(), code::kAccessDenied);
  EXPECT_THAT(Listen().status().Message(), HasSubstr("0123/system.journal may not be read; join the group"));
  tree_.Remove("var/log/journal");
  EXPECT_EQ(Listen().status().code(), code::kNotSupported);
  EXPECT_THAT(Listen().status().Message(), HasSubstr("neither " + tree_.path() + "/var/log/journal"));
  EXPECT_THAT(notes_->Take(0), IsEmpty());
}

TEST_F(LogEventChangesTest, CoversAllButWhatIsThrownAway) {
  const LogEventChanges source(machine_);
  EXPECT_TRUE(source.is_log());
  EXPECT_EQ(source.covers(), provider::kCreation | provider::kModification);
}

}  // namespace
}  // namespace wmi::linuxos
