// Notice: what a source tells the client while it works: progress, and the messages of IWbemObjectSinkEx (contract 2.3,
// 2.7). Delivered in order with the rows' callbacks, one at a time, never after the final status.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "cim/row.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::engine {

// Done so far and total, each at most 65535 because they travel in one number (contract 2.3).
struct Progress {
  std::uint16_t done = 0;
  std::uint16_t total = 0;

  // Larger counts are scaled down together.
  static Progress Of(std::uint64_t done, std::uint64_t total) {
    constexpr std::uint64_t kMax = 0xffff;
    done = std::min(done, total);
    if (total > kMax) {
      // Divide first where the product would not fit.
      done = total > (~std::uint64_t{0} / kMax) ? done / (total / kMax) : done * kMax / total;
      total = kMax;
    }
    return {static_cast<std::uint16_t>(std::min(done, kMax)), static_cast<std::uint16_t>(total)};
  }
  bool operator==(const Progress&) const = default;
};

// IWbemObjectSinkEx::WriteProgress.
struct Activity {
  std::string activity;
  std::string current_operation;
  std::string description;
  std::uint32_t percent = 0;
  std::uint32_t seconds_remaining = 0;
};

// WriteMessage.
struct Message {
  std::uint32_t channel = 0;
  std::string text;
};

// The answer of a client to a question; the asking thread waits for it. Safe from several threads.
class Reply {
 public:
  // The first answer counts. Also called when nobody will answer any more.
  void Give(Code code, std::uint8_t value) {
    MutexLock lock(mutex_);
    if (given_) return;
    given_ = true;
    code_ = code;
    value_ = value;
    changed_.NotifyAll();
  }
  // kTimedOut when there is no answer by the deadline.
  Code Wait(TimePoint deadline, std::uint8_t& value) {
    MutexLock lock(mutex_);
    while (!given_) {
      if (!changed_.WaitUntil(lock, deadline) && !given_) return code::kTimedOut;
    }
    value = value_;
    return code_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool given_ WMI_GUARDED_BY(mutex_) = false;
  Code code_ WMI_GUARDED_BY(mutex_) = code::kOk;
  std::uint8_t value_ WMI_GUARDED_BY(mutex_) = 0;
};

// Answers for the client when the question is dropped unasked: the call has ended.
class ReplyHolder {
 public:
  ReplyHolder() : reply_(std::make_shared<Reply>()) {}
  ~ReplyHolder() { reply_->Give(code::kCallCancelled, 0); }
  ReplyHolder(const ReplyHolder&) = delete;
  ReplyHolder& operator=(const ReplyHolder&) = delete;
  const std::shared_ptr<Reply>& reply() const { return reply_; }

 private:
  const std::shared_ptr<Reply> reply_;
};

// PromptUser.
struct Question {
  std::string text;
  std::uint8_t type = 0;
  std::shared_ptr<ReplyHolder> answer;
};

// WriteError: an error that does not end the call.
struct PassingError {
  cim::Object error;
  std::shared_ptr<ReplyHolder> answer;
};

// WriteStreamParameter.
struct StreamParameter {
  std::string name;
  cim::DataType type;
  cim::Value value;
  std::uint32_t cim_type = 0;  // as the provider said it
  std::uint32_t flags = 0;
};

// Rows of a subscription that the client was too slow to take (contract 6.2).
struct Lost {
  std::uint64_t count = 0;
};

using Notice = std::variant<Progress, Activity, Message, Question, PassingError, StreamParameter, Lost>;

}  // namespace wmi::engine
