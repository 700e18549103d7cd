#include "wbemtime.h"
