#include "objbase.h"
#include "oleauto.h"
