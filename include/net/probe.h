/* A probe: what is asked of an endpoint, and what its answer means. The judging is pure. */
#ifndef NET_PROBE_H
#define NET_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/time.h"
#include "domain/snapshot.h"

#define PROBE_BODY_MAX ((size_t)2 << 20) /* longest health body, decoded */
#define PROBE_JSON_MAX ((size_t)4096)	 /* longer JSON is not judged beside the network */
#define PROBE_REASON 200

/* Who runs the other end. `external` may not lead us to an address of our own networks. */
enum net_class { NET_INTERNAL, NET_EXTERNAL };

struct net_header {
	char *name, *value; /* the value may be a secret: it is never printed */
};

/* "this pointer (RFC 6901) leads to one of these values"; numbers and booleans compare by their
 * JSON text, strings by their letters. */
struct expect_json {
	char *pointer;
	char **allowed;
	size_t allowed_count;
};

struct expect_range {
	int from, to; /* HTTP status codes, both included */
};

struct probe_expect {
	struct expect_range *codes; /* none: 200-299 */
	size_t code_count;
	struct expect_json *json;
	size_t json_count;
	char *contains;	      /* the body (tcp: the banner) must hold this text; NULL */
	int degraded_ms;      /* slower than this: degraded; 0: no limit */
	int partial_ms;	      /* slower than this: partial_outage; 0: no limit */
	int major_ms;	      /* slower than this: major_outage; 0: no limit */
	int certificate_days; /* fewer days left: degraded; 0: do not look */
};

struct probe_target {
	char *id;   /* unique; the engine's own key */
	char *kind; /* a row of probe_kinds: "http" */
	/* What is asked, as its kind writes it: an http(s) address, "HOST:PORT" (tcp, tls), a name
	 * (dns), a host (icmp), an absolute path (heartbeat). */
	char *url;
	char *method; /* http. NULL: GET, or POST with a body */
	char *body;   /* http: of the request; NULL */
	char *record; /* dns: "A", "MX", "TYPE65"; NULL: A */
	char *server; /* dns: "ADDRESS" or "ADDRESS:PORT"; NULL: the first one of this host */
	char *value;  /* dns: one of the records must be this; NULL */
	char *line;   /* heartbeat: the newest line that holds this text counts; NULL: the file */
	int64_t max_age_ms; /* heartbeat: older is a failure; virtual */
	struct net_header *headers;
	size_t header_count;
	int64_t interval_ms; /* virtual */
	int timeout_ms;	     /* real; 0: 10 s */
	struct probe_expect expect;
	enum net_class klass;
	char *resolve;		    /* "ADDRESS": connect there instead of asking DNS; NULL */
	char *network;		    /* CIDR that an external source may also use; NULL */
	char *ca_file;		    /* PEM bundle instead of the system's; NULL */
	char *cert_file, *key_file; /* PEM, of us as the client; NULL: without */
};

/* Why there was no usable answer. The engine's own-connectivity check groups by it. */
enum probe_fault {
	FAULT_NONE,
	FAULT_URL,	 /* the address cannot be used */
	FAULT_LOOKUP,	 /* the name did not resolve */
	FAULT_REFUSED,	 /* nobody listens, or the connection was reset while connecting */
	FAULT_UNREACHED, /* no route */
	FAULT_TIMEOUT,
	FAULT_BROKEN,	     /* connected, then cut off or not HTTP */
	FAULT_TLS_EXPIRED,   /* certificate out of its dates */
	FAULT_TLS_HOST,	     /* certificate for another name */
	FAULT_TLS_UNTRUSTED, /* no known authority signed it */
	FAULT_TLS,	     /* any other failure of the handshake */
	FAULT_REDIRECT,	     /* a redirect where none is followed, or too many */
	FAULT_TOO_LARGE,     /* body, headers or expansion passed their limit */
	FAULT_FORBIDDEN,     /* an external source led to an address that it may not use */
	FAULT_BUSY,	     /* 429: it asks us to come back later; says nothing about its state */
	FAULT_LOCAL, /* this host has no descriptor or memory left for it; says nothing of the other
		      */
	PROBE_FAULTS,
};

extern const char *const probe_fault_names[PROBE_FAULTS]; /* "lookup", "tls-expired", … */

/* What came back from one round. */
struct http_result {
	enum probe_fault fault; /* FAULT_NONE: there is an answer */
	const char *detail;	/* of the fault, clean, may be "" */
	int code;
	const char *content_type; /* "" when absent */
	const char *body;	  /* as received, decoded, hostile */
	size_t body_len;
	int latency_ms;
	int timeout_ms;	      /* that the request had */
	int cert_days;	      /* PROBE_NO_CERT: not known */
	bool has_retry_after; /* the header was there */
	/* Of the kinds that are not HTTP: what was found, and the line that says it. NULL: the
	 * code and the body speak. */
	enum status found;
	const char *text;
};

#define PROBE_NO_CERT INT32_MIN

struct probe_verdict {
	enum status status;
	enum probe_fault fault;	   /* r->fault, or FAULT_BUSY for 429 */
	char reason[PROBE_REASON]; /* one clean line, never empty */
};

/* Code first, body second, latency third: the worst of them holds, and gives the reason. */
void probe_judge(
    const struct probe_expect *x, const struct http_result *r, struct probe_verdict *out);

/* Microseconds from the start of the request to the end of each phase; 0: not reached, or made
 * needless by a kept connection; -1: there was no request. */
struct probe_phases {
	int64_t lookup, connect, tls, first_byte, total;
};

struct observation {
	const char *target; /* its id */
	struct utc at;	    /* virtual, of the answer */
	enum status status; /* FAULT_BUSY: unknown, and the former status should stay */
	enum probe_fault fault;
	int latency_ms; /* -1: no answer */
	struct probe_phases phase;
	int code;      /* HTTP status, 0: none */
	int cert_days; /* PROBE_NO_CERT: not known */
	char reason[PROBE_REASON];
};

struct probe_ops;

/* One row a kind of probe. */
struct probe_kind {
	const char *name;
	const char *schemes; /* of its address, with blanks between: "http https" */
	const char *help;
	const struct probe_ops *ops; /* how it is run, on the network thread */
};

extern const struct probe_kind probe_kinds[]; /* ends with a row whose name is NULL */
const struct probe_kind *probe_kind_find(const char *name);

/* A target from one text, as people type it: http(s)://…, tcp://HOST:PORT, tls://HOST[:PORT],
 * icmp://HOST, dns://[SERVER]/NAME[?TYPE], file:///PATH (a heartbeat). Sets the kind and what goes
 * with it, texts belong to the arena. False: *e. */
bool probe_address(const char *text, struct probe_target *t, struct arena *a, struct err *e);

/* Deep copies; free takes NULL and wipes header values. */
struct probe_target *probe_target_copy(const struct probe_target *t);
void probe_target_free(struct probe_target *t);
/* Equal content, id included, gives an equal number. */
uint64_t probe_target_hash(const struct probe_target *t);

#endif
