#include "api/wbem_path.h"

#include "api/input.h"
#include "api/path_key_list.h"
#include "base/limits.h"
#include "base/text.h"
#include "cim/object_path.h"
#include "com/abi_call.h"
#include "com/com_ptr.h"

namespace wmi::api {
namespace {

using com::AbiCall;

// A name, class or server; past every limit of paths it is no valid one.
std::string ReadName(LPCWSTR text) { return ReadText(text, limits::kPathLengthMax); }

Code SetClass(PathParts& parts, LPCWSTR text) {
  std::string name = ReadName(text);
  if (!IsPathName(name)) return code::kInvalidParameter;
  if (!parts.class_part) parts.class_part.emplace();
  parts.class_part->name = std::move(name);
  return code::kOk;
}

}  // namespace

Code WbemPath::Commit(PathParts parts, Code result) {
  const std::optional<std::string> text = PartsText(parts, WBEMPATH_GET_SERVER_TOO);
  if (text && CharacterCount(*text) > limits::kPathLengthMax) return code::kQuotaViolation;
  parts_ = std::move(parts);
  return result;
}

HRESULT WbemPath::SetText(ULONG uMode, LPCWSTR pszPath) {
  return AbiCall([&]() -> HRESULT {
    if (pszPath == nullptr) return code::kInvalidParameter;
    std::string text = ReadText(pszPath, limits::kPathLengthMax);
    const Code result = ParseParts(LowFlags(static_cast<long>(uMode)), text, parts_);
    if (!Failed(result)) original_ = std::move(text);
    return result;
  });
}

HRESULT WbemPath::GetText(long lFlags, ULONG* puBuffLength, LPWSTR pszText) {
  return AbiCall([&]() -> HRESULT {
    const ULONG selection = LowFlags(lFlags) & ~std::uint32_t{WBEMPATH_COMPRESSED};
    switch (selection) {
      case WBEMPATH_GET_ORIGINAL:
        return parts_.came_from_text ? TextToBuffer(original_, puBuffLength, pszText) : code::kInvalidParameter;
      case 0:
      case WBEMPATH_GET_RELATIVE_ONLY:
      case WBEMPATH_GET_SERVER_TOO:
      case WBEMPATH_GET_SERVER_AND_NAMESPACE_ONLY:
      case WBEMPATH_GET_NAMESPACE_ONLY:
        break;
      default:
        return code::kInvalidParameter;
    }
    const std::optional<std::string> text = PartsText(parts_, selection);
    return text ? TextToBuffer(*text, puBuffLength, pszText) : code::kInvalidParameter;
  });
}

HRESULT WbemPath::GetInfo(ULONG uRequestedInfo, ULONGLONG* puResponse) {
  if (uRequestedInfo != 0 || puResponse == nullptr) return code::kInvalidParameter;
  return AbiCall([&]() -> HRESULT {
    *puResponse = PartsInfo(parts_);
    return code::kOk;
  });
}

HRESULT WbemPath::SetServer(LPCWSTR Name) {
  return AbiCall([&]() -> HRESULT {
    std::string name = ReadName(Name);
    if (!name.empty() && !IsPathServer(name)) return code::kInvalidParameter;
    return Edit([&](PathParts& parts) {
      parts.server_was_given = !name.empty();
      parts.server = name.empty() ? std::nullopt : std::optional<std::string>(std::move(name));
      return code::kOk;
    });
  });
}

HRESULT WbemPath::GetServer(ULONG* puNameBufLength, LPWSTR pName) {
  return AbiCall([&]() -> HRESULT {
    if (puNameBufLength == nullptr) return code::kInvalidParameter;
    return parts_.server ? TextToBuffer(*parts_.server, puNameBufLength, pName) : code::kNotAvailable;
  });
}

HRESULT WbemPath::GetNamespaceCount(ULONG* puCount) {
  if (puCount == nullptr) return code::kInvalidParameter;
  *puCount = static_cast<ULONG>(parts_.namespaces.size());
  return code::kOk;
}

HRESULT WbemPath::SetNamespaceAt(ULONG uIndex, LPCWSTR pszName) {
  return AbiCall([&]() -> HRESULT {
    std::string name = ReadName(pszName);
    if (uIndex > parts_.namespaces.size() || !IsPathName(name)) return code::kInvalidParameter;
    if (uIndex == limits::kNamespaceDepthMax) return code::kQuotaViolation;
    return Edit([&](PathParts& parts) {
      if (uIndex == parts.namespaces.size()) parts.namespaces.emplace_back();
      parts.namespaces[uIndex] = std::move(name);
      return code::kOk;
    });
  });
}

HRESULT WbemPath::GetNamespaceAt(ULONG uIndex, ULONG* puNameBufLength, LPWSTR pName) {
  return AbiCall([&]() -> HRESULT {
    if (uIndex >= parts_.namespaces.size()) return code::kInvalidParameter;
    return TextToBuffer(parts_.namespaces[uIndex], puNameBufLength, pName);
  });
}

HRESULT WbemPath::RemoveNamespaceAt(ULONG uIndex) {
  return AbiCall([&]() -> HRESULT {
    if (uIndex >= parts_.namespaces.size()) return code::kInvalidParameter;
    parts_.namespaces.erase(parts_.namespaces.begin() + static_cast<std::ptrdiff_t>(uIndex));
    return code::kOk;
  });
}

HRESULT WbemPath::RemoveAllNamespaces() {
  parts_.namespaces.clear();
  return code::kOk;
}

HRESULT WbemPath::GetScopeCount(ULONG* puCount) {
  if (puCount == nullptr) return code::kInvalidParameter;
  *puCount = parts_.class_part ? 1 : 0;
  return code::kOk;
}

HRESULT WbemPath::SetScope(ULONG uIndex, LPWSTR pszClass) {
  return uIndex == 0 ? SetClassName(pszClass) : code::kInvalidParameter;
}

HRESULT WbemPath::SetScopeFromText(ULONG uIndex, LPWSTR pszText) {
  return AbiCall([&]() -> HRESULT {
    if (uIndex != 0 || pszText == nullptr) return code::kInvalidParameter;
    PathParts scope;
    const std::string text = ReadText(pszText, limits::kPathLengthMax);
    const Code parsed = ParseParts(WBEMPATH_CREATE_ACCEPT_RELATIVE, text, scope);
    if (Failed(parsed)) return parsed;
    if (!scope.class_part || !scope.namespaces.empty()) return code::kInvalidObjectPath;
    return Edit([&](PathParts& parts) {
      parts.class_part = std::move(scope.class_part);
      return code::kOk;
    });
  });
}

HRESULT WbemPath::GetScope(ULONG uIndex, ULONG* puClassNameBufSize, LPWSTR pszClass, IWbemPathKeyList** pKeyList) {
  return AbiCall([&]() -> HRESULT {
    if (pKeyList != nullptr) *pKeyList = nullptr;
    if (uIndex != 0 || !parts_.class_part) return code::kInvalidParameter;
    const Code result = TextToBuffer(parts_.class_part->name, puClassNameBufSize, pszClass);
    return Failed(result) || pKeyList == nullptr ? result : GetKeyList(pKeyList);
  });
}

HRESULT WbemPath::GetScopeAsText(ULONG uIndex, ULONG* puTextBufSize, LPWSTR pszText) {
  return AbiCall([&]() -> HRESULT {
    if (uIndex != 0 || !parts_.class_part) return code::kInvalidParameter;
    return TextToBuffer(ClassPartText(*parts_.class_part), puTextBufSize, pszText);
  });
}

HRESULT WbemPath::RemoveScope(ULONG uIndex) {
  if (uIndex != 0 || !parts_.class_part) return code::kInvalidParameter;
  return RemoveAllScopes();
}

HRESULT WbemPath::RemoveAllScopes() {
  parts_.class_part.reset();
  return code::kOk;
}

HRESULT WbemPath::SetClassName(LPCWSTR Name) {
  return AbiCall([&]() -> HRESULT { return Edit([&](PathParts& parts) { return SetClass(parts, Name); }); });
}

HRESULT WbemPath::GetClassName(ULONG* puBuffLength, LPWSTR pszName) {
  return AbiCall([&]() -> HRESULT {
    if (puBuffLength == nullptr) return code::kInvalidParameter;
    if (!parts_.class_part) return code::kNotAvailable;
    return TextToBuffer(parts_.class_part->name, puBuffLength, pszName);
  });
}

HRESULT WbemPath::GetKeyList(IWbemPathKeyList** pOut) {
  return AbiCall([&]() -> HRESULT {
    if (pOut == nullptr) return code::kInvalidParameter;
    *pOut = nullptr;
    if (!parts_.class_part) return code::kNotAvailable;
    *pOut = com::MakeCom<PathKeyList>(*this).Detach();
    return code::kOk;
  });
}

HRESULT WbemPath::CreateClassPart(long lFlags, LPCWSTR Name) {
  return AbiCall([&]() -> HRESULT {
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    return Edit([&](PathParts& parts) {
      parts.class_part.reset();
      return SetClass(parts, Name);
    });
  });
}

HRESULT WbemPath::DeleteClassPart(long lFlags) {
  if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
  if (!parts_.class_part) return code::kNotAvailable;
  return RemoveAllScopes();
}

BOOL WbemPath::TestRelative(LPCWSTR machine, LPCWSTR name_space, Relation relation) const {
  BOOL answer = FALSE;
  const HRESULT result = AbiCall([&]() -> HRESULT {
    answer = api::IsRelative(parts_, ReadName(machine), ReadName(name_space), relation) ? TRUE : FALSE;
    return code::kOk;
  });
  return Failed(result) ? FALSE : answer;
}

BOOL WbemPath::IsRelative(LPWSTR wszMachine, LPWSTR wszNamespace) {
  return TestRelative(wszMachine, wszNamespace, Relation::kSame);
}

BOOL WbemPath::IsRelativeOrChild(LPWSTR wszMachine, LPWSTR wszNamespace, long lFlags) {
  return LowFlags(lFlags) != 0 ? FALSE : TestRelative(wszMachine, wszNamespace, Relation::kSameOrChild);
}

BOOL WbemPath::IsLocal(LPCWSTR wszMachine) {
  const HRESULT result =
      AbiCall([&]() -> HRESULT { return api::IsLocal(parts_, ReadName(wszMachine)) ? code::kOk : code::kFalse; });
  return result == code::kOk ? TRUE : FALSE;
}

BOOL WbemPath::IsSameClassName(LPCWSTR wszClass) {
  const HRESULT result = AbiCall([&]() -> HRESULT {
    const bool same = parts_.class_part && EqualFolded(parts_.class_part->name, ReadName(wszClass));
    return same ? code::kOk : code::kFalse;
  });
  return result == code::kOk ? TRUE : FALSE;
}

}  // namespace wmi::api
