# cmake -D OUTPUT=schema.cc -P EmbedSchema.cmake FILE...: writes the MOF files as string literals, so that the library
# needs no file of its own at run time.
set(files "")
math(EXPR last "${CMAKE_ARGC} - 1")
set(collecting FALSE)
foreach(index RANGE 0 ${last})
  if(collecting)
    list(APPEND files "${CMAKE_ARGV${index}}")
  elseif(CMAKE_ARGV${index} MATCHES "EmbedSchema.cmake$")
    set(collecting TRUE)
  endif()
endforeach()
list(SORT files)

set(entries "")
foreach(path IN LISTS files)
  cmake_path(GET path FILENAME name)
  file(READ ${path} text)
  set(entry "{\"${name}\", R\"wmi_schema(${text})wmi_schema\"}")
  if(name STREQUAL "system.mof")
    set(system "${entry}")
  else()
    string(APPEND entries "    ${entry},\n")
  endif()
endforeach()

file(WRITE ${OUTPUT} "#include \"library/schema.h\"

namespace wmi::library {
namespace {

constexpr SchemaFile kSystem = ${system};
constexpr SchemaFile kFiles[] = {
${entries}};

}  // namespace

std::span<const SchemaFile> SchemaFiles() { return kFiles; }
SchemaFile SystemSchema() { return kSystem; }

}  // namespace wmi::library
")
