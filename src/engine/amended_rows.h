// AmendedRows: objects with the texts of a language merged in (contract 8.9, WBEM_FLAG_USE_AMENDED_QUALIFIERS).
#pragma once

#include <memory>

#include "engine/row_source.h"
#include "engine/session.h"

namespace wmi::engine {

// The rows of `source`, classes and instances, as the namespace of the session's locale inside its own amends them; as
// they are when there is no such namespace.
std::unique_ptr<RowSource> AmendedRows(SessionPtr session, std::unique_ptr<RowSource> source);

}  // namespace wmi::engine
