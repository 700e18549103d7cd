// Random object paths: what is printed parses to the same, in every spelling that contract 8.5 allows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "cim/datetime.h"
#include "cim/object_path.h"

namespace wmi::cim {
namespace {

constexpr unsigned kSeed = 85085;

class RandomPath {
 public:
  // References inside references as deep as `depth`: their escapes double at each level.
  ObjectPath Make(int depth) {
    ObjectPath path;
    path.class_name = Name();
    if (Number(0, 2) != 0) {
      path.name_space = Name();
      for (std::uint64_t i = Number(0, 3); i > 0; --i) path.name_space += '\\' + Name();
      path.names_server = Number(0, 1) == 0;
      if (path.names_server && Number(0, 1) == 0) path.server = Server();
    }
    const std::uint64_t form = Number(0, 9);
    if (form == 0) return path;
    path.is_singleton = form == 1;
    if (path.is_singleton) return path;
    if (form == 2) {
      path.keys.push_back({"", KeyValue(depth)});
      return path;
    }
    std::set<std::string> names;
    for (std::uint64_t i = Number(1, 4); i > 0; --i) {
      std::string name = Name();
      if (names.insert(Fold(name)).second) path.keys.push_back({std::move(name), KeyValue(depth)});
    }
    return path;
  }

  // One of the spellings of a path: either slash, either quote, "." for this machine, any order of keys, signs and
  // hexadecimal digits for integers, any case of booleans.
  std::string Spell(const ObjectPath& path) {
    std::string out;
    if (path.names_server) {
      out += Slash();
      out += Slash();
      out += path.server.empty() ? "." : path.server;
      out += Slash();
    }
    for (const char c : path.name_space) out += c == '\\' ? Slash() : c;
    if (!path.name_space.empty()) out += ':';
    out += path.class_name;
    if (path.is_singleton) return out + "=@";
    std::vector<const ObjectPath::Key*> order;
    for (const ObjectPath::Key& key : path.keys) order.push_back(&key);
    std::shuffle(order.begin(), order.end(), engine_);
    char separator = '.';
    for (const ObjectPath::Key* key : order) {
      if (!key->name.empty()) out += separator + key->name;
      out += '=' + SpellValue(key->value.view());
      separator = ',';
    }
    return out;
  }

  std::uint64_t Number(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(least, most)(engine_);
  }

 private:
  char Slash() { return Number(0, 1) == 0 ? '\\' : '/'; }

  std::string Name() {
    static constexpr std::string_view kFirst[] = {"A", "z", "_", "Win32_", "é", "Ж", "中", "𝒳"};
    static constexpr std::string_view kLater[] = {"a", "Z", "0", "9", "_", "ß", "я", "文", "😀"};
    std::string name(kFirst[Number(0, std::size(kFirst) - 1)]);
    for (std::uint64_t i = Number(0, 6); i > 0; --i) name += kLater[Number(0, std::size(kLater) - 1)];
    return name;
  }

  std::string Server() {
    static constexpr std::string_view kServers[] = {"host", "HOST-1", "a.example.org", "10.0.0.1", "ñandú", "x_y"};
    return std::string(kServers[Number(0, std::size(kServers) - 1)]);
  }

  std::string Text() {
    static constexpr std::string_view kPieces[] = {"\"", "'",  "\\", "\\\\", "/",    ":",   ".",
                                                   ",",  "=",  "@",  " ",    "a",    "B",   "7",
                                                   "ü",  "中", "😀", "%20",  "\x7f", "=\"", "\\\""};
    std::string text;
    for (std::uint64_t i = Number(0, 12); i > 0; --i) text += kPieces[Number(0, std::size(kPieces) - 1)];
    return text;
  }

  Value KeyValue(int depth) {
    switch (Number(0, depth > 0 ? 6 : 5)) {
      case 0:
        return Value::Boolean(Number(0, 1) == 0);
      case 1:  // the parser gives what has no minus sign as unsigned
        return Value::Signed(-1 - static_cast<std::int64_t>(Number(0, INT64_MAX) >> Number(0, 62)));
      case 2:
        return Value::Unsigned(Number(0, UINT64_MAX) >> Number(0, 63));
      case 3:  // datetime
        return Value::Text(FormatDatetime(static_cast<std::int64_t>(Number(0, 2'000'000'000'000'000)), 60));
      case 6:  // reference
        return Value::Text(FormatObjectPath(Make(depth - 1)));
      default:
        return Value::Text(Text());
    }
  }

  std::string SpellValue(ValueView value) {
    if (value.kind() == ValueKind::kBoolean) {
      static constexpr std::string_view kSpellings[] = {"TRUE", "true", "True", "FALSE", "false", "fAlSe"};
      return std::string(kSpellings[(value.boolean() ? 0 : 3) + Number(0, 2)]);
    }
    if (value.kind() == ValueKind::kSigned) return std::to_string(value.signed_integer());
    if (value.kind() == ValueKind::kUnsigned) {
      char hexadecimal[32];
      const auto number = static_cast<unsigned long long>(value.unsigned_integer());
      std::snprintf(hexadecimal, sizeof hexadecimal, Number(0, 1) == 0 ? "0x%llx" : "0X%llX", number);
      const std::string decimal = std::to_string(value.unsigned_integer());
      const std::string spellings[] = {decimal, "+" + decimal, "00" + decimal, hexadecimal};
      return spellings[Number(0, 3)];
    }
    const char quote = Number(0, 1) == 0 ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : value.text()) {
      const bool may_be_escaped = c == '"' || c == '\'';
      if (c == '\\' || c == quote || (may_be_escaped && Number(0, 1) == 0)) out += '\\';
      out += c;
    }
    return out + quote;
  }

  std::mt19937_64 engine_{kSeed};
};

// Same parts; keys in any order.
void ExpectSame(const ObjectPath& expected, const ObjectPath& path) {
  EXPECT_EQ(path.server, expected.server);
  EXPECT_EQ(path.name_space, expected.name_space);
  EXPECT_EQ(path.class_name, expected.class_name);
  EXPECT_EQ(path.is_singleton, expected.is_singleton);
  ASSERT_EQ(path.keys.size(), expected.keys.size());
  for (const ObjectPath::Key& key : expected.keys) {
    const auto same_name = [&](const ObjectPath::Key& other) { return other.name == key.name; };
    const auto found = std::find_if(path.keys.begin(), path.keys.end(), same_name);
    ASSERT_NE(found, path.keys.end()) << key.name;
    EXPECT_EQ(found->value, key.value) << key.name;
  }
}

TEST(ObjectPathPropertyTest, PrintedPathsParseToTheSame) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  RandomPath random;
  std::size_t keys = 0;
  for (int i = 0; i < 5000 && !testing::Test::HasFailure(); ++i) {
    const ObjectPath path = random.Make(2);
    const std::string printed = FormatObjectPath(path);
    SCOPED_TRACE(printed);
    if (CharacterCount(printed) > limits::kPathLengthMax) continue;  // escapes in escapes
    const Result<ObjectPath> parsed = ParseObjectPath(printed);
    ASSERT_TRUE(parsed.ok()) << parsed.status().Message();
    ExpectSame(path, *parsed);
    EXPECT_EQ(FormatObjectPath(*parsed), printed);
    ExpectSame(path, ParsePath(printed, SingleName::kClass).value());
    keys += path.keys.size();
  }
  EXPECT_GT(keys, 5000u);
}

TEST(ObjectPathPropertyTest, EverySpellingParsesToTheSame) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  RandomPath random;
  for (int i = 0; i < 5000 && !testing::Test::HasFailure(); ++i) {
    const ObjectPath path = random.Make(1);
    const std::string spelling = random.Spell(path);
    SCOPED_TRACE(spelling);
    if (CharacterCount(spelling) > limits::kPathLengthMax) continue;
    const Result<ObjectPath> parsed = ParseObjectPath(spelling);
    ASSERT_TRUE(parsed.ok()) << parsed.status().Message();
    ExpectSame(path, *parsed);
    EXPECT_EQ(parsed->names_server, path.names_server);
  }
}

TEST(ObjectPathPropertyTest, APathCutAnywhereParsesOrNamesAColumnInside) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  RandomPath random;
  for (int i = 0; i < 2000; ++i) {
    const std::string whole = random.Spell(random.Make(1));
    const std::string text = whole.substr(0, random.Number(0, whole.size()));
    const Result<ObjectPath> parsed = ParseObjectPath(text);
    if (parsed.ok()) continue;
    ASSERT_EQ(parsed.status().code(), code::kInvalidObjectPath) << text;
    ASSERT_GE(parsed.status().detail()->column, 1) << text;
    ASSERT_LE(parsed.status().detail()->column, static_cast<int>(CharacterCount(text)) + 1) << text;
  }
}

TEST(ParsePathTest, EndsEarlyOrHoldsAClass) {
  struct {
    const char* text;
    bool names_server;
    const char* server;
    const char* name_space;
    const char* class_name;
  } const rows[] = {
      {"", false, "", "", ""},
      {"\\\\host", true, "host", "", ""},
      {"//host/", true, "host", "", ""},
      {"\\\\.", true, "", "", ""},
      {"\\\\host\\root", true, "host", "root", ""},
      {"//./root/cimv2", true, "", "root\\cimv2", ""},
      {"root\\cimv2", false, "", "root\\cimv2", ""},
      {"root", false, "", "", "root"},
      {"root\\cimv2:A", false, "", "root\\cimv2", "A"},
      {"\\\\host\\root:A=@", true, "host", "root", "A"},
      {"A.K=\"x\\\\y:z\"", false, "", "", "A"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const Result<ObjectPath> path = ParsePath(row.text, SingleName::kClass);
    ASSERT_TRUE(path.ok()) << path.status().Message();
    EXPECT_EQ(path->names_server, row.names_server);
    EXPECT_EQ(path->server, row.server);
    EXPECT_EQ(path->name_space, row.name_space);
    EXPECT_EQ(path->class_name, row.class_name);
  }
}

TEST(ParsePathTest, ASingleNameIsWhatIsAskedFor) {
  EXPECT_EQ(ParsePath("root", SingleName::kNamespace)->name_space, "root");
  EXPECT_EQ(ParsePath("root", SingleName::kNamespace)->class_name, "");
  EXPECT_EQ(ParsePath("root=@", SingleName::kNamespace)->class_name, "root");
  EXPECT_EQ(ParsePath("root:A", SingleName::kNamespace)->class_name, "A");
  EXPECT_EQ(ParsePath("", SingleName::kNamespace)->name_space, "");
}

TEST(ParsePathTest, FailuresNameTheColumn) {
  struct {
    const char* text;
    int column;
  } const rows[] = {{"\\\\", 3},   {"\\root", 1},     {"\\\\host:A", 7}, {"\\\\host\\:A", 8},
                    {"root\\", 6}, {"root\\x:", 8},   {"root\\x!", 7},   {"1A", 1},
                    {"A.", 3},     {"\\\\h\\\\r", 5}, {"root:", 6},      {" ", 1}};
  for (const auto& row : rows) {
    const Status status = ParsePath(row.text, SingleName::kClass).status();
    EXPECT_EQ(status.code(), code::kInvalidObjectPath) << row.text;
    EXPECT_EQ(status.detail() == nullptr ? 0 : status.detail()->column, row.column) << row.text;
  }
}

TEST(ParsePathTest, NamespaceDepthLimit) {
  std::string deepest = "n";
  for (std::size_t level = 1; level < limits::kNamespaceDepthMax; ++level) deepest += "\\n";
  EXPECT_TRUE(ParsePath(deepest, SingleName::kNamespace).ok());
  EXPECT_TRUE(ParseNamespacePath(deepest).ok());
  EXPECT_TRUE(ParseObjectPath(deepest + ":A").ok());
  deepest += "\\n";
  EXPECT_EQ(ParsePath(deepest, SingleName::kNamespace).status().code(), code::kInvalidObjectPath);
  EXPECT_EQ(ParseNamespacePath(deepest).status().code(), code::kInvalidNamespace);
  EXPECT_EQ(ParseObjectPath(deepest + ":A").status().code(), code::kInvalidObjectPath);
}

TEST(FormatKeyValueTest, WritesTheKindsOfKeys) {
  EXPECT_EQ(FormatKeyValue(Value::Text("a\"\\'").view()), R"("a\"\\'")");
  EXPECT_EQ(FormatKeyValue(Value::Boolean(true).view()), "TRUE");
  EXPECT_EQ(FormatKeyValue(Value::Boolean(false).view()), "FALSE");
  EXPECT_EQ(FormatKeyValue(Value::Signed(-5).view()), "-5");
  EXPECT_EQ(FormatKeyValue(Value::Unsigned(UINT64_MAX).view()), "18446744073709551615");
  EXPECT_EQ(FormatKeyValue(ValueView()), "");
}

}  // namespace
}  // namespace wmi::cim
