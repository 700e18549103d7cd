// Writing through IWbemClassObject and IWbemQualifierSet, by the rows of contract 8.1, 8.3 and 8.4.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/class_object.h"
#include "api/test_support.h"
#include "cim/class_edit.h"

namespace wmi::api {
namespace {

using com::ComPtr;

// Input VARIANTs as programs write them.
VARIANT Number(int value) {
  VARIANT variant;
  VariantInit(&variant);
  variant.vt = VT_I4;
  variant.lVal = value;
  return variant;
}
VARIANT Text(const wchar_t* text) {
  VARIANT variant;
  VariantInit(&variant);
  variant.vt = VT_BSTR;
  variant.bstrVal = Literal(text);
  return variant;
}
VARIANT Flag() {
  VARIANT variant;
  VariantInit(&variant);
  variant.vt = VT_BOOL;
  variant.boolVal = VARIANT_TRUE;
  return variant;
}
VARIANT OfType(VARTYPE vt) {
  VARIANT variant;
  VariantInit(&variant);
  variant.vt = vt;
  return variant;
}
VARIANT Embedded(IWbemClassObject* object) {
  VARIANT variant = OfType(VT_UNKNOWN);
  variant.punkVal = object;
  return variant;
}

class ClassObjectWriteTest : public ApiTest {
 protected:
  static ComPtr<IWbemClassObject> EmptyClass() { return MakeClassObject(cim::MakeEmptyClass()); }

  // By value, because Put takes no const VARIANT.
  static std::string Put(IWbemClassObject* object, const wchar_t* name, VARIANT value, CIMTYPE type = 0) {
    return Name(object->Put(name, 0, &value, type));
  }
  static std::string PutQualifier(IWbemQualifierSet* set, const wchar_t* name, VARIANT value, long flavor = 0) {
    return Name(set->Put(name, &value, flavor));
  }
  static std::string Name(HRESULT hr) { return std::string(CodeName(hr)); }

  static ComPtr<IWbemClassObject> Spawn(IWbemClassObject* from) {
    ComPtr<IWbemClassObject> made;
    EXPECT_EQ(code::kOk, from->SpawnInstance(0, made.Receive()));
    return made;
  }
  static ComPtr<IWbemQualifierSet> ClassQualifiers(IWbemClassObject* object) {
    ComPtr<IWbemQualifierSet> set;
    EXPECT_EQ(code::kOk, object->GetQualifierSet(set.Receive()));
    return set;
  }
  static ComPtr<IWbemQualifierSet> PropertyQualifiers(IWbemClassObject* object, const wchar_t* name) {
    ComPtr<IWbemQualifierSet> set;
    EXPECT_EQ(code::kOk, object->GetPropertyQualifierSet(name, set.Receive()));
    return set;
  }
  static ComPtr<IWbemQualifierSet> MethodQualifiers(IWbemClassObject* object, const wchar_t* name) {
    ComPtr<IWbemQualifierSet> set;
    EXPECT_EQ(code::kOk, object->GetMethodQualifierSet(name, set.Receive()));
    return set;
  }
  static std::string QualifierText(IWbemQualifierSet* set, const wchar_t* name) {
    TestVariant value;
    const HRESULT hr = set->Get(name, 0, &value.value, nullptr);
    if (FAILED(hr)) return Name(hr);
    return value.value.vt == VT_BSTR ? Utf8(value.value.bstrVal) : "vt " + std::to_string(value.value.vt);
  }
  static std::string Names(IWbemClassObject* object, long flags) {
    SAFEARRAY* names = nullptr;
    EXPECT_EQ(code::kOk, object->GetNames(nullptr, flags, nullptr, &names));
    return TakeNames(names);
  }
  static std::string QualifierNames(IWbemQualifierSet* set, long flags) {
    SAFEARRAY* names = nullptr;
    EXPECT_EQ(code::kOk, set->GetNames(flags, &names));
    return TakeNames(names);
  }
  static ComPtr<IWbemClassObject> CloneOf(IWbemClassObject* object) {
    ComPtr<IWbemClassObject> made;
    EXPECT_EQ(code::kOk, object->Clone(made.Receive()));
    return made;
  }
  static const cim::Class& SchemaOf(IWbemClassObject* object) { return ClassObject::From(object)->object().schema(); }

  // A signature as programs build one: a copy of __PARAMETERS with a property and an ID for each parameter.
  ComPtr<IWbemClassObject> Parameters(const std::vector<std::pair<const wchar_t*, int>>& parameters) {
    ComPtr<IWbemClassObject> signature = ClassOf("__PARAMETERS");
    for (const auto& [name, id] : parameters) {
      EXPECT_EQ("WBEM_S_NO_ERROR", Put(signature.get(), name, OfType(VT_NULL), CIM_UINT32));
      if (id < 0) continue;
      EXPECT_EQ("WBEM_S_NO_ERROR", PutQualifier(PropertyQualifiers(signature.get(), name).get(), L"ID", Number(id)));
    }
    return signature;
  }
};

constexpr char kOk[] = "WBEM_S_NO_ERROR";

// ---- Put on an instance

// Contract 8.3, Put; the conversions themselves are in variant_input_test.cc.
TEST_F(ClassObjectWriteTest, PutOnAnInstance) {
  ComPtr<IWbemClassObject> item = GetOne(L"T_Item.Id=\"1\"");
  const struct {
    const wchar_t* name;
    VARIANT value;
    CIMTYPE type;
    std::string code;
    std::string reads;
  } rows[] = {
      {L"Label", Text(L"new"), 0, kOk, "new"},
      {L"LABEL", Text(L"other"), CIM_STRING, kOk, "other"},
      {L"Label", Flag(), 0, "WBEM_E_TYPE_MISMATCH", "other"},
      {L"Label", Text(L"x"), CIM_UINT8, "WBEM_E_TYPE_MISMATCH", "other"},
      {L"Label", Text(L"x"), CIM_STRING | CIM_FLAG_ARRAY, "WBEM_E_TYPE_MISMATCH", "other"},
      {L"Label", Text(L"x"), CIM_ILLEGAL, "WBEM_E_INVALID_PROPERTY_TYPE", "other"},
      {L"Label", OfType(VT_NULL), 0, kOk, "(null)"},
      {L"Count", Number(12), 0, kOk, "12"},
      {L"Big", Text(L"0xFF"), CIM_UINT64, kOk, "255"},
      {L"Id", Text(L"new key"), 0, kOk, "new key"},
      {L"Nonsense", Number(1), 0, "WBEM_E_NOT_FOUND", "WBEM_E_NOT_FOUND"},
      {L"__CLASS", Text(L"T_Sub"), 0, "WBEM_E_READ_ONLY", "T_Item"},
      {L"__GENUS", Number(1), 0, "WBEM_E_READ_ONLY", "2"},
      {L"__SERVER", Text(L"x"), 0, "WBEM_E_READ_ONLY", "TESTHOST"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.name) + " " + row.code);
    EXPECT_EQ(row.code, Put(item.get(), row.name, row.value, row.type));
    EXPECT_EQ(row.reads, PropertyText(item.get(), row.name));
  }
  EXPECT_EQ("T_Item.Id=\"new key\"", PropertyText(item.get(), L"__RELPATH"));
  EXPECT_EQ(code::kOk, item->Put(L"Count", 0, nullptr, 0)) << "no VARIANT is NULL";
  EXPECT_EQ("(null)", PropertyText(item.get(), L"Count"));
  VARIANT value = Number(1);
  EXPECT_EQ(code::kInvalidParameter, item->Put(nullptr, 0, &value, 0));
  EXPECT_EQ(code::kInvalidParameter, item->Put(L"", 0, &value, 0));
  EXPECT_EQ(code::kInvalidParameter, item->Put(L"Count", 1, &value, 0));
}

// A projection has what was selected, for writing too.
TEST_F(ClassObjectWriteTest, PutReachesOnlyWhatWasSelected) {
  ComPtr<IWbemClassObject> object;
  ULONG returned = 0;
  ASSERT_EQ(WBEM_S_NO_ERROR, Query(L"SELECT Label FROM T_Item")->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
  EXPECT_EQ("WBEM_E_NOT_FOUND", Put(object.get(), L"Id", Text(L"x")));
  EXPECT_EQ(code::kNotFound, object->Delete(L"Id"));
  EXPECT_EQ(kOk, Put(object.get(), L"Label", Text(L"x")));
  EXPECT_EQ("Label", Names(object.get(), WBEM_FLAG_NONSYSTEM_ONLY));
}

// Contract 8.3, Clone; architecture, decision 3.
TEST_F(ClassObjectWriteTest, AWriteReachesNeitherClonesNorTheBatch) {
  ComPtr<IEnumWbemClassObject> result = Query(L"SELECT * FROM T_Item");
  IWbemClassObject* raw[3] = {};
  ULONG returned = 0;
  ASSERT_EQ(WBEM_S_NO_ERROR, result->Next(WBEM_INFINITE, 3, raw, &returned));
  std::vector<ComPtr<IWbemClassObject>> batch;
  for (IWbemClassObject* object : raw) batch.push_back(ComPtr<IWbemClassObject>::Adopt(object));
  ComPtr<IWbemClassObject> clone;
  ASSERT_EQ(code::kOk, batch[1]->Clone(clone.Receive()));
  EXPECT_EQ(kOk, Put(batch[1].get(), L"Label", Text(L"written")));
  EXPECT_EQ("item 0", PropertyText(batch[0].get(), L"Label"));
  EXPECT_EQ("item 1", PropertyText(clone.get(), L"Label"));
  EXPECT_EQ("item 2", PropertyText(batch[2].get(), L"Label"));
  EXPECT_EQ(WBEM_S_DIFFERENT, batch[1]->CompareTo(0, clone.get()));
  EXPECT_EQ(kOk, Put(clone.get(), L"Label", Text(L"of the clone")));
  EXPECT_EQ("written", PropertyText(batch[1].get(), L"Label"));
}

// Contract 8.2: an object is copied into its parent.
TEST_F(ClassObjectWriteTest, EmbeddedObjectsAreCopied) {
  ComPtr<IWbemClassObject> holder_class = EmptyClass();
  ASSERT_EQ(kOk, Put(holder_class.get(), L"__CLASS", Text(L"Holder")));
  ASSERT_EQ(kOk, Put(holder_class.get(), L"Part", OfType(VT_NULL), CIM_OBJECT));
  ASSERT_EQ(kOk,
            PutQualifier(PropertyQualifiers(holder_class.get(), L"Part").get(), L"CIMTYPE", Text(L"object:T_Part")));
  ComPtr<IWbemClassObject> part = Spawn(ClassOf("T_Part").get());
  ASSERT_EQ(kOk, Put(part.get(), L"Name", Text(L"first")));
  EXPECT_EQ(kOk, Put(holder_class.get(), L"Part", Embedded(part.get())));
  EXPECT_EQ(kOk, Put(part.get(), L"Name", Text(L"second")));
  TestVariant value;
  ASSERT_EQ(code::kOk, holder_class->Get(L"Part", 0, &value.value, nullptr, nullptr));
  ASSERT_EQ(VT_UNKNOWN, value.value.vt);
  ComPtr<IWbemClassObject> inside = ComPtr<IUnknown>(value.value.punkVal).As<IWbemClassObject>();
  EXPECT_EQ("first", PropertyText(inside.get(), L"Name"));
  EXPECT_EQ(kOk, Put(inside.get(), L"Name", Text(L"third")));
  TestVariant again;
  ASSERT_EQ(code::kOk, holder_class->Get(L"Part", 0, &again.value, nullptr, nullptr));
  inside = ComPtr<IUnknown>(again.value.punkVal).As<IWbemClassObject>();
  EXPECT_EQ("first", PropertyText(inside.get(), L"Name")) << "a copy goes out as well";
  EXPECT_EQ("WBEM_E_TYPE_MISMATCH", Put(holder_class.get(), L"Part", Embedded(GetOne(L"T_Item.Id=\"1\"").get())));
  EXPECT_EQ("WBEM_E_TYPE_MISMATCH", Put(holder_class.get(), L"Part", Embedded(EmptyClass().get())));
}

// Contract 8.3, Delete.
TEST_F(ClassObjectWriteTest, DeleteOnAnInstanceGoesBackToTheDefault) {
  ComPtr<IWbemClassObject> item = GetOne(L"T_Item.Id=\"1\"");
  ASSERT_EQ(kOk, Put(item.get(), L"Count", Number(99)));
  EXPECT_EQ(code::kOk, item->Delete(L"count"));
  EXPECT_EQ("7", PropertyText(item.get(), L"Count"));
  EXPECT_EQ(code::kOk, item->Delete(L"Label"));
  EXPECT_EQ("(null)", PropertyText(item.get(), L"Label"));
  EXPECT_EQ(code::kNotFound, item->Delete(L"Nonsense"));
  EXPECT_EQ(code::kSystemProperty, item->Delete(L"__PATH"));
  EXPECT_EQ(code::kInvalidParameter, item->Delete(nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->Delete(L""));
}

// ---- Put on a class

// Contract 8.1.
TEST_F(ClassObjectWriteTest, AnEmptyClassHasNoNameUntilItGetsOne) {
  ComPtr<IWbemClassObject> fresh = EmptyClass();
  for (const wchar_t* name : {L"__CLASS", L"__SUPERCLASS", L"__DYNASTY", L"__RELPATH", L"__PATH", L"__SERVER"}) {
    EXPECT_EQ("(null)", PropertyText(fresh.get(), name)) << Utf8(name);
  }
  EXPECT_EQ("1", PropertyText(fresh.get(), L"__GENUS"));
  EXPECT_EQ("0", PropertyText(fresh.get(), L"__PROPERTY_COUNT"));
  BSTR text = nullptr;
  EXPECT_EQ(code::kIncompleteClass, fresh->GetObjectText(0, &text));
  EXPECT_EQ(nullptr, text);
  EXPECT_EQ(S_FALSE, fresh->InheritsFrom(L""));

  VARIANT value = Text(L"T_New");
  EXPECT_EQ(code::kInvalidParameter, fresh->Put(L"__CLASS", 0, nullptr, 0));
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", Put(fresh.get(), L"__CLASS", OfType(VT_NULL)));
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", Put(fresh.get(), L"__CLASS", Text(L"")));
  EXPECT_EQ("WBEM_E_INVALID_PARAMETER", Put(fresh.get(), L"__CLASS", Text(L"not a name")));
  EXPECT_EQ("WBEM_E_CLASS_NAME_TOO_WIDE", Put(fresh.get(), L"__CLASS", Text(std::wstring(256, L'x').c_str())));
  EXPECT_EQ("WBEM_E_TYPE_MISMATCH", Put(fresh.get(), L"__CLASS", Flag()));
  EXPECT_EQ("WBEM_E_TYPE_MISMATCH", Put(fresh.get(), L"__CLASS", value, CIM_UINT8));
  EXPECT_EQ(kOk, Put(fresh.get(), L"__class", value, CIM_STRING));
  EXPECT_EQ("T_New", PropertyText(fresh.get(), L"__CLASS"));
  EXPECT_EQ("T_New", PropertyText(fresh.get(), L"__RELPATH"));
  EXPECT_EQ("(null)", PropertyText(fresh.get(), L"__PATH")) << "in no namespace yet";
  EXPECT_EQ("WBEM_E_READ_ONLY", Put(fresh.get(), L"__CLASS", Text(L"T_Other"))) << "once, at creation";
  EXPECT_EQ("WBEM_E_READ_ONLY", Put(ClassOf("T_Part").get(), L"__CLASS", Text(L"T_Other")));
  EXPECT_EQ("WBEM_E_READ_ONLY", Put(fresh.get(), L"__SUPERCLASS", Text(L"T_Base")));
}

// Contract 8.3, Put: "creates/changes a property with default; type is needed when the value is NULL or ambiguous".
TEST_F(ClassObjectWriteTest, PutOnAClassCreatesAndChangesProperties) {
  ComPtr<IWbemClassObject> fresh = EmptyClass();
  ASSERT_EQ(kOk, Put(fresh.get(), L"__CLASS", Text(L"T_New")));
  const struct {
    const wchar_t* name;
    VARIANT value;
    CIMTYPE type;
    std::string code;
    CIMTYPE becomes;
    std::string reads;
  } rows[] = {
      {L"Text", Text(L"x"), 0, kOk, CIM_STRING, "x"},
      {L"Number", Number(5), 0, kOk, CIM_SINT32, "5"},
      {L"Flag", Flag(), 0, kOk, CIM_BOOLEAN, "TRUE"},
      {L"Wide", Text(L"0x10"), CIM_UINT64, kOk, CIM_UINT64, "16"},
      {L"When", OfType(VT_NULL), CIM_DATETIME, kOk, CIM_DATETIME, "(null)"},
      {L"Many", OfType(VT_NULL), CIM_STRING | CIM_FLAG_ARRAY, kOk, CIM_STRING | CIM_FLAG_ARRAY, "(null)"},
      {L"None", OfType(VT_NULL), 0, "WBEM_E_INVALID_PROPERTY_TYPE", 0, "WBEM_E_NOT_FOUND"},
      {L"None", OfType(VT_DATE), 0, "WBEM_E_INVALID_PROPERTY_TYPE", 0, "WBEM_E_NOT_FOUND"},
      {L"None", Number(1), CIM_ILLEGAL, "WBEM_E_INVALID_PROPERTY_TYPE", 0, "WBEM_E_NOT_FOUND"},
      {L"None", Number(1), 9999, "WBEM_E_INVALID_PROPERTY_TYPE", 0, "WBEM_E_NOT_FOUND"},
      {L"None", Text(L"x"), CIM_UINT8, "WBEM_E_TYPE_MISMATCH", 0, "WBEM_E_NOT_FOUND"},
      {L"When", Text(L"never"), 0, "WBEM_E_TYPE_MISMATCH", CIM_DATETIME, "(null)"},
      {L"NUMBER", Number(6), 0, kOk, CIM_SINT32, "6"},
      {L"Number", Text(L"now text"), CIM_STRING, kOk, CIM_STRING, "now text"},
      {L"_x", Number(1), 0, "WBEM_E_INVALID_PARAMETER", 0, "WBEM_E_NOT_FOUND"},
      {L"x_", Number(1), 0, "WBEM_E_INVALID_PARAMETER", 0, "WBEM_E_NOT_FOUND"},
      {L"__Own", Number(1), 0, "WBEM_E_INVALID_PARAMETER", 0, "WBEM_E_NOT_FOUND"},
      {L"a b", Number(1), 0, "WBEM_E_INVALID_PARAMETER", 0, "WBEM_E_NOT_FOUND"},
      {L"__PATH", Text(L"x"), 0, "WBEM_E_READ_ONLY", CIM_STRING, "(null)"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.name) + " " + row.code);
    EXPECT_EQ(row.code, Put(fresh.get(), row.name, row.value, row.type));
    CIMTYPE type = 0;
    fresh->Get(row.name, 0, nullptr, &type, nullptr);
    EXPECT_EQ(row.becomes, type);
    EXPECT_EQ(row.reads, PropertyText(fresh.get(), row.name));
  }
  EXPECT_EQ("WBEM_E_PROPERTY_NAME_TOO_WIDE", Put(fresh.get(), std::wstring(256, L'x').c_str(), Number(1)));
  EXPECT_EQ("Text Number Flag Wide When Many", Names(fresh.get(), WBEM_FLAG_NONSYSTEM_ONLY));
}

TEST_F(ClassObjectWriteTest, PutOnAClassOverridesWhatItInherits) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  EXPECT_EQ("WBEM_E_TYPE_MISMATCH", Put(item.get(), L"Count", Text(L"x"), CIM_STRING));
  EXPECT_EQ("WBEM_E_TYPE_MISMATCH", Put(item.get(), L"Count", OfType(VT_NULL), CIM_SINT32));
  ASSERT_EQ(kOk, Put(item.get(), L"COUNT", Number(8)));
  EXPECT_EQ("8", PropertyText(item.get(), L"Count"));
  long flavor = -1;
  EXPECT_EQ(code::kOk, item->Get(L"Count", 0, nullptr, nullptr, &flavor));
  EXPECT_EQ(WBEM_FLAVOR_ORIGIN_LOCAL, flavor);
  EXPECT_EQ("Count", Names(item.get(), WBEM_FLAG_CLASS_OVERRIDES_ONLY));
  EXPECT_EQ(code::kOk, item->Put(L"Count", 0, nullptr, 0));
  EXPECT_EQ("(null)", PropertyText(item.get(), L"Count")) << "NULL, not the inherited default";
  EXPECT_EQ("7", PropertyText(ClassOf("T_Item").get(), L"Count")) << "what the namespace has stays";
}

// Contract 8.3, Delete.
TEST_F(ClassObjectWriteTest, DeleteOnAClassByOrigin) {
  ComPtr<IWbemClassObject> sub = ClassOf("T_Sub");
  EXPECT_EQ(code::kOk, sub->Delete(L"extra"));
  EXPECT_EQ("WBEM_E_NOT_FOUND", PropertyText(sub.get(), L"Extra"));
  EXPECT_EQ(code::kResetToDefault, sub->Delete(L"Count"));
  EXPECT_EQ("7", PropertyText(sub.get(), L"Count"));
  EXPECT_EQ(code::kPropagatedProperty, sub->Delete(L"Count"));
  EXPECT_EQ(code::kPropagatedProperty, sub->Delete(L"Id"));
  EXPECT_EQ(code::kSystemProperty, sub->Delete(L"__CLASS"));
  EXPECT_EQ(code::kNotFound, sub->Delete(L"Extra"));
  EXPECT_EQ(code::kInvalidParameter, sub->Delete(nullptr));
}

// ---- new objects

// Contract 8.3, SpawnInstance.
TEST_F(ClassObjectWriteTest, SpawnInstanceHasTheDefaultsOfAClassAndNothingOfAnInstance) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  ComPtr<IWbemClassObject> made = Spawn(item.get());
  EXPECT_EQ("2", PropertyText(made.get(), L"__GENUS"));
  EXPECT_EQ("7", PropertyText(made.get(), L"Count"));
  EXPECT_EQ("(null)", PropertyText(made.get(), L"Id"));
  EXPECT_EQ("(null)", PropertyText(made.get(), L"__RELPATH"));
  EXPECT_EQ("ROOT\\test", PropertyText(made.get(), L"__NAMESPACE"));
  ASSERT_EQ(kOk, Put(made.get(), L"Id", Text(L"a")));
  EXPECT_EQ("T_Item.Id=\"a\"", PropertyText(made.get(), L"__RELPATH"));
  ComPtr<IWbemClassObject> again = Spawn(made.get());
  EXPECT_EQ("2", PropertyText(again.get(), L"__GENUS"));
  EXPECT_EQ("T_Item", PropertyText(again.get(), L"__CLASS"));
  for (const wchar_t* name : {L"Id", L"Count", L"Label"}) EXPECT_EQ("(null)", PropertyText(again.get(), name));

  EXPECT_EQ(code::kInvalidParameter, item->SpawnInstance(0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->SpawnInstance(5, made.Receive()));
  EXPECT_EQ(nullptr, made.get());
}

TEST_F(ClassObjectWriteTest, ClassesThatWereNotPutHaveNoInstancesAndNoSubclasses) {
  ComPtr<IWbemClassObject> made;
  ComPtr<IWbemClassObject> fresh = EmptyClass();
  ComPtr<IWbemClassObject> derived;
  ASSERT_EQ(code::kOk, ClassOf("T_Base")->SpawnDerivedClass(0, derived.Receive()));
  for (IWbemClassObject* object : {fresh.get(), derived.get()}) {
    EXPECT_EQ(code::kIncompleteClass, object->SpawnInstance(0, made.Receive()));
    EXPECT_EQ(code::kIncompleteClass, object->SpawnDerivedClass(0, made.Receive()));
    ASSERT_EQ(kOk, Put(object, L"__CLASS", Text(L"T_New")));
    EXPECT_EQ(code::kIncompleteClass, object->SpawnInstance(0, made.Receive())) << "a name is not enough";
    EXPECT_EQ(code::kIncompleteClass, object->SpawnDerivedClass(0, made.Receive()));
    EXPECT_EQ(nullptr, made.get());
  }
}

// Contract 8.3, SpawnDerivedClass.
TEST_F(ClassObjectWriteTest, SpawnDerivedClassIsASubclassWithoutName) {
  ComPtr<IWbemClassObject> base = ClassOf("T_Base");
  ComPtr<IWbemClassObject> derived;
  ASSERT_EQ(code::kOk, base->SpawnDerivedClass(0, derived.Receive()));
  EXPECT_EQ("(null)", PropertyText(derived.get(), L"__CLASS"));
  EXPECT_EQ("T_Base", PropertyText(derived.get(), L"__SUPERCLASS"));
  EXPECT_EQ("T_Base", PropertyText(derived.get(), L"__DYNASTY"));
  EXPECT_EQ("(null)", PropertyText(derived.get(), L"__NAMESPACE"));
  EXPECT_EQ("7", PropertyText(derived.get(), L"Count"));
  EXPECT_EQ(S_OK, derived->InheritsFrom(L"T_Base"));
  EXPECT_EQ("", Names(derived.get(), WBEM_FLAG_LOCAL_ONLY));
  ASSERT_EQ(kOk, Put(derived.get(), L"Own", Text(L"x")));
  ASSERT_EQ(kOk, Put(derived.get(), L"__CLASS", Text(L"T_Derived")));
  BSTR text = nullptr;
  ASSERT_EQ(code::kOk, derived->GetPropertyOrigin(L"Own", &text));
  EXPECT_EQ("T_Derived", TakeBstr(text));
  ASSERT_EQ(code::kOk, derived->GetObjectText(WBEM_FLAG_NO_FLAVORS, &text));
  const std::string mof = TakeBstr(text);
  EXPECT_NE(std::string::npos, mof.find("class T_Derived : T_Base")) << mof;
  EXPECT_NE(std::string::npos, mof.find("Own = \"x\"")) << mof;

  EXPECT_EQ(code::kInvalidOperation, GetOne(L"T_Item.Id=\"1\"")->SpawnDerivedClass(0, derived.Receive()));
  EXPECT_EQ(nullptr, derived.get());
  EXPECT_EQ(code::kInvalidParameter, base->SpawnDerivedClass(0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, base->SpawnDerivedClass(1, derived.Receive()));
}

// What a client does before ExecMethod.
TEST_F(ClassObjectWriteTest, InParametersAreAnInstanceOfTheSignature) {
  ComPtr<IWbemClassObject> in;
  ASSERT_EQ(code::kOk, ClassOf("T_Item")->GetMethod(L"Reset", 0, in.Receive(), nullptr));
  ComPtr<IWbemClassObject> parameters = Spawn(in.get());
  EXPECT_EQ(kOk, Put(parameters.get(), L"Level", Number(3)));
  EXPECT_EQ("3", PropertyText(parameters.get(), L"Level"));
  EXPECT_EQ("__PARAMETERS", PropertyText(parameters.get(), L"__CLASS"));
  EXPECT_EQ("WBEM_E_NOT_FOUND", Put(parameters.get(), L"Report", Text(L"x"))) << "an out parameter";
}

// ---- methods

// Contract 8.3, PutMethod.
TEST_F(ClassObjectWriteTest, PutMethodChecksItsSignatures) {
  const struct {
    const char* about;
    std::vector<std::pair<const wchar_t*, int>> in;
    std::vector<std::pair<const wchar_t*, int>> out;
    std::string code;
  } rows[] = {
      {"numbered through both", {{L"A", 0}, {L"B", 2}}, {{L"C", 1}, {L"ReturnValue", -1}}, kOk},
      {"in and out", {{L"A", 0}}, {{L"A", 0}, {L"B", 1}}, kOk},
      {"no parameters", {}, {}, kOk},
      {"no ID", {{L"A", -1}}, {}, "WBEM_E_MISSING_PARAMETER_ID"},
      {"gap", {{L"A", 0}, {L"B", 2}}, {}, "WBEM_E_NONCONSECUTIVE_PARAMETER_IDS"},
      {"not from 0", {{L"A", 1}}, {}, "WBEM_E_NONCONSECUTIVE_PARAMETER_IDS"},
      {"twice", {{L"A", 0}}, {{L"B", 0}}, "WBEM_E_NONCONSECUTIVE_PARAMETER_IDS"},
      {"two IDs", {{L"A", 0}}, {{L"A", 1}}, "WBEM_E_INVALID_PARAMETER_ID"},
      {"ID on the return value", {}, {{L"ReturnValue", 0}}, "WBEM_E_PARAMETER_ID_ON_RETVAL"},
      {"return value on the way in", {{L"ReturnValue", -1}}, {}, "WBEM_E_INVALID_METHOD_PARAMETERS"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.about);
    ComPtr<IWbemClassObject> item = ClassOf("T_Item");
    ComPtr<IWbemClassObject> in = Parameters(row.in);
    ComPtr<IWbemClassObject> out = Parameters(row.out);
    EXPECT_EQ(row.code, Name(item->PutMethod(L"New", 0, in.get(), out.get())));
    EXPECT_EQ(row.code == kOk ? code::kOk : code::kNotFound, item->GetMethod(L"New", 0, nullptr, nullptr));
  }
}

TEST_F(ClassObjectWriteTest, ParametersOfOneNameHaveOneType) {
  ComPtr<IWbemClassObject> in = Parameters({{L"A", 0}});
  ComPtr<IWbemClassObject> out = Parameters({{L"A", 0}});
  ASSERT_EQ(kOk, Put(out.get(), L"A", Text(L"x"), CIM_STRING));
  EXPECT_EQ(code::kInvalidDuplicateParameter, ClassOf("T_Item")->PutMethod(L"New", 0, in.get(), out.get()));
}

TEST_F(ClassObjectWriteTest, PutMethodTakesCopiesAndGivesThemBack) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  ComPtr<IWbemClassObject> in = Parameters({{L"Level", 0}});
  ComPtr<IWbemClassObject> instance = Spawn(in.get());
  ASSERT_EQ(kOk, Put(instance.get(), L"Level", Number(4)));
  ASSERT_EQ(code::kOk, item->PutMethod(L"Start", 0, instance.get(), nullptr)) << "an instance with defaults does too";
  ASSERT_EQ(kOk, Put(in.get(), L"Level", Number(5)));
  ComPtr<IWbemClassObject> read;
  ComPtr<IWbemClassObject> none;
  ASSERT_EQ(code::kOk, item->GetMethod(L"START", 0, read.Receive(), none.Receive()));
  EXPECT_EQ("4", PropertyText(read.get(), L"Level"));
  EXPECT_EQ(nullptr, none.get());
  BSTR text = nullptr;
  ASSERT_EQ(code::kOk, item->GetMethodOrigin(L"Start", &text));
  EXPECT_EQ("T_Item", TakeBstr(text));
  ASSERT_EQ(code::kOk, item->GetObjectText(WBEM_FLAG_NO_FLAVORS, &text));
  EXPECT_NE(std::string::npos, TakeBstr(text).find("void Start([")) << "with the direction of its parameters";
}

TEST_F(ClassObjectWriteTest, InheritedMethodsKeepTheirSignature) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  ComPtr<IWbemClassObject> other = Parameters({{L"Other", 0}});
  EXPECT_EQ(code::kPropagatedMethod, item->PutMethod(L"Reset", 0, other.get(), nullptr));
  ComPtr<IWbemClassObject> in;
  ComPtr<IWbemClassObject> out;
  ASSERT_EQ(code::kOk, item->GetMethod(L"Reset", 0, in.Receive(), out.Receive()));
  EXPECT_EQ(code::kOk, item->PutMethod(L"Reset", 0, in.get(), out.get()));
  EXPECT_EQ(code::kResetToDefault, item->DeleteMethod(L"Reset"));
  EXPECT_EQ(code::kPropagatedMethod, item->DeleteMethod(L"Reset"));
  EXPECT_EQ(code::kOk, item->DeleteMethod(L"Probe"));
  EXPECT_EQ(code::kNotFound, item->DeleteMethod(L"Probe"));
}

TEST_F(ClassObjectWriteTest, PutMethodAndDeleteMethodCheckTheirArguments) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  ComPtr<IWbemClassObject> instance = GetOne(L"T_Item.Id=\"1\"");
  ComPtr<IWbemClassObject> no_parameters = ClassOf("T_Part");
  EXPECT_EQ(code::kInvalidParameter, item->PutMethod(nullptr, 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->PutMethod(L"", 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->PutMethod(L"New", 1, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidParameter, item->PutMethod(L"_New", 0, nullptr, nullptr));
  EXPECT_EQ(code::kMethodNameTooWide, item->PutMethod(std::wstring(256, L'x').c_str(), 0, nullptr, nullptr));
  EXPECT_EQ(code::kInvalidMethodParameters, item->PutMethod(L"New", 0, no_parameters.get(), nullptr));
  EXPECT_EQ(code::kInvalidMethodParameters, item->PutMethod(L"New", 0, nullptr, instance.get()));
  EXPECT_EQ(code::kIllegalOperation, instance->PutMethod(L"New", 0, nullptr, nullptr));
  EXPECT_EQ(code::kIllegalOperation, instance->DeleteMethod(L"Reset"));
  EXPECT_EQ(code::kInvalidParameter, item->DeleteMethod(nullptr));
}

// ---- qualifier sets

// Contract 8.3: "live sets: writing changes the object".
TEST_F(ClassObjectWriteTest, QualifierSetsOfOneObjectSeeEachOther) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  ComPtr<IWbemQualifierSet> one = PropertyQualifiers(item.get(), L"Label");
  ComPtr<IWbemQualifierSet> other = PropertyQualifiers(item.get(), L"LABEL");
  EXPECT_EQ(kOk, PutQualifier(one.get(), L"Note", Text(L"a")));
  EXPECT_EQ("a", QualifierText(other.get(), L"note"));
  EXPECT_EQ(kOk, PutQualifier(other.get(), L"NOTE", Text(L"b")));
  EXPECT_EQ("b", QualifierText(one.get(), L"Note"));
  EXPECT_EQ(kOk, Put(item.get(), L"Label", Text(L"by the object"))) << "and the object's own writes do not undo them";
  EXPECT_EQ("b", QualifierText(one.get(), L"Note"));
  EXPECT_NE(nullptr, SchemaOf(item.get()).FindProperty("Label")->qualifiers.Find("Note"));
  EXPECT_EQ("WBEM_E_NOT_FOUND", QualifierText(PropertyQualifiers(ClassOf("T_Item").get(), L"Label").get(), L"Note"));
  EXPECT_EQ(code::kOk, other->Delete(L"Note"));
  EXPECT_EQ("WBEM_E_NOT_FOUND", QualifierText(one.get(), L"Note"));

  item.Reset();
  EXPECT_EQ(kOk, PutQualifier(one.get(), L"Note", Text(L"alone"))) << "the set keeps the object";
  EXPECT_EQ("alone", QualifierText(other.get(), L"Note"));
}

TEST_F(ClassObjectWriteTest, ASetWhosePropertyIsGoneFindsNothing) {
  ComPtr<IWbemClassObject> sub = ClassOf("T_Sub");
  ComPtr<IWbemQualifierSet> set = PropertyQualifiers(sub.get(), L"Extra");
  ASSERT_EQ(code::kOk, sub->Delete(L"Extra"));
  SAFEARRAY* names = nullptr;
  EXPECT_EQ(code::kNotFound, set->Get(L"CIMTYPE", 0, nullptr, nullptr));
  EXPECT_EQ(code::kNotFound, set->GetNames(0, &names));
  EXPECT_EQ(code::kNotFound, set->BeginEnumeration(0));
  EXPECT_EQ("WBEM_E_NOT_FOUND", PutQualifier(set.get(), L"Note", Text(L"x")));
  EXPECT_EQ(code::kNotFound, set->Delete(L"Note"));
}

// Contract 8.3 and 8.4, Put.
TEST_F(ClassObjectWriteTest, PutQualifierChecksNameValueAndRules) {
  ComPtr<IWbemClassObject> item = ClassOf("T_Item");
  ComPtr<IWbemQualifierSet> of_class = ClassQualifiers(item.get());
  ComPtr<IWbemQualifierSet> of_method = MethodQualifiers(item.get(), L"Probe");
  ComPtr<IWbemQualifierSet> label = PropertyQualifiers(item.get(), L"Label");
  ComPtr<IWbemQualifierSet> id = PropertyQualifiers(item.get(), L"Id");
  VARIANT no = OfType(VT_BOOL);
  const struct {
    IWbemQualifierSet* set;
    const wchar_t* name;
    VARIANT value;
    long flavor;
    std::string code;
  } rows[] = {
      {of_class.get(), L"Note", Text(L"x"), 0, kOk},
      {of_method.get(), L"Note", Number(1), WBEM_FLAVOR_FLAG_PROPAGATE_TO_DERIVED_CLASS, kOk},
      {label.get(), L"Note", Flag(), WBEM_FLAVOR_NOT_OVERRIDABLE | WBEM_FLAVOR_AMENDED, kOk},
      {label.get(), L"Note", OfType(VT_R8), 0, kOk},
      {label.get(), L"Note", OfType(VT_I2), 0, "WBEM_E_INVALID_QUALIFIER_TYPE"},
      {label.get(), L"Note", OfType(VT_NULL), 0, "WBEM_E_INVALID_QUALIFIER_TYPE"},
      {label.get(), L"Note", Flag(), 0x40, "WBEM_E_INVALID_FLAVOR"},
      {label.get(), L"_Note", Flag(), 0, "WBEM_E_INVALID_QUALIFIER"},
      {label.get(), L"a b", Flag(), 0, "WBEM_E_INVALID_QUALIFIER"},
      {label.get(), L"", Flag(), 0, "WBEM_E_INVALID_PARAMETER"},
      {label.get(), L"key", Flag(), 0, "WBEM_E_CANNOT_BE_KEY"},  // T_Base has one
      {of_class.get(), L"key", Flag(), 0, "WBEM_E_CANNOT_BE_KEY"},
      {of_method.get(), L"key", Flag(), 0, "WBEM_E_CANNOT_BE_KEY"},
      {id.get(), L"Key", no, 0, "WBEM_E_OVERRIDE_NOT_ALLOWED"},
      {label.get(), L"CIMTYPE", Text(L"uint8"), 0, "WBEM_E_INVALID_QUALIFIER"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(Utf8(row.name) + " " + row.code);
    EXPECT_EQ(row.code, PutQualifier(row.set, row.name, row.value, row.flavor));
  }
  EXPECT_EQ("WBEM_E_QUALIFIER_NAME_TOO_WIDE", PutQualifier(label.get(), std::wstring(256, L'x').c_str(), Flag()));
  VARIANT value = Flag();
  EXPECT_EQ(code::kInvalidParameter, label->Put(nullptr, &value, 0));
  EXPECT_EQ(code::kInvalidParameter, label->Put(L"Note", nullptr, 0));
  EXPECT_EQ(code::kInvalidParameter, label->Delete(nullptr));
}

TEST_F(ClassObjectWriteTest, FlavorsAreKeptAndWhatIsInheritedComesBack) {
  ComPtr<IWbemClassObject> sub = ClassOf("T_Sub");
  ComPtr<IWbemQualifierSet> label = PropertyQualifiers(sub.get(), L"Label");
  ASSERT_EQ(kOk, PutQualifier(label.get(), L"Note", Text(L"x"),
                              WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE | WBEM_FLAVOR_NOT_OVERRIDABLE));
  long flavor = -1;
  ASSERT_EQ(code::kOk, label->Get(L"Note", 0, nullptr, &flavor));
  EXPECT_EQ(WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE | WBEM_FLAVOR_NOT_OVERRIDABLE, flavor);
  EXPECT_EQ("x", QualifierText(PropertyQualifiers(Spawn(sub.get()).get(), L"Label").get(), L"Note"));

  ComPtr<IWbemQualifierSet> count = PropertyQualifiers(sub.get(), L"Count");
  EXPECT_EQ(code::kResetToDefault, count->Delete(L"Units"));
  EXPECT_EQ("pieces", QualifierText(count.get(), L"Units"));
  EXPECT_EQ(code::kPropagatedQualifier, count->Delete(L"Units"));
  EXPECT_EQ(code::kInvalidOperation, label->Delete(L"CIMTYPE"));
  EXPECT_EQ(code::kNotFound, label->Delete(L"Nonsense"));
}

// Contract 8.3: asking for the set of a system property. 8.5: keys are not altered on an instance.
TEST_F(ClassObjectWriteTest, InstancesShowTheQualifiersOfTheirClass) {
  ComPtr<IWbemClassObject> item = GetOne(L"T_Item.Id=\"1\"");
  ComPtr<IWbemQualifierSet> set;
  EXPECT_EQ(code::kSystemProperty, item->GetPropertyQualifierSet(L"__PATH", set.Receive()));
  set = PropertyQualifiers(item.get(), L"Count");
  EXPECT_EQ("WBEM_E_CANNOT_BE_KEY", PutQualifier(set.get(), L"KEY", Flag()));
  EXPECT_EQ(code::kPropagatedQualifier, set->Delete(L"Units"));
  EXPECT_EQ(code::kNotFound, set->Delete(L"Description")) << "not handed to instances";
  ASSERT_EQ(kOk, Put(item.get(), L"Count", Number(1)));
  EXPECT_EQ("pieces", QualifierText(set.get(), L"Units"));
}

// Contract 8.4: an instance overrides what its class hands down, and has qualifiers of its own.
TEST_F(ClassObjectWriteTest, InstancesHaveQualifiersOfTheirOwn) {
  ComPtr<IWbemClassObject> item = GetOne(L"T_Item.Id=\"1\"");
  ComPtr<IWbemQualifierSet> set = PropertyQualifiers(item.get(), L"Count");
  ComPtr<IWbemQualifierSet> twin = PropertyQualifiers(item.get(), L"Count");
  ComPtr<IWbemQualifierSet> whole = ClassQualifiers(item.get());
  ComPtr<IWbemClassObject> before = CloneOf(item.get());
  ASSERT_EQ(kOk, PutQualifier(set.get(), L"Note", Text(L"x"), WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE));
  ASSERT_EQ(kOk, PutQualifier(set.get(), L"units", Text(L"tons")));
  ASSERT_EQ(kOk, PutQualifier(whole.get(), L"Label", Text(L"of the object")));
  EXPECT_EQ("tons", QualifierText(twin.get(), L"Units")) << "sets of one object are live";
  ASSERT_EQ(kOk, Put(item.get(), L"Count", Number(5))) << "and a write keeps them";
  EXPECT_EQ("of the object", QualifierText(ClassQualifiers(item.get()).get(), L"Label"));
  long flavor = -1;
  ASSERT_EQ(code::kOk, set->Get(L"Note", 0, nullptr, &flavor));
  EXPECT_EQ(WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE | WBEM_FLAVOR_ORIGIN_LOCAL, flavor);
  ASSERT_EQ(code::kOk, set->Get(L"CIMTYPE", 0, nullptr, &flavor));
  EXPECT_EQ(WBEM_FLAVOR_ORIGIN_PROPAGATED, flavor & WBEM_FLAVOR_MASK_ORIGIN);
  EXPECT_EQ("Note units", QualifierNames(set.get(), WBEM_FLAG_LOCAL_ONLY));
  EXPECT_EQ("WBEM_E_OVERRIDE_NOT_ALLOWED", PutQualifier(set.get(), L"CIMTYPE", Text(L"string")));
  EXPECT_EQ(WBEM_S_DIFFERENT, item->CompareTo(0, before.get()));

  EXPECT_EQ(code::kResetToDefault, set->Delete(L"Units"));
  EXPECT_EQ("pieces", QualifierText(set.get(), L"Units"));
  EXPECT_EQ(code::kPropagatedQualifier, set->Delete(L"Units"));
  EXPECT_EQ(code::kOk, set->Delete(L"Note"));
  EXPECT_EQ(code::kNotFound, set->Delete(L"Note"));
  EXPECT_EQ(code::kNotFound, PropertyQualifiers(before.get(), L"Count")->Get(L"Note", 0, nullptr, nullptr));
}

// ---- enumerations

// Contract 8.3: the order is invariant for an object.
TEST_F(ClassObjectWriteTest, EnumerationsWalkTheObjectAsItWas) {
  ComPtr<IWbemClassObject> sub = ClassOf("T_Sub");
  ComPtr<IWbemQualifierSet> set = ClassQualifiers(sub.get());
  ASSERT_EQ(code::kOk, sub->BeginEnumeration(WBEM_FLAG_LOCAL_ONLY));
  ASSERT_EQ(code::kOk, sub->BeginMethodEnumeration(0));
  ASSERT_EQ(code::kOk, set->BeginEnumeration(0));
  ASSERT_EQ(kOk, Put(sub.get(), L"Count", Number(1)));
  ASSERT_EQ(code::kOk, sub->Delete(L"Extra"));
  ASSERT_EQ(code::kOk, sub->PutMethod(L"New", 0, nullptr, nullptr));
  ASSERT_EQ(code::kOk, set->Delete(L"dynamic"));

  std::string seen;
  BSTR name = nullptr;
  while (true) {
    TestVariant value;
    if (sub->Next(0, &name, &value.value, nullptr, nullptr) != code::kOk) break;
    seen += TakeBstr(name) + "=" + (value.value.vt == VT_I4 ? std::to_string(value.value.lVal) : "?") + " ";
  }
  EXPECT_EQ("Count=9 Extra=? ", seen);
  seen.clear();
  while (sub->NextMethod(0, &name, nullptr, nullptr) == code::kOk) seen += TakeBstr(name) + " ";
  EXPECT_EQ("Reset Nothing Probe ", seen);
  seen.clear();
  while (set->Next(0, &name, nullptr, nullptr) == code::kOk) seen += TakeBstr(name) + " ";
  EXPECT_EQ("dynamic provider ", seen);

  sub->EndEnumeration();
  ASSERT_EQ(code::kOk, sub->BeginEnumeration(WBEM_FLAG_LOCAL_ONLY));
  ASSERT_EQ(code::kOk, sub->Next(0, &name, nullptr, nullptr, nullptr));
  EXPECT_EQ("Count", TakeBstr(name));
  EXPECT_EQ(code::kNoMoreData, sub->Next(0, &name, nullptr, nullptr, nullptr));
}

// ---- failures

// Contract 0, rule 5.
TEST_F(ClassObjectWriteTest, WritingSetsNoErrorObject) {
  EXPECT_EQ("WBEM_E_NOT_FOUND", Put(GetOne(L"T_Item.Id=\"1\"").get(), L"Nonsense", Number(1)));
  EXPECT_EQ(nullptr, TakeErrorObject().get());
}

}  // namespace
}  // namespace wmi::api
