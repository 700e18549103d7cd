// The oracle: what a WHERE clause means, written down as plainly as can be and in no other way than the product does
// it. It shares nothing with the product's evaluation: own tree, own three-valued logic, own types and comparisons, own
// LIKE (texts are ASCII here). Difference asks both about every row of TheWorld. Header-only; included by tests and a
// fuzz target.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wql/print.h"
#include "wql/test_oracle_world.h"

namespace wmi::wql::oracle {

enum class Truth { kFalse, kTrue, kUnknown };

struct Node;
using NodePtr = std::shared_ptr<const Node>;

// A test, or '&', '|', '!' over children.
struct Node {
  char kind = 't';
  std::vector<NodePtr> children = {};
  std::vector<std::string> path = {};
  std::string op = {};  // = <> < <= > >= LIKE ISA, IS NULL, IS NOT NULL
  Value constant = {};
  mutable std::vector<Truth> answers = {};  // of a test, for each row; see Ask
};

inline NodePtr MakeTest(std::vector<std::string> path, std::string op, Value constant = {}) {
  return std::make_shared<const Node>(Node{'t', {}, std::move(path), std::move(op), std::move(constant), {}});
}
inline NodePtr Join(char kind, std::vector<NodePtr> children) {
  return std::make_shared<const Node>(Node{kind, std::move(children), {}, {}, {}, {}});
}
inline NodePtr Not(NodePtr child) { return Join('!', {std::move(child)}); }

inline bool IsOrder(const std::string& op) { return op == "<" || op == "<=" || op == ">" || op == ">="; }
inline bool IsEquality(const std::string& op) { return op == "=" || op == "<>"; }
inline bool AsksForNull(const Node& test) {
  return test.op.starts_with("IS ") || (IsEquality(test.op) && test.constant.sort == Value::Sort::kNull);
}

// ---- constants ------------------------------------------------------------------------------------------------------

inline std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

inline std::string Decimal(Whole whole) {
  if (whole < 0) return "-" + Decimal(-whole);
  std::string digits(1, static_cast<char>('0' + static_cast<int>(whole % 10)));
  return whole < 10 ? digits : Decimal(whole / 10) + digits;
}

// [+-]digits, as far as 64 bits go.
inline std::optional<Whole> WholeIn(const std::string& text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  Whole whole = 0;
  for (std::size_t i = has_sign ? 1 : 0; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    whole = whole * 10 + (text[i] - '0');
  }
  if (text.size() == (has_sign ? 1U : 0U)) return std::nullopt;
  return text.starts_with('-') ? -whole : whole;
}

// The constant as an integer, where an integer is wanted: TRUE is 1, and a number may stand in quotes.
inline std::optional<Whole> AsWhole(const Value& constant) {
  switch (constant.sort) {
    case Value::Sort::kWhole:
      return constant.whole;
    case Value::Sort::kBoolean:
      return constant.boolean ? 1 : 0;
    case Value::Sort::kText:
      return WholeIn(constant.text);
    default:
      return std::nullopt;
  }
}

inline std::optional<double> AsReal(const Value& constant) {
  if (constant.sort == Value::Sort::kReal) return constant.real;
  if (const std::optional<Whole> whole = AsWhole(constant)) return static_cast<double>(*whole);
  if (constant.sort != Value::Sort::kText || constant.text.find_first_not_of("0123456789.") != std::string::npos ||
      std::count(constant.text.begin(), constant.text.end(), '.') != 1 || constant.text.size() < 2) {
    return std::nullopt;
  }
  return std::stod(constant.text);
}

inline std::optional<bool> AsBoolean(const Value& constant) {
  if (constant.sort == Value::Sort::kText && Lower(constant.text) == "true") return true;
  if (constant.sort == Value::Sort::kText && Lower(constant.text) == "false") return false;
  const std::optional<Whole> whole = AsWhole(constant);
  if (!whole || *whole < -1 || *whole > 1) return std::nullopt;
  return *whole != 0;
}

// yyyymmddhhmmss.mmmmmmsUUU, perhaps with asterisks, or ddddddddhhmmss.mmmmmm:000.
struct Moment {
  bool is_interval = false;
  bool is_complete = true;
  std::int64_t microseconds = 0;
};

inline std::optional<Moment> AsMoment(const std::string& text) {
  if (text.size() != 25 || text[14] != '.' || std::string("+-:").find(text[21]) == std::string::npos) {
    return std::nullopt;
  }
  Moment moment;
  moment.is_interval = text[21] == ':';
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 14 || i == 21) continue;
    if (text[i] == '*') moment.is_complete = false;
    if (text[i] != '*' && (text[i] < '0' || text[i] > '9')) return std::nullopt;
  }
  if (!moment.is_complete) return moment.is_interval ? std::nullopt : std::optional(moment);
  const auto number = [&](std::size_t at, std::size_t length) { return std::stoll(text.substr(at, length)); };
  std::int64_t days = number(0, 8);
  std::int64_t minutes = 0;
  if (!moment.is_interval) {
    // Days before the year, counted one year after the other, and before the month.
    days = 0;
    const auto is_leap = [](std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); };
    for (std::int64_t year = 1601; year < number(0, 4); ++year) days += is_leap(year) ? 366 : 365;
    const std::vector<std::int64_t> lengths{31, is_leap(number(0, 4)) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
                                            31};
    for (std::size_t month = 1; month < static_cast<std::size_t>(number(4, 2)); ++month) days += lengths[month - 1];
    days += number(6, 2);
    minutes = number(22, 3) * (text[21] == '-' ? 1 : -1);
  }
  minutes += (days * 24 + number(8, 2)) * 60 + number(10, 2);
  moment.microseconds = (minutes * 60 + number(12, 2)) * 1'000'000 + number(15, 6);
  return moment;
}

// ---- which tests there are (contract 7.3) ---------------------------------------------------------------------------

// Whether a property of this type can be asked so.
inline bool Suits(Type type, const Node& test) {
  const Value& constant = test.constant;
  if (type == Type::kArray) return false;
  if (AsksForNull(test)) return true;
  if (test.op == "ISA") return type == Type::kObject;
  if (test.op == "LIKE") return type == Type::kText;
  switch (type) {
    case Type::kWhole:
      return AsWhole(constant).has_value();
    case Type::kReal32:
    case Type::kReal64:
      return AsReal(constant).has_value();
    case Type::kText:
      return constant.sort == Value::Sort::kText || (constant.sort == Value::Sort::kWhole && IsEquality(test.op));
    case Type::kBoolean:
      return IsEquality(test.op) && AsBoolean(constant);
    case Type::kCharacter:
      return constant.sort == Value::Sort::kWhole || (constant.sort == Value::Sort::kText && constant.text.size() == 1);
    case Type::kDatetime: {
      const std::optional<Moment> moment = constant.sort == Value::Sort::kText ? AsMoment(constant.text) : std::nullopt;
      return moment && (moment->is_complete || test.op == "=");
    }
    default:
      return false;
  }
}

inline std::optional<Type> SystemType(const std::string& name) {
  if (name == "__GENUS" || name == "__PROPERTY_COUNT") return Type::kWhole;
  if (name == "__THIS") return Type::kObject;
  if (name == "__DERIVATION") return Type::kArray;
  return name.starts_with("__") ? std::optional(Type::kText) : std::nullopt;
}

// __CLASS ISA "C" asks the object.
inline std::string LastName(const Node& test) {
  return test.op == "ISA" && test.path.back() == "__CLASS" ? "__THIS" : test.path.back();
}

// Whether the query is refused, whatever the rows. A name that a declared class lacks may be there in a subclass.
inline bool IsRefused(const Node& node) {
  if (node.kind != 't') {
    return std::any_of(node.children.begin(), node.children.end(),
                       [](const NodePtr& child) { return IsRefused(*child); });
  }
  if (IsOrder(node.op) && node.constant.sort == Value::Sort::kNull) return true;
  if ((node.op == "LIKE" || node.op == "ISA") && node.constant.sort != Value::Sort::kText) return true;
  std::optional<Type> type;
  std::string class_name = "O_Base";
  for (std::size_t i = 0; i < node.path.size(); ++i) {
    const bool is_last = i + 1 == node.path.size();
    const std::string name = is_last ? LastName(node) : node.path[i];
    if (i > 0 && type && *type != Type::kObject) return true;
    if (const std::optional<Type> system = SystemType(name)) {
      if (!is_last) return true;
      type = system;
      if (name == "__THIS" && i == 0 && node.op != "ISA") return true;
      continue;
    }
    const PlainProperty* property = class_name.empty() ? nullptr : TheWorld().FindProperty(class_name, name);
    if (property == nullptr && i == 0) return true;
    type = property == nullptr ? std::nullopt : std::optional(property->type);
    class_name = property == nullptr ? "" : property->class_name;
  }
  return type && !Suits(*type, node);
}

// ---- asking ---------------------------------------------------------------------------------------------------------

inline bool IsA(std::string class_name, const std::string& wanted) {
  while (!class_name.empty()) {
    if (Lower(class_name) == Lower(wanted)) return true;
    class_name = TheWorld().FindPlain(class_name)->superclass;
  }
  return false;
}

inline Value SystemValue(const Thing& thing, const std::string& name, bool is_row) {
  const PlainClass& schema = *TheWorld().FindPlain(thing.class_name);
  if (name == "__CLASS") return Text(schema.name);
  if (name == "__SUPERCLASS") return schema.superclass.empty() ? Null() : Text(schema.superclass);
  if (name == "__DYNASTY") return Text(schema.superclass.empty() ? schema.name : schema.superclass);
  if (name == "__GENUS") return Number(2);
  if (name == "__PROPERTY_COUNT") {
    const PlainClass* above = TheWorld().FindPlain(schema.superclass);
    return Number(static_cast<Whole>(schema.properties.size() + (above == nullptr ? 0 : above->properties.size())));
  }
  // K and N, the first two values, are the keys; embedded objects have none.
  if (name == "__RELPATH" && is_row) {
    return Text(fmt::format("{}.K=\"{}\",N={}", schema.name, thing.values[0].second.text,
                            Decimal(thing.values[1].second.whole)));
  }
  return Null();
}

inline Value ValueOf(const Thing& thing, const std::string& name) {
  for (const auto& [known, value] : thing.values) {
    if (known == name) return value;
  }
  return Null();
}

// Tries everything that a % could stand for.
inline bool Like(const std::string& pattern, const std::string& text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (Like(pattern.substr(1), text.substr(i))) return true;
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
    return member != complement && Like(pattern.substr(close + 1), text.substr(1));
  }
  return (pattern[0] == '_' || pattern[0] == text[0]) && Like(pattern.substr(1), text.substr(1));
}

template <typename T>
Truth Compare(const T& a, const std::string& op, const T& b) {
  const bool yes = op == "="    ? a == b
                   : op == "<>" ? a != b
                   : op == "<"  ? a < b
                   : op == "<=" ? a <= b
                   : op == ">"  ? a > b
                                : a >= b;
  return yes ? Truth::kTrue : Truth::kFalse;
}

// Against TRUE and FALSE: 1 and -1 are true, 0 is false, other numbers neither.
inline Truth CompareTruth(double number, const Node& test) {
  const bool is_equal = test.constant.boolean ? std::abs(number) == 1 : number == 0;
  return is_equal == (test.op == "=") ? Truth::kTrue : Truth::kFalse;
}

inline Truth CompareMoments(const std::string& value, const Node& test) {
  const std::optional<Moment> a = AsMoment(value);
  const std::optional<Moment> b = AsMoment(test.constant.text);
  if (a->is_complete && b->is_complete && a->is_interval == b->is_interval) {
    return Compare(a->microseconds, test.op, b->microseconds);
  }
  // No order then; only the same text is equal.
  return IsEquality(test.op) ? Compare(value, test.op, test.constant.text) : Truth::kUnknown;
}

// `value` is not NULL and the test suits the type.
inline Truth AskValue(Type type, const Value& value, const Node& test) {
  const Value& constant = test.constant;
  const bool is_truth = constant.sort == Value::Sort::kBoolean && IsEquality(test.op);
  switch (type) {
    case Type::kWhole:
      if (is_truth) return CompareTruth(static_cast<double>(value.whole), test);
      return Compare(value.whole, test.op, *AsWhole(constant));
    case Type::kReal32:
      if (is_truth) return CompareTruth(value.real, test);
      return Compare(static_cast<float>(value.real), test.op, static_cast<float>(*AsReal(constant)));
    case Type::kReal64:
      if (is_truth) return CompareTruth(value.real, test);
      return Compare(value.real, test.op, *AsReal(constant));
    case Type::kText:
      if (test.op == "LIKE") return Like(Lower(constant.text), Lower(value.text)) ? Truth::kTrue : Truth::kFalse;
      return Compare(Lower(value.text), test.op,
                     constant.sort == Value::Sort::kWhole ? Decimal(constant.whole) : Lower(constant.text));
    case Type::kBoolean:
      return Compare(value.boolean, test.op, *AsBoolean(constant));
    case Type::kCharacter:
      if (constant.sort == Value::Sort::kWhole) return Compare(value.whole, test.op, constant.whole);
      return Compare(std::tolower(static_cast<int>(value.whole)), test.op,
                     std::tolower(static_cast<unsigned char>(constant.text[0])));
    case Type::kDatetime:
      return CompareMoments(value.text, test);
    case Type::kObject:
      return IsA(value.thing->class_name, constant.text) ? Truth::kTrue : Truth::kFalse;
    case Type::kArray:
      break;
  }
  return Truth::kUnknown;
}

// What stands at the end of a path.
struct End {
  bool is_there = true;
  Type type = Type::kObject;
  Value value = {};
  std::string class_name = {};  // of the object that was asked last
};

inline End Follow(const std::vector<std::string>& path, const Thing& row) {
  const Thing* thing = &row;
  End end{true, Type::kObject, Object({}), row.class_name};
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (end.value.sort != Value::Sort::kThing) return {false};
    if (i > 0) thing = end.value.thing.get();
    end.class_name = thing->class_name;
    if (const std::optional<Type> system = SystemType(path[i])) {
      end.type = *system;
      if (path[i] != "__THIS") end.value = SystemValue(*thing, path[i], i == 0);
      continue;
    }
    const PlainProperty* property = TheWorld().FindProperty(thing->class_name, path[i]);
    if (property == nullptr) return {false};
    end.type = property->type;
    end.value = ValueOf(*thing, path[i]);  // the row holds what is inside it
  }
  return end;
}

// A path that leads nowhere, and a constant that does not suit what is there, are unknown.
inline Truth AskEnd(const Node& test, const End& end) {
  if (!end.is_there || !Suits(end.type, test)) return Truth::kUnknown;
  const bool is_null = end.value.sort == Value::Sort::kNull;
  if (AsksForNull(test)) {
    const bool wants_null = test.op == "IS NULL" || test.op == "=";
    return is_null == wants_null ? Truth::kTrue : Truth::kFalse;
  }
  if (is_null) return Truth::kUnknown;
  if (LastName(test) == "__THIS") return IsA(end.class_name, test.constant.text) ? Truth::kTrue : Truth::kFalse;
  return AskValue(end.type, end.value, test);
}

// For every row; kept, as many tests have the same path.
inline const std::vector<End>& Ends(const Node& test) {
  static std::map<std::vector<std::string>, std::vector<End>> known;
  std::vector<std::string> path = test.path;
  path.back() = LastName(test);
  std::vector<End>& ends = known[path];
  if (ends.empty()) {
    for (const Thing& row : TheWorld().plain()) ends.push_back(Follow(path, row));
  }
  return ends;
}

// About row `index` of TheWorld. A test is asked about all rows at once, the first time.
inline Truth Ask(const Node& node, std::size_t index) {
  if (node.kind == 't') {
    if (node.answers.empty()) {
      for (const End& end : Ends(node)) node.answers.push_back(AskEnd(node, end));
    }
    return node.answers[index];
  }
  if (node.kind == '!') {
    const Truth child = Ask(*node.children[0], index);
    return child == Truth::kUnknown ? child : child == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
  }
  const Truth deciding = node.kind == '&' ? Truth::kFalse : Truth::kTrue;
  bool unknown = false;
  for (const NodePtr& child : node.children) {
    const Truth value = Ask(*child, index);
    if (value == deciding) return deciding;
    unknown = unknown || value == Truth::kUnknown;
  }
  return unknown ? Truth::kUnknown : node.kind == '&' ? Truth::kTrue : Truth::kFalse;
}

// ---- the text -------------------------------------------------------------------------------------------------------

// `style` chooses among the ways to write the same.
inline std::string Spell(const Value& constant, std::uint32_t style) {
  switch (constant.sort) {
    case Value::Sort::kWhole:
      if (style % 7 == 0 && constant.whole >= 0)
        return fmt::format("0x{:x}", static_cast<std::uint64_t>(constant.whole));
      return Decimal(constant.whole);
    case Value::Sort::kReal:
      return fmt::format("{:.17e}", constant.real);
    case Value::Sort::kBoolean:
      return constant.boolean ? "TRUE" : "False";
    case Value::Sort::kText: {
      const char quote = style % 3 == 0 ? '\'' : '"';
      std::string text(1, quote);
      for (const char c : constant.text) {
        if (c == quote || c == '\\') text += '\\';
        text += c;
      }
      return text + quote;
    }
    default:
      return "NULL";
  }
}

inline std::string Mirror(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

inline std::string WriteTest(const Node& test, std::uint32_t style) {
  std::string name = fmt::format("{}", fmt::join(test.path, "."));
  if (style % 2 == 1) name = Lower(name);
  if (test.op.starts_with("IS ")) return name + " " + test.op;
  const std::string constant = Spell(test.constant, style);
  if (test.op == "LIKE" || test.op == "ISA")
    return name + " " + (style % 2 == 0 ? test.op : Lower(test.op)) + " " + constant;
  if (style % 5 == 0) return constant + " " + Mirror(test.op) + " " + name;
  return name + " " + (test.op == "<>" && style % 2 == 0 ? "!=" : test.op) + " " + constant;
}

// AND inside OR needs no parentheses; anything else that could be read another way gets them.
inline std::string Write(const Node& node, std::uint32_t style) {
  if (node.kind == 't') return WriteTest(node, style);
  if (node.kind == '!') {
    const Node& child = *node.children[0];
    return child.kind == 't' || child.kind == '!' ? "NOT " + Write(child, style / 2)
                                                  : "not (" + Write(child, style / 2) + ")";
  }
  std::string out;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = *node.children[i];
    if (i != 0) out += node.kind == '&' ? " AND " : " or ";
    const bool needs = node.kind == '&' && child.kind == '|';
    out += needs ? "(" : "";
    out += Write(child, style / 2 + static_cast<std::uint32_t>(i));
    out += needs ? ")" : "";
  }
  return out;
}

// ---- the product against the oracle ---------------------------------------------------------------------------------

// What the product said about the queries that were compared.
struct Tally {
  std::size_t queries = 0;
  std::size_t refused = 0;
  std::size_t matches = 0;
  std::size_t lookups = 0;  // with key tuples
  std::size_t demands = 0;  // values of a property, names of classes
  std::size_t never = 0;
  std::size_t class_alone = 0;  // times a class alone said no
};

inline bool IsSame(cim::ValueView a, cim::ValueView b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case cim::ValueKind::kText:
      return Lower(std::string(a.text())) == Lower(std::string(b.text()));
    case cim::ValueKind::kBoolean:
      return a.boolean() == b.boolean();
    case cim::ValueKind::kSigned:
      return a.signed_integer() == b.signed_integer();
    case cim::ValueKind::kUnsigned:
      return a.unsigned_integer() == b.unsigned_integer();
    default:
      return false;
  }
}

inline bool IsAmong(cim::ValueView value, const std::vector<cim::Value>& values) {
  return std::any_of(values.begin(), values.end(),
                     [&](const cim::Value& known) { return IsSame(value, known.view()); });
}

// Where the predicate says that rows may be looked for.
struct Places {
  explicit Places(const Predicate& asked) : filter(&asked), tuples(asked.KeyTuples()) {
    // Every slot of O_Base is one of its subclass too.
    for (std::size_t slot = 0; slot < TheWorld().FindClass("O_Base")->properties().size(); ++slot) {
      if (const std::vector<cim::Value>* values = asked.ValuesOf(slot)) demands.emplace_back(slot, values);
    }
  }
  const Predicate* filter;
  std::optional<std::vector<std::vector<cim::Value>>> tuples;
  std::vector<std::pair<std::size_t, const std::vector<cim::Value>*>> demands;
};

// What is wrong when a row that matches is in none of the places; empty when it is in all of them.
inline std::string Missed(const Places& places, const cim::Object& row) {
  const cim::Class& schema = row.schema();
  if (places.filter->IsNever()) return "IsNever, but a row matches";
  if (!places.filter->MayMatch(schema)) return "MayMatch says no for the class of a row that matches";
  const auto has_keys = [&](const std::vector<cim::Value>& tuple) {
    for (std::size_t i = 0; i < tuple.size(); ++i) {
      if (!IsSame(row.slot(schema.key_slots()[i]), tuple[i].view())) return false;
    }
    return tuple.size() == schema.key_slots().size();
  };
  if (places.tuples && std::none_of(places.tuples->begin(), places.tuples->end(), has_keys)) {
    return "the keys of a row that matches are not among KeyTuples";
  }
  for (const auto& [slot, values] : places.demands) {
    if (!IsAmong(row.slot(slot), *values)) return "ValuesOf misses " + schema.properties()[slot].name;
  }
  const std::vector<cim::Value>* names = places.filter->ClassNames();
  if (names != nullptr && !IsAmong(cim::ValueView::Text(schema.name()), *names))
    return "ClassNames misses " + schema.name();
  return {};
}

inline Result<BoundQuery> BindText(const std::string& text) {
  const auto tree = TRY(Parse(text));
  return Bind(*tree, TheWorld());
}

// Empty when the product and the oracle agree about the clause in every row, also in the normal form if that is asked
// for; otherwise the query and what is wrong.
enum class Also { kNothing, kNormalForm };
inline std::string Difference(const Node& node, std::uint32_t style, Tally& tally, Also also = Also::kNothing) {
  const std::string text = "SELECT * FROM O_Base WHERE " + Write(node, style);
  const Result<BoundQuery> query = BindText(text);
  ++tally.queries;
  if (query.ok() == IsRefused(node)) {
    return text + "\n" + (query.ok() ? "accepted, against the rules" : "refused: " + query.status().Message());
  }
  if (!query.ok()) {
    ++tally.refused;
    return query.status().code() == code::kInvalidQuery ? "" : text + "\nnot WBEM_E_INVALID_QUERY";
  }
  std::shared_ptr<const Predicate> normal;
  std::string normal_text;
  if (also == Also::kNormalForm) {
    normal_text = Print(*Parse(text).value());
    const Result<BoundQuery> again = BindText(normal_text);
    if (!again.ok()) return text + "\nnormal form refused: " + normal_text;
    if (Print(*Parse(normal_text).value()) != normal_text) return text + "\nnormal form unstable: " + normal_text;
    normal = again->filter;
  }
  const Places places(*query->filter);
  tally.lookups += places.tuples ? 1 : 0;
  tally.demands += places.demands.size() + (query->filter->ClassNames() != nullptr ? 1 : 0);
  tally.never += query->filter->IsNever() ? 1 : 0;
  tally.class_alone += query->filter->MayMatch(TheWorld().object(0).schema()) ? 0 : 1;
  for (std::size_t i = 0; i < TheWorld().plain().size(); ++i) {
    const bool expected = Ask(node, i) == Truth::kTrue;
    std::string wrong;
    if (query->filter->Matches(TheWorld().row(i)) != expected) wrong = expected ? "does not match" : "matches";
    if (expected && wrong.empty()) wrong = Missed(places, TheWorld().object(i));
    if (normal != nullptr && normal->Matches(TheWorld().row(i)) != expected) {
      wrong += " (differs in the normal form: " + normal_text + ")";
    }
    if (!wrong.empty()) return fmt::format("{}\nrow {}: {}", text, i, wrong);
    tally.matches += expected ? 1 : 0;
  }
  return {};
}

// ---- what there is to choose from -----------------------------------------------------------------------------------

inline const std::vector<std::vector<std::string>>& AllPaths() {
  static const std::vector<std::vector<std::string>> paths = [] {
    std::vector<std::vector<std::string>> all;
    for (const PlainProperty& property : RowProperties()) all.push_back({property.name});
    for (const char* name : {"A", "More", "Nope", "__THIS", "__CLASS", "__SUPERCLASS", "__DYNASTY", "__GENUS",
                             "__PROPERTY_COUNT", "__RELPATH", "__DERIVATION"}) {
      all.push_back({name});
    }
    for (const char* object : {"E", "X"}) {
      for (const char* name : {"Label", "Count", "Deep", "Polish", "Nope", "__CLASS", "__SUPERCLASS", "__GENUS",
                               "__PROPERTY_COUNT", "__RELPATH", "__THIS"}) {
        all.push_back({object, name});
      }
      all.push_back({object, "Deep", "Count"});
      all.push_back({object, "Deep", "__CLASS"});
      all.push_back({object, "Label", "Count"});
      all.push_back({object, "Nope", "Count"});
    }
    all.push_back({"T", "Count"});
    all.push_back({"A", "Count"});
    all.push_back({"__CLASS", "Count"});
    return all;
  }();
  return paths;
}

inline const std::vector<std::string>& AllRelations() {
  static const std::vector<std::string> relations{"=", "<>", "<", "<=", ">", ">="};
  return relations;
}

// What is different for each type of number only.
inline const std::vector<Value>& Bounds() {
  static const std::vector<Value> bounds{Number(2),
                                         Number(127),
                                         Number(128),
                                         Number(-129),
                                         Number(255),
                                         Number(256),
                                         Number(-32768),
                                         Number(65535),
                                         Number(INT32_MIN),
                                         Number(UINT32_MAX),
                                         Number(INT64_MIN),
                                         Number(INT64_MAX),
                                         Number(static_cast<Whole>(INT64_MAX) + 1),
                                         Number(static_cast<Whole>(UINT64_MAX)),
                                         Real(-1),
                                         Real(-1e300)};
  return bounds;
}

// The first ones of AllConstants.
inline const std::vector<Value>& CommonConstants() {
  static const std::vector<Value> constants{Null(),
                                            Boolean(true),
                                            Boolean(false),
                                            Number(0),
                                            Number(1),
                                            Number(-1),
                                            Number(7),
                                            Number(66),
                                            Real(0.1),
                                            Real(1.5),
                                            Text(""),
                                            Text("a"),
                                            Text("AB%"),
                                            Text("b"),
                                            Text("bb"),
                                            Text("7"),
                                            Text("-1"),
                                            Text("1.5"),
                                            Text("true"),
                                            Text("core"),
                                            Text("o_base.k=\"A\",n=0"),
                                            Text("O_Sub.K=\"Bb\",N=1"),
                                            Text("O_Base"),
                                            Text("o_fine"),
                                            Text("O_Sub"),
                                            Text("20000101000000.000000+000"),
                                            Text("19991231230000.000000-060"),
                                            Text("20240229120000.000000+***"),
                                            Text("00000007000000.000000:000"),
                                            Text("00000007******.******:000")};
  return constants;
}

inline const std::vector<Value>& AllConstants() {
  static const std::vector<Value> constants = [] {
    std::vector<Value> all = CommonConstants();
    all.insert(all.end(), Bounds().begin(), Bounds().end());
    return all;
  }();
  return constants;
}

inline const std::vector<Value>& AllPatterns() {
  static const std::vector<Value> patterns{Text(""),      Text("%"),      Text("a"),       Text("_"),    Text("a_"),
                                           Text("%b%"),   Text("[a-b]%"), Text("[^a]%"),   Text("%[%]"), Text("_%b%"),
                                           Text("[b7]b"), Text("o_%"),    Text("%[_]sub%")};
  return patterns;
}

inline const std::vector<Value>& AllClassNames() {
  static const std::vector<Value> names{Text("O_Inner"), Text("o_fine"), Text("O_Base"), Text("O_Sub"), Text("Nobody")};
  return names;
}

// Trees out of choices: `pick(n)` gives a number below n. One refused test refuses a whole query, so trees without any
// are grown by choice.
enum class RefusedTests { kTaken, kAvoided };
template <typename Pick>
class Grower {
 public:
  Grower(Pick pick, RefusedTests refused) : pick_(std::move(pick)), refused_(refused) {}

  NodePtr Grow(int depth) {
    const std::size_t choice = pick_(depth > 0 ? 6 : 1);
    if (choice <= 1) return Test();
    if (choice == 2) return Not(Grow(depth - 1));
    std::vector<NodePtr> children;
    const std::size_t count = 2 + pick_(3);
    for (std::size_t i = 0; i < count; ++i) children.push_back(Grow(depth - 1));
    return Join(choice % 2 == 0 ? '&' : '|', std::move(children));
  }

 private:
  template <typename T>
  const T& Any(const std::vector<T>& all) {
    return all[pick_(all.size())];
  }

  NodePtr Test() {
    const std::vector<std::string>& path = Any(AllPaths());
    NodePtr test = Test(path);
    if (refused_ == RefusedTests::kTaken || !IsRefused(*test)) return test;
    test = MakeTest(path, "IS NOT NULL");
    return IsRefused(*test) ? MakeTest({"N"}, "<", Number(2)) : test;
  }

  NodePtr Test(const std::vector<std::string>& path) {
    switch (pick_(8)) {
      case 0:
        return MakeTest(path, "IS NULL");
      case 1:
        return MakeTest(path, "IS NOT NULL");
      case 2:
        return MakeTest(path, "LIKE", Any(AllPatterns()));
      case 3:
        return MakeTest(path, "ISA", Any(AllClassNames()));
      default: {
        const std::string& relation = Any(AllRelations());
        return MakeTest(path, relation, Any(AllConstants()));
      }
    }
  }

  Pick pick_;
  const RefusedTests refused_;
};

}  // namespace wmi::wql::oracle
