// The two ways in which arguments reach the formatter: with their types, from C++, or as a va_list, where the format is
// the only one who knows. Not thread-safe; values of one call.
#pragma once

#include <detail/output_argument.h>

#include <cstdarg>
#include <cstddef>

namespace wmi::crt {

// What a specification says about its argument.
enum class ArgumentWanted {
  kInt32,
  kInt64,
  kReal,
  kLongReal,
  kCharacter,
  kWideCharacter,
  kText,
  kWideText,
  kPointer,
};

class ArgumentSource {
 public:
  virtual ~ArgumentSource() = default;
  // The next argument. `wanted` decides how a va_list is read and does not bind a source that knows the types. The kind
  // is OPENWMI_ARGUMENT_NONE when there are no more.
  virtual openwmi_argument Next(ArgumentWanted wanted) = 0;
};

class TypedArguments final : public ArgumentSource {
 public:
  // The array must outlive this object.
  TypedArguments(const openwmi_argument* arguments, std::size_t count) : next_(arguments), left_(count) {}
  openwmi_argument Next(ArgumentWanted wanted) override;

 private:
  const openwmi_argument* next_;
  std::size_t left_;
};

class ListedArguments final : public ArgumentSource {
 public:
  // Works on a copy; the caller's list stays where it is.
  explicit ListedArguments(va_list arguments) { va_copy(arguments_, arguments); }
  ~ListedArguments() override { va_end(arguments_); }
  ListedArguments(const ListedArguments&) = delete;
  ListedArguments& operator=(const ListedArguments&) = delete;
  openwmi_argument Next(ArgumentWanted wanted) override;

 private:
  va_list arguments_;
};

}  // namespace wmi::crt
