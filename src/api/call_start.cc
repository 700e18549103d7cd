#include "api/call_start.h"

#include <fmt/format.h>
#include <objbase.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "api/sink_consumer.h"
#include "com/security.h"

namespace wmi::api {
namespace {

constexpr std::size_t kSubjectLengthMax = 200;

std::atomic_flag security_diagnosed = ATOMIC_FLAG_INIT;

bool IsSecurityImplicit() {
  const char* value = std::getenv("OPENWMI_IMPLICIT_SECURITY");
  return value != nullptr && std::string_view(value) == "1";
}

// False when the program has not called CoInitializeSecurity and did not ask for it to be done here.
bool IsDeliveryAllowed() {
  if (com::ProcessSecurityState().initialized) return true;
  if (IsSecurityImplicit()) {
    // RPC_E_TOO_LATE: another thread was faster, which is as good.
    CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr,
                         EOAC_NONE, nullptr);
    return true;
  }
  if (!security_diagnosed.test_and_set()) {
    std::fputs(
        "openwmi: an asynchronous call was started before CoInitializeSecurity; as on Windows, its sink was released "
        "and "
        "gets nothing. Call CoInitializeSecurity first, or set OPENWMI_IMPLICIT_SECURITY=1\n",
        stderr);
  }
  return false;
}

engine::Operation::Call MakeCall(CallStart start) {
  engine::Operation::Call call;
  call.session = start.session->lane();
  if (start.subject.size() > kSubjectLengthMax) start.subject.resize(kSubjectLengthMax);
  call.description = fmt::format("{} {}", start.operation, start.subject);
  call.source = std::move(start.source);
  call.deadline = start.deadline;
  call.lifetime = start.lifetime;
  return call;
}

}  // namespace

Status StartForSink(CallStart start, IWbemObjectSink* sink, engine::WantsProgress wants_progress) {
  engine::Runtime& runtime = start.session->engine().runtime();
  engine::Reservation reservation = TRY(runtime.Reserve(start.session->lane()));
  if (!IsDeliveryAllowed()) {
    sink->AddRef();
    sink->Release();
    return Status();
  }
  const engine::SessionPtr session = start.session;
  const std::string_view operation = start.operation;
  engine::Operation::Call call = MakeCall(std::move(start));
  call.sink = sink;
  call.wants_progress = wants_progress;
  call.consumer = std::make_shared<SinkConsumer>(sink, session, operation, wants_progress);
  engine::Operation::Start(runtime, std::move(reservation), std::move(call));
  return Status();
}

Status StartForResults(CallStart start, const std::shared_ptr<engine::ResultSet>& results) {
  engine::Runtime& runtime = start.session->engine().runtime();
  engine::Reservation reservation = TRY(runtime.Reserve(start.session->lane()));
  engine::Operation::Call call = MakeCall(std::move(start));
  call.consumer = results;
  results->Attach(engine::Operation::Start(runtime, std::move(reservation), std::move(call)));
  return Status();
}

void ResetSecurityDiagnosticForTest() { security_diagnosed.clear(); }

}  // namespace wmi::api
