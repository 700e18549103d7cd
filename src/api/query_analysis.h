// QueryAnalysis: a parsed query as one of the structures that IWbemQuery::GetAnalysis gives (contract 9.5, 11.3; the
// pages of wmiutils.h). include/wbem/detail/wbem_query_analysis.h says what stands in them.
#pragma once

#include <wmiutils.h>

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <type_traits>

#include "base/status.h"
#include "com/com_ptr.h"
#include "wql/syntax.h"

namespace wmi::api {

// Owns a structure and all that it points to. It needs neither the tree nor the classes that a query names. The
// structure is the program's to read; from several threads, as long as nobody writes.
class QueryAnalysis {
 public:
  // SWbemRpnEncodedQuery of a tree without `association`.
  static std::unique_ptr<QueryAnalysis> OfSelect(const wql::SyntaxTree& tree);
  // SWbemAssocQueryInf of a tree with it. Failure: kInvalidQuery when its path is none for IWbemPath.
  static Result<std::unique_ptr<QueryAnalysis>> OfAssociation(const wql::SyntaxTree& tree);
  // The query as a wide string.
  static std::unique_ptr<QueryAnalysis> OfText(const wql::SyntaxTree& tree);

  QueryAnalysis(const QueryAnalysis&) = delete;
  QueryAnalysis& operator=(const QueryAnalysis&) = delete;

  // Lives as long as this object. Never null.
  void* structure() const { return structure_; }

 private:
  QueryAnalysis() = default;

  // `count` zeroed elements; null for none.
  template <typename T>
  T* Make(std::size_t count = 1) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return nullptr;
    T* const elements = std::pmr::polymorphic_allocator<>(&memory_).allocate_object<T>(count);
    std::uninitialized_value_construct_n(elements, count);
    return elements;
  }
  LPWSTR Text(std::string_view text);
  // Null for an empty text.
  LPWSTR TextOrNull(std::string_view text);
  SWbemQueryQualifiedName* Name(const wql::SyntaxTree& tree, const wql::PropertyPath& path);
  SWbemRpnQueryToken* Token(ULONG type);
  SWbemRpnQueryToken* Test(const wql::SyntaxTree& tree, const wql::Expression& test);
  void SetConstant(SWbemRpnQueryToken& token, const wql::Constant& constant);
  void SetWhere(SWbemRpnEncodedQuery& query, const wql::SyntaxTree& tree);

  std::pmr::monotonic_buffer_resource memory_;
  com::ComPtr<IWbemPath> path_;
  void* structure_ = nullptr;
};

}  // namespace wmi::api
