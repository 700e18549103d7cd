#include "win32/security/token.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <handleapi.h>
#include <processthreadsapi.h>
#include <pwd.h>
#include <sddl.h>
#include <securitybaseapi.h>
#include <synchapi.h>
#include <unistd.h>
#include <winbase.h>

#include <string>
#include <thread>
#include <vector>

#include "win32/security/account.h"

namespace wmi::win32 {
namespace {

std::string Text(PSID sid) { return Sid::Copy(sid)->Text(); }

// The answer of a question in as much room as it needs.
std::vector<ULONG> Ask(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  DWORD needed = 0;
  EXPECT_FALSE(GetTokenInformation(token, what, nullptr, 0, &needed));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  std::vector<ULONG> answer((needed + sizeof(ULONG) - 1) / sizeof(ULONG));
  EXPECT_FALSE(GetTokenInformation(token, what, answer.data(), needed - 1, &needed));
  EXPECT_TRUE(GetTokenInformation(token, what, answer.data(), needed, &needed));
  return answer;
}

class TokenTest : public testing::Test {
 protected:
  TokenTest() { EXPECT_TRUE(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token_)); }
  ~TokenTest() override { EXPECT_TRUE(CloseHandle(token_)); }
  HANDLE token_ = nullptr;
};

TEST_F(TokenTest, OfTheProcessIsItsUser) {
  const std::vector<ULONG> answer = Ask(token_, TokenUser);
  const auto* user = reinterpret_cast<const TOKEN_USER*>(answer.data());
  EXPECT_EQ(Text(user->User.Sid), "S-1-22-1-" + std::to_string(geteuid()));
  EXPECT_EQ(user->User.Attributes, 0u);
  const std::vector<ULONG> owner = Ask(token_, TokenOwner);
  EXPECT_TRUE(EqualSid(reinterpret_cast<const TOKEN_OWNER*>(owner.data())->Owner, user->User.Sid));
  const std::vector<ULONG> group = Ask(token_, TokenPrimaryGroup);
  EXPECT_EQ(Text(reinterpret_cast<const TOKEN_PRIMARY_GROUP*>(group.data())->PrimaryGroup),
            "S-1-22-2-" + std::to_string(getegid()));
}

TEST_F(TokenTest, HasTheGroupsOfTheUser) {
  const std::vector<ULONG> answer = Ask(token_, TokenGroups);
  const auto* groups = reinterpret_cast<const TOKEN_GROUPS*>(answer.data());
  std::string all;
  for (ULONG i = 0; i < groups->GroupCount; ++i) {
    const SID_AND_ATTRIBUTES& group = *(groups->Groups + i);
    all += Text(group.Sid) + " ";
    EXPECT_NE(group.Attributes & SE_GROUP_ENABLED, 0u);
  }
  EXPECT_NE(all.find("S-1-22-2-" + std::to_string(getegid()) + " "), std::string::npos) << all;
  EXPECT_NE(all.find("S-1-1-0 "), std::string::npos) << all;
  EXPECT_EQ(all.find("S-1-5-32-544 ") != std::string::npos, geteuid() == 0) << all;
}

TEST_F(TokenTest, TellsWhetherItIsRoots) {
  TOKEN_ELEVATION elevation = {9};
  DWORD needed = 0;
  EXPECT_FALSE(GetTokenInformation(token_, TokenElevation, &elevation, 4, &needed));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_BAD_LENGTH));
  EXPECT_TRUE(GetTokenInformation(token_, TokenElevation, &elevation, sizeof(elevation), &needed));
  EXPECT_EQ(elevation.TokenIsElevated, geteuid() == 0 ? 1u : 0u);
  TOKEN_ELEVATION_TYPE kind = TokenElevationTypeLimited;
  EXPECT_TRUE(GetTokenInformation(token_, TokenElevationType, &kind, sizeof(kind), &needed));
  EXPECT_EQ(kind, TokenElevationTypeDefault);
}

TEST_F(TokenTest, RefusesWhatItDoesNotKnow) {
  char answer[64];
  DWORD needed = 9;
  EXPECT_FALSE(GetTokenInformation(token_, TokenPrivileges, answer, sizeof(answer), &needed));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_EQ(needed, 0u);
  EXPECT_FALSE(GetTokenInformation(token_, TokenImpersonationLevel, answer, sizeof(answer), &needed));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_FALSE(GetTokenInformation(token_, TokenUser, answer, sizeof(answer), nullptr));
  const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  EXPECT_FALSE(GetTokenInformation(event, TokenUser, answer, sizeof(answer), &needed));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_HANDLE));
  HANDLE token = event;
  EXPECT_FALSE(OpenProcessToken(event, TOKEN_QUERY, &token));
  EXPECT_EQ(token, nullptr);
  CloseHandle(event);
}

TEST_F(TokenTest, OfTheThreadIsThereWhileItImpersonates) {
  HANDLE token = nullptr;
  EXPECT_FALSE(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NO_TOKEN));
  ASSERT_TRUE(ImpersonateSelf(SecurityImpersonation));
  ASSERT_TRUE(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
  std::thread([] {
    HANDLE other = nullptr;
    EXPECT_FALSE(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NO_TOKEN));
  }).join();
  ASSERT_TRUE(RevertToSelf());
  HANDLE none = nullptr;
  EXPECT_FALSE(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &none));
  TOKEN_TYPE type = TokenPrimary;
  DWORD needed = 0;
  EXPECT_TRUE(GetTokenInformation(token, TokenType, &type, sizeof(type), &needed));
  EXPECT_EQ(type, TokenImpersonation);
  SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
  EXPECT_TRUE(GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &needed));
  EXPECT_EQ(level, SecurityImpersonation);
  CloseHandle(token);
}

TEST_F(TokenTest, OfAnotherThreadIsNotGiven) {
  HANDLE main_thread = nullptr;
  ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &main_thread, 0, FALSE,
                              DUPLICATE_SAME_ACCESS));
  std::thread([&] {
    HANDLE token = nullptr;
    EXPECT_FALSE(OpenThreadToken(main_thread, TOKEN_QUERY, TRUE, &token));
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NOT_SUPPORTED));
  }).join();
  CloseHandle(main_thread);
}

TEST_F(TokenTest, MembershipIsThatOfUserAndGroups) {
  BOOL is_member = FALSE;
  const Sid user = UserSid(geteuid());
  EXPECT_TRUE(CheckTokenMembership(nullptr, user.get(), &is_member));
  EXPECT_TRUE(is_member);
  EXPECT_TRUE(CheckTokenMembership(nullptr, WellKnownSid(WinBuiltinAdministratorsSid)->get(), &is_member));
  EXPECT_EQ(is_member != FALSE, geteuid() == 0);
  EXPECT_TRUE(CheckTokenMembership(nullptr, UserSid(geteuid() + 1).get(), &is_member));
  EXPECT_FALSE(is_member);
  EXPECT_FALSE(CheckTokenMembership(token_, user.get(), &is_member));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NO_IMPERSONATION_TOKEN));
}

TEST(Account, OfAUserIsFoundByItsSidAndName) {
  const passwd* const entry = getpwuid(geteuid());
  ASSERT_NE(entry, nullptr) << "the user who runs this test has no entry in the user database";
  const std::string user = entry->pw_name;
  const Sid sid = UserSid(geteuid());
  DWORD name_length = 0;
  DWORD domain_length = 0;
  SID_NAME_USE use = SidTypeUnknown;
  EXPECT_FALSE(LookupAccountSidW(nullptr, sid.get(), nullptr, &name_length, nullptr, &domain_length, &use));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  EXPECT_EQ(name_length, user.size() + 1);
  std::wstring name(name_length, L'x');
  std::wstring domain(domain_length, L'x');
  ASSERT_TRUE(LookupAccountSidW(nullptr, sid.get(), name.data(), &name_length, domain.data(), &domain_length, &use));
  EXPECT_EQ(use, SidTypeUser);
  EXPECT_EQ(name_length, user.size());
  EXPECT_EQ(std::wstring(name.c_str()), std::wstring(user.begin(), user.end()));
  domain.resize(domain_length);

  for (const std::wstring& account :
       {std::wstring(name.c_str()), L".\\" + std::wstring(name.c_str()), domain + L"\\" + std::wstring(name.c_str())}) {
    alignas(SID) char found[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(found);
    wchar_t found_domain[256];
    DWORD found_length = 256;
    ASSERT_TRUE(LookupAccountNameW(nullptr, account.c_str(), found, &size, found_domain, &found_length, &use));
    EXPECT_TRUE(EqualSid(found, sid.get()));
    EXPECT_EQ(use, SidTypeUser);
  }
}

TEST(Account, OfAGroupIsFound) {
  const group* const entry = getgrgid(0);
  ASSERT_NE(entry, nullptr) << "group 0 has no entry in the group database";
  char name[256];
  char domain[256];
  DWORD name_length = 256;
  DWORD domain_length = 256;
  SID_NAME_USE use = SidTypeUnknown;
  ASSERT_TRUE(LookupAccountSidA("", GroupSid(0).get(), name, &name_length, domain, &domain_length, &use));
  EXPECT_STREQ(name, entry->gr_name);
  EXPECT_EQ(use, SidTypeGroup);
}

TEST(Account, OfAWellKnownSidHasItsName) {
  const auto account = FindAccount(*WellKnownSid(WinBuiltinAdministratorsSid));
  ASSERT_TRUE(account.has_value());
  EXPECT_EQ(account->domain + "\\" + account->name, "BUILTIN\\Administrators");
  EXPECT_EQ(account->use, SidTypeAlias);
  EXPECT_EQ(FindAccountSid("everyone")->sid.Text(), "S-1-1-0");
  EXPECT_EQ(FindAccountSid("nt authority\\system")->sid.Text(), "S-1-5-18");
}

TEST(Account, ThatNobodyHasIsNotMapped) {
  char name[256];
  char domain[256];
  DWORD name_length = 256;
  DWORD domain_length = 256;
  SID_NAME_USE use = SidTypeUnknown;
  const Sid nobody(kUnixAuthority, {9, 9});
  EXPECT_FALSE(LookupAccountSidA(nullptr, nobody.get(), name, &name_length, domain, &domain_length, &use));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NONE_MAPPED));
  EXPECT_FALSE(LookupAccountSidA("another.example", nobody.get(), name, &name_length, domain, &domain_length, &use));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(RPC_S_SERVER_UNAVAILABLE));
  EXPECT_FALSE(FindAccountSid("").has_value());
  EXPECT_FALSE(FindAccountSid("no such name, surely").has_value());
  EXPECT_FALSE(FindAccountSid("OTHER\\root").has_value());
}

}  // namespace
}  // namespace wmi::win32
