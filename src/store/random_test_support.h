// Random classes and instances with everything that the repository keeps, from a seed.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cim/instance_qualifiers.h"
#include "store/test_support.h"

namespace wmi::store {

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  std::size_t Below(std::size_t end) { return engine_() % end; }
  bool Chance(std::size_t one_in) { return Below(one_in) == 0; }

  // Of a class without a name and superclass of its own: both are given. Properties and qualifiers carry `name`, so
  // that those of several levels do not meet.
  cim::ClassDeclaration Declaration(const std::string& name, const cim::Class* superclass, int depth = 0) {
    cim::ClassDeclaration declaration;
    declaration.name = name;
    if (superclass != nullptr) declaration.superclass = superclass->name();
    declaration.qualifiers = Qualifiers("Of" + name);
    for (std::size_t i = Below(7); i > 0; --i) {
      cim::Property property = Prop(name + "_p" + std::to_string(i));
      property.type = Type(depth);
      property.default_value = Any(property.type, depth);
      property.qualifiers = Qualifiers("In" + name);
      if (IsIndexable(property.type) && Chance(4) && !property.default_value.is_null()) {
        property.qualifiers.Set(Flag("indexed"));
      }
      declaration.properties.push_back(std::move(property));
    }
    if (superclass != nullptr) Override(declaration, *superclass, depth);
    for (std::size_t i = Below(3); i > 0; --i) {
      declaration.methods.push_back(Method(name + "_m" + std::to_string(i), depth));
    }
    return declaration;
  }

  // Whatever suits the class; its keys are `key` and numbers from it.
  cim::Object Instance(const cim::ClassPtr& schema, std::size_t key, int depth = 0) {
    cim::RowBlockBuilder row;
    row.BeginRow(schema);
    cim::InstanceQualifiers own;
    for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) {
      const cim::Property& property = schema->properties()[slot];
      if (!property.is_key && Chance(4)) continue;  // the default
      cim::Value value = Any(property.type, depth);
      if (property.is_key || (value.is_null() && property.qualifiers.IsTrue("indexed"))) {
        value = Scalar(property.type, depth);
      }
      if (property.is_key) value = property.type.type == cim::CimType::kString ? T(std::to_string(key)) : U(key);
      row.Set(slot, value.view());
      if (Chance(6)) own.EnsureProperty(slot) = Qualifiers("Own");
    }
    if (Chance(4)) own.of_object = Qualifiers("Own");
    if (!own.empty()) {
      Result<cim::InstanceQualifiersPtr> made = cim::MakeInstanceQualifiers(*schema, std::move(own));
      EXPECT_TRUE(made.ok()) << made.status().Message();
      if (made.ok()) row.SetOwnQualifiers(*made);
    }
    row.CommitRow();
    std::vector<cim::Object> rows;
    row.Finish(rows);
    return rows.front();
  }

 private:
  std::uint64_t Wide() { return std::uint64_t{engine_()} << 32 | engine_(); }

  std::string AnyText() {
    static constexpr const char* kPieces[] = {
        "a", "Z", "\"", "\\", "\n", "\t", "\xC3\xA4", "'", "\xE2\x82\xAC", " ", "\xF0\x9F\x98\x80", "\x01"};
    if (Chance(40)) return std::string(5000 + Below(20000), 'x');  // over several pages
    std::string text;
    for (std::size_t i = Below(12); i > 0; --i) text += kPieces[Below(std::size(kPieces))];
    if (Chance(20)) text += std::string(1, '\0') + "behind";
    return text;
  }

  // Often at an end of the range.
  template <typename T>
  T Integer() {
    switch (Below(5)) {
      case 0:
        return std::numeric_limits<T>::min();
      case 1:
        return std::numeric_limits<T>::max();
      case 2:
        return static_cast<T>(Below(3));
      default:
        return static_cast<T>(Wide());
    }
  }
  double Real() {
    static constexpr double kSpecial[] = {0.0, -0.0, 1.5, -1e308, 5e-324};
    return Chance(2) ? kSpecial[Below(std::size(kSpecial))] : static_cast<double>(Integer<std::int64_t>()) / 7e5;
  }

  cim::Value Scalar(const cim::DataType& type, int depth) {
    using cim::CimType;
    using cim::Value;
    switch (type.type) {
      case CimType::kBoolean:
        return Value::Boolean(Chance(2));
      case CimType::kSint8:
        return Value::Signed(Integer<std::int8_t>());
      case CimType::kSint16:
        return Value::Signed(Integer<std::int16_t>());
      case CimType::kSint32:
        return Value::Signed(Integer<std::int32_t>());
      case CimType::kSint64:
        return Value::Signed(Integer<std::int64_t>());
      case CimType::kUint8:
        return Value::Unsigned(Integer<std::uint8_t>());
      case CimType::kUint16:
      case CimType::kChar16:
        return Value::Unsigned(Integer<std::uint16_t>());
      case CimType::kUint32:
        return Value::Unsigned(Integer<std::uint32_t>());
      case CimType::kUint64:
        return Value::Unsigned(Integer<std::uint64_t>());
      case CimType::kReal32:
        return Value::Real(static_cast<double>(static_cast<float>(Below(1000)) / 7.0F));
      case CimType::kReal64:
        return Value::Real(Real());
      case CimType::kDatetime:
        return Value::Text(Chance(2) ? "20240229235959.123456-300" : "00000012030405.000006:000");
      case CimType::kReference:
        return Value::Text(Chance(2) ? "Some.Id=\"" + std::to_string(Below(9)) + "\"" : "no path <&>");
      case CimType::kObject:
        return Value::OfObject(Embedded(depth + 1));
      default:
        return Value::Text(AnyText());
    }
  }

  cim::Object Embedded(int depth) {
    cim::ClassPtr schema;
    for (std::size_t level = 0, levels = 1 + Below(3); level < levels; ++level) {
      const std::string name = "E" + std::to_string(depth) + "x" + std::to_string(level);
      Result<cim::ClassPtr> made = cim::Class::Make(Declaration(name, schema.get(), depth), schema, nullptr);
      EXPECT_TRUE(made.ok()) << made.status().Message();
      schema = made.ok() ? *made : schema;
    }
    return Chance(4) ? cim::Object(schema) : Instance(schema, 0, depth);
  }

  cim::Value Any(const cim::DataType& type, int depth) {
    if (Chance(5)) return {};
    if (!type.is_array) return Scalar(type, depth);
    std::vector<cim::Value> items;
    for (std::size_t i = Below(5); i > 0; --i) items.push_back(Scalar(type, depth));
    return cim::Value::Array(std::move(items));
  }

  cim::DataType Type(int depth) {
    using cim::CimType;
    static constexpr CimType kTypes[] = {CimType::kBoolean,  CimType::kSint8,  CimType::kSint16,    CimType::kSint32,
                                         CimType::kSint64,   CimType::kUint8,  CimType::kUint16,    CimType::kUint32,
                                         CimType::kUint64,   CimType::kReal32, CimType::kReal64,    CimType::kString,
                                         CimType::kDatetime, CimType::kChar16, CimType::kReference, CimType::kObject};
    const CimType type = kTypes[Below(std::size(kTypes) - (depth >= 2 ? 1 : 0))];
    return {type, Chance(3), type == CimType::kReference && Chance(2) ? "Some" : ""};
  }
  static bool IsIndexable(const cim::DataType& type) {
    using cim::CimType;
    return !type.is_array && type.type != CimType::kObject && type.type != CimType::kReal32 &&
           type.type != CimType::kReal64;
  }

  std::uint32_t Flavors() {
    std::uint32_t flavors = 0;
    for (const std::uint32_t each :
         {cim::flavor::kToInstance, cim::flavor::kToSubclass, cim::flavor::kNotOverridable, cim::flavor::kAmended}) {
      if (Chance(2)) flavors |= each;
    }
    return flavors;
  }

  cim::QualifierSet Qualifiers(const std::string& stem) {
    using cim::CimType;
    static constexpr CimType kTypes[] = {CimType::kBoolean, CimType::kSint32, CimType::kReal64, CimType::kString};
    cim::QualifierSet qualifiers;
    for (std::size_t i = Below(3); i > 0; --i) {
      const cim::DataType type{kTypes[Below(std::size(kTypes))], Chance(4), ""};
      cim::Value value = Any(type, 9);
      if (value.is_null()) value = type.is_array ? cim::Value::Array({}) : Scalar(type, 9);
      qualifiers.Set({stem + std::to_string(i), std::move(value), type, Flavors(), false});
    }
    return qualifiers;
  }

  // Another default for something inherited.
  void Override(cim::ClassDeclaration& declaration, const cim::Class& superclass, int depth) {
    if (superclass.properties().empty() || Chance(2)) return;
    const cim::Property& inherited = superclass.properties()[Below(superclass.properties().size())];
    if (inherited.is_key) return;
    cim::Property property = Prop(inherited.name);
    property.type = inherited.type;
    property.default_value = Any(inherited.type, depth);
    if (property.default_value.is_null() && inherited.qualifiers.IsTrue("indexed")) return;
    property.qualifiers = Qualifiers("Over" + declaration.name);
    declaration.properties.push_back(std::move(property));
  }

  cim::Method Method(const std::string& name, int depth) {
    cim::ClassDeclaration sides[2];
    std::int64_t id = 0;
    for (std::size_t i = Below(4); i > 0; --i, ++id) {
      cim::Property parameter = Prop("p" + std::to_string(id));
      parameter.type = Type(depth);
      parameter.qualifiers = Qualifiers("Par");
      parameter.qualifiers.Set({"ID", cim::Value::Signed(id), {cim::CimType::kSint32, false, ""}, 0, false});
      const std::size_t side = Below(2);
      parameter.qualifiers.Set(Flag(side == 0 ? "in" : "out"));
      sides[side].properties.push_back(std::move(parameter));
    }
    cim::Method method;
    method.name = name;
    method.qualifiers = Qualifiers("OfM");
    method.in = Side(std::move(sides[0]));
    method.out = Side(std::move(sides[1]));
    return method;
  }
  static cim::ClassPtr Side(cim::ClassDeclaration side) {
    if (side.properties.empty()) return nullptr;
    side.name = "__PARAMETERS";
    return cim::Class::Make(std::move(side), nullptr, nullptr).value();
  }

  std::mt19937 engine_;
};

}  // namespace wmi::store
