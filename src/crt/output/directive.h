// One conversion specification of a format: %[flags][width][.precision][size]type.
#pragma once

#include <cstddef>

#include "crt/output/argument_source.h"

namespace wmi::crt {

// Widths, and precisions of numbers, are not larger than this.
inline constexpr int kFieldMax = 65'535;

enum class ArgumentSize { kNone, k8, k16, kLong, k32, k64, kLongReal, kWide };

struct Directive {
  bool left = false;
  bool plus = false;
  bool space = false;
  bool alternate = false;
  bool zero = false;
  int width = 0;
  int precision = -1;  // -1: none; not capped, as it may be a text's length
  ArgumentSize size = ArgumentSize::kNone;
  char type = '\0';        // '\0' when the specification is not one
  std::size_t length = 0;  // characters of the specification after the percent sign, as far as it was understood
};

// Reads what stands after a percent sign. Asterisks take their values from the arguments.
template <typename Char>
Directive ParseDirective(const Char* text, ArgumentSource& arguments);

// The integer that an argument stands for, clamped to what an int holds; 0 for one that is no number.
int FieldFromArgument(const openwmi_argument& argument);

}  // namespace wmi::crt
