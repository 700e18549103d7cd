#include "wmiutils.h"
