#include "wmi/query_shape.h"

#include <algorithm>

#include "base/text.h"

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

}  // namespace

QueryShape ShapeOf(std::string_view query) {
  QueryShape shape;
  Words words(query);
  if (!EqualFolded(words.Next(), "SELECT")) return shape;
  bool all = false;
  for (std::string_view word = words.Next(); !EqualFolded(word, "FROM"); word = words.Next()) {
    if (word.empty()) return {};
    if (word == "*") all = true;
    if (word != "*" && word != ",") shape.columns.emplace_back(word);
  }
  if (all) shape.columns.clear();
  shape.class_name = words.Next();
  return shape;
}

bool IsSchemaClass(std::string_view class_name) { return EqualFolded(class_name, "meta_class"); }

}  // namespace wmi::cli
