#include "com/class_registry.h"

#include <objbase.h>
#include <oleauto.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/text.h"
#include "com/abi_call.h"
#include "com/com_object.h"
#include "com/server_module.h"

namespace wmi::com {
namespace {

struct BuiltIn {
  CLSID clsid;
  Creator creator;
};

struct Registration {
  DWORD cookie;
  CLSID clsid;
  ComPtr<IUnknown> factory;
  bool single_use;
};

enum class Progress { kIdle, kRunning, kDone };

struct Registry {
  Mutex mutex;
  CondVar initialized;
  RegistryInitializer initializer WMI_GUARDED_BY(mutex);
  Progress progress WMI_GUARDED_BY(mutex) = Progress::kIdle;
  std::vector<BuiltIn> classes WMI_GUARDED_BY(mutex);
  std::vector<Registration> registrations WMI_GUARDED_BY(mutex);
  DWORD next_cookie WMI_GUARDED_BY(mutex) = 1;
};

// Lives as long as the process, because programs create objects from their own static destructors too.
Registry& GetRegistry() {
  static Registry& registry = *new Registry();
  return registry;
}

// Set on the thread that runs the initialiser, whose look-ups must not wait for itself.
thread_local bool initializing = false;

class BuiltInFactory final : public ComObject<IClassFactory> {
 public:
  explicit BuiltInFactory(Creator creator) : creator_(std::move(creator)) {}

  HRESULT CreateInstance(IUnknown* outer, REFIID riid, void** object) override {
    if (object == nullptr) return E_POINTER;
    *object = nullptr;
    if (outer != nullptr) return CLASS_E_NOAGGREGATION;
    return AbiCall<E_OUTOFMEMORY>([&] { return creator_(riid, object); });
  }

  // The library is never unloaded.
  HRESULT LockServer(BOOL /*lock*/) override { return S_OK; }

 private:
  const Creator creator_;
};

HRESULT EnsureInitialized(Registry& registry) {
  if (initializing) return S_OK;
  RegistryInitializer initializer;
  {
    MutexLock lock(registry.mutex);
    // No deadline: the initialiser runs on another thread now and has one way to end, returning.
    while (registry.progress == Progress::kRunning) registry.initialized.Wait(lock);
    if (registry.progress == Progress::kDone || !registry.initializer) return S_OK;
    registry.progress = Progress::kRunning;
    initializer = registry.initializer;
  }
  initializing = true;
  const HRESULT hr = AbiCall<E_OUTOFMEMORY>([&] { return initializer(); });
  initializing = false;
  MutexLock lock(registry.mutex);
  registry.progress = SUCCEEDED(hr) ? Progress::kDone : Progress::kIdle;
  registry.initialized.NotifyAll();
  return hr;
}

// Null if the program registered none.
ComPtr<IUnknown> TakeRegistration(Registry& registry, REFCLSID clsid) {
  MutexLock lock(registry.mutex);
  auto at = std::find_if(registry.registrations.begin(), registry.registrations.end(),
                         [&](const Registration& r) { return r.clsid == clsid; });
  if (at == registry.registrations.end()) return nullptr;
  ComPtr<IUnknown> factory = at->factory;
  // The registration stays until it is revoked, but nobody finds it any more.
  if (at->single_use) at->clsid = GUID_NULL;
  return factory;
}

Creator FindCreator(Registry& registry, REFCLSID clsid) {
  MutexLock lock(registry.mutex);
  for (const BuiltIn& built_in : registry.classes) {
    if (built_in.clsid == clsid) return built_in.creator;
  }
  return nullptr;
}

}  // namespace

void SetRegistryInitializer(RegistryInitializer initializer) {
  Registry& registry = GetRegistry();
  MutexLock lock(registry.mutex);
  registry.initializer = std::move(initializer);
  registry.progress = Progress::kIdle;
}

void RegisterClass(REFCLSID clsid, Creator creator) {
  Registry& registry = GetRegistry();
  MutexLock lock(registry.mutex);
  for (BuiltIn& built_in : registry.classes) {
    if (built_in.clsid == clsid) {
      built_in.creator = std::move(creator);
      return;
    }
  }
  registry.classes.push_back({clsid, std::move(creator)});
}

namespace {

// The factory of a class of this process.
HRESULT FindOwnFactory(REFCLSID clsid, ComPtr<IClassFactory>& factory) {
  Registry& registry = GetRegistry();
  if (const ComPtr<IUnknown> registered = TakeRegistration(registry, clsid)) {
    return registered->QueryInterface(__uuidof(IClassFactory), reinterpret_cast<void**>(factory.Receive()));
  }
  const HRESULT hr = EnsureInitialized(registry);
  if (FAILED(hr)) return hr;
  Creator creator = FindCreator(registry, clsid);
  if (!creator) return REGDB_E_CLASSNOTREG;
  factory = MakeCom<BuiltInFactory>(std::move(creator));
  return S_OK;
}

// Leaves the words where GetErrorInfo finds them.
void SetErrorText(const std::string& why) {
  ComPtr<ICreateErrorInfo> error;
  std::wstring text = WideFromUtf8(why);
  if (FAILED(CreateErrorInfo(error.Receive())) || FAILED(error->SetDescription(text.data()))) return;
  SetErrorInfo(0, error.As<IErrorInfo>().get());
}

// As programs ask for it: a shared object only where the class may be in process.
HRESULT FindFactoryFor(REFCLSID clsid, DWORD context, ComPtr<IClassFactory>& factory) {
  if ((context & CLSCTX_INPROC_SERVER) == 0) return FindOwnFactory(clsid, factory);
  std::string why;
  const HRESULT hr = FindFactory(clsid, factory, why);
  if (FAILED(hr) && !why.empty()) SetErrorText(why);
  return hr;
}

}  // namespace

HRESULT FindFactory(REFCLSID clsid, ComPtr<IClassFactory>& factory, std::string& why) {
  why.clear();
  HRESULT hr = FindOwnFactory(clsid, factory);
  if (hr != REGDB_E_CLASSNOTREG) return hr;
  hr = FindServerFactory(clsid, factory, why);
  if (hr == REGDB_E_CLASSNOTREG) why.clear();
  return hr;
}

void ResetRegistryForTest() {
  Registry& registry = GetRegistry();
  std::vector<Registration> dropped;
  MutexLock lock(registry.mutex);
  registry.initializer = nullptr;
  registry.progress = Progress::kIdle;
  registry.classes.clear();
  dropped.swap(registry.registrations);
  lock.Unlock();  // before the factories of the program are released
}

}  // namespace wmi::com

HRESULT CoGetClassObject(REFCLSID rclsid, DWORD dwClsContext, LPVOID /*pvReserved*/, REFIID riid, LPVOID* ppv) {
  if (ppv == nullptr) return E_POINTER;
  *ppv = nullptr;
  if ((dwClsContext & CLSCTX_ALL) == 0) return E_INVALIDARG;
  return wmi::com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
    wmi::com::ComPtr<IClassFactory> factory;
    const HRESULT hr = wmi::com::FindFactoryFor(rclsid, dwClsContext, factory);
    return FAILED(hr) ? hr : factory->QueryInterface(riid, ppv);
  });
}

HRESULT CoCreateInstance(REFCLSID rclsid, LPUNKNOWN pUnkOuter, DWORD dwClsContext, REFIID riid, LPVOID* ppv) {
  if (ppv == nullptr) return E_POINTER;
  *ppv = nullptr;
  if ((dwClsContext & CLSCTX_ALL) == 0) return E_INVALIDARG;
  return wmi::com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
    wmi::com::ComPtr<IClassFactory> factory;
    const HRESULT hr = wmi::com::FindFactoryFor(rclsid, dwClsContext, factory);
    return FAILED(hr) ? hr : factory->CreateInstance(pUnkOuter, riid, ppv);
  });
}

HRESULT CoCreateInstanceEx(REFCLSID rclsid, IUnknown* punkOuter, DWORD dwClsCtx, COSERVERINFO* pServerInfo,
                           DWORD dwCount, MULTI_QI* pResults) {
  if (dwCount == 0 || pResults == nullptr) return E_INVALIDARG;
  for (DWORD i = 0; i < dwCount; ++i) {
    pResults[i].pItf = nullptr;
    pResults[i].hr = E_NOINTERFACE;
  }
  // Objects are made in this process; another machine is reached through IWbemLocator::ConnectServer.
  if (pServerInfo != nullptr && pServerInfo->pwszName != nullptr && pServerInfo->pwszName[0] != 0) return E_NOTIMPL;
  wmi::com::ComPtr<IUnknown> object;
  HRESULT hr =
      CoCreateInstance(rclsid, punkOuter, dwClsCtx, __uuidof(IUnknown), reinterpret_cast<void**>(object.Receive()));
  if (FAILED(hr)) return hr;
  DWORD found = 0;
  for (DWORD i = 0; i < dwCount; ++i) {
    pResults[i].hr = pResults[i].pIID == nullptr
                         ? E_INVALIDARG
                         : object->QueryInterface(*pResults[i].pIID, reinterpret_cast<void**>(&pResults[i].pItf));
    if (SUCCEEDED(pResults[i].hr)) ++found;
  }
  constexpr HRESULT kNotAllInterfaces = 0x00080012;  // CO_S_NOTALLINTERFACES
  return found == dwCount ? S_OK : found == 0 ? E_NOINTERFACE : kNotAllInterfaces;
}

HRESULT CoRegisterClassObject(REFCLSID rclsid, LPUNKNOWN pUnk, DWORD dwClsContext, DWORD flags, DWORD* lpdwRegister) {
  if (pUnk == nullptr || lpdwRegister == nullptr || (dwClsContext & CLSCTX_ALL) == 0) return E_INVALIDARG;
  *lpdwRegister = 0;
  if ((flags & ~static_cast<DWORD>(REGCLS_MULTIPLEUSE | REGCLS_MULTI_SEPARATE)) != 0) return E_INVALIDARG;
  return wmi::com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
    wmi::com::ComPtr<IUnknown> factory(pUnk);
    wmi::com::Registry& registry = wmi::com::GetRegistry();
    wmi::MutexLock lock(registry.mutex);
    for (const wmi::com::Registration& r : registry.registrations) {
      if (r.clsid == rclsid) return CO_E_OBJISREG;
    }
    const DWORD cookie = registry.next_cookie++;
    registry.registrations.push_back({cookie, rclsid, std::move(factory), flags == REGCLS_SINGLEUSE});
    *lpdwRegister = cookie;
    return S_OK;
  });
}

HRESULT CoRevokeClassObject(DWORD dwRegister) {
  wmi::com::ComPtr<IUnknown> factory;  // released after the lock is
  wmi::com::Registry& registry = wmi::com::GetRegistry();
  wmi::MutexLock lock(registry.mutex);
  for (auto at = registry.registrations.begin(); at != registry.registrations.end(); ++at) {
    if (at->cookie != dwRegister) continue;
    factory = std::move(at->factory);
    registry.registrations.erase(at);
    return S_OK;
  }
  return CO_E_OBJNOTREG;
}
