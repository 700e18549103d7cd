// Consumer: where the batches of an operation go. Acknowledged, so that one slow consumer holds back its own producer
// and nobody else (docs/operation.md).
#pragma once

#include "base/status.h"
#include "engine/row_source.h"

namespace wmi::engine {

// Whether a consumer's code is ours and never waits, or foreign (a client's sink).
enum class ConsumerPlacement {
  kInline,    // called on the thread that produced
  kDelivery,  // called on the delivery pool
};

// The answer to a batch.
struct Delivered {
  bool acknowledged = true;
  Code code = code::kOk;  // a failure cancels the operation (R4)

  static Delivered With(Code code) { return {true, code}; }
  // The consumer will call Operation::Acknowledge later; until then it gets nothing more.
  static Delivered Later() { return {false, code::kOk}; }
};

// Calls never overlap (R2): some Consume and OnNotice, then exactly one Finish (R5), then the operation drops its
// reference. No lock is held during a call.
class Consumer {
 public:
  virtual ~Consumer() = default;
  virtual ConsumerPlacement placement() const = 0;
  // The call has started and cannot be refused any more: take references now (R1, I6). Called once, before everything
  // else, on the starting thread.
  virtual void Accepted() {}
  // At least one object (R3).
  virtual Delivered Consume(Batch batch) = 0;
  // A failure cancels. Progress only when the operation was started with WantsProgress::kYes.
  virtual Code OnNotice(const Notice&) { return code::kOk; }
  virtual void Finish(const Ending& ending) = 0;
};

}  // namespace wmi::engine
