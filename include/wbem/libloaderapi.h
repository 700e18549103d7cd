// Modules of the process: the program and the shared objects it has loaded, and the files they come from.
//
// An HMODULE (HINSTANCE is the same) is the address at which a module lies. NULL stands for the program where a
// function says so. The functions set the last error where they fail and may be called from any thread.
#ifndef OPENWMI_LIBLOADERAPI_H
#define OPENWMI_LIBLOADERAPI_H

#include "windef.h"

#define GET_MODULE_HANDLE_EX_FLAG_PIN 0x00000001
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 0x00000002
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 0x00000004

#define LOAD_WITH_ALTERED_SEARCH_PATH 0x00000008

#ifndef DLL_PROCESS_ATTACH
#define DLL_PROCESS_DETACH 0
#define DLL_PROCESS_ATTACH 1
#define DLL_THREAD_ATTACH 2
#define DLL_THREAD_DETACH 3
#endif

EXTERN_C_START

// The path of a module's file (NULL: of the program), as it was loaded. Returns the characters written without the NUL;
// when there is no room for all, `room` - 1 of them and a NUL are written, the result is `room` and the last error
// ERROR_INSUFFICIENT_BUFFER. 0 with ERROR_MOD_NOT_FOUND for what is no module. A paths are bytes as they are, W paths
// their UTF-8 read.
OPENWMI_API DWORD GetModuleFileNameW(HMODULE module, LPWSTR path, DWORD room);
OPENWMI_API DWORD GetModuleFileNameA(HMODULE module, LPSTR path, DWORD room);

// A module that is loaded, by its file name or path (NULL: the program), not counted. NULL with ERROR_MOD_NOT_FOUND:
// also for the names of Windows' own modules.
OPENWMI_API HMODULE GetModuleHandleW(LPCWSTR name);
OPENWMI_API HMODULE GetModuleHandleA(LPCSTR name);
// With FROM_ADDRESS `name` is an address in the module. Unless UNCHANGED_REFCOUNT is given the module is counted and
// FreeLibrary gives it back; PIN keeps it for ever.
OPENWMI_API BOOL GetModuleHandleExW(DWORD flags, LPCWSTR name, HMODULE* module);
OPENWMI_API BOOL GetModuleHandleExA(DWORD flags, LPCSTR name, HMODULE* module);

// Loads a shared object (a name without a slash is looked for as the dynamic linker does) and calls its DllMain with
// DLL_PROCESS_ATTACH if it exports one and is not loaded yet. FreeLibrary calls it with DLL_PROCESS_DETACH when the
// last LoadLibrary is taken back; it is not called at the end of the program, nor for threads. ERROR_MOD_NOT_FOUND
// there is no such file; ERROR_BAD_EXE_FORMAT it cannot be loaded; ERROR_DLL_INIT_FAILED DllMain returned FALSE.
// LoadLibraryEx takes the flags 0 and LOAD_WITH_ALTERED_SEARCH_PATH: ERROR_INVALID_PARAMETER for others.
OPENWMI_API HMODULE LoadLibraryW(LPCWSTR name);
OPENWMI_API HMODULE LoadLibraryA(LPCSTR name);
OPENWMI_API HMODULE LoadLibraryExW(LPCWSTR name, HANDLE reserved, DWORD flags);
OPENWMI_API HMODULE LoadLibraryExA(LPCSTR name, HANDLE reserved, DWORD flags);
OPENWMI_API BOOL FreeLibrary(HMODULE module);

// The address of an exported function or variable (NULL: of the program): ERROR_PROC_NOT_FOUND, also for ordinals.
OPENWMI_API FARPROC GetProcAddress(HMODULE module, LPCSTR name);

// TRUE: nobody is told of threads anyway.
OPENWMI_API BOOL DisableThreadLibraryCalls(HMODULE module);

EXTERN_C_END

#ifdef UNICODE
#define GetModuleFileName GetModuleFileNameW
#define GetModuleHandle GetModuleHandleW
#define GetModuleHandleEx GetModuleHandleExW
#define LoadLibrary LoadLibraryW
#define LoadLibraryEx LoadLibraryExW
#else
#define GetModuleFileName GetModuleFileNameA
#define GetModuleHandle GetModuleHandleA
#define GetModuleHandleEx GetModuleHandleExA
#define LoadLibrary LoadLibraryA
#define LoadLibraryEx LoadLibraryExA
#endif

#endif
