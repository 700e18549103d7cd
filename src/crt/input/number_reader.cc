#include "crt/input/number_reader.h"

#include <clocale>
#include <cstring>

namespace wmi::crt {

template <typename Char>
bool NumberReader<Char>::Take(const char* characters, std::string* text) {
  const long next = Peek();
  if (next <= 0 || next >= 0x80 || std::strchr(characters, static_cast<int>(next)) == nullptr) return false;
  if (text != nullptr) *text += static_cast<char>(next);
  Skip();
  return true;
}

template <typename Char>
int NumberReader<Char>::PeekDigit(int base) const {
  const long next = Peek();
  int digit = -1;
  if (next >= '0' && next <= '9') digit = static_cast<int>(next - '0');
  if (next >= 'a' && next <= 'f') digit = static_cast<int>(next - 'a') + 10;
  if (next >= 'A' && next <= 'F') digit = static_cast<int>(next - 'A') + 10;
  return digit < base ? digit : -1;
}

template <typename Char>
std::optional<std::uint64_t> NumberReader<Char>::ReadInteger(int base, bool is_signed) {
  const bool negative = Peek() == '-';
  Take("+-");
  bool has_digits = false;
  if ((base == 0 || base == 16) && Take("0")) {
    // The x of a prefix without digits is taken, and the number is none (C11 7.21.6.2).
    has_digits = !Take("xX");
    base = base == 16 || !has_digits ? 16 : 8;
  } else if (base == 0) {
    base = 10;
  }
  std::uint64_t value = 0;
  bool overflow = false;
  for (int digit = PeekDigit(base); digit >= 0; digit = PeekDigit(base)) {
    has_digits = true;
    overflow = overflow || __builtin_mul_overflow(value, static_cast<unsigned>(base), &value) ||
               __builtin_add_overflow(value, static_cast<unsigned>(digit), &value);
    Skip();
  }
  if (!has_digits) return std::nullopt;
  if (!is_signed) return overflow ? UINT64_MAX : negative ? 0 - value : value;
  constexpr std::uint64_t kMost = INT64_MAX;
  if (negative) return overflow || value > kMost ? kMost + 1 : 0 - value;
  return overflow || value > kMost ? kMost : value;
}

template <typename Char>
std::size_t NumberReader<Char>::TakeDigits(int base, std::string& text) {
  std::size_t count = 0;
  for (; PeekDigit(base) >= 0; ++count) {
    if (text.size() < kRealMax) text += static_cast<char>(Peek());
    Skip();
  }
  return count;
}

// As much of the word as stands there; at least its first `least` characters make it a word, and then all of it or no
// more than those.
template <typename Char>
bool NumberReader<Char>::TakeWord(const char* word, std::size_t least, std::string& text) {
  std::size_t count = 0;
  for (; word[count] != '\0'; ++count) {
    const char both[] = {word[count], static_cast<char>(word[count] - 'a' + 'A'), '\0'};
    if (!Take(both, &text)) break;
  }
  return count == least || (count > least && word[count] == '\0');
}

template <typename Char>
bool NumberReader<Char>::TakeMantissa(int base, std::string& text) {
  std::size_t digits = TakeDigits(base, text);
  const char point[] = {*std::localeconv()->decimal_point, '\0'};
  if (Take(point, &text)) digits += TakeDigits(base, text);
  return digits > 0;
}

template <typename Char>
bool NumberReader<Char>::TakeExponent(const char* letters, std::string& text) {
  if (!Take(letters, &text)) return true;
  Take("+-", &text);
  return TakeDigits(10, text) > 0;
}

template <typename Char>
std::string NumberReader<Char>::ReadReal() {
  std::string text;
  Take("+-", &text);
  const long next = Peek();
  if (next == 'i' || next == 'I') return TakeWord("infinity", 3, text) ? text : std::string();
  if (next == 'n' || next == 'N') return TakeWord("nan", 3, text) ? text : std::string();
  int base = 10;
  bool has_digits = false;
  if (Take("0", &text)) {
    has_digits = !Take("xX", &text);
    if (!has_digits) base = 16;
  }
  if (!TakeMantissa(base, text) && !has_digits) return {};
  return TakeExponent(base == 16 ? "pP" : "eE", text) ? text : std::string();
}

template class NumberReader<char>;
template class NumberReader<wchar_t>;

}  // namespace wmi::crt
