// The functions of detail/crt_case.h.
#include <strings.h>

#include <climits>

#include "crt/strings/text_operations.h"

namespace wmi::crt {
namespace {

static_assert(_NLSCMPERROR == INT_MAX);

// Not tolower: in UTF-8 a byte is no character, and in an old 8-bit locale it would break the text.
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }
wchar_t Lower(wchar_t c) { return static_cast<wchar_t>(towlower(static_cast<wint_t>(c))); }
wchar_t Upper(wchar_t c) { return static_cast<wchar_t>(towupper(static_cast<wint_t>(c))); }

int Code(char c) { return static_cast<unsigned char>(c); }
int Code(wchar_t c) { return static_cast<int>(c); }

template <typename Char>
int CompareLower(const Char* a, const Char* b, std::size_t count) {
  if (count == 0) return 0;
  if (a == nullptr || b == nullptr) {
    errno = EINVAL;
    return _NLSCMPERROR;
  }
  for (; count > 0; --count, ++a, ++b) {
    const int x = Code(Lower(*a));
    const int y = Code(Lower(*b));
    if (x != y) return x < y ? -1 : 1;
    if (x == 0) return 0;
  }
  return 0;
}

enum class Case { kLower, kUpper };

template <typename Char>
Char* ChangeCase(Char* text, Case wanted) {
  if (text == nullptr) {
    errno = EINVAL;
    return nullptr;
  }
  for (Char* at = text; *at != 0; ++at) *at = wanted == Case::kLower ? Lower(*at) : Upper(*at);
  return text;
}

template <typename Char>
errno_t ChangeCaseBounded(Char* text, std::size_t size, Case wanted) {
  if (text == nullptr || size == 0) return Fail(EINVAL);
  if (BoundedLength(text, size) == size) return FailEmptied(text, size, EINVAL);
  ChangeCase(text, wanted);
  return 0;
}

template <typename Char>
Char* Reverse(Char* text) {
  if (text == nullptr) {
    errno = EINVAL;
    return nullptr;
  }
  std::reverse(text, text + Length(text));
  return text;
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

int _stricmp(const char* a, const char* b) { return CompareLower(a, b, SIZE_MAX); }
int _wcsicmp(const wchar_t* a, const wchar_t* b) { return CompareLower(a, b, SIZE_MAX); }
int _strnicmp(const char* a, const char* b, size_t count) { return CompareLower(a, b, count); }
int _wcsnicmp(const wchar_t* a, const wchar_t* b, size_t count) { return CompareLower(a, b, count); }

char* _strdup(const char* text) { return text == nullptr ? nullptr : strdup(text); }
wchar_t* _wcsdup(const wchar_t* text) { return text == nullptr ? nullptr : wcsdup(text); }

char* _strlwr(char* text) { return ChangeCase(text, Case::kLower); }
char* _strupr(char* text) { return ChangeCase(text, Case::kUpper); }
wchar_t* _wcslwr(wchar_t* text) { return ChangeCase(text, Case::kLower); }
wchar_t* _wcsupr(wchar_t* text) { return ChangeCase(text, Case::kUpper); }
char* _strrev(char* text) { return Reverse(text); }
wchar_t* _wcsrev(wchar_t* text) { return Reverse(text); }

errno_t _strlwr_s(char* text, size_t size) { return ChangeCaseBounded(text, size, Case::kLower); }
errno_t _strupr_s(char* text, size_t size) { return ChangeCaseBounded(text, size, Case::kUpper); }
errno_t _wcslwr_s(wchar_t* text, size_t size) { return ChangeCaseBounded(text, size, Case::kLower); }
errno_t _wcsupr_s(wchar_t* text, size_t size) { return ChangeCaseBounded(text, size, Case::kUpper); }
