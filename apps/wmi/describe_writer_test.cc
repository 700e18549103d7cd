#include "wmi/describe_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace wmi::cli {
namespace {

ClassDescription Disk() {
  ClassDescription disk;
  disk.name = "T_Disk";
  disk.name_space = "ROOT\\test";
  disk.ancestors = {"T_Device", "T_Element"};
  disk.traits = {"dynamic"};
  disk.provider = "T";
  disk.description = "A disk. It turns.";
  disk.qualifiers = {{"dynamic", {true}}};
  PropertyDescription id;
  id.name = "Id";
  id.type = "string";
  id.origin = "T_Element";
  id.key = true;
  PropertyDescription kind;
  kind.name = "Kind";
  kind.type = "uint16[]";
  kind.origin = "T_Disk";
  kind.writable = true;
  kind.units = "bytes";
  kind.description = "What it is.";
  kind.values = {{"0", "Unknown"}, {"1", "Other"}};
  disk.properties = {id, kind};
  MethodDescription method;
  method.name = "Check";
  method.return_type = "uint32";
  method.origin = "T_Disk";
  method.parameters = {{"in", "boolean", "Fix", "", 0}, {"out", "string", "Report", "", 1}};
  method.is_static = true;
  disk.methods = {method};
  return disk;
}

TEST(DescribeTextTest, TellsAllThatIsKnown) {
  EXPECT_EQ(DescribeText(Disk(), 80, Colour::kOff),
            "T_Disk : T_Device : T_Element\n"
            "  dynamic, provider T, in ROOT\\test\n"
            "\n"
            "  A disk. It turns.\n"
            "\n"
            "Properties (2)\n"
            "\n"
            "  string    Id  key, from T_Element\n"
            "\n"
            "  uint16[]  Kind  writable, in bytes\n"
            "      What it is.\n"
            "      Values: 0 = Unknown, 1 = Other\n"
            "\n"
            "Methods (1)\n"
            "\n"
            "  uint32 Check([in] boolean Fix, [out] string Report)\n"
            "      static, not implemented\n");
}

TEST(DescribeTextTest, PutsParametersOnLinesOfTheirOwnWhenTheyAreMany) {
  EXPECT_NE(DescribeText(Disk(), 40, Colour::kOff)
                .find("  uint32 Check(\n        [in] boolean Fix,\n        [out] string Report)\n"),
            std::string::npos);
}

TEST(DescribeTextTest, AnEmptyClassHasNoMethodsSection) {
  ClassDescription empty;
  empty.name = "T_Empty";
  EXPECT_EQ(DescribeText(empty, 80, Colour::kOff), "T_Empty\n\nProperties (0)\n");
}

TEST(DescribeJsonTest, HoldsTheSameFacts) {
  const auto json = DescribeJson(Disk());
  EXPECT_EQ(json["name"], "T_Disk");
  EXPECT_EQ(json["ancestors"], (nlohmann::json{"T_Device", "T_Element"}));
  EXPECT_EQ(json["qualifiers"]["dynamic"], true);
  EXPECT_EQ(json["properties"][0]["key"], true);
  EXPECT_EQ(json["properties"][1]["values"]["1"], "Other");
  EXPECT_EQ(json["methods"][0]["parameters"][1]["direction"], "out");
  EXPECT_FALSE(json["properties"][0].contains("units")) << "facts that are not there are left out";
}

}  // namespace
}  // namespace wmi::cli
