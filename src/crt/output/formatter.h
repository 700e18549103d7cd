// The one formatting engine behind the printf family (detail/output.h is its manual). Wide and narrow text, arguments
// with types and without, go through the same code.
#pragma once

#include "crt/output/argument_source.h"
#include "crt/output/text_buffer.h"

namespace wmi::crt {

// Appends the formatted text to `out`. Bounded by the format, the texts among the arguments and kFieldMax for each
// specification; look at out.overflowed() afterwards. Throws std::bad_alloc, nothing else.
template <typename Char>
void Format(TextBuffer<Char>& out, const Char* format, ArgumentSource& arguments);

}  // namespace wmi::crt
