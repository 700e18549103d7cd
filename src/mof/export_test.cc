// What is exported compiles back to the same objects.
#include "mof/export.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "cim/instance_edit.h"
#include "mof/compile_for_test.h"
#include "mof/same_for_test.h"
#include "mof/synthetic_schema_for_test.h"
#include "mof/writer.h"

namespace wmi::mof {
namespace {

std::string Export(TestWorld& world, std::vector<cim::ClassPtr> classes, std::string_view name_space = "ROOT\\test") {
  const std::vector<cim::Object> instances = world.target().Instances(name_space);
  std::size_t next = 0;
  ExportedNamespace exported;
  exported.name = std::string(name_space);
  exported.classes = std::move(classes);
  exported.next_instance = [&]() -> Result<cim::Object> {
    return next == instances.size() ? cim::Object() : instances[next++];
  };
  std::string text;
  const Status status = WriteNamespace(exported, Creation::kWrite, [&](std::string_view piece) {
    text += piece;
    return Status();
  });
  EXPECT_TRUE(status.ok());
  return text;
}

// Compiles, exports, compiles what was exported, and compares.
void CheckRoundTrip(const std::string& text) {
  TestWorld first;
  ASSERT_EQ(ErrorsOf(first.Compile(text).errors), "");
  const std::vector<cim::ClassPtr> classes = first.target().TakeClasses();
  const std::string exported = Export(first, classes);
  TestWorld second;
  ASSERT_EQ(ErrorsOf(second.Compile(exported).errors), "");
  for (const cim::ClassPtr& cls : classes) {
    const cim::ClassPtr again = second.FindClass(cls->name());
    ASSERT_NE(again, nullptr) << cls->name();
    if (IsSameClass(*cls, *again)) continue;
    ADD_FAILURE() << cls->name() << " is another one";
    ExpectSameClass(*cls, *again);
    if (testing::Test::HasFailure()) FAIL() << ClassText(*cls) << "\n" << ClassText(*again);
  }
  ASSERT_EQ(first.Paths(), second.Paths());
  const std::vector<cim::Object> before = first.target().Instances("ROOT\\test");
  const std::vector<cim::Object> after = second.target().Instances("ROOT\\test");
  for (std::size_t i = 0; i < before.size(); ++i) {
    ExpectSameInstance(before[i], after[i]);
    if (testing::Test::HasFailure()) FAIL() << InstanceText(before[i]) << "\n" << InstanceText(after[i]);
  }
  EXPECT_EQ(Export(second, second.target().TakeClasses()), exported);
}

TEST(ExportTest, ASchemaOfTwoThousandClassesComesBack) {
  SyntheticSchema schema(20240229);
  std::string text = schema.Classes(2'000);
  for (int i = 0; i < 200; ++i) text += schema.Instance();
  CheckRoundTrip(text);
}

TEST(ExportTest, RandomSchemasComeBack) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (std::uint32_t i = 0; i < 20; ++i) {
    SyntheticSchema schema(seed + i);
    std::string text = schema.Classes(15);
    for (int k = 0; k < 5; ++k) text += schema.Instance();
    CheckRoundTrip(text);
    if (HasFatalFailure()) FAIL() << text;
  }
}

// Values that nobody would write.
class RandomValues {
 public:
  explicit RandomValues(std::uint32_t seed) : random_(seed) {}

  cim::Value Value(const cim::DataType& type) {
    if (random_() % 8 == 0) return {};
    if (!type.is_array) return Scalar(type.type);
    std::vector<cim::Value> items;
    for (std::size_t i = random_() % 4; i > 0; --i) items.push_back(Scalar(type.type));
    return cim::Value::Array(std::move(items));
  }

 private:
  std::uint64_t Bits(unsigned bits) { return (random_() | std::uint64_t{random_()} << 32) >> (64 - bits); }
  static std::int64_t Signed(std::uint64_t bits, unsigned size) {
    return static_cast<std::int64_t>(bits << (64 - size)) >> (64 - size);
  }

  std::string Text() {
    std::wstring wide;
    for (std::size_t i = random_() % 12; i > 0; --i) {
      const wchar_t any = static_cast<wchar_t>(1 + random_() % (random_() % 2 == 0 ? 0x7F : 0x10FFFE));
      wide += any;
    }
    return Utf8FromWide(wide);
  }

  cim::Value Scalar(cim::CimType type) {
    using cim::CimType;
    using V = cim::Value;
    switch (type) {
      case CimType::kSint8:
        return V::Signed(Signed(Bits(8), 8));
      case CimType::kSint16:
        return V::Signed(Signed(Bits(16), 16));
      case CimType::kSint32:
        return V::Signed(Signed(Bits(32), 32));
      case CimType::kSint64:
        return V::Signed(Signed(Bits(64), 64));
      case CimType::kUint8:
        return V::Unsigned(Bits(8));
      case CimType::kUint16:
      case CimType::kChar16:
        return V::Unsigned(Bits(16));
      case CimType::kUint32:
        return V::Unsigned(Bits(32));
      case CimType::kUint64:
        return V::Unsigned(Bits(64));
      case CimType::kReal32:
        return V::Real(static_cast<double>(static_cast<float>(Signed(Bits(40), 40)) / 1024));
      case CimType::kReal64:
        return V::Real(std::ldexp(static_cast<double>(Signed(Bits(64), 64)), static_cast<int>(random_() % 1800) - 900));
      case CimType::kBoolean:
        return V::Boolean(random_() % 2 == 0);
      case CimType::kDatetime:
        return V::Text("20240229120000.000000+***");
      default:
        return V::Text(Text());
    }
  }

  std::mt19937 random_;
};

TEST(ExportTest, InstancesOfRandomValuesComeBack) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  TestWorld world;
  ASSERT_TRUE(world
                  .Compile(R"(
      class V { [key] uint32 Number; sint8 a = 1; uint8 b; sint16 c; uint16 d = 3; sint32 e; uint32 f; sint64 g; uint64 h;
        real32 i = 1.5; real64 j; boolean k = TRUE; string l = "x"; datetime m; char16 n = 'c'; V ref o; string p[];
        sint64 q[] = {1}; uint64 r[]; real64 s[]; char16 t[]; boolean u[]; datetime v[]; object ref w[]; };)")
                  .ok());
  const cim::ClassPtr schema = world.FindClass("V");
  RandomValues random(seed);
  for (unsigned round = 0; round < 300; ++round) {
    cim::Object instance = cim::WithValue(cim::NewInstance(schema), 0, cim::ValueView::Unsigned(round));
    for (std::size_t slot = 1; slot < schema->properties().size(); ++slot) {
      const cim::Value value = random.Value(schema->properties()[slot].type);
      instance = cim::WithValue(instance, slot, value.view());
    }
    const std::string text = InstanceText(instance);
    ASSERT_EQ(ErrorsOf(world.Compile(text).errors), "") << text;
    ExpectSameInstance(instance, world.Find("V.Number=" + std::to_string(round)));
    if (HasFailure()) FAIL() << text;
  }
}

TEST(ExportTest, ClassesComeAfterWhatTheyNeed) {
  TestWorld world;
  ASSERT_TRUE(world
                  .Compile("class Z { string s; }; class Y : Z { }; class A : Y { object o = instance of Z { }; };"
                           "class B { void M([in] object o = instance of A { }); };"
                           "class C { object o[] = {instance of B { }, instance of X1 { }}; };"
                           "class X1 { };")
                  .errors.size() == 1);
  ASSERT_TRUE(world.Compile("class C { object o[] = {instance of B { }, instance of X1 { }}; };").ok());
  std::vector<std::string> names;
  for (const cim::ClassPtr& cls : InCompileOrder(world.target().TakeClasses())) names.push_back(cls->name());
  const auto place = [&](const char* name) { return std::find(names.begin(), names.end(), name) - names.begin(); };
  EXPECT_EQ(names.size(), 6u);
  EXPECT_LT(place("Z"), place("Y"));
  EXPECT_LT(place("Y"), place("A"));
  EXPECT_LT(place("A"), place("B"));
  EXPECT_LT(place("B"), place("C"));
  EXPECT_LT(place("X1"), place("C"));
}

TEST(ExportTest, NamespacesAreMadeAndClassesOfTheSystemLeftOut) {
  TestWorld world;
  ASSERT_TRUE(world
                  .Compile("instance of __NAMESPACE { Name = \"a\"; };\n#pragma namespace (\"root\\\\test\\\\a\")\n"
                           "class A { [key] string K; }; instance of A { K = \"\\\\\"; };")
                  .ok());
  std::vector<cim::ClassPtr> classes = world.target().TakeClasses();
  classes.push_back(world.FindClass("__NAMESPACE"));
  const std::string text = Export(world, classes, "ROOT\\test\\a");
  EXPECT_EQ(text,
            "#pragma namespace (\"\\\\\\\\.\\\\ROOT\\\\test\")\n"
            "instance of __NAMESPACE\n{\n\tName = \"a\";\n};\n"
            "#pragma namespace (\"\\\\\\\\.\\\\ROOT\\\\test\\\\a\")\n"
            "\nclass A\n{\n\t[key : ToInstance ToSubclass DisableOverride] string K;\n};\n"
            "\ninstance of A\n{\n\tK = \"\\\\\";\n};\n");
  TestWorld other;
  EXPECT_EQ(ErrorsOf(other.Compile(text).errors), "");
  EXPECT_EQ(other.Paths("ROOT\\test\\a"), world.Paths("ROOT\\test\\a"));
  EXPECT_EQ(NamespaceCreation("ROOT"), NamespaceDirective("ROOT"));
}

TEST(ExportTest, FailuresOfBothEndsComeThrough) {
  ExportedNamespace exported;
  exported.name = "ROOT";
  EXPECT_EQ(
      WriteNamespace(exported, Creation::kOmit, [](std::string_view) { return Status(code::kOutOfDiskSpace); }).code(),
      code::kOutOfDiskSpace);
  exported.next_instance = [] { return Result<cim::Object>(Status(code::kCallCancelled)); };
  EXPECT_EQ(WriteNamespace(exported, Creation::kOmit, [](std::string_view) { return Status(); }).code(),
            code::kCallCancelled);
}

}  // namespace
}  // namespace wmi::mof
