// ProcessTracker: makes of the kernel's messages which processes have come and gone, each told once.
//
// A process is told when it runs its own program, so that its name is right, or when it ends, or when it has lived for
// kPatience without: then it goes on with the program of its parent. It has gone when its last thread has: the kernel
// tells of threads only, and the first one may end long before the others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "providers/linux/process_events/process_connector.h"

namespace wmi::linuxos {

struct StartedProcess {
  std::int32_t id = 0;
  std::int32_t parent_id = 0;
  std::uint64_t time_ns = 0;  // CLOCK_MONOTONIC
  bool runs_own_program = false;
  std::string name = {};  // which it gave itself meanwhile; empty: none
};

struct EndedProcess {
  std::int32_t id = 0;
  std::int32_t parent_id = 0;  // 0: not known
  std::uint64_t time_ns = 0;
  std::optional<std::uint32_t> wait_status = {};
};

// Not thread-safe.
class ProcessTracker {
 public:
  static constexpr std::uint64_t kPatience = 10'000'000;  // 10 ms
  // Processes that wait to be told; one more is told at once. A machine that starts 100,000 in a second has 1,000.
  static constexpr std::size_t kPendingMax = 65'536;

  // Is told; asked whether something of the process still runs. Does not call back.
  class Output {
   public:
    virtual ~Output() = default;
    virtual void Started(const StartedProcess& process) = 0;
    // A process that was told, or was there before, runs another program now.
    virtual void Changed(std::int32_t id) = 0;
    virtual void Ended(const EndedProcess& process) = 0;
    virtual bool IsRunning(std::int32_t id) = 0;
  };

  // `output` outlives it.
  explicit ProcessTracker(Output& output) : output_(output) {}

  void Take(const ProcessMessage& message);
  // Messages are missing before the next one.
  void Lose(std::uint64_t now_ns);
  // Tells what waited for its time. To be called when there are no messages left to take.
  void Expire(std::uint64_t now_ns);
  // When Expire has something to do; nothing when nothing waits.
  std::optional<std::uint64_t> next_time() const;

 private:
  // A process whose end is in question: its first thread has ended but something of it runs, or messages about it may
  // be lost.
  struct Doubt {
    EndedProcess end;
    bool first_thread_ended = false;
    unsigned looks = 0;
    std::uint64_t next_look_ns = 0;
  };
  // Looks after 10, 20 … 320 ms. Then the end of a thread or program must tell.
  static constexpr unsigned kLooksMax = 6;

  void TakeFork(const ProcessMessage& message);
  void TakeProgram(const ProcessMessage& message);
  void TakeExit(const ProcessMessage& message);
  // False when it was told before.
  bool TellStart(std::int32_t id, bool runs_own_program);
  void TellEnd(std::int32_t id);
  void AddDoubt(const EndedProcess& end, bool first_thread_ended);

  Output& output_;
  std::map<std::int32_t, StartedProcess> pending_;
  std::map<std::int32_t, Doubt> doubts_;
};

}  // namespace wmi::linuxos
