#include "providers/linux/process/process_classes.h"

#include "providers/linux/process/process_columns.h"
#include "providers/linux/process/process_methods.h"
#include "providers/linux/process/process_provider.h"
#include "providers/linux/process/thread_provider.h"

namespace wmi::linuxos {
namespace {

constexpr std::string_view kAboutProcesses =
    "One instance for each process in `/proc`, kernel threads included, threads not. `exe`, `io` and `fd` belong to "
    "the "
    "owner of the process and to root; for others the property is NULL and the call ends with "
    "`WBEM_S_PARTIAL_RESULTS`. A process that ends while it is read is left out. A query for a `Handle` also reads "
    "`status`, because `/proc` answers to the numbers of threads too. Process 0 does not exist on Linux. "
    "Deleting an instance ends the process, as `Terminate`.";

constexpr std::string_view kAboutThreads =
    "One instance for each thread of each process, kernel threads included. `Handle` is the number of the thread, "
    "`ProcessHandle` that of its process. A thread that ends while it is read is left out.";

}  // namespace

void AddProcessClasses(Classes& classes) {
  ClassPage processes =
      MakePage("Win32_Process", kAboutProcesses, ProcessSources(), ProcessColumns(), ProcessMethods());
  processes.looks_up = true;
  classes.Add(std::move(processes), std::make_unique<ProcessProvider>(classes.machine()));

  ClassPage threads = MakePage("Win32_Thread", kAboutThreads, ThreadSources(), ThreadColumns());
  threads.looks_up = true;
  classes.Add(std::move(threads), std::make_unique<ThreadProvider>(classes.machine()));
}

}  // namespace wmi::linuxos
