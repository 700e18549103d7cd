// EnumObjects: IEnumWbemClassObject over an engine::Enumerator (contract 5.2).
#pragma once

#include <wbemcli.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "api/secured_object.h"
#include "base/clock.h"
#include "com/com_ptr.h"
#include "engine/deadline.h"
#include "engine/ending.h"
#include "engine/engine.h"
#include "engine/enumerator.h"

namespace wmi::api {

// Safe from several threads: the enumerator serves requests in order. Every call checks that its caller is the
// principal who started the operation (R10), else WBEM_E_ACCESS_DENIED. The last release cancels what is not delivered.
class EnumObjects final : public SecuredObject<IEnumWbemClassObject> {
 public:
  // `operation` is the method that made it, a name that lives for ever; `deadline` that of the call, which holds for
  // everything that is read of it.
  EnumObjects(engine::SessionPtr session, std::string_view operation, engine::Deadline deadline,
              std::shared_ptr<engine::Enumerator> enumerator);

  HRESULT Reset() override;
  HRESULT Next(long lTimeout, ULONG uCount, IWbemClassObject** apObjects, ULONG* puReturned) override;
  HRESULT NextAsync(ULONG uCount, IWbemObjectSink* pSink) override;
  HRESULT Clone(IEnumWbemClassObject** ppEnum) override;
  HRESULT Skip(long lTimeout, ULONG nCount) override;

 protected:
  ~EnumObjects() override = default;
  com::ComPtr<IEnumWbemClassObject> Copy() override;

 private:
  // Shared with copies of the proxy; the last one closes the enumerator, which ends pending NextAsync requests.
  struct Reader {
    explicit Reader(std::shared_ptr<engine::Enumerator> of) : enumerator(std::move(of)) {}
    ~Reader() { enumerator->Close(); }
    const std::shared_ptr<engine::Enumerator> enumerator;
  };

  EnumObjects(engine::SessionPtr session, std::string_view operation, engine::Deadline deadline,
              std::shared_ptr<const Reader> reader);

  Status CheckCaller() const;
  engine::Ending ReadNext(TimePoint deadline, std::uint32_t count, IWbemClassObject** objects, ULONG* returned);
  engine::Ending Outcome(const engine::Enumerator::NextResult& result) const;

  const engine::SessionPtr session_;
  const std::string_view operation_;
  const engine::Deadline deadline_;
  const std::shared_ptr<const Reader> reader_;
};

}  // namespace wmi::api
