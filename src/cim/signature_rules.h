// What the parameters of a method must satisfy (contract 8.3, PutMethod). Functions without state; safe from any
// thread.
#pragma once

#include "base/status.h"
#include "cim/class.h"

namespace wmi::cim {

// Every parameter has an ID, they run from 0 without gap, one in both signatures has one ID and one type, the return
// value has none. Failure: kMissingParameterId, kInvalidParameterId, kNonconsecutiveParameterIds,
// kInvalidDuplicateParameter, kParameterIdOnRetval, kInvalidMethodParameters.
Status CheckSignature(const Method& method);

// The same parameters with the same types and IDs; null is no parameters.
bool IsSameSignature(const ClassPtr& a, const ClassPtr& b);

}  // namespace wmi::cim
