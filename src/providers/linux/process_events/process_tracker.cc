#include "providers/linux/process_events/process_tracker.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace wmi::linuxos {

void ProcessTracker::Take(const ProcessMessage& message) {
  switch (message.kind) {
    case ProcessMessage::Kind::kFork:
      return TakeFork(message);
    case ProcessMessage::Kind::kProgram:
      return TakeProgram(message);
    case ProcessMessage::Kind::kExit:
      return TakeExit(message);
    case ProcessMessage::Kind::kName: {
      const auto pending = pending_.find(message.process_id);
      if (message.is_first_thread() && pending != pending_.end()) pending->second.name = message.name.data();
      return;
    }
    case ProcessMessage::Kind::kAcknowledgement:
    case ProcessMessage::Kind::kOther:
      return;
  }
}

void ProcessTracker::TakeFork(const ProcessMessage& message) {
  if (!message.is_first_thread()) return;
  const std::int32_t id = message.process_id;
  // The number was given again: who had it has gone, though nobody said so.
  if (TellStart(id, false)) {
    output_.Ended({.id = id, .time_ns = message.time_ns});
  } else {
    TellEnd(id);
  }
  StartedProcess process{.id = id, .parent_id = message.parent_id, .time_ns = message.time_ns};
  if (pending_.size() >= kPendingMax) return output_.Started(process);
  pending_.emplace(id, std::move(process));
}

void ProcessTracker::TakeProgram(const ProcessMessage& message) {
  // The thread that runs the program takes the number of the first one, whose end may have been told before.
  doubts_.erase(message.process_id);
  if (!TellStart(message.process_id, true)) output_.Changed(message.process_id);
}

void ProcessTracker::TakeExit(const ProcessMessage& message) {
  const std::int32_t id = message.process_id;
  if (!message.is_first_thread()) {
    const auto doubt = doubts_.find(id);
    if (doubt != doubts_.end() && doubt->second.first_thread_ended && !output_.IsRunning(id)) TellEnd(id);
    return;
  }
  TellStart(id, false);
  doubts_.erase(id);
  const EndedProcess end{
      .id = id, .parent_id = message.parent_id, .time_ns = message.time_ns, .wait_status = message.wait_status};
  if (output_.IsRunning(id)) {
    AddDoubt(end, true);
  } else {
    output_.Ended(end);
  }
}

bool ProcessTracker::TellStart(std::int32_t id, bool runs_own_program) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return false;
  StartedProcess process = std::move(found->second);
  pending_.erase(found);
  process.runs_own_program = runs_own_program;
  output_.Started(process);
  return true;
}

void ProcessTracker::TellEnd(std::int32_t id) {
  const auto found = doubts_.find(id);
  if (found == doubts_.end()) return;
  const EndedProcess end = found->second.end;
  doubts_.erase(found);
  output_.Ended(end);
}

void ProcessTracker::AddDoubt(const EndedProcess& end, bool first_thread_ended) {
  // More than that never wait at once unless something is very wrong; the oldest number gives way.
  if (doubts_.size() >= kPendingMax) TellEnd(doubts_.begin()->first);
  doubts_[end.id] = {end, first_thread_ended, 0, end.time_ns + kPatience};
}

void ProcessTracker::Lose(std::uint64_t now_ns) {
  // What was waited for may have been said in what is lost.
  for (auto& [id, doubt] : doubts_) {
    doubt.looks = 0;
    doubt.next_look_ns = now_ns + kPatience;
  }
  while (!pending_.empty()) {
    const std::int32_t id = pending_.begin()->first;
    const std::int32_t parent_id = pending_.begin()->second.parent_id;
    TellStart(id, false);
    AddDoubt({.id = id, .parent_id = parent_id, .time_ns = now_ns}, false);
  }
}

void ProcessTracker::Expire(std::uint64_t now_ns) {
  std::vector<std::int32_t> due;
  for (const auto& [id, process] : pending_) {
    if (process.time_ns + kPatience <= now_ns) due.push_back(id);
  }
  for (const std::int32_t id : due) TellStart(id, false);

  due.clear();
  for (const auto& [id, doubt] : doubts_) {
    if (doubt.looks < kLooksMax && doubt.next_look_ns <= now_ns) due.push_back(id);
  }
  for (const std::int32_t id : due) {
    if (!output_.IsRunning(id)) {
      TellEnd(id);
      continue;
    }
    Doubt& doubt = doubts_.at(id);
    ++doubt.looks;
    doubt.next_look_ns = now_ns + (kPatience << doubt.looks);
    // It lives, and its end will be told.
    if (doubt.looks == kLooksMax && !doubt.first_thread_ended) doubts_.erase(id);
  }
}

std::optional<std::uint64_t> ProcessTracker::next_time() const {
  std::optional<std::uint64_t> next;
  const auto take = [&next](std::uint64_t time) { next = next ? std::min(*next, time) : time; };
  for (const auto& [id, process] : pending_) take(process.time_ns + kPatience);
  for (const auto& [id, doubt] : doubts_) {
    if (doubt.looks < kLooksMax) take(doubt.next_look_ns);
  }
  return next;
}

}  // namespace wmi::linuxos
