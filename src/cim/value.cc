#include "cim/value.h"

#include <bit>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/instance_qualifiers.h"
#include "cim/row.h"

namespace wmi::cim {
namespace {

// Longer texts are shared between copies: descriptions are inherited by every subclass.
constexpr std::size_t kSharedTextBytesMin = 48;

bool SameValueWithin(ValueView a, ValueView b, std::size_t depth_left);

bool SameObject(const Object& a, const Object& b, std::size_t depth_left) {
  if (!a || !b) return !a && !b;
  if (a.is_class() != b.is_class()) return false;
  if (&a.schema() != &b.schema()) {
    const auto& properties_a = a.schema().properties();
    const auto& properties_b = b.schema().properties();
    if (!EqualFolded(a.schema().name(), b.schema().name()) || properties_a.size() != properties_b.size()) return false;
    for (std::size_t slot = 0; slot < properties_a.size(); ++slot) {
      if (!EqualFolded(properties_a[slot].name, properties_b[slot].name)) return false;
    }
  }
  if (depth_left == 0) return false;
  for (std::size_t slot = 0; slot < a.schema().properties().size(); ++slot) {
    if (!SameValueWithin(a.slot(slot), b.slot(slot), depth_left - 1)) return false;
  }
  return SameInstanceQualifiers(a.own_qualifiers(), b.own_qualifiers());
}

bool SameValueWithin(ValueView a, ValueView b, std::size_t depth_left) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case ValueKind::kNull:
      return true;
    case ValueKind::kBoolean:
      return a.boolean() == b.boolean();
    case ValueKind::kSigned:
      return a.signed_integer() == b.signed_integer();
    case ValueKind::kUnsigned:
      return a.unsigned_integer() == b.unsigned_integer();
    case ValueKind::kReal:
      // By representation, so that a value is the same as itself even when it is not a number.
      return a.real() == b.real() || std::bit_cast<std::uint64_t>(a.real()) == std::bit_cast<std::uint64_t>(b.real());
    case ValueKind::kText:
      return a.text() == b.text();
    case ValueKind::kArray: {
      if (a.items().size() != b.items().size() || depth_left == 0) return false;
      for (std::size_t i = 0; i < a.items().size(); ++i) {
        if (!SameValueWithin(a.items()[i], b.items()[i], depth_left - 1)) return false;
      }
      return true;
    }
    case ValueKind::kObject:
      if (a.object() == b.object()) return true;
      if (a.object() == nullptr || b.object() == nullptr) return false;
      return SameObject(*a.object(), *b.object(), depth_left);
  }
  return false;
}

}  // namespace

bool SameValue(ValueView a, ValueView b) { return SameValueWithin(a, b, 2 * limits::kObjectNestingMax); }

Value Value::Boolean(bool value) {
  Value result;
  result.data_ = value;
  return result;
}

Value Value::Signed(std::int64_t value) {
  Value result;
  result.data_ = value;
  return result;
}

Value Value::Unsigned(std::uint64_t value) {
  Value result;
  result.data_ = value;
  return result;
}

Value Value::Real(double value) {
  Value result;
  result.data_ = value;
  return result;
}

Value Value::Text(std::string text) {
  Value result;
  if (text.size() < kSharedTextBytesMin) {
    result.data_ = std::move(text);
  } else {
    result.data_ = std::make_shared<const std::string>(std::move(text));
  }
  return result;
}

Value Value::Array(std::vector<Value> items) {
  auto data = std::make_shared<ArrayData>();
  data->items = std::move(items);
  data->views.reserve(data->items.size());
  for (const Value& item : data->items) data->views.push_back(item.view());
  Value result;
  result.data_ = std::shared_ptr<const ArrayData>(std::move(data));
  return result;
}

Value Value::OfObject(Object object) {
  Value result;
  result.data_ = std::make_shared<const Object>(std::move(object));
  return result;
}

Value Value::Copy(ValueView view) {
  switch (view.kind()) {
    case ValueKind::kNull:
      return Value();
    case ValueKind::kBoolean:
      return Boolean(view.boolean());
    case ValueKind::kSigned:
      return Signed(view.signed_integer());
    case ValueKind::kUnsigned:
      return Unsigned(view.unsigned_integer());
    case ValueKind::kReal:
      return Real(view.real());
    case ValueKind::kText:
      return Text(std::string(view.text()));
    case ValueKind::kArray: {
      std::vector<Value> items;
      items.reserve(view.items().size());
      for (const ValueView& item : view.items()) items.push_back(Copy(item));
      return Array(std::move(items));
    }
    case ValueKind::kObject:
      // Objects are immutable, so a counted handle is as good as a copy.
      return view.object() == nullptr ? Value() : OfObject(*view.object());
  }
  return Value();
}

ValueView Value::view() const {
  struct Visitor {
    ValueView operator()(std::monostate) const { return {}; }
    ValueView operator()(bool value) const { return ValueView::Boolean(value); }
    ValueView operator()(std::int64_t value) const { return ValueView::Signed(value); }
    ValueView operator()(std::uint64_t value) const { return ValueView::Unsigned(value); }
    ValueView operator()(double value) const { return ValueView::Real(value); }
    ValueView operator()(const std::string& value) const { return ValueView::Text(value); }
    ValueView operator()(const std::shared_ptr<const std::string>& value) const { return ValueView::Text(*value); }
    ValueView operator()(const std::shared_ptr<const ArrayData>& value) const { return ValueView::Array(value->views); }
    ValueView operator()(const std::shared_ptr<const Object>& value) const { return ValueView::OfObject(value.get()); }
  };
  return std::visit(Visitor{}, data_);
}

}  // namespace wmi::cim
