// What every exported function that may need memory runs in: no exception leaves the library.
#pragma once

#include <errhandlingapi.h>
#include <winerror.h>

#include <new>
#include <utility>

namespace wmi::win32 {

// Sets the last error and passes `failure` on: `return Fail(ERROR_INVALID_HANDLE, FALSE);`
template <typename Value>
Value Fail(DWORD error, Value failure) {
  SetLastError(error);
  return failure;
}

// The value of `body`. Out of memory becomes `failure` with ERROR_NOT_ENOUGH_MEMORY, any other exception of the
// standard library `failure` with ERROR_GEN_FAILURE.
template <typename Value, typename Body>
Value Guarded(Value failure, Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return Fail<Value>(ERROR_NOT_ENOUGH_MEMORY, failure);
  } catch (...) {
    return Fail<Value>(ERROR_GEN_FAILURE, failure);
  }
}

}  // namespace wmi::win32
