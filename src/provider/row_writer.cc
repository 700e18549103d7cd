#include "base/limits.h"
#include "base/text.h"
#include "provider/provider.h"
#include "wql/predicate.h"

namespace wmi::provider {
namespace {

// A pull that finds nothing must still end, so that a stop is noticed: rows looked at per pull.
constexpr std::size_t kExaminedRowsMax = 1024;
// Rows that are slow to read do not wait for a full batch (docs/operation.md). The clock is looked at every few rows.
constexpr auto kPullTimeMax = std::chrono::milliseconds(2);
constexpr std::size_t kRowsPerClockLook = 4;
constexpr std::size_t kReasonsMax = 16;

}  // namespace

RowWriter::RowWriter(const Request& request, std::size_t rows_max, std::size_t bytes_max)
    : request_(request),
      builder_(request.visible),
      rows_max_(rows_max),
      bytes_max_(bytes_max),
      started_(SteadyClock().Now()) {}

void RowWriter::Begin() {
  row_denied_.clear();
  builder_.BeginRow(request_.schema);
}

void RowWriter::SetText(std::size_t slot, std::string_view text) {
  if (IsUtf8(text)) {
    builder_.SetText(slot, text);
  } else {
    builder_.SetText(slot, ToUtf8(text));
  }
}

void RowWriter::SetDenied(std::size_t slot) {
  builder_.SetNull(slot);
  row_denied_.insert(slot);
}

void RowWriter::SetIncomplete(std::string_view reason) {
  // A reason names a place, and there may be one for each of very many: what a client reads has an end.
  if (incomplete_.size() < kReasonsMax) incomplete_.emplace(reason);
}

void RowWriter::Commit() {
  ++examined_;
  if ((request_.filter && !request_.filter->Matches(builder_.row())) ||
      (request_.accepts && !request_.accepts(builder_.row()))) {
    builder_.DropRow();
    return;
  }
  builder_.CommitRow();
  denied_.merge(row_denied_);
}

void RowWriter::Drop() {
  ++examined_;
  builder_.DropRow();
}

bool RowWriter::full() const {
  if (builder_.rows() >= rows_max_ || builder_.bytes() >= bytes_max_ || examined_ >= kExaminedRowsMax) return true;
  return builder_.rows() > 0 && examined_ % kRowsPerClockLook == 0 && SteadyClock().Now() - started_ >= kPullTimeMax;
}

}  // namespace wmi::provider
