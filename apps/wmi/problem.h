// Problem: a failure as it is told to the user: the code by name and number, what is wrong, where in the query, and a
// way out. Free of COM; problem_reader.h makes it from the objects of WMI.
#pragma once

#include <string>
#include <string_view>

#include "base/codes.h"
#include "wmi/writer.h"

namespace wmi::cli {

struct Problem {
  Code code = 0;
  std::string description;  // of this very failure; may be empty
  std::string parameter;    // the query, path or name that it is about
  std::string provider;
  int line = 0;  // 1-based place in `parameter`; 0 when there is none
  int column = 0;
};

// Takes the place off a description that the engine wrote: "line 1, column 8: …", also
// with a colon in the middle, or "… (line 1, column 8)".
void TakePlace(Problem& problem);

// "WBEM_E_NOT_FOUND (0x80041002)", or the number alone.
std::string CodeLabel(Code code);

// Lines for stderr, each with its line break. `hint` is a way out and may be empty; `width` limits the lines, 0 does
// not.
std::string Explain(const Problem& problem, std::string_view hint, std::size_t width, Colour colour);

}  // namespace wmi::cli
