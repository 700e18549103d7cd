#include "base/codes.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace wmi {
namespace {

struct Row {
  Code constant;
  std::string_view name;
  std::uint32_t value;
  std::string_view text;
};

constexpr Row kRows[] = {
#define WMI_CODE(identifier, name, value, text) {code::identifier, #name, value, text},
#include "base/codes.inc"
#undef WMI_CODE
};

TEST(Codes, ValuesAndNamesAreUnique) {
  std::set<Code> values;
  std::set<std::string_view> names;
  for (const Row& row : kRows) {
    EXPECT_TRUE(values.insert(row.constant).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
}

TEST(Codes, NameTextAndValueLeadToEachOther) {
  for (const Row& row : kRows) {
    EXPECT_EQ(static_cast<std::uint32_t>(row.constant), row.value) << row.name;
    EXPECT_EQ(CodeName(row.constant), row.name);
    EXPECT_EQ(CodeText(row.constant), row.text);
    EXPECT_EQ(FindCode(row.name), row.constant);
    EXPECT_FALSE(row.text.empty()) << row.name;
    EXPECT_FALSE(row.text.ends_with('.')) << row.name;
  }
}

TEST(Codes, TheNameSaysWhetherItIsAFailure) {
  for (const Row& row : kRows) {
    const bool names_failure = row.name.find("_E_") != std::string_view::npos || row.name.starts_with("E_") ||
                               row.name.starts_with("WBEMESS_E_");
    const bool names_success = row.name.find("_S_") != std::string_view::npos;
    EXPECT_TRUE(!names_success || Succeeded(row.constant)) << row.name;
    EXPECT_TRUE(!names_failure || Failed(row.constant)) << row.name;
  }
}

// Anchors to the published values (MS-WMI 2.2.11), so that a slip in the list is seen.
TEST(Codes, WellKnownValuesAreThePublishedOnes) {
  EXPECT_EQ(static_cast<std::uint32_t>(code::kFailed), 0x80041001u);
  EXPECT_EQ(static_cast<std::uint32_t>(code::kNotFound), 0x80041002u);
  EXPECT_EQ(static_cast<std::uint32_t>(code::kInvalidNamespace), 0x8004100Eu);
  EXPECT_EQ(static_cast<std::uint32_t>(code::kInvalidClass), 0x80041010u);
  EXPECT_EQ(static_cast<std::uint32_t>(code::kInvalidQuery), 0x80041017u);
  EXPECT_EQ(FindCode("WBEM_E_CALL_CANCELLED"), static_cast<Code>(0x80041032));
  EXPECT_EQ(code::kTimedOutOk, 0x40004);
}

TEST(Codes, StrangersHaveNeitherNameNorText) {
  EXPECT_EQ(CodeName(0x12345), "");
  EXPECT_EQ(CodeText(0x12345), "");
  EXPECT_EQ(FindCode("WBEM_E_NO_SUCH_CODE"), std::nullopt);
  EXPECT_EQ(FindCode(""), std::nullopt);
}

}  // namespace
}  // namespace wmi
