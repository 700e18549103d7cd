// Names of registry keys and values: the form they have in the file system, and paths of them. Free of I/O.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "win32/error_code.h"

namespace wmi::win32 {

// The names from a hive ("HKEY_LOCAL_MACHINE") down to a key. UTF-8; compared without case.
using KeyPath = std::vector<std::string>;

// A name as that of a file: '%', '/', control characters and a leading '.' become %XX in hexadecimal digits, so that
// nothing collides with the store's own files, which begin with a dot.
std::string FileNameOf(std::string_view name);
// The name back; a '%' that no two hexadecimal digits follow stands for itself.
std::string NameOfFile(std::string_view file_name);

// ERROR_INVALID_PARAMETER for a name that is too long (limits::kRegistryNameLengthMax).
ErrorCode CheckName(std::string_view name);

// Adds the parts of "A\B\C" to `path`. Doubled and final backslashes mean nothing; a leading one is
// ERROR_BAD_PATHNAME; ERROR_INVALID_PARAMETER for a name that is too long or a path that is too deep. `path` is
// unspecified on failure.
ErrorCode AppendNames(std::string_view names, KeyPath& path);

bool EqualPaths(const KeyPath& a, const KeyPath& b);

}  // namespace wmi::win32
