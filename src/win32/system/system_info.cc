// What the machine is made of, and the version of Windows that is stood for. The manual is in <sysinfoapi.h>.
#include <sched.h>
#include <sysinfoapi.h>
#include <unistd.h>
#include <winerror.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

#include "win32/abi_guard.h"

using wmi::win32::Fail;

namespace {

constexpr DWORD kMajorVersion = 10;
constexpr DWORD kMinorVersion = 0;
constexpr DWORD kBuildNumber = 10240;  // the first one of 10.0: nothing newer is claimed

#if defined(__x86_64__)
constexpr WORD kArchitecture = PROCESSOR_ARCHITECTURE_AMD64;
#elif defined(__aarch64__)
constexpr WORD kArchitecture = PROCESSOR_ARCHITECTURE_ARM64;
#else
constexpr WORD kArchitecture = PROCESSOR_ARCHITECTURE_UNKNOWN;
#endif

// The EX structure begins with the plain one, and dwOSVersionInfoSize tells which of them it is.
template <typename Plain, typename Extended>
BOOL GiveVersion(Plain* information) {
  if (information == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  const DWORD size = information->dwOSVersionInfoSize;
  if (size != sizeof(Plain) && size != sizeof(Extended)) return Fail(ERROR_INSUFFICIENT_BUFFER, FALSE);
  std::memset(static_cast<void*>(information), 0, size);
  information->dwOSVersionInfoSize = size;
  information->dwMajorVersion = kMajorVersion;
  information->dwMinorVersion = kMinorVersion;
  information->dwBuildNumber = kBuildNumber;
  information->dwPlatformId = VER_PLATFORM_WIN32_NT;
  if (size == sizeof(Extended)) reinterpret_cast<Extended*>(information)->wProductType = VER_NT_WORKSTATION;
  return TRUE;
}

struct Memory {
  std::uint64_t total = 0;
  std::uint64_t available = 0;
  std::uint64_t swap_total = 0;
  std::uint64_t swap_free = 0;
};

// False when /proc/meminfo is not there.
bool ReadMemory(Memory& memory) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/meminfo", "re"), &std::fclose);
  char line[256];
  while (file != nullptr && std::fgets(line, sizeof(line), file.get()) != nullptr) {
    char name[32];
    unsigned long long kib = 0;
    if (std::sscanf(line, "%31[^:]: %llu", name, &kib) != 2) continue;
    const std::uint64_t bytes = std::uint64_t{kib} * 1024;
    if (std::strcmp(name, "MemTotal") == 0) memory.total = bytes;
    if (std::strcmp(name, "MemAvailable") == 0) memory.available = bytes;
    if (std::strcmp(name, "SwapTotal") == 0) memory.swap_total = bytes;
    if (std::strcmp(name, "SwapFree") == 0) memory.swap_free = bytes;
  }
  return memory.total != 0;
}

constexpr std::uint64_t kLowestAddress = 0x10000;              // vm.mmap_min_addr of most systems
constexpr std::uint64_t kHighestAddress = 0x7ffffffff000 - 1;  // of a 64-bit process with four levels of pages

}  // namespace

BOOL GetVersionExW(LPOSVERSIONINFOW information) { return GiveVersion<OSVERSIONINFOW, OSVERSIONINFOEXW>(information); }

BOOL GetVersionExA(LPOSVERSIONINFOA information) { return GiveVersion<OSVERSIONINFOA, OSVERSIONINFOEXA>(information); }

DWORD GetVersion() { return kBuildNumber << 16 | kMinorVersion << 8 | kMajorVersion; }

void GetSystemInfo(LPSYSTEM_INFO information) {
  *information = SYSTEM_INFO{};
  cpu_set_t processors;
  CPU_ZERO(&processors);
  const bool known = sched_getaffinity(0, sizeof(processors), &processors) == 0;
  const auto page = static_cast<DWORD>(sysconf(_SC_PAGESIZE));
  information->wProcessorArchitecture = kArchitecture;
  information->dwPageSize = page;
  // NOLINTBEGIN(performance-no-int-to-ptr): addresses that nothing lies at
  information->lpMinimumApplicationAddress = reinterpret_cast<LPVOID>(kLowestAddress);
  information->lpMaximumApplicationAddress = reinterpret_cast<LPVOID>(kHighestAddress);
  // NOLINTEND(performance-no-int-to-ptr)
  information->dwNumberOfProcessors =
      static_cast<DWORD>(known ? CPU_COUNT(&processors) : sysconf(_SC_NPROCESSORS_ONLN));
  for (unsigned cpu = 0; known && cpu < 64; ++cpu) {
    if (CPU_ISSET(cpu, &processors)) information->dwActiveProcessorMask |= DWORD_PTR{1} << cpu;
  }
  information->dwAllocationGranularity = page;
}

void GetNativeSystemInfo(LPSYSTEM_INFO information) { GetSystemInfo(information); }

BOOL GlobalMemoryStatusEx(LPMEMORYSTATUSEX status) {
  if (status == nullptr || status->dwLength != sizeof(*status)) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  Memory memory;
  if (!ReadMemory(memory)) return Fail(ERROR_GEN_FAILURE, FALSE);
  *status = MEMORYSTATUSEX{};
  status->dwLength = sizeof(*status);
  status->dwMemoryLoad = (memory.total - memory.available) * 100 / memory.total;
  status->ullTotalPhys = memory.total;
  status->ullAvailPhys = memory.available;
  status->ullTotalPageFile = memory.total + memory.swap_total;
  status->ullAvailPageFile = memory.available + memory.swap_free;
  status->ullTotalVirtual = kHighestAddress - kLowestAddress + 1;
  status->ullAvailVirtual = status->ullTotalVirtual;
  return TRUE;
}
