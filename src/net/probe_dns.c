/* dns: the records of a name, and one of them as it should be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/host.h"
#include "base/mem.h"
#include "dns_text.h"
#include "lookup.h"
#include "probe_wait.h"

#define SHOWN 100 /* bytes of records in a reason */

struct dns_run {
	struct waiting w;
	struct lookup *lookup;
	int type;
};

/* What a server says of a name that it has no answer for. */
static const struct {
	int rcode;
	enum status status;
	const char *text;
} rcodes[] = {
	{ 1, STATUS_UNKNOWN, "the server does not understand the question" },
	{ 2, STATUS_MAJOR, "the server failed (SERVFAIL)" },
	{ 3, STATUS_MAJOR, "there is no such name (NXDOMAIN)" },
	{ 4, STATUS_UNKNOWN, "the server does not answer questions of this type" },
	{ 5, STATUS_UNKNOWN, "the server refuses us (may this host ask it?)" },
};

/* "192.0.2.7, 192.0.2.8", or as much of it as a reason has room for. */
static void list_text(const struct dns_records *r, char out[SHOWN + 16])
{
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < r->count; i++) {
		if (n + strlen(r->text[i]) + 2 > SHOWN) {
			snprintf(out + n, 16, "%s…", i ? ", " : "");
			return;
		}
		n += (size_t)snprintf(out + n, SHOWN - n, "%s%s", i ? ", " : "", r->text[i]);
	}
}

static void judge_records(struct dns_run *d, const struct dns_records *r)
{
	struct waiting *w = &d->w;
	const char *want = w->target->value;
	char list[SHOWN + 16], type[16];
	bool found = !want;

	dns_type_name(d->type, type);
	for (size_t i = 0; i < r->count && !found; i++)
		found = dns_record_is(r->text[i], want);
	list_text(r, list);
	w->a.found = r->count && found ? STATUS_OPERATIONAL : STATUS_MAJOR;
	if (!r->count)
		snprintf(w->line, sizeof w->line, "there is no %s record", type);
	else if (!found)
		snprintf(w->line, sizeof w->line, "%s is %s, expected %.40s", type, list, want);
	else
		snprintf(w->line, sizeof w->line, "%s is %s (for %u s more)", type, list, r->ttl);
}

static void answered(void *ctx, const struct lookup_answer *got)
{
	struct dns_run *d = ctx;
	struct waiting *w = &d->w;
	struct arena *a;
	struct dns_records r = { 0 };
	struct err e = { 0 };

	if (got->fault) {
		waiting_fail(w, got->fault, got->detail);
		return;
	}
	w->a.latency_ms = (int)(waiting_us(w) / 1000);
	for (size_t i = 0; i < countof(rcodes); i++)
		if (rcodes[i].rcode == got->rcode) {
			w->a.found = rcodes[i].status;
			w->a.text = rcodes[i].text;
			waiting_end(w);
			return;
		}
	a = arena_new();
	if (got->bytes && !dns_records(got->bytes, got->len, d->type, a, &r, &e)) {
		w->a.found = STATUS_UNKNOWN;
		snprintf(w->line, sizeof w->line, "%.150s", e.msg);
	} else {
		judge_records(d, &r);
	}
	arena_free(a);
	waiting_end(w);
}

static void start(struct waiting *w)
{
	struct dns_run *d = (struct dns_run *)w;

	lookup_query(d->lookup, w->target->url, d->type);
}

static void stop(struct waiting *w)
{
	lookup_cancel(((struct dns_run *)w)->lookup);
}

static struct probe_run *make(const struct probe_env *env, const struct probe_target *t,
    struct probe_round round, struct err *e)
{
	struct dns_run *d = xcalloc(1, sizeof *d);

	(void)round;
	d->w.start = start;
	d->w.stop = stop;
	d->type = dns_type(t->record ? t->record : "A");
	if (d->type < 0)
		err_set(
		    e, ERR_CONFIG, "'%.20s' is no type of DNS record (A, MX, TYPE65)", t->record);
	else
		d->lookup = lookup_new(env->loop, t->server, t->timeout_ms, answered, d, e);
	if (!d->lookup) {
		free(d);
		return NULL;
	}
	waiting_init(&d->w, env, t, t->server ? t->server : "dns", false);
	return &d->w.run;
}

static void dns_free(struct probe_run *r)
{
	struct dns_run *d = (struct dns_run *)r;

	waiting_fini(&d->w);
	lookup_free(d->lookup);
	free(d);
}

const struct probe_ops probe_dns_ops = { make, waiting_go, waiting_busy, dns_free };
