// IWbemQuery and what it gives (contract 7, 9.5, 11.3). A source that is the name of a method or of a structure means
// its page in the documentation of wmiutils.h.
#include <wmiutils.h>

#include <cstdint>
#include <sstream>
#include <type_traits>

#include "support.h"

namespace wmi::conformance {
namespace {

IWbemQueryPtr NewQuery(const wchar_t* text = nullptr) {
  IWbemQueryPtr query;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemQuery, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemQuery,
                                   reinterpret_cast<void**>(&query)));
  if (text != nullptr) {
    EXPECT_EQ(WBEM_S_NO_ERROR, query->Parse(L"WQL", text, 0)) << Narrow(text);
  }
  return query;
}

// An analysis, given back at the end.
template <typename T>
class Analysis {
 public:
  Analysis(IWbemQuery* query, ULONG type) : query_(query) {
    void* memory = nullptr;
    EXPECT_EQ(WBEM_S_NO_ERROR, query->GetAnalysis(type, 0, &memory));
    memory_ = static_cast<T*>(memory);
  }
  ~Analysis() { EXPECT_EQ(WBEM_S_NO_ERROR, query_->FreeMemory(const_cast<std::remove_const_t<T>*>(memory_))); }
  Analysis(const Analysis&) = delete;
  Analysis& operator=(const Analysis&) = delete;

  T* get() const { return memory_; }
  T* operator->() const { return memory_; }

 private:
  const IWbemQueryPtr query_;
  T* memory_ = nullptr;
};

struct Rpn : Analysis<const SWbemRpnEncodedQuery> {
  explicit Rpn(const wchar_t* text) : Analysis(NewQuery(text), WMIQ_ANALYSIS_RPN_SEQUENCE) {}
};
struct Association : Analysis<const SWbemAssocQueryInf> {
  explicit Association(const wchar_t* text) : Analysis(NewQuery(text), WMIQ_ANALYSIS_ASSOC_QUERY) {}
};

// Tries the analysis and expects `code`, and no pointer.
void ExpectNoAnalysis(HRESULT code, IWbemQuery* query, ULONG type, ULONG flags = 0) {
  int garbage = 0;
  void* memory = &garbage;
  EXPECT_EQ(code, query->GetAnalysis(type, flags, &memory)) << type;
  EXPECT_EQ(nullptr, memory);
}

// ---- analyses as text -----------------------------------------------------------------------------------------------

std::wstring NameText(const SWbemQueryQualifiedName* name) {
  EXPECT_EQ(1u, name->m_uVersion);
  EXPECT_EQ(1u, name->m_uTokenType);
  EXPECT_FALSE(name->m_bArraysUsed);
  EXPECT_EQ(nullptr, name->m_pbArrayElUsed);
  EXPECT_EQ(nullptr, name->m_puArrayIndex);
  std::wstring text;
  for (ULONG i = 0; i < name->m_uNameListSize; ++i)
    text += (i == 0 ? L"" : L".") + std::wstring(name->m_ppszNameList[i]);
  return text;
}

std::wstring ConstantText(const SWbemRpnQueryToken* token) {
  std::wostringstream out;
  switch (token->m_uConstApparentType) {
    case VT_NULL:
      return L"";
    case VT_I4:
      out << L"I4 " << token->m_Const.m_lLongVal;
      break;
    case VT_UI4:
      out << L"UI4 " << token->m_Const.m_uLongVal;
      break;
    case VT_I8:
      out << L"I8 " << token->m_Const.m_lVal64;
      break;
    case VT_UI8:
      out << L"UI8 " << static_cast<std::uint64_t>(token->m_Const.m_uVal64);
      break;
    case VT_R8:
      out << L"R8 " << token->m_Const.m_dblVal;
      break;
    case VT_BOOL:
      out << L"BOOL " << token->m_Const.m_bBoolVal;
      break;
    case VT_LPWSTR:
      out << L"LPWSTR " << token->m_Const.m_pszStrVal;
      break;
    default:
      out << L"type " << token->m_uConstApparentType;
      break;
  }
  return L" " + out.str();
}

std::wstring TokenText(const SWbemRpnQueryToken* token) {
  static constexpr const wchar_t* kOperators[] = {L"?", L"=",    L"<>",  L">=",     L"<=",     L"<",
                                                  L">", L"LIKE", L"ISA", L"ISNOTA", L"ISNULL", L"ISNOTNULL"};
  static constexpr const wchar_t* kJoints[] = {L"?", L"?", L"AND", L"OR", L"NOT"};
  EXPECT_EQ(1u, token->m_uVersion);
  EXPECT_EQ(nullptr, token->m_pRightIdent);
  EXPECT_EQ(nullptr, token->m_pszLeftFunc);
  EXPECT_EQ(nullptr, token->m_pszRightFunc);
  EXPECT_EQ(0u, token->m_uConst2ApparentType);
  if (token->m_uTokenType != WMIQ_RPN_TOKEN_EXPRESSION) {
    EXPECT_EQ(0u, token->m_uSubexpressionShape);
    EXPECT_EQ(0u, token->m_uOperator);
    EXPECT_EQ(nullptr, token->m_pLeftIdent);
    return token->m_uTokenType <= WMIQ_RPN_TOKEN_NOT ? kJoints[token->m_uTokenType] : L"?";
  }
  const ULONG constant = token->m_uConstApparentType == VT_NULL ? 0 : WMIQ_RPN_CONST;
  EXPECT_EQ(WMIQ_RPN_LEFT_PROPERTY_NAME | WMIQ_RPN_RELOP | constant, token->m_uSubexpressionShape);
  if (token->m_uOperator > WMIQ_RPN_OP_ISNOTNULL || token->m_pLeftIdent == nullptr) return L"?";
  return NameText(token->m_pLeftIdent) + L" " + kOperators[token->m_uOperator] + ConstantText(token);
}

std::wstring WhereText(const SWbemRpnEncodedQuery* query) {
  std::wstring text;
  for (ULONG i = 0; i < query->m_uWhereClauseSize; ++i) {
    text += (i == 0 ? L"" : L"; ") + TokenText(query->m_ppRpnWhereClause[i]);
  }
  return text;
}

std::wstring SelectText(const SWbemRpnEncodedQuery* query) {
  std::wstring text;
  for (ULONG i = 0; i < query->m_uSelectListSize; ++i) {
    text += (i == 0 ? L"" : L", ") + NameText(query->m_ppSelectList[i]);
  }
  return text;
}

template <typename Row>
std::string NameOf(const testing::TestParamInfo<Row>& info) {
  return info.param.what;
}

// ---- WHERE as tokens ------------------------------------------------------------------------------------------------

struct WhereRow {
  const char* source;
  const char* what;
  const wchar_t* where;
  const wchar_t* tokens;
};
void PrintTo(const WhereRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

const WhereRow kWhere[] = {
    // The example of the page; it counts two tokens where it lists three.
    {"SWbemRpnEncodedQuery", "ExampleOfThePage", L"c < 1000 AND d ISA 'e'", L"c < I4 1000; d ISA LPWSTR e; AND"},
    {"SWbemRpnQueryToken", "Equal", L"J = 7", L"J = I4 7"},
    {"SWbemRpnQueryToken", "NotEqual", L"j <> 7", L"j <> I4 7"},
    {"SWbemRpnQueryToken", "NotEqualAsInC", L"j != 7", L"j <> I4 7"},
    {"SWbemRpnQueryToken", "GreaterOrEqual", L"j >= 7", L"j >= I4 7"},
    {"SWbemRpnQueryToken", "LessOrEqual", L"j <= 7", L"j <= I4 7"},
    {"SWbemRpnQueryToken", "Less", L"j < 7", L"j < I4 7"},
    {"SWbemRpnQueryToken", "Greater", L"j > 4", L"j > I4 4"},
    {"SWbemRpnQueryToken", "Like", L"j LIKE 'a%'", L"j LIKE LPWSTR a%"},
    {"SWbemRpnQueryToken", "IsA", L"TargetInstance ISA \"E\"", L"TargetInstance ISA LPWSTR E"},
    {"SWbemRpnQueryToken", "IsNull", L"j IS NULL", L"j ISNULL"},
    {"SWbemRpnQueryToken", "IsNotNull", L"j IS NOT NULL", L"j ISNOTNULL"},
    {"7.3", "EqualNull", L"j = NULL", L"j ISNULL"},
    {"7.3", "NotEqualNull", L"NULL <> j", L"j ISNOTNULL"},
    // "If only one property name is present, it appears" on the left.
    {"SWbemRpnQueryToken", "ConstantFirst", L"5 < j", L"j > I4 5"},
    {"SWbemRpnQueryToken", "ConstantFirstOrEqual", L"5 >= j", L"j <= I4 5"},
    {"SWbemRpnQueryToken", "ConstantFirstEqual", L"'x' = j", L"j = LPWSTR x"},
    {"SWbemRpnQueryToken", "And", L"a = 1 AND b = 2", L"a = I4 1; b = I4 2; AND"},
    {"SWbemRpnQueryToken", "Or", L"a = 1 OR b = 2", L"a = I4 1; b = I4 2; OR"},
    {"SWbemRpnQueryToken", "Not", L"NOT a = 1", L"a = I4 1; NOT"},
    {"SWbemRpnQueryToken", "NotTwice", L"NOT NOT a = 1", L"a = I4 1; NOT; NOT"},
    {"SWbemRpnQueryToken", "NotIsA", L"NOT a ISA 'E'", L"a ISA LPWSTR E; NOT"},
    {"7.2", "AndBindsTighter", L"a = 1 OR b = 2 AND c = 3", L"a = I4 1; b = I4 2; c = I4 3; AND; OR"},
    {"7.2", "Parentheses", L"(a = 1 OR b = 2) AND c = 3", L"a = I4 1; b = I4 2; OR; c = I4 3; AND"},
    {"7.2", "NotBeforeParentheses", L"NOT (a = 1 AND b = 2) OR c = 3", L"a = I4 1; b = I4 2; AND; NOT; c = I4 3; OR"},
    {"7.2", "ChainsFromTheLeft", L"a = 1 AND b = 2 AND c = 3 AND d = 4",
     L"a = I4 1; b = I4 2; AND; c = I4 3; AND; d = I4 4; AND"},
    {"SWbemQueryQualifiedName", "EmbeddedPath", L"TargetInstance.CPU.Load > 90", L"TargetInstance.CPU.Load > I4 90"},
    {"SWbemQueryQualifiedName", "SystemProperty", L"__CLASS = 'A'", L"__CLASS = LPWSTR A"},
    {"SWbemRpnConst", "Negative", L"a = -2147483648", L"a = I4 -2147483648"},
    {"SWbemRpnConst", "LargestLong", L"a = 2147483647", L"a = I4 2147483647"},
    {"SWbemRpnConst", "UnsignedLong", L"a = 2147483648", L"a = UI4 2147483648"},
    {"SWbemRpnConst", "LargestUnsignedLong", L"a = 0xFFFFFFFF", L"a = UI4 4294967295"},
    {"SWbemRpnConst", "Signed64", L"a = 4294967296", L"a = I8 4294967296"},
    {"SWbemRpnConst", "NegativeSigned64", L"a = -2147483649", L"a = I8 -2147483649"},
    {"SWbemRpnConst", "SmallestSigned64", L"a = -9223372036854775808", L"a = I8 -9223372036854775808"},
    {"SWbemRpnConst", "LargestSigned64", L"a = 9223372036854775807", L"a = I8 9223372036854775807"},
    {"SWbemRpnConst", "Unsigned64", L"a = 9223372036854775808", L"a = UI8 9223372036854775808"},
    {"SWbemRpnConst", "LargestUnsigned64", L"a = 0xFFFFFFFFFFFFFFFF", L"a = UI8 18446744073709551615"},
    {"SWbemRpnConst", "Real", L"a > -1.5e2", L"a > R8 -150"},
    {"SWbemRpnConst", "True", L"a = TRUE", L"a = BOOL 1"},
    {"SWbemRpnConst", "False", L"a = false", L"a = BOOL 0"},
    {"SWbemRpnConst", "TextWithoutItsEscapes", L"a = 'C:\\\\x \\'y\\' \"z\"'", L"a = LPWSTR C:\\x 'y' \"z\""},
    {"SWbemRpnConst", "EmptyText", L"a = ''", L"a = LPWSTR "},
    {"SWbemRpnConst", "TextBeyondAscii", L"a = '\u00e4\u20ac\U0001F600'", L"a = LPWSTR \u00e4\u20ac\U0001F600"},
    {"SWbemRpnConst", "DatetimeIsAText", L"a > '20240101000000.000000+000'", L"a > LPWSTR 20240101000000.000000+000"},
};

class QueryWhereRows : public testing::TestWithParam<WhereRow> {};
TEST_P(QueryWhereRows, Holds) {
  RecordProperty("source", GetParam().source);
  const Rpn rpn((L"SELECT * FROM X WHERE " + std::wstring(GetParam().where)).c_str());
  ASSERT_TRUE(rpn.get());
  EXPECT_EQ(GetParam().tokens, WhereText(rpn.get()));
}
INSTANTIATE_TEST_SUITE_P(Contract, QueryWhereRows, testing::ValuesIn(kWhere), NameOf<WhereRow>);

// ---- what Parse takes -----------------------------------------------------------------------------------------------

struct ParseRow {
  const char* source;
  const char* what;
  const wchar_t* query;
  HRESULT code;
  const wchar_t* place;  // in the description, of an error
};
void PrintTo(const ParseRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

constexpr HRESULT kBadQuery = WBEM_E_INVALID_QUERY;

const ParseRow kParse[] = {
    {"7.2", "DataQuery", L"SELECT * FROM A", WBEM_S_NO_ERROR, nullptr},
    {"7.2", "AnyCaseAndBlanks", L" select\n*\tfrom\r\nA where b=1 ", WBEM_S_NO_ERROR, nullptr},
    {"7.2", "SchemaQuery", L"SELECT * FROM meta_class WHERE __this ISA 'A'", WBEM_S_NO_ERROR, nullptr},
    {"7.2", "EventQuery", L"SELECT * FROM __InstanceCreationEvent WITHIN 5 WHERE TargetInstance ISA 'A'",
     WBEM_S_NO_ERROR, nullptr},
    {"7.2", "AssociationQuery", L"ASSOCIATORS OF {A.K=1}", WBEM_S_NO_ERROR, nullptr},
    {"Parse", "ClassesAreNotLookedUp", L"SELECT NoSuchProperty FROM NoSuchClass", WBEM_S_NO_ERROR, nullptr},
    {"Parse", "ClassesOfAssociationsAreNotLookedUp", L"REFERENCES OF {NoSuch.K=1} WHERE ResultClass = NoSuchClass",
     WBEM_S_NO_ERROR, nullptr},
    {"Parse", "EmptyQuery", L"", kBadQuery, L"line 1, column 1"},
    {"Parse", "NoQuery", L"DELETE FROM A", kBadQuery, L"line 1, column 1"},
    {"Parse", "NoClass", L"SELECT * FROM", kBadQuery, L"line 1, column 14"},
    {"Parse", "SecondLine", L"SELECT *\nFROM A\nWHERE b ~ 1", kBadQuery, L"line 3, column 9"},
    {"7.3", "TwoProperties", L"SELECT * FROM A WHERE b = c", kBadQuery, L"line 1, column 27"},
    {"7.3", "Join", L"SELECT * FROM a, b", kBadQuery, L"line 1, column 16"},
    {"7.3", "OrderBy", L"SELECT * FROM a ORDER BY b", kBadQuery, L"line 1, column 17"},
    {"7.3", "OrderingOfNull", L"SELECT * FROM a WHERE b < NULL", kBadQuery, L"line 1, column 25"},
    {"7.2", "NoPath", L"ASSOCIATORS OF {A.}", kBadQuery, L"line 1, column"},
    {"8.5", "KeyTwice", L"ASSOCIATORS OF {A.K=1,k=2}", kBadQuery, L"line 1, column"},
    {"7.3", "ClassDefsOnlyWithResultClass", L"ASSOCIATORS OF {A.K=1} WHERE ClassDefsOnly ResultClass = B", kBadQuery,
     L"line 1, column 58"},
    {"7.3", "SchemaOnlyOfAnInstance", L"REFERENCES OF {A.K=1} WHERE SchemaOnly", kBadQuery, L"line 1, column 16"},
    {"7.4", "ByWithoutGroup", L"SELECT * FROM E BY a", WBEM_E_MISSING_GROUP_WITHIN, L"line 1, column 17"},
    {"7.4", "ByStar", L"SELECT * FROM E GROUP WITHIN 5 BY *", WBEM_E_MISSING_AGGREGATION_LIST, L"line 1, column 35"},
};

std::wstring Description() {
  IErrorInfoPtr error;
  if (GetErrorInfo(0, &error) != S_OK) return L"(none)";
  _bstr_t text;
  EXPECT_EQ(S_OK, error->GetDescription(text.GetAddress()));
  return static_cast<const wchar_t*>(text);
}

class QueryParseRows : public testing::TestWithParam<ParseRow> {};
TEST_P(QueryParseRows, Holds) {
  const ParseRow& row = GetParam();
  RecordProperty("source", row.source);
  const IWbemQueryPtr query = NewQuery(L"SELECT * FROM Before");
  EXPECT_EQ(row.code, query->Parse(L"WQL", row.query, 0));
  const std::wstring description = Description();
  if (row.place == nullptr) {
    EXPECT_EQ(L"(none)", description);
  } else {
    EXPECT_NE(std::wstring::npos, description.find(row.place)) << Narrow(description.c_str());
  }
  const Analysis<const wchar_t> text(query, WMIQ_ANALYSIS_QUERY_TEXT);
  EXPECT_STREQ(FAILED(row.code) ? L"SELECT * FROM Before" : row.query, text.get()) << "a failure changes nothing";
}
INSTANTIATE_TEST_SUITE_P(Contract, QueryParseRows, testing::ValuesIn(kParse), NameOf<ParseRow>);

// ---- everything else ------------------------------------------------------------------------------------------------

struct QueryObjectRow {
  const char* source;
  const char* what;
  void (*body)();
};
void PrintTo(const QueryObjectRow& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

const QueryObjectRow kRows[] = {
    {"Parse", "Language",
     [] {
       const IWbemQueryPtr query = NewQuery();
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Parse(L"WQL", L"SELECT * FROM A", 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Parse(L"SQL", L"SELECT * FROM A", 0));
       for (const wchar_t* language : {L"wql", L"Sql", L"", L"WQL ", L"WQL:CIM", L"CQL"}) {
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, query->Parse(language, L"SELECT * FROM A", 0)) << Narrow(language);
       }
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, query->Parse(nullptr, L"SELECT * FROM A", 0));
     }},
    {"Parse", "Arguments",
     [] {
       const IWbemQueryPtr query = NewQuery();
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, query->Parse(L"WQL", nullptr, 0));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, query->Parse(L"WQL", L"SELECT * FROM A", 1));
       ExpectNoAnalysis(WBEM_E_NOT_AVAILABLE, query, WMIQ_ANALYSIS_QUERY_TEXT);
     }},
    {"Parse", "ReplacesTheQuery",
     [] {
       const IWbemQueryPtr query = NewQuery(L"SELECT * FROM A");
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Parse(L"WQL", L"ASSOCIATORS OF {B.K=1}", 0));
       ExpectNoAnalysis(WBEM_E_NOT_AVAILABLE, query, WMIQ_ANALYSIS_RPN_SEQUENCE);
       EXPECT_STREQ(L"B.K=1", Analysis<SWbemAssocQueryInf>(query, WMIQ_ANALYSIS_ASSOC_QUERY)->m_pszPath);
     }},
    {"7.5", "QuotaOfLength",
     [] {
       const IWbemQueryPtr query = NewQuery();
       const std::wstring longest = L"SELECT * FROM A" + std::wstring(0x4000 - 15, L' ');
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Parse(L"WQL", longest.c_str(), 0));
       EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, query->Parse(L"WQL", (longest + L' ').c_str(), 0));
       EXPECT_NE(std::wstring::npos, Description().find(L"16384"));
     }},
    {"7.5", "NamesTooWide",
     [] {
       const IWbemQueryPtr query = NewQuery();
       const std::wstring name(256, L'x');
       EXPECT_EQ(WBEM_E_CLASS_NAME_TOO_WIDE, query->Parse(L"WQL", (L"SELECT * FROM " + name).c_str(), 0));
       EXPECT_EQ(WBEM_E_PROPERTY_NAME_TOO_WIDE, query->Parse(L"WQL", (L"SELECT " + name + L" FROM A").c_str(), 0));
     }},
    {"IWbemQuery", "NotImplemented",
     [] {
       const IWbemQueryPtr query = NewQuery(L"SELECT * FROM A");
       ULONG features[] = {WMIQ_LF1_BASIC_SELECT, WMIQ_LF2_CLASS_NAME_IN_QUERY};
       ULONG count = 2;
       EXPECT_EQ(E_NOTIMPL, query->SetLanguageFeatures(0, count, features));
       EXPECT_EQ(E_NOTIMPL, query->TestLanguageFeatures(0, &count, features));
       EXPECT_EQ(E_NOTIMPL,
                 query->GetQueryInfo(WMIQ_ANALYSIS_RPN_SEQUENCE, WMIQ_RPN_GET_TOKEN_TYPE, sizeof(count), &count));
       EXPECT_EQ(2u, count);
       EXPECT_EQ(L"", WhereText(Analysis<SWbemRpnEncodedQuery>(query, WMIQ_ANALYSIS_RPN_SEQUENCE).get()));
     }},
    {"Empty", "ForgetsTheQuery",
     [] {
       const IWbemQueryPtr query = NewQuery(L"SELECT * FROM A");
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Empty());
       for (const ULONG type :
            {ULONG{WMIQ_ANALYSIS_RPN_SEQUENCE}, ULONG{WMIQ_ANALYSIS_ASSOC_QUERY}, ULONG{WMIQ_ANALYSIS_QUERY_TEXT}}) {
         ExpectNoAnalysis(WBEM_E_NOT_AVAILABLE, query, type);
       }
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Empty());
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Parse(L"WQL", L"SELECT * FROM B", 0));
     }},
    {"FreeMemory", "AnalysesLiveUntilThen",
     [] {
       const IWbemQueryPtr query = NewQuery(L"SELECT a FROM A WHERE b = 'c'");
       const Analysis<SWbemRpnEncodedQuery> first(query, WMIQ_ANALYSIS_RPN_SEQUENCE);
       const Analysis<wchar_t> text(query, WMIQ_ANALYSIS_QUERY_TEXT);
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Parse(L"WQL", L"SELECT x FROM Y", 0));
       const Analysis<SWbemRpnEncodedQuery> second(query, WMIQ_ANALYSIS_RPN_SEQUENCE);
       EXPECT_EQ(WBEM_S_NO_ERROR, query->Empty());
       EXPECT_EQ(L"a", SelectText(first.get()));
       EXPECT_EQ(L"b = LPWSTR c", WhereText(first.get()));
       EXPECT_STREQ(L"SELECT a FROM A WHERE b = 'c'", text.get());
       EXPECT_EQ(L"x", SelectText(second.get()));
     }},
    {"FreeMemory", "OnlyWhatWasGiven",
     [] {
       const IWbemQueryPtr query = NewQuery(L"SELECT * FROM A");
       int mine = 0;
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, query->FreeMemory(&mine));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, query->FreeMemory(nullptr));
       void* memory = nullptr;
       ASSERT_EQ(WBEM_S_NO_ERROR, query->GetAnalysis(WMIQ_ANALYSIS_QUERY_TEXT, 0, &memory));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, NewQuery()->FreeMemory(memory)) << "another object's";
       EXPECT_EQ(WBEM_S_NO_ERROR, query->FreeMemory(memory));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, query->FreeMemory(memory)) << "twice";
     }},
    {"GetAnalysis", "QueryText",
     [] {
       constexpr const wchar_t* kText = L" select *\nFrom  A where B = '\u20ac' ";
       EXPECT_STREQ(kText, Analysis<wchar_t>(NewQuery(kText), WMIQ_ANALYSIS_QUERY_TEXT).get());
       constexpr const wchar_t* kAssociation = L"references of {A.K='v'}";
       EXPECT_STREQ(kAssociation, Analysis<wchar_t>(NewQuery(kAssociation), WMIQ_ANALYSIS_QUERY_TEXT).get());
     }},
    {"GetAnalysis", "OfTheOtherKind",
     [] {
       ExpectNoAnalysis(WBEM_E_NOT_AVAILABLE, NewQuery(L"SELECT * FROM A"), WMIQ_ANALYSIS_ASSOC_QUERY);
       ExpectNoAnalysis(WBEM_E_NOT_AVAILABLE, NewQuery(L"ASSOCIATORS OF {A=1}"), WMIQ_ANALYSIS_RPN_SEQUENCE);
     }},
    {"GetAnalysis", "ReservedAndUnknownTypes",
     [] {
       const IWbemQueryPtr query = NewQuery(L"SELECT * FROM A");
       ExpectNoAnalysis(WBEM_E_NOT_SUPPORTED, query, WMIQ_ANALYSIS_PROP_ANALYSIS_MATRIX);
       ExpectNoAnalysis(WBEM_E_NOT_SUPPORTED, query, WMIQ_ANALYSIS_RESERVED);
       for (const ULONG type : {0ul, 5ul, 8ul}) ExpectNoAnalysis(WBEM_E_INVALID_PARAMETER, query, type);
       ExpectNoAnalysis(WBEM_E_INVALID_PARAMETER, query, WMIQ_ANALYSIS_QUERY_TEXT, 1);
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, query->GetAnalysis(WMIQ_ANALYSIS_QUERY_TEXT, 0, nullptr));
     }},
    {"SWbemRpnEncodedQuery", "UnusedMembers",
     [] {
       const Rpn rpn(L"SELECT a FROM A WHERE b = 1");
       EXPECT_EQ(1u, rpn->m_uVersion);
       EXPECT_EQ(0u, rpn->m_uTokenType);
       EXPECT_EQ(0u, rpn->m_uParsedFeatureMask);
       EXPECT_EQ(0u, rpn->m_uDetectedArraySize);
       EXPECT_EQ(nullptr, rpn->m_puDetectedFeatures);
       EXPECT_EQ(0u, rpn->m_uOrderByListSize);
       EXPECT_EQ(nullptr, rpn->m_ppszOrderByList);
       EXPECT_EQ(nullptr, rpn->m_uOrderDirectionEl);
     }},
    {"SWbemRpnEncodedQuery", "SelectList",
     [] {
       const Rpn rpn(L"SELECT a,b,c FROM d");
       ASSERT_EQ(3u, rpn->m_uSelectListSize);
       EXPECT_EQ(1u, rpn->m_ppSelectList[0]->m_uNameListSize);
       EXPECT_EQ(L"a, b, c", SelectText(rpn.get()));
     }},
    {"SWbemRpnEncodedQuery", "SelectListWithPathsAndSystemProperties",
     [] { EXPECT_EQ(L"a.B.c, __PATH", SelectText(Rpn(L"SELECT a.B.c , __PATH FROM d").get())); }},
    {"SWbemRpnEncodedQuery", "SelectStarHasNoList",
     [] {
       const Rpn rpn(L"SELECT * FROM d");
       EXPECT_EQ(0u, rpn->m_uSelectListSize);
       EXPECT_EQ(nullptr, rpn->m_ppSelectList);
     }},
    {"SWbemRpnEncodedQuery", "FromOneClass",
     [] {
       const Rpn rpn(L"SELECT * FROM Win32_Service");
       EXPECT_EQ(ULONG{WMIQ_RPN_FROM_UNARY}, rpn->m_uFromTargetType);
       EXPECT_EQ(nullptr, rpn->m_pszOptionalFromPath);
       ASSERT_EQ(1u, rpn->m_uFromListSize);
       EXPECT_STREQ(L"Win32_Service", rpn->m_ppszFromList[0]);
       EXPECT_STREQ(L"meta_class", Rpn(L"SELECT * FROM meta_class")->m_ppszFromList[0]);
     }},
    {"SWbemRpnEncodedQuery", "NoWhere",
     [] {
       const Rpn rpn(L"SELECT * FROM d");
       EXPECT_EQ(0u, rpn->m_uWhereClauseSize);
       EXPECT_EQ(nullptr, rpn->m_ppRpnWhereClause);
     }},
    {"SWbemRpnEncodedQuery", "Within",
     [] {
       const Rpn none(L"SELECT * FROM E");
       EXPECT_EQ(0.0, none->m_dblWithinPolling);
       EXPECT_EQ(0.0, none->m_dblWithinWindow);
       const Rpn polling(L"SELECT * FROM E WITHIN 0.5 WHERE TargetInstance ISA 'A'");
       EXPECT_EQ(0.5, polling->m_dblWithinPolling);
       EXPECT_EQ(0.0, polling->m_dblWithinWindow);
       EXPECT_EQ(L"TargetInstance ISA LPWSTR A", WhereText(polling.get()));
       const Rpn window(L"SELECT * FROM E GROUP WITHIN 300 BY a.b HAVING NumberOfEvents > 5");
       EXPECT_EQ(0.0, window->m_dblWithinPolling);
       EXPECT_EQ(300.0, window->m_dblWithinWindow);
       const Rpn both(L"SELECT * FROM E WITHIN 10 WHERE a = 1 GROUP WITHIN 60");
       EXPECT_EQ(10.0, both->m_dblWithinPolling);
       EXPECT_EQ(60.0, both->m_dblWithinWindow);
     }},
    {"SWbemAssocQueryInf", "NothingButAPath",
     [] {
       const Association found(L"ASSOCIATORS OF {Win32_Disk.ID=\"C:\"}");
       EXPECT_EQ(2u, found->m_uVersion);
       EXPECT_EQ(2u, found->m_uAnalysisType);
       EXPECT_EQ(ULONG{WMIQ_ASSOCQ_ASSOCIATORS}, found->m_uFeatureMask);
       EXPECT_STREQ(L"Win32_Disk.ID=\"C:\"", found->m_pszPath);
       EXPECT_STREQ(L"ASSOCIATORS OF {Win32_Disk.ID=\"C:\"}", found->m_pszQueryText);
       EXPECT_EQ(nullptr, found->m_pszResultClass);
       EXPECT_EQ(nullptr, found->m_pszAssocClass);
       EXPECT_EQ(nullptr, found->m_pszRole);
       EXPECT_EQ(nullptr, found->m_pszResultRole);
       EXPECT_EQ(nullptr, found->m_pszRequiredQualifier);
       EXPECT_EQ(nullptr, found->m_pszRequiredAssocQualifier);
     }},
    {"SWbemAssocQueryInf", "EveryWordWithAName",
     [] {
       const Association found(
           L"associators of {A.K=1} where ResultClass=Rc AssocClass = Ac Role=Ro ResultRole=Rr RequiredQualifier=Rq "
           L"RequiredAssocQualifier=Raq");
       EXPECT_EQ(ULONG{WMIQ_ASSOCQ_ASSOCIATORS | WMIQ_ASSOCQ_RESULTCLASS | WMIQ_ASSOCQ_ASSOCCLASS | WMIQ_ASSOCQ_ROLE |
                       WMIQ_ASSOCQ_RESULTROLE | WMIQ_ASSOCQ_REQUIREDQUALIFIER | WMIQ_ASSOCQ_REQUIREDASSOCQUALIFIER},
                 found->m_uFeatureMask);
       EXPECT_STREQ(L"Rc", found->m_pszResultClass);
       EXPECT_STREQ(L"Ac", found->m_pszAssocClass);
       EXPECT_STREQ(L"Ro", found->m_pszRole);
       EXPECT_STREQ(L"Rr", found->m_pszResultRole);
       EXPECT_STREQ(L"Rq", found->m_pszRequiredQualifier);
       EXPECT_STREQ(L"Raq", found->m_pszRequiredAssocQualifier);
     }},
    {"SWbemAssocQueryInf", "WordsWithoutAName",
     [] {
       const auto features = [](const wchar_t* text) { return Association(text)->m_uFeatureMask; };
       EXPECT_EQ(ULONG{WMIQ_ASSOCQ_REFERENCES | WMIQ_ASSOCQ_CLASSDEFSONLY},
                 features(L"REFERENCES OF {A.K=1} WHERE ClassDefsOnly"));
       EXPECT_EQ(ULONG{WMIQ_ASSOCQ_REFERENCES | WMIQ_ASSOCQ_KEYSONLY},
                 features(L"REFERENCES OF {A.K=1} WHERE KeysOnly"));
       EXPECT_EQ(ULONG{WMIQ_ASSOCQ_ASSOCIATORS | WMIQ_ASSOCQ_SCHEMAONLY},
                 features(L"ASSOCIATORS OF {A} WHERE SchemaOnly"));
       EXPECT_EQ(ULONG{WMIQ_ASSOCQ_REFERENCES | WMIQ_ASSOCQ_RESULTCLASS | WMIQ_ASSOCQ_ROLE},
                 features(L"REFERENCES OF {A.K=1} WHERE ResultClass=B Role=C"));
     }},
    {"SWbemAssocQueryInf", "PathObject",
     [] {
       IWbemPathPtr path;
       {
         const Association found(L"ASSOCIATORS OF { \\\\srv\\root\\x:A.K='v',L=5 } WHERE KeysOnly");
         EXPECT_STREQ(L"\\\\srv\\root\\x:A.K='v',L=5", found->m_pszPath);
         path = found->m_pPath;
       }
       ASSERT_TRUE(path);
       wchar_t text[64] = {};
       ULONG size = 64;
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetClassName(&size, text));
       EXPECT_STREQ(L"A", text);
       size = 64;
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetServer(&size, text));
       EXPECT_STREQ(L"srv", text);
       IWbemPathKeyListPtr keys;
       EXPECT_EQ(WBEM_S_NO_ERROR, path->GetKeyList(&keys));
       ULONG count = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, keys->GetCount(&count));
       EXPECT_EQ(2u, count);
     }},
    {"9.5", "OtherInterfacesAreRefused",
     [] {
       const IWbemQueryPtr query = NewQuery();
       int garbage = 0;
       void* other = &garbage;
       EXPECT_EQ(E_NOINTERFACE, query->QueryInterface(IID_IWbemPath, &other));
       EXPECT_EQ(nullptr, other);
       EXPECT_EQ(CLASS_E_NOAGGREGATION,
                 CoCreateInstance(CLSID_WbemQuery, query, CLSCTX_INPROC_SERVER, IID_IUnknown, &other));
     }},
};

class QueryObjectRows : public testing::TestWithParam<QueryObjectRow> {};
TEST_P(QueryObjectRows, Holds) {
  SCOPED_TRACE(GetParam().source);
  RecordProperty("source", GetParam().source);
  GetParam().body();
}
INSTANTIATE_TEST_SUITE_P(Contract, QueryObjectRows, testing::ValuesIn(kRows), NameOf<QueryObjectRow>);

}  // namespace
}  // namespace wmi::conformance
