// Values: RegSetValue, RegQueryValue, RegGetValue, RegEnumValue, RegDeleteValue and their relatives.
#include <winreg.h>

#include <cstdint>
#include <cstdlib>

#include "win32/registry/registry_call.h"
#include "win32/registry/registry_text.h"

namespace wmi::win32 {

std::string ExpandedText(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t begin = text.find('%');
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('%', begin + 1);
    if (end == std::string_view::npos) break;
    const char* const found = std::getenv(std::string(text.substr(begin + 1, end - begin - 1)).c_str());
    result += text.substr(0, begin);
    if (found != nullptr) {
      result += ToUtf8(found);
      text.remove_prefix(end + 1);
    } else {
      result += text.substr(begin, end - begin);  // the second sign may begin the next name
      text.remove_prefix(end);
    }
  }
  return result.append(text);
}

namespace {

constexpr std::size_t kNarrowNumberSize = 4;  // of a REG_DWORD, for buffers of that size

// Copies what a program reads; see RegQueryValueEx.
ErrorCode GiveBytes(DWORD type, const std::string& bytes, void* data, DWORD* size) {
  if (size == nullptr) return data == nullptr ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
  const DWORD room = *size;
  std::size_t count = bytes.size();
  if (data != nullptr && type == REG_DWORD && room >= kNarrowNumberSize && room < count) count = kNarrowNumberSize;
  *size = count;
  if (data == nullptr) return ERROR_SUCCESS;
  if (room < count) return ERROR_MORE_DATA;
  std::memcpy(data, bytes.data(), count);
  return ERROR_SUCCESS;
}

template <typename Form>
ErrorCode GiveValue(const RegistryValue& value, DWORD* type, void* data, DWORD* size) {
  if (type != nullptr) *type = value.type;
  return GiveBytes(value.type, BytesOfValue<Form>(value), data, size);
}

template <typename Form>
LSTATUS SetValue(HKEY key, const typename Form::Char* name, DWORD reserved, DWORD type, const BYTE* data, DWORD size) {
  return RegistryCall([&]() -> ErrorCode {
    if (reserved != 0 || (data == nullptr && size != 0)) return ERROR_INVALID_PARAMETER;
    const std::string value_name = NameIn<Form>(name);
    if (const ErrorCode error = CheckName(value_name); error != ERROR_SUCCESS) return error;
    RegistryValue value;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const LSTATUS error = ValueOfBytes<Form>(type, bytes, value); error != ERROR_SUCCESS) {
      return static_cast<ErrorCode>(error);
    }
    return WithKey(key, {}, KEY_SET_VALUE,
                   [&](RegistryStore& store, const KeyPath& path) { return store.Write(path, value_name, value); });
  });
}

template <typename Form>
LSTATUS SetDefaultValue(HKEY key, const typename Form::Char* sub_key, DWORD type, const typename Form::Char* text) {
  return RegistryCall([&]() -> ErrorCode {
    if (type != REG_SZ || text == nullptr) return ERROR_INVALID_PARAMETER;
    constexpr std::size_t kLengthMax = limits::kRegistryValueBytesMax / sizeof(typename Form::Char);
    std::size_t length = 0;
    while (length < kLengthMax && text[length] != 0) ++length;
    if (length == kLengthMax) return ERROR_NO_SYSTEM_RESOURCES;
    return WithKey(key, NameIn<Form>(sub_key), KEY_SET_VALUE, [&](RegistryStore& store, const KeyPath& path) {
      bool created = false;
      const ErrorCode error = store.Create(path, created);
      return error != ERROR_SUCCESS ? error : store.Write(path, {}, {REG_SZ, Form::In({text, length})});
    });
  });
}

template <typename Form>
LSTATUS QueryValue(HKEY key, const typename Form::Char* name, const DWORD* reserved, DWORD* type, BYTE* data,
                   DWORD* size) {
  return RegistryCall([&]() -> ErrorCode {
    if (reserved != nullptr || (data != nullptr && size == nullptr)) return ERROR_INVALID_PARAMETER;
    return WithKey(key, {}, KEY_QUERY_VALUE, [&](RegistryStore& store, const KeyPath& path) {
      RegistryValue value;
      const ErrorCode error = store.Read(path, NameIn<Form>(name), value);
      return error != ERROR_SUCCESS ? error : GiveValue<Form>(value, type, data, size);
    });
  });
}

template <typename Form>
LSTATUS QueryDefaultValue(HKEY key, const typename Form::Char* sub_key, typename Form::Char* data, LONG* size) {
  return RegistryCall([&]() -> ErrorCode {
    if (data != nullptr && size == nullptr) return ERROR_INVALID_PARAMETER;
    return WithKey(key, NameIn<Form>(sub_key), KEY_QUERY_VALUE, [&](RegistryStore& store, const KeyPath& path) {
      if (const ErrorCode missing = store.Exists(path); missing != ERROR_SUCCESS) return missing;
      RegistryValue value{REG_SZ, {}};
      const ErrorCode error = store.Read(path, {}, value);
      if (error != ERROR_SUCCESS && error != ERROR_FILE_NOT_FOUND) return error;
      if (value.type != REG_SZ && value.type != REG_EXPAND_SZ) return ErrorCode{ERROR_INVALID_DATA};
      return GiveValue<Form>(value, nullptr, data, reinterpret_cast<DWORD*>(size));
    });
  });
}

DWORD RestrictionOf(DWORD type) {
  switch (type) {
    case REG_NONE:
      return RRF_RT_REG_NONE;
    case REG_SZ:
      return RRF_RT_REG_SZ;
    case REG_EXPAND_SZ:
      return RRF_RT_REG_EXPAND_SZ;
    case REG_BINARY:
      return RRF_RT_REG_BINARY;
    case REG_DWORD:
      return RRF_RT_REG_DWORD;
    case REG_MULTI_SZ:
      return RRF_RT_REG_MULTI_SZ;
    default:
      return RRF_RT_REG_QWORD;
  }
}

ErrorCode CheckRestrictions(DWORD flags, const void* data, const DWORD* size) {
  constexpr DWORD kKnown =
      RRF_RT_ANY | RRF_SUBKEY_WOW6464KEY | RRF_SUBKEY_WOW6432KEY | RRF_NOEXPAND | RRF_ZEROONFAILURE;
  if ((flags & ~kKnown) != 0 || (flags & RRF_RT_ANY) == 0) return ERROR_INVALID_PARAMETER;
  const bool expanding = (flags & RRF_NOEXPAND) == 0;
  const bool any = (flags & RRF_RT_ANY) == RRF_RT_ANY;
  if (expanding && !any && (flags & RRF_RT_REG_EXPAND_SZ) != 0) return ERROR_INVALID_PARAMETER;
  return data != nullptr && size == nullptr ? ERROR_INVALID_PARAMETER : ERROR_SUCCESS;
}

template <typename Form>
ErrorCode GetRestricted(RegistryValue value, DWORD flags, DWORD* type, void* data, DWORD* size) {
  if (value.type == REG_EXPAND_SZ && (flags & RRF_NOEXPAND) == 0) value = {REG_SZ, ExpandedText(value.data)};
  if (type != nullptr) *type = value.type;
  const DWORD low = flags & RRF_RT_ANY;
  const bool fits = low == RRF_RT_ANY || (low & RestrictionOf(value.type)) != 0;
  if (!fits) return ERROR_UNSUPPORTED_TYPE;
  return GiveBytes(value.type, BytesOfValue<Form>(value), data, size);
}

template <typename Form>
LSTATUS GetValue(HKEY key, const typename Form::Char* sub_key, const typename Form::Char* name, DWORD flags,
                 DWORD* type, void* data, DWORD* size) {
  const DWORD room = size == nullptr ? 0 : *size;
  const LSTATUS result = RegistryCall([&]() -> ErrorCode {
    if (const ErrorCode error = CheckRestrictions(flags, data, size); error != ERROR_SUCCESS) return error;
    return WithKey(key, NameIn<Form>(sub_key), KEY_QUERY_VALUE, [&](RegistryStore& store, const KeyPath& path) {
      RegistryValue value;
      const ErrorCode error = store.Read(path, NameIn<Form>(name), value);
      return error != ERROR_SUCCESS ? error : GetRestricted<Form>(std::move(value), flags, type, data, size);
    });
  });
  if (result != ERROR_SUCCESS && (flags & RRF_ZEROONFAILURE) != 0 && data != nullptr) std::memset(data, 0, room);
  return result;
}

template <typename Form>
LSTATUS EnumValue(HKEY key, DWORD index, typename Form::Char* name, DWORD* length, const DWORD* reserved, DWORD* type,
                  BYTE* data, DWORD* size) {
  return RegistryCall([&]() -> ErrorCode {
    const bool valid =
        name != nullptr && length != nullptr && reserved == nullptr && (data == nullptr || size != nullptr);
    if (!valid) return ERROR_INVALID_PARAMETER;
    return WithKey(key, {}, KEY_QUERY_VALUE, [&](RegistryStore& store, const KeyPath& path) -> ErrorCode {
      std::vector<std::string> names;
      if (const ErrorCode error = store.ValueNames(path, names); error != ERROR_SUCCESS) return error;
      if (index >= names.size()) return ERROR_NO_MORE_ITEMS;
      RegistryValue value;
      if (const ErrorCode error = store.Read(path, names[index], value); error != ERROR_SUCCESS) return error;
      if (const ErrorCode error = CopyOut(Form::Out(names[index]), name, length); error != ERROR_SUCCESS) return error;
      return GiveValue<Form>(value, type, data, size);
    });
  });
}

template <typename Form>
LSTATUS DeleteValue(HKEY key, const typename Form::Char* name) {
  return RegistryCall([&] {
    return WithKey(key, {}, KEY_SET_VALUE, [&](RegistryStore& store, const KeyPath& path) {
      return store.DeleteValue(path, NameIn<Form>(name));
    });
  });
}

}  // namespace
}  // namespace wmi::win32

using wmi::win32::Narrow;
using wmi::win32::Wide;

LSTATUS RegSetValueExW(HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE* data, DWORD size) {
  return wmi::win32::SetValue<Wide>(key, name, reserved, type, data, size);
}
LSTATUS RegSetValueExA(HKEY key, LPCSTR name, DWORD reserved, DWORD type, const BYTE* data, DWORD size) {
  return wmi::win32::SetValue<Narrow>(key, name, reserved, type, data, size);
}
LSTATUS RegSetValueW(HKEY key, LPCWSTR sub_key, DWORD type, LPCWSTR text, DWORD) {
  return wmi::win32::SetDefaultValue<Wide>(key, sub_key, type, text);
}
LSTATUS RegSetValueA(HKEY key, LPCSTR sub_key, DWORD type, LPCSTR text, DWORD) {
  return wmi::win32::SetDefaultValue<Narrow>(key, sub_key, type, text);
}
LSTATUS RegQueryValueExW(HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size) {
  return wmi::win32::QueryValue<Wide>(key, name, reserved, type, data, size);
}
LSTATUS RegQueryValueExA(HKEY key, LPCSTR name, LPDWORD reserved, LPDWORD type, LPBYTE data, LPDWORD size) {
  return wmi::win32::QueryValue<Narrow>(key, name, reserved, type, data, size);
}
LSTATUS RegQueryValueW(HKEY key, LPCWSTR sub_key, LPWSTR data, PLONG size) {
  return wmi::win32::QueryDefaultValue<Wide>(key, sub_key, data, size);
}
LSTATUS RegQueryValueA(HKEY key, LPCSTR sub_key, LPSTR data, PLONG size) {
  return wmi::win32::QueryDefaultValue<Narrow>(key, sub_key, data, size);
}
LSTATUS RegGetValueW(HKEY key, LPCWSTR sub_key, LPCWSTR name, DWORD flags, LPDWORD type, PVOID data, LPDWORD size) {
  return wmi::win32::GetValue<Wide>(key, sub_key, name, flags, type, data, size);
}
LSTATUS RegGetValueA(HKEY key, LPCSTR sub_key, LPCSTR name, DWORD flags, LPDWORD type, PVOID data, LPDWORD size) {
  return wmi::win32::GetValue<Narrow>(key, sub_key, name, flags, type, data, size);
}
LSTATUS RegEnumValueW(HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved, LPDWORD type, LPBYTE data,
                      LPDWORD size) {
  return wmi::win32::EnumValue<Wide>(key, index, name, length, reserved, type, data, size);
}
LSTATUS RegEnumValueA(HKEY key, DWORD index, LPSTR name, LPDWORD length, LPDWORD reserved, LPDWORD type, LPBYTE data,
                      LPDWORD size) {
  return wmi::win32::EnumValue<Narrow>(key, index, name, length, reserved, type, data, size);
}
LSTATUS RegDeleteValueW(HKEY key, LPCWSTR name) { return wmi::win32::DeleteValue<Wide>(key, name); }
LSTATUS RegDeleteValueA(HKEY key, LPCSTR name) { return wmi::win32::DeleteValue<Narrow>(key, name); }
