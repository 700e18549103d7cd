// UnsecuredApartment: CLSID_UnsecuredApartment, which the documentation also calls WbemUnsecuredApartment; it makes the
// stubs of contract 4.4. IUnsecuredApartment and IWbemUnsecuredApartment in include/wbem are the manual.
#pragma once

#include <wbemcli.h>

#include <functional>
#include <string_view>
#include <utility>

#include "api/sink_stub.h"
#include "base/settings.h"
#include "base/status.h"
#include "com/com_object.h"
#include "engine/engine.h"

namespace wmi::api {

// What UnsecAppAccessControlDefault says: kFirstCaller for 1, kNone for 0 and if it is missing or malformed.
AccessCheck DefaultAccessCheck(const Settings& settings);
// The same of the machine, read once per process.
AccessCheck MachineAccessCheck();

// Safe from several threads. Its stubs do not need it, nor `engine`, which is asked for the class of error objects
// alone. Failures leave an error object.
class UnsecuredApartment final : public com::ComObject<com::Derives<IWbemUnsecuredApartment, IUnsecuredApartment>> {
 public:
  // Where the facts about the machine and the caller come from; a test gives its own.
  struct Surroundings {
    std::function<AccessCheck()> default_check = MachineAccessCheck;
    CallerSource caller = engine::Principal::OfCaller;
  };

  explicit UnsecuredApartment(engine::Engine& engine) : UnsecuredApartment(engine, Surroundings()) {}
  UnsecuredApartment(engine::Engine& engine, Surroundings surroundings)
      : engine_(engine), surroundings_(std::move(surroundings)) {}

  HRESULT CreateObjectStub(IUnknown* pObject, IUnknown** ppStub) override;
  HRESULT CreateSinkStub(IWbemObjectSink* pSink, DWORD dwFlags, LPCWSTR wszReserved, IWbemObjectSink** ppStub) override;

 protected:
  ~UnsecuredApartment() override = default;

 private:
  template <typename Body>
  HRESULT Reported(std::string_view operation, Body&& body) noexcept;

  engine::Engine& engine_;
  const Surroundings surroundings_;
};

}  // namespace wmi::api
