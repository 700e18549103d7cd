#include "wincred.h"
