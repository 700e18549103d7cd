// P3: from the call of ExecQueryAsync to the first Indicate, in process; the floor is waking two threads one after the
// other.
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "bench/support.h"

namespace wmi::bench {
namespace {

// Caller wakes a worker, the worker wakes a deliverer: the least that an asynchronous call does.
class Relay {
 public:
  Relay() : worker_([this] { Pass(1, 2); }), deliverer_([this] { Pass(2, 3); }) {}
  ~Relay() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    worker_.join();
    deliverer_.join();
  }
  double Round() {
    const auto start = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    stage_ = 1;
    changed_.notify_all();
    changed_.wait(lock, [this] { return stage_ == 3; });
    return SecondsSince(start);
  }

 private:
  void Pass(int from, int to) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return stage_ == from || stopping_; });
      if (stopping_) return;
      stage_ = to;
      changed_.notify_all();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  int stage_ = 0;
  bool stopping_ = false;
  std::thread worker_;
  std::thread deliverer_;
};

}  // namespace

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
