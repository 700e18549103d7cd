#include "rpc.h"
