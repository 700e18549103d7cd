// P3: from the call of ExecQueryAsync to the first Indicate, in process; the floor is waking two threads one after the
// other.
#include <vector>

#include "bench/relay.h"
#include "bench/report.h"
#include "bench/support.h"

namespace wmi::bench {
void RunP3() {
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\bench");
  SyntheticSettings().rows = 10;
  Relay relay;
  std::vector<double> samples;
  std::vector<double> floor;
  for (int round = 0; round < 3000; ++round) {
    auto* sink = new CountingSink;
    const auto start = CountingSink::Clock::now();
    StartQuery(*services, L"SELECT * FROM Ten WHERE N1 > 0 AND S0 = \"a short text 16\"", *sink);
    sink->WaitDone();
    samples.push_back(Seconds(sink->first_at() - start).count() * 1e6);
    sink->Release();
    floor.push_back(relay.Round() * 1e6);
  }
  Report("P3", "first_object_us_p50", Quantile(samples, 0.5), Quantile(floor, 0.5), Target::kAtMost, 100);
  Report("P3", "first_object_us_p99", Quantile(samples, 0.99), Quantile(floor, 0.99));
}

}  // namespace wmi::bench
