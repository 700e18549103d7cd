// Printer: the receiver that writes rows to the output, in the form the user chose.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "wmi/call.h"
#include "wmi/writer.h"

namespace wmi::cli {

class Printer : public RowReceiver {
 public:
  // `columns`: the properties to read, all when empty.
  Printer(std::unique_ptr<Writer> writer, Output& output, std::vector<std::string> columns)
      : writer_(std::move(writer)), output_(output), columns_(std::move(columns)) {}

  OutputState Receive(const std::vector<ObjectPtr>& objects) override;
  std::optional<TimePoint> FlushTime() const override;
  OutputState Flush() override;
  // What closes the text, after the call has completed; or, if it was cancelled, as much of it as can be written at
  // once.
  OutputState Finish();
  void Abandon();

  const Writer& writer() const { return *writer_; }

 private:
  OutputState Send();

  const std::unique_ptr<Writer> writer_;
  Output& output_;
  const std::vector<std::string> columns_;
  std::string text_;
  TimePoint held_since_{};
};

}  // namespace wmi::cli
