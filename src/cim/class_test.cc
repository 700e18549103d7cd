#include "cim/class.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "base/limits.h"
#include "cim/check.h"
#include "cim/row.h"

namespace wmi::cim {
namespace {

constexpr std::uint32_t kBoth = flavor::kToInstance | flavor::kToSubclass;

Qualifier Flag(std::string name, std::uint32_t flavors = 0, bool value = true) {
  return {std::move(name), Value::Boolean(value), {CimType::kBoolean, false, ""}, flavors};
}

Qualifier Text(std::string name, std::string text, std::uint32_t flavors = 0) {
  return {std::move(name), Value::Text(std::move(text)), {CimType::kString, false, ""}, flavors};
}

Qualifier Id(std::int64_t id) { return {"ID", Value::Signed(id), {CimType::kSint32, false, ""}}; }

Property Prop(std::string name, DataType type, std::initializer_list<Qualifier> qualifiers = {},
              Value value = Value()) {
  Property property;
  property.name = std::move(name);
  property.type = std::move(type);
  property.default_value = std::move(value);
  for (const Qualifier& qualifier : qualifiers) property.qualifiers.Set(qualifier);
  return property;
}

Property Prop(std::string name, CimType type, std::initializer_list<Qualifier> qualifiers = {}, Value value = Value()) {
  return Prop(std::move(name), DataType{type, false, ""}, qualifiers, std::move(value));
}

// A declaration that can be written in one expression.
struct Declare : ClassDeclaration {
  explicit Declare(std::string class_name) { name = std::move(class_name); }
  Declare& With(Qualifier qualifier) {
    qualifiers.Set(std::move(qualifier));
    return *this;
  }
  Declare& With(Property property) {
    properties.push_back(std::move(property));
    return *this;
  }
  Declare& With(Method method) {
    methods.push_back(std::move(method));
    return *this;
  }
  Result<ClassPtr> Make(const ClassPtr& parent = nullptr) const { return Class::Make(*this, parent, nullptr); }
};

Code CodeOf(const Result<ClassPtr>& result) { return result.status().code(); }

ClassPtr Parameters(std::initializer_list<Property> parameters) {
  Declare declaration("__PARAMETERS");
  for (const Property& parameter : parameters) declaration.With(parameter);
  return declaration.Make().value();
}

Method MethodOf(std::string name, ClassPtr in, ClassPtr out) {
  Method method;
  method.name = std::move(name);
  method.in = std::move(in);
  method.out = std::move(out);
  return method;
}

TEST(ClassTest, InheritedPropertiesComeFirstAndKeepTheirSlots) {
  const ClassPtr base =
      Declare("Base").With(Prop("A", CimType::kString)).With(Prop("B", CimType::kUint8)).Make().value();
  const ClassPtr derived =
      Declare("Derived").With(Prop("C", CimType::kString)).With(Prop("b", CimType::kUint8)).Make(base).value();
  const ClassPtr leaf = Declare("Leaf").Make(derived).value();
  for (const ClassPtr& cls : {derived, leaf}) {
    EXPECT_EQ(cls->FindSlot("a"), 0u);
    EXPECT_EQ(cls->FindSlot("B"), 1u);
    EXPECT_EQ(cls->FindSlot("C"), 2u);
    EXPECT_EQ(cls->FindSlot("D"), std::nullopt);
    EXPECT_EQ(cls->default_row().size(), 3u);
  }
  EXPECT_EQ(leaf->derivation(), (std::vector<std::string>{"Derived", "Base"}));
  EXPECT_EQ(leaf->dynasty(), "Base");
  EXPECT_EQ(base->dynasty(), "Base");
  EXPECT_TRUE(leaf->IsA("LEAF"));
  EXPECT_TRUE(leaf->IsA("base"));
  EXPECT_FALSE(base->IsA("Leaf"));
  EXPECT_EQ(leaf->superclass(), derived);
}

TEST(ClassTest, OriginLocalAndOverriddenAreMarked) {
  const ClassPtr base =
      Declare("Base").With(Prop("A", CimType::kString)).With(Prop("B", CimType::kString)).Make().value();
  const ClassPtr derived =
      Declare("Derived").With(Prop("b", CimType::kString)).With(Prop("C", CimType::kString)).Make(base).value();
  const Property* a = derived->FindProperty("A");
  const Property* b = derived->FindProperty("B");
  const Property* c = derived->FindProperty("C");
  EXPECT_EQ(a->origin, "Base");
  EXPECT_FALSE(a->is_local);
  EXPECT_FALSE(a->is_overridden);
  EXPECT_EQ(b->origin, "Base");
  EXPECT_EQ(b->name, "B") << "the first spelling stays";
  EXPECT_TRUE(b->is_local);
  EXPECT_TRUE(b->is_overridden);
  EXPECT_EQ(c->origin, "Derived");
  EXPECT_TRUE(c->is_local);
  EXPECT_FALSE(c->is_overridden);
  const ClassPtr leaf = Declare("Leaf").Make(derived).value();
  EXPECT_FALSE(leaf->FindProperty("B")->is_overridden);
  EXPECT_FALSE(leaf->FindProperty("B")->is_local);
}

TEST(ClassTest, DefaultsAreInheritedAndOverridden) {
  const std::string text(200, 'd');
  const ClassPtr base = Declare("Base")
                            .With(Prop("A", CimType::kString, {}, Value::Text(text)))
                            .With(Prop("B", CimType::kUint8, {}, Value::Unsigned(1)))
                            .Make()
                            .value();
  const ClassPtr derived = Declare("Derived")
                               .With(Prop("A", CimType::kString))
                               .With(Prop("B", CimType::kUint8, {}, Value::Unsigned(2)))
                               .Make(base)
                               .value();
  EXPECT_EQ(derived->default_row()[0].text(), text);
  EXPECT_EQ(derived->default_row()[1].unsigned_integer(), 2u);
}

TEST(ClassTest, SuperclassMustMatchTheDeclaration) {
  const ClassPtr base = Declare("Base").Make().value();
  Declare derived("Derived");
  derived.superclass = "Other";
  EXPECT_EQ(CodeOf(derived.Make()), code::kInvalidSuperclass);
  EXPECT_EQ(CodeOf(derived.Make(base)), code::kInvalidSuperclass);
  derived.superclass = "BASE";
  EXPECT_TRUE(derived.Make(base).ok());
  EXPECT_EQ(CodeOf(Declare("base").Make(base)), code::kCircularReference);
  const ClassPtr middle = derived.Make(base).value();
  EXPECT_EQ(CodeOf(Declare("Base").Make(middle)), code::kCircularReference);
}

TEST(ClassTest, TerminalEndsDerivation) {
  const ClassPtr end = Declare("End").With(Flag("Terminal")).Make().value();
  EXPECT_EQ(CodeOf(Declare("More").Make(end)), code::kInvalidSuperclass);
  EXPECT_EQ(CodeOf(Declare("Both").With(Flag("Terminal")).With(Flag("Abstract")).Make()), code::kInvalidQualifier);
}

TEST(ClassTest, AbstractClassesDeriveFromAnyClass) {
  const ClassPtr concrete = Declare("Concrete").Make().value();
  const ClassPtr abstract = Declare("Idea").With(Flag("abstract")).Make().value();
  EXPECT_TRUE(abstract->is_abstract());
  EXPECT_TRUE(Declare("X").With(Flag("Abstract")).Make(concrete).ok()) << "the DMTF schema has such a class";
  EXPECT_TRUE(Declare("X").With(Flag("Abstract")).Make(abstract).ok());
  EXPECT_FALSE(Declare("Y").Make(abstract).value()->is_abstract()) << "Abstract does not propagate";
  EXPECT_FALSE(Declare("Z").With(Flag("abstract", 0, false)).Make().value()->is_abstract());
}

TEST(ClassTest, MarksOfTheClassQualifiers) {
  const ClassPtr cls = Declare("C").With(Flag("Dynamic")).With(Flag("ASSOCIATION")).Make().value();
  EXPECT_TRUE(cls->is_dynamic());
  EXPECT_TRUE(cls->is_association());
  EXPECT_FALSE(cls->is_singleton());
  const ClassPtr derived = Declare("D").Make(cls).value();
  EXPECT_TRUE(derived->is_association()) << "an association stays one";
  EXPECT_FALSE(derived->is_dynamic()) << "no flavor, no propagation";
}

TEST(QualifierTest, OnlyToSubclassReachesSubclasses) {
  const ClassPtr base = Declare("Base")
                            .With(Text("Down", "d", flavor::kToSubclass))
                            .With(Text("Stay", "s", flavor::kToInstance))
                            .With(Prop("P", CimType::kString, {Text("Down", "pd", kBoth), Text("Stay", "ps")}))
                            .Make()
                            .value();
  const ClassPtr leaf = Declare("Leaf").Make(Declare("Middle").Make(base).value()).value();
  ASSERT_NE(leaf->qualifiers().Find("down"), nullptr);
  EXPECT_TRUE(leaf->qualifiers().Find("Down")->propagated);
  EXPECT_EQ(leaf->qualifiers().Text("Down"), "d");
  EXPECT_EQ(leaf->qualifiers().Find("Stay"), nullptr);
  const QualifierSet& of_property = leaf->FindProperty("P")->qualifiers;
  EXPECT_EQ(of_property.Text("Down"), "pd");
  EXPECT_TRUE(of_property.Find("Down")->propagated);
  EXPECT_EQ(of_property.Find("Stay"), nullptr);
  EXPECT_FALSE(base->FindProperty("P")->qualifiers.Find("Down")->propagated);
}

TEST(QualifierTest, OverrideReplacesUnlessForbidden) {
  const ClassPtr base =
      Declare("Base")
          .With(Text("Free", "a", flavor::kToSubclass))
          .With(Text("Fixed", "a", flavor::kToSubclass | flavor::kNotOverridable))
          .With(Text("FixedButStaying", "a", flavor::kNotOverridable))
          .With(Prop("P", CimType::kString, {Flag("Fixed", flavor::kToSubclass | flavor::kNotOverridable)}))
          .Make()
          .value();
  const ClassPtr derived = Declare("D").With(Text("free", "b")).Make(base).value();
  EXPECT_EQ(derived->qualifiers().Text("Free"), "b");
  EXPECT_FALSE(derived->qualifiers().Find("Free")->propagated);
  EXPECT_EQ(CodeOf(Declare("D").With(Text("FIXED", "b")).Make(base)), code::kOverrideNotAllowed);
  EXPECT_TRUE(Declare("D").With(Text("Fixed", "a")).Make(base).ok()) << "saying the same again is no override";
  EXPECT_TRUE(Declare("D").With(Text("FixedButStaying", "b")).Make(base).ok());
  EXPECT_EQ(CodeOf(Declare("D").With(Prop("P", CimType::kString, {Flag("Fixed", 0, false)})).Make(base)),
            code::kOverrideNotAllowed);
}

TEST(QualifierTest, InstancesShowWhatIsForInstances) {
  const ClassPtr cls = Declare("C")
                           .With(Text("I", "i", flavor::kToInstance))
                           .With(Text("S", "s", flavor::kToSubclass))
                           .With(Text("N", "n"))
                           .Make()
                           .value();
  const QualifierSet shown = HandedToInstances(cls->qualifiers());
  EXPECT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown.Text("I"), "i");
  EXPECT_TRUE(shown.Find("I")->propagated);
}

TEST(QualifierTest, CimTypeIsPutOnEveryProperty) {
  const ClassPtr base = Declare("Base")
                            .With(Prop("N", CimType::kUint32))
                            .With(Prop("L", DataType{CimType::kString, true, ""}))
                            .With(Prop("R", DataType{CimType::kReference, false, "Other"}))
                            .With(Prop("AnyRef", CimType::kReference))
                            .With(Prop("E", DataType{CimType::kObject, false, "Thing"}))
                            .With(Prop("Any", CimType::kObject))
                            .Make()
                            .value();
  const ClassPtr derived = Declare("D").Make(base).value();
  for (const ClassPtr& cls : {base, derived}) {
    const auto text = [&](const char* name) { return cls->FindProperty(name)->qualifiers.Text("CIMTYPE"); };
    EXPECT_EQ(text("N"), "uint32");
    EXPECT_EQ(text("L"), "string");
    EXPECT_EQ(text("R"), "ref:Other");
    EXPECT_EQ(text("AnyRef"), "ref");
    EXPECT_EQ(text("E"), "object:Thing");
    EXPECT_EQ(text("Any"), "object");
  }
  EXPECT_TRUE(derived->FindProperty("N")->qualifiers.Find("CIMTYPE")->propagated);
}

TEST(QualifierTest, CimTypeNamesTheClassOfAReference) {
  const ClassPtr cls = Declare("C")
                           .With(Prop("R", CimType::kReference, {Text("CIMTYPE", "ref:Win32_Process")}))
                           .With(Prop("N", CimType::kUint32, {Text("CIMTYPE", "string")}))
                           .Make()
                           .value();
  EXPECT_EQ(cls->FindProperty("R")->type.class_name, "Win32_Process");
  EXPECT_EQ(cls->FindProperty("N")->qualifiers.Text("CIMTYPE"), "uint32") << "the declared type wins";
}

TEST(QualifierTest, OnlyTheFourTypesAreLegal) {
  const auto with = [](CimType type, Value value, bool is_array = false) {
    return Declare("C").With(Qualifier{"Q", std::move(value), {type, is_array, ""}}).Make().status().code();
  };
  EXPECT_EQ(with(CimType::kSint32, Value::Signed(1)), code::kOk);
  EXPECT_EQ(with(CimType::kReal64, Value::Real(1)), code::kOk);
  EXPECT_EQ(with(CimType::kString, Value::Array({Value::Text("a")}), true), code::kOk);
  EXPECT_EQ(with(CimType::kUint32, Value::Unsigned(1)), code::kInvalidQualifierType);
  EXPECT_EQ(with(CimType::kDatetime, Value::Text("x")), code::kInvalidQualifierType);
  EXPECT_EQ(with(CimType::kString, Value()), code::kInvalidQualifierType);
  EXPECT_EQ(with(CimType::kSint32, Value::Text("1")), code::kInvalidQualifierType);
  EXPECT_EQ(with(CimType::kSint32, Value::Signed(std::int64_t{1} << 31)), code::kInvalidQualifierType);
  EXPECT_EQ(CodeOf(Declare("C").With(Text("Q", "x", 0x400)).Make()), code::kInvalidFlavor);
}

TEST(KeyTest, KeysAreAlphabeticalAndInherited) {
  const ClassPtr base = Declare("Base")
                            .With(Prop("Zeta", CimType::kString, {Flag("key")}))
                            .With(Prop("Other", CimType::kString))
                            .With(Prop("alpha", CimType::kUint16, {Flag("Key")}))
                            .Make()
                            .value();
  const ClassPtr derived =
      Declare("D").With(Prop("Zeta", CimType::kString, {Text("Description", "d")})).Make(base).value();
  for (const ClassPtr& cls : {base, derived}) {
    EXPECT_EQ(cls->key_slots(), (std::vector<std::size_t>{2, 0}));
    EXPECT_TRUE(cls->FindProperty("ZETA")->is_key);
    EXPECT_FALSE(cls->FindProperty("Other")->is_key);
    EXPECT_EQ(cls->FindProperty("Zeta")->qualifiers.Find("key")->flavor, kBoth | flavor::kNotOverridable);
  }
}

TEST(KeyTest, OnlySomeTypesCanBeKeys) {
  const auto with = [](DataType type) { return CodeOf(Declare("C").With(Prop("K", type, {Flag("key")})).Make()); };
  for (const CimType type : {CimType::kString, CimType::kBoolean, CimType::kSint8, CimType::kUint64, CimType::kChar16,
                             CimType::kDatetime, CimType::kReference}) {
    EXPECT_EQ(with({type, false, ""}), code::kOk) << TypeName(type);
    EXPECT_EQ(with({type, true, ""}), code::kCannotBeKey) << TypeName(type);
  }
  for (const CimType type : {CimType::kReal32, CimType::kReal64, CimType::kObject}) {
    EXPECT_EQ(with({type, false, ""}), code::kCannotBeKey) << TypeName(type);
  }
  EXPECT_EQ(CodeOf(Declare("C").With(Prop("K", CimType::kString, {Flag("key", 0, false)})).Make()),
            code::kInvalidQualifier);
}

TEST(KeyTest, InheritedKeysCannotBeChangedOrExtended) {
  const ClassPtr base =
      Declare("Base").With(Prop("K", CimType::kString, {Flag("key")})).With(Prop("P", CimType::kString)).Make().value();
  EXPECT_EQ(CodeOf(Declare("D").With(Prop("L", CimType::kString, {Flag("key")})).Make(base)), code::kCannotBeKey);
  EXPECT_EQ(CodeOf(Declare("D").With(Prop("P", CimType::kString, {Flag("key")})).Make(base)), code::kCannotBeKey);
  EXPECT_EQ(CodeOf(Declare("D").With(Prop("K", CimType::kString, {Flag("key", 0, false)})).Make(base)),
            code::kOverrideNotAllowed);
  EXPECT_TRUE(Declare("D").With(Prop("K", CimType::kString, {Flag("key")})).Make(base).ok());
}

TEST(KeyTest, KeylessParentLetsTheChildIntroduceKeys) {
  const ClassPtr base = Declare("Base").With(Flag("abstract")).With(Prop("P", CimType::kString)).Make().value();
  const ClassPtr derived = Declare("D").With(Prop("P", CimType::kString, {Flag("key")})).Make(base).value();
  EXPECT_EQ(derived->key_slots().size(), 1u);
}

TEST(KeyTest, SingletonsHaveNoKeys) {
  EXPECT_EQ(CodeOf(Declare("S").With(Flag("singleton")).With(Prop("K", CimType::kString, {Flag("key")})).Make()),
            code::kCannotBeSingleton);
  const ClassPtr keyed = Declare("Keyed").With(Prop("K", CimType::kString, {Flag("key")})).Make().value();
  EXPECT_EQ(CodeOf(Declare("S").With(Flag("Singleton")).Make(keyed)), code::kCannotBeSingleton);
  const ClassPtr singleton = Declare("Only").With(Flag("Singleton")).Make().value();
  EXPECT_TRUE(Declare("D").Make(singleton).value()->is_singleton());
  EXPECT_EQ(CodeOf(Declare("D").With(Prop("K", CimType::kString, {Flag("key")})).Make(singleton)), code::kCannotBeKey);
}

TEST(PropertyTest, OverrideKeepsTheType) {
  const ClassPtr base = Declare("Base")
                            .With(Prop("N", CimType::kUint32))
                            .With(Prop("R", DataType{CimType::kReference, false, "Wide"}))
                            .Make()
                            .value();
  EXPECT_EQ(CodeOf(Declare("D").With(Prop("N", CimType::kSint32)).Make(base)), code::kUpdateTypeMismatch);
  EXPECT_EQ(CodeOf(Declare("D").With(Prop("N", DataType{CimType::kUint32, true, ""})).Make(base)),
            code::kUpdateTypeMismatch);
  const ClassPtr narrowed =
      Declare("D").With(Prop("R", DataType{CimType::kReference, false, "Narrow"})).Make(base).value();
  EXPECT_EQ(narrowed->FindProperty("R")->qualifiers.Text("CIMTYPE"), "ref:Narrow");
}

TEST(PropertyTest, DefaultsMustFitTheType) {
  const auto with = [](DataType type, Value value) {
    return CodeOf(Declare("C").With(Prop("P", std::move(type), {}, std::move(value))).Make());
  };
  EXPECT_EQ(with({CimType::kUint8, false, ""}, Value::Unsigned(255)), code::kOk);
  EXPECT_EQ(with({CimType::kUint8, false, ""}, Value::Unsigned(256)), code::kValueOutOfRange);
  EXPECT_EQ(with({CimType::kSint16, false, ""}, Value::Signed(-32769)), code::kValueOutOfRange);
  EXPECT_EQ(with({CimType::kUint8, false, ""}, Value::Signed(1)), code::kTypeMismatch);
  EXPECT_EQ(with({CimType::kString, false, ""}, Value::Array({})), code::kTypeMismatch);
  EXPECT_EQ(with({CimType::kString, true, ""}, Value::Array({Value()})), code::kTypeMismatch);
  EXPECT_EQ(with({CimType::kString, true, ""}, Value::Array({})), code::kOk);
  EXPECT_EQ(with({CimType::kDatetime, false, ""}, Value::Text("now")), code::kTypeMismatch);
  EXPECT_EQ(with({CimType::kEmpty, false, ""}, Value()), code::kInvalidPropertyType);
  EXPECT_EQ(with({static_cast<CimType>(77), false, ""}, Value()), code::kInvalidPropertyType);
  const ClassPtr thing = Declare("Thing").Make().value();
  EXPECT_EQ(with({CimType::kObject, false, "Thing"}, Value::OfObject(Object(thing))), code::kOk);
  EXPECT_EQ(with({CimType::kObject, false, "Other"}, Value::OfObject(Object(thing))), code::kTypeMismatch);
}

TEST(PropertyTest, NameRules) {
  const auto with = [](std::string name) {
    return CodeOf(Declare("C").With(Prop(std::move(name), CimType::kString)).Make());
  };
  EXPECT_EQ(with("a_b9"), code::kOk);
  EXPECT_EQ(with("Größe"), code::kOk);
  for (const char* name : {"", "9a", "a b", "a-b", "_a", "a_", "a.b", "\xff"}) {
    EXPECT_EQ(with(name), code::kInvalidProperty) << name;
  }
  EXPECT_EQ(with("__CLASS"), code::kSystemProperty);
  EXPECT_EQ(CodeOf(Declare("C").With(Prop("A", CimType::kString)).With(Prop("a", CimType::kString)).Make()),
            code::kInvalidProperty);
}

TEST(MethodTest, InheritedOverriddenAndOrigin) {
  const ClassPtr in = Parameters({Prop("Reason", CimType::kUint32, {Id(0), Flag("in")})});
  const ClassPtr out = Parameters({Prop("ReturnValue", CimType::kUint32)});
  Method method = MethodOf("Stop", in, out);
  method.qualifiers.Set(Text("Description", "d", flavor::kToSubclass));
  method.qualifiers.Set(Flag("Implemented"));
  const ClassPtr base = Declare("Base").With(method).Make().value();
  const ClassPtr derived = Declare("D").Make(base).value();
  EXPECT_EQ(derived->FindMethod("stop")->origin, "Base");
  EXPECT_FALSE(derived->FindMethod("stop")->is_local);
  EXPECT_EQ(derived->FindMethod("Stop")->qualifiers.Text("Description"), "d");
  EXPECT_EQ(derived->FindMethod("Stop")->qualifiers.Find("Implemented"), nullptr);
  EXPECT_EQ(derived->FindMethod("Start"), nullptr);

  const ClassPtr overriding = Declare("D").With(MethodOf("STOP", in, out)).Make(base).value();
  EXPECT_TRUE(overriding->FindMethod("Stop")->is_overridden);
  EXPECT_EQ(overriding->FindMethod("Stop")->origin, "Base");
  EXPECT_EQ(overriding->methods().size(), 1u);
}

TEST(MethodTest, OverrideMustKeepTheSignature) {
  const ClassPtr in = Parameters({Prop("A", CimType::kUint32, {Id(0)}), Prop("B", CimType::kString, {Id(1)})});
  const ClassPtr base = Declare("Base").With(MethodOf("M", in, nullptr)).Make().value();
  const auto overriding = [&](ClassPtr new_in, ClassPtr new_out) {
    return CodeOf(Declare("D").With(MethodOf("m", std::move(new_in), std::move(new_out))).Make(base));
  };
  EXPECT_EQ(overriding(in, nullptr), code::kOk);
  EXPECT_EQ(
      overriding(Parameters({Prop("b", CimType::kString, {Id(1)}), Prop("a", CimType::kUint32, {Id(0)})}), nullptr),
      code::kOk);
  EXPECT_EQ(overriding(nullptr, nullptr), code::kPropagatedMethod);
  EXPECT_EQ(overriding(Parameters({Prop("A", CimType::kUint32, {Id(0)})}), nullptr), code::kPropagatedMethod);
  EXPECT_EQ(
      overriding(Parameters({Prop("A", CimType::kSint32, {Id(0)}), Prop("B", CimType::kString, {Id(1)})}), nullptr),
      code::kPropagatedMethod);
  EXPECT_EQ(
      overriding(Parameters({Prop("A", CimType::kUint32, {Id(1)}), Prop("B", CimType::kString, {Id(0)})}), nullptr),
      code::kPropagatedMethod);
  EXPECT_EQ(overriding(in, Parameters({Prop("ReturnValue", CimType::kUint32)})), code::kPropagatedMethod);
}

TEST(MethodTest, ParameterIdsAreChecked) {
  const auto with = [](ClassPtr in, ClassPtr out) {
    return CodeOf(Declare("C").With(MethodOf("M", std::move(in), std::move(out))).Make());
  };
  const DataType text_array{CimType::kString, true, ""};
  EXPECT_EQ(with(nullptr, nullptr), code::kOk);
  EXPECT_EQ(with(Parameters({Prop("A", CimType::kString)}), nullptr), code::kMissingParameterId);
  EXPECT_EQ(with(Parameters({Prop("A", CimType::kString, {Id(1)})}), nullptr), code::kNonconsecutiveParameterIds);
  EXPECT_EQ(with(Parameters({Prop("A", CimType::kString, {Id(0)}), Prop("B", CimType::kString, {Id(0)})}), nullptr),
            code::kNonconsecutiveParameterIds);
  EXPECT_EQ(with(Parameters({Prop("A", CimType::kString, {Id(-1)})}), nullptr), code::kInvalidParameterId);
  EXPECT_EQ(with(Parameters({Prop("A", CimType::kString, {Text("ID", "0")})}), nullptr), code::kInvalidParameterId);
  EXPECT_EQ(
      with(Parameters({Prop("A", CimType::kString, {Id(0)})}), Parameters({Prop("B", CimType::kString, {Id(1)})})),
      code::kOk);
  EXPECT_EQ(
      with(Parameters({Prop("A", CimType::kString, {Id(0)})}), Parameters({Prop("a", CimType::kString, {Id(0)})})),
      code::kOk);
  EXPECT_EQ(
      with(Parameters({Prop("A", CimType::kString, {Id(0)})}), Parameters({Prop("A", CimType::kString, {Id(1)})})),
      code::kInvalidParameterId);
  EXPECT_EQ(with(Parameters({Prop("A", CimType::kString, {Id(0)})}), Parameters({Prop("A", CimType::kUint8, {Id(0)})})),
            code::kInvalidDuplicateParameter);
  EXPECT_EQ(with(nullptr, Parameters({Prop("ReturnValue", CimType::kUint32, {Id(0)})})), code::kParameterIdOnRetval);
  EXPECT_EQ(with(nullptr, Parameters({Prop("ReturnValue", text_array)})), code::kInvalidMethodParameters);
  EXPECT_EQ(with(Parameters({Prop("ReturnValue", CimType::kUint32)}), nullptr), code::kInvalidMethodParameters);
}

TEST(MethodTest, DeclaredTwiceFails) {
  EXPECT_EQ(CodeOf(Declare("C").With(MethodOf("M", nullptr, nullptr)).With(MethodOf("m", nullptr, nullptr)).Make()),
            code::kInvalidMethod);
}

TEST(LimitTest, NameLengths) {
  const std::string longest(limits::kNameLengthMax, 'n');
  const std::string too_long(limits::kNameLengthMax + 1, 'n');
  EXPECT_TRUE(Declare(longest).Make().ok());
  EXPECT_EQ(CodeOf(Declare(too_long).Make()), code::kClassNameTooWide);
  EXPECT_TRUE(Declare("C").With(Prop(longest, CimType::kString)).Make().ok());
  EXPECT_EQ(CodeOf(Declare("C").With(Prop(too_long, CimType::kString)).Make()), code::kPropertyNameTooWide);
  EXPECT_TRUE(Declare("C").With(Flag(longest)).Make().ok());
  EXPECT_EQ(CodeOf(Declare("C").With(Flag(too_long)).Make()), code::kQualifierNameTooWide);
  EXPECT_TRUE(Declare("C").With(MethodOf(longest, nullptr, nullptr)).Make().ok());
  EXPECT_EQ(CodeOf(Declare("C").With(MethodOf(too_long, nullptr, nullptr)).Make()), code::kMethodNameTooWide);
}

Declare Many(std::size_t properties, std::size_t keys = 0) {
  Declare declaration("Many");
  for (std::size_t i = 0; i < properties; ++i) {
    Property property = Prop("P" + std::to_string(i), CimType::kUint8);
    if (i < keys) property.qualifiers.Set(Flag("key"));
    declaration.With(std::move(property));
  }
  return declaration;
}

TEST(LimitTest, PropertiesAndKeys) {
  const ClassPtr full = Many(limits::kPropertiesMax).Make().value();
  EXPECT_EQ(CodeOf(Many(limits::kPropertiesMax + 1).Make()), code::kTooManyProperties);
  EXPECT_TRUE(Declare("D").Make(full).ok());
  EXPECT_EQ(CodeOf(Declare("D").With(Prop("X", CimType::kString)).Make(full)), code::kTooManyProperties);
  EXPECT_TRUE(Many(limits::kKeysMax + 5, limits::kKeysMax).Make().ok());
  EXPECT_EQ(CodeOf(Many(limits::kKeysMax + 5, limits::kKeysMax + 1).Make()), code::kCannotBeKey);
}

TEST(LimitTest, QualifiersAndMethods) {
  Declare qualifiers("C");
  for (std::size_t i = 0; i < limits::kQualifiersMax; ++i) qualifiers.With(Flag("Q" + std::to_string(i)));
  EXPECT_TRUE(qualifiers.Make().ok());
  EXPECT_EQ(CodeOf(qualifiers.With(Flag("OneMore")).Make()), code::kQuotaViolation);
  Declare methods("C");
  for (std::size_t i = 0; i < limits::kMethodsMax; ++i)
    methods.With(MethodOf("M" + std::to_string(i), nullptr, nullptr));
  EXPECT_TRUE(methods.Make().ok());
  EXPECT_EQ(CodeOf(methods.With(MethodOf("OneMore", nullptr, nullptr)).Make()), code::kQuotaViolation);
}

TEST(LimitTest, DerivationDepth) {
  ClassPtr cls = Declare("C").Make().value();
  for (std::size_t depth = 1; depth <= limits::kDerivationDepthMax; ++depth) {
    cls = Declare("C" + std::to_string(depth)).Make(cls).value();
  }
  EXPECT_EQ(CodeOf(Declare("TooDeep").Make(cls)), code::kInvalidSuperclass);
}

TEST(LimitTest, ObjectNesting) {
  const ClassPtr node = Declare("Node").With(Prop("Next", CimType::kObject)).Make().value();
  const auto nested = [&](std::size_t depth) {
    Value value;
    for (std::size_t i = 0; i < depth; ++i) {
      RowBlockBuilder builder;
      builder.BeginRow(node);
      builder.Set(0, value.view());
      builder.CommitRow();
      std::vector<Object> objects;
      builder.Finish(objects);
      value = Value::OfObject(objects[0]);
    }
    return value;
  };
  const DataType object{CimType::kObject, false, ""};
  EXPECT_TRUE(CheckValue(object, nested(limits::kObjectNestingMax).view()).ok());
  EXPECT_EQ(CheckValue(object, nested(limits::kObjectNestingMax + 1).view()).code(), code::kQuotaViolation);
}

// A few objects, each of which stands twice in the next, are very many for whoever walks them.
TEST(LimitTest, ObjectsThatStandInSeveralPlacesCountInEach) {
  const ClassPtr pair =
      Declare("Pair").With(Prop("A", CimType::kObject)).With(Prop("B", CimType::kObject)).Make().value();
  const auto doubled = [&](std::size_t depth) {
    Value value;
    for (std::size_t i = 0; i < depth; ++i) {
      RowBlockBuilder builder;
      builder.BeginRow(pair);
      builder.Set(0, value.view());
      builder.Set(1, value.view());
      builder.CommitRow();
      std::vector<Object> objects;
      builder.Finish(objects);
      value = Value::OfObject(objects[0]);
    }
    return value;
  };
  const DataType object{CimType::kObject, false, ""};
  EXPECT_TRUE(CheckValue(object, doubled(16).view()).ok()) << "2^16 - 1 objects";
  EXPECT_EQ(CheckValue(object, doubled(17).view()).code(), code::kQuotaViolation);
  EXPECT_EQ(CheckValue(object, doubled(60).view()).code(), code::kQuotaViolation);
  const std::vector<Value> items(3, doubled(15));
  EXPECT_EQ(CheckValue({CimType::kObject, true, ""}, Value::Array(items).view()).code(), code::kQuotaViolation)
      << "an array is one value";
}

TEST(LimitTest, ArrayLength) {
  const DataType type{CimType::kUint8, true, ""};
  const std::vector<ValueView> items(limits::kArrayLengthMax + 1, ValueView::Unsigned(1));
  EXPECT_TRUE(CheckValue(type, ValueView::Array({items.data(), limits::kArrayLengthMax})).ok());
  EXPECT_EQ(CheckValue(type, ValueView::Array(items)).code(), code::kQuotaViolation);
}

TEST(ErrorTest, NameTheElement) {
  const Status status = Declare("Class1").With(Prop("Size", CimType::kUint8, {}, Value::Unsigned(300))).Make().status();
  EXPECT_EQ(status.Message(), "Class1.Size: 300 is outside the range of uint8");
}

TEST(ClassTest, DeclarationOfAFetchedClassMakesTheSameClass) {
  const ClassPtr base = Declare("Base")
                            .With(Text("Down", "d", kBoth))
                            .With(Prop("K", CimType::kString, {Flag("key"), Text("Description", "x", kBoth)}))
                            .Make()
                            .value();
  const ClassPtr first = Declare("D").With(Prop("P", CimType::kString)).Make(base).value();
  // A client sends back everything it saw, inherited parts too.
  Declare again("D");
  again.qualifiers = first->qualifiers();
  again.properties = first->properties();
  again.methods = first->methods();
  const ClassPtr second = again.Make(base).value();
  ASSERT_EQ(second->properties().size(), first->properties().size());
  for (std::size_t slot = 0; slot < first->properties().size(); ++slot) {
    EXPECT_EQ(second->properties()[slot].is_local, first->properties()[slot].is_local);
    EXPECT_EQ(second->properties()[slot].qualifiers.size(), first->properties()[slot].qualifiers.size());
  }
  EXPECT_TRUE(second->qualifiers().Find("Down")->propagated);
}

TEST(TypesTest, NamesAndGroups) {
  EXPECT_EQ(TypeName(CimType::kUint64), "uint64");
  EXPECT_TRUE(IsUnsignedInteger(CimType::kChar16));
  EXPECT_TRUE(IsTextual(CimType::kReference));
  EXPECT_FALSE(IsInteger(CimType::kBoolean));
  EXPECT_TRUE(IsReal(CimType::kReal32));
  EXPECT_EQ(Describe(DataType{CimType::kReference, true, "A"}), "A ref[]");
  EXPECT_EQ(Describe(ValueView::Text(std::string(100, 'x'))), "\"" + std::string(60, 'x') + "…\"");
}

}  // namespace
}  // namespace wmi::cim
