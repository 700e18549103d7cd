// ConnectionTarget: the arguments of ConnectServer checked and understood (contract 1.4). Functions without state.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace wmi::api {

// As passed, each null when absent.
struct ConnectArguments {
  const wchar_t* resource = nullptr;
  const wchar_t* user = nullptr;
  const wchar_t* password = nullptr;
  const wchar_t* locale = nullptr;
  const wchar_t* authority = nullptr;
  long flags = 0;
};

// Whether a host name in a path means this machine: empty, ".", "localhost", a loopback address, or `server` itself,
// with or without a domain behind it.
bool IsLocalHost(std::string_view host, std::string_view server);

// The namespace to open on this machine, "root\\cimv2". kInvalidParameter for malformed arguments, kInvalidNamespace
// for a malformed namespace, kLocalCredentials for credentials, kTransportFailure for another machine.
Result<std::string> LocalNamespace(const ConnectArguments& arguments, std::string_view server);

// The name of the namespace with texts for the locale that was checked before: "ms_409" for MS_409, and for none.
std::string LocaleNamespace(const wchar_t* locale);

}  // namespace wmi::api
