// WbemQuery: IWbemQuery, a query taken apart (contract 7, 9.5, 11.3; CLSID_WbemQuery). The parser is that of the module
// wql, the one that answers queries.
#pragma once

#include <wmiutils.h>

#include <memory>
#include <unordered_map>

#include "api/query_analysis.h"
#include "com/com_object.h"
#include "wql/syntax.h"

namespace wmi::api {

// For one thread at a time, except for the reference count. No class is looked up: a query about what does not exist
// can be taken apart. A method that fails changes nothing.
class WbemQuery final : public com::ComObject<IWbemQuery> {
 public:
  WbemQuery() = default;

  // Forgets the query; analyses stay until FreeMemory.
  HRESULT Empty() override;
  // E_NOTIMPL, as on Windows: the language is always the whole one.
  HRESULT SetLanguageFeatures(ULONG uFlags, ULONG uArraySize, ULONG* puFeatures) override;
  HRESULT TestLanguageFeatures(ULONG uFlags, ULONG* uArraySize, ULONG* puFeatures) override;
  // The codes of the parser: WBEM_E_INVALID_QUERY, WBEM_E_QUOTA_VIOLATION past a limit, and those of contract 7.4 and
  // 7.5. They leave an IErrorInfo whose description says what is wrong at which line and column.
  HRESULT Parse(LPCWSTR pszLang, LPCWSTR pszQuery, ULONG uFlags) override;
  // WBEM_E_NOT_AVAILABLE without a query, or when it is of the other kind; WBEM_E_NOT_SUPPORTED for the reserved types.
  HRESULT GetAnalysis(ULONG uAnalysisType, ULONG uFlags, LPVOID* pAnalysis) override;
  // WBEM_E_INVALID_PARAMETER for what this object did not give, and the second time.
  HRESULT FreeMemory(LPVOID pMem) override;
  HRESULT GetQueryInfo(ULONG uAnalysisType, ULONG uInfoId, ULONG uBufSize, LPVOID pDestBuf) override;

 protected:
  ~WbemQuery() override = default;

 private:
  std::shared_ptr<const wql::SyntaxTree> query_;  // null before Parse
  std::unordered_map<const void*, std::unique_ptr<QueryAnalysis>> analyses_;
};

}  // namespace wmi::api
