// What is right: processes and threads.
#include "rules.h"

namespace wmi::classes {

void AddProcessRules(Rules& rules) {
  rules.AddVolatile("Win32_Process", {
                                         {"Caption", Always(AnyText())},
                                         {"CommandLine", Sometimes(NonEmptyText())},
                                         {"CreationClassName", Always(Exactly("Win32_Process"))},
                                         {"CreationDate", Always(PastDatetime())},
                                         {"CSCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                                         {"CSName", Always(NonEmptyText())},
                                         {"Description", Always(AnyText())},
                                         {"ExecutablePath", Sometimes(NonEmptyText())},
                                         {"ExecutionState", Always(Between(3, 8))},
                                         {"Handle", Always(NonEmptyText())},
                                         {"HandleCount", Sometimes(Number32())},
                                         {"KernelModeTime", Always(Number64())},
                                         {"Name", Always(AnyText())},
                                         {"OSCreationClassName", Always(Exactly("Win32_OperatingSystem"))},
                                         {"OSName", Always(NonEmptyText())},
                                         {"PageFaults", Always(Number32())},
                                         {"PageFileUsage", Sometimes(Number32())},
                                         {"ParentProcessId", Always(Number32())},
                                         {"PeakVirtualSize", Sometimes(Number64())},
                                         {"PeakWorkingSetSize", Sometimes(Number32())},
                                         {"Priority", Always(Between(0, 140))},
                                         {"PrivatePageCount", Sometimes(Number64())},
                                         {"ProcessId", Always(Between(1, 4u << 20))},
                                         {"ReadOperationCount", Sometimes(Number64())},
                                         {"ReadTransferCount", Sometimes(Number64())},
                                         {"SessionId", Always(Number32())},
                                         {"ThreadCount", Always(Number32())},
                                         {"UserModeTime", Always(Number64())},
                                         {"VirtualSize", Always(Number64())},
                                         {"WindowsVersion", Always(NonEmptyText())},
                                         {"WorkingSetSize", Always(Number64())},
                                         {"WriteOperationCount", Sometimes(Number64())},
                                         {"WriteTransferCount", Sometimes(Number64())},
                                     });
  rules.AddVolatile("Win32_Thread", {
                                        {"Caption", Always(AnyText())},
                                        {"CreationClassName", Always(Exactly("Win32_Thread"))},
                                        {"CSCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
                                        {"CSName", Always(NonEmptyText())},
                                        {"Description", Always(AnyText())},
                                        {"ElapsedTime", Always(Number64())},
                                        {"ExecutionState", Sometimes(Between(3, 5))},
                                        {"Handle", Always(NonEmptyText())},
                                        {"KernelModeTime", Always(Number64())},
                                        {"Name", Always(AnyText())},
                                        {"OSCreationClassName", Always(Exactly("Win32_OperatingSystem"))},
                                        {"OSName", Always(NonEmptyText())},
                                        {"Priority", Always(Between(0, 140))},
                                        {"PriorityBase", Sometimes(Between(0, 39))},
                                        {"ProcessCreationClassName", Always(Exactly("Win32_Process"))},
                                        {"ProcessHandle", Always(NonEmptyText())},
                                        {"ThreadState", Always(Between(2, 5))},
                                        {"UserModeTime", Always(Number64())},
                                    });
}

}  // namespace wmi::classes
