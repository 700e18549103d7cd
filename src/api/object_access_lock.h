// AccessLock: what IWbemObjectAccess::Lock holds and every write of a class object passes through.
#pragma once

#include <atomic>
#include <cstdint>

namespace wmi::api {

// Excludes other threads; the thread that holds it may take it again. Eight bytes, since every object of a batch has
// one: a mutex with a condition variable would be larger than the rest of the object. Safe from any thread. Lock has no
// deadline, because WMI gives it none; who holds it is the program's own thread.
class AccessLock {
 public:
  AccessLock() = default;
  AccessLock(const AccessLock&) = delete;
  AccessLock& operator=(const AccessLock&) = delete;

  void Lock() {
    const std::uint32_t self = ThisThread();
    if (owner_.load(std::memory_order_relaxed) == self) {  // nobody else writes this thread's number
      ++depth_;
      return;
    }
    std::uint32_t owner = kNobody;
    // Acquire pairs with the release in Unlock: what the last owner wrote comes before what this one does.
    while (!owner_.compare_exchange_weak(owner, self, std::memory_order_acquire, std::memory_order_relaxed)) {
      if (owner != kNobody) owner_.wait(owner, std::memory_order_relaxed);
      owner = kNobody;
    }
    depth_ = 1;
  }

  // False, and nothing changed, when this thread does not hold it.
  bool Unlock() {
    if (owner_.load(std::memory_order_relaxed) != ThisThread()) return false;
    if (--depth_ == 0) {
      owner_.store(kNobody, std::memory_order_release);
      owner_.notify_one();
    }
    return true;
  }

  // Holds the lock for a scope.
  class Scope {
   public:
    explicit Scope(AccessLock& lock) : lock_(lock) { lock_.Lock(); }
    ~Scope() { lock_.Unlock(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    AccessLock& lock_;
  };

 private:
  static constexpr std::uint32_t kNobody = 0;

  // A number of its own for each thread.
  static std::uint32_t ThisThread();

  std::atomic<std::uint32_t> owner_{kNobody};
  std::uint32_t depth_ = 0;  // of the owner, which alone touches it
};

}  // namespace wmi::api
