// What the program ends with; told in `wmi --help` and wmi(1).
#pragma once

namespace wmi::cli {

enum ExitCode : int {
  kExitSuccess = 0,
  kExitFailure = 1,      // WMI answered with an error, or the output could not be written
  kExitUsage = 2,        // the command line makes no sense
  kExitTimeLimit = 3,    // cancelled because of --timeout
  kExitPartial = 4,      // only with --strict: a success, but something was withheld
  kExitReturnValue = 5,  // wmi call: the method ran and returned another value than 0
  kExitSignalBase = 128  // plus the number of the signal: 130 for Ctrl-C
};

}  // namespace wmi::cli
