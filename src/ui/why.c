/* "Why this deadline?" from what the board knows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "ui/draw.h"
#include "ui/views.h"

/* What starts and what ends each clock, in a person's words. */
static const struct {
	const char *starts, *ends;
} rules[CLOCK_KINDS] = {
	[CLOCK_RESPONSE] = { "when the incident was opened", "the first update that is posted" },
	[CLOCK_UPDATE] = { "with the last update that was posted",
	    "the next update that is posted" },
	[CLOCK_WORKAROUND] = { "when the incident was opened", "the service being usable again" },
	[CLOCK_FIX] = { "when the incident was opened", "the permanent fix" },
	[CLOCK_TIER2] = { "when the incident was opened", "an escalation to tier 2 or 3" },
	[CLOCK_TIER3] = { "when tier 2 was engaged, or should have been",
	    "an escalation to tier 3 or to a carrier" },
	[CLOCK_CARRIER] = { "when the carrier was marked as involved",
	    "an escalation to this carrier" },
	[CLOCK_RCA_DRAFT] = { "when the incident was resolved", "the draft of the report" },
	[CLOCK_RCA_FINAL] = { "when the incident was resolved", "the final report" },
};

static void full_time(struct buf *out, struct utc t, const struct scene *s)
{
	char text[UTC_TEXT], local[16];

	utc_format(t, text);
	buf_addf(out, "%.10s %.8s UTC", text, strlen(text) > 11 ? text + 11 : "");
	if (s->local && s->local_name)
		buf_addf(out, " (%s %s)", time_local(local, s, t), s->local_name);
}

static void explain(struct buf *out, const struct scene *s, const struct clock *k)
{
	char text[COUNTDOWN_TEXT], span[16];
	enum clock_state st = clock_state_at(k, s->now);

	clock_text(text, k, s->now);
	buf_addf(out, "%s: %s, %s\n", clock_name(k, s->snap), clock_state_names[st], text);
	buf_adds(out, "  started ");
	full_time(out, k->start, s);
	buf_addf(out, ", %s\n  target of Sev %d: %s", rules[k->kind].starts, k->severity,
	    span_text(span, utc_diff(k->due, k->start)));
	buf_adds(out, k->business ? " by the wall clock, counted in business hours only\n" : "\n");
	buf_adds(out, "  due ");
	full_time(out, k->due, s);
	if (utc_is_set(k->met_at)) {
		buf_adds(out, "\n  met ");
		full_time(out, k->met_at, s);
	} else if (k->paused) {
		buf_adds(out, "\n  paused: outside business hours");
	}
	buf_addf(out, "\n  met by %s\n\n", rules[k->kind].ends);
}

static void why_text(const struct scene *s, const char *incident, struct buf *out)
{
	const struct snap_incident *inc = snap_incident(s->snap, incident);
	size_t count = 0;
	const struct clock **list = inc ? clocks_sorted(inc, &count) : NULL;

	for (size_t i = 0; i < count; i++)
		explain(out, s, list[i]);
	if (count == 0)
		buf_adds(
		    out, "No clock runs: this severity has no targets, or the incident is over.");
	else
		buf_adds(out, "Changes of severity are in the timeline; a raise starts a fresh "
			      "window that is never later than the old one.");
	free(list);
}

void app_do_why(struct app *app, const struct action *self, const char *args)
{
	const struct snap_incident *inc = app_target(app);
	char title[80];

	(void)self;
	(void)args;
	if (!inc) {
		app_say(app, STYLE_NOTICE, "No incident is selected");
		return;
	}
	snprintf(title, sizeof title, "Why these deadlines — %s", inc->id);
	app_push(app, &view_notice, view_notice_live(title, why_text, inc->id));
}
