// Values: ValueView, a 16-byte look at a value that somebody else owns, and Value, the owner.
//
// Rows (row.h), constants of queries, defaults and qualifiers all speak ValueView, so there is one way to read a value.
// The storage kind is coarser than the CIM type: sint8 to sint64 are kSigned, uint8 to uint64 and char16 kUnsigned,
// real32/64 kReal; string, datetime and reference kText (UTF-8). The CIM type stands in the class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wmi::cim {

class Object;

enum class ValueKind : std::uint8_t { kNull, kBoolean, kSigned, kUnsigned, kReal, kText, kArray, kObject };

// Trivially copyable; valid as long as the owner of what it looks at. Never stored beyond that.
class ValueView {
 public:
  constexpr ValueView() : unsigned_(0) {}
  static constexpr ValueView Boolean(bool value) {
    ValueView view(ValueKind::kBoolean);
    view.unsigned_ = value ? 1 : 0;
    return view;
  }
  static constexpr ValueView Signed(std::int64_t value) {
    ValueView view(ValueKind::kSigned);
    view.signed_ = value;
    return view;
  }
  static constexpr ValueView Unsigned(std::uint64_t value) {
    ValueView view(ValueKind::kUnsigned);
    view.unsigned_ = value;
    return view;
  }
  static constexpr ValueView Real(double value) {
    ValueView view(ValueKind::kReal);
    view.real_ = value;
    return view;
  }
  static constexpr ValueView Text(std::string_view text) {
    ValueView view(ValueKind::kText);
    view.length_ = static_cast<std::uint32_t>(text.size());
    view.text_ = text.data();
    return view;
  }
  static constexpr ValueView Array(std::span<const ValueView> items) {
    ValueView view(ValueKind::kArray);
    view.length_ = static_cast<std::uint32_t>(items.size());
    view.items_ = items.data();
    return view;
  }
  static constexpr ValueView OfObject(const Object* object) {
    ValueView view(ValueKind::kObject);
    view.object_ = object;
    return view;
  }

  constexpr ValueKind kind() const { return kind_; }
  constexpr bool is_null() const { return kind_ == ValueKind::kNull; }

  // Each only for its kind.
  constexpr bool boolean() const { return unsigned_ != 0; }
  constexpr std::int64_t signed_integer() const { return signed_; }
  constexpr std::uint64_t unsigned_integer() const { return unsigned_; }
  constexpr double real() const { return real_; }
  constexpr std::string_view text() const { return {text_, length_}; }
  constexpr std::span<const ValueView> items() const { return {items_, length_}; }
  constexpr const Object* object() const { return object_; }

 private:
  constexpr explicit ValueView(ValueKind kind) : kind_(kind), unsigned_(0) {}

  ValueKind kind_ = ValueKind::kNull;
  std::uint32_t length_ = 0;
  union {
    std::int64_t signed_;
    std::uint64_t unsigned_;
    double real_;
    const char* text_;
    const ValueView* items_;
    const Object* object_;
  };
};
static_assert(sizeof(ValueView) == 16);

// Deep equality: same kind and same content; text byte by byte, objects by class and slots.
bool SameValue(ValueView a, ValueView b);

// Owns a value. Immutable apart from assignment; long texts, arrays and objects are shared between copies.
class Value {
 public:
  Value() = default;
  static Value Boolean(bool value);
  static Value Signed(std::int64_t value);
  static Value Unsigned(std::uint64_t value);
  static Value Real(double value);
  static Value Text(std::string text);
  static Value Array(std::vector<Value> items);
  static Value OfObject(Object object);
  // A deep copy of what is looked at.
  static Value Copy(ValueView view);

  // Valid until this Value is assigned to, moved from or destroyed.
  ValueView view() const;
  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }

  friend bool operator==(const Value& a, const Value& b) { return SameValue(a.view(), b.view()); }

 private:
  struct ArrayData {
    std::vector<Value> items;
    std::vector<ValueView> views;
  };
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string,
               std::shared_ptr<const std::string>, std::shared_ptr<const ArrayData>, std::shared_ptr<const Object>>
      data_;
};

}  // namespace wmi::cim
