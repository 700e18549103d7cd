// Test doubles of the Linux providers: a recorded tree, calls that are counted or fail, and a run of one query.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "provider/provider.h"
#include "providers/linux/files.h"
#include "providers/linux/system_root.h"

namespace wmi::linuxos {

// A folder that lives as long as the test; holds proc, sys, etc, usr, run, dev and var.
class FixtureTree {
 public:
  FixtureTree() {
    // Trees are many small files: memory where there is some, so that no test waits for a disk.
    const std::filesystem::path memory = "/dev/shm";
    const std::filesystem::path folder =
        ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (folder / "openwmi-linux-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr) << pattern;
    path_ = pattern;
    for (const char* name : {"proc", "sys", "etc", "usr", "run", "dev", "var"})
      std::filesystem::create_directory(path_ / name);
  }
  ~FixtureTree() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  FixtureTree(const FixtureTree&) = delete;
  FixtureTree& operator=(const FixtureTree&) = delete;

  void Write(const std::string& name, std::string_view text) {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  void Link(const std::string& name, const std::string& target) {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::filesystem::create_symlink(target, path_ / name);
  }
  void MakeDirectory(const std::string& name) { std::filesystem::create_directories(path_ / name); }
  void Remove(const std::string& name) { std::filesystem::remove_all(path_ / name); }

  SystemRoot root() const {
    const std::string base = path_.string();
    return {base + "/proc", base + "/sys", base + "/etc", base + "/usr", base + "/run", base + "/dev", base + "/var"};
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// A text kept in testdata/.
inline std::string TestData(const std::string& name) {
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/src/providers/linux/testdata/" + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The real calls, each noted by the path it went to; chosen ones fail. Not thread-safe.
class WatchedFiles final : public Files {
 public:
  int OpenDirectory(int at, const char* path, Directory& out) override {
    const std::string full = Full(at, path);
    if (const int error = Note("open", full)) return error;
    const int error = Files::OpenDirectory(at, path, out);
    if (error == 0) paths_[out.descriptor()] = full;
    return error;
  }
  int Read(int at, const char* path, std::size_t bytes_max, TextBuffer& out) override {
    out.set_length(0);
    if (const int error = Note("read", Full(at, path))) return error;
    return Files::Read(at, path, bytes_max, out);
  }
  int ReadLink(int at, const char* path, TextBuffer& out) override {
    out.set_length(0);
    if (const int error = Note("link", Full(at, path))) return error;
    return Files::ReadLink(at, path, out);
  }
  int List(int at, const char* path, std::size_t names_max, std::vector<std::string>& out) override {
    if (const int error = Note("list", Full(at, path))) return error;
    return Files::List(at, path, names_max, out);
  }
  int ListFolders(int at, const char* path, std::size_t names_max, std::vector<std::string>& out) override {
    out.clear();
    if (const int error = Note("list", Full(at, path))) return error;
    return Files::ListFolders(at, path, names_max, out);
  }
  int Mode(int at, const char* path, std::uint32_t& out) override {
    if (const int error = Note("mode", Full(at, path))) return error;
    return Files::Mode(at, path, out);
  }
  int Write(const char* path, std::string_view text) override {
    if (const int error = Note("write", path)) return error;
    return Files::Write(path, text);
  }
  int Replace(const char* path, std::string_view text) override {
    if (const int error = Note("replace", path)) return error;
    return Files::Replace(path, text);
  }
  int MakeFolder(const char* path) override {
    if (const int error = Note("make", path)) return error;
    return Files::MakeFolder(path);
  }
  int ListNumbers(int at, const char* path, std::size_t numbers_max, std::vector<std::int32_t>& out) override {
    out.clear();
    if (const int error = Note("list", Full(at, path))) return error;
    return Files::ListNumbers(at, path, numbers_max, out);
  }
  int Size(int at, const char* path, std::uint64_t& out) override {
    if (const int error = Note("size", Full(at, path))) return error;
    return Files::Size(at, path, out);
  }
  bool IsDirectory(const char* path) override {
    if (!directories.empty()) return directories.contains(path);
    return Files::IsDirectory(path);
  }
  int Space(const char* path, SpaceInfo& out) override {
    if (const int error = Note("space", path)) return error;
    const auto found = spaces.find(path);
    if (found == spaces.end()) return Files::Space(path, out);
    out = found->second;
    return 0;
  }

  int ModifiedTime(const char* path, std::int64_t& microseconds) override {
    if (const int error = Note("time", path)) return error;
    return Files::ModifiedTime(path, microseconds);
  }

  // errno values by "call path", the path as the end of the full one: "read 12/io".
  std::map<std::string, int> failures;
  std::map<std::string, SpaceInfo> spaces;
  std::set<std::string> directories;
  // "call path" of every call, in order.
  std::vector<std::string> calls;

  // How many calls went to paths that contain `part`.
  std::size_t CallsTo(std::string_view part) const {
    std::size_t count = 0;
    for (const std::string& call : calls) count += call.find(part) != std::string::npos ? 1 : 0;
    return count;
  }

 private:
  std::string Full(int at, const char* path) const {
    const auto found = paths_.find(at);
    return at == kNoDirectory || found == paths_.end() ? std::string(path) : found->second + "/" + path;
  }
  int Note(const std::string& call, const std::string& path) {
    calls.push_back(call + " " + path);
    for (const auto& [key, error] : failures) {
      const std::size_t blank = key.find(' ');
      if (key.substr(0, blank) == call && path.ends_with(key.substr(blank + 1))) return error;
    }
    return 0;
  }

  std::map<int, std::string> paths_;
};

// A class with these properties, all strings, the key among them. The provider does not ask for their types.
inline cim::ClassPtr TestClass(const std::string& name, const std::vector<std::string_view>& properties,
                               std::string_view key) {
  cim::ClassDeclaration declaration;
  declaration.name = name;
  for (const std::string_view property : properties) {
    cim::Property item;
    item.name = property;
    item.type.type = cim::CimType::kString;
    if (property == key) {
      cim::Qualifier qualifier;
      qualifier.name = "key";
      qualifier.value = cim::Value::Boolean(true);
      qualifier.type.type = cim::CimType::kBoolean;
      item.qualifiers.Set(std::move(qualifier));
    }
    declaration.properties.push_back(std::move(item));
  }
  auto made = cim::Class::Make(std::move(declaration), nullptr, nullptr);
  EXPECT_TRUE(made.ok()) << made.status().Message();
  return std::move(made).value();
}

// What a query gave.
struct Answer {
  std::vector<cim::Object> rows;
  std::set<std::string> denied;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> progress;  // done, total
  Status status;

  cim::ValueView Get(std::size_t row, std::string_view property) const {
    const auto slot = rows.at(row).schema().FindSlot(property);
    EXPECT_TRUE(slot.has_value()) << property;
    return rows.at(row).slot(slot.value());
  }
  std::string Text(std::size_t row, std::string_view property) const {
    const cim::ValueView value = Get(row, property);
    EXPECT_EQ(value.kind(), cim::ValueKind::kText) << property;
    return value.kind() == cim::ValueKind::kText ? std::string(value.text()) : std::string();
  }
  std::uint64_t Number(std::size_t row, std::string_view property) const {
    const cim::ValueView value = Get(row, property);
    EXPECT_EQ(value.kind(), cim::ValueKind::kUnsigned) << property;
    return value.kind() == cim::ValueKind::kUnsigned ? value.unsigned_integer() : 0;
  }
  bool IsNull(std::size_t row, std::string_view property) const { return Get(row, property).is_null(); }
};

// Asks for all properties of `schema`, or for `names`; only for the instances with these keys, if any.
struct Query {
  cim::ClassPtr schema;
  std::vector<std::string_view> names;
  std::vector<std::string> keys;
  std::size_t rows_per_pull = 64;
  // A property and the values of it that matter.
  std::string_view narrowed = {};
  std::vector<cim::Value> allowed = {};
};

inline Answer RunQuery(provider::InstanceProvider& provider, const Query& query) {
  provider::Request request;
  request.schema = query.schema;
  if (!query.names.empty()) {
    request.needed = cim::PropertySet();
    for (const std::string_view name : query.names) request.needed.Add(query.schema->FindSlot(name).value());
  }
  for (const std::string& key : query.keys) request.keys.push_back({cim::Value::Text(key)});
  request.has_keys = !query.keys.empty();
  if (!query.narrowed.empty())
    request.allowed.push_back({query.schema->FindSlot(query.narrowed).value(), query.allowed});

  Answer answer;
  auto stream = provider.Open(request);
  if (!stream.ok()) {
    answer.status = stream.status();
    return answer;
  }
  // A stream that never ends would hang the test; none here needs more pulls than this.
  for (int pull = 0; pull < 100'000; ++pull) {
    provider::RowWriter writer(request, query.rows_per_pull, 1u << 20);
    const auto state = (*stream)->Read(writer);
    writer.Finish(answer.rows);
    if (writer.progress()) answer.progress.emplace_back(writer.progress()->done, writer.progress()->total);
    for (const std::size_t slot : writer.denied_slots()) {
      answer.denied.insert(query.schema->properties()[slot].name);
    }
    if (!state.ok()) {
      answer.status = state.status();
      return answer;
    }
    if (*state == provider::ReadState::kEnd) return answer;
  }
  ADD_FAILURE() << "the stream did not end";
  return answer;
}

}  // namespace wmi::linuxos
