// Error objects: one per thread, and the general-purpose one that CreateErrorInfo makes.
#include <oleauto.h>

#include <optional>
#include <string>

#include "com/abi_call.h"
#include "com/com_object.h"
#include "com/com_ptr.h"

namespace wmi::com {
namespace {

thread_local ComPtr<IErrorInfo> current;

class ErrorInfo final : public ComObject<IErrorInfo, ICreateErrorInfo> {
 public:
  HRESULT GetGUID(GUID* pGUID) override {
    if (pGUID == nullptr) return E_INVALIDARG;
    *pGUID = guid_;
    return S_OK;
  }
  HRESULT GetSource(BSTR* pBstrSource) override { return Get(source_, pBstrSource); }
  HRESULT GetDescription(BSTR* pBstrDescription) override { return Get(description_, pBstrDescription); }
  HRESULT GetHelpFile(BSTR* pBstrHelpFile) override { return Get(help_file_, pBstrHelpFile); }
  HRESULT GetHelpContext(DWORD* pdwHelpContext) override {
    if (pdwHelpContext == nullptr) return E_INVALIDARG;
    *pdwHelpContext = help_context_;
    return S_OK;
  }

  HRESULT SetGUID(REFGUID rguid) override {
    guid_ = rguid;
    return S_OK;
  }
  HRESULT SetSource(LPOLESTR szSource) override { return Set(szSource, source_); }
  HRESULT SetDescription(LPOLESTR szDescription) override { return Set(szDescription, description_); }
  HRESULT SetHelpFile(LPOLESTR szHelpFile) override { return Set(szHelpFile, help_file_); }
  HRESULT SetHelpContext(DWORD dwHelpContext) override {
    help_context_ = dwHelpContext;
    return S_OK;
  }

 private:
  using Text = std::optional<std::wstring>;

  // What was never set reads as NULL.
  static HRESULT Get(const Text& text, BSTR* target) {
    if (target == nullptr) return E_INVALIDARG;
    *target = nullptr;
    if (!text) return S_OK;
    *target = SysAllocStringLen(text->data(), static_cast<UINT>(text->size()));
    return *target != nullptr ? S_OK : E_OUTOFMEMORY;
  }

  static HRESULT Set(LPCOLESTR value, Text& text) {
    return AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
      if (value == nullptr)
        text.reset();
      else
        text = value;
      return S_OK;
    });
  }

  GUID guid_ = {};
  Text source_;
  Text description_;
  Text help_file_;
  DWORD help_context_ = 0;
};

}  // namespace
}  // namespace wmi::com

HRESULT SetErrorInfo(ULONG dwReserved, IErrorInfo* perrinfo) {
  if (dwReserved != 0) return E_INVALIDARG;
  wmi::com::current = wmi::com::ComPtr<IErrorInfo>(perrinfo);
  return S_OK;
}

HRESULT GetErrorInfo(ULONG dwReserved, IErrorInfo** pperrinfo) {
  if (dwReserved != 0 || pperrinfo == nullptr) return E_INVALIDARG;
  *pperrinfo = wmi::com::current.Detach();
  return *pperrinfo != nullptr ? S_OK : S_FALSE;
}

HRESULT CreateErrorInfo(ICreateErrorInfo** pperrinfo) {
  if (pperrinfo == nullptr) return E_INVALIDARG;
  *pperrinfo = nullptr;
  return wmi::com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
    *pperrinfo = wmi::com::MakeCom<wmi::com::ErrorInfo>().Detach();
    return S_OK;
  });
}
