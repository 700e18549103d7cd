#include "wmi/register_command.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "base/status.h"
#include "base/trusted_file.h"
#include "wmi/exit_code.h"
#include "wmi/problem.h"

namespace wmi::cli {

namespace {

using Entrance = HRESULT (*)();

// The function that a shared object must have, also when its source left out STDAPI and it has C++ linkage.
struct Names {
  const char* plain;
  const char* mangled;
};
constexpr Names kRegister = {"DllRegisterServer", "_Z17DllRegisterServerv"};
constexpr Names kUnregister = {"DllUnregisterServer", "_Z19DllUnregisterServerv"};

// The path in full, which the shared object writes down.
Result<std::string> FullPath(const Options& options) {
  // What would not be loaded later is not registered. Taken back it may be all the same.
  if (options.registration == Registration::kMake) return TrustedFile(options.subject);
  const std::unique_ptr<char, decltype(&std::free)> full(realpath(options.subject.c_str(), nullptr), std::free);
  if (full == nullptr) return SystemStatus(code::kNotFound, "realpath(" + options.subject + ")", errno);
  return std::string(full.get());
}

std::string LoadProblem(const std::string& path, DWORD error) {
  if (error == ERROR_DLL_INIT_FAILED) return path + ": its DllMain returned FALSE";
  // Again, for the words.
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    if (const char* const words = dlerror()) return words;
  }
  return fmt::format("{}: cannot be loaded (error {})", path, error);
}

// Empty when it did what it should.
std::string CallProblem(const std::string& path, const char* name, Entrance entrance) {
  try {
    const HRESULT result = entrance();
    return FAILED(result) ? fmt::format("{}: its {} returned {}", path, name, CodeLabel(result)) : std::string();
  } catch (const std::exception& exception) {
    return fmt::format("{}: its {} threw an exception: {}", path, name, exception.what());
  } catch (...) {
    return fmt::format("{}: its {} threw an exception", path, name);
  }
}

std::string CallServer(const std::string& path, const Names& names) {
  const HMODULE module = LoadLibraryA(path.c_str());
  if (module == nullptr) return LoadProblem(path, GetLastError());
  FARPROC found = GetProcAddress(module, names.plain);
  if (found == nullptr) found = GetProcAddress(module, names.mangled);
  if (found == nullptr) return fmt::format("{}: exports no {}", path, names.plain);
  // NOLINTNEXTLINE(bugprone-casting-through-void): the compiler warns of the direct way
  return CallProblem(path, names.plain, reinterpret_cast<Entrance>(reinterpret_cast<void*>(found)));
}

int Tell(const std::string& problem) {
  std::fprintf(stderr, "wmi: %s\n", problem.c_str());
  return kExitFailure;
}

}  // namespace

int RunRegister(const Options& options, Output& output) {
  const bool makes = options.registration == Registration::kMake;
  const Result<std::string> path = FullPath(options);
  if (!path.ok()) return Tell(path.status().Message());
  const std::string problem = CallServer(*path, makes ? kRegister : kUnregister);
  if (!problem.empty()) return Tell(problem);
  const OutputState state = output.Write(fmt::format("{} {}\n", makes ? "registered" : "no longer registered:", *path));
  return state == OutputState::kFailed ? Tell("the output cannot be written") : kExitSuccess;
}

}  // namespace wmi::cli
