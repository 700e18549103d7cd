#include "base/status.h"

#include <fmt/format.h>

#include <cstring>

namespace wmi {

Status::Status(Code code, std::string message) : code_(code) {
  ErrorDetail detail;
  detail.message = std::move(message);
  detail_ = std::make_shared<const ErrorDetail>(std::move(detail));
}

std::string Status::Message() const {
  if (detail_ && !detail_->message.empty()) return detail_->message;
  std::string_view text = CodeText(code_);
  if (!text.empty()) return std::string(text);
  return fmt::format("status {:#010x}", static_cast<std::uint32_t>(code_));
}

ErrorDetail Status::DetailCopy() const { return detail_ ? *detail_ : ErrorDetail{}; }

Status Status::WithOperation(std::string operation) const {
  ErrorDetail detail = DetailCopy();
  if (detail.operation.empty()) detail.operation = std::move(operation);
  return Status(code_, std::move(detail));
}

Status Status::WithParameter(std::string parameter) const {
  ErrorDetail detail = DetailCopy();
  if (detail.parameter.empty()) detail.parameter = std::move(parameter);
  return Status(code_, std::move(detail));
}

Status Status::WithProvider(std::string provider) const {
  ErrorDetail detail = DetailCopy();
  if (detail.provider.empty()) detail.provider = std::move(provider);
  return Status(code_, std::move(detail));
}

Status SystemStatus(Code code, std::string system_call, int system_errno) {
  char buffer[128];
  const char* text = strerror_r(system_errno, buffer, sizeof buffer);
  ErrorDetail detail;
  detail.message = fmt::format("{} failed: {} (errno {})", system_call, text, system_errno);
  detail.system_call = std::move(system_call);
  detail.system_errno = system_errno;
  return Status(code, std::move(detail));
}

}  // namespace wmi
