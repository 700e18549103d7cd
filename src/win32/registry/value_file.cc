#include "win32/registry/value_file.h"

#include <fmt/format.h>
#include <winreg.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace wmi::win32 {
namespace {

struct TypeName {
  DWORD type;
  std::string_view name;
};

constexpr TypeName kTypes[] = {{REG_NONE, "REG_NONE"},     {REG_SZ, "REG_SZ"},       {REG_EXPAND_SZ, "REG_EXPAND_SZ"},
                               {REG_BINARY, "REG_BINARY"}, {REG_DWORD, "REG_DWORD"}, {REG_MULTI_SZ, "REG_MULTI_SZ"},
                               {REG_QWORD, "REG_QWORD"}};

std::string Escape(std::string_view text) {
  std::string result;
  for (const char character : text) {
    if (character == '\\') {
      result += "\\\\";
    } else if (character == '\n') {
      result += "\\n";
    } else if (character == '\0') {
      result += "\\0";
    } else {
      result += character;
    }
  }
  return result;
}

// A backslash before anything else stands for itself: people write such files, too.
std::string Unescape(std::string_view line) {
  std::string result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char next = line[i] == '\\' && i + 1 < line.size() ? line[i + 1] : 'x';
    if (next == '\\' || next == 'n' || next == '0') {
      result += next == 'n' ? '\n' : next == '0' ? '\0' : '\\';
      ++i;
    } else {
      result += line[i];
    }
  }
  return ToUtf8(result);
}

std::optional<RegistryValue> ParseNumber(DWORD type, std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the end is given
  const auto [stop, error] = std::from_chars(text.data(), end, number, hexadecimal ? 16 : 10);
  if (error != std::errc() || stop != end || (type == REG_DWORD && number > 0xffffffffu)) return std::nullopt;
  return RegistryValue{type, BytesOfNumber(number)};
}

RegistryValue ParseText(DWORD type, std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return {type, Unescape(text)};
}

RegistryValue ParseTexts(std::string_view lines) {
  RegistryValue value{REG_MULTI_SZ, {}};
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    value.data += Unescape(lines.substr(0, end));
    value.data += '\0';
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return value;
}

std::string FormatTexts(std::string_view texts) {
  std::string result;
  while (!texts.empty()) {
    const std::size_t end = std::min(texts.find('\0'), texts.size());
    result += Escape(texts.substr(0, end)) + '\n';
    texts.remove_prefix(std::min(end + 1, texts.size()));
  }
  return result;
}

}  // namespace

bool IsText(DWORD type) { return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ; }
bool IsNumber(DWORD type) { return type == REG_DWORD || type == REG_QWORD; }

std::string BytesOfNumber(std::uint64_t number) {
  std::string bytes(sizeof(number), '\0');
  std::memcpy(bytes.data(), &number, sizeof(number));
  return bytes;
}

std::uint64_t NumberOfBytes(std::string_view bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), std::min(bytes.size(), sizeof(number)));
  return number;
}

std::string FormatValueFile(const RegistryValue& value) {
  const auto* const type =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeName& t) { return t.type == value.type; });
  std::string file = std::string(type->name) + '\n';
  if (value.type == REG_MULTI_SZ) return file + FormatTexts(value.data);
  if (IsText(value.type)) return file + Escape(value.data) + '\n';
  if (value.type == REG_DWORD) return file + fmt::format("0x{:08x}\n", NumberOfBytes(value.data));
  if (value.type == REG_QWORD) return file + fmt::format("0x{:016x}\n", NumberOfBytes(value.data));
  return file + value.data;
}

std::optional<RegistryValue> ParseValueFile(std::string_view file) {
  const std::size_t end = std::min(file.find('\n'), file.size());
  const auto* const type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                        [&](const TypeName& t) { return t.name == file.substr(0, end); });
  if (type == std::end(kTypes)) return std::nullopt;
  file.remove_prefix(std::min(end + 1, file.size()));
  if (type->type == REG_MULTI_SZ) return ParseTexts(file);
  if (IsText(type->type)) return ParseText(type->type, file);
  if (IsNumber(type->type)) return ParseNumber(type->type, file);
  return RegistryValue{type->type, std::string(file)};
}

}  // namespace wmi::win32
