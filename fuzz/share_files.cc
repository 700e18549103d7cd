// The files that say what is shared: any bytes give shares with names that are told apart, exports with paths.
#include "providers/linux/storage/share_files.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const wmi::linuxos::SambaFile samba = wmi::linuxos::ParseSambaConfig(text);
  std::set<std::string> names;
  for (const auto& share : samba.shares) {
    Require(!share.name.empty() && share.is_available);
    Require(names.insert(wmi::Fold(share.name)).second);
  }
  for (const std::string& include : samba.includes) Require(include.starts_with('/'));
  std::set<std::string> paths;
  for (const auto& share : wmi::linuxos::ParseExports(text)) {
    Require(share.path.starts_with('/') && share.name == share.path);
    Require(paths.insert(share.path).second);
  }
  return 0;
}
