#include "api/unsecured_apartment.h"

#include <fmt/format.h>
#include <oleauto.h>

#include <optional>
#include <string>

#include "api/error_object.h"
#include "base/limits.h"
#include "com/abi_call.h"
#include "com/com_ptr.h"

namespace wmi::api {
namespace {

constexpr char kAccessSetting[] = "UnsecAppAccessControlDefault";

// Nothing for flags that are none (contract 4.4; checklist 27).
std::optional<AccessCheck> CheckOfFlags(DWORD flags, const std::function<AccessCheck()>& default_check) {
  switch (flags) {
    case WBEM_FLAG_UNSECAPP_DEFAULT_CHECK_ACCESS:
      return default_check();
    case WBEM_FLAG_UNSECAPP_CHECK_ACCESS:
      return AccessCheck::kFirstCaller;
    case WBEM_FLAG_UNSECAPP_DONT_CHECK_ACCESS:
      return AccessCheck::kNone;
    default:
      return std::nullopt;
  }
}

Status Invalid(std::string message) { return Status(code::kInvalidParameter, std::move(message)); }

Status StatusOfAttach(HRESULT hr) {
  switch (hr) {
    case S_OK:
      return Status();
    case E_NOINTERFACE:
      return Status(hr, "pObject does not answer IID_IWbemObjectSink; pass an object that implements IWbemObjectSink");
    case WBEM_E_QUOTA_VIOLATION:
      return Status(hr, fmt::format("the sink is a stub in front of {} others, which is the limit; make the stub for "
                                    "the real sink",
                                    limits::kStubDepthMax - 1));
    default:
      return Status(hr, "the sink threw an exception from AddRef or QueryInterface; they must not throw");
  }
}

}  // namespace

AccessCheck DefaultAccessCheck(const Settings& settings) {
  return NumberSetting(settings, kAccessSetting, 0, 1, 0) == 1 ? AccessCheck::kFirstCaller : AccessCheck::kNone;
}

AccessCheck MachineAccessCheck() {
  static const AccessCheck check = DefaultAccessCheck(MachineSettings());
  return check;
}

template <typename Body>
HRESULT UnsecuredApartment::Reported(std::string_view operation, Body&& body) noexcept {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const Status status = body();
    if (status.ok()) return S_OK;
    // No namespace is open; every namespace has the class of error objects.
    const auto error = MakeErrorObject(engine_.catalogue().FindClass("ROOT", "__ExtendedStatus"), status, operation);
    if (error) SetErrorInfo(0, error.get());
    return status.code();
  });
}

HRESULT UnsecuredApartment::CreateObjectStub(IUnknown* pObject, IUnknown** ppStub) {
  return Reported("IUnsecuredApartment::CreateObjectStub", [&]() -> Status {
    if (ppStub == nullptr) return Invalid("ppStub is NULL");
    *ppStub = nullptr;
    if (pObject == nullptr) return Invalid("pObject is NULL; pass the sink");
    const auto stub = com::MakeCom<SinkStub>(surroundings_.default_check(), surroundings_.caller);
    TRY(StatusOfAttach(stub->AttachObject(pObject)));
    stub->AddRef();
    *ppStub = stub->Unknown();
    return Status();
  });
}

HRESULT UnsecuredApartment::CreateSinkStub(IWbemObjectSink* pSink, DWORD dwFlags, LPCWSTR wszReserved,
                                           IWbemObjectSink** ppStub) {
  return Reported("IWbemUnsecuredApartment::CreateSinkStub", [&]() -> Status {
    if (ppStub == nullptr) return Invalid("ppStub is NULL");
    *ppStub = nullptr;
    if (pSink == nullptr) return Invalid("pSink is NULL; pass the sink");
    if (wszReserved != nullptr) return Invalid("wszReserved is not NULL; pass NULL");
    const std::optional<AccessCheck> check = CheckOfFlags(dwFlags, surroundings_.default_check);
    if (!check) return Invalid(fmt::format("dwFlags is 0x{:x}; pass one of WBEM_UNSECAPP_FLAG_TYPE, 0 to 2", dwFlags));
    const auto stub = com::MakeCom<SinkStub>(*check, surroundings_.caller);
    TRY(StatusOfAttach(stub->AttachSink(pSink)));
    stub->AddRef();
    *ppStub = stub.get();
    return Status();
  });
}

}  // namespace wmi::api
