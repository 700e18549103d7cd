// ServerCall: marks the calls that WMI makes into an object of the program, for CoImpersonateClient and
// CoGetCallContext.
#pragma once

#include <cstdint>

#include "win32/security/token.h"

namespace wmi::com {

// Lives on the stack round one call into foreign code, on the thread that makes it. Calls nest. What the called code
// impersonates ends with the call, as it does on Windows.
class ServerCall {
 public:
  ServerCall();
  ~ServerCall();
  ServerCall(const ServerCall&) = delete;
  ServerCall& operator=(const ServerCall&) = delete;

 private:
  const std::uint64_t outer_;
  const std::shared_ptr<win32::TokenObject> outer_token_;
};

}  // namespace wmi::com
