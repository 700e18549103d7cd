#include "engine/timer_events.h"

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/mutex.h"
#include "base/text.h"
#include "cim/datetime.h"
#include "events/event_objects.h"

namespace wmi::engine {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// A wait for a time of day is looked at again after that, because the clock on the wall may be set meanwhile.
constexpr auto kWallClockWaitMax = std::chrono::hours(1);

cim::ValueView ValueOf(const cim::Object& object, std::string_view property) {
  const auto slot = object.schema().FindSlot(property);
  return slot ? object.slot(*slot) : cim::ValueView();
}

// One timer. `at`: when it fires next; of an absolute one, in microseconds since 1970.
struct Instruction {
  std::string id;
  bool skips_passed = false;
  Duration interval = {};                     // of an interval timer, else zero
  std::optional<std::int64_t> at_wall_clock;  // of an absolute one
};

// Nothing for an instruction that does not say when: such a one never fires.
std::optional<Instruction> ReadInstruction(const cim::Object& object) {
  Instruction instruction;
  const cim::ValueView id = ValueOf(object, "TimerId");
  if (id.kind() != cim::ValueKind::kText) return std::nullopt;
  instruction.id = std::string(id.text());
  const cim::ValueView skips = ValueOf(object, "SkipIfPassed");
  instruction.skips_passed = skips.kind() == cim::ValueKind::kBoolean && skips.boolean();
  const cim::ValueView interval = ValueOf(object, "IntervalBetweenEvents");
  if (interval.kind() == cim::ValueKind::kUnsigned && interval.unsigned_integer() > 0) {
    instruction.interval = milliseconds(interval.unsigned_integer());
    return instruction;
  }
  const cim::ValueView when = ValueOf(object, "EventDateTime");
  if (when.kind() != cim::ValueKind::kText) return std::nullopt;
  const Result<cim::Datetime> parsed = cim::ParseDatetime(when.text());
  if (!parsed.ok() || parsed->is_interval || !parsed->is_complete) return std::nullopt;
  instruction.at_wall_clock = parsed->microseconds;
  return instruction;
}

// The timers of one namespace. Its own receiver of what happens to instructions; the hub holds it weakly through Ear.
class Timers final : public std::enable_shared_from_this<Timers> {
 public:
  Timers(TimerEvents::Tools tools, cim::ClassPtr event, std::shared_ptr<provider::EventListener> listener)
      : tools_(std::move(tools)), event_(std::move(event)), listener_(std::move(listener)) {}

  void Start(const cim::Object& object) {
    const std::optional<Instruction> instruction = ReadInstruction(object);
    if (!instruction) return;
    const TimePoint now = tools_.clock->Now();
    MutexLock lock(mutex_);
    Running& running = running_[instruction->id];
    running.instruction = *instruction;
    running.next = now + instruction->interval;
    // What has passed long ago is made up for once, unless it is to be skipped.
    if (instruction->at_wall_clock && *instruction->at_wall_clock <= tools_.wall_clock() && instruction->skips_passed) {
      running_.erase(instruction->id);
      return;
    }
    Arm(running);
  }
  void Stop(const cim::Object& object) {
    const cim::ValueView id = ValueOf(object, "TimerId");
    if (id.kind() != cim::ValueKind::kText) return;
    MutexLock lock(mutex_);
    running_.erase(std::string(id.text()));
  }

 private:
  struct Running {
    Instruction instruction;
    TimePoint next{};
    std::unique_ptr<exec::TimerQueue::Entry> entry;
  };

  void Arm(Running& running) WMI_REQUIRES(mutex_) {
    TimePoint at = running.next;
    if (running.instruction.at_wall_clock) {
      const microseconds left(*running.instruction.at_wall_clock - tools_.wall_clock());
      at = tools_.clock->Now() + std::clamp<Duration>(left, Duration::zero(), kWallClockWaitMax);
    }
    running.entry = tools_.timers->At(at, [weak = weak_from_this(), id = running.instruction.id] {
      if (const auto self = weak.lock()) self->DueSafely(id);
    });
  }

  // On the thread of the alarm, which knows no exceptions. A timer for which there is no memory fires no more.
  void DueSafely(const std::string& id) noexcept {
    try {
      Due(id);
    } catch (const std::bad_alloc&) {
      MutexLock lock(mutex_);
      const auto found = running_.find(id);
      if (found != running_.end()) running_.erase(found);
    }
  }

  void Due(const std::string& id) {
    std::uint64_t firings = 1;
    {
      MutexLock lock(mutex_);
      const auto found = running_.find(id);
      if (found == running_.end()) return;
      Running& running = found->second;
      if (!running.instruction.at_wall_clock) {
        firings = CountFirings(running);
        Arm(running);
      } else if (tools_.wall_clock() < *running.instruction.at_wall_clock) {
        firings = 0;
        Arm(running);
      } else {
        running_.erase(found);
      }
    }
    if (firings > 0) Fire(id, firings);
  }

  // Those that are due, in one event; one that skips what has passed counts the last only.
  std::uint64_t CountFirings(Running& running) const {
    const Duration interval = running.instruction.interval;
    const TimePoint now = tools_.clock->Now();
    if (now < running.next) return 0;
    const auto passed = static_cast<std::uint64_t>((now - running.next) / interval);
    running.next += interval * (passed + 1);
    return running.instruction.skips_passed ? 1 : passed + 1;
  }

  void Fire(const std::string& id, std::uint64_t firings) {
    listener_->Fire(events::MakeEvent(event_, {{"NumFirings", firings}, {"TimerId", id}}));
  }

  const TimerEvents::Tools tools_;
  const cim::ClassPtr event_;
  const std::shared_ptr<provider::EventListener> listener_;
  Mutex mutex_;
  std::unordered_map<std::string, Running, FoldedHash, FoldedEqual> running_ WMI_GUARDED_BY(mutex_);
};

// Hears what becomes of the instructions.
class InstructionReceiver final : public EventReceiver {
 public:
  explicit InstructionReceiver(std::weak_ptr<Timers> timers) : timers_(std::move(timers)) {}
  void Offer(const cim::Object& event) override {
    const std::shared_ptr<Timers> timers = timers_.lock();
    const cim::ValueView target = ValueOf(event, "TargetInstance");
    if (!timers || target.kind() != cim::ValueKind::kObject) return;
    if (event.schema().IsA("__InstanceDeletionEvent")) {
      timers->Stop(*target.object());
    } else {
      timers->Start(*target.object());
    }
  }

 private:
  const std::weak_ptr<Timers> timers_;
};

class TimersListening final : public provider::Listening {
 public:
  TimersListening(std::shared_ptr<Timers> timers, std::unique_ptr<EventHub::Entry> entry,
                  std::unique_ptr<ForeignChanges::Member> others)
      : timers_(std::move(timers)), entry_(std::move(entry)), others_(std::move(others)) {}

 private:
  const std::shared_ptr<Timers> timers_;
  const std::unique_ptr<EventHub::Entry> entry_;
  const std::unique_ptr<ForeignChanges::Member> others_;
};

}  // namespace

Result<std::unique_ptr<provider::Listening>> TimerEvents::Listen(const provider::EventRequest& request, exec::Reactor&,
                                                                 std::shared_ptr<provider::EventListener> listener) {
  const std::string& name_space = request.schema->home()->name_space;
  auto timers = std::make_shared<Timers>(tools_, request.schema, std::move(listener));
  // First the ear: what is put while the list is read is started twice, which is once.
  auto entry = tools_.hub->Add(std::make_shared<InstructionReceiver>(timers),
                               {name_space, "__InstanceOperationEvent", "__TimerInstruction"});
  store::SubjectSet instances;
  instances.Add(store::Change::Subject::kInstance);
  auto others = TRY(tools_.others->Join(instances));
  for (const char* class_name : {"__IntervalTimerInstruction", "__AbsoluteTimerInstruction"}) {
    for (const cim::Object& instruction : TRY(tools_.repository->ListInstances(name_space, class_name))) {
      timers->Start(instruction);
    }
  }
  return std::unique_ptr<provider::Listening>(
      std::make_unique<TimersListening>(std::move(timers), std::move(entry), std::move(others)));
}

}  // namespace wmi::engine
