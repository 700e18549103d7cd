#include "wmi/event_reader.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "wmi/com_text.h"
#include "wmi/json.h"
#include "wmi/object_reader.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

constexpr int kNestingMax = 64;                                        // WBEM_MAX_OBJECT_NESTING
constexpr std::uint64_t kUnixEpochIn100Ns = 116'444'736'000'000'000U;  // from 1601-01-01

// The object that a property holds; null when it holds none.
ObjectPtr Embedded(IWbemClassObject* object, std::string_view name) {
  Variant value;
  ObjectPtr result;
  if (FAILED(object->Get(WideText(name).c_str(), 0, value.Receive(), nullptr, nullptr))) return result;
  if (value->vt != VT_UNKNOWN || value->punkVal == nullptr) return result;
  if (FAILED(value->punkVal->QueryInterface(IID_IWbemClassObject, reinterpret_cast<void**>(result.Receive())))) {
    result.Reset();
  }
  return result;
}

// An intrinsic event by its class (contract 6.2): what it tells, and of what.
struct Intrinsic {
  std::string_view what;
  enum class Of { kNothing, kInstance, kClass, kNamespace } of = Of::kNothing;
};

Intrinsic IntrinsicOf(std::string_view class_name) {
  static constexpr std::array<std::pair<std::string_view, Intrinsic::Of>, 3> kStarts = {
      {{"__Instance", Intrinsic::Of::kInstance},
       {"__Class", Intrinsic::Of::kClass},
       {"__Namespace", Intrinsic::Of::kNamespace}}};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kEnds = {
      {{"CreationEvent", "created"}, {"ModificationEvent", "changed"}, {"DeletionEvent", "deleted"}}};
  for (const auto& start : kStarts) {
    if (!EqualFolded(class_name.substr(0, start.first.size()), start.first)) continue;
    for (const auto& end : kEnds) {
      if (EqualFolded(class_name.substr(start.first.size()), end.first)) return {end.second, start.second};
    }
  }
  return {};
}

std::int64_t TimeOf(IWbemClassObject* event, std::int64_t arrival) {
  const Value value = ReadProperty(event, "TIME_CREATED");
  const auto* created = std::get_if<std::uint64_t>(&value.data);
  if (created == nullptr || *created < kUnixEpochIn100Ns) return arrival;
  return static_cast<std::int64_t>((*created - kUnixEpochIn100Ns) / 10);
}

bool IsSystemOfEvent(std::string_view name) {
  return EqualFolded(name, "TIME_CREATED") || EqualFolded(name, "SECURITY_DESCRIPTOR");
}

Row NotNull(const Row& row) {
  Row result;
  for (const Property& property : row.properties) {
    if (!property.value.IsNull() && !IsSystemOfEvent(property.name)) result.properties.push_back(property);
  }
  return result;
}

std::vector<Change> ChangesBetween(const Row& before, const Row& after) {
  std::vector<Change> changes;
  for (const Property& property : after.properties) {
    const Value* old = before.Find(property.name);
    if (old != nullptr && JsonText(*old) != JsonText(property.value)) {
      changes.push_back({property.name, *old, property.value});
    }
  }
  return changes;
}

void ReadInstance(IWbemClassObject* event, Event& result) {
  const ObjectPtr target = Embedded(event, "TargetInstance");
  if (!target) return;
  result.object = ReadText(target.get(), "__RELPATH");
  if (result.object.empty()) result.object = ReadText(target.get(), "__CLASS");
  const Row now = ReadRow(target.get(), {});
  result.facts = NotNull(now);
  // A key says little when it is a number.
  const Value* const name = now.Find("Name");
  const auto* text = name == nullptr ? nullptr : std::get_if<std::string>(&name->data);
  if (text != nullptr && result.object.find(*text) == std::string::npos) {
    result.brief.properties.push_back({"Name", *name});
  }
  if (const ObjectPtr before = Embedded(event, "PreviousInstance")) {
    result.changes = ChangesBetween(ReadRow(before.get(), {}), now);
  }
}

// The columns besides the objects, which `object` and `changes` show; nothing when only objects are named.
Row NamedFacts(IWbemClassObject* event, const std::vector<std::string>& columns) {
  static constexpr std::string_view kTarget = "TargetInstance.";
  Row row;
  for (const std::string& column : columns) {
    if (column.starts_with("__") || IsSystemOfEvent(column) || Embedded(event, column)) continue;
    Value value = ReadProperty(event, column);
    if (value.IsNull()) continue;
    const bool is_of_target = EqualFolded(std::string_view(column).substr(0, kTarget.size()), kTarget);
    row.properties.push_back({is_of_target ? column.substr(kTarget.size()) : column, std::move(value)});
  }
  return row;
}

void ReadKind(IWbemClassObject* event, const std::string& class_name, Event& result) {
  const Intrinsic intrinsic = IntrinsicOf(class_name);
  result.what = intrinsic.what.empty() ? class_name : std::string(intrinsic.what);
  switch (intrinsic.of) {
    case Intrinsic::Of::kInstance:
      return ReadInstance(event, result);
    case Intrinsic::Of::kClass:
      if (const ObjectPtr target = Embedded(event, "TargetClass")) {
        result.object = "class " + ReadText(target.get(), "__CLASS");
      }
      return;
    case Intrinsic::Of::kNamespace:
      if (const ObjectPtr target = Embedded(event, "TargetNamespace")) {
        result.object = "namespace " + ReadText(target.get(), "Name");
      }
      return;
    case Intrinsic::Of::kNothing:
      result.facts = NotNull(ReadRow(event, {}));
      result.brief = result.facts;
  }
}

Row ReadWhole(IWbemClassObject* object, int depth) {
  Row row;
  for (const char* name : {"__CLASS", "__RELPATH"}) {
    Value value = ReadProperty(object, name);
    if (!value.IsNull()) row.properties.push_back({name, std::move(value)});
  }
  Row own = ReadRow(object, {});
  for (Property& property : own.properties) {
    if (std::holds_alternative<Value::Object>(property.value.data) && depth < kNestingMax) {
      if (const ObjectPtr inner = Embedded(object, property.name)) {
        property.value = {std::make_shared<const Row>(ReadWhole(inner.get(), depth + 1))};
      }
    }
    row.properties.push_back(std::move(property));
  }
  return row;
}

bool IsAggregate(std::string_view class_name) { return EqualFolded(class_name, "__AggregateEvent"); }

}  // namespace

Event ReadEvent(IWbemClassObject* event, const std::vector<std::string>& columns, std::int64_t arrival) {
  Event result;
  result.time = TimeOf(event, arrival);
  const std::string class_name = ReadText(event, "__CLASS");
  if (IsAggregate(class_name)) {
    const ObjectPtr representative = Embedded(event, "Representative");
    // One level: groups of groups there are none.
    if (representative && !IsAggregate(ReadText(representative.get(), "__CLASS"))) {
      result = ReadEvent(representative.get(), columns, arrival);
      result.what = fmt::format("{} × {}", ValueText(ReadProperty(event, "NumberOfEvents")), result.what);
      return result;
    }
  }
  ReadKind(event, class_name, result);
  if (Row named = NamedFacts(event, columns); !named.properties.empty()) {
    result.changes.clear();
    result.facts = named;
    result.brief = std::move(named);
  }
  return result;
}

Row ReadEventRow(IWbemClassObject* event, const std::vector<std::string>& columns) {
  // A group is another object than the query names.
  if (columns.empty() || IsAggregate(ReadText(event, "__CLASS"))) return ReadWhole(event, 0);
  return ReadRow(event, columns);
}

}  // namespace wmi::cli
