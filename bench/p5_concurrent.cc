// P5: 1,000 asynchronous calls of 10 objects each at once on one connection, and 10,000; the floor is the same calls
// one after the other's start, without any overlap, on plain threads: a task posted and waited for.
#include <dirent.h>

#include <vector>

#include "bench/report.h"
#include "bench/support.h"
#include "exec/executor.h"
#include "exec/task.h"

namespace wmi::bench {
namespace {

std::size_t ThreadsOfThisProcess() {
  std::size_t threads = 0;
  if (DIR* folder = opendir("/proc/self/task")) {
    while (dirent* entry = readdir(folder)) threads += entry->d_name[0] != '.';
    closedir(folder);
  }
  return threads;
}

struct Outcome {
  double milliseconds = 0;
  double submit_milliseconds = 0;
  int errors = 0;
  int finals = 0;
  std::uint64_t objects = 0;
  std::size_t threads = 0;
};

Outcome RunCalls(IWbemServices& services, int calls) {
  SyntheticSettings().rows = 10;
  std::vector<CountingSink*> sinks;
  for (int i = 0; i < calls; ++i) sinks.push_back(new CountingSink);
  Outcome outcome;
  const auto start = std::chrono::steady_clock::now();
  for (CountingSink* sink : sinks) StartQuery(services, L"SELECT * FROM Ten", *sink);
  outcome.submit_milliseconds = SecondsSince(start) * 1e3;
  outcome.threads = ThreadsOfThisProcess();
  for (CountingSink* sink : sinks) sink->WaitDone();
  outcome.milliseconds = SecondsSince(start) * 1e3;
  for (CountingSink* sink : sinks) {
    outcome.errors += FAILED(sink->result()) ? 1 : 0;
    outcome.finals += sink->finals();
    outcome.objects += sink->objects();
    sink->Release();
  }
  return outcome;
}

struct Pass {
  std::atomic<int>& left;
  void Run() { --left; }
  std::string Description() const { return "pass"; }
};

// Four hand-overs a call, through the same kind of queue, with nothing to do in them.
double FloorMilliseconds(int calls) {
  exec::Executor executor(2);
  std::atomic<int> left = calls * 4;
  auto pass = std::make_shared<Pass>(Pass{left});
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < calls * 4; ++i) executor.Post(1, exec::Task::Of<&Pass::Run>(pass));
  while (left > 0) std::this_thread::yield();
  return SecondsSince(start) * 1e3;
}

}  // namespace

void RunP5() {
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\bench");
  RunCalls(*services, 100);  // warm
  std::vector<double> times;
  std::vector<double> floors;
  Outcome worst;
  for (int round = 0; round < 7; ++round) {
    Outcome outcome = RunCalls(*services, 1000);
    times.push_back(outcome.milliseconds);
    floors.push_back(FloorMilliseconds(1000));
    worst.errors += outcome.errors;
    worst.finals += outcome.finals;
    worst.threads = std::max(worst.threads, outcome.threads);
  }
  Report("P5", "calls_1000_ms", Quantile(times, 0.5), Quantile(floors, 0.5), Target::kAtMost, 150);
  Report("P5", "calls_1000_errors", worst.errors, 0, Target::kAtMost, 0);
  Report("P5", "calls_1000_final_per_call", worst.finals / 7000.0, 0, Target::kAtMost, 1);
  Report("P5", "threads", static_cast<double>(worst.threads), 0, Target::kAtMost,
         2.0 * std::thread::hardware_concurrency() + 8);
  Outcome many = RunCalls(*services, 10'000);
  Report("P5", "calls_10000_ms", many.milliseconds);
  Report("P5", "calls_10000_submit_ms", many.submit_milliseconds);
  Report("P5", "calls_10000_errors", many.errors, 0, Target::kAtMost, 0);
  Report("P5", "calls_10000_finals", many.finals, 0, Target::kAtLeast, 10'000);
}

}  // namespace wmi::bench
