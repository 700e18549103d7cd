#include "wtypes.h"
