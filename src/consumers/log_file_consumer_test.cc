#include "consumers/log_file_consumer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/fault.h"
#include "consumers/consumer_for_test.h"
#include "consumers/interruptible_wait.h"

namespace wmi::consumers {
namespace {

namespace fs = std::filesystem;
using provider::Consumed;
using provider::EventConsumer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LogFileConsumerTest : public testing::Test {
 protected:
  LogFileConsumerTest() {
    std::string pattern = (fs::temp_directory_path() / "openwmi-log-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~LogFileConsumerTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string Read(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Put(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  mode_t ModeOf(const std::string& name) const {
    struct stat facts{};
    EXPECT_EQ(::stat(Path(name).c_str(), &facts), 0);
    return facts.st_mode & 07777;
  }

  Result<std::unique_ptr<EventConsumer>> TryOpen(const std::string& properties) {
    return provider_.Open(ConsumerFromMof("LogFileEventConsumer", properties));
  }
  std::unique_ptr<EventConsumer> Open(const std::string& name, const std::string& more = {}) {
    auto opened = TryOpen("Filename = \"" + Path(name) + "\"; Text = \"%Text%\"; " + more);
    if (!opened.ok()) throw std::runtime_error(opened.status().Message());
    return std::move(opened).value();
  }
  std::string FaultOf(const std::string& properties) {
    const auto opened = TryOpen(properties);
    EXPECT_FALSE(opened.ok());
    EXPECT_EQ(opened.status().code(), code::kInvalidParameter);
    return opened.status().Message();
  }
  static Consumed Write(EventConsumer& consumer, const std::vector<std::string>& texts) {
    return consumer.Consume(EventsOfTexts(texts), {});
  }
  // What became of one line that could not be written.
  static std::string FailureOf(EventConsumer& consumer, Code code = code::kFailed) {
    const Consumed consumed = Write(consumer, {"line"});
    EXPECT_EQ(consumed.done, 0u);
    EXPECT_EQ(consumed.status.code(), code) << consumed.status.Message();
    if (consumed.status.detail() == nullptr) return {};
    EXPECT_EQ(consumed.status.detail()->parameter, "Filename");
    return consumed.status.Message();
  }

  fs::path folder_;
  LogFileConsumerProvider provider_;
};

TEST_F(LogFileConsumerTest, ALineForEachEvent) {
  const auto consumer = Open("new.log");
  const Consumed consumed = Write(*consumer, {"one", "two"});
  EXPECT_EQ(consumed.done, 2u);
  EXPECT_TRUE(consumed.status.ok());
  EXPECT_TRUE(Write(*consumer, {"three \xC3\xA9"}).status.ok());
  EXPECT_EQ(Read("new.log"), "one\ntwo\nthree \xC3\xA9\n");
  EXPECT_EQ(ModeOf("new.log") & 0137, 0u);  // 0640, less what the umask takes
}

TEST_F(LogFileConsumerTest, NeedsTrust) { EXPECT_TRUE(provider_.needs_trust()); }

TEST_F(LogFileConsumerTest, WrongPropertiesAreNamed) {
  EXPECT_THAT(FaultOf("Text = \"x\";"),
              AllOf(HasSubstr("LogFileEventConsumer \"c\": Filename is NULL"), HasSubstr("must name")));
  EXPECT_THAT(FaultOf("Filename = \"\"; Text = \"x\";"), HasSubstr("must name the file"));
  EXPECT_THAT(FaultOf("Filename = \"a.log\"; Text = \"x\";"),
              AllOf(HasSubstr("Filename is \"a.log\""), HasSubstr("absolute")));
  EXPECT_THAT(FaultOf("Filename = \"/var/../a.log\"; Text = \"x\";"), HasSubstr("without them"));
  EXPECT_THAT(FaultOf("Filename = \"/var/./a.log\"; Text = \"x\";"), HasSubstr("without them"));
  EXPECT_THAT(FaultOf("Filename = \"/var/log/..\"; Text = \"x\";"), HasSubstr("without them"));
  EXPECT_THAT(FaultOf("Filename = \"/var/log/\"; Text = \"x\";"), HasSubstr("name a file in it"));
  EXPECT_THAT(FaultOf("Filename = \"/" + std::string(300, 'x') + "\"; Text = \"x\";"), HasSubstr("too long"));
  std::string long_path;
  for (int part = 0; part < 60; ++part) long_path += "/" + std::string(100, 'x');
  EXPECT_THAT(FaultOf("Filename = \"" + long_path + "\"; Text = \"x\";"), HasSubstr("too long for a path"));
  EXPECT_THAT(FaultOf("Filename = \"/a.log\";"), HasSubstr("Text is NULL"));
  EXPECT_THAT(FaultOf("Filename = \"/a.log\"; Text = \"%Open\";"), HasSubstr("Text, character "));
  const auto odd_name = TryOpen("Filename = \"/tmp/..a..log\"; Text = \"x\";");
  EXPECT_TRUE(odd_name.ok()) << odd_name.status().Message();
}

TEST_F(LogFileConsumerTest, LinksFoldersAndPipesAreRefused) {
  Put("target", "");
  fs::create_symlink(Path("target"), folder_ / "link");
  EXPECT_THAT(FailureOf(*Open("link")), HasSubstr("symbolic link"));
  EXPECT_EQ(Read("target"), "");
  fs::create_symlink(Path("nothing"), folder_ / "dangling");
  EXPECT_THAT(FailureOf(*Open("dangling")), HasSubstr("symbolic link"));
  EXPECT_FALSE(fs::exists(folder_ / "nothing"));
  fs::create_directory(folder_ / "folder");
  EXPECT_THAT(FailureOf(*Open("folder")), HasSubstr("it is a folder"));
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(FailureOf(*Open("pipe")), HasSubstr("no regular file"));
}

TEST_F(LogFileConsumerTest, AFolderThatIsMissingIsNamed) {
  EXPECT_THAT(FailureOf(*Open("none/a.log")), AllOf(HasSubstr("open(" + Path("none/a.log") + ") failed: No such file"),
                                                    HasSubstr("its folder must be there")));
}

TEST_F(LogFileConsumerTest, AFolderMayBeALink) {
  fs::create_directory(folder_ / "real");
  fs::create_directory_symlink(folder_ / "real", folder_ / "alias");
  EXPECT_TRUE(Write(*Open("alias/a.log"), {"x"}).status.ok());
  EXPECT_EQ(Read("real/a.log"), "x\n");
}

TEST_F(LogFileConsumerTest, ANewFileIsUtf16WhenAskedFor) {
  const auto consumer = Open("wide.log", "IsUnicode = TRUE;");
  EXPECT_TRUE(Write(*consumer, {"a\xC3\xA9", "\xF0\x9F\x98\x80"}).status.ok());
  const std::string expected(
      "\xFF\xFE"
      "a\0\xE9\0\n\0"
      "\x3D\xD8\x00\xDE\n\0",
      14);
  EXPECT_EQ(Read("wide.log"), expected);
}

TEST_F(LogFileConsumerTest, AFileKeepsItsEncoding) {
  Put("narrow.log", "old\n");
  EXPECT_TRUE(Write(*Open("narrow.log", "IsUnicode = TRUE;"), {"new"}).status.ok());
  EXPECT_EQ(Read("narrow.log"), "old\nnew\n");
  Put("wide.log", "\xFF\xFE");
  EXPECT_TRUE(Write(*Open("wide.log"), {"n"}).status.ok());
  EXPECT_EQ(Read("wide.log"), std::string("\xFF\xFEn\0\n\0", 6));
  Put("big.log", "\xFE\xFF");
  EXPECT_THAT(FailureOf(*Open("big.log")), HasSubstr("big-endian"));
  EXPECT_EQ(Read("big.log"), "\xFE\xFF");
  Put("byte.log", "x");
  EXPECT_TRUE(Write(*Open("byte.log", "IsUnicode = TRUE;"), {"y"}).status.ok());
  EXPECT_EQ(Read("byte.log"), "xy\n");
}

TEST_F(LogFileConsumerTest, TheSizeIsCheckedBeforeAWrite) {
  const auto consumer = Open("application.log", "MaximumFileSize = 4;");
  EXPECT_TRUE(Write(*consumer, {"abc"}).status.ok());  // 4 bytes: not more than the limit
  EXPECT_TRUE(Write(*consumer, {"d"}).status.ok());    // 6 bytes
  EXPECT_THAT(Names(), ElementsAre("application.log"));
  EXPECT_TRUE(Write(*consumer, {"e"}).status.ok());
  EXPECT_THAT(Names(), ElementsAre("application.log", "application.log001"));
  EXPECT_EQ(Read("application.log001"), "abc\nd\n");
  EXPECT_EQ(Read("application.log"), "e\n");
}

TEST_F(LogFileConsumerTest, TheDefaultSizeAndNone) {
  Put("at.log", std::string(65'535, 'x'));
  EXPECT_TRUE(Write(*Open("at.log"), {"y"}).status.ok());
  EXPECT_FALSE(fs::exists(folder_ / "at.001"));
  EXPECT_TRUE(Write(*Open("at.log"), {"z"}).status.ok());
  EXPECT_EQ(fs::file_size(folder_ / "at.001"), 65'537u);
  Put("free.log", std::string(70'000, 'x'));
  EXPECT_TRUE(Write(*Open("free.log", "MaximumFileSize = 0;"), {"y"}).status.ok());
  EXPECT_EQ(fs::file_size(folder_ / "free.log"), 70'002u);
}

TEST_F(LogFileConsumerTest, BackupsOfOneCallAreNumbered) {
  const auto consumer = Open("short.log", "MaximumFileSize = 1;");
  EXPECT_EQ(Write(*consumer, {"1", "2", "3"}).done, 3u);
  EXPECT_THAT(Names(), ElementsAre("short.001", "short.002", "short.log"));
  EXPECT_EQ(Read("short.001"), "1\n");
  EXPECT_EQ(Read("short.002"), "2\n");
  EXPECT_EQ(Read("short.log"), "3\n");
}

TEST_F(LogFileConsumerTest, TheNextNumberIsAboveAllThatAreThere) {
  Put("short.log", "full");
  Put("short.007", "");
  Put("short.000", "");
  Put("short.1x9", "");
  Put("short.0099", "");
  Put("xshort.500", "");
  EXPECT_TRUE(Write(*Open("short.log", "MaximumFileSize = 1;"), {"x"}).status.ok());
  EXPECT_EQ(Read("short.008"), "full");
  EXPECT_EQ(Read("short.007"), "");
}

TEST_F(LogFileConsumerTest, After999TheSmallestFreeNumber) {
  Put("short.log", "full");
  Put("short.001", "");
  Put("short.999", "");
  EXPECT_TRUE(Write(*Open("short.log", "MaximumFileSize = 1;"), {"x"}).status.ok());
  EXPECT_EQ(Read("short.002"), "full");
}

TEST_F(LogFileConsumerTest, AllNumbersUsedIsAFailure) {
  Put("s.log", "full");
  for (int number = 1; number <= 999; ++number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 3 - digits.size(), '0');
    Put("s." + digits, "");
  }
  EXPECT_THAT(FailureOf(*Open("s.log", "MaximumFileSize = 1;")),
              AllOf(HasSubstr("s.001 to s.999"), HasSubstr("move some of them away")));
  EXPECT_EQ(Read("s.log"), "full");
}

TEST(BackupNames, ShortNamesGetTheirExtensionReplaced) {
  EXPECT_EQ(BackupStem("events.log"), "events.");
  EXPECT_EQ(BackupStem("12345678.txt"), "12345678.");
  EXPECT_EQ(BackupStem("events"), "events.");
  EXPECT_EQ(BackupStem("123456789.log"), "123456789.log");
  EXPECT_EQ(BackupStem("events.text"), "events.text");
  EXPECT_EQ(BackupStem("a.b.c"), "a.b.c");
  EXPECT_EQ(BackupStem(".log"), ".log");
  EXPECT_EQ(BackupStem("events."), "events.");
  EXPECT_FALSE(IsShortName("events."));
  EXPECT_EQ(BackupStem("my log.txt"), "my log.txt");
  EXPECT_EQ(BackupStem("\xC3\xA9.log"), "\xC3\xA9.log");
}

TEST(BackupNames, Numbers) {
  EXPECT_EQ(NextBackupNumber({}), 1);
  EXPECT_EQ(NextBackupNumber({3, 1}), 4);
  EXPECT_EQ(NextBackupNumber({998}), 999);
  EXPECT_EQ(NextBackupNumber({999}), 1);
  EXPECT_EQ(NextBackupNumber({999, 1, 2, 4}), 3);
  EXPECT_EQ(NextBackupNumber({0, 1000, -1}), 1);
}

TEST_F(LogFileConsumerTest, ANewFileHasTheModeOfTheOldOne) {
  Put("short.log", "full");
  ASSERT_EQ(::chmod(Path("short.log").c_str(), 0604), 0);
  EXPECT_TRUE(Write(*Open("short.log", "MaximumFileSize = 1;"), {"x"}).status.ok());
  EXPECT_EQ(ModeOf("short.log"), 0604u);
}

TEST_F(LogFileConsumerTest, AFullDiskIsAFailureWithTheReason) {
  const auto consumer = Open("a.log");
  const FaultScope fault("log_file.write", 2);
  const Consumed consumed = Write(*consumer, {"one", "two", "three"});
  EXPECT_EQ(consumed.done, 1u);
  EXPECT_EQ(consumed.status.code(), code::kOutOfDiskSpace);
  EXPECT_EQ(consumed.status.detail()->system_errno, ENOSPC);
  EXPECT_THAT(consumed.status.Message(), AllOf(HasSubstr("No space left on device"), HasSubstr("make room")));
  EXPECT_EQ(Read("a.log"), "one\n");
}

TEST_F(LogFileConsumerTest, AShortWriteIsContinued) {
  const auto consumer = Open("a.log");
  const FaultScope fault("log_file.short_write");
  EXPECT_TRUE(Write(*consumer, {"a longer line"}).status.ok());
  EXPECT_EQ(fault.FailureCount(), 1u);
  EXPECT_EQ(Read("a.log"), "a longer line\n");
}

// The system itself writes a part and then refuses.
TEST_F(LogFileConsumerTest, HalfALineIsTakenBack) {
  struct sigaction ignore{};
  struct sigaction before{};
  ignore.sa_handler = SIG_IGN;
  ASSERT_EQ(::sigaction(SIGXFSZ, &ignore, &before), 0);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  Put("a.log", "12345\n");
  const auto consumer = Open("a.log");
  rlimit small = old;
  small.rlim_cur = 10;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Consumed consumed = Write(*consumer, {"a line that does not fit"});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  ASSERT_EQ(::sigaction(SIGXFSZ, &before, nullptr), 0);
  EXPECT_EQ(consumed.done, 0u);
  EXPECT_EQ(consumed.status.detail()->system_errno, EFBIG);
  EXPECT_EQ(Read("a.log"), "12345\n");
}

TEST_F(LogFileConsumerTest, AStopLeavesTheRest) {
  const auto consumer = Open("a.log");
  std::stop_source stop;
  stop.request_stop();
  const Consumed consumed = consumer->Consume(EventsOfTexts({"x"}), stop.get_token());
  EXPECT_EQ(consumed.done, 0u);
  EXPECT_EQ(consumed.status.code(), code::kCallCancelled);
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(LogFileConsumerTest, ALockOfSomebodyElseIsWaitedForSoLong) {
  LogFileConsumerProvider::Options options;
  options.lock_wait_max = std::chrono::milliseconds(20);
  LogFileConsumerProvider impatient(options);
  auto opened = impatient.Open(
      ConsumerFromMof("LogFileEventConsumer", "Filename = \"" + Path("a.log") + "\"; Text = \"%Text%\";"));
  ASSERT_TRUE(opened.ok());
  Put("a.log", "");
  const Descriptor other(::open(Path("a.log").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  EXPECT_THAT(FailureOf(**opened), AllOf(HasSubstr("flock("), HasSubstr("keeps the file locked")));
  ASSERT_EQ(::flock(other.get(), LOCK_UN), 0);
  EXPECT_TRUE(Write(**opened, {"x"}).status.ok());
}

TEST_F(LogFileConsumerTest, AFileThatWasMovedAwayIsMadeAgain) {
  const auto consumer = Open("a.log");
  EXPECT_TRUE(Write(*consumer, {"one"}).status.ok());
  fs::rename(folder_ / "a.log", folder_ / "moved");
  EXPECT_TRUE(Write(*consumer, {"two"}).status.ok());
  EXPECT_EQ(Read("moved"), "one\n");
  EXPECT_EQ(Read("a.log"), "two\n");
}

// Several consumers of one file that becomes a backup all the time: no line is lost, torn or written twice.
TEST_F(LogFileConsumerTest, ManyConsumersOfOneFile) {
  constexpr int kWriters = 4;
  constexpr int kLines = 60;
  std::vector<std::unique_ptr<EventConsumer>> consumers;
  for (int writer = 0; writer < kWriters; ++writer) consumers.push_back(Open("many.log", "MaximumFileSize = 40;"));
  std::vector<std::thread> threads;
  std::vector<std::size_t> done(kWriters);
  for (std::size_t writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      for (int line = 0; line < kLines; ++line) {
        const std::string text = "writer " + std::to_string(writer) + " line " + std::to_string(line);
        done[writer] += Write(*consumers[writer], {text}).done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::string> lines;
  for (const std::string& name : Names()) {
    std::ifstream file(folder_ / name);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
  }
  std::vector<std::string> expected;
  for (int writer = 0; writer < kWriters; ++writer) {
    for (int line = 0; line < kLines; ++line)
      expected.push_back("writer " + std::to_string(writer) + " line " + std::to_string(line));
  }
  EXPECT_THAT(done, testing::Each(static_cast<std::size_t>(kLines)));
  EXPECT_THAT(lines, testing::UnorderedElementsAreArray(expected));
  EXPECT_GT(Names().size(), 10u);
}

}  // namespace
}  // namespace wmi::consumers
