// SecuredObject: IClientSecurity for the objects that programs take for proxies (contract 0, rule 2; 4.2).
//
// Nearly every program calls CoSetProxyBlanket on its IWbemServices and treats a failure as fatal. In-process there is
// nothing to authenticate: the values are checked, kept and shown.
#pragma once

#include <objidl.h>

#include "base/mutex.h"
#include "com/abi_call.h"
#include "com/com_object.h"
#include "com/com_ptr.h"
#include "com/security.h"

namespace wmi::api {

// The blanket of one proxy. Safe from several threads.
class BlanketHolder {
 public:
  // QueryBlanket. Null targets are left out. E_INVALIDARG without a proxy, E_OUTOFMEMORY for the principal; nothing but
  // `principal` is written then.
  HRESULT Query(IUnknown* proxy, DWORD* authentication_service, DWORD* authorization_service, OLECHAR** principal,
                DWORD* authentication_level, DWORD* impersonation_level, void** identity, DWORD* capabilities);
  // SetBlanket; com::ApplyBlanket. On failure the blanket is what it was.
  HRESULT Set(IUnknown* proxy, const com::BlanketArguments& arguments);

  com::Blanket Get();
  void Replace(com::Blanket blanket);

 private:
  Mutex mutex_;
  com::Blanket blanket_ WMI_GUARDED_BY(mutex_);
};

// Base of a COM object with one interface of its own and IClientSecurity.
template <typename Interface>
class SecuredObject : public com::ComObject<Interface, IClientSecurity> {
 public:
  HRESULT QueryBlanket(IUnknown* pProxy, DWORD* pAuthnSvc, DWORD* pAuthzSvc, OLECHAR** pServerPrincName,
                       DWORD* pAuthnLevel, DWORD* pImpLevel, void** pAuthInfo, DWORD* pCapabilites) final {
    return blanket_.Query(pProxy, pAuthnSvc, pAuthzSvc, pServerPrincName, pAuthnLevel, pImpLevel, pAuthInfo,
                          pCapabilites);
  }
  HRESULT SetBlanket(IUnknown* pProxy, DWORD dwAuthnSvc, DWORD dwAuthzSvc, OLECHAR* pServerPrincName,
                     DWORD dwAuthnLevel, DWORD dwImpLevel, void* pAuthInfo, DWORD dwCapabilities) final {
    return blanket_.Set(
        pProxy, {dwAuthnSvc, dwAuthzSvc, pServerPrincName, dwAuthnLevel, dwImpLevel, pAuthInfo, dwCapabilities});
  }
  // A second proxy to the same thing, with a blanket of its own that starts equal to this one's.
  HRESULT CopyProxy(IUnknown* pProxy, IUnknown** ppCopy) final {
    return com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
      if (ppCopy == nullptr) return E_POINTER;
      *ppCopy = nullptr;
      if (pProxy == nullptr) return E_INVALIDARG;
      com::ComPtr<Interface> copy = Copy();
      static_cast<SecuredObject*>(copy.get())->blanket_.Replace(blanket_.Get());
      *ppCopy = copy.Detach();
      return S_OK;
    });
  }

 protected:
  // A new object of the same class.
  virtual com::ComPtr<Interface> Copy() = 0;

 private:
  BlanketHolder blanket_;
};

}  // namespace wmi::api
