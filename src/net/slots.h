/* Who may start now: so many transfers at once, so many to one host, so many name look-ups. A host
 * that does not answer at all gets one transfer at a time, and all such hosts together never hold
 * more than half of the slots, so that they delay nobody else. Pure bookkeeping. */
#ifndef NET_SLOTS_H
#define NET_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOTS_TOTAL 1024
#define SLOTS_HOST 4
#define SLOTS_LOOKUPS 64
#define SLOTS_NAME_MS 60000 /* a name is looked up again after so long */
#define SLOTS_SUSPECT 4	    /* time-outs in a row that make a host suspect */

struct slots;
struct slot_host;

enum slot_state { SLOT_IDLE, SLOT_WAITING, SLOT_RUNNING };

/* One thing that wants to run; embedded in its owner, who keeps it alive while it is not idle. */
struct slot {
	struct slot_host *host;
	/* It runs now. `fresh`: its name must be looked up again. Must not call back into slots. */
	void (*go)(struct slot *s, bool fresh);
	enum slot_state state;
	bool looking; /* holds a look-up */
	struct slot *next, *prev;
};

struct slots *slots_new(size_t total, size_t per_host, size_t lookups);
void slots_free(struct slots *s); /* no slot is in use any more */

/* Binds an idle slot to a host; hosts live as long as slots are bound to them. `named`: the key
 * holds a name that must be looked up. */
void slot_bind(struct slots *s, struct slot *slot, const char *key, bool named,
    void (*go)(struct slot *s, bool fresh));
void slot_unbind(struct slots *s, struct slot *slot); /* stops waiting; not while it runs */

/* go() runs inside of this call, or later inside of slot_looked_up, slot_done or another one's
 * slot_unbind. */
void slot_ask(struct slots *s, struct slot *slot, int64_t now_ms);
/* Its name is known now; further calls change nothing. */
void slot_looked_up(struct slots *s, struct slot *slot, int64_t now_ms);
/* `stalled`: the time ran out without an answer. */
void slot_done(struct slots *s, struct slot *slot, int64_t now_ms, bool stalled);

bool slot_suspect(const struct slot *slot);
size_t slots_running(const struct slots *s);
size_t slots_waiting(const struct slots *s);
size_t slots_suspects(const struct slots *s); /* hosts */

#endif
