// What a descriptor is: a terminal or not, how wide, whether colours are wanted.
#pragma once

#include <cstddef>

#include "wmi/writer.h"

namespace wmi::cli {

bool IsTerminal(int descriptor);

// Columns of the terminal: its own answer, else $COLUMNS, else 80. 0 when the descriptor is no terminal.
std::size_t TerminalWidth(int descriptor);

enum class ColourChoice { kAutomatic, kNever };

// On only for a terminal that is not "dumb", without --no-color and without $NO_COLOR.
Colour ColourFor(int descriptor, ColourChoice choice);

}  // namespace wmi::cli
