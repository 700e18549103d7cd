#include "win32/module/module.h"

#include <errhandlingapi.h>
#include <gtest/gtest.h>
#include <libloaderapi.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <filesystem>

namespace wmi::win32 {
namespace {

std::string Program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

int local_variable = 0;

TEST(Module, OfTheProgramIsItsFile) {
  char path[4096];
  const DWORD length = GetModuleFileNameA(nullptr, path, sizeof(path));
  EXPECT_EQ(std::string(path, length), Program());
  EXPECT_EQ(path[length], 0);
  wchar_t wide[4096];
  EXPECT_EQ(GetModuleFileNameW(GetModuleHandleW(nullptr), wide, 4096), length);
  EXPECT_EQ(wcslen(wide), length);
}

TEST(Module, PathWithoutRoomIsCut) {
  char path[8];
  std::memset(path, 'x', sizeof(path));
  EXPECT_EQ(GetModuleFileNameA(nullptr, path, 5), 5u);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  EXPECT_EQ(std::string(path), Program().substr(0, 4));
  EXPECT_EQ(path[5], 'x');
  const DWORD exact = static_cast<DWORD>(Program().size());
  std::string all(exact, 'x');
  EXPECT_EQ(GetModuleFileNameA(nullptr, all.data(), exact), exact);  // the NUL has no room
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  EXPECT_EQ(GetModuleFileNameA(nullptr, path, 0), 0u);
}

TEST(Module, IsFoundByAnAddressInIt) {
  HMODULE module = nullptr;
  ASSERT_TRUE(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                                 reinterpret_cast<LPCSTR>(&local_variable), &module));
  EXPECT_EQ(module, GetModuleHandleA(nullptr));
  ASSERT_TRUE(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                                 reinterpret_cast<LPCSTR>(&std::strtod), &module));
  EXPECT_NE(module, GetModuleHandleA(nullptr));
  char path[4096];
  ASSERT_GT(GetModuleFileNameA(module, path, sizeof(path)), 0u);
  EXPECT_EQ(GetModuleHandleA(path), module);
  EXPECT_EQ(GetModuleHandleA(std::filesystem::path(path).filename().c_str()), module);
  EXPECT_EQ(GetModuleHandleW(L"kernel32.dll"), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_MOD_NOT_FOUND));
  int on_stack = 0;
  EXPECT_FALSE(
      GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, reinterpret_cast<LPCSTR>(&on_stack), &module));
  EXPECT_EQ(module, nullptr);
  EXPECT_FALSE(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, nullptr,
                                  &module));
}

TEST(Module, ThatIsNoneIsRefused) {
  const auto none = reinterpret_cast<HMODULE>(&local_variable);
  char path[64];
  EXPECT_EQ(GetModuleFileNameA(none, path, sizeof(path)), 0u);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_MOD_NOT_FOUND));
  EXPECT_EQ(GetProcAddress(none, "strtod"), nullptr);
  EXPECT_FALSE(FreeLibrary(none));
  EXPECT_FALSE(DisableThreadLibraryCalls(none));
  EXPECT_TRUE(DisableThreadLibraryCalls(GetModuleHandleA(nullptr)));
}

TEST(Module, ThatCannotBeLoadedSaysWhy) {
  EXPECT_EQ(LoadLibraryA("/nonexistent/module.so"), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_MOD_NOT_FOUND));
  EXPECT_EQ(LoadLibraryW(L"/etc/passwd"), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_BAD_EXE_FORMAT));
  EXPECT_EQ(LoadLibraryA(""), nullptr);
  EXPECT_EQ(LoadLibraryA(nullptr), nullptr);
  EXPECT_EQ(LoadLibraryExA("libm.so.6", nullptr, 2), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  HMODULE module = nullptr;
  LoadFailure failure;
  EXPECT_NE(LoadModule("/nonexistent/module.so", module, failure), static_cast<DWORD>(ERROR_SUCCESS));
  EXPECT_NE(failure.text.find("/nonexistent/module.so"), std::string::npos) << failure.text;
}

TEST(Module, GivesAddressesOfItsOwnFunctions) {
  const HMODULE module = LoadLibraryW(L"libm.so.6");
  ASSERT_NE(module, nullptr);
  EXPECT_NE(GetProcAddress(module, "cos"), nullptr);
  EXPECT_EQ(GetProcAddress(module, "strtod"), nullptr);  // that is of another module
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_PROC_NOT_FOUND));
  EXPECT_EQ(GetProcAddress(module, reinterpret_cast<LPCSTR>(17)), nullptr);  // NOLINT(performance-no-int-to-ptr)
  HMODULE counted = nullptr;
  EXPECT_TRUE(GetModuleHandleExA(0, "libm.so.6", &counted));
  EXPECT_EQ(counted, module);
  EXPECT_TRUE(FreeLibrary(module));
  EXPECT_TRUE(FreeLibrary(module));
  EXPECT_FALSE(FreeLibrary(module));
}

}  // namespace
}  // namespace wmi::win32
