// P6: from CancelAsyncCall to the final SetStatus, for a query in full flow and for one whose provider blocks. After it
// nothing may come. The floor is waking two threads: a cancellation that waits for a callback wakes one.
#include <thread>
#include <vector>

#include "bench/relay.h"
#include "bench/report.h"
#include "bench/support.h"

namespace wmi::bench {
namespace {

struct Cancelled {
  double milliseconds = 0;
  bool nothing_after = true;
  bool status_right = true;
};

Cancelled CancelOnce(IWbemServices& services, const wchar_t* query, bool wait_for_rows) {
  auto* sink = new CountingSink;
  StartQuery(services, query, *sink);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (wait_for_rows && sink->objects() == 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  const auto start = CountingSink::Clock::now();
  services.CancelAsyncCall(sink);
  Cancelled cancelled;
  cancelled.milliseconds = Seconds(sink->done_at() - start).count() * 1e3;
  const std::uint64_t objects = sink->objects();
  std::this_thread::yield();
  cancelled.nothing_after = sink->objects() == objects && sink->finals() == 1;
  cancelled.status_right = sink->result() == WBEM_E_CALL_CANCELLED;
  sink->Release();
  return cancelled;
}

void Measure(IWbemServices& services, std::string_view name, const wchar_t* query, bool wait_for_rows, int rounds) {
  Relay relay;
  std::vector<double> times;
  std::vector<double> floor;
  int wrong = 0;
  for (int round = 0; round < rounds; ++round) {
    floor.push_back(relay.Round() * 1e3);
    Cancelled cancelled = CancelOnce(services, query, wait_for_rows);
    times.push_back(cancelled.milliseconds);
    wrong += !cancelled.nothing_after || !cancelled.status_right;
  }
  Report("P6", std::string(name) + "_ms_p99", Quantile(times, 0.99), Quantile(floor, 0.99), Target::kAtMost, 10);
  Report("P6", std::string(name) + "_wrong_endings", wrong, 0, Target::kAtMost, 0);
}

}  // namespace

void RunP6() {
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\bench");
  SyntheticSettings().rows = 1'000'000'000;
  Measure(*services, "in_flow", L"SELECT * FROM Ten", true, 500);
  HoldStuck();
  // Each of these holds a provider thread until the end; the pool has 128 for a connection.
  Measure(*services, "blocking_provider", L"SELECT * FROM Stuck", false, 60);
  ReleaseStuck();
}

}  // namespace wmi::bench
