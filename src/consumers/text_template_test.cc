#include "consumers/text_template.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "consumers/event_for_test.h"
#include "consumers/limits.h"

namespace wmi::consumers {
namespace {

constexpr std::string_view kMof = R"(
class Base { [key] string Id; };
class Disk : Base {
  string Name; string Nothing; uint8 Load; sint64 Depth; boolean Ready; real32 Part; real64 Ratio; datetime Since;
  uint16 Many[]; string Names[]; boolean One[]; string OneName[]; uint32 None[]; uint32 Absent[];
};
class Holder { [key] string Id; Base TargetInstance; Base Parts[]; string Text; };
instance of Holder {
  Id = "event";
  Text = "50% of \"all\"";
  TargetInstance = instance of Disk {
    Id = "a"; Name = "C: one"; Load = 90; Depth = -5; Ready = TRUE; Part = 0.1; Ratio = 2.5;
    Since = "20240102030405.000000+060";
    Many = {1, 5, 10}; Names = {"x", "y\"\\z"}; One = {FALSE}; OneName = {"only"}; None = {};
  };
  Parts = {instance of Disk { Id = "p"; Load = 1; Many = {7}; }, instance of Base { Id = "q"; },
           instance of Disk { Id = "r"; Load = 2; Many = {8, 9}; }};
};
)";

const cim::Object& Event() {
  static const cim::Object event = ObjectFromMof(std::string(kMof), "Holder.Id=\"event\"");
  return event;
}

std::string Filled(std::string_view text) {
  const Result<TextTemplate> parsed = TextTemplate::Parse(text);
  if (!parsed.ok()) {
    return std::to_string(parsed.status().detail()->column) + ": " + std::string(CodeName(parsed.status().code()));
  }
  return parsed->Fill(Event());
}

struct TemplateCase {
  std::string_view text;
  std::string_view expected;
};

class TextTemplateTable : public testing::TestWithParam<TemplateCase> {};

TEST_P(TextTemplateTable, Fills) { EXPECT_EQ(GetParam().expected, Filled(GetParam().text)); }

INSTANTIATE_TEST_SUITE_P(Texts, TextTemplateTable,
                         testing::Values(TemplateCase{"", ""}, TemplateCase{"Some text here", "Some text here"},
                                         TemplateCase{"load %TargetInstance.Load% now", "load 90 now"},
                                         TemplateCase{"%targetinstance.NAME%", "C: one"}, TemplateCase{"%%", "%"},
                                         TemplateCase{"100%% of %TargetInstance.Id%%%%%", "100% of a%%"},
                                         // What an event says is not a template.
                                         TemplateCase{"<%Text%>", "<50% of \"all\">"}));

INSTANTIATE_TEST_SUITE_P(
    Values, TextTemplateTable,
    testing::Values(TemplateCase{"%TargetInstance.Depth%", "-5"}, TemplateCase{"%TargetInstance.Ready%", "TRUE"},
                    TemplateCase{"%TargetInstance.Part%", "0.1"}, TemplateCase{"%TargetInstance.Ratio%", "2.5"},
                    TemplateCase{"%TargetInstance.Since%", "20240102030405.000000+060"},
                    TemplateCase{"[%TargetInstance.Nothing%]", "[]"}, TemplateCase{"[%TargetInstance.Unknown%]", "[]"},
                    TemplateCase{"[%Unknown.Name%]", "[]"}, TemplateCase{"[%Id.Name%]", "[]"}));

INSTANTIATE_TEST_SUITE_P(
    Arrays, TextTemplateTable,
    testing::Values(TemplateCase{"%TargetInstance.Many%", "(1,5,10)"}, TemplateCase{"%TargetInstance.One%", "FALSE"},
                    TemplateCase{"%TargetInstance.OneName%", "only"}, TemplateCase{"%TargetInstance.None%", "()"},
                    TemplateCase{"[%TargetInstance.Absent%]", "[]"},
                    TemplateCase{"%TargetInstance.Names%", R"(("x","y\"\\z"))"},
                    TemplateCase{"%Parts.Id%", R"(("p","q","r"))"}, TemplateCase{"%Parts.Load%", "(1,2)"},
                    TemplateCase{"%Parts.Many%", "(7,8,9)"}, TemplateCase{"%Parts.Nothing%", "()"}));

INSTANTIATE_TEST_SUITE_P(Quotes, TextTemplateTable,
                         testing::Values(TemplateCase{R"(is "%Id%" or %Id%)", R"(is "%Id%" or event)"},
                                         TemplateCase{R"("%%")", R"("%%")"}, TemplateCase{R"("%")", R"("%")"},
                                         TemplateCase{R"(5" of %Id%)", R"(5" of event)"},
                                         TemplateCase{R"(""%Id%"")", R"(""event"")"},
                                         TemplateCase{"'%Id%'", "'event'"}));

INSTANTIATE_TEST_SUITE_P(System, TextTemplateTable,
                         testing::Values(TemplateCase{"%__CLASS%", "Holder"}, TemplateCase{"%__server%", "HOST"},
                                         TemplateCase{"%__NAMESPACE%", "ROOT\\test"},
                                         TemplateCase{"%TargetInstance.__Class%", "Disk"},
                                         TemplateCase{"%TargetInstance.__SUPERCLASS%", "Base"},
                                         TemplateCase{"%TargetInstance.__RELPATH%", "Disk.Id=\"a\""},
                                         TemplateCase{"%TargetInstance.__GENUS%", "2"},
                                         TemplateCase{"%TargetInstance.__DERIVATION%", "Base"},
                                         TemplateCase{"%__DERIVATION%", "()"}, TemplateCase{"[%__SUPERCLASS%]", "[]"},
                                         TemplateCase{"%Parts.__CLASS%", R"(("Disk","Base","Disk"))"},
                                         TemplateCase{"[%__CLASS.Name%]", "[]"}));

INSTANTIATE_TEST_SUITE_P(Wrong, TextTemplateTable,
                         testing::Values(TemplateCase{"100% of it", "4: WBEM_E_INVALID_PARAMETER"},
                                         TemplateCase{"\u00e9 %a b%", "3: WBEM_E_INVALID_PARAMETER"},
                                         TemplateCase{"%a..b%", "1: WBEM_E_INVALID_PARAMETER"},
                                         TemplateCase{"%.a%", "1: WBEM_E_INVALID_PARAMETER"},
                                         TemplateCase{"%a.%", "1: WBEM_E_INVALID_PARAMETER"},
                                         TemplateCase{"%1%", "1: WBEM_E_INVALID_PARAMETER"},
                                         TemplateCase{"\"a\" %Id%%", "9: WBEM_E_INVALID_PARAMETER"}));

TEST(TextTemplate, WritesAnEmbeddedObjectAsMof) {
  EXPECT_EQ("<instance of Disk\n{\n\tId = \"p\";\n\tLoad = 1;\n\tMany = {7};\n};\n>",
            TextTemplate::Parse("<%Inner%>")
                .value()
                .Fill(ObjectFromMof(
                    R"(class Disk { [key] string Id; uint8 Load; uint16 Many[]; };
                       class Outer { [key] string Id; Disk Inner; };
                       instance of Outer { Id = "o"; Inner = instance of Disk { Id = "p"; Load = 1; Many = {7}; }; };)",
                    "Outer.Id=\"o\"")));
}

TEST(TextTemplate, AnArrayOfObjectsIsAListOfMof) {
  const std::string text = Filled("%Parts%");
  EXPECT_TRUE(text.starts_with("(instance of Disk\n{")) << text;
  EXPECT_NE(std::string::npos, text.find(",instance of Base\n{")) << text;
  EXPECT_TRUE(text.ends_with("};\n)")) << text;
}

TEST(TextTemplate, IsEmptyWithoutAnEvent) {
  EXPECT_EQ("<>", TextTemplate::Parse("<%Id%>").value().Fill(cim::Object()));
}

TEST(TextTemplate, IsRefusedBeyondTheLimit) {
  const std::string longest(kTextBytesMax, 'x');
  EXPECT_EQ(longest, Filled(longest));
  EXPECT_FALSE(TextTemplate::Parse(longest + "x").ok());
}

TEST(TextTemplate, IsCutAtTheLimitAndNeverInsideACharacter) {
  std::string mof = "class A { [key] uint8 Id; string T; }; instance of A { Id = 1; T = \"";
  for (std::size_t bytes = 0; bytes < kTextBytesMax; bytes += 2) mof += "\u00e9";
  const cim::Object event = ObjectFromMof(mof + "\"; };", "A.Id=1");
  EXPECT_EQ(kTextBytesMax, TextTemplate::Parse("%T%").value().Fill(event).size());
  EXPECT_EQ(kTextBytesMax, TextTemplate::Parse("%T%%T%").value().Fill(event).size());
  const std::string cut = TextTemplate::Parse("a%T%").value().Fill(event);
  EXPECT_EQ(kTextBytesMax - 1, cut.size());
  EXPECT_TRUE(IsUtf8(cut));
}

}  // namespace
}  // namespace wmi::consumers
