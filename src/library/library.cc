#include <fmt/format.h>
#include <objbase.h>
#include <wbemcli.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "api/factories.h"
#include "api/provider_loader.h"
#include "base/clock.h"
#include "com/class_registry.h"
#include "engine/engine.h"
#include "library/schema.h"
#include "providers/linux/register.h"

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

Status CompileSchema(engine::Catalogue& catalogue) {
  const SchemaFile system = SystemSchema();
  catalogue.SetSystemClasses({std::string(system.name), std::string(system.text)});
  TRY(catalogue.AddNamespace("ROOT\\cimv2"));
  TRY(catalogue.AddNamespace("ROOT\\default"));
  for (const SchemaFile& file : SchemaFiles()) {
    TRY(catalogue.Compile({std::string(file.name), std::string(file.text)}, "ROOT\\cimv2"));
  }
  return Status();
}

HRESULT BuildEngine() {
  auto engine = std::make_unique<engine::Engine>(EngineOptions());
  Status compiled = CompileSchema(engine->catalogue());
  if (!compiled.ok()) {
    const ErrorDetail* detail = compiled.detail();
    fmt::print(stderr, "openwmi: the built-in schema does not compile: {}:{}: {}\n", detail ? detail->file : "",
               detail ? detail->line : 0, compiled.Message());
    return WBEM_E_INITIALIZATION_FAILURE;
  }
  linuxos::RegisterLinuxProviders(engine->providers());
  engine->SetLoader(std::make_shared<api::ComProviderLoader>(engine->provider_pool()));
  process_engine = engine.release();
  api::RegisterClasses(*process_engine);
  std::atexit(QuietAtExit);
  return S_OK;
}

// The library's only work at load time: to say how it is built when it is first needed.
__attribute__((constructor)) void OnLoad() { com::SetRegistryInitializer(BuildEngine); }

}  // namespace
}  // namespace wmi::library
