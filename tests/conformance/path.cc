// IWbemPath and IWbemPathKeyList (contract 8.5, 9.5, 11.3). A source that is the name of a method means its page in the
// documentation of wmiutils.h.
#include <wmiutils.h>

#include <cstdint>

#include "support.h"

namespace wmi::conformance {
namespace {

constexpr ULONG kRelative = WBEMPATH_CREATE_ACCEPT_RELATIVE;
constexpr ULONG kAbsolute = WBEMPATH_CREATE_ACCEPT_ABSOLUTE;
constexpr ULONG kAll = WBEMPATH_CREATE_ACCEPT_ALL;
constexpr ULONG kNamespace = WBEMPATH_CREATE_ACCEPT_ALL | WBEMPATH_TREAT_SINGLE_IDENT_AS_NS;
constexpr const wchar_t* kNothing = nullptr;  // WBEM_E_INVALID_PARAMETER instead of a text

IWbemPathPtr NewPath(const wchar_t* text = nullptr, ULONG mode = kAll) {
  IWbemPathPtr path;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemDefPath, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemPath,
                                   reinterpret_cast<void**>(&path)));
  if (text != nullptr) {
    EXPECT_EQ(WBEM_S_NO_ERROR, path->SetText(mode, text));
  }
  return path;
}

IWbemPathKeyListPtr Keys(IWbemPath* path) {
  IWbemPathKeyListPtr keys;
  EXPECT_EQ(WBEM_S_NO_ERROR, path->GetKeyList(&keys));
  return keys;
}

// read(size, buffer) in the two calls of the pages. What fails gives its code as text.
template <typename Read>
std::wstring ReadTwice(Read&& read) {
  ULONG size = 0;
  HRESULT code = read(&size, static_cast<wchar_t*>(nullptr));
  if (FAILED(code)) return code == WBEM_E_INVALID_PARAMETER ? L"(invalid parameter)" : L"(error)";
  std::wstring text(size, L'#');
  code = read(&size, text.data());
  EXPECT_EQ(WBEM_S_NO_ERROR, code);
  EXPECT_EQ(text.size(), size);
  EXPECT_EQ(text.size(), wcslen(text.c_str()) + 1) << "the size counts the NUL";
  text.pop_back();
  return text;
}

std::wstring Text(IWbemPath* path, long flags) {
  return ReadTwice([&](ULONG* size, wchar_t* buffer) { return path->GetText(flags, size, buffer); });
}

std::wstring Text(IWbemPathKeyList* keys, long flags) {
  return ReadTwice([&](ULONG* size, wchar_t* buffer) { return keys->GetText(flags, size, buffer); });
}

ULONGLONG Info(IWbemPath* path) {
  ULONGLONG info = 0;
  EXPECT_EQ(WBEM_S_NO_ERROR, path->GetInfo(0, &info));
  return info;
}

// ---- what SetText takes ---------------------------------------------------------------------------------------------

struct AcceptRow {
  const char* source;
  const char* what;
  ULONG mode;
  const wchar_t* text;
  HRESULT code;
};
void PrintTo(const AcceptRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

constexpr HRESULT kBadPath = WBEM_E_INVALID_OBJECT_PATH;
constexpr HRESULT kBadParameter = WBEM_E_INVALID_PARAMETER;

const AcceptRow kAccepts[] = {
    {"SetText", "RelativeTakesAClass", kRelative, L"A", WBEM_S_NO_ERROR},
    {"SetText", "RelativeTakesANamespace", kRelative, L"root\\cimv2", WBEM_S_NO_ERROR},
    {"SetText", "RelativeTakesAFullPath", kRelative, L"\\\\srv\\root:A.K=1", WBEM_S_NO_ERROR},
    {"SetText", "RelativeTakesTheParent", kRelative, L"..", WBEM_S_NO_ERROR},
    {"SetText", "RelativeRefusesTheEmptyPath", kRelative, L"", kBadPath},
    {"SetText", "RelativeRefusesAServerAlone", kRelative, L"\\\\srv", kBadPath},
    {"SetText", "AbsoluteTakesAServer", kAbsolute, L"\\\\srv\\root:A", WBEM_S_NO_ERROR},
    {"SetText", "AbsoluteTakesThisMachine", kAbsolute, L"\\\\.\\root", WBEM_S_NO_ERROR},
    {"SetText", "AbsoluteRefusesAClass", kAbsolute, L"A", kBadPath},
    {"SetText", "AbsoluteRefusesANamespace", kAbsolute, L"root\\cimv2:A", kBadPath},
    {"SetText", "AbsoluteRefusesTheEmptyPath", kAbsolute, L"", kBadPath},
    {"SetText", "BothFlagsTakeEither", kRelative | kAbsolute, L"A", WBEM_S_NO_ERROR},
    {"SetText", "AllTakesTheEmptyPath", kAll, L"", WBEM_S_NO_ERROR},
    {"SetText", "AllTakesAServerAlone", kAll, L"\\\\srv", WBEM_S_NO_ERROR},
    {"SetText", "AllTakesAServerWithASlash", kAll, L"//srv/", WBEM_S_NO_ERROR},
    {"SetText", "AllTakesAClass", kAll, L"A", WBEM_S_NO_ERROR},
    {"SetText", "NullText", kAll, nullptr, kBadParameter},
    {"SetText", "NoAcceptFlag", 0, L"A", kBadParameter},
    {"SetText", "OnlyTheTreatFlag", WBEMPATH_TREAT_SINGLE_IDENT_AS_NS, L"A", kBadParameter},
    {"SetText", "UnknownFlag", kAll | 0x10, L"A", kBadParameter},
    {"8.5", "SingleQuotes", kAll, L"A.K='v'", WBEM_S_NO_ERROR},
    {"8.5", "ShortForm", kAll, L"A=\"v\"", WBEM_S_NO_ERROR},
    {"8.5", "Singleton", kAll, L"A=@", WBEM_S_NO_ERROR},
    {"8.5", "Hexadecimal", kAll, L"A.K=0x1F", WBEM_S_NO_ERROR},
    {"8.5", "WhiteSpace", kAll, L"A.K = 1", kBadPath},
    {"8.5", "UnquotedText", kAll, L"A.K=v", kBadPath},
    {"8.5", "OpenQuote", kAll, L"A.K=\"v", kBadPath},
    {"8.5", "KeyTwice", kAll, L"A.K=1,k=2", kBadPath},
    {"8.5", "DigitFirst", kAll, L"1A", kBadPath},
    {"8.5", "NoNamespaceAfterServer", kAll, L"\\\\srv:A", kBadPath},
    {"8.5", "NoClassAfterColon", kAll, L"root\\cimv2:", kBadPath},
    {"8.5", "ControlCharacter", kAll, L"A.K=\"a\nb\"", kBadPath},
};

class PathAcceptRows : public testing::TestWithParam<AcceptRow> {};

TEST_P(PathAcceptRows, Holds) {
  const AcceptRow& row = GetParam();
  const IWbemPathPtr path = NewPath(L"\\\\before\\root\\x:Before.K=1");
  EXPECT_EQ(row.code, path->SetText(row.mode, row.text));
  if (FAILED(row.code)) {
    EXPECT_EQ(L"\\\\before\\root\\x:Before.K=1", Text(path, WBEMPATH_GET_SERVER_TOO)) << "a failure changes nothing";
    EXPECT_EQ(L"\\\\before\\root\\x:Before.K=1", Text(path, WBEMPATH_GET_ORIGINAL));
  } else if (*row.text != L'\0') {
    EXPECT_EQ(row.text, Text(path, WBEMPATH_GET_ORIGINAL));
  }
}

template <typename Row>
std::string NameOf(const testing::TestParamInfo<Row>& info) {
  return info.param.what;
}
INSTANTIATE_TEST_SUITE_P(Contract, PathAcceptRows, testing::ValuesIn(kAccepts), NameOf<AcceptRow>);

// ---- what a text says afterwards ------------------------------------------------------------------------------------

struct TextRow {
  const char* source;
  const char* what;
  ULONG mode;
  const wchar_t* text;
  const wchar_t* none;  // GetText without a flag
  const wchar_t* relative;
  const wchar_t* server_too;
  const wchar_t* server_and_namespace;
  const wchar_t* name_space;
  ULONGLONG info;
};
void PrintTo(const TextRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

constexpr ULONGLONG kText = WBEMPATH_INFO_NATIVE_PATH | WBEMPATH_INFO_V1_COMPLIANT;
constexpr ULONGLONG kHere = kText | WBEMPATH_INFO_ANON_LOCAL_MACHINE;
constexpr ULONGLONG kThere = kText | WBEMPATH_INFO_HAS_MACHINE_NAME | WBEMPATH_INFO_PATH_HAD_SERVER;
constexpr ULONGLONG kInstance = WBEMPATH_INFO_IS_INST_REF;

const TextRow kTexts[] = {
    {"GetText", "Class", kAll, L"Win32_Process", L"Win32_Process", L"Win32_Process", L"Win32_Process", kNothing,
     kNothing, kHere | WBEMPATH_INFO_IS_CLASS_REF},
    {"GetText", "ClassInANamespace", kAll, L"root/cimv2:A", L"root\\cimv2:A", L"A", L"\\\\.\\root\\cimv2:A",
     L"\\\\.\\root\\cimv2", L"root\\cimv2", kHere | WBEMPATH_INFO_IS_CLASS_REF},
    {"GetText", "ClassOnAServer", kAll, L"//srv/root/cimv2:A", L"root\\cimv2:A", L"A", L"\\\\srv\\root\\cimv2:A",
     L"\\\\srv\\root\\cimv2", L"root\\cimv2", kThere | WBEMPATH_INFO_IS_CLASS_REF},
    {"GetInfo", "ThisMachineByName", kAll, L"\\\\.\\root:A", L"root:A", L"A", L"\\\\.\\root:A", L"\\\\.\\root", L"root",
     kHere | WBEMPATH_INFO_PATH_HAD_SERVER | WBEMPATH_INFO_IS_CLASS_REF},
    {"GetText", "Instance", kAll, L"A.K=\"v\"", L"A.K=\"v\"", L"A.K=\"v\"", L"A.K=\"v\"", kNothing, kNothing,
     kHere | kInstance},
    {"8.5", "SingleQuotesBecomeDouble", kAll, L"A.K='it\"s'", L"A.K=\"it\\\"s\"", L"A.K=\"it\\\"s\"",
     L"A.K=\"it\\\"s\"", kNothing, kNothing, kHere | kInstance},
    {"8.5", "BackslashesAreDoubled", kAll, L"A.K=\"C:\\\\x\"", L"A.K=\"C:\\\\x\"", L"A.K=\"C:\\\\x\"",
     L"A.K=\"C:\\\\x\"", kNothing, kNothing, kHere | kInstance},
    {"GetInfo", "CompoundKey", kAll, L"A.Z=1,B=TRUE", L"A.Z=1,B=TRUE", L"A.Z=1,B=TRUE", L"A.Z=1,B=TRUE", kNothing,
     kNothing, kHere | kInstance | WBEMPATH_INFO_IS_COMPOUND},
    {"GetInfo", "ImpliedKey", kAll, L"A=5", L"A=5", L"A=5", L"A=5", kNothing, kNothing,
     kHere | kInstance | WBEMPATH_INFO_HAS_IMPLIED_KEY},
    {"8.5", "HexadecimalBecomesDecimal", kAll, L"A=0xff", L"A=255", L"A=255", L"A=255", kNothing, kNothing,
     kHere | kInstance | WBEMPATH_INFO_HAS_IMPLIED_KEY},
    {"GetInfo", "Singleton", kAll, L"root\\cimv2:A=@", L"root\\cimv2:A=@", L"A=@", L"\\\\.\\root\\cimv2:A=@",
     L"\\\\.\\root\\cimv2", L"root\\cimv2",
     kHere | kInstance | WBEMPATH_INFO_IS_SINGLETON | WBEMPATH_INFO_CONTAINS_SINGLETON},
    {"GetInfo", "Parent", kAll, L"..", L"..", L"..", L"..", kNothing, kNothing, kHere | WBEMPATH_INFO_IS_PARENT},
    {"GetInfo", "NamespaceAlone", kAll, L"root\\cimv2", L"root\\cimv2", kNothing, L"\\\\.\\root\\cimv2",
     L"\\\\.\\root\\cimv2", L"root\\cimv2", kHere | WBEMPATH_INFO_SERVER_NAMESPACE_ONLY},
    {"GetInfo", "NamespaceOnAServer", kAll, L"\\\\srv\\root", L"root", kNothing, L"\\\\srv\\root", L"\\\\srv\\root",
     L"root", kThere | WBEMPATH_INFO_SERVER_NAMESPACE_ONLY},
    {"SetText", "ServerAlone", kAll, L"\\\\srv\\", kNothing, kNothing, L"\\\\srv", L"\\\\srv", kNothing,
     kThere | WBEMPATH_INFO_SERVER_NAMESPACE_ONLY},
    {"SetText", "SingleNameAsNamespace", kNamespace, L"root", L"root", kNothing, L"\\\\.\\root", L"\\\\.\\root",
     L"root", kHere | WBEMPATH_INFO_SERVER_NAMESPACE_ONLY},
    {"SetText", "SingleNameAsClass", kAll, L"root", L"root", L"root", L"root", kNothing, kNothing,
     kHere | WBEMPATH_INFO_IS_CLASS_REF},
    {"SetText", "TheTreatFlagLeavesOtherPathsAlone", kNamespace, L"root:A", L"root:A", L"A", L"\\\\.\\root:A",
     L"\\\\.\\root", L"root", kHere | WBEMPATH_INFO_IS_CLASS_REF},
    {"SetText", "TheEmptyPathClears", kAll, L"", kNothing, kNothing, kNothing, kNothing, kNothing,
     WBEMPATH_INFO_ANON_LOCAL_MACHINE | WBEMPATH_INFO_SERVER_NAMESPACE_ONLY | WBEMPATH_INFO_V1_COMPLIANT},
};

class PathTextRows : public testing::TestWithParam<TextRow> {};

TEST_P(PathTextRows, Holds) {
  const TextRow& row = GetParam();
  const IWbemPathPtr path = NewPath(row.text, row.mode);
  const auto expect = [&](const wchar_t* expected, long flags) {
    EXPECT_EQ(expected == kNothing ? L"(invalid parameter)" : expected, Text(path, flags)) << "flags " << flags;
    EXPECT_EQ(Text(path, flags), Text(path, flags | WBEMPATH_COMPRESSED)) << "obsolete, without effect";
  };
  expect(row.none, 0);
  expect(row.relative, WBEMPATH_GET_RELATIVE_ONLY);
  expect(row.server_too, WBEMPATH_GET_SERVER_TOO);
  expect(row.server_and_namespace, WBEMPATH_GET_SERVER_AND_NAMESPACE_ONLY);
  expect(row.name_space, WBEMPATH_GET_NAMESPACE_ONLY);
  EXPECT_EQ(row.info, Info(path)) << std::hex << Info(path);
  // The whole text leads to the same path.
  if (row.server_too == kNothing || row.mode == kNamespace) return;
  const IWbemPathPtr again = NewPath(row.server_too);
  EXPECT_EQ(row.server_too, Text(again, WBEMPATH_GET_SERVER_TOO));
}
INSTANTIATE_TEST_SUITE_P(Contract, PathTextRows, testing::ValuesIn(kTexts), NameOf<TextRow>);

// ---- keys in every type ---------------------------------------------------------------------------------------------

struct KeyRow {
  const char* what;
  CIMTYPE type;
  const char* bytes;  // in memory, as many as the type has; null for a text
  std::size_t size;
  const wchar_t* text;    // WBEMPATH_TEXT
  const wchar_t* quoted;  // WBEMPATH_QUOTEDTEXT, and in a path
  VARTYPE variant;
  CIMTYPE apparent;  // of the key when its text is read again
};
void PrintTo(const KeyRow& row, std::ostream* out) { *out << "8.2 " << row.what; }

const KeyRow kKeys[] = {
    {"Sint8", CIM_SINT8, "\xff", 1, L"-1", L"-1", VT_I2, CIM_SINT32},
    {"Uint8", CIM_UINT8, "\xff", 1, L"255", L"255", VT_UI1, CIM_SINT32},
    {"Sint16", CIM_SINT16, "\x00\x80", 2, L"-32768", L"-32768", VT_I2, CIM_SINT32},
    {"Uint16", CIM_UINT16, "\xff\xff", 2, L"65535", L"65535", VT_I4, CIM_SINT32},
    {"Sint32", CIM_SINT32, "\xfe\xff\xff\xff", 4, L"-2", L"-2", VT_I4, CIM_SINT32},
    {"Uint32", CIM_UINT32, "\xff\xff\xff\xff", 4, L"4294967295", L"4294967295", VT_I4, CIM_UINT32},
    {"Sint64", CIM_SINT64, "\x00\x00\x00\x00\x00\x00\x00\x80", 8, L"-9223372036854775808", L"-9223372036854775808",
     VT_BSTR, CIM_SINT64},
    {"Uint64", CIM_UINT64, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, L"18446744073709551615", L"18446744073709551615",
     VT_BSTR, CIM_UINT64},
    {"True", CIM_BOOLEAN, "\xff\xff", 2, L"TRUE", L"TRUE", VT_BOOL, CIM_BOOLEAN},
    {"False", CIM_BOOLEAN, "\x00\x00", 2, L"FALSE", L"FALSE", VT_BOOL, CIM_BOOLEAN},
    {"Char16", CIM_CHAR16, "\x41\x00", 2, L"65", L"65", VT_I2, CIM_SINT32},
    {"String", CIM_STRING, nullptr, 0, L"C:\\a \"b\" 'c'", L"\"C:\\\\a \\\"b\\\" 'c'\"", VT_BSTR, CIM_STRING},
    {"EmptyString", CIM_STRING, nullptr, 0, L"", L"\"\"", VT_BSTR, CIM_STRING},
    {"Unicode", CIM_STRING, nullptr, 0, L"\u00fc\u4e2d\U0001F600", L"\"\u00fc\u4e2d\U0001F600\"", VT_BSTR, CIM_STRING},
    {"Datetime", CIM_DATETIME, nullptr, 0, L"20240229120000.000000+060", L"\"20240229120000.000000+060\"", VT_BSTR,
     CIM_STRING},
    {"Reference", CIM_REFERENCE, nullptr, 0, L"B.K=\"v\"", L"\"B.K=\\\"v\\\"\"", VT_BSTR, CIM_STRING},
};

class PathKeyRows : public testing::TestWithParam<KeyRow> {
 protected:
  static LPVOID Memory() {
    const KeyRow& row = GetParam();
    return row.bytes != nullptr ? const_cast<char*>(row.bytes) : static_cast<LPVOID>(const_cast<wchar_t*>(row.text));
  }
  static std::wstring ValueText(IWbemPathKeyList* keys, ULONG flags) {
    return ReadTwice([&](ULONG* size, wchar_t* buffer) {
      ULONG type = 0;
      return keys->GetKey(0, flags, nullptr, nullptr, size, buffer, &type);
    });
  }
  // The one key is that of the row, in every form in which it can be read.
  static void ExpectKey(IWbemPathKeyList* keys) {
    const KeyRow& row = GetParam();
    EXPECT_EQ(row.text, ValueText(keys, WBEMPATH_TEXT));
    EXPECT_EQ(row.quoted, ValueText(keys, WBEMPATH_QUOTEDTEXT));
    EXPECT_EQ(std::wstring(L"Name=") + row.quoted, Text(keys, WBEMPATH_QUOTEDTEXT));
    EXPECT_EQ(std::wstring(L"Name=") + row.text, Text(keys, 0));
    ULONG type = 0;
    if (row.bytes == nullptr) {
      EXPECT_EQ(row.text, ValueText(keys, 0));
      return;
    }
    char memory[9] = "########";
    ULONG size = 8;
    wchar_t name[8];
    ULONG name_size = 8;
    ASSERT_EQ(WBEM_S_NO_ERROR, keys->GetKey(0, 0, &name_size, name, &size, memory, &type));
    EXPECT_EQ(std::string(row.bytes, row.size), std::string(memory, row.size));
    EXPECT_EQ(std::string(8 - row.size, '#'), memory + row.size) << "nothing behind the number";
    EXPECT_EQ(row.size, size);
    EXPECT_EQ(static_cast<ULONG>(row.type), type);
    EXPECT_STREQ(L"Name", name);
    EXPECT_EQ(5u, name_size);
    size = static_cast<ULONG>(row.size - 1);
    char untouched = '#';
    EXPECT_EQ(WBEM_E_BUFFER_TOO_SMALL, keys->GetKey(0, 0, nullptr, nullptr, &size, &untouched, nullptr));
    EXPECT_EQ('#', untouched);
    EXPECT_EQ(row.size, size);
  }
};

TEST_P(PathKeyRows, SetKeyThenEveryWayToRead) {
  const KeyRow& row = GetParam();
  const IWbemPathPtr path = NewPath(L"A");
  const IWbemPathKeyListPtr keys = Keys(path);
  ASSERT_EQ(WBEM_S_NO_ERROR, keys->SetKey(L"Name", 0, static_cast<ULONG>(row.type), Memory()));
  ExpectKey(keys);
  // The path shows it at once, and reads it back as the nearest type that a text can tell.
  const std::wstring text = std::wstring(L"A.Name=") + row.quoted;
  EXPECT_EQ(text, Text(path, WBEMPATH_GET_RELATIVE_ONLY));
  const IWbemPathKeyListPtr again = Keys(NewPath(text.c_str()));
  ULONG type = 0;
  EXPECT_EQ(WBEM_S_NO_ERROR, again->GetKey(0, 0, nullptr, nullptr, nullptr, nullptr, &type));
  EXPECT_EQ(static_cast<ULONG>(row.apparent), type);
  EXPECT_EQ(row.quoted, ValueText(again, WBEMPATH_QUOTEDTEXT));
}

TEST_P(PathKeyRows, VariantsThereAndBack) {
  const KeyRow& row = GetParam();
  const IWbemPathKeyListPtr keys = Keys(NewPath(L"A"));
  ASSERT_EQ(WBEM_S_NO_ERROR, keys->SetKey(L"Name", 0, static_cast<ULONG>(row.type), Memory()));
  _variant_t value;
  ULONG type = 0;
  ASSERT_EQ(WBEM_S_NO_ERROR, keys->GetKey2(0, 0, nullptr, nullptr, &value, &type));
  EXPECT_EQ(row.variant, value.vt);
  EXPECT_EQ(static_cast<ULONG>(row.type), type);
  const IWbemPathKeyListPtr others = Keys(NewPath(L"B"));
  ASSERT_EQ(WBEM_S_NO_ERROR, others->SetKey2(L"Name", 0, static_cast<ULONG>(row.type), &value));
  ExpectKey(others);
  _variant_t text;
  ASSERT_EQ(WBEM_S_NO_ERROR, keys->GetKey2(0, WBEMPATH_QUOTEDTEXT, nullptr, nullptr, &text, &type));
  ASSERT_EQ(VT_BSTR, text.vt);
  EXPECT_EQ(row.quoted, std::wstring(text.bstrVal));
}
INSTANTIATE_TEST_SUITE_P(Contract, PathKeyRows, testing::ValuesIn(kKeys), NameOf<KeyRow>);

// ---- the methods ----------------------------------------------------------------------------------------------------

struct PathRow {
  const char* source;
  const char* what;
  void (*body)();
};
void PrintTo(const PathRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

std::wstring Whole(IWbemPath* path) { return Text(path, WBEMPATH_GET_SERVER_TOO); }

void SetNumber(IWbemPathKeyList* keys, const wchar_t* name, std::int32_t number) {
  EXPECT_EQ(WBEM_S_NO_ERROR, keys->SetKey(name, 0, CIM_SINT32, &number));
}

const PathRow kRows[] = {
    {"IWbemPath", "BuiltFromItsParts",
     [] {
       const IWbemPathPtr path = NewPath();
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetServer(L"srv"));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetNamespaceAt(0, L"root"));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetNamespaceAt(1, L"cimv2"));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->CreateClassPart(0, L"A"));
       SetNumber(Keys(path), L"K", 5);
       EXPECT_EQ(L"\\\\srv\\root\\cimv2:A.K=5", Whole(path));
       EXPECT_EQ(WBEMPATH_INFO_HAS_MACHINE_NAME | WBEMPATH_INFO_PATH_HAD_SERVER | WBEMPATH_INFO_IS_INST_REF |
                     WBEMPATH_INFO_V1_COMPLIANT,
                 Info(path))
           << "not by SetText";
       EXPECT_EQ(L"(invalid parameter)", Text(path, WBEMPATH_GET_ORIGINAL));
     }},
    {"GetText", "OriginalIsTheTextAsGiven",
     [] {
       const IWbemPathPtr path = NewPath(L"root/cimv2:A.K='v'");
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetClassName(L"B"));
       EXPECT_EQ(L"root/cimv2:A.K='v'", Text(path, WBEMPATH_GET_ORIGINAL));
       EXPECT_EQ(L"root\\cimv2:B.K=\"v\"", Text(path, 0));
     }},
    {"GetText", "OneSelectionAtATime",
     [] {
       const IWbemPathPtr path = NewPath(L"root:A");
       ULONG size = 0;
       EXPECT_EQ(kBadParameter, path->GetText(WBEMPATH_GET_SERVER_TOO | WBEMPATH_GET_RELATIVE_ONLY, &size, nullptr));
       EXPECT_EQ(kBadParameter, path->GetText(0x40, &size, nullptr));
       EXPECT_EQ(kBadParameter, path->GetText(0, nullptr, nullptr));
     }},
    {"GetText", "ASmallBufferIsLeftAlone",
     [] {
       const IWbemPathPtr path = NewPath(L"A.K=1");
       wchar_t buffer[8] = L"#######";
       ULONG size = 5;
       EXPECT_EQ(WBEM_E_BUFFER_TOO_SMALL, path->GetText(0, &size, buffer));
       EXPECT_STREQ(L"#######", buffer);
       EXPECT_EQ(6u, size) << "what is needed";
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetText(0, &size, buffer));
       EXPECT_STREQ(L"A.K=1", buffer);
       EXPECT_EQ(L'#', buffer[6]);
       size = 8;
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetText(0, &size, buffer));
       EXPECT_EQ(6u, size) << "what was used";
     }},
    {"GetInfo", "RequestedInfoIsReserved",
     [] {
       ULONGLONG info = 77;
       EXPECT_EQ(kBadParameter, NewPath(L"A")->GetInfo(1, &info));
       EXPECT_EQ(77u, info);
       EXPECT_EQ(kBadParameter, NewPath(L"A")->GetInfo(0, nullptr));
     }},
    {"GetInfo", "ReferencesAreNotOfVersion1",
     [] {
       const IWbemPathPtr path = NewPath(L"A");
       wchar_t reference[] = L"B.K=1";
       EXPECT_EQ(WBEM_S_NO_ERROR, Keys(path)->SetKey(L"R", 0, CIM_REFERENCE, reference));
       EXPECT_TRUE(Info(path) & WBEMPATH_INFO_HAS_V2_REF_PATHS);
       EXPECT_FALSE(Info(path) & WBEMPATH_INFO_V1_COMPLIANT);
     }},
    {"GetServer", "OfATextWithoutOneIsThisMachine",
     [] {
       const auto server = [](IWbemPath* path) {
         return ReadTwice([&](ULONG* size, wchar_t* buffer) { return path->GetServer(size, buffer); });
       };
       EXPECT_EQ(L".", server(NewPath(L"A")));
       EXPECT_EQ(L".", server(NewPath(L"\\\\.\\root")));
       EXPECT_EQ(L"SRV", server(NewPath(L"\\\\SRV\\root")));
       ULONG size = 0;
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, NewPath()->GetServer(&size, nullptr));
       EXPECT_EQ(kBadParameter, NewPath(L"A")->GetServer(nullptr, nullptr));
     }},
    {"SetServer", "NullTakesItAway",
     [] {
       const IWbemPathPtr path = NewPath(L"\\\\srv\\root:A");
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetServer(nullptr));
       EXPECT_EQ(L"\\\\.\\root:A", Whole(path));
       ULONG size = 0;
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, path->GetServer(&size, nullptr));
       EXPECT_FALSE(Info(path) & WBEMPATH_INFO_PATH_HAD_SERVER);
       for (const wchar_t* bad : {L"a b", L"\\\\srv", L"srv\\root", L"a:b", L"\""}) {
         EXPECT_EQ(kBadParameter, path->SetServer(bad)) << bad;
       }
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetServer(L"10.0.0.1"));
       EXPECT_EQ(L"\\\\10.0.0.1\\root:A", Whole(path));
     }},
    {"SetNamespaceAt", "ReplacesOrAddsBehindTheLast",
     [] {
       const IWbemPathPtr path = NewPath(L"root\\cimv2:A");
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetNamespaceAt(1, L"default"));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetNamespaceAt(2, L"below"));
       EXPECT_EQ(kBadParameter, path->SetNamespaceAt(4, L"x"));
       for (const wchar_t* bad : {L"", L"a\\b", L"a b", L"1a", L"a:b"}) {
         EXPECT_EQ(kBadParameter, path->SetNamespaceAt(0, bad)) << bad;
       }
       EXPECT_EQ(kBadParameter, path->SetNamespaceAt(0, nullptr));
       EXPECT_EQ(L"root\\default\\below:A", Text(path, 0));
     }},
    {"GetNamespaceAt", "CountsFromTheLeft",
     [] {
       const IWbemPathPtr path = NewPath(L"\\\\s\\root\\cimv2\\x");
       ULONG count = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetNamespaceCount(&count));
       EXPECT_EQ(3u, count);
       const wchar_t* const names[] = {L"root", L"cimv2", L"x"};
       for (ULONG i = 0; i < 3; ++i) {
         EXPECT_EQ(names[i],
                   ReadTwice([&](ULONG* size, wchar_t* buffer) { return path->GetNamespaceAt(i, size, buffer); }));
       }
       ULONG size = 0;
       EXPECT_EQ(kBadParameter, path->GetNamespaceAt(3, &size, nullptr));
       EXPECT_EQ(kBadParameter, path->GetNamespaceAt(0, nullptr, nullptr));
       EXPECT_EQ(kBadParameter, path->GetNamespaceCount(nullptr));
     }},
    {"RemoveNamespaceAt", "TheOthersMoveUp",
     [] {
       const IWbemPathPtr path = NewPath(L"a\\b\\c:A");
       EXPECT_EQ(WBEM_S_NO_ERROR, path->RemoveNamespaceAt(1));
       EXPECT_EQ(L"a\\c:A", Text(path, 0));
       EXPECT_EQ(kBadParameter, path->RemoveNamespaceAt(2));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->RemoveAllNamespaces());
       EXPECT_EQ(L"A", Text(path, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->RemoveAllNamespaces()) << "none is fine";
     }},
    {"SetScope", "TheOneScopeIsTheClassPart",
     [] {
       const IWbemPathPtr path = NewPath(L"root:A.K=1");
       ULONG count = 9;
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetScopeCount(&count));
       EXPECT_EQ(1u, count);
       wchar_t name[] = L"B";
       EXPECT_EQ(kBadParameter, path->SetScope(1, name));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetScope(0, name));
       EXPECT_EQ(L"root:B.K=1", Text(path, 0)) << "sets the class name";
       IWbemPathKeyListPtr keys;
       wchar_t read[8];
       ULONG size = 8;
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetScope(0, &size, read, &keys));
       EXPECT_STREQ(L"B", read);
       ASSERT_TRUE(keys);
       EXPECT_EQ(L"K=1", Text(keys, 0));
       EXPECT_EQ(L"B.K=1",
                 ReadTwice([&](ULONG* length, wchar_t* buffer) { return path->GetScopeAsText(0, length, buffer); }));
       EXPECT_EQ(kBadParameter, path->GetScopeAsText(1, &size, nullptr));
       EXPECT_EQ(kBadParameter, path->RemoveScope(1));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->RemoveScope(0));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetScopeCount(&count));
       EXPECT_EQ(0u, count);
       EXPECT_EQ(kBadParameter, path->GetScope(0, &size, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->RemoveAllScopes());
       EXPECT_EQ(L"root", Text(path, 0));
     }},
    {"IWbemPath", "AScopeFromTextIsARelativePath",
     [] {
       const IWbemPathPtr path = NewPath(L"\\\\s\\root:A");
       wchar_t good[] = L"B.K=\"v\"";
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetScopeFromText(0, good));
       EXPECT_EQ(L"\\\\s\\root:B.K=\"v\"", Whole(path));
       wchar_t with_namespace[] = L"root:C";
       wchar_t rubbish[] = L"B.";
       EXPECT_EQ(kBadPath, path->SetScopeFromText(0, with_namespace));
       EXPECT_EQ(kBadPath, path->SetScopeFromText(0, rubbish));
       EXPECT_EQ(kBadParameter, path->SetScopeFromText(0, nullptr));
       EXPECT_EQ(kBadParameter, path->SetScopeFromText(1, good));
       EXPECT_EQ(L"\\\\s\\root:B.K=\"v\"", Whole(path));
     }},
    {"SetClassName", "KeepsTheKeysAndCreatesTheClassPart",
     [] {
       const IWbemPathPtr path = NewPath(L"A.K=1");
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetClassName(L"B"));
       EXPECT_EQ(L"B.K=1", Text(path, 0));
       for (const wchar_t* bad : {L"", L"a.b", L"a b", L"1a", L"root:a", L"a=@"}) {
         EXPECT_EQ(kBadParameter, path->SetClassName(bad)) << bad;
       }
       EXPECT_EQ(kBadParameter, path->SetClassName(nullptr));
       EXPECT_EQ(L"B.K=1", Text(path, 0));
       const IWbemPathPtr fresh = NewPath();
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->SetClassName(L"C"));
       EXPECT_EQ(L"C", Text(fresh, 0));
       EXPECT_EQ(L"C", ReadTwice([&](ULONG* size, wchar_t* buffer) { return fresh->GetClassName(size, buffer); }));
     }},
    {"GetClassName", "NotAvailableWithoutAClass",
     [] {
       ULONG size = 0;
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, NewPath(L"root\\cimv2")->GetClassName(&size, nullptr));
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, NewPath()->GetClassName(&size, nullptr));
       EXPECT_EQ(kBadParameter, NewPath(L"A")->GetClassName(nullptr, nullptr));
     }},
    {"CreateClassPart", "StartsWithoutKeys",
     [] {
       const IWbemPathPtr path = NewPath(L"root:A.K=1");
       EXPECT_EQ(kBadParameter, path->CreateClassPart(1, L"B"));
       EXPECT_EQ(kBadParameter, path->CreateClassPart(0, nullptr));
       EXPECT_EQ(L"root:A.K=1", Text(path, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->CreateClassPart(0, L"B"));
       EXPECT_EQ(L"root:B", Text(path, 0));
       EXPECT_EQ(kBadParameter, path->DeleteClassPart(1));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->DeleteClassPart(0));
       EXPECT_EQ(L"root", Text(path, 0));
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, path->DeleteClassPart(0));
     }},
    {"GetInfo", "AnyPartEndsTheParent",
     [] {
       const IWbemPathPtr path = NewPath(L"..");
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetClassName(L"A"));
       EXPECT_EQ(L"A", Text(path, 0));
       EXPECT_FALSE(Info(path) & WBEMPATH_INFO_IS_PARENT);
     }},
    {"IsRelative", "SameMachineAndNamespace",
     [] {
       wchar_t machine[] = L"SRV", other[] = L"other", here[] = L"ROOT/cimv2", above[] = L"root";
       const IWbemPathPtr path = NewPath(L"\\\\srv\\root\\CIMV2:A");
       EXPECT_TRUE(path->IsRelative(machine, here));
       EXPECT_FALSE(path->IsRelative(other, here));
       EXPECT_FALSE(path->IsRelative(machine, above));
       EXPECT_FALSE(path->IsRelative(nullptr, here));
       EXPECT_FALSE(path->IsRelative(machine, nullptr));
       EXPECT_TRUE(NewPath(L"A")->IsRelative(other, above)) << "a relative path is relative to anything";
       EXPECT_TRUE(NewPath(L"\\\\.\\root:A")->IsRelative(other, above));
     }},
    {"IsRelativeOrChild", "NamespacesBelowAreChildren",
     [] {
       wchar_t machine[] = L"srv", root[] = L"root", here[] = L"root\\cimv2", below[] = L"root\\cimv2\\ms",
               half[] = L"ro";
       const IWbemPathPtr path = NewPath(L"\\\\srv\\root\\cimv2:A");
       EXPECT_TRUE(path->IsRelativeOrChild(machine, root, 0));
       EXPECT_TRUE(path->IsRelativeOrChild(machine, here, 0));
       EXPECT_FALSE(path->IsRelativeOrChild(machine, below, 0));
       EXPECT_FALSE(path->IsRelativeOrChild(machine, half, 0));
       EXPECT_FALSE(path->IsRelativeOrChild(machine, root, 1)) << "the flags are reserved";
     }},
    {"IsLocal", "NoServerADotOrTheNameOfTheMachine",
     [] {
       EXPECT_TRUE(NewPath(L"A")->IsLocal(L"any"));
       EXPECT_TRUE(NewPath()->IsLocal(nullptr));
       EXPECT_TRUE(NewPath(L"\\\\.\\root")->IsLocal(L"any"));
       EXPECT_TRUE(NewPath(L"\\\\Srv\\root")->IsLocal(L"sRV"));
       EXPECT_FALSE(NewPath(L"\\\\srv\\root")->IsLocal(L"other"));
       EXPECT_FALSE(NewPath(L"\\\\srv\\root")->IsLocal(nullptr));
     }},
    {"IsSameClassName", "WithoutCaseAndOnlyWithAClass",
     [] {
       EXPECT_TRUE(NewPath(L"root:Win32_Process.K=1")->IsSameClassName(L"WIN32_PROCESS"));
       EXPECT_FALSE(NewPath(L"A")->IsSameClassName(L"B"));
       EXPECT_FALSE(NewPath(L"A")->IsSameClassName(nullptr));
       EXPECT_FALSE(NewPath(L"root\\cimv2")->IsSameClassName(L""));
     }},
    {"GetKeyList", "IsAliveAndKeepsItsPath",
     [] {
       IWbemPathPtr path = NewPath(L"A.K=1");
       IWbemPathKeyListPtr keys = Keys(path), others = Keys(path);
       SetNumber(keys, L"L", 2);
       EXPECT_EQ(L"A.K=1,L=2", Text(path, 0)) << "the path shows it";
       EXPECT_EQ(L"K=1,L=2", Text(others, 0)) << "so does another list";
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetText(kAll, L"B.M=3"));
       EXPECT_EQ(L"M=3", Text(keys, 0)) << "the list shows the new path";
       path = nullptr;
       EXPECT_EQ(L"M=3", Text(others, 0)) << "the path lives on";
     }},
    {"GetKeyList", "NoListWithoutAClass",
     [] {
       const IWbemPathPtr path = NewPath(L"root\\cimv2");
       const IWbemPathKeyListPtr other = Keys(NewPath(L"Other"));
       IWbemPathKeyList* list = other;
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, path->GetKeyList(&list));
       EXPECT_EQ(nullptr, list);
       EXPECT_EQ(kBadParameter, path->GetKeyList(nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetClassName(L"A"));
       const IWbemPathKeyListPtr keys = Keys(path);
       EXPECT_EQ(WBEM_S_NO_ERROR, path->DeleteClassPart(0));
       ULONG count = 0;
       ULONGLONG info = 0;
       std::int32_t number = 0;
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, keys->GetCount(&count));
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, keys->GetInfo(0, &info));
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, keys->SetKey(L"K", 0, CIM_SINT32, &number));
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, keys->RemoveAllKeys(0));
       EXPECT_EQ(WBEM_E_NOT_AVAILABLE, keys->MakeSingleton(TRUE));
       EXPECT_EQ(L"root\\cimv2", Text(path, 0));
     }},
    {"SetKey", "AKeyThatExistsIsReplaced",
     [] {
       const IWbemPathPtr path = NewPath(L"A.K=1,L=\"v\"");
       SetNumber(Keys(path), L"k", 7);
       EXPECT_EQ(L"A.k=7,L=\"v\"", Text(path, 0));
     }},
    {"SetKey", "WithoutANameAllKeysGo",
     [] {
       const IWbemPathPtr path = NewPath(L"A.K=1,L=2");
       SetNumber(Keys(path), nullptr, 7);
       EXPECT_EQ(L"A=7", Text(path, 0));
       SetNumber(Keys(path), L"", 8);
       EXPECT_EQ(L"A=8", Text(path, 0));
       SetNumber(Keys(path), L"K", 9);
       EXPECT_EQ(L"A.K=9", Text(path, 0)) << "a named key ends the short form";
     }},
    {"SetKey", "WhatNoPathHoldsIsRefused",
     [] {
       const IWbemPathPtr path = NewPath(L"A.K=1");
       const IWbemPathKeyListPtr keys = Keys(path);
       double real = 1.5;
       std::int32_t number = 5;
       wchar_t control[] = L"a\tb", yesterday[] = L"yesterday";
       for (const CIMTYPE type : std::initializer_list<CIMTYPE>{
                CIM_REAL32, CIM_REAL64, CIM_OBJECT, CIM_SINT32 | CIM_FLAG_ARRAY, CIM_EMPTY, CIM_ILLEGAL, 99}) {
         EXPECT_EQ(kBadParameter, keys->SetKey(L"N", 0, static_cast<ULONG>(type), &real)) << type;
       }
       EXPECT_EQ(kBadParameter, keys->SetKey(L"N", 0, CIM_STRING, control));
       EXPECT_EQ(kBadParameter, keys->SetKey(L"N", 0, CIM_DATETIME, yesterday));
       EXPECT_EQ(kBadParameter, keys->SetKey(L"N", 0, CIM_SINT32, nullptr));
       EXPECT_EQ(kBadParameter, keys->SetKey(L"N", 1, CIM_SINT32, &number));
       for (const wchar_t* bad : {L"a b", L"1", L"a.b", L"a=", L"@"}) {
         EXPECT_EQ(kBadParameter, keys->SetKey(bad, 0, CIM_SINT32, &number)) << bad;
       }
       _variant_t text(L"x"), null;
       null.vt = VT_NULL;
       EXPECT_EQ(kBadParameter, keys->SetKey2(L"N", 0, CIM_SINT32, &text));
       EXPECT_EQ(kBadParameter, keys->SetKey2(L"N", 0, CIM_STRING, &null));
       EXPECT_EQ(kBadParameter, keys->SetKey2(L"N", 0, CIM_STRING, nullptr));
       EXPECT_EQ(kBadParameter, keys->SetKey2(L"N", 1, CIM_STRING, &text));
       EXPECT_EQ(L"A.K=1", Text(path, 0));
     }},
    {"GetKey", "IndexesFlagsAndMissingParameters",
     [] {
       const IWbemPathKeyListPtr keys = Keys(NewPath(L"A.K=\"val\""));
       ULONG type = 0, size = 0;
       EXPECT_EQ(kBadParameter, keys->GetKey(1, 0, nullptr, nullptr, nullptr, nullptr, &type));
       EXPECT_EQ(kBadParameter, keys->GetKey(0, 4, nullptr, nullptr, nullptr, nullptr, &type));
       wchar_t buffer[] = L"#";
       EXPECT_EQ(kBadParameter, keys->GetKey(0, 0, nullptr, buffer, nullptr, nullptr, &type)) << "a buffer of no size";
       EXPECT_EQ(kBadParameter, keys->GetKey(0, 0, nullptr, nullptr, nullptr, buffer, &type));
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->GetKey(0, 0, nullptr, nullptr, nullptr, nullptr, nullptr));
       ULONG name_size = 2;
       EXPECT_EQ(WBEM_E_BUFFER_TOO_SMALL, keys->GetKey(0, 0, &name_size, buffer, &size, buffer, &type));
       EXPECT_STREQ(L"#", buffer) << "neither is written when one does not fit";
       EXPECT_EQ(2u, name_size);
       EXPECT_EQ(4u, size) << "characters with the NUL";
     }},
    {"GetKey", "TheNameOfAnImpliedKeyIsEmpty",
     [] {
       const IWbemPathKeyListPtr keys = Keys(NewPath(L"A=\"v\""));
       wchar_t name[] = L"#";
       ULONG size = 2;
       _variant_t value;
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->GetKey2(0, 0, &size, name, &value, nullptr));
       EXPECT_STREQ(L"", name);
       EXPECT_EQ(1u, size);
       EXPECT_EQ(L"\"v\"", Text(keys, WBEMPATH_QUOTEDTEXT));
     }},
    {"GetKey2", "AFailureLeavesTheVariantAlone",
     [] {
       const IWbemPathKeyListPtr keys = Keys(NewPath(L"A.Key=\"v\""));
       _variant_t value(long{77});
       wchar_t name[] = L"#";
       ULONG size = 2;
       EXPECT_EQ(WBEM_E_BUFFER_TOO_SMALL, keys->GetKey2(0, 0, &size, name, &value, nullptr));
       EXPECT_EQ(4u, size);
       EXPECT_EQ(kBadParameter, keys->GetKey2(1, 0, nullptr, nullptr, &value, nullptr));
       EXPECT_EQ(VT_I4, value.vt);
       EXPECT_EQ(77, value.lVal);
     }},
    {"RemoveKey", "ByNameOrTheOneWithoutAName",
     [] {
       const IWbemPathPtr path = NewPath(L"A.K=1,L=2");
       const IWbemPathKeyListPtr keys = Keys(path);
       EXPECT_EQ(WBEM_E_NOT_FOUND, keys->RemoveKey(L"M", 0));
       EXPECT_EQ(WBEM_E_NOT_FOUND, keys->RemoveKey(nullptr, 0));
       EXPECT_EQ(kBadParameter, keys->RemoveKey(L"K", 1));
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->RemoveKey(L"k", 0));
       EXPECT_EQ(L"A.L=2", Text(path, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, path->SetText(kAll, L"A=1"));
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->RemoveKey(nullptr, 0));
       EXPECT_EQ(L"A", Text(path, 0));
     }},
    {"RemoveAllKeys", "LeavesTheClass",
     [] {
       const IWbemPathPtr path = NewPath(L"root:A.K=1,L=2");
       const IWbemPathKeyListPtr keys = Keys(path);
       EXPECT_EQ(kBadParameter, keys->RemoveAllKeys(1));
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->RemoveAllKeys(0));
       EXPECT_EQ(L"root:A", Text(path, 0));
       EXPECT_TRUE(Info(path) & WBEMPATH_INFO_IS_CLASS_REF);
     }},
    {"MakeSingleton", "ThereAndBack",
     [] {
       const IWbemPathPtr path = NewPath(L"A.K=1");
       const IWbemPathKeyListPtr keys = Keys(path);
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->MakeSingleton(TRUE));
       EXPECT_EQ(L"A=@", Text(path, 0));
       ULONG count = 9;
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->GetCount(&count));
       EXPECT_EQ(0u, count);
       EXPECT_EQ(L"@", Text(keys, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->MakeSingleton(FALSE));
       EXPECT_EQ(L"A", Text(path, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->MakeSingleton(TRUE));
       SetNumber(keys, L"K", 2);
       EXPECT_EQ(L"A.K=2", Text(path, 0)) << "a key ends it";
     }},
    {"IWbemPathKeyList::GetInfo", "TheFourBitsOfKeys",
     [] {
       const auto info = [](const wchar_t* text) {
         ULONGLONG bits = 0;
         EXPECT_EQ(WBEM_S_NO_ERROR, Keys(NewPath(text))->GetInfo(0, &bits));
         return bits;
       };
       EXPECT_EQ(0u, info(L"A"));
       EXPECT_EQ(0u, info(L"A.K=1"));
       EXPECT_EQ(ULONGLONG{WBEMPATH_INFO_IS_COMPOUND}, info(L"A.K=1,L=2"));
       EXPECT_EQ(ULONGLONG{WBEMPATH_INFO_HAS_IMPLIED_KEY}, info(L"A=1"));
       EXPECT_EQ(ULONGLONG{WBEMPATH_INFO_CONTAINS_SINGLETON}, info(L"A=@"));
       const IWbemPathKeyListPtr keys = Keys(NewPath(L"A"));
       wchar_t reference[] = L"B=1";
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->SetKey(L"R", 0, CIM_REFERENCE, reference));
       ULONGLONG bits = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->GetInfo(0, &bits));
       EXPECT_EQ(ULONGLONG{WBEMPATH_INFO_HAS_V2_REF_PATHS}, bits);
       EXPECT_EQ(kBadParameter, keys->GetInfo(1, &bits));
       EXPECT_EQ(kBadParameter, keys->GetInfo(0, nullptr));
     }},
    {"IWbemPathKeyList::GetText", "Flags",
     [] {
       const IWbemPathKeyListPtr keys = Keys(NewPath(L"A.K=\"a\\\\b\",L=5"));
       EXPECT_EQ(L"K=a\\b,L=5", Text(keys, 0));
       EXPECT_EQ(L"K=a\\b,L=5", Text(keys, WBEMPATH_TEXT));
       EXPECT_EQ(L"K=\"a\\\\b\",L=5", Text(keys, WBEMPATH_QUOTEDTEXT));
       ULONG size = 0;
       EXPECT_EQ(kBadParameter, keys->GetText(4, &size, nullptr));
       EXPECT_EQ(kBadParameter, keys->GetText(0, nullptr, nullptr));
       EXPECT_EQ(L"", Text(Keys(NewPath(L"A")), 0));
     }},
    {"9.5", "OtherInterfacesAreRefused",
     [] {
       const IWbemPathPtr path = NewPath(L"A");
       int garbage = 0;
       void* other = &garbage;
       EXPECT_EQ(E_NOINTERFACE, path->QueryInterface(IID_IWbemPathKeyList, &other));
       EXPECT_EQ(nullptr, other);
       EXPECT_EQ(E_NOINTERFACE, Keys(path)->QueryInterface(IID_IWbemPath, &other));
       EXPECT_EQ(CLASS_E_NOAGGREGATION,
                 CoCreateInstance(CLSID_WbemDefPath, path, CLSCTX_INPROC_SERVER, IID_IUnknown, &other));
     }},
    {"8.3", "ThePathOfAnObjectIsReadBack",
     [] {
       World world;
       const IWbemClassObjectPtr thing = world.NewThing(L"a \"quoted\\ name");
       ASSERT_TRUE(thing);
       ASSERT_EQ(WBEM_S_NO_ERROR, world.services->PutInstance(thing, 0, nullptr, nullptr));
       _variant_t text;
       const IWbemClassObjectPtr stored = world.Get(L"C_Thing.Name=\"a \\\"quoted\\\\ name\"");
       ASSERT_TRUE(stored);
       ASSERT_EQ(WBEM_S_NO_ERROR, stored->Get(L"__PATH", 0, &text, nullptr, nullptr));
       const IWbemPathPtr path = NewPath(text.bstrVal);
       EXPECT_EQ(std::wstring(text.bstrVal), Whole(path));
       _variant_t key;
       EXPECT_EQ(WBEM_S_NO_ERROR, Keys(path)->GetKey2(0, 0, nullptr, nullptr, &key, nullptr));
       EXPECT_STREQ(L"a \"quoted\\ name", key.bstrVal);
     }},
};

class PathRows : public testing::TestWithParam<PathRow> {};
TEST_P(PathRows, Holds) {
  SCOPED_TRACE(GetParam().source);
  RecordProperty("source", GetParam().source);
  GetParam().body();
}
INSTANTIATE_TEST_SUITE_P(Contract, PathRows, testing::ValuesIn(kRows), NameOf<PathRow>);

}  // namespace
}  // namespace wmi::conformance
