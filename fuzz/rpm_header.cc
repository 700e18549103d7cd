// A header of rpm's database: no crash, no read past its end, and a package has what makes it one. Links wmi_linux.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "providers/linux/software/package_database.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Memory of the exact size, so that the sanitizers see a read past it.
  const auto bytes = std::make_unique<char[]>(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(data[i]);
  wmi::linuxos::Package package;
  if (wmi::linuxos::ParseRpmHeader(std::string_view(bytes.get(), size), package) &&
      (package.name.empty() || package.version.empty() || package.architecture.empty())) {
    std::abort();
  }
  return 0;
}
