// What IWbemQuery::GetAnalysis gives: a query as lists and tokens in reverse Polish order. Part of wmiutils.h.
//
// Names and texts stand as they were written, without quotes and escapes. What a query does not say is 0 or NULL; so is
// always what WQL does not have: a second property, a second constant, functions, arrays, ORDER BY.
#ifndef OPENWMI_DETAIL_WBEM_QUERY_ANALYSIS_H
#define OPENWMI_DETAIL_WBEM_QUERY_ANALYSIS_H

#include "../unknwn.h"
#include "wbem_status.h"

typedef enum tag_WMIQ_ANALYSIS_TYPE OPENWMI_ENUM_INT {
  WMIQ_ANALYSIS_RPN_SEQUENCE = 0x1,          // SWbemRpnEncodedQuery
  WMIQ_ANALYSIS_ASSOC_QUERY = 0x2,           // SWbemAssocQueryInf
  WMIQ_ANALYSIS_PROP_ANALYSIS_MATRIX = 0x3,  // SWbemAnalysisMatrixList; not supported
  WMIQ_ANALYSIS_QUERY_TEXT = 0x4,            // a wide string, the query as Parse got it
  WMIQ_ANALYSIS_RESERVED = 0x8000000
} WMIQ_ANALYSIS_TYPE;

// Several sets of numbers in one enumeration: kinds of token, operators, shapes of an expression, questions of
// GetQueryInfo, forms of FROM. Never met: OP_UNDEFINED, OP_ISNOTA (ISA and a NOT behind it), RIGHT_PROPERTY_NAME,
// CONST2, the two FUNCTIONs, every FROM but UNARY.
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

// SWbemAssocQueryInf::m_uFeatureMask: what asks, and the words behind WHERE. CLASSREFSONLY is never set, it has no
// word.
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

// IWbemQuery::SetLanguageFeatures, which does nothing. COMPEX and ASSOCIATONS are spelt as published.
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

// SWbemRpnEncodedQuery::m_uParsedFeatureMask, which is always 0.
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

// A name with its parts; more than one lead into embedded objects: a.b.c.
typedef struct tag_SWbemQueryQualifiedName {
  ULONG m_uVersion;    // 1
  ULONG m_uTokenType;  // 1
  ULONG m_uNameListSize;
  LPCWSTR* m_ppszNameList;
  BOOL m_bArraysUsed;
  BOOL* m_pbArrayElUsed;
  ULONG* m_puArrayIndex;
} SWbemQueryQualifiedName;

// A constant by its apparent type, which is how it is written and not the type of the property. An integer has the
// first of VT_I4, VT_UI4, VT_I8 and VT_UI8 that holds it; a datetime is a text.
typedef union tag_SWbemRpnConst {
  LPCWSTR m_pszStrVal;  // VT_LPWSTR
  BOOL m_bBoolVal;      // VT_BOOL; TRUE or FALSE, no VARIANT_BOOL
  LONG m_lLongVal;      // VT_I4
  ULONG m_uLongVal;     // VT_UI4
  double m_dblVal;      // VT_R8
  __int64 m_lVal64;     // VT_I8
  __int64 m_uVal64;     // VT_UI8, the bits of the unsigned number
} SWbemRpnConst;

// One comparison (WMIQ_RPN_TOKEN_EXPRESSION), or one AND, OR, NOT, which has nothing but its type. In a comparison the
// property is on the left, however it was written: 5 < a is a > 5. With IS [NOT] NULL, = NULL and <> NULL the operator
// is ISNULL or ISNOTNULL, the constant has the type VT_NULL, and the shape is without WMIQ_RPN_CONST.
typedef struct tag_SWbemRpnQueryToken {
  ULONG m_uVersion;             // 1
  ULONG m_uTokenType;           // WMIQ_RPN_TOKEN_
  ULONG m_uSubexpressionShape;  // bits: LEFT_PROPERTY_NAME, RELOP, CONST
  ULONG m_uOperator;            // WMIQ_RPN_OP_
  SWbemQueryQualifiedName* m_pRightIdent;
  SWbemQueryQualifiedName* m_pLeftIdent;
  ULONG m_uConstApparentType;  // VT_
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

// A SELECT. BY and HAVING of an event query stand in its text only (WMIQ_ANALYSIS_QUERY_TEXT).
typedef struct tag_SWbemRpnEncodedQuery {
  ULONG m_uVersion;  // 1
  ULONG m_uTokenType;
  unsigned __int64 m_uParsedFeatureMask;
  ULONG m_uDetectedArraySize;
  ULONG* m_puDetectedFeatures;
  ULONG m_uSelectListSize;  // 0 for SELECT *
  SWbemQueryQualifiedName** m_ppSelectList;
  ULONG m_uFromTargetType;  // WMIQ_RPN_FROM_UNARY
  LPCWSTR m_pszOptionalFromPath;
  ULONG m_uFromListSize;  // 1
  LPCWSTR* m_ppszFromList;
  // WHERE in the order in which a stack evaluates it: a = 1 AND NOT b = 2 is a = 1, b = 2, NOT, AND. AND and OR always
  // take two, and are counted like the comparisons.
  ULONG m_uWhereClauseSize;
  SWbemRpnQueryToken** m_ppRpnWhereClause;
  double m_dblWithinPolling;  // the seconds of WITHIN
  double m_dblWithinWindow;   // the seconds of GROUP WITHIN
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

// ASSOCIATORS OF and REFERENCES OF.
typedef struct tag_SWbemAssocQueryInf {
  ULONG m_uVersion;           // 2
  ULONG m_uAnalysisType;      // WMIQ_ANALYSIS_ASSOC_QUERY
  ULONG m_uFeatureMask;       // bits: WMIQ_ASSOCQ_
  struct IWbemPath* m_pPath;  // what is in the braces; FreeMemory releases it, so AddRef what is kept
  LPWSTR m_pszPath;           // the same as it was written
  LPWSTR m_pszQueryText;
  LPWSTR m_pszResultClass;
  LPWSTR m_pszAssocClass;
  LPWSTR m_pszRole;
  LPWSTR m_pszResultRole;
  LPWSTR m_pszRequiredQualifier;
  LPWSTR m_pszRequiredAssocQualifier;
} SWbemAssocQueryInf;

#endif
