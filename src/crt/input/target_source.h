// The two ways in which the targets of a scan are known: with their types, from C++, or as a va_list, where the format
// says what each is. Not thread-safe; values of one call.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>

// The C forms are what this library defines; the macros would rename them.
#ifndef OPENWMI_OUTPUT_C_FORMS
#define OPENWMI_OUTPUT_C_FORMS
#endif
#include <detail/input.h>

namespace wmi::crt {

class TargetSource {
 public:
  virtual ~TargetSource() = default;
  // The next target. `kind` and `size` are what the format says; a source that knows better does not heed them. The
  // kind is OPENWMI_TARGET_NONE when there is none.
  virtual openwmi_target Next(int kind, std::size_t size) = 0;
  // The size that follows a buffer in the secure functions; 0 when there is none.
  virtual std::size_t NextSize() = 0;
};

class TypedTargets final : public TargetSource {
 public:
  // The array must outlive this object.
  TypedTargets(const openwmi_target* targets, std::size_t count) : next_(targets), left_(count) {}
  openwmi_target Next(int kind, std::size_t size) override;
  std::size_t NextSize() override;

 private:
  const openwmi_target* next_;
  std::size_t left_;
};

class ListedTargets final : public TargetSource {
 public:
  explicit ListedTargets(va_list targets) { va_copy(targets_, targets); }
  ~ListedTargets() override { va_end(targets_); }
  ListedTargets(const ListedTargets&) = delete;
  ListedTargets& operator=(const ListedTargets&) = delete;
  openwmi_target Next(int kind, std::size_t size) override { return {kind, size, va_arg(targets_, void*)}; }
  std::size_t NextSize() override { return va_arg(targets_, unsigned int); }

 private:
  va_list targets_;
};

}  // namespace wmi::crt
