// What the files that implement Services share (services.h).
#pragma once

#include <wbemcli.h>

#include <string>
#include <string_view>
#include <utility>

#include "api/error_report.h"
#include "api/services.h"
#include "base/status.h"
#include "cim/row.h"

namespace wmi::api {

template <typename Body>
HRESULT Services::Run(Method method, Body&& body) const {
  return ReportedCall(*session(), MethodName(method), std::forward<Body>(body));
}

// kInvalidParameter "`parameter` is NULL".
Status IsNull(std::string_view parameter);

// A sink, an enumerator: mandatory.
template <typename T>
Status CheckGiven(T* pointer, std::string_view parameter) {
  return pointer == nullptr ? IsNull(parameter) : Status();
}

// Mandatory out-parameter; NULL from now on.
template <typename T>
Status ClearOutput(T** target, std::string_view parameter) {
  if (target == nullptr) return IsNull(parameter);
  *target = nullptr;
  return Status();
}

template <typename T>
void ClearIfGiven(T** target) {
  if (target != nullptr) *target = nullptr;
}

// ppCallResult is NULL or points to NULL (contract 1.4).
Status CheckCallResult(IWbemCallResult* const* call_result);

// A mandatory string; kInvalidParameter when it is NULL or empty. `what` names it: "the class name".
Result<std::string> ReadMandatory(const wchar_t* text, std::string_view what, std::size_t length_max);

// A query in WQL; kInvalidParameter for a NULL, kInvalidQueryType for another language.
Result<std::string> ReadQuery(const wchar_t* language, const wchar_t* query);

// What an object argument must be.
enum class ObjectKind { kClass, kInstance };
// The value of a class or instance that a program passed; kInvalidParameter for NULL, kInvalidObject for an object of
// the other kind and for one that is not of this library.
Result<cim::Object> ReadObject(IWbemClassObject* object, ObjectKind kind, std::string_view parameter);

}  // namespace wmi::api
