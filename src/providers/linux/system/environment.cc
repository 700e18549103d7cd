#include "providers/linux/system/environment.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "base/mutex.h"
#include "base/text.h"
#include "cim/object_path.h"
#include "providers/linux/accounts/name_service.h"
#include "providers/linux/guarded_calls.h"
#include "providers/linux/system/environment_file.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kFiles = 1u << 0;

constexpr std::string_view kAllUsers = "<SYSTEM>";
constexpr std::size_t kFileBytesMax = 256u << 10;
constexpr std::size_t kFolderFilesMax = 256;

// A file of variables as it was read.
struct VariableFile {
  std::string path;
  EnvironmentForm form = EnvironmentForm::kPam;
  std::string text;
  int error = 0;
};

// The files of one user, or of all; the later ones count more. A value.
struct VariableFiles {
  std::string user;  // empty: all
  std::vector<VariableFile> files;
  std::string new_path;  // where a new variable goes
  EnvironmentForm new_form = EnvironmentForm::kPam;
};

VariableFile ReadFile(Files& files, std::string path, EnvironmentForm form) {
  VariableFile file{std::move(path), form, {}, 0};
  TextBuffer buffer;
  file.error = files.Read(kNoDirectory, file.path.c_str(), kFileBytesMax + 1, buffer);
  if (buffer.text().size() > kFileBytesMax) file.error = EFBIG;
  if (file.error == 0) file.text = buffer.text();
  return file;
}

void ReadFolder(Files& files, const std::string& folder, VariableFiles& out) {
  std::vector<std::string> names;
  const int error = files.List(kNoDirectory, folder.c_str(), kFolderFilesMax, names);
  if (OutcomeOf(error) == Outcome::kDenied) out.files.push_back({folder, EnvironmentForm::kEnvironmentD, {}, error});
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(".conf"); });
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    out.files.push_back(ReadFile(files, fmt::format("{}/{}", folder, name), EnvironmentForm::kEnvironmentD));
  }
}

VariableFiles ReadSystemFiles(const Machine& machine) {
  VariableFiles found;
  found.new_path = machine.root.etc + "/environment";
  ReadFolder(*machine.files, machine.root.etc + "/environment.d", found);
  // Some systems have a link there to the file that is read last anyway.
  std::erase_if(found.files, [](const VariableFile& file) { return file.path.ends_with("/99-environment.conf"); });
  found.files.push_back(ReadFile(*machine.files, found.new_path, EnvironmentForm::kPam));
  return found;
}

// Nothing when the user is not known, or the home folder does not answer.
std::optional<VariableFiles> ReadUserFiles(const Machine& machine) {
  UserEntry user;
  if (machine.names->UserById(::geteuid(), user) != NameAnswer::kFound || !user.home.starts_with('/')) {
    return std::nullopt;
  }
  return RunGuarded<VariableFiles>(*machine.guarded, user.home, [user, files = machine.files] {
    VariableFiles found;
    found.user = user.name;
    const std::string folder = user.home + "/.config/environment.d";
    found.new_path = folder + "/openwmi.conf";
    found.new_form = EnvironmentForm::kEnvironmentD;
    ReadFolder(*files, folder, found);
    return found;
  });
}

// What the files say, each name once: with what is wrong with them.
struct Variables {
  std::vector<EnvironmentView> views;
  std::string problem;  // a sentence; empty when all is well
};

void AddVariables(const VariableFiles& source, Variables& out) {
  const std::size_t first = out.views.size();
  for (const VariableFile& file : source.files) {
    if (file.error != 0 && OutcomeOf(file.error) != Outcome::kGone) {
      out.problem = fmt::format("the variables of {} are missing: it cannot be read ({}); ask as its owner or root",
                                file.path, std::generic_category().message(file.error));
    }
    for (EnvironmentEntry& entry : ParseEnvironment(file.text, file.form)) {
      const auto known = std::find_if(out.views.begin() + static_cast<std::ptrdiff_t>(first), out.views.end(),
                                      [&](const EnvironmentView& view) { return EqualFolded(view.name, entry.name); });
      if (known == out.views.end()) {
        EnvironmentView view;
        view.name = std::move(entry.name);
        view.value = std::move(entry.value);
        view.user = source.user;
        out.views.push_back(std::move(view));
      } else if (known->name == entry.name) {
        known->value = std::move(entry.value);
      } else {
        // Keys compare without case: only one of both can be an instance.
        out.problem = fmt::format("{} of {} is missing: it differs from {} in case only; look at the file itself",
                                  entry.name, file.path, known->name);
      }
    }
  }
}

std::string_view UserNameOf(const EnvironmentView& view) {
  return view.user.empty() ? kAllUsers : std::string_view(view.user);
}

void WriteEnvironmentCaption(const EnvironmentView& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, fmt::format("{}\\{}", UserNameOf(view), view.name));
}

constexpr Source kSources[] = {
    {kFiles, "`/etc/environment.d/*.conf`, `/etc/environment`, `~/.config/environment.d/*.conf`", Cost::kService}};

constexpr Column<EnvironmentView> kColumns[] = {
    {"Name", kFiles, [](const EnvironmentView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.name); },
     "the name; of two that differ in case only the first has an instance."},
    {"UserName", kFiles,
     [](const EnvironmentView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, UserNameOf(v)); },
     "`<SYSTEM>`, or the name of the user who asks."},
    {"VariableValue", kFiles,
     [](const EnvironmentView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.value); },
     "the value without its quotes; names of other variables in it are not replaced."},
    {"SystemVariable", kFiles,
     [](const EnvironmentView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.user.empty()); },
     "TRUE for those of all users."},
    {"Caption", kFiles, WriteEnvironmentCaption, "`UserName` and `Name` with a backslash between them."},
    {"Description", kFiles, WriteEnvironmentCaption, "as `Caption`."},
};

// Changes are one after the other: each reads a file and writes it anew.
Mutex& ChangeMutex() {
  static auto* const mutex = new Mutex;
  return *mutex;
}

Result<VariableFiles> FilesOf(const Machine& machine, std::string_view user_name) {
  if (EqualFolded(user_name, kAllUsers)) return ReadSystemFiles(machine);
  std::optional<VariableFiles> own = ReadUserFiles(machine);
  if (own && EqualFolded(own->user, user_name)) return std::move(*own);
  return Status(code::kNotFound,
                fmt::format("the variables of user '{}' are not to be had: UserName is <SYSTEM> or the user who asks",
                            user_name));
}

// The name as the files have it, when they set the variable.
std::optional<std::string> KnownName(const VariableFiles& source, std::string_view name) {
  Variables known;
  AddVariables(source, known);
  for (EnvironmentView& view : known.views) {
    if (EqualFolded(view.name, name)) return std::move(view.name);
  }
  return std::nullopt;
}

bool Sets(const VariableFile& file, std::string_view name) {
  const std::vector<EnvironmentEntry> entries = ParseEnvironment(file.text, file.form);
  return std::any_of(entries.begin(), entries.end(), [&](const EnvironmentEntry& entry) { return entry.name == name; });
}

Status Replace(Files& files, const VariableFile& file, const std::optional<std::string>& text) {
  if (file.error != 0 && OutcomeOf(file.error) != Outcome::kGone) {
    return SystemStatus(OutcomeOf(file.error) == Outcome::kDenied ? code::kAccessDenied : code::kFailed,
                        fmt::format("open({})", file.path), file.error);
  }
  if (!text) {
    return Status(code::kFailed,
                  fmt::format("{} ends inside quotes, or has too many lines, so that a change would touch "
                              "other variables; mend the file by hand",
                              file.path));
  }
  const int error = files.Replace(file.path.c_str(), *text);
  if (error == 0) return Status();
  const bool is_denied = OutcomeOf(error) == Outcome::kDenied || error == EROFS;
  return SystemStatus(is_denied ? code::kAccessDenied : code::kFailed, fmt::format("write({})", file.path), error);
}

std::string TextOf(const cim::Object& instance, std::string_view property) {
  const auto slot = instance.schema().FindSlot(property);
  const cim::ValueView value = slot ? instance.slot(*slot) : cim::ValueView();
  return value.kind() == cim::ValueKind::kText ? std::string(value.text()) : std::string();
}

std::string KeyOf(const provider::DeleteRequest& request, std::string_view property) {
  const std::vector<std::size_t>& slots = request.schema->key_slots();
  for (std::size_t i = 0; i < slots.size() && i < request.keys.size(); ++i) {
    const cim::ValueView value = request.keys[i].view();
    if (EqualFolded(request.schema->properties()[slots[i]].name, property) && value.kind() == cim::ValueKind::kText)
      return std::string(value.text());
  }
  return {};
}

}  // namespace

std::span<const Source> Environment::Sources() { return kSources; }
std::span<const Column<EnvironmentView>> Environment::Columns() { return kColumns; }

Status Environment::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  Variables variables;
  AddVariables(ReadSystemFiles(machine), variables);
  if (const auto own = ReadUserFiles(machine)) AddVariables(*own, variables);
  out = std::move(variables.views);
  return variables.problem.empty() ? Status() : Status(code::kPartialResults, std::move(variables.problem));
}

Result<std::string> Environment::Put(const Machine& machine, const provider::PutRequest& request) {
  const std::string name = TextOf(request.instance, "Name");
  const std::string value = TextOf(request.instance, "VariableValue");
  if (!IsEnvironmentName(name)) {
    return Status(code::kInvalidParameter,
                  fmt::format("'{}' is no name of a variable: use letters, digits and _, no digit at the front", name));
  }
  MutexLock lock(ChangeMutex());
  VariableFiles source = TRY(FilesOf(machine, TextOf(request.instance, "UserName")));
  const std::optional<std::string> known = KnownName(source, name);
  if (known && request.mode == cim::PutMode::kCreateOnly) {
    return Status(code::kAlreadyExists, fmt::format("the variable {} exists already", *known));
  }
  if (!known && request.mode == cim::PutMode::kUpdateOnly) {
    return Status(code::kNotFound, fmt::format("there is no variable {}; put it without UPDATE_ONLY", name));
  }
  VariableFile target{source.new_path, source.new_form, {}, ENOENT};
  for (VariableFile& file : source.files) {
    // The last one that sets it counts; a new one goes where new ones go, which may be there already.
    if (known ? Sets(file, *known) : file.path == source.new_path) target = file;
  }
  if (!CanHoldValue(value, target.form)) {
    return Status(code::kInvalidParameter,
                  fmt::format("{} cannot hold this value of {}: take out control characters{}", target.path, name,
                              target.form == EnvironmentForm::kPam ? " and #" : ""));
  }
  if (!source.user.empty() && OutcomeOf(target.error) == Outcome::kGone) {
    const std::string folder = target.path.substr(0, target.path.rfind('/'));
    const int error = machine.files->MakeFolder(folder.c_str());
    if (error != 0) return SystemStatus(code::kAccessDenied, fmt::format("mkdir({})", folder), error);
  }
  TRY(Replace(*machine.files, target, WithVariable(target.text, target.form, known.value_or(name), value)));
  return cim::RelativePath(request.instance).value_or(std::string());
}

Status Environment::Delete(const Machine& machine, const provider::DeleteRequest& request) {
  const std::string name = KeyOf(request, "Name");
  MutexLock lock(ChangeMutex());
  const VariableFiles source = TRY(FilesOf(machine, KeyOf(request, "UserName")));
  const std::optional<std::string> known = KnownName(source, name);
  if (!known) return Status(code::kNotFound, fmt::format("there is no variable {}", name));
  for (const VariableFile& file : source.files) {
    if (!Sets(file, *known)) continue;
    TRY(Replace(*machine.files, file, WithoutVariable(file.text, file.form, *known)));
  }
  return Status();
}

}  // namespace wmi::linuxos
