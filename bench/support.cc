#include "bench/support.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

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
    const std::uint64_t first = next_;
    const provider::ReadState state = Fill(writer);
    SyntheticSettings().produced.fetch_add(next_ - first, std::memory_order_relaxed);
    return state;
  }

 private:
  provider::ReadState Fill(provider::RowWriter& writer) {
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
std::atomic<bool> stuck_released = false;

enum class StuckIn { kOpen, kRead };

class StuckStream final : public provider::InstanceStream {
 public:
  explicit StuckStream(StuckIn where) : where_(where) {}
  Result<provider::ReadState> Read(provider::RowWriter&) override {
    if (where_ == StuckIn::kRead) stuck_released.wait(false);
    return provider::ReadState::kEnd;
  }

 private:
  const StuckIn where_;
};

class StuckProvider final : public provider::InstanceProvider {
 public:
  explicit StuckProvider(StuckIn where) : where_(where) {}
  provider::Blocking blocking() const override { return provider::Blocking::kPossible; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request&) override {
    if (where_ == StuckIn::kOpen) stuck_released.wait(false);
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<StuckStream>(where_));
  }

 private:
  const StuckIn where_;
};

// Takes a call, keeps its port and says nothing.
class SilentProvider final : public engine::PushProvider {
 public:
  void Start(const engine::ProviderCall&, std::shared_ptr<engine::PushPort> port) override {
    MutexLock lock(mutex_);
    ports_.push_back(std::move(port));
  }

 private:
  Mutex mutex_;
  std::vector<std::shared_ptr<engine::PushPort>> ports_ WMI_GUARDED_BY(mutex_);
};

class SilentLoader final : public engine::PushProviderLoader {
 public:
  Result<std::shared_ptr<engine::PushProvider>> Find(const engine::SessionPtr&, const cim::Object&) override {
    return provider_;
  }

 private:
  const std::shared_ptr<engine::PushProvider> provider_ = std::make_shared<SilentProvider>();
};

std::string SyntheticClass(std::string_view name, int strings, int numbers) {
  std::string mof = fmt::format("[dynamic, provider(\"Bench\")] class {} {{\n", name);
  for (int i = 0; i < strings; ++i) mof += fmt::format("  string S{};\n", i);
  for (int i = 0; i < numbers; ++i) mof += fmt::format("  {}uint32 N{};\n", i == 0 ? "[key] " : "", i);
  return mof + "};\n";
}

void PutRow(engine::Engine& engine, const char* class_name,
            const std::vector<std::pair<std::string_view, cim::Value>>& values) {
  const cim::ClassPtr schema = engine.repository().FindNamespace("ROOT\\bench")->FindClass(class_name);
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  for (const auto& [name, value] : values) builder.Set(*schema->FindSlot(name), value.view());
  builder.CommitRow();
  std::vector<cim::Object> rows;
  builder.Finish(rows);
  Require(engine.repository().PutInstance("ROOT\\bench", rows.front(), cim::PutMode::kCreateOrUpdate).status());
}

void RegisterSilentProvider(engine::Engine& engine) {
  PutRow(engine, "__Win32Provider",
         {{"Name", cim::Value::Text("Silent")}, {"CLSID", cim::Value::Text("{5C3F7A52-6D0E-4E3B-9A51-0C7D54F1B7A0}")}});
  PutRow(engine, "__InstanceProviderRegistration",
         {{"provider", cim::Value::Text("__Win32Provider.Name=\"Silent\"")},
          {"SupportsGet", cim::Value::Boolean(true)},
          {"SupportsEnumeration", cim::Value::Boolean(true)},
          {"QuerySupportLevels", cim::Value::Array({cim::Value::Text("WQL:UnarySelect")})}});
  engine.SetLoader(std::make_shared<SilentLoader>());
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
      {"bench.mof", SyntheticClass("Ten", 3, 7) + SyntheticClass("FortyFive", 12, 33) + SyntheticClass("Stuck", 1, 1) +
                        SyntheticClass("StuckOpen", 1, 1) +
                        "[dynamic, provider(\"Silent\")] class Silent { [key] string Id; };\n"
                        "class Kept { [key] uint32 Id; string Text; };\n"
                        "class Fired : __ExtrinsicEvent { uint32 Number; string Text; };\n"},
      "ROOT\\bench"));
  RegisterSilentProvider(*engine);
  for (const char* name : {"ROOT\\default", "ROOT\\subscription", "ROOT\\StandardCimv2", "ROOT\\linux"}) {
    Require(engine->catalogue().AddNamespace(name));
  }
  // The order of their names is one in which they can be compiled.
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(schema)) {
    if (entry.path().extension() == ".mof" && entry.path().filename() != "system.mof") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    Require(engine->catalogue().Compile({file.filename().string(), ReadFile(file)}, "ROOT\\cimv2"));
  }
  engine->providers().Register("Ten", std::make_unique<SyntheticProvider>(3));
  engine->providers().Register("FortyFive", std::make_unique<SyntheticProvider>(12));
  engine->providers().Register("Stuck", std::make_unique<StuckProvider>(StuckIn::kRead));
  engine->providers().Register("StuckOpen", std::make_unique<StuckProvider>(StuckIn::kOpen));
  linuxos::RegisterLinuxProviders(engine->providers());
  linuxos::RegisterLinuxEvents(engine->event_sources());
  return engine;
}

}  // namespace

Synthetic& SyntheticSettings() {
  static Synthetic settings;
  return settings;
}

void HoldStuck() { stuck_released = false; }

void ReleaseStuck() {
  stuck_released = true;
  stuck_released.notify_all();
}

engine::Engine& BenchEngine() {
  static engine::Engine* const engine = MakeEngine().release();
  return *engine;
}

com::ComPtr<IWbemServices> ConnectBench(std::string_view name_space, Duration time_limit) {
  if (!com::ProcessSecurityState().initialized) {
    CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr,
                         EOAC_NONE, nullptr);
  }
  Result<engine::SessionPtr> session = BenchEngine().Connect(name_space, time_limit);
  Require(session.status());
  return com::ComPtr<IWbemServices>::Adopt(new api::Services(std::move(session).value()));
}

std::uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
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
