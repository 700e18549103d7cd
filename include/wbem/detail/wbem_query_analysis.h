// What IWbemQuery::GetAnalysis gives: a query as lists and tokens in reverse Polish order. Part of wmiutils.h.
#ifndef OPENWMI_DETAIL_WBEM_QUERY_ANALYSIS_H
#define OPENWMI_DETAIL_WBEM_QUERY_ANALYSIS_H

#include "../unknwn.h"
#include "wbem_status.h"

typedef enum tag_WMIQ_ANALYSIS_TYPE OPENWMI_ENUM_INT {
  WMIQ_ANALYSIS_RPN_SEQUENCE = 0x1,          // SWbemRpnEncodedQuery
  WMIQ_ANALYSIS_ASSOC_QUERY = 0x2,           // SWbemAssocQueryInf
  WMIQ_ANALYSIS_PROP_ANALYSIS_MATRIX = 0x3,  // SWbemAnalysisMatrixList
  WMIQ_ANALYSIS_QUERY_TEXT = 0x4,            // a wide string
  WMIQ_ANALYSIS_RESERVED = 0x8000000
} WMIQ_ANALYSIS_TYPE;

// Several sets of numbers in one enumeration: kinds of token, operators, shapes of an expression, questions of
// GetQueryInfo, forms of FROM.
typedef enum tag_WMIQ_RPN_TOKEN_FLAGS OPENWMI_ENUM_INT {
  WMIQ_RPN_TOKEN_EXPRESSION = 1,
  WMIQ_RPN_TOKEN_AND = 2,
  WMIQ_RPN_TOKEN_OR = 3,
  WMIQ_RPN_TOKEN_NOT = 4,
  WMIQ_RPN_OP_UNDEFINED = 0,
  WMIQ_RPN_OP_EQ = 1,
  WMIQ_RPN_OP_NE = 2,
  WMIQ_RPN_OP_GE = 3,
  WMIQ_RPN_OP_LE = 4,
  WMIQ_RPN_OP_LT = 5,
  WMIQ_RPN_OP_GT = 6,
  WMIQ_RPN_OP_LIKE = 7,
  WMIQ_RPN_OP_ISA = 8,
  WMIQ_RPN_OP_ISNOTA = 9,
  WMIQ_RPN_OP_ISNULL = 10,
  WMIQ_RPN_OP_ISNOTNULL = 11,
  WMIQ_RPN_LEFT_PROPERTY_NAME = 0x1,
  WMIQ_RPN_RIGHT_PROPERTY_NAME = 0x2,
  WMIQ_RPN_CONST2 = 0x4,
  WMIQ_RPN_CONST = 0x8,
  WMIQ_RPN_RELOP = 0x10,
  WMIQ_RPN_LEFT_FUNCTION = 0x20,
  WMIQ_RPN_RIGHT_FUNCTION = 0x40,
  WMIQ_RPN_GET_TOKEN_TYPE = 1,
  WMIQ_RPN_GET_EXPR_SHAPE = 2,
  WMIQ_RPN_GET_LEFT_FUNCTION = 3,
  WMIQ_RPN_GET_RIGHT_FUNCTION = 4,
  WMIQ_RPN_GET_RELOP = 5,
  WMIQ_RPN_NEXT_TOKEN = 1,
  WMIQ_RPN_FROM_UNARY = 0x1,
  WMIQ_RPN_FROM_PATH = 0x2,
  WMIQ_RPN_FROM_CLASS_LIST = 0x4,
  WMIQ_RPN_FROM_MULTIPLE = 0x8
} WMIQ_RPN_TOKEN_FLAGS;

// SWbemAssocQueryInf::m_uFeatureMask.
typedef enum tag_WMIQ_ASSOCQ_FLAGS OPENWMI_ENUM_INT {
  WMIQ_ASSOCQ_ASSOCIATORS = 0x1,
  WMIQ_ASSOCQ_REFERENCES = 0x2,
  WMIQ_ASSOCQ_RESULTCLASS = 0x4,
  WMIQ_ASSOCQ_ASSOCCLASS = 0x8,
  WMIQ_ASSOCQ_ROLE = 0x10,
  WMIQ_ASSOCQ_RESULTROLE = 0x20,
  WMIQ_ASSOCQ_REQUIREDQUALIFIER = 0x40,
  WMIQ_ASSOCQ_REQUIREDASSOCQUALIFIER = 0x80,
  WMIQ_ASSOCQ_CLASSDEFSONLY = 0x100,
  WMIQ_ASSOCQ_KEYSONLY = 0x200,
  WMIQ_ASSOCQ_SCHEMAONLY = 0x400,
  WMIQ_ASSOCQ_CLASSREFSONLY = 0x800
} WMIQ_ASSOCQ_FLAGS;

// IWbemQuery::SetLanguageFeatures. COMPEX and ASSOCIATONS are spelt as published.
typedef enum tag_WMIQ_LANGUAGE_FEATURES OPENWMI_ENUM_INT {
  WMIQ_LF1_BASIC_SELECT = 1,
  WMIQ_LF2_CLASS_NAME_IN_QUERY = 2,
  WMIQ_LF3_STRING_CASE_FUNCTIONS = 3,
  WMIQ_LF4_PROP_TO_PROP_TESTS = 4,
  WMIQ_LF5_COUNT_STAR = 5,
  WMIQ_LF6_ORDER_BY = 6,
  WMIQ_LF7_DISTINCT = 7,
  WMIQ_LF8_ISA = 8,
  WMIQ_LF9_THIS = 9,
  WMIQ_LF10_COMPEX_SUBEXPRESSIONS = 10,
  WMIQ_LF11_ALIASING = 11,
  WMIQ_LF12_GROUP_BY_HAVING = 12,
  WMIQ_LF13_WMI_WITHIN = 13,
  WMIQ_LF14_SQL_WRITE_OPERATIONS = 14,
  WMIQ_LF15_GO = 15,
  WMIQ_LF16_SINGLE_LEVEL_TRANSACTIONS = 16,
  WMIQ_LF17_QUALIFIED_NAMES = 17,
  WMIQ_LF18_ASSOCIATONS = 18,
  WMIQ_LF19_SYSTEM_PROPERTIES = 19,
  WMIQ_LF20_EXTENDED_SYSTEM_PROPERTIES = 20,
  WMIQ_LF21_SQL89_JOINS = 21,
  WMIQ_LF22_SQL92_JOINS = 22,
  WMIQ_LF23_SUBSELECTS = 23,
  WMIQ_LF24_UMI_EXTENSIONS = 24,
  WMIQ_LF25_DATEPART = 25,
  WMIQ_LF26_LIKE = 26,
  WMIQ_LF27_CIM_TEMPORAL_CONSTRUCTS = 27,
  WMIQ_LF28_STANDARD_AGGREGATES = 28,
  WMIQ_LF29_MULTI_LEVEL_ORDER_BY = 29,
  WMIQ_LF30_WMI_PRAGMAS = 30,
  WMIQ_LF31_QUALIFIER_TESTS = 31,
  WMIQ_LF32_SP_EXECUTE = 32,
  WMIQ_LF33_ARRAY_ACCESS = 33,
  WMIQ_LF34_UNION = 34,
  WMIQ_LF35_COMPLEX_SELECT_TARGET = 35,
  WMIQ_LF36_REFERENCE_TESTS = 36,
  WMIQ_LF37_SELECT_INTO = 37,
  WMIQ_LF38_BASIC_DATETIME_TESTS = 38,
  WMIQ_LF39_COUNT_COLUMN = 39,
  WMIQ_LF40_BETWEEN = 40,
  WMIQ_LF_LAST = 40
} WMIQ_LANGUAGE_FEATURES;

// SWbemRpnEncodedQuery::m_uParsedFeatureMask.
typedef enum tag_WMIQ_RPNQ_FEATURE OPENWMI_ENUM_INT {
  WMIQ_RPNF_WHERE_CLAUSE_PRESENT = 0x1,
  WMIQ_RPNF_QUERY_IS_CONJUNCTIVE = 0x2,
  WMIQ_RPNF_QUERY_IS_DISJUNCTIVE = 0x4,
  WMIQ_RPNF_PROJECTION = 0x8,
  WMIQ_RPNF_FEATURE_SELECT_STAR = 0x10,
  WMIQ_RPNF_EQUALITY_TESTS_ONLY = 0x20,
  WMIQ_RPNF_COUNT_STAR = 0x40,
  WMIQ_RPNF_QUALIFIED_NAMES_USED = 0x80,
  WMIQ_RPNF_SYSPROP_CLASS_USED = 0x100,
  WMIQ_RPNF_PROP_TO_PROP_TESTS = 0x200,
  WMIQ_RPNF_ORDER_BY = 0x400,
  WMIQ_RPNF_ISA_USED = 0x800,
  WMIQ_RPNF_GROUP_BY_HAVING = 0x1000,
  WMIQ_RPNF_ARRAY_ACCESS_USED = 0x2000
} WMIQ_RPNF_FEATURE;

// A name with its parts: a.b[3].c.
typedef struct tag_SWbemQueryQualifiedName {
  ULONG m_uVersion;
  ULONG m_uTokenType;
  ULONG m_uNameListSize;
  LPCWSTR* m_ppszNameList;
  BOOL m_bArraysUsed;
  BOOL* m_pbArrayElUsed;
  ULONG* m_puArrayIndex;
} SWbemQueryQualifiedName;

typedef union tag_SWbemRpnConst {
  LPCWSTR m_pszStrVal;
  BOOL m_bBoolVal;
  LONG m_lLongVal;
  ULONG m_uLongVal;
  double m_dblVal;
  __int64 m_lVal64;
  __int64 m_uVal64;
} SWbemRpnConst;

// One comparison, or one AND, OR, NOT.
typedef struct tag_SWbemRpnQueryToken {
  ULONG m_uVersion;
  ULONG m_uTokenType;
  ULONG m_uSubexpressionShape;
  ULONG m_uOperator;
  SWbemQueryQualifiedName* m_pRightIdent;
  SWbemQueryQualifiedName* m_pLeftIdent;
  ULONG m_uConstApparentType;
  SWbemRpnConst m_Const;
  ULONG m_uConst2ApparentType;
  SWbemRpnConst m_Const2;
  LPCWSTR m_pszRightFunc;
  LPCWSTR m_pszLeftFunc;
} SWbemRpnQueryToken;

typedef struct tag_SWbemRpnTokenList {
  ULONG m_uVersion;
  ULONG m_uTokenType;
  ULONG m_uNumTokens;
} SWbemRpnTokenList;

typedef struct tag_SWbemRpnEncodedQuery {
  ULONG m_uVersion;
  ULONG m_uTokenType;
  unsigned __int64 m_uParsedFeatureMask;
  ULONG m_uDetectedArraySize;
  ULONG* m_puDetectedFeatures;
  ULONG m_uSelectListSize;
  SWbemQueryQualifiedName** m_ppSelectList;
  ULONG m_uFromTargetType;
  LPCWSTR m_pszOptionalFromPath;
  ULONG m_uFromListSize;
  LPCWSTR* m_ppszFromList;
  ULONG m_uWhereClauseSize;
  SWbemRpnQueryToken** m_ppRpnWhereClause;
  double m_dblWithinPolling;
  double m_dblWithinWindow;
  ULONG m_uOrderByListSize;
  LPCWSTR* m_ppszOrderByList;
  ULONG* m_uOrderDirectionEl;
} SWbemRpnEncodedQuery;

typedef struct tag_SWbemAnalysisMatrix {
  ULONG m_uVersion;
  ULONG m_uMatrixType;
  LPCWSTR m_pszProperty;
  ULONG m_uPropertyType;
  ULONG m_uEntries;
  LPVOID* m_pValues;
  BOOL* m_pbTruthTable;
} SWbemAnalysisMatrix;

typedef struct tag_SWbemAnalysisMatrixList {
  ULONG m_uVersion;
  ULONG m_uMatrixType;
  ULONG m_uNumMatrices;
  SWbemAnalysisMatrix* m_pMatrices;
} SWbemAnalysisMatrixList;

typedef struct tag_SWbemAssocQueryInf {
  ULONG m_uVersion;
  ULONG m_uAnalysisType;
  ULONG m_uFeatureMask;
  struct IWbemPath* m_pPath;
  LPWSTR m_pszPath;
  LPWSTR m_pszQueryText;
  LPWSTR m_pszResultClass;
  LPWSTR m_pszAssocClass;
  LPWSTR m_pszRole;
  LPWSTR m_pszResultRole;
  LPWSTR m_pszRequiredQualifier;
  LPWSTR m_pszRequiredAssocQualifier;
} SWbemAssocQueryInf;

#endif
