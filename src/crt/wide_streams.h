// std::wcout, std::wcerr and std::wclog on Linux: while this file's implementation is linked, they encode to UTF-8 and
// write through the narrow stream of the same rank, so that the order of cout, printf and wcout output is kept and
// stdout never turns wide (source compatibility, decision 15).
#pragma once

#include <streambuf>

namespace wmi::crt {

// The stream buffer that std::wcout has got. Null before the static initialiser of the library ran. The reference to
// this function also pulls the initialiser out of a static archive.
std::wstreambuf* WideOutputBuffer();

}  // namespace wmi::crt
