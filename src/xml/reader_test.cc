#include "xml/reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "cim/object_path.h"
#include "xml/document.h"

namespace wmi::xml {
namespace {

std::string Instance(const std::string& members) { return "<INSTANCE CLASSNAME=\"X_A\">" + members + "</INSTANCE>"; }

cim::Object Read(const std::string& text, Dtd dtd = Dtd::kWmi) {
  const Result<cim::Object> object = ReadObject(text, dtd);
  EXPECT_TRUE(object.ok()) << object.status().Message();
  return object.ok() ? *object : cim::Object();
}

// ---- errors ---------------------------------------------------------------------------------------------------------

struct Fault {
  const char* what;
  std::string text;
  Code code;
  int line;
  int column;
  const char* message;  // a part of it
};

const Fault kFaults[] = {
    {"Empty", "", code::kInvalidSyntax, 1, 1, "no element found"},
    {"NoXml", "instance of X {};", code::kInvalidSyntax, 1, 1, "not well-formed"},
    {"Unclosed", "<CLASS NAME=\"X\">\n<PROPERTY", code::kInvalidSyntax, 2, 1, "unclosed token"},
    {"WrongEnd", "<CLASS NAME=\"X\"></INSTANCE>", code::kInvalidSyntax, 1, 19, "mismatched tag"},
    {"TwoRoots", "<CLASS NAME=\"X\"/><CLASS NAME=\"Y\"/>", code::kInvalidSyntax, 1, 18, "junk"},
    {"ControlCharacter", "<CLASS NAME=\"\x01\"/>", code::kInvalidSyntax, 1, 14, "not well-formed"},
    {"EntityBomb", "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>\n<CLASS NAME=\"&b;\"/>",
     code::kInvalidSyntax, 1, 13, "DOCTYPE with declarations"},
    {"ExternalEntity", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><CLASS NAME=\"X\">&a;</CLASS>",
     code::kInvalidSyntax, 1, 13, "DOCTYPE with declarations"},
    {"UndeclaredEntity", "<!DOCTYPE x SYSTEM \"x.dtd\"><CLASS NAME=\"X\">&a;</CLASS>", code::kInvalidSyntax, 1, 44,
     "the entity a"},
    {"OtherElement", "<QUALIFIER NAME=\"x\"/>", code::kInvalidObject, 1, 1,
     "QUALIFIER stands where CLASS or INSTANCE is expected"},
    {"EmptyWrapper", "<VALUE.OBJECT/>", code::kInvalidObject, 1, 1, "VALUE.OBJECT is empty"},
    {"TwoObjects", "<VALUE.OBJECT><CLASS NAME=\"X\"/><CLASS NAME=\"Y\"/></VALUE.OBJECT>", code::kInvalidObject, 1, 32,
     "a second object"},
    {"ClassWithoutName", "<CLASS/>", code::kInvalidObject, 1, 1, "CLASS has no attribute NAME"},
    {"InstanceWithoutClass", "<INSTANCE NAME=\"X\"/>", code::kInvalidObject, 1, 1, "no attribute CLASSNAME"},
    {"BadClassName", "<CLASS NAME=\"1 2\"/>", code::kInvalidClass, 1, 1, "1 2"},
    {"MemberOfAnInstance", Instance("<METHOD NAME=\"M\"/>"), code::kInvalidObject, 1, 27,
     "METHOD stands where QUALIFIER or PROPERTY… is expected"},
    {"PropertyWithoutName", Instance("<PROPERTY TYPE=\"string\"/>"), code::kInvalidObject, 1, 27, "no attribute NAME"},
    {"PropertyWithoutType", Instance("<PROPERTY NAME=\"P\"/>"), code::kInvalidObject, 1, 27, "no attribute TYPE"},
    {"UnknownType", Instance("<PROPERTY NAME=\"P\" TYPE=\"int\"/>"), code::kInvalidObject, 1, 27, "no type int"},
    {"TypeOfAnotherElement", Instance("<PROPERTY NAME=\"P\" TYPE=\"reference\"/>"), code::kInvalidObject, 1, 27,
     "PROPERTY cannot hold the type reference"},
    {"UnknownShape", Instance("<PROPERTY.LIST NAME=\"P\"/>"), code::kInvalidObject, 1, 27,
     "PROPERTY.LIST stands where"},
    {"BadNumber", Instance("<PROPERTY NAME=\"P\" TYPE=\"uint8\">\n <VALUE>x</VALUE></PROPERTY>"), code::kTypeMismatch,
     2, 2, "\"x\" is no uint8"},
    {"NumberOutOfRange", Instance("<PROPERTY NAME=\"P\" TYPE=\"uint8\"><VALUE>256</VALUE></PROPERTY>"),
     code::kValueOutOfRange, 1, 59, "256"},
    {"BadDatetime", Instance("<PROPERTY NAME=\"P\" TYPE=\"datetime\"><VALUE>now</VALUE></PROPERTY>"),
     code::kTypeMismatch, 1, 62, "now"},
    {"ArrayForAScalar", Instance("<PROPERTY NAME=\"P\" TYPE=\"uint8\"><VALUE.ARRAY/></PROPERTY>"), code::kInvalidObject,
     1, 59, "VALUE.ARRAY stands where VALUE is expected"},
    {"TwoValues", Instance("<PROPERTY NAME=\"P\" TYPE=\"uint8\"><VALUE>1</VALUE><VALUE>2</VALUE></PROPERTY>"),
     code::kInvalidObject, 1, 75, "there is one value"},
    {"ElementInAValue", Instance("<PROPERTY NAME=\"P\" TYPE=\"string\"><VALUE><B/></VALUE></PROPERTY>"),
     code::kInvalidObject, 1, 67, "VALUE holds text only"},
    {"NullInAnArray",
     Instance("<PROPERTY.ARRAY NAME=\"P\" TYPE=\"uint8\"><VALUE.ARRAY><VALUE.NULL/></VALUE.ARRAY></PROPERTY.ARRAY>"),
     code::kInvalidObject, 1, 78, "VALUE.NULL stands where VALUE is expected"},
    {"EmptyReference", Instance("<PROPERTY.REFERENCE NAME=\"P\"><VALUE.REFERENCE/></PROPERTY.REFERENCE>"),
     code::kInvalidObject, 1, 56, "VALUE.REFERENCE names nothing"},
    {"OddReference",
     Instance(
         "<PROPERTY.REFERENCE NAME=\"P\"><VALUE.REFERENCE><CLASS NAME=\"X\"/></VALUE.REFERENCE></PROPERTY.REFERENCE>"),
     code::kInvalidObject, 1, 73, "CLASS stands where CLASSNAME or INSTANCENAME is expected"},
    {"BadFlag", "<CLASS NAME=\"X\"><QUALIFIER NAME=\"q\" TYPE=\"string\" TOINSTANCE=\"1\"/></CLASS>",
     code::kInvalidObject, 1, 17, "use true or false"},
    {"QualifierType", "<CLASS NAME=\"X\"><QUALIFIER NAME=\"q\" TYPE=\"uint8\"><VALUE>1</VALUE></QUALIFIER></CLASS>",
     code::kInvalidQualifierType, 1, 1, "q"},
    {"TwoPropertiesOfOneName",
     "<CLASS NAME=\"X\"><PROPERTY NAME=\"P\" TYPE=\"uint8\"/><PROPERTY NAME=\"p\" TYPE=\"uint8\"/></CLASS>",
     code::kInvalidProperty, 1, 50, "p"},
    {"MethodArrayReturn", "<CLASS NAME=\"X\"><METHOD NAME=\"M\" TYPE=\"nothing\"/></CLASS>", code::kInvalidObject, 1,
     17, "no type nothing"},
    {"EmbeddedText",
     Instance("<PROPERTY NAME=\"P\" TYPE=\"string\" EmbeddedObject=\"object\"><VALUE>&lt;X/></VALUE></PROPERTY>"),
     code::kInvalidObject, 1, 84, "in the embedded object, line 1, column 1: X stands where"},
};

TEST(ReaderTest, FaultsHaveACodeAPlaceAndAMessage) {
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.what);
    const Result<cim::Object> object = ReadObject(fault.text, Dtd::kWmi);
    ASSERT_FALSE(object.ok());
    EXPECT_EQ(CodeName(fault.code), CodeName(object.status().code()));
    ASSERT_NE(nullptr, object.status().detail());
    EXPECT_EQ(fault.line, object.status().detail()->line);
    EXPECT_EQ(fault.column, object.status().detail()->column);
    EXPECT_NE(std::string::npos, object.status().Message().find(fault.message)) << object.status().Message();
    EXPECT_TRUE(object.status().Message().starts_with(fmt::format("line {}, column {}: ", fault.line, fault.column)))
        << object.status().Message();
  }
}

TEST(ReaderTest, ElementsOfWmiAreNoneOfTheCimDtd) {
  const std::string text = Instance("<PROPERTY.OBJECT NAME=\"P\"/>");
  EXPECT_EQ(code::kInvalidObject, ReadObject(text, Dtd::kCim).status().code());
  EXPECT_TRUE(ReadObject(text, Dtd::kWmi).ok());
}

// ---- limits ---------------------------------------------------------------------------------------------------------

TEST(ReaderTest, NestingHasALimit) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<a>";
    for (std::size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(Document::Parse(nested(limits::kXmlDepthMax)).ok());
  EXPECT_EQ(code::kQuotaViolation, Document::Parse(nested(limits::kXmlDepthMax + 1)).status().code());
  EXPECT_EQ(code::kQuotaViolation, ReadObject(nested(100'000), Dtd::kWmi).status().code());
}

TEST(ReaderTest, EmbeddedObjectsNestToTheLimit) {
  const auto nested = [](std::size_t depth) {
    std::string text = "<INSTANCE CLASSNAME=\"X_A\"/>";
    for (std::size_t i = 0; i < depth; ++i) {
      text.insert(0, "<PROPERTY.OBJECT NAME=\"P\"><VALUE.OBJECT>");
      text = Instance(text.append("</VALUE.OBJECT></PROPERTY.OBJECT>"));
    }
    return text;
  };
  EXPECT_TRUE(ReadObject(nested(limits::kObjectNestingMax), Dtd::kWmi).ok());
  EXPECT_EQ(code::kQuotaViolation, ReadObject(nested(limits::kObjectNestingMax + 1), Dtd::kWmi).status().code());
}

TEST(ReaderTest, TextHasALimit) {
  const std::string text(limits::kXmlBytesMax + 1, ' ');
  EXPECT_EQ(code::kQuotaViolation, ReadObject(text, Dtd::kWmi).status().code());
}

// ---- what is understood ---------------------------------------------------------------------------------------------

TEST(ReaderTest, WrappersOfTheDmtfAreLookedInto) {
  const std::string object = "<CLASS NAME=\"X_A\"/>";
  for (const std::string& text :
       {object, "<?xml version=\"1.0\" encoding=\"utf-16\"?><!DOCTYPE CIM SYSTEM \"wmi20.dtd\">" + object,
        "<VALUE.OBJECT>" + object + "</VALUE.OBJECT>",
        "<CIM CIMVERSION=\"2.0\" DTDVERSION=\"2.0\"><DECLARATION><DECLGROUP><VALUE.OBJECT>" + object +
            "</VALUE.OBJECT></DECLGROUP></DECLARATION></CIM>"}) {
    EXPECT_EQ("X_A", Read(text).schema().name());
  }
}

TEST(ReaderTest, PathGivesTheNamespaceAndTheKeys) {
  const cim::Object object = Read(
      "<VALUE.OBJECTWITHPATH><INSTANCEPATH><NAMESPACEPATH><HOST>H</HOST><LOCALNAMESPACEPATH><NAMESPACE NAME=\"root\"/>"
      "<NAMESPACE NAME=\"x\"/></LOCALNAMESPACEPATH></NAMESPACEPATH><INSTANCENAME CLASSNAME=\"X_A\"><KEYBINDING "
      "NAME=\"Id\"><KEYVALUE VALUETYPE=\"numeric\">5</KEYVALUE></KEYBINDING></INSTANCENAME></INSTANCEPATH>" +
      Instance("<PROPERTY NAME=\"Id\" TYPE=\"uint8\"><VALUE> 0x5 </VALUE></PROPERTY>") + "</VALUE.OBJECTWITHPATH>");
  EXPECT_EQ("\\\\H\\root\\x:X_A.Id=5", cim::FullPath(object));
}

TEST(ReaderTest, SystemPropertiesGiveDerivationNamespaceAndKeys) {
  const cim::Object object = Read(
      Instance("<PROPERTY.ARRAY NAME=\"__DERIVATION\" TYPE=\"string\"><VALUE.ARRAY><VALUE>X_B</VALUE><VALUE>X_C</VALUE>"
               "</VALUE.ARRAY></PROPERTY.ARRAY><PROPERTY NAME=\"__SERVER\" TYPE=\"string\"><VALUE>H</VALUE></PROPERTY>"
               "<PROPERTY NAME=\"__NAMESPACE\" TYPE=\"string\"><VALUE>ROOT</VALUE></PROPERTY><PROPERTY "
               "NAME=\"__RELPATH\" TYPE=\"string\"><VALUE>X_A.Id=\"1\"</VALUE></PROPERTY><PROPERTY NAME=\"Id\" "
               "CLASSORIGIN=\"X_C\" PROPAGATED=\"true\" TYPE=\"string\"><VALUE>1</VALUE></PROPERTY>"));
  EXPECT_EQ((std::vector<std::string>{"X_B", "X_C"}), object.schema().derivation());
  EXPECT_EQ("X_C", object.schema().properties().front().origin);
  EXPECT_EQ("\\\\H\\ROOT:X_A.Id=\"1\"", cim::FullPath(object));
  EXPECT_EQ(1u, object.schema().properties().size());
}

TEST(ReaderTest, ParametersWithoutQualifiersGoInInTheirOrder) {
  const cim::Object object = Read(
      "<CLASS NAME=\"X_A\"><METHOD NAME=\"M\" TYPE=\"uint32\"><PARAMETER NAME=\"A\" TYPE=\"string\"/>"
      "<PARAMETER.ARRAY NAME=\"B\" TYPE=\"uint8\"/></METHOD></CLASS>");
  const cim::Method& method = object.schema().methods().front();
  ASSERT_NE(nullptr, method.in);
  EXPECT_EQ(2u, method.in->properties().size());
  EXPECT_TRUE(method.in->FindProperty("B")->type.is_array);
  EXPECT_EQ(1, method.in->FindProperty("B")->qualifiers.Find("ID")->value.view().signed_integer());
  ASSERT_NE(nullptr, method.out);
  EXPECT_EQ("ReturnValue", method.out->properties().front().name);
}

TEST(ReaderTest, CimTypeNamesTheClassWhereNoAttributeDoes) {
  const cim::Object object =
      Read(Instance("<PROPERTY.REFERENCE NAME=\"R\"><QUALIFIER NAME=\"CIMTYPE\" TYPE=\"string\" TOINSTANCE=\"true\">"
                    "<VALUE>ref:X_B</VALUE></QUALIFIER></PROPERTY.REFERENCE>"));
  EXPECT_EQ("X_B", object.schema().properties().front().type.class_name);
}

TEST(ReaderTest, CharactersMayBeEntitiesOrCdata) {
  const cim::Object object =
      Read(Instance("<PROPERTY NAME=\"P\" TYPE=\"string\"><VALUE>&lt;&#65;<![CDATA[<b>&amp;]]></VALUE></PROPERTY>"));
  EXPECT_EQ("<A<b>&amp;", object.slot(0).text());
}

}  // namespace
}  // namespace wmi::xml
