#include "win32/security/sid.h"

#include <gtest/gtest.h>
#include <sddl.h>
#include <securitybaseapi.h>
#include <winbase.h>

#include <string>

namespace wmi::win32 {
namespace {

std::string Text(PSID sid) {
  LPSTR text = nullptr;
  if (!ConvertSidToStringSidA(sid, &text)) return "error " + std::to_string(GetLastError());
  std::string copy = text;
  LocalFree(text);
  return copy;
}

TEST(Sid, BecomesTextAndComesBack) {
  for (const char* text : {"S-1-5-32-544", "S-1-22-1-0", "S-1-22-2-4294967294", "S-1-1-0", "S-1-0x010000000000-1",
                           "S-1-5-21-1-2-3-4-5-6-7-8-9-10-11-12-13-14"}) {
    PSID sid = nullptr;
    ASSERT_TRUE(ConvertStringSidToSidA(text, &sid)) << text;
    EXPECT_EQ(Text(sid), text);
    EXPECT_TRUE(IsValidSid(sid));
    LocalFree(sid);
  }
  PSID sid = nullptr;
  ASSERT_TRUE(ConvertStringSidToSidW(L"BA", &sid));
  LPWSTR wide = nullptr;
  ASSERT_TRUE(ConvertSidToStringSidW(sid, &wide));
  EXPECT_STREQ(wide, L"S-1-5-32-544");
  LocalFree(wide);
  LocalFree(sid);
}

TEST(Sid, IsNoneInOtherForms) {
  for (const char* text : {"", "S-1", "S-1-", "S-1-5", "S-2-5-1", "S-1-5-", "S-1-5--1", "S-1-5-4294967296", "S-1-5-x",
                           "S-1-281474976710656-1", "S-1-5-1 ", "XX", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"}) {
    PSID sid = &sid;
    EXPECT_FALSE(ConvertStringSidToSidA(text, &sid)) << text;
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_SID)) << text;
    EXPECT_EQ(sid, nullptr);
  }
  EXPECT_FALSE(ConvertStringSidToSidA(nullptr, nullptr));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
}

TEST(Sid, IsPutTogetherAndTakenApart) {
  SID_IDENTIFIER_AUTHORITY authority = SECURITY_NT_AUTHORITY;
  PSID sid = nullptr;
  ASSERT_TRUE(AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0,
                                       0, 0, &sid));
  EXPECT_EQ(Text(sid), "S-1-5-32-544");
  EXPECT_EQ(GetLengthSid(sid), GetSidLengthRequired(2));
  EXPECT_EQ(*GetSidSubAuthorityCount(sid), 2);
  EXPECT_EQ(*GetSidSubAuthority(sid, 1), 544u);
  EXPECT_EQ(GetSidIdentifierAuthority(sid)->Value[5], 5);
  EXPECT_TRUE(IsWellKnownSid(sid, WinBuiltinAdministratorsSid));
  EXPECT_FALSE(IsWellKnownSid(sid, WinBuiltinUsersSid));
  alignas(SID) char copy[SECURITY_MAX_SID_SIZE];
  EXPECT_FALSE(CopySid(GetLengthSid(sid) - 1, copy, sid));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  ASSERT_TRUE(CopySid(sizeof(copy), copy, sid));
  EXPECT_TRUE(EqualSid(sid, copy));
  *GetSidSubAuthority(copy, 1) = 545;
  EXPECT_FALSE(EqualSid(sid, copy));
  EXPECT_TRUE(EqualPrefixSid(sid, copy));
  *GetSidSubAuthority(copy, 0) = 33;
  EXPECT_FALSE(EqualPrefixSid(sid, copy));
  EXPECT_EQ(FreeSid(sid), nullptr);
  EXPECT_FALSE(AllocateAndInitializeSid(&authority, 9, 0, 0, 0, 0, 0, 0, 0, 0, &sid));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_SID));
  EXPECT_FALSE(IsValidSid(nullptr));
  copy[1] = 16;
  EXPECT_FALSE(IsValidSid(copy));
  copy[1] = 15;
  EXPECT_TRUE(IsValidSid(copy));
}

TEST(Sid, OfAWellKnownTypeIsMade) {
  alignas(SID) char sid[SECURITY_MAX_SID_SIZE];
  DWORD size = 8;
  EXPECT_FALSE(CreateWellKnownSid(WinWorldSid, nullptr, sid, &size));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  EXPECT_EQ(size, 16u);
  EXPECT_TRUE(CreateWellKnownSid(WinWorldSid, nullptr, sid, &size));
  EXPECT_EQ(Text(sid), "S-1-1-0");
  size = sizeof(sid);
  EXPECT_FALSE(CreateWellKnownSid(static_cast<WELL_KNOWN_SID_TYPE>(5), nullptr, sid, &size));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
}

TEST(Sid, CanBeInitializedInPlace) {
  alignas(SID) char sid[SECURITY_MAX_SID_SIZE];
  SID_IDENTIFIER_AUTHORITY authority = {{0, 0, 0, 0, 0, 22}};
  ASSERT_TRUE(InitializeSid(sid, &authority, 2));
  *GetSidSubAuthority(sid, 0) = 1;
  *GetSidSubAuthority(sid, 1) = 1000;
  EXPECT_EQ(Text(sid), "S-1-22-1-1000");
  EXPECT_FALSE(InitializeSid(sid, &authority, 16));
}

}  // namespace
}  // namespace wmi::win32
