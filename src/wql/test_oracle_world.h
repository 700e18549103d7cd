// The rows that the oracle asks (test_oracle.h): once as plain values, once as the product has them. A property of
// every type with four values each, NULL among them; any two properties meet in every pair of their values.
// Header-only; included by tests and a fuzz target.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/class.h"
#include "cim/row.h"
#include "wql/query.h"

namespace wmi::wql::oracle {

// Every integer of CIM, signed or not.
__extension__ using Whole = __int128;

struct Thing;

// What a property holds, and what a constant says.
struct Value {
  enum class Sort { kNull, kWhole, kReal, kText, kBoolean, kThing };
  Sort sort = Sort::kNull;
  Whole whole = 0;
  double real = 0;
  bool boolean = false;
  std::string text;
  std::shared_ptr<const Thing> thing;
};

inline Value Null() { return {}; }
inline Value Number(Whole whole) { return {Value::Sort::kWhole, whole, 0, false, {}, nullptr}; }
inline Value Real(double real) { return {Value::Sort::kReal, 0, real, false, {}, nullptr}; }
inline Value Text(std::string text) { return {Value::Sort::kText, 0, 0, false, std::move(text), nullptr}; }
inline Value Boolean(bool boolean) { return {Value::Sort::kBoolean, 0, 0, boolean, {}, nullptr}; }

// A row, or an object inside one. What is not among the values is NULL.
struct Thing {
  std::string class_name;
  std::vector<std::pair<std::string, Value>> values;
};
inline Value Object(Thing thing) {
  return {Value::Sort::kThing, 0, 0, false, {}, std::make_shared<const Thing>(std::move(thing))};
}

enum class Type { kWhole, kReal32, kReal64, kText, kBoolean, kDatetime, kCharacter, kObject, kArray };

struct PlainProperty {
  std::string name;
  Type type;
  cim::CimType cim_type;
  std::string class_name = {};  // of kObject; empty: any
  bool is_key = false;
  std::vector<Value> values = {};  // four, for the rows
};

struct PlainClass {
  std::string name;
  std::string superclass;
  std::vector<PlainProperty> properties;  // its own
};

inline constexpr std::size_t kValuesOfProperty = 4;

inline std::vector<PlainProperty> RowProperties() {
  using cim::CimType;
  const Thing inner{"O_Inner", {{"Label", Text("a")}, {"Count", Number(1)}}};
  const Thing fine{"O_Fine",
                   {{"Count", Number(2)},
                    {"Deep", Object({"O_Inner", {{"Label", Text("Core")}, {"Count", Number(7)}}})},
                    {"Polish", Text("p")}}};
  const Thing other{"O_Other", {{"Label", Number(1)}, {"Count", Text("A")}, {"Deep", Boolean(true)}}};
  const Whole high = static_cast<Whole>(UINT64_MAX);
  return {
      {"K", Type::kText, CimType::kString, {}, true, {Text("a"), Text("Bb"), Text(""), Text("7")}},
      {"N", Type::kWhole, CimType::kUint16, {}, true, {Number(0), Number(1), Number(2), Number(65535)}},
      {"S8", Type::kWhole, CimType::kSint8, {}, false, {Null(), Number(-1), Number(0), Number(127)}},
      {"U8", Type::kWhole, CimType::kUint8, {}, false, {Null(), Number(0), Number(1), Number(255)}},
      {"S16", Type::kWhole, CimType::kSint16, {}, false, {Null(), Number(-32768), Number(-1), Number(2)}},
      {"U16", Type::kWhole, CimType::kUint16, {}, false, {Null(), Number(0), Number(1), Number(65535)}},
      {"S32", Type::kWhole, CimType::kSint32, {}, false, {Null(), Number(INT32_MIN), Number(0), Number(1)}},
      {"U32", Type::kWhole, CimType::kUint32, {}, false, {Null(), Number(0), Number(2), Number(UINT32_MAX)}},
      {"S64", Type::kWhole, CimType::kSint64, {}, false, {Null(), Number(INT64_MIN), Number(-1), Number(INT64_MAX)}},
      {"U64", Type::kWhole, CimType::kUint64, {}, false, {Null(), Number(0), Number(high / 2 + 1), Number(high)}},
      {"R4",
       Type::kReal32,
       CimType::kReal32,
       {},
       false,
       {Null(), Real(-1), Real(static_cast<double>(0.1F)), Real(1.5)}},
      {"R8", Type::kReal64, CimType::kReal64, {}, false, {Null(), Real(-1e300), Real(0.1), Real(1)}},
      {"B", Type::kBoolean, CimType::kBoolean, {}, false, {Null(), Boolean(false), Boolean(true), Boolean(false)}},
      {"T", Type::kText, CimType::kString, {}, false, {Null(), Text(""), Text("a"), Text("aB%")}},
      {"H", Type::kCharacter, CimType::kChar16, {}, false, {Null(), Number('a'), Number('B'), Number('%')}},
      {"D",
       Type::kDatetime,
       CimType::kDatetime,
       {},
       false,
       {Null(), Text("20000101000000.000000+000"), Text("20000101010000.000000+060"),
        Text("20240229120000.000000+***")}},
      {"I",
       Type::kDatetime,
       CimType::kDatetime,
       {},
       false,
       {Null(), Text("00000000000001.000000:000"), Text("00000007000000.000000:000"),
        Text("00000007000000.000001:000")}},
      {"P",
       Type::kText,
       CimType::kReference,
       "O_Base",
       false,
       {Null(), Text("O_Base.K=\"a\",N=0"), Text("x"), Text("7")}},
      {"E",
       Type::kObject,
       CimType::kObject,
       "O_Inner",
       false,
       {Null(), Object(inner), Object(fine), Object({"O_Inner", {}})}},
      {"X", Type::kObject, CimType::kObject, {}, false, {Null(), Object(inner), Object(fine), Object(other)}},
  };
}

inline std::vector<PlainClass> MakeClasses() {
  using cim::CimType;
  PlainClass base{"O_Base", "", RowProperties()};
  base.properties.push_back({"A", Type::kArray, CimType::kString});
  return {
      {"O_Inner",
       "",
       {{"Label", Type::kText, CimType::kString},
        {"Count", Type::kWhole, CimType::kUint32},
        {"Deep", Type::kObject, CimType::kObject, "O_Inner"}}},
      {"O_Fine", "O_Inner", {{"Polish", Type::kText, CimType::kString}}},
      {"O_Other",
       "",
       {{"Label", Type::kWhole, CimType::kUint8},
        {"Count", Type::kText, CimType::kString},
        {"Deep", Type::kBoolean, CimType::kBoolean}}},
      std::move(base),
      {"O_Sub", "O_Base", {{"More", Type::kWhole, CimType::kUint8}}},
  };
}

// The field of four elements: addition is XOR.
inline std::size_t TimesInFieldOfFour(std::size_t a, std::size_t b) {
  static constexpr std::array<std::array<std::size_t, 4>, 4> kProducts{
      {{0, 0, 0, 0}, {0, 1, 2, 3}, {0, 2, 3, 1}, {0, 3, 1, 2}}};
  return kProducts[a][b];
}

// An orthogonal array: row r is a vector of three elements of that field, a property a line through the origin, its
// value their product. Two lines differ, so two properties take every pair of values, each in four rows.
inline std::vector<Thing> MakeRows() {
  std::vector<std::array<std::size_t, 3>> lines{{0, 0, 1}};
  for (std::size_t z = 0; z < 4; ++z) lines.push_back({0, 1, z});
  for (std::size_t y = 0; y < 4; ++y) {
    for (std::size_t z = 0; z < 4; ++z) lines.push_back({1, y, z});
  }
  const std::vector<PlainProperty> properties = RowProperties();
  if (properties.size() + 1 > lines.size()) std::abort();
  std::vector<Thing> rows;
  for (std::size_t r = 0; r < 64; ++r) {
    const auto value = [&](std::size_t line) {
      return TimesInFieldOfFour(r % 4, lines[line][0]) ^ TimesInFieldOfFour(r / 4 % 4, lines[line][1]) ^
             TimesInFieldOfFour(r / 16, lines[line][2]);
    };
    // The last line says the class.
    Thing row{value(properties.size()) < 2 ? "O_Base" : "O_Sub", {}};
    for (std::size_t i = 0; i < properties.size(); ++i) {
      row.values.emplace_back(properties[i].name, properties[i].values[value(i)]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Immutable after it was made.
class World : public ClassFinder {
 public:
  World() : plain_classes_(MakeClasses()), plain_(MakeRows()) {
    for (const PlainClass& plain : plain_classes_) AddClass(plain);
    for (const Thing& row : plain_) objects_.push_back(MakeObject(row));
    for (const cim::Object& object : objects_) {
      std::vector<cim::ValueView>& slots = slots_.emplace_back();
      for (std::size_t i = 0; i < object.schema().properties().size(); ++i) slots.push_back(object.slot(i));
    }
  }

  cim::ClassPtr FindClass(std::string_view name) const override {
    for (const cim::ClassPtr& known : classes_) {
      if (EqualFolded(known->name(), name)) return known;
    }
    return nullptr;
  }

  const std::vector<Thing>& plain() const { return plain_; }
  const cim::Object& object(std::size_t index) const { return objects_[index]; }
  cim::Row row(std::size_t index) const { return {&objects_[index].schema(), slots_[index].data()}; }

  // Null for a class that is not there.
  const PlainClass* FindPlain(std::string_view name) const {
    for (const PlainClass& known : plain_classes_) {
      if (known.name == name) return &known;
    }
    return nullptr;
  }
  // Of the class or one above it.
  const PlainProperty* FindProperty(std::string_view class_name, std::string_view name) const {
    for (const PlainClass* at = FindPlain(class_name); at != nullptr; at = FindPlain(at->superclass)) {
      for (const PlainProperty& property : at->properties) {
        if (property.name == name) return &property;
      }
    }
    return nullptr;
  }

 private:
  void AddClass(const PlainClass& plain) {
    cim::ClassDeclaration declaration;
    declaration.name = plain.name;
    declaration.superclass = plain.superclass;
    for (const PlainProperty& property : plain.properties) {
      cim::Property& added = declaration.properties.emplace_back();
      added.name = property.name;
      added.type = {property.cim_type, property.type == Type::kArray, property.class_name};
      if (!property.is_key) continue;
      added.qualifiers.Set(
          {"key", cim::Value::Boolean(true), {cim::CimType::kBoolean, false, {}}, cim::flavor::kToInstance, false});
    }
    const cim::ClassPtr superclass = plain.superclass.empty() ? nullptr : FindClass(plain.superclass);
    classes_.push_back(cim::Class::Make(std::move(declaration), superclass, nullptr).value());
  }

  cim::Object MakeObject(const Thing& thing) {
    cim::RowBlockBuilder builder;
    const cim::ClassPtr schema = FindClass(thing.class_name);
    std::deque<cim::Object> inner;
    builder.BeginRow(schema);
    for (const auto& [name, value] : thing.values) {
      const std::size_t slot = *schema->FindSlot(name);
      switch (value.sort) {
        case Value::Sort::kNull:
          break;
        case Value::Sort::kWhole:
          if (cim::IsSignedInteger(schema->properties()[slot].type.type)) {
            builder.SetSigned(slot, static_cast<std::int64_t>(value.whole));
          } else {
            builder.SetUnsigned(slot, static_cast<std::uint64_t>(value.whole));
          }
          break;
        case Value::Sort::kReal:
          builder.SetReal(slot, value.real);
          break;
        case Value::Sort::kText:
          builder.SetText(slot, value.text);
          break;
        case Value::Sort::kBoolean:
          builder.SetBoolean(slot, value.boolean);
          break;
        case Value::Sort::kThing:
          inner.push_back(MakeObject(*value.thing));
          builder.Set(slot, cim::ValueView::OfObject(&inner.back()));
          break;
      }
    }
    builder.CommitRow();
    std::vector<cim::Object> out;
    builder.Finish(out);
    return std::move(out.front());
  }

  std::vector<PlainClass> plain_classes_;
  std::vector<Thing> plain_;
  std::vector<cim::ClassPtr> classes_;
  std::vector<cim::Object> objects_;
  std::vector<std::vector<cim::ValueView>> slots_;
};

inline const World& TheWorld() {
  static const World world;
  return world;
}

}  // namespace wmi::wql::oracle
