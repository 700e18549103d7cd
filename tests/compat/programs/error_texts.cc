// What a failed call tells: GetErrorInfo, __ExtendedStatus, IWbemStatusCodeText, FormatMessage, _com_error.
#include <stdio.h>
#include <comdef.h>
#include <tchar.h>
#include <wbemidl.h>
#include <windows.h>
#include "sample_class.h"

static void ShowErrorInfo(HRESULT hr)
{
    IErrorInfo *pInfo = NULL;
    if (GetErrorInfo(0, &pInfo) != S_OK) { printf("no error object\n"); return; }
    BSTR text = NULL;
    pInfo->GetDescription(&text);
    IWbemClassObject *pStatus = NULL;
    pInfo->QueryInterface(IID_IWbemClassObject, (void **)&pStatus);
    printf("0x%x: description %d\n", hr, text != NULL && SysStringLen(text) > 0);
    SysFreeString(text);
    if (pStatus)
    {
        VARIANT v;
        pStatus->Get(L"__CLASS", 0, &v, NULL, NULL);
        printf("%S ", v.bstrVal);
        VariantClear(&v);
        pStatus->Get(L"Operation", 0, &v, NULL, NULL);
        printf("%S\n", v.vt == VT_BSTR ? v.bstrVal : L"(no operation)");
        VariantClear(&v);
        pStatus->Release();
    }
    pInfo->Release();
}

int main()
{
    IWbemServices *pSvc = sample::Open();
    if (!pSvc) return 1;
    IWbemClassObject *pObj = NULL;
    HRESULT hr = pSvc->GetObject(_bstr_t("Compat_Item.Name='nobody'"), 0, NULL, &pObj, NULL);
    ShowErrorInfo(hr);
    ShowErrorInfo(hr);   // taken once, gone

    IWbemStatusCodeText *pText = NULL;
    hr = CoCreateInstance(CLSID_WbemStatusCodeText, 0, CLSCTX_INPROC_SERVER, IID_IWbemStatusCodeText, (void **)&pText);
    BSTR text = NULL, facility = NULL;
    if (SUCCEEDED(hr)) hr = pText->GetErrorCodeText(WBEM_E_INVALID_CLASS, 0, 0, &text);
    printf("text 0x%x %d\n", hr, SysStringLen(text) > 5);
    hr = pText->GetFacilityCodeText(WBEM_E_INVALID_CLASS, 0, 0, &facility);
    printf("facility 0x%x %d\n", hr, wcsncmp(facility, L"WMI", 3));
    SysFreeString(text);
    SysFreeString(facility);
    pText->Release();

    LPWSTR message = NULL;
    DWORD length = FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                                  NULL, ERROR_FILE_NOT_FOUND, 0, (LPWSTR)&message, 0, NULL);
    printf("system %d %d\n", length > 5 && wcslen(message) == length, length > 2 && wcscmp(message + length - 2, L"\r\n") == 0);
    LocalFree(message);
    char narrow[300];
    length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 0x3fffffff, 0, narrow, 300, NULL);
    printf("unknown %lu, error %lu\n", length, GetLastError());
    DWORD_PTR inserts[] = {(DWORD_PTR)L"first", (DWORD_PTR)L"second"};
    wchar_t wide[100];
    length = FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, L"%2, then %1!s!%n", 0, 0, wide, 100, (va_list *)inserts);
    printf("%lu %d ", length, length == 20 && wide[18] == L'\r' && wide[19] == L'\n');
    wide[18] = 0;
    wprintf(L"%s\n", wide);
    _com_error error(WBEM_E_NOT_FOUND);
    printf("_com_error 0x%lx %d\n", (unsigned long)(unsigned)error.Error(), _tcslen(error.ErrorMessage()) > 3);
    pSvc->Release();
    CoUninitialize();
    return 0;
}
