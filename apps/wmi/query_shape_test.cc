#include "wmi/query_shape.h"

#include <gtest/gtest.h>

namespace wmi::cli {
namespace {

using Names = std::vector<std::string>;

TEST(QueryShapeTest, KeepsTheOrderAndSpellingOfTheList) {
  const QueryShape shape = ShapeOf("select  name,ProcessId , T.x\nFROM Win32_Process WHERE Name = 'from'");
  EXPECT_EQ(shape.columns, (Names{"name", "ProcessId", "T.x"}));
  EXPECT_EQ(shape.class_name, "Win32_Process");
}

TEST(QueryShapeTest, AStarMeansAll) {
  for (const char* query : {"SELECT * FROM A", "SELECT*FROM A", "SELECT Name, * FROM A"}) {
    EXPECT_EQ(ShapeOf(query).columns, Names{}) << query;
    EXPECT_EQ(ShapeOf(query).class_name, "A") << query;
  }
}

TEST(QueryShapeTest, WrongQueriesHaveNoShape) {
  for (const char* query : {"", "   ", "SELECT", "SELECT a, b", "DELETE FROM A", "ASSOCIATORS OF {A=1}"}) {
    EXPECT_EQ(ShapeOf(query).columns, Names{}) << query;
    EXPECT_EQ(ShapeOf(query).class_name, "") << query;
  }
}

TEST(QueryShapeTest, KnowsTheClassThatStandsForAllClasses) {
  EXPECT_TRUE(IsSchemaClass("Meta_Class"));
  EXPECT_FALSE(IsSchemaClass("Win32_Process"));
}

}  // namespace
}  // namespace wmi::cli
