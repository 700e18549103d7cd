// ProcessReader: reads what a query needs of one process after the other, into memory that it uses again.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "providers/linux/files.h"
#include "providers/linux/host.h"
#include "providers/linux/process/process_columns.h"

namespace wmi::linuxos {

// Not thread-safe.
class ProcessReader {
 public:
  enum class Found { kYes, kNo };
  // How sure it is that the number is a process: one that was listed is, one that a client named may be a thread. One
  // that the kernel told of is, and may end at any moment: what most depends on is read first, and what cannot be read
  // any more is noted as unread.
  enum class Origin { kListed, kNamed, kTold };
  enum class HandleCounting { kBySize, kByListing };
  // What this machine allows.
  static HandleCounting HandleCountingOf(const Machine& machine);

  // `files` is not owned.
  ProcessReader(Files& files, SourceSet sources, HandleCounting counting);

  // Fills view(). kNo when there is no such process, or no longer. Fails only when descriptors or memory are short.
  Result<Found> Read(int proc_directory, std::int32_t id, Origin origin);

  // Of the last process that was found; valid until the next Read.
  ProcessView& view() { return view_; }
  SourceSet denied() const { return denied_; }
  SourceSet unread() const { return unread_; }

 private:
  // Reads one file of the process, noting what its failure means for `source`.
  Status ReadFile(const char* name, SourceSet source, std::size_t bytes_max, TextBuffer& buffer, bool& was_read);
  Status Note(SourceSet source, int error, const char* name);
  Status ReadOptionalFiles();
  Status ReadHandles();
  Status ReadArguments();
  Result<Found> ReadStat();
  Result<Found> ReadTold();
  // Path of a file of the process relative to start(): "stat" inside its own directory or "123/stat".
  const char* PathOf(const char* name);
  int start() const { return own_directory_ ? own_directory_.descriptor() : proc_directory_; }

  Files& files_;
  const SourceSet sources_;
  const HandleCounting counting_;
  int proc_directory_ = kNoDirectory;
  Directory own_directory_;
  ProcessView view_;
  std::array<char, 16> id_text_{};
  std::array<char, 64> path_{};
  SourceSet denied_ = 0;
  SourceSet unread_ = 0;
  bool may_be_gone_ = false;
  TextBuffer stat_text_;
  TextBuffer other_text_;
  TextBuffer arguments_text_;
  TextBuffer executable_text_;
  std::string command_line_;
  std::vector<std::int32_t> numbers_;
};

}  // namespace wmi::linuxos
