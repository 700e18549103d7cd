// P7: calls with a time limit of 100 ms against providers that never answer — one inside a system call, one that was
// asked and keeps silent — in every form. How much later than its limit a call ends. No floor: the limit is the floor.
#include <string>
#include <vector>

#include "bench/report.h"
#include "bench/support.h"

namespace wmi::bench {
namespace {

using Clock = CountingSink::Clock;

constexpr auto kLimit = std::chrono::milliseconds(100);
// Each call to the native provider holds a thread of its pool until the end of its form.
constexpr int kCallsOfForm = 40;

BSTR Text(const wchar_t* text) { return const_cast<BSTR>(text); }

HRESULT RunAsync(IWbemServices& services, const wchar_t* query, Clock::time_point& ended) {
  auto* sink = new CountingSink;
  StartQuery(services, query, *sink);
  sink->WaitDone();
  ended = sink->done_at();
  const HRESULT result = sink->result();
  sink->Release();
  return result;
}

HRESULT RunEnumerator(IWbemServices& services, const wchar_t* query, long flags, Clock::time_point& ended) {
  IEnumWbemClassObject* enumerator = nullptr;
  HRESULT result = services.ExecQuery(Text(L"WQL"), Text(query), flags, nullptr, &enumerator);
  if (SUCCEEDED(result)) {
    IWbemClassObject* object = nullptr;
    ULONG returned = 0;
    result = enumerator->Next(static_cast<LONG>(WBEM_INFINITE), 1, &object, &returned);
    if (object != nullptr) object->Release();
  }
  ended = Clock::now();
  if (enumerator != nullptr) enumerator->Release();
  return result;
}

template <typename Call>
void Measure(const std::string& name, Call call) {
  std::vector<double> late;
  int wrong = 0;
  HoldStuck();
  for (int i = 0; i < kCallsOfForm; ++i) {
    const Clock::time_point start = Clock::now();
    Clock::time_point ended;
    wrong += call(ended) != WBEM_E_TIMED_OUT;
    late.push_back(Seconds(ended - start - kLimit).count() * 1e3);
  }
  ReleaseStuck();
  Report("P7", name + "_late_ms_p50", Quantile(late, 0.5));
  Report("P7", name + "_late_ms_p99", Quantile(late, 0.99));
  Report("P7", name + "_late_ms_max", Quantile(late, 1), 0, Target::kAtMost, 50);
  Report("P7", name + "_early_ms_max", -Quantile(late, 0), 0, Target::kAtMost, 0);
  Report("P7", name + "_wrong_endings", wrong, 0, Target::kAtMost, 0);
}

void MeasureForms(const std::string& provider, const wchar_t* query) {
  // A connection for each form: its threads in the provider pool are limited, too.
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\bench", kLimit);
  Measure(provider + "_async", [&](auto& ended) { return RunAsync(*services, query, ended); });
  services = ConnectBench("ROOT\\bench", kLimit);
  Measure(provider + "_sync", [&](auto& ended) { return RunEnumerator(*services, query, 0, ended); });
  services = ConnectBench("ROOT\\bench", kLimit);
  constexpr long kSemisync = WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY;
  Measure(provider + "_semisync", [&](auto& ended) { return RunEnumerator(*services, query, kSemisync, ended); });
}

}  // namespace

void RunP7() {
  MeasureForms("native", L"SELECT * FROM StuckOpen");
  MeasureForms("push", L"SELECT * FROM Silent");
}

}  // namespace wmi::bench
