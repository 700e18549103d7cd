// Single keys from the terminal, and text to it. C and C++; safe from any thread, one thread reads at a time.
//
// Terminal means that of the process (/dev/tty), as on Windows the console, even if standard input or output is a file.
// Where there is none (a service, a container), keys are read from standard input, past the buffer of stdio, and
// text goes to standard output.
//
// What differs from Windows: the terminal is changed only during a call, so that keys pressed between two calls are
// shown by it; a function or arrow key gives the bytes that the terminal sends (27, '[', 'A') and not 0 or 0xE0 and a
// code. As on Windows Enter is '\r' and Backspace is '\b' on a terminal. Ctrl-C is a signal; the terminal is put right
// before it acts.
#ifndef OPENWMI_CONIO_H
#define OPENWMI_CONIO_H

#include "detail/platform.h"

EXTERN_C_START

// Not 0 if a key was pressed that has not been read, or if standard input, read instead, has a byte or is at its end.
// Does not wait.
OPENWMI_API int _kbhit(void);
// Waits for a key: one byte; EOF (-1) at the end of the input. _getche shows it.
OPENWMI_API int _getch(void);
OPENWMI_API int _getche(void);
// The same for a character of more than one byte; WEOF at the end of the input.
OPENWMI_API wint_t _getwch(void);
OPENWMI_API wint_t _getwche(void);
// What was written, or EOF (WEOF).
OPENWMI_API int _putch(int character);
OPENWMI_API wint_t _putwch(wchar_t character);
// 0, or another value on failure.
OPENWMI_API int _cputs(const char* text);
OPENWMI_API int _cputws(const wchar_t* text);

// The old names; define NO_OLDNAMES before the first include to be without them.
#ifndef NO_OLDNAMES
static inline int kbhit(void) { return _kbhit(); }
static inline int getch(void) { return _getch(); }
static inline int getche(void) { return _getche(); }
static inline int putch(int character) { return _putch(character); }
static inline int cputs(const char* text) { return _cputs(text); }
#endif

EXTERN_C_END

#endif
