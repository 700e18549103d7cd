// The status file of dpkg: no crash, every package has what makes it one, and each is found again by its name.
// Links wmi_linux.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "providers/linux/software/package_database.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  std::string_view rest = text;
  wmi::linuxos::Package package;
  int looked_up = 0;
  while (wmi::linuxos::NextDpkgPackage(rest, package)) {
    Require(!package.name.empty() && !package.version.empty() && !package.architecture.empty());
    // A look-up walks the whole text.
    if (++looked_up > 16) continue;
    wmi::linuxos::ForEachDpkgPackage(text, package.name, [&](wmi::linuxos::Package& found) {
      Require(found.name == package.name && !found.version.empty() && !found.architecture.empty());
    });
  }
  return 0;
}
