// CompareStringOrdinal, and the lstr functions of winbase.h.
#include <winbase.h>
#include <winnls.h>

#include <climits>
#include <cstring>
#include <cwchar>
#include <string>

#include "base/text.h"
#include "crt/utf8_codec.h"

namespace wmi::win32 {
namespace {

// The upper-case form where that decides an order ("_" stands between the cases of ASCII), else the folded one.
char32_t UpperCode(wchar_t character) {
  const auto code = static_cast<char32_t>(character);
  if (code < 0x80) return code >= 'a' && code <= 'z' ? code - ('a' - 'A') : code;
  return FoldCharacter(code);
}

int OrdinalOrder(LPCWCH a, std::size_t a_length, LPCWCH b, std::size_t b_length, BOOL ignore_case) {
  for (std::size_t i = 0; i < a_length && i < b_length; ++i) {
    const char32_t x = ignore_case != FALSE ? UpperCode(a[i]) : static_cast<char32_t>(a[i]);
    const char32_t y = ignore_case != FALSE ? UpperCode(b[i]) : static_cast<char32_t>(b[i]);
    if (x != y) return x < y ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
  }
  if (a_length == b_length) return CSTR_EQUAL;
  return a_length < b_length ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
}

// The character at the place, 0 at the end of the text, and the place behind it.
char32_t Read(const wchar_t*& at) { return *at == 0 ? 0 : static_cast<char32_t>(*at++); }
char32_t Read(const char*& at) {
  if (*at == 0) return 0;
  const crt::Utf8Character character = crt::DecodeUtf8(at);
  at += character.size == 0 ? 1 : character.size;
  return character.value;
}

// Leaves out what weighs least.
template <typename Char>
char32_t ReadWeighty(const Char*& at) {
  char32_t character = Read(at);
  while (character == U'-' || character == U'\'') character = Read(at);
  return character;
}

int Compare(char32_t x, char32_t y) { return x == y ? 0 : x < y ? -1 : 1; }

// The place of a character in a dictionary: end, signs, digits, letters; letters by their folded form.
char32_t Weight(char32_t character) {
  constexpr char32_t kClassSize = 0x200000;  // more than there are characters
  if (character == 0) return 0;
  if (character >= '0' && character <= '9') return kClassSize + character;
  const char32_t folded = FoldCharacter(character);
  const bool letter = (folded >= 'a' && folded <= 'z') || folded >= 0x80;
  return letter ? 2 * kClassSize + folded : character;
}

enum class CaseRule { kCounts, kIgnored };

// Three passes over the texts: the dictionary's order, then the hyphens and apostrophes, then the case.
template <typename Char>
int DictionaryOrder(const Char* a, const Char* b, CaseRule rule) {
  if (a == nullptr || b == nullptr) return (a != nullptr) - (b != nullptr);
  const auto first_difference = [&](auto next, auto key) {
    const Char* x = a;
    const Char* y = b;
    while (true) {  // ends with the shorter text
      const char32_t p = next(x);
      const char32_t q = next(y);
      const int order = Compare(key(p), key(q));
      if (order != 0 || p == 0 || q == 0) return order;
    }
  };
  const auto weighty = [](const Char*& at) { return ReadWeighty(at); };
  const auto all = [](const Char*& at) { return Read(at); };
  int order = first_difference(weighty, Weight);
  if (order == 0) order = first_difference(all, Weight);
  if (order == 0 && rule == CaseRule::kCounts) {
    order = -first_difference(all, [](char32_t character) { return character; });  // small before capital letters
  }
  return order;
}

template <typename Char>
std::size_t LengthOf(const Char* text) {
  return std::char_traits<Char>::length(text);
}

template <typename Char>
int IntLength(const Char* text) {
  if (text == nullptr) return 0;
  const std::size_t length = LengthOf(text);
  return length > INT_MAX ? INT_MAX : static_cast<int>(length);
}

template <typename Char>
Char* Copy(Char* target, const Char* source) {
  if (target == nullptr || source == nullptr) return nullptr;
  return std::char_traits<Char>::copy(target, source, LengthOf(source) + 1);
}

template <typename Char>
Char* Append(Char* target, const Char* source) {
  if (target == nullptr || source == nullptr) return nullptr;
  Copy(target + LengthOf(target), source);
  return target;
}

template <typename Char>
Char* CopyBounded(Char* target, const Char* source, int size) {
  if (target == nullptr || source == nullptr || size < 1) return nullptr;
  int length = 0;
  for (; length < size - 1 && source[length] != 0; ++length) target[length] = source[length];
  target[length] = 0;
  return target;
}

}  // namespace
}  // namespace wmi::win32

using namespace wmi::win32;  // NOLINT(google-build-using-namespace): this file defines the C names

int CompareStringOrdinal(LPCWCH a, int a_length, LPCWCH b, int b_length, BOOL ignore_case) {
  if (a == nullptr || b == nullptr || a_length < -1 || b_length < -1) {
    SetLastError(ERROR_INVALID_PARAMETER);
    return 0;
  }
  const auto length = [](LPCWCH text, int given) {
    return given < 0 ? std::wcslen(text) : static_cast<std::size_t>(given);
  };
  return OrdinalOrder(a, length(a, a_length), b, length(b, b_length), ignore_case);
}

int lstrlenA(LPCSTR text) { return IntLength(text); }
int lstrlenW(LPCWSTR text) { return IntLength(text); }
LPSTR lstrcpyA(LPSTR target, LPCSTR source) { return Copy(target, source); }
LPWSTR lstrcpyW(LPWSTR target, LPCWSTR source) { return Copy(target, source); }
LPSTR lstrcatA(LPSTR target, LPCSTR source) { return Append(target, source); }
LPWSTR lstrcatW(LPWSTR target, LPCWSTR source) { return Append(target, source); }
LPSTR lstrcpynA(LPSTR target, LPCSTR source, int size) { return CopyBounded(target, source, size); }
LPWSTR lstrcpynW(LPWSTR target, LPCWSTR source, int size) { return CopyBounded(target, source, size); }
int lstrcmpA(LPCSTR a, LPCSTR b) { return DictionaryOrder(a, b, CaseRule::kCounts); }
int lstrcmpW(LPCWSTR a, LPCWSTR b) { return DictionaryOrder(a, b, CaseRule::kCounts); }
int lstrcmpiA(LPCSTR a, LPCSTR b) { return DictionaryOrder(a, b, CaseRule::kIgnored); }
int lstrcmpiW(LPCWSTR a, LPCWSTR b) { return DictionaryOrder(a, b, CaseRule::kIgnored); }
