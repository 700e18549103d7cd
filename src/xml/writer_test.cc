#include "xml/writer.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "cim/class_edit.h"
#include "cim/property_set.h"
#include "xml/output.h"
#include "xml/reader.h"
#include "xml/sample_test_support.h"

namespace wmi::xml {
namespace {

using cim::CimType;
using cim::Value;
using Include = WriteOptions::Include;
using Path = WriteOptions::Path;

// Without system properties, which say little here.
WriteOptions Short() {
  WriteOptions options;
  options.system_properties = Include::kNo;
  return options;
}

std::string Text(const cim::Object& object, const WriteOptions& options) {
  const Result<std::string> text = ObjectText(object, options);
  return text.ok() ? *text : std::string(CodeName(text.status().code()));
}

cim::ClassPtr Thing(const std::shared_ptr<const cim::Home>& home) {
  cim::ClassDeclaration base;
  base.name = "X_Base";
  base.properties = {TestProperty("Id", {CimType::kString, false, {}}, {},
                                  {TestFlag("key", kEverywhere | cim::flavor::kNotOverridable)})};
  cim::ClassDeclaration thing;
  thing.name = "X_Thing";
  thing.properties = {TestProperty("Size", {CimType::kUint8, false, {}}, Value::Unsigned(4))};
  return TestMake(std::move(thing), TestMake(std::move(base), nullptr, home), home);
}

std::shared_ptr<const cim::Home> Home() { return std::make_shared<const cim::Home>(cim::Home{"HOST", "ROOT\\cimv2"}); }

cim::Object ThingInstance() { return TestInstance(Thing(Home()), {Value::Text("one"), Value()}); }

TEST(WriterTest, DefaultsAreThoseOfThePage) {
  const std::string text = Text(ThingInstance(), WriteOptions());
  EXPECT_NE(std::string::npos, text.find("<PROPERTY NAME=\"__PATH\" TYPE=\"string\">"));
  EXPECT_EQ(std::string::npos, text.find("QUALIFIER"));
  EXPECT_EQ(std::string::npos, text.find("CLASSORIGIN"));
  EXPECT_TRUE(text.starts_with("<INSTANCE CLASSNAME=\"X_Thing\">"));
}

TEST(WriterTest, SystemPropertiesQualifiersAndOriginsAsAsked) {
  EXPECT_EQ(
      "<INSTANCE CLASSNAME=\"X_Thing\">\n"
      "  <PROPERTY NAME=\"Id\" PROPAGATED=\"true\" TYPE=\"string\">\n"
      "    <VALUE>one</VALUE>\n"
      "  </PROPERTY>\n"
      "  <PROPERTY NAME=\"Size\" TYPE=\"uint8\"/>\n"
      "</INSTANCE>",
      Text(ThingInstance(), Short()));
  WriteOptions options = Short();
  options.qualifiers = Include::kYes;
  EXPECT_NE(std::string::npos, Text(ThingInstance(), options).find("<QUALIFIER NAME=\"key\""));
  options = Short();
  options.class_origin = Include::kYes;
  EXPECT_NE(std::string::npos, Text(ThingInstance(), options).find("NAME=\"Id\" CLASSORIGIN=\"X_Base\""));
}

TEST(WriterTest, LocalOnlyLeavesOutWhatIsInherited) {
  WriteOptions options = Short();
  options.members = WriteOptions::Members::kLocalOnly;
  EXPECT_EQ(
      "<CLASS NAME=\"X_Thing\" SUPERCLASS=\"X_Base\">\n"
      "  <PROPERTY NAME=\"Size\" TYPE=\"uint8\">\n"
      "    <VALUE>4</VALUE>\n"
      "  </PROPERTY>\n"
      "</CLASS>",
      Text(cim::Object(Thing(Home())), options));
}

TEST(WriterTest, PathLevels) {
  WriteOptions options = Short();
  options.members = WriteOptions::Members::kLocalOnly;
  const std::string name =
      "<INSTANCENAME CLASSNAME=\"X_Thing\">\n"
      "    <KEYBINDING NAME=\"Id\">\n"
      "      <KEYVALUE VALUETYPE=\"string\">one</KEYVALUE>\n"
      "    </KEYBINDING>\n"
      "  </INSTANCENAME>\n";
  const std::string instance =
      "  <INSTANCE CLASSNAME=\"X_Thing\">\n"
      "    <PROPERTY NAME=\"Size\" TYPE=\"uint8\"/>\n"
      "  </INSTANCE>\n";
  options.path = Path::kName;
  EXPECT_EQ("<VALUE.NAMEDOBJECT>\n  " + name + instance + "</VALUE.NAMEDOBJECT>", Text(ThingInstance(), options));
  EXPECT_TRUE(Text(cim::Object(Thing(Home())), options).starts_with("<VALUE.NAMEDOBJECT>\n  <CLASS NAME="));
  options.path = Path::kLocalPath;
  EXPECT_TRUE(Text(ThingInstance(), options)
                  .starts_with("<VALUE.OBJECTWITHLOCALPATH>\n"
                               "  <LOCALINSTANCEPATH>\n"
                               "    <LOCALNAMESPACEPATH>\n"
                               "      <NAMESPACE NAME=\"ROOT\"/>\n"
                               "      <NAMESPACE NAME=\"cimv2\"/>\n"
                               "    </LOCALNAMESPACEPATH>\n"
                               "    <INSTANCENAME "));
  options.path = Path::kFullPath;
  EXPECT_TRUE(Text(cim::Object(Thing(Home())), options)
                  .starts_with("<VALUE.OBJECTWITHPATH>\n"
                               "  <CLASSPATH>\n"
                               "    <NAMESPACEPATH>\n"
                               "      <HOST>HOST</HOST>\n"));
  EXPECT_NE(std::string::npos, Text(cim::Object(Thing(Home())), options).find("<CLASSNAME NAME=\"X_Thing\"/>"));
}

TEST(WriterTest, ObjectsWithoutAPathOrANameAreRefusedWhereTheyNeedOne) {
  WriteOptions options = Short();
  options.path = Path::kFullPath;
  EXPECT_EQ("WBEM_E_INVALID_OBJECT", Text(TestInstance(Thing(nullptr), {Value::Text("one")}), options));
  EXPECT_EQ("WBEM_E_INVALID_OBJECT", Text(TestInstance(Thing(Home()), {}), options));
  options.path = Path::kNone;
  EXPECT_EQ("WBEM_E_INCOMPLETE_CLASS", Text(cim::MakeEmptyClass(), options));
}

TEST(WriterTest, ProjectionsHaveWhatWasSelected) {
  cim::PropertySet selected;
  selected.Add(1);
  cim::RowBlockBuilder row(selected);
  row.BeginRow(Thing(Home()));
  row.CommitRow();
  std::vector<cim::Object> rows;
  row.Finish(rows);
  const std::string text = Text(rows.front(), Short());
  EXPECT_EQ(std::string::npos, text.find("\"Id\""));
  EXPECT_NE(std::string::npos, text.find("\"Size\""));
}

TEST(WriterTest, CharactersThatXmlCannotHoldAreReplaced) {
  EXPECT_EQ("a\xEF\xBF\xBD\t\n&#13;b\xEF\xBF\xBD", EscapedText("a\x01\t\n\rb\xEF\xBF\xBF"));
  EXPECT_EQ("\xEF\xBF\xBD", EscapedText("\xFF"));
  EXPECT_EQ("&quot;&#9;&#10;&#13;&amp;&lt;&gt;'", EscapedAttribute("\"\t\n\r&<>'"));
  const cim::Object object = TestInstance(Thing(Home()), {Value::Text(std::string("\0\x1F\xEF\xBF\xBE", 5))});
  EXPECT_TRUE(ReadObject(Text(object, Short()), Dtd::kWmi).ok());
}

// Each level of the CIM form escapes the ones inside it.
TEST(WriterTest, NestingToTheLimitAndNoFurther) {
  cim::ClassDeclaration declaration;
  declaration.name = "X_Nest";
  declaration.properties = {TestProperty("Inside", {CimType::kObject, false, {}})};
  const cim::ClassPtr nest = TestMake(std::move(declaration));
  cim::Object object = TestInstance(nest, {});
  for (std::size_t depth = 0; depth < limits::kObjectNestingMax; ++depth) {
    object = TestInstance(nest, {Value::OfObject(object)});
  }
  WriteOptions options = Short();
  for (const Dtd dtd : {Dtd::kWmi, Dtd::kCim}) {
    options.dtd = dtd;
    const Result<cim::Object> again = ReadObject(Text(object, options), dtd);
    ASSERT_TRUE(again.ok()) << again.status().Message();
    ExpectSame(object, *again);
  }
  const cim::Object deeper = TestInstance(nest, {Value::OfObject(object)});
  options.dtd = Dtd::kWmi;
  EXPECT_EQ("WBEM_E_QUOTA_VIOLATION", Text(deeper, options));
  options.dtd = Dtd::kCim;
  EXPECT_EQ("WBEM_E_QUOTA_VIOLATION", Text(deeper, options));
}

}  // namespace
}  // namespace wmi::xml
