// IWbemServices: the methods that read (contract 1.2, 1.3).
#include <algorithm>

#include "support.h"

namespace wmi::conformance {
namespace {

using When = CallRow::When;

// ---- GetObject ------------------------------------------------------------------------------------------------------

#define GET(path) [](World& w) { return w.GetObject(path); }

const CallRow kGetObject[] = {
    {"1.3 GetObject", "Class", GET(L"C_Thing"), 0, WBEM_S_NO_ERROR, {"C_Thing"}},
    {"0.7", "ClassInAnotherCase", GET(L"c_THING"), 0, WBEM_S_NO_ERROR, {"C_Thing"}},
    {"1.3 GetObject", "InstanceByKey", GET(L"C_Thing.Name=\"a\""), 0, WBEM_S_NO_ERROR, {"C_Thing.Name=\"a\""}},
    {"1.3 GetObject", "SingleQuotes", GET(L"C_Thing.Name='a'"), 0, WBEM_S_NO_ERROR, {"C_Thing.Name=\"a\""}},
    {"1.3 GetObject", "OneKeyNeedsNoName", GET(L"C_Thing=\"b\""), 0, WBEM_S_NO_ERROR, {"C_Thing.Name=\"b\""}},
    {"1.3 GetObject", "TwoKeys", GET(L"C_Pair.A=1,B=\"x\""), 0, WBEM_S_NO_ERROR, {"C_Pair.A=1,B=\"x\""}},
    {"1.3 GetObject", "KeysInAnyOrder", GET(L"C_Pair.B=\"x\",A=1"), 0, WBEM_S_NO_ERROR, {"C_Pair.A=1,B=\"x\""}},
    {"1.3 GetObject", "Singleton", GET(L"C_One=@"), 0, WBEM_S_NO_ERROR, {"C_One=@"}},
    {"1.3 GetObject", "SubclassInstance", GET(L"C_Sub.Name=\"c\""), 0, WBEM_S_NO_ERROR, {"C_Sub.Name=\"c\""}},
    {"1.3 GetObject",
     "WithItsNamespace",
     GET((w.name_space() + L":C_Thing.Name=\"a\"").c_str()),
     0,
     WBEM_S_NO_ERROR,
     {"C_Thing.Name=\"a\""}},
    {"1.3 GetObject",
     "WithServerAndNamespace",
     GET((L"\\\\.\\" + w.name_space() + L":C_Thing.Name=\"a\"").c_str()),
     0,
     WBEM_S_NO_ERROR,
     {"C_Thing.Name=\"a\""}},
    {"1.3 GetObject", "NullGivesAnEmptyClass", GET(nullptr), 0, WBEM_S_NO_ERROR, {"(null)"}},
    {"1.3 GetObject", "EmptyGivesAnEmptyClass", GET(L""), 0, WBEM_S_NO_ERROR, {"(null)"}},
    {"1.3 GetObject", "OfAProvider", GET(L"C_Provided.Id=\"2\""), 0, WBEM_S_NO_ERROR, {"C_Provided.Id=\"2\""}},
    {"1.2 GetObject",
     "DirectRead",
     GET(L"C_Thing.Name=\"a\""),
     WBEM_FLAG_DIRECT_READ,
     WBEM_S_NO_ERROR,
     {"C_Thing.Name=\"a\""}},
    {"1.2 GetObject", "Amended", GET(L"C_Thing"), WBEM_FLAG_USE_AMENDED_QUALIFIERS, WBEM_S_NO_ERROR, {"C_Thing"}},
    {"1.3 GetObject", "MissingClass", GET(L"C_Nothing"), 0, WBEM_E_NOT_FOUND},
    {"1.3 GetObject", "MissingInstance", GET(L"C_Thing.Name=\"z\""), 0, WBEM_E_NOT_FOUND},
    {"1.3 GetObject", "MissingInstanceOfAProvider", GET(L"C_Provided.Id=\"77\""), 0, WBEM_E_NOT_FOUND},
    {"1.3 GetObject", "BrokenPath", GET(L"C_Thing.Name="), 0, WBEM_E_INVALID_OBJECT_PATH},
    {"1.3 GetObject", "KeyThatIsNone", GET(L"C_Thing.Size=1"), 0, WBEM_E_INVALID_OBJECT_PATH},
    {"1.3 GetObject", "AnotherNamespace", GET(L"root\\cimv2:Win32_Process"), 0, WBEM_E_INVALID_OBJECT_PATH},
    {"1.3 GetObject", "ProviderNotThere", GET(L"C_Orphan.Id=\"1\""), 0, WBEM_E_PROVIDER_NOT_FOUND},
};
WMI_READING_CALL_ROWS(GetObjectRows, kGetObject);

// ---- CreateClassEnum ------------------------------------------------------------------------------------------------

#define CLASSES(name) [](World& w) { return w.CreateClassEnum(name); }

const CallRow kClassEnum[] = {
    {"1.3 CreateClassEnum", "AllDescendants", CLASSES(L"C_Thing"), WBEM_FLAG_DEEP, 0, {"C_Leaf", "C_Sub"}},
    {"1.3 CreateClassEnum", "DirectSubclasses", CLASSES(L"C_Thing"), WBEM_FLAG_SHALLOW, 0, {"C_Sub"}},
    {"1.3 CreateClassEnum", "TheClassItselfIsNotIn", CLASSES(L"C_Leaf"), WBEM_FLAG_DEEP, 0, {}},
    {"0.7", "InAnotherCase", CLASSES(L"c_thing"), WBEM_FLAG_SHALLOW, 0, {"C_Sub"}},
    {"1.2 CreateClassEnum", "Amended", CLASSES(L"C_Sub"), WBEM_FLAG_USE_AMENDED_QUALIFIERS, 0, {"C_Leaf"}},
    {"1.3 CreateClassEnum", "MissingClass", CLASSES(L"C_Nothing"), WBEM_FLAG_DEEP, WBEM_E_INVALID_CLASS},
};
WMI_READING_CALL_ROWS(ClassEnumRows, kClassEnum);

const Row kClassEnumFromTheTop[] = {
    {"1.3 CreateClassEnum", "ShallowFromTheTopGivesTopLevelClasses",
     [](World& w) {
       for (const Form form : kAllForms) {
         for (const wchar_t* top : {static_cast<const wchar_t*>(nullptr), L""}) {
           const std::vector<std::string> names = RunCall(w.CreateClassEnum(top), form, WBEM_FLAG_SHALLOW).Names();
           EXPECT_EQ(1, std::count(names.begin(), names.end(), "C_Thing"));
           EXPECT_EQ(1, std::count(names.begin(), names.end(), "C_Pair"));
           EXPECT_EQ(0, std::count(names.begin(), names.end(), "C_Sub"));
           EXPECT_EQ(0, std::count(names.begin(), names.end(), "C_Event"));
         }
       }
     }},
    {"1.3 CreateClassEnum", "DeepFromTheTopGivesEveryClass",
     [](World& w) {
       for (const Form form : kAllForms) {
         const std::vector<std::string> names = RunCall(w.CreateClassEnum(nullptr), form, WBEM_FLAG_DEEP).Names();
         for (const char* name : {"C_Thing", "C_Sub", "C_Leaf", "C_Event", "__SystemClass", "__ExtendedStatus"}) {
           EXPECT_EQ(1, std::count(names.begin(), names.end(), name)) << name;
         }
       }
     }},
};
WMI_ROWS(ClassEnumFromTheTopRows, kClassEnumFromTheTop);

// ---- CreateInstanceEnum ---------------------------------------------------------------------------------------------

#define INSTANCES(name) [](World& w) { return w.CreateInstanceEnum(name); }

const CallRow kInstanceEnum[] = {
    {"1.3 CreateInstanceEnum",
     "OfTheClassAndItsDescendants",
     INSTANCES(L"C_Thing"),
     WBEM_FLAG_DEEP,
     0,
     {"C_Sub.Name=\"c\"", "C_Thing.Name=\"a\"", "C_Thing.Name=\"b\""}},
    {"1.3 CreateInstanceEnum",
     "OfExactlyTheClass",
     INSTANCES(L"C_Thing"),
     WBEM_FLAG_SHALLOW,
     0,
     {"C_Thing.Name=\"a\"", "C_Thing.Name=\"b\""}},
    {"1.3 CreateInstanceEnum",
     "OfAnAbstractClass",
     INSTANCES(L"C_Abstract"),
     WBEM_FLAG_DEEP,
     0,
     {"C_Concrete.Name=\"k\""}},
    {"1.1", "NoneIsASuccess", INSTANCES(L"C_Numbered"), 0, 0, {}},
    {"0.7", "InAnotherCase", INSTANCES(L"C_PAIR"), 0, 0, {"C_Pair.A=1,B=\"x\""}},
    {"1.2 CreateInstanceEnum",
     "DirectRead",
     INSTANCES(L"C_Thing"),
     WBEM_FLAG_DIRECT_READ,
     0,
     {"C_Thing.Name=\"a\"", "C_Thing.Name=\"b\""}},
    {"9.3 IWbemServices",
     "OfAProvider",
     INSTANCES(L"C_Provided"),
     0,
     0,
     {"C_Provided.Id=\"0\"", "C_Provided.Id=\"1\"", "C_Provided.Id=\"2\""}},
    {"1.3 CreateInstanceEnum", "MissingClass", INSTANCES(L"C_Nothing"), 0, WBEM_E_INVALID_CLASS},
    {"1.3 CreateInstanceEnum", "Null", INSTANCES(nullptr), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.3 CreateInstanceEnum", "Empty", INSTANCES(L""), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.3 GetObject", "ProviderNotThere", INSTANCES(L"C_Orphan"), 0, WBEM_E_PROVIDER_NOT_FOUND},
};
WMI_READING_CALL_ROWS(InstanceEnumRows, kInstanceEnum);

// ---- ExecQuery ------------------------------------------------------------------------------------------------------

#define QUERY(text) [](World& w) { return w.ExecQuery(text); }

std::wstring ManyTerms() {
  std::wstring query = L"SELECT * FROM C_Thing WHERE Size = 0";
  for (int i = 1; i < 5000; ++i) query += L" OR Size = " + std::to_wstring(i);
  return query;
}

const CallRow kQuery[] = {
    {"1.2 ExecQuery",
     "Instances",
     QUERY(L"SELECT * FROM C_Thing"),
     0,
     0,
     {"C_Sub.Name=\"c\"", "C_Thing.Name=\"a\"", "C_Thing.Name=\"b\""}},
    {"1.2 ExecQuery", "Where", QUERY(L"SELECT * FROM C_Thing WHERE Size > 1"), 0, 0, {"C_Thing.Name=\"b\""}},
    {"0.7", "InAnotherCase", QUERY(L"select * from c_thing where SIZE = 1"), 0, 0, {"C_Thing.Name=\"a\""}},
    {"1.3 ExecQuery", "NoMatchIsASuccess", QUERY(L"SELECT * FROM C_Thing WHERE Size = 99"), 0, 0, {}},
    {"1.2 ExecQuery",
     "Classes",
     QUERY(L"SELECT * FROM meta_class WHERE __this ISA \"C_Sub\""),
     0,
     0,
     {"C_Leaf", "C_Sub"}},
    {"1.3 ExecQuery",
     "Prototype",
     QUERY(L"SELECT * FROM C_Thing WHERE Size = 99"),
     WBEM_FLAG_PROTOTYPE,
     0,
     {"C_Thing"}},
    {"1.3 ExecQuery", "KeysLeftOut", QUERY(L"SELECT Size FROM C_Thing WHERE Size = 1"), 0, 0, {"C_Thing"}},
    {"1.3 ExecQuery",
     "EnsureLocatable",
     QUERY(L"SELECT Size FROM C_Thing WHERE Size = 1"),
     WBEM_FLAG_ENSURE_LOCATABLE,
     0,
     {"C_Thing.Name=\"a\""}},
    {"1.3 ExecQuery",
     "DirectRead",
     QUERY(L"SELECT * FROM C_Thing"),
     WBEM_FLAG_DIRECT_READ,
     0,
     {"C_Thing.Name=\"a\"", "C_Thing.Name=\"b\""}},
    {"9.3 IWbemServices",
     "OfAProviderFilteredHere",
     QUERY(L"SELECT * FROM C_Provided WHERE Number > 0"),
     0,
     0,
     {"C_Provided.Id=\"1\"", "C_Provided.Id=\"2\""}},
    {"1.3 ExecQuery",
     "LanguageInAnotherCase",
     [](World& w) { return w.ExecQuery(L"SELECT * FROM C_Pair", L"wql"); },
     0,
     0,
     {"C_Pair.A=1,B=\"x\""}},
    {"1.3 ExecQuery",
     "AnotherLanguage",
     [](World& w) { return w.ExecQuery(L"SELECT * FROM C_Pair", L"SQL"); },
     0,
     WBEM_E_INVALID_QUERY_TYPE,
     {},
     When::kAtOnce},
    {"1.1",
     "NullLanguage",
     [](World& w) { return w.ExecQuery(L"SELECT * FROM C_Pair", nullptr); },
     0,
     WBEM_E_INVALID_PARAMETER,
     {},
     When::kAtOnce},
    {"1.3 ExecQuery", "NullQuery", QUERY(nullptr), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.3 ExecQuery", "Syntax", QUERY(L"SELECT FROM WHERE"), 0, WBEM_E_INVALID_QUERY},
    {"1.3 ExecQuery", "MissingClass", QUERY(L"SELECT * FROM C_Nothing"), 0, WBEM_E_INVALID_CLASS},
    {"1.3 ExecQuery", "MissingProperty", QUERY(L"SELECT * FROM C_Thing WHERE Nothing = 1"), 0, WBEM_E_INVALID_QUERY},
    {"1.3 ExecQuery", "TooManyTerms", QUERY(ManyTerms().c_str()), 0, WBEM_E_QUOTA_VIOLATION},
    {"1.3 GetObject", "ProviderNotThere", QUERY(L"SELECT * FROM C_Orphan"), 0, WBEM_E_PROVIDER_NOT_FOUND},
};
WMI_READING_CALL_ROWS(QueryRows, kQuery);

}  // namespace
}  // namespace wmi::conformance
