// A failure as an object: the __ExtendedStatus that programs and events tell of it with (contract 0.6, 6.1).
#pragma once

#include <string_view>

#include "base/status.h"
#include "cim/class.h"
#include "cim/row.h"

namespace wmi::engine {

// `schema`: __ExtendedStatus of the namespace.
cim::Object FailureObject(const cim::ClassPtr& schema, const Status& failure, std::string_view description);

}  // namespace wmi::engine
