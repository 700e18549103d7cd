#include "providers/linux/services/service_change.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/mutex.h"
#include "base/text.h"
#include "providers/linux/services/service.h"
#include "providers/linux/services/unit_file.h"

namespace wmi::linuxos {
namespace {

using enum ServiceReturn;

constexpr std::string_view kType = ".service";
constexpr std::size_t kDropInBytesMax = 64u << 10;
constexpr std::string_view kNewDropIn =
    "# What Win32_Service.Change set. To undo it remove this file and run `systemctl daemon-reload`.\n";

// A file is read, changed and maybe put back: one after the other. Nobody waits for who is slow, as there is a return
// value for it.
class BusyFiles {
 public:
  bool Add(const std::string& path) WMI_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return paths_.insert(path).second;
  }
  void Remove(const std::string& path) WMI_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    paths_.erase(path);
  }

  // Never destroyed.
  static BusyFiles& Real() {
    static auto* const files = new BusyFiles;
    return *files;
  }

 private:
  Mutex mutex_;
  std::set<std::string> paths_ WMI_GUARDED_BY(mutex_);
};

class BusyFile {
 public:
  explicit BusyFile(std::string path) : path_(std::move(path)), is_ours_(BusyFiles::Real().Add(path_)) {}
  ~BusyFile() {
    if (is_ours_) BusyFiles::Real().Remove(path_);
  }
  BusyFile(const BusyFile&) = delete;
  BusyFile& operator=(const BusyFile&) = delete;

  bool is_ours() const { return is_ours_; }

 private:
  const std::string path_;
  const bool is_ours_;
};

std::string FolderOf(const Machine& machine, std::string_view unit_name) {
  return fmt::format("{}.d", UnitFilePath(machine, unit_name));
}

std::string DropInOf(const std::string& folder) { return fmt::format("{}/50-openwmi.conf", folder); }

// The drop-in file of a unit, which can be put back as it was. Used by one thread.
class DropIn {
 public:
  DropIn(const Machine& machine, std::string folder)
      : files_(*machine.files), folder_(std::move(folder)), path_(DropInOf(folder_)) {}

  // What it has now.
  ServiceReturn Read() {
    TextBuffer buffer;
    const int error = files_.Read(kNoDirectory, path_.c_str(), kDropInBytesMax + 1, buffer);
    if (error != 0 && OutcomeOf(error) != Outcome::kGone) return ReturnOfErrno(error);
    // This large it is none that was written here, and half of it must not be lost.
    if (buffer.text().size() > kDropInBytesMax) return kUnknownFailure;
    is_old_ = error == 0;
    text_ = buffer.text();
    return kAccepted;
  }
  const std::string& text() const { return text_; }

  ServiceReturn Write(std::string_view text) {
    is_new_folder_ = !files_.IsDirectory(folder_.c_str());
    int error = files_.MakeFolder(folder_.c_str());
    if (error == 0) error = files_.Replace(path_.c_str(), text);
    if (error != 0 && is_new_folder_) static_cast<void>(files_.RemoveFolder(folder_.c_str()));
    return ReturnOfErrno(error);
  }

  // As it was before Write. That this works too is the best that can be had.
  void PutBack() {
    static_cast<void>(is_old_ ? files_.Replace(path_.c_str(), text_) : files_.Remove(path_.c_str()));
    if (is_new_folder_) static_cast<void>(files_.RemoveFolder(folder_.c_str()));
  }

 private:
  Files& files_;
  const std::string folder_;
  const std::string path_;
  std::string text_;
  bool is_old_ = false;
  bool is_new_folder_ = false;
};

std::string DropInText(std::string_view old, const ServiceChanges& changes) {
  std::string text(old.empty() ? kNewDropIn : old);
  if (changes.needed) {
    std::vector<std::string> names;
    if (!changes.needed->empty()) names.push_back(fmt::format("{}", fmt::join(*changes.needed, " ")));
    text = WithSetting(text, "Unit", "After", names);
    text = WithSetting(text, "Unit", "Requires", names);
  }
  if (changes.description)
    text = WithSetting(text, "Unit", "Description", {DescriptionValue(*changes.description).value_or("")});
  if (changes.user) text = WithSetting(text, "Service", "User", {*changes.user});
  // The empty value takes away the commands that are set so far (systemd.service(5)).
  if (!changes.command.empty()) text = WithSetting(text, "Service", "ExecStart", {"", CommandValue(changes.command)});
  return text;
}

// A drop-in file can add what a unit requires, and takes away only what it added itself.
ServiceReturn CheckNeeded(const Machine& machine, const Unit& unit, const std::vector<std::string>& needed,
                          std::string_view old) {
  const BusAnswer answer = UnitProperty(machine, unit.path, "Requires");
  if (!answer.ok()) return ReturnOf(answer);
  const std::vector<std::string> own = SettingWords(old, "Unit", "Requires");
  const BusValue required = FirstValue(answer);
  for (const BusValue& item : required.list()) {
    const std::string& name = item.text();
    const auto is_name = [&](const std::string& other) { return other == name; };
    if (name.ends_with(kType) && std::none_of(needed.begin(), needed.end(), is_name) &&
        std::none_of(own.begin(), own.end(), is_name))
      return kNotSupported;
  }
  return kAccepted;
}

// systemd keeps $$ until it runs the command.
std::string WithSingleDollars(std::string_view text) {
  std::string single;
  for (std::size_t i = 0; i < text.size(); ++i) {
    single += text[i];
    if (text.substr(i, 2) == "$$") ++i;
  }
  return single;
}

std::string Normal(const std::string& path) { return std::filesystem::path(path).lexically_normal().string(); }

// Whether these are the commands that systemd has: the path, the arguments with the name first, and more.
bool IsCommand(const BusValue& commands, const std::vector<std::string>& words) {
  if (commands.list().size() != 1 || commands.list().front().list().size() < 2) return false;
  const BusValue::List& command = commands.list().front().list();
  const BusValue::List& arguments = command[1].list();
  if (Normal(command[0].text()) != Normal(words.front()) || arguments.size() != words.size()) return false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (WithSingleDollars(arguments[i].text()) != words[i]) return false;
  }
  return true;
}

// Whether systemd has it so now: what a drop-in file says that is read later has the last word.
bool Holds(const Machine& machine, const Unit& unit, const ServiceChanges& changes) {
  const BusValue properties = FirstValue(UnitProperties(machine, unit.path));
  // What is not told may well be so.
  const auto is_text = [&](std::string_view name, const std::optional<std::string>& wanted) {
    const BusValue* const value = properties.Find(name);
    return !wanted || value == nullptr || value->text() == *wanted;
  };
  const BusValue* const commands = properties.Find("ExecStart");
  return is_text("Description", changes.description) && is_text("User", changes.user) &&
         (changes.command.empty() || commands == nullptr || IsCommand(*commands, changes.command));
}

ServiceReturn Settle(const Machine& machine, const Unit& unit, const ServiceChanges& changes) {
  if (const ServiceReturn code = ReloadUnits(machine); code != kAccepted) return code;
  // What is masked has no settings until it is no more.
  if (ServiceStartMode(unit.file_state) != "Disabled" && !Holds(machine, unit, changes)) return kNotSupported;
  return changes.mode ? ChangeUnitMode(machine, unit, *changes.mode) : kAccepted;
}

}  // namespace

std::string UnitFilePath(const Machine& machine, std::string_view unit_name) {
  return fmt::format("{}/systemd/system/{}", machine.root.etc, unit_name);
}

ServiceReturn ChangeUnit(const Machine& machine, const Unit& unit, const ServiceChanges& changes) {
  if (!changes.HasSettings()) return changes.mode ? ChangeUnitMode(machine, unit, *changes.mode) : kAccepted;
  const std::string folder = FolderOf(machine, unit.name);
  const BusyFile busy(folder);
  if (!busy.is_ours()) return kDatabaseLocked;
  DropIn file(machine, folder);
  if (const ServiceReturn code = file.Read(); code != kAccepted) return code;
  if (changes.needed) {
    const ServiceReturn code = CheckNeeded(machine, unit, *changes.needed, file.text());
    if (code != kAccepted) return code;
  }
  if (const ServiceReturn code = file.Write(DropInText(file.text(), changes)); code != kAccepted) return code;
  const ServiceReturn code = Settle(machine, unit, changes);
  if (code != kAccepted) {
    file.PutBack();
    static_cast<void>(ReloadUnits(machine));
  }
  return code;
}

void RemoveChanges(const Machine& machine, std::string_view unit_name) {
  const std::string folder = FolderOf(machine, unit_name);
  if (machine.files->Remove(DropInOf(folder).c_str()) != 0) return;
  // Others may have files there.
  static_cast<void>(machine.files->RemoveFolder(folder.c_str()));
}

}  // namespace wmi::linuxos
