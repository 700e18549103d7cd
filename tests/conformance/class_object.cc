// IWbemClassObject, method by method (contract 8.1, 8.3, 11.2). A source that is the name of a method means its page.
#include "support.h"

namespace wmi::conformance {
namespace {

_variant_t Number(long value) { return _variant_t(value, VT_I4); }

std::string Take(BSTR text) {
  const std::string result = text == nullptr ? "(null)" : Narrow(text);
  SysFreeString(text);
  return result;
}

// Separated by blanks, in the order given.
std::string Names(IWbemClassObject* object, long flags, const wchar_t* qualifier = nullptr, VARIANT* value = nullptr) {
  SAFEARRAY* names = nullptr;
  const HRESULT code = object->GetNames(qualifier, flags, value, &names);
  if (code == WBEM_E_INVALID_PARAMETER) {
    EXPECT_EQ(nullptr, names);
    return "(invalid)";
  }
  EXPECT_EQ(WBEM_S_NO_ERROR, code);
  EXPECT_NE(nullptr, names) << "always allocated";
  std::string text;
  LONG upper = -1;
  SafeArrayGetUBound(names, 1, &upper);
  for (LONG i = 0; i <= upper; ++i) {
    BSTR name = nullptr;
    SafeArrayGetElement(names, &i, &name);
    text += (i == 0 ? "" : " ") + Take(name);
  }
  SafeArrayDestroy(names);
  return text;
}

std::string Enumerate(IWbemClassObject* object, long flags) {
  const HRESULT code = object->BeginEnumeration(flags);
  if (code == WBEM_E_INVALID_PARAMETER) return "(invalid)";
  EXPECT_EQ(WBEM_S_NO_ERROR, code);
  std::string text;
  BSTR name = nullptr;
  HRESULT next = WBEM_S_NO_ERROR;
  while ((next = object->Next(0, &name, nullptr, nullptr, nullptr)) == WBEM_S_NO_ERROR) {
    text += (text.empty() ? "" : " ") + Take(name);
  }
  EXPECT_EQ(WBEM_S_NO_MORE_DATA, next);
  EXPECT_EQ(nullptr, name);
  EXPECT_EQ(WBEM_S_NO_ERROR, object->EndEnumeration());
  return text;
}

IWbemQualifierSetPtr QualifiersOf(IWbemClassObject* object, const wchar_t* property) {
  IWbemQualifierSetPtr set;
  EXPECT_EQ(WBEM_S_NO_ERROR, object->GetPropertyQualifierSet(property, &set));
  return set;
}

// A list of uint32 parameters; an id below zero is left out.
struct Parameter {
  const wchar_t* name;
  long id;
};
IWbemClassObjectPtr Parameters(World& w, std::initializer_list<Parameter> parameters) {
  IWbemClassObjectPtr list = w.Get(L"__PARAMETERS");
  for (const Parameter& parameter : parameters) {
    EXPECT_EQ(WBEM_S_NO_ERROR, list->Put(parameter.name, 0, nullptr, CIM_UINT32));
    _variant_t id = Number(parameter.id);
    if (parameter.id >= 0) {
      EXPECT_EQ(WBEM_S_NO_ERROR, QualifiersOf(list, parameter.name)->Put(L"ID", &id, 0));
    }
  }
  return list;
}

constexpr char kSystemNames[] =
    "__GENUS __CLASS __SUPERCLASS __DYNASTY __RELPATH __PROPERTY_COUNT __DERIVATION __SERVER __NAMESPACE __PATH";

// ---- Get, Put, Delete -----------------------------------------------------------------------------------------------

const Row kProperties[] = {
    {"8.3", "GetWritesOverWhatWasThere",
     [](World& w) {
       VARIANT value;
       memset(&value, 0xAB, sizeof value);
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Get(L"C_Thing.Name=\"a\"")->Get(L"Size", 0, &value, nullptr, nullptr));
       EXPECT_EQ(VT_I4, value.vt);
       EXPECT_EQ(1, value.lVal);
     }},
    {"8.3", "GetLeavesTheValueOnError",
     [](World& w) {
       _variant_t value = Number(5);
       EXPECT_EQ(WBEM_E_NOT_FOUND, w.Get(L"C_Thing")->Get(L"Nonsense", 0, &value, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.Get(L"C_Thing")->Get(nullptr, 0, &value, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.Get(L"C_Thing")->Get(L"Size", 1, &value, nullptr, nullptr));
       EXPECT_EQ(5, value.lVal);
     }},
    {"8.3", "AnyOutPointerOfGetMayBeNull",
     [](World& w) { EXPECT_EQ(WBEM_S_NO_ERROR, w.Get(L"C_Thing")->Get(L"SIZE", 0, nullptr, nullptr, nullptr)); }},
    {"8.3", "GetTellsTheOrigin",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.Get(L"C_Sub");
       long flavor = -1;
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->Get(L"Extra", 0, nullptr, nullptr, &flavor));
       EXPECT_EQ(WBEM_FLAVOR_ORIGIN_LOCAL, flavor);
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->Get(L"Name", 0, nullptr, nullptr, &flavor));
       EXPECT_EQ(WBEM_FLAVOR_ORIGIN_PROPAGATED, flavor);
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->Get(L"__CLASS", 0, nullptr, nullptr, &flavor));
       EXPECT_EQ(WBEM_FLAVOR_ORIGIN_SYSTEM, flavor);
     }},
    {"8.1", "SystemPropertiesAreReadOnly",
     [](World& w) {
       const IWbemClassObjectPtr thing = w.Get(L"C_Thing.Name=\"a\"");
       _variant_t text(L"x");
       for (const wchar_t* name : {L"__CLASS", L"__PATH", L"__RELPATH", L"__GENUS", L"__SERVER"}) {
         EXPECT_EQ(WBEM_E_READ_ONLY, thing->Put(name, 0, &text, 0));
       }
       EXPECT_EQ(WBEM_E_READ_ONLY, w.Get(L"C_Thing")->Put(L"__SUPERCLASS", 0, &text, 0));
       EXPECT_EQ(WBEM_E_READ_ONLY, w.Get(L"C_Thing")->Put(L"__CLASS", 0, &text, 0)) << "it has its name";
       EXPECT_EQ(WBEM_E_SYSTEM_PROPERTY, thing->Delete(L"__PATH"));
     }},
    {"8.1", "ObjectInNoNamespaceHasNoPath",
     [](World& w) {
       const IWbemClassObjectPtr fresh = w.NewClass(L"C_New");
       EXPECT_EQ("C_New", Text(fresh, L"__CLASS"));
       EXPECT_EQ("C_New", Text(fresh, L"__RELPATH"));
       for (const wchar_t* name : {L"__PATH", L"__SERVER", L"__NAMESPACE", L"__SUPERCLASS"}) {
         EXPECT_EQ("(null)", Text(fresh, name));
       }
     }},
    {"Put", "NullVariantPointerSetsNull",
     [](World& w) {
       const IWbemClassObjectPtr thing = w.Get(L"C_Thing.Name=\"a\"");
       EXPECT_EQ(WBEM_S_NO_ERROR, thing->Put(L"Size", 0, nullptr, 0));
       EXPECT_EQ("(null)", Text(thing, L"Size"));
     }},
    {"8.3", "PutOnAnInstanceTakesTheTypeOnlyWhenItMatches",
     [](World& w) {
       const IWbemClassObjectPtr thing = w.Get(L"C_Thing.Name=\"a\"");
       _variant_t value = Number(9);
       EXPECT_EQ(WBEM_S_NO_ERROR, thing->Put(L"Size", 0, &value, CIM_UINT32));
       EXPECT_EQ(WBEM_E_TYPE_MISMATCH, thing->Put(L"Size", 0, &value, CIM_UINT64));
       EXPECT_EQ(WBEM_E_TYPE_MISMATCH, thing->Put(L"Size", 0, &value, CIM_UINT32 | CIM_FLAG_ARRAY));
       EXPECT_EQ(WBEM_E_INVALID_PROPERTY_TYPE, thing->Put(L"Size", 0, &value, CIM_ILLEGAL));
       EXPECT_EQ(WBEM_E_NOT_FOUND, thing->Put(L"New", 0, &value, 0)) << "no property is made";
       EXPECT_EQ("9", Text(thing, L"Size"));
     }},
    {"8.3", "PutOnAClassNeedsATypeForNull",
     [](World& w) {
       const IWbemClassObjectPtr fresh = w.NewClass(L"C_New");
       EXPECT_EQ(WBEM_E_INVALID_PROPERTY_TYPE, fresh->Put(L"P", 0, nullptr, 0));
       EXPECT_EQ(WBEM_E_INVALID_PROPERTY_TYPE, fresh->Put(L"P", 0, nullptr, 0x999));
       _variant_t value = Number(9);
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Put(L"P", 0, &value, 0));
       CIMTYPE type = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Get(L"P", 0, nullptr, &type, nullptr));
       EXPECT_EQ(CIM_SINT32, type) << "from the VARIANT";
     }},
    {"Put", "NamesOfTheSystemAreRefused",
     [](World& w) {
       const IWbemClassObjectPtr fresh = w.NewClass(L"C_New");
       _variant_t value = Number(9);
       for (const wchar_t* name : {L"_P", L"P_", L"__P", L"9P", L"P Q", L""}) {
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, fresh->Put(name, 0, &value, 0)) << Narrow(name);
       }
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, fresh->Put(nullptr, 0, &value, 0));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, fresh->Put(L"P", 1, &value, 0));
     }},
    {"Put", "InheritedPropertyKeepsItsType",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.NewClass(L"C_New", L"C_Thing");
       _variant_t text(L"x");
       EXPECT_EQ(WBEM_E_TYPE_MISMATCH, sub->Put(L"Size", 0, &text, CIM_STRING));
       _variant_t value = Number(9);
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->Put(L"Size", 0, &value, 0));
       EXPECT_EQ("9", Text(sub, L"Size"));
     }},
    {"Put", "ObjectIsCopiedIn",
     [](World& w) {
       const IWbemClassObjectPtr outer = w.NewClass(L"C_New");
       const IWbemClassObjectPtr inner = w.Get(L"C_Thing.Name=\"a\"");
       EXPECT_EQ(WBEM_S_NO_ERROR, outer->Put(L"Part", 0, nullptr, CIM_OBJECT));
       _variant_t part(static_cast<IUnknown*>(inner));
       EXPECT_EQ(WBEM_S_NO_ERROR, outer->Put(L"Part", 0, &part, 0));
       SetNumber(inner, L"Size", 99);
       _variant_t out;
       EXPECT_EQ(WBEM_S_NO_ERROR, outer->Get(L"Part", 0, &out, nullptr, nullptr));
       ASSERT_EQ(VT_UNKNOWN, out.vt);
       IWbemClassObjectPtr copy;
       ASSERT_EQ(S_OK, out.punkVal->QueryInterface(IID_IWbemClassObject, reinterpret_cast<void**>(&copy)));
       EXPECT_EQ("1", Text(copy, L"Size"));
     }},
    {"8.2", "ObjectOfAnotherClassIsRefused",
     [](World& w) {
       const IWbemClassObjectPtr outer = w.NewClass(L"C_New");
       EXPECT_EQ(WBEM_S_NO_ERROR, outer->Put(L"Part", 0, nullptr, CIM_OBJECT));
       _variant_t type(L"object:C_Thing");
       EXPECT_EQ(WBEM_S_NO_ERROR, QualifiersOf(outer, L"Part")->Put(L"CIMTYPE", &type, 0));
       _variant_t wrong(static_cast<IUnknown*>(w.Get(L"C_One=@")));
       EXPECT_EQ(WBEM_E_TYPE_MISMATCH, outer->Put(L"Part", 0, &wrong, 0));
       _variant_t derived(static_cast<IUnknown*>(w.Get(L"C_Sub.Name=\"c\"")));
       EXPECT_EQ(WBEM_S_NO_ERROR, outer->Put(L"Part", 0, &derived, 0));
     }},
    {"Put", "CimTypeTurnsATextIntoADatetimeOrReference",
     [](World& w) {
       const IWbemClassObjectPtr fresh = w.NewClass(L"C_New");
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Put(L"P", 0, nullptr, CIM_STRING));
       const IWbemQualifierSetPtr set = QualifiersOf(fresh, L"P");
       CIMTYPE type = 0;
       _variant_t said(L"datetime");
       EXPECT_EQ(WBEM_S_NO_ERROR, set->Put(L"CIMTYPE", &said, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Get(L"P", 0, nullptr, &type, nullptr));
       EXPECT_EQ(CIM_DATETIME, type);
       said = L"ref:C_Thing";
       EXPECT_EQ(WBEM_S_NO_ERROR, set->Put(L"CIMTYPE", &said, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Get(L"P", 0, nullptr, &type, nullptr));
       EXPECT_EQ(CIM_REFERENCE, type);
     }},
    {"8.3", "DeleteOnAClass",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.Get(L"C_Sub");
       EXPECT_EQ(WBEM_E_PROPAGATED_PROPERTY, sub->Delete(L"Size"));
       EXPECT_EQ(WBEM_E_NOT_FOUND, sub->Delete(L"Nonsense"));
       _variant_t value = Number(7);
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->Put(L"Size", 0, &value, 0));
       EXPECT_EQ(WBEM_S_RESET_TO_DEFAULT, sub->Delete(L"size"));
       EXPECT_EQ("(null)", Text(sub, L"Size"));
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->Delete(L"Extra"));
       EXPECT_EQ(WBEM_E_NOT_FOUND, sub->Get(L"Extra", 0, nullptr, nullptr, nullptr));
     }},
    {"8.3", "DeleteOnAnInstanceGoesBackToTheDefault",
     [](World& w) {
       const IWbemClassObjectPtr schema = w.Get(L"__PARAMETERS");
       _variant_t value = Number(7);
       EXPECT_EQ(WBEM_S_NO_ERROR, schema->Put(L"P", 0, &value, 0));
       IWbemClassObjectPtr instance;
       EXPECT_EQ(WBEM_S_NO_ERROR, schema->SpawnInstance(0, &instance));
       SetNumber(instance, L"P", 8);
       EXPECT_GE(instance->Delete(L"P"), 0);
       EXPECT_EQ("7", Text(instance, L"P"));
     }},
};
WMI_ROWS(ClassObjectProperties, kProperties);

// ---- GetNames and enumerations --------------------------------------------------------------------------------------

const Row kEnumerations[] = {
    {"GetNames", "OriginFlags",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.Get(L"C_Sub");
       EXPECT_EQ(std::string(kSystemNames) + " Name Size Extra", Names(sub, WBEM_FLAG_ALWAYS));
       EXPECT_EQ("Extra", Names(sub, WBEM_FLAG_LOCAL_ONLY));
       EXPECT_EQ("Name Size", Names(sub, WBEM_FLAG_PROPAGATED_ONLY));
       EXPECT_EQ(kSystemNames, Names(sub, WBEM_FLAG_SYSTEM_ONLY));
       EXPECT_EQ("Name Size Extra", Names(sub, WBEM_FLAG_NONSYSTEM_ONLY));
       EXPECT_EQ("(invalid)", Names(sub, 0x50));
       EXPECT_EQ("(invalid)", Names(sub, 0x1000));
     }},
    {"GetNames", "KeysAndReferences",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.Get(L"C_Sub");
       EXPECT_EQ("Name", Names(sub, WBEM_FLAG_KEYS_ONLY));
       EXPECT_EQ("Name", Names(sub, WBEM_FLAG_KEYS_ONLY | WBEM_FLAG_PROPAGATED_ONLY));
       EXPECT_EQ("", Names(sub, WBEM_FLAG_KEYS_ONLY | WBEM_FLAG_LOCAL_ONLY)) << "empty, and no error";
       EXPECT_EQ("", Names(sub, WBEM_FLAG_REFS_ONLY));
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->Put(L"Other", 0, nullptr, CIM_REFERENCE));
       EXPECT_EQ("Other", Names(sub, WBEM_FLAG_REFS_ONLY));
     }},
    {"GetNames", "QualifierConditions",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.Get(L"C_Sub");
       _variant_t one = Number(1);
       _variant_t two = Number(2);
       EXPECT_EQ(WBEM_S_NO_ERROR, QualifiersOf(sub, L"Extra")->Put(L"Rank", &one, 0));
       EXPECT_EQ("Extra", Names(sub, WBEM_FLAG_ONLY_IF_TRUE, L"RANK"));
       EXPECT_EQ("Name Size", Names(sub, WBEM_FLAG_ONLY_IF_FALSE | WBEM_FLAG_NONSYSTEM_ONLY, L"rank"));
       EXPECT_EQ("Extra", Names(sub, WBEM_FLAG_ONLY_IF_IDENTICAL, L"Rank", &one));
       EXPECT_EQ("", Names(sub, WBEM_FLAG_ONLY_IF_IDENTICAL, L"Rank", &two));
       EXPECT_EQ("(invalid)", Names(sub, WBEM_FLAG_ONLY_IF_TRUE));
       EXPECT_EQ("(invalid)", Names(sub, WBEM_FLAG_ONLY_IF_IDENTICAL, L"Rank"));
     }},
    {"BeginEnumeration", "ClassConditions",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.Get(L"C_Sub");
       _variant_t value = Number(7);
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->Put(L"Size", 0, &value, 0));
       EXPECT_EQ("Size", Enumerate(sub, WBEM_FLAG_CLASS_OVERRIDES_ONLY));
       EXPECT_EQ("Size Extra", Enumerate(sub, WBEM_FLAG_CLASS_LOCAL_AND_OVERRIDES));
       EXPECT_EQ("(invalid)", Enumerate(sub, WBEM_MASK_CLASS_CONDITION));
       EXPECT_EQ("(invalid)", Enumerate(w.Get(L"C_Thing.Name=\"a\""), WBEM_FLAG_CLASS_OVERRIDES_ONLY))
           << "for classes only";
     }},
    {"BeginEnumeration", "TheSameFlagsAsGetNames",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.Get(L"C_Sub.Name=\"c\"");
       for (const long flags : {0L, 0x4L, 0x8L, 0x10L, 0x20L, 0x30L, 0x40L, 0x14L, 0x44L, 0x50L}) {
         EXPECT_EQ(Names(sub, flags), Enumerate(sub, flags)) << flags;
       }
     }},
    {"8.3", "OneEnumerationAtATime",
     [](World& w) {
       const IWbemClassObjectPtr thing = w.Get(L"C_Thing");
       EXPECT_EQ(WBEM_E_UNEXPECTED, thing->Next(0, nullptr, nullptr, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, thing->BeginEnumeration(WBEM_FLAG_NONSYSTEM_ONLY));
       EXPECT_EQ(WBEM_E_UNEXPECTED, thing->BeginEnumeration(0));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, thing->Next(1, nullptr, nullptr, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, thing->Next(0, nullptr, nullptr, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, thing->Next(0, nullptr, nullptr, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_MORE_DATA, thing->Next(0, nullptr, nullptr, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_MORE_DATA, thing->Next(0, nullptr, nullptr, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, thing->EndEnumeration());
       EXPECT_EQ(WBEM_E_UNEXPECTED, thing->Next(0, nullptr, nullptr, nullptr, nullptr));
     }},
    {"8.3", "WritesDoNotDisturbAnEnumeration",
     [](World& w) {
       const IWbemClassObjectPtr fresh = w.NewClass(L"C_New");
       for (const wchar_t* name : {L"A", L"B", L"C"})
         EXPECT_EQ(WBEM_S_NO_ERROR, fresh->Put(name, 0, nullptr, CIM_STRING));
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->BeginEnumeration(WBEM_FLAG_NONSYSTEM_ONLY));
       std::string seen;
       BSTR name = nullptr;
       while (fresh->Next(0, &name, nullptr, nullptr, nullptr) == WBEM_S_NO_ERROR) {
         seen += Take(name);
         fresh->Delete(L"B");
         fresh->Put(L"D", 0, nullptr, CIM_STRING);
       }
       EXPECT_EQ("ABC", seen);
       EXPECT_EQ(WBEM_S_NO_ERROR, fresh->EndEnumeration());
       EXPECT_EQ("A C D", Enumerate(fresh, WBEM_FLAG_NONSYSTEM_ONLY));
     }},
};
WMI_ROWS(ClassObjectEnumerations, kEnumerations);

// ---- the object as a whole ------------------------------------------------------------------------------------------

const Row kWhole[] = {
    {"8.3", "CloneIsIndependent",
     [](World& w) {
       for (const wchar_t* path : {L"C_Thing", L"C_Thing.Name=\"a\""}) {
         const IWbemClassObjectPtr object = w.Get(path);
         SetNumber(object, L"Size", 5);
         IWbemClassObjectPtr clone;
         EXPECT_EQ(WBEM_S_NO_ERROR, object->Clone(&clone));
         SetNumber(object, L"Size", 6);
         SetNumber(object, L"Size", 7);
         EXPECT_EQ("5", Text(clone, L"Size"));
         SetNumber(clone, L"Size", 8);
         EXPECT_EQ("7", Text(object, L"Size"));
       }
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.Get(L"C_Thing")->Clone(nullptr));
     }},
    {"8.3", "SpawnInstanceNeedsAClassThatWasPut",
     [](World& w) {
       const IWbemClassObjectPtr fresh = w.NewClass(L"C_New");
       IWbemClassObjectPtr instance;
       EXPECT_EQ(WBEM_E_INCOMPLETE_CLASS, fresh->SpawnInstance(0, &instance));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.Get(L"C_Thing")->SpawnInstance(1, &instance));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.Get(L"C_Thing")->SpawnInstance(0, nullptr));
       EXPECT_FALSE(instance);
     }},
    {"8.3", "SpawnInstanceOfAnInstanceIsEmpty",
     [](World& w) {
       IWbemClassObjectPtr empty;
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Get(L"C_Thing.Name=\"a\"")->SpawnInstance(0, &empty));
       EXPECT_EQ("(null)", Text(empty, L"Name"));
       EXPECT_EQ("(null)", Text(empty, L"Size"));
       EXPECT_EQ("C_Thing", Text(empty, L"__CLASS"));
     }},
    {"8.3", "SpawnDerivedClass",
     [](World& w) {
       IWbemClassObjectPtr derived;
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Get(L"C_Thing")->SpawnDerivedClass(0, &derived));
       EXPECT_EQ("(null)", Text(derived, L"__CLASS"));
       EXPECT_EQ("C_Thing", Text(derived, L"__SUPERCLASS"));
       EXPECT_EQ("C_Thing", Text(derived, L"__DYNASTY"));
       EXPECT_EQ("", Names(derived, WBEM_FLAG_LOCAL_ONLY));
       EXPECT_EQ("Name Size", Names(derived, WBEM_FLAG_PROPAGATED_ONLY));
       IWbemClassObjectPtr none;
       EXPECT_EQ(WBEM_E_INVALID_OPERATION, w.Get(L"C_Thing.Name=\"a\"")->SpawnDerivedClass(0, &none));
       EXPECT_EQ(WBEM_E_INCOMPLETE_CLASS, derived->SpawnDerivedClass(0, &none));
       EXPECT_FALSE(none);
     }},
    {"11.2", "CompareToLeavesOutWhatTheFlagsSay",
     [](World& w) {
       const IWbemClassObjectPtr a = w.Get(L"C_Thing.Name=\"a\"");
       const IWbemClassObjectPtr same = w.Get(L"C_Thing.Name=\"a\"");
       EXPECT_EQ(WBEM_S_SAME, a->CompareTo(WBEM_COMPARISON_INCLUDE_ALL, same));
       SetText(same, L"Name", L"A");
       EXPECT_EQ(WBEM_S_DIFFERENT, a->CompareTo(0, same));
       EXPECT_EQ(WBEM_S_SAME, a->CompareTo(WBEM_FLAG_IGNORE_CASE, same));
       _variant_t note(L"x");
       const IWbemClassObjectPtr noted = w.Get(L"C_Thing.Name=\"a\"");
       EXPECT_EQ(WBEM_S_NO_ERROR, QualifiersOf(noted, L"Size")->Put(L"Note", &note, 0));
       EXPECT_EQ(WBEM_S_DIFFERENT, a->CompareTo(0, noted));
       EXPECT_EQ(WBEM_S_SAME, a->CompareTo(WBEM_FLAG_IGNORE_QUALIFIERS, noted));
       const IWbemClassObjectPtr schema = w.Get(L"C_Thing");
       const IWbemClassObjectPtr other = w.Get(L"C_Thing");
       SetNumber(other, L"Size", 5);
       EXPECT_EQ(WBEM_S_DIFFERENT, schema->CompareTo(0, other));
       EXPECT_EQ(WBEM_S_SAME, schema->CompareTo(WBEM_FLAG_IGNORE_DEFAULT_VALUES, other));
       EXPECT_EQ(WBEM_S_DIFFERENT, schema->CompareTo(0, a));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, schema->CompareTo(0x40, other));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, schema->CompareTo(0, nullptr));
     }},
    {"11.2", "CompareToIgnoresFlavors",
     [](World& w) {
       const IWbemClassObjectPtr a = w.Get(L"C_Thing");
       const IWbemClassObjectPtr b = w.Get(L"C_Thing");
       _variant_t note(L"x");
       EXPECT_EQ(WBEM_S_NO_ERROR, QualifiersOf(a, L"Size")->Put(L"Note", &note, 0));
       EXPECT_EQ(WBEM_S_NO_ERROR,
                 QualifiersOf(b, L"Size")->Put(L"Note", &note, WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE));
       EXPECT_EQ(WBEM_S_DIFFERENT, a->CompareTo(0, b));
       EXPECT_EQ(WBEM_S_SAME, a->CompareTo(WBEM_FLAG_IGNORE_FLAVOR, b));
     }},
    {"8.3", "InheritsFrom",
     [](World& w) {
       for (const wchar_t* path : {L"C_Leaf", L"C_Sub"}) {
         const IWbemClassObjectPtr object = w.Get(path);
         EXPECT_EQ(S_OK, object->InheritsFrom(path)) << "itself";
         EXPECT_EQ(S_OK, object->InheritsFrom(L"c_thing"));
         EXPECT_EQ(S_FALSE, object->InheritsFrom(L"C_Pair"));
       }
       EXPECT_EQ(S_FALSE, w.Get(L"C_Thing")->InheritsFrom(L"C_Sub"));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.Get(L"C_Thing")->InheritsFrom(nullptr));
     }},
    {"8.3", "GetPropertyOriginIsTheFirstToDeclare",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.Get(L"C_Sub");
       SetNumber(sub, L"Size", 5);
       BSTR origin = nullptr;
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->GetPropertyOrigin(L"Size", &origin));
       EXPECT_EQ("C_Thing", Take(origin)) << "an override does not change it";
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->GetPropertyOrigin(L"extra", &origin));
       EXPECT_EQ("C_Sub", Take(origin));
       EXPECT_EQ(WBEM_E_NOT_FOUND, sub->GetPropertyOrigin(L"Nonsense", &origin));
       EXPECT_EQ(nullptr, origin);
     }},
    {"8.3", "GetObjectTextSaysWhatIsLocal",
     [](World& w) {
       BSTR text = nullptr;
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Get(L"C_Sub")->GetObjectText(0, &text));
       const std::string mof = Take(text);
       EXPECT_NE(std::string::npos, mof.find("class C_Sub : C_Thing"));
       EXPECT_NE(std::string::npos, mof.find("Extra"));
       EXPECT_EQ(std::string::npos, mof.find("Size")) << "nothing inherited is repeated";
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.Get(L"C_Sub")->GetObjectText(0x80, &text));
       EXPECT_EQ(nullptr, text);
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, w.Get(L"C_Sub")->GetObjectText(0, nullptr));
     }},
    {"8.3", "GetObjectTextOmitsFlavorsOnRequest",
     [](World& w) {
       BSTR text = nullptr;
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Get(L"C_Thing")->GetObjectText(0, &text));
       EXPECT_NE(std::string::npos, Take(text).find("ToInstance"));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Get(L"C_Thing")->GetObjectText(WBEM_FLAG_NO_FLAVORS, &text));
       EXPECT_EQ(std::string::npos, Take(text).find("ToInstance"));
     }},
    {"0 rule 5", "MethodsSetNoErrorObject",
     [](World& w) {
       const IWbemClassObjectPtr thing = w.Get(L"C_Thing.Name=\"a\"");
       EXPECT_EQ(WBEM_E_NOT_FOUND, thing->Put(L"Nonsense", 0, nullptr, 0));
       EXPECT_FALSE(TakeErrorObject());
     }},
};
WMI_ROWS(ClassObjectWhole, kWhole);

// ---- methods --------------------------------------------------------------------------------------------------------

HRESULT PutMethod(World& w, std::initializer_list<Parameter> in, std::initializer_list<Parameter> out) {
  const IWbemClassObjectPtr fresh = w.NewClass(L"C_New");
  const HRESULT code = fresh->PutMethod(L"Do", 0, Parameters(w, in), Parameters(w, out));
  EXPECT_EQ(SUCCEEDED(code) ? WBEM_S_NO_ERROR : WBEM_E_NOT_FOUND, fresh->GetMethod(L"Do", 0, nullptr, nullptr));
  return code;
}

const Row kMethods[] = {
    {"8.3", "GetMethodGivesTheSignatures",
     [](World& w) {
       const IWbemClassObjectPtr worker = w.Get(L"C_Worker");
       IWbemClassObjectPtr in;
       IWbemClassObjectPtr out;
       EXPECT_EQ(WBEM_S_NO_ERROR, worker->GetMethod(L"work", 0, &in, &out));
       EXPECT_EQ("__PARAMETERS", Text(in, L"__CLASS"));
       EXPECT_EQ("Level", Names(in, WBEM_FLAG_NONSYSTEM_ONLY));
       EXPECT_EQ("Report ReturnValue", Names(out, WBEM_FLAG_NONSYSTEM_ONLY));
       EXPECT_EQ(WBEM_S_NO_ERROR, worker->GetMethod(L"Quiet", 0, &in, &out));
       EXPECT_FALSE(in);
       EXPECT_FALSE(out);
       EXPECT_EQ(WBEM_E_NOT_FOUND, worker->GetMethod(L"Nonsense", 0, &in, &out));
     }},
    {"8.3", "MethodsAreOfClassesOnly",
     [](World& w) {
       const IWbemClassObjectPtr thing = w.Get(L"C_Thing.Name=\"a\"");
       IWbemQualifierSetPtr set;
       EXPECT_EQ(WBEM_E_ILLEGAL_OPERATION, thing->GetMethod(L"Do", 0, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_ILLEGAL_OPERATION, thing->PutMethod(L"Do", 0, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_ILLEGAL_OPERATION, thing->DeleteMethod(L"Do"));
       EXPECT_EQ(WBEM_E_ILLEGAL_OPERATION, thing->BeginMethodEnumeration(0));
       EXPECT_EQ(WBEM_E_ILLEGAL_OPERATION, thing->GetMethodQualifierSet(L"Do", &set));
     }},
    {"8.3", "IdsRunFromZeroWithoutGap",
     [](World& w) {
       EXPECT_EQ(WBEM_S_NO_ERROR, PutMethod(w, {{L"A", 0}, {L"B", 1}}, {{L"C", 2}, {L"ReturnValue", -1}}));
       EXPECT_EQ(WBEM_S_NO_ERROR, PutMethod(w, {{L"A", 0}}, {{L"A", 0}, {L"B", 1}})) << "in and out";
       EXPECT_EQ(WBEM_E_NONCONSECUTIVE_PARAMETER_IDS, PutMethod(w, {{L"A", 0}, {L"B", 2}}, {}));
       EXPECT_EQ(WBEM_E_NONCONSECUTIVE_PARAMETER_IDS, PutMethod(w, {{L"A", 1}}, {}));
       EXPECT_EQ(WBEM_E_NONCONSECUTIVE_PARAMETER_IDS, PutMethod(w, {{L"A", 0}, {L"B", 0}}, {}));
       EXPECT_EQ(WBEM_E_MISSING_PARAMETER_ID, PutMethod(w, {{L"A", 0}, {L"B", -1}}, {}));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER_ID, PutMethod(w, {{L"A", 0}, {L"B", 1}}, {{L"B", 2}}));
       EXPECT_EQ(WBEM_E_PARAMETER_ID_ON_RETVAL, PutMethod(w, {}, {{L"ReturnValue", 0}}));
     }},
    {"8.3", "ParameterInBothDirectionsHasOneType",
     [](World& w) {
       const IWbemClassObjectPtr in = Parameters(w, {{L"A", 0}});
       const IWbemClassObjectPtr out = w.Get(L"__PARAMETERS");
       EXPECT_EQ(WBEM_S_NO_ERROR, out->Put(L"A", 0, nullptr, CIM_STRING));
       _variant_t zero = Number(0);
       EXPECT_EQ(WBEM_S_NO_ERROR, QualifiersOf(out, L"A")->Put(L"ID", &zero, 0));
       EXPECT_EQ(WBEM_E_INVALID_DUPLICATE_PARAMETER, w.NewClass(L"C_New")->PutMethod(L"Do", 0, in, out));
     }},
    {"8.3", "InheritedMethodKeepsItsSignature",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.NewClass(L"C_New", L"C_Worker");
       EXPECT_EQ(WBEM_E_PROPAGATED_METHOD, sub->PutMethod(L"Work", 0, nullptr, nullptr));
       EXPECT_EQ(WBEM_E_PROPAGATED_METHOD, sub->DeleteMethod(L"Work"));
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->PutMethod(L"Quiet", 0, nullptr, nullptr));
       BSTR origin = nullptr;
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->GetMethodOrigin(L"quiet", &origin));
       EXPECT_EQ("C_Worker", Take(origin));
       EXPECT_EQ(WBEM_S_RESET_TO_DEFAULT, sub->DeleteMethod(L"Quiet"));
       EXPECT_EQ(WBEM_E_NOT_FOUND, sub->DeleteMethod(L"Nonsense"));
     }},
    {"8.3", "MethodEnumeration",
     [](World& w) {
       const IWbemClassObjectPtr sub = w.NewClass(L"C_New", L"C_Worker");
       EXPECT_EQ(WBEM_S_NO_ERROR, sub->PutMethod(L"Own", 0, nullptr, nullptr));
       const auto names = [&](long flags) {
         std::string text;
         EXPECT_EQ(WBEM_S_NO_ERROR, sub->BeginMethodEnumeration(flags));
         EXPECT_EQ(WBEM_E_UNEXPECTED, sub->BeginMethodEnumeration(flags));
         BSTR name = nullptr;
         HRESULT next = WBEM_S_NO_ERROR;
         while ((next = sub->NextMethod(0, &name, nullptr, nullptr)) == WBEM_S_NO_ERROR) text += Take(name) + " ";
         EXPECT_EQ(WBEM_S_NO_MORE_DATA, next);
         EXPECT_EQ(WBEM_S_NO_ERROR, sub->EndMethodEnumeration());
         return text;
       };
       EXPECT_EQ("Work Quiet Break Off Never Own ", names(0));
       EXPECT_EQ("Own ", names(WBEM_FLAG_LOCAL_ONLY));
       EXPECT_EQ("Work Quiet Break Off Never ", names(WBEM_FLAG_PROPAGATED_ONLY));
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, sub->BeginMethodEnumeration(WBEM_FLAG_KEYS_ONLY));
       EXPECT_EQ(WBEM_E_UNEXPECTED, sub->NextMethod(0, nullptr, nullptr, nullptr));
     }},
};
WMI_ROWS(ClassObjectMethods, kMethods);

}  // namespace
}  // namespace wmi::conformance
