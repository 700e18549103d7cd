#include "providers/linux/kernel/sysctl.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

#include "cim/object_path.h"
#include "providers/linux/kernel/kernel_text.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kFile = 1u << 0;
constexpr SourceSet kPermissions = 1u << 1;

constexpr std::size_t kValueBytesMax = 256u << 10;
constexpr std::size_t kDepthMax = 16;
// A pull that passes over this many names ends all the same, so that a stop is noticed.
constexpr std::size_t kFoldersAtOnce = 64;

constexpr Source kSources[] = {
    {kFile, "`/proc/sys/…`", Cost::kInstanceFile},
    {kPermissions, "permissions of the file", Cost::kInstanceFile},
};

struct SysctlView : ViewBase {
  std::string name;
  std::string path;
  std::optional<std::string> value;
  std::uint32_t mode = 0;
};

constexpr Column<SysctlView> kColumns[] = {
    {"IsReadable", kPermissions,
     [](const SysctlView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, (v.mode & 0444) != 0); },
     "whether anybody may read it"},
    {"IsWritable", kPermissions,
     [](const SysctlView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, (v.mode & 0222) != 0); },
     "whether anybody may write it"},
    {"Name", 0, [](const SysctlView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.name); },
     "path below `/proc/sys` with dots; a dot in the name of a file or folder is written `/`"},
    {"Path", 0, [](const SysctlView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.path); }, "the file"},
    {"Value", kFile,
     [](const SysctlView& v, RowWriter& row, std::size_t slot) {
       if (v.value) row.SetText(slot, *v.value);
     },
     "text without the line break at its end; NULL for settings that can only be written, and where the kernel gives "
     "no answer. Writing it changes the running kernel until the next start"},
};

std::string RootOf(const Machine& machine) { return machine.root.proc + "/sys"; }

// Opening the folder would mount a file system where systemd waits for that, and what is in it are no settings.
bool IsSkipped(const std::vector<std::string>& path) {
  return path.size() >= 2 && EqualFolded(path[0], "fs") && EqualFolded(path[1], "binfmt_misc");
}

// Reading it makes the kernel gather figures from all processors, so its value is left alone.
bool ReadingActs(const std::vector<std::string>& path) {
  return path.size() == 2 && path[0] == "vm" && path[1] == "stat_refresh";
}

std::string PathOf(const Machine& machine, const std::vector<std::string>& path) {
  std::string text = RootOf(machine);
  for (const std::string& part : path) {
    text += '/';
    text += part;
  }
  return text;
}

class SysctlStream final : public provider::InstanceStream {
 public:
  SysctlStream(const Machine& machine, const provider::Request& request)
      : machine_(machine), request_(request), columns_(kColumns, request) {}

  Result<provider::ReadState> Read(RowWriter& writer) override {
    if (!is_prepared_) {
      is_prepared_ = true;
      if (request_.has_keys) {
        FindNamed();
      } else {
        folders_.push_back({});
      }
    }
    std::size_t folders = 0;
    while (true) {
      while (!files_.empty()) {
        if (writer.full() || request_.stop.stop_requested()) return provider::ReadState::kMore;
        const std::vector<std::string> path = std::move(files_.back());
        files_.pop_back();
        TRY(Write(path, writer));
      }
      if (folders_.empty()) return provider::ReadState::kEnd;
      if (++folders > kFoldersAtOnce || request_.stop.stop_requested()) return provider::ReadState::kMore;
      const std::vector<std::string> folder = std::move(folders_.back());
      folders_.pop_back();
      TRY(List(folder));
    }
  }

 private:
  Status List(const std::vector<std::string>& folder) {
    const std::string path = PathOf(machine_, folder);
    std::vector<std::string> below;
    std::vector<std::string> names;
    int error = machine_.files->ListFolders(kNoDirectory, path.c_str(), kKernelNamesMax, below);
    if (error == 0) error = machine_.files->List(kNoDirectory, path.c_str(), kKernelNamesMax, names);
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
    // A network device that went away takes its folder along.
    if (error != 0) return Status();
    const std::set<std::string> is_folder(below.begin(), below.end());
    // Taken from the back, so that the answer is in the order of the names.
    std::sort(names.rbegin(), names.rend());
    for (std::string& name : names) {
      std::vector<std::string> item = folder;
      item.push_back(name);
      if (!is_folder.contains(name)) {
        files_.push_back(std::move(item));
      } else if (item.size() < kDepthMax && !IsSkipped(item)) {
        folders_.push_back(std::move(item));
      }
    }
    return Status();
  }

  void FindNamed() {
    std::set<std::vector<std::string>> found;
    const std::string root = RootOf(machine_);
    for (const provider::KeyTuple& key : request_.keys) {
      if (key.size() != 1 || key.front().view().kind() != cim::ValueKind::kText) continue;
      const std::vector<std::string> wanted = SysctlPath(key.front().view().text());
      if (wanted.empty() || wanted.size() > kDepthMax || IsSkipped(wanted)) continue;
      const std::optional<std::string> path = FindPath(machine_, root, wanted);
      if (!path || machine_.files->IsDirectory(path->c_str())) continue;
      found.insert(PartsOf(std::string_view(*path).substr(root.size()), '/'));
    }
    files_.assign(found.rbegin(), found.rend());
  }

  Status Write(const std::vector<std::string>& path, RowWriter& writer) {
    SysctlView view;
    view.name = SysctlName(path);
    view.path = PathOf(machine_, path);
    const bool is_read = (columns_.sources() & kFile) != 0 && !ReadingActs(path);
    int error = 0;
    if (is_read) {
      error = machine_.files->Read(kNoDirectory, view.path.c_str(), kValueBytesMax, text_);
      if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(view.path, error);
      if (OutcomeOf(error) == Outcome::kGone) return Status();
      if (error == 0) {
        std::string_view value = text_.text();
        while (value.ends_with('\n')) value.remove_suffix(1);
        view.value = value;
      }
    }
    const bool is_denied = OutcomeOf(error) == Outcome::kDenied;
    if (is_denied || (columns_.sources() & kPermissions) != 0) {
      const int asked = machine_.files->Mode(kNoDirectory, view.path.c_str(), view.mode);
      if (OutcomeOf(asked) == Outcome::kGone) return Status();
      if (asked != 0) view.unread |= kPermissions;
      // Nobody may read what can only be written: it has no value, which is no refusal.
      if (is_denied && (asked != 0 || (view.mode & 0444) != 0)) view.denied |= kFile;
    }
    writer.Begin();
    columns_.Write(view, view.denied, view.unread, writer);
    writer.Commit();
    return Status();
  }

  const Machine& machine_;
  const provider::Request& request_;
  const BoundColumns<SysctlView> columns_;
  std::vector<std::vector<std::string>> folders_;
  std::vector<std::vector<std::string>> files_;
  TextBuffer text_;
  bool is_prepared_ = false;
};

cim::ValueView SlotOf(const cim::Object& instance, std::string_view name) {
  const auto slot = instance.schema().FindSlot(name);
  return slot ? instance.slot(*slot) : cim::ValueView();
}

// What the kernel said to a value, in the words of the caller.
Status WriteFailure(const std::string& name, const std::string& path, std::string_view value, int error) {
  const std::string call = fmt::format("write({}, \"{}\")", path, ToUtf8(value.substr(0, 200)));
  const auto failed = [&](Code code, std::string_view words) {
    ErrorDetail detail;
    detail.message = fmt::format("{}: {} ({})", name, words, SystemStatus(code, call, error).Message());
    detail.parameter = "Value";
    detail.system_call = call;
    detail.system_errno = error;
    return Status(code, std::move(detail));
  };
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return failed(code::kAccessDenied,
                    "the kernel does not let this user change the setting; run the program as root, and in a "
                    "container on the host");
    case EINVAL:
    case ERANGE:
      return failed(code::kInvalidParameter, "the kernel does not take this value; read the setting for its form");
    case ENOENT:
      return failed(code::kNotFound, "there is no such setting any more");
    default:
      return failed(code::kProviderFailure, "the setting could not be written");
  }
}

}  // namespace

std::string SysctlName(const std::vector<std::string>& path) {
  std::string name;
  for (const std::string& part : path) {
    if (!name.empty()) name += '.';
    const std::size_t start = name.size();
    name += part;
    std::replace(name.begin() + static_cast<std::ptrdiff_t>(start), name.end(), '.', '/');
  }
  return name;
}

std::vector<std::string> SysctlPath(std::string_view name) {
  std::vector<std::string> path;
  // An empty part is no name: "a..b" is not "a.b".
  std::size_t start = 0;
  while (start <= name.size()) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    std::string part(name.substr(start, end - start));
    std::replace(part.begin(), part.end(), '/', '.');
    path.push_back(std::move(part));
    start = end + 1;
  }
  return std::all_of(path.begin(), path.end(), IsFileName) ? path : std::vector<std::string>();
}

SysctlProvider::SysctlProvider(Machine machine) : machine_(std::move(machine)) {}

ClassPage SysctlProvider::Page() {
  ClassPage page = MakePage<SysctlView>(
      "Linux_Sysctl",
      "One instance for each setting of the kernel, named as by `sysctl`. A name looks up one file. `PutInstance` "
      "writes "
      "`Value` into the running kernel: a refusal is access denied, a value that the kernel does not take an invalid "
      "parameter with the kernel's answer. `fs.binfmt_misc` is left out, because opening it may mount it.",
      kSources, kColumns);
  page.looks_up = true;
  return page;
}

Result<std::unique_ptr<provider::InstanceStream>> SysctlProvider::Open(const provider::Request& request) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<SysctlStream>(machine_, request));
}

Result<std::string> SysctlProvider::Put(const provider::PutRequest& request) {
  const cim::ValueView name = SlotOf(request.instance, "Name");
  const cim::ValueView value = SlotOf(request.instance, "Value");
  if (name.kind() != cim::ValueKind::kText) {
    return Status(code::kInvalidObject, "the setting has no Name; set it to a name such as net.ipv4.ip_forward");
  }
  const std::string text(name.text());
  const std::vector<std::string> wanted = SysctlPath(text);
  const std::optional<std::string> path =
      wanted.empty() || IsSkipped(wanted) ? std::nullopt : FindPath(machine_, RootOf(machine_), wanted);
  if (!path || machine_.files->IsDirectory(path->c_str())) {
    return Status(code::kNotFound, fmt::format("this kernel has no setting {}; settings come with the kernel and its "
                                               "modules and cannot be made",
                                               ToUtf8(text)));
  }
  if (request.mode == cim::PutMode::kCreateOnly) {
    return Status(code::kAlreadyExists, fmt::format("the setting {} is there; update it instead", ToUtf8(text)));
  }
  if (value.kind() != cim::ValueKind::kText) {
    return Status(code::kInvalidParameter,
                  fmt::format("{}: Value is NULL; set it to the text that the kernel is to be given", ToUtf8(text)));
  }
  // Ends what is written as every tool does; some settings take a text only with it.
  std::string line(value.text());
  line += '\n';
  const int error = machine_.files->Write(path->c_str(), line);
  if (error != 0) return WriteFailure(ToUtf8(text), *path, value.text(), error);
  const std::optional<std::string> relative = cim::RelativePath(request.instance);
  if (!relative) return Status(code::kInvalidObject, "the setting has no path");
  return *relative;
}

}  // namespace wmi::linuxos
