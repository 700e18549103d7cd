// EventWriter: puts an event of a built-in source together.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/row.h"

namespace wmi::provider {

// Makes one event of a class. A property that the class does not have is passed over. For one thread.
class EventWriter {
 public:
  // `time`: when it happened, in microseconds since 1970, UTC.
  EventWriter(cim::ClassPtr schema, std::int64_t time) : schema_(std::move(schema)) {
    // From 1601 to 1970, in 100 ns (contract 6.1, TIME_CREATED).
    constexpr std::uint64_t kEpochs = 116'444'736'000'000'000;
    builder_.BeginRow(schema_);
    SetUnsigned("TIME_CREATED", static_cast<std::uint64_t>(time) * 10 + kEpochs);
  }

  void SetUnsigned(std::string_view property, std::uint64_t value) {
    if (const auto slot = schema_->FindSlot(property)) builder_.SetUnsigned(*slot, value);
  }
  // Bytes that are not UTF-8 are replaced by U+FFFD.
  void SetText(std::string_view property, std::string_view value) {
    if (const auto slot = schema_->FindSlot(property)) builder_.SetText(*slot, ToUtf8(value));
  }
  void Set(std::string_view property, cim::ValueView value) {
    if (const auto slot = schema_->FindSlot(property)) builder_.Set(*slot, value);
  }
  cim::Object Finish() {
    builder_.CommitRow();
    std::vector<cim::Object> rows;
    builder_.Finish(rows);
    return std::move(rows.front());
  }

 private:
  const cim::ClassPtr schema_;
  cim::RowBlockBuilder builder_;
};

}  // namespace wmi::provider
