// What the exported functions of the registry have in common.
#pragma once

#include <winreg.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "win32/registry/open_keys.h"

namespace wmi::win32 {

// The result of `body`, an ErrorCode; no exception leaves the library.
template <typename Body>
LSTATUS RegistryCall(Body body) noexcept {
  try {
    return static_cast<LSTATUS>(body());
  } catch (const std::bad_alloc&) {
    return ERROR_NOT_ENOUGH_MEMORY;
  } catch (...) {
    return ERROR_GEN_FAILURE;
  }
}

// Calls `body(store, path)` for a key below an open one, "" for that itself. The handle must have been opened with all
// of `rights`: ERROR_ACCESS_DENIED. ERROR_KEY_DELETED when the body finds that a key is gone that was open.
template <typename Body>
ErrorCode WithKey(HKEY handle, std::string_view sub_key, REGSAM rights, Body body) {
  std::shared_ptr<const OpenKey> key;
  if (const ErrorCode error = OpenKeys::Process().Find(handle, key); error != ERROR_SUCCESS) return error;
  if ((key->rights & rights) != rights) return ERROR_ACCESS_DENIED;
  KeyPath path = key->path;
  if (const ErrorCode error = AppendNames(sub_key, path); error != ERROR_SUCCESS) return error;
  std::string root;
  if (const ErrorCode error = UserRegistryRoot(root); error != ERROR_SUCCESS) return error;
  RegistryStore store = RegistryAt(std::move(root));
  const ErrorCode error = body(store, path);
  if (error != ERROR_FILE_NOT_FOUND) return error;
  return store.Exists(key->path) == ERROR_FILE_NOT_FOUND ? ERROR_KEY_DELETED : error;
}

// "%NAME%" becomes the variable of the environment, once; one that is not set stays as it is written.
std::string ExpandedText(std::string_view text);

// Copies a text with its NUL. On entry *length is the room in characters, afterwards the length without the NUL;
// ERROR_MORE_DATA when there is no room, *length stays then.
template <typename String>
ErrorCode CopyOut(const String& text, typename String::value_type* target, DWORD* length) {
  if (text.size() >= *length) return ERROR_MORE_DATA;
  std::memcpy(target, text.c_str(), (text.size() + 1) * sizeof(typename String::value_type));
  *length = text.size();
  return ERROR_SUCCESS;
}

}  // namespace wmi::win32
