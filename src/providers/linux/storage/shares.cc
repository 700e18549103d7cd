#include "providers/linux/storage/shares.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "providers/linux/storage/show.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kFiles = 1u << 0;

constexpr std::size_t kFileBytesMax = 4u << 20;
constexpr std::size_t kExportFilesMax = 1024;
constexpr std::size_t kIncludesMax = 256;

constexpr Source kShareSources[] = {
    {kFiles, "`/etc/samba/smb.conf`, `/etc/exports`, `/etc/exports.d`", Cost::kFile},
};

constexpr std::uint64_t kDiskDrive = 0;
constexpr std::uint64_t kPrintQueue = 1;

constexpr Column<ShareView> kShareColumns[] = {
    {"AllowMaximum", kFiles,
     [](const ShareView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.share.connections_max == 0); },
     "whether there is no `max connections`; NFS has no such limit"},
    {"Caption", kFiles,
     [](const ShareView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.share.comment); },
     "as `Description`"},
    {"Description", kFiles,
     [](const ShareView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.share.comment); },
     "Samba: `comment`; NFS: the clients with their options. NULL without them"},
    {"MaximumAllowed", kFiles,
     [](const ShareView& v, RowWriter& row, std::size_t slot) {
       if (v.share.connections_max != 0) row.SetUnsigned(slot, v.share.connections_max);
     },
     "`max connections`; NULL without a limit"},
    {"Name", kFiles, [](const ShareView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.share.name); },
     "name of the section, or path of the export"},
    {"Path", kFiles,
     [](const ShareView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.share.path); },
     "the folder; NULL where the file names none"},
    {"Type", kFiles,
     [](const ShareView& v, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, v.share.is_printer ? kPrintQueue : kDiskDrive);
     },
     "1 for printers, else 0"},
};

// Reads what is there; notes a file that is and may not be read.
std::string ReadShareFile(const Machine& machine, const std::string& path, std::set<std::string>& refused) {
  TextBuffer buffer;
  const int error = machine.files->Read(kNoDirectory, path.c_str(), kFileBytesMax, buffer);
  if (OutcomeOf(error) == Outcome::kDenied) refused.insert(path);
  return error == 0 ? std::string(buffer.text()) : std::string();
}

// Where the tests have their /etc.
std::string PathInRoot(const Machine& machine, const std::string& path) {
  return path.starts_with("/etc/") ? machine.root.etc + path.substr(4) : path;
}

// `seen`: the files that were read, each once.
void AddSamba(const Machine& machine, const std::string& path, std::set<std::string>& seen,
              std::set<std::string>& refused, std::vector<ShareView>& out) {
  if (seen.size() == kIncludesMax || !seen.insert(path).second) return;
  SambaFile file = ParseSambaConfig(ReadShareFile(machine, path, refused));
  for (SharedThing& share : file.shares) {
    const bool is_known = std::any_of(
        out.begin(), out.end(), [&](const ShareView& other) { return EqualFolded(other.share.name, share.name); });
    if (is_known) continue;
    ShareView view;
    view.share = std::move(share);
    out.push_back(std::move(view));
  }
  for (const std::string& include : file.includes) AddSamba(machine, PathInRoot(machine, include), seen, refused, out);
}

void AddExports(const Machine& machine, const std::string& path, std::set<std::string>& refused,
                std::vector<ShareView>& out) {
  for (SharedThing& share : ParseExports(ReadShareFile(machine, path, refused))) {
    const bool is_known = std::any_of(
        out.begin(), out.end(), [&](const ShareView& other) { return EqualFolded(other.share.name, share.name); });
    if (is_known) continue;
    ShareView view;
    view.share = std::move(share);
    out.push_back(std::move(view));
  }
}

}  // namespace

std::span<const Source> Share::Sources() { return kShareSources; }
std::span<const Column<ShareView>> Share::Columns() { return kShareColumns; }

Status Share::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  std::set<std::string> refused;
  std::set<std::string> seen;
  AddSamba(machine, machine.root.etc + "/samba/smb.conf", seen, refused, out);
  AddExports(machine, machine.root.etc + "/exports", refused, out);
  std::vector<std::string> names;
  const std::string folder = machine.root.etc + "/exports.d";
  if (machine.files->List(kNoDirectory, folder.c_str(), kExportFilesMax, names) == 0) {
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (name.ends_with(".exports") && !name.starts_with('.')) {
        AddExports(machine, fmt::format("{}/{}", folder, name), refused, out);
      }
    }
  }
  if (refused.empty()) return Status();
  return Status(code::kPartialResults, fmt::format("not permitted to read {}; its shares are missing. Ask as a user "
                                                   "that may read it",
                                                   fmt::join(refused, ", ")));
}

}  // namespace wmi::linuxos
