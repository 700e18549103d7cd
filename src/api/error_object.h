// ErrorObject: a failure as programs see it, an instance of __ExtendedStatus that is IErrorInfo too (contract 0, rules
// 5 and 6). It comes from GetErrorInfo after a failing call, and with the final SetStatus of an asynchronous one.
#pragma once

#include <oaidl.h>
#include <wbemcli.h>

#include <atomic>
#include <string>
#include <string_view>

#include "api/class_object.h"
#include "base/status.h"
#include "cim/class.h"
#include "com/com_object.h"
#include "com/com_ptr.h"

namespace wmi::api {

// Both interfaces belong to one object: either answers QueryInterface for the other. Threads as ClassObject.
class ErrorObject final : public ClassObject, public IErrorInfo {
 public:
  // `description` is what GetDescription says.
  ErrorObject(cim::Object instance, std::string description);

  HRESULT QueryInterface(REFIID riid, void** object) override;
  ULONG AddRef() override;
  ULONG Release() override;

  HRESULT GetGUID(GUID* pGUID) override;
  HRESULT GetSource(BSTR* pBstrSource) override;
  HRESULT GetDescription(BSTR* pBstrDescription) override;
  HRESULT GetHelpFile(BSTR* pBstrHelpFile) override;
  HRESULT GetHelpContext(DWORD* pdwHelpContext) override;

 private:
  ~ErrorObject() override = default;

  std::atomic<ULONG> count_{1};
  const std::string description_;
  com::LiveObject live_;
};

// The text of a failure: the message, with its place in the query or MOF text where that is known and the message does
// not say it.
std::string ErrorText(const Status& status);

// The error object of a failure; null when `extended_status`, the class __ExtendedStatus of the namespace, is null,
// when the status is no failure, or when there is no memory. `operation` stands in it unless the status names one.
com::ComPtr<ErrorObject> MakeErrorObject(const cim::ClassPtr& extended_status, const Status& status,
                                         std::string_view operation) noexcept;

}  // namespace wmi::api
