// The calls that read (calls.h): query, instances, one object, classes.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "cim/object_path.h"
#include "engine/amended_rows.h"
#include "engine/association_walk.h"
#include "engine/calls.h"
#include "engine/class_damage.h"
#include "engine/engine.h"
#include "engine/instance_scan.h"
#include "engine/source_parts.h"
#include "engine/unparsed_query.h"
#include "wql/association_query.h"
#include "wql/event_query.h"
#include "wql/print.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::engine {
namespace {

Status NoSuchClass(const Namespace& classes, std::string_view name) {
  TRY(CheckReadable(classes, name));
  return Status(code::kInvalidClass, fmt::format("there is no class '{}' in namespace {}", name, classes.name()))
      .WithParameter(std::string(name));
}

// Classes that belong together, and what is said of those among them that cannot be read.
struct ClassList {
  std::vector<cim::ClassPtr> classes;
  Status left_out;  // kPartialResults when some are
};

ClassList AllClasses(const Namespace& classes) {
  ClassList all{classes.classes(), {}};
  if (all.classes.size() < classes.size()) {
    all.left_out = WhatIsLeftOut(classes, classes.ClassNames(), all.classes.size());
  }
  return all;
}

ClassList Family(const Namespace& classes, const cim::ClassPtr& schema, Depth depth) {
  if (depth == Depth::kShallow) return {{schema}, {}};
  ClassList family{classes.ClassAndDescendants(schema), {}};
  family.left_out = WhatIsLeftOut(classes, classes.NamesOfFamily(schema->name()), family.classes.size());
  return family;
}

// Those that a schema query has to look at: reading a definition costs more than asking the clause.
ClassList ClassesFor(const Namespace& classes, const wql::Predicate* filter) {
  const std::vector<cim::Value>* names = filter == nullptr ? nullptr : filter->ClassNames();
  if (names == nullptr) return AllClasses(classes);
  ClassList found;
  for (const cim::Value& name : *names) {
    if (cim::ClassPtr schema = classes.FindClass(name.view().text())) {
      found.classes.push_back(std::move(schema));
    } else if (Status damage = CheckReadable(classes, name.view().text()); !damage.ok()) {
      found.left_out = Status(code::kPartialResults, damage.Message());
    }
  }
  return found;
}

SourcePtr MatchingClasses(const Namespace& classes, const wql::Predicate* filter, PlanTrace* trace) {
  const TimePoint start = SteadyClock().Now();
  const ClassList candidates = ClassesFor(classes, filter);
  Batch found;
  for (const cim::ClassPtr& schema : candidates.classes) {
    if (filter == nullptr || filter->MatchesClass(*schema)) found.emplace_back(schema);
  }
  if (trace != nullptr) {
    trace->Count(trace->Add({"Classes", "meta_class", {}, {}, 0, 0, {}}), candidates.classes.size(), found.size(),
                 SteadyClock().Now() - start);
  }
  return EndingIn(candidates.left_out, ReadyRows(std::move(found)));
}

// The answer when WHERE excludes everything: no class is asked.
SourcePtr Nothing(const CallOptions& options) {
  if (options.trace != nullptr) {
    options.trace->Add({"Nothing", {}, {}, "no object can satisfy the WHERE clause", 0, 0, {}});
  }
  return ReadyRows({});
}

SourcePtr Scan(const SessionPtr& session, ScanPlan plan, const CallOptions& options) {
  return std::make_unique<InstanceScan>(session, std::move(plan), options);
}

// An instance as it would come, with defaults.
SourcePtr Prototype(const cim::ClassPtr& schema, const cim::PropertySet& visible) {
  cim::RowBlockBuilder builder(visible);
  builder.BeginRow(schema);
  builder.CommitRow();
  Batch prototype;
  builder.Finish(prototype);
  return ReadyRows(std::move(prototype));
}

// What comes has a shape before the query has run only when it is an instance of a class that the query names.
Status NoPrototype(std::string_view way_out) {
  return Status(code::kNotSupported, fmt::format("WBEM_FLAG_PROTOTYPE: what this query gives has no shape before the "
                                                 "query has run; {}",
                                                 way_out));
}

Result<SourcePtr> AnswerAssociation(const SessionPtr& session, wql::AssociationQuery query,
                                    const QueryOptions& query_options, const CallOptions& options) {
  if (query_options.result == QueryResult::kInstances) return AssociationSource(session, std::move(query), options);
  if (query.gives != wql::AssociationQuery::Gives::kObjects) return NoPrototype("ask for the class by its name");
  const bool gives_associations = query.asks == wql::AssociationClause::Asks::kReferences;
  const cim::ClassPtr& schema = gives_associations ? query.association_class : query.result_class;
  if (schema == nullptr) return NoPrototype("name the class of the results: ResultClass = ...");
  if (query.shows == wql::AssociationQuery::Shows::kWhole) return Prototype(schema, cim::PropertySet::All());
  cim::PropertySet keys;
  for (const std::size_t slot : schema->key_slots()) keys.Add(slot);
  return Prototype(schema, keys);
}

Result<SourcePtr> AnswerSchema(const NamespacePtr& classes, std::shared_ptr<const wql::Predicate> filter,
                               const QueryOptions& query_options, const CallOptions& options) {
  if (query_options.result == QueryResult::kPrototype) return NoPrototype("ask for the class by its name");
  return Deferred([classes, filter = std::move(filter), trace = options.trace] {
    return Result<SourcePtr>(MatchingClasses(*classes, filter.get(), trace.get()));
  });
}

void ShowKeys(wql::BoundQuery& query) {
  for (std::size_t slot : query.schema->key_slots()) {
    query.visible.Add(slot);
    query.needed.Add(slot);
  }
}

bool IsEventClass(const Namespace& classes, std::string_view name) {
  const cim::ClassPtr schema = classes.FindClass(name);
  return schema != nullptr && schema->IsA("__Event");
}

// A query for events is not for reading, but who asks for its plan wants to know whether it is right and what it says.
Result<SourcePtr> ExplainEvents(const wql::SyntaxTree& tree, const Namespace& classes, PlanTrace& trace) {
  const wql::EventQuery query = TRY(wql::BindEvent(tree, classes));
  trace.Add({"Events", query.schema->name(), "subscription", wql::Print(tree), 0, 0, {}});
  return ReadyRows({});
}

Result<SourcePtr> AnswerData(const SessionPtr& session, const Namespace& classes, const std::string& text,
                             wql::BoundQuery query, const QueryOptions& query_options, const CallOptions& options) {
  if (query_options.locatable == Locatable::kAlways) ShowKeys(query);
  if (query_options.result == QueryResult::kPrototype) return Prototype(query.schema, query.visible);
  const wql::Predicate* const filter = query.filter.get();
  if (filter != nullptr && filter->IsNever()) return Nothing(options);
  ClassList family = Family(classes, query.schema, query_options.depth);
  ScanPlan plan;
  plan.classes = std::move(family.classes);
  plan.asked = query.schema;
  if (filter != nullptr) {
    std::erase_if(plan.classes, [&](const cim::ClassPtr& schema) { return !filter->MayMatch(*schema); });
    if (plan.classes.empty()) return EndingIn(std::move(family.left_out), Nothing(options));
    // WHERE that names the keys is a look-up, not a scan.
    if (auto keys = filter->KeyTuples()) {
      if (keys->empty()) return Nothing(options);
      plan.has_keys = true;
      plan.keys = std::move(*keys);
    }
  }
  plan.visible = std::move(query.visible);
  plan.needed = std::move(query.needed);
  plan.filter = std::move(query.filter);
  plan.query = text;
  return EndingIn(std::move(family.left_out), Scan(session, std::move(plan), options));
}

// Before one of the classes that a query names is said not to be there.
Status CheckNamedClasses(const Namespace& classes, const wql::SyntaxTree& tree) {
  if (!tree.association) return CheckReadable(classes, tree.class_name.text);
  TRY(CheckReadable(classes, tree.association->result_class.text));
  TRY(CheckReadable(classes, tree.association->assoc_class.text));
  const Result<cim::ObjectPath> source = cim::ParseObjectPath(tree.association->path.text);
  return source.ok() ? CheckReadable(classes, source->class_name) : Status();
}

Result<SourcePtr> BindQuery(const SessionPtr& session, const std::string& text, const QueryOptions& query_options,
                            const CallOptions& options) {
  const NamespacePtr classes = session->name_space();
  const auto parsed = wql::Parse(text);
  if (!parsed.ok()) return UnparsedQuery(session, text, parsed.status(), options);
  const auto& tree = *parsed;
  if (tree->association) {
    Result<wql::AssociationQuery> query = wql::BindAssociation(*tree, *classes);
    if (!query.ok() && query.status().code() == code::kInvalidClass) TRY(CheckNamedClasses(*classes, *tree));
    return AnswerAssociation(session, TRY(std::move(query)), query_options, options);
  }
  if (options.trace != nullptr && IsEventClass(*classes, tree->class_name.text)) {
    return ExplainEvents(*tree, *classes, *options.trace);
  }
  Result<wql::BoundQuery> bound = wql::Bind(*tree, *classes);
  if (!bound.ok() && bound.status().code() == code::kInvalidClass) {
    TRY(CheckNamedClasses(*classes, *tree));
  }
  wql::BoundQuery query = TRY(std::move(bound));
  if (query.kind == wql::QueryKind::kClasses) {
    return AnswerSchema(classes, std::move(query.filter), query_options, options);
  }
  return AnswerData(session, *classes, text, std::move(query), query_options, options);
}

Result<SourcePtr> BindTraced(const SessionPtr& session, const std::string& text, const QueryOptions& query_options,
                             const CallOptions& options) {
  if (options.trace == nullptr) return BindQuery(session, text, query_options, options);
  const TimePoint start = SteadyClock().Now();
  const std::size_t step = options.trace->Add({"Bind", {}, {}, {}, 0, 0, Duration::zero()});
  Result<SourcePtr> source = BindQuery(session, text, query_options, options);
  options.trace->Count(step, 0, 0, SteadyClock().Now() - start);
  return source;
}

// ---- one object -----------------------------------------------------------------------------------------------------

// The path may name this namespace, no other (contract 1.3).
Status CheckPlace(const cim::ObjectPath& path, const Namespace& classes, const std::string& text) {
  if (path.name_space.empty() || EqualFolded(path.name_space, classes.name())) return Status();
  return Status(code::kInvalidObjectPath,
                fmt::format("the path names the namespace {}, but this connection is to {}; connect to that namespace",
                            path.name_space, classes.name()))
      .WithParameter(text);
}

// Only the properties that the context asks for (contract 1.3, partial get).
Status Restrict(const CallContext* context, const cim::Class& schema, ScanPlan& plan) {
  if (context == nullptr || !context->IsTrue("__GET_EXTENSIONS")) return Status();
  cim::PropertySet asked;
  for (std::size_t slot : schema.key_slots()) asked.Add(slot);
  const cim::Value* names = context->Find("__GET_EXT_PROPERTIES");
  if (!context->IsTrue("__GET_EXT_KEYS_ONLY") && names != nullptr) {
    if (names->view().kind() != cim::ValueKind::kArray) {
      return Status(code::kInvalidContext, "__GET_EXT_PROPERTIES is not an array of property names");
    }
    for (cim::ValueView name : names->view().items()) {
      const auto slot = name.kind() == cim::ValueKind::kText ? schema.FindSlot(name.text()) : std::nullopt;
      // System properties are always there.
      if (!slot && name.kind() == cim::ValueKind::kText && name.text().starts_with("__")) continue;
      if (!slot) {
        return Status(code::kInvalidParameter,
                      fmt::format("__GET_EXT_PROPERTIES names something that the class {} does not have: '{}'",
                                  schema.name(), name.kind() == cim::ValueKind::kText ? name.text() : "?"));
      }
      asked.Add(*slot);
    }
  } else if (!context->IsTrue("__GET_EXT_KEYS_ONLY")) {
    return Status();
  }
  plan.visible = asked;
  plan.needed = std::move(asked);
  return Status();
}

Result<SourcePtr> BindObject(const SessionPtr& session, const std::string& text, const CallOptions& options) {
  const NamespacePtr classes = session->name_space();
  const cim::ObjectPath path = TRY(cim::ParseObjectPath(text));
  TRY(CheckPlace(path, *classes, text));
  cim::ClassPtr schema = classes->FindClass(path.class_name);
  if (!schema) {
    // GetObject of a class that does not exist is "not found"; of its instance, "invalid class" (contract 1.3).
    const Status missing = NoSuchClass(*classes, path.class_name);
    if (!path.is_class() || missing.code() != code::kInvalidClass) return missing;
    return Status(code::kNotFound, missing.Message()).WithParameter(text);
  }
  if (path.is_class()) return ReadyRows({cim::Object(std::move(schema))});
  ScanPlan plan;
  ClassList family = Family(*classes, schema, Depth::kDeep);
  plan.classes = std::move(family.classes);
  plan.rows_max = 1;
  if (!path.is_singleton) {
    plan.has_keys = true;
    plan.keys = {TRY(cim::KeyValues(path, *schema))};
  } else if (!schema->is_singleton()) {
    return Status(code::kInvalidObjectPath,
                  fmt::format("the class {} is not a singleton; name its keys", schema->name()))
        .WithParameter(text);
  }
  TRY(Restrict(options.context.get(), *schema, plan));
  Status missing = Status(code::kNotFound, fmt::format("there is no instance {}", text)).WithParameter(text);
  if (family.left_out.code() != code::kOk) {  // it may be one of theirs
    missing = Status(code::kCriticalError, family.left_out.Message()).WithParameter(text);
  }
  return AtLeastOne(Scan(session, std::move(plan), options), std::move(missing));
}

Result<SourcePtr> BindClasses(const Session& session, const std::string& superclass, Depth depth) {
  const NamespacePtr classes = session.name_space();
  ClassList found;
  if (depth == Depth::kShallow) {
    if (!superclass.empty() && !classes->FindClass(superclass)) return NoSuchClass(*classes, superclass);
    found.classes = classes->Children(superclass);
    found.left_out = WhatIsLeftOut(*classes, classes->NamesOfChildren(superclass), found.classes.size());
  } else if (superclass.empty()) {
    found = AllClasses(*classes);
  } else {
    const cim::ClassPtr schema = classes->FindClass(superclass);
    if (!schema) return NoSuchClass(*classes, superclass);
    found = Family(*classes, schema, Depth::kDeep);
    found.classes.erase(found.classes.begin());  // itself
  }
  Batch rows;
  for (cim::ClassPtr& schema : found.classes) rows.emplace_back(std::move(schema));
  return EndingIn(std::move(found.left_out), ReadyRows(std::move(rows)));
}

SourcePtr InLanguage(const SessionPtr& session, const CallOptions& options, SourcePtr source) {
  return options.amended == Amended::kYes ? AmendedRows(session, std::move(source)) : std::move(source);
}

}  // namespace

SourcePtr QuerySource(SessionPtr session, std::string query, QueryOptions query_options, CallOptions options) {
  if (options.context != nullptr && options.context->IsTrue(kExplainValue))
    options.trace = std::make_shared<PlanTrace>();
  const PlanTracePtr trace = options.trace;
  SourcePtr rows = InLanguage(session, options, Deferred([session, query = std::move(query), query_options, options] {
                                return BindTraced(session, query, query_options, options);
                              }));
  return trace == nullptr ? std::move(rows) : ExplainedRows(std::move(rows), trace);
}

SourcePtr InstancesSource(SessionPtr session, std::string class_name, Depth depth, CallOptions options) {
  return InLanguage(session, options,
                    Deferred([session, class_name = std::move(class_name), depth, options]() -> Result<SourcePtr> {
                      const NamespacePtr classes = session->name_space();
                      const cim::ClassPtr schema = classes->FindClass(class_name);
                      if (!schema) return NoSuchClass(*classes, class_name);
                      ScanPlan plan;
                      ClassList family = Family(*classes, schema, depth);
                      plan.classes = std::move(family.classes);
                      plan.asked = schema;
                      return EndingIn(std::move(family.left_out), Scan(session, std::move(plan), options));
                    }));
}

SourcePtr ObjectSource(SessionPtr session, std::string path, CallOptions options) {
  return InLanguage(session, options, Deferred([session, path = std::move(path), options] {
                      return BindObject(session, path, options);
                    }));
}

SourcePtr ClassesSource(SessionPtr session, std::string superclass, Depth depth, CallOptions options) {
  return InLanguage(session, options, Deferred([session, superclass = std::move(superclass), depth] {
                      return BindClasses(*session, superclass, depth);
                    }));
}

SourcePtr ReadySource(cim::Object object) { return ReadyRows({std::move(object)}); }

}  // namespace wmi::engine
