#include "wmi/repository_tool.h"

#include <objbase.h>

#include <memory>

#include "wmi/problem_reader.h"

namespace wmi::cli {

std::optional<Problem> OpenRepositoryTool(RepositoryToolPtr& tool) {
  const HRESULT result = ::CoCreateInstance(CLSID_WbemBackupRestore, nullptr, CLSCTX_INPROC_SERVER,
                                            __uuidof(api::IRepositoryTool), reinterpret_cast<void**>(tool.Receive()));
  if (SUCCEEDED(result)) return std::nullopt;
  if (result != E_NOINTERFACE) return TakeThreadProblem(result);
  Problem problem;
  problem.code = result;
  problem.description = "libopenwmi.so is of another version than this program; install both from one package";
  return problem;
}

std::optional<Problem> MissingRepository(api::IRepositoryTool& tool) {
  const auto state = std::make_unique<api::RepositoryState>();
  const HRESULT result = tool.Describe(state.get(), nullptr);
  if (FAILED(result)) return TakeThreadProblem(result);
  if (state->folder[0] != '\0' || state->refusal[0] == '\0') return std::nullopt;
  Problem problem;
  problem.code = code::kAccessDenied;
  problem.description = state->refusal;
  return problem;
}

}  // namespace wmi::cli
