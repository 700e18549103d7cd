// ProviderInit: how a COM provider is brought to life: CoCreateInstance, IWbemProviderInit::Initialize, and the wait
// for what it answers (contract 9.3).
#pragma once

#include <wbemcli.h>
#include <wbemprov.h>

#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "com/com_ptr.h"
#include "engine/session.h"

namespace wmi::api {

// What a registration says of a provider (contract 9.1), as far as it matters in process.
struct ProviderIdentity {
  std::string name;
  std::string name_space;
  CLSID clsid;
};

// Makes the provider, initialises it and returns it. Runs foreign code and waits, up to `wait_max`, for
// IWbemProviderInitSink::SetStatus; a provider that lets go of the sink without it is not waited for. `context` goes
// with what the provider asks WMI meanwhile. kProviderLoadFailure with the provider's name and what happened; nothing
// of the provider is held then.
Result<com::ComPtr<IUnknown>> InitializeProvider(const ProviderIdentity& identity, engine::Engine& engine,
                                                 IWbemContext* context, Duration wait_max);

// kProviderLoadFailure "the provider 'P' of ROOT\\x cannot be used: `what`".
Status ProviderLoadFailure(const ProviderIdentity& identity, const std::string& what);

}  // namespace wmi::api
