// Test doubles for COM providers: a provider that does what a script says, its class factory, and the fixture that
// registers them.
#pragma once

#include <wbemprov.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/provider_loader.h"
#include "api/test_support.h"
#include "cim/row.h"

namespace wmi::api {

// What a provider was asked.
struct ProviderRequest {
  enum class Kind { kGet, kEnumerate, kQuery, kPut, kDelete, kMethod };
  Kind kind;
  std::string text;    // path, class name or query
  std::string method;  // of kMethod
  long flags;
  IWbemContext* context;
  IWbemClassObject* object;  // what is put, in-parameters
  IWbemObjectSink* handler;
  IWbemServices* name_space;  // what Initialize gave
};

// What the provider does; outlives it.
struct ProviderScript {
  // Without one: answers WBEM_S_INITIALIZED.
  std::function<HRESULT(IWbemServices* name_space, IWbemContext* context, IWbemProviderInitSink* sink)> on_init;
  // Without one: an empty result.
  std::function<HRESULT(const ProviderRequest& request)> on_call;
  std::function<void()> on_create;
  bool has_init = true;
  bool has_services = true;
  std::atomic<int> created = 0;
  std::atomic<int> alive = 0;
  std::atomic<int> initialized = 0;
  std::atomic<int> calls = 0;
  Mutex mutex;
  CondVar changed;
  std::string name_space_name WMI_GUARDED_BY(mutex);
  int inside WMI_GUARDED_BY(mutex) = 0;  // calls that run

  bool WaitUntilNobodyIsInside() {
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    MutexLock lock(mutex);
    while (inside > 0) {
      if (!changed.WaitUntil(lock, deadline)) return inside == 0;
    }
    return true;
  }
};

inline HRESULT Complete(IWbemObjectSink* handler, HRESULT code = WBEM_S_NO_ERROR, IWbemClassObject* error = nullptr) {
  return handler->SetStatus(WBEM_STATUS_COMPLETE, code, nullptr, error);
}

class PushingProvider final : public com::ComObject<IWbemProviderInit, IWbemServices> {
 public:
  explicit PushingProvider(std::shared_ptr<ProviderScript> script) : script_(std::move(script)) {
    ++script_->created;
    ++script_->alive;
  }

  HRESULT Initialize(LPWSTR wszUser, LONG lFlags, LPWSTR wszNamespace, LPWSTR wszLocale, IWbemServices* pNamespace,
                     IWbemContext* pCtx, IWbemProviderInitSink* pInitSink) override {
    EXPECT_EQ(nullptr, wszUser);
    EXPECT_EQ(nullptr, wszLocale);
    EXPECT_EQ(0, lFlags);
    ++script_->initialized;
    {
      MutexLock lock(script_->mutex);
      script_->name_space_name = Utf8(wszNamespace);
    }
    name_space_ = com::ComPtr<IWbemServices>(pNamespace);
    if (script_->on_init) return script_->on_init(pNamespace, pCtx, pInitSink);
    EXPECT_EQ(WBEM_S_NO_ERROR, pInitSink->SetStatus(WBEM_S_INITIALIZED, 0));
    return WBEM_S_NO_ERROR;
  }

  HRESULT GetObjectAsync(const BSTR path, long flags, IWbemContext* context, IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kGet, Utf8(path), {}, flags, context, nullptr, handler, nullptr});
  }
  HRESULT CreateInstanceEnumAsync(const BSTR name, long flags, IWbemContext* context,
                                  IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kEnumerate, Utf8(name), {}, flags, context, nullptr, handler, nullptr});
  }
  HRESULT ExecQueryAsync(const BSTR language, const BSTR query, long flags, IWbemContext* context,
                         IWbemObjectSink* handler) override {
    EXPECT_EQ("WQL", Utf8(language));
    return Serve({ProviderRequest::Kind::kQuery, Utf8(query), {}, flags, context, nullptr, handler, nullptr});
  }
  HRESULT PutInstanceAsync(IWbemClassObject* object, long flags, IWbemContext* context,
                           IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kPut, {}, {}, flags, context, object, handler, nullptr});
  }
  HRESULT DeleteInstanceAsync(const BSTR path, long flags, IWbemContext* context, IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kDelete, Utf8(path), {}, flags, context, nullptr, handler, nullptr});
  }
  HRESULT ExecMethodAsync(const BSTR path, const BSTR method, long flags, IWbemContext* context, IWbemClassObject* in,
                          IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kMethod, Utf8(path), Utf8(method), flags, context, in, handler, nullptr});
  }

  // Never called (contract 9.3).
  HRESULT OpenNamespace(const BSTR, long, IWbemContext*, IWbemServices**, IWbemCallResult**) override {
    return Never();
  }
  HRESULT CancelAsyncCall(IWbemObjectSink*) override { return Never(); }
  HRESULT QueryObjectSink(long, IWbemObjectSink**) override { return Never(); }
  HRESULT GetObject(const BSTR, long, IWbemContext*, IWbemClassObject**, IWbemCallResult**) override { return Never(); }
  HRESULT PutClass(IWbemClassObject*, long, IWbemContext*, IWbemCallResult**) override { return Never(); }
  HRESULT PutClassAsync(IWbemClassObject*, long, IWbemContext*, IWbemObjectSink*) override { return Never(); }
  HRESULT DeleteClass(const BSTR, long, IWbemContext*, IWbemCallResult**) override { return Never(); }
  HRESULT DeleteClassAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override { return Never(); }
  HRESULT CreateClassEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override { return Never(); }
  HRESULT CreateClassEnumAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override { return Never(); }
  HRESULT PutInstance(IWbemClassObject*, long, IWbemContext*, IWbemCallResult**) override { return Never(); }
  HRESULT DeleteInstance(const BSTR, long, IWbemContext*, IWbemCallResult**) override { return Never(); }
  HRESULT CreateInstanceEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override { return Never(); }
  HRESULT ExecQuery(const BSTR, const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override { return Never(); }
  HRESULT ExecNotificationQuery(const BSTR, const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override {
    return Never();
  }
  HRESULT ExecNotificationQueryAsync(const BSTR, const BSTR, long, IWbemContext*, IWbemObjectSink*) override {
    return Never();
  }
  HRESULT ExecMethod(const BSTR, const BSTR, long, IWbemContext*, IWbemClassObject*, IWbemClassObject**,
                     IWbemCallResult**) override {
    return Never();
  }

 protected:
  ~PushingProvider() override { --script_->alive; }
  void* Find(REFIID riid) override {
    if (riid == __uuidof(IWbemProviderInit) && !script_->has_init) return nullptr;
    if (riid == __uuidof(IWbemServices) && !script_->has_services) return nullptr;
    return ComObject::Find(riid);
  }

 private:
  HRESULT Serve(ProviderRequest request) {
    const Visit visit(*script_);
    ++script_->calls;
    EXPECT_NE(nullptr, request.context) << "what ends a provider that asks itself is in its context";
    request.name_space = name_space_.get();
    return script_->on_call ? script_->on_call(request) : Complete(request.handler);
  }
  struct Visit {
    explicit Visit(ProviderScript& of) : script(of) {
      MutexLock lock(script.mutex);
      ++script.inside;
    }
    ~Visit() {
      MutexLock lock(script.mutex);
      --script.inside;
      script.changed.NotifyAll();
    }
    ProviderScript& script;
  };
  static HRESULT Never() {
    ADD_FAILURE() << "a provider is asked by its asynchronous methods only";
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }

  const std::shared_ptr<ProviderScript> script_;
  com::ComPtr<IWbemServices> name_space_;
};

class PushingFactory final : public com::ComObject<IClassFactory> {
 public:
  explicit PushingFactory(std::shared_ptr<ProviderScript> script) : script_(std::move(script)) {}
  HRESULT CreateInstance(IUnknown* outer, REFIID riid, void** object) override {
    if (outer != nullptr) return CLASS_E_NOAGGREGATION;
    if (script_->on_create) script_->on_create();
    return com::MakeCom<PushingProvider>(script_)->QueryInterface(riid, object);
  }
  HRESULT LockServer(BOOL) override { return S_OK; }

 private:
  const std::shared_ptr<ProviderScript> script_;
};

inline constexpr CLSID kPushingClass = {0x2b1f6a30, 0x51c7, 0x4f0a, {0x8d, 0x11, 0x7e, 0x52, 0x09, 0xa4, 0x6c, 0x01}};
inline constexpr char kPushingClassText[] = "{2B1F6A30-51C7-4F0A-8D11-7E5209A46C01}";

inline constexpr char kPushedMof[] = R"(
Qualifier Bypass_GetObject : ToSubClass;
Qualifier Implemented : Restricted;
[dynamic, provider("Pushing")] class T_Pushed {
  [key] string Id;
  uint32 Number;
};
[dynamic, provider("Working"), Bypass_GetObject] class T_Worker {
  [key] string Id;
  [implemented] uint32 Work([in, id(0)] uint32 Level, [out, id(1)] string Report);
};
class T_ProviderError : __NotifyStatus { string Reason; };
)";

// ApiTest with the provider `Pushing`, which serves T_Pushed. Its threads are joined before anything goes.
class ProviderTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    const Status compiled = engine_->catalogue().Compile({"pushed.mof", kPushedMof}, "ROOT\\test");
    ASSERT_TRUE(compiled.ok()) << compiled.Message();
    SetLoader({});
    Register("Pushing", kPushingClassText);
    const com::ComPtr<PushingFactory> factory = com::MakeCom<PushingFactory>(provider_);
    ASSERT_EQ(S_OK, CoRegisterClassObject(kPushingClass, factory->Unknown(), CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE,
                                          &cookie_));
  }

  void TearDown() override {
    JoinThreads();
    EXPECT_TRUE(provider_->WaitUntilNobodyIsInside());
    provider_->on_init = nullptr;
    provider_->on_call = nullptr;
    if (cookie_ != 0) CoRevokeClassObject(cookie_);
    ApiTest::TearDown();
    EXPECT_EQ(0, provider_->alive);
  }

  void SetLoader(const ComProviderLoader::Options& options) {
    auto loader = std::make_shared<ComProviderLoader>(engine_->provider_pool(), options);
    loader_ = loader.get();
    engine_->SetLoader(std::move(loader));
  }

  using Values = std::vector<std::pair<std::string_view, cim::Value>>;

  cim::Object Instance(const char* class_name, const Values& values) {
    const cim::ClassPtr schema = session_->name_space()->FindClass(class_name);
    cim::RowBlockBuilder builder;
    builder.BeginRow(schema);
    for (const auto& [name, value] : values) builder.Set(*schema->FindSlot(name), value.view());
    builder.CommitRow();
    std::vector<cim::Object> rows;
    builder.Finish(rows);
    return rows.front();
  }
  void PutRow(const char* class_name, const Values& values) {
    const Result<std::string> put =
        engine_->repository().PutInstance("ROOT\\test", Instance(class_name, values), cim::PutMode::kCreateOrUpdate);
    ASSERT_TRUE(put.ok()) << put.status().Message();
  }
  // As an instance of __Win32Provider, with what else is said of it, and what it can do.
  void Register(const std::string& name, const std::string& clsid, Values more = {}) {
    more.emplace_back("Name", cim::Value::Text(name));
    if (!clsid.empty()) more.emplace_back("CLSID", cim::Value::Text(clsid));
    PutRow("__Win32Provider", more);
    const cim::Value reference = cim::Value::Text("__Win32Provider.Name=\"" + name + "\"");
    PutRow("__InstanceProviderRegistration",
           {{"provider", reference},
            {"SupportsGet", cim::Value::Boolean(true)},
            {"SupportsPut", cim::Value::Boolean(true)},
            {"SupportsDelete", cim::Value::Boolean(true)},
            {"SupportsEnumeration", cim::Value::Boolean(true)},
            {"QuerySupportLevels", cim::Value::Array({cim::Value::Text("WQL:UnarySelect")})}});
  }
  // The same class factory as a provider of methods.
  void RegisterMethods(const std::string& name) {
    PutRow("__Win32Provider", {{"Name", cim::Value::Text(name)}, {"CLSID", cim::Value::Text(kPushingClassText)}});
    PutRow("__MethodProviderRegistration", {{"provider", cim::Value::Text("__Win32Provider.Name=\"" + name + "\"")}});
  }

  com::ComPtr<IWbemClassObject> Pushed(std::uint32_t number) {
    return MakeClassObject(Instance(
        "T_Pushed", {{"Id", cim::Value::Text(std::to_string(number))}, {"Number", cim::Value::Unsigned(number)}}));
  }
  HRESULT Push(IWbemObjectSink* handler, std::uint32_t number) {
    com::ComPtr<IWbemClassObject> object = Pushed(number);
    IWbemClassObject* array[] = {object.get()};
    return handler->Indicate(1, array);
  }

  std::shared_ptr<SinkLog> NewLog() { return std::make_shared<SinkLog>(); }
  com::ComPtr<TestSink> NewSink(const std::shared_ptr<SinkLog>& log) {
    return com::ComPtr<TestSink>::Adopt(new TestSink(log));
  }
  HRESULT EnumerateAsync(IWbemObjectSink* sink, long flags = 0) {
    return services_->CreateInstanceEnumAsync(Literal(L"T_Pushed"), flags, nullptr, sink);
  }
  // Starts an enumeration and waits for its end, as the sink saw it.
  std::shared_ptr<SinkLog> Enumerate(long flags = 0) {
    std::shared_ptr<SinkLog> log = NewLog();
    EXPECT_EQ(WBEM_S_NO_ERROR, EnumerateAsync(NewSink(log).get(), flags));
    EXPECT_TRUE(log->WaitFinals());
    return log;
  }
  // A connection whose calls have `limit`.
  com::ComPtr<Services> Connect(Duration limit) {
    Result<engine::SessionPtr> session = engine_->Connect("ROOT\\test", limit);
    EXPECT_TRUE(session.ok());
    return com::MakeCom<Services>(session.value());
  }
  std::vector<std::string> Ids(SinkLog& log) {
    MutexLock lock(log.mutex);
    std::vector<std::string> ids;
    for (const auto& object : log.objects) ids.push_back(PropertyText(object.get(), L"Id"));
    return ids;
  }
  std::string ErrorDescription(SinkLog& log, const wchar_t* property = L"Description") {
    const com::ComPtr<IWbemClassObject> error = log.Error();
    return error ? PropertyText(error.get(), property) : "(no error object)";
  }

  // A thread of the provider.
  void Spawn(std::function<void()> body) {
    MutexLock lock(threads_mutex_);
    // What the body holds goes when it ends, not when it is joined.
    threads_.push_back(std::async(std::launch::async, [body = std::move(body)]() mutable {
      const std::function<void()> run = std::move(body);
      body = nullptr;
      run();
    }));
  }
  void JoinThreads() {
    MutexLock lock(threads_mutex_);
    std::vector<std::future<void>> threads = std::move(threads_);
    threads_.clear();
    lock.Unlock();
    for (std::future<void>& thread : threads) thread.get();
  }

  const std::shared_ptr<ProviderScript> provider_ = std::make_shared<ProviderScript>();
  ComProviderLoader* loader_ = nullptr;  // the engine's

 private:
  DWORD cookie_ = 0;
  Mutex threads_mutex_;
  std::vector<std::future<void>> threads_ WMI_GUARDED_BY(threads_mutex_);
};

}  // namespace wmi::api
