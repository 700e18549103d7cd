#include "cim/object_path.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "cim/data_file_test.h"

namespace wmi::cim {
namespace {

struct Case {
  std::string verb, text, relation, expected;
};

Case SplitLine(const std::string& line) {
  Case result;
  result.verb = line.substr(0, line.find(' '));
  const std::size_t start = line.find_first_not_of(' ', result.verb.size());
  std::size_t separator = line.rfind(" => ");
  if (separator == std::string::npos) separator = line.rfind(" !! ");
  result.text = line.substr(start, separator - start);
  result.relation = line.substr(separator + 1, 2);
  result.expected = line.substr(separator + 4);
  return result;
}

void CheckFailure(const Case& c, const Status& status) {
  EXPECT_EQ(status.code(), c.verb == "ns" ? code::kInvalidNamespace : code::kInvalidObjectPath);
  ASSERT_NE(status.detail(), nullptr);
  EXPECT_EQ(status.detail()->column, std::stoi(c.expected)) << status.Message();
  EXPECT_EQ(status.detail()->line, 1);
  EXPECT_EQ(status.detail()->parameter, c.text);
}

TEST(ObjectPathTest, DataFile) {
  for (const DataLine& line : ReadDataLines("object_path.test")) {
    SCOPED_TRACE(line.where + " " + line.text);
    const Case c = SplitLine(line.text);
    const Result<ObjectPath> path = c.verb == "ns" ? ParseNamespacePath(c.text) : ParseObjectPath(c.text);
    EXPECT_EQ(path.ok(), c.relation == "=>") << path.status().Message();
    if (path.ok() != (c.relation == "=>")) continue;
    if (!path.ok()) {
      CheckFailure(c, path.status());
    } else if (c.verb == "ns") {
      EXPECT_EQ(path->server + (path->server.empty() ? "| " : " | ") + path->name_space, c.expected);
      EXPECT_TRUE(path->class_name.empty());
    } else {
      EXPECT_EQ(FormatObjectPath(*path), c.expected);
      // What is printed parses to the same.
      const Result<ObjectPath> again = ParseObjectPath(FormatObjectPath(*path));
      ASSERT_TRUE(again.ok());
      EXPECT_EQ(FormatObjectPath(*again), c.expected);
    }
  }
}

TEST(ObjectPathTest, EmptyTextFails) {
  EXPECT_EQ(ParseObjectPath("").status().code(), code::kInvalidObjectPath);
  EXPECT_EQ(ParseObjectPath("").status().detail()->column, 1);
  EXPECT_EQ(ParseNamespacePath("").status().code(), code::kInvalidParameter);
}

TEST(ObjectPathTest, ControlCharactersAndBadUtf8AreRefused) {
  EXPECT_EQ(ParseObjectPath("A.K=\"a\nb\"").status().detail()->column, 7);
  EXPECT_EQ(ParseObjectPath(std::string_view("A.K=\"a\0b\"", 9)).status().detail()->column, 7);
  EXPECT_EQ(ParseObjectPath("A.K=\"\xff\"").status().code(), code::kInvalidObjectPath);
}

TEST(ObjectPathTest, PartsOfAFullPath) {
  const ObjectPath path = ParseObjectPath(R"(\\srv\root\cimv2:Win32_Service.Name="x",N=-3,B=TRUE)").value();
  EXPECT_EQ(path.server, "srv");
  EXPECT_EQ(path.name_space, "root\\cimv2");
  EXPECT_EQ(path.class_name, "Win32_Service");
  ASSERT_EQ(path.keys.size(), 3u);
  EXPECT_EQ(path.keys[0].value, Value::Text("x"));
  EXPECT_EQ(path.keys[1].value, Value::Signed(-3));
  EXPECT_EQ(path.keys[2].value, Value::Boolean(true));
  EXPECT_FALSE(path.is_class());
  EXPECT_TRUE(ParseObjectPath("A")->is_class());
  EXPECT_FALSE(ParseObjectPath("A=@")->is_class());
}

TEST(ObjectPathTest, LengthLimitCountsCharacters) {
  const auto path_of = [](std::size_t characters) {
    std::string text = "A.K=\"";
    for (std::size_t i = 0; i < characters - 6; ++i) text += "ü";
    return text + "\"";
  };
  EXPECT_TRUE(ParseObjectPath(path_of(limits::kPathLengthMax)).ok());
  const Status status = ParseObjectPath(path_of(limits::kPathLengthMax + 1)).status();
  EXPECT_EQ(status.code(), code::kInvalidObjectPath);
  EXPECT_EQ(status.detail()->column, static_cast<int>(limits::kPathLengthMax) + 1);
}

TEST(ObjectPathTest, NameLengthLimit) {
  EXPECT_TRUE(ParseObjectPath(std::string(limits::kNameLengthMax, 'a')).ok());
  EXPECT_FALSE(ParseObjectPath(std::string(limits::kNameLengthMax + 1, 'a')).ok());
}

TEST(ObjectPathTest, KeyCountLimit) {
  const auto path_of = [](std::size_t keys) {
    std::string text = "A";
    for (std::size_t i = 0; i < keys; ++i) text += (i == 0 ? ".k" : ",k") + std::to_string(i) + "=1";
    return text;
  };
  EXPECT_TRUE(ParseObjectPath(path_of(limits::kKeysMax)).ok());
  EXPECT_FALSE(ParseObjectPath(path_of(limits::kKeysMax + 1)).ok());
}

Property Key(std::string name, CimType type) {
  Property property;
  property.name = std::move(name);
  property.type.type = type;
  property.qualifiers.Set({"key", Value::Boolean(true), {CimType::kBoolean, false, ""}});
  return property;
}

ClassPtr MakeClass(std::vector<Property> properties, std::shared_ptr<const Home> home = nullptr) {
  ClassDeclaration declaration;
  declaration.name = "Thing";
  declaration.properties = std::move(properties);
  return Class::Make(std::move(declaration), nullptr, std::move(home)).value();
}

ClassPtr Singleton(std::shared_ptr<const Home> home = nullptr) {
  ClassDeclaration declaration;
  declaration.name = "Only";
  declaration.qualifiers.Set({"singleton", Value::Boolean(true), {CimType::kBoolean, false, ""}});
  return Class::Make(std::move(declaration), nullptr, std::move(home)).value();
}

Result<std::vector<Value>> KeysOf(std::string_view path, const ClassPtr& cls) {
  return KeyValues(ParseObjectPath(path).value(), *cls);
}

TEST(KeyValuesTest, FollowKeySlotsWhateverTheOrder) {
  const ClassPtr cls = MakeClass({Key("Zeta", CimType::kString), Key("alpha", CimType::kUint32)});
  const std::vector<Value> expected = {Value::Unsigned(7), Value::Text("z")};
  EXPECT_EQ(KeysOf("Thing.Zeta=\"z\",alpha=7", cls).value(), expected);
  EXPECT_EQ(KeysOf("Thing.ALPHA=0x7,zeta=\"z\"", cls).value(), expected);
}

TEST(KeyValuesTest, ConvertToTheTypeOfTheKey) {
  struct {
    CimType type;
    const char* spelling;
    Value expected;
  } const cases[] = {
      {CimType::kSint32, "5", Value::Signed(5)},
      {CimType::kSint8, "-128", Value::Signed(-128)},
      {CimType::kUint64, "\"18446744073709551615\"", Value::Unsigned(UINT64_MAX)},
      {CimType::kUint64, "\"0x10\"", Value::Unsigned(16)},
      {CimType::kSint64, "\"-9223372036854775808\"", Value::Signed(INT64_MIN)},
      {CimType::kString, "1234", Value::Text("1234")},
      {CimType::kString, "-4", Value::Text("-4")},
      {CimType::kBoolean, "true", Value::Boolean(true)},
      {CimType::kChar16, "65", Value::Unsigned(65)},
      {CimType::kReference, "\"B.K=1\"", Value::Text("B.K=1")},
      {CimType::kDatetime, "\"20240101000000.000000+000\"", Value::Text("20240101000000.000000+000")},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.spelling);
    const ClassPtr cls = MakeClass({Key("K", c.type)});
    EXPECT_EQ(KeysOf(std::string("Thing=") + c.spelling, cls).value().front(), c.expected);
  }
}

TEST(KeyValuesTest, RefuseValuesOfAnotherType) {
  struct {
    CimType type;
    const char* spelling;
  } const cases[] = {
      {CimType::kUint8, "256"},
      {CimType::kSint8, "128"},
      {CimType::kUint32, "-1"},
      {CimType::kUint32, "\"5\""},
      {CimType::kUint64, "\"\""},
      {CimType::kUint64, "\"5x\""},
      {CimType::kBoolean, "1"},
      {CimType::kString, "TRUE"},
      {CimType::kDatetime, "\"yesterday\""},
      {CimType::kReference, "5"},
      {CimType::kSint64, "\"9223372036854775808\""},
      {CimType::kSint64, "9223372036854775808"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.spelling);
    const ClassPtr cls = MakeClass({Key("K", c.type)});
    EXPECT_EQ(KeysOf(std::string("Thing.K=") + c.spelling, cls).status().code(), code::kInvalidObjectPath);
  }
}

TEST(KeyValuesTest, MissingUnknownDoubleAndUnnamedKeysFail) {
  const ClassPtr two = MakeClass({Key("A", CimType::kString), Key("B", CimType::kString)});
  for (const char* path : {"Thing", "Thing.A=\"1\"", "Thing.A=\"1\",C=\"2\"", "Thing.A=\"1\",a=\"2\"", "Thing=\"1\"",
                           "Thing=@", "Thing.A=\"1\",B=\"2\",C=\"3\""}) {
    EXPECT_EQ(KeysOf(path, two).status().code(), code::kInvalidObjectPath) << path;
  }
  EXPECT_EQ(KeysOf("Thing=1", MakeClass({})).status().code(), code::kInvalidObjectPath);
  EXPECT_EQ(KeysOf("Thing", MakeClass({})).status().code(), code::kInvalidObjectPath);
}

TEST(KeyValuesTest, SingletonTakesOnlyTheSingletonForm) {
  EXPECT_TRUE(KeysOf("Only=@", Singleton()).value().empty());
  EXPECT_EQ(KeysOf("Only=1", Singleton()).status().code(), code::kInvalidObjectPath);
  EXPECT_EQ(KeysOf("Only", Singleton()).status().code(), code::kInvalidObjectPath);
}

TEST(PathOfObjectTest, KeysAreAlphabeticalAndEscaped) {
  const auto home = std::make_shared<const Home>(Home{"SRV", "ROOT\\cimv2"});
  const ClassPtr cls = MakeClass({Key("Zeta", CimType::kString), Key("alpha", CimType::kSint32)}, home);
  RowBlockBuilder builder;
  builder.BeginRow(cls);
  builder.SetText(0, R"(C:\"x")");
  builder.SetSigned(1, -2);
  builder.CommitRow();
  std::vector<Object> objects;
  builder.Finish(objects);
  EXPECT_EQ(RelativePath(objects[0]), R"(Thing.alpha=-2,Zeta="C:\\\"x\"")");
  EXPECT_EQ(FullPath(objects[0]), R"(\\SRV\ROOT\cimv2:Thing.alpha=-2,Zeta="C:\\\"x\"")");
  EXPECT_EQ(FullPath(Object(cls)), R"(\\SRV\ROOT\cimv2:Thing)");
  // The path leads back to the keys.
  const std::vector<Value> keys = KeysOf(*FullPath(objects[0]), cls).value();
  EXPECT_EQ(keys, (std::vector<Value>{Value::Signed(-2), Value::Text(R"(C:\"x")")}));
}

TEST(PathOfObjectTest, NoPathWithoutKeysValuesVisibilityOrHome) {
  const ClassPtr cls = MakeClass({Key("A", CimType::kString), Key("B", CimType::kString)});
  std::vector<Object> objects;
  RowBlockBuilder builder;
  builder.BeginRow(cls);
  builder.SetText(0, "a");
  builder.CommitRow();
  builder.Finish(objects);
  EXPECT_EQ(RelativePath(objects[0]), std::nullopt) << "B is NULL";

  PropertySet only_a;
  only_a.Add(0);
  RowBlockBuilder narrow(only_a);
  narrow.BeginRow(cls);
  narrow.SetText(0, "a");
  narrow.SetText(1, "b");
  narrow.CommitRow();
  narrow.Finish(objects);
  EXPECT_EQ(RelativePath(objects[1]), std::nullopt) << "B is not shown";

  EXPECT_EQ(FullPath(Object(cls)), std::nullopt) << "no home";
  EXPECT_EQ(RelativePath(Object(MakeClass({}))), "Thing");
  RowBlockBuilder keyless;
  keyless.BeginRow(MakeClass({}));
  keyless.CommitRow();
  keyless.BeginRow(Singleton());
  keyless.CommitRow();
  keyless.Finish(objects);
  EXPECT_EQ(RelativePath(objects[2]), std::nullopt);
  EXPECT_EQ(RelativePath(objects[3]), "Only=@");
  EXPECT_EQ(RelativePath(Object()), std::nullopt);
}

}  // namespace
}  // namespace wmi::cim
