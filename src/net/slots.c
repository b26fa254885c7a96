#include "slots.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

enum place {
	NOWHERE,
	READY,	  /* may start when a slot is free */
	SUSPECTS, /* waits for one of those that suspects may hold */
	NAMES,	  /* for a look-up */
	PLACES,
};

struct slot_host {
	char *key;
	size_t bound, running;
	bool named, known;
	int64_t known_at;	   /* when its name was last looked up */
	int stalls;		   /* time-outs since its last answer */
	struct slot *first, *last; /* who waits */
	enum place place;
	struct slot_host *next, *prev; /* in that place's line */
};

struct line {
	struct slot_host *first, *last;
};

/* Hosts with somebody waiting take turns, each in the line for what it lacks, so that nobody who
 * cannot start is looked at. One that has all that a host may have stands in no line. */
struct slots {
	size_t total, per_host, lookups;
	size_t running, looking, waiting;
	size_t suspects, suspects_running;
	struct map *hosts;
	struct line lines[PLACES];
};

struct slots *slots_new(size_t total, size_t per_host, size_t lookups)
{
	struct slots *s = xcalloc(1, sizeof *s);
	s->total = total;
	s->per_host = per_host;
	s->lookups = lookups;
	s->hosts = map_new(NULL);
	return s;
}

void slots_free(struct slots *s)
{
	if (!s)
		return;
	assert(map_count(s->hosts) == 0);
	map_free(s->hosts);
	free(s);
}

static bool suspect(const struct slot_host *h)
{
	return h->stalls >= SLOTS_SUSPECT;
}

static bool name_stale(const struct slot_host *h, int64_t now)
{
	return h->named && (!h->known || now - h->known_at >= SLOTS_NAME_MS);
}

static void leave_line(struct slots *s, struct slot_host *h)
{
	struct line *l = &s->lines[h->place];

	if (h->place == NOWHERE)
		return;
	*(h->prev ? &h->prev->next : &l->first) = h->next;
	*(h->next ? &h->next->prev : &l->last) = h->prev;
	h->place = NOWHERE;
}

/* To the end of the line where it belongs now; if it stands there already it keeps its turn. */
static void stand(struct slots *s, struct slot_host *h, int64_t now)
{
	enum place place = READY;
	struct line *l;

	if (!h->first || h->running >= (suspect(h) ? 1 : s->per_host))
		place = NOWHERE;
	else if (suspect(h) && s->suspects_running >= s->total / 2)
		place = SUSPECTS;
	else if (name_stale(h, now) && s->looking >= s->lookups)
		place = NAMES;
	if (h->place == place)
		return;
	leave_line(s, h);
	if (place == NOWHERE)
		return;
	l = &s->lines[place];
	h->place = place;
	h->next = NULL;
	h->prev = l->last;
	*(l->last ? &l->last->next : &l->first) = h;
	l->last = h;
}

static void unwait(struct slots *s, struct slot *slot)
{
	struct slot_host *h = slot->host;

	*(slot->prev ? &slot->prev->next : &h->first) = slot->next;
	*(slot->next ? &slot->next->prev : &h->last) = slot->prev;
	slot->next = slot->prev = NULL;
	slot->state = SLOT_IDLE;
	s->waiting--;
	if (!h->first)
		leave_line(s, h);
}

/* Those at the head of a line for whom there is room now. */
static void let_in(struct slots *s, enum place place, size_t room, int64_t now)
{
	struct slot_host *h;

	for (; room && (h = s->lines[place].first) != NULL; room--)
		stand(s, h, now);
}

static void start(struct slots *s, struct slot_host *h, int64_t now)
{
	struct slot *slot = h->first;
	bool fresh = name_stale(h, now);

	unwait(s, slot);
	slot->state = SLOT_RUNNING;
	slot->looking = fresh;
	s->looking += fresh;
	s->running++;
	h->running++;
	s->suspects_running += suspect(h);
	leave_line(s, h); /* whoever else of it waits does so behind the others */
	stand(s, h, now);
	slot->go(slot, fresh);
}

/* Starts who may start; hosts take turns, one transfer each. */
static void pump(struct slots *s, int64_t now)
{
	size_t half = s->total / 2;
	struct slot_host *h;

	if (s->suspects_running < half)
		let_in(s, SUSPECTS, half - s->suspects_running, now);
	if (s->looking < s->lookups)
		let_in(s, NAMES, s->lookups - s->looking, now);
	while (s->running < s->total && (h = s->lines[READY].first) != NULL) {
		stand(s, h, now); /* what was free when it came may be taken */
		if (h->place == READY)
			start(s, h, now);
	}
}

void slot_bind(struct slots *s, struct slot *slot, const char *key, bool named,
    void (*go)(struct slot *s, bool fresh))
{
	struct slot_host *h = map_get(s->hosts, key);

	if (!h) {
		h = xcalloc(1, sizeof *h);
		h->key = xstrdup(key);
		h->named = named;
		map_set(s->hosts, key, h);
	}
	h->bound++;
	*slot = (struct slot){ .host = h, .go = go };
}

void slot_unbind(struct slots *s, struct slot *slot)
{
	struct slot_host *h = slot->host;

	if (!h)
		return;
	assert(slot->state != SLOT_RUNNING);
	if (slot->state == SLOT_WAITING)
		unwait(s, slot);
	slot->host = NULL;
	if (--h->bound)
		return;
	s->suspects -= suspect(h);
	map_del(s->hosts, h->key);
	free(h->key);
	free(h);
}

void slot_ask(struct slots *s, struct slot *slot, int64_t now_ms)
{
	struct slot_host *h = slot->host;

	assert(slot->state == SLOT_IDLE);
	slot->state = SLOT_WAITING;
	slot->prev = h->last;
	slot->next = NULL;
	*(h->last ? &h->last->next : &h->first) = slot;
	h->last = slot;
	s->waiting++;
	stand(s, h, now_ms);
	pump(s, now_ms);
}

static void lookup_over(struct slots *s, struct slot *slot)
{
	s->looking -= slot->looking;
	slot->looking = false;
}

void slot_looked_up(struct slots *s, struct slot *slot, int64_t now_ms)
{
	if (!slot->looking)
		return;
	lookup_over(s, slot);
	slot->host->known = true;
	slot->host->known_at = now_ms;
	stand(s, slot->host, now_ms);
	pump(s, now_ms);
}

void slot_done(struct slots *s, struct slot *slot, int64_t now_ms, bool stalled)
{
	struct slot_host *h = slot->host;
	bool was = suspect(h);

	assert(slot->state == SLOT_RUNNING);
	lookup_over(s, slot);
	slot->state = SLOT_IDLE;
	s->running--;
	h->running--;
	s->suspects_running -= was;
	h->stalls = stalled ? h->stalls + 1 : 0;
	/* Those of this host that still run change sides with it. */
	if (suspect(h) && !was) {
		s->suspects++;
		s->suspects_running += h->running;
	} else if (!suspect(h) && was) {
		s->suspects--;
		s->suspects_running -= h->running;
	}
	stand(s, h, now_ms);
	pump(s, now_ms);
}

bool slot_suspect(const struct slot *slot)
{
	return suspect(slot->host);
}

size_t slots_running(const struct slots *s)
{
	return s->running;
}

size_t slots_waiting(const struct slots *s)
{
	return s->waiting;
}

size_t slots_suspects(const struct slots *s)
{
	return s->suspects;
}
