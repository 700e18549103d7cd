// The texts that the kernel shows for one process (proc(5)), taken apart. Views look into the text that was parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wmi::linuxos {

// /proc/PID/stat.
struct ProcessStat {
  std::string_view name;  // as the kernel keeps it: 15 bytes for programs, any bytes
  char state = 0;
  std::int64_t parent_id = 0;
  std::int64_t session_id = 0;
  std::uint64_t flags = 0;
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::uint64_t user_ticks = 0;
  std::uint64_t kernel_ticks = 0;
  std::int64_t priority = 0;
  std::uint64_t threads = 0;
  std::uint64_t start_ticks = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;

  bool is_kernel_thread() const { return (flags & 0x00200000) != 0; }  // PF_KTHREAD
};

// False when the text has another form.
bool ParseProcessStat(std::string_view text, ProcessStat& out);

// /proc/PID/status, the lines that are shown; kilobytes. Absent for kernel threads and ended processes.
struct ProcessStatus {
  std::optional<std::uint64_t> thread_group;  // not kilobytes: the process id a task belongs to
  std::optional<std::uint64_t> user;          // not kilobytes: the number of the user who started it
  std::optional<std::uint64_t> peak_virtual;
  std::optional<std::uint64_t> peak_resident;
  std::optional<std::uint64_t> anonymous;
  std::optional<std::uint64_t> swapped;
};
ProcessStatus ParseProcessStatus(std::string_view text);

// /proc/PID/io.
struct ProcessIo {
  std::optional<std::uint64_t> read_bytes;
  std::optional<std::uint64_t> write_bytes;
  std::optional<std::uint64_t> read_calls;
  std::optional<std::uint64_t> write_calls;
};
ProcessIo ParseProcessIo(std::string_view text);

// Arguments joined by blanks into `out`; empty when there are none. NULs and blanks at the end, which programs that
// rewrite their title leave behind, are dropped.
void JoinArguments(std::string_view text, std::string& out);

// The file name of the program. The kernel cuts names of programs at 15 bytes; such a name is completed from the first
// argument when that agrees with it.
std::string_view ProgramName(std::string_view kernel_name, std::string_view arguments);
// Whether ProgramName needs the arguments at all.
bool MayBeCut(const ProcessStat& stat);

// A key as a client may write it. Only the plain decimal form is the Handle of a process or thread.
bool ParseHandle(std::string_view text, std::int32_t& id);

// CIM_Process.ExecutionState for a state letter; empty for a letter that is not known.
std::optional<std::uint16_t> ExecutionStateOf(char state);

}  // namespace wmi::linuxos
