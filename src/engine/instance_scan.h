// InstanceScan: the physical part of a read — who is asked for which classes, and the rows that come back.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/status.h"
#include "cim/property_set.h"
#include "engine/calls.h"
#include "engine/class_server.h"
#include "engine/row_source.h"
#include "engine/session.h"
#include "engine/source_parts.h"
#include "provider/provider.h"
#include "wql/predicate.h"

namespace wmi::engine {

// What to read of each class.
struct ScanPlan {
  std::vector<cim::ClassPtr> classes;
  cim::PropertySet visible = cim::PropertySet::All();
  cim::PropertySet needed = cim::PropertySet::All();
  std::shared_ptr<const wql::Predicate> filter;
  bool has_keys = false;
  std::vector<provider::KeyTuple> keys;
  std::size_t rows_max = 0;  // stop after so many; 0: no limit
  // The query, for providers that take one: `from` is the place of the class name in it. Empty: none.
  std::string query;
  std::size_t from_offset = 0;
  std::size_t from_length = 0;
};

// The rows of each class of the plan, one class after the other. Ends with kPartialResults, naming the properties, when
// some could not be read.
class InstanceScan final : public RowSource {
 public:
  InstanceScan(SessionPtr session, ScanPlan plan, CallOptions options)
      : session_(std::move(session)), plan_(std::move(plan)), options_(std::move(options)) {}

  Placement placement() const override { return part_ ? part_->placement() : Placement::kExecutor; }
  Pulled Pull(const PullRequest& request, Batch& out) override;

 private:
  // The rows of the next class; none are left when `part_` stays null.
  Status OpenNext();
  Status Open(const cim::ClassPtr& schema);
  Status OpenRegistered(const cim::ClassPtr& schema, ClassServer server);
  Pulled PullPart(const PullRequest& request, Batch& out);
  // For the plan that a client may have asked for.
  void NoteStep(const cim::Class& schema, std::string operation, const std::string& server);
  // What the client is told of the progress: over all classes.
  void AddUp(std::vector<Notice>& notices);
  Status Outcome() const;

  const SessionPtr session_;
  const ScanPlan plan_;
  const CallOptions options_;
  std::size_t next_class_ = 0;
  std::size_t rows_ = 0;
  SourcePtr part_;
  std::size_t step_ = 0;         // of the part, in options_.trace
  std::uint64_t rows_read_ = 0;  // by the part in its last turn, before the filter
  std::set<std::string> denied_;
  Status success_;  // of a part that ended with more to say than kOk, such as kPartialResults
  Progress part_progress_;
  std::uint32_t done_before_ = 0;   // of the parts that have ended
  std::uint32_t total_before_ = 0;  // likewise
};

}  // namespace wmi::engine
