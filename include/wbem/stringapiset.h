// Conversion between code pages and wide text.
#ifndef OPENWMI_STRINGAPISET_H
#define OPENWMI_STRINGAPISET_H

#include "windef.h"

#endif
