/* Lines of JSON -> events -> one incident. Any bytes at all leave a sane state, and what was read
 * is written back as it was understood. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "domain/event.h"
#include "domain/incident.h"

static void one_line(struct incident *inc, const char *line, size_t len)
{
	struct err e = { 0 };
	cJSON *doc = json_parse(line, len, &e);
	struct event *ev = doc ? event_from_json(doc, &e) : NULL;
	struct event *again;
	struct buf sentence;
	cJSON *back;

	if (ev) {
		back = event_to_json(ev);
		again = event_from_json(back, &e);
		if (!again || again->kind != ev->kind || again->version != ev->version ||
		    again->at.ms != ev->at.ms || !cJSON_Compare(again->body, ev->body, true))
			abort();
		event_free(again);
		cJSON_Delete(back);
		buf_init(&sentence, 0);
		event_sentence(&sentence, ev);
		if (memchr(buf_str(&sentence), '\n', sentence.len))
			abort();
		buf_fini(&sentence);
		ev->version = inc->version + 1;
		incident_evolve(inc, ev);
		if (inc->candidate != (inc->phase == PHASE_DETECTED) || inc->severity < 0 ||
		    inc->severity > SEVERITIES || inc->events.count != (size_t)inc->version)
			abort();
	}
	cJSON_Delete(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct incident *inc = incident_new("INC-1");
	const char *p = (const char *)data, *end = p + size;

	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		one_line(inc, p, (size_t)((stop ? stop : end) - p));
		p = stop ? stop + 1 : end;
	}
	incident_free(inc);
	return 0;
}
