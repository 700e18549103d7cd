// Win32_Thread from /proc/PID/task.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>

#include "provider/provider.h"
#include "providers/linux/column.h"
#include "providers/linux/host.h"
#include "providers/linux/process/process_text.h"

namespace wmi::linuxos {

// One thread as far as it was read.
struct ThreadView : ViewBase {
  // What is the same for all threads of a query.
  struct Surroundings {
    std::string host_name;
    std::string system_name;
    std::optional<std::uint64_t> uptime_milliseconds;
    std::uint64_t ticks_per_second = 100;
  };
  const Surroundings* surroundings = nullptr;
  std::string process_handle;
  std::string handle;
  ProcessStat stat;
};

std::span<const Column<ThreadView>> ThreadColumns();
std::span<const Source> ThreadSources();

// Safe from several threads. Short reads of kernel text only. A look-up reads the one thread; a query for the threads
// of one process lists no other's.
class ThreadProvider final : public provider::InstanceProvider {
 public:
  explicit ThreadProvider(Machine machine) : machine_(std::move(machine)) {}

  provider::Support support() const override { return {.keys = true, .needed = true, .narrowed = {"ProcessHandle"}}; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

 private:
  const Machine machine_;
};

}  // namespace wmi::linuxos
