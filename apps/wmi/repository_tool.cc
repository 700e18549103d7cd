#include "wmi/repository_tool.h"

#include <objbase.h>

#include <memory>

#include "wmi/library_tool.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {

std::optional<Problem> OpenRepositoryTool(RepositoryToolPtr& tool) {
  return CreateLibraryTool(CLSID_WbemBackupRestore, __uuidof(api::IRepositoryTool),
                           reinterpret_cast<void**>(tool.Receive()));
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
