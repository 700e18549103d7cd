// P13: a large schema compiled and durably committed, compiled again, and only checked. $OPENWMI_BENCH_MOF names a file
// to compile instead of the synthetic schema.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <string>

#include "bench/report.h"
#include "bench/store_support.h"
#include "bench/support.h"
#include "provider/provider.h"

namespace wmi::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRuns = 5;

struct Store {
  Folder folder;
  std::unique_ptr<store::Repository> repository = OpenStore(folder.path());
  provider::Registry providers;
  engine::Catalogue catalogue{*repository, providers};
};

double Milliseconds(Clock::time_point start) { return SecondsSince(start) * 1000; }

// The highest that ResidentBytes was since the last reset.
void ResetPeak() { std::ofstream("/proc/self/clear_refs") << 5; }
std::uint64_t PeakBytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::uint64_t kilobytes = 0;
  while (status >> word && word != "VmHWM:") status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  status >> kilobytes;
  return kilobytes * 1024;
}

// As many bytes as the repository has then, in one durable transaction of 4 rows a class.
double Floor(const Folder& folder, std::uint64_t bytes) {
  constexpr std::uint64_t kRows = std::uint64_t{kLargeClasses} * 4;
  PlainStore plain(folder.path(), bytes / kRows);
  const auto start = Clock::now();
  plain.Begin();
  for (std::uint64_t i = 0; i < kRows; ++i) plain.Put(i);
  plain.Commit();
  return Milliseconds(start);
}

}  // namespace

void RunP13() {
  LargeSource();  // making it is no part of this
  std::vector<double> check, compile, again, floor;
  std::uint64_t peak = 0;
  std::uint64_t growth = 0;
  for (int run = 0; run < kRuns; ++run) {
    Store store;
    auto start = Clock::now();
    CheckLarge(store.catalogue);
    check.push_back(Milliseconds(start));

    ResetPeak();
    const std::uint64_t before = ResidentBytes();
    start = Clock::now();
    CompileLarge(store.catalogue);
    compile.push_back(Milliseconds(start));
    // The first run: later ones use again what is free by then.
    if (run == 0) {
      peak = PeakBytes();
      growth = peak - std::min(before, peak);
    }

    start = Clock::now();
    CompileLarge(store.catalogue);
    again.push_back(Milliseconds(start));
    floor.push_back(Floor(store.folder, FileBytes(store.folder)));
  }
  Report("P13", "check_1438_classes_ms", Quantile(check, 0.5), 0, Target::kAtMost, 120);
  Report("P13", "compile_1438_classes_ms", Quantile(compile, 0.5), Quantile(floor, 0.5), Target::kAtMost, 400);
  Report("P13", "peak_memory_mb", static_cast<double>(peak) / 1e6, 0, Target::kAtMost, 64);
  Report("P13", "peak_memory_of_compiling_mb", static_cast<double>(growth) / 1e6);
  Report("P13", "compile_again_ms", Quantile(again, 0.5), 0, Target::kAtMost, 200);
}

}  // namespace wmi::bench
