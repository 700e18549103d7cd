#include "api/secured_object.h"

namespace wmi::api {
namespace {

template <typename T>
void Give(T* target, T value) {
  if (target != nullptr) *target = value;
}

}  // namespace

HRESULT BlanketHolder::Query(IUnknown* proxy, DWORD* authentication_service, DWORD* authorization_service,
                             OLECHAR** principal, DWORD* authentication_level, DWORD* impersonation_level,
                             void** identity, DWORD* capabilities) {
  if (proxy == nullptr) return E_INVALIDARG;
  MutexLock lock(mutex_);
  const com::Blanket blanket = blanket_;
  lock.Unlock();
  Give(authentication_service, blanket.authentication_service);
  Give(authorization_service, blanket.authorization_service);
  Give(authentication_level, blanket.authentication_level);
  Give(impersonation_level, blanket.impersonation_level);
  Give(capabilities, blanket.capabilities);
  Give<OLECHAR*>(principal, nullptr);
  Give<void*>(identity, nullptr);
  return S_OK;
}

HRESULT BlanketHolder::Set(IUnknown* proxy, DWORD authentication_service, DWORD authorization_service,
                           DWORD authentication_level, DWORD impersonation_level, DWORD capabilities) {
  if (proxy == nullptr) return E_INVALIDARG;
  MutexLock lock(mutex_);
  return com::ApplyBlanket(authentication_service, authorization_service, authentication_level, impersonation_level,
                           capabilities, blanket_);
}

}  // namespace wmi::api
