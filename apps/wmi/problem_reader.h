// Makes a Problem of what WMI says about a failure (contract 0.5).
#pragma once

#include <wbemidl.h>

#include "wmi/problem.h"

namespace wmi::cli {

// From the error object of a final SetStatus; `error` may be NULL.
Problem ReadProblem(HRESULT code, IWbemClassObject* error);

// From the error object of this thread, after a method returned `code`.
Problem TakeThreadProblem(HRESULT code);

}  // namespace wmi::cli
