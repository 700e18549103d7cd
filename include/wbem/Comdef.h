#include "comdef.h"
