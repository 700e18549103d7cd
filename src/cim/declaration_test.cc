#include "cim/declaration.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace wmi::cim {
namespace {

constexpr std::uint32_t kBoth = flavor::kToInstance | flavor::kToSubclass;
const DataType kText{CimType::kString, false, ""};

Qualifier Flag(std::string name) { return {std::move(name), Value::Boolean(true), {CimType::kBoolean, false, ""}}; }
Qualifier Text(std::string name, std::string text, std::uint32_t flavors = 0) {
  return {std::move(name), Value::Text(std::move(text)), kText, flavors};
}

Property Prop(std::string name, Qualifier qualifier, Value value = Value()) {
  Property property;
  property.name = std::move(name);
  property.type = kText;
  property.default_value = std::move(value);
  property.qualifiers.Set(std::move(qualifier));
  return property;
}

ClassPtr Base(std::string default_text) {
  ClassDeclaration base;
  base.name = "Base";
  base.qualifiers.Set(Text("Handed", "down", kBoth));
  base.properties = {Prop("K", Flag("key")), Prop("P", Text("Description", "base", kBoth), Value::Text(default_text)),
                     Prop("Q", Text("Q", "q"))};
  Method method;
  method.name = "M";
  method.qualifiers.Set(Text("Description", "base", kBoth));
  base.methods = {method};
  method.name = "N";
  base.methods.push_back(method);
  return Class::Make(base, nullptr, nullptr).value();
}

ClassPtr Derived(const ClassPtr& base) {
  ClassDeclaration derived;
  derived.name = "D";
  derived.superclass = "Base";
  derived.qualifiers.Set(Text("Own", "own"));
  derived.properties = {Prop("P", Text("Mine", "m")), Prop("Z", Text("Mine", "m"), Value::Text("z"))};
  Method method;
  method.name = "N";
  method.qualifiers.Set(Text("Mine", "m"));
  derived.methods = {method};
  return Class::Make(derived, base, nullptr).value();
}

TEST(DeclarationTest, HoldsOnlyWhatTheClassSaysItself) {
  const ClassDeclaration said = DeclarationOf(*Derived(Base("a")));
  EXPECT_EQ(said.name, "D");
  EXPECT_EQ(said.superclass, "Base");
  EXPECT_EQ(said.qualifiers.size(), 1u);
  EXPECT_NE(said.qualifiers.Find("Own"), nullptr);
  ASSERT_EQ(said.properties.size(), 2u);
  EXPECT_EQ(said.properties[0].name, "P");
  EXPECT_EQ(said.properties[0].qualifiers.size(), 1u) << "neither CIMTYPE nor the inherited Description";
  EXPECT_TRUE(said.properties[0].default_value.is_null()) << "the default is inherited";
  EXPECT_EQ(said.properties[1].default_value.view().text(), "z");
  ASSERT_EQ(said.methods.size(), 1u);
  EXPECT_EQ(said.methods[0].name, "N");
  EXPECT_EQ(said.methods[0].qualifiers.size(), 1u);
}

TEST(DeclarationTest, OfATopClassNamesNoSuperclass) {
  const ClassPtr base = Base("a");
  const ClassDeclaration said = DeclarationOf(*base);
  EXPECT_EQ(said.superclass, "");
  EXPECT_EQ(said.properties.size(), 3u);
  EXPECT_TRUE(Class::Make(said, nullptr, nullptr).value()->FindProperty("K")->is_key);
}

TEST(DeclarationTest, UnderAChangedSuperclassTheClassFollows) {
  const ClassPtr derived = Derived(Base("a"));
  ClassDeclaration changed = DeclarationOf(*Base("b"));
  changed.properties.push_back(Prop("New", Text("Q", "q")));
  const ClassPtr base = Class::Make(changed, nullptr, nullptr).value();
  const ClassPtr again = Class::Make(DeclarationOf(*derived), base, nullptr).value();
  EXPECT_EQ(again->FindProperty("P")->default_value.view().text(), "b");
  EXPECT_FALSE(again->FindProperty("New")->is_local);
  EXPECT_EQ(again->FindSlot("Z"), 4u);
}

}  // namespace
}  // namespace wmi::cim
