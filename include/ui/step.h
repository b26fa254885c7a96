/* The actions that move through rows. */
#ifndef UI_STEP_H
#define UI_STEP_H

#include <stdbool.h>

/* True when the action is one of list.next … list.half-up: *by is how many rows it goes on, beyond
 * any list for the first and the last. `page` is how many rows are on screen. */
bool list_step(const char *action, int page, int *by);

#endif
