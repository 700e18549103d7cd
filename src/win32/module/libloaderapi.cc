// The functions of <libloaderapi.h>.
#include <libloaderapi.h>

#include <cstring>
#include <cwchar>

#include "base/text.h"
#include "win32/abi_guard.h"
#include "win32/module/module.h"

namespace wmi::win32 {
namespace {

constexpr std::size_t kPathLengthMax = 32767;  // as on Windows

constexpr DWORD kKnownHandleFlags = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT |
                                    GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;

std::string PathIn(const wchar_t* text) { return Utf8FromWide({text, wcsnlen(text, kPathLengthMax)}); }
std::string PathIn(const char* text) { return {text, strnlen(text, kPathLengthMax)}; }

template <typename String>
DWORD GivePath(const String& path, typename String::value_type* target, DWORD room) {
  if (target == nullptr || room == 0) return Fail<DWORD>(ERROR_INSUFFICIENT_BUFFER, 0);
  const std::size_t count = path.size() < room ? path.size() : room - 1;
  std::memcpy(target, path.data(), count * sizeof(typename String::value_type));
  target[count] = 0;
  if (count == path.size()) return path.size();
  return Fail(ERROR_INSUFFICIENT_BUFFER, room);
}

// `path` when the module is there; otherwise empty, and the last error is set.
std::string PathOfModule(HMODULE module) {
  std::string path;
  if (const ErrorCode error = ModulePath(module, path); error != ERROR_SUCCESS) SetLastError(error);
  return path;
}

template <typename Char>
HMODULE Find(const Char* name) {
  return Guarded<HMODULE>(nullptr, [&] {
    const HMODULE module = name == nullptr ? ProgramModule() : FindModule(PathIn(name));
    return module != nullptr ? module : Fail<HMODULE>(ERROR_MOD_NOT_FOUND, nullptr);
  });
}

template <typename Char>
BOOL FindCounted(DWORD flags, const Char* name, HMODULE* module) {
  if (module == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  *module = nullptr;
  constexpr DWORD kContradiction = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  if ((flags & ~kKnownHandleFlags) != 0 || (flags & kContradiction) == kContradiction) {
    return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
  HMODULE found = nullptr;
  if ((flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0) {
    found = ModuleOfAddress(name);
    if (found == nullptr) SetLastError(ERROR_MOD_NOT_FOUND);
  } else {
    found = Find(name);
  }
  if (found == nullptr) return FALSE;
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    if ((flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT) == 0) {
      // A module that is pinned has one count more, which nobody takes back.
      if (const ErrorCode error = CountModule(found); error != ERROR_SUCCESS) return Fail(error, FALSE);
    }
    *module = found;
    return TRUE;
  });
}

template <typename Char>
HMODULE Load(const Char* name, HANDLE reserved, DWORD flags) {
  if (name == nullptr || reserved != nullptr || (flags & ~static_cast<DWORD>(LOAD_WITH_ALTERED_SEARCH_PATH)) != 0) {
    return Fail<HMODULE>(ERROR_INVALID_PARAMETER, nullptr);
  }
  return Guarded<HMODULE>(nullptr, [&] {
    HMODULE module = nullptr;
    LoadFailure failure;
    const ErrorCode error = LoadModule(PathIn(name), module, failure);
    return error == ERROR_SUCCESS ? module : Fail<HMODULE>(error, nullptr);
  });
}

}  // namespace
}  // namespace wmi::win32

DWORD GetModuleFileNameW(HMODULE module, LPWSTR path, DWORD room) {
  return wmi::win32::Guarded<DWORD>(0, [&]() -> DWORD {
    const std::string found = wmi::win32::PathOfModule(module);
    return found.empty() ? 0 : wmi::win32::GivePath(wmi::WideFromUtf8(found), path, room);
  });
}

DWORD GetModuleFileNameA(HMODULE module, LPSTR path, DWORD room) {
  return wmi::win32::Guarded<DWORD>(0, [&]() -> DWORD {
    const std::string found = wmi::win32::PathOfModule(module);
    return found.empty() ? 0 : wmi::win32::GivePath(found, path, room);
  });
}

HMODULE GetModuleHandleW(LPCWSTR name) { return wmi::win32::Find(name); }
HMODULE GetModuleHandleA(LPCSTR name) { return wmi::win32::Find(name); }
BOOL GetModuleHandleExW(DWORD flags, LPCWSTR name, HMODULE* module) {
  return wmi::win32::FindCounted(flags, name, module);
}
BOOL GetModuleHandleExA(DWORD flags, LPCSTR name, HMODULE* module) {
  return wmi::win32::FindCounted(flags, name, module);
}

HMODULE LoadLibraryW(LPCWSTR name) { return wmi::win32::Load(name, nullptr, 0); }
HMODULE LoadLibraryA(LPCSTR name) { return wmi::win32::Load(name, nullptr, 0); }
HMODULE LoadLibraryExW(LPCWSTR name, HANDLE reserved, DWORD flags) { return wmi::win32::Load(name, reserved, flags); }
HMODULE LoadLibraryExA(LPCSTR name, HANDLE reserved, DWORD flags) { return wmi::win32::Load(name, reserved, flags); }

BOOL FreeLibrary(HMODULE module) {
  return wmi::win32::Guarded<BOOL>(FALSE, [&]() -> BOOL {
    const wmi::win32::ErrorCode error = wmi::win32::UnloadModule(module);
    return error == ERROR_SUCCESS ? TRUE : wmi::win32::Fail(error, FALSE);
  });
}

FARPROC GetProcAddress(HMODULE module, LPCSTR name) {
  // A name below 64 KiB is an ordinal, which exported functions do not have here.
  if (reinterpret_cast<UINT_PTR>(name) <= 0xffff) return wmi::win32::Fail<FARPROC>(ERROR_PROC_NOT_FOUND, nullptr);
  if (module != nullptr && !wmi::win32::IsModule(module))
    return wmi::win32::Fail<FARPROC>(ERROR_MOD_NOT_FOUND, nullptr);
  void* const symbol = wmi::win32::ModuleSymbol(module, name);
  if (symbol == nullptr) return wmi::win32::Fail<FARPROC>(ERROR_PROC_NOT_FOUND, nullptr);
  return reinterpret_cast<FARPROC>(symbol);
}

BOOL DisableThreadLibraryCalls(HMODULE module) {
  return wmi::win32::IsModule(module) ? TRUE : wmi::win32::Fail(ERROR_MOD_NOT_FOUND, FALSE);
}
