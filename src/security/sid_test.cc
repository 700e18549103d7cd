#include "security/sid.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wmi::security {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(SecuritySid, IsReadFromTextAndWritten) {
  struct Case {
    const char* text;
    const char* sid;  // null: none
  };
  const Case cases[] = {
      {"S-1-5-32-544", "S-1-5-32-544"},
      {"s-1-1-0", "S-1-1-0"},
      {"S-1-22-1-4294967295", "S-1-22-1-4294967295"},
      {"S-1-0x000100000000-7", "S-1-0x000100000000-7"},
      {"S-1-0xffffffffffff-7", "S-1-0xffffffffffff-7"},
      {"S-1-0x5-18", "S-1-5-18"},
      {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"},
      {"BA", "S-1-5-32-544"},
      {"wd", "S-1-1-0"},
      {"SY", "S-1-5-18"},
      {"AU", "S-1-5-11"},
      {"OW", "S-1-3-4"},
      {"", nullptr},
      {"S", nullptr},
      {"S-", nullptr},
      {"S-1", nullptr},
      {"S-1-", nullptr},
      {"S-1-5", nullptr},  // no part
      {"S-1-5-", nullptr},
      {"S-1-5-x", nullptr},
      {"S-2-5-18", nullptr},
      {"S-1-5-18 ", nullptr},
      {"S-1--5", nullptr},
      {"S-1-5--5", nullptr},
      {"S-1-5-4294967296", nullptr},
      {"S-1-4294967296-1", nullptr},  // is to be hexadecimal
      {"S-1-0x1000000000000-1", nullptr},
      {"S-1-0x-1", nullptr},
      {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", nullptr},
      {"DA", nullptr},  // of a domain
      {"ZZ", nullptr},
      {"B", nullptr},
  };
  for (const Case& one : cases) {
    const std::optional<Sid> sid = Sid::FromText(one.text);
    ASSERT_EQ(sid.has_value(), one.sid != nullptr) << one.text;
    if (sid) {
      EXPECT_EQ(sid->Text(), one.sid);
    }
  }
}

TEST(SecuritySid, IsTakenOffATextThatGoesOn) {
  std::string_view text = "S-1-5-32-544D:(A)";  // D is a hexadecimal digit
  EXPECT_EQ(Sid::TakeFrom(text), kAdministrators);
  EXPECT_EQ(text, "D:(A)");
  text = "BAG:BA";
  EXPECT_EQ(Sid::TakeFrom(text), kAdministrators);
  EXPECT_EQ(text, "G:BA");
  text = "S-1-5-x";
  EXPECT_EQ(Sid::TakeFrom(text), std::nullopt);
  EXPECT_EQ(text, "S-1-5-x");
}

TEST(SecuritySid, IsReadFromBytesAndWritten) {
  const Bytes administrators = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0};
  EXPECT_EQ(Sid::FromBytes(administrators), kAdministrators);
  EXPECT_EQ(kAdministrators.Bytes(), administrators);
  EXPECT_EQ(kAdministrators.byte_count(), administrators.size());
  const Bytes wide = {1, 1, 1, 2, 3, 4, 5, 6, 0xff, 0xfe, 0xfd, 0xfc};
  ASSERT_TRUE(Sid::FromBytes(wide));
  EXPECT_EQ(Sid::FromBytes(wide)->Text(), "S-1-0x010203040506-4244504319");
  EXPECT_EQ(Sid::FromBytes(wide)->Bytes(), wide);
  Bytes more = administrators;
  more.push_back(9);
  EXPECT_EQ(Sid::FromBytes(more), kAdministrators);  // what follows is somebody else's

  for (std::size_t size = 0; size < administrators.size(); ++size) {
    EXPECT_EQ(Sid::FromBytes(std::span(administrators).first(size)), std::nullopt) << size;
  }
  Bytes revision = administrators;
  revision[0] = 2;
  EXPECT_EQ(Sid::FromBytes(revision), std::nullopt);
  Bytes most(8 + 4 * Sid::kPartsMax);
  most[0] = 1;
  most[1] = Sid::kPartsMax;
  EXPECT_TRUE(Sid::FromBytes(most));
  most[1] = Sid::kPartsMax + 1;
  most.resize(most.size() + 4);
  EXPECT_EQ(Sid::FromBytes(most), std::nullopt);
}

TEST(SecuritySid, KnowsUsersByTheirNumber) {
  EXPECT_EQ(UserSid(1000).Text(), "S-1-22-1-1000");
  EXPECT_EQ(GroupSid(27).Text(), "S-1-22-2-27");
  EXPECT_EQ(UserOf(UserSid(1000)), 1000u);
  EXPECT_EQ(UserOf(GroupSid(1000)), std::nullopt);
  EXPECT_EQ(UserOf(kAdministrators), std::nullopt);
  EXPECT_EQ(UserOf(kEveryone), std::nullopt);
}

}  // namespace
}  // namespace wmi::security
