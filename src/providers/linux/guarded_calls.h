// GuardedCalls: system calls that may never return (a dead server's file system, name services, a device that hangs),
// each on a thread of its own with a deadline.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/mutex.h"

namespace wmi::linuxos {

// Safe from several threads. A thread that is left behind keeps what it works on and nothing of this object but a
// counted reference; one that is stuck is not asked the same again until it returns.
class GuardedCalls {
 public:
  enum class Outcome {
    kDone,
    kTimedOut,  // it did not return in time
    kStuck,     // an earlier call to the same place is still out: not asked again
    kRefused,   // too many calls are out, or no thread could be had
  };
  static constexpr std::chrono::milliseconds kDeadline{2000};
  static constexpr std::size_t kOutMax = 16;

  GuardedCalls();
  // Does not wait for calls that are out.
  virtual ~GuardedCalls();
  GuardedCalls(const GuardedCalls&) = delete;
  GuardedCalls& operator=(const GuardedCalls&) = delete;

  // Runs `work` and waits for it. `place` names what may hang: "/mnt/share", "passwd". `work` owns what it uses: it may
  // go on after this returns. Its result goes through what it owns, which is only to be looked at after kDone.
  virtual Outcome Run(const std::string& place, std::function<void()> work,
                      std::chrono::milliseconds deadline = kDeadline);

  // That of the process; never destroyed, because threads may be left behind at its end.
  static GuardedCalls& Real();

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

// The same with a value: nothing when it did not come in time.
template <typename Value>
std::optional<Value> RunGuarded(GuardedCalls& calls, const std::string& place, std::function<Value()> work,
                                std::chrono::milliseconds deadline = GuardedCalls::kDeadline) {
  auto result = std::make_shared<std::optional<Value>>();
  const auto outcome = calls.Run(place, [result, work = std::move(work)] { *result = work(); }, deadline);
  if (outcome != GuardedCalls::Outcome::kDone) return std::nullopt;
  return std::move(*result);
}

}  // namespace wmi::linuxos
