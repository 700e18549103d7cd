#include "unknwn.h"
