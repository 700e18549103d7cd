# What `cmake --install` puts under the prefix, and the target `product` that builds it:
#
#   bin/wmi, bin/mofcomp                      the command line
#   lib/libopenwmi.so.0                       the library; exports what src/*/exports.txt list and nothing else
#   lib/libopenwmi_main.a                     main() for programs that define wmain()
#   include/openwmi/                          the Windows-named headers
#   lib/pkgconfig/openwmi.pc, lib/cmake/OpenWMI/
#   share/man/man1, share/bash-completion/completions, share/doc/openwmi
#
# Nothing of it holds the prefix: the tree can be moved as a whole.
add_custom_target(product)

if(TARGET openwmi)
  add_dependencies(product openwmi)
  set_target_properties(openwmi PROPERTIES OUTPUT_NAME openwmi VERSION ${PROJECT_VERSION} SOVERSION 0)

  # The version script is written from the lists of exported symbols, which the test "exports" compares with the result.
  file(GLOB export_lists CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/exports.txt)
  set_target_properties(openwmi PROPERTIES WMI_EXPORT_LISTS "${export_lists}")
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(version_script ${PROJECT_BINARY_DIR}/openwmi.map)
  add_custom_command(
    OUTPUT ${version_script}
    COMMAND ${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/tools/check_exports.py --version-script OPENWMI_0
            ${export_lists} > ${version_script}
    DEPENDS ${export_lists} ${PROJECT_SOURCE_DIR}/tools/check_exports.py
    COMMENT "Writing openwmi.map" VERBATIM)
  add_custom_target(openwmi_version_script DEPENDS ${version_script})
  add_dependencies(openwmi openwmi_version_script)
  set_property(TARGET openwmi APPEND PROPERTY LINK_DEPENDS ${version_script})
  # nodelete: threads of the library and the buffer of wcout outlive a dlclose.
  target_link_options(openwmi PRIVATE -Wl,--version-script=${version_script} -Wl,-z,nodelete)
  if(NOT WMI_SANITIZE)  # the sanitizer runtimes may come with the program alone
    target_link_options(openwmi PRIVATE -Wl,-z,defs)
  endif()
  install(TARGETS openwmi LIBRARY DESTINATION lib)
endif()

if(TARGET openwmi_main)
  add_dependencies(product openwmi_main)
  install(TARGETS openwmi_main ARCHIVE DESTINATION lib)
endif()

foreach(program wmi mofcomp)
  if(TARGET ${program})
    add_dependencies(product ${program})
    set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
    install(TARGETS ${program} RUNTIME DESTINATION bin)
  endif()
endforeach()

install(DIRECTORY include/wbem/ ${WMI_C_INCLUDE}/ DESTINATION include/openwmi FILES_MATCHING PATTERN "*.h")

set(package_folder ${PROJECT_BINARY_DIR}/package)
configure_file(packaging/openwmi.pc.in ${package_folder}/openwmi.pc @ONLY)
configure_file(packaging/cmake/OpenWMIConfig.cmake.in ${package_folder}/OpenWMIConfig.cmake @ONLY)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(${package_folder}/OpenWMIConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${package_folder}/openwmi.pc DESTINATION lib/pkgconfig)
install(FILES ${package_folder}/OpenWMIConfig.cmake ${package_folder}/OpenWMIConfigVersion.cmake
        DESTINATION lib/cmake/OpenWMI)

# wmi host as a service: of root, and of each user. Made when it is installed, as only then the prefix is certain.
foreach(kind system user)
  set(unit ${PROJECT_BINARY_DIR}/packaging/systemd/${kind}/openwmi-host.service)
  install(CODE "configure_file(\"${PROJECT_SOURCE_DIR}/packaging/systemd/${kind}/openwmi-host.service.in\" \"${unit}\" @ONLY)")
  install(FILES ${unit} DESTINATION lib/systemd/${kind})
endforeach()

file(GLOB man_pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/packaging/man/*.1)
file(GLOB completions CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/packaging/bash-completion/*)
file(GLOB documents CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md)
install(FILES ${man_pages} DESTINATION share/man/man1)
install(FILES ${completions} DESTINATION share/bash-completion/completions)
install(FILES LICENSE README.md CHANGELOG.md ${documents} DESTINATION share/doc/openwmi)
add_dependencies(product docs)
install(DIRECTORY ${PROJECT_BINARY_DIR}/docs/classes DESTINATION share/doc/openwmi)
