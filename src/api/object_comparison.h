// IWbemClassObject::CompareTo: what of two objects is compared, by the flags of contract 11.2. No state.
#pragma once

#include <cstdint>

#include "cim/row.h"

namespace wmi::api {

// True when the objects are the same but for what `flags` (WBEM_COMPARISON_FLAG, validated by the caller) leave out.
bool AreSame(const cim::Object& a, const cim::Object& b, std::uint32_t flags);

}  // namespace wmi::api
