#include "providers/linux/process/process_text.h"

#include <array>
#include <charconv>

#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

// TASK_COMM_LEN less the NUL.
constexpr std::size_t kKernelNameBytes = 15;

// Fields of the stat text after the name, numbered as in proc(5).
enum StatField {
  kState = 3,
  kParentId = 4,
  kSessionId = 6,
  kFlags = 9,
  kMinorFaults = 10,
  kMajorFaults = 12,
  kUserTicks = 14,
  kKernelTicks = 15,
  kPriority = 18,
  kThreads = 20,
  kStartTicks = 22,
  kVirtualBytes = 23,
  kResidentPages = 24,
  kFieldsRead = 24,
};

using StatFields = std::array<std::string_view, kFieldsRead + 1>;

template <typename Number>
bool ParseField(const StatFields& fields, StatField field, Number& out) {
  const std::string_view text = fields[field];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// The number that a value begins with, whatever its unit.
void ParseNumber(std::string_view value, std::optional<std::uint64_t>& out) {
  std::uint64_t number = 0;
  if (ParseUnsigned(value, number)) out = number;
}

// Takes the next line "name: value" off the text; lines of another form are passed over. False at the end.
bool NextSetting(std::string_view& text, std::string_view& name, std::string_view& value) {
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    name = line.substr(0, colon);
    value = line.substr(colon + 1);
    return true;
  }
  return false;
}

}  // namespace

bool ParseProcessStat(std::string_view text, ProcessStat& out) {
  // The name stands in parentheses and may itself hold any byte, so only the first and the last parenthesis count.
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return false;
  out.name = text.substr(open + 1, close - open - 1);

  StatFields fields;
  std::string_view rest = Trim(text.substr(close + 1));
  for (std::size_t field = kState; field <= kFieldsRead; ++field) {
    if (!NextPart(rest, ' ', fields[field])) return false;
  }
  if (fields[kState].size() != 1) return false;
  out.state = fields[kState][0];
  return ParseField(fields, kParentId, out.parent_id) && ParseField(fields, kSessionId, out.session_id) &&
         ParseField(fields, kFlags, out.flags) && ParseField(fields, kMinorFaults, out.minor_faults) &&
         ParseField(fields, kMajorFaults, out.major_faults) && ParseField(fields, kUserTicks, out.user_ticks) &&
         ParseField(fields, kKernelTicks, out.kernel_ticks) && ParseField(fields, kPriority, out.priority) &&
         ParseField(fields, kThreads, out.threads) && ParseField(fields, kStartTicks, out.start_ticks) &&
         ParseField(fields, kVirtualBytes, out.virtual_bytes) && ParseField(fields, kResidentPages, out.resident_pages);
}

ProcessStatus ParseProcessStatus(std::string_view text) {
  ProcessStatus status;
  std::string_view name;
  std::string_view value;
  while (NextSetting(text, name, value)) {
    if (name == "Tgid") {
      ParseNumber(value, status.thread_group);
    } else if (name == "Uid") {
      ParseNumber(value, status.user);
    } else if (name == "VmPeak") {
      ParseNumber(value, status.peak_virtual);
    } else if (name == "VmHWM") {
      ParseNumber(value, status.peak_resident);
    } else if (name == "RssAnon") {
      ParseNumber(value, status.anonymous);
    } else if (name == "VmSwap") {
      ParseNumber(value, status.swapped);
      break;  // the last of them in the kernel's order
    }
  }
  return status;
}

ProcessIo ParseProcessIo(std::string_view text) {
  ProcessIo io;
  std::string_view name;
  std::string_view value;
  while (NextSetting(text, name, value)) {
    if (name == "rchar") {
      ParseNumber(value, io.read_bytes);
    } else if (name == "wchar") {
      ParseNumber(value, io.write_bytes);
    } else if (name == "syscr") {
      ParseNumber(value, io.read_calls);
    } else if (name == "syscw") {
      ParseNumber(value, io.write_calls);
      break;
    }
  }
  return io;
}

void JoinArguments(std::string_view text, std::string& out) {
  constexpr std::string_view kPadding(" \0", 2);
  const std::size_t last = text.find_last_not_of(kPadding);
  out.assign(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
  for (char& c : out) {
    if (c == '\0') c = ' ';
  }
}

std::string_view ProgramName(std::string_view kernel_name, std::string_view arguments) {
  if (kernel_name.size() < kKernelNameBytes) return kernel_name;
  std::string_view program = arguments.substr(0, arguments.find('\0'));
  const std::size_t slash = program.rfind('/');
  if (slash != std::string_view::npos) program.remove_prefix(slash + 1);
  return program.starts_with(kernel_name) ? program : kernel_name;
}

bool MayBeCut(const ProcessStat& stat) { return stat.name.size() == kKernelNameBytes && !stat.is_kernel_thread(); }

bool ParseHandle(std::string_view text, std::int32_t& id) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() && id > 0 && text.front() != '0';
}

std::optional<std::uint16_t> ExecutionStateOf(char state) {
  switch (state) {
    case 'R':
      return 3;  // Running
    case 'S':
    case 'D':
    case 'I':
    case 'P':
      return 4;  // Blocked
    case 'T':
    case 't':
      return 8;  // Stopped
    case 'Z':
    case 'X':
      return 7;  // Terminated
    default:
      return std::nullopt;
  }
}

}  // namespace wmi::linuxos
