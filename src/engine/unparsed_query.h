// A text that is no WQL, for a provider that has a language of its own (contract 7.6, "WQL:V1ProviderDefined").
#pragma once

#include <string>

#include "base/status.h"
#include "engine/calls.h"
#include "engine/session.h"
#include "engine/source_parts.h"

namespace wmi::engine {

// When the name behind FROM is that of a class whose provider is registered for such texts: what the provider makes of
// this one, which is neither filtered nor checked. Else `why`, what is wrong with it as WQL.
Result<SourcePtr> UnparsedQuery(const SessionPtr& session, const std::string& text, const Status& why,
                                const CallOptions& options);

}  // namespace wmi::engine
