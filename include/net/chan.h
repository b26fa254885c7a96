/* Channels: where people's updates go. A kind is one file and one row of chan_kinds; it builds what
 * is sent and judges the reply, and does no I/O itself. */
#ifndef NET_CHAN_H
#define NET_CHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"
#include "domain/calendar.h"
#include "net/probe.h"

#define CHAN_WEBHOOK_MAX ((size_t)20 * 1024)
#define CHAN_DETAIL 200
#define CHAN_REFERENCE 128

struct chan_texts {
	char **items;
	size_t count;
};

/* A component of the incident that the other end knows under an id of its own, and how it is. */
struct chan_component {
	char *ours, *theirs;
	/* "operational", "maintenance", "degraded", "partial_outage", "major_outage"; NULL: the
	 * message says nothing about how it is. */
	char *status;
};

/* One message to one destination. All text is clean. */
struct delivery_request {
	char *id;	   /* of the delivery: the same for every try, for ever: "INC-1.5/page" */
	char *destination; /* id of the channel */
	char *kind;	   /* a row of chan_kinds: "file", "webhook" */
	/* The destination's configuration; each kind names what it needs. */
	char *url;	  /* an address, or the base of an interface instead of the usual one */
	char *secret;	  /* webhook: "whsec_" + base64, or plain bytes; NULL: unsigned */
	char *old_secret; /* webhook: also signs with it during a change of secrets; NULL */
	char *token, *password;
	char *path;		 /* file: absolute */
	char *format;		 /* file: "json" (NULL too) or "text" */
	char *channel;		 /* slack */
	char *page;		 /* statuspage */
	int version;		 /* cachet: 2 or 3 */
	const struct zone *zone; /* cachet: of its times (borrowed, kept for ever); NULL: UTC */
	char *smtp, *user, *from, *host, *unsubscribe; /* email */
	bool plain;				       /* email: without TLS */
	char *command;				       /* exec: absolute */
	struct chan_texts arguments, environment;
	struct chan_component *components;
	size_t component_count;
	enum net_class klass;
	char *network, *ca_file, *resolve; /* as in struct probe_target */
	int timeout_ms;			   /* real; 0: 30 s */
	/* Nobody is told: what shows that the way is open, and no more. A kind that puts all it
	 * gets before readers asks for something instead. */
	bool heartbeat;
	/* The message. */
	char *type;		      /* "incident.updated": letters, digits, `_` and `.` */
	struct utc at;		      /* of what is told, not of the try */
	char *data;		      /* a JSON object */
	char *text;		      /* plain text for people */
	char *sender;		      /* who we are: the NOC's name */
	char *subject;		      /* one line, the same for all of an incident */
	struct chan_texts recipients; /* email: who is still to be told */
	/* The message has arrived before, and planned work has begun or ended since: that alone is
	 * new (CHAN_PLANNED_STANDS). */
	bool arrived;
	/* Ids of the first and of the last delivery of this incident to this destination before
	 * this one; NULL: this is the first. */
	char *first, *previous;
	char *reference; /* what the other end called this incident then; NULL: not known */
};

struct delivery_request *delivery_request_copy(const struct delivery_request *r);
void delivery_request_free(struct delivery_request *r); /* wipes the secrets; NULL is fine */

/* What a kind wants done: an HTTP request, a file written in place of the old one, a mail, or a
 * program run with the body on its standard input. */
enum chan_via { CHAN_HTTP, CHAN_FILE, CHAN_MAIL, CHAN_PROGRAM };

struct chan_send {
	enum chan_via via;
	char *url;
	const char *method; /* http; NULL: POST with a body, else GET */
	struct net_header *headers;
	size_t header_count;
	size_t reply_max; /* 0: 64 KiB */
	char *path;
	struct chan_texts to; /* mail: of this one; the items are the request's */
	struct buf body;
};
void chan_send_fini(struct chan_send *s);

/* What the mail server said to one recipient; code 0: it was not asked. */
struct chan_said {
	int code;
	char text[120]; /* clean */
};

struct chan_reply {
	enum probe_fault fault; /* FAULT_NONE: it answered */
	int code;		/* of HTTP, of SMTP at the end, or a program's exit status */
	int64_t retry_after_ms; /* -1: it did not say; already made relative and at most 1 h */
	const char *detail;	/* clean */
	const char *body;	/* hostile; NULL: none */
	size_t body_len;
	const struct chan_said *said; /* mail: for each of send.to, in its order */
};

enum chan_state { CHAN_ACCEPTED, CHAN_RETRY, CHAN_GIVE_UP, CHAN_NEXT };

struct chan_verdict {
	enum chan_state state; /* CHAN_NEXT: build the next request of this talk */
	int64_t not_before_ms; /* CHAN_RETRY: wait at least so long (real); 0 */
	bool down;	       /* it is not about this message: the destination takes none now */
	bool alarm;	       /* the destination says that it is gone for good */
	char detail[CHAN_DETAIL];
};

/* What became of one recipient of a mail. */
struct chan_told {
	char *address;
	enum chan_state state; /* accepted, retry, or give up */
	char *detail;
};

/* One try of a delivery: one request, or a few that follow from each other's replies. The kind
 * keeps in it what it learns. */
struct chan_talk {
	const struct delivery_request *r;
	struct utc now;			/* of the try */
	int step;			/* the kind's own; 0 at first */
	size_t next;			/* the kind's own place in a list; 0 at first */
	bool looked;			/* the kind's own: it has searched the other end */
	bool arrived;			/* the kind's own: the message is there already */
	char reference[CHAN_REFERENCE]; /* the other end's name of the incident; "" */
	struct chan_told *told;
	size_t told_count;
};

/* Starts with r->reference. */
void chan_talk_init(struct chan_talk *t, const struct delivery_request *r, struct utc now);
void chan_talk_fini(struct chan_talk *t);
void chan_tell(struct chan_talk *t, const char *address, enum chan_state state, const char *detail);

/* What becomes of planned work there: it is told as incidents are, or stands there with a status
 * that follows ours, or has no place. */
enum chan_planned { CHAN_PLANNED_TOLD, CHAN_PLANNED_STANDS, CHAN_PLANNED_NOWHERE };

struct chan_kind {
	const char *name, *help;
	/* Everything of `out` belongs to the caller (chan_send_fini). False: this request can never
	 * be sent, *e says why. */
	bool (*build)(struct chan_talk *t, struct chan_send *out, struct err *e);
	void (*judge)(
	    struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out);
	int64_t gap_ms; /* least time from one delivery to a destination to the next */
	/* Not sent message by message, but written whole (engine/publish): no build, no judge. */
	bool whole;
	enum chan_planned planned;
};

extern const struct chan_kind chan_kinds[]; /* ends with a row whose name is NULL */
const struct chan_kind *chan_kind_find(const char *name);

/* Standard Webhooks 1.0: "v1,<base64>" of HMAC-SHA256(secret, id.timestamp.body). False: the secret
 * or the id cannot be used. */
bool webhook_sign(const char *secret, const char *id, int64_t unix_s, const char *body, size_t len,
    char out[64], struct err *e);

/* Milliseconds until the next try after `attempts` failed ones (1 or more), -1: give up. `jitter`
 * is 0 to 1000 and spreads by a fifth either way. While an open incident waits for it, no pause is
 * longer than a minute and the delivery is not given up. */
int64_t delivery_retry_after(int attempts, bool open_incident, int jitter);

/* "Retry-After: …" in milliseconds from `now`: whole seconds or an HTTP date, clamped to 0 … 1 h;
 * -1: not readable. */
int64_t retry_after_ms(const char *value, struct utc now);

#endif
