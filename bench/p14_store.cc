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

struct Store {
  Folder folder;
  std::unique_ptr<store::Repository> repository = OpenStore(folder.path());
  cim::ClassPtr schema;
  std::uint64_t next = 0;

  Store() {
    PutKeptClass(*repository);
    schema = repository->FindNamespace("ROOT\\bench")->FindClass("Kept");
  }
  void Put(std::uint64_t number) {
    Require(repository->PutInstance("ROOT\\bench", KeptInstance(schema, number), cim::PutMode::kCreateOnly).status());
  }
  // Puts a second, by `threads` at once for as long as `seconds`.
  double Rate(std::size_t threads, double seconds) {
    std::atomic<std::uint64_t> number = next;
    const std::uint64_t first = next;
    const auto start = Clock::now();
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < threads; ++i) {
      clients.emplace_back([&] {
        while (SecondsSince(start) < seconds) Put(number++);
      });
    }
    for (std::thread& client : clients) client.join();
    next = number;
    return static_cast<double>(next - first) / SecondsSince(start);
  }
  void FillTo(std::uint64_t count) {
    while (next < count) {
      Require(repository->Change([&](store::Transaction& transaction) -> Status {
        for (std::uint64_t i = next; i < std::min(count, next + 10'000); ++i) {
          TRY(transaction.PutInstance("ROOT\\bench", KeptInstance(schema, i), cim::PutMode::kCreateOnly));
        }
        return Status();
      }));
      next = std::min(count, next + 10'000);
    }
  }
};

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
  Store store;
  PlainStore plain(store.folder.path());
  std::uint64_t next = 0;
  store.FillTo(1000);
  const double floor_of_one = PlainRate(plain, next, 1, 2);
  const double one = store.Rate(1, 2);
  Report("P14", "puts_per_second_1_client", one, floor_of_one, Target::kAtLeast, 2000);
  const double floor_of_sixteen = PlainRate(plain, next, 16, 2);
  Report("P14", "puts_per_second_16_clients", store.Rate(16, 2), floor_of_sixteen, Target::kAtLeast, 30'000);
  store.FillTo(std::max(store.next, kManyInstances));
  const double late = store.Rate(1, 2);
  Report("P14", "share_of_the_rate_at_100000_instances", late / one, 0, Target::kAtLeast, 0.8);
}

void RunP15() {
  Store store;
  PlainStore plain(store.folder.path());
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
