// EventPrinter: the receiver that writes events to the output as they come, in the form the user chose.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wmi/call.h"
#include "wmi/event.h"
#include "wmi/writer.h"

namespace wmi::cli {

struct EventPrinterOptions {
  Format format = Format::kTable;    // any but kJson, which ends only with its last object
  std::vector<std::string> columns;  // of the SELECT list; none for "*"
  std::size_t width = 0;             // of a line of the table; 0: no limit
  Colour colour = Colour::kOff;
  std::optional<std::uint64_t> limit;   // how many are printed; then the call may end
  std::function<std::int64_t()> clock;  // microseconds since 1970-01-01 UTC; for events that bring no time
};

class EventPrinter : public RowReceiver {
 public:
  EventPrinter(EventPrinterOptions options, Output& output);

  OutputState Receive(const std::vector<ObjectPtr>& objects) override;
  bool WantsMore() const override { return !options_.limit || printed_ < *options_.limit; }
  // Once, when the subscription has ended well.
  OutputState Finish();
  std::uint64_t printed() const { return printed_; }

 private:
  void Write(IWbemClassObject* object, std::string& text);

  const EventPrinterOptions options_;
  Output& output_;
  EventLines lines_;
  const std::unique_ptr<Writer> writer_;  // of the other forms; null for lines
  std::uint64_t printed_ = 0;
};

}  // namespace wmi::cli
