// Files and folders as the registry needs them: short functions over the system's calls, with Windows' error codes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "win32/error_code.h"

namespace wmi::win32 {

bool IsFolder(const std::string& path);
bool IsFile(const std::string& path);  // a symbolic link is none

// The names in a folder, but "." and "..". ERROR_NO_SYSTEM_RESOURCES for many more than
// limits::kRegistryNamesMax.
ErrorCode ListFolder(const std::string& path, std::vector<std::string>& names);
// Makes a folder and those above it, with mode 0700; success when it is there already.
ErrorCode MakeFolders(const std::string& path);
// The whole content of a regular file; ERROR_BADDB for more than `bytes_max` and for what is no regular file.
ErrorCode ReadFile(const std::string& path, std::size_t bytes_max, std::string& content);
// The file has the new content or the old one, whatever happens; `scratch` is a path in the same folder that nobody
// else uses now.
ErrorCode ReplaceFile(const std::string& path, const std::string& scratch, std::string_view content);
// A folder with all in it. Does not follow links.
ErrorCode RemoveTree(const std::string& path);

}  // namespace wmi::win32
