/* What help and the man pages share. */
#ifndef HELP_H
#define HELP_H

extern const char *const about_program;

struct exit_meaning {
	int status;
	const char *meaning;
};

/* Ends with a row whose meaning is NULL. */
extern const struct exit_meaning exit_meanings[];

#endif
