#include "api/status_code_text.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/codes.h"
#include "base/text.h"
#include "com/com_ptr.h"

namespace wmi::api {
namespace {

struct CodeRow {
  HRESULT code;
  const char* name;
};

// Every code of WMI, its MOF compiler and its event subsystem; base/codes.inc is checked against wbemcli.h.
constexpr CodeRow kWmiCodes[] = {
#define WMI_CODE(identifier, name, value, text) {static_cast<HRESULT>(value), #name},
#include "base/codes.inc"
#undef WMI_CODE
};

// What WMI programs meet of others: COM, Automation, RPC, the system.
constexpr CodeRow kOtherCodes[] = {
    {E_UNEXPECTED, "E_UNEXPECTED"},
    {E_NOTIMPL, "E_NOTIMPL"},
    {E_NOINTERFACE, "E_NOINTERFACE"},
    {E_POINTER, "E_POINTER"},
    {E_ABORT, "E_ABORT"},
    {E_FAIL, "E_FAIL"},
    {E_ACCESSDENIED, "E_ACCESSDENIED"},
    {E_HANDLE, "E_HANDLE"},
    {E_OUTOFMEMORY, "E_OUTOFMEMORY"},
    {E_INVALIDARG, "E_INVALIDARG"},
    {CLASS_E_NOAGGREGATION, "CLASS_E_NOAGGREGATION"},
    {CLASS_E_CLASSNOTAVAILABLE, "CLASS_E_CLASSNOTAVAILABLE"},
    {REGDB_E_CLASSNOTREG, "REGDB_E_CLASSNOTREG"},
    {CO_E_NOTINITIALIZED, "CO_E_NOTINITIALIZED"},
    {CO_E_SERVER_EXEC_FAILURE, "CO_E_SERVER_EXEC_FAILURE"},
    {DISP_E_TYPEMISMATCH, "DISP_E_TYPEMISMATCH"},
    {DISP_E_OVERFLOW, "DISP_E_OVERFLOW"},
    {RPC_E_CHANGED_MODE, "RPC_E_CHANGED_MODE"},
    {RPC_E_TOO_LATE, "RPC_E_TOO_LATE"},
    {RPC_E_DISCONNECTED, "RPC_E_DISCONNECTED"},
    {RPC_E_SERVERFAULT, "RPC_E_SERVERFAULT"},
    {RPC_E_ACCESS_DENIED, "RPC_E_ACCESS_DENIED"},
    {static_cast<HRESULT>(0x800706BA), "RPC_S_SERVER_UNAVAILABLE"},
    {static_cast<HRESULT>(0x800706BE), "RPC_S_CALL_FAILED"},
    {static_cast<HRESULT>(0x800706BF), "RPC_S_CALL_FAILED_DNE"},
    {static_cast<HRESULT>(0x80070002), "ERROR_FILE_NOT_FOUND"},
    {static_cast<HRESULT>(0x80070070), "ERROR_DISK_FULL"},
};

class StatusCodeTextTest : public testing::Test {
 protected:
  std::string Text(HRESULT code, long flags = WBEMSTATUS_FORMAT_NO_NEWLINE) {
    BSTR text = nullptr;
    EXPECT_EQ(WBEM_S_NO_ERROR, object_->GetErrorCodeText(code, 0, flags, &text));
    return Take(text);
  }
  std::string Facility(HRESULT code, long flags = WBEMSTATUS_FORMAT_NO_NEWLINE) {
    BSTR text = nullptr;
    EXPECT_EQ(WBEM_S_NO_ERROR, object_->GetFacilityCodeText(code, 0, flags, &text));
    return Take(text);
  }
  static std::string Take(BSTR text) {
    const std::string copy = Utf8FromWide({text, SysStringLen(text)});
    SysFreeString(text);
    return copy;
  }

  com::ComPtr<StatusCodeText> object_ = com::MakeCom<StatusCodeText>();
};

TEST_F(StatusCodeTextTest, EveryCodeHasATextOfItsOwn) {
  std::map<std::string, std::pair<HRESULT, std::string>> seen;
  const auto check = [&](const CodeRow& row) {
    SCOPED_TRACE(row.name);
    const std::string text = Text(row.code);
    EXPECT_GT(text.size(), 8u) << text;
    EXPECT_TRUE(text.front() >= 'A' && text.front() <= 'Z') << text;
    EXPECT_EQ(text.find("Result code"), std::string::npos) << "the text for unknown codes";
    EXPECT_EQ(text.find("eserved"), std::string::npos) << text;
    const auto [entry, is_new] = seen.emplace(text, std::make_pair(row.code, row.name));
    EXPECT_TRUE(is_new || entry->second.first == row.code) << text << " is also " << entry->second.second;
  };
  for (const CodeRow& row : kWmiCodes) check(row);
  for (const CodeRow& row : kOtherCodes) check(row);
}

TEST_F(StatusCodeTextTest, UnknownCodesShowTheirNumber) {
  EXPECT_EQ(Text(static_cast<HRESULT>(0x8004104A)), "Result code 0x8004104A");
  EXPECT_EQ(Text(0x12345), "Result code 0x00012345");
  EXPECT_EQ(Text(static_cast<HRESULT>(0x8007FFFF)), "Result code 0x8007FFFF");
}

TEST_F(StatusCodeTextTest, TheNewlineIsAFlag) {
  EXPECT_EQ(Text(WBEM_E_NOT_FOUND, WBEMSTATUS_FORMAT_NEWLINE), Text(WBEM_E_NOT_FOUND) + "\r\n");
  EXPECT_EQ(Facility(WBEM_E_NOT_FOUND, WBEMSTATUS_FORMAT_NEWLINE), "WMI\r\n");
}

TEST_F(StatusCodeTextTest, FacilitiesHaveNames) {
  EXPECT_EQ(Facility(WBEM_E_NOT_FOUND), "WMI");
  EXPECT_EQ(Facility(static_cast<HRESULT>(WBEMMOF_E_EXPECTED_SEMI)), "WMI");
  EXPECT_EQ(Facility(static_cast<HRESULT>(0x800706BA)), "Windows");
  EXPECT_EQ(Facility(RPC_E_DISCONNECTED), "RPC");
  EXPECT_EQ(Facility(DISP_E_TYPEMISMATCH), "Automation");
  EXPECT_EQ(Facility(static_cast<HRESULT>(0x80090305)), "SSPI");
  EXPECT_EQ(Facility(static_cast<HRESULT>(0x80005000)), "General");
  EXPECT_EQ(Facility(static_cast<HRESULT>(0x87FF0000)), "Unknown");
}

TEST_F(StatusCodeTextTest, WrongFlagsAndNoTargetAreRefused) {
  wchar_t garbage[] = L"never used";
  BSTR text = garbage;
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, object_->GetErrorCodeText(WBEM_E_FAILED, 0, 2, &text));
  EXPECT_EQ(nullptr, text);
  text = garbage;
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, object_->GetFacilityCodeText(WBEM_E_FAILED, 0, 2, &text));
  EXPECT_EQ(nullptr, text);
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, object_->GetErrorCodeText(WBEM_E_FAILED, 0, 0, nullptr));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, object_->GetFacilityCodeText(WBEM_E_FAILED, 0, 0, nullptr));
}

}  // namespace
}  // namespace wmi::api
