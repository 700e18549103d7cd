// Colours of a terminal, named by what they are for.
#pragma once

#include <string>
#include <string_view>

#include "wmi/writer.h"

namespace wmi::cli {

enum class Style { kHeader, kName, kType, kFaint, kError, kMark };

// The text between the escape sequences of the style, or the text alone.
std::string Styled(std::string_view text, Style style, Colour colour);

}  // namespace wmi::cli
