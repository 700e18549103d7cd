#include "wql/parser.h"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "wql/diagnostic.h"
#include "wql/query.h"

namespace wmi::wql {

namespace {

// What a short query needs; longer ones grow.
constexpr std::size_t kExpressionsReserved = 4;
constexpr std::size_t kPartsReserved = 6;
constexpr std::uint64_t kGroupSecondsMax = UINT32_MAX;
constexpr const char* kExpectedName = "a property name";
constexpr const char* kExpectedConstant = "a constant (a number, a quoted string, TRUE, FALSE or NULL)";
constexpr const char* kExpectedOperator = "a comparison (=, <>, <, <=, >, >=, LIKE, IS, ISA)";

std::optional<Operator> Relation(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEqual:
      return Operator::kEqual;
    case TokenKind::kNotEqual:
      return Operator::kNotEqual;
    case TokenKind::kLess:
      return Operator::kLess;
    case TokenKind::kLessOrEqual:
      return Operator::kLessOrEqual;
    case TokenKind::kGreater:
      return Operator::kGreater;
    case TokenKind::kGreaterOrEqual:
      return Operator::kGreaterOrEqual;
    default:
      return std::nullopt;
  }
}

// `5 < p` says `p > 5`.
Operator Mirrored(Operator op) {
  switch (op) {
    case Operator::kLess:
      return Operator::kGreater;
    case Operator::kLessOrEqual:
      return Operator::kGreaterOrEqual;
    case Operator::kGreater:
      return Operator::kLess;
    case Operator::kGreaterOrEqual:
      return Operator::kLessOrEqual;
    default:
      return op;
  }
}

// NULL with =, <> becomes IS [NOT] NULL (contract 7.3); false for an ordering.
bool TurnIntoNullTest(Expression& test) {
  if (test.constant.kind != ConstantKind::kNull) return true;
  if (test.op != Operator::kEqual && test.op != Operator::kNotEqual) return false;
  test.op = test.op == Operator::kEqual ? Operator::kIsNull : Operator::kIsNotNull;
  return true;
}

}  // namespace

std::string Parser::Found() const {
  switch (token_.kind) {
    case TokenKind::kEnd:
      return "the end of the query";
    case TokenKind::kPath:
      return fmt::format("the path {}", Excerpt(std::string_view(tree_.text).substr(token_.offset, token_.length)));
    case TokenKind::kString:
      return fmt::format("the string {}", Excerpt(std::string_view(tree_.text).substr(token_.offset, token_.length)));
    default:
      return fmt::format("'{}'", Excerpt(token_.text));
  }
}

Status Parser::Error(Code code, std::size_t offset, std::string message) const {
  return QueryError(code, tree_.text, offset, std::move(message));
}

Status Parser::Expected(std::string_view what, std::string_view why) const {
  std::string message = fmt::format("expected {}, found {}", what, Found());
  if (token_.kind == TokenKind::kBad) message += fmt::format(": {}", token_.problem);
  if (!why.empty()) message += fmt::format("; {}", why);
  return Error(code::kInvalidQuery, token_.offset, std::move(message));
}

bool Parser::AtReservedName() const { return token_.keyword != Keyword::kNone && token_.keyword <= Keyword::kFalse; }

bool Parser::AtConstant() const {
  return token_.kind == TokenKind::kInteger || token_.kind == TokenKind::kReal || token_.kind == TokenKind::kString ||
         At(Keyword::kTrue) || At(Keyword::kFalse) || At(Keyword::kNull);
}

std::uint32_t Parser::Add(ExpressionKind kind) {
  tree_.expressions.emplace_back().kind = kind;
  return static_cast<std::uint32_t>(tree_.expressions.size() - 1);
}

Status Parser::Run() {
  tree_.parts.reserve(kPartsReserved);
  Advance();
  if (At(Keyword::kAssociators) || At(Keyword::kReferences)) return ParseAssociation();
  if (!At(Keyword::kSelect)) return Expected("SELECT, ASSOCIATORS OF or REFERENCES OF");
  Advance();
  TRY(ParseSelectList());
  TRY(ParseFrom());
  if (At(Keyword::kWithin)) TRY(ParseWithin());
  if (At(Keyword::kWhere)) {
    Advance();
    tree_.expressions.reserve(kExpressionsReserved);
    TRY(ParseOr(tree_.where));
  }
  if (At(Keyword::kGroup)) TRY(ParseGroupClause());
  return CheckEnd();
}

Status Parser::ParseSelectList() {
  tree_.select_offset = token_.offset;
  if (token_.kind == TokenKind::kStar) {
    tree_.selects_all = true;
    Advance();
    if (token_.kind == TokenKind::kComma) return Expected("FROM; * already selects every property");
    return Status();
  }
  tree_.select.reserve(4);
  return ParsePropertyList(tree_.select, "* or a property name");
}

Status Parser::ParsePropertyList(std::vector<PropertyPath>& out, const char* expected_first) {
  while (true) {
    if (out.size() == limits::kSelectListMax) {
      return Error(code::kQuotaViolation, token_.offset,
                   fmt::format("a list of properties is limited to {}{}", limits::kSelectListMax,
                               &out == &tree_.select ? "; use *" : ""));
    }
    PropertyPath path;
    TRY(ParseProperty(path, out.empty() ? expected_first : kExpectedName));
    out.push_back(path);
    if (token_.kind != TokenKind::kComma) return Status();
    Advance();
  }
}

Status Parser::ParseFrom() {
  if (token_.kind == TokenKind::kOpen) {
    return Expected("a comma or FROM; WQL has no functions, count the objects after reading them");
  }
  if (!At(Keyword::kFrom)) return Expected(tree_.selects_all ? "FROM" : "a comma or FROM");
  Advance();
  TRY(ParseName(tree_.class_name, code::kClassNameTooWide, "a class name"));
  if (token_.kind == TokenKind::kComma) return Expected("WHERE or the end of the query; there are no joins");
  return Status();
}

Status Parser::ReservedName(std::string_view expected) const {
  std::string word(token_.text);
  for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return Expected(expected, fmt::format("{} is a word of WQL and cannot be a name", word));
}

Status Parser::ParseName(NamePart& out, Code too_wide, const char* expected) {
  if (token_.kind != TokenKind::kName) return Expected(expected);
  if (AtReservedName()) return ReservedName(expected);
  if (token_.text.size() > limits::kNameLengthMax && CharacterCount(token_.text) > limits::kNameLengthMax) {
    return Error(too_wide, token_.offset,
                 fmt::format("the name {} is longer than {} characters", Excerpt(token_.text), limits::kNameLengthMax));
  }
  out = {token_.text, token_.offset};
  Advance();
  return Status();
}

Status Parser::ParseProperty(PropertyPath& out, const char* expected) {
  out.first = static_cast<std::uint32_t>(tree_.parts.size());
  while (true) {
    if (out.count == limits::kObjectNestingMax) {
      return Error(code::kQuotaViolation, token_.offset,
                   fmt::format("a path is limited to {} names", limits::kObjectNestingMax));
    }
    NamePart part;
    TRY(ParseName(part, code::kPropertyNameTooWide, out.count == 0 ? expected : kExpectedName));
    tree_.parts.push_back(part);
    ++out.count;
    if (token_.kind != TokenKind::kDot) return Status();
    Advance();
  }
}

Status Parser::ParseOr(std::uint32_t& out) {
  TRY(ParseAnd(out));
  if (!At(Keyword::kOr)) return Status();
  std::uint32_t last = out;
  out = Add(ExpressionKind::kOr);
  tree_.expressions[out].first_child = last;
  while (At(Keyword::kOr)) {
    Advance();
    std::uint32_t next = kNoExpression;
    TRY(ParseAnd(next));
    tree_.expressions[last].next_sibling = next;
    last = next;
  }
  return Status();
}

Status Parser::ParseAnd(std::uint32_t& out) {
  TRY(ParseTerm(out));
  if (!At(Keyword::kAnd)) return Status();
  std::uint32_t last = out;
  out = Add(ExpressionKind::kAnd);
  tree_.expressions[out].first_child = last;
  while (At(Keyword::kAnd)) {
    Advance();
    std::uint32_t next = kNoExpression;
    TRY(ParseTerm(next));
    tree_.expressions[last].next_sibling = next;
    last = next;
  }
  return Status();
}

Status Parser::ParseTerm(std::uint32_t& out) {
  const bool is_not = At(Keyword::kNot);
  if (!is_not && token_.kind != TokenKind::kOpen) return ParseTest(out);
  if (depth_ == limits::kQueryDepthMax) {
    return Error(code::kQuotaViolation, token_.offset,
                 fmt::format("parentheses and NOTs may stand {} deep inside each other", limits::kQueryDepthMax));
  }
  ++depth_;
  TRY(is_not ? ParseNot(out) : ParseGroup(out));
  --depth_;
  return Status();
}

Status Parser::ParseNot(std::uint32_t& out) {
  Advance();
  std::uint32_t child = kNoExpression;
  TRY(ParseTerm(child));
  out = Add(ExpressionKind::kNot);
  tree_.expressions[out].first_child = child;
  return Status();
}

Status Parser::ParseGroup(std::uint32_t& out) {
  Advance();
  TRY(ParseOr(out));
  if (token_.kind != TokenKind::kClose) return Expected("AND, OR or a closing parenthesis");
  Advance();
  return Status();
}

Status Parser::ParseTest(std::uint32_t& out) {
  if (terms_ == limits::kQueryTermsMax) {
    return Error(code::kQuotaViolation, token_.offset,
                 fmt::format("a query is limited to {} comparisons", limits::kQueryTermsMax));
  }
  ++terms_;
  out = Add(ExpressionKind::kTest);
  Expression& test = tree_.expressions[out];  // no other expression is added before this function returns
  if (AtConstant()) return ParseTestAfterConstant(test);
  TRY(ParseProperty(test.property, "a property name, a constant, NOT or an opening parenthesis"));
  return ParseTestAfterProperty(test);
}

Status Parser::ParseTestAfterProperty(Expression& test) {
  test.op_offset = token_.offset;
  if (const std::optional<Operator> relation = Relation(token_.kind)) {
    test.op = *relation;
    Advance();
    TRY(ParseConstant(test.constant, kExpectedConstant));
    if (!TurnIntoNullTest(test)) {
      return Error(code::kInvalidQuery, test.op_offset, "NULL can be tested with IS NULL and IS NOT NULL only");
    }
    return Status();
  }
  if (At(Keyword::kIs)) return ParseIs(test);
  if (At(Keyword::kLike)) {
    test.op = Operator::kLike;
    return ParseText(test, "a quoted pattern");
  }
  if (At(Keyword::kIsA)) {
    test.op = Operator::kIsA;
    return ParseText(test, "a quoted class name");
  }
  if (At(Keyword::kNot))
    return Expected(fmt::format("{}; NOT stands before the property: NOT p LIKE ...", kExpectedOperator));
  return Expected(kExpectedOperator);
}

Status Parser::ParseTestAfterConstant(Expression& test) {
  TRY(ParseConstant(test.constant, kExpectedConstant));
  test.op_offset = token_.offset;
  const std::optional<Operator> relation = Relation(token_.kind);
  if (!relation) return Expected("=, <>, <, <=, > or >= after a constant");
  test.op = Mirrored(*relation);
  Advance();
  if (AtConstant()) return Expected("a property name; one side of a comparison is a property");
  TRY(ParseProperty(test.property, kExpectedName));
  if (!TurnIntoNullTest(test)) {
    return Error(code::kInvalidQuery, test.op_offset, "NULL can be tested with IS NULL and IS NOT NULL only");
  }
  return Status();
}

Status Parser::ParseIs(Expression& test) {
  Advance();
  test.op = Operator::kIsNull;
  if (At(Keyword::kNot)) {
    test.op = Operator::kIsNotNull;
    Advance();
  }
  if (!At(Keyword::kNull))
    return Expected(test.op == Operator::kIsNull ? "NULL or NOT NULL after IS" : "NULL after IS NOT");
  test.constant = ConstantFromToken();
  Advance();
  return Status();
}

Status Parser::ParseText(Expression& test, const char* expected) {
  Advance();
  if (token_.kind != TokenKind::kString) return Expected(expected);
  test.constant = ConstantFromToken();
  Advance();
  return Status();
}

Status Parser::ParseConstant(Constant& out, const char* expected) {
  if (token_.kind == TokenKind::kName && !AtConstant()) {
    return Expected(fmt::format("{}; a property is compared with a constant, and texts stand in quotes", expected));
  }
  if (!AtConstant()) return Expected(expected);
  out = ConstantFromToken();
  Advance();
  return Status();
}

Constant Parser::ConstantFromToken() {
  Constant constant;
  constant.offset = token_.offset;
  constant.length = token_.length;
  switch (token_.kind) {
    case TokenKind::kInteger:
      constant.kind = ConstantKind::kInteger;
      constant.is_negative = token_.is_negative;
      constant.magnitude = token_.magnitude;
      break;
    case TokenKind::kReal:
      constant.kind = ConstantKind::kReal;
      constant.real = token_.real;
      break;
    case TokenKind::kString:
      constant.kind = ConstantKind::kText;
      constant.text = token_.text;
      if (token_.has_escapes) constant.text = tree_.unescaped.emplace_front(Unescape(token_.text));
      break;
    default:
      if (At(Keyword::kNull)) break;
      constant.kind = ConstantKind::kBoolean;
      constant.boolean = At(Keyword::kTrue);
      break;
  }
  return constant;
}

// Whole numbers stay exact below 2^53 and what lies above is refused by the binder anyway.
Status Parser::ParseWithin() {
  WithinClause within;
  within.offset = token_.offset;
  Advance();
  const bool is_integer = token_.kind == TokenKind::kInteger;
  if (!is_integer && token_.kind != TokenKind::kReal) return Expected("a number of seconds after WITHIN");
  within.value_offset = token_.offset;
  const bool is_negative = is_integer ? token_.is_negative : token_.real < 0;
  if (is_negative) return Expected("a number of seconds after WITHIN, which is not negative");
  within.seconds = is_integer ? static_cast<double>(token_.magnitude) : token_.real;
  tree_.within = within;
  Advance();
  return Status();
}

Status Parser::ParseGroupClause() {
  GroupClause group;
  group.offset = token_.offset;
  Advance();
  if (At(Keyword::kBy)) {  // contract 7.4
    return Error(code::kMissingGroupWithin, token_.offset,
                 "expected WITHIN, found 'BY': a group of events needs its time, GROUP WITHIN seconds BY ...");
  }
  if (!At(Keyword::kWithin)) return Expected("WITHIN after GROUP");
  Advance();
  if (token_.kind != TokenKind::kInteger || token_.is_negative || token_.magnitude > kGroupSecondsMax) {
    return Expected(fmt::format("a whole number of seconds from 0 to {} after GROUP WITHIN", kGroupSecondsMax));
  }
  group.within_seconds = static_cast<std::uint32_t>(token_.magnitude);
  Advance();
  if (At(Keyword::kBy)) TRY(ParseBy(group));
  if (At(Keyword::kHaving)) TRY(ParseHaving(group));
  tree_.group = std::move(group);
  return Status();
}

Status Parser::ParseBy(GroupClause& group) {
  Advance();
  if (token_.kind == TokenKind::kStar) {  // contract 7.4
    return Error(code::kMissingAggregationList, token_.offset,
                 "expected a property name, found '*': events are grouped by properties that are named");
  }
  if (At(Keyword::kHaving)) return Expected(kExpectedName);
  return ParsePropertyList(group.by, kExpectedName);
}

Status Parser::ParseHaving(GroupClause& group) {
  Advance();
  if (token_.kind != TokenKind::kName || !IsKeyword(token_.text, "NUMBEROFEVENTS")) {
    return Expected("NumberOfEvents after HAVING, which can ask for nothing else");
  }
  Advance();
  const std::optional<Operator> relation = Relation(token_.kind);
  if (!relation) return Expected("=, <>, <, <=, > or >= after NumberOfEvents");
  Advance();
  if (token_.kind != TokenKind::kInteger || token_.is_negative) {
    return Expected("a number of events, which is whole and not negative");
  }
  group.having = HavingClause{*relation, token_.magnitude};
  Advance();
  return Status();
}

Status Parser::ExpectedEnd(std::string_view advice) {
  return Expected(fmt::format("the end of the query; {}", advice));
}

Status Parser::CheckEnd() {
  if (token_.kind == TokenKind::kEnd) return Status();
  if (At(Keyword::kBy) && !tree_.group) {  // contract 7.4
    return Error(code::kMissingGroupWithin, token_.offset,
                 "expected the end of the query, found 'BY': it belongs to GROUP WITHIN seconds BY ...");
  }
  if (At(Keyword::kWithin)) return ExpectedEnd("WITHIN stands once, between the class and WHERE");
  if (At(Keyword::kWhere)) return ExpectedEnd("WHERE stands once, before GROUP WITHIN");
  if (At(Keyword::kHaving)) return ExpectedEnd("HAVING stands once, behind GROUP WITHIN seconds [BY ...]");
  if (At(Keyword::kGroup)) return ExpectedEnd("GROUP WITHIN stands once");
  if (At(Keyword::kBy)) return ExpectedEnd("BY stands once, before HAVING");
  if (At(Keyword::kOrder)) return ExpectedEnd("WQL has no ORDER BY, sort the objects after reading them");
  if (token_.kind == TokenKind::kClose) return ExpectedEnd("no parenthesis is open here");
  if (tree_.group) return Expected(tree_.group->having ? "the end of the query" : "HAVING or the end of the query");
  return Expected(tree_.where == kNoExpression ? "WHERE or the end of the query" : "AND, OR or the end of the query");
}

Result<std::shared_ptr<const SyntaxTree>> Parse(std::string_view query) {
  if (query.size() > limits::kQueryLengthMax && CharacterCount(query) > limits::kQueryLengthMax) {
    ErrorDetail detail;
    detail.message = fmt::format("the query is longer than {} characters", limits::kQueryLengthMax);
    detail.parameter = Excerpt(query);
    return Status(code::kQuotaViolation, std::move(detail));
  }
  auto tree = std::make_shared<SyntaxTree>();
  tree->text = query;
  TRY(Parser(*tree).Run());
  return std::shared_ptr<const SyntaxTree>(std::move(tree));
}

}  // namespace wmi::wql
