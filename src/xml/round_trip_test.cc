// What is written with everything included reads back as an equal object: samples as golden files, and random objects.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "xml/reader.h"
#include "xml/sample_test_support.h"
#include "xml/writer.h"

namespace wmi::xml {
namespace {

using cim::CimType;
using cim::DataType;
using cim::Value;

WriteOptions Everything(Dtd dtd) {
  WriteOptions options;
  options.dtd = dtd;
  options.qualifiers = WriteOptions::Include::kYes;
  options.class_origin = WriteOptions::Include::kYes;
  return options;
}

std::string Written(const cim::Object& object, const WriteOptions& options) {
  const Result<std::string> text = ObjectText(object, options);
  EXPECT_TRUE(text.ok()) << text.status().Message();
  return text.ok() ? *text : std::string();
}

void ExpectRoundTrip(const cim::Object& object, Dtd dtd) {
  const std::string text = Written(object, Everything(dtd));
  const Result<cim::Object> again = ReadObject(text, dtd);
  ASSERT_TRUE(again.ok()) << again.status().Message() << "\n" << text;
  ExpectSame(object, *again);
  EXPECT_EQ(text.size(), Written(*again, Everything(dtd)).size());  // qualifiers may come in another order
  if (testing::Test::HasFailure()) std::cerr << text << "\n";
}

// ---- golden files ---------------------------------------------------------------------------------------------------

// `OPENWMI_WRITE_GOLDEN=1 xml_test` writes them anew.
void ExpectGolden(const cim::Object& object, Dtd dtd, const std::string& name) {
  const std::string path = std::string(WMI_SOURCE_DIR) + "/src/xml/testdata/" + name;
  const std::string text = Written(object, Everything(dtd)) + "\n";
  if (std::getenv("OPENWMI_WRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text) << path;
}

TEST(RoundTripTest, SampleClass) {
  const cim::Object object(SampleClass());
  ExpectGolden(object, Dtd::kWmi, "class_wmi.xml");
  ExpectRoundTrip(object, Dtd::kWmi);
  ExpectGolden(object, Dtd::kCim, "class_cim.xml");  // without the default of a parameter, which has no place there
}

TEST(RoundTripTest, SampleInstance) {
  const cim::Object object = SampleInstance();
  ExpectGolden(object, Dtd::kWmi, "instance_wmi.xml");
  ExpectGolden(object, Dtd::kCim, "instance_cim.xml");
  ExpectRoundTrip(object, Dtd::kWmi);
}

// ---- random objects -------------------------------------------------------------------------------------------------

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  std::size_t Below(std::size_t end) { return engine_() % end; }
  bool Chance(std::size_t one_in) { return Below(one_in) == 0; }

  std::string Text() {
    static constexpr const char* kPieces[] = {"a",
                                              "Z",
                                              "<",
                                              ">",
                                              "&",
                                              "\"",
                                              "'",
                                              " ",
                                              "\t",
                                              "\n",
                                              "\r",
                                              "]]>",
                                              "&amp;",
                                              "\xC3\xA4",
                                              "\\",
                                              "%",
                                              ".",
                                              "=",
                                              "--",
                                              ",",
                                              "<!--",
                                              "\xE2\x82\xAC",
                                              "\xF0\x9F\x98\x80",
                                              "\\x41"};
    std::string text;
    for (std::size_t i = Below(8); i > 0; --i) text += kPieces[Below(std::size(kPieces))];
    return text;
  }

  Value Scalar(const DataType& type, int depth) {
    switch (type.type) {
      case CimType::kBoolean:
        return Value::Boolean(Chance(2));
      case CimType::kSint8:
        return Value::Signed(static_cast<std::int8_t>(engine_()));
      case CimType::kSint16:
        return Value::Signed(static_cast<std::int16_t>(engine_()));
      case CimType::kSint32:
        return Value::Signed(static_cast<std::int32_t>(engine_()));
      case CimType::kSint64:
        return Value::Signed(static_cast<std::int64_t>(Wide()));
      case CimType::kUint8:
        return Value::Unsigned(engine_() & 0xFF);
      case CimType::kUint16:
      case CimType::kChar16:
        return Value::Unsigned(engine_() & 0xFFFF);
      case CimType::kUint32:
        return Value::Unsigned(engine_());
      case CimType::kUint64:
        return Value::Unsigned(Wide());
      case CimType::kReal32:
        return Value::Real(static_cast<double>(static_cast<float>(Below(1000)) / 7.0F));
      case CimType::kReal64:
        return Value::Real(static_cast<double>(static_cast<std::int64_t>(Wide())) / 7e5);
      case CimType::kDatetime:
        return Value::Text(Chance(2) ? "20240229235959.123456-300" : "00000012030405.000006:000");
      case CimType::kReference:
        return Value::Text(Reference());
      case CimType::kObject:
        return Value::OfObject(Chance(4) ? cim::Object(Class(depth + 1)) : Instance(depth + 1));
      default:
        return Value::Text(Text());
    }
  }

  std::string Reference() {
    static constexpr const char* kPaths[] = {"X_A",
                                             "X_A=@",
                                             "X_A.Id=\"1\"",
                                             "X_A.Id=\"1\",Number=-5,On=TRUE",
                                             "X_A=\"short\"",
                                             "X_A=17",
                                             "ROOT\\cimv2:X_A.Id=\"a\\\\b\\\"c\"",
                                             "\\\\HOST\\ROOT\\cimv2:X_A",
                                             "\\\\HOST\\ROOT\\a\\b:X_A.Number=18446744073709551615",
                                             "\\\\.\\root:X_A=@",
                                             "//host/root:X_A",
                                             "X_A.Ref=\"X_B.Id=\\\"1\\\"\"",
                                             "X_A.On=FALSE",
                                             "not a path at all <&>",
                                             ""};
    return kPaths[Below(std::size(kPaths))];
  }

  Value Any(const DataType& type, int depth) {
    if (Chance(5)) return Value();
    if (!type.is_array) return Scalar(type, depth);
    std::vector<Value> items;
    for (std::size_t i = Below(4); i > 0; --i) items.push_back(Scalar(type, depth));
    return Value::Array(std::move(items));
  }

  DataType Type(int depth) {
    static constexpr CimType kTypes[] = {
        CimType::kBoolean,  CimType::kSint8,  CimType::kSint16,    CimType::kSint32, CimType::kSint64, CimType::kUint8,
        CimType::kUint16,   CimType::kUint32, CimType::kUint64,    CimType::kReal32, CimType::kReal64, CimType::kString,
        CimType::kDatetime, CimType::kChar16, CimType::kReference, CimType::kObject, CimType::kString};
    const CimType type = kTypes[Below(std::size(kTypes) - (depth >= 3 ? 2 : 0))];
    DataType result{type == CimType::kObject && depth >= 3 ? CimType::kString : type, Chance(3), {}};
    if (type == CimType::kReference && Chance(2)) result.class_name = "X_A";
    return result;
  }

  std::uint32_t Flavors() {
    std::uint32_t flavors = 0;
    for (const std::uint32_t each :
         {cim::flavor::kToInstance, cim::flavor::kToSubclass, cim::flavor::kNotOverridable, cim::flavor::kAmended}) {
      if (Chance(2)) flavors |= each;
    }
    return flavors;
  }

  cim::QualifierSet Qualifiers(const std::string& stem) {
    static constexpr CimType kTypes[] = {CimType::kBoolean, CimType::kSint32, CimType::kReal64, CimType::kString};
    cim::QualifierSet qualifiers;
    for (std::size_t i = Below(4); i > 0; --i) {
      const DataType type{kTypes[Below(std::size(kTypes))], Chance(4), {}};
      Value value = Any(type, 9);
      if (value.is_null()) value = Value::Array({});
      if (value.view().kind() == cim::ValueKind::kArray && !type.is_array) value = Scalar(type, 9);
      qualifiers.Set({stem + std::to_string(i), std::move(value), type, Flavors(), false});
    }
    return qualifiers;
  }

  cim::ClassDeclaration Declaration(const std::string& name, const cim::ClassPtr& superclass, int depth) {
    cim::ClassDeclaration declaration;
    declaration.name = name;
    declaration.qualifiers = Qualifiers("Of" + name);
    for (std::size_t i = Below(5); i > 0; --i) {
      const DataType type = Type(depth);
      declaration.properties.push_back(TestProperty(name + "_p" + std::to_string(i), type, Any(type, depth)));
      declaration.properties.back().qualifiers = Qualifiers("In" + name);
    }
    if (superclass != nullptr && !superclass->properties().empty() && Chance(2)) {
      const cim::Property& inherited = superclass->properties()[Below(superclass->properties().size())];
      if (!inherited.is_key) {
        declaration.properties.push_back(TestProperty(inherited.name, inherited.type, Scalars(inherited.type, depth)));
        declaration.properties.back().qualifiers = Qualifiers("Over" + name);
      }
    }
    for (std::size_t i = Below(3); i > 0; --i)
      declaration.methods.push_back(Method(name + "_m" + std::to_string(i), depth));
    return declaration;
  }

  cim::Method Method(const std::string& name, int depth) {
    cim::ClassDeclaration in;
    cim::ClassDeclaration out;
    std::int64_t id = 0;
    for (std::size_t i = Below(4); i > 0; --i, ++id) {
      cim::Property parameter = TestProperty("p" + std::to_string(id), Type(depth));
      parameter.qualifiers = Qualifiers("Par");
      parameter.qualifiers.Set(TestQualifier("ID", Value::Signed(id), {CimType::kSint32, false, {}}, Flavors()));
      const std::size_t sides = Below(3);
      if (sides != 0) AddTo(parameter, "in", in);
      if (sides != 1) AddTo(parameter, "out", out);
    }
    if (Chance(2)) {
      DataType type = Type(depth);
      type.is_array = false;
      AddTo(TestProperty("ReturnValue", type), "out", out);
    }
    cim::Method method;
    method.name = name;
    method.qualifiers = Qualifiers("OfM");
    method.in = Side(std::move(in));
    method.out = Side(std::move(out));
    return method;
  }

  cim::ClassPtr Class(int depth) {
    const auto home = Chance(2) ? std::make_shared<const cim::Home>(cim::Home{"HOST", "ROOT\\a\\b"}) : nullptr;
    cim::ClassPtr schema;
    for (std::size_t level = 0, levels = 1 + Below(3); level < levels; ++level) {
      cim::ClassDeclaration declaration =
          Declaration("X" + std::to_string(depth) + std::to_string(level), schema, depth);
      if (level == 0 && Chance(2)) {
        declaration.properties.push_back(TestProperty("Id", {CimType::kString, false, {}}, {},
                                                      {TestFlag("Key", kEverywhere | cim::flavor::kNotOverridable)}));
      }
      schema = TestMake(std::move(declaration), schema, home);
    }
    return schema;
  }

  cim::Object Instance(int depth) {
    const cim::ClassPtr schema = Class(depth);
    std::vector<Value> values;
    cim::InstanceQualifiers own;
    for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) {
      const cim::Property& property = schema->properties()[slot];
      values.push_back(property.is_key ? Value::Text("key" + std::to_string(Below(9))) : Any(property.type, depth));
      if (Chance(3)) own.EnsureProperty(slot) = Qualifiers("Own");
    }
    if (Chance(3)) own.of_object = Qualifiers("Own");
    return TestInstance(schema, values, std::move(own));
  }

 private:
  std::uint64_t Wide() { return std::uint64_t{engine_()} << 32 | engine_(); }

  // An override with NULL leaves the default to the superclass.
  Value Scalars(const DataType& type, int depth) {
    Value value = Any(type, depth);
    return value.is_null() && type.is_array ? Value::Array({}) : value.is_null() ? Scalar(type, depth) : value;
  }

  static void AddTo(cim::Property parameter, const char* direction, cim::ClassDeclaration& side) {
    parameter.qualifiers.Set(TestFlag(direction));
    side.properties.push_back(std::move(parameter));
  }

  static cim::ClassPtr Side(cim::ClassDeclaration side) {
    if (side.properties.empty()) return nullptr;
    side.name = "__PARAMETERS";
    return TestMake(std::move(side));
  }

  std::mt19937 engine_;
};

TEST(RoundTripTest, RandomObjectsInBothDtds) {
  const std::uint32_t first = std::random_device()();
  for (std::uint32_t seed = first; seed != first + 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const cim::Object object = random.Chance(2) ? cim::Object(random.Class(0)) : random.Instance(0);
    ExpectRoundTrip(object, Dtd::kWmi);
    ExpectRoundTrip(object, Dtd::kCim);
  }
}

}  // namespace
}  // namespace wmi::xml
