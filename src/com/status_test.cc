// The public enumeration and the list of codes inside are one: checked when this file is compiled.
#include <comdef.h>
#include <gtest/gtest.h>
#include <wbemidl.h>

#include <string>
#include <type_traits>

#include "base/codes.h"
#include "win32/status_text.h"

namespace {

#define WMI_CODE(identifier, name, value, text)                            \
  static_assert(static_cast<int>(name) == static_cast<int>(value), #name); \
  static_assert(static_cast<int>(name) == wmi::code::identifier, #name);
#include "base/codes.inc"
#undef WMI_CODE

static_assert(std::is_same_v<std::underlying_type_t<WBEMSTATUS>, int>);
static_assert(static_cast<long>(WBEM_INFINITE) == -1);
static_assert(sizeof(HRESULT) == 4 && sizeof(LONG) == 8 && sizeof(DWORD) == 8 && sizeof(BOOL) == 4);
static_assert(sizeof(GUID) == 16 && sizeof(FILETIME) == 8 && sizeof(DECIMAL) == 16 && sizeof(VARIANT) == 24);
static_assert(std::is_same_v<SCODE, HRESULT> && std::is_same_v<CIMTYPE, long>);
static_assert(std::is_same_v<BSTR, wchar_t*>);

int Classify(HRESULT hr) {
  switch (hr) {
    case WBEM_E_NOT_FOUND:
      return 1;
    case E_FAIL:
      return 2;
    case WBEM_S_NO_ERROR:
      return 3;
    default:
      return 0;
  }
}

TEST(Status, CodesAreLabelsOfASwitchOnHresult) {
  EXPECT_EQ(Classify(WBEM_E_NOT_FOUND), 1);
  EXPECT_EQ(Classify(E_FAIL), 2);
  EXPECT_EQ(Classify(S_OK), 3);
  EXPECT_EQ(Classify(E_NOTIMPL), 0);
}

TEST(Status, TextsComeFromTheListOfCodesAndFromOurs) {
  EXPECT_EQ(wmi::win32::StatusText(WBEM_E_INVALID_QUERY), wmi::CodeText(WBEM_E_INVALID_QUERY));
  EXPECT_FALSE(wmi::win32::StatusText(E_NOINTERFACE).empty());
  EXPECT_TRUE(wmi::win32::StatusText(0x12345678).empty());
  EXPECT_EQ(_openwmi_status_text(0x12345678), nullptr);
  EXPECT_STREQ(_openwmi_status_text(WBEM_E_FAILED), std::string(wmi::CodeText(WBEM_E_FAILED)).c_str());
}

}  // namespace
