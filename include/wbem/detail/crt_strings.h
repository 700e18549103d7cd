// The string functions of the Microsoft C run-time.
#ifndef OPENWMI_DETAIL_CRT_STRINGS_H
#define OPENWMI_DETAIL_CRT_STRINGS_H

#include "platform.h"

#endif
