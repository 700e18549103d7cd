#include "providers/linux/storage/share_files.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"
#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kSharesMax = 4096;
constexpr std::size_t kIncludesMax = 64;

// Takes a line with those that it goes on in: a backslash at its end joins the next.
bool NextLogicalLine(std::string_view& rest, std::string& line) {
  std::string_view part;
  if (!NextPart(rest, '\n', part)) return false;
  line.clear();
  while (true) {
    if (part.ends_with('\r')) part.remove_suffix(1);
    const bool goes_on = part.ends_with('\\');
    line += goes_on ? part.substr(0, part.size() - 1) : part;
    if (!goes_on || !NextPart(rest, '\n', part)) return true;
  }
}

// Names of options are compared without case and blanks: "Max Connections" is maxconnections.
std::string OptionName(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c != ' ' && c != '\t') name += c;
  }
  return Fold(name);
}

std::string_view WithoutQuotes(std::string_view text) {
  text = Trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

bool IsYes(std::string_view text) {
  for (const char* yes : {"yes", "true", "1", "on"}) {
    if (EqualFolded(text, yes)) return true;
  }
  return false;
}

std::uint32_t Limit(std::string_view text) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(text, number) || number > std::numeric_limits<std::uint32_t>::max()) return 0;
  return static_cast<std::uint32_t>(number);
}

void SetOption(std::string_view name, std::string_view value, SharedThing& share) {
  if (name == "path" || name == "directory") {
    share.path = value;
  } else if (name == "comment") {
    share.comment = value;
  } else if (name == "printable" || name == "printok") {
    share.is_printer = IsYes(value);
  } else if (name == "maxconnections") {
    share.connections_max = Limit(value);
  } else if (name == "available") {
    share.is_available = IsYes(value);
  }
}

bool IsOctalDigit(char c) { return c >= '0' && c <= '7'; }

// A word up to a blank. Quotes keep blanks together, \ooo stands for a byte.
std::string NextWord(std::string_view& rest) {
  std::size_t i = 0;
  while (i < rest.size() && (rest[i] == ' ' || rest[i] == '\t')) ++i;
  std::string word;
  bool is_quoted = false;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == ' ' || c == '\t')) {
      break;
    } else if (c == '\\' && i + 3 < rest.size() && IsOctalDigit(rest[i + 1]) && IsOctalDigit(rest[i + 2]) &&
               IsOctalDigit(rest[i + 3])) {
      word += static_cast<char>((rest[i + 1] - '0') * 64 + (rest[i + 2] - '0') * 8 + (rest[i + 3] - '0'));
      i += 3;
    } else {
      word += c;
    }
  }
  rest.remove_prefix(i);
  return word;
}

// The part before a # that stands outside of quotes.
std::string_view WithoutComment(std::string_view line) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') is_quoted = !is_quoted;
    if (line[i] == '#' && !is_quoted) return line.substr(0, i);
  }
  return line;
}

}  // namespace

SambaFile ParseSambaConfig(std::string_view text) {
  SambaFile file;
  SharedThing defaults;
  SharedThing templates;  // where options of sections go that are no shares
  SharedThing* section = &defaults;
  std::string line;
  while (NextLogicalLine(text, line)) {
    const std::string_view item = Trim(line);
    if (item.empty() || item.front() == '#' || item.front() == ';') continue;
    if (item.front() == '[') {
      const std::string_view name = Trim(item.substr(1, item.find(']') - 1));
      section = &templates;
      if (EqualFolded(name, "global")) section = &defaults;
      if (section == &defaults || name.empty() || item.find(']') == std::string_view::npos) continue;
      if (EqualFolded(name, "homes") || EqualFolded(name, "printers")) continue;
      // A section that is there again goes on.
      const auto known = std::find_if(file.shares.begin(), file.shares.end(),
                                      [&](const SharedThing& share) { return EqualFolded(share.name, name); });
      if (known != file.shares.end()) {
        section = &*known;
      } else if (file.shares.size() < kSharesMax) {
        section = &file.shares.emplace_back(defaults);
        section->name = name;
      }
      continue;
    }
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name = OptionName(item.substr(0, equals));
    const std::string_view value = WithoutQuotes(item.substr(equals + 1));
    if (name == "include") {
      const bool is_file = value.starts_with('/') && value.find('%') == std::string_view::npos;
      if (is_file && file.includes.size() < kIncludesMax) file.includes.emplace_back(value);
    } else {
      SetOption(name, value, *section);
    }
  }
  std::erase_if(file.shares, [](const SharedThing& share) { return !share.is_available; });
  return file;
}

std::vector<SharedThing> ParseExports(std::string_view text) {
  std::vector<SharedThing> exports;
  std::string line;
  while (NextLogicalLine(text, line)) {
    std::string_view rest = WithoutComment(line);
    std::string path = NextWord(rest);
    // A line may set options of those that follow: -rw,sync.
    if (!path.starts_with('/')) continue;
    const std::string_view clients = Trim(rest);
    const auto known =
        std::find_if(exports.begin(), exports.end(), [&](const SharedThing& share) { return share.path == path; });
    if (known != exports.end()) {
      if (!clients.empty()) known->comment.append(known->comment.empty() ? "" : " ").append(clients);
      continue;
    }
    if (exports.size() >= kSharesMax) break;
    SharedThing share;
    share.name = path;
    share.path = std::move(path);
    share.comment = clients;
    exports.push_back(std::move(share));
  }
  return exports;
}

}  // namespace wmi::linuxos
