// Environment variables. The tests set their own and remove them.
#include <gtest/gtest.h>
#include <winnt.h>

namespace {

class Environment : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(setenv("OPENWMI_TEST_VALUE", "gr\xc3\xbc\xc3\x9f", 1), 0); }
  void TearDown() override { unsetenv("OPENWMI_TEST_VALUE"); }
};

TEST_F(Environment, AValueIsCopied) {
  char narrow[7];
  size_t needed = 0;
  EXPECT_EQ(getenv_s(&needed, narrow, 7, "OPENWMI_TEST_VALUE"), 0);
  EXPECT_EQ(needed, 7u);
  EXPECT_STREQ(narrow, "gr\xc3\xbc\xc3\x9f");
  wchar_t wide[5];
  EXPECT_EQ(_wgetenv_s(&needed, wide, L"OPENWMI_TEST_VALUE"), 0);
  EXPECT_EQ(needed, 5u);
  EXPECT_STREQ(wide, L"gr\u00fc\u00df");
}

TEST_F(Environment, ATargetThatIsTooSmallLearnsTheSize) {
  char narrow[6] = "old";
  size_t needed = 0;
  EXPECT_EQ(getenv_s(&needed, narrow, "OPENWMI_TEST_VALUE"), ERANGE);
  EXPECT_EQ(needed, 7u);
  EXPECT_STREQ(narrow, "");
  EXPECT_EQ(getenv_s(&needed, nullptr, 0, "OPENWMI_TEST_VALUE"), 0);
  EXPECT_EQ(needed, 7u);
  EXPECT_EQ(_wgetenv_s(&needed, nullptr, 0, L"OPENWMI_TEST_VALUE"), 0);
  EXPECT_EQ(needed, 5u);
}

TEST_F(Environment, NoVariableIsSuccessAndSizeZero) {
  char narrow[6] = "old";
  size_t needed = 9;
  EXPECT_EQ(getenv_s(&needed, narrow, 6, "OPENWMI_TEST_NONE"), 0);
  EXPECT_EQ(needed, 0u);
  EXPECT_STREQ(narrow, "");
  char* copy = narrow;
  EXPECT_EQ(_dupenv_s(&copy, &needed, "OPENWMI_TEST_NONE"), 0);
  EXPECT_EQ(copy, nullptr);
  EXPECT_EQ(_wgetenv(L"OPENWMI_TEST_NONE"), nullptr);
}

TEST_F(Environment, ADuplicateIsTheCallers) {
  char* narrow = nullptr;
  size_t size = 0;
  EXPECT_EQ(_dupenv_s(&narrow, &size, "OPENWMI_TEST_VALUE"), 0);
  EXPECT_STREQ(narrow, "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(size, 7u);
  free(narrow);
  wchar_t* wide = nullptr;
  EXPECT_EQ(_wdupenv_s(&wide, nullptr, L"OPENWMI_TEST_VALUE"), 0);
  EXPECT_STREQ(wide, L"gr\u00fc\u00df");
  free(wide);
}

TEST_F(Environment, AnAnswerStaysWhenTheVariableChanges) {
  const wchar_t* first = _wgetenv(L"OPENWMI_TEST_VALUE");
  EXPECT_STREQ(first, L"gr\u00fc\u00df");
  EXPECT_EQ(_wputenv_s(L"OPENWMI_TEST_VALUE", L"\u20ac"), 0);
  EXPECT_STREQ(_wgetenv(L"OPENWMI_TEST_VALUE"), L"\u20ac");
  EXPECT_STREQ(getenv("OPENWMI_TEST_VALUE"), "\xe2\x82\xac");
  EXPECT_STREQ(first, L"gr\u00fc\u00df");
  EXPECT_EQ(_putenv_s("OPENWMI_TEST_VALUE", "gr\xc3\xbc\xc3\x9f"), 0);
  EXPECT_EQ(_wgetenv(L"OPENWMI_TEST_VALUE"), first);
}

TEST_F(Environment, AnEmptyValueRemoves) {
  EXPECT_EQ(_putenv_s("OPENWMI_TEST_VALUE", ""), 0);
  EXPECT_EQ(getenv("OPENWMI_TEST_VALUE"), nullptr);
}

TEST_F(Environment, RefusesNullAndImpossibleNames) {
  char target[4] = "old";
  size_t needed = 0;
  EXPECT_EQ(getenv_s(nullptr, target, 4, "A"), EINVAL);
  EXPECT_EQ(getenv_s(&needed, target, 4, nullptr), EINVAL);
  EXPECT_EQ(getenv_s(&needed, nullptr, 4, "A"), EINVAL);
  EXPECT_EQ(_dupenv_s(nullptr, nullptr, "A"), EINVAL);
  EXPECT_EQ(_putenv_s("A=B", "c"), EINVAL);
  EXPECT_EQ(_putenv_s("", "c"), EINVAL);
  EXPECT_EQ(_putenv_s("A", nullptr), EINVAL);
  EXPECT_EQ(_wgetenv(nullptr), nullptr);
}

}  // namespace
