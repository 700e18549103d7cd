// Writing a Win32_Service. State is its one property that is documented as read/write; what the others say is changed
// by methods.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "cim/object_path.h"
#include "providers/linux/services/service.h"
#include "providers/linux/services/service_requests.h"

namespace wmi::linuxos {
namespace {

using enum ServiceReturn;

// These follow what the service does: what a client read a while ago is not a wish.
constexpr std::string_view kFollowing[] = {"AcceptPause", "AcceptStop", "ExitCode", "Name",
                                           "ProcessId",   "Started",    "State",    "Status"};

constexpr std::pair<std::string_view, std::string_view> kSetters[] = {
    {"DisplayName", "Change"}, {"PathName", "Change"}, {"StartName", "Change"}, {"StartMode", "ChangeStartMode"}};

std::string_view WordsOf(ServiceReturn code) {
  switch (code) {
    case kNotSupported:
      return "systemd or the kernel cannot do it";
    case kAccessDenied:
      return "this user may not; ask as root, or as a user whom polkit lets";
    case kInvalidControl:
      return "the service may not be stopped by hand";
    case kCannotAcceptControl:
      return "the service is not in a state for it";
    case kRequestTimeout:
      return "systemd did not answer in time";
    case kDatabaseLocked:
      return "systemd is busy with the service; try again";
    case kDependencyFailure:
      return "something that the service needs is not there";
    case kDisabled:
      return "the service is disabled; change its start mode first";
    case kCircularDependency:
      return "what the service needs, needs the service";
    default:
      return "systemd refused it; its journal says why";
  }
}

Status StatusOfReturn(ServiceReturn answer, const Unit& unit, std::string_view state) {
  if (answer == kAccepted) return Status();
  const Code code = answer == kAccessDenied     ? code::kAccessDenied
                    : answer == kRequestTimeout ? code::kTimedOut
                    : answer == kNotSupported   ? code::kNotSupported
                                                : code::kFailed;
  return Status(code, fmt::format("{} did not become {}: {}", unit.name, state, WordsOf(answer)));
}

Status Request(const Machine& machine, const Unit& unit, std::string_view old, std::string_view state) {
  if (EqualFolded(state, "Running")) {
    const ServiceReturn code = old == "Paused" ? ResumeUnit(machine, unit) : StartUnit(machine, unit);
    return StatusOfReturn(code == kAlreadyRunning ? kAccepted : code, unit, state);
  }
  if (EqualFolded(state, "Stopped")) return StatusOfReturn(StopUnit(machine, unit), unit, state);
  if (EqualFolded(state, "Paused")) {
    const ServiceReturn code = PauseUnit(machine, unit);
    return StatusOfReturn(code == kAlreadyPaused ? kAccepted : code, unit, state);
  }
  return Status(code::kInvalidParameter,
                fmt::format("{} cannot be set to the state '{}'; set it to Running, Stopped or Paused", unit.name,
                            ToUtf8(state)))
      .WithParameter("State");
}

cim::ValueView SlotOf(const cim::Object& instance, std::string_view property) {
  const auto slot = instance.schema().FindSlot(property);
  return slot ? instance.slot(*slot) : cim::ValueView();
}

// The instance as it is now, with what the given one has; an empty object when it went.
Result<cim::Object> Current(const Machine& machine, const cim::Object& given, std::string_view name) {
  provider::Request request;
  request.schema = given.schema_ptr();
  request.needed = cim::PropertySet();
  for (std::size_t slot = 0; slot < given.schema().properties().size(); ++slot) {
    if (!given.slot(slot).is_null()) request.needed.Add(slot);
  }
  request.keys.push_back({cim::Value::Text(std::string(name))});
  request.has_keys = true;
  SnapshotProvider<Service> provider(machine);
  const Result<std::unique_ptr<provider::InstanceStream>> stream = provider.Open(request);
  if (!stream.ok()) return stream.status();
  constexpr std::size_t kBytesMax = 1u << 20;
  provider::RowWriter writer(request, 1, kBytesMax);
  TRY((*stream)->Read(writer));
  if (!writer.incomplete().empty()) {
    return Status(code::kFailed, fmt::format("what is to change is not known, as {} cannot be read whole: {}", name,
                                             *writer.incomplete().begin()));
  }
  std::vector<cim::Object> rows;
  writer.Finish(rows);
  return rows.empty() ? cim::Object() : std::move(rows.front());
}

Status CheckReadOnly(const cim::Object& given, const cim::Object& current, std::string_view unit_name) {
  for (std::size_t slot = 0; slot < given.schema().properties().size(); ++slot) {
    const std::string& name = given.schema().properties()[slot].name;
    const cim::ValueView value = given.slot(slot);
    if (value.is_null() || cim::SameValue(value, current.slot(slot))) continue;
    const auto is_name = [&](std::string_view other) { return EqualFolded(other, name); };
    if (std::any_of(std::begin(kFollowing), std::end(kFollowing), is_name)) continue;
    const auto setter =
        std::find_if(std::begin(kSetters), std::end(kSetters), [&](const auto& entry) { return is_name(entry.first); });
    const std::string way =
        setter != std::end(kSetters)
            ? fmt::format("call the method {} to change it", setter->second)
            : std::string("only State is written, and the methods Change and ChangeStartMode change the set-up");
    return Status(code::kReadOnly, fmt::format("{} of {} is read-only; {}", name, unit_name, way)).WithParameter(name);
  }
  return Status();
}

}  // namespace

Result<std::string> Service::Put(const Machine& machine, const provider::PutRequest& request) {
  const cim::ValueView key = SlotOf(request.instance, "Name");
  if (key.kind() != cim::ValueKind::kText) {
    return Status(code::kInvalidObject, "the service has no Name; set it, such as ssh for ssh.service");
  }
  const Unit unit = TRY(FindService(machine, std::string(key.text())));
  if (request.mode == cim::PutMode::kCreateOnly) {
    return Status(code::kAlreadyExists, fmt::format("{} is there; update it instead", unit.name));
  }
  const cim::Object current = TRY(Current(machine, request.instance, key.text()));
  if (!current) return Status(code::kNotFound, fmt::format("{} has just gone", unit.name));
  TRY(CheckReadOnly(request.instance, current, unit.name));
  const cim::ValueView state = SlotOf(request.instance, "State");
  const cim::ValueView old = SlotOf(current, "State");
  if (state.kind() == cim::ValueKind::kText && !EqualFolded(state.text(), old.text())) {
    TRY(Request(machine, unit, old.text(), state.text()));
  }
  const std::optional<std::string> path = cim::RelativePath(request.instance);
  if (!path) return Status(code::kInvalidObject, "the service has no path");
  return *path;
}

}  // namespace wmi::linuxos
