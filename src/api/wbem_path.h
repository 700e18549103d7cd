// WbemPath: IWbemPath, an object path as an object (contract 9.5, 11.3; CLSID_WbemDefPath).
#pragma once

#include <wmiutils.h>

#include <string>
#include <utility>

#include "api/path_parts.h"
#include "base/codes.h"
#include "com/com_object.h"

namespace wmi::api {

// For one thread at a time, with its key lists, except for the reference count. Sets no error object.
//
// A method that fails changes nothing. Names, keys and the whole text keep to the limits of paths: what SetText would
// not take back is WBEM_E_INVALID_PARAMETER, what makes the text too long WBEM_E_QUOTA_VIOLATION. The scopes are the
// one that WMI has: the class part, at index 0.
class WbemPath final : public com::ComObject<IWbemPath> {
 public:
  WbemPath() = default;

  // ---- for PathKeyList
  const PathParts& parts() const { return parts_; }
  // change(PathParts&) works on a copy, which becomes the path if it succeeds and its text is not too long.
  template <typename Change>
  Code Edit(Change&& change) {
    PathParts copy = parts_;
    const Code result = std::forward<Change>(change)(copy);
    if (Failed(result)) return result;
    copy.is_parent = false;
    return Commit(std::move(copy), result);
  }

  // An empty text with ACCEPT_ALL clears the path.
  HRESULT SetText(ULONG uMode, LPCWSTR pszPath) override;
  // Flags: none, for namespace and class without the server, or one WBEMPATH_GET_; WBEMPATH_COMPRESSED is ignored.
  // WBEM_E_INVALID_PARAMETER when the path has nothing of what is asked for.
  HRESULT GetText(long lFlags, ULONG* puBuffLength, LPWSTR pszText) override;
  HRESULT GetInfo(ULONG uRequestedInfo, ULONGLONG* puResponse) override;
  // NULL and an empty text take the server away.
  HRESULT SetServer(LPCWSTR Name) override;
  // "." after a text without a server; WBEM_E_NOT_AVAILABLE when neither text nor SetServer came.
  HRESULT GetServer(ULONG* puNameBufLength, LPWSTR pName) override;
  HRESULT GetNamespaceCount(ULONG* puCount) override;
  // Replaces a namespace, or adds one behind the last.
  HRESULT SetNamespaceAt(ULONG uIndex, LPCWSTR pszName) override;
  HRESULT GetNamespaceAt(ULONG uIndex, ULONG* puNameBufLength, LPWSTR pName) override;
  HRESULT RemoveNamespaceAt(ULONG uIndex) override;
  HRESULT RemoveAllNamespaces() override;
  HRESULT GetScopeCount(ULONG* puCount) override;
  HRESULT SetScope(ULONG uIndex, LPWSTR pszClass) override;
  // A relative path: class and keys.
  HRESULT SetScopeFromText(ULONG uIndex, LPWSTR pszText) override;
  HRESULT GetScope(ULONG uIndex, ULONG* puClassNameBufSize, LPWSTR pszClass, IWbemPathKeyList** pKeyList) override;
  HRESULT GetScopeAsText(ULONG uIndex, ULONG* puTextBufSize, LPWSTR pszText) override;
  HRESULT RemoveScope(ULONG uIndex) override;
  HRESULT RemoveAllScopes() override;
  // Keeps the keys.
  HRESULT SetClassName(LPCWSTR Name) override;
  // WBEM_E_NOT_AVAILABLE, as from the next method, when the path has no class.
  HRESULT GetClassName(ULONG* puBuffLength, LPWSTR pszName) override;
  HRESULT GetKeyList(IWbemPathKeyList** pOut) override;
  // A class without keys, whatever there was.
  HRESULT CreateClassPart(long lFlags, LPCWSTR Name) override;
  HRESULT DeleteClassPart(long lFlags) override;
  // FALSE for everything that is not valid.
  BOOL IsRelative(LPWSTR wszMachine, LPWSTR wszNamespace) override;
  BOOL IsRelativeOrChild(LPWSTR wszMachine, LPWSTR wszNamespace, long lFlags) override;
  BOOL IsLocal(LPCWSTR wszMachine) override;
  BOOL IsSameClassName(LPCWSTR wszClass) override;

 protected:
  ~WbemPath() override = default;

 private:
  Code Commit(PathParts parts, Code result);
  BOOL TestRelative(LPCWSTR machine, LPCWSTR name_space, Relation relation) const;

  PathParts parts_;
  std::string original_;  // what SetText was given
};

}  // namespace wmi::api
