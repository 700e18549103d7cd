// Directives, and what the report says of a compilation.
#include <gtest/gtest.h>

#include <map>

#include "base/limits.h"
#include "mof/amendment_text.h"
#include "mof/compile_for_test.h"
#include "mof/same_for_test.h"

namespace wmi::mof {
namespace {

using Texts = std::map<std::string, std::string>;

// Files by name; includes are looked up by exactly what is written.
class Files {
 public:
  explicit Files(Texts texts) : texts_(std::move(texts)) {}
  Result<Source> Open(std::string_view path, std::string_view from) {
    asked_.emplace_back(std::string(from) + ">" + std::string(path));
    const auto found = texts_.find(std::string(path));
    if (found != texts_.end()) return Source{found->first, found->second};
    return Status(code::kMofErrorInvalidIncludeFile, "no file " + std::string(path));
  }
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  Texts texts_;
  std::vector<std::string> asked_;
};

Report CompileWith(TestWorld& world, Files& files, std::string text) {
  world.options().open_include = [&](std::string_view path, std::string_view from) { return files.Open(path, from); };
  return world.Compile(std::move(text));
}

TEST(IncludeTest, FilesStandWhereTheyAreIncluded) {
  TestWorld world;
  Files files(Texts{{"a.mof", "Qualifier Q : ToInstance; class A { };\n#include \"b.mof\"\nclass C { };"},
                    {"b.mof", "class B : A { };\n#pragma autorecover\n#pragma namespace (\"root\\\\other\")"}});
  const Report report = CompileWith(
      world, files, "#pragma include (\"a.mof\")\n[Q] class D { };\n#include (\"a.mof\")\nclass E : C { };");
  EXPECT_EQ(ErrorsOf(report.errors), "");
  EXPECT_EQ(report.files, (std::vector<std::string>{"test.mof", "a.mof", "b.mof", "a.mof", "b.mof"}));
  EXPECT_EQ(files.asked(),
            (std::vector<std::string>{"test.mof>a.mof", "a.mof>b.mof", "test.mof>a.mof", "a.mof>b.mof"}));
  EXPECT_TRUE(report.has_autorecover);
  EXPECT_NE(world.FindClass("B"), nullptr);
  EXPECT_EQ(world.FindClass("D"), nullptr);
  EXPECT_NE(world.FindClass("D", "ROOT\\other"), nullptr) << "the namespace of b.mof holds on";
  EXPECT_EQ(world.FindClass("D", "ROOT\\other")->qualifiers().Find("Q")->flavor, cim::flavor::kToInstance);
}

TEST(IncludeTest, ErrorsNameTheirFile) {
  TestWorld world;
  Files files(Texts{{"a.mof", "class A { uint8 x = 300; };\n\n class B : Nowhere { };"}});
  const Report report =
      CompileWith(world, files, "#include (\"a.mof\")\nclass A2 : A { };\nclass C { uint8 y = 300; };");
  ASSERT_EQ(report.errors.size(), 3u) << ErrorsOf(report.errors);
  EXPECT_EQ(report.errors[0].detail()->file, "a.mof");
  EXPECT_EQ(report.errors[1].detail()->file, "a.mof");
  EXPECT_EQ(report.errors[1].detail()->line, 3);
  EXPECT_EQ(report.errors[2].detail()->file, "test.mof");
  EXPECT_EQ(report.errors[2].detail()->line, 3);
}

TEST(IncludeTest, AnAliasOfOneFileServesAnother) {
  TestWorld world;
  Files files(Texts{{"a.mof", "class A { [key] string K; A ref r; };\ninstance of A { K = \"1\"; r = $x; };"},
                    {"b.mof", "instance of A as $x { K = 5; };"}});
  const Report report = CompileWith(world, files, "#include (\"a.mof\")\ninstance of A as $x { K = \"x\"; };");
  EXPECT_EQ(ErrorsOf(report.errors), "");
  EXPECT_EQ(world.Value("A.K=\"1\"", "r"), cim::Value::Text("A.K=\"x\""));
  TestWorld other;
  const Report wrong = CompileWith(
      other, files, "#include (\"a.mof\")\n\n\ninstance of A { K = \"2\"; r = $y; };\n#include (\"b.mof\")");
  ASSERT_EQ(wrong.errors.size(), 2u) << ErrorsOf(wrong.errors);
  EXPECT_EQ(wrong.errors[0].detail()->file, "b.mof");
  EXPECT_EQ(wrong.errors[1].detail()->file, "test.mof") << "found at the end, said at its place";
  EXPECT_EQ(wrong.errors[1].detail()->line, 4);
  EXPECT_EQ(wrong.first.object_number, 4u);
}

TEST(IncludeTest, CirclesMissingFilesAndLimitsAreErrorsAtTheirPlace) {
  TestWorld world;
  Files files(
      Texts{{"a.mof", "#include \"b.mof\""}, {"b.mof", "\n  #include \"a.mof\"\nclass B { };"}, {"test.mof", ""}});
  Report report = CompileWith(world, files, "#include (\"a.mof\")\n#include (\"nowhere.mof\")\n#include \"test.mof\"");
  ASSERT_EQ(report.errors.size(), 3u) << ErrorsOf(report.errors);
  EXPECT_EQ(report.errors[2].Message(), "'test.mof' is open already: a file cannot include itself");
  EXPECT_EQ(report.errors[0].code(), code::kMofErrorInvalidIncludeFile);
  EXPECT_EQ(report.errors[0].detail()->file, "b.mof");
  EXPECT_EQ(report.errors[0].detail()->line, 2);
  EXPECT_EQ(report.errors[0].detail()->column, 12);
  EXPECT_EQ(report.errors[1].detail()->line, 2);
  EXPECT_NE(world.FindClass("B"), nullptr);

  const auto next = [&](std::string_view path, std::string_view) {
    const std::string name = std::to_string(std::stoi(std::string(path)) + 1);
    return Result<Source>(Source{std::string(path), "#include \"" + name + "\""});
  };
  world.options().open_include = next;
  report = world.Compile("#include \"1\"");
  ASSERT_EQ(report.errors.size(), 1u) << ErrorsOf(report.errors);
  EXPECT_EQ(report.files.size(), limits::kMofIncludeDepthMax + 1);
  EXPECT_EQ(report.errors[0].detail()->file, std::to_string(limits::kMofIncludeDepthMax));

  world.options().files_max = 3;
  Files flat(Texts{{"a", ""}});
  EXPECT_TRUE(CompileWith(world, flat, "#include \"a\"\n#include \"a\"").ok());
  EXPECT_EQ(CompileWith(world, flat, "#include \"a\"\n#include \"a\"\n#include \"a\"").errors.size(), 1u);
}

TEST(IncludeTest, TooLargeAndUndecodableFilesAreErrorsOfTheInclude) {
  TestWorld world;
  world.options().file_bytes_max = 100;
  Files files(Texts{{"large", std::string(101, ' ')}, {"full", std::string(100, ' ')}, {"odd", "\xFF\xFEx"}});
  const Report report =
      CompileWith(world, files, "#include \"full\"\n#include \"large\"\n#include \"odd\"\nclass A { };");
  ASSERT_EQ(report.errors.size(), 2u) << ErrorsOf(report.errors);
  EXPECT_EQ(report.errors[0].code(), code::kMofInvalidFile);
  EXPECT_EQ(report.errors[0].detail()->line, 2);
  EXPECT_EQ(report.errors[1].detail()->line, 3);
  EXPECT_NE(world.FindClass("A"), nullptr);
}

TEST(DirectiveTest, FlagsHoldFromTheirPlaceOn) {
  TestWorld world;
  const Report report = world.Compile(R"(
      class A { [key] uint8 K; };
      class A { [key] uint8 K; string s; };
      #pragma classflags ("createonly")
      class A { };
      #pragma classflags ("updateonly", "safeupdate")
      class A { [key] uint8 K; };
      #pragma instanceflags (createonly)
      instance of A { K = 1; };
      instance of A { K = 1; };
      #pragma instanceflags ("updateonly")
      instance of A { K = 1; };)");
  ASSERT_EQ(report.errors.size(), 2u) << ErrorsOf(report.errors);
  EXPECT_EQ(report.errors[0].code(), code::kAlreadyExists);
  EXPECT_EQ(report.errors[1].code(), code::kAlreadyExists);
  EXPECT_EQ(report.classes_put, 3u);
  EXPECT_EQ(report.instances_put, 2u);
  EXPECT_EQ(world.FindClass("A")->properties().size(), 1u);
}

// Remembers how classes are put.
class ModeTarget final : public CheckTarget {
 public:
  using CheckTarget::CheckTarget;
  Result<cim::ClassPtr> PutClass(std::string_view name_space, cim::ClassDeclaration declaration, cim::PutMode mode,
                                 cim::ClassUpdate update) override {
    modes_.emplace_back(mode, update);
    return CheckTarget::PutClass(name_space, std::move(declaration), mode, update);
  }
  const std::vector<std::pair<cim::PutMode, cim::ClassUpdate>>& modes() const { return modes_; }

 private:
  std::vector<std::pair<cim::PutMode, cim::ClassUpdate>> modes_;
};

TEST(DirectiveTest, FlagsReachTheTarget) {
  const ClassTable none;
  ModeTarget target("HOST", CheckTarget::Namespaces::kAll, none, none);
  CompileOptions options;
  options.class_update = cim::ClassUpdate::kSafe;
  EXPECT_TRUE(CompileInto({"t",
                           "class A { };\n#pragma classflags (forceupdate, updateonly)\nclass A { };\n"
                           "#pragma classflags (createonly)\nclass B { };"},
                          options, target)
                  .ok());
  using cim::ClassUpdate;
  using cim::PutMode;
  EXPECT_EQ(target.modes(),
            (std::vector<std::pair<PutMode, ClassUpdate>>{{PutMode::kCreateOrUpdate, ClassUpdate::kSafe},
                                                          {PutMode::kUpdateOnly, ClassUpdate::kForce},
                                                          {PutMode::kCreateOnly, ClassUpdate::kCompatible}}));
}

TEST(DirectiveTest, DeletionsFollowTheOrderOfTheText) {
  TestWorld world;
  const Report report = world.Compile(R"(
      class A { [key] uint8 K; };
      class B : A { };
      instance of A { K = 1; };
      instance of A { K = 2; };
      instance of B { K = 3; };
      #pragma deleteinstance ("A.K=1", fail)
      #pragma deleteinstance ("\\\\.\\root\\test:A.K=2", fail)
      instance of A { K = 2; };
      #pragma deleteclass ("B", FAIL)
      #pragma deleteclass ("B", nofail)
      #pragma deleteinstance ("B.K=3", nofail))");
  EXPECT_EQ(ErrorsOf(report.errors), "");
  EXPECT_EQ(report.deletions, 3u);
  EXPECT_EQ(world.Paths(), std::vector<std::string>{"A.K=2"});
  EXPECT_EQ(world.FindClass("B"), nullptr);
}

TEST(DirectiveTest, AChangedClassChangesItsSubclasses) {
  TestWorld world;
  EXPECT_TRUE(world
                  .Compile("class A { uint8 x; }; class B : A { uint8 y; }; class C : B { };"
                           "class A { uint8 x; string z; };")
                  .ok());
  EXPECT_NE(world.FindClass("C")->FindProperty("z"), nullptr);
  const Report report = world.Compile("class A { uint8 x; string y; };");
  ASSERT_EQ(report.errors.size(), 1u) << "y is a uint8 in B";
  EXPECT_NE(world.FindClass("A")->FindProperty("z"), nullptr) << "nothing has changed";
}

TEST(ReportTest, CountsAndTheFirstFailure) {
  TestWorld world;
  Report report = world.Compile("class A { [key] uint8 K; };\ninstance of A { K = 1; };\n");
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.first.phase, Phase::kNone);
  EXPECT_EQ(report.classes_put, 1u);
  EXPECT_EQ(report.instances_put, 1u);
  EXPECT_FALSE(report.has_autorecover);

  report = world.Compile("class B { };\n// more\n[abstract]\nclass C : Nowhere\n{\n};\nclass D { };");
  EXPECT_EQ(report.first.phase, Phase::kStore);
  EXPECT_EQ(report.first.status.code(), code::kInvalidSuperclass);
  EXPECT_EQ(report.first.object_number, 2u);
  EXPECT_EQ(report.first.first_line, 3);
  EXPECT_EQ(report.first.last_line, 6);

  report = world.Compile("class C : Nowhere { };\n#pragma colour (\"red\")\ninstance of A\n{\nK = ;\n};");
  EXPECT_EQ(report.first.phase, Phase::kSyntax) << "the syntax comes first, wherever it is wrong";
  EXPECT_EQ(report.first.status.code(), code::kMofInvalidPragma);
  EXPECT_EQ(report.first.object_number, 0u);
  EXPECT_EQ(report.first.first_line, 2);

  report = world.Compile("instance of A\n{\nK = ;\n};\n");
  EXPECT_EQ(report.first.object_number, 1u);
  EXPECT_EQ(report.first.first_line, 1);
  EXPECT_EQ(report.first.last_line, 4);
}

TEST(ReportTest, TheDefaultNamespaceMustExistWhenItIsUsed) {
  TestWorld world;
  world.options().default_namespace = "root\\nowhere";
  EXPECT_TRUE(world.Compile("#pragma namespace (\"root\\\\test\")\nclass A { };").ok());
  const Report report = world.Compile("Qualifier Q : ToInstance;\nclass A { };\nclass B { };");
  ASSERT_EQ(report.errors.size(), 1u);
  EXPECT_EQ(report.errors[0].code(), code::kInvalidNamespace);
  EXPECT_EQ(report.errors[0].detail()->line, 2);
}

constexpr const char* kAmended = R"(
#pragma autorecover
#pragma amendment ("MS_409")
Qualifier Description : ToSubclass Amended;
[Description("base"), Version("1")] class Base { [key, Description("the name")] string Name; uint8 n; };
class Silent : Base { };
[Plain] class Derived : Silent { [Values{"a", "b"} : Amended, ValueMap{"0", "1"}] uint8 m;
  [Description("does it")] uint32 Do([in, Description("what")] string what, [out] uint8 how);
  void Quiet([in] string s); };
instance of Derived { Name = "x"; };
)";

TEST(AmendmentTest, ClassesAreSplitInTwo) {
  TestWorld world;
  const Report report = world.Compile(kAmended);
  ASSERT_EQ(ErrorsOf(report.errors), "");
  EXPECT_EQ(report.classes_put, 3u);
  const cim::ClassPtr neutral = world.FindClass("Derived");
  EXPECT_EQ(neutral->qualifiers().Find("Description"), nullptr);
  EXPECT_NE(neutral->qualifiers().Find("Plain"), nullptr);
  EXPECT_EQ(neutral->FindProperty("m")->qualifiers.Find("Values"), nullptr);
  EXPECT_NE(neutral->FindProperty("m")->qualifiers.Find("ValueMap"), nullptr);
  EXPECT_EQ(neutral->FindMethod("Do")->qualifiers.Find("Description"), nullptr);
  EXPECT_EQ(neutral->FindMethod("Do")->in->FindProperty("what")->qualifiers.Find("Description"), nullptr);
  const cim::ClassPtr localized = world.FindClass("Derived", "ROOT\\test\\ms_409");
  ASSERT_NE(localized, nullptr);
  EXPECT_EQ(localized->home()->name_space, "ROOT\\test\\ms_409");
  EXPECT_TRUE(localized->qualifiers().IsTrue("Amendment"));
  EXPECT_EQ(localized->qualifiers().Find("Locale")->value, cim::Value::Signed(0x409));
  EXPECT_EQ(localized->qualifiers().Find("Plain"), nullptr);
  EXPECT_EQ(localized->derivation(), std::vector<std::string>{"Base"}) << "Silent has no texts";
  EXPECT_NE(localized->FindProperty("m")->qualifiers.Find("Values"), nullptr);
  EXPECT_EQ(localized->FindProperty("m")->qualifiers.Find("ValueMap"), nullptr);
  EXPECT_EQ(localized->FindMethod("Do")->qualifiers.Text("Description"), "does it");
  EXPECT_EQ(localized->FindMethod("Do")->in->FindProperty("what")->qualifiers.Text("Description"), "what");
  EXPECT_EQ(localized->FindMethod("Quiet"), nullptr);
  EXPECT_EQ(world.FindClass("Silent", "ROOT\\test\\ms_409"), nullptr);
  EXPECT_TRUE(world.Compile(kAmended).ok()) << "once more, over what is there";
}

TEST(AmendmentTest, TheOptionIsAsGoodAsTheDirective) {
  TestWorld world;
  world.options().amendment = "ms_407";
  ASSERT_TRUE(world.Compile("[Description(\"d\") : Amended] class A { };").ok());
  EXPECT_EQ(world.FindClass("A")->qualifiers().size(), 0u);
  EXPECT_EQ(world.FindClass("A", "ROOT\\test\\ms_407")->qualifiers().Text("Description"), "d");
  world.options().amendment = "german";
  const Report report = world.Compile("class A { };");
  ASSERT_EQ(report.errors.size(), 1u);
  EXPECT_EQ(report.errors[0].code(), code::kMofInvalidAmendmentSyntax);
}

TEST(AmendmentTest, TheTwoTextsCompileToTheSame) {
  TestWorld scratch;
  AmendmentTexts texts;
  const Report report = WriteAmendment({"a.mof", kAmended}, scratch.options(), scratch.target(), texts);
  ASSERT_EQ(ErrorsOf(report.errors), "");
  EXPECT_EQ(texts.neutral.find("Description"), std::string::npos) << texts.neutral;
  EXPECT_TRUE(texts.neutral.starts_with("#pragma autorecover\n")) << texts.neutral;
  EXPECT_EQ(texts.localized.find("ValueMap"), std::string::npos) << texts.localized;
  TestWorld expected;
  ASSERT_TRUE(expected.Compile(kAmended).ok());
  TestWorld world;
  ASSERT_EQ(ErrorsOf(world.Compile(texts.neutral).errors), "") << texts.neutral;
  ASSERT_EQ(ErrorsOf(world.Compile(texts.localized).errors), "") << texts.localized;
  for (const char* name_space : {"ROOT\\test", "ROOT\\test\\ms_409"}) {
    for (const char* name : {"Base", "Silent", "Derived"}) {
      const cim::ClassPtr a = expected.FindClass(name, name_space);
      const cim::ClassPtr b = world.FindClass(name, name_space);
      ASSERT_EQ(a == nullptr, b == nullptr) << name_space << " " << name;
      if (a != nullptr) ExpectSameClass(*a, *b);
    }
  }
  EXPECT_EQ(world.Paths(), std::vector<std::string>{"Derived.Name=\"x\""});
}

TEST(AmendmentTest, OtherStatementsGoToTheNeutralText) {
  TestWorld scratch;
  scratch.options().amendment = "MS_409";
  AmendmentTexts texts;
  const Report report = WriteAmendment({"a.mof",
                                        "class A { [key] string K; }; instance of A { K = \"a\\\\b\"; };\n#pragma "
                                        "deleteinstance (\"A.K=\\\"a\\\\\\\\b\\\"\", fail)\n"
                                        "#pragma deleteclass (\"A\", fail)\n[NamespaceSecuritySDDL(\"O:BA\")] instance "
                                        "of __NAMESPACE { Name = \"x\"; };"},
                                       scratch.options(), scratch.target(), texts);
  ASSERT_EQ(ErrorsOf(report.errors), "");
  EXPECT_EQ(texts.localized, "");
  TestWorld world;
  EXPECT_EQ(ErrorsOf(world.Compile(texts.neutral).errors), "") << texts.neutral;
  EXPECT_EQ(world.FindClass("A"), nullptr);
  EXPECT_TRUE(world.target().FindNamespace("ROOT\\test\\x").ok());
  EXPECT_NE(texts.neutral.find("NamespaceSecuritySDDL(\"O:BA\")"), std::string::npos) << texts.neutral;
}

}  // namespace
}  // namespace wmi::mof
