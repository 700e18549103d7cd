// Status and Result: how every function below the COM surface reports success or failure.
//
// A Status is a code plus, on failure, the facts a user needs to mend it. It is two words wide; success allocates
// nothing. Values; safe to copy between threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/codes.h"

namespace wmi {

// The facts behind a failure; what becomes an __ExtendedStatus instance at the surface (contract 0.6).
struct ErrorDetail {
  std::string message;      // one sentence: what is wrong, and the way out where there is one
  std::string operation;    // "ExecQuery", "GetObject"
  std::string parameter;    // the offending text: the query, the path, the class name
  std::string provider;     // name of the provider that failed
  std::string system_call;  // "open(/proc/1/io)"
  int system_errno = 0;
  int line = 0;    // 1-based position in `parameter` or in the MOF file; 0 when there is none
  int column = 0;  // counted in characters, not bytes
  std::string file;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  // A bare code; failures should come with a message instead.
  explicit Status(Code code) : code_(code) {}
  Status(Code code, ErrorDetail detail)
      : code_(code), detail_(std::make_shared<const ErrorDetail>(std::move(detail))) {}
  Status(Code code, std::string message);

  bool ok() const { return Succeeded(code_); }
  Code code() const { return code_; }

  // Null when nothing but the code is known.
  const ErrorDetail* detail() const { return detail_.get(); }

  // The message, or the code's own text.
  std::string Message() const;

  // A copy with one more fact; facts already there stay.
  Status WithOperation(std::string operation) const;
  Status WithParameter(std::string parameter) const;
  Status WithProvider(std::string provider) const;

 private:
  ErrorDetail DetailCopy() const;

  Code code_ = code::kOk;
  std::shared_ptr<const ErrorDetail> detail_;
};

// A failure of the operating system: code, what was attempted, errno. The message names all three.
Status SystemStatus(Code code, std::string system_call, int system_errno);

// A value or the Status that prevented it. The status of a Result that holds a value is success.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}          // NOLINT: implicit on purpose, `return value;`
  Result(Status status) : status_(std::move(status)) {}  // NOLINT: implicit on purpose, `return status;`

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  // Only when ok().
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

namespace internal {
// NOLINTNEXTLINE(bugprone-return-const-ref-from-parameter): TRY gives it a named variable only
inline const Status& StatusOf(const Status& status) { return status; }
template <typename T>
const Status& StatusOf(const Result<T>& result) {
  return result.status();
}
inline void TakeValue(Status&&) {}
template <typename T>
T TakeValue(Result<T>&& result) {
  return std::move(result).value();
}
}  // namespace internal

}  // namespace wmi

// TRY(expression) yields the value of a Result (nothing for a Status), or returns the failure from this function.
#define TRY(expression)                                    \
  ({                                                       \
    auto wmi_try_result = (expression);                    \
    if (!wmi_try_result.ok()) {                            \
      return ::wmi::internal::StatusOf(wmi_try_result);    \
    }                                                      \
    ::wmi::internal::TakeValue(std::move(wmi_try_result)); \
  })
