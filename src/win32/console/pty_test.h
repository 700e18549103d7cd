// A child process with a terminal of its own, and the person at it. For tests.
#pragma once

#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace wmi::win32 {

class PtyChild {
 public:
  // The child ends with the value of `body`.
  explicit PtyChild(const std::function<int()>& body) {
    pid_ = forkpty(&master_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    alarm(30);  // so that a child that waits for ever does not
    _exit(body());
  }
  ~PtyChild() {
    if (pid_ > 0 && !waited_) {
      kill(pid_, SIGKILL);
      Wait();
    }
    close(master_);
  }
  PtyChild(const PtyChild&) = delete;
  PtyChild& operator=(const PtyChild&) = delete;

  pid_t pid() const { return pid_; }

  void Type(std::string_view text) const { static_cast<void>(!write(master_, text.data(), text.size())); }

  // Everything shown since the last call, up to `marker` and including it; without it after ten seconds or at the end.
  std::string ReadUntil(std::string_view marker) {
    for (;;) {
      const std::size_t found = shown_.find(marker);
      if (found != std::string::npos) return Take(found + marker.size());
      pollfd file = {master_, POLLIN, 0};
      char piece[512];
      const ssize_t count = poll(&file, 1, 10000) > 0 ? read(master_, piece, sizeof(piece)) : -1;
      if (count <= 0) return Take(shown_.size());
      shown_.append(piece, static_cast<std::size_t>(count));
    }
  }
  std::string ReadRest() { return ReadUntil("\x01 never shown"); }

  // The settings of the terminal; those of the child's side.
  tcflag_t local_flags() const {
    termios settings{};
    tcgetattr(master_, &settings);
    return settings.c_lflag;
  }
  bool echoes() const { return (local_flags() & ECHO) != 0; }
  bool reads_lines() const { return (local_flags() & ICANON) != 0; }

  // Until the child waits for a key: what is typed before is shown.
  void AwaitKeyMode() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (reads_lines() && std::chrono::steady_clock::now() < deadline) sched_yield();
  }

  // The exit code; 1000 + the signal that ended it; 2000 + the one that stopped it.
  int Wait(int flags = 0) {
    int status = 0;
    if (waitpid(pid_, &status, flags) != pid_) return -1;
    if (WIFSTOPPED(status)) return 2000 + WSTOPSIG(status);
    waited_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }

 private:
  std::string Take(std::size_t count) {
    std::string taken = shown_.substr(0, count);
    shown_.erase(0, count);
    return taken;
  }

  int master_ = -1;
  pid_t pid_ = -1;
  bool waited_ = false;
  std::string shown_;
};

}  // namespace wmi::win32
