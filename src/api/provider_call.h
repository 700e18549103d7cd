// How foreign code of a provider is entered, and how its failures are told.
#pragma once

#include <oleauto.h>

#include <exception>
#include <string>
#include <utility>

#include "base/status.h"

namespace wmi::api {

// Runs `call`, which enters a provider and returns an HRESULT. What it throws becomes kProviderFailure and the words in
// `thrown`. An error object that the provider left on the thread does not stay there. No lock may be held.
template <typename Call>
Code EnterProvider(std::string& thrown, Call&& call) noexcept {
  Code result = code::kProviderFailure;
  try {
    try {
      result = std::forward<Call>(call)();
    } catch (const std::exception& exception) {
      result = code::kProviderFailure;
      thrown = exception.what();
    }
  } catch (...) {  // also when there is no memory for the words
    result = code::kProviderFailure;
    if (thrown.empty()) thrown = "unknown";  // short enough to need no memory
  }
  SetErrorInfo(0, nullptr);
  return result;
}

// A failure of the provider `name`: `what` it did ("its method GetObjectAsync returned") and the code; or that it
// threw.
Status ProviderStatus(Code code, const std::string& name, std::string_view what, const std::string& thrown = {});

// "WBEM_E_FAILED (0x80041001): ..." as far as it is known.
std::string CodeInWords(Code code);

}  // namespace wmi::api
