#pragma once

/// The commit this program is built from, empty where SLIPWAY_COMMIT was not set for the build.
const char *_Nonnull slipway_commit(void);
