#include "wmi/session.h"

#include <objbase.h>
#include <oleauto.h>

#include "wmi/com_text.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {

Session::~Session() {
  services_.Reset();
  if (initialised_) ::CoUninitialize();
}

HRESULT Session::Initialise() {
  if (initialised_) return S_OK;
  const HRESULT result = ::CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  if (FAILED(result)) return result;
  initialised_ = true;
  return ::CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE,
                                nullptr, EOAC_NONE, nullptr);
}

namespace {

// The command keeps its own time (--timeout); the connection's limit must not come before it.
HRESULT WithoutTimeLimit(com::ComPtr<IWbemContext>& context) {
  HRESULT result = ::CoCreateInstance(CLSID_WbemContext, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemContext,
                                      reinterpret_cast<void**>(context.Receive()));
  if (FAILED(result)) return result;
  VARIANT none;
  VariantInit(&none);
  none.vt = VT_I4;
  none.lVal = 0;
  return context->SetValue(L"OPENWMI_TIMEOUT_MS", 0, &none);
}

}  // namespace

std::optional<Problem> Session::Connect(std::string_view name_space) {
  HRESULT result = Initialise();
  com::ComPtr<IWbemLocator> locator;
  if (SUCCEEDED(result)) {
    result = ::CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                reinterpret_cast<void**>(locator.Receive()));
  }
  com::ComPtr<IWbemContext> context;
  if (SUCCEEDED(result)) result = WithoutTimeLimit(context);
  if (SUCCEEDED(result)) {
    WideText path(name_space);
    result =
        locator->ConnectServer(path.bstr(), nullptr, nullptr, nullptr, 0, nullptr, context.get(), services_.Receive());
  }
  if (SUCCEEDED(result)) {
    result = ::CoSetProxyBlanket(services_.get(), RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, RPC_C_AUTHN_LEVEL_CALL,
                                 RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE);
  }
  if (SUCCEEDED(result)) return std::nullopt;
  return TakeThreadProblem(result);
}

}  // namespace wmi::cli
