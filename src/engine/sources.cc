// The sources of the read calls: each binds its text in its first turn and then scans.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cim/object_path.h"
#include "engine/engine.h"
#include "engine/instance_scan.h"
#include "wql/query.h"

namespace wmi::engine {
namespace {

Status NoSuchClass(const Session& session, std::string_view name) {
  return Status(code::kInvalidClass,
                fmt::format("there is no class '{}' in namespace {}", name, session.name_space().name()))
      .WithParameter(std::string(name));
}

std::vector<cim::ClassPtr> Classes(const Session& session, const cim::ClassPtr& schema, Depth depth) {
  if (depth == Depth::kShallow) return {schema};
  return session.name_space().ClassAndDescendants(schema);
}

// Rows that are known at once: class objects, namespaces, prototypes.
class ReadyRows {
 public:
  void Add(cim::Object object) { rows_.push_back(std::move(object)); }
  Pulled Pull(const PullRequest& request, Batch& out) {
    const std::size_t count = std::min(request.rows_max, rows_.size() - next_);
    for (std::size_t i = 0; i < count; ++i) out.push_back(std::move(rows_[next_++]));
    return next_ == rows_.size() ? Pulled::End() : Pulled::More();
  }

 private:
  Batch rows_;
  std::size_t next_ = 0;
};

// A source that finds out in its first turn what it has to do: then it scans, or hands out what it knows.
class BoundSource : public RowSource {
 public:
  Placement placement() const override { return scan_ ? scan_->placement() : Placement::kExecutor; }

  Pulled Pull(const PullRequest& request, Batch& out) final {
    if (!bound_) {
      bound_ = true;
      Status status = Bind();
      if (!status.ok()) return Pulled::End(status);
      // What comes next may have to run on another pool.
      if (scan_ && scan_->placement() != Placement::kExecutor) return Pulled::More();
    }
    if (!scan_) return ready_.Pull(request, out);
    Pulled pulled = scan_->Pull(request, out);
    if (pulled.state == PullState::kEnd && pulled.outcome.ok()) {
      Status missing = AtEnd(scan_->rows());
      if (!missing.ok()) pulled.outcome = missing;
    }
    return pulled;
  }

 protected:
  explicit BoundSource(SessionPtr session) : session_(std::move(session)) {}

  // Fills ready() or calls Scan.
  virtual Status Bind() = 0;
  // A failure when so few rows are an error.
  virtual Status AtEnd(std::size_t) { return Status(); }

  const Session& session() const { return *session_; }
  ReadyRows& ready() { return ready_; }
  void Scan(ScanPlan plan) { scan_.emplace(session_->engine(), std::move(plan)); }

 private:
  const SessionPtr session_;
  bool bound_ = false;
  ReadyRows ready_;
  std::optional<InstanceScan> scan_;
};

class Query final : public BoundSource {
 public:
  Query(SessionPtr session, std::string text, QueryResult result, Locatable locatable, Depth depth)
      : BoundSource(std::move(session)),
        text_(std::move(text)),
        result_(result),
        locatable_(locatable),
        depth_(depth) {}

 private:
  Status Bind() override {
    auto tree = TRY(wql::Parse(text_));
    wql::BoundQuery query = TRY(wql::Bind(*tree, session().name_space()));
    if (query.kind == wql::QueryKind::kClasses) {
      for (const cim::ClassPtr& schema : session().name_space().classes()) {
        if (!query.filter || query.filter->MatchesClass(*schema)) ready().Add(cim::Object(schema));
      }
      return Status();
    }
    if (locatable_ == Locatable::kAlways) {
      for (std::size_t slot : query.schema->key_slots()) {
        query.visible.Add(slot);
        query.needed.Add(slot);
      }
    }
    if (result_ == QueryResult::kPrototype) {
      cim::RowBlockBuilder builder(query.visible);
      builder.BeginRow(query.schema);
      builder.CommitRow();
      Batch prototype;
      builder.Finish(prototype);
      ready().Add(std::move(prototype.front()));
      return Status();
    }
    ScanPlan plan;
    plan.classes = Classes(session(), query.schema, depth_);
    plan.visible = std::move(query.visible);
    plan.needed = std::move(query.needed);
    plan.filter = std::move(query.filter);
    if (plan.filter) {
      // WHERE that names the keys is a look-up, not a scan.
      if (auto keys = plan.filter->KeyTuples()) {
        plan.has_keys = true;
        plan.keys = std::move(*keys);
      }
    }
    Scan(std::move(plan));
    return Status();
  }

  const std::string text_;
  const QueryResult result_;
  const Locatable locatable_;
  const Depth depth_;
};

class Instances final : public BoundSource {
 public:
  Instances(SessionPtr session, std::string class_name, Depth depth)
      : BoundSource(std::move(session)), class_name_(std::move(class_name)), depth_(depth) {}

 private:
  Status Bind() override {
    cim::ClassPtr schema = session().name_space().FindClass(class_name_);
    if (!schema) return NoSuchClass(session(), class_name_);
    ScanPlan plan;
    plan.classes = Classes(session(), schema, depth_);
    Scan(std::move(plan));
    return Status();
  }

  const std::string class_name_;
  const Depth depth_;
};

class OneObject final : public BoundSource {
 public:
  OneObject(SessionPtr session, std::string path) : BoundSource(std::move(session)), path_(std::move(path)) {}

 private:
  Status Bind() override {
    cim::ObjectPath path = TRY(cim::ParseObjectPath(path_));
    TRY(CheckPlace(path));
    cim::ClassPtr schema = session().name_space().FindClass(path.class_name);
    if (!schema) {
      // GetObject of a class that does not exist is "not found"; of its instance, "invalid class" (contract 1.3).
      if (!path.is_class()) return NoSuchClass(session(), path.class_name);
      return Status(code::kNotFound, NoSuchClass(session(), path.class_name).Message()).WithParameter(path_);
    }
    if (path.is_class()) {
      ready().Add(cim::Object(std::move(schema)));
      return Status();
    }
    ScanPlan plan;
    plan.classes = session().name_space().ClassAndDescendants(schema);
    plan.rows_max = 1;
    if (!path.is_singleton) {
      plan.has_keys = true;
      plan.keys = {TRY(cim::KeyValues(path, *schema))};
    } else if (!schema->is_singleton()) {
      return Status(code::kInvalidObjectPath,
                    fmt::format("the class {} is not a singleton; name its keys", schema->name()))
          .WithParameter(path_);
    }
    Scan(std::move(plan));
    return Status();
  }

  // The path may name this namespace, no other (contract 1.3).
  Status CheckPlace(const cim::ObjectPath& path) const {
    if (path.name_space.empty() || EqualFolded(path.name_space, session().name_space().name())) return Status();
    return Status(
               code::kInvalidObjectPath,
               fmt::format("the path names the namespace {}, but this connection is to {}; connect to that namespace",
                           path.name_space, session().name_space().name()))
        .WithParameter(path_);
  }

  Status AtEnd(std::size_t rows) override {
    if (rows > 0) return Status();
    return Status(code::kNotFound, fmt::format("there is no instance {}", path_)).WithParameter(path_);
  }

  const std::string path_;
};

}  // namespace

std::unique_ptr<RowSource> Engine::QuerySource(SessionPtr session, std::string query, QueryResult result,
                                               Locatable locatable, Depth depth) const {
  return std::make_unique<Query>(std::move(session), std::move(query), result, locatable, depth);
}

std::unique_ptr<RowSource> Engine::InstancesSource(SessionPtr session, std::string class_name, Depth depth) const {
  return std::make_unique<Instances>(std::move(session), std::move(class_name), depth);
}

std::unique_ptr<RowSource> Engine::ObjectSource(SessionPtr session, std::string path) const {
  return std::make_unique<OneObject>(std::move(session), std::move(path));
}

}  // namespace wmi::engine
