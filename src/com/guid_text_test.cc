#include <gtest/gtest.h>
#include <wbemidl.h>

#include <cwchar>
#include <set>
#include <string>

#include "base/fault.h"
#include "com/memory.h"

namespace {

constexpr wchar_t kLocator[] = L"{4590F811-1D3A-11D0-891F-00AA004B2E24}";

TEST(GuidText, WritesTheCanonicalForm) {
  wchar_t buffer[39];
  EXPECT_EQ(StringFromGUID2(CLSID_WbemLocator, buffer, 39), 39);
  EXPECT_STREQ(buffer, kLocator);
  EXPECT_EQ(StringFromGUID2(CLSID_WbemLocator, buffer, 38), 0);
  EXPECT_EQ(StringFromGUID2(CLSID_WbemLocator, nullptr, 39), 0);
}

TEST(GuidText, ReadsItBackInAnyCase) {
  CLSID clsid;
  EXPECT_EQ(CLSIDFromString(kLocator, &clsid), S_OK);
  EXPECT_EQ(clsid, CLSID_WbemLocator);
  EXPECT_EQ(CLSIDFromString(L"{4590f811-1d3a-11d0-891f-00aa004b2e24}", &clsid), S_OK);
  EXPECT_EQ(clsid, CLSID_WbemLocator);
  EXPECT_EQ(IIDFromString(nullptr, &clsid), S_OK);
  EXPECT_EQ(clsid, GUID_NULL);
}

TEST(GuidText, RefusesEverythingElse) {
  CLSID clsid;
  for (const wchar_t* bad : {L"", L"4590F811-1D3A-11D0-891F-00AA004B2E24", L"{4590F811-1D3A-11D0-891F-00AA004B2E2}",
                             L"{4590F811-1D3A-11D0-891F-00AA004B2E24}x", L"{4590F811+1D3A-11D0-891F-00AA004B2E24}",
                             L"{4590F81G-1D3A-11D0-891F-00AA004B2E24}", L"{4590F811-1D3A-11D0-891F-00AA004B2E24)",
                             L"WbemScripting.Locator"}) {
    EXPECT_EQ(CLSIDFromString(bad, &clsid), CO_E_CLASSSTRING);
    EXPECT_EQ(clsid, GUID_NULL);
    EXPECT_EQ(IIDFromString(bad, &clsid), CO_E_IIDSTRING);
  }
  EXPECT_EQ(CLSIDFromString(kLocator, nullptr), E_INVALIDARG);
}

TEST(GuidText, AllocatedTextComesFromTaskMemory) {
  LPOLESTR text = nullptr;
  ASSERT_EQ(StringFromCLSID(CLSID_WbemLocator, &text), S_OK);
  EXPECT_STREQ(text, kLocator);
  CoTaskMemFree(text);
  ASSERT_EQ(StringFromIID(IID_IUnknown, &text), S_OK);
  EXPECT_STREQ(text, L"{00000000-0000-0000-C000-000000000046}");
  CoTaskMemFree(text);
  const wmi::FaultScope fault(wmi::com::kAllocationFault, 1, wmi::FaultMode::kFromThere);
  EXPECT_EQ(StringFromCLSID(CLSID_WbemLocator, &text), E_OUTOFMEMORY);
  EXPECT_EQ(text, nullptr);
}

TEST(GuidText, NewGuidsAreRandomVersion4) {
  std::set<std::wstring> seen;
  for (int i = 0; i < 100; ++i) {
    GUID guid;
    ASSERT_EQ(CoCreateGuid(&guid), S_OK);
    wchar_t text[39];
    StringFromGUID2(guid, text, 39);
    EXPECT_EQ(text[15], L'4');
    EXPECT_NE(std::wcschr(L"89AB", text[20]), nullptr);
    EXPECT_TRUE(seen.insert(text).second);
  }
  EXPECT_EQ(CoCreateGuid(nullptr), E_INVALIDARG);
}

TEST(Guids, SymbolsEqualUuidof) {
  EXPECT_EQ(IID_IWbemServices, __uuidof(IWbemServices));
  EXPECT_EQ(CLSID_WbemContext, __uuidof(WbemContext));
  EXPECT_EQ(&CLSID_WbemUnsecuredApartment, &CLSID_UnsecuredApartment);
  EXPECT_EQ(IID_IUnsecured, __uuidof(IUnsecured));
  EXPECT_TRUE(IsEqualGUID(IID_IUnknown, __uuidof(IUnknown)));
}

}  // namespace
