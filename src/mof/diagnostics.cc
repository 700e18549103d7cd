#include "mof/diagnostics.h"

#include <algorithm>

#include "base/text.h"

namespace wmi::mof {

void Diagnostics::Report(Code code, Offset offset, std::string message) {
  ErrorDetail detail;
  detail.message = std::move(message);
  Report(Status(code, std::move(detail)), offset);
}

void Diagnostics::Report(const Status& status, Offset offset) {
  if (is_full()) return;
  ErrorDetail detail = status.detail() == nullptr ? ErrorDetail{} : *status.detail();
  if (detail.message.empty()) detail.message = status.Message();
  const std::string_view before = text_.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::string_view line = newline == std::string_view::npos ? before : before.substr(newline + 1);
  detail.file = std::string(file_);
  detail.line = LineOf(offset);
  detail.column = static_cast<int>(CharacterCount(line)) + 1;
  errors_.push_back(Status(status.code(), std::move(detail)));
}

int Diagnostics::LineOf(Offset offset) const {
  const std::string_view before = text_.substr(0, offset);
  return static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
}

}  // namespace wmi::mof
