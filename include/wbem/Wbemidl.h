#include "wbemidl.h"
