// A COM provider inside the test: it does what the script of the running test says.
#pragma once

#include <wbemprov.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sink.h"

namespace wmi::conformance {

// The name under which a namespace registers the provider, and its class.
inline constexpr wchar_t kProviderName[] = L"Conformance";
inline constexpr CLSID kProviderClass = {0x6c0f3e52, 0x9a41, 0x4d27, {0xb1, 0x5e, 0x20, 0x87, 0x3f, 0xc9, 0xd4, 0x11}};
inline constexpr wchar_t kProviderClassText[] = L"{6C0F3E52-9A41-4D27-B15E-20873FC9D411}";

// What the provider was asked. Pointers are valid for the call; AddRef what is kept.
struct ProviderRequest {
  enum class Kind { kGet, kEnumerate, kQuery, kPut, kDelete, kMethod };
  Kind kind;
  std::wstring text;    // path, class name or query
  std::wstring method;  // of kMethod
  long flags;
  IWbemContext* context;
  IWbemClassObject* object;  // what is put; in-parameters
  IWbemObjectSink* handler;
  IWbemServices* name_space;  // what Initialize gave
};

// A function that one thread may replace while others call it.
template <typename Function>
class Replaceable {
 public:
  Replaceable& operator=(Function function) {
    std::lock_guard lock(mutex_);
    function_.swap(function);
    return *this;
  }
  Function Get() const {
    std::lock_guard lock(mutex_);
    return function_;
  }

 private:
  mutable std::mutex mutex_;
  Function function_;
};

// What the provider does; outlives it. Safe from any thread. A call may reach the provider after the client's side of
// it has been cancelled, so what a function captures by reference must outlive the world unless the test waits for it.
class ProviderScript {
 public:
  // How many instances of C_Provided there are for the default answers.
  std::atomic<int> rows = 3;
  // Replaces the default answers, which serve C_Provided and C_Worker (world.h).
  Replaceable<std::function<HRESULT(const ProviderRequest& request)>> on_call;
  // Replaces SetStatus(WBEM_S_INITIALIZED).
  Replaceable<std::function<HRESULT(IWbemProviderInitSink* sink)>> on_init;
  std::atomic<int> calls = 0;
  std::atomic<int> initialized = 0;
  std::atomic<int> alive = 0;

  // Threads of the provider; joined by JoinThreads and Close.
  void Spawn(std::function<void()> body);
  void JoinThreads();

  HRESULT Serve(const ProviderRequest& request);
  // Waits for the calls and threads inside and lets no more in. Fails the test if a call stays.
  void Close();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
  int inside_ = 0;
  bool closed_ = false;
};

using ProviderScriptPtr = std::shared_ptr<ProviderScript>;

// Registers the class in this process, once. Providers that are made from now on follow `script`.
void UseScript(ProviderScriptPtr script);

// An instance of C_Provided, made as providers make theirs: from the class that the namespace gives.
IWbemClassObjectPtr ProvidedInstance(IWbemServices* name_space, int number);
HRESULT Push(const ProviderRequest& request, int number);
HRESULT Complete(IWbemObjectSink* handler, HRESULT code = WBEM_S_NO_ERROR, IWbemClassObject* error = nullptr);
// What the provider does without on_call.
HRESULT AnswerByDefault(const ProviderScript& script, const ProviderRequest& request);

}  // namespace wmi::conformance
