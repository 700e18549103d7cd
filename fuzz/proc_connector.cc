// Messages of the process connector: any bytes as one datagram, and what follows from it: every process that is told to
// have come or gone is told in turns.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string_view>
#include <vector>

#include "providers/linux/process_events/process_connector.h"
#include "providers/linux/process_events/process_tracker.h"

namespace {

using namespace wmi::linuxos;  // NOLINT: only what is tested

void Require(bool holds) {
  if (!holds) std::abort();
}

class Output final : public ProcessTracker::Output {
 public:
  void Started(const StartedProcess& process) override {
    Require(process.id > 0 && !is_there_[process.id]);
    is_there_[process.id] = true;
  }
  void Changed(std::int32_t id) override { Require(id > 0); }
  void Ended(const EndedProcess& process) override {
    Require(process.id > 0);
    is_there_[process.id] = false;
  }
  // Any answer, the same each second time.
  bool IsRunning(std::int32_t id) override { return (id + ++asked_) % 2 == 0; }

 private:
  std::map<std::int32_t, bool> is_there_;
  int asked_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<ProcessMessage> messages;
  ParseProcessMessages({reinterpret_cast<const char*>(data), size}, messages);
  Require(messages.size() <= kMessagesMax);
  // The smallest message is its three heads.
  Require(messages.size() * (16 + 20 + 16) <= size);
  SequenceCounter sequence;
  Output output;
  ProcessTracker tracker(output);
  std::map<std::int32_t, bool> known;
  for (ProcessMessage& message : messages) {
    Require(message.name.back() == '\0');
    Require(sequence.Note(message) < 0x80000000u);
    if (message.kind == ProcessMessage::Kind::kOther || message.kind == ProcessMessage::Kind::kAcknowledgement)
      continue;
    Require(message.process_id > 0 && message.thread_id > 0);
    // A number that is given again while its process lives is what only losses make.
    if (message.kind == ProcessMessage::Kind::kFork && message.is_first_thread()) {
      if (known[message.process_id]) continue;
      known[message.process_id] = true;
    }
    message.time_ns %= 1'000'000'000;
    tracker.Take(message);
  }
  tracker.Lose(1'000'000'000);
  for (int count = 0; tracker.next_time() && count < 1000; ++count) tracker.Expire(*tracker.next_time());
  Require(!tracker.next_time());
  return 0;
}
