#include "engine/association_statement.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/object_path.h"
#include "wql/print.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::engine {
namespace {

using Words = std::vector<std::pair<std::string_view, std::string>>;

// Words without a value are left out.
std::string Statement(std::string_view what, cim::ObjectPath source, const std::string& name_space,
                      const Words& words) {
  if (EqualFolded(source.name_space, name_space)) {
    source.name_space.clear();
    source.server.clear();
    source.names_server = false;
  }
  std::string text = fmt::format("{} OF {{{}}} WHERE", what, cim::FormatObjectPath(source));
  for (const auto& [word, value] : words) {
    if (!value.empty()) text += fmt::format(" {} = {}", word, value);
  }
  const auto tree = wql::Parse(text);
  return tree.ok() ? wql::Print(**tree) : std::string();
}

}  // namespace

std::string ReferencesStatement(const wql::AssociationQuery& query, const std::string& name_space,
                                const cim::Class& association) {
  return Statement("REFERENCES", query.source, name_space, {{"ResultClass", association.name()}, {"Role", query.role}});
}

std::string AssociatorsStatement(const wql::AssociationQuery& query, const std::string& name_space,
                                 const cim::Class& association) {
  const std::string result_class = query.result_class == nullptr ? std::string() : query.result_class->name();
  return Statement("ASSOCIATORS", query.source, name_space,
                   {{"AssocClass", association.name()},
                    {"RequiredQualifier", query.result_qualifier},
                    {"ResultClass", result_class},
                    {"ResultRole", query.result_role},
                    {"Role", query.role}});
}

}  // namespace wmi::engine
