// IWbemObjectAccess (contract 9.4). A source that is the name of a method means its page in the documentation of
// wbemcli.h.
#include <cstring>

#include "support.h"

namespace wmi::conformance {
namespace {

// An instance of C_Values by handles.
struct Values {
  explicit Values(World& world) : object(world.NewInstance(L"C_Values")), access(object) { EXPECT_TRUE(access); }
  long Handle(const wchar_t* name, CIMTYPE expected) {
    CIMTYPE type = 0;
    long handle = 0;
    EXPECT_EQ(WBEM_S_NO_ERROR, access->GetPropertyHandle(name, &type, &handle));
    EXPECT_EQ(expected, type);
    return handle;
  }
  HRESULT WriteText(const std::wstring& text) {
    return access->WritePropertyValue(Handle(L"Name", CIM_STRING), static_cast<long>(text.size() * sizeof(wchar_t)),
                                      reinterpret_cast<const BYTE*>(text.c_str()));
  }

  IWbemClassObjectPtr object;
  IWbemObjectAccessPtr access;
};

HRESULT HandleOf(IWbemClassObject* object, const wchar_t* name) {
  long handle = 0;
  const IWbemObjectAccessPtr access(object);
  return access->GetPropertyHandle(name, nullptr, &handle);
}

const Row kObjectAccess[] = {
    {"9.4 IWbemObjectAccess", "ClassesAndInstancesAnswerIt",
     [](World& w) {
       for (const wchar_t* path : {L"C_Thing", L"C_Thing.Name=\"a\""}) {
         const IWbemClassObjectPtr object = w.Get(path);
         const IWbemObjectAccessPtr access(object);
         ASSERT_TRUE(access);
         EXPECT_EQ(IUnknownPtr(object), IUnknownPtr(access));
         EXPECT_EQ(object, IWbemClassObjectPtr(access));
       }
     }},
    {"GetPropertyHandle", "OneHandleForAllInstances",
     [](World& w) {
       long handle = 0;
       CIMTYPE type = 0;
       const IWbemObjectAccessPtr schema(w.Get(L"C_Thing"));
       ASSERT_EQ(WBEM_S_NO_ERROR, schema->GetPropertyHandle(L"size", &type, &handle));
       EXPECT_EQ(CIM_UINT32, type);
       DWORD number = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, IWbemObjectAccessPtr(w.Get(L"C_Thing.Name=\"a\""))->ReadDWORD(handle, &number));
       EXPECT_EQ(1u, number);
       EXPECT_EQ(WBEM_S_NO_ERROR, IWbemObjectAccessPtr(w.Get(L"C_Thing.Name=\"b\""))->ReadDWORD(handle, &number));
       EXPECT_EQ(2u, number);
       EXPECT_EQ(WBEM_S_FALSE, IWbemObjectAccessPtr(w.Get(L"C_Sub.Name=\"c\""))->ReadDWORD(handle, &number));
     }},
    {"GetPropertyHandle", "NoneForArraysObjectsAndTheSystem",
     [](World& w) {
       const IWbemClassObjectPtr schema = w.NewClass(L"C_New");
       EXPECT_EQ(WBEM_S_NO_ERROR, schema->Put(L"Many", 0, nullptr, CIM_UINT8 | CIM_FLAG_ARRAY));
       EXPECT_EQ(WBEM_S_NO_ERROR, schema->Put(L"Inside", 0, nullptr, CIM_OBJECT));
       EXPECT_EQ(WBEM_E_NOT_SUPPORTED, HandleOf(schema, L"Many"));
       EXPECT_EQ(WBEM_E_NOT_SUPPORTED, HandleOf(schema, L"Inside"));
       EXPECT_EQ(WBEM_E_SYSTEM_PROPERTY, HandleOf(schema, L"__CLASS"));
       EXPECT_EQ(WBEM_E_NOT_FOUND, HandleOf(schema, L"Nothing"));
     }},
    {"GetPropertyInfoByHandle", "NameAndType",
     [](World& w) {
       Values v(w);
       BSTR name = nullptr;
       CIMTYPE type = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->GetPropertyInfoByHandle(v.Handle(L"u64", CIM_UINT64), &name, &type));
       EXPECT_STREQ(L"U64", name);
       EXPECT_EQ(CIM_UINT64, type);
       SysFreeString(name);
     }},
    {"WriteDWORD", "WritesShowInGet",
     [](World& w) {
       Values v(w);
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->WriteDWORD(v.Handle(L"U32", CIM_UINT32), 77));
       EXPECT_EQ("77", Text(v.object, L"U32"));
     }},
    {"WriteQWORD", "WritesShowInGet",
     [](World& w) {
       Values v(w);
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->WriteQWORD(v.Handle(L"U64", CIM_UINT64), ~0ull));
       EXPECT_EQ("18446744073709551615", Text(v.object, L"U64"));
     }},
    {"ReadDWORD", "PutsShowInReads",
     [](World& w) {
       Values v(w);
       DWORD number = 5;
       EXPECT_EQ(WBEM_S_FALSE, v.access->ReadDWORD(v.Handle(L"U32", CIM_UINT32), &number));
       EXPECT_EQ(0u, number);
       SetNumber(v.object, L"U32", 9);
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->ReadDWORD(v.Handle(L"U32", CIM_UINT32), &number));
       EXPECT_EQ(9u, number);
     }},
    {"ReadQWORD", "PutsShowInReads",
     [](World& w) {
       Values v(w);
       unsigned long long number = 0;
       _variant_t value(L"12345678901234567890");
       EXPECT_EQ(WBEM_S_NO_ERROR, v.object->Put(L"U64", 0, &value, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->ReadQWORD(v.Handle(L"U64", CIM_UINT64), &number));
       EXPECT_EQ(12345678901234567890ull, number);
     }},
    {"9.4 IWbemObjectAccess", "StringsAreNoNumbers",
     [](World& w) {
       Values v(w);
       DWORD number = 0;
       EXPECT_EQ(WBEM_E_TYPE_MISMATCH, v.access->WriteDWORD(v.Handle(L"Name", CIM_STRING), 1));
       EXPECT_EQ(WBEM_E_TYPE_MISMATCH, v.access->ReadDWORD(v.Handle(L"Name", CIM_STRING), &number));
     }},
    {"WritePropertyValue", "StringWithItsLengthInBytes",
     [](World& w) {
       Values v(w);
       EXPECT_EQ(WBEM_S_NO_ERROR, v.WriteText(L"abc"));
       EXPECT_EQ("abc", Text(v.object, L"Name"));
       EXPECT_EQ(WBEM_S_NO_ERROR, v.WriteText(std::wstring(L"abcd\0", 5)));
       EXPECT_EQ("abcd", Text(v.object, L"Name"));
     }},
    {"WritePropertyValue", "OtherValuesHaveTheSizeOfTheirType",
     [](World& w) {
       Values v(w);
       const BYTE bytes[4] = {0x34, 0x12, 0, 0};
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, v.access->WritePropertyValue(v.Handle(L"U16", CIM_UINT16), 3, bytes));
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->WritePropertyValue(v.Handle(L"U16", CIM_UINT16), 2, bytes));
       EXPECT_EQ("4660", Text(v.object, L"U16"));
     }},
    {"ReadPropertyValue", "StringEndsWithANull",
     [](World& w) {
       Values v(w);
       EXPECT_EQ(WBEM_S_NO_ERROR, v.WriteText(L"abc"));
       wchar_t buffer[4];
       std::memset(buffer, 0xEE, sizeof buffer);
       long bytes = 0;
       const long handle = v.Handle(L"Name", CIM_STRING);
       EXPECT_EQ(WBEM_E_BUFFER_TOO_SMALL,
                 v.access->ReadPropertyValue(handle, 3 * sizeof(wchar_t), &bytes, reinterpret_cast<BYTE*>(buffer)));
       EXPECT_EQ(static_cast<long>(sizeof buffer), bytes);
       EXPECT_EQ(WBEM_S_NO_ERROR,
                 v.access->ReadPropertyValue(handle, sizeof buffer, &bytes, reinterpret_cast<BYTE*>(buffer)));
       EXPECT_STREQ(L"abc", buffer);
       EXPECT_EQ(static_cast<long>(sizeof buffer), bytes);
     }},
    {"ReadPropertyValue", "NullIsFalse",
     [](World& w) {
       Values v(w);
       BYTE buffer[8];
       long bytes = 5;
       EXPECT_EQ(WBEM_S_FALSE, v.access->ReadPropertyValue(v.Handle(L"S8", CIM_SINT8), 8, &bytes, buffer));
       EXPECT_EQ(0, bytes);
     }},
    {"9.4 IWbemObjectAccess", "WrongHandleIsRefused",
     [](World& w) {
       Values v(w);
       DWORD number = 0;
       for (const long handle : {0L, -1L, 12345678L}) {
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, v.access->ReadDWORD(handle, &number));
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, v.access->WriteDWORD(handle, 1));
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, v.access->GetPropertyInfoByHandle(handle, nullptr, nullptr));
       }
     }},
    {"Lock", "CountsAndIgnoresItsFlags",
     [](World& w) {
       Values v(w);
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->Lock(0));
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->Lock(WBEM_FLAG_ALLOW_READ));
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->WriteDWORD(v.Handle(L"U32", CIM_UINT32), 1));
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->Unlock(0));
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->Unlock(0));
     }},
    {"9.4 IWbemObjectAccess", "WhatIsWrittenByHandleIsStored",
     [](World& w) {
       Values v(w);
       EXPECT_EQ(WBEM_S_NO_ERROR, v.WriteText(L"stored"));
       EXPECT_EQ(WBEM_S_NO_ERROR, v.access->WriteDWORD(v.Handle(L"U32", CIM_UINT32), 3));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(v.object, 0, nullptr, nullptr));
       EXPECT_EQ("3", Text(w.Get(L"C_Values.Name=\"stored\""), L"U32"));
     }},
};
WMI_ROWS(ObjectAccessRows, kObjectAccess);

}  // namespace
}  // namespace wmi::conformance
