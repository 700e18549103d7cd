// IHostTool: what `wmi host` and `wmi subscriptions` need of permanent subscriptions. A private interface of the
// product: program and library must be of the same version. Whoever changes it gives it a new identifier. Text is
// UTF-8, and valid for the call.
#pragma once

#include <wbemcli.h>

#include <cstdint>

namespace wmi::api {

// Called from any thread, also while Stop runs; returns soon.
class HostListener {
 public:
  // A subscription has become active or inactive, or was removed: a sentence.
  virtual void OnNews(const char* sentence) = 0;

 protected:
  ~HostListener() = default;
};

struct HostedSubscription {
  const char* path;  // of the binding
  const char* filter;
  const char* consumer;
  const char* query;
  const char* creator;  // security identifier
  const char* created;  // datetime; empty: not known
  const char* state;    // Starting, Active, Inactive, Stopped
  const char* reason;   // why it is inactive
  std::uint64_t delivered;
  std::uint64_t failed;
  std::uint64_t lost;
  std::int64_t last_delivery;  // microseconds since 1970; 0: none
  const char* last_failure;
};

// Called on the thread of the call.
class SubscriptionReceiver {
 public:
  // First: the process that hosts the repository, empty when none does; the folder, empty in memory.
  virtual void OnHost(const char* process, const char* folder) = 0;
  virtual void OnSubscription(const HostedSubscription& subscription) = 0;

 protected:
  ~SubscriptionReceiver() = default;
};

// Every method fails with its text in GetErrorInfo.
struct IHostTool : public IUnknown {
  // Runs the permanent subscriptions of the repository in this process until Stop, or the end of this object.
  // `listener` may be null. WBEM_E_TIMED_OUT when another process does, WBEM_E_ACCESS_DENIED when others can write the
  // repository.
  virtual HRESULT Start(HostListener* listener) = 0;
  // Waits for consumers that run. WBEM_S_FALSE when some have not returned in time.
  virtual HRESULT Stop(std::uint32_t wait_milliseconds) = 0;
  // What there is, whoever hosts it.
  virtual HRESULT Describe(SubscriptionReceiver* receiver) = 0;
};

// {5E0D2A61-3B0F-4C7E-9B57-7F0B1C4D9E12}
inline constexpr GUID CLSID_OpenWmiHost = {
    0x5E0D2A61, 0x3B0F, 0x4C7E, {0x9B, 0x57, 0x7F, 0x0B, 0x1C, 0x4D, 0x9E, 0x12}};

}  // namespace wmi::api

__CRT_UUID_DECL(wmi::api::IHostTool, 0x27C41B9A, 0x6E55, 0x4E0D, 0x8C, 0x3D, 0x90, 0x5A, 0x21, 0x7B, 0x64, 0xF8)
