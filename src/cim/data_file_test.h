// Reads the data files of the tests: one case a line, '#' starts a comment line.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace wmi::cim {

struct DataLine {
  std::string text;
  std::string where;  // "object_path.test:12"
};

inline std::vector<DataLine> ReadDataLines(const std::string& name) {
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/src/cim/testdata/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  std::vector<DataLine> lines;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    lines.push_back({line, name + ":" + std::to_string(number)});
  }
  EXPECT_FALSE(lines.empty()) << name;
  return lines;
}

}  // namespace wmi::cim
