// also: -DUNICODE -D_UNICODE
// The object path parser as programs use it: CoCreateInstance of WbemDefPath, SetText, the parts, the list of keys.
#define _WIN32_DCOM
#include <stdio.h>
#include <comdef.h>
#include <windows.h>
#include <wbemidl.h>
#include <Wmiutils.h>

#pragma comment(lib, "wbemuuid.lib")

static void DumpNamespaces(IWbemPath *pPath)
{
    DWORD dwLength = 0;
    if (SUCCEEDED(pPath->GetServer(&dwLength, NULL)) && dwLength > 0)
    {
        WCHAR *pServer = new WCHAR[dwLength];
        if (SUCCEEDED(pPath->GetServer(&dwLength, pServer))) printf("server <%S>\n", pServer);
        delete[] pServer;
    }
    ULONG uCount = 0;
    pPath->GetNamespaceCount(&uCount);
    for (ULONG i = 0; i < uCount; i++)
    {
        WCHAR wName[64];
        ULONG uLength = 64;
        if (SUCCEEDED(pPath->GetNamespaceAt(i, &uLength, wName))) printf("namespace %lu <%S>\n", i, wName);
    }
}

static void DumpKeys(IWbemPath *pPath)
{
    IWbemPathKeyList *pKeys = NULL;
    HRESULT hr = pPath->GetKeyList(&pKeys);
    if (FAILED(hr) || pKeys == NULL) { printf("no keys, 0x%x\n", hr); return; }
    ULONG uKeys = 0;
    pKeys->GetCount(&uKeys);
    ULONGLONG uInfo = 0;
    if (uKeys == 0 && SUCCEEDED(pKeys->GetInfo(0, &uInfo)) && (uInfo & WBEMPATH_INFO_CONTAINS_SINGLETON)) printf("singleton\n");
    for (ULONG i = 0; i < uKeys; i++)
    {
        WCHAR wName[256];
        WCHAR wValue[256];
        DWORD dwNameSize = 256, dwValueSize = 256;
        ULONG uType = 0;
        hr = pKeys->GetKey(i, 0, &dwNameSize, wName, &dwValueSize, wValue, &uType);
        if (FAILED(hr)) { printf("GetKey 0x%x\n", hr); continue; }
        if (uType == CIM_STRING) printf("key <%S> is <%S>\n", wName, wValue);
        else if (uType == CIM_SINT32) printf("key <%S> is %d\n", wName, *(int *)wValue);
        else printf("key <%S> has type %lu\n", wName, uType);
        VARIANT v;
        VariantInit(&v);
        dwNameSize = 256;
        if (SUCCEEDED(pKeys->GetKey2(i, 0, &dwNameSize, wName, &v, &uType))) printf("  as VARIANT %d\n", v.vt);
        VariantClear(&v);
    }
    pKeys->Release();
}

static void Dump(IWbemPath *pPath, const wchar_t *text)
{
    HRESULT hr = pPath->SetText(WBEMPATH_CREATE_ACCEPT_ALL, text);
    printf("SetText 0x%x\n", hr);
    if (FAILED(hr)) return;
    DumpNamespaces(pPath);
    DWORD dwSize = 0;
    hr = pPath->GetClassName(&dwSize, NULL);
    if (SUCCEEDED(hr) && dwSize != 0)
    {
        WCHAR *pName = new WCHAR[dwSize];
        hr = pPath->GetClassName(&dwSize, pName);
        printf("class <%S>\n", pName);
        delete[] pName;
    }
    DumpKeys(pPath);
    ULONGLONG uInfo = 0;
    pPath->GetInfo(0, &uInfo);
    printf("%s%s%s\n", uInfo & WBEMPATH_INFO_IS_CLASS_REF ? "a class" : "", uInfo & WBEMPATH_INFO_IS_INST_REF ? "an instance" : "",
           uInfo & WBEMPATH_INFO_SERVER_NAMESPACE_ONLY ? "a namespace" : "");
}

int main()
{
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    IWbemPath *pPath = NULL;
    HRESULT hr = CoCreateInstance(CLSID_WbemDefPath, NULL, CLSCTX_INPROC_SERVER, IID_IWbemPath, (LPVOID *)&pPath);
    if (FAILED(hr)) { printf("CoCreateInstance 0x%x\n", hr); return 1; }
    Dump(pPath, L"\\\\myserver\\root\\cimv2:Win32_LogicalDisk.DeviceID=\"C:\"");
    Dump(pPath, L"root/default:Part.Disk=2,Name='a \"b\"',Active=TRUE");
    Dump(pPath, L"Win32_WMISetting=@");
    Dump(pPath, L"\\\\.\\root\\cimv2");
    Dump(pPath, L"Class.Key=");

    // From scratch.
    pPath->SetText(WBEMPATH_CREATE_ACCEPT_ALL, L"");
    pPath->SetServer(L"machine");
    pPath->SetNamespaceAt(0, L"root");
    pPath->SetNamespaceAt(1, L"cimv2");
    pPath->CreateClassPart(0, L"Sample");
    IWbemPathKeyList *pKeys = NULL;
    hr = pPath->GetKeyList(&pKeys);
    WCHAR wValue[] = L"C:\\temp";
    pKeys->SetKey(L"Path", 0, CIM_STRING, wValue);
    _variant_t number(7L);
    pKeys->SetKey2(L"Number", 0, CIM_UINT32, &number);
    pPath->Release();
    WCHAR wText[128];
    ULONG uLength = 10;
    hr = pKeys->GetText(WBEMPATH_QUOTEDTEXT, &uLength, wText);
    printf("GetText 0x%x, needs %lu\n", hr, uLength);
    uLength = 128;
    pKeys->GetText(WBEMPATH_QUOTEDTEXT, &uLength, wText);
    printf("keys <%S>\n", wText);
    pKeys->Release();

    IWbemPathPtr path;
    hr = path.CreateInstance(__uuidof(WbemDefPath));
    path->SetText(WBEMPATH_CREATE_ACCEPT_ALL | WBEMPATH_TREAT_SINGLE_IDENT_AS_NS, L"root");
    path->SetClassName(L"__Namespace");
    uLength = 128;
    hr = path->GetText(WBEMPATH_GET_SERVER_TOO, &uLength, wText);
    printf("0x%x <%S>, %lu characters\n", hr, wText, uLength);
    path = NULL;
    CoUninitialize();
    return 0;
}
