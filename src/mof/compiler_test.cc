#include "mof/compiler.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "base/limits.h"
#include "mof/compile_for_test.h"
#include "mof/lexer.h"
#include "mof/parser.h"

namespace wmi::mof {
namespace {

using cim::CimType;
namespace flavor = cim::flavor;

struct Expectation {
  std::string code;
  int line = 0;
  int column = 0;
};

struct ErrorCase {
  std::string name;
  std::string text;
  std::vector<Expectation> errors;
  std::string classes;
};

std::vector<ErrorCase> ReadErrorCases() {
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/src/mof/testdata/errors.test");
  EXPECT_TRUE(file.is_open());
  std::vector<ErrorCase> cases;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("--- ")) {
      cases.push_back({line.substr(4), "", {}, ""});
    } else if (line.starts_with("=> ")) {
      std::istringstream words(line.substr(3));
      Expectation error;
      words >> error.code >> error.line >> error.column >> cases.back().classes;
      cases.back().errors.push_back(error);
    } else if (!cases.empty() && cases.back().errors.empty()) {
      cases.back().text += line + "\n";
    }
  }
  EXPECT_GT(cases.size(), 50u);
  return cases;
}

TEST(CompilerErrorTest, DataFile) {
  for (const ErrorCase& c : ReadErrorCases()) {
    SCOPED_TRACE(c.name);
    TestWorld world;
    const Report report = world.Compile(c.text);
    EXPECT_EQ(report.errors.size(), c.errors.size()) << ErrorsOf(report.errors);
    for (std::size_t i = 0; i < std::min(report.errors.size(), c.errors.size()); ++i) {
      const ErrorDetail& detail = *report.errors[i].detail();
      EXPECT_EQ(CodeName(report.errors[i].code()), c.errors[i].code) << ErrorsOf(report.errors);
      EXPECT_EQ(detail.line, c.errors[i].line) << ErrorsOf(report.errors);
      EXPECT_EQ(detail.column, c.errors[i].column) << ErrorsOf(report.errors);
      EXPECT_EQ(detail.file, "test.mof");
      EXPECT_FALSE(detail.message.empty());
    }
    std::string names;
    for (const cim::ClassPtr& cls : world.target().TakeClasses()) names += (names.empty() ? "" : ",") + cls->name();
    for (const std::string& path : world.Paths()) names += (names.empty() ? "" : ",") + path;
    EXPECT_EQ(names.empty() ? "-" : names, c.classes);
  }
}

TEST(CompilerErrorTest, MessageSaysWhatWasExpectedAndFound) {
  EXPECT_EQ(CompileText("class A { string a }").errors.at(0).Message(), "expected ';' after the property, found '}'");
  EXPECT_EQ(CompileText("class A {").errors.at(0).Message(),
            "expected '}' at the end of class A, found the end of the text");
  EXPECT_EQ(CompileText("class A : B {};").errors.at(0).Message(),
            "the superclass B does not exist in ROOT\\test; declare it first");
}

// The one class of a text that must compile.
cim::ClassPtr Only(std::string text) {
  const Compiled compiled = CompileText(std::move(text));
  EXPECT_EQ(ErrorsOf(compiled), "");
  EXPECT_EQ(compiled.classes.size(), 1u);
  return compiled.classes.empty() ? nullptr : compiled.classes.back();
}

TEST(CompilerTest, TypesOfProperties) {
  const cim::ClassPtr cls = Only(R"(
      class A {
        sint8 a; uint8 b; sint16 c; uint16 d; sint32 e; uint32 f; sint64 g; uint64 h; real32 i; real64 j;
        boolean k; STRING l; DateTime m; char16 n; object o; Thing p; object ref q; Thing REF r;
        string s[]; uint8 t[16]; Thing ref u[]; Thing v[];
      };)");
  const auto type = [&](const char* name) { return cls->FindProperty(name)->type; };
  const CimType expected[] = {CimType::kSint8,     CimType::kUint8,    CimType::kSint16,  CimType::kUint16,
                              CimType::kSint32,    CimType::kUint32,   CimType::kSint64,  CimType::kUint64,
                              CimType::kReal32,    CimType::kReal64,   CimType::kBoolean, CimType::kString,
                              CimType::kDatetime,  CimType::kChar16,   CimType::kObject,  CimType::kObject,
                              CimType::kReference, CimType::kReference};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(cls->properties()[i].type.type, expected[i]) << cls->properties()[i].name;
    EXPECT_FALSE(cls->properties()[i].type.is_array);
  }
  EXPECT_EQ(type("p").class_name, "Thing");
  EXPECT_EQ(type("q").class_name, "");
  EXPECT_EQ(type("r").class_name, "Thing");
  EXPECT_TRUE(type("s").is_array);
  EXPECT_TRUE(type("t").is_array);
  EXPECT_EQ(cls->FindProperty("t")->qualifiers.Find("MAX")->value, cim::Value::Signed(16));
  EXPECT_EQ(cls->FindProperty("s")->qualifiers.Find("MAX"), nullptr);
  EXPECT_EQ(type("u"), (cim::DataType{CimType::kReference, true, "Thing"}));
  EXPECT_EQ(type("v"), (cim::DataType{CimType::kObject, true, "Thing"}));
}

TEST(CompilerTest, DefaultValues) {
  const cim::ClassPtr cls = Only(R"(
      class A {
        uint8 a = 0x1F; sint16 b = -32768; uint32 c = 017; uint8 d = 101b; uint64 e = "18446744073709551615";
        sint64 f = "-0x10"; sint32 g = 2.6; uint8 h = 2.4; real64 i = -1.5e3; real32 j = 7; boolean k = true;
        string l = "one " "two" /* and */ " three"; char16 m = 'x'; char16 n = '\x41'; string o = NULL;
        datetime p = "20240101000000.000000+000"; Thing ref q = "Thing.Name=\"x\""; uint8 r[] = {1, 2, 3};
        string s[] = {}; string t = "tab\t quote\" back\\ hex\x41\x42 euro\x20AC pair\xD83D\xDE00 single\'"; uint8 u = 0;
        sint32 v = -2.5; real64 w = .5; sint64 x = -9223372036854775808; char16 y = 65; string z[] = {"a" "b", "c"};
      };)");
  const auto value = [&](const char* name) { return cls->FindProperty(name)->default_value; };
  using cim::Value;
  EXPECT_EQ(value("a"), Value::Unsigned(31));
  EXPECT_EQ(value("b"), Value::Signed(-32768));
  EXPECT_EQ(value("c"), Value::Unsigned(15));
  EXPECT_EQ(value("d"), Value::Unsigned(5));
  EXPECT_EQ(value("e"), Value::Unsigned(UINT64_MAX));
  EXPECT_EQ(value("f"), Value::Signed(-16));
  EXPECT_EQ(value("g"), Value::Signed(3));
  EXPECT_EQ(value("h"), Value::Unsigned(2));
  EXPECT_EQ(value("i"), Value::Real(-1500));
  EXPECT_EQ(value("j"), Value::Real(7));
  EXPECT_EQ(value("k"), Value::Boolean(true));
  EXPECT_EQ(value("l"), Value::Text("one two three"));
  EXPECT_EQ(value("m"), Value::Unsigned('x'));
  EXPECT_EQ(value("n"), Value::Unsigned(0x41));
  EXPECT_TRUE(value("o").is_null());
  EXPECT_EQ(value("p"), Value::Text("20240101000000.000000+000"));
  EXPECT_EQ(value("q"), Value::Text("Thing.Name=\"x\""));
  EXPECT_EQ(value("r"), Value::Array({Value::Unsigned(1), Value::Unsigned(2), Value::Unsigned(3)}));
  EXPECT_EQ(value("s"), Value::Array({}));
  EXPECT_EQ(value("t"), Value::Text("tab\t quote\" back\\ hexAB euro€ pair😀 single'"));
  EXPECT_EQ(value("u"), Value::Unsigned(0));
  EXPECT_EQ(value("v"), Value::Signed(-3));
  EXPECT_EQ(value("w"), Value::Real(0.5));
  EXPECT_EQ(value("x"), Value::Signed(INT64_MIN));
  EXPECT_EQ(value("y"), Value::Unsigned(65));
  EXPECT_EQ(value("z"), Value::Array({Value::Text("ab"), Value::Text("c")}));
}

TEST(CompilerTest, QualifiersTakeTheirTypeFromTheValue) {
  const cim::ClassPtr cls = Only(R"(
      [Flag, Off(FALSE), Number(5), Minus(-1), Word(0xFFFFFFFF), Wide(4294967296), Real(1.5), Text("t"), List{"a", "b"},
       Braced({1, 2}), Letter('x')] class A {};)");
  const auto check = [&](const char* name, CimType type, bool is_array, const cim::Value& value) {
    const cim::Qualifier* qualifier = cls->qualifiers().Find(name);
    ASSERT_NE(qualifier, nullptr) << name;
    EXPECT_EQ(qualifier->type, (cim::DataType{type, is_array, ""})) << name;
    EXPECT_EQ(qualifier->value, value) << name;
    EXPECT_EQ(qualifier->flavor, 0u) << name;
  };
  using cim::Value;
  check("Flag", CimType::kBoolean, false, Value::Boolean(true));
  check("Off", CimType::kBoolean, false, Value::Boolean(false));
  check("Number", CimType::kSint32, false, Value::Signed(5));
  check("Minus", CimType::kSint32, false, Value::Signed(-1));
  check("Word", CimType::kSint32, false, Value::Signed(-1));
  check("Wide", CimType::kString, false, Value::Text("4294967296"));
  check("Real", CimType::kReal64, false, Value::Real(1.5));
  check("Text", CimType::kString, false, Value::Text("t"));
  check("List", CimType::kString, true, Value::Array({Value::Text("a"), Value::Text("b")}));
  check("Braced", CimType::kSint32, true, Value::Array({Value::Signed(1), Value::Signed(2)}));
  check("Letter", CimType::kString, false, Value::Text("x"));
}

TEST(CompilerTest, FlavorsComeFromTheUseAndFromDeclarations) {
  const cim::ClassPtr cls = Only(R"(
      Qualifier Description : ToSubclass Amended;
      Qualifier Fixed : boolean = false, Scope(any), Flavor(DisableOverride, ToInstance);
      Qualifier Local : boolean = false, Scope(class), Flavor(Restricted);
      Qualifier Plain : boolean = false;
      [Description("d"), Fixed, Local, Plain, Own : ToInstance DisableOverride Amended, Again : EnableOverride] class A {
        [Description("e") : NotToSubclass, Fixed : EnableOverride NotToInstance] string p;
      };)");
  const auto of_class = [&](const char* name) { return cls->qualifiers().Find(name)->flavor; };
  EXPECT_EQ(of_class("Description"), flavor::kToSubclass | flavor::kAmended);
  EXPECT_EQ(of_class("Fixed"), flavor::kNotOverridable | flavor::kToInstance | flavor::kToSubclass);
  EXPECT_EQ(of_class("Local"), 0u);
  EXPECT_EQ(of_class("Plain"), flavor::kToSubclass);
  EXPECT_EQ(of_class("Own"), flavor::kToInstance | flavor::kNotOverridable | flavor::kAmended);
  EXPECT_EQ(of_class("Again"), 0u);
  const cim::QualifierSet& of_property = cls->FindProperty("p")->qualifiers;
  EXPECT_EQ(of_property.Find("Description")->flavor, flavor::kAmended);
  EXPECT_EQ(of_property.Find("Fixed")->flavor, flavor::kToSubclass);
}

TEST(CompilerTest, DeclaredQualifierTypesConvertValues) {
  const cim::ClassPtr cls = Only(R"(
      Qualifier Size : uint32 = 7, Scope(any);
      Qualifier Ratio : real32, Scope(any);
      Qualifier Texts : string[], Scope(any);
      Qualifier Note : string = null, Scope(any);
      [Size, Ratio(2), Texts{}, Note(NULL)] class A { [Size(9)] string p; };)");
  EXPECT_EQ(cls->qualifiers().Find("Size")->value, cim::Value::Signed(7));
  EXPECT_EQ(cls->FindProperty("p")->qualifiers.Find("Size")->value, cim::Value::Signed(9));
  EXPECT_EQ(cls->qualifiers().Find("Ratio")->value, cim::Value::Real(2));
  EXPECT_EQ(cls->qualifiers().Find("Ratio")->type.type, CimType::kReal64);
  EXPECT_EQ(cls->qualifiers().Find("Texts")->value, cim::Value::Array({}));
  EXPECT_EQ(cls->qualifiers().Find("Note"), nullptr) << "NULL says that it is not there";
}

TEST(CompilerTest, MethodsAndTheirParameters) {
  const cim::ClassPtr cls = Only(R"(
      class A {
        [Implemented, static] uint32 Create([in] string Command, [in, optional] string Dir = "/", [in, out] Thing T,
                                            [out] uint32 Ids[]);
        void Nothing();
        Thing ref Find([in, ID(1)] string b, [in, ID(0)] string a);
      };)");
  const cim::Method* create = cls->FindMethod("create");
  ASSERT_NE(create, nullptr);
  EXPECT_TRUE(create->qualifiers.IsTrue("static"));
  ASSERT_EQ(create->in->properties().size(), 3u);
  EXPECT_EQ(create->in->name(), "__PARAMETERS");
  EXPECT_EQ(create->in->FindProperty("Dir")->default_value, cim::Value::Text("/"));
  EXPECT_TRUE(create->in->FindProperty("T")->qualifiers.IsTrue("in"));
  EXPECT_EQ(create->in->FindProperty("T")->qualifiers.Find("out"), nullptr);
  EXPECT_TRUE(create->out->FindProperty("T")->qualifiers.IsTrue("out"));
  EXPECT_EQ(create->out->FindProperty("T")->qualifiers.Find("in"), nullptr);
  EXPECT_EQ(create->out->FindProperty("ReturnValue")->type.type, CimType::kUint32);
  EXPECT_EQ(create->out->FindProperty("ReturnValue")->qualifiers.Find("ID"), nullptr);
  const auto id = [](const cim::ClassPtr& side, const char* name) {
    return side->FindProperty(name)->qualifiers.Find("ID")->value;
  };
  EXPECT_EQ(id(create->in, "Command"), cim::Value::Signed(0));
  EXPECT_EQ(id(create->in, "Dir"), cim::Value::Signed(1));
  EXPECT_EQ(id(create->in, "T"), cim::Value::Signed(2));
  EXPECT_EQ(id(create->out, "T"), cim::Value::Signed(2));
  EXPECT_EQ(id(create->out, "Ids"), cim::Value::Signed(3));
  EXPECT_EQ(cls->FindMethod("Nothing")->in, nullptr);
  EXPECT_EQ(cls->FindMethod("Nothing")->out, nullptr);
  const cim::Method* find = cls->FindMethod("Find");
  EXPECT_EQ(id(find->in, "a"), cim::Value::Signed(0));
  EXPECT_EQ(find->out->FindProperty("ReturnValue")->type, (cim::DataType{CimType::kReference, false, "Thing"}));
}

TEST(CompilerTest, DeclaredDirectionDefaultsApply) {
  const cim::ClassPtr cls = Only(R"(
      Qualifier In : boolean = true, Scope(parameter);
      Qualifier Out : boolean = false, Scope(parameter);
      class A { void M(string a, [In(false), Out] string b, [Out] string c); };)");
  const cim::Method* method = cls->FindMethod("M");
  EXPECT_NE(method->in->FindProperty("a"), nullptr);
  EXPECT_EQ(method->in->FindProperty("b"), nullptr);
  EXPECT_NE(method->in->FindProperty("c"), nullptr);
  EXPECT_EQ(method->out->FindProperty("a"), nullptr);
  EXPECT_NE(method->out->FindProperty("b"), nullptr);
  EXPECT_NE(method->out->FindProperty("c"), nullptr);
}

TEST(CompilerTest, SuperclassesComeFromTheSourceAndFromOutside) {
  const Compiled base = CompileText("class Base { [key] string K; };");
  const Compiled compiled =
      CompileText("class Middle : base { string m; }; class Leaf : MIDDLE { string l; };", ClassTable(base));
  ASSERT_EQ(ErrorsOf(compiled), "");
  ASSERT_EQ(compiled.classes.size(), 2u);
  EXPECT_EQ(compiled.classes[1]->derivation(), (std::vector<std::string>{"Middle", "Base"}));
  EXPECT_EQ(compiled.classes[1]->properties().size(), 3u);
}

TEST(CompilerTest, NamespacesFollowThePragma) {
  const Compiled compiled = CompileText(R"(
      class A {};
      #pragma namespace ("\\\\.\\root\\other")
      class B {};
      #pragma namespace ("//host/root/TEST")
      class C : A {};
      #PRAGMA Namespace ("root\\other")
      class D : B {};
      class E : A {};)");
  ASSERT_EQ(compiled.classes.size(), 4u);
  const auto home = [&](std::size_t i) {
    return compiled.classes[i]->home()->server + "|" + compiled.classes[i]->home()->name_space;
  };
  EXPECT_EQ(home(0), "HOST|ROOT\\test");
  EXPECT_EQ(home(1), "HOST|root\\other");
  EXPECT_EQ(home(2), "HOST|ROOT\\test");
  EXPECT_EQ(home(3), "HOST|root\\other");
  ASSERT_EQ(compiled.errors.size(), 1u) << "A lives in another namespace";
  EXPECT_EQ(compiled.errors[0].code(), code::kInvalidSuperclass);
}

TEST(CompilerTest, HarmlessDirectivesAndCommentsChangeNothing) {
  const cim::ClassPtr cls = Only(R"(
      #pragma locale ("en_US")
      #pragma autorecover
      // class B {};
      /* class C {
         }; */
      ;;
      class /**/ A // here
      { };
      //)");
  EXPECT_EQ(cls->name(), "A");
  EXPECT_TRUE(CompileText("").errors.empty());
  EXPECT_TRUE(CompileText(" \n\t// nothing").errors.empty());
}

std::string Utf16(std::u16string_view text, bool is_big_endian) {
  std::string bytes = is_big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char16_t c : text) {
    const char low = static_cast<char>(c & 0xFF);
    const char high = static_cast<char>(c >> 8);
    bytes += is_big_endian ? high : low;
    bytes += is_big_endian ? low : high;
  }
  return bytes;
}

TEST(CompilerTest, Encodings) {
  const std::u16string_view text = u"class Größe { string s = \"€😀\"; };";
  for (const std::string& bytes : {Utf16(text, false), Utf16(text, true),
                                   std::string("\xEF\xBB\xBF"
                                               "class Größe { string s = \"€😀\"; };")}) {
    const cim::ClassPtr cls = Only(bytes);
    EXPECT_EQ(cls->name(), "Größe");
    EXPECT_EQ(cls->FindProperty("s")->default_value, cim::Value::Text("€😀"));
  }
  EXPECT_EQ(Only("class Gr\xF6\xDF"
                 "e {};")
                ->name(),
            "Größe")
      << "Latin-1";
  const Compiled odd = CompileText(Utf16(text, false) + "x");
  ASSERT_EQ(odd.errors.size(), 1u);
  EXPECT_EQ(odd.errors[0].code(), code::kMofInvalidFile);
  EXPECT_EQ(odd.errors[0].detail()->file, "test.mof");
}

TEST(CompilerTest, ZeroCharactersAreRefused) {
  using namespace std::string_literals;
  for (const std::string& text :
       {"class A { string a = \"b\0c\"; };"s, "class A { string a = \"b\\\0c\"; };"s, "class A\0 {};"s}) {
    const Compiled compiled = CompileText(text);
    ASSERT_FALSE(compiled.errors.empty());
    EXPECT_EQ(compiled.errors[0].detail()->column, static_cast<int>(text.find('\0')) + 1) << ErrorsOf(compiled);
  }
}

TEST(CompilerLimitTest, FileSize) {
  EXPECT_TRUE(DecodeSource(std::string(limits::kMofFileBytesMax, ' ')).ok());
  const Compiled compiled = CompileText(std::string(limits::kMofFileBytesMax + 1, ' '));
  ASSERT_EQ(compiled.errors.size(), 1u);
  EXPECT_EQ(compiled.errors[0].code(), code::kMofInvalidFile);
}

TEST(CompilerLimitTest, ErrorCount) {
  std::string text;
  for (std::size_t i = 0; i < limits::kMofErrorsMax; ++i) text += "class A { uint8 a = 256; };\n";
  EXPECT_EQ(CompileText(text).errors.size(), limits::kMofErrorsMax);
  EXPECT_EQ(CompileText(text + text).errors.size(), limits::kMofErrorsMax);
}

TEST(CompilerLimitTest, Qualifiers) {
  const auto with = [](std::size_t count) {
    std::string text = "[Q";
    for (std::size_t i = 1; i < count; ++i) text += ",Q" + std::to_string(i);
    return CompileText(text + "] class A {};");
  };
  EXPECT_TRUE(with(limits::kQualifiersMax).errors.empty());
  const Compiled compiled = with(limits::kQualifiersMax + 1);
  ASSERT_EQ(compiled.errors.size(), 1u);
  EXPECT_EQ(compiled.errors[0].code(), code::kQuotaViolation);
}

TEST(CompilerLimitTest, ArrayLength) {
  // Parsed only: what comes after it has the limits of cim.
  std::string text = "class A { uint8 a[] = {";
  for (std::size_t i = 1; i < limits::kArrayLengthMax; ++i) text += "1,";
  const auto errors_of = [](const std::string& whole) {
    Diagnostics diagnostics("test.mof", whole);
    Parser(whole, diagnostics).Next();
    return diagnostics.TakeErrors();
  };
  EXPECT_TRUE(errors_of(text + "1}; };").empty());
  const std::vector<Status> errors = errors_of(text + "1,1}; };");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code(), code::kQuotaViolation);
}

TEST(CompilerLimitTest, NameLengths) {
  const std::string longest(limits::kNameLengthMax, 'n');
  EXPECT_TRUE(
      CompileText("class " + longest + " { string " + longest + "; void " + longest + "x(); };").errors.at(0).code() ==
      code::kMethodNameTooWide);
  EXPECT_TRUE(CompileText("class " + longest + " { string " + longest + "; };").errors.empty());
  EXPECT_EQ(CompileText("class " + longest + "x {};").errors.at(0).code(), code::kClassNameTooWide);
  EXPECT_EQ(CompileText("class A { string " + longest + "x; };").errors.at(0).code(), code::kPropertyNameTooWide);
}

TEST(CompilerLimitTest, DeepBracesAreNoProblem) {
  for (const std::string& opening :
       {std::string("{"), std::string("("), std::string("["), std::string("class A {"), std::string("#pragma ")}) {
    std::string text = "class A { string a = ";
    for (int i = 0; i < 100'000; ++i) text += opening;
    EXPECT_FALSE(CompileText(text).errors.empty());
  }
}

}  // namespace
}  // namespace wmi::mof
