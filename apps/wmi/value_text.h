// The text of values for people (tables, lists) and the width it takes on a screen.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wmi/row.h"

namespace wmi::cli {

// NULL is empty; datetimes are readable; arrays are joined by ", "; embedded objects are JSON. Control characters are
// escaped (\n, \x1b): data from anywhere must not move the cursor.
std::string ValueText(const Value& value);

// "2026-11-22 13:02:00 +01:00" of a complete point in time, "3 d 04:05:06" of an interval, anything else unchanged.
std::string ReadableDateTime(std::string_view dmtf);

std::string EscapeControls(std::string_view text);

// Columns on a screen; wide characters (East Asian, emoji) take two, combining ones none.
std::size_t DisplayWidth(std::string_view utf8);

// At most `width` columns; a text that is longer loses its end to "…".
std::string CutToWidth(std::string_view utf8, std::size_t width);

// Words in lines of at most `width` columns, each behind `indent` spaces, with line breaks; longer words stay whole.
// Line breaks of the text stay.
std::string Wrap(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace wmi::cli
