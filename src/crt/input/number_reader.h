// Numbers in the input of a scan: takes the longest text that can be one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "crt/input/character_source.h"

namespace wmi::crt {

// Reads at most `width` characters of a source.
template <typename Char>
class NumberReader {
 public:
  NumberReader(CharacterSource<Char>& source, std::size_t width) : source_(source), left_(width) {}

  // An integer in base 8, 10, 16, or by its prefix with base 0; what is beyond 64 bits becomes the nearest value. The
  // bits of a signed one are in two's complement. Nothing when there are no digits.
  std::optional<std::uint64_t> ReadInteger(int base, bool is_signed);

  // The text of a real number for strtod, with its decimal point as the locale has it. Empty when there is none.
  std::string ReadReal();

 private:
  static constexpr std::size_t kRealMax = 4096;  // characters; more digits change nothing

  long Peek() const { return left_ == 0 ? CharacterSource<Char>::kEnd : source_.Peek(); }
  void Skip() {
    source_.Skip();
    --left_;
  }
  // Takes one of the characters, without regard to case when they are letters.
  bool Take(const char* characters, std::string* text = nullptr);
  int PeekDigit(int base) const;
  std::size_t TakeDigits(int base, std::string& text);
  bool TakeWord(const char* word, std::size_t least, std::string& text);
  bool TakeMantissa(int base, std::string& text);
  bool TakeExponent(const char* letters, std::string& text);

  CharacterSource<Char>& source_;
  std::size_t left_;
};

}  // namespace wmi::crt
