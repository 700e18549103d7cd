// IWbemServices: the methods that change something, and methods of objects (contract 1.2, 1.3).
#include "support.h"

namespace wmi::conformance {
namespace {

using When = CallRow::When;

// ---- PutInstance ----------------------------------------------------------------------------------------------------

Call PutThing(World& w, const wchar_t* name) { return w.PutInstance(w.NewThing(name)); }

IWbemContextPtr PartialUpdate() {
  IWbemContextPtr context;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemContext, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemContext,
                                   reinterpret_cast<void**>(&context)));
  _variant_t yes(true);
  EXPECT_EQ(WBEM_S_NO_ERROR, context->SetValue(L"__PUT_EXTENSIONS", 0, &yes));
  VARIANT names;
  VariantInit(&names);
  names.vt = VT_ARRAY | VT_BSTR;
  names.parray = SafeArrayCreateVector(VT_BSTR, 0, 1);
  LONG index = 0;
  _bstr_t name(L"Size");
  EXPECT_EQ(S_OK, SafeArrayPutElement(names.parray, &index, static_cast<wchar_t*>(name)));
  EXPECT_EQ(WBEM_S_NO_ERROR, context->SetValue(L"__PUT_EXT_PROPERTIES", 0, &names));
  VariantClear(&names);
  return context;
}

const CallRow kPutInstance[] = {
    {"13.16", "PathComesBack", [](World& w) { return PutThing(w, L"new"); }, 0, 0, {"C_Thing.Name=\"new\""}},
    {"1.2 PutInstance",
     "CreateOrUpdateTakesWhatIsThere",
     [](World& w) { return PutThing(w, L"a"); },
     WBEM_FLAG_CREATE_OR_UPDATE,
     0,
     {"C_Thing.Name=\"a\""}},
    {"1.2 PutInstance",
     "UpdateOnlyTakesWhatIsThere",
     [](World& w) { return PutThing(w, L"a"); },
     WBEM_FLAG_UPDATE_ONLY,
     0,
     {"C_Thing.Name=\"a\""}},
    {"1.2 PutInstance",
     "CreateOnlyTakesWhatIsNew",
     [](World& w) { return PutThing(w, L"new"); },
     WBEM_FLAG_CREATE_ONLY,
     0,
     {"C_Thing.Name=\"new\""}},
    {"1.2 PutInstance",
     "Amended",
     [](World& w) { return PutThing(w, L"a"); },
     WBEM_FLAG_USE_AMENDED_QUALIFIERS,
     0,
     {"C_Thing.Name=\"a\""}},
    {"1.3 PutInstance", "AlreadyExists", [](World& w) { return PutThing(w, L"a"); }, WBEM_FLAG_CREATE_ONLY,
     WBEM_E_ALREADY_EXISTS},
    {"1.3 PutInstance", "NotFound", [](World& w) { return PutThing(w, L"new"); }, WBEM_FLAG_UPDATE_ONLY,
     WBEM_E_NOT_FOUND},
    {"1.1",
     "CreateOnlyAndUpdateOnly",
     [](World& w) { return PutThing(w, L"new"); },
     WBEM_FLAG_CREATE_ONLY | WBEM_FLAG_UPDATE_ONLY,
     WBEM_E_INVALID_PARAMETER,
     {},
     When::kAtOnce},
    {"1.3 PutInstance",
     "ClassInsteadOfInstance",
     [](World& w) { return w.PutInstance(w.Get(L"C_Thing")); },
     0,
     WBEM_E_INVALID_OBJECT,
     {},
     When::kAtOnce},
    {"1.1", "Null", [](World& w) { return w.PutInstance(nullptr); }, 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.3 PutInstance", "ClassHasGone",
     [](World& w) {
       const IWbemClassObjectPtr pair = w.NewInstance(L"C_Pair");
       SetNumber(pair, L"A", 2);
       SetText(pair, L"B", L"y");
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->DeleteClass(Literal(L"C_Pair"), 0, nullptr, nullptr));
       return w.PutInstance(pair);
     },
     0, WBEM_E_INVALID_CLASS},
    {"1.3 PutInstance", "NotNullProperty",
     [](World& w) {
       const IWbemClassObjectPtr strict = w.NewInstance(L"C_Strict");
       SetText(strict, L"Name", L"s");
       return w.PutInstance(strict);
     },
     0, WBEM_E_ILLEGAL_NULL},
    {"1.3 PutInstance", "NoGuidForANumber", [](World& w) { return w.PutInstance(w.NewInstance(L"C_Numbered")); }, 0,
     WBEM_E_ILLEGAL_NULL},
    {"1.3 PutInstance", "NoKey", [](World& w) { return w.PutInstance(w.NewInstance(L"C_Keyless")); }, 0, WBEM_E_NO_KEY},
    {"1.3 PutInstance", "PartialUpdateNeedsUpdateOnly",
     [](World& w) { return w.PutInstance(w.NewThing(L"a"), PartialUpdate()); }, 0, WBEM_E_INVALID_CONTEXT},
    {"1.3 PutInstance",
     "PartialUpdate",
     [](World& w) { return w.PutInstance(w.NewThing(L"a"), PartialUpdate()); },
     WBEM_FLAG_UPDATE_ONLY,
     0,
     {"C_Thing.Name=\"a\""}},
    {"9.3 IWbemServices",
     "ThroughAProvider",
     [](World& w) { return w.PutInstance(ProvidedInstance(w.services, 8)); },
     0,
     0,
     {"C_Provided.Id=\"8\""}},
    {"1.3 PutInstance", "ProviderWithoutPut",
     [](World& w) {
       const IWbemClassObjectPtr registration = w.NewInstance(L"__InstanceProviderRegistration");
       SetText(registration, L"provider", L"__Win32Provider.Name=\"Conformance\"");
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(registration, 0, nullptr, nullptr));
       return w.PutInstance(ProvidedInstance(w.services, 8));
     },
     0, WBEM_E_PROVIDER_NOT_CAPABLE},
};
WMI_CALL_ROWS(PutInstanceRows, kPutInstance);

const Row kPutInstanceEffects[] = {
    {"1.3 PutInstance", "NullKeyBecomesAGuid",
     [](World& w) {
       for (const Form form : {Form::kSemisyncForward, Form::kAsync}) {
         const Outcome put = RunCall(PutThing(w, nullptr), form);
         EXPECT_EQ(WBEM_S_NO_ERROR, put.code);
         const std::size_t length = std::string("C_Thing.Name=\"{00000000-0000-0000-0000-000000000000}\"").size();
         EXPECT_EQ(length, put.text.size()) << put.text;
         const std::wstring path(put.text.begin(), put.text.end());
         EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(path.c_str()));
       }
     }},
    {"1.3 PutInstance", "PartialUpdateWritesTheNamedOnly",
     [](World& w) {
       IWbemClassObjectPtr sub = w.Get(L"C_Sub.Name=\"c\"");
       SetText(sub, L"Extra", L"before");
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(sub, 0, nullptr, nullptr));
       SetText(sub, L"Extra", L"after");
       SetNumber(sub, L"Size", 9);
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutInstance(sub, WBEM_FLAG_UPDATE_ONLY, PartialUpdate(), nullptr));
       sub = w.Get(L"C_Sub.Name=\"c\"");
       EXPECT_EQ("9", Text(sub, L"Size"));
       EXPECT_EQ("before", Text(sub, L"Extra"));
     }},
    {"1.3 PutInstance", "AbstractClassHasNoInstances",
     [](World& w) {
       const IWbemClassObjectPtr concrete = w.NewInstance(L"C_Concrete");
       SetText(concrete, L"Name", L"z");
       // The class became abstract after the instance was spawned.
       IWbemClassObjectPtr abstract_thing;
       const HRESULT spawned = w.Get(L"C_Abstract")->SpawnInstance(0, &abstract_thing);
       if (FAILED(spawned)) return;  // refused even earlier
       SetText(abstract_thing, L"Name", L"z");
       for (const Form form : kAllForms) {
         EXPECT_TRUE(FAILED(RunCall(w.PutInstance(abstract_thing), form).code)) << Name(form);
       }
     }},
};
WMI_ROWS(PutInstanceEffectRows, kPutInstanceEffects);

// ---- DeleteInstance -------------------------------------------------------------------------------------------------

#define DELETE_INSTANCE(path) [](World& w) { return w.DeleteInstance(path); }

const CallRow kDeleteInstance[] = {
    {"1.2 DeleteInstance", "Instance", DELETE_INSTANCE(L"C_Thing.Name=\"a\""), 0, 0, {}},
    {"1.2 DeleteInstance", "ThroughAProvider", DELETE_INSTANCE(L"C_Provided.Id=\"1\""), 0, 0, {}},
    {"1.2 DeleteInstance", "MissingInstance", DELETE_INSTANCE(L"C_Thing.Name=\"z\""), 0, WBEM_E_NOT_FOUND},
    {"1.2 DeleteInstance", "MissingAtTheProvider", DELETE_INSTANCE(L"C_Provided.Id=\"44\""), 0, WBEM_E_NOT_FOUND},
    {"1.2 DeleteInstance", "MissingClass", DELETE_INSTANCE(L"C_Nothing.Name=\"z\""), 0, WBEM_E_INVALID_CLASS},
    {"1.2 DeleteInstance", "ClassInsteadOfInstance", DELETE_INSTANCE(L"C_Thing"), 0, WBEM_E_INVALID_OBJECT_PATH},
    {"1.2 DeleteInstance", "BrokenPath", DELETE_INSTANCE(L"C_Thing.Name="), 0, WBEM_E_INVALID_OBJECT_PATH},
    {"1.1", "Null", DELETE_INSTANCE(nullptr), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.1", "Empty", DELETE_INSTANCE(L""), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"13.17",
     "AmendedIsNotAllowed",
     DELETE_INSTANCE(L"C_Thing.Name=\"a\""),
     WBEM_FLAG_USE_AMENDED_QUALIFIERS,
     WBEM_E_INVALID_PARAMETER,
     {},
     When::kAtOnce},
};
WMI_CALL_ROWS(DeleteInstanceRows, kDeleteInstance);

const Row kDeleteInstanceEffects[] = {
    {"1.2 DeleteInstance", "InstanceIsGoneInEveryForm",
     [](World& w) {
       for (const Form form : kAllForms) {
         ASSERT_EQ(WBEM_S_NO_ERROR, RunCall(PutThing(w, L"t"), Form::kSync).code);
         ASSERT_EQ(WBEM_S_NO_ERROR, w.Exists(L"C_Thing='t'"));
         EXPECT_EQ(WBEM_S_NO_ERROR, RunCall(w.DeleteInstance(L"C_Thing='t'"), form).code);
         EXPECT_EQ(WBEM_E_NOT_FOUND, w.Exists(L"C_Thing='t'")) << Name(form);
       }
     }},
    {"1.3 DeleteInstance", "PathOfASuperclassReachesTheSubclass",
     [](World& w) {
       EXPECT_EQ(WBEM_S_NO_ERROR, RunCall(w.DeleteInstance(L"C_Thing.Name=\"c\""), Form::kSync).code);
       EXPECT_EQ(WBEM_E_NOT_FOUND, w.Exists(L"C_Sub.Name=\"c\""));
     }},
};
WMI_ROWS(DeleteInstanceEffectRows, kDeleteInstanceEffects);

// ---- PutClass and DeleteClass ---------------------------------------------------------------------------------------

// The class with one more property.
Call PutChanged(World& w, const wchar_t* name) {
  const IWbemClassObjectPtr schema = w.Get(name);
  EXPECT_EQ(WBEM_S_NO_ERROR, schema->Put(L"More", 0, nullptr, CIM_STRING));
  return w.PutClass(schema);
}

const CallRow kPutClass[] = {
    {"1.3 PutClass", "New", [](World& w) { return w.PutClass(w.NewClass(L"C_New")); }, WBEM_FLAG_CREATE_ONLY, 0, {}},
    {"1.3 PutClass", "Derived", [](World& w) { return w.PutClass(w.NewClass(L"C_New", L"C_Thing")); }, 0, 0, {}},
    {"1.3 PutClass",
     "CompatibleWithoutInstancesAndSubclasses",
     [](World& w) { return PutChanged(w, L"C_Numbered"); },
     WBEM_FLAG_UPDATE_ONLY,
     0,
     {}},
    {"1.3 PutClass",
     "SafeTakesSubclasses",
     [](World& w) {
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(w.NewClass(L"C_New"), 0, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(w.NewClass(L"C_Newer", L"C_New"), 0, nullptr, nullptr));
       return PutChanged(w, L"C_New");
     },
     WBEM_FLAG_UPDATE_SAFE_MODE,
     0,
     {}},
    {"1.2 PutClass",
     "OwnerUpdate",
     [](World& w) { return PutChanged(w, L"C_Numbered"); },
     WBEM_FLAG_OWNER_UPDATE,
     0,
     {}},
    {"1.3 PutClass", "AlreadyExists", [](World& w) { return w.PutClass(w.Get(L"C_Numbered")); }, WBEM_FLAG_CREATE_ONLY,
     WBEM_E_ALREADY_EXISTS},
    {"1.3 PutClass", "NotFound", [](World& w) { return w.PutClass(w.NewClass(L"C_New")); }, WBEM_FLAG_UPDATE_ONLY,
     WBEM_E_NOT_FOUND},
    {"1.3 PutClass", "WithoutAName", [](World& w) { return w.PutClass(w.Get(nullptr)); }, 0, WBEM_E_INCOMPLETE_CLASS},
    {"1.3 PutClass", "SystemClass", [](World& w) { return PutChanged(w, L"__Win32Provider"); }, 0,
     WBEM_E_INVALID_OPERATION},
    {"1.3 PutClass", "HasInstances", [](World& w) { return PutChanged(w, L"C_Pair"); }, 0, WBEM_E_CLASS_HAS_INSTANCES},
    {"1.3 PutClass", "HasInstancesInSafeMode", [](World& w) { return PutChanged(w, L"C_Pair"); },
     WBEM_FLAG_UPDATE_SAFE_MODE, WBEM_E_CLASS_HAS_INSTANCES},
    {"1.3 PutClass", "HasChildren",
     [](World& w) {
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(w.NewClass(L"C_New"), 0, nullptr, nullptr));
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(w.NewClass(L"C_Newer", L"C_New"), 0, nullptr, nullptr));
       return PutChanged(w, L"C_New");
     },
     0, WBEM_E_CLASS_HAS_CHILDREN},
    {"1.3 PutClass",
     "InstanceInsteadOfClass",
     [](World& w) { return w.PutClass(w.NewThing(L"x")); },
     0,
     WBEM_E_INVALID_OBJECT,
     {},
     When::kAtOnce},
    {"1.1", "Null", [](World& w) { return w.PutClass(nullptr); }, 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.1",
     "CreateOnlyAndUpdateOnly",
     [](World& w) { return w.PutClass(w.NewClass(L"C_New")); },
     WBEM_FLAG_CREATE_ONLY | WBEM_FLAG_UPDATE_ONLY,
     WBEM_E_INVALID_PARAMETER,
     {},
     When::kAtOnce},
};
WMI_CALL_ROWS(PutClassRows, kPutClass);

#define DROP(name) [](World& w) { return w.DeleteClass(name); }

const CallRow kDeleteClass[] = {
    {"1.3 DeleteClass", "Class", DROP(L"C_Numbered"), 0, 0, {}},
    {"1.2 DeleteClass", "OwnerUpdate", DROP(L"C_Numbered"), WBEM_FLAG_OWNER_UPDATE, 0, {}},
    {"1.1", "MissingClass", DROP(L"C_Nothing"), 0, WBEM_E_NOT_FOUND},
    {"1.3 DeleteClass", "SystemClass", DROP(L"__Win32Provider"), 0, WBEM_E_INVALID_OPERATION},
    {"1.1", "Null", DROP(nullptr), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.1", "Empty", DROP(L""), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
};
WMI_CALL_ROWS(DeleteClassRows, kDeleteClass);

const Row kClassEffects[] = {
    {"1.3 PutClass", "NamesWithAnUnderscoreAtAnEndAreRefused",
     [](World& w) {
       for (const wchar_t* name : {L"_New", L"New_", L"__New"}) {
         const IWbemClassObjectPtr schema = w.Get(nullptr);
         _variant_t value(name);
         if (FAILED(schema->Put(L"__CLASS", 0, &value, 0))) continue;  // refused even earlier
         for (const Form form : kAllForms) {
           EXPECT_EQ(WBEM_E_INVALID_OPERATION, RunCall(w.PutClass(schema), form).code) << Narrow(name);
         }
       }
       for (const wchar_t* name : {L"_New", L"New_", L"__New"}) EXPECT_EQ(WBEM_E_NOT_FOUND, w.Exists(name));
     }},
    {"1.3 DeleteClass", "TakesSubclassesAndInstancesAlong",
     [](World& w) {
       const IWbemClassObjectPtr thing = w.Get(L"C_Thing");
       EXPECT_EQ(WBEM_S_NO_ERROR, RunCall(w.DeleteClass(L"C_Thing"), Form::kAsync).code);
       for (const wchar_t* path : {L"C_Thing", L"C_Sub", L"C_Leaf"}) {
         EXPECT_EQ(WBEM_E_NOT_FOUND, w.Exists(path)) << Narrow(path);
       }
       for (const wchar_t* path : {L"C_Thing='a'", L"C_Sub='c'"}) EXPECT_TRUE(FAILED(w.Exists(path))) << Narrow(path);
       // Nor do they come back with the class.
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->PutClass(thing, 0, nullptr, nullptr));
       EXPECT_TRUE(RunCall(w.CreateInstanceEnum(L"C_Thing"), Form::kSync).objects.empty());
     }},
    {"1.3 DeleteClass", "NoWildCards",
     [](World& w) {
       for (const Form form : kAllForms) {
         EXPECT_TRUE(FAILED(RunCall(w.DeleteClass(L"C_Num*"), form).code));
         EXPECT_TRUE(FAILED(RunCall(w.DeleteClass(L"C_Num%"), form).code));
       }
       EXPECT_EQ(WBEM_S_NO_ERROR, w.Exists(L"C_Numbered"));
     }},
};
WMI_ROWS(ClassEffectRows, kClassEffects);

// ---- ExecMethod -----------------------------------------------------------------------------------------------------

#define METHOD(path, method) [](World& w) { return w.ExecMethod(path, method); }

const CallRow kMethod[] = {
    {"13.16",
     "OutParametersOfAClassMethod",
     [](World& w) { return w.ExecMethod(L"C_Worker", L"Work", w.WorkParameters(3)); },
     0,
     0,
     {"__PARAMETERS"}},
    {"1.3 ExecMethod",
     "StaticMethodOnAnInstance",
     [](World& w) { return w.ExecMethod(L"C_Worker.Id=\"1\"", L"Work", w.WorkParameters(3)); },
     0,
     0,
     {"__PARAMETERS"}},
    {"0.7",
     "NameInAnotherCase",
     [](World& w) { return w.ExecMethod(L"c_worker", L"WORK", w.WorkParameters(3)); },
     0,
     0,
     {"__PARAMETERS"}},
    {"1.3 ExecMethod", "VoidMethodGivesNothing", METHOD(L"C_Worker.Id=\"1\"", L"Quiet"), 0, 0, {}},
    {"1.3 ExecMethod", "UnknownMethod", METHOD(L"C_Worker.Id=\"1\"", L"Nothing"), 0, WBEM_E_INVALID_METHOD},
    {"1.3 ExecMethod", "NotImplemented", METHOD(L"C_Worker.Id=\"1\"", L"Never"), 0, WBEM_E_METHOD_NOT_IMPLEMENTED},
    {"1.3 ExecMethod", "Disabled", METHOD(L"C_Worker.Id=\"1\"", L"Off"), 0, WBEM_E_METHOD_DISABLED},
    {"1.3 ExecMethod", "ParametersOfAnotherClass",
     [](World& w) { return w.ExecMethod(L"C_Worker", L"Work", w.NewThing(L"x")); }, 0,
     WBEM_E_INVALID_METHOD_PARAMETERS},
    {"1.3 ExecMethod", "ParametersWhereThereAreNone",
     [](World& w) { return w.ExecMethod(L"C_Worker.Id=\"1\"", L"Quiet", w.WorkParameters(1)); }, 0,
     WBEM_E_INVALID_METHOD_PARAMETERS},
    {"1.3 ExecMethod",
     "ClassInsteadOfParameters",
     [](World& w) { return w.ExecMethod(L"C_Worker", L"Work", w.Get(L"C_Thing")); },
     0,
     WBEM_E_INVALID_OBJECT,
     {},
     When::kAtOnce},
    {"1.3 ExecMethod", "ProviderFails", METHOD(L"C_Worker.Id=\"1\"", L"Break"), 0, WBEM_E_PROVIDER_FAILURE},
    {"1.3 ExecMethod", "MissingInstance", METHOD(L"C_Thing.Name=\"z\"", L"Quiet"), 0, WBEM_E_NOT_FOUND},
    {"1.1", "NullPath", METHOD(nullptr, L"Quiet"), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.1", "NullMethod", METHOD(L"C_Worker", nullptr), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
    {"1.1", "EmptyMethod", METHOD(L"C_Worker", L""), 0, WBEM_E_INVALID_PARAMETER, {}, When::kAtOnce},
};
WMI_READING_CALL_ROWS(MethodRows, kMethod);

}  // namespace
}  // namespace wmi::conformance
