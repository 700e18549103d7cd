#include "wql/restriction.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "wql/bound.h"

namespace wmi::wql {
namespace {

using Restrictions = std::vector<Restriction>;

// Types of which the same value has one form only, text apart from case.
bool HasOneForm(cim::CimType type) {
  switch (type) {
    case cim::CimType::kString:
    case cim::CimType::kReference:
    case cim::CimType::kBoolean:
      return true;
    default:
      return cim::IsInteger(type) && type != cim::CimType::kChar16;
  }
}

cim::Value CommonForm(const cim::Value& value) {
  const cim::ValueView view = value.view();
  if (view.kind() == cim::ValueKind::kText) return cim::Value::Text(Fold(view.text()));
  if (view.kind() == cim::ValueKind::kSigned && view.signed_integer() >= 0) {
    return cim::Value::Unsigned(static_cast<std::uint64_t>(view.signed_integer()));
  }
  return value;
}

void AddOnce(cim::Value value, std::vector<cim::Value>& values) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(std::move(value));
}

// The values that pass the test, whatever type the property turns out to have. nullopt: others may pass, too.
std::optional<std::vector<cim::Value>> PassingValues(const BoundTest& test) {
  std::vector<cim::Value> values;
  if (test.source == Source::kSlot) {
    cim::Value only = test.comparison.OnlyValue();
    if (only.is_null()) return std::nullopt;
    values.push_back(CommonForm(only));
    return values;
  }
  if (test.source != Source::kEmbedded || test.path->system || test.path->by_type.empty()) return std::nullopt;
  for (std::size_t type = 0; type < test.path->by_type.size(); ++type) {
    const std::optional<Comparison>& comparison = test.path->by_type[type];
    if (!comparison || !HasOneForm(static_cast<cim::CimType>(type)) || comparison->IsNever()) continue;
    cim::Value only = comparison->OnlyValue();
    if (only.is_null()) return std::nullopt;
    AddOnce(CommonForm(only), values);
  }
  if (values.empty()) return std::nullopt;
  return values;
}

Restrictions OfTest(const BoundTest& test, const cim::Class& schema) {
  std::optional<std::vector<cim::Value>> values = PassingValues(test);
  if (!values) return {};
  Restriction restriction;
  restriction.path.push_back(Fold(schema.properties()[test.slot].name));
  if (test.source == Source::kEmbedded) {
    for (const std::string& name : test.path->names) restriction.path.push_back(Fold(name));
  }
  restriction.values = *std::move(values);
  return {std::move(restriction)};
}

Restriction* FindPath(Restrictions& among, const std::vector<std::string>& path) {
  const auto found =
      std::find_if(among.begin(), among.end(), [&](const Restriction& other) { return other.path == path; });
  return found == among.end() ? nullptr : &*found;
}

// Each restriction of each child holds; of two about the same property the narrower one is kept.
void JoinAll(Restrictions more, Restrictions& all) {
  for (Restriction& restriction : more) {
    if (Restriction* const same = FindPath(all, restriction.path)) {
      if (restriction.values.size() < same->values.size()) *same = std::move(restriction);
    } else if (all.size() < kRestrictionsMax) {
      all.push_back(std::move(restriction));
    }
  }
}

// Only what every child restricts is restricted: to the values of all of them.
void JoinAny(Restrictions more, Restrictions& any) {
  std::erase_if(any, [&](Restriction& restriction) {
    Restriction* const same = FindPath(more, restriction.path);
    if (same == nullptr) return true;
    for (cim::Value& value : same->values) AddOnce(std::move(value), restriction.values);
    return restriction.values.size() > kRestrictionValuesMax;
  });
}

}  // namespace

std::vector<Restriction> FindRestrictions(const BoundNode& root, const cim::Class& schema) {
  if (root.kind == NodeKind::kTest) return OfTest(*root.test, schema);
  Restrictions joined;
  bool is_first = true;
  for (const BoundNode& child : root.children) {
    Restrictions more = FindRestrictions(child, schema);
    if (std::exchange(is_first, false)) {
      joined = std::move(more);
    } else {
      root.kind == NodeKind::kAnd ? JoinAll(std::move(more), joined) : JoinAny(std::move(more), joined);
    }
  }
  return joined;
}

RestrictedValue RestrictedValueOf(const cim::Object& object, const std::vector<std::string>& path) {
  const cim::Object* at = &object;
  cim::ValueView value = cim::ValueView::OfObject(at);
  const cim::DataType* type = nullptr;
  for (const std::string& name : path) {
    if (value.kind() != cim::ValueKind::kObject) return {};
    at = value.object();
    const std::optional<std::size_t> slot = at->schema().FindSlot(name);
    if (!slot) return {};
    type = &at->schema().properties()[*slot].type;
    value = at->slot(*slot);
  }
  if (type == nullptr || type->is_array || value.is_null()) return {};
  if (type->type != cim::CimType::kObject && !HasOneForm(type->type)) return {RestrictedValue::Kind::kUnknown};
  switch (value.kind()) {
    case cim::ValueKind::kText:
    case cim::ValueKind::kBoolean:
    case cim::ValueKind::kUnsigned:
      return {RestrictedValue::Kind::kValue, value};
    case cim::ValueKind::kSigned:
      if (value.signed_integer() < 0) return {RestrictedValue::Kind::kValue, value};
      return {RestrictedValue::Kind::kValue,
              cim::ValueView::Unsigned(static_cast<std::uint64_t>(value.signed_integer()))};
    default:
      return {};
  }
}

}  // namespace wmi::wql
