// also: -DUNICODE -D_UNICODE
// ATL with arrays and text of either width: CComSafeArray, CT2W, CAutoPtr, CComHeapPtr, CAtlException, and no
// automatic namespace.
#define _ATL_NO_AUTOMATIC_NAMESPACE
#include <atlbase.h>
#include <atlsafe.h>
#include <wbemidl.h>
#include <stdio.h>
#include <tchar.h>
#include <vector>
using namespace std;

struct Settings
{
    ATL::CComBSTR name;
    vector<ATL::CComPtr<IUnknown> > objects;
};

static void Print(const VARIANT &value)
{
    if (value.vt != (VT_ARRAY | VT_BSTR)) throw ATL::CAtlException(DISP_E_TYPEMISMATCH);
    ATL::CComSafeArray<BSTR> texts(value.parray);
    for (LONG i = texts.GetLowerBound(); i <= texts.GetUpperBound(); i++)
        wprintf(L"%d %s\n", (int)i, (LPCWSTR)texts[i]);
}

int main()
{
    ATL::CComSafeArray<BSTR> texts;
    texts.Add(ATL::CComBSTR(L"first"));
    texts.Add(ATL::CComBSTR("Gr\xC3\xBC\xC3\x9F" "e"));
    texts[0].Append(L"!");
    ATL::CComVariant value;
    value.vt = VT_ARRAY | VT_BSTR;
    value.parray = texts.Detach();
    Print(value);

    try
    {
        Print(ATL::CComVariant(5));
    }
    catch (const ATL::CAtlException &e)
    {
        printf("0x%08x\n", (unsigned)e.m_hr);
    }

    ATL::CComSafeArray<LONG> numbers(3UL);
    for (int i = 0; i < 3; i++) numbers[i] = -i;
    LONG index = 2;
    int number = 0;
    SafeArrayGetElement(numbers, &index, &number);
    printf("%d of %lu\n", number, numbers.GetCount());

    ATL::CAutoPtr<Settings> settings(new Settings);
    settings->name = ATL::CT2W(_T("text"));
    settings->objects.push_back(NULL);
    printf("%s %u\n", (LPCSTR)ATL::CW2A(settings->name), (unsigned)settings->objects.size());

    ATL::CComHeapPtr<OLECHAR> clsid;
    if (SUCCEEDED(StringFromCLSID(CLSID_WbemLocator, &clsid))) wprintf(L"%s\n", (LPOLESTR)clsid);
    return 0;
}
