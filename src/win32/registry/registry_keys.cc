// Keys: RegCreateKey, RegOpenKey, RegDeleteKey, RegEnumKey, RegQueryInfoKey and their relatives.
#include <winreg.h>

#include <algorithm>
#include <cstdint>

#include "win32/registry/registry_call.h"
#include "win32/registry/registry_text.h"

namespace wmi::win32 {
namespace {

constexpr std::uint64_t kFileTimeOfUnixEpoch = 116444736000000000u;  // in units of 100 ns since 1601
constexpr REGSAM kViews = KEY_WOW64_64KEY | KEY_WOW64_32KEY;

// What the handle may be used for afterwards.
REGSAM GrantedRights(REGSAM asked) {
  const REGSAM low = asked & 0xffffffffu;
  if ((low & (MAXIMUM_ALLOWED | GENERIC_ALL)) != 0) return KEY_ALL_ACCESS;
  REGSAM granted = low & ~kViews;
  if ((low & GENERIC_READ) != 0) granted |= KEY_READ;
  if ((low & GENERIC_WRITE) != 0) granted |= KEY_WRITE;
  if ((low & GENERIC_EXECUTE) != 0) granted |= KEY_EXECUTE;
  return granted;
}

FILETIME FileTimeOf(const timespec& time) {
  if (time.tv_sec == 0 && time.tv_nsec == 0) return {};
  const std::uint64_t ticks = kFileTimeOfUnixEpoch + static_cast<std::uint64_t>(time.tv_sec) * 10'000'000u +
                              static_cast<std::uint64_t>(time.tv_nsec) / 100u;
  return {static_cast<std::uint32_t>(ticks), static_cast<std::uint32_t>(ticks >> 32)};
}

ErrorCode Open(RegistryStore& store, const KeyPath& path, REGSAM rights, HKEY* result) {
  if (const ErrorCode error = store.Exists(path); error != ERROR_SUCCESS) return error;
  return OpenKeys::Process().Insert({path, GrantedRights(rights)}, *result);
}

ErrorCode OpenNamed(HKEY key, const std::string& name, DWORD options, REGSAM rights, HKEY* result) {
  if (result == nullptr) return ERROR_INVALID_PARAMETER;
  *result = nullptr;
  // The other option, a link itself, is there for no key.
  if ((options & ~static_cast<DWORD>(REG_OPTION_BACKUP_RESTORE)) != 0) return ERROR_INVALID_PARAMETER;
  return WithKey(key, name, 0,
                 [&](RegistryStore& store, const KeyPath& path) { return Open(store, path, rights, result); });
}

ErrorCode CreateNamed(HKEY key, const std::string& name, DWORD options, REGSAM rights, HKEY* result,
                      DWORD* disposition) {
  if (result == nullptr) return ERROR_INVALID_PARAMETER;
  *result = nullptr;
  constexpr DWORD kKnown = REG_OPTION_VOLATILE | REG_OPTION_BACKUP_RESTORE;
  if ((options & ~kKnown) != 0) return ERROR_INVALID_PARAMETER;
  return WithKey(key, name, 0, [&](RegistryStore& store, const KeyPath& path) {
    bool created = false;
    ErrorCode error = store.Create(path, created);
    if (error == ERROR_SUCCESS) error = Open(store, path, rights, result);
    if (error == ERROR_SUCCESS && disposition != nullptr) {
      *disposition = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
    }
    return error;
  });
}

template <typename Form>
LSTATUS CreateKey(HKEY key, const typename Form::Char* name, DWORD reserved, DWORD options, REGSAM rights, HKEY* result,
                  DWORD* disposition) {
  return RegistryCall([&]() -> ErrorCode {
    if (reserved != 0) return ERROR_INVALID_PARAMETER;
    return CreateNamed(key, NameIn<Form>(name), options, rights, result, disposition);
  });
}

template <typename Form>
LSTATUS OpenKeyNamed(HKEY key, const typename Form::Char* name, DWORD options, REGSAM rights, HKEY* result) {
  return RegistryCall([&] { return OpenNamed(key, NameIn<Form>(name), options, rights, result); });
}

template <typename Form>
LSTATUS DeleteKeyNamed(HKEY key, const typename Form::Char* name) {
  return RegistryCall([&]() -> ErrorCode {
    if (name == nullptr) return ERROR_INVALID_PARAMETER;
    return WithKey(key, NameIn<Form>(name), 0,
                   [](RegistryStore& store, const KeyPath& path) { return store.DeleteKey(path); });
  });
}

template <typename Form>
LSTATUS DeleteTreeNamed(HKEY key, const typename Form::Char* name) {
  return RegistryCall([&] {
    return WithKey(key, NameIn<Form>(name), 0, [&](RegistryStore& store, const KeyPath& path) {
      return name == nullptr ? store.Clear(path) : store.DeleteTree(path);
    });
  });
}

template <typename Char>
ErrorCode ClearClass(Char* class_name, DWORD* class_length) {
  if (class_name != nullptr && class_length == nullptr) return ERROR_INVALID_PARAMETER;
  if (class_name != nullptr && *class_length > 0) class_name[0] = 0;
  if (class_length != nullptr) *class_length = 0;
  return ERROR_SUCCESS;
}

template <typename Form>
LSTATUS EnumKey(HKEY key, DWORD index, typename Form::Char* name, DWORD* length, DWORD* reserved,
                typename Form::Char* class_name, DWORD* class_length, FILETIME* last_write) {
  return RegistryCall([&]() -> ErrorCode {
    if (name == nullptr || length == nullptr || reserved != nullptr) return ERROR_INVALID_PARAMETER;
    return WithKey(key, {}, KEY_ENUMERATE_SUB_KEYS, [&](RegistryStore& store, const KeyPath& path) -> ErrorCode {
      std::vector<std::string> names;
      if (const ErrorCode error = store.SubKeys(path, names); error != ERROR_SUCCESS) return error;
      if (index >= names.size()) return ERROR_NO_MORE_ITEMS;
      if (const ErrorCode error = CopyOut(Form::Out(names[index]), name, length); error != ERROR_SUCCESS) return error;
      if (const ErrorCode error = ClearClass(class_name, class_length); error != ERROR_SUCCESS) return error;
      if (last_write == nullptr) return ERROR_SUCCESS;
      KeyPath below = path;
      below.push_back(names[index]);
      timespec time = {};
      store.LastWrite(below, time);  // a key that was deleted just now has no time
      *last_write = FileTimeOf(time);
      return ERROR_SUCCESS;
    });
  });
}

// Where the answers of RegQueryInfoKey go; null for what is not asked.
struct KeyInfo {
  DWORD* sub_keys;
  DWORD* sub_key_length_max;
  DWORD* values;
  DWORD* value_name_length_max;
  DWORD* value_size_max;
};

template <typename Form>
DWORD LengthMax(const std::vector<std::string>& names) {
  std::size_t longest = 0;
  for (const std::string& name : names) longest = std::max(longest, Form::Out(name).size());
  return longest;
}

void Give(DWORD* target, DWORD value) {
  if (target != nullptr) *target = value;
}

template <typename Form>
ErrorCode Describe(const RegistryStore& store, const KeyPath& path, const KeyInfo& info) {
  std::vector<std::string> names;
  if (const ErrorCode error = store.SubKeys(path, names); error != ERROR_SUCCESS) return error;
  Give(info.sub_keys, names.size());
  Give(info.sub_key_length_max, LengthMax<Form>(names));
  if (const ErrorCode error = store.ValueNames(path, names); error != ERROR_SUCCESS) return error;
  Give(info.values, names.size());
  Give(info.value_name_length_max, LengthMax<Form>(names));
  if (info.value_size_max == nullptr) return ERROR_SUCCESS;
  *info.value_size_max = 0;
  for (const std::string& name : names) {
    RegistryValue value;
    const ErrorCode error = store.Read(path, name, value);
    if (error == ERROR_FILE_NOT_FOUND) continue;  // deleted just now
    if (error != ERROR_SUCCESS) return error;
    *info.value_size_max = std::max<DWORD>(*info.value_size_max, BytesOfValue<Form>(value).size());
  }
  return ERROR_SUCCESS;
}

template <typename Form>
LSTATUS QueryInfo(HKEY key, typename Form::Char* class_name, DWORD* class_length, const DWORD* reserved,
                  const KeyInfo& info, DWORD* class_length_max, DWORD* security_size, FILETIME* last_write) {
  return RegistryCall([&]() -> ErrorCode {
    if (reserved != nullptr) return ERROR_INVALID_PARAMETER;
    if (const ErrorCode error = ClearClass(class_name, class_length); error != ERROR_SUCCESS) return error;
    Give(class_length_max, 0);
    Give(security_size, 0);
    return WithKey(key, {}, KEY_QUERY_VALUE, [&](RegistryStore& store, const KeyPath& path) -> ErrorCode {
      if (const ErrorCode error = Describe<Form>(store, path, info); error != ERROR_SUCCESS) return error;
      timespec time = {};
      if (const ErrorCode error = store.LastWrite(path, time); error != ERROR_SUCCESS) return error;
      if (last_write != nullptr) *last_write = FileTimeOf(time);
      return ERROR_SUCCESS;
    });
  });
}

}  // namespace
}  // namespace wmi::win32

using wmi::win32::Narrow;
using wmi::win32::Wide;

LSTATUS RegCreateKeyExW(HKEY key, LPCWSTR sub_key, DWORD reserved, LPWSTR, DWORD options, REGSAM rights,
                        const LPSECURITY_ATTRIBUTES, PHKEY result, LPDWORD disposition) {
  return wmi::win32::CreateKey<Wide>(key, sub_key, reserved, options, rights, result, disposition);
}
LSTATUS RegCreateKeyExA(HKEY key, LPCSTR sub_key, DWORD reserved, LPSTR, DWORD options, REGSAM rights,
                        const LPSECURITY_ATTRIBUTES, PHKEY result, LPDWORD disposition) {
  return wmi::win32::CreateKey<Narrow>(key, sub_key, reserved, options, rights, result, disposition);
}
LSTATUS RegCreateKeyW(HKEY key, LPCWSTR sub_key, PHKEY result) {
  return wmi::win32::CreateKey<Wide>(key, sub_key, 0, 0, MAXIMUM_ALLOWED, result, nullptr);
}
LSTATUS RegCreateKeyA(HKEY key, LPCSTR sub_key, PHKEY result) {
  return wmi::win32::CreateKey<Narrow>(key, sub_key, 0, 0, MAXIMUM_ALLOWED, result, nullptr);
}
LSTATUS RegOpenKeyExW(HKEY key, LPCWSTR sub_key, DWORD options, REGSAM rights, PHKEY result) {
  return wmi::win32::OpenKeyNamed<Wide>(key, sub_key, options, rights, result);
}
LSTATUS RegOpenKeyExA(HKEY key, LPCSTR sub_key, DWORD options, REGSAM rights, PHKEY result) {
  return wmi::win32::OpenKeyNamed<Narrow>(key, sub_key, options, rights, result);
}
LSTATUS RegOpenKeyW(HKEY key, LPCWSTR sub_key, PHKEY result) {
  return wmi::win32::OpenKeyNamed<Wide>(key, sub_key, 0, MAXIMUM_ALLOWED, result);
}
LSTATUS RegOpenKeyA(HKEY key, LPCSTR sub_key, PHKEY result) {
  return wmi::win32::OpenKeyNamed<Narrow>(key, sub_key, 0, MAXIMUM_ALLOWED, result);
}

LSTATUS RegCloseKey(HKEY key) {
  return wmi::win32::RegistryCall([&] { return wmi::win32::OpenKeys::Process().Close(key); });
}

LSTATUS RegFlushKey(HKEY key) {
  using wmi::win32::KeyPath;
  using wmi::win32::RegistryStore;
  return wmi::win32::RegistryCall([&] {
    return wmi::win32::WithKey(key, {}, 0, [](RegistryStore& store, const KeyPath&) { return store.Flush(); });
  });
}

LSTATUS RegDeleteKeyW(HKEY key, LPCWSTR sub_key) { return wmi::win32::DeleteKeyNamed<Wide>(key, sub_key); }
LSTATUS RegDeleteKeyA(HKEY key, LPCSTR sub_key) { return wmi::win32::DeleteKeyNamed<Narrow>(key, sub_key); }
LSTATUS RegDeleteKeyExW(HKEY key, LPCWSTR sub_key, REGSAM, DWORD reserved) {
  return reserved != 0 ? ERROR_INVALID_PARAMETER : wmi::win32::DeleteKeyNamed<Wide>(key, sub_key);
}
LSTATUS RegDeleteKeyExA(HKEY key, LPCSTR sub_key, REGSAM, DWORD reserved) {
  return reserved != 0 ? ERROR_INVALID_PARAMETER : wmi::win32::DeleteKeyNamed<Narrow>(key, sub_key);
}
LSTATUS RegDeleteTreeW(HKEY key, LPCWSTR sub_key) { return wmi::win32::DeleteTreeNamed<Wide>(key, sub_key); }
LSTATUS RegDeleteTreeA(HKEY key, LPCSTR sub_key) { return wmi::win32::DeleteTreeNamed<Narrow>(key, sub_key); }

LSTATUS RegEnumKeyExW(HKEY key, DWORD index, LPWSTR name, LPDWORD length, LPDWORD reserved, LPWSTR class_name,
                      LPDWORD class_length, PFILETIME last_write) {
  return wmi::win32::EnumKey<Wide>(key, index, name, length, reserved, class_name, class_length, last_write);
}
LSTATUS RegEnumKeyExA(HKEY key, DWORD index, LPSTR name, LPDWORD length, LPDWORD reserved, LPSTR class_name,
                      LPDWORD class_length, PFILETIME last_write) {
  return wmi::win32::EnumKey<Narrow>(key, index, name, length, reserved, class_name, class_length, last_write);
}
LSTATUS RegEnumKeyW(HKEY key, DWORD index, LPWSTR name, DWORD length) {
  return wmi::win32::EnumKey<Wide>(key, index, name, &length, nullptr, nullptr, nullptr, nullptr);
}
LSTATUS RegEnumKeyA(HKEY key, DWORD index, LPSTR name, DWORD length) {
  return wmi::win32::EnumKey<Narrow>(key, index, name, &length, nullptr, nullptr, nullptr, nullptr);
}

LSTATUS RegQueryInfoKeyW(HKEY key, LPWSTR class_name, LPDWORD class_length, LPDWORD reserved, LPDWORD sub_keys,
                         LPDWORD sub_key_length_max, LPDWORD class_length_max, LPDWORD values,
                         LPDWORD value_name_length_max, LPDWORD value_size_max, LPDWORD security_descriptor_size,
                         PFILETIME last_write) {
  return wmi::win32::QueryInfo<Wide>(key, class_name, class_length, reserved,
                                     {sub_keys, sub_key_length_max, values, value_name_length_max, value_size_max},
                                     class_length_max, security_descriptor_size, last_write);
}
LSTATUS RegQueryInfoKeyA(HKEY key, LPSTR class_name, LPDWORD class_length, LPDWORD reserved, LPDWORD sub_keys,
                         LPDWORD sub_key_length_max, LPDWORD class_length_max, LPDWORD values,
                         LPDWORD value_name_length_max, LPDWORD value_size_max, LPDWORD security_descriptor_size,
                         PFILETIME last_write) {
  return wmi::win32::QueryInfo<Narrow>(key, class_name, class_length, reserved,
                                       {sub_keys, sub_key_length_max, values, value_name_length_max, value_size_max},
                                       class_length_max, security_descriptor_size, last_write);
}
