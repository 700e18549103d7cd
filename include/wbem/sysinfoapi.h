// Time and identity of the system. Safe from any thread.
#ifndef OPENWMI_SYSINFOAPI_H
#define OPENWMI_SYSINFOAPI_H

#include "windef.h"

#define PROCESSOR_ARCHITECTURE_INTEL 0
#define PROCESSOR_ARCHITECTURE_ARM 5
#define PROCESSOR_ARCHITECTURE_AMD64 9
#define PROCESSOR_ARCHITECTURE_ARM64 12
#define PROCESSOR_ARCHITECTURE_UNKNOWN 0xFFFF

typedef struct _SYSTEM_INFO {
  __extension__ union {
    DWORD dwOemId;
    __extension__ struct {
      WORD wProcessorArchitecture;
      WORD wReserved;
    };
  };
  DWORD dwPageSize;
  LPVOID lpMinimumApplicationAddress;
  LPVOID lpMaximumApplicationAddress;
  DWORD_PTR dwActiveProcessorMask;
  DWORD dwNumberOfProcessors;
  DWORD dwProcessorType;
  DWORD dwAllocationGranularity;
  WORD wProcessorLevel;
  WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;

typedef struct _MEMORYSTATUSEX {
  DWORD dwLength;
  DWORD dwMemoryLoad;
  DWORDLONG ullTotalPhys;
  DWORDLONG ullAvailPhys;
  DWORDLONG ullTotalPageFile;
  DWORDLONG ullAvailPageFile;
  DWORDLONG ullTotalVirtual;
  DWORDLONG ullAvailVirtual;
  DWORDLONG ullAvailExtendedVirtual;
} MEMORYSTATUSEX, *LPMEMORYSTATUSEX;

typedef struct _OSVERSIONINFOA {
  DWORD dwOSVersionInfoSize;
  DWORD dwMajorVersion;
  DWORD dwMinorVersion;
  DWORD dwBuildNumber;
  DWORD dwPlatformId;
  CHAR szCSDVersion[128];
} OSVERSIONINFOA, *POSVERSIONINFOA, *LPOSVERSIONINFOA;

typedef struct _OSVERSIONINFOW {
  DWORD dwOSVersionInfoSize;
  DWORD dwMajorVersion;
  DWORD dwMinorVersion;
  DWORD dwBuildNumber;
  DWORD dwPlatformId;
  WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW, RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

typedef struct _OSVERSIONINFOEXA {
  DWORD dwOSVersionInfoSize;
  DWORD dwMajorVersion;
  DWORD dwMinorVersion;
  DWORD dwBuildNumber;
  DWORD dwPlatformId;
  CHAR szCSDVersion[128];
  WORD wServicePackMajor;
  WORD wServicePackMinor;
  WORD wSuiteMask;
  BYTE wProductType;
  BYTE wReserved;
} OSVERSIONINFOEXA, *POSVERSIONINFOEXA, *LPOSVERSIONINFOEXA;

typedef struct _OSVERSIONINFOEXW {
  DWORD dwOSVersionInfoSize;
  DWORD dwMajorVersion;
  DWORD dwMinorVersion;
  DWORD dwBuildNumber;
  DWORD dwPlatformId;
  WCHAR szCSDVersion[128];
  WORD wServicePackMajor;
  WORD wServicePackMinor;
  WORD wSuiteMask;
  BYTE wProductType;
  BYTE wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW, RTL_OSVERSIONINFOEXW, *PRTL_OSVERSIONINFOEXW;

#define VER_PLATFORM_WIN32s 0
#define VER_PLATFORM_WIN32_WINDOWS 1
#define VER_PLATFORM_WIN32_NT 2
#define VER_NT_WORKSTATION 0x0000001
#define VER_NT_DOMAIN_CONTROLLER 0x0000002
#define VER_NT_SERVER 0x0000003

// Host names of Linux have up to 64 characters; on Windows this is 15.
#define MAX_COMPUTERNAME_LENGTH 64

typedef enum _COMPUTER_NAME_FORMAT {
  ComputerNameNetBIOS,
  ComputerNameDnsHostname,
  ComputerNameDnsDomain,
  ComputerNameDnsFullyQualified,
  ComputerNamePhysicalNetBIOS,
  ComputerNamePhysicalDnsHostname,
  ComputerNamePhysicalDnsDomain,
  ComputerNamePhysicalDnsFullyQualified,
  ComputerNameMax
} COMPUTER_NAME_FORMAT;

EXTERN_C_START

// Milliseconds since the machine was started, time asleep included. The first has 32 bits and begins again with 0 after
// 49.7 days, as on Windows.
OPENWMI_API DWORD GetTickCount(void);
OPENWMI_API ULONGLONG GetTickCount64(void);

OPENWMI_API void GetSystemTime(LPSYSTEMTIME utc);
OPENWMI_API void GetLocalTime(LPSYSTEMTIME local);
// Both to 100 ns.
OPENWMI_API void GetSystemTimeAsFileTime(LPFILETIME utc);
OPENWMI_API void GetSystemTimePreciseAsFileTime(LPFILETIME utc);

// Which Windows these headers offer the functions of: 10.0, build 10240, platform VER_PLATFORM_WIN32_NT, no service
// pack, VER_NT_WORKSTATION. That is no statement about the machine: ask Win32_OperatingSystem for its system and
// kernel. dwOSVersionInfoSize must be the size of the plain or of the EX structure; FALSE with
// ERROR_INSUFFICIENT_BUFFER for any other.
OPENWMI_API BOOL GetVersionExW(LPOSVERSIONINFOW information);
OPENWMI_API BOOL GetVersionExA(LPOSVERSIONINFOA information);
// The same as one number: LOBYTE(LOWORD()) is the major version, HIBYTE(LOWORD()) the minor one, HIWORD() the build.
OPENWMI_API DWORD GetVersion(void);

// Page size, processors that the process may use, architecture. dwActiveProcessorMask shows the first 64 of them;
// dwAllocationGranularity is the page size; the processor type, level and revision are 0, since Linux has no such
// numbers for all processors.
OPENWMI_API void GetSystemInfo(LPSYSTEM_INFO information);
OPENWMI_API void GetNativeSystemInfo(LPSYSTEM_INFO information);

// Physical memory, and the same with swap as "page file"; "virtual" is the address space of the process. dwLength must
// be set. FALSE with ERROR_INVALID_PARAMETER.
OPENWMI_API BOOL GlobalMemoryStatusEx(LPMEMORYSTATUSEX status);

// The name of the host as `hostname` prints it, without a look-up in the network: for NetBIOS, DnsHostname and their
// Physical twins up to the first dot, for DnsDomain what comes after it (often nothing), for DnsFullyQualified all of
// it. *size counts characters: on entry of the buffer with its final NUL, on success of the name without. FALSE with
// ERROR_MORE_DATA and the size needed with NUL, or ERROR_INVALID_PARAMETER.
OPENWMI_API BOOL GetComputerNameExW(COMPUTER_NAME_FORMAT format, LPWSTR buffer, LPDWORD size);
OPENWMI_API BOOL GetComputerNameExA(COMPUTER_NAME_FORMAT format, LPSTR buffer, LPDWORD size);

EXTERN_C_END

#ifdef UNICODE
typedef OSVERSIONINFOW OSVERSIONINFO, *POSVERSIONINFO, *LPOSVERSIONINFO;
typedef OSVERSIONINFOEXW OSVERSIONINFOEX, *POSVERSIONINFOEX, *LPOSVERSIONINFOEX;
#define GetVersionEx GetVersionExW
#define GetComputerNameEx GetComputerNameExW
#else
typedef OSVERSIONINFOA OSVERSIONINFO, *POSVERSIONINFO, *LPOSVERSIONINFO;
typedef OSVERSIONINFOEXA OSVERSIONINFOEX, *POSVERSIONINFOEX, *LPOSVERSIONINFOEX;
#define GetVersionEx GetVersionExA
#define GetComputerNameEx GetComputerNameExA
#endif

#endif
