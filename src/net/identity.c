#include "identity.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct host {
	struct identity *first; /* by place */
	uint64_t home;
};

struct identities {
	struct map *hosts;
};

static void host_free(void *p)
{
	struct host *h = p;

	for (struct identity *i = h->first, *next; i; i = next) {
		next = i->next;
		free(i);
	}
	free(h);
}

struct identities *identities_new(void)
{
	struct identities *t = xcalloc(1, sizeof *t);

	t->hosts = map_new(host_free);
	return t;
}

void identities_free(struct identities *t)
{
	if (!t)
		return;
	map_free(t->hosts);
	free(t);
}

struct identity *identity_take(
    struct identities *t, const char *host, uint64_t home, uint64_t who, int64_t now_ms)
{
	struct host *h = map_get(t->hosts, host);
	struct identity *rested = NULL, **end;
	size_t place = 0;

	if (!h) {
		h = xcalloc(1, sizeof *h);
		h->home = home;
		map_set(t->hosts, host, h);
	}
	for (end = &h->first; *end; end = &(*end)->next, place++) {
		struct identity *i = *end;
		if (i->who == who) {
			i->users++;
			return i;
		}
		if (!rested && !i->users && now_ms - i->left_at >= IDENTITY_REST_MS)
			rested = i;
	}
	if (!rested) {
		rested = *end = xcalloc(1, sizeof *rested);
		rested->place = place;
		rested->home = h->home;
	}
	rested->who = who;
	rested->users = 1;
	rested->looked = false;
	return rested;
}

void identity_leave(struct identity *i, int64_t now_ms)
{
	if (!i)
		return;
	i->users--;
	i->left_at = now_ms;
}

bool identity_stale(struct identity *i, int64_t now_ms, int64_t age_ms)
{
	if (i->looked && now_ms - i->looked_at < age_ms)
		return false;
	i->looked = true;
	i->looked_at = now_ms;
	return true;
}
