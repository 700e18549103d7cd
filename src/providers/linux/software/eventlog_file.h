// Win32_NTEventlogFile: the files of the journal.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/files/file_calls.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct EventlogFileView : ViewBase {
  std::string path;
  FileFacts facts;
  std::optional<std::uint64_t> entries;
  std::optional<std::uint64_t> bytes_max;
  std::string host_name;
};

struct EventlogFile {
  using View = EventlogFileView;
  static constexpr std::string_view kClass = "Win32_NTEventlogFile";
  static constexpr std::string_view kAbout =
      "One instance for each file of this machine's journal: the names that end in `.journal` in "
      "`/var/log/journal/ID` and `/run/log/journal/ID`, ID being that of `/etc/machine-id`. Key: `Name`, the absolute "
      "path. Files of other machines and of namespaces are left out. Each is an instance of `CIM_DataFile` too, which "
      "lists every file: a query of `CIM_DataFile` gives it once for each of the two classes, and its path as "
      "`CIM_DataFile` the instance of that class. Empty without a journal.";
  static constexpr bool kLooksUp = true;

  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// The number of entries in the header of a journal file; nothing when it is no such header.
std::optional<std::uint64_t> EntriesOfJournalHeader(std::string_view header);
// A size as journald.conf has it: bytes, or with K, M, G, T, P or E of 1024; nothing for other texts and for 0.
std::optional<std::uint64_t> JournalSize(std::string_view text);

}  // namespace wmi::linuxos
