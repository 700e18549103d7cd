// tchar.h without UNICODE.
#include <unistd.h>

#define TCHAR_SUITE TcharNarrow
#include "crt/strings/tchar_cases.h"
