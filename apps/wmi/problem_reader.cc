#include "wmi/problem_reader.h"

#include <oleauto.h>

#include "com/com_ptr.h"
#include "wmi/com_text.h"
#include "wmi/object_reader.h"

namespace wmi::cli {

Problem ReadProblem(HRESULT code, IWbemClassObject* error) {
  Problem problem;
  problem.code = code;
  if (error != nullptr) {
    problem.description = ReadText(error, "Description");
    problem.parameter = ReadText(error, "ParameterInfo");
    problem.provider = ReadText(error, "ProviderName");
    TakePlace(problem);
  }
  return problem;
}

Problem TakeThreadProblem(HRESULT code) {
  com::ComPtr<IErrorInfo> info;
  if (::GetErrorInfo(0, info.Receive()) != S_OK || !info) return ReadProblem(code, nullptr);
  const ObjectPtr error = info.As<IWbemClassObject>();
  Problem problem = ReadProblem(code, error.get());
  OwnedBstr description;
  if (problem.description.empty() && SUCCEEDED(info->GetDescription(description.Receive()))) {
    problem.description = description.Utf8();
    TakePlace(problem);
  }
  return problem;
}

}  // namespace wmi::cli
