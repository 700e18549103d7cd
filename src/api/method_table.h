// The methods of IWbemServices as data: their names and the flags that they take (contract 1.2, 11.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"

namespace wmi::api {

enum class Method {
  kGetObject,
  kPutClass,
  kDeleteClass,
  kCreateClassEnum,
  kPutInstance,
  kDeleteInstance,
  kCreateInstanceEnum,
  kExecQuery,
  kExecNotificationQuery,
  kExecMethod,
  kOpenNamespace,
  kQueryObjectSink,
  kCancelAsyncCall,
};

// A method and its …Async twin are one method in two forms. Semisynchronous is the synchronous form with a flag.
enum class Form { kSync, kAsync };

// The name in reports and error objects, the same for both forms; lives for ever.
std::string_view MethodName(Method method);

// kInvalidParameter for a flag that the form does not take, for two flags that exclude each other and for one that is
// missing. Flags arrive in a `long` of 64 bits and mean their low 32.
Status CheckFlags(Method method, Form form, long flags);

}  // namespace wmi::api
