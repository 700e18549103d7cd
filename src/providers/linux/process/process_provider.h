// Win32_Process from /proc. Reads only the files that the query's properties need; a process that vanishes meanwhile is
// left out.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "provider/provider.h"
#include "providers/linux/host.h"
#include "providers/linux/process/process_reader.h"
#include "providers/linux/process/surroundings.h"

namespace wmi::linuxos {

// Safe from several threads. Short reads of kernel text only, so it may run on executor threads.
class ProcessProvider final : public provider::InstanceProvider {
 public:
  explicit ProcessProvider(Machine machine, ClockOffset clock_offset = ReadClockOffset);

  // Of processes that cannot match no more is read than what tells that.
  provider::Support support() const override {
    return {.keys = true, .needed = true, .narrowed = {"ProcessId", "ParentProcessId", "Name"}};
  }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

  // Ends the process, as the method Terminate.
  Status Delete(const provider::DeleteRequest& request) override;
  Result<cim::Object> Execute(const provider::MethodRequest& request) override;

  // The process directory, opened once: streams hold no descriptors between reads, however many there are.
  Result<int> ProcessDirectory() WMI_EXCLUDES(mutex_);
  const Machine& machine() const { return machine_; }
  Surroundings& surroundings() { return surroundings_; }
  ProcessReader::HandleCounting handle_counting() const { return handle_counting_; }

 private:
  const Machine machine_;
  const ProcessReader::HandleCounting handle_counting_;
  Surroundings surroundings_;
  Mutex mutex_;
  Directory directory_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::linuxos
