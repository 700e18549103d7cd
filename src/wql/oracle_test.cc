// Compares the whole way from text to matches with a naive evaluator that shares no code with it: own tree, own
// three-valued logic, own text comparison (ASCII only), own LIKE.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "wql/query.h"
#include "wql/test_table.h"

namespace wmi::wql {
namespace {

using testing::MakeKey;
using testing::MakeProperty;

// -- The world: rows as plain structs, every combination of a few values.

struct PlainRow {
  std::string k;
  std::int64_t n = 0;
  std::optional<std::int64_t> u;
  std::optional<std::int64_t> s;
  std::optional<bool> b;
  std::optional<std::string> t;
};

std::vector<PlainRow> AllRows() {
  std::vector<PlainRow> rows;
  const std::vector<std::optional<std::int64_t>> us{std::nullopt, 0, 1, 2};
  const std::vector<std::optional<std::int64_t>> ss{std::nullopt, -1, 0, 1};
  const std::vector<std::optional<bool>> bs{std::nullopt, false, true};
  const std::vector<std::optional<std::string>> ts{std::nullopt, "", "a", "aB", "b%"};
  std::int64_t n = 0;
  for (const auto& u : us) {
    for (const auto& s : ss) {
      for (const auto& b : bs) {
        for (const auto& t : ts) {
          rows.push_back({n % 2 == 0 ? "a" : "Bb", n / 2, u, s, b, t});
          ++n;
        }
      }
    }
  }
  return rows;
}

class World : public ClassFinder {
 public:
  World() : plain_(AllRows()) {
    cim::ClassDeclaration declaration;
    declaration.name = "O";
    declaration.properties = {MakeKey("K", cim::CimType::kString),       MakeKey("N", cim::CimType::kUint16),
                              MakeProperty("U", cim::CimType::kUint32),  MakeProperty("S", cim::CimType::kSint8),
                              MakeProperty("B", cim::CimType::kBoolean), MakeProperty("T", cim::CimType::kString)};
    schema_ = cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
    for (const PlainRow& row : plain_) Fill(row);
    builder_.Finish(objects_);
  }

  cim::ClassPtr FindClass(std::string_view name) const override { return name == "O" ? schema_ : nullptr; }
  const std::vector<PlainRow>& plain() const { return plain_; }
  const std::vector<cim::Object>& objects() const { return objects_; }
  cim::Row row(std::size_t index) const {
    row_.clear();
    for (std::size_t i = 0; i < 6; ++i) row_.push_back(objects_[index].slot(i));
    return {schema_.get(), row_.data()};
  }

 private:
  void Fill(const PlainRow& row) {
    builder_.BeginRow(schema_);
    builder_.SetText(0, row.k);
    builder_.SetUnsigned(1, static_cast<std::uint64_t>(row.n));
    if (row.u) builder_.SetUnsigned(2, static_cast<std::uint64_t>(*row.u));
    if (row.s) builder_.SetSigned(3, *row.s);
    if (row.b) builder_.SetBoolean(4, *row.b);
    if (row.t) builder_.SetText(5, *row.t);
    builder_.CommitRow();
  }

  std::vector<PlainRow> plain_;
  cim::ClassPtr schema_;
  cim::RowBlockBuilder builder_;
  std::vector<cim::Object> objects_;
  mutable std::vector<cim::ValueView> row_;
};

const World& TheWorld() {
  static const World world;
  return world;
}

// -- The naive evaluator.

enum class Truth { kFalse, kTrue, kUnknown };

struct Plain {
  char kind = 't';  // & | ! t
  std::vector<std::shared_ptr<Plain>> children;
  char property = 'U';
  std::string op = "=";
  std::int64_t number = 0;
  std::string text;
};
using PlainPtr = std::shared_ptr<Plain>;

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool NaiveLike(const std::string& pattern, const std::string& text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (NaiveLike(pattern.substr(1), text.substr(i))) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern[0] == '[') {
    const std::size_t close = pattern.find(']');
    std::string set = pattern.substr(1, close - 1);
    const bool complement = set[0] == '^';
    if (complement) set = set.substr(1);
    bool member = false;
    if (set.size() == 3 && set[1] == '-') {
      for (int c = set[0]; c <= set[2]; ++c) member = member || c == text[0];
    } else {
      for (const char c : set) member = member || c == text[0];
    }
    return member != complement && NaiveLike(pattern.substr(close + 1), text.substr(1));
  }
  return (pattern[0] == '_' || pattern[0] == text[0]) && NaiveLike(pattern.substr(1), text.substr(1));
}

Truth FromOrder(int order, const std::string& op) {
  const bool yes = op == "="    ? order == 0
                   : op == "<>" ? order != 0
                   : op == "<"  ? order < 0
                   : op == "<=" ? order <= 0
                   : op == ">"  ? order > 0
                                : order >= 0;
  return yes ? Truth::kTrue : Truth::kFalse;
}

template <typename T>
Truth CompareNaive(const std::optional<T>& value, const T& constant, const std::string& op) {
  if (!value) return Truth::kUnknown;
  return FromOrder(*value < constant ? -1 : *value == constant ? 0 : 1, op);
}

Truth TestNaive(const Plain& test, const PlainRow& row) {
  const bool is_null = (test.property == 'U' && !row.u) || (test.property == 'S' && !row.s) ||
                       (test.property == 'B' && !row.b) || (test.property == 'T' && !row.t);
  if (test.op == "IS NULL") return is_null ? Truth::kTrue : Truth::kFalse;
  if (test.op == "IS NOT NULL") return is_null ? Truth::kFalse : Truth::kTrue;
  if (is_null) return Truth::kUnknown;
  switch (test.property) {
    case 'U':
      return CompareNaive(row.u, test.number, test.op);
    case 'S':
      return CompareNaive(row.s, test.number, test.op);
    case 'N':
      return CompareNaive(std::optional(row.n), test.number, test.op);
    case 'B':
      return CompareNaive(row.b, test.number != 0, test.op);
    default:
      break;
  }
  const std::string value = Lower(test.property == 'K' ? row.k : *row.t);
  if (test.op == "LIKE") return NaiveLike(Lower(test.text), value) ? Truth::kTrue : Truth::kFalse;
  return CompareNaive(std::optional(value), Lower(test.text), test.op);
}

Truth EvaluateNaive(const Plain& node, const PlainRow& row) {
  if (node.kind == 't') return TestNaive(node, row);
  if (node.kind == '!') {
    const Truth child = EvaluateNaive(*node.children[0], row);
    return child == Truth::kUnknown ? child : child == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
  }
  const Truth deciding = node.kind == '&' ? Truth::kFalse : Truth::kTrue;
  bool unknown = false;
  for (const PlainPtr& child : node.children) {
    const Truth value = EvaluateNaive(*child, row);
    if (value == deciding) return deciding;
    unknown = unknown || value == Truth::kUnknown;
  }
  return unknown ? Truth::kUnknown : node.kind == '&' ? Truth::kTrue : Truth::kFalse;
}

// -- Printing. AND inside OR needs no parentheses; anything else that could be read another way gets them.

std::string Mirror(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

std::string PrintTest(const Plain& test, std::uint32_t style) {
  std::string name(1, test.property);
  if (style % 2 == 1) name = Lower(name);
  if (test.op.starts_with("IS")) return name + " " + test.op;
  std::string constant = std::to_string(test.number);
  if (test.property == 'B') constant = test.number != 0 ? (style % 3 == 0 ? "1" : "TRUE") : "False";
  if (test.property == 'K' || test.property == 'T')
    constant = style % 3 == 0 ? "'" + test.text + "'" : "\"" + test.text + "\"";
  if (test.op == "LIKE") return name + " like " + constant;
  if (style % 5 == 0 && test.property != 'B') return constant + Mirror(test.op) + name;
  return name + " " + test.op + " " + constant;
}

std::string Print(const Plain& node, std::uint32_t style) {
  if (node.kind == 't') return PrintTest(node, style);
  if (node.kind == '!') {
    const Plain& child = *node.children[0];
    return child.kind == 't' ? "NOT " + Print(child, style / 2) : "not (" + Print(child, style / 2) + ")";
  }
  std::string out;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Plain& child = *node.children[i];
    if (i != 0) out += node.kind == '&' ? " AND " : " or ";
    const bool needs = node.kind == '&' && child.kind == '|';
    out += needs ? "(" : "";
    out += Print(child, style / 2 + static_cast<std::uint32_t>(i));
    out += needs ? ")" : "";
  }
  return out;
}

// -- The comparison.

bool InTuples(const PlainRow& row, const std::vector<std::vector<cim::Value>>& tuples) {
  for (const std::vector<cim::Value>& tuple : tuples) {
    if (Lower(std::string(tuple[0].view().text())) == Lower(row.k) &&
        tuple[1].view().unsigned_integer() == static_cast<std::uint64_t>(row.n)) {
      return true;
    }
  }
  return false;
}

struct Tally {
  std::size_t matches = 0;
  std::size_t lookups = 0;
};

void Check(const Plain& node, std::uint32_t style, Tally& tally) {
  const std::string text = "SELECT * FROM O WHERE " + Print(node, style);
  const auto tree = Parse(text);
  ASSERT_TRUE(tree.ok()) << text << "\n" << tree.status().Message();
  const auto query = Bind(*tree.value(), TheWorld());
  ASSERT_TRUE(query.ok()) << text << "\n" << query.status().Message();
  const auto tuples = query->filter->KeyTuples();
  tally.lookups += tuples ? 1 : 0;
  for (std::size_t i = 0; i < TheWorld().plain().size(); ++i) {
    const PlainRow& row = TheWorld().plain()[i];
    const bool expected = EvaluateNaive(node, row) == Truth::kTrue;
    const bool found = query->filter->Matches(TheWorld().row(i));
    ASSERT_EQ(found, expected) << text << "\nrow " << row.k << "/" << row.n;
    if (expected && tuples) {
      ASSERT_TRUE(InTuples(row, *tuples)) << text << "\na look-up misses " << row.k << "/" << row.n;
    }
    tally.matches += expected ? 1 : 0;
  }
}

PlainPtr MakeTest(char property, std::string op, std::int64_t number, std::string text = {}) {
  auto test = std::make_shared<Plain>();
  test->property = property;
  test->op = std::move(op);
  test->number = number;
  test->text = std::move(text);
  return test;
}

PlainPtr Join(char kind, std::vector<PlainPtr> children) {
  auto node = std::make_shared<Plain>();
  node->kind = kind;
  node->children = std::move(children);
  return node;
}

std::vector<PlainPtr> SmallTests() {
  return {MakeTest('U', "=", 1),           MakeTest('U', "<", 1),       MakeTest('U', "IS NULL", 0),
          MakeTest('S', ">=", 0),          MakeTest('S', "<>", -1),     MakeTest('B', "=", 1),
          MakeTest('B', "<>", 0),          MakeTest('T', "=", 0, "AB"), MakeTest('T', "LIKE", 0, "a%"),
          MakeTest('T', "IS NOT NULL", 0), MakeTest('K', "=", 0, "A"),  MakeTest('N', "=", 7),
          MakeTest('N', "<=", 3),          MakeTest('K', "=", 0, "bb")};
}

TEST(Oracle, EveryQueryOfUpToTwoTermsAgrees) {
  Tally tally;
  const std::vector<PlainPtr> tests = SmallTests();
  std::uint32_t style = 0;
  for (const PlainPtr& a : tests) {
    Check(*a, ++style, tally);
    Check(*Join('!', {a}), ++style, tally);
    for (const PlainPtr& b : tests) {
      for (const char kind : {'&', '|'}) {
        Check(*Join(kind, {a, b}), ++style, tally);
        Check(*Join('!', {Join(kind, {a, b})}), ++style, tally);
        Check(*Join(kind, {Join('!', {a}), b}), ++style, tally);
        if (HasFatalFailure()) return;
      }
    }
  }
  EXPECT_GT(tally.matches, 10'000U);
  EXPECT_GT(tally.lookups, 4U);
}

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  PlainPtr Node(int depth) {
    const std::uint32_t choice = Pick(depth > 0 ? 6 : 1);
    if (choice <= 1) return Test();
    if (choice == 2) return Join('!', {Node(depth - 1)});
    std::vector<PlainPtr> children;
    const std::uint32_t count = 2 + Pick(3);
    for (std::uint32_t i = 0; i < count; ++i) children.push_back(Node(depth - 1));
    return Join(choice % 2 == 0 ? '&' : '|', std::move(children));
  }
  std::uint32_t Pick(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

 private:
  PlainPtr Test() {
    static const std::vector<std::string> ops{"=", "=", "<>", "<", "<=", ">", ">=", "IS NULL", "IS NOT NULL"};
    static const std::vector<std::string> texts{"", "a", "A", "ab", "b", "bb", "b%", "z"};
    static const std::vector<std::string> patterns{"%",     "_",    "a_",  "%b%",   "[a-b]%",
                                                   "[^a]%", "%[%]", "_%b", "[bz]b", ""};
    const char property = "UUSSBTTKNN"[Pick(10)];
    std::string op = ops[Pick(static_cast<std::uint32_t>(ops.size()))];
    if (property == 'B' && op != "=" && !op.starts_with("IS")) op = "<>";
    if (property == 'B') return MakeTest('B', op, Pick(2));
    if (property != 'T' && property != 'K') return MakeTest(property, op, static_cast<std::int64_t>(Pick(6)) - 2);
    if (Pick(3) == 0) return MakeTest(property, "LIKE", 0, patterns[Pick(static_cast<std::uint32_t>(patterns.size()))]);
    return MakeTest(property, op, 0, texts[Pick(static_cast<std::uint32_t>(texts.size()))]);
  }

  std::mt19937 random_;
};

TEST(Oracle, RandomQueriesAgree) {
  const char* given = std::getenv("WMI_TEST_SEED");
  const auto seed =
      given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  std::cout << "seed: WMI_TEST_SEED=" << seed << "\n";
  Generator generator(seed);
  Tally tally;
  for (int i = 0; i < 800 && !HasFatalFailure(); ++i) {
    const PlainPtr node = generator.Node(3);
    Check(*node, generator.Pick(1'000), tally);
  }
  EXPECT_GT(tally.matches, 1'000U);
}

// Clauses over the keys alone, where look-ups are common.
TEST(Oracle, LookUpsFindWhatAScanFinds) {
  const std::vector<PlainPtr> keys{MakeTest('K', "=", 0, "a"), MakeTest('K', "=", 0, "BB"), MakeTest('N', "=", 2),
                                   MakeTest('N', "=", 3),      MakeTest('N', "<>", 3),      MakeTest('U', "=", 1)};
  Tally tally;
  for (const PlainPtr& a : keys) {
    for (const PlainPtr& b : keys) {
      for (const PlainPtr& c : keys) {
        for (const PlainPtr& d : keys) {
          Check(*Join('&', {Join('|', {a, b}), Join('|', {c, d})}), 1, tally);
          Check(*Join('|', {Join('&', {a, b}), Join('&', {c, d})}), 1, tally);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
  EXPECT_GT(tally.lookups, 200U);
}

}  // namespace
}  // namespace wmi::wql
