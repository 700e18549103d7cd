// What is right: counters.
#include "rules.h"

namespace wmi::classes {
namespace {

// The times of a look, and the name where there are several instances.
Map WithTimes(Map properties, bool has_name) {
  properties.insert({
      {"Frequency_Object", Always(Between(10'000'000, 10'000'000))},
      {"Frequency_PerfTime", Always(Between(1'000'000'000, 1'000'000'000))},
      {"Frequency_Sys100NS", Always(Between(10'000'000, 10'000'000))},
      {"Timestamp_Object", Always(Between(1, ~0ull >> 1))},
      {"Timestamp_PerfTime", Always(Between(1, ~0ull >> 1))},
      {"Timestamp_Sys100NS", Always(Between(1, ~0ull >> 1))},
  });
  if (has_name) properties.insert({"Name", Always(AnyText())});
  return properties;
}

}  // namespace

void AddPerformanceRules(Rules& rules) {
  rules.Add("Win32_PerfRawData_PerfOS_Processor",
            WithTimes(
                {
                    {"DPCsQueuedPersec", Sometimes(Number32())},
                    {"InterruptsPersec", Sometimes(Number32())},
                    {"PercentDPCTime", Always(Number64())},
                    {"PercentIdleTime", Always(Number64())},
                    {"PercentInterruptTime", Always(Number64())},
                    {"PercentPrivilegedTime", Always(Number64())},
                    {"PercentProcessorTime", Always(Number64())},
                    {"PercentUserTime", Always(Number64())},
                },
                true),
            1);
  rules.Add("Win32_PerfFormattedData_PerfOS_Processor",
            WithTimes(
                {
                    {"DPCsQueuedPersec", Sometimes(Number32())},
                    {"InterruptsPersec", Sometimes(Number32())},
                    {"PercentDPCTime", Sometimes(Between(0, 100))},
                    {"PercentIdleTime", Sometimes(Between(0, 100))},
                    {"PercentInterruptTime", Sometimes(Between(0, 100))},
                    {"PercentPrivilegedTime", Sometimes(Between(0, 100))},
                    {"PercentProcessorTime", Sometimes(Between(0, 100))},
                    {"PercentUserTime", Sometimes(Between(0, 100))},
                },
                true),
            1);
  rules.Add("Win32_PerfRawData_PerfOS_Memory",
            WithTimes(
                {
                    {"AvailableBytes", Always(Number64())},
                    {"AvailableKBytes", Always(Number64())},
                    {"AvailableMBytes", Always(Number64())},
                    {"CacheBytes", Always(Number64())},
                    {"CommitLimit", Always(Number64())},
                    {"CommittedBytes", Always(Number64())},
                    {"FreeAndZeroPageListBytes", Always(Number64())},
                    {"ModifiedPageListBytes", Sometimes(Number64())},
                    {"PageFaultsPersec", Sometimes(Number32())},
                    {"PageReadsPersec", Sometimes(Number32())},
                    {"PagesInputPersec", Sometimes(Number32())},
                    {"PagesOutputPersec", Sometimes(Number32())},
                    {"PagesPersec", Sometimes(Number32())},
                    {"PercentCommittedBytesInUse", Sometimes(Number32())},
                    {"PercentCommittedBytesInUse_Base", Sometimes(Number32())},
                    {"PoolNonpagedBytes", Sometimes(Number64())},
                    {"SystemCacheResidentBytes", Sometimes(Number64())},
                },
                false),
            1);
  rules.Add("Win32_PerfFormattedData_PerfOS_Memory",
            WithTimes(
                {
                    {"AvailableBytes", Always(Number64())},
                    {"AvailableKBytes", Always(Number64())},
                    {"AvailableMBytes", Always(Number64())},
                    {"CacheBytes", Always(Number64())},
                    {"CommitLimit", Always(Number64())},
                    {"CommittedBytes", Always(Number64())},
                    {"FreeAndZeroPageListBytes", Always(Number64())},
                    {"ModifiedPageListBytes", Sometimes(Number64())},
                    {"PageFaultsPersec", Sometimes(Number32())},
                    {"PageReadsPersec", Sometimes(Number32())},
                    {"PagesInputPersec", Sometimes(Number32())},
                    {"PagesOutputPersec", Sometimes(Number32())},
                    {"PagesPersec", Sometimes(Number32())},
                    {"PercentCommittedBytesInUse", Sometimes(Between(0, 1000))},
                    {"PoolNonpagedBytes", Sometimes(Number64())},
                    {"SystemCacheResidentBytes", Sometimes(Number64())},
                },
                false),
            1);
  rules.Add("Win32_PerfRawData_PerfOS_System",
            WithTimes(
                {
                    {"ContextSwitchesPersec", Always(Number32())},
                    {"Processes", Always(Number32())},
                    {"ProcessorQueueLength", Always(Number32())},
                    {"SystemUpTime", Always(Number64())},
                    {"Threads", Always(Number32())},
                },
                false),
            1);
  rules.Add("Win32_PerfFormattedData_PerfOS_System",
            WithTimes(
                {
                    {"ContextSwitchesPersec", Sometimes(Number32())},
                    {"Processes", Always(Number32())},
                    {"ProcessorQueueLength", Always(Number32())},
                    {"SystemUpTime", Always(Number64())},
                    {"Threads", Always(Number32())},
                },
                false),
            1);
  rules.AddVolatile("Win32_PerfRawData_PerfProc_Process",
                    WithTimes(
                        {
                            {"CreatingProcessID", Sometimes(Number32())},
                            {"ElapsedTime", Sometimes(Number64())},
                            {"HandleCount", Sometimes(Number32())},
                            {"IDProcess", Sometimes(Number32())},
                            {"IODataBytesPersec", Sometimes(Number64())},
                            {"IODataOperationsPersec", Sometimes(Number64())},
                            {"IOReadBytesPersec", Sometimes(Number64())},
                            {"IOReadOperationsPersec", Sometimes(Number64())},
                            {"IOWriteBytesPersec", Sometimes(Number64())},
                            {"IOWriteOperationsPersec", Sometimes(Number64())},
                            {"PageFaultsPersec", Always(Number32())},
                            {"PageFileBytes", Sometimes(Number64())},
                            {"PercentPrivilegedTime", Sometimes(Number64())},
                            {"PercentProcessorTime", Always(Number64())},
                            {"PercentUserTime", Sometimes(Number64())},
                            {"PriorityBase", Sometimes(Number32())},
                            {"PrivateBytes", Sometimes(Number64())},
                            {"ThreadCount", Always(Number32())},
                            {"VirtualBytes", Always(Number64())},
                            {"VirtualBytesPeak", Sometimes(Number64())},
                            {"WorkingSet", Always(Number64())},
                            {"WorkingSetPeak", Sometimes(Number64())},
                            {"WorkingSetPrivate", Sometimes(Number64())},
                        },
                        true),
                    1);
  rules.AddVolatile("Win32_PerfFormattedData_PerfProc_Process",
                    WithTimes(
                        {
                            {"CreatingProcessID", Sometimes(Number32())},
                            {"ElapsedTime", Sometimes(Number64())},
                            {"HandleCount", Sometimes(Number32())},
                            {"IDProcess", Sometimes(Number32())},
                            {"IODataBytesPersec", Sometimes(Number64())},
                            {"IODataOperationsPersec", Sometimes(Number64())},
                            {"IOReadBytesPersec", Sometimes(Number64())},
                            {"IOReadOperationsPersec", Sometimes(Number64())},
                            {"IOWriteBytesPersec", Sometimes(Number64())},
                            {"IOWriteOperationsPersec", Sometimes(Number64())},
                            {"PageFaultsPersec", Sometimes(Number32())},
                            {"PageFileBytes", Sometimes(Number64())},
                            {"PercentPrivilegedTime", Sometimes(Number64())},
                            {"PercentProcessorTime", Sometimes(Number64())},
                            {"PercentUserTime", Sometimes(Number64())},
                            {"PriorityBase", Sometimes(Number32())},
                            {"PrivateBytes", Sometimes(Number64())},
                            {"ThreadCount", Always(Number32())},
                            {"VirtualBytes", Always(Number64())},
                            {"VirtualBytesPeak", Sometimes(Number64())},
                            {"WorkingSet", Always(Number64())},
                            {"WorkingSetPeak", Sometimes(Number64())},
                            {"WorkingSetPrivate", Sometimes(Number64())},
                        },
                        true),
                    1);
  rules.Add("Win32_PerfRawData_PerfDisk_PhysicalDisk",
            WithTimes(
                {
                    {"AvgDiskBytesPerRead", Sometimes(Number64())},
                    {"AvgDiskBytesPerRead_Base", Sometimes(Number32())},
                    {"AvgDiskBytesPerTransfer", Sometimes(Number64())},
                    {"AvgDiskBytesPerTransfer_Base", Sometimes(Number32())},
                    {"AvgDiskBytesPerWrite", Sometimes(Number64())},
                    {"AvgDiskBytesPerWrite_Base", Sometimes(Number32())},
                    {"AvgDiskQueueLength", Sometimes(Number64())},
                    {"AvgDiskReadQueueLength", Sometimes(Number64())},
                    {"AvgDisksecPerRead", Sometimes(Number32())},
                    {"AvgDisksecPerRead_Base", Sometimes(Number32())},
                    {"AvgDisksecPerTransfer", Sometimes(Number32())},
                    {"AvgDisksecPerTransfer_Base", Sometimes(Number32())},
                    {"AvgDisksecPerWrite", Sometimes(Number32())},
                    {"AvgDisksecPerWrite_Base", Sometimes(Number32())},
                    {"AvgDiskWriteQueueLength", Sometimes(Number64())},
                    {"CurrentDiskQueueLength", Always(Number32())},
                    {"DiskBytesPersec", Always(Number64())},
                    {"DiskReadBytesPersec", Sometimes(Number64())},
                    {"DiskReadsPersec", Always(Number32())},
                    {"DiskTransfersPersec", Sometimes(Number32())},
                    {"DiskWriteBytesPersec", Sometimes(Number64())},
                    {"DiskWritesPersec", Sometimes(Number32())},
                    {"PercentDiskReadTime", Sometimes(Number64())},
                    {"PercentDiskReadTime_Base", Sometimes(Number64())},
                    {"PercentDiskTime", Sometimes(Number64())},
                    {"PercentDiskTime_Base", Sometimes(Number64())},
                    {"PercentDiskWriteTime", Sometimes(Number64())},
                    {"PercentDiskWriteTime_Base", Sometimes(Number64())},
                    {"PercentIdleTime", Sometimes(Number64())},
                    {"PercentIdleTime_Base", Sometimes(Number64())},
                },
                true),
            0);
  rules.Add(
      "Win32_PerfFormattedData_PerfDisk_PhysicalDisk",
      WithTimes(
          {
              {"AvgDiskBytesPerRead", Sometimes(Number64())},       {"AvgDiskBytesPerTransfer", Sometimes(Number64())},
              {"AvgDiskBytesPerWrite", Sometimes(Number64())},      {"AvgDiskQueueLength", Sometimes(Number64())},
              {"AvgDiskReadQueueLength", Sometimes(Number64())},    {"AvgDisksecPerRead", Sometimes(Number32())},
              {"AvgDisksecPerTransfer", Sometimes(Number32())},     {"AvgDisksecPerWrite", Sometimes(Number32())},
              {"AvgDiskWriteQueueLength", Sometimes(Number64())},   {"CurrentDiskQueueLength", Always(Number32())},
              {"DiskBytesPersec", Sometimes(Number64())},           {"DiskReadBytesPersec", Sometimes(Number64())},
              {"DiskReadsPersec", Sometimes(Number32())},           {"DiskTransfersPersec", Sometimes(Number32())},
              {"DiskWriteBytesPersec", Sometimes(Number64())},      {"DiskWritesPersec", Sometimes(Number32())},
              {"PercentDiskReadTime", Sometimes(Between(0, 100))},  {"PercentDiskTime", Sometimes(Between(0, 100))},
              {"PercentDiskWriteTime", Sometimes(Between(0, 100))}, {"PercentIdleTime", Sometimes(Between(0, 100))},
          },
          true),
      0);
  rules.Add("Win32_PerfRawData_PerfDisk_LogicalDisk",
            WithTimes(
                {
                    {"AvgDiskBytesPerRead", Sometimes(Number64())},
                    {"AvgDiskBytesPerRead_Base", Sometimes(Number32())},
                    {"AvgDiskBytesPerTransfer", Sometimes(Number64())},
                    {"AvgDiskBytesPerTransfer_Base", Sometimes(Number32())},
                    {"AvgDiskBytesPerWrite", Sometimes(Number64())},
                    {"AvgDiskBytesPerWrite_Base", Sometimes(Number32())},
                    {"AvgDiskQueueLength", Sometimes(Number64())},
                    {"AvgDiskReadQueueLength", Sometimes(Number64())},
                    {"AvgDisksecPerRead", Sometimes(Number32())},
                    {"AvgDisksecPerRead_Base", Sometimes(Number32())},
                    {"AvgDisksecPerTransfer", Sometimes(Number32())},
                    {"AvgDisksecPerTransfer_Base", Sometimes(Number32())},
                    {"AvgDisksecPerWrite", Sometimes(Number32())},
                    {"AvgDisksecPerWrite_Base", Sometimes(Number32())},
                    {"AvgDiskWriteQueueLength", Sometimes(Number64())},
                    {"CurrentDiskQueueLength", Sometimes(Number32())},
                    {"DiskBytesPersec", Sometimes(Number64())},
                    {"DiskReadBytesPersec", Sometimes(Number64())},
                    {"DiskReadsPersec", Sometimes(Number32())},
                    {"DiskTransfersPersec", Sometimes(Number32())},
                    {"DiskWriteBytesPersec", Sometimes(Number64())},
                    {"DiskWritesPersec", Sometimes(Number32())},
                    {"FreeMegabytes", Sometimes(Number32())},
                    {"PercentDiskReadTime", Sometimes(Number64())},
                    {"PercentDiskReadTime_Base", Sometimes(Number64())},
                    {"PercentDiskTime", Sometimes(Number64())},
                    {"PercentDiskTime_Base", Sometimes(Number64())},
                    {"PercentDiskWriteTime", Sometimes(Number64())},
                    {"PercentDiskWriteTime_Base", Sometimes(Number64())},
                    {"PercentFreeSpace", Sometimes(Number32())},
                    {"PercentFreeSpace_Base", Sometimes(Number32())},
                    {"PercentIdleTime", Sometimes(Number64())},
                    {"PercentIdleTime_Base", Sometimes(Number64())},
                },
                true),
            0);
  rules.Add(
      "Win32_PerfFormattedData_PerfDisk_LogicalDisk",
      WithTimes(
          {
              {"AvgDiskBytesPerRead", Sometimes(Number64())},     {"AvgDiskBytesPerTransfer", Sometimes(Number64())},
              {"AvgDiskBytesPerWrite", Sometimes(Number64())},    {"AvgDiskQueueLength", Sometimes(Number64())},
              {"AvgDiskReadQueueLength", Sometimes(Number64())},  {"AvgDisksecPerRead", Sometimes(Number32())},
              {"AvgDisksecPerTransfer", Sometimes(Number32())},   {"AvgDisksecPerWrite", Sometimes(Number32())},
              {"AvgDiskWriteQueueLength", Sometimes(Number64())}, {"CurrentDiskQueueLength", Sometimes(Number32())},
              {"DiskBytesPersec", Sometimes(Number64())},         {"DiskReadBytesPersec", Sometimes(Number64())},
              {"DiskReadsPersec", Sometimes(Number32())},         {"DiskTransfersPersec", Sometimes(Number32())},
              {"DiskWriteBytesPersec", Sometimes(Number64())},    {"DiskWritesPersec", Sometimes(Number32())},
              {"FreeMegabytes", Sometimes(Number32())},           {"PercentDiskReadTime", Sometimes(Between(0, 100))},
              {"PercentDiskTime", Sometimes(Between(0, 100))},    {"PercentDiskWriteTime", Sometimes(Between(0, 100))},
              {"PercentFreeSpace", Sometimes(Between(0, 1000))},  {"PercentIdleTime", Sometimes(Between(0, 100))},
          },
          true),
      0);
  rules.Add("Win32_PerfRawData_Tcpip_NetworkInterface",
            WithTimes(
                {
                    {"BytesReceivedPersec", Always(Number64())},
                    {"BytesSentPersec", Always(Number64())},
                    {"BytesTotalPersec", Always(Number64())},
                    {"CurrentBandwidth", Sometimes(Number64())},
                    {"PacketsOutboundDiscarded", Sometimes(Number64())},
                    {"PacketsOutboundErrors", Sometimes(Number64())},
                    {"PacketsPersec", Always(Number64())},
                    {"PacketsReceivedDiscarded", Sometimes(Number64())},
                    {"PacketsReceivedErrors", Sometimes(Number64())},
                    {"PacketsReceivedPersec", Sometimes(Number64())},
                    {"PacketsSentPersec", Sometimes(Number64())},
                },
                true),
            0);
  rules.Add("Win32_PerfFormattedData_Tcpip_NetworkInterface",
            WithTimes(
                {
                    {"BytesReceivedPersec", Sometimes(Number64())},
                    {"BytesSentPersec", Sometimes(Number64())},
                    {"BytesTotalPersec", Sometimes(Number64())},
                    {"CurrentBandwidth", Sometimes(Number64())},
                    {"PacketsOutboundDiscarded", Sometimes(Number64())},
                    {"PacketsOutboundErrors", Sometimes(Number64())},
                    {"PacketsPersec", Sometimes(Number64())},
                    {"PacketsReceivedDiscarded", Sometimes(Number64())},
                    {"PacketsReceivedErrors", Sometimes(Number64())},
                    {"PacketsReceivedPersec", Sometimes(Number64())},
                    {"PacketsSentPersec", Sometimes(Number64())},
                },
                true),
            0);
}

}  // namespace wmi::classes
