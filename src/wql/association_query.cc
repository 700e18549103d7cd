#include "wql/association_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "wql/diagnostic.h"

namespace wmi::wql {
namespace {

using Asks = AssociationClause::Asks;

class AssociationBinder {
 public:
  explicit AssociationBinder(const SyntaxTree& tree) : tree_(tree), clause_(*tree.association) {}

  Status Check() {
    TRY(BindSource());
    return CheckWords();
  }

  Result<AssociationQuery> Run(const cim::ClassFinder& classes) {
    query_.asks = clause_.asks;
    TRY(Check());
    TRY(CheckSourceClass(classes));
    if (clause_.schema_only.is_set) query_.gives = AssociationQuery::Gives::kSchema;
    if (clause_.class_defs_only.is_set) query_.gives = AssociationQuery::Gives::kClassesOfObjects;
    if (clause_.keys_only.is_set) query_.shows = AssociationQuery::Shows::kKeys;
    query_.role = clause_.role.text;
    const bool is_references = clause_.asks == Asks::kReferences;
    query_.association_class = TRY(FindClass(classes, is_references ? clause_.result_class : clause_.assoc_class));
    query_.association_qualifier = (is_references ? clause_.required_qualifier : clause_.required_assoc_qualifier).text;
    if (is_references) return std::move(query_);
    query_.result_class = TRY(FindClass(classes, clause_.result_class));
    query_.result_qualifier = clause_.required_qualifier.text;
    query_.result_role = clause_.result_role.text;
    return std::move(query_);
  }

 private:
  Status Error(Code code, std::size_t offset, std::string message) const {
    return QueryError(code, tree_.text, offset, std::move(message));
  }

  Status BindSource() {
    Result<cim::ObjectPath> path = cim::ParseObjectPath(clause_.path.text);
    if (!path.ok()) {
      const int column = path.status().detail() == nullptr ? 0 : path.status().detail()->column;
      return Error(code::kInvalidQuery, clause_.path.offset + ByteOffset(clause_.path.text, column),
                   fmt::format("the braces hold no object path: {}", path.status().Message()));
    }
    query_.source = std::move(path).value();
    query_.source_text = clause_.path.text;
    return Status();
  }

  // A path without a namespace begins with the name of a class of this one.
  Status CheckSourceClass(const cim::ClassFinder& classes) const {
    const std::string& name = query_.source.class_name;
    if (!query_.source.name_space.empty() || classes.FindClass(name) != nullptr) return Status();
    return UnknownClass(tree_, {name, clause_.path.offset}, classes);
  }

  // Columns are counted in characters from 1.
  static std::size_t ByteOffset(std::string_view text, int column) {
    std::size_t at = 0;
    for (int passed = 1; passed < column && at < text.size(); ++passed) {
      do {
        ++at;
      } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
    }
    return at;
  }

  Status CheckWords() const {
    if (clause_.class_defs_only.is_set && !clause_.result_class.text.empty()) {
      return Error(code::kInvalidQuery, std::max(clause_.class_defs_only.offset, clause_.result_class.offset),
                   "ClassDefsOnly and ResultClass exclude each other; leave one of them out");
    }
    if (clause_.class_defs_only.is_set && clause_.schema_only.is_set) {
      return Error(code::kInvalidQuery, std::max(clause_.class_defs_only.offset, clause_.schema_only.offset),
                   "ClassDefsOnly and SchemaOnly exclude each other; SchemaOnly gives classes already");
    }
    if (clause_.schema_only.is_set && !query_.source.is_class()) {
      return Error(code::kInvalidQuery, clause_.path.offset,
                   fmt::format("SchemaOnly asks about classes: expected {{{}}}, found the path of an instance",
                               Excerpt(query_.source.class_name)));
    }
    return Status();
  }

  Result<cim::ClassPtr> FindClass(const cim::ClassFinder& classes, const NamePart& name) const {
    if (name.text.empty()) return cim::ClassPtr();
    cim::ClassPtr found = classes.FindClass(name.text);
    if (found == nullptr) return UnknownClass(tree_, name, classes);
    return found;
  }

  const SyntaxTree& tree_;
  const AssociationClause& clause_;
  AssociationQuery query_;
};

}  // namespace

Result<AssociationQuery> BindAssociation(const SyntaxTree& tree, const cim::ClassFinder& classes) {
  return AssociationBinder(tree).Run(classes);
}

Status CheckAssociation(const SyntaxTree& tree) { return AssociationBinder(tree).Check(); }

}  // namespace wmi::wql
