/* Shared by the driver and the dumps of a screen. */
#ifndef TOOLS_SCREEN_PRIV_H
#define TOOLS_SCREEN_PRIV_H

#include <stdbool.h>
#include <sys/types.h>

#include <vterm.h>

#include "screen.h"

struct screen {
	int w, h, fd;
	pid_t pid;
	VTerm *vt;
	VTermScreen *screen;
	VTermPos cursor;
	bool cursor_visible, closed, ended;
	int bells;
	long frame, awaited;
	size_t scanned; /* how much of the log was looked through for marks */
	struct buf log;
};

#endif
