#include "providers/linux/kernel/kernel_text.h"

#include <algorithm>

#include "base/text.h"

namespace wmi::linuxos {

std::vector<std::string> PartsOf(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::string_view part;
  while (NextPart(text, separator, part)) {
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

void SetTexts(provider::RowWriter& row, std::size_t slot, const std::vector<std::string>& texts) {
  std::vector<std::string> checked;
  std::vector<cim::ValueView> views;
  checked.reserve(texts.size());
  views.reserve(texts.size());
  for (const std::string& text : texts) {
    checked.push_back(ToUtf8(text));
    views.push_back(cim::ValueView::Text(checked.back()));
  }
  row.Set(slot, cim::ValueView::Array(views));
}

bool IsFileName(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

std::optional<std::string> MatchName(const std::vector<std::string>& names, std::string_view name) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return std::string(name);
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const std::string& known) { return EqualFolded(known, name); });
  if (found == names.end()) return std::nullopt;
  return *found;
}

std::optional<std::string> FindPath(const Machine& machine, const std::string& folder,
                                    const std::vector<std::string>& names) {
  std::string path = folder;
  std::vector<std::string> known;
  for (const std::string& name : names) {
    if (!IsFileName(name)) return std::nullopt;
    const std::size_t length = path.size();
    path += '/';
    path += name;
    std::uint32_t mode = 0;
    if (machine.files->Mode(kNoDirectory, path.c_str(), mode) == 0) continue;
    path.resize(length);
    if (machine.files->List(kNoDirectory, path.c_str(), kKernelNamesMax, known) != 0) return std::nullopt;
    const std::optional<std::string> match = MatchName(known, name);
    if (!match) return std::nullopt;
    path += '/';
    path += *match;
  }
  return path;
}

std::map<std::string, std::uint64_t, std::less<>> ParseFigures(std::string_view text) {
  std::map<std::string, std::uint64_t, std::less<>> figures;
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    const std::size_t blank = line.find(' ');
    std::uint64_t figure = 0;
    if (blank == std::string_view::npos || !ParseUnsigned(line.substr(blank + 1), figure)) continue;
    figures.emplace(line.substr(0, blank), figure);
  }
  return figures;
}

std::optional<std::uint64_t> FigureOf(const std::map<std::string, std::uint64_t, std::less<>>& figures,
                                      std::string_view name) {
  const auto found = figures.find(name);
  if (found == figures.end()) return std::nullopt;
  return found->second;
}

}  // namespace wmi::linuxos
