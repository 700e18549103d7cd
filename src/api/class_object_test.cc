#include "api/class_object.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/test_support.h"
#include "base/fault.h"
#include "com/memory.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr char kSystemNames[] =
    "__GENUS __CLASS __SUPERCLASS __DYNASTY __RELPATH __PROPERTY_COUNT __DERIVATION __SERVER __NAMESPACE __PATH";

class ClassObjectTest : public ApiTest {
 protected:
  std::string Names(IWbemClassObject* object, long flags, const wchar_t* qualifier = nullptr,
                    VARIANT* value = nullptr) {
    SAFEARRAY* names = nullptr;
    const HRESULT hr = object->GetNames(qualifier, flags, value, &names);
    if (FAILED(hr)) {
      EXPECT_EQ(nullptr, names);
      return std::string(CodeName(hr));
    }
    return TakeNames(names);
  }
  std::string Enumerated(IWbemClassObject* object, long flags) {
    const HRESULT begun = object->BeginEnumeration(flags);
    if (FAILED(begun)) return std::string(CodeName(begun));
    std::string names;
    BSTR name = nullptr;
    while (object->Next(0, &name, nullptr, nullptr, nullptr) == WBEM_S_NO_ERROR) {
      names += (names.empty() ? "" : " ") + TakeBstr(name);
    }
    EXPECT_EQ(nullptr, name);
    object->EndEnumeration();
    return names;
  }
};

// Contract 8.1.
TEST_F(ClassObjectTest, SystemPropertiesOfAnInstance) {
  ComPtr<IWbemClassObject> object = GetOne(L"T_Item.Id=\"1\"");
  EXPECT_EQ("2", PropertyText(object.get(), L"__GENUS"));
  EXPECT_EQ("T_Item", PropertyText(object.get(), L"__CLASS"));
  EXPECT_EQ("T_Base", PropertyText(object.get(), L"__SUPERCLASS"));
  EXPECT_EQ("T_Base", PropertyText(object.get(), L"__DYNASTY"));
  EXPECT_EQ("T_Item.Id=\"1\"", PropertyText(object.get(), L"__RELPATH"));
  EXPECT_EQ("\\\\TESTHOST\\ROOT\\test:T_Item.Id=\"1\"", PropertyText(object.get(), L"__PATH"));
  EXPECT_EQ("5", PropertyText(object.get(), L"__PROPERTY_COUNT"));
  EXPECT_EQ("TESTHOST", PropertyText(object.get(), L"__SERVER"));
  EXPECT_EQ("ROOT\\test", PropertyText(object.get(), L"__namespace"));
}

TEST_F(ClassObjectTest, SystemPropertiesOfAClass) {
  ComPtr<IWbemClassObject> top = ClassOf("T_Base");
  EXPECT_EQ("1", PropertyText(top.get(), L"__GENUS"));
  EXPECT_EQ("(null)", PropertyText(top.get(), L"__SUPERCLASS"));
  EXPECT_EQ("T_Base", PropertyText(top.get(), L"__DYNASTY"));
  EXPECT_EQ("T_Base", PropertyText(top.get(), L"__RELPATH"));
  EXPECT_EQ("\\\\TESTHOST\\ROOT\\test:T_Base", PropertyText(top.get(), L"__PATH"));

  ComPtr<IWbemClassObject> sub = ClassOf("T_Sub");
  TestVariant derivation;
  CIMTYPE type = 0;
  long flavor = 0;
  ASSERT_EQ(code::kOk, sub->Get(L"__DERIVATION", 0, &derivation.value, &type, &flavor));
  EXPECT_EQ(CIM_STRING | CIM_FLAG_ARRAY, type);
  EXPECT_EQ(WBEM_FLAVOR_ORIGIN_SYSTEM, flavor);
  ASSERT_EQ(VT_ARRAY | VT_BSTR, derivation.value.vt);
  EXPECT_EQ("T_Item T_Base", TakeNames(derivation.value.parray));
  derivation.value.vt = VT_EMPTY;
}

TEST_F(ClassObjectTest, ProjectionHasOnlyWhatWasSelected) {
  ComPtr<IEnumWbemClassObject> result = Query(L"SELECT Label FROM T_Item");
  ComPtr<IWbemClassObject> object;
  ULONG returned = 0;
  ASSERT_EQ(WBEM_S_NO_ERROR, result->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
  EXPECT_EQ("item 0", PropertyText(object.get(), L"label"));
  EXPECT_EQ("WBEM_E_NOT_FOUND", PropertyText(object.get(), L"Id"));
  EXPECT_EQ("1", PropertyText(object.get(), L"__PROPERTY_COUNT"));
  EXPECT_EQ("(null)", PropertyText(object.get(), L"__RELPATH"));
  EXPECT_EQ("(null)", PropertyText(object.get(), L"__PATH"));
  EXPECT_EQ("Label", Names(object.get(), WBEM_FLAG_NONSYSTEM_ONLY));
  ComPtr<IWbemQualifierSet> qualifiers;
  EXPECT_EQ(code::kNotFound, object->GetPropertyQualifierSet(L"Id", qualifiers.Receive()));
}

// Contract 8.3, Get.
TEST_F(ClassObjectTest, GetWritesWhatIsAskedForAndNothingOnError) {
  ComPtr<IWbemClassObject> object = GetOne(L"T_Item.Id=\"2\"");
  EXPECT_EQ(code::kOk, object->Get(L"Label", 0, nullptr, nullptr, nullptr));
  TestVariant variant;
  CIMTYPE type = -1;
  long flavor = -1;
  EXPECT_EQ(code::kNotFound, object->Get(L"Nonsense", 0, &variant.value, &type, &flavor));
  EXPECT_EQ(code::kNotFound, object->Get(L"__NONSENSE", 0, &variant.value, &type, &flavor));
  EXPECT_EQ(code::kNotFound, object->Get(L"", 0, &variant.value, &type, &flavor));
  EXPECT_EQ(code::kInvalidParameter, object->Get(nullptr, 0, &variant.value, &type, &flavor));
  EXPECT_EQ(code::kInvalidParameter, object->Get(L"Label", 1, &variant.value, &type, &flavor));
  EXPECT_TRUE(variant.IsUntouched());
  EXPECT_EQ(-1, type);
  EXPECT_EQ(-1, flavor);

  EXPECT_EQ(code::kOk, object->Get(L"LABEL", 0, &variant.value, &type, &flavor));
  EXPECT_EQ(CIM_STRING, type);
  EXPECT_EQ(WBEM_FLAVOR_ORIGIN_LOCAL, flavor);
  EXPECT_EQ("item 2", Utf8(variant.value.bstrVal));
  EXPECT_EQ(code::kOk, object->Get(L"Id", 0, nullptr, &type, &flavor));
  EXPECT_EQ(WBEM_FLAVOR_ORIGIN_PROPAGATED, flavor);
  EXPECT_EQ("18446744073709551613", PropertyText(object.get(), L"Big"));
  EXPECT_EQ("7", PropertyText(object.get(), L"Count"));
  EXPECT_EQ("(null)", PropertyText(object.get(), L"Parent"));
  const std::wstring long_name(5000, L'x');
  EXPECT_EQ(code::kNotFound, object->Get(long_name.c_str(), 0, nullptr, nullptr, nullptr));
}

// Contract 8.3, GetNames; 11.2 for the flags.
TEST_F(ClassObjectTest, GetNamesByEveryGroupOfFlags) {
  ComPtr<IWbemClassObject> sub = ClassOf("T_Sub");
  const std::string own = "Id Count Label Big Parent Extra";
  const struct {
    long flags;
    const wchar_t* qualifier;
    std::string names;
  } rows[] = {
      {WBEM_FLAG_ALWAYS, nullptr, kSystemNames + (" " + own)},
      {WBEM_FLAG_NONSYSTEM_ONLY, nullptr, own},
      {WBEM_FLAG_SYSTEM_ONLY, nullptr, kSystemNames},
      {WBEM_FLAG_LOCAL_ONLY, nullptr, "Count Extra"},
      {WBEM_FLAG_PROPAGATED_ONLY, nullptr, "Id Label Big Parent"},
      {WBEM_FLAG_KEYS_ONLY, nullptr, "Id"},
      {WBEM_FLAG_REFS_ONLY, nullptr, "Parent"},
      {WBEM_FLAG_KEYS_ONLY | WBEM_FLAG_LOCAL_ONLY, nullptr, ""},
      {WBEM_FLAG_ONLY_IF_TRUE, L"units", "Count"},
      {WBEM_FLAG_ONLY_IF_FALSE | WBEM_FLAG_NONSYSTEM_ONLY, L"Units", "Id Label Big Parent Extra"},
      {WBEM_FLAG_ONLY_IF_TRUE | WBEM_FLAG_KEYS_ONLY, L"key", "Id"},
      {WBEM_FLAG_CLASS_OVERRIDES_ONLY, nullptr, "Count"},
      {WBEM_FLAG_CLASS_LOCAL_AND_OVERRIDES, nullptr, "Count Extra"},
      {0x50, nullptr, "WBEM_E_INVALID_PARAMETER"},
      {0x80, nullptr, "WBEM_E_INVALID_PARAMETER"},
      {0x300, nullptr, "WBEM_E_INVALID_PARAMETER"},
      {WBEM_FLAG_CLASS_OVERRIDES_ONLY | WBEM_FLAG_LOCAL_ONLY, nullptr, "WBEM_E_INVALID_PARAMETER"},
      {WBEM_FLAG_ONLY_IF_TRUE, nullptr, "WBEM_E_INVALID_PARAMETER"},
      {WBEM_FLAG_ONLY_IF_IDENTICAL, L"Units", "WBEM_E_INVALID_PARAMETER"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.flags);
    EXPECT_EQ(row.names, Names(sub.get(), row.flags, row.qualifier));
  }
  EXPECT_EQ(code::kInvalidParameter, sub->GetNames(nullptr, 0, nullptr, nullptr));
}

TEST_F(ClassObjectTest, GetNamesByTheValueOfAQualifier) {
  VARIANT boxes;
  VariantInit(&boxes);
  boxes.vt = VT_BSTR;
  boxes.bstrVal = Literal(L"boxes");
  EXPECT_EQ("Count", Names(ClassOf("T_Sub").get(), WBEM_FLAG_ONLY_IF_IDENTICAL, L"Units", &boxes));
  EXPECT_EQ("", Names(ClassOf("T_Item").get(), WBEM_FLAG_ONLY_IF_IDENTICAL, L"Units", &boxes));
}

TEST_F(ClassObjectTest, InstancesShowQualifiersThatReachThem) {
  ComPtr<IWbemClassObject> object = GetOne(L"T_Item.Id=\"1\"");
  EXPECT_EQ("Id", Names(object.get(), WBEM_FLAG_ONLY_IF_TRUE, L"Key"));
  EXPECT_EQ("", Names(object.get(), WBEM_FLAG_ONLY_IF_TRUE, L"Description"));
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", Names(object.get(), WBEM_FLAG_CLASS_OVERRIDES_ONLY));
}

// Contract 8.3, enumeration.
TEST_F(ClassObjectTest, EnumerationFollowsTheProtocol) {
  ComPtr<IWbemClassObject> object = GetOne(L"T_Item.Id=\"1\"");
  EXPECT_EQ(code::kUnexpected, object->Next(0, nullptr, nullptr, nullptr, nullptr));
  EXPECT_EQ(code::kOk, object->EndEnumeration());
  EXPECT_EQ("Id Count Label Big Parent", Enumerated(object.get(), WBEM_FLAG_NONSYSTEM_ONLY));
  EXPECT_EQ(kSystemNames, Enumerated(object.get(), WBEM_FLAG_SYSTEM_ONLY));
  EXPECT_EQ("Id", Enumerated(object.get(), WBEM_FLAG_KEYS_ONLY));
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", Enumerated(object.get(), WBEM_FLAG_ONLY_IF_TRUE));
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", Enumerated(object.get(), 0x1000));

  ASSERT_EQ(code::kOk, object->BeginEnumeration(WBEM_FLAG_NONSYSTEM_ONLY));
  EXPECT_EQ(code::kUnexpected, object->BeginEnumeration(0));
  EXPECT_EQ(code::kInvalidParameter, object->Next(1, nullptr, nullptr, nullptr, nullptr));
  BSTR name = nullptr;
  TestVariant value;
  CIMTYPE type = 0;
  long flavor = -1;
  ASSERT_EQ(code::kOk, object->Next(0, &name, &value.value, &type, &flavor));
  EXPECT_EQ("Id", TakeBstr(name));
  EXPECT_EQ("1", Utf8(value.value.bstrVal));
  EXPECT_EQ(CIM_STRING, type);
  EXPECT_EQ(WBEM_FLAVOR_ORIGIN_PROPAGATED, flavor);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(code::kOk, object->Next(0, nullptr, nullptr, nullptr, nullptr));
  EXPECT_EQ(code::kNoMoreData, object->Next(0, &name, nullptr, nullptr, nullptr));
  EXPECT_EQ(code::kOk, object->EndEnumeration());
  EXPECT_EQ(code::kUnexpected, object->Next(0, &name, nullptr, nullptr, nullptr));
}

TEST_F(ClassObjectTest, QualifierSetsOfClassPropertyAndMethod) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  ComPtr<IWbemQualifierSet> set;
  ASSERT_EQ(code::kOk, item->GetQualifierSet(set.Receive()));
  TestVariant provider;
  long flavor = -1;
  ASSERT_EQ(code::kOk, set->Get(L"PROVIDER", 0, &provider.value, &flavor));
  EXPECT_EQ("Scripted", Utf8(provider.value.bstrVal));
  EXPECT_EQ(WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE, flavor);

  ASSERT_EQ(code::kOk, item->GetPropertyQualifierSet(L"count", set.Receive()));
  item.Reset();  // the set keeps what it shows
  TestVariant type;
  ASSERT_EQ(code::kOk, set->Get(L"CIMTYPE", 0, &type.value, nullptr));
  EXPECT_EQ("uint32", Utf8(type.value.bstrVal));
  ASSERT_EQ(code::kOk, set->Get(L"Units", 0, nullptr, &flavor));
  EXPECT_EQ(WBEM_FLAVOR_ORIGIN_PROPAGATED, flavor & WBEM_FLAVOR_MASK_ORIGIN);

  item = ClassOf("T_Item");
  EXPECT_EQ(code::kOk, item->GetMethodQualifierSet(L"Reset", set.Receive()));
  EXPECT_EQ(code::kOk, set->Get(L"Description", 0, nullptr, nullptr));
  EXPECT_EQ(code::kSystemProperty, item->GetPropertyQualifierSet(L"__CLASS", set.Receive()));
  EXPECT_EQ(code::kNotFound, item->GetPropertyQualifierSet(L"Nonsense", set.Receive()));
  EXPECT_EQ(code::kNotFound, item->GetMethodQualifierSet(L"Nonsense", set.Receive()));
  EXPECT_EQ(code::kInvalidParameter, item->GetQualifierSet(nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->GetPropertyQualifierSet(nullptr, set.Receive()));
  EXPECT_EQ(code::kInvalidParameter, item->GetPropertyQualifierSet(L"Id", nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->GetMethodQualifierSet(nullptr, set.Receive()));
  EXPECT_EQ(nullptr, set.get());
}

TEST_F(ClassObjectTest, QualifierSetEnumeratesByOrigin) {
  ComPtr<IWbemQualifierSet> set;
  ASSERT_EQ(code::kOk, ClassOf("T_Sub")->GetPropertyQualifierSet(L"Count", set.Receive()));
  SAFEARRAY* names = nullptr;
  ASSERT_EQ(code::kOk, set->GetNames(WBEM_FLAG_PROPAGATED_ONLY, &names));
  EXPECT_EQ("Description", TakeNames(names));
  EXPECT_EQ(code::kInvalidParameter, set->GetNames(WBEM_FLAG_KEYS_ONLY, &names));
  EXPECT_EQ(nullptr, names);
  EXPECT_EQ(code::kInvalidParameter, set->GetNames(0, nullptr));

  EXPECT_EQ(code::kUnexpected, set->Next(0, nullptr, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, set->BeginEnumeration(1));
  ASSERT_EQ(code::kOk, set->BeginEnumeration(WBEM_FLAG_LOCAL_ONLY));
  BSTR name = nullptr;
  TestVariant value;
  ASSERT_EQ(code::kOk, set->Next(0, &name, &value.value, nullptr));
  EXPECT_EQ("Units", TakeBstr(name));
  EXPECT_EQ("boxes", Utf8(value.value.bstrVal));
  EXPECT_EQ(code::kOk, set->Next(0, nullptr, nullptr, nullptr));  // CIMTYPE
  EXPECT_EQ(code::kNoMoreData, set->Next(0, &name, nullptr, nullptr));
  EXPECT_EQ(nullptr, name);
  EXPECT_EQ(code::kOk, set->EndEnumeration());

  EXPECT_EQ(code::kNotFound, set->Get(L"Nonsense", 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, set->Get(nullptr, 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, set->Get(L"Units", 1, nullptr, nullptr));
}

TEST_F(ClassObjectTest, MethodsBelongToClassObjects) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  ComPtr<IWbemClassObject> in;
  ComPtr<IWbemClassObject> out;
  ASSERT_EQ(code::kOk, item->GetMethod(L"RESET", 0, in.Receive(), out.Receive()));
  EXPECT_EQ("__PARAMETERS", PropertyText(in.get(), L"__CLASS"));
  EXPECT_EQ("Level", Names(in.get(), WBEM_FLAG_NONSYSTEM_ONLY));
  EXPECT_EQ("1", PropertyText(out.get(), L"__GENUS"));
  EXPECT_EQ("WBEM_E_NOT_FOUND", PropertyText(out.get(), L"Level"));
  EXPECT_EQ("(null)", PropertyText(out.get(), L"ReturnValue"));
  ASSERT_EQ(code::kOk, item->GetMethod(L"Nothing", 0, in.Receive(), out.Receive()));
  EXPECT_EQ(nullptr, in.get());
  EXPECT_EQ(nullptr, out.get());
  EXPECT_EQ(code::kOk, item->GetMethod(L"Reset", 0, nullptr, nullptr));
  EXPECT_EQ(code::kNotFound, item->GetMethod(L"Nonsense", 0, in.Receive(), nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->GetMethod(nullptr, 0, in.Receive(), nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->GetMethod(L"Reset", 1, in.Receive(), nullptr));
  ComPtr<IWbemClassObject> instance = GetOne(L"T_Item.Id=\"1\"");
  EXPECT_EQ(code::kIllegalOperation, instance->GetMethod(L"Reset", 0, in.Receive(), nullptr));
  EXPECT_EQ(code::kIllegalOperation, instance->BeginMethodEnumeration(0));
  BSTR origin = nullptr;
  ASSERT_EQ(code::kOk, item->GetMethodOrigin(L"Reset", &origin));
  EXPECT_EQ("T_Base", TakeBstr(origin));
  EXPECT_EQ(code::kNotFound, item->GetMethodOrigin(L"Nonsense", &origin));
  EXPECT_EQ(code::kInvalidParameter, item->GetMethodOrigin(L"Reset", nullptr));
}

TEST_F(ClassObjectTest, MethodEnumerationByOrigin) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  const auto enumerate = [&](long flags) {
    std::string names;
    EXPECT_EQ(code::kOk, item->BeginMethodEnumeration(flags));
    BSTR name = nullptr;
    while (item->NextMethod(0, &name, nullptr, nullptr) == code::kOk) names += TakeBstr(name) + " ";
    EXPECT_EQ(code::kNoMoreData, item->NextMethod(0, &name, nullptr, nullptr));
    item->EndMethodEnumeration();
    return names;
  };
  EXPECT_EQ(code::kUnexpected, item->NextMethod(0, nullptr, nullptr, nullptr));
  EXPECT_EQ("Reset Nothing Probe ", enumerate(0));
  EXPECT_EQ("Probe ", enumerate(WBEM_FLAG_LOCAL_ONLY));
  EXPECT_EQ("Reset Nothing ", enumerate(WBEM_FLAG_PROPAGATED_ONLY));
  EXPECT_EQ(code::kInvalidParameter, item->BeginMethodEnumeration(WBEM_FLAG_SYSTEM_ONLY));
  ASSERT_EQ(code::kOk, item->BeginMethodEnumeration(0));
  EXPECT_EQ(code::kUnexpected, item->BeginMethodEnumeration(0));
  ComPtr<IWbemClassObject> in;
  ComPtr<IWbemClassObject> out;
  BSTR name = nullptr;
  ASSERT_EQ(code::kOk, item->NextMethod(0, &name, in.Receive(), out.Receive()));
  EXPECT_EQ("Reset", TakeBstr(name));
  EXPECT_NE(nullptr, in.get());
  EXPECT_NE(nullptr, out.get());
}

TEST_F(ClassObjectTest, CompareToTellsWhatDiffers) {
  ComPtr<IWbemClassObject> one = GetOne(L"T_Item.Id=\"1\"");
  ComPtr<IWbemClassObject> again = GetOne(L"T_Item.Id=\"1\"");
  ComPtr<IWbemClassObject> two = GetOne(L"T_Item.Id=\"2\"");
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  EXPECT_EQ(WBEM_S_SAME, one->CompareTo(0, again.get()));
  EXPECT_EQ(WBEM_S_SAME, one->CompareTo(0, one.get()));
  EXPECT_EQ(WBEM_S_DIFFERENT, one->CompareTo(0, two.get()));
  EXPECT_EQ(WBEM_S_DIFFERENT, one->CompareTo(0, item.get()));
  EXPECT_EQ(WBEM_S_SAME, item->CompareTo(0, item.get()));
  EXPECT_EQ(WBEM_S_DIFFERENT, item->CompareTo(0, ClassOf("T_Sub").get()));
  EXPECT_EQ(code::kInvalidParameter, one->CompareTo(0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, one->CompareTo(0x40, again.get()));
}

// The same class text in another namespace, but for what each flag leaves out.
TEST_F(ClassObjectTest, CompareToIgnoresWhatTheFlagsSay) {
  const auto compile = [&](const char* name_space, const char* mof) {
    EXPECT_TRUE(engine_->catalogue().AddNamespace(name_space).ok());
    const Status status = engine_->catalogue().Compile({"c.mof", mof}, name_space);
    EXPECT_TRUE(status.ok()) << status.Message();
    return MakeClassObject(cim::Object(engine_->catalogue().FindClass(name_space, "C")));
  };
  ComPtr<IWbemClassObject> base = compile("ROOT\\a", "class C { [key] string K; uint32 V = 1; string T = \"x\"; };");
  ComPtr<IWbemClassObject> home = compile("ROOT\\b", "class C { [key] string K; uint32 V = 1; string T = \"x\"; };");
  ComPtr<IWbemClassObject> value = compile("ROOT\\c", "class C { [key] string K; uint32 V = 2; string T = \"x\"; };");
  ComPtr<IWbemClassObject> letter = compile("ROOT\\d", "class C { [key] string K; uint32 V = 1; string T = \"X\"; };");
  ComPtr<IWbemClassObject> mark =
      compile("ROOT\\e", "[Marked(TRUE)] class C { [key] string K; uint32 V = 1; string T = \"x\"; };");
  ComPtr<IWbemClassObject> flavor =
      compile("ROOT\\f", "[Marked(TRUE) : ToInstance] class C { [key] string K; uint32 V = 1; string T = \"x\"; };");
  constexpr long kHome = WBEM_FLAG_IGNORE_OBJECT_SOURCE;
  EXPECT_EQ(WBEM_S_DIFFERENT, base->CompareTo(0, home.get()));
  EXPECT_EQ(WBEM_S_SAME, base->CompareTo(kHome, home.get()));
  EXPECT_EQ(WBEM_S_DIFFERENT, base->CompareTo(kHome, value.get()));
  EXPECT_EQ(WBEM_S_SAME, base->CompareTo(kHome | WBEM_FLAG_IGNORE_DEFAULT_VALUES, value.get()));
  EXPECT_EQ(WBEM_S_DIFFERENT, base->CompareTo(kHome, letter.get()));
  EXPECT_EQ(WBEM_S_SAME, base->CompareTo(kHome | WBEM_FLAG_IGNORE_CASE, letter.get()));
  EXPECT_EQ(WBEM_S_DIFFERENT, base->CompareTo(kHome, mark.get()));
  EXPECT_EQ(WBEM_S_SAME, base->CompareTo(kHome | WBEM_FLAG_IGNORE_QUALIFIERS, mark.get()));
  EXPECT_EQ(WBEM_S_DIFFERENT, mark->CompareTo(kHome, flavor.get()));
  EXPECT_EQ(WBEM_S_SAME, mark->CompareTo(kHome | WBEM_FLAG_IGNORE_FLAVOR, flavor.get()));
}

TEST_F(ClassObjectTest, OriginAncestryAndText) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  BSTR text = nullptr;
  ASSERT_EQ(code::kOk, item->GetPropertyOrigin(L"count", &text));
  EXPECT_EQ("T_Base", TakeBstr(text));
  ASSERT_EQ(code::kOk, item->GetPropertyOrigin(L"__PATH", &text));
  EXPECT_EQ("___SYSTEM", TakeBstr(text));
  EXPECT_EQ(code::kNotFound, item->GetPropertyOrigin(L"Nonsense", &text));
  EXPECT_EQ(code::kInvalidParameter, item->GetPropertyOrigin(L"Count", nullptr));
  EXPECT_EQ(S_OK, item->InheritsFrom(L"t_base"));
  EXPECT_EQ(S_OK, item->InheritsFrom(L"T_Item"));
  EXPECT_EQ(S_FALSE, item->InheritsFrom(L"T_Sub"));
  EXPECT_EQ(code::kInvalidParameter, item->InheritsFrom(nullptr));

  ASSERT_EQ(code::kOk, ClassOf("T_Sub")->GetObjectText(0, &text));
  const std::string mof = TakeBstr(text);
  EXPECT_NE(std::string::npos, mof.find("class T_Sub : T_Item"));
  EXPECT_EQ(std::string::npos, mof.find("Label")) << "nothing inherited is repeated";
  ASSERT_EQ(code::kOk, ClassOf("T_Base")->GetObjectText(WBEM_FLAG_NO_FLAVORS, &text));
  EXPECT_EQ(std::string::npos, TakeBstr(text).find("ToSubclass"));
  EXPECT_EQ(code::kInvalidParameter, item->GetObjectText(2, &text));
  EXPECT_EQ(nullptr, text);
  EXPECT_EQ(code::kInvalidParameter, item->GetObjectText(0, nullptr));
}

TEST_F(ClassObjectTest, CloneOutlivesItsOriginal) {
  ComPtr<IWbemClassObject> one = GetOne(L"T_Item.Id=\"1\"");
  ASSERT_EQ(code::kOk, one->BeginEnumeration(0));
  ComPtr<IWbemClassObject> copy;
  ASSERT_EQ(code::kOk, one->Clone(copy.Receive()));
  EXPECT_EQ(code::kUnexpected, copy->Next(0, nullptr, nullptr, nullptr, nullptr)) << "an enumeration is not copied";
  EXPECT_EQ(WBEM_S_SAME, one->CompareTo(0, copy.get()));
  one.Reset();
  EXPECT_EQ("item 1", PropertyText(copy.get(), L"Label"));
  EXPECT_EQ(code::kInvalidParameter, copy->Clone(nullptr));
}

TEST_F(ClassObjectTest, IdentityAndInterfaces) {
  ComPtr<IWbemClassObject> one = GetOne(L"T_Item.Id=\"1\"");
  EXPECT_EQ(one.As<IUnknown>().get(), one.As<IWbemClassObject>().As<IUnknown>().get());
  EXPECT_EQ(nullptr, one.As<IWbemLocator>().get());
  EXPECT_EQ(E_POINTER, one->QueryInterface(__uuidof(IUnknown), nullptr));
  EXPECT_EQ(nullptr, ClassObject::From(services_->Unknown())) << "another object of ours is none";
}

// Contract 0, rule 5.
TEST_F(ClassObjectTest, MethodsSetNoErrorObject) {
  ComPtr<IWbemClassObject> one = GetOne(L"T_Item.Id=\"1\"");
  EXPECT_EQ(code::kNotFound, one->Get(L"Nonsense", 0, nullptr, nullptr, nullptr));
  EXPECT_EQ(nullptr, TakeErrorObject().get());
}

TEST_F(ClassObjectTest, RunningOutOfMemoryFailsCleanly) {
  ComPtr<IWbemClassObject> one = GetOne(L"T_Item.Id=\"1\"");
  const std::size_t failures = ForEachFault(com::kAllocationFault, 100, [&] {
    SAFEARRAY* names = nullptr;
    const HRESULT hr = one->GetNames(nullptr, 0, nullptr, &names);
    EXPECT_EQ(hr == code::kOk, names != nullptr);
    if (names != nullptr) SafeArrayDestroy(names);
    ASSERT_EQ(code::kOk, one->BeginEnumeration(0));
    BSTR name = nullptr;
    TestVariant value;
    if (FAILED(one->Next(0, &name, &value.value, nullptr, nullptr))) {
      EXPECT_EQ(nullptr, name);
      EXPECT_TRUE(value.IsUntouched());
    }
    SysFreeString(name);
    one->EndEnumeration();
  });
  EXPECT_GT(failures, 10u);
}

}  // namespace
}  // namespace wmi::api
