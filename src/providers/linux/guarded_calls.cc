#include "providers/linux/guarded_calls.h"

#include <set>
#include <system_error>
#include <thread>

namespace wmi::linuxos {

struct GuardedCalls::State {
  Mutex mutex;
  CondVar returned;
  std::set<std::string> out WMI_GUARDED_BY(mutex);  // the places of the calls that have not returned
};

GuardedCalls::GuardedCalls() : state_(std::make_shared<State>()) {}
GuardedCalls::~GuardedCalls() = default;

GuardedCalls::Outcome GuardedCalls::Run(const std::string& place, std::function<void()> work,
                                        std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  auto is_done = std::make_shared<bool>(false);  // guarded by state_->mutex
  MutexLock lock(state_->mutex);
  // Somebody else may ask the same at this moment, and be answered soon.
  while (state_->out.contains(place)) {
    if (!state_->returned.WaitUntil(lock, until)) return Outcome::kStuck;
  }
  if (state_->out.size() >= kOutMax) return Outcome::kRefused;
  state_->out.insert(place);
  auto run = [state = state_, place, is_done, work = std::move(work)]() mutable {
    work();
    work = nullptr;  // what it owns is let go before anybody is told
    MutexLock own(state->mutex);
    state->out.erase(place);
    *is_done = true;
    state->returned.NotifyAll();
  };
  try {
    // The pools of src/exec join their threads, and this one may never come back.
    std::thread(std::move(run)).detach();  // NOLINT(banned): left behind by design, with all that it uses
  } catch (const std::system_error&) {
    state_->out.erase(place);
    return Outcome::kRefused;
  }
  while (!*is_done) {
    if (!state_->returned.WaitUntil(lock, until) && !*is_done) return Outcome::kTimedOut;
  }
  return Outcome::kDone;
}

GuardedCalls& GuardedCalls::Real() {
  static auto* const calls = new GuardedCalls;
  return *calls;
}

}  // namespace wmi::linuxos
