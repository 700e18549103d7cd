# wmi_module(NAME DEPENDS other...): a module is a folder. Every *.cc in it is the library wmi_NAME, every
# *_test.cc beside it is a part of the test program NAME_test. A file added to the folder is built; nothing is listed.
#   LINK    further libraries, public.
#   WBEM    the module may include the Windows-named headers.
function(wmi_module name)
  cmake_parse_arguments(ARG "WBEM" "FOLDER" "DEPENDS;LINK" ${ARGN})
  if(NOT ARG_FOLDER)
    set(ARG_FOLDER ${name})
  endif()
  set(folder ${PROJECT_SOURCE_DIR}/src/${ARG_FOLDER})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  set(library wmi_${name})
  list(TRANSFORM ARG_DEPENDS PREPEND wmi_)
  if(sources)
    add_library(${library} STATIC ${sources})
    target_link_libraries(${library} PUBLIC wmi_flags fmt::fmt Threads::Threads ${ARG_DEPENDS} ${ARG_LINK})
    if(ARG_WBEM)
      target_include_directories(${library} PUBLIC ${PROJECT_SOURCE_DIR}/include/wbem)
    endif()
  else()
    add_library(${library} INTERFACE)
    target_link_libraries(${library} INTERFACE wmi_flags ${ARG_DEPENDS} ${ARG_LINK})
  endif()

  if(WMI_TESTS AND tests)
    wmi_test(${name}_test SOURCES ${tests} LINK ${library})
  endif()
endfunction()

# The tests that run under ThreadSanitizer: those of the modules with threads, the conformance tables, and all stress
# tests. They carry the label "concurrency", and the target concurrency_tests builds them.
set(WMI_CONCURRENCY_TESTS "^(exec|win32|store|events|consumers|engine|api|linux)_|^conformance$|stress")
add_custom_target(concurrency_tests)

# Tests find the source tree through WMI_SOURCE_DIR. The path is in this one object, so that a compiler cache serves the
# rest of them to every checkout.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/source_dir.cc CONTENT
     "extern \"C\" const char wmi_source_dir[];\nconst char wmi_source_dir[] = \"@PROJECT_SOURCE_DIR@\";\n" @ONLY)
add_library(wmi_source_dir OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/source_dir.cc)

# wmi_test(NAME SOURCES file... LINK library... LABELS label...): a GoogleTest program known to ctest.
function(wmi_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} wmi_source_dir wmi_flags GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${PROJECT_SOURCE_DIR}/cmake/source_dir.h>")
  if(WMI_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)  # optimising instrumented assertions doubles the build and finds nothing
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  if(name MATCHES "${WMI_CONCURRENCY_TESTS}")
    list(APPEND ARG_LABELS concurrency)
    add_dependencies(concurrency_tests ${name})
  endif()
  if(ARG_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
  endif()
endfunction()
