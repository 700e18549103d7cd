// What the journal says of itself: heads of its files, sizes in its settings, cursors. The first byte chooses the
// reader.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "providers/linux/software/eventlog_file.h"
#include "providers/linux/software/journal_reader.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'h':
      Require(!wmi::linuxos::EntriesOfJournalHeader(text) || text.starts_with("LPKSHHRH"));
      break;
    case 's': {
      const auto bytes = wmi::linuxos::JournalSize(text);
      Require(!bytes || (*bytes > 0 && wmi::linuxos::JournalSize(std::to_string(*bytes)) == bytes));
      break;
    }
    default: {
      std::string numbering;
      std::uint64_t number = 0;
      if (!wmi::linuxos::ParseCursor(std::string(text), numbering, number)) break;
      Require(!numbering.empty() && numbering.find(';') == std::string::npos);
      Require(text.find("s=" + numbering) != std::string_view::npos);
    }
  }
  return 0;
}
