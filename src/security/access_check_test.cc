#include "security/access_check.h"

#include <gtest/gtest.h>

#include <string>

namespace wmi::security {
namespace {

// A user of no groups of his own: everybody and authenticated.
Subject User(std::uint32_t uid) { return Subject::Named(UserSid(uid)); }

TEST(AccessCheck, FollowsTheOrderOfTheList) {
  struct Case {
    const char* sddl;
    Rights wanted;
    bool user;  // 1000
    bool root;
  };
  const Case cases[] = {
      {"", kSubscribe, true, true},  // no list: everybody
      {"D:NO_ACCESS_CONTROL", kSubscribe | kPublish, true, true},
      {"D:", kSubscribe, false, false},  // an empty one: nobody, not even root
      {"D:(A;;0x40;;;WD)", kSubscribe, true, true},
      {"D:(A;;0x40;;;AU)", kSubscribe, true, true},
      {"D:(A;;0x40;;;BA)", kSubscribe, false, true},
      {"D:(A;;0x40;;;SY)", kSubscribe, false, true},
      {"D:(A;;0x40;;;S-1-22-1-1000)", kSubscribe, true, false},
      {"D:(A;;0x40;;;S-1-22-1-1001)", kSubscribe, false, false},
      {"D:(A;;0x40;;;S-1-22-1-0)", kSubscribe, false, true},
      {"D:(A;;0x40;;;S-1-22-2-0)", kSubscribe, false, true},
      {"D:(A;;0x80;;;WD)", kSubscribe, false, false},
      {"D:(A;;0x40;;;WD)", kSubscribe | kPublish, false, false},
      {"D:(A;;0x40;;;WD)(A;;0x80;;;BA)", kSubscribe | kPublish, false, true},  // gathered from several
      // what comes first counts
      {"D:(D;;0x40;;;S-1-22-1-1000)(A;;0x40;;;WD)", kSubscribe, false, true},
      {"D:(A;;0x40;;;WD)(D;;0x40;;;S-1-22-1-1000)", kSubscribe, true, true},
      {"D:(A;;0x40;;;WD)(D;;0x80;;;S-1-22-1-1000)(A;;0x80;;;WD)", kSubscribe | kPublish, false, true},
      {"D:(D;;0x80;;;WD)(A;;0x40;;;WD)", kSubscribe, true, true},  // denies what nobody asked for
      // an entry for the children alone
      {"D:(A;CIIO;0x40;;;WD)", kSubscribe, false, false},
      {"D:(D;CIIO;0x40;;;WD)(A;CI;0x40;;;WD)", kSubscribe, true, true},
      // generic rights
      {"D:(A;;GA;;;WD)", kSubscribe | kPublish | kEnable | kRemoteAccess | kMethodExecute | kWriteDac, true, true},
      {"D:(A;;GR;;;WD)", kSubscribe | kEnable | kReadControl, true, true},
      {"D:(A;;GR;;;WD)", kPublish, false, false},
      {"D:(A;;GW;;;WD)", kPublish | kFullWrite | kPartialWrite | kWriteProvider, true, true},
      {"D:(A;;GW;;;WD)", kSubscribe, false, false},
      {"D:(A;;GX;;;WD)", kMethodExecute, true, true},
      {"D:(D;;GA;;;BA)(A;;0x40;;;WD)", kSubscribe, true, false},
      // the owner
      {"O:S-1-22-1-1000D:", kReadControl | kWriteDac, true, false},
      {"O:S-1-22-1-1000D:", kReadControl | kSubscribe, false, false},
      {"O:S-1-22-1-1000D:(D;;RCWD;;;WD)", kReadControl, true, false},
      {"O:S-1-22-1-1000D:(A;;0x40;;;OW)", kReadControl, false, false},
      {"O:S-1-22-1-1000D:(A;;0x40;;;OW)", kSubscribe, true, false},
      {"O:S-1-22-1-1000D:(A;CIIO;0x40;;;OW)", kReadControl, true, false},
      {"O:BAD:", kWriteDac, false, true},
      {"G:S-1-22-1-1000D:", kReadControl, false, false},
      // nothing is had by everybody
      {"D:", 0, true, true},
  };
  const Subject user = User(1000);
  const Subject root = Subject::Named(kAdministrators);
  for (const Case& one : cases) {
    const Result<SecurityDescriptor> descriptor = SecurityDescriptor::FromText(one.sddl);
    ASSERT_TRUE(descriptor.ok()) << descriptor.status().Message();
    EXPECT_EQ(HasRights(*descriptor, user, one.wanted), one.user) << one.sddl << " " << one.wanted;
    EXPECT_EQ(HasRights(*descriptor, root, one.wanted), one.root) << one.sddl << " " << one.wanted;
  }
}

}  // namespace
}  // namespace wmi::security
