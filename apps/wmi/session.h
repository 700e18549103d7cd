// Session: COM for the main thread and a connection to one namespace.
#pragma once

#include <wbemidl.h>

#include <optional>
#include <string_view>

#include "com/com_ptr.h"
#include "wmi/problem.h"

namespace wmi::cli {

// One in a process, on the main thread. Everything that was got through it must be released before it goes.
class Session {
 public:
  Session() = default;
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Nothing on success; then services() is the namespace.
  std::optional<Problem> Connect(std::string_view name_space);
  IWbemServices* services() const { return services_.get(); }

 private:
  HRESULT Initialise();

  bool initialised_ = false;
  com::ComPtr<IWbemServices> services_;
};

}  // namespace wmi::cli
