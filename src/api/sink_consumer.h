// SinkConsumer: a client's IWbemObjectSink as the consumer of an operation (contract 2).
#pragma once

#include <wbemcli.h>

#include <string_view>

#include "engine/consumer.h"
#include "engine/engine.h"

namespace wmi::api {

// Takes its reference on the sink when the call is accepted, not before, and gives it back when destroyed: a sink with
// a count of zero would die with the first Release of a call that is refused (contract 2.5; checklist 1 and 3). Calls
// come from delivery threads, one at a time (engine/consumer.h). What the sink throws counts as a failure it returned.
class SinkConsumer final : public engine::Consumer {
 public:
  // `operation` is a name that lives for ever, such as "ExecQuery".
  SinkConsumer(IWbemObjectSink* sink, engine::SessionPtr session, std::string_view operation);
  ~SinkConsumer() override;
  SinkConsumer(const SinkConsumer&) = delete;
  SinkConsumer& operator=(const SinkConsumer&) = delete;

  engine::ConsumerPlacement placement() const override { return engine::ConsumerPlacement::kDelivery; }
  void Accepted() override;
  engine::Delivered Consume(engine::Batch batch) override;
  Code OnProgress(engine::Progress progress) override;
  void Finish(const Status& outcome) override;

 private:
  IWbemObjectSink* const sink_;
  const engine::SessionPtr session_;
  const std::string_view operation_;
  bool is_held_ = false;
};

}  // namespace wmi::api
