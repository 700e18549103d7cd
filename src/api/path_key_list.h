// PathKeyList: IWbemPathKeyList, the keys of a path (contract 9.5, 11.3).
#pragma once

#include <wmiutils.h>

#include "base/codes.h"
#include "com/com_object.h"
#include "com/com_ptr.h"

namespace wmi::api {

class WbemPath;

// A look at the class part of its path, which it keeps alive: what one changes the other shows. While the path has no
// class part, every method answers WBEM_E_NOT_AVAILABLE. Shares the path's rule on threads.
class PathKeyList final : public com::ComObject<IWbemPathKeyList> {
 public:
  explicit PathKeyList(WbemPath& path);

  // 0 for a class and for a singleton.
  HRESULT GetCount(ULONG* puKeyCount) override;
  // A name that is there is replaced. No name: all keys go and this one is the key of Class="value".
  // WBEM_E_INVALID_PARAMETER for what no path can hold.
  HRESULT SetKey(LPCWSTR wszName, ULONG uFlags, ULONG uCimType, LPVOID pKeyVal) override;
  HRESULT SetKey2(LPCWSTR wszName, ULONG uFlags, ULONG uCimType, VARIANT* pKeyVal) override;
  // Flags: 0 for the value in its own type, WBEMPATH_TEXT for its text, WBEMPATH_QUOTEDTEXT for the text as in a path.
  // Sizes are characters with the NUL for texts, bytes for numbers. Each out-parameter may be null; the name of a key
  // without one is empty. WBEM_E_BUFFER_TOO_SMALL sets the sizes and leaves both buffers alone.
  HRESULT GetKey(ULONG uKeyIx, ULONG uFlags, ULONG* puNameBufSize, LPWSTR pszKeyName, ULONG* puKeyValBufSize,
                 LPVOID pKeyVal, ULONG* puApparentCimType) override;
  // *pKeyValue is initialised, not cleared; untouched on failure.
  HRESULT GetKey2(ULONG uKeyIx, ULONG uFlags, ULONG* puNameBufSize, LPWSTR pszKeyName, VARIANT* pKeyValue,
                  ULONG* puApparentCimType) override;
  // WBEM_E_NOT_FOUND when there is no such key.
  HRESULT RemoveKey(LPCWSTR wszName, ULONG uFlags) override;
  // Leaves the class, or a singleton as it is.
  HRESULT RemoveAllKeys(ULONG uFlags) override;
  // TRUE drops the keys.
  HRESULT MakeSingleton(boolean bSet) override;
  HRESULT GetInfo(ULONG uRequestedInfo, ULONGLONG* puResponse) override;
  // Key=value,…; with WBEMPATH_QUOTEDTEXT texts have their quotes and escapes.
  HRESULT GetText(long lFlags, ULONG* puBuffLength, LPWSTR pszText) override;

 protected:
  ~PathKeyList() override;

 private:
  // body(const ClassPart&); edit(ClassPart&) on a copy that becomes the path if it succeeds.
  template <typename Body>
  HRESULT Read(Body&& body) const;
  template <typename Change>
  HRESULT Edit(Change&& change);

  const com::ComPtr<WbemPath> path_;
};

}  // namespace wmi::api
