// IWbemPath and IWbemPathKeyList from inside: limits, lifetimes, and paths built part by part at random. What the
// methods do by the contract is a table in tests/conformance/path.cc.
#include "api/wbem_path.h"

#include <gtest/gtest.h>
#include <wbemcli.h>

#include <random>
#include <string>

#include "api/path_key_list.h"
#include "base/limits.h"
#include "base/text.h"
#include "com/com_ptr.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr unsigned kSeed = 4711;

std::string Text(WbemPath& path, long flags = WBEMPATH_GET_SERVER_TOO) {
  ULONG size = 0;
  if (FAILED(path.GetText(flags, &size, nullptr))) return "(failed)";
  std::wstring text(size, L'#');
  EXPECT_EQ(WBEM_S_NO_ERROR, path.GetText(flags, &size, text.data()));
  text.pop_back();
  return Utf8FromWide(text);
}

ComPtr<IWbemPathKeyList> Keys(WbemPath& path) {
  ComPtr<IWbemPathKeyList> keys;
  EXPECT_EQ(WBEM_S_NO_ERROR, path.GetKeyList(keys.Receive()));
  return keys;
}

HRESULT SetText(WbemPath& path, const std::string& text) {
  return path.SetText(WBEMPATH_CREATE_ACCEPT_ALL, WideFromUtf8(text).c_str());
}

HRESULT SetKey(IWbemPathKeyList& keys, const std::string& name, std::string_view value) {
  return keys.SetKey(WideFromUtf8(name).c_str(), 0, CIM_STRING, WideFromUtf8(value).data());
}

TEST(WbemPathTest, TheTextMayBeAsLongAsAPathAndNoLonger) {
  const ComPtr<WbemPath> path = com::MakeCom<WbemPath>();
  const std::string longest = "A.K=\"" + std::string(limits::kPathLengthMax - 6, 'x') + '"';
  EXPECT_EQ(WBEM_S_NO_ERROR, SetText(*path, longest));
  EXPECT_EQ(longest, Text(*path));
  EXPECT_EQ(WBEM_E_INVALID_OBJECT_PATH, SetText(*path, longest.substr(0, longest.size() - 1) + "x\""));
  EXPECT_EQ(longest, Text(*path));
  // Growing past the limit by parts.
  EXPECT_EQ(WBEM_S_NO_ERROR, path->SetClassName(L"B"));
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, path->SetClassName(L"BB"));
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, path->SetNamespaceAt(0, L"n"));
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, SetKey(*Keys(*path), "L", ""));
  EXPECT_EQ("B" + longest.substr(1), Text(*path)) << "a failure changes nothing";
}

TEST(WbemPathTest, EscapesCountForTheLength) {
  const ComPtr<WbemPath> path = com::MakeCom<WbemPath>();
  EXPECT_EQ(WBEM_S_NO_ERROR, path->SetClassName(L"A"));
  const std::size_t half = (limits::kPathLengthMax - 6) / 2;
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, SetKey(*Keys(*path), "K", std::string(half + 1, '\\')));
  EXPECT_EQ(WBEM_S_NO_ERROR, SetKey(*Keys(*path), "K", std::string(half, '\\')));
  EXPECT_EQ(WBEM_S_NO_ERROR, SetText(*path, Text(*path))) << "what it prints it reads";
}

TEST(WbemPathTest, NumberOfKeys) {
  const ComPtr<WbemPath> path = com::MakeCom<WbemPath>();
  EXPECT_EQ(WBEM_S_NO_ERROR, path->SetClassName(L"A"));
  const ComPtr<IWbemPathKeyList> keys = Keys(*path);
  for (std::size_t i = 0; i < limits::kKeysMax; ++i) {
    ASSERT_EQ(WBEM_S_NO_ERROR, SetKey(*keys, "k" + std::to_string(i), "v"));
  }
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, SetKey(*keys, "one_more", "v"));
  EXPECT_EQ(WBEM_S_NO_ERROR, SetKey(*keys, "K0", "replaced"));
  ULONG count = 0;
  EXPECT_EQ(WBEM_S_NO_ERROR, keys->GetCount(&count));
  EXPECT_EQ(limits::kKeysMax, count);
}

TEST(WbemPathTest, NamespaceDepthAndLengthOfNames) {
  const ComPtr<WbemPath> path = com::MakeCom<WbemPath>();
  for (ULONG level = 0; level < limits::kNamespaceDepthMax; ++level) {
    ASSERT_EQ(WBEM_S_NO_ERROR, path->SetNamespaceAt(level, L"n"));
  }
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, path->SetNamespaceAt(limits::kNamespaceDepthMax, L"n"));
  const std::wstring longest(limits::kNameLengthMax, L'n');
  EXPECT_EQ(WBEM_S_NO_ERROR, path->SetNamespaceAt(0, longest.c_str()));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, path->SetNamespaceAt(0, (longest + L'n').c_str()));
  EXPECT_EQ(WBEM_S_NO_ERROR, path->SetClassName(longest.c_str()));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, path->SetClassName((longest + L'n').c_str()));
  const ComPtr<IWbemPathKeyList> keys = Keys(*path);
  EXPECT_EQ(WBEM_S_NO_ERROR, SetKey(*keys, std::string(limits::kNameLengthMax, 'k'), "v"));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, SetKey(*keys, std::string(limits::kNameLengthMax + 1, 'k'), "v"));
}

TEST(WbemPathTest, ThePathEndsWithItsLastList) {
  const std::size_t before = com::LiveObjects();
  ComPtr<WbemPath> path = com::MakeCom<WbemPath>();
  ASSERT_EQ(WBEM_S_NO_ERROR, SetText(*path, "A.K=1"));
  ComPtr<IWbemPathKeyList> keys = Keys(*path);
  path.Reset();
  EXPECT_EQ(before + 2, com::LiveObjects());
  EXPECT_EQ(WBEM_S_NO_ERROR, keys->RemoveAllKeys(0));
  keys.Reset();
  EXPECT_EQ(before, com::LiveObjects());
}

// Sets the parts of a path at random; what it prints it reads, and both have the same parts.
class RandomPath {
 public:
  void Change(WbemPath& path) {
    switch (Number(9)) {
      case 0:
        path.SetServer(Number(3) == 0 ? nullptr : L"srv-1.example");
        return;
      case 1:
      case 2:
        path.SetNamespaceAt(static_cast<ULONG>(Number(4)), WideFromUtf8(Name()).c_str());
        return;
      case 3:
        path.RemoveNamespaceAt(static_cast<ULONG>(Number(4)));
        return;
      case 4:
        path.SetClassName(WideFromUtf8(Name()).c_str());
        return;
      case 5:
        if (Number(4) == 0) path.DeleteClassPart(0);
        return;
      default:
        ChangeKeys(path);
        return;
    }
  }

 private:
  void ChangeKeys(WbemPath& path) {
    ComPtr<IWbemPathKeyList> keys;
    if (FAILED(path.GetKeyList(keys.Receive()))) return;
    const std::wstring name = WideFromUtf8(Name());
    std::uint64_t bits = engine_();
    static constexpr CIMTYPE kNumbers[] = {CIM_SINT8,  CIM_UINT8,  CIM_SINT16, CIM_UINT16,  CIM_SINT32,
                                           CIM_UINT32, CIM_SINT64, CIM_UINT64, CIM_BOOLEAN, CIM_CHAR16};
    switch (Number(8)) {
      case 0:
        keys->MakeSingleton(Number(2) == 0 ? TRUE : FALSE);
        return;
      case 1:
        keys->RemoveKey(name.c_str(), 0);
        return;
      case 2:
        keys->SetKey(nullptr, 0, CIM_SINT64, &bits);
        return;
      case 3:
      case 4:
        SetKey(*keys, Utf8FromWide(name), Value());
        return;
      default:
        keys->SetKey(name.c_str(), 0, static_cast<ULONG>(kNumbers[Number(std::size(kNumbers))]), &bits);
        return;
    }
  }
  std::size_t Number(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_); }
  std::string Name() {
    static constexpr const char* kNames[] = {"A", "b", "Win32_X", "é", "中", "_9", "a", "K"};
    return kNames[Number(std::size(kNames))];
  }
  std::string Value() {
    static constexpr const char* kPieces[] = {"\"", "\\", "'", " ", ",", "=", "@", "x", "ü", "😀", "."};
    std::string value;
    for (std::size_t i = Number(8); i > 0; --i) value += kPieces[Number(std::size(kPieces))];
    return value;
  }

  std::mt19937_64 engine_{kSeed};
};

TEST(WbemPathTest, RandomPathsAreReadBackAsTheyArePrinted) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  constexpr ULONGLONG kOfTheText = WBEMPATH_INFO_NATIVE_PATH | WBEMPATH_INFO_PATH_HAD_SERVER;
  RandomPath random;
  const ComPtr<WbemPath> path = com::MakeCom<WbemPath>();
  int read = 0;
  for (int i = 0; i < 20000; ++i) {
    random.Change(*path);
    const std::string text = Text(*path);
    if (text == "(failed)") continue;
    SCOPED_TRACE(text);
    const ComPtr<WbemPath> again = com::MakeCom<WbemPath>();
    // One namespace and nothing else has its server in front, so it is no single name.
    ASSERT_EQ(WBEM_S_NO_ERROR, SetText(*again, text));
    ASSERT_EQ(text, Text(*again));
    ASSERT_EQ(Text(*path, WBEMPATH_GET_RELATIVE_ONLY), Text(*again, WBEMPATH_GET_RELATIVE_ONLY));
    ASSERT_EQ(Text(*path, WBEMPATH_GET_NAMESPACE_ONLY), Text(*again, WBEMPATH_GET_NAMESPACE_ONLY));
    ++read;
    ULONG count = 0;
    ASSERT_EQ(WBEM_S_NO_ERROR, path->GetNamespaceCount(&count));
    if (count == 0) continue;  // the server cannot be written then
    ULONGLONG info = 0, info_again = 0;
    ASSERT_EQ(WBEM_S_NO_ERROR, path->GetInfo(0, &info));
    ASSERT_EQ(WBEM_S_NO_ERROR, again->GetInfo(0, &info_again));
    ASSERT_EQ(info & ~kOfTheText, info_again & ~kOfTheText);
  }
  EXPECT_GT(read, 10000);
}

}  // namespace
}  // namespace wmi::api
