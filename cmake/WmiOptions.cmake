# Switches of the build. The presets in CMakePresets.json set them; nobody needs to type one.
option(WMI_TESTS "Build the tests and examples" ON)
option(WMI_BENCH "Build the benchmarks" OFF)
option(WMI_FUZZ "Build the fuzz targets (clang only)" OFF)
set(WMI_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")
option(WMI_WARNINGS_AS_ERRORS "Turn warnings into errors" ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# Flags of our own code; the public headers must also be clean under them.
add_library(wmi_flags INTERFACE)
target_compile_options(wmi_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion)
if(WMI_WARNINGS_AS_ERRORS)
  target_compile_options(wmi_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # std::stable_sort of libstdc++ 12 uses what that library itself calls deprecated; g++ keeps watch over the warning.
  target_compile_options(wmi_flags INTERFACE -Wthread-safety -Wno-deprecated-declarations)
endif()
target_include_directories(wmi_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)

if(WMI_SANITIZE)
  add_compile_options(-fsanitize=${WMI_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WMI_SANITIZE})
endif()
