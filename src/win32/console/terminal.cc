#include "win32/console/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "base/mutex.h"

namespace wmi::win32 {
namespace {

// Held by the one user of the terminal for as long as the person at it needs.
constinit Mutex in_use;

enum class Mode { kLine, kHiddenLine, kKey };

// What RestoreTerminal puts back. `changed` is stored with release after the others and read with acquire before them.
struct Changed {
  std::atomic<bool> changed = false;
  int file = -1;
  termios before{};
};
constinit Changed state;

// Where the signal handler reports; -1 while nobody reads.
constinit std::atomic<int> report_to = -1;

// Those that end or stop a program by default, and SIGCONT, since whoever stopped it may have changed the settings.
constexpr std::array<int, 6> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};

void ReportSignal(int number) {
  const int kept = errno;
  const auto byte = static_cast<unsigned char>(number);
  // A full pipe holds a signal already.
  [[maybe_unused]] const ssize_t written = write(report_to.load(), &byte, 1);
  errno = kept;
}

bool IsStop(int number) { return number == SIGTSTP || number == SIGCONT; }

void SetAttributes(int file, const termios& settings) {
  while (tcsetattr(file, TCSADRAIN, &settings) != 0 && errno == EINTR) {
  }
}

// Catches the signals that would leave the terminal changed, and tells of them through a pipe: any thread may be the
// one that a signal interrupts.
class SignalWatch {
 public:
  SignalWatch() {
    if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) return;  // then they act at once, as they would without us
    report_to.store(pipe_[1]);
    struct sigaction report{};
    report.sa_handler = ReportSignal;
    sigfillset(&report.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], nullptr, &before_[i]);
      caught_[i] = before_[i].sa_handler != SIG_IGN;  // a program that ignores it does not end by it
      if (caught_[i]) sigaction(kSignals[i], &report, nullptr);
    }
  }

  ~SignalWatch() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      if (caught_[i]) sigaction(kSignals[i], &before_[i], nullptr);
    }
    report_to.store(-1);
    for (const int end : pipe_) {
      if (end >= 0) close(end);
    }
  }

  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  int file() const { return pipe_[0]; }

  // The signal that came, or 0.
  int Take() const {
    unsigned char byte = 0;
    return pipe_[0] >= 0 && read(pipe_[0], &byte, 1) == 1 ? byte : 0;
  }

 private:
  int pipe_[2] = {-1, -1};
  std::array<struct sigaction, kSignals.size()> before_{};
  std::array<bool, kSignals.size()> caught_{};
};

// Changes the settings for its lifetime.
class ModeChange {
 public:
  ModeChange(int file, Mode mode) {
    termios settings{};
    if (tcgetattr(file, &settings) != 0) return;
    state.file = file;
    state.before = settings;
    state.changed.store(true, std::memory_order_release);
    if (mode == Mode::kHiddenLine) {
      settings.c_lflag = (settings.c_lflag & ~tcflag_t{ECHO}) | ICANON | ECHONL;
    } else if (mode == Mode::kLine) {
      settings.c_lflag |= ICANON | ECHO;
    } else {
      settings.c_lflag &= ~tcflag_t{ICANON | ECHO};
      settings.c_iflag &= ~tcflag_t{ICRNL | INLCR | IGNCR};  // Enter is '\r', as on Windows
      settings.c_cc[VMIN] = 1;
      settings.c_cc[VTIME] = 0;
    }
    SetAttributes(file, settings);
  }
  ~ModeChange() { RestoreTerminal(); }
  ModeChange(const ModeChange&) = delete;
  ModeChange& operator=(const ModeChange&) = delete;
};

void WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// How a wait for input ended.
enum class Input { kReady, kNone, kSignal, kGone };

Input WaitForInput(int file, int signals, int timeout_ms) {
  pollfd files[] = {{file, POLLIN, 0}, {signals, POLLIN, 0}};
  int ready = 0;
  while ((ready = poll(files, 2, timeout_ms)) < 0 && errno == EINTR) {
  }
  if (ready < 0) return Input::kGone;
  if (files[1].revents != 0) return Input::kSignal;
  if (files[0].revents != 0) return Input::kReady;
  return Input::kNone;
}

// A turn at the terminal: `body(signals)` runs with the settings of `mode`; a signal that came meanwhile acts
// afterwards. The signal, or 0.
template <typename Body>
int Turn(int file, Mode mode, Body body) {
  int number = 0;
  {
    const SignalWatch watch;
    {
      const ModeChange change(file, mode);
      body(watch.file());
    }
    number = watch.Take();
  }
  if (number != 0) raise(number);
  return number;
}

// True when the line is whole; false at the end of the input or for a signal.
bool ReadRestOfLine(int file, int signals, SecretText& line) {
  while (line.room() > 0) {
    if (WaitForInput(file, signals, -1) != Input::kReady) return false;
    const ssize_t count = read(file, line.Room(), line.room());
    if (count <= 0) return false;
    line.Took(static_cast<std::size_t>(count));
    if (line.text().ends_with('\n')) return true;
  }
  return false;
}

void StripLineEnd(SecretText& line) {
  std::string_view text = line.text();
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  line.Shrink(text.size());
}

}  // namespace

void SecretText::Clear() {
  explicit_bzero(bytes_, sizeof(bytes_));
  size_ = 0;
}

void SecretText::Shrink(std::size_t size) {
  explicit_bzero(bytes_ + size, size_ - size);
  size_ = size;
}

void RestoreTerminal() {
  if (!state.changed.load(std::memory_order_acquire)) return;
  SetAttributes(state.file, state.before);
  state.changed.store(false, std::memory_order_release);
}

Terminal::Terminal() WMI_NO_THREAD_SAFETY_ANALYSIS {
  in_use.Lock();
  file_ = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  static const bool registered = std::atexit(RestoreTerminal) == 0;
  static_cast<void>(registered);
}

Terminal::~Terminal() WMI_NO_THREAD_SAFETY_ANALYSIS {
  if (file_ >= 0) close(file_);
  in_use.Unlock();
}

void Terminal::Write(std::string_view text) const { WriteAll(file_, text); }

bool Terminal::ReadLine(std::string_view prompt, Shown shown, SecretText& line) const {
  const Mode mode = shown == Shown::kYes ? Mode::kLine : Mode::kHiddenLine;
  for (;;) {  // ends with a line, the end of the input, or a signal that does not stop
    line.Clear();
    bool whole = false;
    const int number = Turn(file_, mode, [&](int signals) {
      WriteAll(file_, prompt);
      whole = ReadRestOfLine(file_, signals, line);
    });
    if (whole) {
      StripLineEnd(line);
      return true;
    }
    line.Clear();
    if (!IsStop(number)) {
      WriteAll(file_, "\n");
      return false;
    }
  }
}

bool Terminal::HasKey() const {
  bool waits = false;
  Turn(file_, Mode::kKey, [&](int signals) { waits = WaitForInput(file_, signals, 0) == Input::kReady; });
  return waits;
}

std::optional<char> Terminal::ReadKey() const {
  std::optional<char> key;
  bool again = true;
  while (again) {  // ends with a key or the end of the input; signals that the program survives change nothing
    Turn(file_, Mode::kKey, [&](int signals) {
      const Input input = WaitForInput(file_, signals, -1);
      again = input == Input::kSignal;
      char byte = 0;
      if (input == Input::kReady && read(file_, &byte, 1) == 1) key = byte;
    });
  }
  return key;
}

}  // namespace wmi::win32
