#include "mof/writer.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "mof/compile_for_test.h"
#include "mof/same_for_test.h"

namespace wmi::mof {
namespace {

constexpr const char* kBase = R"(
[abstract, Description("Base with \"quotes\",\nlines and a back\\slash \x0001.") : ToSubclass Amended] class Base {
  [key, MaxLen(256) : ToSubclass DisableOverride] string Name;
  [Description("x") : ToInstance ToSubclass] uint32 Count = 7;
  uint32 Stop([in] uint32 Reason);
};)";

constexpr const char* kDerived = R"(
[dynamic : ToInstance, Provider("p"), Off(FALSE), Numbers{1, -2, 3}, Ratio(0.25), Big(4294967296), None{}] class Derived : Base {
  uint32 Count = 8;
  sint8 a = -128; uint64 b = 18446744073709551615; real32 c = 1.5; real64 d = 1e300; real64 e = 3; boolean f = FALSE;
  char16 g = 'x'; char16 h = '\''; char16 i = '\x20AC'; char16 j = '\\'; char16 z = 0;
  datetime k = "20240101000000.000000+000"; Thing ref l = "Thing.Name=\"x\""; object ref m; object n; Thing o;
  string p[] = {"a", "b\t\"c\"", "Größe 😀"}; uint8 q[4] = {1, 2}; string r[] = {}; boolean s[] = {TRUE, FALSE}; Thing ref t[];
  string u = ""; real64 v[] = {1, 2.5};
  [Implemented, static] uint32 Create([in] string Command, [in, optional] string Dir = "/", [in, out] Thing T, [out] uint32 Ids[]);
  void Nothing();
  Thing ref Find([in, ID(1)] string b, [in, ID(0)] string a);
  void OnlyOut([out] string x);
  [Description("new words")] uint32 Stop([in] uint32 Reason);
};)";

TEST(WriterTest, ClassesCompileBackToThemselves) {
  const Compiled compiled = CompileText(std::string(kBase) + kDerived);
  ASSERT_EQ(ErrorsOf(compiled), "");
  const ClassTable existing(compiled);
  for (const cim::ClassPtr& cls : compiled.classes) {
    const std::string text = ClassText(*cls);
    const Compiled again = CompileText(text, existing);
    ASSERT_EQ(ErrorsOf(again), "") << text;
    ASSERT_EQ(again.classes.size(), 1u);
    ExpectSameClass(*cls, *again.classes[0]);
    EXPECT_EQ(ClassText(*again.classes[0]), text);
  }
}

TEST(WriterTest, OnlyLocalInformationIsWritten) {
  const Compiled compiled =
      CompileText(std::string(kBase) + "class Empty : Base {};\nclass One : Base { uint32 Count; };");
  EXPECT_EQ(ClassText(*compiled.classes[1]), "class Empty : Base\n{\n};\n");
  EXPECT_EQ(ClassText(*compiled.classes[2]), "class One : Base\n{\n\tuint32 Count = 7;\n};\n");
}

TEST(WriterTest, LayoutWithAndWithoutFlavors) {
  const Compiled compiled = CompileText(
      "[abstract, Version(\"1\") : ToInstance Amended] class A { [read, key] string K; uint8 b[] = {1};"
      " [static] uint32 M([in] string x, [out] A ref y); };");
  ASSERT_EQ(ErrorsOf(compiled), "");
  EXPECT_EQ(ClassText(*compiled.classes[0]),
            "[abstract, Version(\"1\") : ToInstance Amended]\n"
            "class A\n"
            "{\n"
            "\t[read, key : ToInstance ToSubclass DisableOverride] string K;\n"
            "\tuint8 b[] = {1};\n"
            "\t[static] uint32 M([in, ID(0) : ToInstance DisableOverride] string x, "
            "[out, ID(1) : ToInstance DisableOverride] A ref y);\n"
            "};\n");
  EXPECT_EQ(ClassText(*compiled.classes[0], Flavors::kOmit),
            "[abstract, Version(\"1\")]\n"
            "class A\n"
            "{\n"
            "\t[read, key] string K;\n"
            "\tuint8 b[] = {1};\n"
            "\t[static] uint32 M([in, ID(0)] string x, [out, ID(1)] A ref y);\n"
            "};\n");
}

cim::Object InstanceOf(const cim::ClassPtr& cls, std::initializer_list<std::pair<std::size_t, cim::ValueView>> values,
                       cim::PropertySet visible = cim::PropertySet::All()) {
  cim::RowBlockBuilder builder(std::move(visible));
  builder.BeginRow(cls);
  for (const auto& [slot, value] : values) builder.Set(slot, value);
  builder.CommitRow();
  std::vector<cim::Object> objects;
  builder.Finish(objects);
  return objects.at(0);
}

TEST(WriterTest, InstancesShowKeysAndWhatDiffersFromTheClass) {
  const Compiled compiled =
      CompileText("class A { [key] string K; uint8 n = 1; string t = \"x\"; string u; object o; char16 c[]; };");
  const cim::ClassPtr cls = compiled.classes.at(0);
  using cim::ValueView;
  const cim::Object inner = InstanceOf(cls, {{0, ValueView::Text("in\"ner")}});
  const ValueView letters[] = {ValueView::Unsigned('a'), ValueView::Unsigned(0x20AC)};
  const cim::Object object = InstanceOf(cls, {{1, ValueView::Unsigned(2)},
                                              {2, ValueView()},
                                              {4, ValueView::OfObject(&inner)},
                                              {5, ValueView::Array(letters)}});
  EXPECT_EQ(ObjectText(object),
            "instance of A\n"
            "{\n"
            "\tK = NULL;\n"
            "\tn = 2;\n"
            "\tt = NULL;\n"
            "\to = instance of A\n"
            "\t{\n"
            "\t\tK = \"in\\\"ner\";\n"
            "\t};\n"
            "\tc = {'a', '\\x20AC'};\n"
            "};\n");
  EXPECT_EQ(ObjectText(cim::Object(cls)), ClassText(*cls));
  EXPECT_EQ(ObjectText(cim::Object()), "");
}

TEST(WriterTest, HiddenPropertiesAreNotWritten) {
  const Compiled compiled = CompileText("class A { [key] string K; uint8 n; };");
  cim::PropertySet only_n;
  only_n.Add(1);
  const cim::Object object =
      InstanceOf(compiled.classes.at(0), {{0, cim::ValueView::Text("k")}, {1, cim::ValueView::Unsigned(3)}}, only_n);
  EXPECT_EQ(InstanceText(object), "instance of A\n{\n\tn = 3;\n};\n");
}

TEST(WriterTest, DeepNestingEnds) {
  const Compiled compiled = CompileText("class N { object Next; };");
  cim::Object object = InstanceOf(compiled.classes.at(0), {});
  for (std::size_t i = 0; i < 3 * limits::kObjectNestingMax; ++i) {
    object = InstanceOf(compiled.classes.at(0), {{0, cim::ValueView::OfObject(&object)}});
  }
  const std::string text = InstanceText(object);
  std::size_t count = 0;
  for (std::size_t at = text.find("instance of"); at != std::string::npos; at = text.find("instance of", at + 1))
    ++count;
  EXPECT_EQ(count, limits::kObjectNestingMax + 1);
}

}  // namespace
}  // namespace wmi::mof
