// Reactor: one thread that waits until descriptors can be read, for those who are told things by the kernel or a
// daemon.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>

#include "base/mutex.h"
#include "base/status.h"

namespace wmi::exec {

// Safe from several threads. Its thread starts with the first descriptor and ends with the last: a program that nobody
// tells anything has none. Destroyed after all its watches.
class Reactor {
 public:
  // Held by who watches. The destructor takes the descriptor out and waits until `ready` is not running, unless it is
  // called by `ready` itself; from then on it is not called. The descriptor stays the watcher's, who closes it later.
  class Watch {
   public:
    virtual ~Watch() = default;
  };

  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Calls `ready` on the reactor's thread, one call at a time, while there is something to read (or the other end has
  // gone, which reading tells). `ready` is our own short code: it reads without waiting and bounds what it does in one
  // call. `fd` is a socket, pipe, eventfd, timerfd, inotify … that is non-blocking. A failure names the system call.
  Result<std::unique_ptr<Watch>> Add(int fd, std::function<void()> ready);

 private:
  class Loop;
  const std::shared_ptr<Loop> loop_;
};

}  // namespace wmi::exec
