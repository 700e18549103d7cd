// Instances: their values, aliases, what is embedded in them, and their own qualifiers.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "cim/instance_qualifiers.h"
#include "mof/compile_for_test.h"

namespace wmi::mof {
namespace {

using cim::Value;

constexpr const char* kClasses = R"(
class Thing { [key] string Name; uint32 Count = 7; Thing ref Next; Thing ref All[]; object Inside; Thing Things[];
  string Texts[]; };
class Pair { [key] Thing ref Left; [key] Thing ref Right; };
[singleton] class Only { string s; };
)";

// A world that has these classes and what compiles without errors.
class InstanceTest : public testing::Test {
 protected:
  InstanceTest() { EXPECT_TRUE(world_.Compile(kClasses).ok()); }
  void Compile(const std::string& text) { EXPECT_EQ(ErrorsOf(world_.Compile(text).errors), ""); }
  TestWorld world_;
};

TEST_F(InstanceTest, ValuesOfEveryType) {
  Compile(R"(
      class All { [key] sint8 a; uint8 b; sint16 c; uint16 d; sint32 e; uint32 f; sint64 g; uint64 h; real32 i; real64 j;
        boolean k; string l; datetime m; char16 n; string o = "default"; string p = "default"; uint8 q[]; };
      instance of All { a = -128; b = 0x1F; c = -017; d = 101b; e = 2.6; f = 4294967295; g = "-0x10";
        h = "18446744073709551615"; i = 1.5; j = -2e10; k = true; l = "one " "two\t"; m = "20240101000000.000000+000";
        n = 'x'; P = NULL; q = {1, 2}; };)");
  const char* path = "All.a=-128";
  EXPECT_EQ(world_.Value(path, "a"), Value::Signed(-128));
  EXPECT_EQ(world_.Value(path, "b"), Value::Unsigned(31));
  EXPECT_EQ(world_.Value(path, "c"), Value::Signed(-15));
  EXPECT_EQ(world_.Value(path, "d"), Value::Unsigned(5));
  EXPECT_EQ(world_.Value(path, "e"), Value::Signed(3));
  EXPECT_EQ(world_.Value(path, "f"), Value::Unsigned(4294967295));
  EXPECT_EQ(world_.Value(path, "g"), Value::Signed(-16));
  EXPECT_EQ(world_.Value(path, "h"), Value::Unsigned(UINT64_MAX));
  EXPECT_EQ(world_.Value(path, "i"), Value::Real(1.5));
  EXPECT_EQ(world_.Value(path, "j"), Value::Real(-2e10));
  EXPECT_EQ(world_.Value(path, "k"), Value::Boolean(true));
  EXPECT_EQ(world_.Value(path, "l"), Value::Text("one two\t"));
  EXPECT_EQ(world_.Value(path, "m"), Value::Text("20240101000000.000000+000"));
  EXPECT_EQ(world_.Value(path, "n"), Value::Unsigned('x'));
  EXPECT_EQ(world_.Value(path, "o"), Value::Text("default"));
  EXPECT_EQ(world_.Value(path, "p"), Value());
  EXPECT_EQ(world_.Value(path, "q"), Value::Array({Value::Unsigned(1), Value::Unsigned(2)}));
}

TEST_F(InstanceTest, SingletonsAndGeneratedKeys) {
  Compile(
      "instance of Only { s = \"x\"; }; instance of Thing { }; instance of Thing as $t { };"
      "instance of Thing { Name = \"n\"; Next = $t; };");
  const std::vector<std::string> paths = world_.Paths();
  ASSERT_EQ(paths.size(), 4u);
  EXPECT_EQ(paths[0], "Only=@");
  EXPECT_NE(paths[1], paths[2]);
  EXPECT_EQ(world_.Value("Thing.Name=\"n\"", "Next"), Value::Text(paths[2])) << "the key that was made is known";
}

TEST_F(InstanceTest, AliasesStandForPathsWhereverTheyAreDefined) {
  Compile(R"(
      instance of Pair { Left = $early; Right = $late; };
      instance of Thing as $Early { Name = "e\"1"; All = {$LATE, $middle}; };
      instance of Thing as $middle { Name = "m"; Next = $late; };
      instance of Thing as $late { Name = "l"; };
      instance of Pair { Left = $late; Right = $late; };)");
  EXPECT_EQ(world_.Paths(), (std::vector<std::string>{"Thing.Name=\"l\"", "Thing.Name=\"m\"", "Thing.Name=\"e\\\"1\"",
                                                      R"(Pair.Left="Thing.Name=\"e\\\"1\"",Right="Thing.Name=\"l\"")",
                                                      R"(Pair.Left="Thing.Name=\"l\"",Right="Thing.Name=\"l\"")"}));
  EXPECT_EQ(world_.Value("Thing.Name=\"e\\\"1\"", "All"),
            Value::Array({Value::Text("Thing.Name=\"l\""), Value::Text("Thing.Name=\"m\"")}));
}

TEST_F(InstanceTest, AliasesFromAnotherNamespaceNameIt) {
  Compile(R"(
      instance of Thing { Name = "here"; Next = $there; };
      #pragma namespace ("root\\other")
      class Thing { [key] string Name; };
      instance of Thing as $there { Name = "x"; };
      #pragma namespace ("root\\test")
      instance of Thing { Name = "too"; Next = $there; };)");
  const Value expected = Value::Text("\\\\.\\ROOT\\other:Thing.Name=\"x\"");
  EXPECT_EQ(world_.Value("Thing.Name=\"here\"", "Next"), expected);
  EXPECT_EQ(world_.Value("Thing.Name=\"too\"", "Next"), expected);
  EXPECT_EQ(world_.Paths("ROOT\\other"), std::vector<std::string>{"Thing.Name=\"x\""});
}

TEST_F(InstanceTest, EmbeddedInstancesWithAliasesInside) {
  Compile(R"(
      instance of Thing { Name = "outer";
        Inside = instance of Thing { Name = "inner"; Next = $late; Inside = instance of Only { s = "deep"; }; };
        Things = {instance of Thing { Name = "1"; All = {$late}; }, instance of Thing { Count = 2; }}; };
      instance of Thing as $late { Name = "l"; };)");
  const cim::Object outer = world_.Find("Thing.Name=\"outer\"");
  ASSERT_TRUE(outer);
  const auto slot = [](const cim::Object& object, const char* name) {
    return object.slot(*object.schema().FindSlot(name));
  };
  const cim::Object& inner = *slot(outer, "Inside").object();
  EXPECT_EQ(slot(inner, "Name").text(), "inner");
  EXPECT_EQ(slot(inner, "Count").unsigned_integer(), 7u) << "the default of the class";
  EXPECT_EQ(slot(inner, "Next").text(), "Thing.Name=\"l\"");
  EXPECT_EQ(slot(*slot(inner, "Inside").object(), "s").text(), "deep");
  const auto things = slot(outer, "Things").items();
  ASSERT_EQ(things.size(), 2u);
  EXPECT_EQ(slot(*things[0].object(), "All").items()[0].text(), "Thing.Name=\"l\"");
  EXPECT_EQ(slot(*things[1].object(), "Count").unsigned_integer(), 2u);
}

TEST_F(InstanceTest, EmbeddedInstancesCanBeDefaultValues) {
  Compile(
      "class Holder { [key] string K; Thing T = instance of Thing { Name = \"d\"; }; Thing L[] = {instance of Thing "
      "{ }}; void M([in] Thing t = instance of Thing { Count = 1; }); };");
  const cim::ClassPtr holder = world_.FindClass("Holder");
  ASSERT_NE(holder, nullptr);
  const cim::Object& value = *holder->FindProperty("T")->default_value.view().object();
  EXPECT_EQ(value.slot(0).text(), "d");
  EXPECT_EQ(holder->FindProperty("L")->default_value.view().items().size(), 1u);
  EXPECT_FALSE(holder->FindMethod("M")->in->FindProperty("t")->default_value.is_null());
}

TEST_F(InstanceTest, QualifiersOfTheInstanceAndOfItsProperties) {
  Compile(R"(
      Qualifier Note : ToInstance Amended;
      [Note("n"), Plain] instance of Thing { [Hint(5) : ToInstance] Name = "q"; [Empty] Count = 7; };)");
  const cim::Object instance = world_.Find("Thing.Name=\"q\"");
  ASSERT_TRUE(instance);
  const cim::InstanceQualifiers* own = instance.own_qualifiers();
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->of_object.size(), 2u);
  EXPECT_EQ(own->of_object.Text("Note"), "n");
  EXPECT_EQ(own->of_object.Find("Note")->flavor, cim::flavor::kToInstance | cim::flavor::kAmended);
  const std::size_t name = *instance.schema().FindSlot("Name");
  const std::size_t count = *instance.schema().FindSlot("Count");
  ASSERT_NE(own->FindProperty(name), nullptr);
  EXPECT_EQ(own->FindProperty(name)->Find("hint")->value, Value::Signed(5));
  ASSERT_NE(own->FindProperty(count), nullptr);
}

TEST_F(InstanceTest, NamespacesAreMadeAndUsed) {
  Compile(R"(
      instance of __Namespace { Name = "Child"; };
      #pragma namespace ("\\\\.\\root\\test\\CHILD")
      class InChild { [key] string K; };
      instance of __namespace { Name = "Grandchild"; };
      #pragma namespace ("//./root/test/child/grandchild")
      class Deep {};)");
  const cim::ClassPtr in_child = world_.FindClass("InChild", "ROOT\\test\\Child");
  ASSERT_NE(in_child, nullptr);
  EXPECT_EQ(in_child->home()->name_space, "ROOT\\test\\Child") << "spelt as it was made";
  EXPECT_NE(world_.FindClass("Deep", "ROOT\\test\\Child\\Grandchild"), nullptr);
  EXPECT_EQ(world_.FindClass("Thing", "ROOT\\test\\Child"), nullptr);
}

// Remembers what it is told about security.
class SecurityTarget final : public CheckTarget {
 public:
  using CheckTarget::CheckTarget;
  Status PutNamespaceSecurity(std::string_view name_space, std::string_view sddl) override {
    told_.emplace_back(name_space, sddl);
    return sddl == "bad" ? Status(code::kInvalidParameter, "no descriptor") : Status();
  }
  const std::vector<std::pair<std::string, std::string>>& told() const { return told_; }

 private:
  std::vector<std::pair<std::string, std::string>> told_;
};

TEST(NamespaceSecurityTest, TheDescriptorIsHandedOverAndIsNoQualifier) {
  const ClassTable system(CompileText("class __NAMESPACE { [key] string Name; };"));
  SecurityTarget target("HOST", CheckTarget::Namespaces::kListed, system, system);
  target.AddNamespace("ROOT");
  CompileOptions options;
  options.default_namespace = "root";
  const Report report =
      CompileInto({"test.mof",
                   "[NamespaceSecuritySDDL(\"O:BAG:BA\")] instance of __Namespace { Name = \"a\"; };\n"
                   "[NamespaceSecuritySDDL(\"bad\")] instance of __Namespace { Name = \"b\"; };"},
                  options, target);
  EXPECT_EQ(target.told(),
            (std::vector<std::pair<std::string, std::string>>{{"ROOT\\a", "O:BAG:BA"}, {"ROOT\\b", "bad"}}));
  ASSERT_EQ(report.errors.size(), 1u);
  EXPECT_EQ(report.errors[0].code(), code::kInvalidParameter);
  EXPECT_EQ(report.errors[0].detail()->line, 2);
}

std::string Nested(std::size_t depth) {
  std::string text = "instance of Thing { Name = \"top\"; ";
  for (std::size_t i = 0; i < depth; ++i) text += "Inside = instance of Thing { ";
  for (std::size_t i = 0; i < depth; ++i) text += "};";
  return text + "};";
}

TEST_F(InstanceTest, NestingHasALimit) {
  Compile(Nested(limits::kObjectNestingMax));
  EXPECT_TRUE(world_.Find("Thing.Name=\"top\""));
  TestWorld other;
  ASSERT_TRUE(other.Compile(kClasses).ok());
  const Report report = other.Compile(Nested(limits::kObjectNestingMax + 1));
  ASSERT_EQ(report.errors.size(), 1u) << ErrorsOf(report.errors);
  EXPECT_EQ(report.errors[0].code(), code::kQuotaViolation);
  EXPECT_EQ(report.errors[0].detail()->column,
            static_cast<int>(Nested(limits::kObjectNestingMax + 1).rfind("instance")) + 1);
}

TEST_F(InstanceTest, EndlessNestingIsNoProblem) {
  for (const char* opening : {"Inside = instance of Thing { ", "Things = {instance of Thing { ", "Inside = [", "{"}) {
    std::string text = "instance of Thing { ";
    for (int i = 0; i < 5'000; ++i) text += opening;
    EXPECT_FALSE(world_.Compile(text).ok());
  }
}

TEST_F(InstanceTest, NumberOfValuesHasALimit) {
  const auto with = [&](std::size_t count) {
    std::string text = "instance of Thing { Name = \"n\";";
    for (std::size_t i = 1; i < count; ++i) text += "x = 1;";
    return world_.Compile(text + "};").errors.at(0).code();
  };
  EXPECT_EQ(with(limits::kPropertiesMax), code::kNotFound);
  EXPECT_EQ(with(limits::kPropertiesMax + 1), code::kTooManyProperties);
}

TEST_F(InstanceTest, ManyWaitingInstancesAreSettledInOneGo) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) {
    text += "instance of Thing as $a" + std::to_string(i) + " { Name = \"" + std::to_string(i) + "\"; Next = $a" +
            std::to_string(i + 1) + "; };\n";
  }
  Compile(text + "instance of Thing as $a5000 { Name = \"end\"; };");
  EXPECT_EQ(world_.Paths().size(), 5'001u);
  EXPECT_EQ(world_.Value("Thing.Name=\"0\"", "Next"), Value::Text("Thing.Name=\"1\""));
}

}  // namespace
}  // namespace wmi::mof
