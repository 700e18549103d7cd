#include "win32/registry/key_name.h"

#include <algorithm>
#include <cstddef>

#include "base/limits.h"
#include "base/text.h"

namespace wmi::win32 {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

bool NeedsEscape(unsigned char byte, std::size_t position) {
  return byte < 0x20 || byte == 0x7f || byte == '%' || byte == '/' || (byte == '.' && position == 0);
}

// -1 for what is no hexadecimal digit.
int DigitOf(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return -1;
}

}  // namespace

std::string FileNameOf(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (NeedsEscape(byte, i)) {
      result += '%';
      result += kHexDigits[byte >> 4];
      result += kHexDigits[byte & 0xf];
    } else {
      result += name[i];
    }
  }
  return result;
}

std::string NameOfFile(std::string_view file_name) {
  std::string result;
  for (std::size_t i = 0; i < file_name.size(); ++i) {
    const int high = file_name[i] == '%' && i + 2 < file_name.size() ? DigitOf(file_name[i + 1]) : -1;
    const int low = high < 0 ? -1 : DigitOf(file_name[i + 2]);
    if (low < 0) {
      result += file_name[i];
    } else {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return ToUtf8(result);
}

ErrorCode CheckName(std::string_view name) {
  const bool fits = name.size() <= limits::kRegistryNameLengthMax * 4 &&
                    CharacterCount(name) <= limits::kRegistryNameLengthMax &&
                    FileNameOf(name).size() <= limits::kRegistryNameLengthMax;
  return fits ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
}

ErrorCode AppendNames(std::string_view names, KeyPath& path) {
  if (names.starts_with('\\')) return ERROR_BAD_PATHNAME;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('\\'), names.size());
    const std::string_view name = names.substr(0, end);
    names.remove_prefix(std::min(end + 1, names.size()));
    if (name.empty()) continue;
    if (const ErrorCode error = CheckName(name); error != ERROR_SUCCESS) return error;
    if (path.size() > limits::kRegistryDepthMax) return ERROR_INVALID_PARAMETER;  // the hive does not count
    path.emplace_back(name);
  }
  return ERROR_SUCCESS;
}

bool EqualPaths(const KeyPath& a, const KeyPath& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), EqualFolded);
}

}  // namespace wmi::win32
