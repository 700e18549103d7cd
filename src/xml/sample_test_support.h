// Objects for the tests of xml: one class and one instance that have everything, random ones, and equality.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cim/instance_qualifiers.h"
#include "cim/object_path.h"
#include "cim/row.h"

namespace wmi::xml {

inline cim::Qualifier TestQualifier(std::string name, cim::Value value, cim::DataType type, std::uint32_t flavors = 0) {
  return {std::move(name), std::move(value), std::move(type), flavors, false};
}
inline cim::Qualifier TestFlag(std::string name, std::uint32_t flavors = 0) {
  return TestQualifier(std::move(name), cim::Value::Boolean(true), {cim::CimType::kBoolean, false, {}}, flavors);
}
inline cim::Qualifier TestText(std::string name, std::string text, std::uint32_t flavors = 0) {
  return TestQualifier(std::move(name), cim::Value::Text(std::move(text)), {cim::CimType::kString, false, {}}, flavors);
}

inline cim::Property TestProperty(std::string name, cim::DataType type, cim::Value value = {},
                                  const std::vector<cim::Qualifier>& qualifiers = {}) {
  cim::Property property;
  property.name = std::move(name);
  property.type = std::move(type);
  property.default_value = std::move(value);
  for (const cim::Qualifier& qualifier : qualifiers) property.qualifiers.Set(qualifier);
  return property;
}

inline cim::ClassPtr TestMake(cim::ClassDeclaration declaration, const cim::ClassPtr& superclass = nullptr,
                              const std::shared_ptr<const cim::Home>& home = nullptr) {
  if (superclass != nullptr) declaration.superclass = superclass->name();
  Result<cim::ClassPtr> made = cim::Class::Make(std::move(declaration), superclass, home);
  EXPECT_TRUE(made.ok()) << made.status().Message();
  return made.ok() ? *made : nullptr;
}

inline cim::Object TestInstance(const cim::ClassPtr& schema, const std::vector<cim::Value>& values,
                                cim::InstanceQualifiers own = {}) {
  cim::RowBlockBuilder row;
  row.BeginRow(schema);
  for (std::size_t slot = 0; slot < values.size(); ++slot) row.Set(slot, values[slot].view());
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

inline constexpr std::uint32_t kEverywhere = cim::flavor::kToInstance | cim::flavor::kToSubclass;

// A class with every kind of member, below another.
inline cim::ClassPtr SampleClass() {
  using cim::CimType;
  using cim::Value;
  const auto home = std::make_shared<const cim::Home>(cim::Home{"HOST", "ROOT\\test"});
  cim::ClassDeclaration base;
  base.name = "X_Base";
  base.qualifiers.Set(TestFlag("abstract"));
  base.properties = {TestProperty("Id", {CimType::kString, false, {}}, {},
                                  {TestFlag("key", kEverywhere | cim::flavor::kNotOverridable)}),
                     TestProperty("Count", {CimType::kUint32, false, {}}, Value::Unsigned(7),
                                  {TestText("Units", "pieces", kEverywhere),
                                   TestText("Description", "How many <each> \"&\" all.",
                                            cim::flavor::kToSubclass | cim::flavor::kAmended)})};
  cim::ClassDeclaration sub;
  sub.name = "X_Item";
  sub.properties = {
      TestProperty("Label", {CimType::kString, false, {}}, Value::Text("a\r\n\tb \xE2\x82\xAC")),
      TestProperty("Numbers", {CimType::kSint16, true, {}}, Value::Array({Value::Signed(-1), Value::Signed(2)}),
                   {TestQualifier("Values", Value::Array({Value::Text("one"), Value::Text("two")}),
                                  {CimType::kString, true, {}})}),
      TestProperty("Parent", {CimType::kReference, false, "X_Base"},
                   Value::Text("\\\\HOST\\ROOT\\test:X_Item.Id=\"p\"")),
      TestProperty("Part", {CimType::kObject, false, "X_Part"}),
      TestProperty("Parts", {CimType::kObject, true, {}}),
      TestProperty("Weight", {CimType::kReal64, false, {}}, Value::Real(1.5)),
      TestProperty("When", {CimType::kDatetime, false, {}}, Value::Text("20240101120000.000000+060")),
  };
  cim::ClassDeclaration in;
  in.name = "__PARAMETERS";
  const auto id = [](std::int64_t number) {
    return TestQualifier("ID", Value::Signed(number), {CimType::kSint32, false, {}}, cim::flavor::kToSubclass);
  };
  in.properties = {TestProperty("Level", {CimType::kUint8, false, {}}, Value::Unsigned(3), {TestFlag("in"), id(0)}),
                   TestProperty("Both", {CimType::kString, true, {}}, {}, {TestFlag("in"), id(1)})};
  cim::ClassDeclaration out = in;
  out.properties = {TestProperty("Both", {CimType::kString, true, {}}, {}, {TestFlag("out"), id(1)}),
                    TestProperty("Thing", {CimType::kReference, false, "X_Base"}, {}, {TestFlag("out"), id(2)}),
                    TestProperty("Made", {CimType::kObject, false, "X_Part"}, {}, {TestFlag("out"), id(3)}),
                    TestProperty("ReturnValue", {CimType::kUint32, false, {}}, {}, {TestFlag("out")})};
  cim::Method work;
  work.name = "Work";
  work.in = TestMake(std::move(in));
  work.out = TestMake(std::move(out));
  work.qualifiers.Set(TestFlag("Implemented"));
  cim::Method nothing;
  nothing.name = "Nothing";
  sub.methods = {work, nothing};
  return TestMake(std::move(sub), TestMake(std::move(base), nullptr, home), home);
}

inline cim::Object SamplePart(const std::string& name) {
  using cim::CimType;
  cim::ClassDeclaration part;
  part.name = "X_Part";
  part.properties = {TestProperty("Name", {CimType::kString, false, {}})};
  return TestInstance(TestMake(std::move(part)), {cim::Value::Text(name)});
}

inline cim::Object SampleInstance() {
  using cim::Value;
  const cim::ClassPtr schema = SampleClass();
  cim::InstanceQualifiers own;
  own.of_object.Set(TestText("Note", "mine"));
  own.EnsureProperty(2).Set(TestFlag("Loud"));
  return TestInstance(schema,
                      {Value::Text("a\"b\\c"), Value::Unsigned(4000000000u), Value::Text("<label> & more"),
                       Value::Array({}), Value::Text("X_Item.Id=\"p\""), Value::OfObject(SamplePart("wheel")),
                       Value::Array({Value::OfObject(SamplePart("x")), Value::OfObject(cim::Object(schema))}),
                       Value::Real(-0.1), Value()},
                      std::move(own));
}

// ---- equality -------------------------------------------------------------------------------------------------------

void ExpectSame(const cim::Object& a, const cim::Object& b);

inline void ExpectSameValue(cim::ValueView a, cim::ValueView b) {
  ASSERT_EQ(a.kind(), b.kind());
  if (a.kind() == cim::ValueKind::kObject) {
    ExpectSame(*a.object(), *b.object());
  } else if (a.kind() == cim::ValueKind::kArray) {
    ASSERT_EQ(a.items().size(), b.items().size());
    for (std::size_t i = 0; i < a.items().size(); ++i) ExpectSameValue(a.items()[i], b.items()[i]);
  } else {
    EXPECT_TRUE(cim::SameValue(a, b));
  }
}

inline void ExpectSameQualifiers(const cim::QualifierSet& a, const cim::QualifierSet& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const cim::Qualifier& qualifier : a) {
    const cim::Qualifier* other = b.Find(qualifier.name);
    ASSERT_NE(nullptr, other) << qualifier.name;
    EXPECT_EQ(qualifier.name, other->name);
    EXPECT_EQ(qualifier.flavor, other->flavor) << qualifier.name;
    EXPECT_EQ(qualifier.propagated, other->propagated) << qualifier.name;
    EXPECT_TRUE(qualifier.type == other->type) << qualifier.name;
    EXPECT_TRUE(qualifier.value == other->value) << qualifier.name;
  }
}

inline void ExpectSameSide(const cim::ClassPtr& a, const cim::ClassPtr& b) {
  ASSERT_EQ(a == nullptr, b == nullptr);
  if (a != nullptr) ExpectSame(cim::Object(a), cim::Object(b));
}

inline void ExpectSame(const cim::Object& a, const cim::Object& b) {
  const cim::Class& left = a.schema();
  const cim::Class& right = b.schema();
  SCOPED_TRACE(left.name());
  ASSERT_EQ(a.is_class(), b.is_class());
  EXPECT_EQ(left.name(), right.name());
  EXPECT_EQ(left.derivation(), right.derivation());
  EXPECT_EQ(cim::FullPath(a), cim::FullPath(b));
  EXPECT_EQ(cim::RelativePath(a), cim::RelativePath(b));
  ExpectSameQualifiers(cim::ShownQualifiers(a, std::nullopt), cim::ShownQualifiers(b, std::nullopt));
  ASSERT_EQ(left.properties().size(), right.properties().size());
  for (std::size_t slot = 0; slot < left.properties().size(); ++slot) {
    const cim::Property& property = left.properties()[slot];
    const cim::Property& other = right.properties()[slot];
    SCOPED_TRACE(property.name);
    EXPECT_EQ(property.name, other.name);
    EXPECT_TRUE(property.type == other.type);
    EXPECT_EQ(property.origin, other.origin);
    EXPECT_EQ(property.is_local, other.is_local);
    EXPECT_EQ(property.is_key, other.is_key);
    ExpectSameValue(a.slot(slot), b.slot(slot));
    ExpectSameQualifiers(cim::ShownQualifiers(a, slot), cim::ShownQualifiers(b, slot));
  }
  if (!a.is_class()) return;
  ASSERT_EQ(left.methods().size(), right.methods().size());
  for (std::size_t i = 0; i < left.methods().size(); ++i) {
    const cim::Method& method = left.methods()[i];
    const cim::Method& other = right.methods()[i];
    SCOPED_TRACE(method.name);
    EXPECT_EQ(method.name, other.name);
    EXPECT_EQ(method.origin, other.origin);
    EXPECT_EQ(method.is_local, other.is_local);
    ExpectSameQualifiers(method.qualifiers, other.qualifiers);
    ExpectSameSide(method.in, other.in);
    ExpectSameSide(method.out, other.out);
  }
}

}  // namespace wmi::xml
