#include "wmi/query_shape.h"

#include <algorithm>

#include "base/text.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::cli {

namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Words, and commas and stars on their own.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  // Empty at the end.
  std::string_view Next() {
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
    const auto ends_word = [](char c) { return IsBlank(c) || c == ',' || c == '*'; };
    std::size_t length = static_cast<std::size_t>(std::find_if(rest_.begin(), rest_.end(), ends_word) - rest_.begin());
    if (length == 0 && !rest_.empty()) length = 1;
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }

 private:
  std::string_view rest_;
};

QueryShape ShapeOfAssociations(std::string_view query) {
  QueryShape shape;
  const auto tree = wql::Parse(query);
  if (!tree.ok() || !tree.value()->association) return shape;
  const wql::AssociationClause& clause = *tree.value()->association;
  shape.path = clause.path.text;
  if (clause.class_defs_only.is_set || clause.schema_only.is_set) shape.gives = QueryShape::Gives::kClasses;
  return shape;
}

}  // namespace

QueryShape ShapeOf(std::string_view query) {
  QueryShape shape;
  Words words(query);
  if (!EqualFolded(words.Next(), "SELECT")) return ShapeOfAssociations(query);
  bool all = false;
  for (std::string_view word = words.Next(); !EqualFolded(word, "FROM"); word = words.Next()) {
    if (word.empty()) return {};
    if (word == "*") all = true;
    if (word != "*" && word != ",") shape.columns.emplace_back(word);
  }
  if (all) shape.columns.clear();
  shape.class_name = words.Next();
  if (EqualFolded(shape.class_name, "meta_class")) shape.gives = QueryShape::Gives::kClasses;
  return shape;
}

}  // namespace wmi::cli
