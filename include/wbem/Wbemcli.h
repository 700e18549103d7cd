#include "wbemcli.h"
