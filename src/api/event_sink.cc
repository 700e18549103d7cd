#include "api/event_sink.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "api/error_report.h"
#include "api/input.h"
#include "api/services_parts.h"
#include "cim/row.h"
#include "events/event_objects.h"

namespace wmi::api {
namespace {

Result<cim::Object> ReadEvent(IWbemClassObject* object) {
  cim::Object event = TRY(ReadObject(object, ObjectKind::kInstance, "an element of apObjArray"));
  if (event.schema().IsA("__ExtrinsicEvent")) return events::WithTimeCreated(event);
  return Status(code::kInvalidClass,
                fmt::format("{} does not derive from __ExtrinsicEvent; only such events can be fired by a client",
                            event.schema().name()))
      .WithParameter(event.schema().name());
}

}  // namespace

HRESULT EventSink::Indicate(long lObjectCount, IWbemClassObject** apObjArray) {
  return ReportedCall(*session_, "IWbemObjectSink::Indicate", [&]() -> Status {
    const auto count = static_cast<std::int32_t>(LowFlags(lObjectCount));
    if (count < 0) return Status(code::kInvalidParameter, "lObjectCount is negative");
    if (count == 0) return Status();
    if (apObjArray == nullptr) return IsNull("apObjArray");
    std::vector<cim::Object> events;
    for (std::int32_t i = 0; i < count; ++i) events.push_back(TRY(ReadEvent(apObjArray[i])));
    engine::FiringPace pace;
    Status fired = session_->engine().events().Fire(session_->name_space()->name(), events, &pace);
    (void)pace.Keep();
    return fired;
  });
}

HRESULT EventSink::SetStatus(long, HRESULT, BSTR, IWbemClassObject*) { return WBEM_S_NO_ERROR; }

}  // namespace wmi::api
