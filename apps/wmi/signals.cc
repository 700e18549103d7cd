#include "wmi/signals.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace wmi::cli {

namespace {

// A handler reaches nothing but globals.
std::atomic<int> g_caught{0};
int g_pipe[2] = {-1, -1};
struct sigaction g_old_int;
struct sigaction g_old_term;
struct sigaction g_old_pipe;

static_assert(std::atomic<int>::is_always_lock_free, "a signal handler must not wait");

void Note(int number) {
  const int saved_errno = errno;
  int none = 0;
  g_caught.compare_exchange_strong(none, number);
  const char byte = 0;
  // A full pipe is readable already.
  if (::write(g_pipe[1], &byte, 1) < 0) errno = saved_errno;
  errno = saved_errno;
}

}  // namespace

Signals::Signals() {
  g_caught = 0;
  if (::pipe2(g_pipe, O_CLOEXEC | O_NONBLOCK) != 0) g_pipe[0] = g_pipe[1] = -1;
  struct sigaction action = {};
  action.sa_handler = Note;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, &g_old_int);
  ::sigaction(SIGTERM, &action, &g_old_term);
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  ::sigaction(SIGPIPE, &action, &g_old_pipe);
}

Signals::~Signals() {
  ::sigaction(SIGINT, &g_old_int, nullptr);
  ::sigaction(SIGTERM, &g_old_term, nullptr);
  ::sigaction(SIGPIPE, &g_old_pipe, nullptr);
  if (g_pipe[0] >= 0) ::close(g_pipe[0]);
  if (g_pipe[1] >= 0) ::close(g_pipe[1]);
  g_pipe[0] = g_pipe[1] = -1;
}

int Signals::descriptor() const { return g_pipe[0]; }
int Signals::caught() const { return g_caught; }

}  // namespace wmi::cli
