#include "recorded_bus.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace wmi::classes {
namespace {

using linuxos::BusAnswer;
using linuxos::BusCall;
using linuxos::BusValue;
using Json = nlohmann::ordered_json;

BusValue ValueOf(const Json& json) {
  if (json.is_boolean()) return {json.get<bool>()};
  if (json.is_number_unsigned()) return {json.get<std::uint64_t>()};
  if (json.is_number_integer()) return {json.get<std::int64_t>()};
  if (json.is_number_float()) return {json.get<double>()};
  if (json.is_string()) return {json.get<std::string>()};
  BusValue::List list;
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) {
      list.push_back({BusValue::List{{key}, ValueOf(value)}});
    } else {
      list.push_back(ValueOf(value));
    }
  }
  return {std::move(list)};
}

// Those rows whose first member, without a folder in front of it, is like one of the patterns, as systemd chooses.
BusValue Matching(const BusValue& rows, const BusValue& patterns) {
  BusValue::List matching;
  for (const BusValue& row : rows.list()) {
    const std::string& path = row.list().at(0).text();
    const std::string name = path.substr(path.rfind('/') + 1);
    const BusValue::List& all = patterns.list();
    const bool matches = all.empty() || std::any_of(all.begin(), all.end(), [&](const BusValue& pattern) {
                           return fnmatch(pattern.text().c_str(), name.c_str(), FNM_NOESCAPE) == 0;
                         });
    if (matches) matching.push_back(row);
  }
  return {std::move(matching)};
}

BusAnswer Done(BusValue value) {
  BusAnswer answer;
  answer.outcome = BusAnswer::Outcome::kDone;
  answer.values.push_back(std::move(value));
  return answer;
}

}  // namespace

void RecordedBus::Add(const std::string& line) {
  std::istringstream words(line);
  std::string member, object, json;
  words >> member >> object;
  std::getline(words, json);
  const Json parsed = Json::parse(json, nullptr, false);
  ASSERT_FALSE(parsed.is_discarded()) << line;
  answers_[member + " " + object] = ValueOf(parsed);
}

const BusValue* RecordedBus::Find(const std::string& member, const std::string& object) const {
  const auto found = answers_.find(member + " " + object);
  return found == answers_.end() ? nullptr : &found->second;
}

BusAnswer RecordedBus::Call(const BusCall& call) {
  if (answers_.empty()) return {BusAnswer::Outcome::kNoBus, {}, {}, "no system bus is running"};
  // Filters are asked of the same list.
  for (const char* list : {"ListUnits", "ListUnitFiles"}) {
    const BusValue* const rows = Find(list, call.path);
    if (rows != nullptr && call.member == std::string(list) + "ByPatterns") {
      return Done(Matching(*rows, call.arguments.at(1)));
    }
  }
  if (call.member == "Get") {
    const BusValue* const properties = Find("GetAll", call.path);
    const BusValue* const value = properties == nullptr ? nullptr : properties->Find(call.arguments.at(1).text());
    if (value != nullptr) return Done(*value);
  }
  if (const BusValue* const value = Find(call.member, call.path)) return Done(*value);
  return {BusAnswer::Outcome::kNoService, {}, "org.freedesktop.DBus.Error.UnknownMethod", "not recorded"};
}

}  // namespace wmi::classes
