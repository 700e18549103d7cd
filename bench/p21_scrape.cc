// P21: what a monitor asks at each turn, processors, memory, disks, network and services at once, and what one question
// from the shell takes from its start to its end.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/report.h"
#include "bench/support.h"

extern char** environ;

namespace wmi::bench {
namespace {

constexpr const wchar_t* kScrape[] = {
    L"SELECT * FROM Win32_PerfRawData_PerfOS_Processor",      L"SELECT * FROM Win32_PerfRawData_PerfOS_Memory",
    L"SELECT * FROM Win32_PerfRawData_PerfDisk_PhysicalDisk", L"SELECT * FROM Win32_PerfRawData_Tcpip_NetworkInterface",
    L"SELECT Name, Size, FreeSpace FROM Win32_LogicalDisk",   L"SELECT Name, State, StartMode FROM Win32_Service",
};

// The files that hold the same, read once each.
constexpr const char* kFloorFiles[] = {"/proc/stat",      "/proc/meminfo", "/proc/vmstat",
                                       "/proc/diskstats", "/proc/net/dev", "/proc/self/mountinfo"};

double FloorMilliseconds() {
  static char buffer[1 << 16];
  const auto start = std::chrono::steady_clock::now();
  for (const char* path : kFloorFiles) {
    FILE* const file = std::fopen(path, "re");
    if (file == nullptr) continue;
    while (std::fread(buffer, 1, sizeof buffer, file) > 0) {
    }
    std::fclose(file);
  }
  return SecondsSince(start) * 1e3;
}

double ScrapeMilliseconds(IWbemServices& services) {
  std::vector<CountingSink*> sinks;
  const auto start = std::chrono::steady_clock::now();
  for (const wchar_t* query : kScrape) {
    sinks.push_back(new CountingSink);
    StartQuery(services, query, *sinks.back());
  }
  for (CountingSink* sink : sinks) sink->WaitDone();
  const double milliseconds = SecondsSince(start) * 1e3;
  for (CountingSink* sink : sinks) sink->Release();
  return milliseconds;
}

double CommandMilliseconds() {
  const std::string program = WMI_COMMAND;
  const std::string query = "SELECT Caption, LastBootUpTime FROM Win32_OperatingSystem";
  std::vector<std::string> words = {program, "query", query};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1, 0);
  pid_t child = 0;
  const auto start = std::chrono::steady_clock::now();
  const int error = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return 0;
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? SecondsSince(start) * 1e3 : 0;
}

template <typename Measure>
double Median(int rounds, Measure measure) {
  std::vector<double> samples;
  for (int round = 0; round < rounds; ++round) samples.push_back(measure());
  return Quantile(samples, 0.5);
}

}  // namespace

void RunP21() {
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\cimv2");
  ScrapeMilliseconds(*services);  // warm
  Report("P21", "scrape_ms", Median(21, [&] { return ScrapeMilliseconds(*services); }), Median(21, FloorMilliseconds),
         Target::kAtMost, 25);
  CommandMilliseconds();  // the first makes the repository
  Report("P21", "one_shot_ms", Median(21, CommandMilliseconds), 0, Target::kAtMost, 15);
}

}  // namespace wmi::bench
