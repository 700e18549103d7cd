#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/guarded_calls.h"
#include "providers/linux/software/package_database.h"
#include "providers/linux/software/product_provider.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view kStatus =
    "Package: bash\n"
    "Essential: yes\n"
    "Status: install ok installed\n"
    "Maintainer: Shell People <shell@example.org>\n"
    "Architecture: amd64\n"
    "Version: 5.2.15-2+b7\n"
    "Description: GNU Bourne Again SHell\n"
    " Version: this line is text and no field\n"
    "Homepage: https://example.org/bash\n"
    "\n"
    "Package: gone\n"
    "Status: deinstall ok config-files\n"
    "Architecture: amd64\n"
    "Version: 1\n"
    "\n"
    "Package: libc6\n"
    "Status: install ok installed\n"
    "Multi-Arch: same\n"
    "Origin: Ubuntu\n"
    "Maintainer: Somebody <a@example.org>\n"
    "Architecture: amd64\n"
    "Version: 2.36-9\n"
    "\n"
    "Package: libc6\n"
    "Status: install ok half-configured\n"
    "Multi-Arch: same\n"
    "Architecture: i386\n"
    "Version: 2.36-9\n"
    "\n"
    "Package: libc6-dev\n"
    "Status: install ok unpacked\n"
    "Architecture: amd64\n"
    "Version: 2.36-9\n"
    "\n"
    "Status: install ok installed\n"
    "Version: nameless\n";

void AppendBigEndian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

// A header as rpm writes it, from tags with a text or a number.
class RpmHeader {
 public:
  RpmHeader& Text(std::uint32_t tag, std::string_view text, std::uint32_t type = 6) {
    Entry(tag, type);
    data_.append(text);
    data_ += '\0';
    return *this;
  }
  RpmHeader& Number(std::uint32_t tag, std::uint32_t number) {
    while (data_.size() % 4 != 0) data_ += '\0';
    Entry(tag, 4);
    AppendBigEndian(data_, number);
    return *this;
  }
  std::string Bytes() const {
    std::string out;
    AppendBigEndian(out, count_);
    AppendBigEndian(out, static_cast<std::uint32_t>(data_.size()));
    return out + index_ + data_;
  }

 private:
  void Entry(std::uint32_t tag, std::uint32_t type) {
    for (const std::uint32_t part : {tag, type, static_cast<std::uint32_t>(data_.size()), 1u})
      AppendBigEndian(index_, part);
    ++count_;
  }
  std::uint32_t count_ = 0;
  std::string index_;
  std::string data_;
};

std::string KernelHeader(const std::string& version) {
  return RpmHeader()
      .Text(1000, "Kernel-core")
      .Text(1001, version)
      .Text(1002, "200.fc39")
      .Number(1003, 2)
      .Text(1004, "The Linux kernel", 9)
      .Number(1008, 1'700'000'000)
      .Text(1011, "Example Project")
      .Text(1020, "https://example.org")
      .Text(1022, "x86_64")
      .Bytes();
}

void WriteRpmDatabase(const std::string& path, const std::vector<std::pair<std::string, std::string>>& packages) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database,
                         "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);"
                         "CREATE TABLE Name (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  int number = 0;
  for (const auto& [name, header] : packages) {
    ++number;
    sqlite3_stmt* statement = nullptr;
    ASSERT_EQ(sqlite3_prepare_v2(database, "INSERT INTO Packages VALUES (?1, ?2)", -1, &statement, nullptr), SQLITE_OK);
    sqlite3_bind_int(statement, 1, number);
    sqlite3_bind_blob(statement, 2, header.data(), static_cast<int>(header.size()), SQLITE_STATIC);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    ASSERT_EQ(sqlite3_prepare_v2(database, "INSERT INTO Name VALUES (?1, ?2, 0)", -1, &statement, nullptr), SQLITE_OK);
    sqlite3_bind_text(statement, 1, name.c_str(), -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 2, number);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
  }
  sqlite3_close(database);
}

class ProductTest : public testing::Test {
 protected:
  struct Reply : Answer {
    std::set<std::string> incomplete;
    std::vector<std::string> Identities() const {
      std::vector<std::string> texts;
      for (std::size_t row = 0; row < rows.size(); ++row) texts.push_back(Text(row, "IdentifyingNumber"));
      return texts;
    }
  };

  // Keys in the order IdentifyingNumber, Name, Version.
  Reply Ask(const std::vector<std::string>& keys = {}, const std::vector<std::string_view>& needed = {},
            const std::string& name = {}, std::size_t rows_per_pull = 2) {
    ProductProvider provider(Machine{tree_.root(), &files_});
    provider::Request request;
    request.schema = Schema();
    if (!needed.empty()) {
      request.needed = cim::PropertySet();
      for (const std::string_view property : needed) request.needed.Add(request.schema->FindSlot(property).value());
    }
    if (!keys.empty()) {
      request.has_keys = true;
      request.keys.emplace_back();
      for (const std::string& key : keys) request.keys[0].push_back(cim::Value::Text(key));
    }
    if (!name.empty()) request.allowed.push_back({request.schema->FindSlot("Name").value(), {cim::Value::Text(name)}});
    Reply reply;
    files_.calls.clear();
    auto stream = provider.Open(request);
    EXPECT_TRUE(stream.ok());
    for (int pull = 0; pull < 1000; ++pull) {
      provider::RowWriter writer(request, rows_per_pull, 1u << 20);
      const auto state = (*stream)->Read(writer);
      EXPECT_TRUE(state.ok());
      reply.incomplete.insert(writer.incomplete().begin(), writer.incomplete().end());
      writer.Finish(reply.rows);
      if (!state.ok() || *state == provider::ReadState::kEnd) return reply;
    }
    ADD_FAILURE() << "the stream did not end";
    return reply;
  }

  static cim::ClassPtr Schema() {
    cim::ClassDeclaration declaration;
    declaration.name = "Win32_Product";
    for (const char* name : {"IdentifyingNumber", "Name", "Version", "Caption", "Description", "InstallDate",
                             "InstallDate2", "InstallState", "URLInfoAbout", "Vendor"}) {
      cim::Property item;
      item.name = name;
      item.type.type = cim::CimType::kString;
      if (declaration.properties.size() < 3) {
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

  void UseRpm() {
    tree_.MakeDirectory("var/lib/rpm");
    WriteRpmDatabase(tree_.path() + "/var/lib/rpm/rpmdb.sqlite",
                     {{"Kernel-core", KernelHeader("6.6.1")},
                      {"gpg-pubkey", RpmHeader().Text(1000, "gpg-pubkey").Text(1001, "1").Bytes()},
                      {"broken", "abc"},
                      {"Kernel-core", KernelHeader("6.6.2")}});
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(ProductTest, ListsWhatDpkgHasInstalled) {
  tree_.Write("var/lib/dpkg/status", kStatus);
  tree_.Write("var/lib/dpkg/info/bash.list", "/.\n");
  const Reply reply = Ask();
  EXPECT_THAT(reply.Identities(), ElementsAre("bash:amd64", "libc6:amd64", "libc6:i386", "libc6-dev:amd64"));
  EXPECT_EQ(reply.Text(0, "Version"), "5.2.15-2+b7");
  EXPECT_EQ(reply.Text(0, "Vendor"), "Shell People");
  EXPECT_EQ(reply.Text(0, "Description"), "GNU Bourne Again SHell");
  EXPECT_EQ(reply.Text(0, "URLInfoAbout"), "https://example.org/bash");
  EXPECT_EQ(reply.Text(1, "Vendor"), "Ubuntu");
  EXPECT_EQ(reply.Get(0, "InstallState").signed_integer(), 5);
  EXPECT_EQ(reply.Get(2, "InstallState").signed_integer(), -6);
  EXPECT_EQ(reply.Text(0, "InstallDate"), reply.Text(0, "InstallDate2").substr(0, 8));
  EXPECT_TRUE(reply.IsNull(1, "InstallDate"));
  EXPECT_EQ(files_.CallsTo("info/libc6:i386.list"), 1u);
  EXPECT_THAT(reply.incomplete, IsEmpty());
}

TEST_F(ProductTest, KnowsTheStatesOfDpkg) {
  std::string status;
  for (const char* state : {"installed", "triggers-awaited", "triggers-pending", "unpacked", "half-configured",
                            "half-installed", "config-files", "not-installed"}) {
    status.append("Package: a-").append(state).append("\nStatus: install ok ").append(state);
    status += "\nArchitecture: all\nVersion: 1\n\n";
  }
  tree_.Write("var/lib/dpkg/status", status);
  const Reply reply = Ask();
  std::vector<std::pair<std::string, std::int64_t>> states;
  for (std::size_t row = 0; row < reply.rows.size(); ++row)
    states.emplace_back(reply.Text(row, "Name"), reply.Get(row, "InstallState").signed_integer());
  EXPECT_THAT(states, ElementsAre(Pair("a-installed", 5), Pair("a-triggers-awaited", 5), Pair("a-triggers-pending", 5),
                                  Pair("a-unpacked", -6), Pair("a-half-configured", -6), Pair("a-half-installed", -6)));
}

TEST_F(ProductTest, LooksAtTheListsOfFilesOnlyWhenAskedForDates) {
  tree_.Write("var/lib/dpkg/status", kStatus);
  Ask({}, {"Name", "Version", "IdentifyingNumber"});
  EXPECT_EQ(files_.CallsTo("info"), 0u);
}

TEST_F(ProductTest, FindsAPackageByItsKeys) {
  tree_.Write("var/lib/dpkg/status", kStatus);
  EXPECT_THAT(Ask({"libc6:i386", "LIBC6", "2.36-9"}).Identities(), ElementsAre("libc6:i386"));
  EXPECT_EQ(files_.CallsTo("info"), 1u);
  EXPECT_THAT(Ask({"bash:amd64", "bash", "5.2.15-2+b7"}).rows.size(), 1u);
  EXPECT_THAT(Ask({"libc6-dev:amd64", "libc6-dev", "2.36-9"}).rows.size(), 1u);
  for (const std::vector<std::string>& keys : std::vector<std::vector<std::string>>{
           {"libc6:arm64", "libc6", "2.36-9"}, {"gone:amd64", "gone", "1"}, {"x", "", ""}, {"libc:amd64", "libc", "1"}})
    EXPECT_THAT(Ask(keys).rows, IsEmpty()) << keys[0];
}

TEST_F(ProductTest, NarrowsByName) {
  tree_.Write("var/lib/dpkg/status", kStatus);
  UseRpm();
  EXPECT_THAT(Ask({}, {"IdentifyingNumber"}, "LibC6").Identities(), ElementsAre("libc6:amd64", "libc6:i386"));
  EXPECT_THAT(Ask({}, {"IdentifyingNumber"}, "kernel-CORE").Identities(),
              ElementsAre("Kernel-core:x86_64", "Kernel-core:x86_64"));
}

TEST_F(ProductTest, ListsWhatRpmHasInstalled) {
  UseRpm();
  const Reply reply = Ask({}, {}, {}, 1);
  ASSERT_EQ(reply.rows.size(), 2u);
  EXPECT_EQ(reply.Text(0, "Name"), "Kernel-core");
  EXPECT_EQ(reply.Text(0, "Version"), "2:6.6.1-200.fc39");
  EXPECT_EQ(reply.Text(1, "Version"), "2:6.6.2-200.fc39");
  EXPECT_EQ(reply.Text(0, "Description"), "The Linux kernel");
  EXPECT_EQ(reply.Text(0, "Vendor"), "Example Project");
  EXPECT_EQ(reply.Text(0, "InstallDate").substr(0, 6), "202311");
  EXPECT_EQ(Ask({"kernel-core:x86_64", "kernel-core", "2:6.6.2-200.fc39"}).rows.size(), 1u);
  // Nothing is made beside the database.
  std::vector<std::string> names;
  Files::Real().List(kNoDirectory, (tree_.path() + "/var/lib/rpm").c_str(), 10, names);
  EXPECT_THAT(names, ElementsAre("rpmdb.sqlite"));
}

TEST_F(ProductTest, SaysWhatItCannotRead) {
  tree_.Write("var/lib/rpm/Packages", "old");
  EXPECT_THAT(Ask().incomplete, ElementsAre(testing::HasSubstr("--rebuilddb")));
  tree_.Write("usr/lib/sysimage/rpm/rpmdb.sqlite", "this is no database");
  EXPECT_THAT(Ask().incomplete, ElementsAre(testing::HasSubstr("could not be read")));
  tree_.Remove("usr/lib/sysimage/rpm/rpmdb.sqlite");
  tree_.Remove("var/lib/rpm/Packages");
  UseRpm();
  tree_.Write("var/lib/rpm/rpmdb.sqlite-wal", "x");
  const Reply changing = Ask();
  EXPECT_EQ(changing.rows.size(), 2u);
  EXPECT_THAT(changing.incomplete, ElementsAre(testing::HasSubstr("at this moment")));
  files_.failures["read dpkg/status"] = EACCES;
  EXPECT_EQ(Ask().incomplete.size(), 2u);
}

TEST_F(ProductTest, HasNoneWithoutAPackageManager) {
  const Reply reply = Ask();
  EXPECT_THAT(reply.rows, IsEmpty());
  EXPECT_THAT(reply.incomplete, IsEmpty());
}

TEST(RpmHeaderTest, IsReadWithinItsBounds) {
  const std::string whole = KernelHeader("1");
  Package package;
  ASSERT_TRUE(ParseRpmHeader(whole, package));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(ParseRpmHeader(std::string_view(whole).substr(0, size), package)) << size;
  std::string counts = whole;
  counts.replace(0, 8, std::string(8, '\xff'));
  EXPECT_FALSE(ParseRpmHeader(counts, package));
}

}  // namespace
}  // namespace wmi::linuxos
