#include "comutil.h"
