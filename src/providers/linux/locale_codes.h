// The system locale of Linux ("de_DE.UTF-8") in the terms of Windows: language identifiers and code pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wmi::linuxos {

struct SystemLocale {
  std::string language_tag;                  // "de-DE"; empty for the C locale
  std::optional<std::uint32_t> language_id;  // 0x0407; nothing when the table has no such language
  std::optional<std::uint32_t> code_page;    // 65001 for UTF-8
};

// From the value of LANG; an empty one, "C" and "POSIX" name no language.
SystemLocale ParseLocale(std::string_view lang);

}  // namespace wmi::linuxos
