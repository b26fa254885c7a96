/* What somebody who takes over command must know, in a few lines. */
#include "command_priv.h"

#include <string.h>

#include "base/buf.h"

/* "14:20 UTC", with the date where it is another day than `now`. */
static void minute(struct buf *out, struct utc t, struct utc now)
{
	char text[UTC_TEXT], today[UTC_TEXT];

	if (!utc_is_set(t))
		return;
	utc_format(t, text);
	utc_format(now, today);
	if (strncmp(text, today, 10) != 0)
		buf_addf(out, "%.10s ", text);
	buf_addf(out, "%.5s UTC", text + 11);
}

static void say_roles(struct buf *out, const struct incident *inc)
{
	for (int r = 0; r < ROLES; r++)
		buf_addf(out, "%s%s %s", r ? ", " : "Roles: ", role_infos[r].label,
		    inc->role[r].person ? inc->role[r].person : "vacant");
	buf_addc(out, '\n');
}

static void say_clocks(struct buf *out, const struct deciding *d)
{
	const struct incident *inc = d->inc;
	struct clock_set set = { 0 };
	const char *before = "Due: ";

	if (!d->w->policy)
		return;
	clocks_compute(&set, inc->events.items, inc->events.count, d->w->policy,
	    d->w->carrier_target, d->w->ctx, d->now);
	for (size_t i = 0; i < set.count; i++) {
		const struct clock *c = &set.items[i];
		char label[80];

		if (!clock_live(c))
			continue;
		buf_addf(out, "%s%s %s ", before, clock_label(c, label),
		    c->state == CLOCK_BREACHED ? "was due" : "by");
		minute(out, c->due, d->now);
		before = ", ";
	}
	if (strcmp(before, ", ") == 0)
		buf_addc(out, '\n');
	clock_set_fini(&set);
}

static void say_updates(struct buf *out, const struct incident *inc, struct utc now)
{
	const struct posted_update *u = incident_last_update(inc);

	if (!u) {
		buf_adds(out, "Updates: none was posted\n");
		return;
	}
	buf_addf(
	    out, "Updates: %zu, the last (%s) at ", inc->update_count, u->stage ? u->stage : "?");
	minute(out, u->at, now);
	if (utc_is_set(u->next_update_at)) {
		buf_adds(out, ", next promised by ");
		minute(out, u->next_update_at, now);
	}
	buf_addc(out, '\n');
}

static void say_engaged(struct buf *out, const struct incident *inc)
{
	const char *before = "Engaged: ";

	for (size_t i = 0; i < inc->engagement_count; i++) {
		const struct engagement *g = &inc->engagements[i];

		if (g->carrier)
			buf_addf(out, "%s%s", before, g->carrier);
		else
			buf_addf(out, "%stier %d", before, g->tier);
		buf_addf(out, "%s%s%s", g->contact ? " (" : "", g->contact ? g->contact : "",
		    g->contact ? ")" : "");
		buf_adds(out, utc_is_set(g->answered_at) ? " answered" : " not answered");
		before = ", ";
	}
	buf_adds(out, inc->engagement_count ? "\n" : "Engaged: nobody beyond tier 1\n");
}

static void say_work(struct buf *out, const struct incident *inc)
{
	if (inc->hypothesis_count)
		buf_addf(out, "Hypothesis (not proven): %s\n",
		    inc->hypotheses[inc->hypothesis_count - 1].text);
	for (size_t i = 0; i < inc->action_count; i++)
		if (!inc->actions[i].done)
			buf_addf(out, "In progress: %s%s%s\n", inc->actions[i].text,
			    inc->actions[i].owner ? ", " : "",
			    inc->actions[i].owner ? inc->actions[i].owner : "");
}

char *command_brief(const struct deciding *d)
{
	const struct incident *inc = d->inc;
	struct buf out;

	buf_init(&out, COMMAND_TEXT_MAX);
	buf_addf(&out, "Sev %d since ", inc->severity);
	minute(&out, inc->started_at, d->now);
	buf_addf(&out, ": %s\n", inc->title ? inc->title : inc->id);
	if (inc->impact)
		buf_addf(&out, "Impact: %s\n", inc->impact);
	say_roles(&out, inc);
	say_clocks(&out, d);
	say_updates(&out, inc, d->now);
	say_engaged(&out, inc);
	say_work(&out, inc);
	return buf_take(&out);
}
