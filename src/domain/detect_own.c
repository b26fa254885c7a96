/* Our own way out comes first: when everything fails at once, it is not everything that failed. */
#include "detect_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MANY 4 /* fewer targets than this prove nothing by failing together */

/* The newest word of every probe, counted. */
struct count {
	int total, failed;
	int gateways, gateways_failed;
	struct utc first, last; /* when the failed ones began to fail */
	bool regions;		/* they lie in more than one region */
};

static void add_probe(struct count *n, const struct watched *t, const char **region)
{
	n->total++;
	if (!*region)
		*region = t->about.region;
	else if (!n->regions)
		n->regions = strcmp(*region, t->about.region) != 0;
	if (!t->no_answer)
		return;
	if (!n->failed || utc_before(t->no_answer_since, n->first))
		n->first = t->no_answer_since;
	if (!n->failed || utc_before(n->last, t->no_answer_since))
		n->last = t->no_answer_since;
	n->failed++;
}

static struct count count_probes(const struct detect *d, struct utc now)
{
	struct count n = { .first = UTC_NONE, .last = UTC_NONE };
	const char *region = NULL;

	for (size_t i = 0; i < d->target_count; i++) {
		const struct watched *t = &d->targets[i];

		if (t->about.feed || !detect_fresh(t, now))
			continue;
		if (t->about.gateway) {
			n.gateways++;
			n.gateways_failed += t->no_answer;
		} else {
			add_probe(&n, t, &region);
		}
	}
	return n;
}

/* More than half fail, and so does our own gateway; or (without one) all fail at once. What began
 * stays until it is over, however long ago it began. */
static bool in_doubt(const struct detect *d, const struct count *n)
{
	if (n->gateways)
		return n->gateways_failed == n->gateways && n->failed * 2 > n->total;
	if (n->total < MANY || n->failed < n->total || !n->regions)
		return false;
	return d->impaired || utc_diff(n->last, n->first) <= d->settings.window_ms;
}

/* Counting starts anew on the way in and on the way out; what nobody was told of never was. */
static void forget_runs(struct detect *d)
{
	for (size_t i = 0; i < d->target_count; i++) {
		struct watched *t = &d->targets[i];

		t->bad_run = t->good_run = t->level_run = 0;
		t->words = 0;
		if (t->down && !t->told) {
			t->down = false;
			t->stable = STATUS_UNKNOWN;
		}
	}
}

void detect_own(struct detecting *run)
{
	struct detect *d = run->d;
	struct count n = count_probes(d, run->now);
	bool doubt = in_doubt(d, &n);

	if (doubt == d->impaired)
		return;
	d->impaired = doubt;
	forget_runs(d);
	free(d->why);
	d->why = NULL;
	if (doubt) {
		d->why = xasprintf(
		    "%d of %d endpoints do not answer%s: our own connection is in doubt", n.failed,
		    n.total, n.gateways ? " and neither does the gateway" : " at once");
		detect_found(run, DETECT_IMPAIRED)->why = xstrdup(d->why);
	} else {
		detect_found(run, DETECT_CLEAR);
	}
}
