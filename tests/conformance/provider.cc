#include "provider.h"

namespace wmi::conformance {
namespace {

std::wstring TextOf(const wchar_t* text) { return text == nullptr ? std::wstring() : std::wstring(text); }

// The part between the quotation marks of a path such as C_Provided.Id="7".
int NumberOfPath(const std::wstring& path) {
  const std::size_t quote = path.find(L'"');
  return quote == std::wstring::npos ? -1 : static_cast<int>(std::wcstol(path.c_str() + quote + 1, nullptr, 10));
}

class ScriptedProvider final : public IWbemServices, public IWbemProviderInit {
 public:
  explicit ScriptedProvider(ProviderScriptPtr script) : script_(std::move(script)) { ++script_->alive; }

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
    if (riid == IID_IUnknown || riid == IID_IWbemServices) {
      *object = static_cast<IWbemServices*>(this);
    } else if (riid == IID_IWbemProviderInit) {
      *object = static_cast<IWbemProviderInit*>(this);
    } else {
      *object = nullptr;
      return E_NOINTERFACE;
    }
    AddRef();
    return S_OK;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return ++count_; }
  ULONG STDMETHODCALLTYPE Release() override {
    const ULONG left = --count_;
    if (left == 0) delete this;
    return left;
  }

  HRESULT STDMETHODCALLTYPE Initialize(LPWSTR wszUser, LONG lFlags, LPWSTR, LPWSTR, IWbemServices* pNamespace,
                                       IWbemContext*, IWbemProviderInitSink* pInitSink) override {
    // 9.3: the user is NULL unless the registration says PerUserInitialization; the flags are 0.
    EXPECT_EQ(nullptr, wszUser);
    EXPECT_EQ(0, lFlags);
    name_space_ = pNamespace;
    ++script_->initialized;
    if (const auto on_init = script_->on_init.Get()) return on_init(pInitSink);
    return pInitSink->SetStatus(WBEM_S_INITIALIZED, 0);
  }

  HRESULT STDMETHODCALLTYPE GetObjectAsync(const BSTR path, long flags, IWbemContext* context,
                                           IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kGet, TextOf(path), {}, flags, context, nullptr, handler, nullptr});
  }
  HRESULT STDMETHODCALLTYPE CreateInstanceEnumAsync(const BSTR name, long flags, IWbemContext* context,
                                                    IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kEnumerate, TextOf(name), {}, flags, context, nullptr, handler, nullptr});
  }
  HRESULT STDMETHODCALLTYPE ExecQueryAsync(const BSTR, const BSTR query, long flags, IWbemContext* context,
                                           IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kQuery, TextOf(query), {}, flags, context, nullptr, handler, nullptr});
  }
  HRESULT STDMETHODCALLTYPE PutInstanceAsync(IWbemClassObject* object, long flags, IWbemContext* context,
                                             IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kPut, {}, {}, flags, context, object, handler, nullptr});
  }
  HRESULT STDMETHODCALLTYPE DeleteInstanceAsync(const BSTR path, long flags, IWbemContext* context,
                                                IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kDelete, TextOf(path), {}, flags, context, nullptr, handler, nullptr});
  }
  HRESULT STDMETHODCALLTYPE ExecMethodAsync(const BSTR path, const BSTR method, long flags, IWbemContext* context,
                                            IWbemClassObject* in, IWbemObjectSink* handler) override {
    return Serve({ProviderRequest::Kind::kMethod, TextOf(path), TextOf(method), flags, context, in, handler, nullptr});
  }

  // 9.3: synchronous methods of a provider are never called, nor those it is not registered for.
  HRESULT STDMETHODCALLTYPE OpenNamespace(const BSTR, long, IWbemContext*, IWbemServices**,
                                          IWbemCallResult**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE CancelAsyncCall(IWbemObjectSink*) override { return Never(); }
  HRESULT STDMETHODCALLTYPE QueryObjectSink(long, IWbemObjectSink**) override { return Never(); }
  HRESULT STDMETHODCALLTYPE GetObject(const BSTR, long, IWbemContext*, IWbemClassObject**, IWbemCallResult**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE PutClass(IWbemClassObject*, long, IWbemContext*, IWbemCallResult**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE PutClassAsync(IWbemClassObject*, long, IWbemContext*, IWbemObjectSink*) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE DeleteClass(const BSTR, long, IWbemContext*, IWbemCallResult**) override { return Never(); }
  HRESULT STDMETHODCALLTYPE DeleteClassAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE CreateClassEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE CreateClassEnumAsync(const BSTR, long, IWbemContext*, IWbemObjectSink*) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE PutInstance(IWbemClassObject*, long, IWbemContext*, IWbemCallResult**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE DeleteInstance(const BSTR, long, IWbemContext*, IWbemCallResult**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE CreateInstanceEnum(const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE ExecQuery(const BSTR, const BSTR, long, IWbemContext*, IEnumWbemClassObject**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE ExecNotificationQuery(const BSTR, const BSTR, long, IWbemContext*,
                                                  IEnumWbemClassObject**) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE ExecNotificationQueryAsync(const BSTR, const BSTR, long, IWbemContext*,
                                                       IWbemObjectSink*) override {
    return Never();
  }
  HRESULT STDMETHODCALLTYPE ExecMethod(const BSTR, const BSTR, long, IWbemContext*, IWbemClassObject*,
                                       IWbemClassObject**, IWbemCallResult**) override {
    return Never();
  }

 private:
  ~ScriptedProvider() { --script_->alive; }

  HRESULT Serve(ProviderRequest request) {
    request.name_space = name_space_;
    return script_->Serve(request);
  }
  static HRESULT Never() {
    ADD_FAILURE() << "a provider is asked by its asynchronous methods only (contract 9.3)";
    return WBEM_E_PROVIDER_NOT_CAPABLE;
  }

  const ProviderScriptPtr script_;
  IWbemServicesPtr name_space_;
  std::atomic<ULONG> count_ = 1;
};

// Never destroyed: COM holds it to the end of the process.
class Factory final : public IClassFactory {
 public:
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override {
    if (riid != IID_IUnknown && riid != IID_IClassFactory) {
      *object = nullptr;
      return E_NOINTERFACE;
    }
    *object = this;
    return S_OK;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
  ULONG STDMETHODCALLTYPE Release() override { return 1; }
  HRESULT STDMETHODCALLTYPE CreateInstance(IUnknown* outer, REFIID riid, void** object) override {
    *object = nullptr;
    if (outer != nullptr) return CLASS_E_NOAGGREGATION;
    ProviderScriptPtr script;
    {
      std::lock_guard lock(mutex_);
      script = script_;
    }
    auto* provider = new ScriptedProvider(script);
    const HRESULT found = provider->QueryInterface(riid, object);
    provider->Release();
    return found;
  }
  HRESULT STDMETHODCALLTYPE LockServer(BOOL) override { return S_OK; }

  void Use(ProviderScriptPtr script) {
    std::lock_guard lock(mutex_);
    script_ = std::move(script);
  }

 private:
  std::mutex mutex_;
  ProviderScriptPtr script_;
};

Factory& TheFactory() {
  static Factory factory;
  static DWORD cookie = 0;
  static const HRESULT registered =
      CoRegisterClassObject(kProviderClass, &factory, CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie);
  EXPECT_EQ(S_OK, registered);
  return factory;
}

HRESULT RunMethod(const ProviderRequest& request) {
  if (request.method == L"Break") return Complete(request.handler, WBEM_E_PROVIDER_FAILURE);
  if (request.method == L"Quiet") return Complete(request.handler);
  // Work: answers with its Level as text, and 5.
  IWbemClassObjectPtr worker;
  IWbemClassObjectPtr signature;
  IWbemClassObjectPtr out;
  HRESULT hr = request.name_space->GetObject(_bstr_t(L"C_Worker"), 0, request.context, &worker, nullptr);
  if (SUCCEEDED(hr)) hr = worker->GetMethod(L"Work", 0, nullptr, &signature);
  if (SUCCEEDED(hr)) hr = signature->SpawnInstance(0, &out);
  _variant_t level;
  if (SUCCEEDED(hr) && request.object != nullptr) hr = request.object->Get(L"Level", 0, &level, nullptr, nullptr);
  if (FAILED(hr)) return hr;
  const std::wstring report = L"level " + std::to_wstring(level.vt == VT_I4 ? level.lVal : -1);
  _variant_t text(report.c_str());
  _variant_t five(5L, VT_I4);
  hr = out->Put(L"Report", 0, &text, 0);
  if (SUCCEEDED(hr)) hr = out->Put(L"ReturnValue", 0, &five, 0);
  IWbemClassObject* object = out;
  if (SUCCEEDED(hr)) hr = request.handler->Indicate(1, &object);
  return FAILED(hr) ? hr : Complete(request.handler);
}

}  // namespace

void ProviderScript::Spawn(std::function<void()> body) {
  std::lock_guard lock(mutex_);
  threads_.emplace_back(std::move(body));
}

void ProviderScript::JoinThreads() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

HRESULT ProviderScript::Serve(const ProviderRequest& request) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return WBEM_E_SHUTTING_DOWN;
    ++inside_;
  }
  ++calls;
  const auto answer = on_call.Get();
  const HRESULT result = answer ? answer(request) : AnswerByDefault(*this, request);
  std::lock_guard lock(mutex_);
  --inside_;
  changed_.notify_all();
  return result;
}

void ProviderScript::Close() {
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    EXPECT_TRUE(changed_.wait_for(lock, kWaitMax, [this] { return inside_ == 0; })) << "a call stays in the provider";
  }
  JoinThreads();
}

void UseScript(ProviderScriptPtr script) { TheFactory().Use(std::move(script)); }

IWbemClassObjectPtr ProvidedInstance(IWbemServices* name_space, int number) {
  IWbemClassObjectPtr schema;
  IWbemClassObjectPtr instance;
  EXPECT_EQ(WBEM_S_NO_ERROR, name_space->GetObject(_bstr_t(L"C_Provided"), 0, nullptr, &schema, nullptr));
  if (!schema) return nullptr;
  EXPECT_EQ(WBEM_S_NO_ERROR, schema->SpawnInstance(0, &instance));
  _variant_t id(std::to_wstring(number).c_str());
  _variant_t value(static_cast<long>(number), VT_I4);
  EXPECT_EQ(WBEM_S_NO_ERROR, instance->Put(L"Id", 0, &id, 0));
  EXPECT_EQ(WBEM_S_NO_ERROR, instance->Put(L"Number", 0, &value, 0));
  return instance;
}

HRESULT Push(const ProviderRequest& request, int number) {
  const IWbemClassObjectPtr instance = ProvidedInstance(request.name_space, number);
  IWbemClassObject* object = instance;
  return request.handler->Indicate(1, &object);
}

HRESULT Complete(IWbemObjectSink* handler, HRESULT code, IWbemClassObject* error) {
  return handler->SetStatus(WBEM_STATUS_COMPLETE, code, nullptr, error);
}

HRESULT AnswerByDefault(const ProviderScript& script, const ProviderRequest& request) {
  const auto is_there = [&](int number) { return number >= 0 && number < script.rows; };
  switch (request.kind) {
    case ProviderRequest::Kind::kGet: {
      const int number = NumberOfPath(request.text);
      if (!is_there(number)) return Complete(request.handler, WBEM_E_NOT_FOUND);
      const HRESULT pushed = Push(request, number);
      return FAILED(pushed) ? pushed : Complete(request.handler);
    }
    case ProviderRequest::Kind::kEnumerate:
      for (int i = 0; i < script.rows; ++i) {
        const HRESULT pushed = Push(request, i);
        if (FAILED(pushed)) return pushed;
      }
      return Complete(request.handler);
    case ProviderRequest::Kind::kQuery:
      return WBEM_E_PROVIDER_NOT_CAPABLE;
    case ProviderRequest::Kind::kPut:
      return Complete(request.handler);
    case ProviderRequest::Kind::kDelete:
      return Complete(request.handler, is_there(NumberOfPath(request.text)) ? WBEM_S_NO_ERROR : WBEM_E_NOT_FOUND);
    case ProviderRequest::Kind::kMethod:
      return RunMethod(request);
  }
  return WBEM_E_PROVIDER_NOT_CAPABLE;
}

}  // namespace wmi::conformance
