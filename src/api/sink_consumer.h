// SinkConsumer: a client's IWbemObjectSink as the consumer of an operation (contract 2).
#pragma once

#include <wbemcli.h>

#include <string_view>

#include "engine/consumer.h"
#include "engine/engine.h"
#include "engine/operation.h"

namespace wmi::api {

// Takes its reference on the sink when the call is accepted, not before, and gives it back when destroyed: a sink with
// a count of zero would die with the first Release of a call that is refused (contract 2.5; checklist 1 and 3). Calls
// come from delivery threads, one at a time (engine/consumer.h). What the sink throws counts as a failure it returned.
//
// Messages of the provider go to the sink's IWbemObjectSinkEx if it has one (contract 2.7), which it is asked for when
// the first of them arrives. What that interface returns does not end the call: it is told, it does not decide.
class SinkConsumer final : public engine::Consumer {
 public:
  // `operation` is a name that lives for ever, such as "ExecQuery".
  SinkConsumer(IWbemObjectSink* sink, engine::SessionPtr session, std::string_view operation,
               engine::WantsProgress wants_progress);
  ~SinkConsumer() override;
  SinkConsumer(const SinkConsumer&) = delete;
  SinkConsumer& operator=(const SinkConsumer&) = delete;

  engine::ConsumerPlacement placement() const override { return engine::ConsumerPlacement::kDelivery; }
  void Accepted() override;
  engine::Delivered Consume(engine::Batch batch) override;
  Code OnNotice(const engine::Notice& notice) override;
  void Finish(const engine::Ending& ending) override;

 private:
  Code Tell(const engine::Progress& progress);
  Code Tell(const engine::Activity& activity);
  Code Tell(const engine::Message& message);
  Code Tell(const engine::Question& question);
  Code Tell(const engine::PassingError& error);
  Code Tell(const engine::StreamParameter& parameter);
  Code Tell(const engine::Lost& lost);
  // Null when the sink has none.
  IWbemObjectSinkEx* Extended();

  IWbemObjectSink* const sink_;
  const engine::SessionPtr session_;
  const std::string_view operation_;
  const engine::WantsProgress wants_progress_;
  bool is_held_ = false;
  bool asked_ = false;
  IWbemObjectSinkEx* extended_ = nullptr;  // counted
};

}  // namespace wmi::api
