#include "engine/association_walk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cim/object_path.h"
#include "engine/association_index.h"
#include "engine/association_roles.h"
#include "engine/association_statement.h"
#include "engine/association_targets.h"
#include "engine/class_server.h"
#include "engine/engine.h"
#include "engine/instance_scan.h"
#include "store/key_text.h"

namespace wmi::engine {
namespace {

using wql::AssociationClause;
using wql::AssociationQuery;
using Candidate = AssociationIndex::Candidate;

cim::PropertySet KeySlots(const cim::Class& schema) {
  cim::PropertySet keys;
  for (const std::size_t slot : schema.key_slots()) keys.Add(slot);
  return keys;
}

// The same row, of which a client sees the keys.
cim::Object KeysOnly(const cim::Object& row) {
  cim::RowBlockBuilder builder(KeySlots(row.schema()));
  builder.BeginRow(row.schema_ptr());
  for (std::size_t slot = 0; slot < row.schema().properties().size(); ++slot) builder.Set(slot, row.slot(slot));
  builder.CommitRow();
  Batch rows;
  builder.Finish(rows);
  return std::move(rows.front());
}

// SchemaOnly: association classes, or the classes that they declare at the other end, again for every association.
Result<SourcePtr> SchemaRows(const SessionPtr& session, const AssociationQuery& query, const cim::ClassPtr& source,
                             PlanTrace* trace) {
  const TimePoint start = SteadyClock().Now();
  const NamespacePtr classes = session->name_space();
  const AssociationRoles roles(query, *classes);
  const auto index = session->engine().associations().Of(classes);
  const std::vector<Candidate> candidates = roles.Of(*index, *source);
  Batch found;
  for (const Candidate& candidate : candidates) {
    if (query.asks == AssociationClause::Asks::kReferences) {
      found.emplace_back(candidate.association);
      continue;
    }
    for (const std::size_t slot : candidate.slots) {
      for (const std::size_t end : roles.OtherEnds(*candidate.association, slot)) {
        const cim::ClassPtr schema = classes->FindClass(candidate.association->properties()[end].type.class_name);
        if (schema != nullptr && roles.IsResult(*schema)) found.emplace_back(schema);
      }
    }
  }
  if (trace != nullptr) {
    trace->Count(trace->Add({"Classes", "meta_class", {}, "associations of " + source->name(), 0, 0, {}}),
                 candidates.size(), found.size(), SteadyClock().Now() - start);
  }
  return EndingIn(index->left_out(), ReadyRows(std::move(found)));
}

// ---- objects

// What has been found at the other end of associations and is still to be read: objects of one class together, each
// with the number of associations that lead to it.
struct Ends {
  SessionPtr session;  // of the namespace in which they are
  cim::ClassPtr schema;
  std::vector<provider::KeyTuple> keys;
  std::unordered_map<std::string, std::size_t> times;  // by KeyText
};

// One object is looked for, then associations, then the objects at their other ends; each is the rows of a part. Parts
// that come from the rows of another one go before what was waiting.
class AssociationWalk final : public RowSource {
 public:
  AssociationWalk(SessionPtr session, AssociationQuery query, CallOptions options)
      : session_(std::move(session)),
        classes_(session_->name_space()),
        query_(std::move(query)),
        options_(std::move(options)),
        roles_(query_, *classes_) {}

  Status Start() {
    const std::string& written = query_.source.name_space;
    const SessionPtr home = TRY(SessionOf(written.empty() ? classes_->name() : written));
    const cim::ClassPtr schema = home->name_space()->FindClass(query_.source.class_name);
    if (schema == nullptr) return NoSourceClass(*home->name_space());
    if (query_.source.is_class()) {
      source_ = cim::Object(schema);
      return FindAssociations();
    }
    ScanPlan plan = TRY(PlanFor(home, schema));
    parts_.emplace_back(Part::Kind::kSource, Scan(home, std::move(plan)));
    return Status();
  }

  Placement placement() const override {
    return parts_.empty() ? Placement::kExecutor : parts_.front().rows->placement();
  }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    if (!waiting_.empty()) return Deliver(request, out);
    if (parts_.empty()) return Pulled::End(Outcome());
    Batch rows;
    Part& part = parts_.front();
    Pulled pulled = part.rows->Pull(request, rows);
    const Part::Kind kind = part.kind;
    const Status taken = Take(part, rows);
    if (!taken.ok()) return Pulled::End(taken);
    if (pulled.state == PullState::kBlocked) {
      // What there is already does not wait for the rest.
      return waiting_.empty() ? std::move(pulled) : Deliver(request, out);
    }
    if (pulled.state == PullState::kEnd) {
      const Status ended = End(kind, std::move(pulled.ending.status));
      if (!ended.ok()) return Pulled::End(ended);
    }
    const Status opened = OpenEnds();
    if (!opened.ok()) return Pulled::End(opened);
    return Deliver(request, out);
  }

 private:
  struct Part {
    enum class Kind {
      kSource,
      kAssociations,
      kEnds,
      kGivenEnds,  // the same, found by the provider of an association
    };
    Part(Kind what, SourcePtr source) : kind(what), rows(std::move(source)) {}

    Kind kind;
    SourcePtr rows;
    std::string provider;                                // of associations, for messages
    std::unordered_map<std::string, std::size_t> times;  // kEnds
    cim::ClassPtr association = {};                      // kGivenEnds
    bool has_rows = false;                               // kGivenEnds: some have come
  };

  // ---- the source

  Status NoSourceClass(const Namespace& home) const {
    return Status(code::kInvalidClass,
                  fmt::format("there is no class '{}' in namespace {}", query_.source.class_name, home.name()))
        .WithParameter(query_.source_text);
  }

  Status NoSource() const {
    return Status(code::kNotFound, fmt::format("there is no object {}", query_.source_text))
        .WithParameter(query_.source_text);
  }

  Result<ScanPlan> PlanFor(const SessionPtr& home, const cim::ClassPtr& schema) const {
    ScanPlan plan;
    plan.classes = home->name_space()->ClassAndDescendants(schema);
    plan.rows_max = 1;
    plan.needed = KeySlots(*schema);
    if (query_.source.is_singleton) return plan;
    plan.has_keys = true;
    plan.keys = {TRY(cim::KeyValues(query_.source, *schema))};
    return plan;
  }

  // ---- associations

  Status FindAssociations() {
    targets_ = AssociationTargets(source_, classes_->name(), server());
    const auto index = session_->engine().associations().Of(classes_);
    if (index->left_out().code() != code::kOk) failures_.insert(index->left_out().Message());
    bool asks_repository = false;
    for (Candidate& candidate : roles_.Of(*index, source_.schema())) {
      if (candidate.association->is_abstract()) continue;
      const cim::ClassPtr association = candidate.association;
      Result<ClassServer> server = FindServer(session_, *association);
      if (!server.ok()) {
        failures_.insert(server.status().Message());
        continue;
      }
      candidates_.emplace(association->name(), std::move(candidate));
      if (server->is_repository()) {
        asks_repository = true;
        continue;
      }
      parts_.push_back(AskProvider(association, *server));
    }
    return asks_repository ? ReadStoredAssociations() : Status();
  }

  // For the associations of the source alone, where the provider takes such a question (contract 7.6). What it answers
  // can be checked when it is associations; the other ends are believed.
  Part AskProvider(const cim::ClassPtr& association, const ClassServer& server) const {
    const Capabilities& can = server.capabilities;  // none of our own providers'
    if (can.references) {
      ScanPlan plan;
      plan.classes = {association};
      plan.statement = ReferencesStatement(query_, classes_->name(), *association);
      Part part(Part::Kind::kAssociations, Scan(session_, std::move(plan)));
      part.provider = server.name;
      return part;
    }
    if (can.associators && query_.asks == AssociationClause::Asks::kAssociators) {
      ScanPlan plan;
      plan.classes = {association};
      plan.statement = AssociatorsStatement(query_, classes_->name(), *association);
      plan.statement_gives = ScanPlan::StatementGives::kEnds;
      if (!plan.statement.empty()) {
        Part part(Part::Kind::kGivenEnds, Scan(session_, std::move(plan)));
        part.provider = server.name;
        part.association = association;
        return part;
      }
    }
    return AskForAll(association, server.name);
  }

  Part AskForAll(const cim::ClassPtr& association, std::string provider) const {
    ScanPlan plan;
    plan.classes = {association};
    Part part(Part::Kind::kAssociations, Scan(session_, std::move(plan)));
    part.provider = std::move(provider);
    return part;
  }

  Status ReadStoredAssociations() {
    Batch found;
    std::unordered_set<std::string> seen;
    const store::Repository& repository = session_->engine().repository();
    const TimePoint start = SteadyClock().Now();
    for (const std::string& target : targets_.texts()) {
      for (store::Repository::Referrer& referrer : TRY(repository.FindReferrers(target, classes_->name()))) {
        if (!EqualFolded(referrer.name_space->name(), classes_->name())) continue;
        const auto path = cim::RelativePath(referrer.instance);
        if (path && seen.insert(Fold(*path)).second) found.push_back(std::move(referrer.instance));
      }
    }
    if (options_.trace != nullptr) {
      PlanStep step{"References", source_.schema().name(), {}, fmt::format("to {}", query_.source_text), 0, 0, {}};
      options_.trace->Count(options_.trace->Add(std::move(step)), found.size(), found.size(),
                            SteadyClock().Now() - start);
    }
    parts_.emplace_front(Part::Kind::kAssociations, ReadyRows(std::move(found)));
    return Status();
  }

  void TakeAssociation(const Part& part, const cim::Object& association) {
    const auto candidate = candidates_.find(association.schema().name());
    if (candidate == candidates_.end()) return;
    bool is_checked = part.provider.empty();
    for (const std::size_t slot : candidate->second.slots) {
      if (!targets_.Contain(association.slot(slot))) continue;
      if (!std::exchange(is_checked, true) && !IsNew(association)) return;
      if (query_.asks == AssociationClause::Asks::kReferences) return Give(association);
      for (const std::size_t end : roles_.OtherEnds(association.schema(), slot)) TakeEnd(association.slot(end));
    }
  }

  // A provider may also give the associations of a subclass, which is asked for by itself.
  bool IsNew(const cim::Object& association) {
    const auto path = cim::RelativePath(association);
    return !path || associations_taken_.insert(Fold(*path)).second;
  }

  // ---- other ends

  // What leads nowhere is no result.
  void TakeEnd(cim::ValueView reference) {
    if (reference.kind() != cim::ValueKind::kText) return;
    const Result<cim::ObjectPath> path = cim::ParseObjectPath(reference.text());
    if (!path.ok()) return;
    const Result<SessionPtr> home = SessionOf(path->name_space.empty() ? classes_->name() : path->name_space);
    if (!home.ok()) return;
    const cim::ClassPtr schema = home.value()->name_space()->FindClass(path->class_name);
    if (schema == nullptr) return;
    if (path->is_class()) return Give(cim::Object(schema));
    if (!roles_.MayHoldResult(*schema)) return;
    provider::KeyTuple keys;
    if (!path->is_singleton) {
      Result<provider::KeyTuple> values = cim::KeyValues(*path, *schema);
      if (!values.ok()) return;
      keys = std::move(values).value();
    }
    Ends& ends = ends_[{home.value()->name_space()->name(), schema->name()}];
    ends.session = home.value();
    ends.schema = schema;
    if (++ends.times[store::KeyText(keys)] == 1) ends.keys.push_back(std::move(keys));
  }

  Status OpenEnds() {
    for (auto& [name, ends] : ends_) {
      ScanPlan plan;
      plan.classes = ends.session->name_space()->ClassAndDescendants(ends.schema);
      if (query_.gives == AssociationQuery::Gives::kClassesOfObjects) plan.needed = KeySlots(*ends.schema);
      if (query_.shows == AssociationQuery::Shows::kKeys) plan.visible = plan.needed = KeySlots(*ends.schema);
      plan.has_keys = !ends.schema->is_singleton();
      plan.keys = std::move(ends.keys);
      parts_.emplace_front(Part::Kind::kEnds, Scan(ends.session, std::move(plan))).times = std::move(ends.times);
    }
    ends_.clear();
    return Status();
  }

  void TakeEndObject(const Part& part, const cim::Object& object) {
    if (!roles_.IsResult(object.schema())) return;
    const auto key = store::KeyText(object);
    const auto times = key ? part.times.find(*key) : part.times.end();
    for (std::size_t i = 0; times != part.times.end() && i < times->second; ++i) Give(object);
  }

  // ---- rows

  Status Take(Part& part, const Batch& rows) {
    for (const cim::Object& row : rows) {
      if (part.kind == Part::Kind::kSource) source_ = row;
      if (part.kind == Part::Kind::kAssociations) TakeAssociation(part, row);
      if (part.kind == Part::Kind::kEnds) TakeEndObject(part, row);
      if (part.kind == Part::Kind::kGivenEnds && roles_.IsResult(row.schema())) Give(row);
    }
    part.has_rows = part.has_rows || !rows.empty();
    return Status();
  }

  Status End(Part::Kind kind, Status status) {
    const Part part = std::move(parts_.front());
    parts_.pop_front();
    if (kind == Part::Kind::kGivenEnds && !part.has_rows && IsRefusal(status.code())) {
      parts_.push_front(AskForAll(part.association, part.provider));
      return Status();
    }
    if (kind == Part::Kind::kSource) {
      TRY(Status(status));
      return source_ ? FindAssociations() : NoSource();
    }
    if (!status.ok() && part.provider.empty() && kind == Part::Kind::kAssociations) return status;  // the repository
    if (!status.ok() || status.code() != code::kOk) failures_.insert(status.Message());
    return Status();
  }

  void Give(const cim::Object& object) {
    if (query_.gives == AssociationQuery::Gives::kClassesOfObjects) {
      if (classes_given_.insert(object.schema().name()).second) waiting_.emplace_back(object.schema_ptr());
      return;
    }
    waiting_.push_back(query_.shows == AssociationQuery::Shows::kKeys && object.is_instance() ? KeysOnly(object)
                                                                                              : object);
  }

  Pulled Deliver(const PullRequest& request, Batch& out) {
    for (std::size_t i = 0; i < request.rows_max && !waiting_.empty(); ++i) {
      out.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return waiting_.empty() && parts_.empty() ? Pulled::End(Outcome()) : Pulled::More();
  }

  Status Outcome() const {
    if (failures_.empty()) return Status();
    return Status(code::kPartialResults,
                  fmt::format("not all associations could be read: {}", fmt::join(failures_, "; ")));
  }

  // ---- where things are

  const std::string& server() const { return session_->engine().repository().server(); }

  SourcePtr Scan(const SessionPtr& session, ScanPlan plan) const {
    return std::make_unique<InstanceScan>(session, std::move(plan), options_);
  }

  // The connection, or one like it to another namespace.
  Result<SessionPtr> SessionOf(const std::string& name_space) {
    if (EqualFolded(name_space, classes_->name())) return session_;
    const auto known = sessions_.find(name_space);
    if (known != sessions_.end()) return known->second;
    const NamespacePtr found = session_->engine().repository().FindNamespace(name_space);
    if (found == nullptr) {
      return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}' on this machine", name_space));
    }
    SessionPtr made =
        std::make_shared<const Session>(session_->engine(), found, session_->principal(), session_->lane(),
                                        session_->time_limit(), session_->quota(), session_->locale());
    sessions_.emplace(name_space, made);
    return made;
  }

  const SessionPtr session_;
  const NamespacePtr classes_;  // one state of the schema for the whole walk
  const AssociationQuery query_;
  const CallOptions options_;
  const AssociationRoles roles_;

  cim::Object source_;
  AssociationTargets targets_;
  std::unordered_map<std::string, Candidate, FoldedHash, FoldedEqual> candidates_;  // by association class
  std::deque<Part> parts_;                                                          // the front one is being read
  std::map<std::pair<std::string, std::string>, Ends> ends_;                        // by namespace and class
  std::deque<cim::Object> waiting_;                                                 // to be delivered
  std::unordered_set<std::string> classes_given_;
  std::unordered_set<std::string> associations_taken_;  // from providers, by path
  std::set<std::string> failures_;
  std::unordered_map<std::string, SessionPtr, FoldedHash, FoldedEqual> sessions_;
};

}  // namespace

SourcePtr AssociationSource(SessionPtr session, AssociationQuery query, CallOptions options) {
  return Deferred(
      [session = std::move(session), query = std::move(query), options = std::move(options)]() -> Result<SourcePtr> {
        if (query.gives == AssociationQuery::Gives::kSchema) {
          const cim::ClassPtr source = session->name_space()->FindClass(query.source.class_name);
          if (source == nullptr) {
            return Status(code::kInvalidClass, fmt::format("there is no class {}", query.source_text))
                .WithParameter(query.source_text);
          }
          return SchemaRows(session, query, source, options.trace.get());
        }
        auto walk = std::make_unique<AssociationWalk>(session, query, options);
        TRY(walk->Start());
        return SourcePtr(std::move(walk));
      });
}

}  // namespace wmi::engine
