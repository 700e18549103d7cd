#include "api/secured_object.h"

#include <utility>

namespace wmi::api {
namespace {

template <typename T>
void Give(T* target, T value) {
  if (target != nullptr) *target = value;
}

}  // namespace

com::Blanket BlanketHolder::Get() {
  MutexLock lock(mutex_);
  return blanket_;
}

void BlanketHolder::Replace(com::Blanket blanket) {
  MutexLock lock(mutex_);
  std::swap(blanket_, blanket);
}

HRESULT BlanketHolder::Query(IUnknown* proxy, DWORD* authentication_service, DWORD* authorization_service,
                             OLECHAR** principal, DWORD* authentication_level, DWORD* impersonation_level,
                             void** identity, DWORD* capabilities) {
  return com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
    Give<OLECHAR*>(principal, nullptr);
    if (proxy == nullptr) return E_INVALIDARG;
    const com::Blanket blanket = Get();
    if (principal != nullptr) {
      const HRESULT hr = com::CopyPrincipal(blanket, principal);
      if (FAILED(hr)) return hr;
    }
    Give(authentication_service, blanket.authentication_service);
    Give(authorization_service, blanket.authorization_service);
    Give(authentication_level, blanket.authentication_level);
    Give(impersonation_level, blanket.impersonation_level);
    Give(identity, blanket.identity);
    Give(capabilities, blanket.capabilities);
    return S_OK;
  });
}

HRESULT BlanketHolder::Set(IUnknown* proxy, const com::BlanketArguments& arguments) {
  return com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
    if (proxy == nullptr) return E_INVALIDARG;
    MutexLock lock(mutex_);
    return com::ApplyBlanket(arguments, blanket_);
  });
}

}  // namespace wmi::api
