// The writers of json, jsonl, csv and list.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "wmi/writer.h"

namespace wmi::cli {
namespace {

Row Process(std::uint64_t id, const std::string& name) {
  return {{{"ProcessId", {id}}, {"Name", {name}}, {"Started", {DateTime{"20261122130200.500000+060"}}}, {"Owner", {}}}};
}

std::string WriteAll(WriterOptions options, const std::vector<Row>& rows) {
  const std::unique_ptr<Writer> writer = MakeWriter(std::move(options));
  std::string text;
  for (const Row& row : rows) writer->Write(row, text);
  writer->Finish(text);
  return text;
}

WriterOptions With(Format format, ResultKind kind = ResultKind::kMany) {
  WriterOptions options;
  options.format = format;
  options.kind = kind;
  return options;
}

TEST(JsonWriterTest, GivesOneArrayInTheOrderOfTheProperties) {
  const auto json = nlohmann::ordered_json::parse(
      WriteAll(With(Format::kJson), {Process(std::numeric_limits<std::uint64_t>::max(), "a\n\"b\""), Process(2, "ä")}));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["ProcessId"], std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(json[0]["Name"], "a\n\"b\"");
  EXPECT_EQ(json[0]["Started"], "20261122130200.500000+060");
  EXPECT_TRUE(json[0]["Owner"].is_null());
  EXPECT_EQ(json[0].begin().key(), "ProcessId");
  EXPECT_EQ(json[1]["Name"], "ä");
}

TEST(JsonWriterTest, GivesAnEmptyArrayForNoObjects) { EXPECT_EQ(WriteAll(With(Format::kJson), {}), "[]\n"); }

TEST(JsonWriterTest, GivesASingleObjectWithoutArray) {
  const auto json = nlohmann::json::parse(WriteAll(With(Format::kJson, ResultKind::kOne), {Process(1, "init")}));
  EXPECT_TRUE(json.is_object());
}

TEST(JsonWriterTest, NestsArraysAndEmbeddedObjects) {
  const Row inner{{{"X", {std::int64_t{-1}}}}};
  const Row row{{{"List", {Value::Array{{true}, {}}}}, {"Object", {std::make_shared<const Row>(inner)}}}};
  EXPECT_EQ(WriteAll(With(Format::kJsonLines), {row}), "{\"List\":[true,null],\"Object\":{\"X\":-1}}\n");
}

TEST(JsonWriterTest, EachObjectIsThereAsSoonAsItIsWritten) {
  const std::unique_ptr<Writer> writer = MakeWriter(With(Format::kJson));
  std::string text;
  writer->Write(Process(1, "init"), text);
  EXPECT_TRUE(nlohmann::json::accept(text + "]"));
}

TEST(JsonLinesWriterTest, GivesAnObjectALine) {
  const std::string text = WriteAll(With(Format::kJsonLines), {Process(1, "a\nb"), Process(2, "c")});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_EQ(nlohmann::json::parse(text.substr(0, text.find('\n')))["Name"], "a\nb");
}

TEST(CsvWriterTest, QuotesWhatNeedsItAndTellsNullFromEmpty) {
  WriterOptions options = With(Format::kCsv);
  options.columns = {"ProcessId", "Name", "Owner"};
  EXPECT_EQ(WriteAll(options, {Process(1, "a,\"b\""), Process(2, ""), Process(3, "line\nbreak")}),
            "ProcessId,Name,Owner\n"
            "1,\"a,\"\"b\"\"\",\n"
            "2,\"\",\n"
            "3,\"line\nbreak\",\n");
}

TEST(CsvWriterTest, WritesTheHeaderEvenWithoutRows) {
  WriterOptions options = With(Format::kCsv);
  options.columns = {"A", "B"};
  EXPECT_EQ(WriteAll(options, {}), "A,B\n");
}

TEST(CsvWriterTest, TakesColumnsFromTheFirstRowWhenThereAreNone) {
  EXPECT_EQ(WriteAll(With(Format::kCsv), {Process(1, "init")}),
            "ProcessId,Name,Started,Owner\n1,init,20261122130200.500000+060,\n");
}

TEST(CsvWriterTest, WritesArraysAsJson) {
  const Row row{{{"List", {Value::Array{{std::string("a")}, {std::string("b")}}}}}};
  EXPECT_EQ(WriteAll(With(Format::kCsv), {row}), "List\n\"[\"\"a\"\",\"\"b\"\"]\"\n");
}

TEST(ListWriterTest, AlignsNamesAndSeparatesObjects) {
  EXPECT_EQ(WriteAll(With(Format::kList), {Process(1, "init"), Process(2, "")}),
            "ProcessId : 1\n"
            "Name      : init\n"
            "Started   : 2026-11-22 13:02:00 +01:00\n"
            "Owner     :\n"
            "\n"
            "ProcessId : 2\n"
            "Name      :\n"
            "Started   : 2026-11-22 13:02:00 +01:00\n"
            "Owner     :\n");
}

TEST(ListWriterTest, ColoursNamesOnlyWhenAsked) {
  WriterOptions options = With(Format::kList);
  options.colour = Colour::kOn;
  EXPECT_NE(WriteAll(options, {Process(1, "init")}).find("\x1b[1mName\x1b[0m"), std::string::npos);
}

}  // namespace
}  // namespace wmi::cli
