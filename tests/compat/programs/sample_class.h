// What many of these programs ask about: a class of their own in ROOT\DEFAULT, with a property of every CIM type, and
// three instances of it. Nothing of the machine is in their output that way.
#pragma once
#include <wbemidl.h>

#include <string>

namespace sample {

inline HRESULT Connect(const wchar_t* path, IWbemServices** services) {
  *services = NULL;
  IWbemLocator* locator = NULL;
  HRESULT hr = CoCreateInstance(CLSID_WbemLocator, NULL, CLSCTX_INPROC_SERVER, IID_IWbemLocator, (LPVOID*)&locator);
  if (FAILED(hr)) return hr;
  BSTR name = SysAllocString(path);
  hr = locator->ConnectServer(name, NULL, NULL, NULL, 0, NULL, NULL, services);
  SysFreeString(name);
  locator->Release();
  return hr;
}

inline HRESULT AddProperty(IWbemClassObject* object, const wchar_t* name, CIMTYPE type, const wchar_t* qualifier = NULL,
                           const wchar_t* text = NULL) {
  HRESULT hr = object->Put(name, 0, NULL, type);
  if (FAILED(hr) || qualifier == NULL) return hr;
  IWbemQualifierSet* set = NULL;
  hr = object->GetPropertyQualifierSet(name, &set);
  if (FAILED(hr)) return hr;
  VARIANT value;
  VariantInit(&value);
  if (text != NULL) {
    value.vt = VT_BSTR;
    value.bstrVal = SysAllocString(text);
  } else {
    value.vt = VT_BOOL;
    value.boolVal = VARIANT_TRUE;
  }
  hr = set->Put(qualifier, &value, WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE | WBEM_FLAVOR_FLAG_PROPAGATE_TO_DERIVED_CLASS);
  VariantClear(&value);
  set->Release();
  return hr;
}

inline void PutText(IWbemClassObject* object, const wchar_t* name, const wchar_t* text) {
  VARIANT value;
  VariantInit(&value);
  value.vt = VT_BSTR;
  value.bstrVal = SysAllocString(text);
  object->Put(name, 0, &value, 0);
  VariantClear(&value);
}

inline void PutNumber(IWbemClassObject* object, const wchar_t* name, long number) {
  VARIANT value;
  VariantInit(&value);
  value.vt = VT_I4;
  value.lVal = number;
  object->Put(name, 0, &value, 0);
}

inline void PutNumbers(IWbemClassObject* object, const wchar_t* name, long count) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_I4, 0, (ULONG)count);
  for (long i = 0; i < count; ++i) {
    long element = 100 * (i + 1);
    SafeArrayPutElement(array, &i, &element);
  }
  VARIANT value;
  VariantInit(&value);
  value.vt = VT_ARRAY | VT_I4;
  value.parray = array;
  object->Put(name, 0, &value, 0);
  VariantClear(&value);
}

inline void PutTexts(IWbemClassObject* object, const wchar_t* name) {
  SAFEARRAY* array = SafeArrayCreateVector(VT_BSTR, 0, 2);
  const wchar_t* const texts[] = {L"first", L"second"};
  for (long i = 0; i < 2; ++i) {
    BSTR text = SysAllocString(texts[i]);
    SafeArrayPutElement(array, &i, text);
    SysFreeString(text);
  }
  VARIANT value;
  VariantInit(&value);
  value.vt = VT_ARRAY | VT_BSTR;
  value.parray = array;
  object->Put(name, 0, &value, 0);
  VariantClear(&value);
}

inline HRESULT AddInstance(IWbemServices* services, IWbemClassObject* schema, const wchar_t* key, long number) {
  IWbemClassObject* item = NULL;
  HRESULT hr = schema->SpawnInstance(0, &item);
  if (FAILED(hr)) return hr;
  PutText(item, L"Name", key);
  PutNumber(item, L"Number", number);
  PutNumber(item, L"Count", number);
  PutNumber(item, L"Small", -number);
  PutNumber(item, L"Byte", number);
  PutNumber(item, L"Word", number);
  PutNumber(item, L"Tiny", -number);
  PutNumber(item, L"Letter", 0x41);
  PutText(item, L"Large", L"-9000000000");
  PutText(item, L"Size", L"18000000000000000000");
  PutText(item, L"Birth", L"20240229123000.000000+060");
  PutText(item, L"Other", (std::wstring(L"Compat_Item.Name=\"") + key + L"\"").c_str());
  VARIANT value;
  VariantInit(&value);
  value.vt = VT_R4;
  value.fltVal = 1.5f;
  item->Put(L"Ratio", 0, &value, 0);
  value.vt = VT_R8;
  value.dblVal = 0.25;
  item->Put(L"Share", 0, &value, 0);
  value.vt = VT_BOOL;
  value.boolVal = number % 2 != 0 ? VARIANT_TRUE : VARIANT_FALSE;
  item->Put(L"Odd", 0, &value, 0);
  PutNumbers(item, L"Numbers", number);
  PutTexts(item, L"Texts");
  hr = services->PutInstance(item, WBEM_FLAG_CREATE_OR_UPDATE, NULL, NULL);
  item->Release();
  return hr;
}

// Compat_Item with its three instances: Name "one", "two", "three"; Number 1, 2, 3.
inline HRESULT MakeItems(IWbemServices* services) {
  IWbemClassObject* schema = NULL;
  HRESULT hr = services->GetObject(NULL, 0, NULL, &schema, NULL);
  if (FAILED(hr)) return hr;
  PutText(schema, L"__CLASS", L"Compat_Item");
  AddProperty(schema, L"Name", CIM_STRING, L"key");
  AddProperty(schema, L"Number", CIM_SINT32);
  AddProperty(schema, L"Count", CIM_UINT32);
  AddProperty(schema, L"Small", CIM_SINT16);
  AddProperty(schema, L"Byte", CIM_UINT8);
  AddProperty(schema, L"Tiny", CIM_SINT8);
  AddProperty(schema, L"Word", CIM_UINT16);
  AddProperty(schema, L"Letter", CIM_CHAR16);
  AddProperty(schema, L"Large", CIM_SINT64);
  AddProperty(schema, L"Size", CIM_UINT64);
  AddProperty(schema, L"Ratio", CIM_REAL32);
  AddProperty(schema, L"Share", CIM_REAL64);
  AddProperty(schema, L"Odd", CIM_BOOLEAN);
  AddProperty(schema, L"Birth", CIM_DATETIME);
  AddProperty(schema, L"Other", CIM_REFERENCE, L"CIMTYPE", L"ref:Compat_Item");
  AddProperty(schema, L"Nothing", CIM_STRING);
  AddProperty(schema, L"Part", CIM_OBJECT);
  AddProperty(schema, L"Numbers", CIM_SINT32 | CIM_FLAG_ARRAY);
  AddProperty(schema, L"Texts", CIM_STRING | CIM_FLAG_ARRAY);
  hr = services->PutClass(schema, WBEM_FLAG_CREATE_OR_UPDATE, NULL, NULL);
  schema->Release();
  if (FAILED(hr)) return hr;
  BSTR name = SysAllocString(L"Compat_Item");
  hr = services->GetObject(name, 0, NULL, &schema, NULL);
  SysFreeString(name);
  if (FAILED(hr)) return hr;
  const wchar_t* const keys[] = {L"one", L"two", L"three"};
  for (long i = 0; i < 3 && SUCCEEDED(hr); ++i) hr = AddInstance(services, schema, keys[i], i + 1);
  schema->Release();
  return hr;
}

// COM, its security, ROOT\DEFAULT and the items in it; NULL when a step fails.
inline IWbemServices* Open(DWORD model = COINIT_MULTITHREADED) {
  IWbemServices* services = NULL;
  if (FAILED(CoInitializeEx(NULL, model))) return NULL;
  HRESULT hr = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL,
                                    EOAC_NONE, NULL);
  if (SUCCEEDED(hr)) hr = Connect(L"ROOT\\DEFAULT", &services);
  if (SUCCEEDED(hr)) hr = MakeItems(services);
  if (SUCCEEDED(hr)) return services;
  if (services != NULL) services->Release();
  return NULL;
}

}  // namespace sample
