// P14: durable puts, of one client and of sixteen, and with many instances there already. P15: look-ups by key, and
// reading all. The floors are SQLite alone, with the same durability, keys and bytes.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "bench/store_support.h"

namespace wmi::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kManyInstances = 100'000;
constexpr int kRounds = 7;
constexpr double kRoundSeconds = 0.4;

double Median(const std::vector<double>& rates) { return Quantile(rates, 0.5); }
double Best(const std::vector<double>& rates) { return Quantile(rates, 1); }

// Takes rows and forgets them.
class NullSink final : public store::RowSink {
 public:
  void Begin(const cim::ClassPtr&) override {}
  void Set(std::size_t, cim::ValueView value) override { sum_ += static_cast<std::size_t>(value.kind()); }
  void SetQualifiers(const cim::InstanceQualifiersPtr&) override {}
  void Commit() override { ++rows_; }
  void Drop() override {}
  std::uint64_t rows() const { return rows_; }

 private:
  std::uint64_t rows_ = 0;
  std::size_t sum_ = 0;
};

// Puts a second, by `threads` at once for as long as `seconds`.
double PutRate(KeptStore& store, std::size_t threads, double seconds) {
  std::atomic<std::uint64_t> number = store.next;
  const std::uint64_t first = store.next;
  const auto start = Clock::now();
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < threads; ++i) {
    clients.emplace_back([&] {
      while (SecondsSince(start) < seconds) store.Put(number++);
    });
  }
  for (std::thread& client : clients) client.join();
  store.next = number;
  return static_cast<double>(store.next - first) / SecondsSince(start);
}

double PlainRate(PlainStore& plain, std::uint64_t& next, std::size_t group, double seconds) {
  const std::uint64_t first = next;
  const auto start = Clock::now();
  while (SecondsSince(start) < seconds) {
    plain.Begin();
    for (std::size_t i = 0; i < group; ++i) plain.Put(next++);
    plain.Commit();
  }
  return static_cast<double>(next - first) / SecondsSince(start);
}

template <typename Work>
double Times(std::uint64_t count, Work work) {
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) work(i);
  return static_cast<double>(count) / SecondsSince(start);
}

}  // namespace

void RunP14() {
  const Folder folder;
  KeptStore store(folder.path());
  PlainStore plain(folder.path());
  std::uint64_t next = 0;
  std::vector<double> one, floor_of_one, sixteen, floor_of_sixteen, heard;
  // Stands for another process: what is put is noted down for it while it listens.
  const std::unique_ptr<store::Repository> other = OpenStore(folder.path());
  for (int round = 0; round < kRounds; ++round) {
    floor_of_one.push_back(PlainRate(plain, next, 1, kRoundSeconds));
    one.push_back(PutRate(store, 1, kRoundSeconds));
    {
      const auto interest = other->ListenToOthers(store::Change::Subject::kInstance);
      Require(interest.status());
      heard.push_back(PutRate(store, 1, kRoundSeconds));
    }
    floor_of_sixteen.push_back(PlainRate(plain, next, 16, kRoundSeconds));
    sixteen.push_back(PutRate(store, 16, kRoundSeconds));
  }
  Report("P14", "puts_per_second_1_client", Median(one), Median(floor_of_one), Target::kAtLeast, 2000);
  Report("P14", "puts_per_second_1_client_while_another_process_listens", Median(heard), Median(floor_of_one),
         Target::kAtLeast, 2000);
  Report("P14", "puts_per_second_16_clients", Median(sixteen), Median(floor_of_sixteen), Target::kAtLeast, 30'000);

  // In turn, and the best of each, since what else the machine does only slows down.
  store.FillTo(kManyInstances);
  std::vector<double> with_few, with_many;
  for (int round = 0; round < kRounds; ++round) {
    const Folder folder_of_few;
    KeptStore few(folder_of_few.path());
    few.FillTo(1000);
    with_few.push_back(PutRate(few, 1, kRoundSeconds));
    with_many.push_back(PutRate(store, 1, kRoundSeconds));
  }
  Report("P14", "share_of_the_rate_at_100000_instances", Best(with_many) / Best(with_few), 0, Target::kAtLeast, 0.8);
}

void RunP15() {
  const Folder folder;
  KeptStore store(folder.path());
  PlainStore plain(folder.path());
  store.FillTo(kManyInstances);
  plain.Begin();
  for (std::uint64_t i = 0; i < kManyInstances; ++i) plain.Put(i);
  plain.Commit();

  // Keys in an order without order, some often: a tenth of the instances gets nine tenths of the look-ups.
  const auto pick = [](std::uint64_t i) {
    const std::uint64_t random = (i + 1) * 0x9E3779B97F4A7C15u >> 20;
    return i % 10 == 0 ? random % kManyInstances : random % (kManyInstances / 10);
  };
  constexpr std::uint64_t kLookups = 300'000;
  const double floor = Times(kLookups, [&](std::uint64_t i) { plain.Get(pick(i)); });
  const double rate = Times(kLookups, [&](std::uint64_t i) {
    const auto found = store.repository->FindInstance("ROOT\\bench", "Kept", {cim::Value::Text(KeptKey(pick(i)))});
    Require(found.status());
  });
  Report("P15", "gets_by_key_per_second", rate, floor, Target::kAtLeast, 400'000);

  auto start = Clock::now();
  plain.Scan();
  const double scan_floor = static_cast<double>(kManyInstances) / SecondsSince(start);
  const auto cursor = store.repository->ReadInstances("ROOT\\bench", "Kept");
  NullSink sink;
  start = Clock::now();
  for (;;) {
    const Result<bool> more = cursor->Read(1024, sink);
    Require(more.status());
    if (!*more) break;
  }
  Report("P15", "read_per_second", static_cast<double>(sink.rows()) / SecondsSince(start), scan_floor, Target::kAtLeast,
         1e6);
}

}  // namespace wmi::bench
