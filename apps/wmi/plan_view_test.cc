#include "wmi/plan_view.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace wmi::cli {
namespace {

Row Step(std::uint64_t number, const char* operation, Value class_name, std::uint64_t read, std::uint64_t rows,
         std::uint64_t microseconds) {
  return {{{"Step", {number}},
           {"Operation", {std::string(operation)}},
           {"Class", class_name},
           {"Server", class_name.IsNull() ? Value{} : Value{std::string("repository")}},
           {"Detail", {}},
           {"RowsRead", {read}},
           {"Rows", {rows}},
           {"Microseconds", {microseconds}}}};
}

std::vector<Row> TwoSteps() {
  return {Step(1, "Bind", {}, 0, 0, 250), Step(2, "Scan", {std::string("A_Tool")}, 120, 0, 12345)};
}

std::string Text(const std::vector<Row>& steps, Format format, std::size_t width = 0) {
  WriterOptions options;
  options.format = format;
  options.width = width;
  return PlanText(steps, std::move(options));
}

TEST(PlanViewTest, ATableHasTimesThatCompareAndNoEmptyColumns) {
  EXPECT_EQ(Text(TwoSteps(), Format::kTable),
            "Step  Operation  Class   Server      Read  Rows  Time\n"
            "   1  Bind                                        0.250 ms\n"
            "   2  Scan       A_Tool  repository   120     0  12.345 ms\n");
}

TEST(PlanViewTest, AListLeavesOutWhatNoStepHas) {
  EXPECT_EQ(Text({Step(1, "Bind", {}, 0, 0, 250)}, Format::kList),
            "Step      : 1\n"
            "Operation : Bind\n"
            "Time      : 0.250 ms\n");
}

TEST(PlanViewTest, FormsForProgramsHaveEveryProperty) {
  EXPECT_EQ(Text(TwoSteps(), Format::kCsv),
            "Step,Operation,Class,Server,Detail,RowsRead,Rows,Microseconds\n"
            "1,Bind,,,,0,0,250\n"
            "2,Scan,A_Tool,repository,,120,0,12345\n");
  EXPECT_EQ(Text({TwoSteps().back()}, Format::kJsonLines),
            "{\"Step\":2,\"Operation\":\"Scan\",\"Class\":\"A_Tool\",\"Server\":\"repository\",\"Detail\":null,"
            "\"RowsRead\":120,\"Rows\":0,\"Microseconds\":12345}\n");
}

TEST(PlanViewTest, ANarrowTerminalCutsTextsAndNoNumbers) {
  const std::string text = Text(TwoSteps(), Format::kTable, 60);
  EXPECT_NE(text.find("   2  Scan"), std::string::npos);
  EXPECT_NE(text.find("120     0"), std::string::npos);
}

TEST(PlanViewTest, OfNoStepsIsNothing) {
  EXPECT_EQ(Text({}, Format::kTable), "");
  EXPECT_EQ(Text({}, Format::kJson), "[]\n");
}

}  // namespace
}  // namespace wmi::cli
