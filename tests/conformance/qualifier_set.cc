// IWbemQualifierSet (contract 8.3, 8.4, 11.2). A source that is the name of a method means its page.
#include "support.h"

namespace wmi::conformance {
namespace {

constexpr long kToInstance = WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE;
constexpr long kToSubclass = WBEM_FLAVOR_FLAG_PROPAGATE_TO_DERIVED_CLASS;
constexpr long kFixed = WBEM_FLAVOR_NOT_OVERRIDABLE;

IWbemQualifierSetPtr Of(IWbemClassObject* object, const wchar_t* property = nullptr) {
  IWbemQualifierSetPtr set;
  EXPECT_EQ(WBEM_S_NO_ERROR,
            property == nullptr ? object->GetQualifierSet(&set) : object->GetPropertyQualifierSet(property, &set));
  return set;
}

HRESULT Put(IWbemQualifierSet* set, const wchar_t* name, const _variant_t& value, long flavor = 0) {
  VARIANT in = value;  // not owned: Put only reads it
  return set->Put(name, &in, flavor);
}

// The value as text, with the flavor: "x:0x21". "(none)" when it is not there.
std::string Shown(IWbemQualifierSet* set, const wchar_t* name) {
  _variant_t value;
  long flavor = -1;
  const HRESULT code = set->Get(name, 0, &value, &flavor);
  if (code == WBEM_E_NOT_FOUND) return "(none)";
  EXPECT_EQ(WBEM_S_NO_ERROR, code);
  std::string text;
  if (value.vt == VT_BSTR) text = Narrow(value.bstrVal);
  if (value.vt == VT_BOOL) text = value.boolVal == VARIANT_TRUE ? "TRUE" : "FALSE";
  if (value.vt == VT_I4) text = std::to_string(value.lVal);
  char shown[32];
  std::snprintf(shown, sizeof shown, ":0x%lx", flavor);
  return text + shown;
}

std::string Names(IWbemQualifierSet* set, long flags) {
  SAFEARRAY* names = nullptr;
  const HRESULT code = set->GetNames(flags, &names);
  if (code == WBEM_E_INVALID_PARAMETER) return "(invalid)";
  EXPECT_EQ(WBEM_S_NO_ERROR, code);
  std::string text;
  LONG upper = -1;
  SafeArrayGetUBound(names, 1, &upper);
  for (LONG i = 0; i <= upper; ++i) {
    BSTR name = nullptr;
    SafeArrayGetElement(names, &i, &name);
    text += (i == 0 ? "" : " ") + Narrow(name);
    SysFreeString(name);
  }
  SafeArrayDestroy(names);
  return text;
}

// A class that was put: C_Parent { [key, …] string Name; uint32 Size; } with qualifiers of every flavor on Size.
IWbemClassObjectPtr PutParent(World& w) {
  const IWbemClassObjectPtr parent = w.NewClass(L"C_Parent");
  EXPECT_EQ(WBEM_S_NO_ERROR, parent->Put(L"Name", 0, nullptr, CIM_STRING));
  EXPECT_EQ(WBEM_S_NO_ERROR, parent->Put(L"Size", 0, nullptr, CIM_UINT32));
  EXPECT_EQ(WBEM_S_NO_ERROR, Put(Of(parent, L"Name"), L"key", _variant_t(true)));
  const IWbemQualifierSetPtr size = Of(parent, L"Size");
  EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Both", _variant_t(L"p"), kToInstance | kToSubclass));
  EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Sub", _variant_t(L"p"), kToSubclass));
  EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Inst", _variant_t(L"p"), kToInstance));
  EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Only", _variant_t(L"p")));
  EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Fixed", _variant_t(L"p"), kToInstance | kToSubclass | kFixed));
  EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(parent, 0, nullptr, nullptr));
  return w.Get(L"C_Parent");
}

IWbemClassObjectPtr InstanceOfParent(World& w) {
  IWbemClassObjectPtr instance;
  EXPECT_EQ(WBEM_S_NO_ERROR, PutParent(w)->SpawnInstance(0, &instance));
  return instance;
}

IWbemClassObjectPtr ChildOfParent(World& w) {
  IWbemClassObjectPtr child;
  EXPECT_EQ(WBEM_S_NO_ERROR, PutParent(w)->SpawnDerivedClass(0, &child));
  return child;
}

// ---- values ---------------------------------------------------------------------------------------------------------

const Row kValues[] = {
    {"8.3", "FourTypesAndTheirArrays",
     [](World& w) {
       const IWbemQualifierSetPtr set = Of(w.NewClass(L"C_New"));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(set, L"Number", _variant_t(5L, VT_I4)));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(set, L"Real", _variant_t(0.5)));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(set, L"Text", _variant_t(L"x")));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(set, L"Flag", _variant_t(true)));
       EXPECT_EQ("5:0x0", Shown(set, L"number"));
       EXPECT_EQ("x:0x0", Shown(set, L"TEXT"));
       EXPECT_EQ("TRUE:0x0", Shown(set, L"Flag"));
       _variant_t array;
       array.vt = VT_ARRAY | VT_BSTR;
       array.parray = SafeArrayCreateVector(VT_BSTR, 0, 1);
       LONG index = 0;
       EXPECT_EQ(S_OK, SafeArrayPutElement(array.parray, &index, _bstr_t(L"a").GetBSTR()));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(set, L"Values", array));
       _variant_t out;
       EXPECT_EQ(WBEM_S_NO_ERROR, set->Get(L"Values", 0, &out, nullptr));
       EXPECT_EQ(VT_ARRAY | VT_BSTR, out.vt);
     }},
    {"8.3", "OtherTypesAreRefused",
     [](World& w) {
       const IWbemQualifierSetPtr set = Of(w.NewClass(L"C_New"));
       _variant_t null;
       null.vt = VT_NULL;
       _variant_t small;
       small.vt = VT_I2;
       small.iVal = 1;
       _variant_t byte;
       byte.vt = VT_UI1;
       byte.bVal = 1;
       for (const _variant_t& value : {null, small, byte}) {
         EXPECT_EQ(WBEM_E_INVALID_QUALIFIER_TYPE, Put(set, L"Q", value));
       }
       EXPECT_EQ("(none)", Shown(set, L"Q"));
     }},
    {"Put", "ArgumentsAndNames",
     [](World& w) {
       const IWbemQualifierSetPtr set = Of(w.NewClass(L"C_New"));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, Put(set, nullptr, _variant_t(true)));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, set->Put(L"Q", nullptr, 0));
       EXPECT_EQ(WBEM_E_INVALID_QUALIFIER, Put(set, L"_Q", _variant_t(true)));
       EXPECT_EQ(WBEM_E_INVALID_QUALIFIER, Put(set, L"Q_", _variant_t(true)));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, set->Get(nullptr, 0, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, set->Get(L"Q", 1, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, set->Delete(nullptr));
       EXPECT_EQ(WBEM_E_INVALID_FLAVOR, Put(set, L"Q", _variant_t(true), 0x400));
     }},
    {"8.4", "CimTypeIsOnEveryProperty",
     [](World& w) {
       const IWbemQualifierSetPtr set = Of(w.Get(L"C_Thing"), L"Size");
       EXPECT_EQ("uint32", Shown(set, L"CIMTYPE").substr(0, 6));
       EXPECT_EQ(WBEM_E_INVALID_OPERATION, set->Delete(L"CIMTYPE"));
       EXPECT_EQ(WBEM_E_INVALID_QUALIFIER, Put(set, L"CIMTYPE", _variant_t(L"string")));
     }},
    {"8.3", "SystemPropertiesHaveNoSet",
     [](World& w) {
       IWbemQualifierSetPtr set;
       EXPECT_EQ(WBEM_E_SYSTEM_PROPERTY, w.Get(L"C_Thing")->GetPropertyQualifierSet(L"__CLASS", &set));
       EXPECT_EQ(WBEM_E_NOT_FOUND, w.Get(L"C_Thing")->GetPropertyQualifierSet(L"Nonsense", &set));
       EXPECT_FALSE(set);
     }},
};
WMI_ROWS(QualifierValues, kValues);

// ---- propagation and overriding -------------------------------------------------------------------------------------

const Row kPropagation[] = {
    {"8.4", "FlavorsSayWhatReachesASubclass",
     [](World& w) {
       const IWbemQualifierSetPtr size = Of(ChildOfParent(w), L"Size");
       EXPECT_EQ("p:0x23", Shown(size, L"Both"));
       EXPECT_EQ("p:0x22", Shown(size, L"Sub"));
       EXPECT_EQ("(none)", Shown(size, L"Inst"));
       EXPECT_EQ("(none)", Shown(size, L"Only"));
       EXPECT_EQ("p:0x33", Shown(size, L"Fixed"));
     }},
    {"8.4", "FlavorsSayWhatReachesAnInstance",
     [](World& w) {
       const IWbemQualifierSetPtr size = Of(InstanceOfParent(w), L"Size");
       EXPECT_EQ("p:0x23", Shown(size, L"Both"));
       EXPECT_EQ("(none)", Shown(size, L"Sub"));
       EXPECT_EQ("p:0x21", Shown(size, L"Inst"));
       EXPECT_EQ("(none)", Shown(size, L"Only"));
     }},
    {"8.4", "SubclassOverridesUnlessForbidden",
     [](World& w) {
       const IWbemQualifierSetPtr size = Of(ChildOfParent(w), L"Size");
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Both", _variant_t(L"c"), kToSubclass));
       EXPECT_EQ("c:0x2", Shown(size, L"Both")) << "local now";
       EXPECT_EQ(WBEM_E_OVERRIDE_NOT_ALLOWED, Put(size, L"Fixed", _variant_t(L"c")));
       EXPECT_EQ("p:0x33", Shown(size, L"Fixed"));
     }},
    {"8.3", "DeleteOnASubclass",
     [](World& w) {
       const IWbemQualifierSetPtr size = Of(ChildOfParent(w), L"Size");
       EXPECT_EQ(WBEM_E_PROPAGATED_QUALIFIER, size->Delete(L"Both"));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Both", _variant_t(L"c"), kToSubclass));
       EXPECT_EQ(WBEM_S_RESET_TO_DEFAULT, size->Delete(L"both"));
       EXPECT_EQ("p:0x23", Shown(size, L"Both"));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Own", _variant_t(L"c")));
       EXPECT_EQ(WBEM_S_NO_ERROR, size->Delete(L"Own"));
       EXPECT_EQ(WBEM_E_NOT_FOUND, size->Delete(L"Own"));
     }},
    {"8.4", "InstanceOverridesAndHasItsOwn",
     [](World& w) {
       const IWbemClassObjectPtr instance = InstanceOfParent(w);
       const IWbemQualifierSetPtr size = Of(instance, L"Size");
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Both", _variant_t(L"i")));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Own", _variant_t(L"i")));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(Of(instance), L"Label", _variant_t(L"i")));
       EXPECT_EQ("i:0x0", Shown(size, L"Both"));
       EXPECT_EQ("i:0x0", Shown(Of(instance), L"label"));
       EXPECT_EQ(WBEM_E_OVERRIDE_NOT_ALLOWED, Put(size, L"Fixed", _variant_t(L"i")));
       EXPECT_EQ(WBEM_E_OVERRIDE_NOT_ALLOWED, Put(size, L"CIMTYPE", _variant_t(L"string")));
       EXPECT_EQ(WBEM_E_PROPAGATED_QUALIFIER, size->Delete(L"Inst"));
       EXPECT_EQ(WBEM_S_RESET_TO_DEFAULT, size->Delete(L"Both"));
       EXPECT_EQ(WBEM_S_NO_ERROR, size->Delete(L"Own"));
       EXPECT_EQ("(none)", Shown(Of(w.Get(L"C_Parent")), L"Label")) << "the class is not touched";
     }},
    {"8.5", "KeysAreAMatterOfTheClass",
     [](World& w) {
       const IWbemClassObjectPtr instance = InstanceOfParent(w);
       EXPECT_EQ(WBEM_E_CANNOT_BE_KEY, Put(Of(instance, L"Size"), L"key", _variant_t(true)));
       const IWbemClassObjectPtr child = w.NewClass(L"C_New", L"C_Parent");
       EXPECT_EQ(WBEM_E_CANNOT_BE_KEY, Put(Of(child, L"Size"), L"key", _variant_t(true))) << "the parent has keys";
       const IWbemClassObjectPtr fresh = w.NewClass(L"C_Fresh");
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Put(L"List", 0, nullptr, CIM_STRING | CIM_FLAG_ARRAY));
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Put(L"Real", 0, nullptr, CIM_REAL64));
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Put(L"Name", 0, nullptr, CIM_STRING));
       EXPECT_EQ(WBEM_E_CANNOT_BE_KEY, Put(Of(fresh, L"List"), L"key", _variant_t(true)));
       EXPECT_EQ(WBEM_E_CANNOT_BE_KEY, Put(Of(fresh, L"Real"), L"key", _variant_t(true)));
       EXPECT_EQ(WBEM_E_CANNOT_BE_KEY, Put(Of(fresh), L"key", _variant_t(true))) << "a class is no key";
       EXPECT_EQ(WBEM_E_INVALID_QUALIFIER, Put(Of(fresh, L"Name"), L"key", _variant_t(false)));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(Of(fresh, L"Name"), L"key", _variant_t(true)));
       EXPECT_EQ("TRUE:0x13", Shown(Of(fresh, L"Name"), L"key")) << "Put: flavors need not be said";
     }},
    {"8.3", "MethodsAndParametersHaveSets",
     [](World& w) {
       const IWbemClassObjectPtr worker = w.Get(L"C_Worker");
       IWbemQualifierSetPtr set;
       EXPECT_EQ(WBEM_S_NO_ERROR, worker->GetMethodQualifierSet(L"work", &set));
       EXPECT_EQ("TRUE:0x3", Shown(set, L"Implemented"));
       EXPECT_EQ(WBEM_S_NO_ERROR, Put(set, L"Note", _variant_t(L"x")));
       IWbemQualifierSetPtr again;
       EXPECT_EQ(WBEM_S_NO_ERROR, worker->GetMethodQualifierSet(L"Work", &again));
       EXPECT_EQ("x:0x0", Shown(again, L"Note"));
       EXPECT_EQ(WBEM_E_NOT_FOUND, worker->GetMethodQualifierSet(L"Nonsense", &set));
       IWbemClassObjectPtr in;
       EXPECT_EQ(WBEM_S_NO_ERROR, worker->GetMethod(L"Work", 0, &in, nullptr));
       EXPECT_EQ("0:0x0", Shown(Of(in, L"Level"), L"ID"));
       EXPECT_EQ("TRUE:0x0", Shown(Of(in, L"Level"), L"in"));
     }},
};
WMI_ROWS(QualifierPropagation, kPropagation);

// ---- sets and enumerations ------------------------------------------------------------------------------------------

const Row kSets[] = {
    {"8.3", "SetsAreLive",
     [](World& w) {
       for (const wchar_t* path : {L"C_Thing", L"C_Thing.Name=\"a\""}) {
         const IWbemClassObjectPtr object = w.Get(path);
         const IWbemQualifierSetPtr one = Of(object, L"Size");
         const IWbemQualifierSetPtr two = Of(object, L"Size");
         EXPECT_EQ(WBEM_S_NO_ERROR, Put(one, L"Note", _variant_t(L"x")));
         EXPECT_EQ("x:0x0", Shown(two, L"Note"));
         SetNumber(object, L"Size", 9);
         EXPECT_EQ("x:0x0", Shown(one, L"Note"));
         IWbemClassObjectPtr clone;
         EXPECT_EQ(WBEM_S_NO_ERROR, object->Clone(&clone));
         EXPECT_EQ(WBEM_S_NO_ERROR, one->Delete(L"Note"));
         EXPECT_EQ("x:0x0", Shown(Of(clone, L"Size"), L"Note"));
         EXPECT_EQ("(none)", Shown(two, L"Note"));
       }
     }},
    {"8.3", "SetOutlivesTheCallersReference",
     [](World& w) {
       IWbemClassObjectPtr object = w.Get(L"C_Thing");
       const IWbemQualifierSetPtr set = Of(object, L"Name");
       object = nullptr;
       EXPECT_NE("(none)", Shown(set, L"key"));
     }},
    {"8.3", "SetOfADeletedPropertyFindsNothing",
     [](World& w) {
       const IWbemClassObjectPtr fresh = w.NewClass(L"C_New");
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Put(L"P", 0, nullptr, CIM_STRING));
       const IWbemQualifierSetPtr set = Of(fresh, L"P");
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Delete(L"P"));
       EXPECT_EQ("(none)", Shown(set, L"CIMTYPE"));
       EXPECT_EQ(WBEM_E_NOT_FOUND, Put(set, L"Q", _variant_t(true)));
     }},
    {"GetNames", "OriginFlags",
     [](World& w) {
       for (const bool is_class : {true, false}) {
         SCOPED_TRACE(is_class ? "class" : "instance");
         World other;
         const IWbemClassObjectPtr object = is_class ? ChildOfParent(other) : InstanceOfParent(other);
         const IWbemQualifierSetPtr size = Of(object, L"Size");
         EXPECT_EQ(WBEM_S_NO_ERROR, Put(size, L"Own", _variant_t(L"c")));
         // The set of an override, and of an instance, begins with what is its own.
         const std::string inherited = is_class ? "Both Sub Fixed" : "Both Inst Fixed CIMTYPE";
         EXPECT_EQ(is_class ? "Own CIMTYPE" : "Own", Names(size, WBEM_FLAG_LOCAL_ONLY));
         EXPECT_EQ(inherited, Names(size, WBEM_FLAG_PROPAGATED_ONLY));
         EXPECT_EQ("(invalid)", Names(size, WBEM_FLAG_SYSTEM_ONLY));
       }
       (void)w;
     }},
    {"8.3", "EnumerationWalksTheSetAsItWas",
     [](World& w) {
       const IWbemQualifierSetPtr set = Of(w.NewClass(L"C_New"));
       EXPECT_EQ(WBEM_E_UNEXPECTED, set->Next(0, nullptr, nullptr, nullptr));
       for (const wchar_t* name : {L"A", L"B", L"C"}) {
         EXPECT_EQ(WBEM_S_NO_ERROR, Put(set, name, _variant_t(name), kToInstance));
       }
       EXPECT_EQ(WBEM_S_NO_ERROR, set->BeginEnumeration(0));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, set->Next(1, nullptr, nullptr, nullptr));
       std::string seen;
       while (true) {
         BSTR name = nullptr;
         _variant_t value;
         long flavor = -1;
         const HRESULT next = set->Next(0, &name, &value, &flavor);
         if (next != WBEM_S_NO_ERROR) {
           EXPECT_EQ(WBEM_S_NO_MORE_DATA, next);
           break;
         }
         EXPECT_EQ(kToInstance, flavor);
         EXPECT_EQ(Narrow(name), Narrow(value.bstrVal));
         seen += Narrow(name);
         SysFreeString(name);
         set->Delete(L"B");
         EXPECT_EQ(WBEM_S_NO_ERROR, Put(set, L"D", _variant_t(true)));
       }
       EXPECT_EQ("ABC", seen);
       EXPECT_EQ(WBEM_S_NO_ERROR, set->EndEnumeration());
       EXPECT_EQ(WBEM_E_UNEXPECTED, set->Next(0, nullptr, nullptr, nullptr));
       EXPECT_EQ("A C D", Names(set, 0));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, set->BeginEnumeration(WBEM_FLAG_KEYS_ONLY));
     }},
    {"0 rule 5", "MethodsSetNoErrorObject",
     [](World& w) {
       EXPECT_EQ(WBEM_E_NOT_FOUND, Of(w.Get(L"C_Thing"))->Get(L"Nonsense", 0, nullptr, nullptr));
       EXPECT_FALSE(TakeErrorObject());
     }},
};
WMI_ROWS(QualifierSets, kSets);

}  // namespace
}  // namespace wmi::conformance
