#include "providers/linux/files/file_provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "cim/datetime.h"
#include "providers/linux/column.h"
#include "providers/linux/files/file_calls.h"
#include "providers/linux/guarded_calls.h"
#include "providers/linux/logical_disk/disk_selection.h"
#include "providers/linux/mounts.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kNoSource = 0;
constexpr SourceSet kNames = 1u << 0;
constexpr SourceSet kFacts = 1u << 1;
constexpr SourceSet kRights = 1u << 2;
constexpr SourceSet kMounts = 1u << 3;
constexpr SourceSet kHost = 1u << 4;

// Files that are looked at in one guarded call, and names of one folder.
constexpr std::size_t kFilesAtOnce = 64;
constexpr std::size_t kNamesMax = 4u << 20;
// A pull that passes over this many batches without a row ends all the same, so that a stop is noticed.
constexpr int kBatchesMax = 64;
constexpr std::size_t kPathBytesMax = 4095;

struct FileView : ViewBase {
  std::string path;
  FileFacts facts;
  FileRights rights;
  const Mount* mount = nullptr;
  FileKind kind = FileKind::kDataFile;
  std::string_view host_name;
};

// The folder with its slash at the end; empty for the root, which lies in none.
std::string_view FolderOf(std::string_view path) {
  return path == "/" ? std::string_view() : path.substr(0, path.rfind('/') + 1);
}
std::string_view NameIn(std::string_view path) { return path.substr(path.rfind('/') + 1); }
// Where the extension starts in a name: at its last point, which is not the first character. Folders have none.
std::size_t ExtensionStart(const FileView& view, std::string_view name) {
  const std::size_t point = view.kind == FileKind::kDirectory ? std::string_view::npos : name.rfind('.');
  return point == 0 || point + 1 == name.size() ? std::string_view::npos : point;
}

void WriteName(const FileView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.path); }

std::string_view FileTypeOf(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "Regular File";
    case S_IFDIR:
      return "File Folder";
    case S_IFLNK:
      return "Symbolic Link";
    case S_IFBLK:
      return "Block Device";
    case S_IFCHR:
      return "Character Device";
    case S_IFIFO:
      return "Pipe";
    case S_IFSOCK:
      return "Socket";
    default:
      return {};
  }
}

// The bits of AccessMask that the rights to read, write and execute stand for.
std::uint64_t AccessMaskOf(const FileView& view) {
  constexpr std::uint64_t kReadData = 1;
  constexpr std::uint64_t kWriteAndAppend = 2 | 4;
  constexpr std::uint64_t kExecute = 32;
  constexpr std::uint64_t kDeleteChild = 64;
  constexpr std::uint64_t kReadAttributes = 128;
  constexpr std::uint64_t kReadControl = 131'072;
  // Whoever sees the file may read what the other properties show.
  std::uint64_t mask = kReadAttributes | kReadControl;
  if (view.rights.reads) mask |= kReadData;
  if (view.rights.writes) mask |= kWriteAndAppend;
  if (view.rights.executes) mask |= kExecute;
  if (view.facts.is_directory() && view.rights.writes && view.rights.executes) mask |= kDeleteChild;
  return mask;
}

constexpr Source kSources[] = {
    {kNames, "the folder", Cost::kScan},
    {kFacts, "statx", Cost::kService},
    {kRights, "faccessat", Cost::kService},
    {kMounts, "`/proc/self/mountinfo`", Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

constexpr Column<FileView> kColumns[] = {
    {"AccessMask", kRights | kFacts,
     [](const FileView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, AccessMaskOf(v)); },
     "what this process may do: the bits of reading, writing, executing and, for folders, of deleting what lies in "
     "them; those of Windows that Linux does not tell apart are not set"},
    {"Caption", kNames, WriteName, "as `Name`"},
    {"Compressed", kFacts,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       if (v.facts.is_compressed) row.SetBoolean(slot, *v.facts.is_compressed);
     },
     "STATX_ATTR_COMPRESSED; NULL where the file system does not know"},
    {"CreationClassName", kNoSource,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, v.kind == FileKind::kDataFile ? "CIM_DataFile" : "Win32_Directory");
     },
     "constant"},
    {"CreationDate", kFacts,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       if (v.facts.created) row.SetText(slot, cim::FormatLocalDatetime(*v.facts.created));
     },
     "stx_btime; NULL where the file system keeps none"},
    {"CSCreationClassName", kNoSource,
     [](const FileView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); }, "constant"},
    {"CSName", kHost,
     [](const FileView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); }, "host name"},
    {"Description", kNames, WriteName, "as `Name`"},
    {"Drive", kMounts,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       if (v.mount != nullptr) row.SetText(slot, v.mount->mount_point);
     },
     "the mount point that it lies under: `DeviceID` of its `Win32_LogicalDisk`, where that is one"},
    {"Encrypted", kFacts,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       if (v.facts.is_encrypted) row.SetBoolean(slot, *v.facts.is_encrypted);
     },
     "STATX_ATTR_ENCRYPTED (fscrypt); NULL where the file system does not know"},
    {"Extension", kNames,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       const std::string_view name = NameIn(v.path);
       const std::size_t point = ExtensionStart(v, name);
       if (point != std::string_view::npos) row.SetText(slot, name.substr(point + 1));
     },
     "what follows the last point of the name; NULL without one and for folders"},
    {"FileName", kNames,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       const std::string_view name = NameIn(v.path);
       SetTextOrNull(row, slot, name.substr(0, ExtensionStart(v, name)));
     },
     "the name without `Extension`; NULL for `/`"},
    {"FileSize", kFacts,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       if (!v.facts.is_directory()) row.SetUnsigned(slot, v.facts.size);
     },
     "stx_size in bytes; of a link the length of its target; NULL for folders"},
    {"FileType", kFacts,
     [](const FileView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, FileTypeOf(v.facts.mode)); },
     "Regular File, File Folder, Symbolic Link, Block Device, Character Device, Pipe or Socket"},
    {"FSCreationClassName", kNoSource,
     [](const FileView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_FileSystem"); }, "constant"},
    {"FSName", kMounts,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       if (v.mount != nullptr) row.SetText(slot, v.mount->file_system);
     },
     "type of the file system that it lies on"},
    {"Hidden", kNames,
     [](const FileView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, NameIn(v.path).starts_with('.')); },
     "whether the name starts with a point"},
    {"LastAccessed", kFacts,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, cim::FormatLocalDatetime(v.facts.accessed));
     },
     "stx_atime, which many mounts keep only roughly"},
    {"LastModified", kFacts,
     [](const FileView& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, cim::FormatLocalDatetime(v.facts.modified));
     },
     "stx_mtime"},
    {"Name", kNames, WriteName, "the absolute path; bytes that are not UTF-8 become U+FFFD"},
    {"Path", kNames,
     [](const FileView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, FolderOf(v.path)); },
     "the folder it lies in, with a slash at the end: `/etc/`; NULL for `/`"},
    {"Readable", kRights,
     [](const FileView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.rights.reads); },
     "whether this process may read it"},
    {"Writeable", kRights,
     [](const FileView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.rights.writes); },
     "whether this process may write it"},
};

// An absolute path in its one spelling: no empty part, no "." or "..", no slash at the end. Whatever else is written
// would be a second name of the same row.
bool IsPlainPath(std::string_view path) {
  if (path == "/") return true;
  if (!path.starts_with('/') || path.size() > kPathBytesMax || path.find('\0') != std::string_view::npos) return false;
  std::string_view rest = path.substr(1);
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    rest = rest.substr(slash + 1);
  }
}

// The mount that a path lies under.
const Mount* MountOver(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* best = nullptr;
  for (const Mount& mount : mounts) {
    const std::string& point = mount.mount_point;
    const bool holds =
        point == "/" || (path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/'));
    if (holds && (best == nullptr || best->mount_point.size() < point.size())) best = &mount;
  }
  return best;
}

std::string PlaceOf(const Mount* mount) { return mount == nullptr ? "/" : mount->mount_point; }

std::string Joined(std::string_view folder, std::string_view name) {
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

// One file that was looked at.
struct LookedAt {
  std::string path;
  int error = 0;
  FileFacts facts;
  FileRights rights;
};

class FileStream final : public provider::InstanceStream {
 public:
  FileStream(const Machine& machine, const provider::Request& request, FileKind kind)
      : machine_(machine), request_(request), kind_(kind), columns_(kColumns, request), sources_(columns_.sources()) {}

  Result<provider::ReadState> Read(RowWriter& writer) override {
    if (!is_prepared_) Prepare();
    for (int batches = 0; batches < kBatchesMax; ++batches) {
      while (next_ready_ < ready_.size()) {
        if (writer.full() || request_.stop.stop_requested()) return More(writer);
        Write(ready_[next_ready_++], writer);
      }
      if (request_.stop.stop_requested()) break;
      if (!TakeBatch(writer)) return provider::ReadState::kEnd;
    }
    return More(writer);
  }

 private:
  enum class Way {
    kNamed,   // the files of the keys
    kListed,  // what lies in some folders
    kWalked,  // everything below some folders
  };

  provider::ReadState More(RowWriter& writer) const {
    // What is known of so far; the end of a walk shows only when it is there.
    if (way_ == Way::kWalked) writer.SetProgress(passed_, passed_ + entries_.size() - next_entry_ + folders_.size());
    return provider::ReadState::kMore;
  }

  void Prepare() {
    is_prepared_ = true;
    mounts_ = ReadMounts(machine_);
    if ((sources_ & kHost) != 0) host_name_ = HostName(machine_);
    if (request_.has_keys) {
      way_ = Way::kNamed;
      std::set<std::string> names;
      for (const provider::KeyTuple& key : request_.keys) {
        if (key.size() != 1 || key.front().view().kind() != cim::ValueKind::kText) continue;
        if (IsPlainPath(key.front().view().text())) names.emplace(key.front().view().text());
      }
      named_.assign(names.begin(), names.end());
      return;
    }
    const auto slot_of = [&](std::string_view name) { return request_.schema->FindSlot(name); };
    for (const provider::Request::Allowed& allowed : request_.allowed) {
      if (allowed.slot == slot_of("Path")) return PrepareListing(allowed.values);
    }
    way_ = Way::kWalked;
    for (const provider::Request::Allowed& allowed : request_.allowed) {
      if (allowed.slot == slot_of("Drive")) return PrepareDrives(allowed.values);
    }
    for (const Mount& disk : SelectDisks(machine_)) {
      if (!IsNetworkFileSystem(disk.file_system)) entered_.insert(disk.mount_point);
    }
    StartAt("/");
  }

  void PrepareListing(const std::vector<cim::Value>& values) {
    way_ = Way::kListed;
    for (const cim::Value& value : values) {
      if (value.view().kind() != cim::ValueKind::kText) continue;
      std::string path(value.view().text());
      if (path.size() > 1 && path.ends_with('/')) path.pop_back();
      if (value.view().text().ends_with('/') && IsPlainPath(path)) folders_.push_back(std::move(path));
    }
  }

  void PrepareDrives(const std::vector<cim::Value>& values) {
    for (const cim::Value& value : values) {
      if (value.view().kind() != cim::ValueKind::kText) continue;
      for (const Mount& mount : mounts_) {
        if (EqualFolded(mount.mount_point, value.view().text())) StartAt(mount.mount_point);
      }
    }
  }

  void StartAt(const std::string& folder) {
    if (kind_ == FileKind::kDirectory) named_.push_back(folder);
    folders_.push_back(folder);
  }

  // The next files that may be rows. False when there are none.
  bool TakeBatch(RowWriter& writer) {
    ready_.clear();
    next_ready_ = 0;
    if (!named_.empty()) {
      LookAtOne(std::move(named_.back()), writer);
      named_.pop_back();
      return true;
    }
    if (next_entry_ < entries_.size()) {
      TakeEntries(writer);
      return true;
    }
    if (folders_.empty()) return false;
    folder_ = std::move(folders_.back());
    folders_.pop_back();
    ListFolder(writer);
    return true;
  }

  void ListFolder(RowWriter& writer) {
    entries_.clear();
    next_entry_ = 0;
    using Listed = std::pair<int, std::vector<FileEntry>>;
    const std::string place = PlaceOf(MountOver(mounts_, folder_));
    auto listed = RunGuarded<Listed>(*machine_.guarded, place, [calls = machine_.file_calls, folder = folder_] {
      Listed found;
      found.first = calls->List(folder, kNamesMax, found.second);
      return found;
    });
    if (!listed) return NoAnswer(place, writer);
    if (OutcomeOf(listed->first) == Outcome::kDenied) {
      writer.SetIncomplete("not permitted to list some folders; what lies in them is missing");
    }
    if (listed->first == 0) entries_ = std::move(listed->second);
    if (entries_.size() == kNamesMax) {
      writer.SetIncomplete(
          fmt::format("the folder {} has more than {} names; the rest is missing", folder_, kNamesMax));
    }
  }

  void TakeEntries(RowWriter& writer) {
    std::vector<std::string> paths;
    while (next_entry_ < entries_.size() && paths.size() < kFilesAtOnce) {
      const FileEntry& entry = entries_[next_entry_++];
      ++passed_;
      std::string path = Joined(folder_, entry.name);
      // What is mounted here may hang by itself, and is asked by itself.
      if (FindMount(mounts_, path) != nullptr) {
        LookAtOne(path, writer);
        if (way_ == Way::kWalked && entered_.contains(path)) folders_.push_back(std::move(path));
        continue;
      }
      if (entry.is_directory) {
        if (way_ == Way::kWalked && *entry.is_directory) folders_.push_back(path);
        if (*entry.is_directory != (kind_ == FileKind::kDirectory)) continue;
        if ((sources_ & (kFacts | kRights)) == 0) {
          ready_.push_back({std::move(path), 0, {}, {}});
          continue;
        }
      }
      paths.push_back(std::move(path));
    }
    if (!paths.empty()) LookAt(std::move(paths), PlaceOf(MountOver(mounts_, folder_)), writer);
  }

  void LookAtOne(std::string path, RowWriter& writer) {
    const std::string place = PlaceOf(MountOver(mounts_, path));
    LookAt({std::move(path)}, place, writer);
  }

  void LookAt(std::vector<std::string> paths, const std::string& place, RowWriter& writer) {
    const bool wants_rights = (sources_ & kRights) != 0;
    auto found = RunGuarded<std::vector<LookedAt>>(
        *machine_.guarded, place, [calls = machine_.file_calls, paths = std::move(paths), wants_rights] {
          std::vector<LookedAt> looked;
          for (const std::string& path : paths) {
            LookedAt item{path, 0, {}, {}};
            item.error = calls->Look(path, item.facts);
            if (item.error == 0 && wants_rights) item.rights = calls->Rights(path);
            looked.push_back(std::move(item));
          }
          return looked;
        });
    if (!found) return NoAnswer(place, writer);
    for (LookedAt& item : *found) {
      if (OutcomeOf(item.error) == Outcome::kDenied) {
        writer.SetIncomplete("not permitted to look into some folders; what lies in them is missing");
      }
      if (item.error != 0) continue;  // it is gone, or cannot be had
      // Where the names did not tell.
      const bool is_new_folder = way_ == Way::kWalked && item.facts.is_directory() && !IsKnownFolder(item.path);
      if (is_new_folder) folders_.push_back(item.path);
      if (item.facts.is_directory() == (kind_ == FileKind::kDirectory)) ready_.push_back(std::move(item));
    }
  }

  // Whether it was told with the names that this is a folder, or it is where a walk starts or a file system is mounted.
  bool IsKnownFolder(const std::string& path) const {
    if (path == folder_ || FindMount(mounts_, path) != nullptr) return true;
    for (std::size_t i = next_entry_; i-- > 0;) {
      if (entries_[i].name == NameIn(path)) return entries_[i].is_directory.has_value();
      if (next_entry_ - i > 4 * kFilesAtOnce) break;
    }
    return true;
  }

  void NoAnswer(const std::string& place, RowWriter& writer) {
    writer.SetIncomplete(
        fmt::format("the file system mounted on {} did not answer in time; what lies there is missing. Look after its "
                    "server, or ask for files elsewhere",
                    place));
    // Nothing else of it is waited for.
    std::erase_if(folders_, [&](const std::string& folder) { return PlaceOf(MountOver(mounts_, folder)) == place; });
    if (PlaceOf(MountOver(mounts_, folder_)) == place) next_entry_ = entries_.size();
  }

  void Write(LookedAt& item, RowWriter& writer) {
    FileView view;
    view.path = std::move(item.path);
    view.facts = item.facts;
    view.rights = item.rights;
    view.kind = kind_;
    view.host_name = host_name_;
    if ((sources_ & kMounts) != 0) view.mount = MountOver(mounts_, view.path);
    writer.Begin();
    columns_.Write(view, view.denied, view.unread, writer);
    writer.Commit();
  }

  const Machine& machine_;
  const provider::Request& request_;
  const FileKind kind_;
  const BoundColumns<FileView> columns_;
  const SourceSet sources_;
  Way way_ = Way::kWalked;
  std::vector<Mount> mounts_;
  std::set<std::string> entered_;  // mount points that a walk goes on into
  std::string host_name_;
  std::vector<std::string> named_;    // to be looked at by name
  std::vector<std::string> folders_;  // to be listed
  std::string folder_;                // that is being listed
  std::vector<FileEntry> entries_;    // of it
  std::size_t next_entry_ = 0;
  std::vector<LookedAt> ready_;  // to be written
  std::size_t next_ready_ = 0;
  std::uint64_t passed_ = 0;
  bool is_prepared_ = false;
};

// ---- methods

// The answers that Windows documents for the methods of files.
enum : std::uint64_t {
  kDone = 0,
  kAccessDenied = 2,
  kFailed = 8,
  kInvalidObject = 9,
  kObjectExists = 10,
  kNotSupportedHere = 11,
  kOtherDrive = 13,
  kNotEmpty = 14,
  kInUse = 15,
  kInvalidParameter = 21,
};

std::uint64_t AnswerTo(int error) {
  switch (error) {
    case 0:
      return kDone;
    case EACCES:
    case EPERM:
    case EROFS:
      return kAccessDenied;
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
      return kInvalidObject;
    case EEXIST:
      return kObjectExists;
    case ENOTEMPTY:
      return kNotEmpty;
    case EXDEV:
      return kOtherDrive;
    case EBUSY:
    case ETXTBSY:
      return kInUse;
    case EOPNOTSUPP:
      return kNotSupportedHere;
    case EINVAL:
    case ENAMETOOLONG:
      return kInvalidParameter;
    default:
      return kFailed;
  }
}

constexpr std::chrono::seconds kChangeDeadline{60};
// Calls end after ten minutes unless the client says otherwise.
constexpr std::chrono::minutes kCopyDeadline{10};

// Does `work` to the file of the call, if it is of the kind of its class, and answers as documented.
using Work = std::function<int(FileCalls& calls, const std::string& path)>;
template <FileKind kKind>
Result<cim::Object> Change(MethodCall& call, Work work, std::chrono::milliseconds deadline = kChangeDeadline) {
  const std::string path = call.KeyText();
  if (!IsPlainPath(path)) return call.Return(kInvalidObject);
  // A place of its own: a change that takes long does not keep others from reading.
  const auto error = RunGuarded<int>(
      *call.machine().guarded, "change " + path,
      [calls = call.machine().file_calls, path, work = std::move(work)] {
        FileFacts facts;
        if (const int failed = calls->Look(path, facts)) return failed;
        if (facts.is_directory() != (kKind == FileKind::kDirectory)) return ENOENT;
        return work(*calls, path);
      },
      deadline);
  return call.Return(error ? AnswerTo(*error) : kFailed);
}

// The target of Copy and Rename; nothing when it is no path.
std::optional<std::string> TargetOf(const MethodCall& call) {
  std::optional<std::string> target = call.InText("FileName");
  if (!target || *target == "/" || !IsPlainPath(*target)) return std::nullopt;
  return target;
}

template <FileKind kKind>
Result<cim::Object> Rename(MethodCall& call) {
  const auto target = TargetOf(call);
  if (!target) return call.Return(kInvalidParameter);
  return Change<kKind>(call,
                       [to = *target](FileCalls& calls, const std::string& path) { return calls.Rename(path, to); });
}

template <FileKind kKind>
Result<cim::Object> Delete(MethodCall& call) {
  return Change<kKind>(call, [](FileCalls& calls, const std::string& path) {
    return calls.Remove(path, kKind == FileKind::kDirectory);
  });
}

template <FileKind kKind, bool kCompressed>
Result<cim::Object> SetCompressed(MethodCall& call) {
  return Change<kKind>(
      call, [](FileCalls& calls, const std::string& path) { return calls.SetCompressed(path, kCompressed); });
}

Result<cim::Object> CopyFile(MethodCall& call) {
  const auto target = TargetOf(call);
  if (!target) return call.Return(kInvalidParameter);
  // Its own: a copy that is left behind at the deadline ends, too.
  std::stop_source stop;
  const std::stop_callback forward(call.stop(), [&stop] { stop.request_stop(); });
  auto answer = Change<FileKind::kDataFile>(
      call,
      [to = *target, token = stop.get_token()](FileCalls& calls, const std::string& path) {
        return calls.Copy(path, to, token);
      },
      kCopyDeadline);
  stop.request_stop();
  return answer;
}

constexpr std::string_view kRenameNote =
    "To another absolute path on the same file system; 10 when something is there already, which is never replaced, 13 "
    "for another file system, 21 for a path that is not absolute and plain.";
constexpr std::string_view kCompressNote =
    "Sets the attribute of compression, as on btrfs; 11 where the file system has none. What lies in the file already "
    "is compressed as it is written anew.";
constexpr std::string_view kUncompressNote = "Takes the attribute of compression off; 11 where there is none.";

constexpr MethodRow kFileMethods[] = {
    {"Copy", CopyFile,
     "A regular file with its contents and mode to another absolute path; 10 when something is there already, which is "
     "never replaced. What was begun is taken away when it fails."},
    {"Delete", Delete<FileKind::kDataFile>, "Takes the name away; a link, not what it points to."},
    {"Rename", Rename<FileKind::kDataFile>, kRenameNote},
    {"Compress", SetCompressed<FileKind::kDataFile, true>, kCompressNote},
    {"Uncompress", SetCompressed<FileKind::kDataFile, false>, kUncompressNote},
};

constexpr MethodRow kDirectoryMethods[] = {
    {"Delete", Delete<FileKind::kDirectory>, "An empty folder; 14 when it is not empty: nothing is deleted below."},
    {"Rename", Rename<FileKind::kDirectory>, kRenameNote},
    {"Compress", SetCompressed<FileKind::kDirectory, true>,
     "For files that are made in the folder from now on; 11 "
     "where the file system does not compress."},
    {"Uncompress", SetCompressed<FileKind::kDirectory, false>, kUncompressNote},
};

std::span<const MethodRow> MethodsOf(FileKind kind) {
  return kind == FileKind::kDataFile ? std::span<const MethodRow>(kFileMethods) : kDirectoryMethods;
}

}  // namespace

Result<std::unique_ptr<provider::InstanceStream>> FileProvider::Open(const provider::Request& request) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<FileStream>(machine_, request, kind_));
}

Result<cim::Object> FileProvider::Execute(const provider::MethodRequest& request) {
  return RunMethod(MethodsOf(kind_), machine_, request);
}

ClassPage FileProvider::Page(FileKind kind) {
  const bool is_file = kind == FileKind::kDataFile;
  const std::string about = fmt::format(
      "One instance for each {}. Key: `Name`, the absolute path in its one spelling, without `.`, `..` or double "
      "slashes; paths are compared by the file system, upper and lower case are two things.{}\n\n"
      "Asked by `Name`, one file is looked at; WHERE `Path` = '/etc/' lists that folder; WHERE `Drive` = '/home' walks "
      "that mount. Without any of these all local disks are walked, which takes long, tells its progress and can be "
      "cancelled. A walk does not go into file servers and what the kernel makes up (proc, sysfs, tmpfs). A query of a "
      "superclass leaves these instances out and says so. A file system that does not answer within two seconds is "
      "left out, and the call ends with partial results that name it.",
      is_file ? "file that is no folder: regular files, links, devices, pipes and sockets" : "folder",
      is_file ? " A link stands for itself, also when it points to a folder." : "");
  ClassPage page =
      MakePage<FileView>(is_file ? "CIM_DataFile" : "Win32_Directory", about, kSources, kColumns, MethodsOf(kind));
  page.looks_up = true;
  page.may_block = true;
  return page;
}

}  // namespace wmi::linuxos
