// The MOF of the built-in classes, as text. The build writes the definition from schema/*.mof.
#pragma once

#include <span>
#include <string_view>

namespace wmi::library {

struct SchemaFile {
  std::string_view name;  // "win32_process.mof"
  std::string_view text;
};

// In the order in which they are to be compiled; system.mof is not among them.
std::span<const SchemaFile> SchemaFiles();
// The classes that every namespace holds.
SchemaFile SystemSchema();

}  // namespace wmi::library
