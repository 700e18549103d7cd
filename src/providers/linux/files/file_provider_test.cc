#include "providers/linux/files/file_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/files/file_calls.h"
#include "providers/linux/guarded_calls.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// The real calls, noted; chosen ones fail. Not thread-safe.
class WatchedFileCalls final : public FileCalls {
 public:
  int Look(const std::string& path, FileFacts& out) override {
    calls.push_back("look " + path);
    const auto found = failures.find(calls.back());
    return found != failures.end() ? found->second : FileCalls::Look(path, out);
  }
  int List(const std::string& path, std::size_t names_max, std::vector<FileEntry>& out) override {
    calls.push_back("list " + path);
    const auto found = failures.find(calls.back());
    if (found != failures.end()) return found->second;
    const int error = FileCalls::List(path, names_max, out);
    for (FileEntry& entry : out) {
      if (hides_kinds) entry.is_directory.reset();
    }
    return error;
  }
  int Remove(const std::string& path, bool is_directory) override {
    const auto found = failures.find("remove " + path);
    return found != failures.end() ? found->second : FileCalls::Remove(path, is_directory);
  }
  int SetCompressed(const std::string&, bool) override { return failures["compress"]; }

  std::map<std::string, int> failures;
  std::vector<std::string> calls;
  bool hides_kinds = false;
};

cim::ClassPtr ClassOf(FileKind kind) {
  const ClassPage page = FileProvider::Page(kind);
  std::vector<std::string_view> names;
  for (const ClassPage::PropertyRow& row : page.properties) names.push_back(row.name);
  return TestClass(page.class_name, names, "Name");
}

class FileProviderTest : public testing::Test {
 protected:
  FileProviderTest() {
    tree_.Write("usr/files/a.tar.gz", "12345");
    tree_.Write("usr/files/.hidden", "");
    tree_.Write("usr/files/sub/deep/x", "x");
    tree_.Link("usr/files/link", "sub");
    tree_.Write("usr/files/net/far", "far");
    tree_.Write("usr/files/disk/near", "near");
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    base_ = tree_.path() + "/usr/files";
    tree_.Write("proc/self/mountinfo", "1 0 8:1 / " + base_ + " rw - ext4 /dev/sda1 rw\n2 1 0:9 / " + base_ +
                                           "/net rw - nfs4 server:/x rw\n3 1 8:2 / " + base_ +
                                           "/disk rw - xfs /dev/sda2 rw\n");
  }

  Machine ThisMachine() {
    Machine machine{tree_.root()};
    machine.file_calls = &calls_;
    return machine;
  }

  Answer Ask(FileKind kind, std::vector<std::string_view> names, std::vector<std::string> keys,
             std::string_view narrowed = {}, const std::string& value = {}) {
    FileProvider provider(ThisMachine(), kind);
    Query query{ClassOf(kind), std::move(names), std::move(keys)};
    query.narrowed = narrowed;
    query.rows_per_pull = 2;
    if (!narrowed.empty()) query.allowed.push_back(cim::Value::Text(value));
    calls_.calls.clear();
    return RunQuery(provider, query);
  }

  // The names below the folder of the test.
  std::vector<std::string> Names(const Answer& answer) const {
    std::vector<std::string> names;
    for (std::size_t row = 0; row < answer.rows.size(); ++row) {
      const std::string name = answer.Text(row, "Name");
      names.push_back(name.starts_with(base_) ? name.substr(base_.size()) : name);
    }
    return names;
  }

  bool HasCall(const std::string& call) const {
    return std::find(calls_.calls.begin(), calls_.calls.end(), call) != calls_.calls.end();
  }

  std::uint64_t Call(FileKind kind, const char* method_name, const std::string& path, const std::string& to = {}) {
    const auto signature = [](const char* of, const char* name, cim::CimType type) {
      cim::ClassDeclaration declaration;
      declaration.name = of;
      cim::Property item;
      item.name = name;
      item.type.type = type;
      declaration.properties.push_back(std::move(item));
      return cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
    };
    cim::Method method;
    method.name = method_name;
    method.in = signature("In", "FileName", cim::CimType::kString);
    method.out = signature("Out", "ReturnValue", cim::CimType::kUint32);
    provider::MethodRequest request;
    request.method = &method;
    request.schema = method.in;
    request.keys = {cim::Value::Text(path)};
    cim::RowBlockBuilder row;
    row.BeginRow(method.in);
    row.SetText(0, to);
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    request.in = built.front();
    FileProvider provider(ThisMachine(), kind);
    const auto answer = provider.Execute(request);
    EXPECT_TRUE(answer.ok()) << answer.status().Message();
    return answer.ok() ? answer->slot(0).unsigned_integer() : 99;
  }

  std::string Contents(const std::string& name) const {
    std::ifstream file(base_ + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  FixtureTree tree_;
  WatchedFileCalls calls_;
  std::string base_;
};

TEST_F(FileProviderTest, AFileIsLookedAtByItsName) {
  const Answer answer = Ask(FileKind::kDataFile, {}, {base_ + "/a.tar.gz"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), base_ + "/a.tar.gz");
  EXPECT_EQ(answer.Text(0, "Path"), base_ + "/");
  EXPECT_EQ(answer.Text(0, "FileName"), "a.tar");
  EXPECT_EQ(answer.Text(0, "Extension"), "gz");
  EXPECT_EQ(answer.Text(0, "Drive"), base_);
  EXPECT_EQ(answer.Text(0, "FSName"), "ext4");
  EXPECT_EQ(answer.Text(0, "FileType"), "Regular File");
  EXPECT_EQ(answer.Text(0, "CSName"), "box");
  EXPECT_EQ(answer.Number(0, "FileSize"), 5u);
  EXPECT_FALSE(answer.Get(0, "Hidden").boolean());
  EXPECT_TRUE(answer.Get(0, "Readable").boolean());
  EXPECT_FALSE(answer.IsNull(0, "LastModified"));
  EXPECT_THAT(calls_.calls, ElementsAre("look " + base_ + "/a.tar.gz")) << "nothing is listed";
}

TEST_F(FileProviderTest, EachKindHasItsOwn) {
  const std::string link = base_ + "/link";
  EXPECT_EQ(Ask(FileKind::kDataFile, {}, {link}).Text(0, "FileType"), "Symbolic Link");
  EXPECT_THAT(Ask(FileKind::kDirectory, {}, {link}).rows, IsEmpty());
  EXPECT_THAT(Ask(FileKind::kDataFile, {}, {base_}).rows, IsEmpty());
  const Answer folder = Ask(FileKind::kDirectory, {}, {base_});
  ASSERT_EQ(folder.rows.size(), 1u);
  EXPECT_EQ(folder.Text(0, "FileName"), "files");
  EXPECT_TRUE(folder.IsNull(0, "FileSize"));
  const Answer root = Ask(FileKind::kDirectory, {"Name", "Path", "FileName"}, {"/"});
  ASSERT_EQ(root.rows.size(), 1u);
  EXPECT_TRUE(root.IsNull(0, "Path"));
  EXPECT_TRUE(root.IsNull(0, "FileName"));
  const Answer hidden = Ask(FileKind::kDataFile, {}, {base_ + "/.hidden"});
  EXPECT_TRUE(hidden.Get(0, "Hidden").boolean());
  EXPECT_EQ(hidden.Text(0, "FileName"), ".hidden");
  EXPECT_TRUE(hidden.IsNull(0, "Extension"));
}

TEST_F(FileProviderTest, AFileHasOneName) {
  for (const char* other : {"/sub/", "//sub", "/./sub", "/sub/../sub", "/sub/.", "/SUB"}) {
    EXPECT_THAT(Ask(FileKind::kDirectory, {}, {base_ + other}).rows, IsEmpty()) << other;
  }
  for (const char* bad : {"", "usr", "C:\\x", ".", "/.."}) {
    EXPECT_THAT(Ask(FileKind::kDirectory, {}, {bad}).rows, IsEmpty()) << bad;
    EXPECT_THAT(calls_.calls, IsEmpty()) << bad;
  }
}

TEST_F(FileProviderTest, APathListsOneFolder) {
  const Answer files = Ask(FileKind::kDataFile, {"Name", "FileSize"}, {}, "Path", base_ + "/");
  EXPECT_THAT(Names(files), UnorderedElementsAre("/a.tar.gz", "/.hidden", "/link"));
  EXPECT_FALSE(HasCall("list " + base_ + "/sub"));
  EXPECT_THAT(Names(Ask(FileKind::kDirectory, {"Name"}, {}, "Path", base_ + "/")),
              UnorderedElementsAre("/sub", "/net", "/disk"));
  EXPECT_THAT(Ask(FileKind::kDataFile, {"Name"}, {}, "Path", base_).rows, IsEmpty()) << "a Path ends with a slash";
  EXPECT_THAT(calls_.calls, IsEmpty());
  EXPECT_THAT(Ask(FileKind::kDataFile, {"Name"}, {}, "Path", base_ + "/none/").rows, IsEmpty());
}

TEST_F(FileProviderTest, NamesAloneAreNotLookedAt) {
  Ask(FileKind::kDataFile, {"Name", "Extension"}, {}, "Path", base_ + "/");
  EXPECT_FALSE(HasCall("look " + base_ + "/a.tar.gz"));
  calls_.hides_kinds = true;
  EXPECT_THAT(Names(Ask(FileKind::kDataFile, {"Name", "Extension"}, {}, "Path", base_ + "/")),
              UnorderedElementsAre("/a.tar.gz", "/.hidden", "/link"));
}

TEST_F(FileProviderTest, AWalkOfADriveStaysThere) {
  for (const bool hides_kinds : {false, true}) {
    calls_.hides_kinds = hides_kinds;
    const Answer answer = Ask(FileKind::kDataFile, {"Name", "FileSize"}, {}, "Drive", base_);
    EXPECT_THAT(Names(answer), UnorderedElementsAre("/a.tar.gz", "/.hidden", "/link", "/sub/deep/x"));
    EXPECT_FALSE(answer.progress.empty());
    EXPECT_THAT(Names(Ask(FileKind::kDirectory, {"Name", "FileType"}, {}, "Drive", base_)),
                UnorderedElementsAre("", "/sub", "/sub/deep", "/net", "/disk"));
  }
  EXPECT_THAT(Names(Ask(FileKind::kDataFile, {"Name"}, {}, "Drive", base_ + "/disk")), ElementsAre("/disk/near"));
  EXPECT_THAT(Ask(FileKind::kDataFile, {"Name"}, {}, "Drive", "C:").rows, IsEmpty());
}

TEST_F(FileProviderTest, AFolderThatMayNotBeListedLeavesTheRest) {
  calls_.failures = {{"list " + base_ + "/sub", EACCES}};
  FileProvider provider(ThisMachine(), FileKind::kDataFile);
  provider::Request request;
  request.schema = ClassOf(FileKind::kDataFile);
  request.allowed.push_back({request.schema->FindSlot("Drive").value(), {cim::Value::Text(base_)}});
  auto stream = provider.Open(request);
  std::size_t rows = 0;
  std::set<std::string> incomplete;
  // A slow machine takes more pulls than one.
  for (int pull = 0; pull < 1000; ++pull) {
    provider::RowWriter writer(request, 64, 1u << 20);
    const auto state = (*stream)->Read(writer);
    rows += writer.rows();
    incomplete.insert(writer.incomplete().begin(), writer.incomplete().end());
    if (!state.ok() || *state == provider::ReadState::kEnd) break;
  }
  EXPECT_EQ(rows, 3u);
  EXPECT_EQ(incomplete.size(), 1u);
}

TEST_F(FileProviderTest, AStopEndsAWalkSoon) {
  FileProvider provider(ThisMachine(), FileKind::kDataFile);
  provider::Request request;
  request.schema = ClassOf(FileKind::kDataFile);
  std::stop_source stop;
  request.stop = stop.get_token();
  request.allowed.push_back({request.schema->FindSlot("Drive").value(), {cim::Value::Text(base_)}});
  auto stream = provider.Open(request);
  stop.request_stop();
  calls_.calls.clear();
  provider::RowWriter writer(request, 64, 1u << 20);
  EXPECT_EQ((*stream)->Read(writer).value(), provider::ReadState::kMore);
  EXPECT_THAT(calls_.calls, IsEmpty());
}

TEST_F(FileProviderTest, RenamingReplacesNothing) {
  const std::string from = base_ + "/a.tar.gz";
  EXPECT_EQ(Call(FileKind::kDataFile, "Rename", from, base_ + "/.hidden"), 10u);
  EXPECT_EQ(Contents("/.hidden"), "");
  EXPECT_EQ(Call(FileKind::kDataFile, "Rename", from, "b"), 21u);
  EXPECT_EQ(Call(FileKind::kDataFile, "Rename", from), 21u);
  EXPECT_EQ(Call(FileKind::kDataFile, "Rename", base_ + "/none", base_ + "/b"), 9u);
  EXPECT_EQ(Call(FileKind::kDataFile, "Rename", base_ + "/sub", base_ + "/b"), 9u) << "a folder is no data file";
  EXPECT_EQ(Call(FileKind::kDataFile, "Rename", from, base_ + "/none/b"), 9u);
  EXPECT_EQ(Call(FileKind::kDataFile, "Rename", from, base_ + "/b"), 0u);
  EXPECT_EQ(Contents("/b"), "12345");
  EXPECT_EQ(Call(FileKind::kDirectory, "Rename", base_ + "/sub", base_ + "/sub2"), 0u);
  EXPECT_EQ(Contents("/sub2/deep/x"), "x");
}

TEST_F(FileProviderTest, CopyingReplacesNothing) {
  const std::string from = base_ + "/a.tar.gz";
  ASSERT_EQ(::chmod(from.c_str(), 0640), 0);
  EXPECT_EQ(Call(FileKind::kDataFile, "Copy", from, base_ + "/b"), 0u);
  EXPECT_EQ(Contents("/b"), "12345");
  EXPECT_EQ(Contents("/a.tar.gz"), "12345");
  struct stat info;
  ASSERT_EQ(::stat((base_ + "/b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07137u, 0u);
  EXPECT_EQ(Call(FileKind::kDataFile, "Copy", from, base_ + "/.hidden"), 10u);
  EXPECT_EQ(Contents("/.hidden"), "");
  EXPECT_EQ(Call(FileKind::kDataFile, "Copy", from, base_ + "/link"), 10u) << "a link is not followed";
  ASSERT_EQ(::mkfifo((base_ + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(Call(FileKind::kDataFile, "Copy", base_ + "/pipe", base_ + "/c"), 21u);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_EQ(FileCalls::Real().Copy(from, base_ + "/c", stopped.get_token()), ECANCELED);
  EXPECT_NE(::access((base_ + "/c").c_str(), F_OK), 0) << "what was begun is taken away";
}

TEST_F(FileProviderTest, DeletingTakesOneNameAway) {
  EXPECT_EQ(Call(FileKind::kDirectory, "Delete", base_ + "/sub"), 14u);
  EXPECT_EQ(Call(FileKind::kDataFile, "Delete", base_ + "/sub"), 9u);
  EXPECT_EQ(Call(FileKind::kDataFile, "Delete", base_ + "/link"), 0u);
  EXPECT_EQ(Contents("/sub/deep/x"), "x") << "not what a link points to";
  EXPECT_EQ(Call(FileKind::kDataFile, "Delete", base_ + "/sub/deep/x"), 0u);
  EXPECT_EQ(Call(FileKind::kDirectory, "Delete", base_ + "/sub/deep"), 0u);
  EXPECT_EQ(Call(FileKind::kDirectory, "Delete", base_ + "/sub/deep"), 9u);
}

TEST_F(FileProviderTest, FailuresAreAnsweredAsDocumented) {
  const std::string path = base_ + "/a.tar.gz";
  const std::pair<int, std::uint64_t> cases[] = {{EACCES, 2}, {EPERM, 2}, {EROFS, 2}, {EBUSY, 15},
                                                 {EXDEV, 13}, {EIO, 8},   {ENOSPC, 8}};
  for (const auto& [error, answer] : cases) {
    calls_.failures = {{"remove " + path, error}};
    EXPECT_EQ(Call(FileKind::kDataFile, "Delete", path), answer) << error;
  }
  for (const char* method : {"Compress", "Uncompress"}) {
    calls_.failures = {{"compress", EOPNOTSUPP}};
    EXPECT_EQ(Call(FileKind::kDataFile, method, path), 11u);
    calls_.failures.clear();
    EXPECT_EQ(Call(FileKind::kDirectory, method, base_), 0u);
  }
  EXPECT_EQ(FileCalls::Real().SetCompressed("/dev/null", true), EOPNOTSUPP);
}

}  // namespace
}  // namespace wmi::linuxos
