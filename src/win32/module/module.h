// Modules: shared objects of the process as HMODULEs, and the load of one with its DllMain.
#pragma once

#include <libloaderapi.h>

#include <string>

#include "win32/error_code.h"

namespace wmi::win32 {

// The module at an address in it; null when there is none.
HMODULE ModuleOfAddress(const void* address);
// The one of the program.
HMODULE ProgramModule();
// True for the address at which a module lies.
bool IsModule(HMODULE module);

// The path of its file, as it was loaded; that of the program without symbolic links. ERROR_MOD_NOT_FOUND.
ErrorCode ModulePath(HMODULE module, std::string& path);
// A loaded module by its file name or path; null when there is none. "" is no name.
HMODULE FindModule(const std::string& name);

// The address of a symbol of the module, not of those it depends on; null.
void* ModuleSymbol(HMODULE module, const char* name);

// What went wrong, for people: the dynamic linker's words and the path.
struct LoadFailure {
  ErrorCode error = ERROR_SUCCESS;
  std::string text;
};

// Loads a shared object, or counts one that is loaded by this function once more. The first time its DllMain is called
// with DLL_PROCESS_ATTACH, whether it has C or C++ linkage; other threads wait for it meanwhile. Failures are those of
// LoadLibrary. Foreign code runs, with no lock held.
ErrorCode LoadModule(const std::string& path, HMODULE& module, LoadFailure& failure);
// Counts a module that is loaded.
ErrorCode CountModule(HMODULE module);
// Takes one count back, with DLL_PROCESS_DETACH before the last. ERROR_MOD_NOT_FOUND for what was not counted.
ErrorCode UnloadModule(HMODULE module);

}  // namespace wmi::win32
