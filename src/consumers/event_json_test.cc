#include "consumers/event_json.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "consumers/event_for_test.h"
#include "consumers/limits.h"

namespace wmi::consumers {
namespace {

TEST(EventJson, WritesEveryKindOfValue) {
  const cim::Object event = ObjectFromMof(
      R"(class Part { string Name; };
         class Whole {
           [key] string Id; boolean Yes; sint64 Low; uint64 High; char16 Letter; real32 Third; real64 Half;
           datetime When; string Empty[]; uint8 Bytes[]; Part One; Part Parts[]; string Nothing; Whole ref Other;
         };
         instance of Whole {
           Id = "a\"\\\n\x0001\x00e9/"; Yes = TRUE; Low = -9223372036854775808; High = 18446744073709551615; Letter = 'A';
           Third = 0.3; Half = 0.5; When = "20240102030405.000000+060"; Empty = {}; Bytes = {1, 2};
           One = instance of Part { Name = "x"; }; Parts = {instance of Part { Name = "y"; }, instance of Part { }};
         };)",
      "Whole.Id=\"a\\\"\\\\\n\x01\u00e9/\"");
  EXPECT_EQ(
      R"({"__CLASS":"Whole","__PATH":"\\\\HOST\\ROOT\\test:Whole.Id=\"a\\\"\\\\\u000a\u0001é/\"",)"
      R"("Id":"a\"\\\u000a\u0001é/","Yes":true,"Low":-9223372036854775808,"High":18446744073709551615,"Letter":65,)"
      R"("Third":0.3,"Half":0.5,"When":"20240102030405.000000+060","Empty":[],"Bytes":[1,2],)"
      R"("One":{"__CLASS":"Part","__PATH":null,"Name":"x"},)"
      R"("Parts":[{"__CLASS":"Part","__PATH":null,"Name":"y"},{"__CLASS":"Part","__PATH":null,"Name":null}],)"
      R"("Nothing":null,"Other":null})",
      EventJson(event).value());
}

cim::Object WithText(const std::string& text, double real) {
  const cim::ClassPtr schema =
      ObjectFromMof("class A { [key] uint8 Id; string T; real64 R; }; instance of A { Id = 1; };", "A.Id=1")
          .schema_ptr();
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  builder.SetText(*schema->FindSlot("T"), text);
  builder.SetReal(*schema->FindSlot("R"), real);
  builder.CommitRow();
  std::vector<cim::Object> objects;
  builder.Finish(objects);
  return objects.front();
}

TEST(EventJson, WhatJsonCannotHoldIsReplaced) {
  EXPECT_EQ("{\"__CLASS\":\"A\",\"__PATH\":null,\"Id\":null,\"T\":\"a\uFFFD\\u0000b\",\"R\":null}",
            EventJson(WithText(std::string("a\xFF\0b", 4), std::numeric_limits<double>::infinity())).value());
}

TEST(EventJson, IsBounded) {
  const std::size_t frame = EventJson(WithText("", 0)).value().size();
  EXPECT_EQ(kEventJsonBytesMax, EventJson(WithText(std::string(kEventJsonBytesMax - frame, 'x'), 0)).value().size());
  EXPECT_EQ(code::kQuotaViolation,
            EventJson(WithText(std::string(kEventJsonBytesMax - frame + 1, 'x'), 0)).status().code());
}

}  // namespace
}  // namespace wmi::consumers
