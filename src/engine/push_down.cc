#include "engine/push_down.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cim/object_path.h"
#include "engine/key_set.h"
#include "wql/print.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::engine {
namespace {

// More objects than this are listed rather than asked for one by one, and more keys than this do not go into a query.
constexpr std::size_t kKeysAskedOneByOneMax = 32;

cim::ObjectPath PathOf(const cim::Class& schema, const provider::KeyTuple& key) {
  cim::ObjectPath path;
  path.class_name = schema.name();
  path.is_singleton = schema.is_singleton();
  for (std::size_t i = 0; i < key.size(); ++i) {
    path.keys.push_back({schema.properties()[schema.key_slots()[i]].name, key[i]});
  }
  return path;
}

// A key is written in a path as it is in a query.
std::string KeyTest(const cim::Class& schema, const provider::KeyTuple& tuple, std::size_t key) {
  cim::ObjectPath path;
  path.class_name = "c";
  path.keys.push_back({schema.properties()[schema.key_slots()[key]].name, tuple[key]});
  return cim::FormatObjectPath(path).substr(2);
}

std::string InNormalForm(std::string text) {
  const auto tree = wql::Parse(text);
  return tree.ok() ? wql::Print(**tree) : std::move(text);
}

std::string KeyQuery(const cim::Class& schema, const std::vector<provider::KeyTuple>& keys) {
  std::string where;
  for (const provider::KeyTuple& tuple : keys) {
    if (!where.empty()) where += " OR ";
    for (std::size_t i = 0; i < tuple.size(); ++i) where += (i > 0 ? " AND " : "") + KeyTest(schema, tuple, i);
  }
  return InNormalForm(fmt::format("SELECT * FROM {} WHERE {}", schema.name(), where));
}

bool IsSelected(const wql::SyntaxTree& tree, std::string_view name) {
  return std::any_of(tree.select.begin(), tree.select.end(),
                     [&](const wql::PropertyPath& path) { return EqualFolded(tree.parts[path.first].text, name); });
}

// The query of exactly this class, in its normal form. The select list also names what WHERE reads and the keys: a
// provider may leave the rest empty, and its rows are filtered here once more.
std::string QueryOf(const ScanPlan& plan, const cim::Class& schema) {
  const auto parsed = wql::Parse(plan.query);
  if (!parsed.ok()) return fmt::format("SELECT * FROM {}", schema.name());
  const wql::SyntaxTree& tree = **parsed;
  std::string text = tree.text;
  text.replace(tree.class_name.offset, tree.class_name.text.size(), schema.name());
  if (tree.selects_all || plan.needed.is_all()) return InNormalForm(std::move(text));
  cim::PropertySet needed = plan.needed;
  for (const std::size_t slot : schema.key_slots()) needed.Add(slot);
  std::string more;
  for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) {
    const std::string& name = schema.properties()[slot].name;
    if (needed.Contains(slot) && !IsSelected(tree, name)) more += ", " + name;
  }
  const wql::PropertyPath& last = tree.select.back();
  const wql::NamePart& end = tree.parts[last.first + last.count - 1];
  text.insert(end.offset + end.text.size(), more);
  return InNormalForm(std::move(text));
}

bool Asks(const ScanPlan& plan) { return !plan.query.empty() && (plan.filter != nullptr || !plan.visible.is_all()); }

ProviderQuestion ObjectsByPath(const ScanPlan& plan, const cim::Class& schema) {
  ProviderQuestion question{"Keys", {}, {}};
  if (!plan.has_keys) question = {"Keys", "the only instance", {}};
  std::vector<provider::KeyTuple> keys = plan.keys;
  if (!plan.has_keys) keys.emplace_back();
  for (const provider::KeyTuple& key : keys) {
    ProviderCall call;
    call.kind = ProviderCall::Kind::kGetObject;
    call.path = cim::FormatObjectPath(PathOf(schema, key));
    question.calls.push_back(std::move(call));
  }
  return question;
}

ProviderQuestion Query(std::string operation, std::string text, std::string class_name) {
  ProviderQuestion question{std::move(operation), text, {}};
  ProviderCall call;
  call.kind = ProviderCall::Kind::kQuery;
  call.query = std::move(text);
  call.class_name = std::move(class_name);
  question.calls.push_back(std::move(call));
  return question;
}

ProviderQuestion Statement(const ScanPlan& plan, const std::string& listed) {
  using Gives = ScanPlan::StatementGives;
  if (plan.statement_gives == Gives::kAssociations) return Query("References", plan.statement, listed);
  // An enumeration in their place would give something else.
  return Query(plan.statement_gives == Gives::kEnds ? "Associators" : "Query", plan.statement, {});
}

bool IsByPath(const ScanPlan& plan, const cim::Class& schema, const Capabilities& can) {
  if (!can.get) return false;
  const bool can_list = can.enumerate || can.query;
  if (!plan.has_keys) return schema.is_singleton() && (plan.rows_max == 1 || !can_list);
  if (!can_list) return true;
  // A query says more than the keys do.
  return plan.keys.size() <= kKeysAskedOneByOneMax && !(can.query && Asks(plan));
}

}  // namespace

provider::Request PushDown(const ScanPlan& plan, const cim::ClassPtr& schema, const provider::Support& support) {
  provider::Request request;
  request.schema = schema;
  request.visible = plan.visible;
  request.filter = plan.filter;
  if (support.needed) request.needed = plan.needed;
  if (plan.has_keys && support.keys) {
    request.has_keys = true;
    request.keys = plan.keys;
  } else if (plan.has_keys && plan.filter == nullptr) {
    request.accepts = [keys = std::make_shared<const KeySet>(plan.keys)](const cim::Row& row) {
      return keys->Contains(row);
    };
    for (const std::size_t slot : schema->key_slots()) {
      if (!request.needed.is_all()) request.needed.Add(slot);
    }
  }
  for (const std::string_view name : support.narrowed) {
    const auto slot = schema->FindSlot(name);
    if (!slot || plan.filter == nullptr) continue;
    if (const auto* values = plan.filter->ValuesOf(*slot)) request.allowed.push_back({*slot, *values});
  }
  return request;
}

std::string DescribePushDown(const provider::Request& request) {
  std::vector<std::string> parts;
  std::vector<std::string_view> narrowed;
  const std::vector<cim::Property>& properties = request.schema->properties();
  for (const provider::Request::Allowed& allowed : request.allowed) narrowed.push_back(properties[allowed.slot].name);
  if (!narrowed.empty()) parts.push_back(fmt::format("values of {}", fmt::join(narrowed, ", ")));
  std::size_t needed = 0;
  for (std::size_t slot = 0; slot < properties.size(); ++slot) needed += request.needed.Contains(slot) ? 1 : 0;
  if (needed < properties.size()) parts.push_back(fmt::format("{} of {} properties", needed, properties.size()));
  return fmt::format("{}", fmt::join(parts, "; "));
}

Result<ProviderQuestion> QuestionFor(const ScanPlan& plan, const cim::Class& schema, const ClassServer& server) {
  const Capabilities& can = server.capabilities;
  const std::string listed = can.enumerate ? schema.name() : std::string();
  if (!plan.statement.empty()) return Statement(plan, listed);
  if (IsByPath(plan, schema, can)) return ObjectsByPath(plan, schema);
  if (can.query && Asks(plan)) return Query("Query", QueryOf(plan, schema), listed);
  const bool few_keys = plan.has_keys && plan.keys.size() <= kKeysAskedOneByOneMax;
  if (can.query && few_keys) return Query("Query", KeyQuery(schema, plan.keys), listed);
  if (can.enumerate) {
    ProviderQuestion question{"Scan", {}, {}};
    question.calls.emplace_back().class_name = schema.name();
    return question;
  }
  if (can.query) return Query("Query", fmt::format("SELECT * FROM {}", schema.name()), {});
  return Status(code::kProviderNotCapable,
                fmt::format("the provider {} is not registered for reading instances of {}; see SupportsEnumeration, "
                            "SupportsGet and QuerySupportLevels of its __InstanceProviderRegistration",
                            server.name, schema.name()))
      .WithProvider(server.name);
}

}  // namespace wmi::engine
