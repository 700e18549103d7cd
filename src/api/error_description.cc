#include "api/error_description.h"

#include <oleauto.h>

#include <string>

#include "api/error_object.h"
#include "base/text.h"
#include "com/com_ptr.h"

namespace wmi::api {

HRESULT ReportDescription(const Status& status) {
  if (status.ok()) return status.code();
  com::ComPtr<ICreateErrorInfo> create;
  if (FAILED(CreateErrorInfo(create.Receive()))) return status.code();
  std::wstring source = L"OpenWMI";
  std::wstring description = WideFromUtf8(ErrorText(status));
  create->SetSource(source.data());
  create->SetDescription(description.data());
  if (const com::ComPtr<IErrorInfo> error = create.As<IErrorInfo>()) SetErrorInfo(0, error.get());
  return status.code();
}

}  // namespace wmi::api
