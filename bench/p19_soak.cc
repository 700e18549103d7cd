// P19: 1,000,000 query cycles on one connection: asynchronous, every tenth time semisynchronous, every hundredth
// synchronous with an object put and deleted. After the first tenth the process must not grow any more. No floor.
#include <string>

#include "bench/report.h"
#include "bench/support.h"

namespace wmi::bench {
namespace {

constexpr std::uint64_t kCycles = 1'000'000;
constexpr std::uint64_t kWarmUp = kCycles / 10;

constexpr const wchar_t* kQuery = L"SELECT * FROM Ten";

BSTR Text(const wchar_t* text) { return const_cast<BSTR>(text); }

class Soak {
 public:
  explicit Soak(IWbemServices& services) : services_(services) {
    Check(services.GetObject(Text(L"Kept"), 0, nullptr, kept_.Receive(), nullptr));
  }

  void Cycle(std::uint64_t number) {
    Async();
    if (number % 10 == 0) Read(WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY);
    if (number % 100 == 0) {
      Read(0);
      PutAndDelete();
    }
  }

  // Calls and objects that were not as they should be.
  std::uint64_t faults() const { return faults_; }

 private:
  void Check(HRESULT code) { faults_ += code != WBEM_S_NO_ERROR; }

  void Async() {
    auto* sink = new CountingSink;
    StartQuery(services_, kQuery, *sink);
    sink->WaitDone();
    Check(sink->result());
    faults_ += sink->objects() != 1 || sink->finals() != 1;
    sink->Release();
  }

  void Read(long flags) {
    com::ComPtr<IEnumWbemClassObject> enumerator;
    Check(services_.ExecQuery(Text(L"WQL"), Text(kQuery), flags, nullptr, enumerator.Receive()));
    if (!enumerator) return;
    std::uint64_t objects = 0;
    while (true) {
      IWbemClassObject* object = nullptr;
      ULONG returned = 0;
      const HRESULT next = enumerator->Next(static_cast<LONG>(WBEM_INFINITE), 1, &object, &returned);
      if (object != nullptr) object->Release();
      objects += returned;
      if (next != WBEM_S_NO_ERROR) break;
    }
    faults_ += objects != 1;
  }

  void PutAndDelete() {
    com::ComPtr<IWbemClassObject> instance;
    Check(kept_->SpawnInstance(0, instance.Receive()));
    VARIANT id;
    VariantInit(&id);
    id.vt = VT_I4;
    id.lVal = 7;
    Check(instance->Put(L"Id", 0, &id, 0));
    Check(services_.PutInstance(instance.get(), 0, nullptr, nullptr));
    Check(services_.DeleteInstance(Text(L"Kept.Id=7"), 0, nullptr, nullptr));
  }

  IWbemServices& services_;
  com::ComPtr<IWbemClassObject> kept_;
  std::uint64_t faults_ = 0;
};

}  // namespace

void RunP19() {
  com::ComPtr<IWbemServices> services = ConnectBench("ROOT\\bench");
  SyntheticSettings().rows = 1;
  Soak soak(*services);
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t warm = 0;
  for (std::uint64_t cycle = 0; cycle < kCycles; ++cycle) {
    if (cycle == kWarmUp) warm = ResidentBytes();
    soak.Cycle(cycle);
  }
  const double seconds = SecondsSince(start);
  const double drift = (static_cast<double>(ResidentBytes()) - static_cast<double>(warm)) / 1024;
  Report("P19", "drift_kb", drift, 0, Target::kAtMost, 1024);
  Report("P19", "faults", static_cast<double>(soak.faults()), 0, Target::kAtMost, 0);
  Report("P19", "resident_kb", static_cast<double>(warm) / 1024);
  Report("P19", "cycles_per_second", static_cast<double>(kCycles) / seconds);
}

}  // namespace wmi::bench
