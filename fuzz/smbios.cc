// The table of the firmware: any bytes as a table and as an entry point. What is given out lies inside the input, and
// reading every field and string of every structure reads nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "providers/linux/firmware/smbios_table.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const wmi::linuxos::SmbiosTable table{std::string(bytes)};
  std::size_t used = 0;
  for (const wmi::linuxos::SmbiosStructure& structure : table.structures()) {
    Require(structure.formatted.size() >= 4);
    used += structure.formatted.size() + structure.strings.size();
    for (std::size_t offset = 0; offset <= structure.formatted.size(); ++offset) {
      Require(structure.Byte(offset).has_value() == (offset < structure.formatted.size()));
      if (structure.QuadWord(offset)) Require(structure.DoubleWord(offset) && structure.Word(offset));
      Require(structure.Text(offset).size() <= structure.strings.size());
    }
  }
  Require(used <= size);
  wmi::linuxos::ParseSmbiosEntryPoint(bytes);
  return 0;
}
