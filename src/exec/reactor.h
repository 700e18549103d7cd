// Reactor: one thread that waits until descriptors can be read, for those who are told things by the kernel or a
// daemon.
#pragma once

#include <functional>
#include <memory>

#include "base/status.h"

namespace wmi::exec {

// Safe from several threads. Its thread starts with the first descriptor and ends with the last: a program that nobody
// tells anything has none. Destroyed after all its watches.
class Reactor {
 public:
  // Held by who watches. The destructor takes the descriptor out and waits until `ready` is not running, unless it is
  // called by `ready` of this or of another watch; from then on it is not called. Who destroys it holds no lock that
  // `ready` takes. The descriptor stays the watcher's, who closes it later.
  class Watch {
   public:
    virtual ~Watch() = default;
  };

  // When `ready` is called.
  enum class When {
    kReadable,  // while there is something to read
    // Whenever the kernel says that something has changed. For what tells a change to whoever asks first, as the table
    // of mounts does: asking again before each wait would take it away.
    kChanged,
  };

  Reactor();
  // Waits a bounded time until the thread has ended, unless it is called on that thread.
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Calls `ready` on the reactor's thread, one call at a time, while there is something to read (or the other end has
  // gone, which reading tells). `ready` is our own short code: it reads without waiting and bounds what it does in one
  // call. `fd` is a socket, pipe, eventfd, timerfd, inotify, epoll descriptor … that is non-blocking, and is watched
  // once only. What can always be read, as files of /proc, goes into an epoll descriptor of the watcher's own
  // (EPOLLET).
  //
  // When reading tells the end or an error, the watcher gives up the Watch. If it does not, `ready` is called a few
  // times more, and then only when something changes.
  //
  // A `ready` that throws std::bad_alloc has been called; it is called again as long as there is something to read.
  // What it had read by then is lost, so who cannot do without catches the exception himself.
  //
  // The first call may come before Add has returned. A failure names the system call; nothing is watched then. Throws
  // std::bad_alloc, likewise.
  Result<std::unique_ptr<Watch>> Add(int fd, std::function<void()> ready, When when = When::kReadable);

 private:
  class Loop;
  const std::shared_ptr<Loop> loop_;
};

}  // namespace wmi::exec
