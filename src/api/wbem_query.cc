#include "api/wbem_query.h"

#include <oleauto.h>

#include <cwchar>
#include <utility>

#include "api/error_description.h"
#include "api/input.h"
#include "base/codes.h"
#include "base/limits.h"
#include "base/status.h"
#include "com/abi_call.h"
#include "wql/association_query.h"
#include "wql/query.h"

namespace wmi::api {
namespace {

using com::AbiCall;
using TreePtr = std::shared_ptr<const wql::SyntaxTree>;
using AnalysisPtr = std::unique_ptr<QueryAnalysis>;

// The numbers of the interface mean their low 32 bits (source compatibility, decision 4).
std::uint32_t Low(ULONG number) { return LowFlags(static_cast<long>(number)); }

Result<TreePtr> ParseQuery(LPCWSTR text) {
  TreePtr tree = TRY(wql::Parse(ReadText(text, limits::kQueryLengthMax)));
  if (tree->association) {
    TRY(wql::CheckAssociation(*tree));
    TRY(QueryAnalysis::OfAssociation(*tree));  // so that an analysis cannot fail later
  }
  return tree;
}

Result<AnalysisPtr> Analyse(const wql::SyntaxTree& tree, std::uint32_t type) {
  switch (type) {
    case WMIQ_ANALYSIS_RPN_SEQUENCE:
      if (tree.association) return Status(code::kNotAvailable);
      return QueryAnalysis::OfSelect(tree);
    case WMIQ_ANALYSIS_ASSOC_QUERY:
      if (!tree.association) return Status(code::kNotAvailable);
      return QueryAnalysis::OfAssociation(tree);
    default:
      return QueryAnalysis::OfText(tree);
  }
}

}  // namespace

HRESULT WbemQuery::Empty() {
  query_.reset();
  return code::kOk;
}

HRESULT WbemQuery::SetLanguageFeatures(ULONG, ULONG, ULONG*) { return E_NOTIMPL; }

HRESULT WbemQuery::TestLanguageFeatures(ULONG, ULONG*, ULONG*) { return E_NOTIMPL; }

HRESULT WbemQuery::Parse(LPCWSTR pszLang, LPCWSTR pszQuery, ULONG uFlags) {
  return AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    if (pszLang == nullptr || pszQuery == nullptr || Low(uFlags) != 0) return code::kInvalidParameter;
    if (std::wcscmp(pszLang, L"WQL") != 0 && std::wcscmp(pszLang, L"SQL") != 0) return code::kInvalidParameter;
    Result<TreePtr> tree = ParseQuery(pszQuery);
    if (!tree.ok()) return ReportDescription(tree.status());
    query_ = std::move(tree).value();
    return code::kOk;
  });
}

HRESULT WbemQuery::GetAnalysis(ULONG uAnalysisType, ULONG uFlags, LPVOID* pAnalysis) {
  return AbiCall([&]() -> HRESULT {
    if (pAnalysis == nullptr) return code::kInvalidParameter;
    *pAnalysis = nullptr;
    const std::uint32_t type = Low(uAnalysisType);
    if (type == WMIQ_ANALYSIS_PROP_ANALYSIS_MATRIX || type == WMIQ_ANALYSIS_RESERVED) return code::kNotSupported;
    const bool is_known =
        type == WMIQ_ANALYSIS_RPN_SEQUENCE || type == WMIQ_ANALYSIS_ASSOC_QUERY || type == WMIQ_ANALYSIS_QUERY_TEXT;
    if (!is_known || Low(uFlags) != 0) return code::kInvalidParameter;
    if (query_ == nullptr) return code::kNotAvailable;
    Result<AnalysisPtr> analysis = Analyse(*query_, type);
    if (!analysis.ok()) return analysis.status().code();
    void* const structure = (*analysis)->structure();
    analyses_.emplace(structure, std::move(analysis).value());
    *pAnalysis = structure;
    return code::kOk;
  });
}

HRESULT WbemQuery::FreeMemory(LPVOID pMem) {
  return AbiCall([&]() -> HRESULT { return analyses_.erase(pMem) == 0 ? code::kInvalidParameter : code::kOk; });
}

HRESULT WbemQuery::GetQueryInfo(ULONG, ULONG, ULONG, LPVOID) { return E_NOTIMPL; }

}  // namespace wmi::api
