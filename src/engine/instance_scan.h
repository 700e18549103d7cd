// InstanceScan: the physical part of a read — who is asked for which classes, and the rows that come back.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/status.h"
#include "engine/calls.h"
#include "engine/class_server.h"
#include "engine/push_port.h"
#include "engine/push_provider.h"
#include "engine/row_source.h"
#include "engine/scan_plan.h"
#include "engine/session.h"
#include "engine/source_parts.h"

namespace wmi::engine {

// The rows of each class of the plan, one class after the other. Ends with kPartialResults, saying what is
// missing, when something could not be read. An object that a provider does not find is no row; when it was the only
// one asked for, the call ends as the provider said.
class InstanceScan final : public RowSource {
 public:
  // What the rows lack, for the final status: names of properties that may not be read, and reasons of the providers.
  struct Missing {
    std::set<std::string> denied;
    std::set<std::string> reasons;
  };

  InstanceScan(SessionPtr session, ScanPlan plan, CallOptions options)
      : session_(std::move(session)), plan_(std::move(plan)), options_(std::move(options)) {}

  Placement placement() const override { return part_ ? part_->placement() : Placement::kExecutor; }
  Pulled Pull(const PullRequest& request, Batch& out) override;

 private:
  // The rows of the next class; none are left when `part_` stays null.
  Status OpenNext();
  Status Open(const cim::ClassPtr& schema);
  Status OpenRegistered(const cim::ClassPtr& schema, ClassServer server);
  Status OpenBuiltIn(const cim::ClassPtr& schema, const ClassServer& server);
  Status OpenStoredRows(const cim::ClassPtr& schema);
  // The next call to the registered provider.
  void OpenCall();
  bool HasMore() const { return !calls_.empty() || next_class_ < plan_.classes.size(); }
  // The part has come to its end; whether the call ends with it.
  void EndPart(Pulled& pulled);
  Pulled PullPart(const PullRequest& request, Batch& out);
  // For the plan that a client may have asked for.
  void NoteStep(const cim::Class& schema, std::string operation, const std::string& server, std::string detail);
  // What the client is told of the progress: over all classes.
  void AddUp(std::vector<Notice>& notices);
  Ending Outcome() const;

  const SessionPtr session_;
  const ScanPlan plan_;
  const CallOptions options_;
  std::size_t next_class_ = 0;
  std::size_t rows_ = 0;
  SourcePtr part_;
  bool part_is_object_ = false;  // one that was asked for by its path
  // Of the class that is read, when a registered provider serves it.
  std::shared_ptr<PushProvider> provider_;
  std::deque<ProviderCall> calls_;
  PushPort::Options port_;
  std::size_t step_ = 0;         // of the part, in options_.trace
  std::uint64_t rows_read_ = 0;  // by the part in its last turn, before the filter
  Missing missing_;
  std::optional<Ending> not_found_;
  Status success_;  // of a part that ended with more to say than kOk, such as kPartialResults
  Progress part_progress_;
  std::uint32_t done_before_ = 0;   // of the parts that have ended
  std::uint32_t total_before_ = 0;  // likewise
};

}  // namespace wmi::engine
