/* What everybody must see when telling does not work: a destination that is gone, gives up or takes
 * nothing, one that no heartbeat reaches, a page that cannot be written, and an outbox that is
 * full. */
#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "outbox_priv.h"

static struct utc oldest(const struct engine *g, const struct destination *d)
{
	const struct lane *l;
	struct utc since = UTC_NONE;
	size_t it = 0;

	while ((l = map_next(g->outbox.lanes, &it, NULL)))
		if (l->to == d && (!utc_is_set(since) || utc_before(l->first->since, since)))
			since = l->first->since;
	return since;
}

/* Milliseconds since it last took something while something waited; 0: not long enough to tell. */
static int64_t quiet_for(const struct engine *g, const struct destination *d)
{
	const struct cfg_channel *ch = config_channel(g->config, d->id);
	struct utc since = d->owed ? oldest(g, d) : UTC_NONE;
	int64_t quiet;

	if (!ch || !utc_is_set(since))
		return 0;
	if (utc_is_set(d->ok_at))
		since = utc_max(since, d->ok_at);
	quiet = utc_diff(clock_utc(), since);
	return quiet >= ch->alarm_after_ms ? quiet : 0;
}

static char *alarm_of(const struct engine *g, struct arena *a, const struct destination *d)
{
	const char *why = d->why ? d->why : "";
	int64_t quiet;

	if (!config_channel(g->config, d->id))
		return NULL;
	if (d->gone)
		return arena_printf(
		    a, "%s is gone (%s): %zu wait until somebody retries it", d->id, why, d->owed);
	if (d->gave_up)
		return arena_printf(a, "%s did not take an update, given up: %s", d->id, why);
	quiet = quiet_for(g, d);
	return quiet ? arena_printf(a, "%s has taken nothing for %lld min, %zu wait: %s", d->id,
			   (long long)(quiet / 60000), d->owed, why)
		     : NULL;
}

size_t outbox_alarms(const struct engine *g, struct arena *a, char ***out)
{
	size_t count = 0, it = 0;
	const struct destination *d;
	char *text;

	*out = arena_alloc(
	    a, (map_count(g->outbox.destinations) + heartbeat_count(g) + publish_count(g) + 2) *
		   sizeof **out);
	if (g->outbox.full)
		(*out)[count++] = arena_printf(a,
		    "outbox full: %zu deliveries wait, further ones are recorded and follow",
		    g->outbox.max);
	while ((d = map_next(g->outbox.destinations, &it, NULL)))
		if ((text = alarm_of(g, a, d)))
			(*out)[count++] = text;
	count += heartbeat_alarms(g, a, *out + count);
	return count + publish_alarms(g, a, *out + count);
}

void outbox_look(struct engine *g)
{
	struct arena *a = arena_new();
	struct buf all;
	char **list;
	size_t count = outbox_alarms(g, a, &list);

	buf_init(&all, 0);
	for (size_t i = 0; i < count; i++)
		buf_addf(&all, "%s\n", list[i]);
	if (strcmp(buf_str(&all), g->outbox.alarms ? g->outbox.alarms : "") != 0)
		serve_changed(g, WIRE_ENGINE, "engine");
	free(g->outbox.alarms);
	g->outbox.alarms = buf_take(&all);
	arena_free(a);
}
