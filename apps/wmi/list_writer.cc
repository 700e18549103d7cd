#include "wmi/list_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "wmi/style.h"
#include "wmi/value_text.h"

namespace wmi::cli {

void ListWriter::Write(const Row& row, std::string& out) {
  if (!empty_) out += '\n';
  empty_ = false;
  std::size_t widest = 0;
  for (const Property& property : row.properties) widest = std::max(widest, DisplayWidth(property.name));
  for (const Property& property : row.properties) {
    const std::string padding(widest - DisplayWidth(property.name), ' ');
    const std::string text = ValueText(property.value);
    out += fmt::format("{}{} :{}{}\n", Styled(property.name, Style::kName, colour_), padding, text.empty() ? "" : " ",
                       text);
  }
}

}  // namespace wmi::cli
