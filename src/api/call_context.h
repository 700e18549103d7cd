// What the pCtx of a call means: the values that accompany the call, how deep inside other calls it is, and how long it
// may take (contract 1.1, 1.3; async.md, section 4).
//
// The time limit of a call is the first of: the value OPENWMI_TIMEOUT_MS of its own context; the limit of its
// connection, which is that value of ConnectServer's context; the environment variable OPENWMI_TIMEOUT_MS when the
// connection was made; the machine's setting TimeoutMs; engine::kDefaultTimeLimit. It is a number of milliseconds, 0 or
// -1 for no limit; in a context a number or its digits. Functions without state; safe from any thread.
#pragma once

#include <wbemcli.h>

#include <optional>

#include "base/clock.h"
#include "base/settings.h"
#include "base/status.h"
#include "com/com_ptr.h"
#include "engine/call_context.h"

namespace wmi::api {

// Copies what the context holds, so that the client may change or release it as soon as the call has started; null for
// null. The context may be the client's own implementation: only its interface is used then, and what it does wrong is
// kInvalidContext. kQuotaViolation past limits::kCallDepthMax or limits::kPropertiesMax values.
Result<engine::CallContextPtr> ReadContext(IWbemContext* context);

// The context to hand to a provider that works for a call with `context`, which may be null: the same values, one call
// deeper. The provider hands it on when it calls WMI itself. Null when there is no memory. Throws std::bad_alloc.
com::ComPtr<IWbemContext> ProviderContext(const engine::CallContextPtr& context);

// The limit that the context says; engine::kNoTimeLimit for no limit, nullopt when it says nothing. kInvalidContext
// when it is malformed.
Result<std::optional<Duration>> ContextTimeLimit(const engine::CallContextPtr& context);

// The limit of a new connection. `environment` is the value of the variable, null when it is not set. kInvalidContext;
// kInvalidParameter when the variable or the setting is malformed.
Result<Duration> ConnectionTimeLimit(const engine::CallContextPtr& context, const char* environment,
                                     const Settings& settings);

}  // namespace wmi::api
