#include "wql/print.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace wmi::wql {

namespace {

std::string_view Text(Operator op) {
  switch (op) {
    case Operator::kEqual:
      return "=";
    case Operator::kNotEqual:
      return "<>";
    case Operator::kLess:
      return "<";
    case Operator::kLessOrEqual:
      return "<=";
    case Operator::kGreater:
      return ">";
    case Operator::kGreaterOrEqual:
      return ">=";
    case Operator::kIsNull:
      return "IS NULL";
    case Operator::kIsNotNull:
      return "IS NOT NULL";
    case Operator::kLike:
      return "LIKE";
    case Operator::kIsA:
      return "ISA";
  }
  return "=";
}

bool HasConstant(Operator op) { return op != Operator::kIsNull && op != Operator::kIsNotNull; }

// How tightly a node holds together; what stands inside a tighter one needs parentheses.
enum class Binding : std::uint8_t { kOr, kAnd, kNot };

class Printer {
 public:
  explicit Printer(const SyntaxTree& tree) : tree_(tree) {}

  std::string Run() {
    if (tree_.association) {
      Association(*tree_.association);
    } else {
      Select();
    }
    return std::move(out_);
  }

 private:
  void Select() {
    Add("SELECT ");
    if (tree_.selects_all) {
      Add("*");
    } else {
      List(tree_.select);
    }
    Add(" FROM ");
    Add(tree_.class_name.text);
    if (tree_.within) Add(fmt::format(" WITHIN {}", tree_.within->seconds + 0.0));  // the sum makes 0 of -0
    if (tree_.where != kNoExpression) {
      Add(" WHERE ");
      Node(tree_.where, Binding::kOr);
    }
    if (tree_.group) Group(*tree_.group);
  }

  void Group(const GroupClause& group) {
    Add(fmt::format(" GROUP WITHIN {}", group.within_seconds));
    if (!group.by.empty()) {
      Add(" BY ");
      List(group.by);
    }
    if (group.having) Add(fmt::format(" HAVING NumberOfEvents {} {}", Text(group.having->op), group.having->count));
  }

  void List(const std::vector<PropertyPath>& paths) {
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (i != 0) Add(", ");
      Path(paths[i]);
    }
  }

  void Path(const PropertyPath& path) {
    for (std::uint32_t i = 0; i < path.count; ++i) {
      if (i != 0) Add(".");
      Add(tree_.parts[path.first + i].text);
    }
  }

  // The parser bounds how deep nodes stand inside each other.
  void Node(std::uint32_t index, Binding around) {
    const Expression& node = tree_.expressions[index];
    switch (node.kind) {
      case ExpressionKind::kTest:
        return Test(node);
      case ExpressionKind::kNot:
        Add("NOT ");
        return Node(node.first_child, Binding::kNot);
      case ExpressionKind::kAnd:
        return Chain(node, " AND ", Binding::kAnd, around);
      case ExpressionKind::kOr:
        return Chain(node, " OR ", Binding::kOr, around);
    }
  }

  void Chain(const Expression& node, std::string_view word, Binding binding, Binding around) {
    const bool needs_parentheses = binding < around;
    if (needs_parentheses) Add("(");
    for (std::uint32_t child = node.first_child; child != kNoExpression;
         child = tree_.expressions[child].next_sibling) {
      if (child != node.first_child) Add(word);
      Node(child, binding);
    }
    if (needs_parentheses) Add(")");
  }

  void Test(const Expression& test) {
    Path(test.property);
    Add(" ");
    Add(Text(test.op));
    if (!HasConstant(test.op)) return;
    Add(" ");
    Value(test.constant);
  }

  void Value(const Constant& constant) {
    switch (constant.kind) {
      case ConstantKind::kNull:
        return Add("NULL");
      case ConstantKind::kBoolean:
        return Add(constant.boolean ? "TRUE" : "FALSE");
      case ConstantKind::kInteger:
        return Add(fmt::format("{}{}", constant.is_negative ? "-" : "", constant.magnitude));
      case ConstantKind::kReal:
        return Add(RealText(constant.real));
      case ConstantKind::kText:
        return Quoted(constant.text);
    }
  }

  void Quoted(std::string_view text) {
    Add("\"");
    for (const char c : text) {
      if (c == '\\' || c == '"') out_.push_back('\\');
      out_.push_back(c);
    }
    Add("\"");
  }

  void Association(const AssociationClause& clause) {
    Add(clause.asks == AssociationClause::Asks::kAssociators ? "ASSOCIATORS OF {" : "REFERENCES OF {");
    Add(clause.path.text);
    Add("}");
    Word("AssocClass", clause.assoc_class);
    Word("ClassDefsOnly", clause.class_defs_only);
    Word("KeysOnly", clause.keys_only);
    Word("RequiredAssocQualifier", clause.required_assoc_qualifier);
    Word("RequiredQualifier", clause.required_qualifier);
    Word("ResultClass", clause.result_class);
    Word("ResultRole", clause.result_role);
    Word("Role", clause.role);
    Word("SchemaOnly", clause.schema_only);
  }

  void Word(std::string_view word, const NamePart& name) {
    if (!name.text.empty()) NextWord(fmt::format("{} = {}", word, name.text));
  }
  void Word(std::string_view word, const AssociationClause::Flag& flag) {
    if (flag.is_set) NextWord(word);
  }
  void NextWord(std::string_view word) {
    Add(has_words_ ? " " : " WHERE ");
    Add(word);
    has_words_ = true;
  }

  void Add(std::string_view text) { out_.append(text); }

  const SyntaxTree& tree_;
  std::string out_;
  bool has_words_ = false;
};

}  // namespace

std::string RealText(double value) {
  std::string text = fmt::format("{}", value + 0.0);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string Print(const SyntaxTree& tree) { return Printer(tree).Run(); }

}  // namespace wmi::wql
