/* Lines of events to clocks: what is read as events must give sane clocks at any instant. */
#include "domain/clock.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As clocks may assume: one stream, versions ascending, time that never goes back. */
static bool follows(const struct event_list *l, const struct event *ev)
{
	const struct event *last = l->count ? l->items[l->count - 1] : NULL;

	return !last || (ev->version > last->version && !utc_before(ev->at, last->at));
}

static void check(const struct clock_set *set, struct utc now)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct clock *c = &set->items[i];

		if (c->severity < 1 || c->severity > SEVERITIES || !utc_is_set(c->start) ||
		    !utc_is_set(c->due) || !utc_is_set(c->warn_at))
			abort();
		if (clock_live(c) && (c->state == CLOCK_BREACHED) != utc_before(c->due, now))
			abort();
		if (c->paused && !utc_is_set(c->pause_flip))
			abort();
		if ((c->state == CLOCK_MET || c->state == CLOCK_MET_LATE) != utc_is_set(c->met_at))
			abort();
	}
}

static void look(const struct event_list *l, const struct policy *policy, struct utc now)
{
	struct clock_set set;
	struct buf out;
	cJSON *json;

	clocks_compute(&set, l->items, l->count, policy, NULL, NULL, now);
	check(&set, now);
	buf_init(&out, 0);
	for (size_t i = 0; i < set.count; i++)
		clock_explain(&out, &set.items[i], l->items, l->count, policy, NULL, NULL, now);
	json = clocks_to_json(&set, now);
	json_print(&out, json);
	cJSON_Delete(json);
	buf_fini(&out);
	clock_set_fini(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy *policy = policy_default();
	struct event_list list = { 0 };
	const char *p = (const char *)data, *end = p + size;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = nl ? (size_t)(nl - p) : (size_t)(end - p);
		cJSON *obj = json_parse(p, len, NULL);
		struct event *ev = obj ? event_from_json(obj, NULL) : NULL;

		cJSON_Delete(obj);
		p += len + 1;
		if (ev && follows(&list, ev))
			event_list_add(&list, ev);
		else
			event_free(ev);
	}
	for (size_t i = 0; i < list.count && i < 16; i++) {
		look(&list, policy, list.items[i]->at);
		look(&list, policy, utc_add(list.items[i]->at, INT64_C(3600001)));
	}
	event_list_fini(&list);
	policy_free(policy);
	return 0;
}
