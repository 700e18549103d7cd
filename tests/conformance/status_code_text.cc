// IWbemStatusCodeText (contract 9.5, 11.4, 11.5). A source that is the name of a method means its page in the
// documentation of wbemcli.h.
#include <algorithm>
#include <map>

#include "support.h"

namespace wmi::conformance {
namespace {

IWbemStatusCodeTextPtr NewTexts() {
  IWbemStatusCodeTextPtr texts;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemStatusCodeText, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemStatusCodeText,
                                   reinterpret_cast<void**>(&texts)));
  return texts;
}

std::wstring TextOf(IWbemStatusCodeText* texts, HRESULT code, long flags = WBEMSTATUS_FORMAT_NO_NEWLINE) {
  BSTR text = nullptr;
  EXPECT_EQ(WBEM_S_NO_ERROR, texts->GetErrorCodeText(code, 0, flags, &text));
  std::wstring copy(text != nullptr ? text : L"");
  SysFreeString(text);
  return copy;
}

std::wstring FacilityOf(IWbemStatusCodeText* texts, HRESULT code) {
  BSTR text = nullptr;
  EXPECT_EQ(WBEM_S_NO_ERROR, texts->GetFacilityCodeText(code, 0, WBEMSTATUS_FORMAT_NO_NEWLINE, &text));
  std::wstring copy(text != nullptr ? text : L"");
  SysFreeString(text);
  return copy;
}

HRESULT Hresult(unsigned value) { return static_cast<HRESULT>(value); }

struct CodeRange {
  const char* source;
  const char* what;
  unsigned first, last;
  std::vector<unsigned> gaps;
};
void PrintTo(const CodeRange& range, std::ostream* out) { *out << range.source << ' ' << range.what; }

// The numbers of contract 11.4 and 11.5, without the ones that it lists as unused.
const CodeRange kRanges[] = {
    {"11.4", "Success", 0x40001, 0x40009, {}},
    {"11.4", "PartialResults", 0x40010, 0x40010, {}},
    {"11.4", "SourceNotAvailable", 0x40017, 0x40017, {}},
    {"11.4", "Providers", 0x43001, 0x43003, {}},
    {"11.5",
     "Errors",
     0x80041001,
     0x8004108A,
     {0x8004104A, 0x8004104B, 0x8004104C, 0x8004104D, 0x8004104E, 0x8004104F, 0x8004105E, 0x8004107B, 0x8004107C,
      0x8004107D, 0x8004107E, 0x8004107F}},
    {"11.5", "Events", 0x80042001, 0x80042003, {}},
    {"11.5", "Reserved", 0x80043001, 0x80043002, {}},
    {"11.5", "MofCompiler", 0x80044001, 0x80044031, {}},
};

class CodeRanges : public testing::TestWithParam<CodeRange> {};

TEST_P(CodeRanges, EachCodeHasATextOfItsOwnAndTheFacilityOfWmi) {
  const CodeRange& range = GetParam();
  const IWbemStatusCodeTextPtr texts = NewTexts();
  std::map<std::wstring, unsigned> seen;
  for (unsigned code = range.first; code <= range.last; ++code) {
    SCOPED_TRACE(testing::Message() << std::hex << code);
    const bool is_used = std::find(range.gaps.begin(), range.gaps.end(), code) == range.gaps.end();
    const std::wstring text = TextOf(texts, Hresult(code));
    EXPECT_EQ(!is_used, text.find(L"0x") != std::wstring::npos) << "only an unknown code shows its number";
    EXPECT_TRUE(seen.emplace(text, code).second) << Narrow(text.c_str());
    EXPECT_EQ(L"WMI", FacilityOf(texts, Hresult(code)));
  }
}
std::string NameOfRange(const testing::TestParamInfo<CodeRange>& info) { return info.param.what; }
INSTANTIATE_TEST_SUITE_P(Contract, CodeRanges, testing::ValuesIn(kRanges), NameOfRange);

TEST(StatusCodeText, FacilitiesByTheirPage) {
  const IWbemStatusCodeTextPtr texts = NewTexts();
  EXPECT_EQ(L"WMI", FacilityOf(texts, WBEM_E_INVALID_CLASS));
  EXPECT_EQ(L"Windows", FacilityOf(texts, E_ACCESSDENIED)) << "GetFacilityCodeText";
  EXPECT_EQ(L"SSPI", FacilityOf(texts, Hresult(0x80090302)));
  EXPECT_EQ(L"RPC", FacilityOf(texts, RPC_E_CHANGED_MODE));
}

TEST(StatusCodeText, TheTextEndsInANewlineUnlessTheFlagSaysNot) {
  const IWbemStatusCodeTextPtr texts = NewTexts();
  const std::wstring text = TextOf(texts, WBEM_E_NOT_FOUND);
  EXPECT_EQ(text + L"\r\n", TextOf(texts, WBEM_E_NOT_FOUND, WBEMSTATUS_FORMAT_NEWLINE));
}

TEST(StatusCodeText, ReservedFlagsAndNoPlaceForTheText) {
  const IWbemStatusCodeTextPtr texts = NewTexts();
  BSTR text = nullptr;
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, texts->GetErrorCodeText(WBEM_E_FAILED, 0, 8, &text));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, texts->GetFacilityCodeText(WBEM_E_FAILED, 0, 8, &text));
  EXPECT_EQ(nullptr, text);
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, texts->GetErrorCodeText(WBEM_E_FAILED, 0, 0, nullptr));
}

}  // namespace
}  // namespace wmi::conformance
