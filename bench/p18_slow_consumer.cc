// P18: 1,000,000 objects for a consumer that lags: a sink that takes a millisecond for each batch, and a forward-only
// enumerator that is read slowly. What the process grows by, how far the provider runs ahead, and whether it stands
// still while the consumer does. No floor: nothing kept is the floor.
#include <algorithm>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "bench/support.h"

namespace wmi::bench {
namespace {

constexpr std::uint64_t kObjects = 1'000'000;
constexpr auto kBatchTime = std::chrono::milliseconds(1);
constexpr auto kStandstill = std::chrono::milliseconds(500);
constexpr double kMegabyte = 1 << 20;

// What a lagging consumer sees of its producer.
class Watch {
 public:
  Watch() : produced_before_(SyntheticSettings().produced), resident_before_(ResidentBytes()) {}

  // The consumer has got `count` more.
  void Consumed(std::uint64_t count) {
    consumed_ += count;
    const std::uint64_t produced = SyntheticSettings().produced - produced_before_;
    ahead_max_ = std::max(ahead_max_, produced - consumed_);
    if (++looks_ % 64 == 0) resident_max_ = std::max(resident_max_, ResidentBytes());
    if (looks_ == 100) StandStill();
    std::this_thread::sleep_for(kBatchTime);  // the work that makes it slow
  }

  void Print(const std::string& name) {
    resident_max_ = std::max(resident_max_, ResidentBytes());
    const std::uint64_t grown = resident_max_ - std::min(resident_max_, resident_before_);
    Report("P18", name + "_grown_mb", static_cast<double>(grown) / kMegabyte, 0, Target::kAtMost, 32);
    Report("P18", name + "_objects_missing", static_cast<double>(kObjects - consumed_), 0, Target::kAtMost, 0);
    Report("P18", name + "_rows_ahead_max", static_cast<double>(ahead_max_), 0, Target::kAtMost, 2048);
    Report("P18", name + "_rows_made_while_waiting", static_cast<double>(made_while_waiting_), 0, Target::kAtMost, 0);
    Report("P18", name + "_objects_per_second", static_cast<double>(consumed_) / SecondsSince(start_));
  }

 private:
  // Time for the buffer to fill, then nothing more may come.
  void StandStill() {
    std::this_thread::sleep_for(kStandstill);
    const std::uint64_t before = SyntheticSettings().produced;
    std::this_thread::sleep_for(kStandstill);
    made_while_waiting_ = SyntheticSettings().produced - before;
  }

  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const std::uint64_t produced_before_;
  const std::uint64_t resident_before_;
  std::uint64_t resident_max_ = 0;
  std::uint64_t consumed_ = 0;
  std::uint64_t ahead_max_ = 0;
  std::uint64_t looks_ = 0;
  std::uint64_t made_while_waiting_ = 0;
};

void RunSink(IWbemServices& services) {
  Watch watch;
  auto* sink = new CountingSink;
  sink->on_batch = [&](long count, IWbemClassObject**) { watch.Consumed(static_cast<std::uint64_t>(count)); };
  StartQuery(services, L"SELECT * FROM Ten", *sink);
  sink->WaitDone();
  sink->Release();
  watch.Print("sink");
}

void RunEnumerator(IWbemServices& services) {
  Watch watch;
  com::ComPtr<IEnumWbemClassObject> enumerator;
  services.ExecQuery(const_cast<BSTR>(L"WQL"), const_cast<BSTR>(L"SELECT * FROM Ten"),
                     WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY, nullptr, enumerator.Receive());
  std::vector<IWbemClassObject*> objects(100);
  ULONG returned = 0;
  do {
    enumerator->Next(static_cast<LONG>(WBEM_INFINITE), static_cast<ULONG>(objects.size()), objects.data(), &returned);
    for (ULONG i = 0; i < returned; ++i) objects[i]->Release();
    if (returned > 0) watch.Consumed(returned);
  } while (returned > 0);
  watch.Print("enumerator");
}

}  // namespace

void RunP18() {
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\bench");
  SyntheticSettings().rows = kObjects;
  RunSink(*services);
  RunEnumerator(*services);
}

}  // namespace wmi::bench
