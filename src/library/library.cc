#include <fmt/format.h>
#include <objbase.h>
#include <wbemcli.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "api/factories.h"
#include "api/provider_loader.h"
#include "base/clock.h"
#include "base/state_folder.h"
#include "com/class_registry.h"
#include "consumers/journal.h"
#include "consumers/register.h"
#include "engine/autorecover.h"
#include "engine/engine.h"
#include "library/schema.h"
#include "providers/linux/register.h"
#include "providers/registry/registry_events.h"
#include "providers/registry/std_reg_prov.h"
#include "store/repository.h"

namespace wmi::library {
namespace {

// How long the end of the process waits for callbacks that are running.
constexpr auto kExitWaitMax = std::chrono::seconds(2);

engine::Engine* process_engine = nullptr;  // set once, under the registry's initialiser; never destroyed

void QuietAtExit() { process_engine->StopSilently(SteadyClock().Now() + kExitWaitMax); }

void ReportStall(const exec::ElasticPool::Stall& stall) {
  fmt::print(stderr, "openwmi: a callback has not returned for {} ms: {}\n",
             std::chrono::duration_cast<std::chrono::milliseconds>(stall.duration).count(), stall.description);
}

engine::Engine::Options EngineOptions() {
  engine::Engine::Options options;
  // A library does not write on a program's terminal unless it is asked to.
  if (std::getenv("OPENWMI_LOG") != nullptr) {
    options.delivery.on_stall = ReportStall;
    options.provider.on_stall = ReportStall;
  }
  return options;
}

// Of the schema's files the one with what administrators change.
constexpr std::string_view kSettingsFile = "root_settings.mof";

// The product's schema in the repository. The namespaces exist from the start (contract 1.4).
Status InstallSchema(engine::Catalogue& catalogue) {
  const SchemaFile system = SystemSchema();
  catalogue.SetSystemClasses({std::string(system.name), std::string(system.text)});
  std::vector<engine::Catalogue::File> files;
  for (const SchemaFile& file : SchemaFiles()) {
    using Renewal = engine::Catalogue::Renewal;
    const Renewal renewal = file.name == kSettingsFile ? Renewal::kNever : Renewal::kWhenChanged;
    files.push_back({{std::string(file.name), std::string(file.text)}, "ROOT\\cimv2", renewal});
  }
  return catalogue.Install({"ROOT", "ROOT\\cimv2", "ROOT\\default", "ROOT\\subscription", "ROOT\\security", "ROOT\\wmi",
                            "ROOT\\interop", "ROOT\\StandardCimv2", "ROOT\\linux"},
                           files);
}

// What OPENWMI_REPOSITORY says for a repository that lives as long as the process.
constexpr std::string_view kInMemory = ":memory:";

// The user's repository. Null for one in memory: with the reason when there is no other to be had.
std::shared_ptr<store::Repository> OpenRepository(Status& reason) {
  store::Repository::Options options;
  options.server = engine::Engine::LocalServer();
  const char* const chosen = secure_getenv("OPENWMI_REPOSITORY");
  if (chosen != nullptr && std::string_view(chosen) == kInMemory) return nullptr;
  options.folder = StateFolder("OPENWMI_REPOSITORY", "repository");
  if (options.folder.empty()) {
    reason = Status(code::kAccessDenied,
                    "there is no folder for the repository: set OPENWMI_REPOSITORY to an absolute path, or HOME");
    return nullptr;
  }
  Result<std::unique_ptr<store::Repository>> repository = store::Repository::Open(std::move(options));
  if (repository.ok()) return std::move(repository).value();
  reason = repository.status();
  return nullptr;
}

// A machine can be asked about without a place to keep things: then everything that the product brings is there, in
// memory, and changes are refused with the reason. What is stored but cannot be read is another matter.
bool CanDoWithout(const Status& reason) {
  return reason.code() == code::kAccessDenied || reason.code() == code::kOutOfDiskSpace;
}

Status Build(engine::Engine& engine, const Status& reason) {
  if (!reason.ok() && !CanDoWithout(reason)) engine.RefuseConnections(reason);
  const Status refused = engine.repository().changeable();
  Status installed = InstallSchema(engine.catalogue());
  if (!reason.ok()) engine.repository().RefuseChanges(reason);
  // A repository that may only be read is taken as it is.
  if (!refused.ok() && engine.catalogue().Find("ROOT\\cimv2") != nullptr) return Status();
  return installed;
}

std::unique_ptr<engine::Engine> MakeEngine(Status& status) {
  Status reason;
  engine::Engine::Options options = EngineOptions();
  options.repository = OpenRepository(reason);
  auto engine = std::make_unique<engine::Engine>(options);
  status = Build(*engine, reason);
  if (status.ok() || options.repository == nullptr || !CanDoWithout(status)) return engine;
  // There is a folder, but no room in it, or nothing yet and no right to write.
  reason = status;
  options.repository = nullptr;
  engine = std::make_unique<engine::Engine>(std::move(options));
  status = Build(*engine, reason);
  return engine;
}

// What users compiled to stay, in a repository that lost it. Something was lost: that is worth a line, asked for or
// not.
void Recover(engine::Engine& engine) {
  const Status recovered = engine::Recover(engine.catalogue(), engine.repository());
  const std::string& report = engine.repository().opening_report();
  if (!report.empty()) fmt::print(stderr, "openwmi: {}\n", report);
  if (!recovered.ok()) {
    fmt::print(stderr, "openwmi: the autorecover list could not be compiled again, and will be at the next start: {}\n",
               recovered.Message());
  }
}

// They act only where permanent subscriptions are hosted. `wmi host --allow-scripts` sets the variable.
void RegisterEventConsumers(engine::Engine& engine) {
  consumers::Options options;
  options.scripts = secure_getenv("OPENWMI_ALLOW_SCRIPTS") != nullptr;
  const auto audit = std::make_shared<consumers::JournalAudit>();
  engine.SetAudit(audit);
  consumers::RegisterConsumers(engine.event_consumers(), *audit, options);
}

HRESULT BuildEngine() {
  Status status;
  std::unique_ptr<engine::Engine> engine = MakeEngine(status);
  if (!status.ok()) {
    const ErrorDetail* detail = status.detail();
    fmt::print(stderr, "openwmi: the built-in schema cannot be installed: {}:{}: {}\n", detail ? detail->file : "",
               detail ? detail->line : 0, status.Message());
    engine->RefuseConnections(status);
  }
  linuxos::RegisterLinuxProviders(engine->providers());
  linuxos::RegisterLinuxEvents(engine->event_sources());
  registry::RegisterRegistryProvider(engine->providers());
  RegisterEventConsumers(*engine);
  registry::RegisterRegistryEvents(engine->event_sources());
  engine->SetLoader(std::make_shared<api::ComProviderLoader>(engine->provider_pool()));
  if (status.ok()) Recover(*engine);
  process_engine = engine.release();
  api::RegisterClasses(*process_engine);
  std::atexit(QuietAtExit);
  return S_OK;
}

// The library's only work at load time: to say how it is built when it is first needed.
__attribute__((constructor)) void OnLoad() { com::SetRegistryInitializer(BuildEngine); }

}  // namespace
}  // namespace wmi::library
