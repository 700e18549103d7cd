#include "wbemprov.h"
