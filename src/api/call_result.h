// CallResult: IWbemCallResult, the outcome of a semisynchronous GetObject (contract 5.3).
#pragma once

#include <wbemcli.h>

#include <memory>
#include <string_view>
#include <utility>

#include "api/secured_object.h"
#include "base/status.h"
#include "com/com_ptr.h"
#include "engine/engine.h"
#include "engine/result_set.h"

namespace wmi::api {

// Safe from several threads. Releasing it gives the operation up.
class CallResult final : public SecuredObject<IWbemCallResult> {
 public:
  // `operation` is the method that made it, a name that lives for ever; `results` what it delivers to.
  CallResult(engine::SessionPtr session, std::string_view operation, std::shared_ptr<engine::ResultSet> results);

  HRESULT GetResultObject(long lTimeout, IWbemClassObject** ppResultObject) override;
  HRESULT GetResultString(long lTimeout, BSTR* pstrResultString) override;
  HRESULT GetResultServices(long lTimeout, IWbemServices** ppServices) override;
  HRESULT GetCallStatus(long lTimeout, long* plStatus) override;

  // The object, once the operation has ended; kTimedOutOk before `deadline` allows it, or the operation's failure.
  Status ReadObject(TimePoint deadline, com::ComPtr<IWbemClassObject>& object);

 protected:
  ~CallResult() override = default;
  com::ComPtr<IWbemCallResult> Copy() override;

 private:
  // Shared with copies of the proxy.
  struct Reader {
    explicit Reader(std::shared_ptr<engine::ResultSet> of) : results(std::move(of)) {}
    ~Reader() { results->Abandon(); }
    const std::shared_ptr<engine::ResultSet> results;
  };

  CallResult(engine::SessionPtr session, std::string_view operation, std::shared_ptr<const Reader> reader);

  const engine::SessionPtr session_;
  const std::string_view operation_;
  const std::shared_ptr<const Reader> reader_;
};

}  // namespace wmi::api
