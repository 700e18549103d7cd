// also: -DUNICODE -D_UNICODE
// The query parser object as providers use it: CoCreateInstance of WbemQuery, Parse, GetAnalysis, the lists and tokens.
#define _WIN32_DCOM
#include <stdio.h>
#include <windows.h>
#include <wbemidl.h>
#include <wmiutils.h>

#pragma comment(lib, "wbemuuid.lib")

static void PrintName(SWbemQueryQualifiedName *pName)
{
    for (ULONG i = 0; i < pName->m_uNameListSize; i++) printf("%s%S", i > 0 ? "." : "", pName->m_ppszNameList[i]);
}

static void PrintConstant(SWbemRpnQueryToken *pToken)
{
    switch (pToken->m_uConstApparentType)
    {
        case VT_NULL: printf("NULL"); break;
        case VT_I4: printf("VT_I4 %d", pToken->m_Const.m_lLongVal); break;
        case VT_UI4: printf("VT_UI4 %u", pToken->m_Const.m_uLongVal); break;
        case VT_I8: printf("VT_I8 %I64d", pToken->m_Const.m_lVal64); break;
        case VT_UI8: printf("VT_UI8 %I64u", pToken->m_Const.m_uVal64); break;
        case VT_R8: printf("VT_R8 %f", pToken->m_Const.m_dblVal); break;
        case VT_BOOL: printf("VT_BOOL %d", pToken->m_Const.m_bBoolVal); break;
        case VT_LPWSTR: printf("VT_LPWSTR %S", pToken->m_Const.m_pszStrVal); break;
        default: printf("type %lu", pToken->m_uConstApparentType); break;
    }
}

static const char *OperatorName(ULONG uOperator)
{
    switch (uOperator)
    {
        case WMIQ_RPN_OP_EQ: return "=";
        case WMIQ_RPN_OP_NE: return "!=";
        case WMIQ_RPN_OP_GE: return ">=";
        case WMIQ_RPN_OP_LE: return "<=";
        case WMIQ_RPN_OP_LT: return "<";
        case WMIQ_RPN_OP_GT: return ">";
        case WMIQ_RPN_OP_LIKE: return "like";
        case WMIQ_RPN_OP_ISA: return "isa";
        case WMIQ_RPN_OP_ISNULL: return "is";
        case WMIQ_RPN_OP_ISNOTNULL: return "is not";
    }
    return "(undefined)";
}

static void PrintSelect(SWbemRpnEncodedQuery *pRpn)
{
    printf("class %S\n", pRpn->m_uFromTargetType & WMIQ_RPN_FROM_UNARY ? pRpn->m_ppszFromList[0] : L"(none)");
    printf("properties:");
    for (ULONG i = 0; i < pRpn->m_uSelectListSize; i++)
    {
        printf(" ");
        PrintName(pRpn->m_ppSelectList[i]);
    }
    printf("%s\n", pRpn->m_uSelectListSize == 0 ? " all" : "");
    if (pRpn->m_dblWithinPolling > 0) printf("within %.1f\n", pRpn->m_dblWithinPolling);
    for (ULONG i = 0; i < pRpn->m_uWhereClauseSize; i++)
    {
        SWbemRpnQueryToken *pToken = pRpn->m_ppRpnWhereClause[i];
        switch (pToken->m_uTokenType)
        {
            case WMIQ_RPN_TOKEN_EXPRESSION:
                printf("  ");
                if (pToken->m_uSubexpressionShape & WMIQ_RPN_LEFT_PROPERTY_NAME) PrintName(pToken->m_pLeftIdent);
                if (pToken->m_uSubexpressionShape & WMIQ_RPN_RELOP) printf(" %s ", OperatorName(pToken->m_uOperator));
                PrintConstant(pToken);
                printf("\n");
                break;
            case WMIQ_RPN_TOKEN_AND: printf("  and\n"); break;
            case WMIQ_RPN_TOKEN_OR: printf("  or\n"); break;
            case WMIQ_RPN_TOKEN_NOT: printf("  not\n"); break;
        }
    }
}

static void PrintAssociation(SWbemAssocQueryInf *pInfo)
{
    printf("%s of %S\n", pInfo->m_uFeatureMask & WMIQ_ASSOCQ_REFERENCES ? "references" : "associators", pInfo->m_pszPath);
    WCHAR wClass[64];
    ULONG uSize = 64;
    if (SUCCEEDED(pInfo->m_pPath->GetClassName(&uSize, wClass))) printf("class %S\n", wClass);
    if (pInfo->m_uFeatureMask & WMIQ_ASSOCQ_ASSOCCLASS) printf("through %S\n", pInfo->m_pszAssocClass);
    if (pInfo->m_pszResultClass != NULL) printf("to %S\n", pInfo->m_pszResultClass);
    if (pInfo->m_uFeatureMask & WMIQ_ASSOCQ_KEYSONLY) printf("keys only\n");
}

static void Test(IWbemQuery *pQuery, LPCWSTR pszText)
{
    printf("\n%S\n", pszText);
    HRESULT hRes = pQuery->Parse(L"WQL", pszText, 0);
    if (FAILED(hRes)) { printf("Parse failed with error 0x%X\n", hRes); return; }
    SWbemRpnEncodedQuery *pRpn = 0;
    hRes = pQuery->GetAnalysis(WMIQ_ANALYSIS_RPN_SEQUENCE, 0, (LPVOID *)&pRpn);
    if (SUCCEEDED(hRes))
    {
        PrintSelect(pRpn);
        pQuery->FreeMemory(pRpn);
        return;
    }
    SWbemAssocQueryInf *pInfo = 0;
    hRes = pQuery->GetAnalysis(WMIQ_ANALYSIS_ASSOC_QUERY, 0, (LPVOID *)&pInfo);
    if (FAILED(hRes)) { printf("GetAnalysis failed with error 0x%X\n", hRes); return; }
    PrintAssociation(pInfo);
    pQuery->FreeMemory(pInfo);
}

int main()
{
    CoInitializeEx(0, COINIT_MULTITHREADED);
    IWbemQuery *pQuery = 0;
    HRESULT hr = CoCreateInstance(CLSID_WbemQuery, 0, CLSCTX_INPROC_SERVER, IID_IWbemQuery, (LPVOID *)&pQuery);
    if (hr != S_OK) { printf("CoCreateInstance 0x%X\n", hr); return 1; }

    ULONG uFeatures[] = { WMIQ_LF1_BASIC_SELECT, WMIQ_LF2_CLASS_NAME_IN_QUERY };
    hr = pQuery->SetLanguageFeatures(0, sizeof(uFeatures) / sizeof(ULONG), uFeatures);
    printf("SetLanguageFeatures 0x%X\n", hr);

    Test(pQuery, L"SELECT RowA, Row.B FROM TableName WHERE PropZ = 3");
    Test(pQuery, L"select * from Win32_Service where State = 'Running' and (ProcessId > 0xFFFFFFFE or not Name like \"s%\")");
    Test(pQuery, L"SELECT * FROM A WHERE a = -5000000000 AND b = 18446744073709551615 AND c < 1.5 AND d = TRUE AND e IS NOT NULL");
    Test(pQuery, L"SELECT TargetInstance FROM __InstanceCreationEvent WITHIN 2.5 WHERE TargetInstance ISA 'Win32_Process'");
    Test(pQuery, L"ASSOCIATORS OF {Win32_LogicalDisk.DeviceID='C:'} WHERE AssocClass = Win32_LogicalDiskToPartition ResultClass = Win32_DiskPartition KeysOnly");
    Test(pQuery, L"REFERENCES OF {Win32_WMISetting=@}");
    Test(pQuery, L"SELECT * WHERE a = 1");

    pQuery->Release();
    CoUninitialize();
    return 0;
}
