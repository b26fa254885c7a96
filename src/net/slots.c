#include "slots.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct slot_host {
	char *key;
	size_t bound, running;
	bool named, known;
	int64_t known_at;	   /* when its name was last looked up */
	int stalls;		   /* time-outs since its last answer */
	struct slot *first, *last; /* who waits */
	struct slot_host *next;	   /* in `ready` */
	bool queued;		   /* is in `ready` */
};

/* Hosts with somebody waiting take turns. */
struct slots {
	size_t total, per_host, lookups;
	size_t running, looking, waiting;
	size_t suspects, suspects_running;
	struct map *hosts;
	struct slot_host *ready, **ready_end;
};

struct slots *slots_new(size_t total, size_t per_host, size_t lookups)
{
	struct slots *s = xcalloc(1, sizeof *s);
	s->total = total;
	s->per_host = per_host;
	s->lookups = lookups;
	s->hosts = map_new(NULL);
	s->ready_end = &s->ready;
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

static void host_queue(struct slots *s, struct slot_host *h)
{
	if (h->queued || !h->first)
		return;
	h->queued = true;
	h->next = NULL;
	*s->ready_end = h;
	s->ready_end = &h->next;
}

static void host_unqueue(struct slots *s, struct slot_host *h)
{
	if (!h->queued)
		return;
	struct slot_host **link = &s->ready;
	while (*link != h)
		link = &(*link)->next;
	*link = h->next;
	if (s->ready_end == &h->next)
		s->ready_end = link;
	h->queued = false;
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
		host_unqueue(s, h);
}

static bool name_stale(const struct slot_host *h, int64_t now)
{
	return h->named && (!h->known || now - h->known_at >= SLOTS_NAME_MS);
}

static bool may_run(const struct slots *s, const struct slot_host *h, int64_t now)
{
	if (s->running >= s->total || h->running >= (suspect(h) ? 1 : s->per_host))
		return false;
	if (suspect(h) && s->suspects_running >= s->total / 2)
		return false;
	return !name_stale(h, now) || s->looking < s->lookups;
}

/* Starts who may start; hosts take turns, one transfer each. */
static void pump(struct slots *s, int64_t now)
{
	bool moved = true;

	while (moved && s->ready && s->running < s->total) {
		struct slot_host *round = s->ready, *h;
		moved = false;
		s->ready = NULL;
		s->ready_end = &s->ready;
		for (h = round; h; h = h->next)
			h->queued = false;
		while ((h = round)) {
			round = h->next;
			h->next = NULL;
			struct slot *slot = may_run(s, h, now) ? h->first : NULL;
			if (!slot) {
				host_queue(s, h);
				continue;
			}
			bool fresh = name_stale(h, now);
			unwait(s, slot);
			slot->state = SLOT_RUNNING;
			slot->looking = fresh;
			s->looking += fresh;
			s->running++;
			h->running++;
			s->suspects_running += suspect(h);
			host_queue(s, h);
			moved = true;
			slot->go(slot, fresh);
		}
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
	host_queue(s, h);
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
