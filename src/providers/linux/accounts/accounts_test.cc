// The classes of this folder on a recorded machine, with name services that the tests make up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cim/object_path.h"
#include "providers/linux/accounts/account_files.h"
#include "providers/linux/accounts/account_list.h"
#include "providers/linux/accounts/account_provider.h"
#include "providers/linux/accounts/group_user.h"
#include "providers/linux/guarded_calls.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::string_view kPasswd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "# a remark\n"
    "+nisuser::::::\n"
    "broken:x:many:1::/:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    "ann:x:1000:1000:Ann Example,Room 5,,:/people/ann:/bin/bash\n"
    "Bob:x:1001:1001::/people/bob:/bin/bash\n";
constexpr std::string_view kGroup =
    "root:x:0:\n"
    "daemon:x:1:\n"
    "ann:x:1000:\n"
    "wheel:x:10:ann,Bob,gone\n";
constexpr std::string_view kShadow =
    "root:!:19000:0:99999:7:::\n"
    "daemon:*:19000:0:99999:7:::\n"
    "ann:$y$j9T$x:19000:0:90:7:::\n"
    "Bob::19000:7:5:7::1:\n";

// Answers what it was given, notes what it is asked, and keeps silent on demand.
class FakeNames final : public NameService {
 public:
  std::vector<UserEntry> users;
  std::vector<GroupEntry> groups;
  std::vector<UserEntry> unlisted;  // found by name and number only
  bool is_silent = false;
  std::vector<std::string> asked;

  NameAnswer UserById(std::uint32_t id, UserEntry& out) override {
    return Find(AllUsers(), "user " + std::to_string(id), [id](const UserEntry& e) { return e.id == id; }, out);
  }
  NameAnswer UserByName(const std::string& name, UserEntry& out) override {
    return Find(AllUsers(), "user " + name, [&](const UserEntry& e) { return e.name == name; }, out);
  }
  NameAnswer GroupById(std::uint32_t id, GroupEntry& out) override {
    return Find(groups, "group " + std::to_string(id), [id](const GroupEntry& e) { return e.id == id; }, out);
  }
  NameAnswer GroupByName(const std::string& name, GroupEntry& out) override {
    return Find(groups, "group " + name, [&](const GroupEntry& e) { return e.name == name; }, out);
  }
  NameAnswer Users(std::size_t, std::vector<UserEntry>& out) override {
    asked.push_back("users");
    if (is_silent) return NameAnswer::kNoAnswer;
    out = users;
    return NameAnswer::kFound;
  }
  NameAnswer Groups(std::size_t, std::vector<GroupEntry>& out) override {
    asked.push_back("groups");
    if (is_silent) return NameAnswer::kNoAnswer;
    out = groups;
    return NameAnswer::kFound;
  }

 private:
  std::vector<UserEntry> AllUsers() const {
    std::vector<UserEntry> all = users;
    all.insert(all.end(), unlisted.begin(), unlisted.end());
    return all;
  }
  template <typename Entry, typename Matches>
  NameAnswer Find(const std::vector<Entry>& entries, const std::string& what, Matches matches, Entry& out) {
    asked.push_back(what);
    if (is_silent) return NameAnswer::kNoAnswer;
    const auto found = std::find_if(entries.begin(), entries.end(), matches);
    if (found == entries.end()) return NameAnswer::kNotFound;
    out = *found;
    return NameAnswer::kFound;
  }
};

// Classes as the schema has them, as far as the providers look: their keys.
cim::ClassPtr KeyedClass(const std::string& name, const std::vector<std::string_view>& properties,
                         const std::vector<std::string_view>& keys) {
  cim::ClassDeclaration declaration;
  declaration.name = name;
  for (const std::string_view property : properties) {
    cim::Property item;
    item.name = property;
    item.type.type = cim::CimType::kString;
    if (std::find(keys.begin(), keys.end(), property) != keys.end()) {
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

class AccountsTest : public testing::Test {
 protected:
  AccountsTest() {
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    tree_.Write("etc/passwd", kPasswd);
    tree_.Write("etc/group", kGroup);
    tree_.Write("etc/shadow", kShadow);
    tree_.Write("etc/login.defs", "# UID_MIN 5\nUID_MIN\t\t\t 1000\nUID_MAX 60000\n");
    names_.users = ParsePasswdFile(kPasswd);
    names_.users.push_back({"eve", 70'000, 70'000, "Eve of LDAP", "/people/eve", "/bin/sh"});
    names_.users.push_back({"ann", 1000, 1000, "twice", "/people/ann", "/bin/sh"});
    names_.groups = ParseGroupFile(kGroup);
  }

  struct Reply : Answer {
    std::set<std::string> incomplete;
    std::optional<bool> Flag(std::size_t row, std::string_view property) const {
      const cim::ValueView value = Get(row, property);
      if (value.kind() != cim::ValueKind::kBoolean) return std::nullopt;
      return value.boolean();
    }
    std::vector<std::string> Texts(std::string_view property) const {
      std::vector<std::string> texts;
      for (std::size_t row = 0; row < rows.size(); ++row) texts.push_back(Text(row, property));
      return texts;
    }
  };

  // All rows, or those with these keys, each as values of `keys`.
  template <typename Traits>
  Reply Ask(const std::vector<std::string_view>& keys, const std::vector<std::vector<std::string>>& values = {},
            const std::vector<std::string_view>& needed = {},
            std::pair<std::string, std::vector<std::string>> narrowed = {}) {
    std::vector<std::string_view> properties = PropertyNames<typename Traits::View>(Traits::Columns());
    SnapshotProvider<Traits> provider(Machine{tree_.root(), &files_, &GuardedCalls::Real(), &names_});
    provider::Request request;
    request.schema = KeyedClass(std::string(Traits::kClass), properties, keys);
    if (!needed.empty()) {
      request.needed = cim::PropertySet();
      for (const std::string_view name : needed) request.needed.Add(request.schema->FindSlot(name).value());
    }
    request.has_keys = !values.empty();
    for (const std::vector<std::string>& value : values) {
      provider::KeyTuple tuple;
      for (const std::size_t slot : request.schema->key_slots()) {
        const std::string& name = request.schema->properties()[slot].name;
        const auto at = std::find(keys.begin(), keys.end(), name);
        tuple.push_back(cim::Value::Text(value.at(static_cast<std::size_t>(at - keys.begin()))));
      }
      request.keys.push_back(std::move(tuple));
    }
    if (!narrowed.first.empty()) {
      provider::Request::Allowed allowed{request.schema->FindSlot(narrowed.first).value(), {}};
      for (const std::string& value : narrowed.second) allowed.values.push_back(cim::Value::Text(value));
      request.allowed.push_back(std::move(allowed));
    }
    Reply reply;
    files_.calls.clear();
    names_.asked.clear();
    auto stream = provider.Open(request);
    EXPECT_TRUE(stream.ok());
    // A slow machine takes more pulls than one.
    for (int pull = 0; pull < 1000; ++pull) {
      provider::RowWriter writer(request, 1000, 1u << 20);
      const auto state = (*stream)->Read(writer);
      EXPECT_TRUE(state.ok());
      for (const std::size_t slot : writer.denied_slots()) reply.denied.insert(request.schema->properties()[slot].name);
      reply.incomplete.insert(writer.incomplete().begin(), writer.incomplete().end());
      writer.Finish(reply.rows);
      if (!state.ok() || *state == provider::ReadState::kEnd) break;
    }
    return reply;
  }
  Reply Users(const std::vector<std::vector<std::string>>& keys = {},
              const std::vector<std::string_view>& needed = {}) {
    return Ask<UserAccount>({"Domain", "Name"}, keys, needed);
  }

  FixtureTree tree_;
  WatchedFiles files_;
  FakeNames names_;
};

TEST(AccountFilesTest, KeepsWellFormedLines) {
  const std::vector<UserEntry> users = ParsePasswdFile(kPasswd);
  ASSERT_EQ(users.size(), 5u);
  EXPECT_EQ(users[3].full_name, "Ann Example");
  EXPECT_EQ(users[3].home, "/people/ann");
  EXPECT_THAT(ParsePasswdFile("a:x:4294967296:0:::\nb:x:1\n:x:1:1:::\n"), IsEmpty());
  const std::vector<GroupEntry> groups = ParseGroupFile("g:x:7:a,,b\nh:x:8:\nbad:x::\n");
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_THAT(groups[0].members, ElementsAre("a", "b"));
}

TEST(AccountFilesTest, ReadsTheFirstIdOfPeople) {
  EXPECT_EQ(FirstPersonId(""), 1000u);
  EXPECT_EQ(FirstPersonId("UID_MIN 500\n"), 500u);
  EXPECT_EQ(FirstPersonId("  UID_MIN\t600 \nUID_MINIMUM 7\n#UID_MIN 8"), 600u);
  EXPECT_EQ(FirstPersonId("UID_MIN\nUID_MIN x\n"), 1000u);
  EXPECT_EQ(FirstPersonId("UID_MIN 500\nUID_MIN x\n"), 1000u) << "the last line counts, also one that says nothing";
}

TEST(AccountFilesTest, TheFirstLineOfANameCounts) {
  const auto entries = ParseShadowFile("ann:!x:1:2:3:4:5:6:7\nann:y:1:9:9:4:5:9:7\nbob:*:1:2:3:4:5::\n");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_TRUE(entries.at("ann").is_locked);
  EXPECT_EQ(entries.at("ann").days_max, 3);
  EXPECT_FALSE(entries.at("bob").is_locked) << "who has no password that fits is not locked out";
}

TEST(AccountListTest, ReadsOnlyIdentifiersOfItsOwnForm) {
  EXPECT_EQ(ParseSid("s-1-22-1-1000")->id, 1000u);
  EXPECT_TRUE(ParseSid("S-1-22-2-0")->is_group);
  for (const char* text : {"", "S-1-22-1-", "S-1-22-3-1", "S-1-22-1-01", "S-1-22-1-4294967296", "S-1-22-1-1 "})
    EXPECT_FALSE(ParseSid(text).has_value()) << text;
}

TEST_F(AccountsTest, PutsEachUserIntoOneClass) {
  EXPECT_THAT(Users().Texts("Name"), UnorderedElementsAre("root", "ann", "Bob", "eve"));
  EXPECT_THAT(Ask<SystemAccount>({"Domain", "Name"}).Texts("Name"), UnorderedElementsAre("daemon", "nobody"));
  EXPECT_TRUE(IsSystemUser(61'184, 1000));
  EXPECT_FALSE(IsSystemUser(1'200'000, 1000));
}

TEST_F(AccountsTest, ShowsAUser) {
  const Reply reply = Users({{"BOX", "ann"}});
  ASSERT_EQ(reply.rows.size(), 1u);
  EXPECT_EQ(reply.Text(0, "Caption"), "box\\ann");
  EXPECT_EQ(reply.Text(0, "Domain"), "box");
  EXPECT_EQ(reply.Text(0, "FullName"), "Ann Example");
  EXPECT_EQ(reply.Text(0, "SID"), "S-1-22-1-1000");
  EXPECT_EQ(reply.Flag(0, "LocalAccount"), true);
  EXPECT_EQ(reply.Flag(0, "PasswordExpires"), true);
  EXPECT_EQ(reply.Flag(0, "Disabled"), false);
  EXPECT_EQ(reply.Flag(0, "PasswordRequired"), true);
  EXPECT_THAT(names_.asked, ElementsAre("user ann"));
}

TEST_F(AccountsTest, ReadsTheAgeOfPasswords) {
  const Reply bob = Users({{"box", "Bob"}});
  ASSERT_EQ(bob.rows.size(), 1u);
  EXPECT_EQ(bob.Flag(0, "Disabled"), true);
  EXPECT_EQ(bob.Flag(0, "PasswordRequired"), false);
  EXPECT_EQ(bob.Flag(0, "PasswordChangeable"), false);
  const Reply root = Users({{"box", "root"}});
  ASSERT_EQ(root.rows.size(), 1u);
  EXPECT_EQ(root.Flag(0, "Lockout"), true);
  EXPECT_EQ(root.Flag(0, "PasswordExpires"), false);
  // A directory service brings no such line.
  const Reply eve = Users({{"box", "eve"}});
  ASSERT_EQ(eve.rows.size(), 1u);
  EXPECT_TRUE(eve.IsNull(0, "Lockout"));
  EXPECT_EQ(eve.Flag(0, "LocalAccount"), false);
}

TEST_F(AccountsTest, DeniesWhatTheShadowFileWouldTell) {
  files_.failures["read etc/shadow"] = EACCES;
  const Reply reply = Users();
  EXPECT_THAT(reply.denied,
              UnorderedElementsAre("Disabled", "Lockout", "PasswordChangeable", "PasswordExpires", "PasswordRequired"));
  EXPECT_TRUE(reply.IsNull(0, "Lockout"));
  EXPECT_EQ(reply.Text(0, "Name"), "root");
}

TEST_F(AccountsTest, ReadsOnlyTheFilesThatAreAskedFor) {
  Users({}, {"Name", "SID"});
  EXPECT_EQ(files_.CallsTo("shadow"), 0u);
  EXPECT_EQ(files_.CallsTo("passwd"), 0u);
}

TEST_F(AccountsTest, LooksUpInLowerCaseToo) {
  EXPECT_THAT(Users({{"box", "ANN"}}).Texts("Name"), ElementsAre("ann"));
  EXPECT_THAT(names_.asked, ElementsAre("user ANN", "user ann"));
  EXPECT_THAT(Users({{"elsewhere", "ann"}}).rows, IsEmpty());
  EXPECT_THAT(names_.asked, IsEmpty());
  EXPECT_THAT(Users({{"box", "daemon"}}).rows, IsEmpty());  // of the other class
}

TEST_F(AccountsTest, NarrowsByNameAndListsWhenTheNameIsInAnotherCase) {
  const auto named = [this](const std::string& name) {
    return Ask<UserAccount>({"Domain", "Name"}, {}, {}, {"Name", {name}}).Texts("Name");
  };
  EXPECT_THAT(named("ann"), ElementsAre("ann"));
  EXPECT_THAT(names_.asked, ElementsAre("user ann"));
  EXPECT_THAT(named("BOB"), testing::Contains("Bob"));
  EXPECT_THAT(names_.asked, testing::Contains("users"));
}

TEST_F(AccountsTest, ShowsTheLocalOnesWhenTheServicesAreSilent) {
  names_.is_silent = true;
  const Reply all = Users();
  EXPECT_THAT(all.Texts("Name"), UnorderedElementsAre("root", "ann", "Bob"));
  EXPECT_THAT(all.incomplete, ElementsAre(testing::HasSubstr("nsswitch.conf")));
  const Reply ann = Users({{"box", "ann"}});
  EXPECT_EQ(ann.rows.size(), 1u);
  EXPECT_THAT(ann.incomplete, IsEmpty());
  const Reply eve = Users({{"box", "eve"}});
  EXPECT_THAT(eve.rows, IsEmpty());
  EXPECT_EQ(eve.incomplete.size(), 1u);
}

TEST_F(AccountsTest, ListsGroups) {
  const Reply reply = Ask<AccountGroup>({"Domain", "Name"});
  EXPECT_THAT(reply.Texts("Name"), ElementsAre("root", "daemon", "ann", "wheel"));
  EXPECT_EQ(reply.Text(3, "SID"), "S-1-22-2-10");
  EXPECT_EQ(Ask<AccountGroup>({"Domain", "Name"}, {{"box", "wheel"}}).rows.size(), 1u);
  EXPECT_THAT(names_.asked, ElementsAre("group wheel"));
}

TEST_F(AccountsTest, PacksIdentifiersAsWindowsDoes) {
  const Reply reply = Ask<AccountSid>({"SID"}, {{"S-1-22-1-70000"}});
  ASSERT_EQ(reply.rows.size(), 1u);
  EXPECT_EQ(reply.Text(0, "AccountName"), "eve");
  std::vector<std::uint64_t> bytes;
  for (const cim::ValueView item : reply.Get(0, "BinaryRepresentation").items())
    bytes.push_back(item.unsigned_integer());
  EXPECT_THAT(bytes, ElementsAre(1, 2, 0, 0, 0, 0, 0, 22, 1, 0, 0, 0, 0x70, 0x11, 1, 0));
  EXPECT_THAT(names_.asked, ElementsAre("user 70000"));
  EXPECT_EQ(Ask<AccountSid>({"SID"}).rows.size(), 6u + 4u);
  EXPECT_EQ(Ask<AccountSid>({"SID"}, {{"S-1-22-2-10"}}).Text(0, "AccountName"), "wheel");
}

TEST_F(AccountsTest, PairsGroupsAndMembers) {
  const Reply reply = Ask<GroupUser>({"GroupComponent", "PartComponent"});
  std::vector<std::string> pairs;
  for (std::size_t row = 0; row < reply.rows.size(); ++row)
    pairs.push_back(reply.Text(row, "GroupComponent") + " " + reply.Text(row, "PartComponent"));
  const auto pair = [](const std::string& group, std::string_view kind, const std::string& user) {
    return AccountPath("Win32_Group", "box", group) + " " + AccountPath(kind, "box", user);
  };
  EXPECT_THAT(pairs, UnorderedElementsAre(
                         pair("root", "Win32_UserAccount", "root"), pair("daemon", "Win32_SystemAccount", "daemon"),
                         pair("ann", "Win32_UserAccount", "ann"), pair("wheel", "Win32_UserAccount", "ann"),
                         pair("wheel", "Win32_UserAccount", "Bob")));
  EXPECT_EQ(AccountPath("Win32_Group", "box", "a\"b\\c"), "Win32_Group.Domain=\"box\",Name=\"a\\\"b\\\\c\"");
}

TEST_F(AccountsTest, FindsAPairWithoutAList) {
  const std::vector<std::string_view> keys = {"GroupComponent", "PartComponent"};
  const std::string wheel = AccountPath("Win32_Group", "box", "wheel");
  EXPECT_EQ(Ask<GroupUser>(keys, {{wheel, AccountPath("Win32_UserAccount", "box", "ann")}}).rows.size(), 1u);
  EXPECT_THAT(names_.asked, ElementsAre("group wheel", "user ann"));
  for (const std::string& member :
       {AccountPath("Win32_UserAccount", "box", "root"), AccountPath("Win32_SystemAccount", "box", "ann"),
        AccountPath("Win32_UserAccount", "other", "ann"), std::string("no path")}) {
    EXPECT_THAT(Ask<GroupUser>(keys, {{wheel, member}}).rows, IsEmpty()) << member;
  }
}

TEST_F(AccountsTest, AsksForMembersThatNoListHolds) {
  names_.unlisted.push_back({"gone", 80'000, 80'000, "", "/people/gone", ""});
  const Reply reply = Ask<GroupUser>({"GroupComponent", "PartComponent"});
  EXPECT_THAT(reply.Texts("PartComponent"), testing::Contains(AccountPath("Win32_UserAccount", "box", "gone")));
}

TEST_F(AccountsTest, ShowsHomesAndWhichAreInUse) {
  tree_.MakeDirectory("run/user/1000");
  const Reply reply = Ask<UserProfile>({"SID"});
  EXPECT_THAT(reply.Texts("LocalPath"),
              UnorderedElementsAre("/root", "/usr/sbin", "/people/ann", "/people/bob", "/people/eve"));
  const Reply ann = Ask<UserProfile>({"SID"}, {{"S-1-22-1-1000"}});
  ASSERT_EQ(ann.rows.size(), 1u);
  EXPECT_EQ(ann.Flag(0, "Loaded"), true);
  EXPECT_EQ(ann.Flag(0, "Special"), false);
  EXPECT_EQ(Ask<UserProfile>({"SID"}, {{"S-1-22-1-1"}}).Flag(0, "Special"), true);
  tree_.Remove("run/user");
  EXPECT_TRUE(Ask<UserProfile>({"SID"}).IsNull(0, "Loaded"));
  EXPECT_THAT(Ask<UserProfile>({"SID"}, {{"S-1-22-2-10"}}).rows, IsEmpty());
}

}  // namespace
}  // namespace wmi::linuxos
