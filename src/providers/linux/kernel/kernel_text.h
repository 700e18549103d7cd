// What the classes of root\linux share: lists of texts, and paths whose case a client need not know.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// The parts of a text that are not empty.
std::vector<std::string> PartsOf(std::string_view text, char separator);

// An array of texts; an empty list is an empty array. Bytes that are not UTF-8 are replaced by U+FFFD.
void SetTexts(provider::RowWriter& row, std::size_t slot, const std::vector<std::string>& texts);

// Whether a file or folder can have this name: not empty, no separator in it and no step up.
bool IsFileName(std::string_view name);

// The one of `names` that is `name`, or else the first that differs in case only: keys compare without case, but the
// kernel's names may differ in nothing else.
std::optional<std::string> MatchName(const std::vector<std::string>& names, std::string_view name);

// The path below `folder` that these names lead to, as the file system writes it. Nothing when there is none.
std::optional<std::string> FindPath(const Machine& machine, const std::string& folder,
                                    const std::vector<std::string>& names);

// Lines "name value" of the kernel's flat files (cpu.stat, memory.events): the figures by name.
std::map<std::string, std::uint64_t, std::less<>> ParseFigures(std::string_view text);
std::optional<std::uint64_t> FigureOf(const std::map<std::string, std::uint64_t, std::less<>>& figures,
                                      std::string_view name);

// Names of a folder that are looked at.
inline constexpr std::size_t kKernelNamesMax = 100'000;

}  // namespace wmi::linuxos
