// What the tests that run programs share.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "consumers/event_for_test.h"
#include "provider/audit_log.h"

namespace wmi::consumers {

// Keeps what it is told.
class RecordedAudit final : public provider::AuditLog {
 public:
  using Entry = std::map<std::string, std::string>;

  void Write(std::string_view message, std::initializer_list<Field> fields) override {
    MutexLock lock(mutex_);
    Entry& entry = entries_.emplace_back();
    entry["MESSAGE"] = message;
    for (const Field& field : fields) entry[std::string(field.name)] = field.value;
  }
  std::vector<Entry> entries() const {
    MutexLock lock(mutex_);
    return entries_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<Entry> entries_ WMI_GUARDED_BY(mutex_);
};

// A folder that nobody else can write.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = "/tmp/wmi-consumers-XXXXXX";
    path_ = mkdtemp(pattern.data()) == nullptr ? std::string() : pattern;
    EXPECT_FALSE(path_.empty());
  }
  ~TestFolder() { rmdir(path_.c_str()); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A file with a text that can be executed.
class TestFile {
 public:
  explicit TestFile(std::string_view text) : path_(folder_.path() + "/file") {
    std::ofstream(path_) << text;
    EXPECT_EQ(0, chmod(path_.c_str(), 0700));
  }
  ~TestFile() { unlink(path_.c_str()); }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  TestFolder folder_;
  std::string path_;
};

class TestFifo {
 public:
  TestFifo() : path_(folder_.path() + "/fifo") { EXPECT_EQ(0, mkfifo(path_.c_str(), 0600)); }
  ~TestFifo() { unlink(path_.c_str()); }
  TestFifo(const TestFifo&) = delete;
  TestFifo& operator=(const TestFifo&) = delete;
  const std::string& path() const { return path_; }

 private:
  TestFolder folder_;
  std::string path_;
};

// Waits until nobody else has a fifo open for writing.
class FifoReader {
 public:
  explicit FifoReader(const TestFifo& fifo)
      : reader_(open(fifo.path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)),
        writer_(open(fifo.path().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)) {}
  ~FifoReader() { close(reader_); }
  FifoReader(const FifoReader&) = delete;
  FifoReader& operator=(const FifoReader&) = delete;

  // Once.
  void AwaitEnd() {
    // An end is only seen after there was a writer.
    close(writer_);
    std::array<char, 256> bytes;
    pollfd watched{reader_, POLLIN, 0};
    while (poll(&watched, 1, -1) == 1 && read(reader_, bytes.data(), bytes.size()) > 0) {
    }
    EXPECT_NE(0, watched.revents & POLLHUP);
  }

 private:
  int reader_;
  int writer_;
};

// A consumer named "c" of a class of schema/subscription_programs.mof, with further properties as MOF.
inline cim::Object ProgramConsumerFromMof(const std::string& class_name, const std::string& properties) {
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/schema/subscription_programs.mof");
  EXPECT_TRUE(file.is_open());
  std::string text(std::istreambuf_iterator<char>(file), {});
  // The world of the test has one namespace, and no classes of the system.
  const auto replace = [&text](std::string_view what, std::string_view by) {
    EXPECT_NE(text.find(what), std::string::npos) << what;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
      text.replace(at, what.size(), by);
  };
  replace("#pragma namespace (\"\\\\\\\\.\\\\root\\\\subscription\")", "class Consumer { };");
  replace(": __EventConsumer", ": Consumer");
  text.append("\ninstance of ").append(class_name).append(" { Name = \"c\"; ").append(properties).append(" };");
  return ObjectFromMof(std::move(text), class_name + ".Name=\"c\"");
}

}  // namespace wmi::consumers
