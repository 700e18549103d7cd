// Code pages.
#ifndef OPENWMI_WINNLS_H
#define OPENWMI_WINNLS_H

#include "windef.h"

#endif
