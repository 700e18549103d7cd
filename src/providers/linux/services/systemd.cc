#include "providers/linux/services/systemd.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"

namespace wmi::linuxos {
namespace {

constexpr const char* kDestination = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManagerInterface = "org.freedesktop.systemd1.Manager";
constexpr std::size_t kUnitNameMax = 255;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "name@.service": instances are made of it, it is none.
bool IsTemplate(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos && dot > 0 && name[dot - 1] == '@';
}

BusValue Texts(const std::vector<std::string>& texts) {
  BusValue::List list;
  for (const std::string& text : texts) list.push_back({text});
  return {std::move(list)};
}

}  // namespace

BusCall ManagerCall(std::string member, std::string signature, std::vector<BusValue> arguments) {
  BusCall call;
  call.destination = kDestination;
  call.path = kManagerPath;
  call.interface = kManagerInterface;
  call.member = std::move(member);
  call.signature = std::move(signature);
  call.arguments = std::move(arguments);
  return call;
}

UnitList ListUnits(const Machine& machine, const std::vector<std::string>& patterns) {
  UnitList list;
  // Both calls filter inside systemd: states first, then names; no state means all.
  const std::vector<BusValue> arguments = {Texts({}), Texts(patterns)};
  BusAnswer loaded = machine.bus->Call(ManagerCall("ListUnitsByPatterns", "asas", arguments));
  if (!loaded.ok()) {
    list.failure = std::move(loaded);
    return list;
  }
  BusAnswer files = machine.bus->Call(ManagerCall("ListUnitFilesByPatterns", "asas", arguments));

  std::map<std::string, Unit> by_name;
  if (!files.ok()) {
    list.failure = std::move(files);
  } else {
    list.failure.outcome = BusAnswer::Outcome::kDone;
    for (const BusValue& row : files.values.empty() ? BusValue::List() : files.values[0].list()) {
      if (row.list().size() < 2) continue;
      const std::string& path = row.list()[0].text();
      Unit unit;
      unit.name = path.substr(path.rfind('/') + 1);
      unit.file_state = row.list()[1].text();
      if (unit.name.empty() || IsTemplate(unit.name) || unit.file_state == "alias") continue;
      unit.path = UnitPath(unit.name);
      by_name.emplace(unit.name, unit);
    }
  }
  for (const BusValue& row : loaded.values.empty() ? BusValue::List() : loaded.values[0].list()) {
    const BusValue::List& members = row.list();
    // "not-found": somebody wants it, nobody has it.
    if (members.size() < 7 || members[2].text() == "not-found" || members[0].text().empty()) continue;
    Unit& unit = by_name[members[0].text()];
    unit.name = members[0].text();
    unit.description = members[1].text();
    unit.load_state = members[2].text();
    unit.active_state = members[3].text();
    unit.sub_state = members[4].text();
    unit.path = members[6].text();
    unit.is_loaded = true;
  }
  list.units.reserve(by_name.size());
  for (auto& [name, unit] : by_name) list.units.push_back(std::move(unit));
  return list;
}

std::optional<std::string> PatternOf(std::string_view name, std::string_view type) {
  if (name.empty() || name.size() + type.size() > kUnitNameMax) return std::nullopt;
  std::string pattern;
  for (const char c : name) {
    if (IsLetter(c)) {
      // The two letters differ in this bit.
      pattern += {'[', static_cast<char>(c & ~0x20), static_cast<char>(c | 0x20), ']'};
    } else if (IsDigit(c) || std::string_view(":-_.\\@").find(c) != std::string_view::npos) {
      pattern += c;
    } else {
      return std::nullopt;
    }
  }
  return pattern.append(type);
}

std::string UnitPath(std::string_view unit_name) {
  std::string path = "/org/freedesktop/systemd1/unit/";
  for (std::size_t i = 0; i < unit_name.size(); ++i) {
    const char c = unit_name[i];
    if (IsLetter(c) || (IsDigit(c) && i > 0)) {
      path += c;
    } else {
      path += fmt::format("_{:02x}", static_cast<unsigned char>(c));
    }
  }
  return path;
}

BusAnswer UnitProperties(const Machine& machine, const std::string& unit_path) {
  // No interface means all of them.
  return machine.bus->Properties(kDestination, unit_path, "");
}

BusAnswer UnitProperty(const Machine& machine, const std::string& unit_path, std::string_view name) {
  BusCall call = ManagerCall("Get", "ss", {{std::string("org.freedesktop.systemd1.Unit")}, {std::string(name)}});
  call.path = unit_path;
  call.interface = "org.freedesktop.DBus.Properties";
  return machine.bus->Call(call);
}

BusValue FirstValue(BusAnswer answer) {
  return answer.ok() && !answer.values.empty() ? std::move(answer.values.front()) : BusValue();
}

const std::string& TextOf(const BusValue& properties, std::string_view name) {
  static const BusValue none;
  const BusValue* const value = properties.Find(name);
  return value != nullptr ? value->text() : none.text();
}

std::uint64_t NumberOf(const BusValue& properties, std::string_view name) {
  const BusValue* const value = properties.Find(name);
  return value != nullptr ? value->unsigned_number() : 0;
}

std::string CommandLineOf(const BusValue& properties) {
  const BusValue* const commands = properties.Find("ExecStart");
  if (commands == nullptr || commands->list().empty()) return {};
  // Path, arguments (the first is what the program is told to be), and how its last run went.
  const BusValue::List& command = commands->list().front().list();
  if (command.size() < 2) return {};
  const auto word = [](const std::string& text) {
    return text.empty() || text.find_first_of(" \t\n") != std::string::npos ? fmt::format("\"{}\"", text) : text;
  };
  std::string line = word(command[0].text());
  const BusValue::List& arguments = command[1].list();
  for (std::size_t i = 1; i < arguments.size(); ++i)
    fmt::format_to(std::back_inserter(line), " {}", word(arguments[i].text()));
  return line;
}

Status StatusOf(const BusAnswer& failure, std::string_view what) {
  using BusOutcome = BusAnswer::Outcome;
  if (failure.ok()) return Status();
  if (failure.outcome == BusOutcome::kNoBus || failure.outcome == BusOutcome::kNoService) {
    return Status(
        code::kPartialResults,
        fmt::format("systemd is not running on this machine, so its {} are not known: {}", what, failure.message));
  }
  return Status(code::kPartialResults, fmt::format("not all {} are known: {}", what, failure.message));
}

}  // namespace wmi::linuxos
