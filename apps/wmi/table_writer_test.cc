#include "wmi/table_writer.h"

#include <gtest/gtest.h>

#include <clocale>
#include <sstream>

#include "wmi/value_text.h"

namespace wmi::cli {
namespace {

Row Disk(const std::string& name, std::uint64_t size, const std::string& type) {
  return {{{"Name", {name}}, {"Size", {size}}, {"Type", {type}}}};
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class TableWriterTest : public testing::Test {
 protected:
  void SetUp() override { std::setlocale(LC_CTYPE, "C.UTF-8"); }

  std::string text_;
};

TEST_F(TableWriterTest, AlignsTextLeftAndNumbersRightWithoutTrailingBlanks) {
  TableWriter writer({"Name", "Size", "Type"}, 0, Colour::kOff);
  writer.Write(Disk("/", 5, "ext4"), text_);
  writer.Write(Disk("/boot/efi", 123456, "vfat"), text_);
  EXPECT_EQ(text_, "") << "rows wait for the widths";
  EXPECT_TRUE(writer.HoldsBack());
  writer.Flush(text_);
  EXPECT_EQ(text_,
            "Name         Size  Type\n"
            "/               5  ext4\n"
            "/boot/efi  123456  vfat\n");
}

TEST_F(TableWriterTest, WritesRowsAtOnceWhenTheWidthsAreFixed) {
  TableWriter writer({"Name", "Size"}, 0, Colour::kOff);
  writer.Write(Disk("/", 5, "ext4"), text_);
  writer.Flush(text_);
  text_.clear();
  writer.Write(Disk("/a-longer-name", 7, "ext4"), text_);
  EXPECT_FALSE(writer.HoldsBack());
  EXPECT_EQ(text_, "/a-longer-name     7\n") << "into a pipe nothing is cut";
}

TEST_F(TableWriterTest, CutsTextButNeverNumbersToTheWidth) {
  TableWriter writer({"Name", "Size", "Type"}, 30, Colour::kOff);
  writer.Write(Disk("/a/very/long/name/of/a/mount/point", 123456789012, "a type of file system"), text_);
  writer.Finish(text_);
  for (const std::string& line : Lines(text_)) EXPECT_LE(DisplayWidth(line), 30u) << line;
  EXPECT_NE(text_.find("123456789012"), std::string::npos);
  EXPECT_NE(text_.find("…"), std::string::npos);
}

TEST_F(TableWriterTest, LeavesOutColumnsThatHaveNoRoomAndSaysHowMany) {
  TableWriter writer({"A", "B", "C", "D"}, 20, Colour::kOff);
  writer.Write({{{"A", {std::uint64_t{1234567}}},
                 {"B", {std::uint64_t{1234567}}},
                 {"C", {std::uint64_t{1234567}}},
                 {"D", {std::uint64_t{1234567}}}}},
               text_);
  writer.Finish(text_);
  EXPECT_EQ(writer.HiddenColumns(), 2u);
  EXPECT_EQ(Lines(text_).at(1), "1234567  1234567");
}

TEST_F(TableWriterTest, GivesTheRestOfTheLineToTheLastColumn) {
  TableWriter writer({"Size", "Name"}, 40, Colour::kOff);
  writer.Write(Disk("/", 5, "ext4"), text_);
  writer.Flush(text_);
  text_.clear();
  writer.Write(Disk("/a/name/longer/than/the/first", 7, "ext4"), text_);
  EXPECT_EQ(text_, "   7  /a/name/longer/than/the/first\n");
}

TEST_F(TableWriterTest, ShowsNullAndMissingAsEmpty) {
  TableWriter writer({"Name", "None", "Size"}, 0, Colour::kOff);
  writer.Write({{{"Name", {}}, {"Size", {std::uint64_t{1}}}}}, text_);
  writer.Finish(text_);
  EXPECT_EQ(Lines(text_).at(1), "               1");
}

TEST_F(TableWriterTest, WritesTheHeaderOfNoRows) {
  TableWriter writer({"Name", "Size"}, 0, Colour::kOff);
  writer.Finish(text_);
  EXPECT_EQ(text_, "Name  Size\n");
}

TEST_F(TableWriterTest, DoesNotHoldMoreThanAThousandRows) {
  TableWriter writer({"Name"}, 0, Colour::kOff);
  for (int i = 0; i < 1000; ++i) writer.Write(Disk("/", 5, "ext4"), text_);
  EXPECT_FALSE(writer.HoldsBack());
  EXPECT_EQ(Lines(text_).size(), 1001u);
}

TEST_F(TableWriterTest, ColoursTheHeaderOnly) {
  TableWriter writer({"Name"}, 0, Colour::kOn);
  writer.Write(Disk("/", 5, "ext4"), text_);
  writer.Finish(text_);
  EXPECT_EQ(text_, "\x1b[1mName\x1b[0m\n/\n");
}

TEST_F(TableWriterTest, EveryLineFitsWhateverTheWidth) {
  for (std::size_t width = 20; width < 90; ++width) {
    TableWriter writer({"Name", "Size", "Type"}, width, Colour::kOff);
    std::string text;
    writer.Write(Disk("日本語のとても長い名前のディスク", 123456, "x"), text);
    writer.Write(Disk("b", 1, "a type with a name of some length, and more"), text);
    writer.Finish(text);
    for (const std::string& line : Lines(text)) EXPECT_LE(DisplayWidth(line), width) << line;
  }
}

}  // namespace
}  // namespace wmi::cli
