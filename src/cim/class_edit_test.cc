#include "cim/class_edit.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace wmi::cim {
namespace {

const DataType kText{CimType::kString, false, ""};
const DataType kNumber{CimType::kUint32, false, ""};
constexpr Element::Kind kOfClass = Element::Kind::kClass;
constexpr Element::Kind kOfProperty = Element::Kind::kProperty;
constexpr Element::Kind kOfMethod = Element::Kind::kMethod;

Qualifier Flag(std::string name, std::uint32_t flavors = flavor::kToSubclass) {
  return {std::move(name), Value::Boolean(true), {CimType::kBoolean, false, ""}, flavors, false};
}
Qualifier Note(std::string name, std::string text, std::uint32_t flavors = flavor::kToSubclass) {
  return {std::move(name), Value::Text(std::move(text)), kText, flavors, false};
}
Qualifier Id(std::int64_t id) { return {"ID", Value::Signed(id), {CimType::kSint32, false, ""}, 0, false}; }

ClassPtr Get(Result<ClassPtr> result) {
  EXPECT_TRUE(result.ok()) << result.status().Message();
  return std::move(result).value();
}

// A class in a namespace: Base { [key] string Name; uint32 Size = 5; [Note] void Run(); }.
ClassPtr Base() {
  ClassDeclaration declaration;
  declaration.name = "Base";
  declaration.qualifiers.Set(Note("Note", "base"));
  declaration.properties.push_back(
      {.name = "Name", .type = kText, .default_value = {}, .qualifiers = {}, .origin = {}});
  declaration.properties.back().qualifiers.Set(Flag("key"));
  declaration.properties.push_back(
      {.name = "Size", .type = kNumber, .default_value = Value::Unsigned(5), .qualifiers = {}, .origin = {}});
  declaration.properties.back().qualifiers.Set(Note("Units", "pieces"));
  declaration.properties.back().qualifiers.Set(Note("Fixed", "so", flavor::kToSubclass | flavor::kNotOverridable));
  Method run;
  run.name = "Run";
  run.qualifiers.Set(Note("Note", "runs"));
  declaration.methods.push_back(run);
  return Get(Class::Make(std::move(declaration), nullptr, std::make_shared<const Home>(Home{"HOST", "ROOT\\x"})));
}

ClassPtr Derived() { return Get(NameClass(*Get(DeriveClass(Base())), "Derived")); }

std::string TextOf(const Class& schema, const Element& element, std::string_view name) {
  const QualifierSet* set = FindQualifiers(schema, element);
  return set == nullptr ? "(no element)" : std::string(set->Text(name));
}

ClassPtr Parameters(std::initializer_list<std::pair<const char*, int>> parameters) {
  ClassDeclaration declaration;
  declaration.name = "__PARAMETERS";
  for (const auto& [name, id] : parameters) {
    declaration.properties.push_back(
        {.name = name, .type = kNumber, .default_value = {}, .qualifiers = {}, .origin = {}});
    if (id >= 0) declaration.properties.back().qualifiers.Set(Id(id));
  }
  return Get(Class::Make(std::move(declaration), nullptr, nullptr));
}

// Contract 8.1, 8.3.
TEST(ClassEditTest, EmptyClassHasNothingAndIsNotComplete) {
  const Object empty = MakeEmptyClass();
  ASSERT_TRUE(empty.is_class());
  EXPECT_EQ(empty.schema().name(), "");
  EXPECT_EQ(empty.schema().superclass(), nullptr);
  EXPECT_EQ(empty.schema().home(), nullptr);
  EXPECT_TRUE(empty.schema().properties().empty());
  EXPECT_FALSE(IsComplete(empty.schema()));
  EXPECT_EQ(DeriveClass(empty.schema_ptr()).status().code(), code::kIncompleteClass);
}

TEST(ClassEditTest, ClassIsNamedOnceAndStaysIncompleteUntilItHasAHome) {
  const ClassPtr named = Get(NameClass(MakeEmptyClass().schema(), "Fresh"));
  EXPECT_EQ(named->name(), "Fresh");
  EXPECT_FALSE(IsComplete(*named));
  EXPECT_EQ(Get(NameClass(*named, "FRESH"))->name(), "FRESH") << "the same name again is no change";
  EXPECT_EQ(NameClass(*named, "Other").status().code(), code::kReadOnly);
  EXPECT_EQ(NameClass(*Base(), "Other").status().code(), code::kReadOnly);
  EXPECT_EQ(NameClass(MakeEmptyClass().schema(), "").status().code(), code::kInvalidClass);
  EXPECT_EQ(NameClass(MakeEmptyClass().schema(), "1x").status().code(), code::kInvalidClass);
  EXPECT_TRUE(IsComplete(*Base()));
  EXPECT_TRUE(IsComplete(*Parameters({{"A", 0}}))) << "signatures have no namespace";
}

TEST(ClassEditTest, DerivedClassInheritsAndGetsItsOriginsWithItsName) {
  const ClassPtr draft = Get(DeriveClass(Base()));
  EXPECT_EQ(draft->name(), "");
  EXPECT_EQ(draft->derivation(), std::vector<std::string>{"Base"});
  EXPECT_EQ(draft->home(), nullptr);
  const ClassPtr wider = Get(PutProperty(*draft, "Extra", kText, Value()));
  const ClassPtr named = Get(NameClass(*wider, "Derived"));
  EXPECT_EQ(named->FindProperty("Extra")->origin, "Derived");
  EXPECT_EQ(named->FindProperty("Size")->origin, "Base");
  EXPECT_EQ(wider->FindProperty("Extra")->origin, "") << "what was given stays";
}

TEST(ClassEditTest, PropertiesAreAddedChangedAndOverridden) {
  const ClassPtr base = Base();
  const ClassPtr wider = Get(PutProperty(*base, "Label", kText, Value::Text("x")));
  EXPECT_EQ(base->FindProperty("Label"), nullptr);
  EXPECT_EQ(wider->FindProperty("Label")->default_value.view().text(), "x");
  EXPECT_NE(wider->home(), nullptr) << "the class stays that of its namespace";
  const ClassPtr other_type = Get(PutProperty(*wider, "LABEL", kNumber, Value::Unsigned(1)));
  EXPECT_EQ(other_type->FindProperty("Label")->type.type, CimType::kUint32);
  EXPECT_EQ(other_type->FindProperty("Label")->name, "Label");
  EXPECT_EQ(TextOf(*Get(PutProperty(*base, "Size", kNumber, Value())), {kOfProperty, "Size"}, "Units"), "pieces");
  EXPECT_EQ(PutProperty(*base, "Name", {CimType::kReal64, false, ""}, Value()).status().code(), code::kCannotBeKey);
  EXPECT_EQ(PutProperty(*base, "_x", kText, Value()).status().code(), code::kInvalidProperty);

  const ClassPtr overriding = Get(PutProperty(*Derived(), "size", kNumber, Value::Unsigned(6)));
  const Property* size = overriding->FindProperty("Size");
  EXPECT_TRUE(size->is_overridden);
  EXPECT_EQ(size->name, "Size");
  EXPECT_EQ(size->default_value.view().unsigned_integer(), 6u);
  EXPECT_EQ(PutProperty(*Derived(), "Size", kText, Value()).status().code(), code::kTypeMismatch);
}

// Contract 8.3, Put: NULL is a value, also where the superclass has another one.
TEST(ClassEditTest, OverrideWithNullHidesTheInheritedDefault) {
  const ClassPtr nulled = Get(PutProperty(*Derived(), "Size", kNumber, Value()));
  EXPECT_TRUE(nulled->FindProperty("Size")->default_value.is_null());
  const ClassPtr again = Get(PutProperty(*nulled, "Extra", kText, Value()));
  EXPECT_TRUE(again->FindProperty("Size")->default_value.is_null()) << "also after the next change";
  const ClassPtr noted = Get(PutQualifier(*Derived(), {kOfProperty, "Size"}, Note("Units", "boxes")));
  EXPECT_EQ(noted->FindProperty("Size")->default_value.view().unsigned_integer(), 5u) << "a qualifier is no default";
}

TEST(ClassEditTest, RemovalDependsOnWhereThePropertyComesFrom) {
  const ClassPtr derived =
      Get(PutProperty(*Get(PutProperty(*Derived(), "Size", kNumber, Value::Unsigned(6))), "Own", kText, Value()));
  const Result<Removal> own = RemoveProperty(*derived, "own");
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(own->code, code::kOk);
  EXPECT_EQ(own->schema->FindProperty("Own"), nullptr);
  const Result<Removal> reverted = RemoveProperty(*derived, "Size");
  ASSERT_TRUE(reverted.ok());
  EXPECT_EQ(reverted->code, code::kResetToDefault);
  EXPECT_EQ(reverted->schema->FindProperty("Size")->default_value.view().unsigned_integer(), 5u);
  EXPECT_EQ(RemoveProperty(*derived, "Name").status().code(), code::kPropagatedProperty);
  EXPECT_EQ(RemoveProperty(*derived, "Nonsense").status().code(), code::kNotFound);
}

TEST(ClassEditTest, MethodsAreAddedOverriddenAndRemoved) {
  const ClassPtr in = Get(MakeSignature(Object(Parameters({{"A", 0}})), Direction::kIn));
  const ClassPtr with = Get(PutMethod(*Derived(), "Walk", in, nullptr));
  EXPECT_EQ(with->FindMethod("walk")->in->properties().size(), 1u);
  EXPECT_EQ(PutMethod(*with, "Run", in, nullptr).status().code(), code::kPropagatedMethod);
  const ClassPtr overriding = Get(PutMethod(*with, "RUN", nullptr, nullptr));
  EXPECT_TRUE(overriding->FindMethod("Run")->is_overridden);
  EXPECT_EQ(RemoveMethod(*overriding, "Run")->code, code::kResetToDefault);
  EXPECT_EQ(RemoveMethod(*overriding, "Walk")->code, code::kOk);
  EXPECT_EQ(RemoveMethod(*overriding, "Walk")->schema->FindMethod("Walk"), nullptr);
  EXPECT_EQ(RemoveMethod(*with, "Run").status().code(), code::kPropagatedMethod);
  EXPECT_EQ(RemoveMethod(*with, "Nonsense").status().code(), code::kNotFound);
  // Another signature of the class's own method keeps its qualifiers.
  const ClassPtr noted = Get(PutQualifier(*with, {kOfMethod, "Walk"}, Note("Note", "walks")));
  EXPECT_EQ(TextOf(*Get(PutMethod(*noted, "Walk", nullptr, nullptr)), {kOfMethod, "Walk"}, "Note"), "walks");
}

TEST(ClassEditTest, SignatureComesFromAClassOrAnInstanceOfParameters) {
  const ClassPtr parameters = Parameters({{"A", 0}, {"B", 1}});
  const ClassPtr out = Get(MakeSignature(Object(parameters), Direction::kOut));
  EXPECT_EQ(out->name(), "__PARAMETERS");
  EXPECT_EQ(out->home(), nullptr);
  EXPECT_TRUE(out->FindProperty("A")->qualifiers.IsTrue("out"));
  RowBlockBuilder row;
  row.BeginRow(parameters);
  row.SetUnsigned(1, 7);
  row.CommitRow();
  std::vector<Object> instance;
  row.Finish(instance);
  EXPECT_EQ(Get(MakeSignature(instance[0], Direction::kIn))->default_row()[1].unsigned_integer(), 7u);
  EXPECT_EQ(Get(MakeSignature(Object(Parameters({})), Direction::kIn)), nullptr);
  EXPECT_EQ(MakeSignature(Object(Base()), Direction::kIn).status().code(), code::kInvalidMethodParameters);
}

// Contract 8.3, 8.4.
TEST(ClassEditTest, QualifiersOfEveryElementAreWrittenAndRemoved) {
  for (const Element& element : {Element{kOfClass, ""}, Element{kOfProperty, "Size"}, Element{kOfMethod, "Run"}}) {
    SCOPED_TRACE(element.name);
    const ClassPtr with = Get(PutQualifier(*Derived(), element, Note("Mine", "a")));
    EXPECT_EQ(TextOf(*with, element, "MINE"), "a");
    EXPECT_EQ(TextOf(*Get(PutQualifier(*with, element, Note("mine", "b"))), element, "Mine"), "b");
    const Result<Removal> without = RemoveQualifier(*with, element, "mine");
    ASSERT_TRUE(without.ok());
    EXPECT_EQ(without->code, code::kOk);
    EXPECT_EQ(FindQualifiers(*without->schema, element)->Find("Mine"), nullptr);
    EXPECT_EQ(RemoveQualifier(*without->schema, element, "Mine").status().code(), code::kNotFound);
    EXPECT_EQ(PutQualifier(*with, element, Note("_Mine", "a")).status().code(), code::kInvalidQualifier);
    EXPECT_EQ(PutQualifier(*with, element, Note("Mine", "a", 0x40)).status().code(), code::kInvalidFlavor);
  }
  EXPECT_EQ(PutQualifier(*Base(), {kOfProperty, "Nonsense"}, Note("N", "a")).status().code(), code::kNotFound);
  EXPECT_EQ(FindQualifiers(*Base(), {kOfMethod, "Nonsense"}), nullptr);
}

TEST(ClassEditTest, InheritedQualifiersAreOverriddenAndComeBack) {
  const Element size{kOfProperty, "Size"};
  const ClassPtr with = Get(PutQualifier(*Derived(), size, Note("Units", "boxes")));
  EXPECT_EQ(TextOf(*with, size, "Units"), "boxes");
  EXPECT_TRUE(with->FindProperty("Size")->is_overridden);
  const Result<Removal> without = RemoveQualifier(*with, size, "Units");
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(without->code, code::kResetToDefault);
  EXPECT_EQ(TextOf(*without->schema, size, "Units"), "pieces");
  EXPECT_EQ(RemoveQualifier(*Derived(), size, "Units").status().code(), code::kPropagatedQualifier);
  EXPECT_EQ(PutQualifier(*Derived(), size, Note("Fixed", "otherwise")).status().code(), code::kOverrideNotAllowed);
}

TEST(ClassEditTest, KeysAreOfPropertiesThatCanBeKeys) {
  const ClassPtr fresh = Get(PutProperty(MakeEmptyClass().schema(), "Id", kText, Value()));
  EXPECT_TRUE(Get(PutQualifier(*fresh, {kOfProperty, "Id"}, Flag("Key", 0)))->FindProperty("Id")->is_key);
  const ClassPtr real = Get(PutProperty(*fresh, "Share", {CimType::kReal32, false, ""}, Value()));
  EXPECT_EQ(PutQualifier(*real, {kOfProperty, "Share"}, Flag("key")).status().code(), code::kCannotBeKey);
  EXPECT_EQ(PutQualifier(*fresh, {kOfClass, ""}, Flag("key")).status().code(), code::kCannotBeKey);
  EXPECT_EQ(PutQualifier(*Derived(), {kOfProperty, "Size"}, Flag("key")).status().code(), code::kCannotBeKey)
      << "keys are not extended by a subclass";
}

TEST(ClassEditTest, CimTypeNamesTheClassOfAReferenceAndNothingElse) {
  const DataType ref{CimType::kReference, false, ""};
  const ClassPtr fresh =
      Get(PutProperty(*Get(PutProperty(MakeEmptyClass().schema(), "R", ref, Value())), "T", kText, Value()));
  const Element r{kOfProperty, "R"};
  const ClassPtr bound = Get(PutQualifier(*fresh, r, Note("CIMTYPE", "ref:Base")));
  EXPECT_EQ(bound->FindProperty("R")->type.class_name, "Base");
  EXPECT_EQ(TextOf(*Get(PutProperty(*bound, "R", ref, Value())), r, "CIMTYPE"), "ref:Base") << "kept by another Put";
  EXPECT_EQ(PutQualifier(*fresh, r, Note("CIMTYPE", "object:Base")).status().code(), code::kInvalidQualifier);
  EXPECT_EQ(PutQualifier(*fresh, {kOfProperty, "T"}, Note("CIMTYPE", "uint8")).status().code(),
            code::kInvalidQualifier);
  Get(PutQualifier(*fresh, {kOfProperty, "T"}, Note("CIMTYPE", "string")));
  EXPECT_EQ(RemoveQualifier(*fresh, r, "CIMTYPE").status().code(), code::kInvalidOperation);
}

}  // namespace
}  // namespace wmi::cim
