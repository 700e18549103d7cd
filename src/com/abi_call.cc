#include "com/abi_call.h"

#include <cassert>

namespace wmi::com {

void UnexpectedException() noexcept { assert(false && "an exception other than std::bad_alloc reached the API"); }

}  // namespace wmi::com
