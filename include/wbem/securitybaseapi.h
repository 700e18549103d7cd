// Tokens and security identifiers.
#ifndef OPENWMI_SECURITYBASEAPI_H
#define OPENWMI_SECURITYBASEAPI_H

#include "windef.h"

#endif
