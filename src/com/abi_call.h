// AbiCall: the wall between C++ inside and COM outside. The body of every method and function that a program can call
// runs in one, because an exception must not cross.
#pragma once

#include <winerror.h>

#include <new>
#include <utility>

#include "base/codes.h"

namespace wmi::com {

// Reports an exception that is a bug of ours: stops a debug build, where it must be seen.
void UnexpectedException() noexcept;

// Runs `body`, which returns an HRESULT. No memory becomes `out_of_memory` (methods of WMI say WBEM_E_OUT_OF_MEMORY,
// those of COM and Automation E_OUTOFMEMORY); any other exception WBEM_E_FAILED.
template <HRESULT out_of_memory = code::kOutOfMemory, typename Body>
HRESULT AbiCall(Body&& body) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (const std::bad_alloc&) {
    return out_of_memory;
  } catch (...) {
    UnexpectedException();
    return code::kFailed;
  }
}

}  // namespace wmi::com
