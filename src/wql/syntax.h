// SyntaxTree: what a query says, before any name is looked up. Second stage, between parser and binder.
//
// The tree is flat: names, select list and expressions are vectors, children are indexes. Views look into `text` (or
// `unescaped`), so a tree stays where it was made.
#pragma once

#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::wql {

// One name and its place (byte offset in the query).
struct NamePart {
  std::string_view text;
  std::uint32_t offset = 0;
};

// A property, perhaps inside embedded objects: parts[first] . parts[first + 1] ...
struct PropertyPath {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

enum class ConstantKind : std::uint8_t { kNull, kBoolean, kInteger, kReal, kText };

struct Constant {
  ConstantKind kind = ConstantKind::kNull;
  bool boolean = false;
  bool is_negative = false;     // kInteger
  std::uint32_t offset = 0;     // place of the token
  std::uint32_t length = 0;     // of the token, in bytes
  std::uint64_t magnitude = 0;  // kInteger
  double real = 0;              // kReal
  std::string_view text;        // kText, without quotes and escapes
};

enum class Operator : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIsNull,
  kIsNotNull,
  kLike,
  kIsA,
};

enum class ExpressionKind : std::uint8_t { kAnd, kOr, kNot, kTest };

inline constexpr std::uint32_t kNoExpression = 0xffffffff;

// AND and OR have two or more children, NOT one; a test has none.
struct Expression {
  ExpressionKind kind = ExpressionKind::kTest;
  Operator op = Operator::kEqual;  // as if the property stood on the left
  std::uint32_t op_offset = 0;
  std::uint32_t first_child = kNoExpression;
  std::uint32_t next_sibling = kNoExpression;
  PropertyPath property;
  Constant constant;
};

// HAVING NumberOfEvents op count.
struct HavingClause {
  Operator op = Operator::kEqual;  // one of the six relations
  std::uint64_t count = 0;
};

// WITHIN seconds, behind the class: how often to look where nobody reports what happens. Zero or more.
struct WithinClause {
  double seconds = 0;
  std::uint32_t offset = 0;        // of WITHIN
  std::uint32_t value_offset = 0;  // of the number
};

// GROUP WITHIN seconds [BY ...] [HAVING ...], at the end.
struct GroupClause {
  std::uint32_t offset = 0;  // of GROUP
  std::uint32_t within_seconds = 0;
  std::vector<PropertyPath> by;
  std::optional<HavingClause> having;
};

// ASSOCIATORS OF {path} WHERE ..., REFERENCES OF {path} WHERE ... (contract 7.2): the words behind WHERE, in any order.
struct AssociationClause {
  enum class Asks : std::uint8_t { kAssociators, kReferences };
  // A word without a value, and where it stands.
  struct Flag {
    bool is_set = false;
    std::uint32_t offset = 0;
  };

  Asks asks = Asks::kAssociators;
  NamePart path;  // what stands between the braces, without the blanks around it
  // Empty where the clause does not name one.
  NamePart assoc_class;
  NamePart result_class;
  NamePart role;
  NamePart result_role;
  NamePart required_qualifier;
  NamePart required_assoc_qualifier;
  Flag class_defs_only;
  Flag keys_only;
  Flag schema_only;
};

// Immutable once parsed; safe from several threads.
struct SyntaxTree {
  SyntaxTree() = default;
  SyntaxTree(const SyntaxTree&) = delete;
  SyntaxTree& operator=(const SyntaxTree&) = delete;

  std::string text;  // the query
  // Set for a statement about associations, of which nothing below is then set.
  std::optional<AssociationClause> association;
  bool selects_all = false;
  std::uint32_t select_offset = 0;  // of the first thing after SELECT
  std::vector<NamePart> parts;
  std::vector<PropertyPath> select;
  NamePart class_name;
  std::vector<Expression> expressions;
  std::uint32_t where = kNoExpression;
  // Either of these makes it an event query (contract 7.2).
  std::optional<WithinClause> within;
  std::optional<GroupClause> group;
  std::forward_list<std::string> unescaped;
};

}  // namespace wmi::wql
