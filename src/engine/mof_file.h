// MOF files: reading them, and the files that they include (contract 8.7). The module mof itself does no I/O.
#pragma once

#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/status.h"
#include "mof/source.h"

namespace wmi::engine {

// The bytes of a regular file, named by its path without "." and "..". kNotFound when there is none, kAccessDenied when
// it may not be read, kMofInvalidFile when it is no file or is larger than `bytes_max`. Safe from any thread.
Result<mof::Source> ReadMofFile(const std::string& path, std::size_t bytes_max = limits::kMofFileBytesMax);

// The name of an included file: `path`, with either kind of slash, seen from the folder of the file that says so, or
// from the working directory when that is no file; without "." and "..".
std::string IncludePath(std::string_view path, std::string_view from_file);

// What CompileOptions::open_include needs: the file of that name.
Result<mof::Source> OpenInclude(std::string_view path, std::string_view from_file);

// An error in MOF for people, in one line: "file(line,column): error NAME (number): text". `file`: what was compiled;
// it is the place of a failure that has none, such as a full disk.
std::string ErrorLine(const Status& error, const std::string& file);

}  // namespace wmi::engine
