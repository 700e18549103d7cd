// Where formatted text goes: a FILE or a program's buffer. The functions follow detail/output.h; none throws. Any
// thread.
#pragma once

#include <cstdio>
#include <string_view>

#include "crt/output/argument_source.h"

namespace wmi::crt {

// A program's buffer and what to do when it is too small.
template <typename Char>
struct Target {
  Char* text;
  std::size_t size;
  std::size_t count;  // for OPENWMI_FIT_COUNTED
  openwmi_fit fit;
};

// The length of the text, or -1 with errno.
template <typename Char>
int FormatToFile(std::FILE* stream, const Char* format, ArgumentSource& arguments);
template <typename Char>
int FormatToBuffer(const Target<Char>& target, const Char* format, ArgumentSource& arguments);

// Writes the text in one piece, wide text as UTF-8. False with errno when the stream fails. A stream that something
// else has made wide gets wide text.
bool WriteToFile(std::FILE* stream, std::string_view text);
bool WriteToFile(std::FILE* stream, std::wstring_view text);

}  // namespace wmi::crt
