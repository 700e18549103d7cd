#include "api/provider_init.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "api/provider_call.h"
#include "api/services.h"
#include "base/mutex.h"
#include "base/text.h"
#include "com/class_registry.h"
#include "com/com_object.h"
#include "com/server_call.h"
#include "engine/engine.h"

namespace wmi::api {
namespace {

// What a provider answered. Safe from several threads; outlives whoever waits.
class InitAnswer {
 public:
  enum class Kind { kNone, kGiven, kAbandoned };

  // False: there was one before.
  bool Give(Code code) {
    MutexLock lock(mutex_);
    if (kind_ != Kind::kNone) return false;
    kind_ = Kind::kGiven;
    code_ = code;
    changed_.NotifyAll();
    return true;
  }
  void Abandon() {
    MutexLock lock(mutex_);
    if (kind_ != Kind::kNone) return;
    kind_ = Kind::kAbandoned;
    changed_.NotifyAll();
  }
  Kind Wait(TimePoint deadline, Code& code) {
    MutexLock lock(mutex_);
    while (kind_ == Kind::kNone) {
      if (!changed_.WaitUntil(lock, deadline)) break;
    }
    code = code_;
    return kind_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  Kind kind_ WMI_GUARDED_BY(mutex_) = Kind::kNone;
  Code code_ WMI_GUARDED_BY(mutex_) = code::kOk;
};

// The sink of an initialisation. A provider may keep it as long as it likes.
class InitSink final : public com::ComObject<IWbemProviderInitSink> {
 public:
  explicit InitSink(std::shared_ptr<InitAnswer> answer) : answer_(std::move(answer)) {}

  // The first answer counts; kInvalidOperation for another one. A LONG has 64 bits and means its low 32.
  HRESULT SetStatus(LONG lStatus, LONG /*lFlags*/) override {
    return answer_->Give(static_cast<Code>(static_cast<std::uint32_t>(lStatus))) ? code::kOk : code::kInvalidOperation;
  }

 protected:
  ~InitSink() override { answer_->Abandon(); }

 private:
  const std::shared_ptr<InitAnswer> answer_;
};

std::string Ended(Code code, const std::string& thrown) {
  return thrown.empty() ? "returned " + CodeInWords(code) : "threw an exception: " + thrown;
}

std::string ClsidText(REFCLSID clsid) {
  wchar_t text[39];
  StringFromGUID2(clsid, text, 39);
  return Utf8FromWide(text);
}

// Not CoCreateInstance, because what a factory of the program throws is the program's fault and not a bug of ours.
Result<com::ComPtr<IWbemProviderInit>> Create(const ProviderIdentity& identity) {
  com::ComPtr<IClassFactory> factory;
  com::ComPtr<IUnknown> object;
  com::ComPtr<IWbemProviderInit> init;
  std::string thrown;
  std::string why;
  Code code = EnterProvider(thrown, [&] { return com::FindFactory(identity.clsid, factory, why); });
  if (code == REGDB_E_CLASSNOTREG) {
    return ProviderLoadFailure(identity,
                               fmt::format("no class {} is registered in this process; register its factory with "
                                           "CoRegisterClassObject before the first call, or the shared object it is "
                                           "in with 'wmi register'",
                                           ClsidText(identity.clsid)));
  }
  if (Failed(code) && thrown.empty() && !why.empty()) return ProviderLoadFailure(identity, why);
  if (Failed(code) || !factory) return ProviderLoadFailure(identity, "its class factory " + Ended(code, thrown));
  code = EnterProvider(thrown, [&] {
    return factory->CreateInstance(nullptr, __uuidof(IUnknown), reinterpret_cast<void**>(object.Receive()));
  });
  if (Failed(code)) return ProviderLoadFailure(identity, "CreateInstance of its class factory " + Ended(code, thrown));
  if (!object) return ProviderLoadFailure(identity, "CreateInstance of its class factory gave no object");
  EnterProvider(thrown, [&] {
    init = object.As<IWbemProviderInit>();
    return code::kOk;
  });
  if (!init) return ProviderLoadFailure(identity, "it has no interface IWbemProviderInit");
  return init;
}

Status Initialize(const ProviderIdentity& identity, IWbemProviderInit& init, IWbemServices* services,
                  IWbemContext* context, Duration wait_max) {
  const TimePoint deadline = SteadyClock().Now() + wait_max;
  const auto answer = std::make_shared<InitAnswer>();
  std::wstring name_space = WideFromUtf8(identity.name_space);
  com::ComPtr<InitSink> sink = com::MakeCom<InitSink>(answer);
  std::string thrown;
  Code code = EnterProvider(thrown, [&] {
    const com::ServerCall call;
    return init.Initialize(nullptr, 0, name_space.data(), nullptr, services, context, sink.get());
  });
  if (Failed(code)) return ProviderLoadFailure(identity, "IWbemProviderInit::Initialize " + Ended(code, thrown));
  sink.Reset();
  switch (answer->Wait(deadline, code)) {
    case InitAnswer::Kind::kNone:
      return ProviderLoadFailure(identity,
                                 fmt::format("it did not call IWbemProviderInitSink::SetStatus within {} ms",
                                             std::chrono::duration_cast<std::chrono::milliseconds>(wait_max).count()));
    case InitAnswer::Kind::kAbandoned:
      return ProviderLoadFailure(
          identity, "it let go of the initialisation sink without a call of IWbemProviderInitSink::SetStatus");
    case InitAnswer::Kind::kGiven:
      break;
  }
  if (Failed(code)) return ProviderLoadFailure(identity, "its initialisation ended with " + CodeInWords(code));
  return Status();
}

}  // namespace

Status ProviderLoadFailure(const ProviderIdentity& identity, const std::string& what) {
  return Status(code::kProviderLoadFailure,
                fmt::format("the provider '{}' of {} cannot be used: {}", identity.name, identity.name_space, what))
      .WithProvider(identity.name);
}

Result<com::ComPtr<IUnknown>> InitializeProvider(const ProviderIdentity& identity, engine::Engine& engine,
                                                 IWbemContext* context, Duration wait_max) {
  // A connection of its own: it lives as long as the provider, not as long as the client that came first.
  const engine::SessionPtr session = TRY(engine.Connect(identity.name_space));
  com::ComPtr<IWbemServices> namespace_services(com::MakeCom<Services>(session));
  com::ComPtr<IUnknown> provider;
  std::string thrown;
  com::ComPtr<IWbemProviderInit> init = TRY(Create(identity));
  Status status = Initialize(identity, *init, namespace_services.get(), context, wait_max);
  EnterProvider(thrown, [&] {
    if (status.ok()) provider = init.As<IUnknown>();
    init.Reset();
    return code::kOk;
  });
  if (!status.ok()) return status;
  if (!provider) return ProviderLoadFailure(identity, "its QueryInterface does not know IUnknown");
  return provider;
}

}  // namespace wmi::api
