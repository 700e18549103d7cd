// The printf family with the format rules of Microsoft.
#ifndef OPENWMI_DETAIL_OUTPUT_H
#define OPENWMI_DETAIL_OUTPUT_H

#include "platform.h"

#endif
