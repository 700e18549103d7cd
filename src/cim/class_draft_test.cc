#include "cim/class_draft.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "cim/declaration.h"

namespace wmi::cim {
namespace {

const DataType kString{CimType::kString, false, {}};
const DataType kNumber{CimType::kUint32, false, {}};

Qualifier Text(std::string name, std::string text, std::uint32_t flavors = 0) {
  return {std::move(name), Value::Text(std::move(text)), kString, flavors, false};
}
Qualifier Flag(std::string name, std::uint32_t flavors = 0) {
  return {std::move(name), Value::Boolean(true), {CimType::kBoolean, false, ""}, flavors, false};
}
Qualifier Number(std::string name, std::int64_t number) {
  return {std::move(name), Value::Signed(number), {CimType::kSint32, false, ""}, 0, false};
}

Property Prop(std::string name, DataType type, Value value, std::vector<Qualifier> qualifiers) {
  Property property;
  property.name = std::move(name);
  property.type = std::move(type);
  property.default_value = std::move(value);
  for (Qualifier& qualifier : qualifiers) property.qualifiers.Set(std::move(qualifier));
  return property;
}

ClassPtr Signature(int parameters) {
  if (parameters == 0) return nullptr;
  ClassDeclaration declaration;
  declaration.name = "__PARAMETERS";
  for (int i = 0; i < parameters; ++i) {
    declaration.properties.push_back(Prop("A" + std::to_string(i), kNumber, Value(), {Number("ID", i)}));
  }
  return Class::Make(std::move(declaration), nullptr, nullptr).value();
}

// Base { [key] string P0; uint32 P1 = 5; void M0(A0); }, with qualifiers of every kind.
ClassPtr Base() {
  ClassDeclaration declaration;
  declaration.name = "Base";
  declaration.qualifiers = QualifierSet();
  declaration.qualifiers.Set(Text("Q0", "base", flavor::kToSubclass));
  declaration.qualifiers.Set(Text("Fixed", "base", flavor::kToSubclass | flavor::kNotOverridable));
  declaration.properties.push_back(Prop("P0", kString, Value(), {Flag("key")}));
  declaration.properties.push_back(Prop(
      "P1", kNumber, Value::Unsigned(5),
      {Text("Q0", "p1", flavor::kToSubclass), Text("Fixed", "p1", flavor::kToSubclass | flavor::kNotOverridable)}));
  Method method;
  method.name = "M0";
  method.in = Signature(1);
  method.qualifiers.Set(Text("Q0", "m0", flavor::kToSubclass));
  declaration.methods.push_back(method);
  return Class::Make(std::move(declaration), nullptr, nullptr).value();
}

std::string Describe(const QualifierSet& qualifiers) {
  std::string text = "[";
  for (const Qualifier& qualifier : qualifiers) {
    const ValueView value = qualifier.value.view();
    text += qualifier.name + "=" + (value.kind() == ValueKind::kText ? std::string(value.text()) : "#") + ":" +
            std::to_string(qualifier.flavor) + (qualifier.propagated ? "p " : " ");
  }
  return text + "]";
}

std::string Describe(ValueView value) {
  if (value.is_null()) return "NULL";
  return value.kind() == ValueKind::kText ? std::string(value.text()) : std::to_string(value.unsigned_integer());
}

// Everything that a class says, so that a failure shows the difference.
std::string Describe(const Class& schema) {
  std::string text = schema.name() + Describe(schema.qualifiers()) + (schema.is_abstract() ? " abstract" : "") +
                     (schema.is_singleton() ? " singleton" : "") + (schema.is_association() ? " association" : "") +
                     (schema.is_dynamic() ? " dynamic" : "") + "\n";
  for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) {
    const Property& property = schema.properties()[slot];
    text += std::to_string(slot) + (schema.FindSlot(property.name) == slot ? " " : " (not found) ") + property.name +
            " " + CimTypeText(property.type) + "=" + Describe(property.default_value.view()) + "/" +
            Describe(schema.default_row().at(slot)) + " of " + property.origin + (property.is_local ? " local" : "") +
            (property.is_overridden ? " override" : "") + (property.is_key ? " key" : "") +
            (property.is_null_override ? " null" : "") + Describe(property.qualifiers) + "\n";
  }
  for (const std::size_t slot : schema.key_slots()) text += "key " + std::to_string(slot) + "\n";
  for (const Method& method : schema.methods()) {
    text += method.name + " of " + method.origin + (method.is_local ? " local" : "") +
            (method.is_overridden ? " override" : "") +
            std::to_string(method.in == nullptr ? 0 : method.in->properties().size()) + Describe(method.qualifiers) +
            "\n";
  }
  return text + std::to_string(schema.default_row().size());
}

// ---- the model: what the class says itself, made into a class anew after each change --------------------------------

template <typename Member>
auto Find(std::vector<Member>& members, const std::string& name) {
  return std::find_if(members.begin(), members.end(), [&](const Member& m) { return EqualFolded(m.name, name); });
}

class Model {
 public:
  explicit Model(ClassPtr superclass) : superclass_(std::move(superclass)) { own_.name = "C"; }

  const Class& schema() const { return *schema_; }

  Code Make() { return Take(own_); }

  Code PutProperty(const std::string& name, const DataType& type, Value value) {
    const Property* inherited = superclass_ == nullptr ? nullptr : superclass_->FindProperty(name);
    if (inherited != nullptr && !HasSameShape(type, inherited->type)) return code::kTypeMismatch;
    ClassDeclaration changed = own_;
    Property* property = Ensure(changed.properties, inherited, name);
    if (property == nullptr) property = &changed.properties.emplace_back(Prop(name, type, Value(), {}));
    property->type = type;
    property->is_null_override = inherited != nullptr && value.is_null();
    property->default_value = std::move(value);
    return Take(std::move(changed));
  }
  Code RemoveProperty(const std::string& name) {
    const Property* there = schema_->FindProperty(name);
    if (there == nullptr) return code::kNotFound;
    if (!there->is_local) return code::kPropagatedProperty;
    const Code code = there->is_overridden ? code::kResetToDefault : code::kOk;
    ClassDeclaration changed = own_;
    changed.properties.erase(Find(changed.properties, name));
    const Code taken = Take(std::move(changed));
    return taken == code::kOk ? code : taken;
  }
  Code PutMethod(const std::string& name, const ClassPtr& in) {
    const Method* inherited = superclass_ == nullptr ? nullptr : superclass_->FindMethod(name);
    ClassDeclaration changed = own_;
    Method* method = Ensure(changed.methods, inherited, name);
    if (method == nullptr) {
      method = &changed.methods.emplace_back();
      method->name = name;
    }
    method->in = in;
    method->out = nullptr;
    return Take(std::move(changed));
  }
  Code RemoveMethod(const std::string& name) {
    const Method* there = schema_->FindMethod(name);
    if (there == nullptr) return code::kNotFound;
    if (!there->is_local) return code::kPropagatedMethod;
    const Code code = there->is_overridden ? code::kResetToDefault : code::kOk;
    ClassDeclaration changed = own_;
    changed.methods.erase(Find(changed.methods, name));
    const Code taken = Take(std::move(changed));
    return taken == code::kOk ? code : taken;
  }
  Code PutQualifier(const Element& element, const Qualifier& qualifier) {
    if (element.kind != Element::Kind::kProperty && EqualFolded(qualifier.name, "key")) return code::kCannotBeKey;
    ClassDeclaration changed = own_;
    QualifierSet* set = EnsureQualifiers(changed, element);
    if (set == nullptr) return code::kNotFound;
    set->Set(qualifier);
    return Take(std::move(changed));
  }
  Code RemoveQualifier(const Element& element, const std::string& name) {
    const QualifierSet* all = FindQualifiers(*schema_, element);
    const Qualifier* there = all == nullptr ? nullptr : all->Find(name);
    if (there == nullptr) return code::kNotFound;
    if (there->propagated) return code::kPropagatedQualifier;
    ClassDeclaration changed = own_;
    EnsureQualifiers(changed, element)->Remove(name);
    const Code taken = Take(std::move(changed));
    if (taken != code::kOk) return taken;
    return FindQualifiers(*schema_, element)->Find(name) != nullptr ? code::kResetToDefault : code::kOk;
  }

 private:
  template <typename Member>
  static Member* Ensure(std::vector<Member>& members, const Member* inherited, const std::string& name) {
    const auto found = Find(members, name);
    if (found != members.end()) return &*found;
    if (inherited == nullptr) return nullptr;
    Member member;
    member.name = inherited->name;
    CopyShape(*inherited, member);
    members.push_back(std::move(member));
    return &members.back();
  }
  static void CopyShape(const Property& from, Property& to) { to.type = from.type; }
  static void CopyShape(const Method& from, Method& to) {
    to.in = from.in;
    to.out = from.out;
  }
  QualifierSet* EnsureQualifiers(ClassDeclaration& declaration, const Element& element) {
    if (element.kind == Element::Kind::kClass) return &declaration.qualifiers;
    if (element.kind == Element::Kind::kProperty) {
      const Property* inherited = superclass_ == nullptr ? nullptr : superclass_->FindProperty(element.name);
      Property* property = Ensure(declaration.properties, inherited, element.name);
      return property == nullptr ? nullptr : &property->qualifiers;
    }
    const Method* inherited = superclass_ == nullptr ? nullptr : superclass_->FindMethod(element.name);
    Method* method = Ensure(declaration.methods, inherited, element.name);
    return method == nullptr ? nullptr : &method->qualifiers;
  }
  Code Take(ClassDeclaration changed) {
    Result<ClassPtr> made = Class::Make(changed, superclass_, nullptr);
    if (!made.ok()) return made.status().code();
    own_ = std::move(changed);
    schema_ = *made;
    return code::kOk;
  }

  ClassPtr superclass_;
  ClassDeclaration own_;
  ClassPtr schema_;
};

Code CodeOf(const Status& status) { return status.code(); }
Code CodeOf(const Result<Code>& result) { return result.ok() ? *result : result.status().code(); }

class Choices {
 public:
  explicit Choices(unsigned seed) : random_(seed) {}
  std::size_t Below(std::size_t size) { return random_() % size; }
  template <typename T, std::size_t N>
  const T& Of(const T (&items)[N]) {
    return items[Below(N)];
  }

 private:
  std::mt19937 random_;
};

std::pair<Code, Code> ChangeBoth(Choices& choose, Model& model, ClassDraft& draft) {
  static const char* const properties[] = {"P0", "p1", "P2", "P3", "p2", "4", "__P"};
  static const char* const methods[] = {"M0", "m1", "M2", "_M"};
  static const char* const qualifiers[] = {"Q0",  "q1",       "Fixed",     "key",      "key",
                                           "KEY", "Abstract", "Singleton", "Terminal", "Dynamic"};
  static const DataType types[] = {kString, kNumber, {CimType::kReal64, false, ""}, {CimType::kUint32, true, ""}};
  const auto element = [&]() -> Element {
    switch (choose.Below(3)) {
      case 0:
        return {Element::Kind::kClass, ""};
      case 1:
        return {Element::Kind::kProperty, choose.Of(properties)};
      default:
        return {Element::Kind::kMethod, choose.Of(methods)};
    }
  };
  switch (choose.Below(7)) {
    case 0:
    case 1: {
      const std::string name = choose.Of(properties);
      const DataType& type = choose.Of(types);
      const Value value = choose.Below(2) == 0   ? Value()
                          : choose.Below(2) == 0 ? Value::Unsigned(choose.Below(9))
                                                 : Value::Text("v" + std::to_string(choose.Below(9)));
      return {model.PutProperty(name, type, value), CodeOf(draft.PutProperty(name, type, value))};
    }
    case 2: {
      const std::string name = choose.Of(properties);
      return {model.RemoveProperty(name), CodeOf(draft.RemoveProperty(name))};
    }
    case 3: {
      const std::string name = choose.Of(methods);
      const ClassPtr in = Signature(static_cast<int>(choose.Below(3)));
      return {model.PutMethod(name, in), CodeOf(draft.PutMethod(name, in, nullptr))};
    }
    case 4: {
      const std::string name = choose.Of(methods);
      return {model.RemoveMethod(name), CodeOf(draft.RemoveMethod(name))};
    }
    case 5: {
      const Element at = element();
      const std::string name = choose.Of(qualifiers);
      const auto flavors = static_cast<std::uint32_t>(choose.Below(4) | (choose.Below(4) == 0 ? 0x10 : 0));
      const Qualifier qualifier =
          choose.Below(3) == 0 ? Text(name, choose.Below(2) == 0 ? "base" : "c", flavors) : Flag(name, flavors);
      return {model.PutQualifier(at, qualifier), CodeOf(draft.PutQualifier(at, qualifier))};
    }
    default: {
      const Element at = element();
      const std::string name = choose.Of(qualifiers);
      return {model.RemoveQualifier(at, name), CodeOf(draft.RemoveQualifier(at, name))};
    }
  }
}

// A draft changed in place is the class that its declaration makes, and a change that fails changes nothing.
TEST(ClassDraftTest, RandomChangesAreThoseOfAClassMadeAnew) {
  const unsigned seed = std::random_device{}();
  Choices choose(seed);
  int failed = 0;
  for (int round = 0; round < 40; ++round) {
    const ClassPtr superclass = round % 2 == 0 ? nullptr : Base();
    Model model(superclass);
    ASSERT_EQ(model.Make(), code::kOk);
    ClassDraft draft(model.schema());
    for (int step = 0; step < 60; ++step) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round) + ", step " +
                   std::to_string(step));
      const auto [expected, code] = ChangeBoth(choose, model, draft);
      failed += Failed(expected) ? 1 : 0;
      ASSERT_EQ(CodeName(expected), CodeName(code));
      ASSERT_EQ(Describe(model.schema()), Describe(draft.schema()));
    }
    const ClassPtr again = Class::Make(DeclarationOf(draft.schema()), superclass, nullptr).value();
    ASSERT_EQ(Describe(*again), Describe(draft.schema())) << "seed " << seed;
  }
  EXPECT_GT(failed, 100) << "the changes must break rules too; seed " << seed;
}

// ---- what the model does not say ------------------------------------------------------------------------------------

TEST(ClassDraftTest, CopyIsIndependentOfItsSource) {
  const ClassPtr base = Base();
  const std::string before = Describe(*base);
  ClassDraft draft(*base);
  ASSERT_TRUE(draft.PutProperty("P0", kString, Value::Text("default")).ok());
  ASSERT_TRUE(draft.PutQualifier({Element::Kind::kClass, ""}, Text("Q0", "changed")).ok());
  EXPECT_EQ(Describe(*base), before);
  EXPECT_EQ(draft.schema().default_row()[0].text(), "default");
}

TEST(ClassDraftTest, NamingChangesTheOriginOfWhatTheClassDeclares) {
  ClassDraft draft(Base(), nullptr);
  ASSERT_TRUE(draft.DeclareNameless({}).ok());
  ASSERT_TRUE(draft.PutProperty("P1", kNumber, Value::Unsigned(6)).ok());
  ASSERT_TRUE(draft.PutProperty("New", kNumber, Value()).ok());
  ASSERT_TRUE(draft.PutMethod("Do", nullptr, nullptr).ok());
  EXPECT_EQ(draft.Name("Base").code(), code::kCircularReference);
  EXPECT_EQ(draft.Name("_x").code(), code::kInvalidClass);
  ASSERT_TRUE(draft.Name("Thing").ok());
  EXPECT_EQ(draft.Name("Other").code(), code::kReadOnly);
  EXPECT_TRUE(draft.Name("THING").ok());
  EXPECT_EQ(draft.schema().FindProperty("New")->origin, "THING");
  EXPECT_EQ(draft.schema().FindProperty("P1")->origin, "Base");
  EXPECT_EQ(draft.schema().FindMethod("Do")->origin, "THING");
  EXPECT_EQ(draft.schema().default_row()[1].unsigned_integer(), 6u);
}

// api: iwbemclassobject-put, remarks: CIMTYPE says what a VARIANT cannot.
TEST(ClassDraftTest, CimTypeMakesATextWhatItSays) {
  ClassDraft draft(Base(), nullptr);
  ASSERT_TRUE(draft.DeclareNameless({}).ok());
  ASSERT_TRUE(draft.PutProperty("T", kString, Value()).ok());
  const Element t{Element::Kind::kProperty, "T"};
  const auto put = [&](const char* text) { return draft.PutQualifier(t, Text("CIMTYPE", text)).code(); };
  const auto type = [&] { return CimTypeText(draft.schema().FindProperty("T")->type); };
  EXPECT_EQ(put("datetime"), code::kOk);
  EXPECT_EQ(type(), "datetime");
  EXPECT_EQ(put("ref:Base"), code::kOk);
  EXPECT_EQ(type(), "ref:Base");
  EXPECT_EQ(draft.schema().FindProperty("T")->qualifiers.Text("CIMTYPE"), "ref:Base");
  EXPECT_EQ(put("REF"), code::kOk);
  EXPECT_EQ(type(), "ref");
  for (const char* wrong : {"uint32", "object:Base", "string:Base", "ref:1", "nonsense", ""}) {
    EXPECT_EQ(put(wrong), code::kInvalidQualifier) << wrong;
  }
  EXPECT_EQ(type(), "ref");
  ASSERT_EQ(put("string"), code::kOk);
  ASSERT_TRUE(draft.PutProperty("T", kString, Value::Text("no datetime")).ok());
  EXPECT_EQ(put("datetime"), code::kInvalidQualifier) << "the default is none";
  EXPECT_EQ(draft.PutQualifier({Element::Kind::kProperty, "P0"}, Text("CIMTYPE", "datetime")).code(),
            code::kInvalidQualifier)
      << "the inherited type stays";
}

TEST(ClassDraftTest, LimitsHoldInPlace) {
  ClassDraft draft(nullptr, nullptr);
  for (std::size_t i = 0; i < limits::kPropertiesMax; ++i) {
    ASSERT_TRUE(draft.PutProperty("P" + std::to_string(i), kString, Value::Text("short")).ok());
  }
  EXPECT_EQ(draft.PutProperty("More", kString, Value()).code(), code::kTooManyProperties);
  EXPECT_TRUE(draft.PutProperty("P7", kString, Value::Text("again")).ok());
  EXPECT_EQ(draft.schema().default_row()[7].text(), "again");
  EXPECT_EQ(draft.schema().default_row()[8].text(), "short") << "views must follow properties that moved";
  for (std::size_t i = 0; i < limits::kKeysMax; ++i) {
    ASSERT_TRUE(draft.PutQualifier({Element::Kind::kProperty, "P" + std::to_string(i)}, Flag("key")).ok());
  }
  EXPECT_EQ(draft.PutQualifier({Element::Kind::kProperty, "P1000"}, Flag("key")).code(), code::kCannotBeKey);
  EXPECT_EQ(draft.PutQualifier({Element::Kind::kClass, ""}, Flag("Singleton")).code(), code::kCannotBeSingleton);
  for (std::size_t i = 0; i < limits::kMethodsMax; ++i) {
    ASSERT_TRUE(draft.PutMethod("M" + std::to_string(i), nullptr, nullptr).ok());
  }
  EXPECT_EQ(draft.PutMethod("More", nullptr, nullptr).code(), code::kQuotaViolation);
}

}  // namespace
}  // namespace wmi::cim
