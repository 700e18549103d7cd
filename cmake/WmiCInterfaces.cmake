# The C form of the interfaces, written from the C++ headers into ${WMI_C_INCLUDE} (decision 0009). At configure time, so
# that it is there for every target; a change of a header that declares interfaces configures again.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(WMI_C_INCLUDE ${PROJECT_BINARY_DIR}/include)
file(GLOB interface_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/wbem/*.h)
foreach(part wbem_object wbem_services wbem_tools)
  list(APPEND interface_headers ${PROJECT_SOURCE_DIR}/include/wbem/detail/${part}.h)
endforeach()
set(c_interfaces ${PROJECT_SOURCE_DIR}/tools/c_interfaces.py)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${interface_headers} ${c_interfaces})
execute_process(
  COMMAND ${Python3_EXECUTABLE} -B ${c_interfaces} --include ${PROJECT_SOURCE_DIR}/include/wbem --output ${WMI_C_INCLUDE}
  COMMAND_ERROR_IS_FATAL ANY)
