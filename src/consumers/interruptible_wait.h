// Waits of a consumer: they end when a descriptor is ready, when their time is over, or when a stop is requested.
#pragma once

#include <optional>
#include <stop_token>
#include <utility>

#include "base/clock.h"

namespace wmi::consumers {

// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void Close() { Descriptor closed(std::move(*this)); }

 private:
  int number_;
};

enum class Waited { kReady, kTimedOut, kStopped, kFailed };

// For one thread at a time; a stop may be requested on any.
class InterruptibleWait {
 public:
  explicit InterruptibleWait(const std::stop_token& stop);
  InterruptibleWait(const InterruptibleWait&) = delete;
  InterruptibleWait& operator=(const InterruptibleWait&) = delete;

  // `descriptor` -1: only the time and the stop count. `events` are those of poll(2). kFailed leaves errno.
  Waited ForDescriptor(int descriptor, short events, TimePoint deadline) const;
  // Until then, or until a stop is requested.
  Waited Until(TimePoint deadline) const { return ForDescriptor(-1, 0, deadline); }

  bool is_stopped() const { return stop_.stop_requested(); }

 private:
  struct Signal {
    int descriptor;
    void operator()() const;
  };

  const std::stop_token stop_;
  const Descriptor event_;  // closed after the callback is gone
  const int error_;         // why there is no event_
  std::optional<std::stop_callback<Signal>> on_stop_;
};

}  // namespace wmi::consumers
