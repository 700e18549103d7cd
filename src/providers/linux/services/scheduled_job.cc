#include "providers/linux/services/scheduled_job.h"

#include <limits>
#include <set>
#include <utility>

#include "cim/datetime.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kTimers = 1u << 0;
constexpr SourceSet kTimer = 1u << 1;
constexpr SourceSet kService = 1u << 2;

constexpr Source kSources[] = {
    {kTimers, "`ListUnitsByPatterns` of systemd", Cost::kService},
    {kTimer, "the properties of the timer", Cost::kService},
    {kService, "the properties of the unit that it starts", Cost::kService},
};

using View = ScheduledJobView;

void WriteDescription(const View& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.unit.description);
}

// Timers on the calendar come again; of the others those that count from the last run do.
void WriteRepeats(const View& view, RowWriter& row, std::size_t slot) {
  const BusValue* const calendar = view.timer.Find("TimersCalendar");
  const BusValue* const monotonic = view.timer.Find("TimersMonotonic");
  if (calendar == nullptr || monotonic == nullptr) return;
  bool repeats = !calendar->list().empty();
  for (const BusValue& item : monotonic->list()) {
    if (item.list().empty()) continue;
    const std::string& base = item.list().front().text();
    repeats = repeats || base == "OnUnitActiveUSec" || base == "OnUnitInactiveUSec";
  }
  row.SetBoolean(slot, repeats);
}

void WriteNext(const View& view, RowWriter& row, std::size_t slot) {
  const std::uint64_t next = NumberOf(view.timer, "NextElapseUSecRealtime");
  // 0 and the largest number: it counts from the start of the machine, or will not come.
  constexpr std::uint64_t kMax = std::uint64_t{253'402'300'799} * 1'000'000;
  if (next != 0 && next <= kMax) row.SetText(slot, cim::FormatLocalDatetime(static_cast<std::int64_t>(next)));
}

void WriteResult(const View& view, RowWriter& row, std::size_t slot) {
  const std::string& result = TextOf(view.service, "Result");
  // A unit that never ran says "success" too.
  if (result.empty() || NumberOf(view.timer, "LastTriggerUSec") == 0) return;
  row.SetText(slot, result == "success" ? "Success" : "Failure");
}

constexpr Column<View> kColumns[] = {
    {"Caption", kTimers, WriteDescription},
    {"Command", kTimer | kService,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, CommandLineOf(v.service)); },
     "the first command of `ExecStart`"},
    {"Description", kTimers, WriteDescription},
    {"JobId", kTimers, [](const View& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.id); },
     "a number made of the name of the timer: the same at all times and on all machines"},
    {"JobStatus", kTimer | kService, WriteResult, "`Result` of the last run. NULL for a timer that never came."},
    {"Name", kTimers, [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.unit.name); }},
    {"Owner", kTimer | kService,
     [](const View& v, RowWriter& row, std::size_t slot) {
       const BusValue* const user = v.service.Find("User");
       if (user != nullptr) row.SetText(slot, user->text().empty() ? "root" : std::string_view(user->text()));
     },
     "`User`; `root` when it names none. NULL when the timer starts no service."},
    {"RunRepeatedly", kTimer, WriteRepeats, "it has `OnCalendar`, `OnUnitActiveSec` or `OnUnitInactiveSec`"},
    {"StartTime", kTimer, WriteNext, "`NextElapseUSecRealtime`. NULL for a timer that counts from the start."},
};

}  // namespace

std::uint32_t JobIdOf(std::string_view unit_name) {
  // FNV-1a.
  std::uint32_t hash = 2'166'136'261u;
  for (const char c : unit_name) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return hash;
}

std::span<const Source> ScheduledJob::Sources() { return kSources; }
std::span<const Column<ScheduledJobView>> ScheduledJob::Columns() { return kColumns; }

Status ScheduledJob::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  UnitList list = ListUnits(machine, {"*.timer"});
  std::set<std::uint32_t> ids;
  for (Unit& unit : list.units) {
    if (asked.stopped()) break;
    if (unit.active_state != "active") continue;
    View view;
    view.id = JobIdOf(unit.name);
    // Two names with one number cannot both be instances.
    if (!ids.insert(view.id).second) continue;
    view.unit = std::move(unit);
    if (asked.Wants(kTimer | kService)) {
      BusAnswer timer = UnitProperties(machine, view.unit.path);
      if (timer.outcome == BusAnswer::Outcome::kTimedOut) {
        list.failure = std::move(timer);
        break;
      }
      view.timer = FirstValue(std::move(timer));
    }
    if (asked.Wants(kService) && !TextOf(view.timer, "Unit").empty()) {
      BusAnswer service = UnitProperties(machine, UnitPath(TextOf(view.timer, "Unit")));
      if (service.outcome == BusAnswer::Outcome::kTimedOut) {
        list.failure = std::move(service);
        break;
      }
      view.service = FirstValue(std::move(service));
    }
    out.push_back(std::move(view));
  }
  return StatusOf(list.failure, "timers");
}

}  // namespace wmi::linuxos
