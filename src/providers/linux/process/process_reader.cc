#include "providers/linux/process/process_reader.h"

#include <unistd.h>

#include <bit>
#include <charconv>
#include <cstring>

namespace wmi::linuxos {
namespace {

using namespace process_source;  // NOLINT: bits of one enumeration

constexpr std::size_t kSmallTextBytesMax = 64u << 10;
// The kernel's own limit for arguments is a quarter of the stack limit: 2 MiB by default.
constexpr std::size_t kArgumentBytesMax = 2u << 20;
// For names only the first argument counts.
constexpr std::size_t kProgramBytesMax = 4096;
constexpr std::size_t kHandlesMax = 1u << 21;

constexpr SourceSet kFiles = kStat | kArguments | kStatus | kIo | kExecutable | kHandles;

}  // namespace

ProcessReader::HandleCounting ProcessReader::HandleCountingOf(const Machine& machine) {
  // The size of a directory of descriptors is their number from Linux 6.2 on.
  const std::string own = machine.root.proc + "/self/fd";
  std::uint64_t size = 0;
  const bool is_counted = machine.files->IsProcFileSystem(machine.root.proc.c_str()) &&
                          machine.files->Size(kNoDirectory, own.c_str(), size) == 0 && size > 0;
  return is_counted ? HandleCounting::kBySize : HandleCounting::kByListing;
}

ProcessReader::ProcessReader(Files& files, SourceSet sources, HandleCounting counting)
    : files_(files), sources_(sources & kPerProcess), counting_(counting) {}

const char* ProcessReader::PathOf(const char* name) {
  if (own_directory_) return name;
  char* end = path_.data();
  std::memcpy(end, view_.id_text.data(), view_.id_text.size());
  end += view_.id_text.size();
  *end++ = '/';
  std::strcpy(end, name);  // names are the short constants of this file
  return path_.data();
}

Status ProcessReader::Note(SourceSet source, int error, const char* name) {
  switch (OutcomeOf(error)) {
    case Outcome::kRead:
      break;
    case Outcome::kGone:
      // Either the process is gone, or this kernel or this kind of process has no such file; stat decides.
      may_be_gone_ = true;
      unread_ |= source;
      break;
    case Outcome::kDenied:
      denied_ |= source;
      break;
    case Outcome::kExhausted:
      return ExhaustedStatus(PathOf(name), error);
    case Outcome::kUnread:
      unread_ |= source;
      break;
  }
  return Status();
}

Status ProcessReader::ReadFile(const char* name, SourceSet source, std::size_t bytes_max, TextBuffer& buffer,
                               bool& was_read) {
  const int error = files_.Read(start(), PathOf(name), bytes_max, buffer);
  was_read = error == 0;
  return Note(source, error, name);
}

Status ProcessReader::ReadOptionalFiles() {
  bool was_read = false;
  if ((sources_ & kExecutable) != 0) {
    const int error = files_.ReadLink(start(), PathOf("exe"), executable_text_);
    if (error == 0) view_.executable = executable_text_.text();
    TRY(Note(kExecutable, error, "exe"));
  }
  if ((sources_ & kIo) != 0) {
    TRY(ReadFile("io", kIo, kSmallTextBytesMax, other_text_, was_read));
    if (was_read) view_.io = ParseProcessIo(other_text_.text());
  }
  if ((sources_ & kHandles) != 0) TRY(ReadHandles());
  return Status();
}

Status ProcessReader::ReadHandles() {
  if (counting_ == HandleCounting::kBySize) {
    return Note(kHandles, files_.Size(start(), PathOf("fd"), view_.handles), "fd");
  }
  const int error = files_.ListNumbers(start(), PathOf("fd"), kHandlesMax, numbers_);
  view_.handles = numbers_.size();
  return Note(kHandles, error, "fd");
}

Result<ProcessReader::Found> ProcessReader::ReadStat() {
  const int error = files_.Read(start(), PathOf("stat"), kSmallTextBytesMax, stat_text_);
  const Outcome outcome = OutcomeOf(error);
  if (outcome == Outcome::kGone) return Found::kNo;
  TRY(Note(kStat, error, "stat"));
  if (error != 0) return Found::kYes;
  if (!ParseProcessStat(stat_text_.text(), view_.stat)) {
    unread_ |= kStat;
    return Found::kYes;
  }
  view_.name = view_.stat.name;
  return Found::kYes;
}

Status ProcessReader::ReadArguments() {
  const bool for_name = (sources_ & kName) != 0 && MayBeCut(view_.stat);
  const bool for_line = (sources_ & kArguments) != 0;
  if (!for_name && !for_line) return Status();
  if (view_.stat.is_kernel_thread()) return Status();
  bool was_read = false;
  TRY(ReadFile("cmdline", for_line ? kArguments : 0, for_line ? kArgumentBytesMax : kProgramBytesMax, arguments_text_,
               was_read));
  if (!was_read) return Status();
  if (for_name) view_.name = ProgramName(view_.stat.name, arguments_text_.text());
  if (for_line) {
    JoinArguments(arguments_text_.text(), command_line_);
    view_.command_line = command_line_;
  }
  return Status();
}

Result<ProcessReader::Found> ProcessReader::ReadTold() {
  if (TRY(ReadStat()) == Found::kNo) return Found::kNo;
  TRY(ReadArguments());
  if ((sources_ & kStatus) != 0) {
    bool was_read = false;
    TRY(ReadFile("status", kStatus, kSmallTextBytesMax, other_text_, was_read));
    if (was_read) view_.status = ParseProcessStatus(other_text_.text());
  }
  TRY(ReadOptionalFiles());
  return Found::kYes;
}

Result<ProcessReader::Found> ProcessReader::Read(int proc_directory, std::int32_t id, Origin origin) {
  const ProcessSurroundings* surroundings = view_.surroundings;
  view_ = ProcessView();
  view_.surroundings = surroundings;
  view_.id = id;
  const auto [end, error_code] = std::to_chars(id_text_.data(), id_text_.data() + id_text_.size(), id);
  view_.id_text = {id_text_.data(), static_cast<std::size_t>(end - id_text_.data())};
  proc_directory_ = proc_directory;
  own_directory_ = Directory();
  denied_ = unread_ = 0;
  may_be_gone_ = false;

  const SourceSet files = sources_ & kFiles;
  if (origin == Origin::kListed && files == 0) return Found::kYes;
  // Several files go through the process's own directory, so that all of them are of the same process even if its
  // number is given away in between; for a single one the longer path is cheaper.
  if (origin == Origin::kNamed || !std::has_single_bit(files)) {
    Directory directory;
    id_text_[view_.id_text.size()] = '\0';
    const int error = files_.OpenDirectory(proc_directory, id_text_.data(), directory);
    switch (OutcomeOf(error)) {
      case Outcome::kRead:
        own_directory_ = std::move(directory);
        break;
      case Outcome::kExhausted:
        return ExhaustedStatus(view_.id_text, error);
      default:
        return Found::kNo;
    }
  }
  if (origin == Origin::kTold) return ReadTold();
  if (origin == Origin::kNamed || (files & kStatus) != 0) {
    bool was_read = false;
    TRY(ReadFile("status", kStatus, kSmallTextBytesMax, other_text_, was_read));
    if (was_read) view_.status = ParseProcessStatus(other_text_.text());
    // /proc answers to the numbers of threads too, without listing them.
    if (origin == Origin::kNamed && may_be_gone_) return Found::kNo;
    if (origin == Origin::kNamed &&
        view_.status.thread_group.value_or(static_cast<std::uint64_t>(id)) != static_cast<std::uint64_t>(id)) {
      return Found::kNo;
    }
  }
  TRY(ReadOptionalFiles());
  // stat comes after them: it decides whether a missing file means a missing process.
  if ((files & kStat) != 0 || may_be_gone_) {
    if (TRY(ReadStat()) == Found::kNo) return Found::kNo;
    may_be_gone_ = false;
  }
  TRY(ReadArguments());
  if (may_be_gone_) {
    if (TRY(ReadStat()) == Found::kNo) return Found::kNo;
    unread_ |= kArguments;
  }
  return Found::kYes;
}

}  // namespace wmi::linuxos
