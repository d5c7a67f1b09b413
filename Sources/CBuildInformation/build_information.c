#include "build_information.h"

#ifndef SLIPWAY_COMMIT
#define SLIPWAY_COMMIT ""
#endif

const char *slipway_commit(void) { return SLIPWAY_COMMIT; }
