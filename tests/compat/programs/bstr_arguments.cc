// Everything that programs pass where the interface says BSTR.
#include <iostream>
#include <string>
#include <comdef.h>
#include <wbemidl.h>
#include "sample_class.h"

static int Count(IWbemServices *svc, const BSTR language, const BSTR query)
{
    IEnumWbemClassObject *e = nullptr;
    if (FAILED(svc->ExecQuery(language, query, WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, &e)))
        return -1;
    int n = 0;
    IWbemClassObject *o = nullptr;
    ULONG u = 0;
    while (e->Next(WBEM_INFINITE, 1, &o, &u) == S_OK && u != 0) { ++n; o->Release(); }
    e->Release();
    return n;
}

int main()
{
    IWbemServices *svc = sample::Open();
    if (!svc) return 1;
    std::cout << "BSTR(literal) " << Count(svc, BSTR(L"WQL"), BSTR(L"SELECT * FROM Compat_Item")) << "\n";
    std::cout << "(BSTR)literal " << Count(svc, (BSTR)L"WQL", (BSTR)L"select Name from Compat_Item where Number=2") << "\n";
    wchar_t buffer[100];
    wcscpy(buffer, L"SELECT * FROM Compat_Item WHERE Name = 'one'");
    std::cout << "array " << Count(svc, const_cast<BSTR>(L"WQL"), buffer) << "\n";
    BSTR language = SysAllocString(L"WQL");
    BSTR query = SysAllocStringLen(L"SELECT * FROM Compat_Item and more", 25);
    std::cout << "SysAllocString " << Count(svc, language, query) << " of length " << SysStringLen(query) << "\n";
    SysFreeString(query);
    SysFreeString(language);
    std::cout << "bstr_t narrow " << Count(svc, bstr_t("WQL"), bstr_t("SELECT * FROM Compat_Item WHERE Odd = TRUE")) << "\n";
    std::cout << "_bstr_t wide " << Count(svc, _bstr_t(L"WQL"), _bstr_t(L"SELECT * FROM ") + _bstr_t(L"Compat_Item")) << "\n";
    std::wstring text = L"SELECT * FROM Compat_Item WHERE Number < 3";
    std::cout << "wstring " << Count(svc, (BSTR)L"WQL", &text[0]) << " " << Count(svc, (BSTR)L"WQL", (BSTR)text.c_str()) << "\n";
    std::cout << "by convert " << Count(svc, _bstr_t("WQL").GetBSTR(), _com_util::ConvertStringToBSTR("SELECT * FROM No_Such")) << "\n";

    IWbemClassObject *object = nullptr;
    HRESULT hr = svc->GetObject(const_cast<wchar_t *>(L"Compat_Item.Name='two'"), 0, nullptr, &object, nullptr);
    std::cout << "GetObject " << std::hex << hr << "\n";
    if (object) object->Release();
    svc->Release();
    CoUninitialize();
}
