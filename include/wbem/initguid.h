// Included before other headers: DEFINE_GUID then defines instead of declaring.
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
