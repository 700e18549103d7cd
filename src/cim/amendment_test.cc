#include "cim/amendment.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "cim/class_draft.h"
#include "cim/declaration.h"
#include "cim/instance_edit.h"

namespace wmi::cim {
namespace {

constexpr std::uint32_t kText = flavor::kAmended | flavor::kToSubclass;

Qualifier Text(std::string name, std::string text, std::uint32_t flavors) {
  return {std::move(name), Value::Text(std::move(text)), {CimType::kString, false, ""}, flavors, false};
}

Property Prop(std::string name, Qualifier qualifier) {
  Property property;
  property.name = std::move(name);
  property.type = {CimType::kUint32, false, ""};
  property.qualifiers.Set(std::move(qualifier));
  return property;
}

ClassPtr Signature(Qualifier qualifier) {
  ClassDeclaration declaration;
  declaration.name = "__PARAMETERS";
  declaration.properties.push_back(Prop("Level", std::move(qualifier)));
  declaration.properties.back().qualifiers.Set({"ID", Value::Signed(0), {CimType::kSint32, false, ""}, 0, false});
  return Class::Make(std::move(declaration), nullptr, nullptr).value();
}

// Base { Size } and Thing : Base { Size (override), Count; Run(Level) }, neutral ones and their twins in a language.
struct Family {
  ClassPtr base;
  ClassPtr thing;
};
Family Make(const std::string& language, std::uint32_t flavors) {
  ClassDeclaration base;
  base.name = "Base";
  base.qualifiers.Set(Text("Description", language + " base", flavors));
  base.properties.push_back(Prop("Size", Text("Description", language + " size", flavors)));
  Family family;
  family.base = Class::Make(std::move(base), nullptr, std::make_shared<const Home>(Home{"HOST", "ROOT\\x"})).value();
  ClassDeclaration thing;
  thing.name = "Thing";
  thing.qualifiers.Set(Text("DisplayName", language + " thing", flavors));
  thing.properties.push_back(Prop("Count", Text("Description", language + " count", flavors)));
  Method run;
  run.name = "Run";
  run.qualifiers.Set(Text("Description", language + " run", flavors));
  run.in = Signature(Text("Description", language + " level", flavors));
  thing.methods.push_back(run);
  family.thing = Class::Make(std::move(thing), family.base, family.base->home_ptr()).value();
  return family;
}

std::string_view TextOf(const Class& schema, const char* property) {
  return schema.FindProperty(property)->qualifiers.Text("Description");
}

TEST(AmendmentTest, TextsOfTheTwinReplaceTheNeutralOnes) {
  const ClassPtr neutral = Make("neutral", flavor::kToSubclass).thing;
  const ClassPtr amended = Amend(neutral, *Make("German", kText).thing).value();
  EXPECT_TRUE(amended->is_amended());
  EXPECT_FALSE(neutral->is_amended());
  EXPECT_EQ(amended->qualifiers().Text("DisplayName"), "German thing");
  EXPECT_EQ(amended->qualifiers().Text("Description"), "German base") << "inherited";
  EXPECT_EQ(TextOf(*amended, "Size"), "German size") << "inherited";
  EXPECT_EQ(TextOf(*amended, "Count"), "German count");
  EXPECT_EQ(amended->FindMethod("Run")->qualifiers.Text("Description"), "German run");
  EXPECT_EQ(TextOf(*amended->FindMethod("Run")->in, "Level"), "German level");
  EXPECT_EQ(TextOf(*neutral, "Count"), "neutral count");
  EXPECT_EQ(TextOf(*neutral->FindMethod("Run")->in, "Level"), "neutral level");
  EXPECT_EQ(amended->superclass(), neutral->superclass());
  EXPECT_EQ(amended->home(), neutral->home());
  EXPECT_EQ(amended->FindSlot("Count"), neutral->FindSlot("Count"));
}

TEST(AmendmentTest, OnlyAmendedQualifiersAreTaken) {
  const ClassPtr neutral = Make("neutral", flavor::kToSubclass).thing;
  const ClassPtr amended = Amend(neutral, *Make("not amended", flavor::kToSubclass).thing).value();
  EXPECT_EQ(amended->qualifiers().Text("DisplayName"), "neutral thing");
  EXPECT_EQ(TextOf(*amended, "Count"), "neutral count");
}

TEST(AmendmentTest, WhatTheClassSaysItselfStandsAgainstATextThatIsInherited) {
  ClassDraft draft(*Make("neutral", flavor::kToSubclass).thing);
  ASSERT_TRUE(draft.PutQualifier({Element::Kind::kProperty, "Size"}, Text("Description", "of Thing", 0)).ok());
  const ClassPtr amended = Amend(std::move(draft).Finish(), *Make("German", kText).thing).value();
  EXPECT_EQ(TextOf(*amended, "Size"), "of Thing");
}

TEST(AmendmentTest, AncestorsTwinServesAClassWithoutOne) {
  const ClassPtr neutral = Make("neutral", flavor::kToSubclass).thing;
  const ClassPtr amended = Amend(neutral, *Make("German", kText).base).value();
  EXPECT_EQ(TextOf(*amended, "Size"), "German size");
  EXPECT_TRUE(amended->FindProperty("Size")->qualifiers.Find("Description")->propagated);
  EXPECT_EQ(TextOf(*amended, "Count"), "neutral count");
  const ClassPtr not_handed_down = Amend(neutral, *Make("German", flavor::kAmended).base).value();
  EXPECT_EQ(TextOf(*not_handed_down, "Size"), "neutral size");
  EXPECT_EQ(Amend(Make("neutral", 0).base, *Make("German", kText).thing).status().code(), code::kInvalidClass);
}

TEST(AmendmentTest, NearestTwinOfALocaleIsTaken) {
  struct Locale final : ClassFinder {
    ClassPtr FindClass(std::string_view name) const override {
      const auto found = classes.find(std::string(name));
      return found == classes.end() ? nullptr : found->second;
    }
    std::map<std::string, ClassPtr> classes;
  };
  const Family german = Make("German", kText);
  const ClassPtr neutral = Make("neutral", flavor::kToSubclass).thing;
  Locale locale;
  EXPECT_EQ(Amend(neutral, locale).value(), neutral) << "no twin, no mark";
  locale.classes["Base"] = german.base;
  EXPECT_EQ(TextOf(**Amend(neutral, locale), "Count"), "neutral count");
  EXPECT_EQ(TextOf(**Amend(neutral, locale), "Size"), "German size");
  locale.classes["Thing"] = german.thing;
  EXPECT_EQ(TextOf(**Amend(neutral, locale), "Count"), "German count");
}

// Contract 8.9: writing back such an object without the flag is refused, so a change must not lose the mark.
TEST(AmendmentTest, ChangesKeepTheMarkAndSubclassesDoNotHaveIt) {
  const ClassPtr amended = Amend(Make("neutral", 0).thing, *Make("German", kText).thing).value();
  ClassDraft draft(*amended);
  ASSERT_TRUE(draft.PutProperty("New", {CimType::kString, false, ""}, Value()).ok());
  EXPECT_TRUE(draft.schema().is_amended());
  ClassDeclaration sub;
  sub.name = "Sub";
  EXPECT_FALSE(Class::Make(sub, amended, nullptr).value()->is_amended());
}

TEST(AmendmentTest, InstancesGetTheAmendedClassAndKeepTheirValues) {
  const ClassPtr neutral = Make("neutral", 0).thing;
  const ClassPtr amended = Amend(neutral, *Make("German", kText).thing).value();
  const Object instance = WithValue(NewInstance(neutral), 1, ValueView::Unsigned(7));
  const Object again = AmendInstance(instance, amended);
  EXPECT_TRUE(again.schema().is_amended());
  EXPECT_EQ(again.slot(1).unsigned_integer(), 7u);
}

TEST(AmendmentTest, PutWithTheFlagStoresNoAmendedQualifier) {
  const ClassPtr amended = Amend(Make("neutral", 0).thing, *Make("German", kText).thing).value();
  const ClassDeclaration plain = WithoutAmendedQualifiers(DeclarationOf(*amended));
  EXPECT_TRUE(plain.qualifiers.empty());
  EXPECT_EQ(plain.properties.at(0).qualifiers.Find("Description"), nullptr);
  EXPECT_EQ(plain.methods.at(0).qualifiers.Find("Description"), nullptr);
  const Class& in = *plain.methods.at(0).in;
  EXPECT_EQ(in.FindProperty("Level")->qualifiers.Find("Description"), nullptr);
  EXPECT_NE(in.FindProperty("Level")->qualifiers.Find("ID"), nullptr);
}

}  // namespace
}  // namespace wmi::cim
