// ProcessCalls: what Win32_Process does to the machine (start, end, change a priority), behind one seam.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace wmi::linuxos {

// How a process is to start.
struct SpawnOrder {
  // Files to try in this order, as the search along PATH finds them.
  std::vector<std::string> programs;
  std::vector<std::string> arguments;  // the name of the program first
  // "NAME=value"; nothing: that of this process.
  std::optional<std::vector<std::string>> environment;
  std::string folder = "/";
  std::optional<int> nice;
};

struct SpawnResult {
  int error = 0;  // an errno value
  // What failed: kPriority is the only step where a refusal is about a privilege.
  enum class Step : std::uint8_t { kMake, kFolder, kPriority, kProgram } step = Step::kMake;
  std::int32_t id = 0;
};

// Failures are errno values, 0 is success. Safe from several threads. Each call has a deadline.
class ProcessCalls {
 public:
  virtual ~ProcessCalls() = default;

  // Starts a process that is nobody's child: a session of its own, standard streams on /dev/null, no other descriptor
  // of this process, default signals. Returns when the program runs or could not be run. ETIMEDOUT: it did neither in
  // time and was ended.
  virtual SpawnResult Spawn(const SpawnOrder& order);
  // Ends the process `id` (ESRCH for a thread) and waits a moment for its end. `check` is asked about the process once
  // it is held, so that its number cannot go to another one in between; an error of it leaves the process alone.
  virtual int Kill(std::int32_t id, const std::function<int()>& check);
  // Of one thread.
  virtual int SetNice(std::int32_t id, int nice);

  // Never destroyed.
  static ProcessCalls& Real();
};

}  // namespace wmi::linuxos
