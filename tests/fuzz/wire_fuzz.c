/* Lines of a socket to a board's snapshot: whatever comes, the snapshot can be asked; and an object
 * that was read once is written and read again the same. */
#include "domain/wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "domain/scenario.h"
#include "domain/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *text_of(enum wire_kind kind, const void *object)
{
	cJSON *o = wire_write(kind, object);
	char *text = json_text(o);

	cJSON_Delete(o);
	return text;
}

static void there_and_back(const cJSON *obj)
{
	const char *name = json_str(obj, "o");
	int kind = name ? wire_kind_of(name) : -1;
	struct err e;
	void *object = kind >= 0 ? wire_read((enum wire_kind)kind, obj, &e) : NULL;
	char *first, *second;
	cJSON *again;

	if (!object)
		return;
	first = text_of((enum wire_kind)kind, object);
	wire_free((enum wire_kind)kind, object);
	again = cJSON_Parse(first);
	object = wire_read((enum wire_kind)kind, again, &e);
	cJSON_Delete(again);
	if (!object)
		abort();
	second = text_of((enum wire_kind)kind, object);
	wire_free((enum wire_kind)kind, object);
	if (strcmp(first, second) != 0)
		abort();
	free(first);
	free(second);
}

static void ask(const struct snapshot *s)
{
	struct utc now = s->mark_at;
	size_t count, it = 0;
	const struct snap_incident **list = snap_incidents(s, now, &count);
	const struct snap_cell *cell;

	if (count != map_count(s->incidents))
		abort();
	for (size_t i = 0; i < count; i++) {
		const struct clock *c = snap_next_clock(list[i]);

		if (c && !clock_live(c))
			abort();
	}
	free(list);
	free(snap_regions(s, &count));
	free(snap_components(s, &count));
	free(snap_carriers(s, &count));
	while (utc_is_set(now) && (cell = map_next(s->cells, &it, NULL)))
		snap_cell_status(cell, now);
	for (const struct scenario_condition *c = scenario_conditions; c->name; c++)
		scenario_met(c->name, s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *s = snapshot_new();
	const char *p = (const char *)data, *end = p + size;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = nl ? (size_t)(nl - p) : (size_t)(end - p);
		struct err e;
		cJSON *obj = json_parse(p, len, &e);

		if (obj) {
			snapshot_apply(s, obj, &e);
			there_and_back(obj);
		}
		cJSON_Delete(obj);
		p += len + 1;
	}
	ask(s);
	snapshot_free(s);
	return 0;
}
