/* What the measuring programs share: many endpoints that are well or say nothing, a board in a
 * terminal that is pressed, and figures with their goals. */
#ifndef TESTS_LOAD_H
#define TESTS_LOAD_H

#include <sys/types.h>

#include "rig.h"

#define LOAD_KEYS 400

/* A number of the environment. */
int load_number(const char *name, int otherwise);

/* A process that answers on a port of all of 127/8: hosts 127.9.x.y take everything and say
 * nothing, every other one is well; 127.7.x.y turn bad with SIGUSR1. Returns the port. */
int load_world(pid_t *pid);

/* ---- a board ---- */

struct load_board {
	int fd;
	pid_t pid;
	double ms[LOAD_KEYS]; /* from a key to the end of what it drew */
	int sent, silent;
	const char *keys; /* pressed in turn, each of which draws; NULL: down and up a list */
};

void load_board_start(struct load_board *b, const char *config);
void load_board_end(struct load_board *b);
/* Reads until nothing comes for `quiet` ms; the time of the last byte, 0: none came within a
 * second. */
double load_board_drain(struct load_board *b, int quiet);
/* One key, and its time; the last LOAD_KEYS are kept. */
void load_board_press(struct load_board *b);
/* Sorts what was measured; `part` of 100 were faster. -1: nothing was. */
double load_board_key(struct load_board *b, int part);

/* ---- figures ---- */

double load_now_ms(void);
double load_cpu_s(pid_t pid); /* -1: it is gone */
double load_rss_mib(pid_t pid);
/* Prints PASS or FAIL. */
void load_goal(const char *what, double got, double most, const char *unit);
void load_turn(struct rig *r, int64_t ms);

#endif
