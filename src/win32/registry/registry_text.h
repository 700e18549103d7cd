// The two forms of the registry's functions: wide text and UTF-8, as the programs give and take them.
#pragma once

#include <winreg.h>

#include <algorithm>
#include <cstring>
#include <cwchar>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/text.h"
#include "win32/registry/value_file.h"

namespace wmi::win32 {

// Enough for any path that is not too deep; more is cut, and then too deep or too long.
inline constexpr std::size_t kPathCharactersMax =
    (limits::kRegistryNameLengthMax + 1) * (limits::kRegistryDepthMax + 2);

struct Wide {
  using Char = wchar_t;
  static std::string In(std::wstring_view text) { return Utf8FromWide(text); }
  static std::wstring Out(std::string_view text) { return WideFromUtf8(text); }
  static std::size_t Length(const wchar_t* text) { return wcsnlen(text, kPathCharactersMax); }
};

struct Narrow {
  using Char = char;
  static std::string In(std::string_view text) { return ToUtf8(text); }
  static std::string Out(std::string_view text) { return std::string(text); }
  static std::size_t Length(const char* text) { return strnlen(text, kPathCharactersMax); }
};

// A name or path of names; "" for NULL.
template <typename Form>
std::string NameIn(const typename Form::Char* text) {
  return text == nullptr ? std::string() : Form::In({text, Form::Length(text)});
}

// What a program reads: text with its NULs, numbers in eight bytes.
template <typename Form>
std::string BytesOfValue(const RegistryValue& value) {
  if (!IsText(value.type)) return value.data;
  auto text = Form::Out(value.data);
  text.push_back(0);
  return {reinterpret_cast<const char*>(text.data()), text.size() * sizeof(typename Form::Char)};
}

// The characters of text that a program wrote. The bytes need not be aligned.
template <typename Form>
auto CharactersOf(std::string_view bytes) {
  std::basic_string<typename Form::Char> text(bytes.size() / sizeof(typename Form::Char), 0);
  bytes.copy(reinterpret_cast<char*>(text.data()), text.size() * sizeof(typename Form::Char));
  return text;
}

// What a program wrote: ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES as RegSetValueEx gives them.
template <typename Form>
LSTATUS ValueOfBytes(DWORD type, std::string_view bytes, RegistryValue& value) {
  if (bytes.size() > limits::kRegistryValueBytesMax) return ERROR_NO_SYSTEM_RESOURCES;
  value.type = type;
  if (IsNumber(type)) {
    const bool fits = bytes.size() == 8 || (type == REG_DWORD && bytes.size() == 4);
    if (!fits) return ERROR_INVALID_PARAMETER;
    const std::uint64_t number = NumberOfBytes(bytes);
    value.data = BytesOfNumber(type == REG_DWORD ? number & 0xffffffffu : number);
    return ERROR_SUCCESS;
  }
  if (!IsText(type)) {
    if (type != REG_NONE && type != REG_BINARY) return ERROR_INVALID_PARAMETER;
    value.data = bytes;
    return ERROR_SUCCESS;
  }
  if (bytes.size() % sizeof(typename Form::Char) != 0) return ERROR_INVALID_PARAMETER;
  value.data = Form::In(CharactersOf<Form>(bytes));
  if (value.data.ends_with('\0')) value.data.pop_back();
  if (type == REG_MULTI_SZ && !value.data.empty() && !value.data.ends_with('\0')) value.data.push_back('\0');
  return ERROR_SUCCESS;
}

}  // namespace wmi::win32
