// Reads the data files of the WQL tests and compares what they expect; the format stands in tests/wql/README.md.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/codes.h"
#include "base/status.h"
#include "cim/class.h"
#include "cim/property_set.h"

namespace wmi::wql::testing {

struct Expectation {
  std::string what;  // "rows", "classes", "error", ...
  std::string value;
};

struct Case {
  std::string file;
  int line = 0;
  std::string query;
  std::vector<Expectation> expectations;
};

inline std::string Trim(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

inline std::vector<Case> ReadFile(const std::filesystem::path& path) {
  std::vector<Case> cases;
  std::ifstream in(path);
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    if (text.empty() || text[0] == '#') continue;
    if (text.starts_with("| ")) {
      cases.back().query += "\n" + text.substr(2);
      continue;
    }
    const std::size_t colon = text.find(':');
    const std::string what = text.substr(0, colon);
    if (what == "query") {
      cases.push_back({path.filename(), line, text.substr(std::min(text.size(), colon + 2)), {}});
    } else {
      cases.back().expectations.push_back({what, Trim(text.substr(colon + 1))});
    }
  }
  return cases;
}

inline std::multiset<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::multiset<std::string> words;
  std::string word;
  while (in >> word) words.insert(word);
  if (words == std::multiset<std::string>{"none"}) words.clear();
  return words;
}

inline std::multiset<std::string> Names(const cim::PropertySet& set, const cim::Class& schema) {
  if (set.is_all()) return {"*"};
  std::multiset<std::string> names;
  for (std::size_t i = 0; i < schema.properties().size(); ++i) {
    if (set.Contains(i)) names.insert(schema.properties()[i].name);
  }
  return names;
}

// "WBEM_E_INVALID_QUERY 1:9 part of the message", or the code alone for what is wrong with no word of the query.
inline void CheckError(const Case& test, const std::string& expected, const Status& status) {
  ASSERT_FALSE(status.ok()) << "accepted; expected " << expected;
  if (expected.find(' ') == std::string::npos) {
    EXPECT_EQ(CodeName(status.code()), expected) << status.Message();
    return;
  }
  ASSERT_NE(status.detail(), nullptr);
  const std::string found = fmt::format("{} {}:{} {}", CodeName(status.code()), status.detail()->line,
                                        status.detail()->column, status.detail()->message);
  const std::size_t message = expected.find(' ', expected.find(' ') + 1);
  const std::string place = expected.substr(0, message);
  EXPECT_TRUE(found.starts_with(place + " ")) << "found    " << found << "\nexpected " << expected;
  if (message != std::string::npos) {
    EXPECT_NE(found.find(expected.substr(message + 1)), std::string::npos)
        << "found    " << found << "\nexpected " << expected;
  }
  EXPECT_EQ(status.detail()->parameter, test.query);
}

}  // namespace wmi::wql::testing
