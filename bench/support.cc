#include "bench/support.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "api/services.h"
#include "base/clock.h"
#include "com/security.h"
#include "providers/linux/register.h"

namespace wmi::bench {
namespace {

[[noreturn]] void Fail(const std::string& what) {
  fmt::print(stderr, "bench: {}\n", what);
  std::exit(1);
}

void Require(const Status& status) {
  if (!status.ok()) Fail(status.Message());
}

// Numbers and short texts in turn, so that a tenth of each row is worth reading.
class SyntheticStream final : public provider::InstanceStream {
 public:
  SyntheticStream(const provider::Request& request, std::uint64_t rows, std::size_t strings)
      : slots_(request.schema->properties().size()), strings_(strings), rows_(rows) {}

  Result<provider::ReadState> Read(provider::RowWriter& writer) override {
    while (next_ < rows_) {
      if (writer.full()) return provider::ReadState::kMore;
      writer.Begin();
      for (std::size_t slot = 0; slot < strings_; ++slot) writer.SetText(slot, "a short text 16");
      for (std::size_t slot = strings_; slot < slots_; ++slot) writer.SetUnsigned(slot, next_ + slot);
      writer.Commit();
      ++next_;
    }
    return provider::ReadState::kEnd;
  }

 private:
  const std::size_t slots_;
  const std::size_t strings_;
  const std::uint64_t rows_;
  std::uint64_t next_ = 0;
};

class SyntheticProvider final : public provider::InstanceProvider {
 public:
  explicit SyntheticProvider(std::size_t strings) : strings_(strings) {}
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    return std::unique_ptr<provider::InstanceStream>(
        std::make_unique<SyntheticStream>(request, SyntheticSettings().rows, strings_));
  }

 private:
  const std::size_t strings_;
};

// A provider that is inside a system call that does not return, as far as anybody outside can tell.
class StuckStream final : public provider::InstanceStream {
 public:
  Result<provider::ReadState> Read(provider::RowWriter&) override {
    while (!SyntheticSettings().released) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return provider::ReadState::kEnd;
  }
};

class StuckProvider final : public provider::InstanceProvider {
 public:
  provider::Blocking blocking() const override { return provider::Blocking::kPossible; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request&) override {
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<StuckStream>());
  }
};

std::string SyntheticClass(std::string_view name, int strings, int numbers) {
  std::string mof = fmt::format("[dynamic, provider(\"Bench\")] class {} {{\n", name);
  for (int i = 0; i < strings; ++i) mof += fmt::format("  string S{};\n", i);
  for (int i = 0; i < numbers; ++i) mof += fmt::format("  {}uint32 N{};\n", i == 0 ? "[key] " : "", i);
  return mof + "};\n";
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) Fail("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::unique_ptr<engine::Engine> MakeEngine() {
  auto engine = std::make_unique<engine::Engine>(engine::Engine::Options());
  const std::filesystem::path schema = WMI_SCHEMA_FOLDER;
  engine->catalogue().SetSystemClasses({"system.mof", ReadFile(schema / "system.mof")});
  Require(engine->catalogue().AddNamespace("ROOT\\bench"));
  Require(engine->catalogue().AddNamespace("ROOT\\cimv2"));
  Require(engine->catalogue().Compile(
      {"bench.mof", SyntheticClass("Ten", 3, 7) + SyntheticClass("FortyFive", 12, 33) + SyntheticClass("Stuck", 1, 1)},
      "ROOT\\bench"));
  for (const char* file : {"cim.mof", "win32_computer_system.mof", "win32_logical_disk.mof",
                           "win32_operating_system.mof", "win32_process.mof", "win32_processor.mof"}) {
    Require(engine->catalogue().Compile({file, ReadFile(schema / file)}, "ROOT\\cimv2"));
  }
  engine->providers().Register("Ten", std::make_unique<SyntheticProvider>(3));
  engine->providers().Register("FortyFive", std::make_unique<SyntheticProvider>(12));
  engine->providers().Register("Stuck", std::make_unique<StuckProvider>());
  linuxos::RegisterLinuxProviders(engine->providers());
  return engine;
}

}  // namespace

Synthetic& SyntheticSettings() {
  static Synthetic settings;
  return settings;
}

engine::Engine& BenchEngine() {
  static engine::Engine* const engine = MakeEngine().release();
  return *engine;
}

com::ComPtr<IWbemServices> ConnectBench(std::string_view name_space) {
  if (!com::ProcessSecurityState().initialized) {
    CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr,
                         EOAC_NONE, nullptr);
  }
  Result<engine::SessionPtr> session = BenchEngine().Connect(name_space);
  Require(session.status());
  return com::ComPtr<IWbemServices>::Adopt(new api::Services(std::move(session).value()));
}

HRESULT CountingSink::QueryInterface(REFIID riid, void** object) {
  if (riid != IID_IUnknown && riid != IID_IWbemObjectSink) {
    *object = nullptr;
    return E_NOINTERFACE;
  }
  *object = static_cast<IWbemObjectSink*>(this);
  AddRef();
  return S_OK;
}

ULONG CountingSink::Release() {
  const ULONG left = --count_;
  if (left == 0) delete this;
  return left;
}

HRESULT CountingSink::Indicate(long count, IWbemClassObject** objects) {
  if (objects_ == 0) first_at_ = Clock::now();
  if (on_batch) on_batch(count, objects);
  objects_ += static_cast<std::uint64_t>(count);
  return WBEM_S_NO_ERROR;
}

HRESULT CountingSink::SetStatus(long flags, HRESULT result, BSTR, IWbemClassObject*) {
  if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
  ++finals_;
  MutexLock lock(mutex_);
  done_at_ = Clock::now();
  result_ = result;
  done_ = true;
  changed_.NotifyAll();
  return WBEM_S_NO_ERROR;
}

void CountingSink::WaitDone() {
  const Clock::time_point deadline = Clock::now() + std::chrono::minutes(1);
  MutexLock lock(mutex_);
  while (!done_) {
    if (!changed_.WaitUntil(lock, deadline)) Fail("an operation has not ended within a minute");
  }
}

void StartQuery(IWbemServices& services, const wchar_t* query, IWbemObjectSink& sink) {
  const HRESULT started = services.ExecQueryAsync(const_cast<BSTR>(L"WQL"), const_cast<BSTR>(query), 0, nullptr, &sink);
  if (FAILED(started)) Fail(fmt::format("ExecQueryAsync was refused: {:#x}", static_cast<unsigned>(started)));
}

}  // namespace wmi::bench
