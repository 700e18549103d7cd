// Printer: the receiver that writes rows to the output, in the form the user chose.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wmi/call.h"
#include "wmi/writer.h"

namespace wmi::cli {

class Printer : public RowReceiver {
 public:
  // `columns`: the properties to read, all when empty. `limit`: how many objects are printed; then the call may end.
  Printer(std::unique_ptr<Writer> writer, Output& output, std::vector<std::string> columns,
          std::optional<std::uint64_t> limit = std::nullopt)
      : writer_(std::move(writer)), output_(output), columns_(std::move(columns)), limit_(limit) {}

  OutputState Receive(const std::vector<ObjectPtr>& objects) override;
  bool WantsMore() const override { return !limit_ || printed_ < *limit_; }
  std::optional<TimePoint> FlushTime() const override;
  OutputState Flush() override;
  // What closes the text, after the call has completed; or, if it was cancelled, as much of it as can be written at
  // once.
  OutputState Finish();
  void Abandon();

  const Writer& writer() const { return *writer_; }
  // Objects, also those that the writer holds back.
  std::uint64_t printed() const { return printed_; }

 private:
  OutputState Send();

  const std::unique_ptr<Writer> writer_;
  Output& output_;
  const std::vector<std::string> columns_;
  const std::optional<std::uint64_t> limit_;
  std::uint64_t printed_ = 0;
  std::string text_;
  TimePoint held_since_{};
};

}  // namespace wmi::cli
