// tchar.h with UNICODE.
#define UNICODE
#define _UNICODE
#include <unistd.h>

#define TCHAR_SUITE TcharWide
#include "crt/strings/tchar_cases.h"
