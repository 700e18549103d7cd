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

TEST(QueryShapeTest, KnowsWhichQueriesGiveClasses) {
  for (const char* query : {"SELECT * FROM Meta_Class", "ASSOCIATORS OF {A} WHERE SchemaOnly",
                            "references of {A.B=1} where ResultClass = X classdefsonly"}) {
    EXPECT_EQ(ShapeOf(query).gives, QueryShape::Gives::kClasses) << query;
  }
  for (const char* query : {"SELECT * FROM A", "ASSOCIATORS OF {A.B=\"ClassDefsOnly\"}", "ASSOCIATORS OF {A", "x"}) {
    EXPECT_EQ(ShapeOf(query).gives, QueryShape::Gives::kObjects) << query;
  }
}

TEST(QueryShapeTest, KnowsWhoseAssociationsAreAskedFor) {
  EXPECT_EQ(ShapeOf("ASSOCIATORS OF { A.B=\"}\" } WHERE KeysOnly").path, "A.B=\"}\"");
  EXPECT_EQ(ShapeOf("SELECT * FROM A").path, "");
}

}  // namespace
}  // namespace wmi::cli
