// Folders of this machine, as inotify tells of them.
#include "providers/linux/files/folder_changes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

namespace fs = std::filesystem;

class Listener final : public provider::ChangeListener {
 public:
  void Look() override { Note("all"); }
  void Look(provider::KeyTuple keys) override { Note(std::string(keys.at(0).view().text())); }
  void Appeared(cim::Object) override { Note("appeared"); }
  void Gone(provider::KeyTuple) override { Note("gone"); }
  void Lost(std::uint64_t, std::string_view) override { Note("lost"); }
  void Ended(Status why) override { Note("ended: " + why.Message()); }

  // Whether it is said within half a minute.
  bool Hears(const std::string& what) {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(30);
    MutexLock lock(mutex_);
    while (std::find(said_.begin(), said_.end(), what) == said_.end()) {
      if (!changed_.WaitUntil(lock, deadline)) return false;
    }
    std::erase(said_, what);
    return true;
  }
  std::vector<std::string> Rest() {
    MutexLock lock(mutex_);
    return said_;
  }

 private:
  void Note(std::string what) {
    MutexLock lock(mutex_);
    said_.push_back(std::move(what));
    changed_.NotifyAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> said_ WMI_GUARDED_BY(mutex_);
};

class FolderChangesTest : public testing::Test {
 protected:
  FolderChangesTest() {
    std::string pattern = (fs::temp_directory_path() / "openwmi-changes-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    request_.schema = TestClass("CIM_DataFile", {"Name", "Path"}, "Name");
  }
  ~FolderChangesTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::string Name(const std::string& file) const { return (folder_ / file).string(); }
  void Write(const std::string& file) const { std::ofstream(folder_ / file) << "text"; }
  void AskForFolder(const std::string& path) {
    request_.allowed = {{request_.schema->FindSlot("Path").value(), {cim::Value::Text(path)}}};
  }
  Status Listen() {
    auto listening = source_.Listen(request_, reactor_, listener_);
    if (!listening.ok()) return listening.status();
    listening_ = std::move(listening).value();
    return Status();
  }

  fs::path folder_;
  exec::Reactor reactor_;
  FolderChanges source_{Machine()};
  provider::Request request_;
  const std::shared_ptr<Listener> listener_ = std::make_shared<Listener>();
  std::unique_ptr<provider::Listening> listening_;
};

TEST_F(FolderChangesTest, TellsOfEachFileOfAFolder) {
  AskForFolder(folder_.string() + "/");
  ASSERT_TRUE(Listen().ok());
  Write("one");
  EXPECT_TRUE(listener_->Hears(Name("one")));
  fs::rename(folder_ / "one", folder_ / "two");
  EXPECT_TRUE(listener_->Hears(Name("two")));
  fs::permissions(folder_ / "two", fs::perms::owner_read);
  EXPECT_TRUE(listener_->Hears(Name("two")));
  fs::remove(folder_ / "two");
  EXPECT_TRUE(listener_->Hears(Name("two")));
  fs::remove(folder_);
  EXPECT_TRUE(listener_->Hears("ended: the folder " + folder_.string() + "/ is not there any more"));
}

TEST_F(FolderChangesTest, TellsOfTheNamedFilesOnly) {
  request_.has_keys = true;
  request_.keys = {{cim::Value::Text(Name("wanted"))}};
  ASSERT_TRUE(Listen().ok());
  Write("other");
  Write("wanted");
  EXPECT_TRUE(listener_->Hears(Name("wanted")));
  for (const std::string& said : listener_->Rest()) EXPECT_EQ(said, Name("wanted"));
}

TEST_F(FolderChangesTest, SaysWhatItCannotTellOf) {
  EXPECT_EQ(Listen().code(), code::kNotSupported) << "no folder is named";
  AskForFolder("/proc/sys/kernel/");
  EXPECT_EQ(Listen().code(), code::kNotSupported);
  EXPECT_NE(Listen().Message().find("/proc/sys/kernel/"), std::string::npos);
  AskForFolder(folder_.string() + "/nothing/");
  EXPECT_EQ(Listen().code(), code::kNotSupported);
  request_.allowed.front().values.clear();
  for (int i = 0; i < 100; ++i) {
    request_.allowed.front().values.push_back(cim::Value::Text(Name(std::to_string(i)) + "/"));
  }
  EXPECT_EQ(Listen().code(), code::kNotSupported);
  EXPECT_NE(Listen().Message().find("64"), std::string::npos);
}

}  // namespace
}  // namespace wmi::linuxos
