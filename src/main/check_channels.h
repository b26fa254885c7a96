/* Channels that can never work, told by `nocboard check` before something has to go out. */
#ifndef MAIN_CHECK_CHANNELS_H
#define MAIN_CHECK_CHANNELS_H

#include "domain/config.h"

/* Looks at the secrets, programs, files and folders that channels name, and prints what is wrong
 * with its place: as an error, or as a warning where another user may do what this one may not.
 * Returns how many errors there are. */
int check_channels(const struct config *c);

#endif
