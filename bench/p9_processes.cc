// P9: Win32_Process on the running machine with some hundred more processes, against our own reading of the same files
// and against `ps`.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "bench/report.h"
#include "bench/support.h"

namespace wmi::bench {
namespace {

constexpr int kExtraProcesses = 400;

// Children that only sleep; ended when this goes.
class Sleepers {
 public:
  Sleepers() {
    for (int i = 0; i < kExtraProcesses; ++i) {
      const pid_t child = fork();
      if (child == 0) {
        execlp("sleep", "sleep", "600", nullptr);
        _exit(1);
      }
      if (child > 0) children_.push_back(child);
    }
  }
  ~Sleepers() {
    for (pid_t child : children_) kill(child, SIGKILL);
    for (pid_t child : children_) waitpid(child, nullptr, 0);
  }
  pid_t one() const { return children_.front(); }

 private:
  std::vector<pid_t> children_;
};

void ReadFile(int folder, const char* name, char* buffer, std::size_t size) {
  const int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  while (read(file, buffer, size) > 0) {
  }
  close(file);
}

enum class Files { kStat, kAll };

// The least that the kernel asks of anybody who wants these columns of a process: open, read, close.
void ReadProcess(const char* pid, Files files) {
  char buffer[8192];
  const int folder = open((std::string("/proc/") + pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ReadFile(folder, "stat", buffer, sizeof buffer);
  if (files == Files::kAll) {
    ReadFile(folder, "status", buffer, sizeof buffer);
    ReadFile(folder, "cmdline", buffer, sizeof buffer);
    ReadFile(folder, "io", buffer, sizeof buffer);
    (void)!readlinkat(folder, "exe", buffer, sizeof buffer);
    // HandleCount: the size of the folder fd, since Linux 6.2.
    struct stat status{};
    (void)fstatat(folder, "fd", &status, 0);
  }
  close(folder);
}

int ReadProc(Files files) {
  int processes = 0;
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return 0;
  while (dirent* entry = readdir(proc)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    ++processes;
    ReadProcess(entry->d_name, files);
  }
  closedir(proc);
  return processes;
}

double FloorMicroseconds(Files files) {
  const auto start = std::chrono::steady_clock::now();
  const int processes = ReadProc(files);
  return SecondsSince(start) * 1e6 / processes;
}

double QueryMicroseconds(IWbemServices& services, const wchar_t* query, std::uint64_t* objects = nullptr) {
  auto* sink = new CountingSink;
  const auto start = std::chrono::steady_clock::now();
  StartQuery(services, query, *sink);
  sink->WaitDone();
  const double microseconds = Seconds(sink->done_at() - start).count() * 1e6;
  if (objects != nullptr) *objects = sink->objects();
  sink->Release();
  return microseconds;
}

double PerProcess(IWbemServices& services, const wchar_t* query) {
  std::uint64_t objects = 0;
  const double microseconds = QueryMicroseconds(services, query, &objects);
  return microseconds / static_cast<double>(std::max<std::uint64_t>(objects, 1));
}

double PsMicroseconds() {
  const auto start = std::chrono::steady_clock::now();
  FILE* ps = popen("ps -eo pid,ppid,comm,args,nlwp,pri,vsz,rss,time,lstart,majflt,sess 2>/dev/null", "r");
  if (ps == nullptr) return 0;
  char buffer[4096];
  int lines = -1;  // the heading
  while (std::fgets(buffer, sizeof buffer, ps) != nullptr) ++lines;
  if (pclose(ps) != 0 || lines < 1) return 0;
  return SecondsSince(start) * 1e6 / lines;
}

template <typename Measure>
double MedianOf(int rounds, Measure measure) {
  std::vector<double> samples;
  for (int round = 0; round < rounds; ++round) samples.push_back(measure());
  return Quantile(samples, 0.5);
}

}  // namespace

void RunP9() {
  Sleepers sleepers;
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\cimv2");
  const wchar_t* all = L"SELECT * FROM Win32_Process";
  PerProcess(*services, all);  // warm
  const double floor_all = MedianOf(9, [] { return FloorMicroseconds(Files::kAll); });
  const double floor_stat = MedianOf(9, [] { return FloorMicroseconds(Files::kStat); });
  const double everything = MedianOf(9, [&] { return PerProcess(*services, all); });
  const double narrow =
      MedianOf(9, [&] { return PerProcess(*services, L"SELECT Name, ProcessId FROM Win32_Process"); });
  Report("P9", "select_all_us_per_process", everything, floor_all, Target::kAtMost, 80);
  Report("P9", "select_all_to_floor", everything / floor_all, 0, Target::kAtMost, 1.5);
  const double ps = MedianOf(5, PsMicroseconds);
  if (ps > 0) Report("P9", "select_all_to_ps", everything / ps, 0, Target::kAtMost, 1);
  Report("P9", "name_and_id_us_per_process", narrow, floor_stat, Target::kAtMost, 15);
  const std::string pid = std::to_string(sleepers.one());
  const std::wstring lookup =
      L"SELECT * FROM Win32_Process WHERE Handle = \"" + std::to_wstring(sleepers.one()) + L"\"";
  const double floor_one = MedianOf(200, [&] {
    const auto start = std::chrono::steady_clock::now();
    ReadProcess(pid.c_str(), Files::kAll);
    return SecondsSince(start) * 1e6;
  });
  const double one = MedianOf(200, [&] { return QueryMicroseconds(*services, lookup.c_str()); });
  Report("P9", "key_lookup_us", one, floor_one, Target::kAtMost, 150);
}

}  // namespace wmi::bench
