#include "cim/instance_qualifiers.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "cim/instance_edit.h"

namespace wmi::cim {
namespace {

const DataType kStringType{CimType::kString, false, {}};

Qualifier Text(std::string name, std::string text, std::uint32_t flavor = 0) {
  return {std::move(name), Value::Text(std::move(text)), kStringType, flavor, false};
}

Property Prop(std::string name, std::vector<Qualifier> qualifiers) {
  Property property;
  property.name = std::move(name);
  property.type = {CimType::kUint32, false, ""};
  for (Qualifier& qualifier : qualifiers) property.qualifiers.Set(std::move(qualifier));
  return property;
}

// Slots: Id (key), Size.
ClassPtr Thing() {
  ClassDeclaration declaration;
  declaration.name = "Thing";
  declaration.qualifiers.Set(Text("Shown", "of the class", flavor::kToInstance));
  declaration.qualifiers.Set(Text("Hidden", "of the class"));
  declaration.qualifiers.Set(Text("Fixed", "of the class", flavor::kToInstance | flavor::kNotOverridable));
  declaration.properties.push_back(Prop("Id", {{"key", Value::Boolean(true), {CimType::kBoolean, false, ""}}}));
  declaration.properties.push_back(Prop("Size", {Text("Units", "bytes", flavor::kToInstance)}));
  return Class::Make(std::move(declaration), nullptr, nullptr).value();
}

InstanceQualifiersPtr Note(const Class& schema, std::string text) {
  InstanceQualifiers own;
  own.of_object.Set(Text("Note", std::move(text)));
  return MakeInstanceQualifiers(schema, std::move(own)).value();
}

Code PutCode(const Object& instance, QualifiedSlot slot, Qualifier qualifier) {
  return PutInstanceQualifier(instance, slot, std::move(qualifier)).status().code();
}

// ---- what an instance shows -----------------------------------------------------------------------------------------

TEST(InstanceQualifiersTest, InstanceWithoutOwnShowsThoseOfItsClass) {
  const Object instance = NewInstance(Thing());
  EXPECT_EQ(instance.own_qualifiers(), nullptr);
  EXPECT_EQ(Object(Thing()).own_qualifiers(), nullptr);
  const QualifierSet shown = ShownQualifiers(instance, std::nullopt);
  EXPECT_EQ(shown.size(), 2u);
  EXPECT_TRUE(shown.Find("shown")->propagated);
  EXPECT_EQ(ShownQualifiers(instance, 1).Text("Units"), "bytes");
  EXPECT_NE(ShownQualifiers(Object(Thing()), std::nullopt).Find("Hidden"), nullptr);
}

TEST(InstanceQualifiersTest, OwnOnesComeFirstAndShadowThoseOfTheClass) {
  Object instance = NewInstance(Thing());
  instance = PutInstanceQualifier(instance, std::nullopt, Text("Note", "mine")).value();
  instance = PutInstanceQualifier(instance, std::nullopt, Text("SHOWN", "mine", flavor::kToInstance)).value();
  instance = PutInstanceQualifier(instance, 1, Text("units", "pages")).value();
  const QualifierSet shown = ShownQualifiers(instance, std::nullopt);
  ASSERT_EQ(shown.size(), 3u);
  EXPECT_EQ(shown.begin()->name, "Note");
  EXPECT_EQ(shown.Text("Shown"), "mine");
  EXPECT_FALSE(shown.Find("Shown")->propagated);
  EXPECT_TRUE(shown.Find("Fixed")->propagated);
  EXPECT_EQ(ShownQualifiers(instance, 1).Text("Units"), "pages");
  EXPECT_EQ(ShownQualifiers(instance, 0).Find("Units"), nullptr);
}

TEST(InstanceQualifiersTest, WhatTheClassKeepsToItselfIsNotInTheWay) {
  const Object instance = PutInstanceQualifier(NewInstance(Thing()), std::nullopt, Text("Hidden", "mine")).value();
  EXPECT_EQ(ShownQualifiers(instance, std::nullopt).Text("Hidden"), "mine");
}

// ---- writing --------------------------------------------------------------------------------------------------------

TEST(InstanceQualifiersTest, PutLeavesItsSourceAlone) {
  const Object before = NewInstance(Thing());
  const Object after = PutInstanceQualifier(before, 0, Text("Note", "x")).value();
  EXPECT_EQ(before.own_qualifiers(), nullptr);
  ASSERT_NE(after.own_qualifiers(), nullptr);
  EXPECT_EQ(after.own_qualifiers()->FindProperty(0)->Text("Note"), "x");
  EXPECT_EQ(after.own_qualifiers()->FindProperty(1), nullptr);
}

TEST(InstanceQualifiersTest, WhatIsFixedByTheClassMayOnlyBeSaidAgain) {
  const Object instance = NewInstance(Thing());
  EXPECT_EQ(PutCode(instance, std::nullopt, Text("Fixed", "mine")), code::kOverrideNotAllowed);
  EXPECT_EQ(PutInstanceQualifier(instance, std::nullopt, Text("Fixed", "of the class"))->own_qualifiers(), nullptr);
  EXPECT_EQ(PutCode(instance, 1, Text("CIMTYPE", "string")), code::kOverrideNotAllowed);
  EXPECT_EQ(PutCode(instance, 1, Text("CIMTYPE", "uint32")), code::kOk);
}

TEST(InstanceQualifiersTest, BrokenRulesHaveTheirCodes) {
  const Object instance = NewInstance(Thing());
  const Qualifier key{"Key", Value::Boolean(true), {CimType::kBoolean, false, ""}, 0, false};
  EXPECT_EQ(PutCode(instance, 0, key), code::kCannotBeKey);
  EXPECT_EQ(PutCode(instance, 1, key), code::kCannotBeKey);
  EXPECT_EQ(PutCode(instance, std::nullopt, key), code::kCannotBeKey);
  EXPECT_EQ(PutCode(instance, 1, Text("_x", "y")), code::kInvalidQualifier);
  EXPECT_EQ(PutCode(instance, 1, Text("x_", "y")), code::kInvalidQualifier);
  EXPECT_EQ(PutCode(instance, 1, Text("no name", "y")), code::kInvalidQualifier);
  EXPECT_EQ(PutCode(instance, 1, Text("Note", "y", 0x400)), code::kInvalidFlavor);
  EXPECT_EQ(PutCode(instance, 1, {"N", Value(), kStringType, 0, false}), code::kInvalidQualifierType);
  EXPECT_EQ(PutCode(instance, 1, {"N", Value::Unsigned(1), {CimType::kUint32, false, ""}, 0, false}),
            code::kInvalidQualifierType);
}

TEST(InstanceQualifiersTest, FailureNamesTheProperty) {
  InstanceQualifiers own;
  own.EnsureProperty(1).Set(Text("x_", "y"));
  const Status status = MakeInstanceQualifiers(*Thing(), own).status();
  ASSERT_NE(status.detail(), nullptr);
  EXPECT_EQ(status.detail()->parameter, "Thing.Size");
  InstanceQualifiers beyond;
  beyond.EnsureProperty(2).Set(Text("N", "y"));
  EXPECT_EQ(MakeInstanceQualifiers(*Thing(), beyond).status().code(), code::kNotFound);
}

TEST(InstanceQualifiersTest, MakingSortsAndLeavesOutWhatSaysNothing) {
  InstanceQualifiers own;
  own.of_properties = {{1, {}}, {0, {}}};
  own.of_properties[1].qualifiers.Set(Text("B", "b"));
  Qualifier propagated = Text("A", "a");
  propagated.propagated = true;
  own.of_object.Set(propagated);
  const InstanceQualifiersPtr made = MakeInstanceQualifiers(*Thing(), own).value();
  ASSERT_NE(made, nullptr);
  EXPECT_TRUE(made->of_object.empty());
  ASSERT_EQ(made->of_properties.size(), 1u);
  EXPECT_EQ(made->of_properties[0].slot, 0u);
  EXPECT_EQ(MakeInstanceQualifiers(*Thing(), {}).value(), nullptr);
}

TEST(InstanceQualifiersTest, TooManyAreRefused) {
  InstanceQualifiers own;
  for (std::size_t i = 0; i < limits::kQualifiersMax; ++i) own.of_object.Set(Text("Q" + std::to_string(i), "x"));
  const Object instance = WithQualifiers(NewInstance(Thing()), MakeInstanceQualifiers(*Thing(), own).value());
  EXPECT_EQ(PutCode(instance, std::nullopt, Text("OneMore", "x")), code::kQuotaViolation);
  EXPECT_EQ(PutCode(instance, std::nullopt, Text("Q0", "y")), code::kOk);
}

TEST(InstanceQualifiersTest, RemovingShowsTheClassAgain) {
  Object instance = NewInstance(Thing());
  instance = PutInstanceQualifier(instance, 1, Text("Units", "pages")).value();
  instance = PutInstanceQualifier(instance, 1, Text("Note", "x")).value();
  InstanceRemoval removal = RemoveInstanceQualifier(instance, 1, "UNITS").value();
  EXPECT_EQ(removal.code, code::kResetToDefault);
  EXPECT_EQ(ShownQualifiers(removal.instance, 1).Text("Units"), "bytes");
  removal = RemoveInstanceQualifier(removal.instance, 1, "note").value();
  EXPECT_EQ(removal.code, code::kOk);
  EXPECT_EQ(removal.instance.own_qualifiers(), nullptr);
  EXPECT_EQ(RemoveInstanceQualifier(removal.instance, 1, "Units").status().code(), code::kPropagatedQualifier);
  EXPECT_EQ(RemoveInstanceQualifier(removal.instance, 1, "Note").status().code(), code::kNotFound);
  EXPECT_EQ(RemoveInstanceQualifier(removal.instance, std::nullopt, "Hidden").status().code(), code::kNotFound);
}

// ---- rows -----------------------------------------------------------------------------------------------------------

TEST(InstanceQualifiersTest, EachRowOfABlockHasItsOwn) {
  const ClassPtr thing = Thing();
  RowBlockBuilder builder;
  builder.BeginRow(thing);
  builder.SetOwnQualifiers(Note(*thing, "first"));
  builder.CommitRow();
  builder.BeginRow(thing);
  builder.CommitRow();
  builder.BeginRow(thing);
  builder.SetOwnQualifiers(Note(*thing, "forgotten"));
  builder.SetOwnQualifiers(nullptr);
  builder.CommitRow();
  std::vector<Object> rows;
  builder.Finish(rows);
  ASSERT_EQ(rows.size(), 3u);
  ASSERT_NE(rows[0].own_qualifiers(), nullptr);
  EXPECT_EQ(rows[0].own_qualifiers()->of_object.Text("Note"), "first");
  EXPECT_EQ(rows[1].own_qualifiers(), nullptr);
  EXPECT_EQ(rows[2].own_qualifiers(), nullptr);
}

TEST(InstanceQualifiersTest, DroppedRowLeavesNothingToTheNextOne) {
  const ClassPtr thing = Thing();
  RowBlockBuilder builder;
  builder.BeginRow(thing);
  builder.SetOwnQualifiers(Note(*thing, "dropped"));
  builder.DropRow();
  builder.BeginRow(thing);  // at the same address
  builder.CommitRow();
  std::vector<Object> rows;
  builder.Finish(rows);
  EXPECT_EQ(rows[0].own_qualifiers(), nullptr);
}

TEST(InstanceQualifiersTest, WritesOfValuesKeepThem) {
  const ClassPtr thing = Thing();
  Object instance = WithQualifiers(NewInstance(thing), Note(*thing, "kept"));
  instance = WithValue(instance, 1, ValueView::Unsigned(7));
  EXPECT_EQ(instance.own_qualifiers()->of_object.Text("Note"), "kept");
  EXPECT_EQ(instance.slot(1).unsigned_integer(), 7u);
  instance = WithQualifiers(instance, nullptr);
  EXPECT_EQ(instance.own_qualifiers(), nullptr);
  EXPECT_EQ(instance.slot(1).unsigned_integer(), 7u);
}

TEST(InstanceQualifiersTest, EmbeddedObjectsThatDifferInThemAreNotTheSame) {
  const ClassPtr thing = Thing();
  const Object plain = NewInstance(thing);
  const auto value = [](const Object& object) { return Value::OfObject(object); };
  EXPECT_EQ(value(WithQualifiers(plain, Note(*thing, "a"))), value(WithQualifiers(plain, Note(*thing, "a"))));
  EXPECT_FALSE(value(WithQualifiers(plain, Note(*thing, "a"))) == value(WithQualifiers(plain, Note(*thing, "b"))));
  EXPECT_FALSE(value(WithQualifiers(plain, Note(*thing, "a"))) == value(plain));
}

}  // namespace
}  // namespace wmi::cim
