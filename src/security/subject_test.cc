#include "security/subject.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

namespace wmi::security {
namespace {

bool IsRoot(const Subject& subject) {
  return subject.Has(kAdministrators) && subject.Has(kLocalSystem) && subject.Has(UserSid(0)) &&
         subject.Has(GroupSid(0));
}

TEST(Subject, TheCallerHasHisGroups) {
  const Subject caller = Subject::OfCaller();
  EXPECT_EQ(caller.user(), UserSid(geteuid()));
  EXPECT_TRUE(caller.Has(UserSid(geteuid())));
  EXPECT_TRUE(caller.Has(GroupSid(getegid())));
  EXPECT_TRUE(caller.Has(kEveryone));
  EXPECT_TRUE(caller.Has(kAuthenticatedUsers));
  EXPECT_EQ(caller.Has(kAdministrators), geteuid() == 0);
  EXPECT_EQ(caller.Has(kLocalSystem), geteuid() == 0);
  EXPECT_FALSE(caller.Has(UserSid(geteuid() + 1)));
  EXPECT_FALSE(caller.Has(Sid()));
  std::vector<gid_t> groups(static_cast<std::size_t>(getgroups(0, nullptr)));
  ASSERT_EQ(getgroups(static_cast<int>(groups.size()), groups.data()), static_cast<int>(groups.size()));
  for (const gid_t group : groups) EXPECT_TRUE(caller.Has(GroupSid(group))) << group;
}

TEST(Subject, AnIdentifierStandsForItself) {
  const Subject user = Subject::Named(UserSid(1000));
  EXPECT_EQ(user.user(), UserSid(1000));
  EXPECT_TRUE(user.Has(kEveryone));
  EXPECT_TRUE(user.Has(kAuthenticatedUsers));
  EXPECT_FALSE(IsRoot(user));
  EXPECT_FALSE(user.Has(GroupSid(1000)));
  for (const Sid& root : {kAdministrators, kLocalSystem, UserSid(0)}) {
    EXPECT_TRUE(IsRoot(Subject::Named(root))) << root.Text();
    EXPECT_EQ(Subject::Named(root).user(), UserSid(0));
  }
}

TEST(Subject, AUserIsLookedUp) {
  // Some user besides this one and root, with his primary group.
  setpwent();
  const passwd* entry = getpwent();
  while (entry != nullptr && (entry->pw_uid == geteuid() || entry->pw_uid == 0)) entry = getpwent();
  const bool is_found = entry != nullptr;
  const uid_t uid = is_found ? entry->pw_uid : 0;
  const gid_t gid = is_found ? entry->pw_gid : 0;
  endpwent();
  if (!is_found) GTEST_SKIP() << "the user database of this machine has no other user";
  const Result<Subject> user = Subject::OfUser(uid);
  ASSERT_TRUE(user.ok()) << user.status().Message();
  EXPECT_EQ(user->user(), UserSid(uid));
  EXPECT_TRUE(user->Has(GroupSid(gid)));
  EXPECT_TRUE(user->Has(kEveryone));
  EXPECT_FALSE(user->Has(kAdministrators));
}

TEST(Subject, RootAndTheCallerNeedNoDatabase) {
  const Result<Subject> root = Subject::OfUser(0);
  ASSERT_TRUE(root.ok());
  EXPECT_TRUE(IsRoot(*root));
  const Result<Subject> caller = Subject::OfUser(geteuid());
  ASSERT_TRUE(caller.ok());
  EXPECT_TRUE(caller->Has(GroupSid(getegid())));
}

TEST(Subject, AUserWhomNobodyKnowsHasNoRights) {
  constexpr std::uint32_t kNobodysNumber = 0x7ffffff0;
  const Result<Subject> unknown = Subject::OfUser(kNobodysNumber);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.status().code(), code::kNotFound);
  EXPECT_NE(unknown.status().Message().find("2147483632"), std::string::npos) << unknown.status().Message();
}

}  // namespace
}  // namespace wmi::security
