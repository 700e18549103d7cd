// An engine with synthetic classes, and the sinks that benchmarks count with.
#pragma once

#include <objbase.h>
#include <oleauto.h>
#include <wbemcli.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "com/com_ptr.h"
#include "engine/engine.h"

namespace wmi::bench {

// Rows that a synthetic provider of the benchmark produces: set before a query is started.
struct Synthetic {
  std::atomic<std::uint64_t> rows = 0;
  // How many rows have been made since the program started.
  std::atomic<std::uint64_t> produced = 0;
};

// ROOT\bench with the classes Ten (10 properties, 3 of them strings), FortyFive (45, 12 strings), Kept (stored), and
// those that do not answer: Stuck (blocks where it makes rows), StuckOpen (blocks before) and Silent (a push provider
// that never calls back); ROOT\cimv2 with the built-in classes on the running machine. Lives for the rest of the
// process.
engine::Engine& BenchEngine();
Synthetic& SyntheticSettings();
// From the first to the second the classes that do not answer hold whoever enters them; Release lets them all go.
void HoldStuck();
void ReleaseStuck();
// The services of a new connection, as a client gets them from ConnectServer. Process security is initialised.
com::ComPtr<IWbemServices> ConnectBench(std::string_view name_space, Duration time_limit = engine::kDefaultTimeLimit);
// Memory of this process that is in RAM.
std::uint64_t ResidentBytes();

// Counts objects and final calls; sets marks. Reference-counted as any sink.
class CountingSink final : public IWbemObjectSink {
 public:
  using Clock = std::chrono::steady_clock;

  HRESULT QueryInterface(REFIID riid, void** object) override;
  ULONG AddRef() override { return ++count_; }
  ULONG Release() override;
  HRESULT Indicate(long count, IWbemClassObject** objects) override;
  HRESULT SetStatus(long flags, HRESULT result, BSTR text, IWbemClassObject* object) override;

  // Called with each batch; set before the start.
  std::function<void(long, IWbemClassObject**)> on_batch;

  // Waits for the final call; ends the program when it does not come within a minute.
  void WaitDone();
  std::uint64_t objects() const { return objects_; }
  int finals() const { return finals_; }
  HRESULT result() const { return result_; }
  Clock::time_point first_at() const { return first_at_; }
  Clock::time_point done_at() const { return done_at_; }

 private:
  std::atomic<ULONG> count_ = 1;
  std::atomic<std::uint64_t> objects_ = 0;
  std::atomic<int> finals_ = 0;
  HRESULT result_ = 0;
  Clock::time_point first_at_;
  Clock::time_point done_at_;
  Mutex mutex_;
  CondVar changed_;
  bool done_ WMI_GUARDED_BY(mutex_) = false;
};

// Starts "ExecQueryAsync" and stops the program with a message when it is refused.
void StartQuery(IWbemServices& services, const wchar_t* query, IWbemObjectSink& sink);

}  // namespace wmi::bench
