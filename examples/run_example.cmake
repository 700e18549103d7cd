# cmake -D PROGRAM=path -D ARGUMENTS=list -D REGEX=text -P run_example.cmake: runs the program and fails unless it ends
# with 0 and its output matches.
execute_process(COMMAND ${PROGRAM} ${ARGUMENTS} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code
                TIMEOUT 50)
message("${output}${errors}")
if(NOT code STREQUAL "0")
  message(FATAL_ERROR "${PROGRAM} ended with ${code}")
endif()
if(NOT output MATCHES "${REGEX}")
  message(FATAL_ERROR "the output does not match ${REGEX}")
endif()
