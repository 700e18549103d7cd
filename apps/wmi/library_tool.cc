#include "wmi/library_tool.h"

#include "wmi/problem_reader.h"

namespace wmi::cli {

std::optional<Problem> CreateLibraryTool(REFCLSID class_id, REFIID interface_id, void** tool) {
  const HRESULT result = ::CoCreateInstance(class_id, nullptr, CLSCTX_INPROC_SERVER, interface_id, tool);
  if (SUCCEEDED(result)) return std::nullopt;
  if (result != E_NOINTERFACE) return TakeThreadProblem(result);
  Problem problem;
  problem.code = result;
  problem.description = "libopenwmi.so is of another version than this program; install both from one package";
  return problem;
}

}  // namespace wmi::cli
