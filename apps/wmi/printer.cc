#include "wmi/printer.h"

namespace wmi::cli {

namespace {

// How long rows wait for the others that the widths of the columns should suit: too short to be seen.
constexpr std::chrono::milliseconds kHoldBack(100);

}  // namespace

OutputState Printer::Send() {
  const OutputState state = output_.Write(text_);
  text_.clear();
  return state;
}

OutputState Printer::Receive(const std::vector<ObjectPtr>& objects) {
  const bool held_before = writer_->HoldsBack();
  for (const ObjectPtr& object : objects) {
    if (!WantsMore()) break;
    writer_->Write(ReadRow(object.get(), columns_), text_);
    ++printed_;
  }
  if (!held_before) held_since_ = SteadyClock::now();
  return Send();
}

std::optional<TimePoint> Printer::FlushTime() const {
  if (!writer_->HoldsBack()) return std::nullopt;
  return held_since_ + kHoldBack;
}

OutputState Printer::Flush() {
  writer_->Flush(text_);
  return Send();
}

void Printer::Abandon() {
  writer_->Finish(text_);
  output_.WriteAtOnce(text_);
  text_.clear();
}

OutputState Printer::Finish() {
  writer_->Finish(text_);
  return Send();
}

}  // namespace wmi::cli
