// WMI for clients and providers: what nearly every program includes.
#ifndef OPENWMI_WBEMIDL_H
#define OPENWMI_WBEMIDL_H

#include "wbemcli.h"
#include "wbemprov.h"

#endif
