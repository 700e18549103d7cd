// Locator: IWbemLocator, the door to a namespace of this machine (contract 1.4). The context of ConnectServer may set
// the time limit of the connection's calls (call_context.h).
#pragma once

#include <wbemcli.h>

#include "base/status.h"
#include "com/com_object.h"
#include "engine/engine.h"

namespace wmi::api {

// Safe from several threads. `engine` outlives it.
class Locator final : public com::ComObject<IWbemLocator> {
 public:
  explicit Locator(engine::Engine& engine) : engine_(engine) {}

  HRESULT ConnectServer(const BSTR strNetworkResource, const BSTR strUser, const BSTR strPassword, const BSTR strLocale,
                        long lSecurityFlags, const BSTR strAuthority, IWbemContext* pCtx,
                        IWbemServices** ppNamespace) override;

 protected:
  ~Locator() override = default;

 private:
  engine::Engine& engine_;
};

}  // namespace wmi::api
