#include "api/path_key_list.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/input.h"
#include "api/path_parts.h"
#include "api/variant_value.h"
#include "api/wbem_path.h"
#include "base/limits.h"
#include "base/text.h"
#include "com/abi_call.h"

namespace wmi::api {
namespace {

constexpr ULONG kTextFlags = WBEMPATH_TEXT | WBEMPATH_QUOTEDTEXT;

KeyText TextForm(ULONG flags) { return (flags & WBEMPATH_QUOTEDTEXT) != 0 ? KeyText::kQuoted : KeyText::kPlain; }

// Whether `name` may be that of a key; nothing is the key without a name.
bool IsKeyName(const std::string& name) { return name.empty() || IsPathName(name); }

// A name or a value is wanted where there is a buffer or a size. A buffer without a size is an error, found in
// `result`.
Code CopyName(const PathKey& key, ULONG* size, LPWSTR buffer) {
  if (size == nullptr && buffer == nullptr) return code::kOk;
  return TextToBuffer(key.name, size, buffer);
}

Code CopyValue(const PathKey& key, ULONG flags, ULONG* size, LPVOID buffer) {
  if (size == nullptr && buffer == nullptr) return code::kOk;
  if (flags == 0) return KeyToMemory(key, size, buffer);
  return TextToBuffer(KeyValueText(key, TextForm(flags)), size, static_cast<LPWSTR>(buffer));
}

// The CIMTYPE of a key, or of its text.
ULONG ApparentType(const PathKey& key, ULONG flags) {
  return static_cast<ULONG>(flags == 0 ? static_cast<unsigned>(key.type) : static_cast<unsigned>(CIM_STRING));
}

}  // namespace

PathKeyList::PathKeyList(WbemPath& path) : path_(&path) {}
PathKeyList::~PathKeyList() = default;

template <typename Body>
HRESULT PathKeyList::Read(Body&& body) const {
  return com::AbiCall([&]() -> HRESULT {
    const PathParts& parts = path_->parts();
    return parts.class_part ? body(*parts.class_part) : code::kNotAvailable;
  });
}

template <typename Change>
HRESULT PathKeyList::Edit(Change&& change) {
  return com::AbiCall([&]() -> HRESULT {
    return path_->Edit(
        [&](PathParts& parts) -> Code { return parts.class_part ? change(*parts.class_part) : code::kNotAvailable; });
  });
}

HRESULT PathKeyList::GetCount(ULONG* puKeyCount) {
  if (puKeyCount == nullptr) return code::kInvalidParameter;
  return Read([&](const ClassPart& part) {
    *puKeyCount = static_cast<ULONG>(part.keys.size());
    return code::kOk;
  });
}

HRESULT PathKeyList::SetKey(LPCWSTR wszName, ULONG uFlags, ULONG uCimType, LPVOID pKeyVal) {
  return Edit([&](ClassPart& part) -> Code {
    PathKey key;
    key.name = ReadText(wszName, limits::kNameLengthMax);
    const std::optional<cim::CimType> type = KeyType(uCimType);
    if (uFlags != 0 || pKeyVal == nullptr || !type || !IsKeyName(key.name)) return code::kInvalidParameter;
    key.type = *type;
    key.value = KeyFromMemory(*type, pKeyVal);
    return key.value.is_null() ? code::kInvalidParameter : api::SetKey(part, std::move(key));
  });
}

HRESULT PathKeyList::SetKey2(LPCWSTR wszName, ULONG uFlags, ULONG uCimType, VARIANT* pKeyVal) {
  return Edit([&](ClassPart& part) -> Code {
    PathKey key;
    key.name = ReadText(wszName, limits::kNameLengthMax);
    const std::optional<cim::CimType> type = KeyType(uCimType);
    if (uFlags != 0 || pKeyVal == nullptr || !type || !IsKeyName(key.name)) return code::kInvalidParameter;
    key.type = *type;
    key.value = KeyFromVariant(*type, *pKeyVal);
    return key.value.is_null() ? code::kInvalidParameter : api::SetKey(part, std::move(key));
  });
}

HRESULT PathKeyList::GetKey(ULONG uKeyIx, ULONG uFlags, ULONG* puNameBufSize, LPWSTR pszKeyName, ULONG* puKeyValBufSize,
                            LPVOID pKeyVal, ULONG* puApparentCimType) {
  return Read([&](const ClassPart& part) -> HRESULT {
    if (uKeyIx >= part.keys.size() || (uFlags & ~kTextFlags) != 0) return code::kInvalidParameter;
    const PathKey& key = part.keys[uKeyIx];
    // Both are tried without a buffer where the other one is too small.
    const ULONG name_room = puNameBufSize != nullptr ? *puNameBufSize : 0;
    const ULONG value_room = puKeyValBufSize != nullptr ? *puKeyValBufSize : 0;
    if ((pszKeyName != nullptr && puNameBufSize == nullptr) || (pKeyVal != nullptr && puKeyValBufSize == nullptr)) {
      return code::kInvalidParameter;
    }
    CopyName(key, puNameBufSize, nullptr);
    CopyValue(key, uFlags, puKeyValBufSize, nullptr);
    if (puApparentCimType != nullptr) *puApparentCimType = ApparentType(key, uFlags);
    if (pszKeyName != nullptr && name_room < *puNameBufSize) return code::kBufferTooSmall;
    if (pKeyVal != nullptr && value_room < *puKeyValBufSize) return code::kBufferTooSmall;
    const Code named = CopyName(key, puNameBufSize, pszKeyName);
    return Failed(named) ? named : CopyValue(key, uFlags, puKeyValBufSize, pKeyVal);
  });
}

HRESULT PathKeyList::GetKey2(ULONG uKeyIx, ULONG uFlags, ULONG* puNameBufSize, LPWSTR pszKeyName, VARIANT* pKeyValue,
                             ULONG* puApparentCimType) {
  return Read([&](const ClassPart& part) -> HRESULT {
    if (uKeyIx >= part.keys.size() || (uFlags & ~kTextFlags) != 0) return code::kInvalidParameter;
    const PathKey& key = part.keys[uKeyIx];
    const Code named = CopyName(key, puNameBufSize, pszKeyName);
    if (Failed(named)) return named;
    if (puApparentCimType != nullptr) *puApparentCimType = ApparentType(key, uFlags);
    if (pKeyValue == nullptr) return code::kOk;
    if (uFlags == 0) return ToVariant({key.type, false, {}}, key.value.view(), *pKeyValue);
    const std::string text = KeyValueText(key, TextForm(uFlags));
    return ToVariant({cim::CimType::kString, false, {}}, cim::ValueView::Text(text), *pKeyValue);
  });
}

HRESULT PathKeyList::RemoveKey(LPCWSTR wszName, ULONG uFlags) {
  return Edit([&](ClassPart& part) -> Code {
    if (uFlags != 0) return code::kInvalidParameter;
    const NameText name(wszName);
    const auto found = std::find_if(part.keys.begin(), part.keys.end(),
                                    [&](const PathKey& key) { return EqualFolded(key.name, name.view()); });
    if (found == part.keys.end()) return code::kNotFound;
    part.keys.erase(found);
    return code::kOk;
  });
}

HRESULT PathKeyList::RemoveAllKeys(ULONG uFlags) {
  return Edit([&](ClassPart& part) -> Code {
    if (uFlags != 0) return code::kInvalidParameter;
    part.keys.clear();
    return code::kOk;
  });
}

HRESULT PathKeyList::MakeSingleton(boolean bSet) {
  return Edit([&](ClassPart& part) -> Code {
    part.is_singleton = bSet != 0;
    if (part.is_singleton) part.keys.clear();
    return code::kOk;
  });
}

HRESULT PathKeyList::GetInfo(ULONG uRequestedInfo, ULONGLONG* puResponse) {
  if (uRequestedInfo != 0 || puResponse == nullptr) return code::kInvalidParameter;
  return Read([&](const ClassPart& part) {
    *puResponse = KeysInfo(part);
    return code::kOk;
  });
}

HRESULT PathKeyList::GetText(long lFlags, ULONG* puBuffLength, LPWSTR pszText) {
  return Read([&](const ClassPart& part) -> HRESULT {
    if (!AreFlagsWithin(lFlags, static_cast<std::uint32_t>(kTextFlags))) return code::kInvalidParameter;
    return TextToBuffer(KeysText(part, TextForm(LowFlags(lFlags))), puBuffLength, pszText);
  });
}

}  // namespace wmi::api
