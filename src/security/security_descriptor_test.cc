#include "security/security_descriptor.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "security/descriptor_for_test.h"
#include "security/limits.h"

namespace wmi::security {
namespace {

constexpr auto kAllow = AccessEntry::Kind::kAllow;
constexpr auto kDeny = AccessEntry::Kind::kDeny;

SecurityDescriptor Sample() {
  return {kAdministrators, kLocalSystem,
          std::vector<AccessEntry>{{kDeny, 0, 0x40, UserSid(1000)}, {kAllow, 0x0b, 0x1000'00c0, kEveryone}}};
}

// ---- bytes ----------------------------------------------------------------------------------------------------------

TEST(SecurityDescriptor, IsReadFromBytes) {
  const Bytes bytes = BytesOf(Sample());
  const Result<SecurityDescriptor> read = SecurityDescriptor::FromBytes(bytes);
  ASSERT_TRUE(read.ok()) << read.status().Message();
  EXPECT_EQ(*read, Sample());
}

TEST(SecurityDescriptor, PartsMayBeMissing) {
  const SecurityDescriptor cases[] = {
      {},
      {kAdministrators, {}, {}},
      {{}, kAdministrators, {}},
      {{}, {}, std::vector<AccessEntry>()},
      {kEveryone, {}, std::vector<AccessEntry>{{kAllow, 0, 1, kEveryone}}},
  };
  for (const SecurityDescriptor& descriptor : cases) {
    const Result<SecurityDescriptor> read = SecurityDescriptor::FromBytes(BytesOf(descriptor));
    ASSERT_TRUE(read.ok()) << read.status().Message();
    EXPECT_EQ(*read, descriptor);
  }
}

TEST(SecurityDescriptor, AListThatIsNullOrNotDeclaredIsNone) {
  Bytes bytes = BytesOf(Sample());
  Patch(bytes, 16, 0);
  EXPECT_EQ(SecurityDescriptor::FromBytes(bytes)->dacl, std::nullopt);
  bytes = BytesOf(Sample());
  bytes[2] = 0;  // without SE_DACL_PRESENT the offset means nothing
  Patch(bytes, 16, 0xffff'ffff);
  EXPECT_EQ(SecurityDescriptor::FromBytes(bytes)->dacl, std::nullopt);
}

TEST(SecurityDescriptor, PartsMayShareTheirBytes) {
  Bytes bytes = BytesOf(Sample());
  Patch(bytes, 8, 20);
  const Result<SecurityDescriptor> read = SecurityDescriptor::FromBytes(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->owner, read->group);
}

TEST(SecurityDescriptor, NoPartOfItsBytesIsOne) {
  const Bytes bytes = BytesOf(Sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(SecurityDescriptor::FromBytes(std::span(bytes).first(size)).ok()) << size;
  }
}

TEST(SecurityDescriptor, MalformedBytesAreRefusedWithTheirPlace) {
  // Of the sample: owner at 20, group at 36, list at 48 with entries at 56 and 80.
  struct Case {
    std::size_t at;
    std::uint8_t byte;
    const char* told;
  };
  const Case cases[] = {
      {0, 2, "revision"},
      {3, 0, "self-relative"},
      {4, 19, "offset of its owner"},
      {7, 0x80, "offset of its owner"},
      {8, 255, "offset of its group"},
      {16, 1, "offset of its DACL"},
      {16, 99, "the head of its DACL"},
      {20, 9, "its owner is no security identifier"},
      {21, 16, "its owner is no security identifier"},
      {37, 15, "its group is no security identifier"},
      {48, 1, "revision 1"},
      {48, 5, "revision 5"},
      {50, 7, "length of its DACL"},
      {51, 1, "length of its DACL"},
      {52, 3, "entry 2 of 3"},
      {53, 255, "entry 2 of"},
      {56, 5, "entry 0 of its DACL is of the type 5"},
      {58, 7, "entry 0 of 2"},
      {58, 255, "entry 0 of 2"},
      {58, 8, "entry 0 of its DACL is for"},
      {80, 17, "entry 1 of its DACL is of the type 17"},
      {89, 2, "entry 1 of its DACL is for"},
  };
  for (const Case& one : cases) {
    Bytes bytes = BytesOf(Sample());
    ASSERT_EQ(bytes.size(), 100u);
    bytes[one.at] = one.byte;
    const Result<SecurityDescriptor> read = SecurityDescriptor::FromBytes(bytes);
    ASSERT_FALSE(read.ok()) << one.at << " = " << int{one.byte};
    EXPECT_EQ(read.status().code(), code::kInvalidParameter);
    EXPECT_NE(read.status().Message().find(one.told), std::string::npos) << one.at << ": " << read.status().Message();
  }
}

TEST(SecurityDescriptor, BytesAreBounded) {
  Bytes bytes = BytesOf(Sample());
  bytes.resize(kDescriptorBytesMax);
  EXPECT_TRUE(SecurityDescriptor::FromBytes(bytes).ok());
  bytes.push_back(0);
  EXPECT_FALSE(SecurityDescriptor::FromBytes(bytes).ok());
}

// ---- SDDL -----------------------------------------------------------------------------------------------------------

TEST(Sddl, IsRead) {
  struct Case {
    const char* text;
    SecurityDescriptor descriptor;
  };
  using List = std::vector<AccessEntry>;
  const Case cases[] = {
      {"", {}},
      {"O:BA", {kAdministrators, {}, {}}},
      {"O:BAG:BA", {kAdministrators, kAdministrators, {}}},
      {"G:S-1-5-18O:BA", {kAdministrators, kLocalSystem, {}}},
      {"D:", {{}, {}, List()}},
      {"D:P", {{}, {}, List()}},
      {"D:PARAI", {{}, {}, List()}},
      {"D:NO_ACCESS_CONTROL", {}},
      {"D:PNO_ACCESS_CONTROL", {}},
      {"O:BAG:BAD:(A;;0x80;;;BA)", {kAdministrators, kAdministrators, List{{kAllow, 0, 0x80, kAdministrators}}}},
      {"O:BAG:BAD:(A;CI;0x60003;;;WD)", {kAdministrators, kAdministrators, List{{kAllow, 2, 0x60003, kEveryone}}}},
      {"O:S-1-5-32-544D:(A;;64;;;S-1-22-1-1000)", {kAdministrators, {}, List{{kAllow, 0, 64, UserSid(1000)}}}},
      {"D:AI(D;OICINPIOID;GA;;;AU)(A;;;;;WD)",
       {{}, {}, List{{kDeny, 0x1f, 0x10000000, kAuthenticatedUsers}, {kAllow, 0, 0, kEveryone}}}},
      {"D:(A;;GAGRGWGX;;;WD)", {{}, {}, List{{kAllow, 0, 0xf0000000, kEveryone}}}},
      {"D:(A;;CCDCLCSWRPWPDTLOCR;;;WD)", {{}, {}, List{{kAllow, 0, 0x1ff, kEveryone}}}},
      {"D:(A;;RCSDWDWO;;;WD)", {{}, {}, List{{kAllow, 0, 0xf0000, kEveryone}}}},
      {"D:(A;;FA;;;WD)(A;;KA;;;WD)", {{}, {}, List{{kAllow, 0, 0x1f01ff, kEveryone}, {kAllow, 0, 0xf003f, kEveryone}}}},
      {"D:(A;;0xFFffFFff;;;WD)(A;;4294967295;;;WD)(A;;0;;;WD)",
       {{},
        {},
        List{{kAllow, 0, 0xffffffff, kEveryone}, {kAllow, 0, 0xffffffff, kEveryone}, {kAllow, 0, 0, kEveryone}}}},
      {"o:bag:bad:(a;ci;ga;;;wd)", {kAdministrators, kAdministrators, List{{kAllow, 2, 0x10000000, kEveryone}}}},
      {" O: BA\n D: ( A ; CI OI ; 0x40 ; ; ; WD )\r\n\t( D;;1;;;WD ) ",
       {kAdministrators, {}, List{{kAllow, 3, 0x40, kEveryone}, {kDeny, 0, 1, kEveryone}}}},
      {"D:(A;;1;;;WD)S:P(AU;SAFA;WDWOSDWPCCDCSW;;;WD)(RA;CI;;;;S-1-1-0;(\"Project\",TS,0,\"Windows\"))",
       {{}, {}, List{{kAllow, 0, 1, kEveryone}}}},
      {"S:D:", {{}, {}, List()}},
  };
  for (const Case& one : cases) {
    const Result<SecurityDescriptor> read = SecurityDescriptor::FromText(one.text);
    ASSERT_TRUE(read.ok()) << one.text << ": " << read.status().Message();
    EXPECT_EQ(*read, one.descriptor) << one.text;
  }
}

TEST(Sddl, MalformedTextIsRefusedWithItsPlace) {
  struct Case {
    const char* text;
    int column;
    const char* told;
  };
  const Case cases[] = {
      {"X", 1, "O:, G:, D: or S:"},
      {"BA", 1, "O:, G:, D: or S:"},
      {"O:", 3, "security identifier"},
      {"O:XX", 3, "security identifier"},
      {"O:DA", 3, "every machine"},
      {"O:S-1-5", 3, "security identifier"},
      {"O:BA O:BA", 6, "second owner"},
      {"G:BAG:BA", 5, "second group"},
      {"D:D:", 3, "second DACL"},
      {"S:S:", 3, "second SACL"},
      {"D:X", 3, "O:, G:, D: or S:"},
      {"D:(", 4, "A;"},
      {"D:()", 4, "A;"},
      {"D:(OA;;1;;;WD)", 4, "not understood"},
      {"D:(XA;;1;;;WD)", 4, "not understood"},
      {"D:(AU;;1;;;WD)", 4, "not understood"},
      {"D:(A;XX;1;;;WD)", 6, "flags"},
      {"D:(A;C;1;;;WD)", 6, "flags"},
      {"D:(A;;XX;;;WD)", 7, "rights"},
      {"D:(A;;GAX;;;WD)", 9, "rights"},
      {"D:(A;;-1;;;WD)", 7, "rights"},
      {"D:(A;;0x;;;WD)", 7, "32 bits"},
      {"D:(A;;0x100000000;;;WD)", 7, "32 bits"},
      {"D:(A;;4294967296;;;WD)", 7, "32 bits"},
      {"D:(A;;0100;;;WD)", 7, "begin with 0"},
      {"D:(A;;0x40", 11, "';' is expected"},
      {"D:(A;;0x40g;;;WD)", 11, "';' is expected"},
      {"D:(A;;1;aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb;;WD)", 9, "';' is expected"},
      {"D:(A;;1;;;)", 11, "security identifier"},
      {"D:(A;;1;;;WD", 13, "')' is expected"},
      {"D:(A;;1;;;WD;(x))", 13, "')' is expected"},
      {"D:(A;;1;;;WD)x", 14, "O:, G:, D: or S:"},
      {"S:(AU;;1;;;WD", 3, "has no ')'"},
      {"O:BA\nG:X", 3, "of line 2"},
  };
  for (const Case& one : cases) {
    const Result<SecurityDescriptor> read = SecurityDescriptor::FromText(one.text);
    ASSERT_FALSE(read.ok()) << one.text;
    EXPECT_EQ(read.status().code(), code::kInvalidParameter);
    ASSERT_NE(read.status().detail(), nullptr);
    EXPECT_EQ(read.status().detail()->column, one.column) << one.text;
    EXPECT_EQ(read.status().detail()->parameter, one.text);
    EXPECT_NE(read.status().Message().find(one.told), std::string::npos) << read.status().Message();
    EXPECT_NE(read.status().Message().find(fmt::format("column {}", one.column)), std::string::npos);
  }
}

TEST(Sddl, IsBounded) {
  std::string text = "D:";
  for (std::size_t i = 0; i < kEntriesMax; ++i) text += "(A;;1;;;WD)";
  EXPECT_TRUE(SecurityDescriptor::FromText(text).ok());
  EXPECT_FALSE(SecurityDescriptor::FromText(text + "(A;;1;;;WD)").ok());
  EXPECT_TRUE(SecurityDescriptor::FromText(std::string(kDescriptorCharactersMax, ' ')).ok());
  EXPECT_FALSE(SecurityDescriptor::FromText(std::string(kDescriptorCharactersMax + 1, ' ')).ok());
}

}  // namespace
}  // namespace wmi::security
