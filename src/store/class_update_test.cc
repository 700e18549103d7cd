#include "store/class_update.h"

#include <gtest/gtest.h>

#include <functional>

#include "store/test_support.h"

namespace wmi::store {
namespace {

using cim::CimType;

Declare Base() {
  return Declare("Base")
      .With(Text("Description", "old", kBothFlavors))
      .With(Key("K"))
      .With(Prop("P", CimType::kUint32))
      .WithMethod("M");
}

struct Situation {
  const char* name;
  std::function<void(Declare&)> edit;   // what the new version of Base has otherwise
  std::function<void(Declare&)> child;  // what Child says
  // Expected in the modes compatible, safe, force: without dependants, with the subclass Child, with instances of Base,
  // with instances of Child.
  Code alone[3];
  Code with_child[3];
  Code with_instances[3];
  Code with_child_instances[3];
};

cim::Property& PropertyOf(Declare& declaration, std::string_view name) {
  for (cim::Property& property : declaration.properties) {
    if (property.name == name) return property;
  }
  throw std::logic_error("no such property");
}

cim::ClassPtr Parameters() {
  Declare parameters("__PARAMETERS");
  parameters.With(Prop("A", CimType::kString));
  parameters.properties[0].qualifiers.Set({"ID", cim::Value::Signed(0), {CimType::kSint32, false, ""}, 0});
  return cim::Class::Make(parameters, nullptr, nullptr).value();
}

std::vector<Situation> Situations() {
  constexpr Code ok = code::kOk;
  constexpr Code children = code::kClassHasChildren;
  constexpr Code instances = code::kClassHasInstances;
  constexpr Code keys = code::kCannotChangeKeyInheritance;
  constexpr Code indexes = code::kCannotChangeIndexInheritance;
  constexpr Code override = code::kUpdateOverrideNotAllowed;
  constexpr Code type = code::kUpdateTypeMismatch;
  constexpr Code method = code::kUpdatePropagatedMethod;
  const auto nothing = [](Declare&) {};
  return {
      {"nothing changes", nothing, nothing, {ok, ok, ok}, {ok, ok, ok}, {ok, ok, ok}, {ok, ok, ok}},
      {"a description changes",
       [](Declare& base) { base.With(Text("Description", "new", kBothFlavors)); },
       nothing,
       {ok, ok, ok},
       {ok, ok, ok},
       {ok, ok, ok},
       {ok, ok, ok}},
      {"a description of a property comes",
       [](Declare& base) { PropertyOf(base, "P").qualifiers.Set(Text("Description", "new")); },
       nothing,
       {ok, ok, ok},
       {ok, ok, ok},
       {ok, ok, ok},
       {ok, ok, ok}},
      {"another qualifier comes",
       [](Declare& base) { base.With(Text("Provider", "p")); },
       nothing,
       {ok, ok, ok},
       {children, ok, ok},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a property comes",
       [](Declare& base) { base.With(Prop("New")); },
       nothing,
       {ok, ok, ok},
       {children, ok, ok},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a property goes",
       [](Declare& base) { base.properties.pop_back(); },
       nothing,
       {ok, ok, ok},
       {children, ok, ok},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a type changes",
       [](Declare& base) { PropertyOf(base, "P").type.type = CimType::kString; },
       nothing,
       {ok, ok, ok},
       {children, ok, ok},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a default changes",
       [](Declare& base) { PropertyOf(base, "P").default_value = U(7); },
       nothing,
       {ok, ok, ok},
       {children, ok, ok},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a second key comes",
       [](Declare& base) { base.With(Key("K2")); },
       nothing,
       {ok, ok, ok},
       {children, keys, keys},
       {keys, keys, keys},
       {keys, keys, keys}},
      {"the key goes elsewhere",
       [](Declare& base) {
         PropertyOf(base, "K").qualifiers.Remove("key");
         PropertyOf(base, "P").qualifiers.Set(Flag("key"));
       },
       nothing,
       {ok, ok, ok},
       {children, keys, keys},
       {keys, keys, keys},
       {keys, keys, keys}},
      {"an index comes",
       [](Declare& base) { PropertyOf(base, "P").qualifiers.Set(Flag("indexed")); },
       nothing,
       {ok, ok, ok},
       {children, indexes, indexes},
       {indexes, indexes, indexes},
       {indexes, indexes, indexes}},
      {"a fixed qualifier comes that the subclass contradicts",
       [](Declare& base) { base.With(Text("Q", "base", kFixedFlavors)); },
       [](Declare& child) { child.With(Text("Q", "child")); },
       {ok, ok, ok},
       {children, override, ok},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a fixed qualifier of a property comes that the subclass contradicts",
       [](Declare& base) { PropertyOf(base, "P").qualifiers.Set(Text("Q", "base", kFixedFlavors)); },
       [](Declare& child) { child.With(Prop("P", CimType::kUint32, {Text("Q", "child")})); },
       {ok, ok, ok},
       {children, override, ok},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a fixed description comes that the subclass contradicts",
       [](Declare& base) { base.With(Text("Description", "base", kFixedFlavors)); },
       [](Declare& child) { child.With(Text("Description", "child")); },
       {ok, ok, ok},
       {override, override, ok},
       {ok, ok, ok},
       {override, override, ok}},
      {"a property comes that the subclass has with another type",
       [](Declare& base) { base.With(Prop("C", CimType::kUint8)); },
       [](Declare& child) { child.With(Prop("C", CimType::kString)); },
       {ok, ok, ok},
       {children, type, type},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a property comes that the subclass has with the same type",
       [](Declare& base) { base.With(Prop("C")); },
       [](Declare& child) { child.With(Prop("C")); },
       {ok, ok, ok},
       {children, ok, ok},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"a method comes that the subclass has with another signature",
       [](Declare& base) { base.WithMethod("N"); },
       [](Declare& child) { child.WithMethod("N", Parameters()); },
       {ok, ok, ok},
       {children, method, method},
       {instances, instances, instances},
       {instances, instances, instances}},
      {"the class becomes one that nothing derives from",
       [](Declare& base) { base.With(Flag("Terminal")); },
       nothing,
       {ok, ok, ok},
       {children, children, children},
       {instances, instances, instances},
       {instances, instances, instances}},
  };
}

enum class Dependants { kNone, kChild, kInstances, kChildInstances };

// The outcome of one update, and whether a failure left everything as it was.
Code Outcome(const Situation& situation, Dependants dependants, ClassUpdate update) {
  TestRepository repository;
  EXPECT_EQ(Put(repository, Base()), code::kOk);
  const bool has_child = dependants == Dependants::kChild || dependants == Dependants::kChildInstances;
  Declare child("Child", "Base");
  situation.child(child);
  if (has_child) {
    EXPECT_EQ(Put(repository, child), code::kOk);
  }
  if (dependants == Dependants::kInstances) {
    EXPECT_EQ(PutIn(repository, "Base", {{"K", T("a")}}), code::kOk);
  }
  if (dependants == Dependants::kChildInstances) {
    EXPECT_EQ(PutIn(repository, "Child", {{"K", T("a")}}), code::kOk);
  }
  const NamespacePtr before = repository.FindNamespace(kSpace);
  Declare changed = Base();
  situation.edit(changed);
  const Status status = repository.PutClass(kSpace, changed, PutMode::kCreateOrUpdate, update);
  const NamespacePtr after = repository.FindNamespace(kSpace);
  if (!status.ok()) {
    EXPECT_EQ(after, before);
    EXPECT_FALSE(status.detail()->parameter.empty());
    return status.code();
  }
  const cim::ClassPtr base = repository.FindClass("Base");
  EXPECT_EQ(CompareVersions(*base, *cim::Class::Make(changed, nullptr, nullptr).value()), ClassChange::kNone);
  if (has_child) {
    EXPECT_EQ(repository.FindClass("Child")->superclass(), base);
  }
  for (const char* name : {"Base", "Child"}) {
    const std::vector<cim::Object> rows = Rows(repository, kSpace, name);
    if (rows.empty()) continue;
    EXPECT_EQ(&rows.front().schema(), repository.FindClass(name).get()) << "instances show the new class";
    EXPECT_EQ(rows.front().slot(*base->FindSlot("K")).text(), "a");
  }
  return status.code();
}

TEST(ClassUpdateTest, EveryModeInEverySituation) {
  constexpr ClassUpdate kModes[] = {ClassUpdate::kCompatible, ClassUpdate::kSafe, ClassUpdate::kForce};
  constexpr const char* kModeNames[] = {"compatible", "safe", "force"};
  for (const Situation& situation : Situations()) {
    for (std::size_t mode = 0; mode < 3; ++mode) {
      SCOPED_TRACE(std::string(situation.name) + ", " + kModeNames[mode]);
      EXPECT_EQ(Outcome(situation, Dependants::kNone, kModes[mode]), situation.alone[mode]);
      EXPECT_EQ(Outcome(situation, Dependants::kChild, kModes[mode]), situation.with_child[mode]);
      EXPECT_EQ(Outcome(situation, Dependants::kInstances, kModes[mode]), situation.with_instances[mode]);
      EXPECT_EQ(Outcome(situation, Dependants::kChildInstances, kModes[mode]), situation.with_child_instances[mode]);
    }
  }
}

TEST(ClassUpdateTest, AConflictNamesTheSubclassAndItsMember) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Base()), code::kOk);
  ASSERT_EQ(Put(repository, Declare("Middle", "Base")), code::kOk);
  ASSERT_EQ(Put(repository, Declare("Low", "Middle").With(Prop("Size", CimType::kString))), code::kOk);
  const Status status = repository.PutClass(kSpace, Base().With(Prop("Size", CimType::kUint64)),
                                            PutMode::kCreateOrUpdate, ClassUpdate::kSafe);
  EXPECT_EQ(status.code(), code::kUpdateTypeMismatch);
  EXPECT_EQ(status.detail()->parameter, "Low.Size");
  EXPECT_NE(status.Message().find("Low.Size"), std::string::npos) << status.Message();
}

TEST(ClassUpdateTest, ForceRemovesWhatConflictsAndNothingElse) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Base()), code::kOk);
  ASSERT_EQ(Put(repository, Declare("Child", "Base").With(Text("Q", "child")).With(Text("R", "mine"))), code::kOk);
  ASSERT_EQ(Put(repository, Base().With(Text("Q", "base", kFixedFlavors)), ClassUpdate::kForce), code::kOk);
  EXPECT_EQ(repository.FindClass("Child")->qualifiers().Text("Q"), "base");
  EXPECT_EQ(repository.FindClass("Child")->qualifiers().Text("R"), "mine");
}

TEST(ClassUpdateTest, ASuperclassCanChangeWhileNothingDepends) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Declare("Moved").With(Prop("P"))), code::kOk);
  ASSERT_EQ(Put(repository, Declare("Below", "Moved")), code::kOk);
  ASSERT_EQ(Put(repository, Declare("Base").With(Key("K"))), code::kOk);
  EXPECT_EQ(Put(repository, Declare("Moved", "Base").With(Prop("P"))), code::kClassHasChildren);
  EXPECT_EQ(Put(repository, Declare("Moved", "Below").With(Prop("P")), ClassUpdate::kForce), code::kCircularReference);
  ASSERT_EQ(repository.DeleteClass(kSpace, "Below").code(), code::kOk);
  EXPECT_EQ(Put(repository, Declare("Moved", "Base").With(Prop("P"))), code::kOk);
  const NamespacePtr names = repository.FindNamespace(kSpace);
  EXPECT_EQ(names->Children("base").size(), 1u);
  EXPECT_EQ(names->Children("").size(), 1u);
  EXPECT_EQ(names->classes().back()->name(), "Moved") << "superclasses come first";
}

TEST(ClassUpdateTest, DocumentationIsComparedWithoutCase) {
  EXPECT_TRUE(IsDocumentation("DESCRIPTION"));
  EXPECT_TRUE(IsDocumentation("ValueMap"));
  EXPECT_FALSE(IsDocumentation("key"));
  EXPECT_FALSE(IsDocumentation("Dynamic"));
  EXPECT_FALSE(IsDocumentation(""));
}

}  // namespace
}  // namespace wmi::store
