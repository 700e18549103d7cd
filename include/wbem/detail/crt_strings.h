// The string functions of the Microsoft C run-time that Linux does not have: the secure forms (…_s), the names with an
// underscore, and their array templates for C++. This file has the types and constants; the functions are by topic in
// the files included at its end. They come with every header that includes winnt.h, and stand in the global namespace.
//
// Common rules, so that they need not be said at each function:
//   Errors     An errno_t of 0 is success. A failure returns the documented value, sets errno to it, and leaves the
//              target an empty text. Windows then calls the invalid parameter handler, which ends a program that has
//              not set one; here the program goes on with the error value.
//   EINVAL     The target is NULL or its size 0 (or more than the texts that Windows takes), a source is NULL.
//   ERANGE     The result with its terminating null does not fit.
//   STRUNCATE  The result was cut to the size of the target because the count was _TRUNCATE; the target is terminated.
//   Sizes      of wide targets count wchar_t, which has 32 bits here; narrow text is UTF-8, whatever the locale says.
//   Threads    Every function may be called from any thread; what a function remembers, it remembers for the thread.
#ifndef OPENWMI_DETAIL_CRT_STRINGS_H
#define OPENWMI_DETAIL_CRT_STRINGS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "platform.h"

typedef int errno_t;
typedef size_t rsize_t;

#define _TRUNCATE ((size_t)-1)
#define STRUNCATE 80
#define _NLSCMPERROR 0x7fffffff

// The sizes that the parts of a path have on Windows. Paths of Linux may be longer: use the functions that take sizes.
#define _MAX_PATH 260
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256

#include "crt_case.h"
#include "crt_convert.h"
#include "crt_copy.h"
#include "crt_environment.h"
#include "crt_files.h"
#include "crt_input.h"
#include "crt_numbers.h"
#include "crt_paths.h"
#include "crt_time.h"

#endif
