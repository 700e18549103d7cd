// Files of variables, desktop entries and zone rules, which anybody may have written: no crash, and a change of a file
// of variables changes that variable alone. The first byte chooses the form; name and value of the change are fixed or
// taken from the input. Links wmi_linux.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/system/clock_classes.h"
#include "providers/linux/system/environment_file.h"
#include "providers/linux/system/startup_command.h"

namespace {

using wmi::linuxos::EnvironmentEntry;
using wmi::linuxos::EnvironmentForm;

void Require(bool holds) {
  if (!holds) std::abort();
}

// Entries lie in the text one behind the other.
void CheckPlaces(const std::vector<EnvironmentEntry>& entries, std::size_t size) {
  std::size_t from = 0;
  for (const EnvironmentEntry& entry : entries) {
    Require(wmi::linuxos::IsEnvironmentName(entry.name));
    Require(from <= entry.start && entry.start < entry.end && entry.end <= size);
    from = entry.end;
  }
}

void CheckChange(std::string_view text, EnvironmentForm form, const std::string& name, std::string_view value) {
  if (!wmi::linuxos::CanHoldValue(value, form)) return;
  const auto with = wmi::linuxos::WithVariable(text, form, name, value);
  if (!with) return;
  std::string last = "none";
  for (const EnvironmentEntry& entry : wmi::linuxos::ParseEnvironment(*with, form)) {
    if (entry.name == name) last = entry.value;
  }
  Require(last == value);
  const auto without = wmi::linuxos::WithoutVariable(*with, form, name);
  if (!without) return;
  for (const EnvironmentEntry& entry : wmi::linuxos::ParseEnvironment(*without, form)) Require(entry.name != name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const EnvironmentForm form = data[0] % 2 == 0 ? EnvironmentForm::kPam : EnvironmentForm::kEnvironmentD;
  const std::vector<EnvironmentEntry> entries = wmi::linuxos::ParseEnvironment(text, form);
  CheckPlaces(entries, text.size());
  CheckChange(text, form, "NAME", "a \"value\" \\ $X");
  CheckChange("A=1\n", form, "NAME", text);
  if (!entries.empty()) CheckChange(text, form, entries.front().name, "");

  if (const auto entry = wmi::linuxos::ParseDesktopEntry(text)) Require(!entry->command.empty());
  (void)wmi::linuxos::ParseZoneRule(text);
  (void)wmi::linuxos::ParseZoneRule(wmi::linuxos::ZoneFileRule(text));
  return 0;
}
