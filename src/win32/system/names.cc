// The names of the machine and of the user: GetComputerName, GetComputerNameEx, GetUserName. The manual is in
// <sysinfoapi.h> and <winbase.h>.
#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <winbase.h>

#include <cerrno>
#include <string>
#include <vector>

#include "win32/abi_guard.h"
#include "win32/text_out.h"

using wmi::win32::Fail;
using wmi::win32::Fit;
using wmi::win32::Guarded;
using wmi::win32::PutText;
using wmi::win32::TextAs;

namespace {

std::string HostName() {
  utsname names{};
  return uname(&names) == 0 ? names.nodename : "localhost";
}

std::string NameIn(COMPUTER_NAME_FORMAT format) {
  std::string host = HostName();
  const std::size_t dot = host.find('.');
  switch (format) {
    case ComputerNameDnsDomain:
    case ComputerNamePhysicalDnsDomain:
      return dot == std::string::npos ? std::string() : host.substr(dot + 1);
    case ComputerNameDnsFullyQualified:
    case ComputerNamePhysicalDnsFullyQualified:
      return host;
    default:
      return host.substr(0, dot);
  }
}

std::string UserName() {
  constexpr std::size_t kRecordBytesMax = std::size_t{1} << 20;
  std::vector<char> space(1024);
  passwd record{};
  passwd* found = nullptr;
  while (getpwuid_r(geteuid(), &record, space.data(), space.size(), &found) == ERANGE &&
         space.size() < kRecordBytesMax) {
    space.resize(space.size() * 2);
  }
  return found != nullptr ? found->pw_name : std::to_string(geteuid());
}

// Length without NUL on success; size needed with NUL and `too_small` otherwise.
template <typename Char>
BOOL GiveName(const std::string& name, Char* buffer, DWORD* size, DWORD too_small) {
  const std::basic_string<Char> text = TextAs<Char>(name);
  if (PutText(text, buffer, *size) == Fit::kTooSmall) {
    *size = text.size() + 1;
    return Fail(too_small, FALSE);
  }
  *size = text.size();
  return TRUE;
}

template <typename Char>
BOOL GiveComputerName(Char* buffer, DWORD* size) {
  if (size == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  return Guarded(FALSE, [&] { return GiveName(HostName(), buffer, size, ERROR_BUFFER_OVERFLOW); });
}

template <typename Char>
BOOL GiveComputerNameEx(COMPUTER_NAME_FORMAT format, Char* buffer, DWORD* size) {
  if (size == nullptr || format < ComputerNameNetBIOS || format >= ComputerNameMax) {
    return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
  return Guarded(FALSE, [&] { return GiveName(NameIn(format), buffer, size, ERROR_MORE_DATA); });
}

template <typename Char>
BOOL GiveUserName(Char* buffer, DWORD* size) {
  if (size == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  return Guarded(FALSE, [&] {
    const BOOL fits = GiveName(UserName(), buffer, size, ERROR_INSUFFICIENT_BUFFER);
    if (fits != FALSE) ++*size;  // this one counts the NUL
    return fits;
  });
}

}  // namespace

BOOL GetComputerNameW(LPWSTR buffer, LPDWORD size) { return GiveComputerName(buffer, size); }
BOOL GetComputerNameA(LPSTR buffer, LPDWORD size) { return GiveComputerName(buffer, size); }

BOOL GetComputerNameExW(COMPUTER_NAME_FORMAT format, LPWSTR buffer, LPDWORD size) {
  return GiveComputerNameEx(format, buffer, size);
}
BOOL GetComputerNameExA(COMPUTER_NAME_FORMAT format, LPSTR buffer, LPDWORD size) {
  return GiveComputerNameEx(format, buffer, size);
}

BOOL GetUserNameW(LPWSTR buffer, LPDWORD size) { return GiveUserName(buffer, size); }
BOOL GetUserNameA(LPSTR buffer, LPDWORD size) { return GiveUserName(buffer, size); }
