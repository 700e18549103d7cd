// The little of Microsoft's low-level input and output that programs need around printf: _setmode for Unicode output,
// and asking whether a stream is a terminal.
#ifndef OPENWMI_IO_H
#define OPENWMI_IO_H

#include <stdio.h>

#include "detail/platform.h"

#define _O_TEXT 0x4000
#define _O_BINARY 0x8000
#define _O_WTEXT 0x10000
#define _O_U16TEXT 0x20000
#define _O_U8TEXT 0x40000

EXTERN_C_START

// The mode that was set before. Nothing else happens: there is no translation of line ends, and text is UTF-8 in every
// mode, also where _O_U16TEXT was asked for. The mode is kept for stdin, stdout and stderr; other descriptors always
// answer _O_TEXT. -1 with errno: EBADF for a descriptor that is not open, EINVAL for a mode that is none of the above.
// Any thread.
OPENWMI_API int _setmode(int descriptor, int mode);

// The descriptor of a stream; -1 and EINVAL for a null pointer.
OPENWMI_API int _fileno(FILE* stream);

// Other than 0 when the descriptor is a terminal. Otherwise 0, with errno EBADF when it is not open.
OPENWMI_API int _isatty(int descriptor);

EXTERN_C_END

#endif
