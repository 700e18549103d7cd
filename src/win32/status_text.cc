// Texts for HRESULTs, for _com_error::ErrorMessage and IWbemStatusCodeText.
#include "win32/status_text.h"

#include <winerror.h>

#include "base/codes.h"
#include "win32/message/error_text.h"

namespace wmi::win32 {
namespace {

struct Row {
  HRESULT value;
  std::string_view text;
};

constexpr Row kRows[] = {
    {E_UNEXPECTED, "an internal state was not as expected"},
    {E_NOTIMPL, "the function is not implemented"},
    {E_NOINTERFACE, "the object does not offer this interface"},
    {E_POINTER, "a pointer is not valid"},
    {E_ABORT, "the operation was aborted"},
    {E_FAIL, "the operation failed for a reason that was not given"},
    {E_PENDING, "the data is not there yet"},
    {E_BOUNDS, "an index is out of bounds"},
    {E_ACCESSDENIED, "the system denied access"},
    {E_HANDLE, "a handle is not valid"},
    {E_OUTOFMEMORY, "the system has not enough memory"},
    {E_INVALIDARG, "an argument is not valid"},
    {CLASS_E_NOAGGREGATION, "the class does not support aggregation"},
    {CLASS_E_CLASSNOTAVAILABLE, "the module does not offer this class"},
    {REGDB_E_CLASSNOTREG, "the class is not registered"},
    {REGDB_E_IIDNOTREG, "the interface is not registered"},
    {CO_E_NOTINITIALIZED, "CoInitialize has not been called"},
    {CO_E_ALREADYINITIALIZED, "CoInitialize has been called already"},
    {CO_E_CLASSSTRING, "the text is not a class identifier"},
    {CO_E_IIDSTRING, "the text is not an interface identifier"},
    {CO_E_DLLNOTFOUND, "the module of the class was not found"},
    {CO_E_ERRORINDLL, "the module of the class cannot be loaded"},
    {CO_E_OBJNOTREG, "the object is not registered"},
    {CO_E_OBJISREG, "the object is registered already"},
    {CO_E_OBJNOTCONNECTED, "the object has no connection"},
    {CO_E_SERVER_EXEC_FAILURE, "the server of the class did not start"},
    {DISP_E_UNKNOWNINTERFACE, "the interface is not known"},
    {DISP_E_MEMBERNOTFOUND, "there is no such member"},
    {DISP_E_PARAMNOTFOUND, "the parameter was not found"},
    {DISP_E_TYPEMISMATCH, "the value cannot be converted to this type"},
    {DISP_E_UNKNOWNNAME, "the name is not known"},
    {DISP_E_BADVARTYPE, "the type of the VARIANT is not valid"},
    {DISP_E_EXCEPTION, "the call raised an exception"},
    {DISP_E_OVERFLOW, "the value is out of the range of this type"},
    {DISP_E_BADINDEX, "the array index is out of range"},
    {DISP_E_ARRAYISLOCKED, "the array is locked"},
    {DISP_E_BADPARAMCOUNT, "the number of parameters is not right"},
    {DISP_E_DIVBYZERO, "the divisor is zero"},
    {RPC_E_CALL_REJECTED, "the other side rejected the call"},
    {RPC_E_CALL_CANCELED, "the call was cancelled"},
    {RPC_E_SERVERFAULT, "the server failed during the call"},
    {RPC_E_CHANGED_MODE, "the thread has already chosen another apartment kind"},
    {RPC_E_TOO_LATE, "the security of the process is set already"},
    {RPC_E_WRONG_THREAD, "the object belongs to another thread"},
    {RPC_E_NO_GOOD_SECURITY_PACKAGES, "no security package is available"},
    {RPC_E_ACCESS_DENIED, "the other side denied access"},
    {RPC_E_TIMEOUT, "the time for the call ran out"},
    {RPC_E_CALL_COMPLETE, "the call is complete"},
    {RPC_E_DISCONNECTED, "the object is disconnected from its clients"},
};

}  // namespace

std::string_view StatusText(HRESULT hr) {
  for (const Row& row : kRows) {
    if (row.value == hr) return row.text;
  }
  // HRESULT_FROM_WIN32
  if (hr < 0 && HRESULT_FACILITY(hr) == FACILITY_WIN32) return ErrorText(static_cast<DWORD>(HRESULT_CODE(hr)));
  return CodeText(hr);
}

}  // namespace wmi::win32

// The texts are literals, hence NUL-terminated.
const char* _openwmi_status_text(HRESULT hr) {
  const std::string_view text = wmi::win32::StatusText(hr);
  return text.empty() ? nullptr : text.data();
}
