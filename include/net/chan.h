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
#include "net/probe.h"

#define CHAN_WEBHOOK_MAX ((size_t)20 * 1024)
#define CHAN_DETAIL 200

/* One message to one destination. All text is clean. */
struct delivery_request {
	char *id;	   /* of the delivery: the same for every try, for ever: "INC-1.5/page" */
	char *destination; /* id of the channel */
	char *kind;	   /* a row of chan_kinds: "file", "webhook" */
	/* The destination's configuration; each kind names what it needs. */
	char *url;	  /* webhook */
	char *secret;	  /* webhook: "whsec_" + base64, or plain bytes; NULL: unsigned */
	char *old_secret; /* webhook: also signs with it during a change of secrets; NULL */
	char *path;	  /* file: absolute */
	char *format;	  /* file: "json" (NULL too) or "text" */
	enum net_class klass;
	char *network, *ca_file, *resolve; /* as in struct probe_target */
	int timeout_ms;			   /* real; 0: 30 s */
	/* The message. */
	char *type;    /* "incident.updated": letters, digits, `_` and `.` */
	struct utc at; /* of what is told, not of the try */
	char *data;    /* a JSON object */
	char *text;    /* plain text for people */
};

struct delivery_request *delivery_request_copy(const struct delivery_request *r);
void delivery_request_free(struct delivery_request *r); /* wipes the secrets; NULL is fine */

/* What a kind wants done: an HTTP POST when `url` is set, else a file written in place of the old
 * one. */
struct chan_send {
	char *url;
	struct net_header *headers;
	size_t header_count;
	char *path;
	struct buf body;
};
void chan_send_fini(struct chan_send *s);

struct chan_reply {
	enum probe_fault fault; /* FAULT_NONE: it answered */
	int code;
	int64_t retry_after_ms; /* -1: it did not say; already made relative and at most 1 h */
	const char *detail;	/* clean */
};

enum chan_state { CHAN_ACCEPTED, CHAN_RETRY, CHAN_GIVE_UP };

struct chan_verdict {
	enum chan_state state;
	int64_t not_before_ms; /* CHAN_RETRY: wait at least so long (real); 0 */
	bool alarm;	       /* the destination says that it is gone for good */
	char detail[CHAN_DETAIL];
};

struct chan_kind {
	const char *name, *help;
	/* Everything of `out` belongs to the caller (chan_send_fini). False: this request can never
	 * be sent, *e says why. `now` is the time of the try. */
	bool (*build)(
	    const struct delivery_request *r, struct utc now, struct chan_send *out, struct err *e);
	void (*judge)(const struct chan_reply *reply, struct chan_verdict *out);
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
