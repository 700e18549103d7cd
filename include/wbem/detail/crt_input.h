// Reading wide text from streams. Text outside is UTF-8, so these functions decode it, whatever the locale, and leave
// the stream a stream of bytes that narrow functions and std::cin may read from, too. glibc's would decode by the
// locale and make the stream wide for good.
//
// fgetws and the other names that glibc has, too, are function-like macros, as detail/output.h explains for the output;
// OPENWMI_NO_OUTPUT_MACROS switches them off as well. A malformed sequence reads as U+FFFD. Lines end in "\n"; a "\r"
// before it stays. A stream that something else made wide is read by glibc. Any thread; a call locks the stream.
#ifndef OPENWMI_DETAIL_CRT_INPUT_H
#define OPENWMI_DETAIL_CRT_INPUT_H

#include "crt_strings.h"

#ifdef __cplusplus
// These undefine the macros below, therefore they come first.
extern "C++" {
#include <cstdio>
#include <cwchar>
}
#endif

EXTERN_C_START

// As the standard says: the next character or WEOF; a line of at most size - 1 characters with its "\n", or NULL when
// there is nothing more; the character, pushed back, or WEOF.
OPENWMI_API wint_t openwmi_fgetwc(FILE* stream);
OPENWMI_API wint_t openwmi_getwc(FILE* stream);
OPENWMI_API wint_t openwmi_getwchar(void);
OPENWMI_API wchar_t* openwmi_fgetws(wchar_t* target, int size, FILE* stream);
OPENWMI_API wint_t openwmi_ungetwc(wint_t character, FILE* stream);

// A line of stdin without its "\n". NULL at the end of the input, and with errno EINVAL for a target of NULL or size 0
// and ERANGE for a line that does not fit, which is then lost; the target is emptied.
OPENWMI_API char* gets_s(char* target, size_t size);
OPENWMI_API wchar_t* _getws_s(wchar_t* target, size_t size);

EXTERN_C_END

#ifdef __cplusplus
extern "C++" {

template <size_t Size>
char* gets_s(char (&target)[Size]) {
  return gets_s(target, Size);
}
template <size_t Size>
wchar_t* _getws_s(wchar_t (&target)[Size]) {
  return _getws_s(target, Size);
}

// std::fgetws(…) is std::openwmi_fgetws(…) after the macros.
namespace std {
using ::openwmi_fgetwc;
using ::openwmi_fgetws;
using ::openwmi_getwc;
using ::openwmi_getwchar;
using ::openwmi_ungetwc;
}  // namespace std

}  // extern "C++"
#endif

#if !defined(OPENWMI_NO_OUTPUT_MACROS) && !defined(OPENWMI_OUTPUT_C_FORMS)
#undef fgetwc
#define fgetwc(...) openwmi_fgetwc(__VA_ARGS__)
#undef getwc
#define getwc(...) openwmi_getwc(__VA_ARGS__)
#undef getwchar
#define getwchar(...) openwmi_getwchar(__VA_ARGS__)
#undef fgetws
#define fgetws(...) openwmi_fgetws(__VA_ARGS__)
#undef ungetwc
#define ungetwc(...) openwmi_ungetwc(__VA_ARGS__)
#endif

#endif
