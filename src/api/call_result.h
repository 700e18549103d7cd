// CallResult: IWbemCallResult, the outcome of a semisynchronous call that gives one thing or nothing (contract 5.3).
#pragma once

#include <wbemcli.h>

#include <memory>
#include <string_view>
#include <utility>

#include "api/method_table.h"
#include "api/secured_object.h"
#include "base/clock.h"
#include "com/com_ptr.h"
#include "engine/ending.h"
#include "engine/engine.h"
#include "engine/result_set.h"

namespace wmi::api {

// Safe from several threads. Releasing the result of a call that only reads gives the call up; what changes something
// goes on to its end (contract 5.3).
//
// Each method has one accessor (GetObject and ExecMethod an object, PutInstance a string, OpenNamespace services);
// another one is WBEM_E_INVALID_OPERATION at once. It may be called as often as the program likes. A method without
// out-parameters is a success with a NULL object, as in the synchronous form.
class CallResult final : public SecuredObject<IWbemCallResult> {
 public:
  // `results` is what the call of `method` delivers to.
  CallResult(engine::SessionPtr session, Method method, std::shared_ptr<engine::ResultSet> results);

  HRESULT GetResultObject(long lTimeout, IWbemClassObject** ppResultObject) override;
  HRESULT GetResultString(long lTimeout, BSTR* pstrResultString) override;
  HRESULT GetResultServices(long lTimeout, IWbemServices** ppServices) override;
  HRESULT GetCallStatus(long lTimeout, long* plStatus) override;

  // Each waits for the end of the call; kTimedOutOk when it does not come before `deadline`. A failure is the call's.
  engine::Ending Wait(TimePoint deadline) const;
  engine::Ending ReadObject(TimePoint deadline, com::ComPtr<IWbemClassObject>& object) const;
  engine::Ending ReadServices(TimePoint deadline, com::ComPtr<IWbemServices>& services) const;

 protected:
  ~CallResult() override = default;
  com::ComPtr<IWbemCallResult> Copy() override;

 private:
  // Shared with copies of the proxy.
  struct Reader {
    Reader(Method of, std::shared_ptr<engine::ResultSet> filled) : method(of), results(std::move(filled)) {}
    ~Reader();
    const Method method;
    const std::shared_ptr<engine::ResultSet> results;
  };

  CallResult(engine::SessionPtr session, std::shared_ptr<const Reader> reader);

  const engine::SessionPtr session_;
  const std::shared_ptr<const Reader> reader_;
};

}  // namespace wmi::api
