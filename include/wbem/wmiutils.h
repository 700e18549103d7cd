// Paths and queries as objects: IWbemPath with its key lists (CLSID_WbemDefPath) and IWbemQuery (CLSID_WbemQuery).
//
// Text comes back in the caller's buffer: the count goes in as the size and comes out as what is needed, both in
// characters with the NUL; WBEM_E_BUFFER_TOO_SMALL leaves the buffer alone. One object is for one thread at a time.
// A method that fails changes nothing.
#ifndef OPENWMI_WMIUTILS_H
#define OPENWMI_WMIUTILS_H

#include "detail/wbem_query_analysis.h"
#include "objbase.h"
#include "oleauto.h"

// IWbemPath::GetInfo; four of them are also IWbemPathKeyList's: IS_COMPOUND, HAS_V2_REF_PATHS, HAS_IMPLIED_KEY and
// CONTAINS_SINGLETON. Reserved and never set: V2_COMPLIANT, CIM_COMPLIANT, WMI_PATH; and HAS_SUBSCOPES, since WMI has
// no scopes.
typedef enum tag_WBEM_PATH_STATUS_FLAG OPENWMI_ENUM_INT {
  WBEMPATH_INFO_ANON_LOCAL_MACHINE = 0x1,
  WBEMPATH_INFO_HAS_MACHINE_NAME = 0x2,
  WBEMPATH_INFO_IS_CLASS_REF = 0x4,
  WBEMPATH_INFO_IS_INST_REF = 0x8,
  WBEMPATH_INFO_HAS_SUBSCOPES = 0x10,
  WBEMPATH_INFO_IS_COMPOUND = 0x20,
  WBEMPATH_INFO_HAS_V2_REF_PATHS = 0x40,
  WBEMPATH_INFO_HAS_IMPLIED_KEY = 0x80,
  WBEMPATH_INFO_CONTAINS_SINGLETON = 0x100,
  WBEMPATH_INFO_V1_COMPLIANT = 0x200,
  WBEMPATH_INFO_V2_COMPLIANT = 0x400,
  WBEMPATH_INFO_CIM_COMPLIANT = 0x800,
  WBEMPATH_INFO_IS_SINGLETON = 0x1000,
  WBEMPATH_INFO_IS_PARENT = 0x2000,
  WBEMPATH_INFO_SERVER_NAMESPACE_ONLY = 0x4000,
  WBEMPATH_INFO_NATIVE_PATH = 0x8000,
  WBEMPATH_INFO_WMI_PATH = 0x10000,
  WBEMPATH_INFO_PATH_HAD_SERVER = 0x20000
} tag_WBEM_PATH_STATUS_FLAG;

// IWbemPath::SetText. RELATIVE takes every path with a class or a namespace, ABSOLUTE those of them that name a server,
// ALL also the empty path, which clears the object, and a server alone. At least one of the three must be there.
typedef enum tag_WBEM_PATH_CREATE_FLAG OPENWMI_ENUM_INT {
  WBEMPATH_CREATE_ACCEPT_RELATIVE = 0x1,
  WBEMPATH_CREATE_ACCEPT_ABSOLUTE = 0x2,
  WBEMPATH_CREATE_ACCEPT_ALL = 0x4,
  WBEMPATH_TREAT_SINGLE_IDENT_AS_NS = 0x8
} tag_WBEM_PATH_CREATE_FLAG;

// IWbemPath::GetText; at most one of WBEMPATH_GET_. None: namespace and class, without the server. WBEMPATH_COMPRESSED
// is ignored. WBEM_E_INVALID_PARAMETER when the path has nothing of what is asked for.
typedef enum tag_WBEM_GET_TEXT_FLAGS OPENWMI_ENUM_INT {
  WBEMPATH_COMPRESSED = 0x1,
  WBEMPATH_GET_RELATIVE_ONLY = 0x2,
  WBEMPATH_GET_SERVER_TOO = 0x4,
  WBEMPATH_GET_SERVER_AND_NAMESPACE_ONLY = 0x8,
  WBEMPATH_GET_NAMESPACE_ONLY = 0x10,
  WBEMPATH_GET_ORIGINAL = 0x20
} tag_WBEM_GET_TEXT_FLAGS;

// IWbemPathKeyList::GetKey, GetKey2 and GetText: the value as text, as it is or with the quotes and escapes of a path.
typedef enum tag_WBEM_GET_KEY_FLAGS OPENWMI_ENUM_INT {
  WBEMPATH_TEXT = 0x1,
  WBEMPATH_QUOTEDTEXT = 0x2
} tag_WBEM_GET_KEY_FLAGS;

#ifdef OPENWMI_CXX_INTERFACES

// The keys of one class part of a path. While the path has no class part, all methods answer WBEM_E_NOT_AVAILABLE.
struct IWbemPathKeyList : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetCount(ULONG* puKeyCount) = 0;
  // `uCimType` is a CIMTYPE; the value is a wide string for CIM_STRING, CIM_DATETIME and CIM_REFERENCE, else a pointer
  // to a number of the type's size: 4 bytes for CIM_SINT32, 2 for CIM_BOOLEAN (VARIANT_BOOL) and CIM_CHAR16. No name:
  // all keys go and the value is that of Class="value". WBEM_E_INVALID_PARAMETER for reals, objects and arrays, and for
  // a text with control characters.
  virtual HRESULT STDMETHODCALLTYPE SetKey(LPCWSTR wszName, ULONG uFlags, ULONG uCimType, LPVOID pKeyVal) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetKey2(LPCWSTR wszName, ULONG uFlags, ULONG uCimType, VARIANT* pKeyVal) = 0;
  // Sizes in characters for texts, in bytes for numbers.
  virtual HRESULT STDMETHODCALLTYPE GetKey(ULONG uKeyIx, ULONG uFlags, ULONG* puNameBufSize, LPWSTR pszKeyName,
                                           ULONG* puKeyValBufSize, LPVOID pKeyVal, ULONG* puApparentCimType) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetKey2(ULONG uKeyIx, ULONG uFlags, ULONG* puNameBufSize, LPWSTR pszKeyName,
                                            VARIANT* pKeyValue, ULONG* puApparentCimType) = 0;
  // A NULL name removes the key without a name.
  virtual HRESULT STDMETHODCALLTYPE RemoveKey(LPCWSTR wszName, ULONG uFlags) = 0;
  virtual HRESULT STDMETHODCALLTYPE RemoveAllKeys(ULONG uFlags) = 0;
  // Class=@.
  virtual HRESULT STDMETHODCALLTYPE MakeSingleton(boolean bSet) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetInfo(ULONG uRequestedInfo, ULONGLONG* puResponse) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetText(long lFlags, ULONG* puBuffLength, LPWSTR pszText) = 0;
};
OPENWMI_INTERFACE_ID(IWbemPathKeyList, 0x9AE62877, 0x7544, 0x4BB0, 0xAA, 0x26, 0xA1, 0x38, 0x24, 0x65, 0x9E, 0xD6)

// A path in its parts: server, namespaces, class, keys. Its one scope is the class with its keys, at index 0.
struct IWbemPath : public IUnknown {
  virtual HRESULT STDMETHODCALLTYPE SetText(ULONG uMode, LPCWSTR pszPath) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetText(long lFlags, ULONG* puBuffLength, LPWSTR pszText) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetInfo(ULONG uRequestedInfo, ULONGLONG* puResponse) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetServer(LPCWSTR Name) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetServer(ULONG* puNameBufLength, LPWSTR pName) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetNamespaceCount(ULONG* puCount) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetNamespaceAt(ULONG uIndex, LPCWSTR pszName) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetNamespaceAt(ULONG uIndex, ULONG* puNameBufLength, LPWSTR pName) = 0;
  virtual HRESULT STDMETHODCALLTYPE RemoveNamespaceAt(ULONG uIndex) = 0;
  virtual HRESULT STDMETHODCALLTYPE RemoveAllNamespaces() = 0;
  virtual HRESULT STDMETHODCALLTYPE GetScopeCount(ULONG* puCount) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetScope(ULONG uIndex, LPWSTR pszClass) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetScopeFromText(ULONG uIndex, LPWSTR pszText) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetScope(ULONG uIndex, ULONG* puClassNameBufSize, LPWSTR pszClass,
                                             IWbemPathKeyList** pKeyList) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetScopeAsText(ULONG uIndex, ULONG* puTextBufSize, LPWSTR pszText) = 0;
  virtual HRESULT STDMETHODCALLTYPE RemoveScope(ULONG uIndex) = 0;
  virtual HRESULT STDMETHODCALLTYPE RemoveAllScopes() = 0;
  virtual HRESULT STDMETHODCALLTYPE SetClassName(LPCWSTR Name) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetClassName(ULONG* puBuffLength, LPWSTR pszName) = 0;
  // A live list: changing it changes the path.
  virtual HRESULT STDMETHODCALLTYPE GetKeyList(IWbemPathKeyList** pOut) = 0;
  virtual HRESULT STDMETHODCALLTYPE CreateClassPart(long lFlags, LPCWSTR Name) = 0;
  virtual HRESULT STDMETHODCALLTYPE DeleteClassPart(long lFlags) = 0;
  virtual BOOL STDMETHODCALLTYPE IsRelative(LPWSTR wszMachine, LPWSTR wszNamespace) = 0;
  virtual BOOL STDMETHODCALLTYPE IsRelativeOrChild(LPWSTR wszMachine, LPWSTR wszNamespace, long lFlags) = 0;
  virtual BOOL STDMETHODCALLTYPE IsLocal(LPCWSTR wszMachine) = 0;
  virtual BOOL STDMETHODCALLTYPE IsSameClassName(LPCWSTR wszClass) = 0;
};
OPENWMI_INTERFACE_ID(IWbemPath, 0x3BC15AF2, 0x736C, 0x477E, 0x9E, 0x51, 0x23, 0x8A, 0xF8, 0x66, 0x7D, 0xCC)

// A query taken apart by the parser that answers queries, without a look at any class. What GetAnalysis gave stays as
// it is, whatever happens to the query, until FreeMemory or until the object goes; it must not be changed.
struct IWbemQuery : public IUnknown {
  // Forgets the query. Analyses stay.
  virtual HRESULT STDMETHODCALLTYPE Empty() = 0;
  // These two and GetQueryInfo are E_NOTIMPL, as on Windows: the language is always the whole one.
  virtual HRESULT STDMETHODCALLTYPE SetLanguageFeatures(ULONG uFlags, ULONG uArraySize, ULONG* puFeatures) = 0;
  virtual HRESULT STDMETHODCALLTYPE TestLanguageFeatures(ULONG uFlags, ULONG* uArraySize, ULONG* puFeatures) = 0;
  // `pszLang` is "WQL" or "SQL", which mean the same, in capitals; `uFlags` is 0; else WBEM_E_INVALID_PARAMETER. Takes
  // data, schema, event and association queries. What is wrong with a query is answered as ExecQuery does, mostly with
  // WBEM_E_INVALID_QUERY, past a limit with WBEM_E_QUOTA_VIOLATION; the description of GetErrorInfo says what and
  // where. What only the classes show, such as a property that does not exist, is not found here.
  virtual HRESULT STDMETHODCALLTYPE Parse(LPCWSTR pszLang, LPCWSTR pszQuery, ULONG uFlags) = 0;
  // The structure that belongs to the WMIQ_ANALYSIS_TYPE. WBEM_E_NOT_AVAILABLE when no query was parsed, or when it is
  // no SELECT (RPN_SEQUENCE) or not about associations (ASSOC_QUERY); WBEM_E_NOT_SUPPORTED for PROP_ANALYSIS_MATRIX and
  // RESERVED; WBEM_E_INVALID_PARAMETER for other types and for flags. `*pAnalysis` is NULL then.
  virtual HRESULT STDMETHODCALLTYPE GetAnalysis(ULONG uAnalysisType, ULONG uFlags, LPVOID* pAnalysis) = 0;
  // Frees what GetAnalysis gave, with all that it points to. WBEM_E_INVALID_PARAMETER for anything else.
  virtual HRESULT STDMETHODCALLTYPE FreeMemory(LPVOID pMem) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetQueryInfo(ULONG uAnalysisType, ULONG uInfoId, ULONG uBufSize,
                                                 LPVOID pDestBuf) = 0;
};
OPENWMI_INTERFACE_ID(IWbemQuery, 0x81166F58, 0xDD98, 0x11D3, 0xA1, 0x20, 0x00, 0x10, 0x5A, 0x1F, 0x51, 0x5A)

OPENWMI_CLASS_ID(WbemDefPath, 0xCF4CC405, 0xE2C5, 0x4DDD, 0xB3, 0xCE, 0x5E, 0x75, 0x82, 0xD8, 0xC9, 0xFA)
OPENWMI_CLASS_ID(WbemQuery, 0xEAC8A024, 0x21E2, 0x4523, 0xAD, 0x73, 0xA7, 0x1A, 0x0A, 0xA2, 0xF5, 0x6A)

#else
#include "detail/c/wmiutils.h"
#endif

// IWbemPathPtr and its kin, if comdef.h came first; comdef.h does the same in the other order.
#ifdef OPENWMI_COMDEF_H
#include "detail/wbem_smart_pointers.h"
#endif

#endif
