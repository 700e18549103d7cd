// The one engine behind the scanf family (detail/input.h is its manual). None of it throws.
#pragma once

#include "crt/input/character_source.h"
#include "crt/input/target_source.h"

namespace wmi::crt {

// Whether sizes follow the buffers.
enum class BufferSizes { kNone, kGiven };

// The number of targets that got a value, or EOF.
template <typename Char>
int Scan(CharacterSource<Char>& source, const Char* format, TargetSource& targets, BufferSizes sizes);

}  // namespace wmi::crt
