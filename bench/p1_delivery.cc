// P1: objects a second from a synthetic provider through ExecQueryAsync to a sink, against the floor of handing plain
// objects from one thread to another in batches of 64 through a virtual call.
#include <condition_variable>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "bench/support.h"

namespace wmi::bench {
namespace {

constexpr std::uint64_t kRows = 3'000'000;
constexpr std::size_t kBatch = 64;

// The floor: the least that must happen for an object — memory of its own, its values written, a count, a batch handed
// over under a lock, a virtual call, memory given back.
struct PlainObject {
  std::atomic<int> count{1};
  struct Value {
    std::uint64_t kind;
    std::uint64_t bits;
  };
  Value* values() { return reinterpret_cast<Value*>(this + 1); }
};

struct PlainSink {
  virtual ~PlainSink() = default;
  virtual void Indicate(std::size_t count, PlainObject** objects) = 0;
};

struct PlainCounter final : PlainSink {
  std::uint64_t objects = 0;
  void Indicate(std::size_t count, PlainObject** batch) override {
    objects += count;
    for (std::size_t i = 0; i < count; ++i) {
      if (batch[i]->count.fetch_sub(1) == 1) std::free(batch[i]);
    }
  }
};

PlainObject* MakePlain(std::size_t properties, std::size_t strings, std::uint64_t row) {
  const std::size_t bytes = sizeof(PlainObject) + properties * sizeof(PlainObject::Value) + strings * 16;
  auto* object = new (std::malloc(bytes)) PlainObject;
  char* text = reinterpret_cast<char*>(object->values() + properties);
  for (std::size_t i = 0; i < strings; ++i, text += 16) {
    std::memcpy(text, "a short text 16", 16);
    object->values()[i] = {1, reinterpret_cast<std::uint64_t>(text)};
  }
  for (std::size_t i = strings; i < properties; ++i) object->values()[i] = {2, row + i};
  return object;
}

double FloorRate(std::size_t properties, std::size_t strings, std::uint64_t rows) {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::vector<PlainObject*>> queue;
  bool ended = false;
  PlainCounter counter;
  const auto start = std::chrono::steady_clock::now();
  std::thread consumer([&] {
    PlainSink& sink = counter;
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return !queue.empty() || ended; });
      if (queue.empty()) return;
      std::vector<PlainObject*> batch = std::move(queue.front());
      queue.pop_front();
      changed.notify_all();
      lock.unlock();
      sink.Indicate(batch.size(), batch.data());
      lock.lock();
    }
  });
  for (std::uint64_t row = 0; row < rows;) {
    std::vector<PlainObject*> batch;
    batch.reserve(kBatch);
    for (std::size_t i = 0; i < kBatch && row < rows; ++i) batch.push_back(MakePlain(properties, strings, row++));
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return queue.size() < 4; });
    queue.push_back(std::move(batch));
    changed.notify_all();
  }
  {
    std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  }
  consumer.join();
  return static_cast<double>(rows) / SecondsSince(start);
}

double Rate(IWbemServices& services, const wchar_t* query, std::uint64_t rows) {
  SyntheticSettings().rows = rows;
  auto* sink = new CountingSink;
  const auto start = std::chrono::steady_clock::now();
  StartQuery(services, query, *sink);
  sink->WaitDone();
  const double seconds = Seconds(sink->done_at() - start).count();
  const double rate = static_cast<double>(sink->objects()) / seconds;
  sink->Release();
  return rate;
}

}  // namespace

void RunP1() {
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\bench");
  Rate(*services, L"SELECT * FROM Ten", kRows / 10);  // warm
  std::vector<double> ten;
  std::vector<double> ten_floor;
  std::vector<double> many;
  std::vector<double> many_floor;
  // In turn, so that a change of the machine's pace meets both.
  for (int round = 0; round < 5; ++round) {
    ten_floor.push_back(FloorRate(10, 3, kRows));
    ten.push_back(Rate(*services, L"SELECT * FROM Ten", kRows));
    many_floor.push_back(FloorRate(45, 12, kRows / 4));
    many.push_back(Rate(*services, L"SELECT * FROM FortyFive", kRows / 4));
  }
  const double ten_median_floor = Quantile(ten_floor, 0.5);
  const double many_median_floor = Quantile(many_floor, 0.5);
  Report("P1", "objects_per_second_10", Quantile(ten, 0.5), ten_median_floor, Target::kAtLeast, ten_median_floor / 2);
  Report("P1", "objects_per_second_45", Quantile(many, 0.5), many_median_floor, Target::kAtLeast,
         many_median_floor / 2);
}

}  // namespace wmi::bench
