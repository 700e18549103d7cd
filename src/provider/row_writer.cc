#include "base/limits.h"
#include "base/text.h"
#include "provider/provider.h"
#include "wql/predicate.h"

namespace wmi::provider {
namespace {

// A pull that finds nothing must still end, so that a stop is noticed: rows looked at per pull.
constexpr std::size_t kExaminedRowsMax = 1024;

}  // namespace

RowWriter::RowWriter(const Request& request, std::size_t rows_max, std::size_t bytes_max)
    : request_(request), builder_(request.visible), rows_max_(rows_max), bytes_max_(bytes_max) {}

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

void RowWriter::Commit() {
  ++examined_;
  if (request_.filter && !request_.filter->Matches(builder_.row())) {
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
  return builder_.rows() >= rows_max_ || builder_.bytes() >= bytes_max_ || examined_ >= kExaminedRowsMax;
}

}  // namespace wmi::provider
