// IWbemObjectAccess of class objects (contract 9.4).
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "api/test_support.h"
#include "cim/instance_edit.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr char kWide[] = R"(
class T_All {
  [key] string Name;
  sint8 S8; uint8 U8; sint16 S16; uint16 U16; sint32 S32; uint32 U32; sint64 S64; uint64 U64;
  real32 R32; real64 R64; boolean Flag; char16 Letter; datetime When; T_All ref Other;
  uint32 Many[]; object Inside;
};
class T_AllMore : T_All { uint32 More; };
class T_Else { [key] string Name; uint32 Number; };
)";

class ObjectAccessTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    const Status compiled = engine_->catalogue().Compile({"wide.mof", kWide}, "ROOT\\test");
    ASSERT_TRUE(compiled.ok()) << compiled.Message();
    object_ = New("T_All");
  }
  void TearDown() override {
    object_.Reset();
    ApiTest::TearDown();
  }

  static ComPtr<IWbemObjectAccess> Access(IUnknown* object) {
    ComPtr<IWbemObjectAccess> access;
    EXPECT_EQ(S_OK, object->QueryInterface(IID_IWbemObjectAccess, reinterpret_cast<void**>(access.Receive())));
    return access;
  }
  ComPtr<IWbemObjectAccess> New(const char* name) {
    ComPtr<IWbemClassObject> instance;
    EXPECT_EQ(code::kOk, ClassOf(name)->SpawnInstance(0, instance.Receive()));
    return Access(instance.get());
  }
  long Handle(const wchar_t* name) {
    long handle = 0;
    EXPECT_EQ(code::kOk, object_->GetPropertyHandle(name, nullptr, &handle)) << Utf8(name);
    return handle;
  }
  HRESULT WriteText(const wchar_t* name, const std::wstring& text, std::size_t characters) {
    return object_->WritePropertyValue(Handle(name), static_cast<long>(characters * sizeof(wchar_t)),
                                       reinterpret_cast<const BYTE*>(text.c_str()));
  }

  ComPtr<IWbemObjectAccess> object_;
};

TEST_F(ObjectAccessTest, IsTheSameObject) {
  const ComPtr<IWbemClassObject> object = GetOne(L"T_Item.Id=\"1\"");
  const ComPtr<IWbemClassObject> schema = ClassOf("T_Item");
  for (IWbemClassObject* each : {object.get(), schema.get()}) {
    const ComPtr<IWbemObjectAccess> access = Access(each);
    ComPtr<IUnknown> first;
    ComPtr<IUnknown> second;
    ComPtr<IWbemClassObject> back;
    ASSERT_EQ(S_OK, each->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(first.Receive())));
    ASSERT_EQ(S_OK, access->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(second.Receive())));
    ASSERT_EQ(S_OK, access->QueryInterface(IID_IWbemClassObject, reinterpret_cast<void**>(back.Receive())));
    EXPECT_EQ(first.get(), second.get());
    EXPECT_EQ(each, back.get());
  }
}

TEST_F(ObjectAccessTest, HandleServesTheClassItsInstancesAndSubclasses) {
  const ComPtr<IWbemObjectAccess> schema = Access(ClassOf("T_Base").get());
  CIMTYPE type = 0;
  long handle = 0;
  ASSERT_EQ(code::kOk, schema->GetPropertyHandle(L"count", &type, &handle));
  EXPECT_EQ(CIM_UINT32, type);
  EXPECT_GT(handle, 0);
  DWORD number = 0;
  EXPECT_EQ(code::kOk, schema->ReadDWORD(handle, &number));
  EXPECT_EQ(7u, number);
  EXPECT_EQ(code::kOk, Access(GetOne(L"T_Item.Id=\"1\"").get())->ReadDWORD(handle, &number));
  EXPECT_EQ(7u, number);
  EXPECT_EQ(code::kOk, New("T_Sub")->ReadDWORD(handle, &number));
  EXPECT_EQ(9u, number);
  BSTR name = nullptr;
  EXPECT_EQ(code::kOk, New("T_Sub")->GetPropertyInfoByHandle(handle, &name, &type));
  EXPECT_EQ("Count", TakeBstr(name));
  EXPECT_EQ(CIM_UINT32, type);
}

TEST_F(ObjectAccessTest, SomePropertiesHaveNoHandle) {
  long handle = 77;
  CIMTYPE type = 77;
  EXPECT_EQ(code::kNotFound, object_->GetPropertyHandle(L"Nothing", &type, &handle));
  EXPECT_EQ(code::kNotSupported, object_->GetPropertyHandle(L"Many", &type, &handle));
  EXPECT_EQ(code::kNotSupported, object_->GetPropertyHandle(L"Inside", &type, &handle));
  EXPECT_EQ(code::kSystemProperty, object_->GetPropertyHandle(L"__PATH", &type, &handle));
  EXPECT_EQ(code::kInvalidParameter, object_->GetPropertyHandle(nullptr, &type, &handle));
  EXPECT_EQ(code::kInvalidParameter, object_->GetPropertyHandle(L"U32", &type, nullptr));
  EXPECT_EQ(77, handle);
  EXPECT_EQ(77, type);
}

TEST_F(ObjectAccessTest, NullIsFalseAndZero) {
  DWORD number = 5;
  unsigned long long large = 5;
  long bytes = 5;
  BYTE buffer[8];
  EXPECT_EQ(code::kFalse, object_->ReadDWORD(Handle(L"U32"), &number));
  EXPECT_EQ(code::kFalse, object_->ReadQWORD(Handle(L"U64"), &large));
  EXPECT_EQ(code::kFalse, object_->ReadPropertyValue(Handle(L"Name"), sizeof buffer, &bytes, buffer));
  EXPECT_EQ(0u, number);
  EXPECT_EQ(0u, large);
  EXPECT_EQ(0, bytes);
}

TEST_F(ObjectAccessTest, WritesShowInGetAndPutsShowInReads) {
  EXPECT_EQ(code::kOk, object_->WriteDWORD(Handle(L"U32"), 4000000000u));
  EXPECT_EQ(code::kOk, object_->WriteDWORD(Handle(L"S32"), static_cast<DWORD>(-5)));
  EXPECT_EQ(code::kOk, object_->WriteDWORD(Handle(L"S8"), static_cast<DWORD>(-6)));
  EXPECT_EQ(code::kOk, object_->WriteDWORD(Handle(L"Flag"), 1));
  EXPECT_EQ(code::kOk, object_->WriteQWORD(Handle(L"U64"), ~0ull));
  EXPECT_EQ(code::kOk, object_->WriteQWORD(Handle(L"S64"), ~0ull));
  EXPECT_EQ("4000000000", PropertyText(object_.get(), L"U32"));
  EXPECT_EQ("-5", PropertyText(object_.get(), L"S32"));
  TestVariant narrow;
  ASSERT_EQ(code::kOk, object_->Get(L"S8", 0, &narrow.value, nullptr, nullptr));
  EXPECT_EQ(-6, narrow.value.iVal);
  EXPECT_EQ("TRUE", PropertyText(object_.get(), L"Flag"));
  EXPECT_EQ("18446744073709551615", PropertyText(object_.get(), L"U64"));
  EXPECT_EQ("-1", PropertyText(object_.get(), L"S64"));

  VARIANT value;
  VariantInit(&value);
  value.vt = VT_I4;
  value.lVal = 12;
  EXPECT_EQ(code::kOk, object_->Put(L"U32", 0, &value, 0));
  DWORD number = 0;
  EXPECT_EQ(code::kOk, object_->ReadDWORD(Handle(L"U32"), &number));
  EXPECT_EQ(12u, number);
  EXPECT_EQ(code::kOk, object_->Put(L"U32", 0, nullptr, 0));
  EXPECT_EQ(code::kFalse, object_->ReadDWORD(Handle(L"U32"), &number));
}

TEST_F(ObjectAccessTest, NumbersOfEachWidth) {
  DWORD number = 0;
  unsigned long long large = 0;
  object_->WriteDWORD(Handle(L"S8"), static_cast<DWORD>(-6));
  EXPECT_EQ(code::kOk, object_->ReadDWORD(Handle(L"S8"), &number));
  EXPECT_EQ(0xFFFFFFFAu, number);  // with its sign, and never more than 32 bits
  EXPECT_EQ(code::kOk, object_->ReadQWORD(Handle(L"S8"), &large));
  EXPECT_EQ(0xFFFFFFFFFFFFFFFAull, large);
  EXPECT_EQ(code::kValueOutOfRange, object_->WriteDWORD(Handle(L"U8"), 256));
  EXPECT_EQ(code::kOk, object_->WriteDWORD(Handle(L"U8"), 255));
  EXPECT_EQ(code::kValueOutOfRange, object_->WriteDWORD(Handle(L"S16"), 0x8000));
  EXPECT_EQ(code::kValueOutOfRange, object_->WriteQWORD(Handle(L"U32"), 1ull << 32));
  EXPECT_EQ(code::kTypeMismatch, object_->ReadDWORD(Handle(L"U64"), &number));
  EXPECT_EQ(code::kTypeMismatch, object_->WriteDWORD(Handle(L"R64"), 1));
  EXPECT_EQ(code::kTypeMismatch, object_->WriteQWORD(Handle(L"R32"), 1));
  EXPECT_EQ(code::kTypeMismatch, object_->WriteDWORD(Handle(L"Name"), 1));
  EXPECT_EQ(code::kTypeMismatch, object_->ReadQWORD(Handle(L"When"), &large));

  EXPECT_EQ(code::kOk, object_->WriteDWORD(Handle(L"R32"), 0x3FC00000));
  EXPECT_EQ(code::kOk, object_->ReadDWORD(Handle(L"R32"), &number));
  EXPECT_EQ(0x3FC00000u, number);  // 1.5
  EXPECT_EQ(code::kOk, object_->WriteQWORD(Handle(L"R64"), 0xBFF8000000000000ull));
  EXPECT_EQ(code::kOk, object_->ReadQWORD(Handle(L"R64"), &large));
  EXPECT_EQ(0xBFF8000000000000ull, large);
  TestVariant real;
  ASSERT_EQ(code::kOk, object_->Get(L"R64", 0, &real.value, nullptr, nullptr));
  EXPECT_EQ(-1.5, real.value.dblVal);
}

TEST_F(ObjectAccessTest, TextIsBytesOfWcharWithATerminator) {
  EXPECT_EQ(code::kOk, WriteText(L"Name", L"\u00e4bc", 3));  // as the page says: the length without the NUL
  EXPECT_EQ(
      "\xC3\xA4"
      "bc",
      PropertyText(object_.get(), L"Name"));
  EXPECT_EQ(code::kOk, WriteText(L"Name", L"\u00e4bcd", 5));  // as programs do: with it
  wchar_t buffer[5] = {};
  long bytes = 0;
  auto* data = reinterpret_cast<BYTE*>(buffer);
  EXPECT_EQ(code::kBufferTooSmall, object_->ReadPropertyValue(Handle(L"Name"), sizeof buffer - 1, &bytes, data));
  EXPECT_EQ(static_cast<long>(sizeof buffer), bytes);
  EXPECT_EQ(L'\0', buffer[0]);
  EXPECT_EQ(code::kOk, object_->ReadPropertyValue(Handle(L"Name"), sizeof buffer, &bytes, data));
  EXPECT_STREQ(L"\u00e4bcd", buffer);
  EXPECT_EQ(code::kOk, WriteText(L"Name", L"", 0));
  EXPECT_EQ("", PropertyText(object_.get(), L"Name"));
  EXPECT_EQ(code::kInvalidParameter, object_->WritePropertyValue(Handle(L"Name"), 3, data));
  EXPECT_EQ(code::kOk, WriteText(L"When", L"20240101000000.000000+000", 25));
  EXPECT_EQ(code::kTypeMismatch, WriteText(L"When", L"yesterday", 9));
  EXPECT_EQ("20240101000000.000000+000", PropertyText(object_.get(), L"When"));
  EXPECT_EQ(code::kOk, WriteText(L"Other", L"T_All.Name=\"x\"", 14));
}

TEST_F(ObjectAccessTest, ValuesOfOtherTypesHaveTheirSize) {
  const struct {
    const wchar_t* name;
    long size;
  } kSizes[] = {{L"S8", 1},  {L"U8", 1},  {L"S16", 2}, {L"U16", 2}, {L"S32", 4},  {L"U32", 4},
                {L"S64", 8}, {L"U64", 8}, {L"R32", 4}, {L"R64", 8}, {L"Flag", 2}, {L"Letter", 2}};
  for (const auto& [name, size] : kSizes) {
    SCOPED_TRACE(Utf8(name));
    const BYTE written[9] = {0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x38, 0};
    EXPECT_EQ(code::kInvalidParameter, object_->WritePropertyValue(Handle(name), size - 1, written));
    EXPECT_EQ(code::kInvalidParameter, object_->WritePropertyValue(Handle(name), 9, written));
    EXPECT_EQ(code::kInvalidParameter, object_->WritePropertyValue(Handle(name), -1, written));
    EXPECT_EQ(code::kInvalidParameter, object_->WritePropertyValue(Handle(name), size, nullptr));
    ASSERT_EQ(code::kOk, object_->WritePropertyValue(Handle(name), size, written));
    BYTE read[9] = {};
    long bytes = 0;
    EXPECT_EQ(code::kBufferTooSmall, object_->ReadPropertyValue(Handle(name), size - 1, &bytes, read));
    EXPECT_EQ(size, bytes);
    EXPECT_EQ(code::kInvalidParameter, object_->ReadPropertyValue(Handle(name), -1, &bytes, read));
    EXPECT_EQ(code::kInvalidParameter, object_->ReadPropertyValue(Handle(name), size, nullptr, read));
    EXPECT_EQ(code::kInvalidParameter, object_->ReadPropertyValue(Handle(name), size, &bytes, nullptr));
    ASSERT_EQ(code::kOk, object_->ReadPropertyValue(Handle(name), size, &bytes, read));
    EXPECT_EQ(size, bytes);
    if (std::wstring(name) == L"Flag") {
      EXPECT_EQ(0xFF, read[0]);  // VARIANT_TRUE
      EXPECT_EQ(0xFF, read[1]);
    } else {
      EXPECT_EQ(0, std::memcmp(written, read, static_cast<std::size_t>(size)));
    }
  }
}

// sizeof(DWORD) is 8 here, and programs pass it.
TEST_F(ObjectAccessTest, IntegersFillAndFitALong) {
  DWORD number = 99;
  long signed_number = -99;
  long bytes = 0;
  EXPECT_EQ(code::kOk, object_->WritePropertyValue(Handle(L"U32"), sizeof number, reinterpret_cast<BYTE*>(&number)));
  EXPECT_EQ(code::kOk,
            object_->WritePropertyValue(Handle(L"S32"), sizeof signed_number, reinterpret_cast<BYTE*>(&signed_number)));
  number = ~DWORD{0};
  signed_number = 0;
  EXPECT_EQ(code::kOk,
            object_->ReadPropertyValue(Handle(L"U32"), sizeof number, &bytes, reinterpret_cast<BYTE*>(&number)));
  EXPECT_EQ(99u, number);
  EXPECT_EQ(4, bytes);
  EXPECT_EQ(code::kOk, object_->ReadPropertyValue(Handle(L"S32"), sizeof signed_number, &bytes,
                                                  reinterpret_cast<BYTE*>(&signed_number)));
  EXPECT_EQ(-99, signed_number);
}

TEST_F(ObjectAccessTest, WrongHandlesAreRefused) {
  const ComPtr<IWbemObjectAccess> other = New("T_Else");
  const long good = Handle(L"U64");
  DWORD number = 0;
  unsigned long long large = 0;
  long bytes = 0;
  BYTE buffer[8] = {};
  BSTR name = nullptr;
  for (const long handle : {0L, 1L, -1L, 6L, good + 1, good ^ 0x10000, 0x7FFFFFFFL, 1023L}) {
    EXPECT_EQ(code::kInvalidParameter, object_->ReadDWORD(handle, &number)) << handle;
    EXPECT_EQ(code::kInvalidParameter, object_->ReadQWORD(handle, &large));
    EXPECT_EQ(code::kInvalidParameter, object_->WriteDWORD(handle, 1));
    EXPECT_EQ(code::kInvalidParameter, object_->WriteQWORD(handle, 1));
    EXPECT_EQ(code::kInvalidParameter, object_->ReadPropertyValue(handle, 8, &bytes, buffer));
    EXPECT_EQ(code::kInvalidParameter, object_->WritePropertyValue(handle, 8, buffer));
    EXPECT_EQ(code::kInvalidParameter, object_->GetPropertyInfoByHandle(handle, &name, nullptr));
    EXPECT_EQ(nullptr, name);
  }
  EXPECT_EQ(code::kInvalidParameter, other->ReadQWORD(good, &large));
  EXPECT_EQ(code::kInvalidParameter, object_->ReadDWORD(Handle(L"U32"), nullptr));
  EXPECT_EQ(code::kInvalidParameter, object_->ReadQWORD(good, nullptr));
}

TEST_F(ObjectAccessTest, ProjectionHasNoHandleForWhatWasNotSelected) {
  long handle = 0;
  ASSERT_EQ(code::kOk, Access(ClassOf("T_Item").get())->GetPropertyHandle(L"Count", nullptr, &handle));
  ComPtr<IEnumWbemClassObject> result = Query(L"SELECT Label FROM T_Item");
  ComPtr<IWbemClassObject> object;
  ULONG returned = 0;
  ASSERT_EQ(WBEM_S_NO_ERROR, result->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
  const ComPtr<IWbemObjectAccess> access = Access(object.get());
  DWORD number = 0;
  EXPECT_EQ(code::kNotFound, access->ReadDWORD(handle, &number));
  EXPECT_EQ(code::kNotFound, access->WriteDWORD(handle, 1));
  EXPECT_EQ(code::kNotFound, access->GetPropertyHandle(L"Count", nullptr, &handle));
}

TEST_F(ObjectAccessTest, WritingAClassWritesItsDefault) {
  const ComPtr<IWbemObjectAccess> schema = Access(ClassOf("T_Else").get());
  long handle = 0;
  ASSERT_EQ(code::kOk, schema->GetPropertyHandle(L"Number", nullptr, &handle));
  EXPECT_EQ(code::kOk, schema->WriteDWORD(handle, 33));
  EXPECT_EQ("33", PropertyText(schema.get(), L"Number"));
  EXPECT_EQ("(null)", PropertyText(ClassOf("T_Else").get(), L"Number"));
}

TEST_F(ObjectAccessTest, LockHoldsBackTheWritesOfOtherThreads) {
  EXPECT_EQ(code::kInvalidOperation, object_->Unlock(0));
  ASSERT_EQ(code::kOk, object_->Lock(0));
  ASSERT_EQ(code::kOk, object_->Lock(12345));  // flags are reserved and ignored
  const long handle = Handle(L"U32");
  std::atomic<bool> started = false;
  std::atomic<bool> done = false;
  std::thread other([&] {
    EXPECT_EQ(code::kInvalidOperation, object_->Unlock(0));
    started = true;
    started.notify_all();
    EXPECT_EQ(code::kOk, object_->WriteDWORD(handle, 2));
    done = true;
  });
  started.wait(false);
  for (DWORD i = 10; i < 2000; ++i) {
    ASSERT_EQ(code::kOk, object_->WriteDWORD(handle, i));
    DWORD number = 0;
    ASSERT_EQ(code::kOk, object_->ReadDWORD(handle, &number));
    ASSERT_EQ(i, number);
  }
  EXPECT_EQ(code::kOk, object_->Unlock(0));
  EXPECT_FALSE(done);
  EXPECT_EQ(code::kOk, object_->Unlock(0));
  other.join();
  DWORD number = 0;
  EXPECT_EQ(code::kOk, object_->ReadDWORD(handle, &number));
  EXPECT_EQ(2u, number);
}

TEST_F(ObjectAccessTest, LockCountsExactly) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 2000;
  const long handle = Handle(L"U32");
  ASSERT_EQ(code::kOk, object_->WriteDWORD(handle, 0));
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        object_->Lock(0);
        DWORD number = 0;
        object_->ReadDWORD(handle, &number);
        object_->WriteDWORD(handle, number + 1);
        object_->Unlock(0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  DWORD number = 0;
  object_->ReadDWORD(handle, &number);
  EXPECT_EQ(static_cast<DWORD>(kThreads * kRounds), number);
}

}  // namespace
}  // namespace wmi::api
