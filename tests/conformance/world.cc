// The namespace of a test: what is in it, and the calls it offers.
#include <unistd.h>

#include <atomic>
#include <initializer_list>

#include "support.h"

namespace wmi::conformance {
namespace {

constexpr long kInherited = WBEM_FLAVOR_FLAG_PROPAGATE_TO_INSTANCE | WBEM_FLAVOR_FLAG_PROPAGATE_TO_DERIVED_CLASS;

// Copies, because a call keeps what it is called with; null stays null.
class TextArgument {
 public:
  explicit TextArgument(const wchar_t* text) : given_(text != nullptr), text_(given_ ? text : L"") {}
  BSTR get() const { return given_ ? Literal(text_.c_str()) : nullptr; }

 private:
  bool given_;
  std::wstring text_;
};

void Ok(HRESULT code, const char* what) {
  if (code == WBEM_S_NO_ERROR) return;
  ADD_FAILURE() << what << std::hex << ": 0x" << code << " " << Text(TakeErrorObject(), L"Description");
}

// A class, property by property.
class ClassBuilder {
 public:
  ClassBuilder(World& world, const wchar_t* name, const wchar_t* superclass = nullptr)
      : world_(world), schema_(world.NewClass(name, superclass)) {}

  ClassBuilder& Property(const wchar_t* name, CIMTYPE type, std::initializer_list<const wchar_t*> qualifiers = {}) {
    if (!schema_) return *this;
    Ok(schema_->Put(name, 0, nullptr, type), "Put of a property");
    IWbemQualifierSetPtr set;
    Ok(schema_->GetPropertyQualifierSet(name, &set), "GetPropertyQualifierSet");
    for (const wchar_t* qualifier : qualifiers) PutTrue(set, qualifier);
    return *this;
  }
  ClassBuilder& Qualifier(const wchar_t* name) {
    IWbemQualifierSetPtr set = Qualifiers();
    if (set) PutTrue(set, name, 0);  // not for derived classes: abstract would spread
    return *this;
  }
  ClassBuilder& Provider(const wchar_t* provider) {
    Qualifier(L"dynamic");
    IWbemQualifierSetPtr set = Qualifiers();
    _variant_t name(provider);
    if (set) Ok(set->Put(L"provider", &name, 0), "provider");
    return *this;
  }
  ClassBuilder& Method(const wchar_t* name, IWbemClassObject* in, IWbemClassObject* out,
                       std::initializer_list<const wchar_t*> qualifiers) {
    if (!schema_) return *this;
    Ok(schema_->PutMethod(name, 0, in, out), "PutMethod");
    IWbemQualifierSetPtr set;
    Ok(schema_->GetMethodQualifierSet(name, &set), "GetMethodQualifierSet");
    for (const wchar_t* qualifier : qualifiers) PutTrue(set, qualifier);
    return *this;
  }
  void Put() {
    if (schema_) Ok(world_.services->PutClass(schema_, 0, nullptr, nullptr), "PutClass");
  }

 private:
  static void PutTrue(IWbemQualifierSet* set, const wchar_t* name, long flavor = kInherited) {
    _variant_t yes(true);
    Ok(set->Put(name, &yes, flavor), "Put of a qualifier");
  }
  IWbemQualifierSetPtr Qualifiers() {
    IWbemQualifierSetPtr set;
    if (schema_) Ok(schema_->GetQualifierSet(&set), "GetQualifierSet");
    return set;
  }

  World& world_;
  IWbemClassObjectPtr schema_;
};

// A parameter list with one parameter.
IWbemClassObjectPtr Parameters(World& world, const wchar_t* name, CIMTYPE type, const wchar_t* direction, long id) {
  IWbemClassObjectPtr list = world.NewClass(L"__PARAMETERS");
  Ok(list->Put(name, 0, nullptr, type), "parameter");
  IWbemQualifierSetPtr set;
  Ok(list->GetPropertyQualifierSet(name, &set), "GetPropertyQualifierSet");
  _variant_t yes(true);
  _variant_t number(id, VT_I4);
  Ok(set->Put(direction, &yes, 0), "direction");
  Ok(set->Put(L"ID", &number, 0), "ID");
  return list;
}

// Once in a process.
void EnsureProcess() {
  static const bool done = [] {
    Ok(CoInitializeEx(nullptr, COINIT_MULTITHREADED), "CoInitializeEx");
    Ok(CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE,
                            nullptr, EOAC_NONE, nullptr),
       "CoInitializeSecurity");
    return true;
  }();
  (void)done;
}

IWbemClassObjectPtr NamespaceInstance(IWbemServices* root, const std::wstring& name) {
  IWbemClassObjectPtr schema;
  IWbemClassObjectPtr instance;
  Ok(root->GetObject(Literal(L"__NAMESPACE"), 0, nullptr, &schema, nullptr), "__NAMESPACE");
  if (!schema) return nullptr;
  Ok(schema->SpawnInstance(0, &instance), "SpawnInstance");
  SetText(instance, L"Name", name.c_str());
  return instance;
}

}  // namespace

// ---- beginning and end ----------------------------------------------------------------------------------------------

World::World() {
  static std::atomic<int> count = 0;
  EnsureProcess();
  UseScript(provider);
  name_ = L"conformance_" + std::to_wstring(getpid()) + L"_" + std::to_wstring(++count);
  name_space_ = L"root\\" + name_;
  const IWbemServicesPtr root = Connect(L"root");
  if (!root) return;
  Ok(root->PutInstance(NamespaceInstance(root, name_), WBEM_FLAG_CREATE_ONLY, nullptr, nullptr), "PutInstance");
  services = Connect(name_space_);
  if (!services) return;
  MakeClasses();
  MakeInstances();
  RegisterProvider();
}

World::~World() {
  provider->Close();
  for (const SinkLogPtr& log : logs_) log->ExpectOrderly();
  events_ = nullptr;
  services = nullptr;
  const IWbemServicesPtr root = Connect(L"root");
  const std::wstring path = L"__NAMESPACE.Name=\"" + name_ + L"\"";
  if (root) Ok(root->DeleteInstance(Literal(path.c_str()), 0, nullptr, nullptr), "deleting the namespace");
}

IWbemLocatorPtr World::Locator() {
  EnsureProcess();
  IWbemLocatorPtr locator;
  Ok(CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                      reinterpret_cast<void**>(&locator)),
     "CoCreateInstance");
  return locator;
}

IWbemServicesPtr World::Connect(const std::wstring& name_space) {
  IWbemServicesPtr connected;
  const IWbemLocatorPtr locator = Locator();
  Ok(locator->ConnectServer(Literal(name_space.c_str()), nullptr, nullptr, nullptr, 0, nullptr, nullptr, &connected),
     "ConnectServer");
  return connected;
}

void World::MakeClasses() {
  ClassBuilder(*this, L"C_Thing").Property(L"Name", CIM_STRING, {L"key"}).Property(L"Size", CIM_UINT32).Put();
  ClassBuilder(*this, L"C_Sub", L"C_Thing").Property(L"Extra", CIM_STRING).Put();
  ClassBuilder(*this, L"C_Leaf", L"C_Sub").Put();
  ClassBuilder(*this, L"C_Pair").Property(L"A", CIM_SINT32, {L"key"}).Property(L"B", CIM_STRING, {L"key"}).Put();
  ClassBuilder(*this, L"C_One").Qualifier(L"singleton").Property(L"Label", CIM_STRING).Put();
  ClassBuilder(*this, L"C_Abstract").Qualifier(L"abstract").Property(L"Name", CIM_STRING, {L"key"}).Put();
  ClassBuilder(*this, L"C_Concrete", L"C_Abstract").Put();
  ClassBuilder(*this, L"C_Numbered").Property(L"Id", CIM_UINT32, {L"key"}).Put();
  ClassBuilder(*this, L"C_Keyless").Property(L"Label", CIM_STRING).Put();
  ClassBuilder(*this, L"C_Strict")
      .Property(L"Name", CIM_STRING, {L"key"})
      .Property(L"Must", CIM_STRING, {L"not_null"})
      .Put();
  ClassBuilder(*this, L"C_Values")
      .Property(L"Name", CIM_STRING, {L"key"})
      .Property(L"U64", CIM_UINT64)
      .Property(L"U32", CIM_UINT32)
      .Property(L"U16", CIM_UINT16)
      .Property(L"S8", CIM_SINT8)
      .Property(L"Nothing", CIM_STRING)
      .Put();
  ClassBuilder(*this, L"C_Event", L"__ExtrinsicEvent").Property(L"Text", CIM_STRING).Put();
  ClassBuilder(*this, L"C_Orphan").Provider(L"Nobody").Property(L"Id", CIM_STRING, {L"key"}).Put();
  ClassBuilder(*this, L"C_Provided")
      .Provider(kProviderName)
      .Property(L"Id", CIM_STRING, {L"key"})
      .Property(L"Number", CIM_UINT32)
      .Put();
  const IWbemClassObjectPtr in = Parameters(*this, L"Level", CIM_UINT32, L"in", 0);
  const IWbemClassObjectPtr out = Parameters(*this, L"Report", CIM_STRING, L"out", 1);
  Ok(out->Put(L"ReturnValue", 0, nullptr, CIM_UINT32), "ReturnValue");
  ClassBuilder(*this, L"C_Worker")
      .Provider(kProviderName)
      .Qualifier(L"Bypass_GetObject")
      .Property(L"Id", CIM_STRING, {L"key"})
      .Method(L"Work", in, out, {L"implemented", L"static"})
      .Method(L"Quiet", nullptr, nullptr, {L"implemented"})
      .Method(L"Break", nullptr, nullptr, {L"implemented"})
      .Method(L"Off", nullptr, nullptr, {L"implemented", L"disabled"})
      .Method(L"Never", nullptr, nullptr, {})
      .Put();
}

void World::MakeInstances() {
  const auto put = [&](const IWbemClassObjectPtr& object) {
    if (object) Ok(services->PutInstance(object, WBEM_FLAG_CREATE_ONLY, nullptr, nullptr), "PutInstance");
  };
  put(NewThing(L"a", 1));
  put(NewThing(L"b", 2));
  const auto named = [&](const wchar_t* class_name, const wchar_t* name) {
    IWbemClassObjectPtr object = NewInstance(class_name);
    if (object) SetText(object, L"Name", name);
    return object;
  };
  put(named(L"C_Sub", L"c"));
  put(named(L"C_Concrete", L"k"));
  const IWbemClassObjectPtr pair = NewInstance(L"C_Pair");
  if (pair) SetNumber(pair, L"A", 1);
  if (pair) SetText(pair, L"B", L"x");
  put(pair);
  put(NewInstance(L"C_One"));
}

void World::RegisterProvider() {
  const IWbemClassObjectPtr entry = NewInstance(L"__Win32Provider");
  if (!entry) return;
  SetText(entry, L"Name", kProviderName);
  SetText(entry, L"CLSID", kProviderClassText);
  Ok(services->PutInstance(entry, 0, nullptr, nullptr), "__Win32Provider");
  const std::wstring reference = std::wstring(L"__Win32Provider.Name=\"") + kProviderName + L"\"";
  for (const wchar_t* kind : {L"__InstanceProviderRegistration", L"__MethodProviderRegistration"}) {
    const IWbemClassObjectPtr registration = NewInstance(kind);
    if (!registration) return;
    SetText(registration, L"provider", reference.c_str());
    if (kind[2] == L'I') {
      for (const wchar_t* can : {L"SupportsGet", L"SupportsPut", L"SupportsDelete", L"SupportsEnumeration"}) {
        _variant_t yes(true);
        Ok(registration->Put(can, 0, &yes, 0), "Supports");
      }
    }
    Ok(services->PutInstance(registration, 0, nullptr, nullptr), "registration");
  }
}

// ---- calls ----------------------------------------------------------------------------------------------------------

Call World::GetObject(const wchar_t* path, IWbemContext* context) {
  IWbemServicesPtr s = services;
  const TextArgument text(path);
  const IWbemContextPtr c(context);
  return {"GetObject",
          Call::Gives::kObject,
          {},
          [=](long flags, IWbemClassObject** object, IWbemCallResult** result) {
            return s->GetObject(text.get(), flags, c, object, result);
          },
          [=](long flags, IWbemObjectSink* sink) { return s->GetObjectAsync(text.get(), flags, c, sink); }};
}

Call World::PutClass(IWbemClassObject* schema) {
  IWbemServicesPtr s = services;
  const IWbemClassObjectPtr object(schema);
  return {"PutClass",
          Call::Gives::kNothing,
          {},
          [=](long flags, IWbemClassObject**, IWbemCallResult** result) {
            return s->PutClass(object, flags, nullptr, result);
          },
          [=](long flags, IWbemObjectSink* sink) { return s->PutClassAsync(object, flags, nullptr, sink); }};
}

Call World::DeleteClass(const wchar_t* name) {
  IWbemServicesPtr s = services;
  const TextArgument text(name);
  return {"DeleteClass",
          Call::Gives::kNothing,
          {},
          [=](long flags, IWbemClassObject**, IWbemCallResult** result) {
            return s->DeleteClass(text.get(), flags, nullptr, result);
          },
          [=](long flags, IWbemObjectSink* sink) { return s->DeleteClassAsync(text.get(), flags, nullptr, sink); }};
}

Call World::CreateClassEnum(const wchar_t* superclass) {
  IWbemServicesPtr s = services;
  const TextArgument text(superclass);
  return {"CreateClassEnum",
          Call::Gives::kRows,
          [=](long flags, IEnumWbemClassObject** rows) { return s->CreateClassEnum(text.get(), flags, nullptr, rows); },
          {},
          [=](long flags, IWbemObjectSink* sink) { return s->CreateClassEnumAsync(text.get(), flags, nullptr, sink); }};
}

Call World::PutInstance(IWbemClassObject* instance, IWbemContext* context) {
  IWbemServicesPtr s = services;
  const IWbemClassObjectPtr object(instance);
  const IWbemContextPtr c(context);
  return {"PutInstance",
          Call::Gives::kPath,
          {},
          [=](long flags, IWbemClassObject**, IWbemCallResult** result) {
            return s->PutInstance(object, flags, c, result);
          },
          [=](long flags, IWbemObjectSink* sink) { return s->PutInstanceAsync(object, flags, c, sink); }};
}

Call World::DeleteInstance(const wchar_t* path) {
  IWbemServicesPtr s = services;
  const TextArgument text(path);
  return {"DeleteInstance",
          Call::Gives::kNothing,
          {},
          [=](long flags, IWbemClassObject**, IWbemCallResult** result) {
            return s->DeleteInstance(text.get(), flags, nullptr, result);
          },
          [=](long flags, IWbemObjectSink* sink) { return s->DeleteInstanceAsync(text.get(), flags, nullptr, sink); }};
}

Call World::CreateInstanceEnum(const wchar_t* name, IWbemContext* context) {
  IWbemServicesPtr s = services;
  const TextArgument text(name);
  const IWbemContextPtr c(context);
  return {"CreateInstanceEnum",
          Call::Gives::kRows,
          [=](long flags, IEnumWbemClassObject** rows) { return s->CreateInstanceEnum(text.get(), flags, c, rows); },
          {},
          [=](long flags, IWbemObjectSink* sink) { return s->CreateInstanceEnumAsync(text.get(), flags, c, sink); }};
}

Call World::ExecQuery(const wchar_t* query, const wchar_t* language) {
  IWbemServicesPtr s = services;
  const TextArgument text(query);
  const TextArgument in(language);
  return {
      "ExecQuery",
      Call::Gives::kRows,
      [=](long flags, IEnumWbemClassObject** rows) { return s->ExecQuery(in.get(), text.get(), flags, nullptr, rows); },
      {},
      [=](long flags, IWbemObjectSink* sink) { return s->ExecQueryAsync(in.get(), text.get(), flags, nullptr, sink); }};
}

Call World::ExecMethod(const wchar_t* path, const wchar_t* method, IWbemClassObject* in) {
  IWbemServicesPtr s = services;
  const TextArgument text(path);
  const TextArgument name(method);
  const IWbemClassObjectPtr parameters(in);
  return {"ExecMethod",
          Call::Gives::kObject,
          {},
          [=](long flags, IWbemClassObject** object, IWbemCallResult** result) {
            return s->ExecMethod(text.get(), name.get(), flags, nullptr, parameters, object, result);
          },
          [=](long flags, IWbemObjectSink* sink) {
            return s->ExecMethodAsync(text.get(), name.get(), flags, nullptr, parameters, sink);
          }};
}

// ---- objects --------------------------------------------------------------------------------------------------------

IWbemClassObjectPtr World::Get(const wchar_t* path) {
  IWbemClassObjectPtr object;
  Ok(services->GetObject(Literal(path), 0, nullptr, &object, nullptr), Narrow(path).c_str());
  return object;
}

IWbemClassObjectPtr World::NewInstance(const wchar_t* class_name) {
  IWbemClassObjectPtr instance;
  const IWbemClassObjectPtr schema = Get(class_name);
  if (schema) Ok(schema->SpawnInstance(0, &instance), "SpawnInstance");
  return instance;
}

IWbemClassObjectPtr World::NewThing(const wchar_t* name, long size) {
  IWbemClassObjectPtr thing = NewInstance(L"C_Thing");
  if (thing && name != nullptr) SetText(thing, L"Name", name);
  if (thing) SetNumber(thing, L"Size", size);
  return thing;
}

IWbemClassObjectPtr World::NewClass(const wchar_t* name, const wchar_t* superclass) {
  IWbemClassObjectPtr schema;
  if (superclass == nullptr) {
    schema = Get(nullptr);
  } else {
    const IWbemClassObjectPtr base = Get(superclass);
    if (base) Ok(base->SpawnDerivedClass(0, &schema), "SpawnDerivedClass");
  }
  if (schema) SetText(schema, L"__CLASS", name);
  return schema;
}

IWbemClassObjectPtr World::WorkParameters(long level) {
  IWbemClassObjectPtr signature;
  IWbemClassObjectPtr in;
  const IWbemClassObjectPtr worker = Get(L"C_Worker");
  if (worker) Ok(worker->GetMethod(L"Work", 0, &signature, nullptr), "GetMethod");
  if (signature) Ok(signature->SpawnInstance(0, &in), "SpawnInstance");
  if (in) SetNumber(in, L"Level", level);
  return in;
}

IEnumWbemClassObjectPtr World::Query(const wchar_t* query, long flags) {
  IEnumWbemClassObjectPtr rows;
  Ok(services->ExecQuery(Literal(L"WQL"), Literal(query), flags, nullptr, &rows), Narrow(query).c_str());
  return rows;
}

HRESULT World::Exists(const wchar_t* path) {
  IWbemClassObjectPtr object;
  return services->GetObject(Literal(path), 0, nullptr, &object, nullptr);
}

// ---- sinks ----------------------------------------------------------------------------------------------------------

SinkLogPtr World::NewLog() {
  logs_.push_back(std::make_shared<SinkLog>());
  return logs_.back();
}

SinkPtr World::NewSink(const SinkLogPtr& log) { return SinkPtr(new RecordingSink(log), false); }

HRESULT World::QueryAsync(const wchar_t* query, IWbemObjectSink* sink, long flags) {
  return services->ExecQueryAsync(Literal(L"WQL"), Literal(query), flags, nullptr, sink);
}

HRESULT World::ProvidedAsync(IWbemObjectSink* sink, long flags) {
  return services->CreateInstanceEnumAsync(Literal(L"C_Provided"), flags, nullptr, sink);
}

void World::PushOneAndHold(const Signal& pushed, const Signal& go_on) {
  ProviderScript* script = provider.get();
  script->on_call = [script, pushed, go_on](const ProviderRequest& request) {
    IWbemObjectSinkPtr handler(request.handler);
    EXPECT_EQ(WBEM_S_NO_ERROR, Push(request, 0));
    script->Spawn([handler, pushed, go_on] {
      pushed.Set();
      EXPECT_TRUE(go_on.Wait());
      Complete(handler);
    });
    return WBEM_S_NO_ERROR;
  };
}

std::shared_ptr<World::Endless> World::PushForEver() {
  auto state = std::make_shared<Endless>();
  ProviderScript* script = provider.get();
  script->on_call = [script, state](const ProviderRequest& request) {
    IWbemObjectSinkPtr handler(request.handler);
    const IWbemClassObjectPtr object = ProvidedInstance(request.name_space, 0);
    script->Spawn([handler, object, state] {
      IWbemClassObject* array[] = {object};
      HRESULT answer = WBEM_S_NO_ERROR;
      while (SUCCEEDED(answer)) {
        answer = handler->Indicate(1, array);
        if (SUCCEEDED(answer)) ++state->pushed;
      }
      state->refusal = answer;
      Complete(handler, answer);
      state->refused.Set();
    });
    return WBEM_S_NO_ERROR;
  };
  return state;
}

void World::Fire(const wchar_t* text) {
  if (!events_) Ok(services->QueryObjectSink(0, &events_), "QueryObjectSink");
  const IWbemClassObjectPtr event = NewInstance(L"C_Event");
  if (!events_ || !event) return;
  SetText(event, L"Text", text);
  IWbemClassObject* object = event;
  Ok(events_->Indicate(1, &object), "firing an event");
}

bool World::FireUntilSeen(SinkLog& log) {
  const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
  const std::size_t before = log.Objects().size();
  while (log.Objects().size() == before) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    Fire(L"hello");
    std::this_thread::yield();
  }
  return true;
}

}  // namespace wmi::conformance
