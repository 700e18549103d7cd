#include "com/server_call.h"

#include <objbase.h>

#include <atomic>
#include <utility>

#include "com/abi_call.h"
#include "com/com_object.h"
#include "com/com_ptr.h"

namespace wmi::com {
namespace {

std::atomic<std::uint64_t> last_call{0};

// The innermost call that this thread is in; 0 for none.
thread_local std::uint64_t current_call = 0;

HRESULT Impersonate() {
  return AbiCall<E_OUTOFMEMORY>([] {
    win32::SetThreadToken(win32::TokenObject::OfProcess()->Impersonation(SecurityImpersonation));
    return S_OK;
  });
}

// The context of one call: usable on its thread while it lasts.
class CallContext final : public ComObject<IServerSecurity> {
 public:
  explicit CallContext(std::uint64_t call) : call_(call) {}

  HRESULT QueryBlanket(DWORD* pAuthnSvc, DWORD* pAuthzSvc, OLECHAR** pServerPrincName, DWORD* pAuthnLevel,
                       DWORD* pImpLevel, void** pPrivs, DWORD* pCapabilities) override {
    if (pServerPrincName != nullptr) *pServerPrincName = nullptr;
    if (pPrivs != nullptr) *pPrivs = nullptr;
    if (!IsCurrent()) return RPC_E_CALL_COMPLETE;
    if (pAuthnSvc != nullptr) *pAuthnSvc = RPC_C_AUTHN_WINNT;
    if (pAuthzSvc != nullptr) *pAuthzSvc = RPC_C_AUTHZ_NONE;
    if (pAuthnLevel != nullptr) *pAuthnLevel = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;  // nothing leaves the process
    if (pImpLevel != nullptr) *pImpLevel = RPC_C_IMP_LEVEL_IMPERSONATE;
    if (pCapabilities != nullptr) *pCapabilities = EOAC_NONE;
    return S_OK;
  }
  HRESULT ImpersonateClient() override { return IsCurrent() ? Impersonate() : RPC_E_CALL_COMPLETE; }
  HRESULT RevertToSelf() override {
    if (!IsCurrent()) return RPC_E_CALL_COMPLETE;
    win32::SetThreadToken(nullptr);
    return S_OK;
  }
  BOOL IsImpersonating() override { return IsCurrent() && win32::ThreadToken() != nullptr ? TRUE : FALSE; }

 private:
  bool IsCurrent() const { return call_ == current_call; }

  const std::uint64_t call_;
};

}  // namespace

ServerCall::ServerCall()
    // Relaxed: only different numbers are wanted.
    : outer_(std::exchange(current_call, last_call.fetch_add(1, std::memory_order_relaxed) + 1)),
      outer_token_(win32::ThreadToken()) {
  win32::SetThreadToken(nullptr);
}

ServerCall::~ServerCall() {
  win32::SetThreadToken(outer_token_);
  current_call = outer_;
}

}  // namespace wmi::com

HRESULT CoGetCallContext(REFIID riid, void** ppInterface) {
  if (ppInterface == nullptr) return E_INVALIDARG;
  *ppInterface = nullptr;
  if (wmi::com::current_call == 0) return RPC_E_CALL_COMPLETE;
  return wmi::com::AbiCall<E_OUTOFMEMORY>([&] {
    return wmi::com::MakeCom<wmi::com::CallContext>(wmi::com::current_call)->QueryInterface(riid, ppInterface);
  });
}

HRESULT CoImpersonateClient() { return wmi::com::current_call == 0 ? RPC_E_CALL_COMPLETE : wmi::com::Impersonate(); }

HRESULT CoRevertToSelf() {
  if (wmi::com::current_call == 0) return RPC_E_CALL_COMPLETE;
  wmi::win32::SetThreadToken(nullptr);
  return S_OK;
}
