#include "crt/output/argument_source.h"

#include <cwchar>

namespace wmi::crt {
namespace {

openwmi_argument OfInteger(int kind, long long value) {
  openwmi_argument argument{};
  argument.kind = kind;
  argument.value.integer = value;
  return argument;
}

openwmi_argument OfReal(double value) {
  openwmi_argument argument{};
  argument.kind = OPENWMI_ARGUMENT_REAL;
  argument.value.real = value;
  return argument;
}

openwmi_argument OfPointer(int kind, const void* value) {
  openwmi_argument argument{};
  argument.kind = kind;
  argument.value.pointer = value;
  return argument;
}

}  // namespace

openwmi_argument TypedArguments::Next(ArgumentWanted) {
  if (left_ == 0) return openwmi_argument{};
  --left_;
  return *next_++;
}

openwmi_argument ListedArguments::Next(ArgumentWanted wanted) {
  switch (wanted) {
    case ArgumentWanted::kInt32:
      return OfInteger(OPENWMI_ARGUMENT_INT32, va_arg(arguments_, int));
    case ArgumentWanted::kInt64:
      return OfInteger(OPENWMI_ARGUMENT_INT64, va_arg(arguments_, long long));
    case ArgumentWanted::kReal:
      return OfReal(va_arg(arguments_, double));
    case ArgumentWanted::kLongReal:
      return OfReal(static_cast<double>(va_arg(arguments_, long double)));
    case ArgumentWanted::kCharacter:
      return OfInteger(OPENWMI_ARGUMENT_CHARACTER, va_arg(arguments_, int));
    case ArgumentWanted::kWideCharacter:
      return OfInteger(OPENWMI_ARGUMENT_WIDE_CHARACTER, static_cast<wchar_t>(va_arg(arguments_, wint_t)));
    case ArgumentWanted::kText:
      return OfPointer(OPENWMI_ARGUMENT_TEXT, va_arg(arguments_, const void*));
    case ArgumentWanted::kWideText:
      return OfPointer(OPENWMI_ARGUMENT_WIDE_TEXT, va_arg(arguments_, const void*));
    case ArgumentWanted::kPointer:
      return OfPointer(OPENWMI_ARGUMENT_POINTER, va_arg(arguments_, const void*));
  }
  return openwmi_argument{};
}

}  // namespace wmi::crt
