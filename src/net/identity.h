/* As whom a host is asked. libcurl keeps connections by host alone, whatever headers are sent on
 * them: requests of two identities to one host are kept apart by never meeting in one multi handle.
 * Pure bookkeeping. */
#ifndef NET_IDENTITY_H
#define NET_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place is given to somebody else only when no connection of the last one can be alive. */
#define IDENTITY_REST_MS 120000

struct identities;

/* Belongs to the table. */
struct identity {
	uint64_t home; /* of its host: what the first who took one of it asked for */
	size_t place;  /* 0, 1, …: among those of its host, no two have the same */
	bool looked;
	int64_t looked_at; /* when its name was last looked up */
	uint64_t who;
	size_t users;
	int64_t left_at;
	struct identity *next;
};

struct identities *identities_new(void);
void identities_free(struct identities *t);

/* `host`: name and port; `home`: where it is put when nobody has taken it before; `who`: equal for
 * those that may share a connection. */
struct identity *identity_take(
    struct identities *t, const char *host, uint64_t home, uint64_t who, int64_t now_ms);
void identity_leave(struct identity *i, int64_t now_ms);

/* True when the name must be looked up (again), which the caller then does. */
bool identity_stale(struct identity *i, int64_t now_ms, int64_t age_ms);

#endif
