// IWbemObjectTextSrc (contract 9.5), with objects of this library and of others.
#include "api/object_text_source.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "api/context.h"
#include "api/foreign_object_test_support.h"
#include "api/object_text_source_copy.h"
#include "api/test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

// An object of another implementation: one of ours behind an interface that does not say so.
class Stranger final : public com::ComObject<IWbemClassObject> {
 public:
  explicit Stranger(ComPtr<IWbemClassObject> inside) : inside_(std::move(inside)) {}

  // What Next of a property named `Inside` hands out instead of its value.
  ComPtr<IWbemClassObject> embedded;
  // There is another such object inside each.
  bool is_endless = false;
  // Answered by Next instead of anything, when it fails.
  HRESULT next = S_OK;

  HRESULT GetQualifierSet(IWbemQualifierSet** set) override { return inside_->GetQualifierSet(set); }
  HRESULT Get(LPCWSTR name, long flags, VARIANT* value, CIMTYPE* type, long* flavor) override {
    return inside_->Get(name, flags, value, type, flavor);
  }
  HRESULT Put(LPCWSTR, long, VARIANT*, CIMTYPE) override { return E_NOTIMPL; }
  HRESULT Delete(LPCWSTR) override { return E_NOTIMPL; }
  HRESULT GetNames(LPCWSTR, long, VARIANT*, SAFEARRAY**) override { return E_NOTIMPL; }
  HRESULT BeginEnumeration(long flags) override { return inside_->BeginEnumeration(flags); }
  HRESULT Next(long flags, BSTR* name, VARIANT* value, CIMTYPE* type, long* flavor) override {
    if (FAILED(next)) return next;
    const HRESULT result = inside_->Next(flags, name, value, type, flavor);
    if (is_endless && !embedded) {
      ComPtr<IWbemClassObject> copy;
      if (FAILED(inside_->Clone(copy.Receive()))) return E_OUTOFMEMORY;
      const ComPtr<Stranger> next_one = com::MakeCom<Stranger>(copy);
      next_one->is_endless = true;
      embedded = next_one;
    }
    if (result == S_OK && embedded && std::wstring(*name) == L"Inside") {
      VariantClear(value);
      value->vt = VT_UNKNOWN;
      value->punkVal = ComPtr<IUnknown>(embedded).Detach();
    }
    return result;
  }
  HRESULT EndEnumeration() override { return inside_->EndEnumeration(); }
  HRESULT GetPropertyQualifierSet(LPCWSTR name, IWbemQualifierSet** set) override {
    return inside_->GetPropertyQualifierSet(name, set);
  }
  HRESULT Clone(IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT GetObjectText(long, BSTR*) override { return E_NOTIMPL; }
  HRESULT SpawnDerivedClass(long, IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT SpawnInstance(long, IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT CompareTo(long, IWbemClassObject*) override { return E_NOTIMPL; }
  HRESULT GetPropertyOrigin(LPCWSTR name, BSTR* origin) override { return inside_->GetPropertyOrigin(name, origin); }
  HRESULT InheritsFrom(LPCWSTR) override { return E_NOTIMPL; }
  HRESULT GetMethod(LPCWSTR, long, IWbemClassObject**, IWbemClassObject**) override { return E_NOTIMPL; }
  HRESULT PutMethod(LPCWSTR, long, IWbemClassObject*, IWbemClassObject*) override { return E_NOTIMPL; }
  HRESULT DeleteMethod(LPCWSTR) override { return E_NOTIMPL; }
  HRESULT BeginMethodEnumeration(long flags) override { return inside_->BeginMethodEnumeration(flags); }
  HRESULT NextMethod(long flags, BSTR* name, IWbemClassObject** in, IWbemClassObject** out) override {
    return inside_->NextMethod(flags, name, in, out);
  }
  HRESULT EndMethodEnumeration() override { return inside_->EndMethodEnumeration(); }
  HRESULT GetMethodQualifierSet(LPCWSTR name, IWbemQualifierSet** set) override {
    return inside_->GetMethodQualifierSet(name, set);
  }
  HRESULT GetMethodOrigin(LPCWSTR name, BSTR* origin) override { return inside_->GetMethodOrigin(name, origin); }

 protected:
  ~Stranger() override = default;

 private:
  const ComPtr<IWbemClassObject> inside_;
};

constexpr char kWide[] = R"(
class T_Inner { [key] string Name; };
class T_Outer { [key] string Name; T_Base ref To; T_Inner Inside; object Many[]; uint8 Numbers[] = {1, 2}; };
)";

class ObjectTextSourceTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    const Status compiled = engine_->catalogue().Compile({"wide.mof", kWide}, "ROOT\\test");
    ASSERT_TRUE(compiled.ok()) << compiled.Message();
    source_ = com::MakeCom<ObjectTextSource>();
    context_ = com::MakeCom<Context>();
  }
  void TearDown() override {
    source_.Reset();
    context_.Reset();
    ApiTest::TearDown();
  }

  std::string TextOf(IWbemClassObject* object, ULONG format = WMI_OBJ_TEXT_WMI_DTD_2_0) {
    BSTR text = reinterpret_cast<BSTR>(8);
    const HRESULT result = source_->GetText(0, object, format, context_.get(), &text);
    if (FAILED(result)) {
      EXPECT_EQ(nullptr, text);
      return std::string(CodeName(result));
    }
    return TakeBstr(text);
  }
  ComPtr<IWbemClassObject> FromText(const std::string& text, ULONG format = WMI_OBJ_TEXT_WMI_DTD_2_0) {
    ComPtr<IWbemClassObject> object;
    const std::wstring wide = WideFromUtf8(text);
    EXPECT_EQ(WBEM_S_NO_ERROR, source_->CreateFromText(0, Literal(wide.c_str()), format, nullptr, object.Receive()));
    return object;
  }
  void SetFlag(const wchar_t* name) {
    VARIANT value;
    VariantInit(&value);
    value.vt = VT_BOOL;
    value.boolVal = VARIANT_TRUE;
    EXPECT_EQ(WBEM_S_NO_ERROR, context_->SetValue(name, 0, &value));
  }
  void SetPathLevel(LONG level) {
    VARIANT value;
    VariantInit(&value);
    value.vt = VT_I4;
    value.lVal = level;
    EXPECT_EQ(WBEM_S_NO_ERROR, context_->SetValue(L"PathLevel", 0, &value));
  }
  ComPtr<IWbemClassObject> Outer() {
    ComPtr<IWbemClassObject> outer;
    EXPECT_EQ(code::kOk, ClassOf("T_Outer")->SpawnInstance(0, outer.Receive()));
    PutText(outer.get(), L"Name", L"o");
    PutText(outer.get(), L"To", L"T_Item.Id=\"1\"");
    return outer;
  }
  static void PutText(IWbemClassObject* object, const wchar_t* name, const wchar_t* text) {
    VARIANT value;
    VariantInit(&value);
    value.vt = VT_BSTR;
    value.bstrVal = SysAllocString(text);
    EXPECT_EQ(code::kOk, object->Put(name, 0, &value, 0));
    VariantClear(&value);
  }

  ComPtr<IWbemObjectTextSrc> source_;
  ComPtr<IWbemContext> context_;
};

TEST_F(ObjectTextSourceTest, ObjectsComeBackTheSame) {
  SetFlag(L"IncludeQualifiers");
  SetFlag(L"IncludeClassOrigin");
  for (const ULONG format : {ULONG{WMI_OBJ_TEXT_CIM_DTD_2_0}, ULONG{WMI_OBJ_TEXT_WMI_DTD_2_0}}) {
    for (const ComPtr<IWbemClassObject>& object : {GetOne(L"T_Item.Id=\"1\""), ClassOf("T_Sub"), Outer()}) {
      const ComPtr<IWbemClassObject> again = FromText(TextOf(object.get(), format), format);
      ASSERT_TRUE(again);
      EXPECT_EQ(WBEM_S_SAME, again->CompareTo(WBEM_FLAG_IGNORE_OBJECT_SOURCE | WBEM_FLAG_IGNORE_CLASS, object.get()));
      EXPECT_EQ(PropertyText(object.get(), L"__PATH"), PropertyText(again.get(), L"__PATH"));
      EXPECT_EQ(PropertyText(object.get(), L"__SUPERCLASS"), PropertyText(again.get(), L"__SUPERCLASS"));
    }
  }
}

TEST_F(ObjectTextSourceTest, ContextSaysWhatIsWritten) {
  const ComPtr<IWbemClassObject> object = GetOne(L"T_Item.Id=\"1\"");
  const auto has = [&](const char* part) { return TextOf(object.get()).find(part) != std::string::npos; };
  EXPECT_TRUE(has("__PATH"));
  EXPECT_FALSE(has("QUALIFIER"));
  EXPECT_FALSE(has("CLASSORIGIN"));
  EXPECT_TRUE(has("\"Count\""));
  SetFlag(L"ExcludeSystemProperties");
  EXPECT_FALSE(has("__PATH"));
  SetFlag(L"IncludeQualifiers");
  EXPECT_TRUE(has("QUALIFIER"));
  SetFlag(L"IncludeClassOrigin");
  EXPECT_TRUE(has("CLASSORIGIN"));
  SetFlag(L"LocalOnly");
  EXPECT_FALSE(has("\"Count\""));
  EXPECT_TRUE(has("\"Label\""));
  EXPECT_TRUE(TextOf(object.get()).starts_with("<INSTANCE "));
  const char* const kWrappers[] = {"<INSTANCE ", "<VALUE.NAMEDOBJECT>", "<VALUE.OBJECTWITHLOCALPATH>",
                                   "<VALUE.OBJECTWITHPATH>"};
  for (LONG level = 0; level <= 3; ++level) {
    SetPathLevel(level);
    EXPECT_TRUE(TextOf(object.get()).starts_with(kWrappers[level])) << level;
  }
  SetPathLevel(4);
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", TextOf(object.get()));
  SetPathLevel(-1);
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", TextOf(object.get()));
  SetFlag(L"PathLevel");
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", TextOf(object.get()));
  SetPathLevel(3);
  ComPtr<IWbemClassObject> keyless;
  ASSERT_EQ(code::kOk, ClassOf("T_Item")->SpawnInstance(0, keyless.Receive()));
  EXPECT_EQ("WBEM_E_INVALID_OBJECT", TextOf(keyless.get()));
}

TEST_F(ObjectTextSourceTest, ArgumentsAreChecked) {
  const ComPtr<IWbemClassObject> object = ClassOf("T_Item");
  BSTR text = nullptr;
  EXPECT_EQ(code::kInvalidParameter, source_->GetText(0, nullptr, 1, nullptr, &text));
  EXPECT_EQ(code::kInvalidParameter, source_->GetText(0, object.get(), 1, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, source_->GetText(1, object.get(), 1, nullptr, &text));
  ComPtr<IWbemClassObject> made;
  EXPECT_EQ(code::kInvalidParameter, source_->CreateFromText(0, nullptr, 1, nullptr, made.Receive()));
  EXPECT_EQ(code::kInvalidParameter, source_->CreateFromText(0, Literal(L"<CLASS NAME='X'/>"), 1, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter,
            source_->CreateFromText(1, Literal(L"<CLASS NAME='X'/>"), 1, nullptr, made.Receive()));
  for (const ULONG format : {0ul, 3ul, 12ul, 13ul, 99ul}) {
    EXPECT_EQ(code::kNotFound, source_->GetText(0, object.get(), format, nullptr, &text));
    EXPECT_EQ(code::kNotFound,
              source_->CreateFromText(0, Literal(L"<CLASS NAME='X'/>"), format, nullptr, made.Receive()));
  }
  EXPECT_EQ(nullptr, text);
  EXPECT_FALSE(made);
  ComPtr<IWbemClassObject> empty;
  ASSERT_EQ(code::kOk, services_->GetObject(nullptr, 0, nullptr, empty.Receive(), nullptr));
  EXPECT_EQ("WBEM_E_INCOMPLETE_CLASS", TextOf(empty.get()));
}

TEST_F(ObjectTextSourceTest, FailuresSayWhere) {
  ComPtr<IWbemClassObject> made;
  EXPECT_EQ(code::kInvalidObject,
            source_->CreateFromText(0, Literal(L"<CLASS NAME='X'>\n <THING/></CLASS>"), 1, nullptr, made.Receive()));
  ComPtr<IErrorInfo> error;
  ASSERT_EQ(S_OK, GetErrorInfo(0, error.Receive()));
  BSTR description = nullptr;
  ASSERT_EQ(S_OK, error->GetDescription(&description));
  EXPECT_TRUE(TakeBstr(description).starts_with("line 2, column 2: THING stands where"));
  EXPECT_EQ(code::kInvalidSyntax, source_->CreateFromText(0, Literal(L"nothing"), 1, nullptr, made.Receive()));
  EXPECT_FALSE(made);
}

TEST_F(ObjectTextSourceTest, ForeignObjectsAreReadThroughTheirInterface) {
  SetFlag(L"IncludeQualifiers");
  SetFlag(L"IncludeClassOrigin");
  for (const ComPtr<IWbemClassObject>& object :
       {GetOne(L"T_Item.Id=\"1\""), ClassOf("T_Sub"), ClassOf("T_Base"), Outer()}) {
    const ComPtr<Stranger> stranger = com::MakeCom<Stranger>(object);
    const ComPtr<IWbemClassObject> copy = FromText(TextOf(stranger.get()));
    ASSERT_TRUE(copy);
    EXPECT_EQ(WBEM_S_SAME, copy->CompareTo(WBEM_FLAG_IGNORE_OBJECT_SOURCE | WBEM_FLAG_IGNORE_CLASS, object.get()))
        << TextOf(object.get()) << "\n"
        << TextOf(stranger.get());
    EXPECT_EQ(PropertyText(object.get(), L"__PATH"), PropertyText(copy.get(), L"__PATH"));
    EXPECT_EQ(TextOf(object.get()).size(), TextOf(stranger.get()).size());
  }
}

TEST_F(ObjectTextSourceTest, ForeignObjectsInsideEachOther) {
  ComPtr<IWbemClassObject> inner;
  ASSERT_EQ(code::kOk, ClassOf("T_Inner")->SpawnInstance(0, inner.Receive()));
  PutText(inner.get(), L"Name", L"deep");
  const ComPtr<Stranger> outer = com::MakeCom<Stranger>(Outer());
  outer->embedded = com::MakeCom<Stranger>(inner);
  EXPECT_NE(std::string::npos, TextOf(outer.get()).find("<VALUE>deep</VALUE>"));
  outer->embedded.Reset();
  outer->is_endless = true;
  EXPECT_EQ("WBEM_E_QUOTA_VIOLATION", TextOf(outer.get()));
}

TEST_F(ObjectTextSourceTest, ForeignObjectsThatAnswerNothingGiveTheirCode) {
  const ComPtr<ForeignObject> mute = com::MakeCom<ForeignObject>();
  BSTR text = nullptr;
  EXPECT_EQ(E_NOTIMPL, source_->GetText(0, mute.get(), 1, nullptr, &text));
  const ComPtr<Stranger> broken = com::MakeCom<Stranger>(Outer());
  broken->next = WBEM_E_PROVIDER_FAILURE;
  EXPECT_EQ("WBEM_E_PROVIDER_FAILURE", TextOf(broken.get()));
  broken->next = S_OK;
  EXPECT_TRUE(TextOf(broken.get()).starts_with("<INSTANCE"));  // the enumeration before was ended
}

}  // namespace
}  // namespace wmi::api
