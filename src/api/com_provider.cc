#include "api/com_provider.h"

#include <fmt/format.h>
#include <oleauto.h>

#include <cstdint>
#include <new>
#include <string_view>
#include <utility>

#include "api/call_context.h"
#include "api/object_batch.h"
#include "api/provider_call.h"
#include "cim/object_path.h"
#include "com/bstr.h"
#include "com/server_call.h"
#include "engine/engine.h"
#include "exec/task.h"

namespace wmi::api {
namespace {

using engine::ProviderCall;
using Kind = ProviderCall::Kind;

// Text for a provider, freed at the end.
class ProviderText {
 public:
  explicit ProviderText(std::string_view text) : text_(com::BstrFromUtf8(text)) {
    if (text_ == nullptr) throw std::bad_alloc();
  }
  ~ProviderText() { SysFreeString(text_); }
  ProviderText(const ProviderText&) = delete;
  ProviderText& operator=(const ProviderText&) = delete;
  BSTR get() const { return text_; }

 private:
  const BSTR text_;
};

long FlagsOf(const ProviderCall& call) {
  long flags = call.wants_progress ? WBEM_FLAG_SEND_STATUS : 0;
  if (call.kind == Kind::kPutInstance) {
    if (call.mode == cim::PutMode::kUpdateOnly) flags |= WBEM_FLAG_UPDATE_ONLY;
    if (call.mode == cim::PutMode::kCreateOnly) flags |= WBEM_FLAG_CREATE_ONLY;
  }
  return flags;
}

std::string_view MethodName(Kind kind) {
  switch (kind) {
    case Kind::kGetObject:
      return "GetObjectAsync";
    case Kind::kEnumerate:
      return "CreateInstanceEnumAsync";
    case Kind::kQuery:
      return "ExecQueryAsync";
    case Kind::kPutInstance:
      return "PutInstanceAsync";
    case Kind::kDeleteInstance:
      return "DeleteInstanceAsync";
    case Kind::kExecMethod:
      return "ExecMethodAsync";
  }
  return {};
}

// What goes to the provider besides the context and the handler, made before its code is entered.
struct Arguments {
  explicit Arguments(const ProviderCall& call)
      : class_name(call.class_name),
        language("WQL"),
        query(call.query),
        path(call.path),
        method(call.method),
        object(call.object ? MakeClassObject(call.object) : com::ComPtr<IWbemClassObject>()),
        flags(FlagsOf(call)) {}

  ProviderText class_name;
  ProviderText language;
  ProviderText query;
  ProviderText path;
  ProviderText method;
  com::ComPtr<IWbemClassObject> object;
  long flags;
};

HRESULT Invoke(IWbemServices& provider, Kind kind, const Arguments& with, IWbemContext* context,
               IWbemObjectSink* handler) {
  switch (kind) {
    case Kind::kGetObject:
      return provider.GetObjectAsync(with.path.get(), with.flags, context, handler);
    case Kind::kEnumerate:
      return provider.CreateInstanceEnumAsync(with.class_name.get(), with.flags, context, handler);
    case Kind::kQuery:
      return provider.ExecQueryAsync(with.language.get(), with.query.get(), with.flags, context, handler);
    case Kind::kPutInstance:
      return provider.PutInstanceAsync(with.object.get(), with.flags, context, handler);
    case Kind::kDeleteInstance:
      return provider.DeleteInstanceAsync(with.path.get(), with.flags, context, handler);
    case Kind::kExecMethod:
      return provider.ExecMethodAsync(with.path.get(), with.method.get(), with.flags, context, with.object.get(),
                                      handler);
  }
  return code::kProviderNotCapable;
}

// The path of an instance in its namespace; empty when a key is NULL.
std::string PathOf(const cim::Object& instance) {
  cim::ObjectPath path;
  path.class_name = instance.schema().name();
  path.is_singleton = instance.schema().is_singleton();
  for (std::size_t slot : instance.schema().key_slots()) {
    if (instance.slot(slot).is_null()) return {};
    path.keys.push_back({instance.schema().properties()[slot].name, cim::Value::Copy(instance.slot(slot))});
  }
  return cim::FormatObjectPath(path);
}

// What the client gave, one call deeper; also for a client that gave nothing, because the depth is what ends a provider
// that asks itself.
com::ComPtr<IWbemContext> ContextFor(const engine::CallContextPtr& given) {
  com::ComPtr<IWbemContext> context = ProviderContext(given);
  if (!context) throw std::bad_alloc();
  return context;
}

// A call that was refused in one form and is made in another, on a thread of the pool: the provider's own may be deep
// inside its SetStatus.
struct SecondCall {
  std::shared_ptr<ComProvider> provider;
  ProviderCall call;
  std::shared_ptr<engine::PushPort> port;

  void Run() {
    if (!port->IsClosed()) provider->Start(call, std::move(port));
  }
  std::string Description() const { return "provider " + provider->identity().name; }
};

}  // namespace

ComProvider::ComProvider(ProviderIdentity identity, std::shared_ptr<ProviderEntrance> entrance, Options options)
    : identity_(std::move(identity)), entrance_(std::move(entrance)), options_(options) {}

namespace {

void Release(com::ComPtr<IUnknown> object, com::ComPtr<IWbemServices> services) {
  std::string thrown;
  EnterProvider(thrown, [&] {
    services.Reset();
    object.Reset();
    return code::kOk;
  });
}

}  // namespace

ComProvider::~ComProvider() {
  MutexLock lock(mutex_);  // nobody else is here; for the analysis
  com::ComPtr<IUnknown> object = std::move(object_);
  com::ComPtr<IWbemServices> services = std::move(services_);
  lock.Unlock();
  Release(std::move(object), std::move(services));
}

void ComProvider::Start(const ProviderCall& call, std::shared_ptr<engine::PushPort> port) {
  try {
    Run(call, port);
  } catch (const std::bad_alloc&) {
    port->Fail(Status(code::kOutOfMemory));
  }
}

void ComProvider::Run(const ProviderCall& call, const std::shared_ptr<engine::PushPort>& port) {
  const Result<com::ComPtr<IWbemServices>> services = FindServices(call);
  if (!services.ok()) {
    port->Fail(services.status());
    return;
  }
  if (port->IsClosed()) return;  // the client went while the provider was being made
  const Arguments arguments(call);
  const com::ComPtr<IWbemContext> context = ContextFor(call.context);
  const com::ComPtr<ResponseHandler> handler = com::MakeCom<ResponseHandler>(port, HandlerOptions(call, port));
  std::string thrown;
  const Code code = EnterProvider(thrown, [&] {
    const com::ServerCall server_call;
    return Invoke(**services, call.kind, arguments, context.get(), handler.get());
  });
  if (!Failed(code)) return;
  const std::string what = fmt::format("its method {}{}", MethodName(call.kind), thrown.empty() ? " returned" : "");
  handler->MethodFailed(ProviderStatus(code, identity_.name, what, thrown));
}

ResponseHandler::Options ComProvider::HandlerOptions(const ProviderCall& call,
                                                     const std::shared_ptr<engine::PushPort>& port) {
  ResponseHandler::Options options;
  options.provider = identity_.name;
  options.wants_progress = call.wants_progress;
  if (call.kind == Kind::kPutInstance) {
    options.takes_path = true;
    options.path = PathOf(call.object);
  }
  options.on_refused = FallbackOf(call, port);
  options.reply_wait_max = options_.reply_wait_max;
  return options;
}

std::function<void()> ComProvider::FallbackOf(const ProviderCall& call, const std::shared_ptr<engine::PushPort>& port) {
  if (call.kind != Kind::kQuery || call.class_name.empty()) return nullptr;
  // The handler may be kept for ever: it must not keep the provider, which keeps it.
  return [weak = weak_from_this(), call, port]() noexcept {
    try {
      const std::shared_ptr<ComProvider> self = weak.lock();
      if (self) {
        auto second = std::make_shared<SecondCall>(SecondCall{self, call, port});
        second->call.kind = Kind::kEnumerate;
        if (self->entrance_->Post(call.session->lane(), exec::Task::Of<&SecondCall::Run>(std::move(second)))) return;
      }
      port->Fail(Status(code::kShuttingDown));
    } catch (...) {
      port->Fail(Status(code::kOutOfMemory));
    }
  };
}

// ---- initialisation -------------------------------------------------------------------------------------------------

Result<com::ComPtr<IUnknown>> ComProvider::EnsureReady(engine::Engine& engine, const engine::CallContextPtr& context) {
  MutexLock lock(mutex_);
  if (state_ == State::kReady) {
    ++uses_;
    return object_;
  }
  if (state_ == State::kLoading) return AwaitLoading(lock);
  state_ = State::kLoading;
  ++loads_;
  load_deadline_ = SteadyClock().Now() + options_.initialization_wait_max;
  lock.Unlock();
  Result<com::ComPtr<IUnknown>> loaded = Status(code::kOutOfMemory);
  try {
    const com::ComPtr<IWbemContext> handed_on = ContextFor(context);
    loaded = InitializeProvider(identity_, engine, handed_on.get(), options_.initialization_wait_max);
  } catch (const std::bad_alloc&) {
    loaded = Status(code::kOutOfMemory);
  }
  lock.Lock();
  state_ = loaded.ok() ? State::kReady : State::kUnloaded;
  load_failure_ = loaded.status();
  if (loaded.ok()) {
    object_ = *loaded;
    ++uses_;
  }
  changed_.NotifyAll();
  return loaded;
}

Result<com::ComPtr<IUnknown>> ComProvider::AwaitLoading(MutexLock& lock) {
  const std::uint64_t attempt = loads_;
  const TimePoint deadline = load_deadline_;
  // Also ends when it failed and somebody else tries again already: then that failure was the one waited for.
  while (state_ == State::kLoading && loads_ == attempt) {
    if (changed_.WaitUntil(lock, deadline) || state_ != State::kLoading || loads_ != attempt) continue;
    return ProviderLoadFailure(identity_, "its IWbemProviderInit::Initialize has not returned");
  }
  if (state_ == State::kReady) {
    ++uses_;
    return object_;
  }
  return load_failure_;
}

// ---- uses -----------------------------------------------------------------------------------------------------------

ComProvider::Use::~Use() {
  if (!object_) return;
  Release(std::move(object_), nullptr);
  provider_->EndUse();
}

Result<std::unique_ptr<ComProvider::Use>> ComProvider::Load(engine::Engine& engine,
                                                            const engine::CallContextPtr& context) {
  auto use = std::make_unique<Use>(shared_from_this());
  use->object_ = TRY(EnsureReady(engine, context));
  return use;
}

void ComProvider::EndUse() {
  com::ComPtr<IUnknown> object;
  MutexLock lock(mutex_);
  if (--uses_ > 0 || services_) return;
  object = std::move(object_);
  state_ = State::kUnloaded;
  lock.Unlock();
  Release(std::move(object), nullptr);
}

// The provider stays loaded once it has served a call.
Result<com::ComPtr<IWbemServices>> ComProvider::FindServices(const ProviderCall& call) {
  {
    MutexLock lock(mutex_);
    if (services_) return services_;
  }
  const Result<std::unique_ptr<Use>> use = Load(call.session->engine(), call.context);
  if (!use.ok()) return use.status();
  com::ComPtr<IWbemServices> services = (*use)->As<IWbemServices>();
  if (!services) return ProviderLoadFailure(identity_, "it has no interface IWbemServices");
  com::ComPtr<IWbemServices> surplus = services;  // of those who came at the same time; released without the lock
  MutexLock lock(mutex_);
  std::swap(services_, surplus);
  lock.Unlock();
  return services;
}

}  // namespace wmi::api
