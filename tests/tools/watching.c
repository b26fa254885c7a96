#include "t.h"

#include "watching.h"

#include "base/mem.h"

const struct detect_target four_targets[FOUR] = {
	{ .id = "a",
	    .component = "data",
	    .region = "FR",
	    .component_name = "Data",
	    .region_name = "France",
	    .klass = "data",
	    .travellers = 100,
	    .carrier = "orange" },
	{ .id = "b",
	    .component = "sms",
	    .region = "FR",
	    .component_name = "SMS",
	    .region_name = "France",
	    .klass = "sms",
	    .travellers = 100 },
	{ .id = "c",
	    .component = "sms",
	    .region = "IT",
	    .component_name = "SMS",
	    .region_name = "Italy",
	    .klass = "sms",
	    .travellers = 900 },
	{ .id = "d",
	    .component = "portal",
	    .region = "US",
	    .component_name = "Portal",
	    .region_name = "United States",
	    .klass = "portal",
	    .travellers = 500,
	    .carrier = "orange" },
};

void bench_open(struct bench *b, const struct detect_target *targets, size_t count)
{
	memset(b, 0, sizeof *b);
	b->d = detect_new(DETECT_SETTINGS);
	buf_init(&b->log, 0);
	detect_targets(b->d, targets, count);
}

void bench_close(struct bench *b)
{
	detect_free(b->d);
	for (size_t i = 0; i < b->count; i++)
		incident_free(b->active[i]);
	buf_fini(&b->log);
}

static void say_signal(struct bench *b, const cJSON *body)
{
	buf_addf(&b->log, " %s=%s", json_str(body, "source"), json_str(body, "status"));
}

static void lose(struct bench *b, const struct detect_finding *f)
{
	buf_adds(&b->log, "lost");
	for (size_t i = 0; i < f->signal_count; i++) {
		say_signal(b, f->signals[i]);
		detect_unsaid(b->d, json_str(f->signals[i], "source"));
	}
	buf_adds(&b->log, "; ");
}

void bench_act(struct bench *b, struct detect_finding *f)
{
	struct incident *inc = NULL;
	char id[24];

	if (b->broken) {
		lose(b, f);
		return;
	}
	switch (f->what) {
	case DETECT_OPEN:
		snprintf(id, sizeof id, "INC-%d", ++b->opened);
		inc = incident_new(id);
		b->active[b->count++] = inc;
		incident_evolve(inc, event_new(id, 1, b->now, "engine", EVENT_OPENED, f->opened));
		f->opened = NULL;
		buf_addf(&b->log, "open Sev %d %s", inc->severity, inc->regions[0]);
		for (size_t i = 1; i < inc->region_count; i++)
			buf_addf(&b->log, "+%s", inc->regions[i]);
		for (size_t i = 0; i < inc->component_count; i++)
			buf_addf(&b->log, "%s%s", i ? "+" : "/", inc->components[i]);
		break;
	case DETECT_SIGNAL:
		for (size_t i = 0; i < b->count; i++)
			if (strcmp(b->active[i]->id, f->incident) == 0)
				inc = b->active[i];
		assert_non_null(inc);
		buf_addf(&b->log, "%s", f->incident);
		break;
	case DETECT_IMPAIRED:
		assert_true(f->why && f->why[0]);
		buf_adds(&b->log, "impaired");
		break;
	case DETECT_CLEAR:
		buf_adds(&b->log, "clear");
		break;
	}
	for (size_t i = 0; i < f->signal_count; i++) {
		struct err e = { 0 };

		assert_true(event_body_check(EVENT_SIGNAL, f->signals[i], &e));
		say_signal(b, f->signals[i]);
		incident_evolve(inc, event_new(inc->id, inc->version + 1, b->now, "engine",
					 EVENT_SIGNAL, f->signals[i]));
		f->signals[i] = NULL;
	}
	buf_adds(&b->log, "; ");
}

static enum status status_word(const char *word)
{
	return strcmp(word, "ok") == 0	    ? STATUS_OPERATIONAL
	       : strcmp(word, "slow") == 0  ? STATUS_DEGRADED
	       : strcmp(word, "half") == 0  ? STATUS_PARTIAL
	       : strcmp(word, "major") == 0 ? STATUS_MAJOR
					    : STATUS_UNKNOWN;
}

static void step(struct bench *b, char *line)
{
	struct detect_observation batch[32];
	struct detect_findings found = { 0 };
	char ids[32][32], words[32][32];
	size_t n = 0, before = b->log.len;
	int used;

	b->now.ms = START_MS + strtol(line, &line, 10) * 1000;
	for (; sscanf(line, " %31[^ ] %31[^, ]%n", ids[n], words[n], &used) == 2; n++) {
		size_t len = strlen(words[n]);
		bool dead = len && words[n][len - 1] == '!';

		if (dead)
			words[n][len - 1] = '\0';
		batch[n] = (struct detect_observation){ .target = ids[n],
			.at = b->now,
			.status = status_word(words[n]),
			.busy = strcmp(words[n], "busy") == 0,
			.no_answer = dead,
			.latency_ms = dead ? -1 : 40,
			.detail = "why" };
		line += used;
		line += *line == ',';
	}
	detect_run(
	    b->d, batch, n, (const struct incident *const *)b->active, b->count, b->now, &found);
	if (found.count)
		buf_addf(&b->log, "%d: ", (int)((b->now.ms - START_MS) / 1000));
	for (size_t i = 0; i < found.count; i++)
		bench_act(b, &found.items[i]);
	assert_true(found.count == 0 || b->log.len > before);
	detect_findings_fini(&found);
}

void bench_play(struct bench *b, const char *script)
{
	char *copy = xstrdup(script), *line = copy, *end;

	for (; line && *line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		step(b, line);
	}
	free(copy);
}

const char *bench_last_detail(const struct incident *inc)
{
	const struct event *ev = inc->events.items[inc->events.count - 1];

	assert_int_equal(ev->kind, EVENT_SIGNAL);
	return json_str(ev->body, "detail");
}
