#include "api/query_analysis.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "api/wbem_path.h"
#include "base/text.h"
#include "wql/diagnostic.h"

namespace wmi::api {
namespace {

using wql::ExpressionKind;

// What the pages of the structures say of their versions and types.
constexpr ULONG kVersion = 1;
constexpr ULONG kNameType = 1;
constexpr ULONG kAssociationVersion = 2;

ULONG OperatorCode(wql::Operator op) {
  switch (op) {
    case wql::Operator::kEqual:
      return WMIQ_RPN_OP_EQ;
    case wql::Operator::kNotEqual:
      return WMIQ_RPN_OP_NE;
    case wql::Operator::kLess:
      return WMIQ_RPN_OP_LT;
    case wql::Operator::kLessOrEqual:
      return WMIQ_RPN_OP_LE;
    case wql::Operator::kGreater:
      return WMIQ_RPN_OP_GT;
    case wql::Operator::kGreaterOrEqual:
      return WMIQ_RPN_OP_GE;
    case wql::Operator::kIsNull:
      return WMIQ_RPN_OP_ISNULL;
    case wql::Operator::kIsNotNull:
      return WMIQ_RPN_OP_ISNOTNULL;
    case wql::Operator::kLike:
      return WMIQ_RPN_OP_LIKE;
    case wql::Operator::kIsA:
      return WMIQ_RPN_OP_ISA;
  }
  return WMIQ_RPN_OP_UNDEFINED;
}

// The first of the four types that holds the number.
void SetInteger(SWbemRpnQueryToken& token, const wql::Constant& constant) {
  if (constant.is_negative) {
    const auto value = static_cast<std::int64_t>(0 - constant.magnitude);
    const bool is_short = value >= std::numeric_limits<std::int32_t>::min();
    token.m_uConstApparentType = is_short ? VT_I4 : VT_I8;
    if (is_short) {
      token.m_Const.m_lLongVal = static_cast<LONG>(value);
    } else {
      token.m_Const.m_lVal64 = value;
    }
  } else if (constant.magnitude <= std::numeric_limits<std::int32_t>::max()) {
    token.m_uConstApparentType = VT_I4;
    token.m_Const.m_lLongVal = static_cast<LONG>(constant.magnitude);
  } else if (constant.magnitude <= std::numeric_limits<std::uint32_t>::max()) {
    token.m_uConstApparentType = VT_UI4;
    token.m_Const.m_uLongVal = static_cast<ULONG>(constant.magnitude);
  } else if (constant.magnitude <= std::numeric_limits<std::int64_t>::max()) {
    token.m_uConstApparentType = VT_I8;
    token.m_Const.m_lVal64 = static_cast<std::int64_t>(constant.magnitude);
  } else {
    token.m_uConstApparentType = VT_UI8;
    token.m_Const.m_uVal64 = static_cast<std::int64_t>(constant.magnitude);  // the member is signed, as published
  }
}

ULONG JointType(ExpressionKind kind) {
  if (kind == ExpressionKind::kNot) return WMIQ_RPN_TOKEN_NOT;
  return kind == ExpressionKind::kAnd ? WMIQ_RPN_TOKEN_AND : WMIQ_RPN_TOKEN_OR;
}

ULONG AssociationFeatures(const wql::AssociationClause& clause) {
  ULONG features =
      clause.asks == wql::AssociationClause::Asks::kAssociators ? WMIQ_ASSOCQ_ASSOCIATORS : WMIQ_ASSOCQ_REFERENCES;
  const auto add = [&features](bool is_there, ULONG feature) { features |= is_there ? feature : 0; };
  add(!clause.result_class.text.empty(), WMIQ_ASSOCQ_RESULTCLASS);
  add(!clause.assoc_class.text.empty(), WMIQ_ASSOCQ_ASSOCCLASS);
  add(!clause.role.text.empty(), WMIQ_ASSOCQ_ROLE);
  add(!clause.result_role.text.empty(), WMIQ_ASSOCQ_RESULTROLE);
  add(!clause.required_qualifier.text.empty(), WMIQ_ASSOCQ_REQUIREDQUALIFIER);
  add(!clause.required_assoc_qualifier.text.empty(), WMIQ_ASSOCQ_REQUIREDASSOCQUALIFIER);
  add(clause.class_defs_only.is_set, WMIQ_ASSOCQ_CLASSDEFSONLY);
  add(clause.keys_only.is_set, WMIQ_ASSOCQ_KEYSONLY);
  add(clause.schema_only.is_set, WMIQ_ASSOCQ_SCHEMAONLY);
  return features;
}

}  // namespace

LPWSTR QueryAnalysis::Text(std::string_view text) {
  const std::wstring wide = WideFromUtf8(text);
  LPWSTR const copy = Make<wchar_t>(wide.size() + 1);
  std::copy(wide.begin(), wide.end(), copy);
  return copy;
}

LPWSTR QueryAnalysis::TextOrNull(std::string_view text) { return text.empty() ? nullptr : Text(text); }

SWbemQueryQualifiedName* QueryAnalysis::Name(const wql::SyntaxTree& tree, const wql::PropertyPath& path) {
  auto* const name = Make<SWbemQueryQualifiedName>();
  name->m_uVersion = kVersion;
  name->m_uTokenType = kNameType;
  name->m_uNameListSize = path.count;
  name->m_ppszNameList = Make<LPCWSTR>(path.count);
  for (std::uint32_t i = 0; i < path.count; ++i) name->m_ppszNameList[i] = Text(tree.parts[path.first + i].text);
  return name;
}

SWbemRpnQueryToken* QueryAnalysis::Token(ULONG type) {
  auto* const token = Make<SWbemRpnQueryToken>();
  token->m_uVersion = kVersion;
  token->m_uTokenType = type;
  return token;
}

void QueryAnalysis::SetConstant(SWbemRpnQueryToken& token, const wql::Constant& constant) {
  switch (constant.kind) {
    case wql::ConstantKind::kNull:
      token.m_uConstApparentType = VT_NULL;
      return;  // part of the operator
    case wql::ConstantKind::kBoolean:
      token.m_uConstApparentType = VT_BOOL;
      token.m_Const.m_bBoolVal = constant.boolean ? TRUE : FALSE;
      break;
    case wql::ConstantKind::kInteger:
      SetInteger(token, constant);
      break;
    case wql::ConstantKind::kReal:
      token.m_uConstApparentType = VT_R8;
      token.m_Const.m_dblVal = constant.real;
      break;
    case wql::ConstantKind::kText:
      token.m_uConstApparentType = VT_LPWSTR;
      token.m_Const.m_pszStrVal = Text(constant.text);
      break;
  }
  token.m_uSubexpressionShape |= WMIQ_RPN_CONST;
}

SWbemRpnQueryToken* QueryAnalysis::Test(const wql::SyntaxTree& tree, const wql::Expression& test) {
  SWbemRpnQueryToken* const token = Token(WMIQ_RPN_TOKEN_EXPRESSION);
  token->m_uSubexpressionShape = WMIQ_RPN_LEFT_PROPERTY_NAME | WMIQ_RPN_RELOP;
  token->m_uOperator = OperatorCode(test.op);
  token->m_pLeftIdent = Name(tree, test.property);
  SetConstant(*token, test.constant);
  return token;
}

// Children before their joint; the joint of several stands behind the second and each further one, so that every AND
// and OR takes two from the stack.
void QueryAnalysis::SetWhere(SWbemRpnEncodedQuery& query, const wql::SyntaxTree& tree) {
  struct Open {
    std::uint32_t node;
    std::uint32_t next_child;
    std::uint32_t children_done;
  };
  std::vector<SWbemRpnQueryToken*> tokens;
  std::vector<Open> open;
  const auto enter = [&](std::uint32_t node) { open.push_back({node, tree.expressions[node].first_child, 0}); };
  if (tree.where != wql::kNoExpression) enter(tree.where);
  while (!open.empty()) {
    Open& top = open.back();
    const wql::Expression& expression = tree.expressions[top.node];
    if (expression.kind == ExpressionKind::kTest) {
      tokens.push_back(Test(tree, expression));
    } else if (top.children_done >= (expression.kind == ExpressionKind::kNot ? 1u : 2u)) {
      tokens.push_back(Token(JointType(expression.kind)));
    }
    if (top.next_child == wql::kNoExpression) {
      open.pop_back();
      if (!open.empty()) ++open.back().children_done;
    } else {
      enter(std::exchange(top.next_child, tree.expressions[top.next_child].next_sibling));
    }
  }
  query.m_uWhereClauseSize = static_cast<ULONG>(tokens.size());
  query.m_ppRpnWhereClause = Make<SWbemRpnQueryToken*>(tokens.size());
  std::copy(tokens.begin(), tokens.end(), query.m_ppRpnWhereClause);
}

std::unique_ptr<QueryAnalysis> QueryAnalysis::OfSelect(const wql::SyntaxTree& tree) {
  std::unique_ptr<QueryAnalysis> analysis(new QueryAnalysis);
  auto* const query = analysis->Make<SWbemRpnEncodedQuery>();
  analysis->structure_ = query;
  query->m_uVersion = kVersion;
  query->m_uSelectListSize = static_cast<ULONG>(tree.select.size());
  query->m_ppSelectList = analysis->Make<SWbemQueryQualifiedName*>(tree.select.size());
  for (std::size_t i = 0; i < tree.select.size(); ++i) {
    query->m_ppSelectList[i] = analysis->Name(tree, tree.select[i]);
  }
  query->m_uFromTargetType = WMIQ_RPN_FROM_UNARY;
  query->m_uFromListSize = 1;
  query->m_ppszFromList = analysis->Make<LPCWSTR>();
  query->m_ppszFromList[0] = analysis->Text(tree.class_name.text);
  analysis->SetWhere(*query, tree);
  if (tree.within) query->m_dblWithinPolling = tree.within->seconds;
  if (tree.group) query->m_dblWithinWindow = tree.group->within_seconds;
  return analysis;
}

Result<std::unique_ptr<QueryAnalysis>> QueryAnalysis::OfAssociation(const wql::SyntaxTree& tree) {
  const wql::AssociationClause& clause = *tree.association;
  std::unique_ptr<QueryAnalysis> analysis(new QueryAnalysis);
  auto* const query = analysis->Make<SWbemAssocQueryInf>();
  analysis->structure_ = query;
  query->m_uVersion = kAssociationVersion;
  query->m_uAnalysisType = WMIQ_ANALYSIS_ASSOC_QUERY;
  query->m_uFeatureMask = AssociationFeatures(clause);
  query->m_pszPath = analysis->Text(clause.path.text);
  analysis->path_ = com::MakeCom<WbemPath>();
  const Code read = analysis->path_->SetText(WBEMPATH_CREATE_ACCEPT_ALL, query->m_pszPath);
  if (Failed(read)) {
    return wql::QueryError(code::kInvalidQuery, tree.text, clause.path.offset,
                           "the braces hold a path that names a key twice; give each key one value");
  }
  query->m_pPath = analysis->path_.get();
  query->m_pszQueryText = analysis->Text(tree.text);
  query->m_pszResultClass = analysis->TextOrNull(clause.result_class.text);
  query->m_pszAssocClass = analysis->TextOrNull(clause.assoc_class.text);
  query->m_pszRole = analysis->TextOrNull(clause.role.text);
  query->m_pszResultRole = analysis->TextOrNull(clause.result_role.text);
  query->m_pszRequiredQualifier = analysis->TextOrNull(clause.required_qualifier.text);
  query->m_pszRequiredAssocQualifier = analysis->TextOrNull(clause.required_assoc_qualifier.text);
  return analysis;
}

std::unique_ptr<QueryAnalysis> QueryAnalysis::OfText(const wql::SyntaxTree& tree) {
  std::unique_ptr<QueryAnalysis> analysis(new QueryAnalysis);
  analysis->structure_ = analysis->Text(tree.text);
  return analysis;
}

}  // namespace wmi::api
