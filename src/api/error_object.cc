#include "api/error_object.h"

#include <fmt/format.h>

#include <new>
#include <utility>
#include <vector>

#include "com/abi_call.h"
#include "com/bstr.h"
#include "engine/ending.h"
#include "engine/failure_object.h"

namespace wmi::api {
namespace {

template <typename T>
HRESULT Nothing(T* target) {
  if (target == nullptr) return E_POINTER;
  *target = T();
  return S_OK;
}

}  // namespace

ErrorObject::ErrorObject(cim::Object instance, std::string description)
    : ClassObject(std::move(instance)), description_(std::move(description)) {}

HRESULT ErrorObject::QueryInterface(REFIID riid, void** object) {
  if (object == nullptr) return E_POINTER;
  *object = riid == __uuidof(IErrorInfo) ? static_cast<IErrorInfo*>(this) : FindClassInterface(riid);
  if (*object == nullptr) return E_NOINTERFACE;
  AddRef();
  return S_OK;
}

ULONG ErrorObject::AddRef() { return count_.fetch_add(1, std::memory_order_relaxed) + 1; }

ULONG ErrorObject::Release() {
  const ULONG left = count_.fetch_sub(1, std::memory_order_acq_rel) - 1;
  if (left == 0) delete this;
  return left;
}

HRESULT ErrorObject::GetGUID(GUID* pGUID) {
  if (pGUID == nullptr) return E_POINTER;
  *pGUID = __uuidof(IWbemServices);
  return S_OK;
}

HRESULT ErrorObject::GetSource(BSTR* pBstrSource) { return com::ReturnBstr("OpenWMI", pBstrSource); }
HRESULT ErrorObject::GetDescription(BSTR* pBstrDescription) { return com::ReturnBstr(description_, pBstrDescription); }
HRESULT ErrorObject::GetHelpFile(BSTR* pBstrHelpFile) { return Nothing(pBstrHelpFile); }
HRESULT ErrorObject::GetHelpContext(DWORD* pdwHelpContext) { return Nothing(pdwHelpContext); }

std::string ErrorText(const Status& status) {
  std::string text = status.Message();
  const ErrorDetail* detail = status.detail();
  if (detail == nullptr || detail->line == 0) return text;
  // One form, whatever the message says itself: "line 1, column 8: …", behind the file if there is one.
  const std::string column = fmt::format("column {}", detail->column);
  const std::string place = fmt::format("line {}, {}", detail->line, column);
  if (text.starts_with(column + ": ")) text.erase(0, column.size() + 2);
  if (text.find(place) == std::string::npos) text = place + ": " + text;
  if (text.find(detail->file) == std::string::npos) text = detail->file + ", " + text;
  return text;
}

com::ComPtr<ErrorObject> MakeErrorObject(const cim::ClassPtr& extended_status, const Status& status,
                                         std::string_view operation) noexcept {
  if (extended_status == nullptr || (status.ok() && !engine::IsRemark(status))) return {};
  try {
    std::string description = ErrorText(status);
    cim::Object instance =
        engine::FailureObject(extended_status, status.WithOperation(std::string(operation)), description);
    return com::MakeCom<ErrorObject>(std::move(instance), std::move(description));
  } catch (const std::bad_alloc&) {
    return {};  // the code alone has to do
  }
}

}  // namespace wmi::api
