/* kill -9 at any instant loses nothing that was acknowledged and records nothing twice: a real
 * engine, clients that send commands without a pause, and a killer. KILLS and SEED change how often
 * and when. */
#include "t.h"

#include <signal.h>

#include "base/map.h"
#include "base/mem.h"
#include "os/clock.h"
#include "rig.h"

#define ACTORS 4
#define KILLS_MAX 10000
#define PAUSE_MAX_MS 50

static const char config[] =
    "noc: { name: Kill test, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
    "regions: [ { id: FR, name: France, timezone: Europe/Paris }, { id: IT, name: Italy, timezone: "
    "Europe/Rome } ]\n"
    "components:\n"
    "  - { id: data, name: Mobile data, class: data, probes: [ { region: \"*\", http: "
    "\"http://{farm}/data/{region}\", interval: 1s, timeout: 1s } ] }\n"
    "  - { id: sms, name: SMS, class: sms, probes: [ { region: \"*\", http: "
    "\"http://{farm}/sms/{region}\", interval: 1s, timeout: 1s, fail_after: 1 } ] }\n"
    "people:\n"
    "  - { id: ana, name: Ana, can: [command, publish] }\n"
    "  - { id: jon, name: Jon, can: [command, publish] }\n"
    "channels: [ { id: page, kind: file, path: \"{dir}/page.json\" } ]\n"
    "audiences: [ { id: public, channels: [page] } ]\n"
    "policy: policy.yaml\n";

enum step { STEP_OPEN, STEP_NOTE, STEP_SEVERITY, STEP_ROLE, STEP_UPDATE, STEP_NOTE_AGAIN, STEPS };

/* One client. It repeats a command with its id until it is answered. */
struct actor {
	struct soak *soak;
	struct peer *peer;
	int number, sent;
	char incident[32];
	int severity, updates;
	bool jon;
	char *line, tag[48]; /* the command that is not answered yet */
	enum step step;
};

struct acknowledged {
	enum step step;
	char incident[32];
	int version;
};

static const char *const kinds[STEPS] = { "opened", "note", "severity_changed", "role_assigned",
	"update_posted", "note" };

struct soak {
	struct rig *rig;
	struct actor actors[ACTORS];
	struct peer *board;
	struct map *acks; /* tag -> struct acknowledged */
	struct loop_timer *killer;
	unsigned seed;
	int kills, want, refused, resent;
	bool killed, no_more;
	int64_t restart_ms[KILLS_MAX];
};

static unsigned roll(struct soak *s, unsigned below)
{
	s->seed = s->seed * 1664525u + 1013904223u;
	return (s->seed >> 8) % below;
}

/* ---- commands ---- */

static char *arguments(struct actor *a)
{
	switch (a->step) {
	case STEP_OPEN:
		return xasprintf("{\"title\":\"Trouble %s\",\"severity\":2,\"regions\":[\"FR\"],"
				 "\"components\":[\"data\"]}",
		    a->tag);
	case STEP_NOTE:
	case STEP_NOTE_AGAIN:
		return xasprintf("{\"text\":\"%s\"}", a->tag);
	case STEP_SEVERITY:
		a->severity = a->severity == 2 ? 1 : 2;
		return xasprintf("{\"severity\":%d,\"reason\":\"%s\"}", a->severity, a->tag);
	case STEP_ROLE:
		a->jon = !a->jon;
		return xasprintf("{\"role\":\"tech\",\"person\":\"%s\"}", a->jon ? "jon" : "ana");
	case STEP_UPDATE:
		return xasprintf(
		    "{\"stage\":\"%s\",\"audiences\":[\"public\"],\"fields\":{\"impact\":\"i\","
		    "\"known\":\"k\",\"unknown\":\"u\",\"next\":\"n\",\"customer_actions\":\"c\"},"
		    "\"text\":{\"public\":\"%s\"},\"next\":\"15m\"}",
		    a->updates++ ? "progress" : "initial", a->tag);
	case STEPS:
		break;
	}
	return NULL;
}

static void next_command(struct actor *a)
{
	static const char *const names[STEPS] = { "open", "note", "severity", "role", "update",
		"note" };
	char *args;

	a->sent++;
	a->step =
	    a->incident[0] && a->sent % 40 ? (enum step)(1 + a->sent % (STEPS - 1)) : STEP_OPEN;
	snprintf(a->tag, sizeof a->tag, "tag-%d-%d.", a->number, a->sent);
	args = arguments(a);
	free(a->line);
	a->line = xasprintf("{\"cmd\":\"%s\",\"id\":\"%s\",\"incident\":\"%s\",\"args\":%s}",
	    names[a->step], a->tag, a->incident, args);
	free(args);
	peer_send(a->peer, a->line);
}

static void answered(void *ctx, struct peer *p, const cJSON *answer)
{
	struct actor *a = ctx;
	struct soak *s = a->soak;
	const cJSON *ev = json_get(answer, "events") ? json_get(answer, "events")->child : NULL;

	if (!a->line || strcmp(json_str_or(answer, "re", ""), a->tag) != 0)
		fail_msg("an answer to what was not asked: %s", json_str_or(answer, "re", "?"));
	if (!json_bool(answer, "ok", false))
		fail_msg("%s was refused: %s", a->line, json_str_or(answer, "reason", "?"));
	if (!ev)
		fail_msg("%s was acknowledged without an event", a->line);
	for (; ev; ev = ev->next) {
		struct acknowledged *k = xcalloc(1, sizeof *k);
		char *key = xasprintf("%s/%s/%lld", a->tag, json_str_or(ev, "incident", "?"),
		    (long long)json_int(ev, "version", 0));

		snprintf(k->incident, sizeof k->incident, "%s", json_str_or(ev, "incident", "?"));
		k->version = (int)json_int(ev, "version", 0);
		k->step = a->step;
		if (a->step == STEP_OPEN && k->version == 1) {
			snprintf(a->incident, sizeof a->incident, "%s", k->incident);
			a->severity = 2;
			a->updates = 0;
			a->jon = false;
		}
		map_set(s->acks, key, k);
		free(key);
	}
	free(a->line);
	a->line = NULL;
	(void)p;
	if (!s->no_more)
		next_command(a);
}

/* ---- the killer ---- */

static void kill_now(void *ctx)
{
	struct soak *s = ctx;

	s->killed = true;
	loop_child_kill(s->rig->engine, SIGKILL);
}

static void reconnect(struct soak *s, struct actor *a)
{
	peer_free(a->peer);
	a->peer = peer_connect(s->rig, NULL);
	if (!a->peer)
		fail_msg("the engine is ready, and nobody listens");
	a->peer->answered = answered;
	a->peer->ctx = a;
	if (a->line) {
		s->resent++;
		peer_send(a->peer, a->line);
	} else if (!s->no_more) {
		next_command(a);
	}
}

static bool board_is_whole(void *ctx)
{
	const struct soak *s = ctx;

	return s->board->marks > 0;
}

/* From the start of the process to a board that shows everything. */
static void restart(struct soak *s)
{
	int64_t start = clock_mono().ms;

	if (!rig_start(s->rig, NULL))
		fail_msg("after %d kills the engine does not start: %s", s->kills, s->rig->ready);
	peer_free(s->board);
	s->board = peer_connect(s->rig, NULL);
	if (!s->board || !rig_until(s->rig, board_is_whole, s, RIG_WAIT_MS))
		fail_msg("after %d kills the board gets nothing", s->kills);
	if (s->kills)
		s->restart_ms[s->kills - 1] = clock_mono().ms - start;
	for (size_t i = 0; i < ACTORS; i++)
		reconnect(s, &s->actors[i]);
}

static bool engine_dead(void *ctx)
{
	return ((struct soak *)ctx)->rig->pid == 0;
}

static bool all_answered(void *ctx)
{
	struct soak *s = ctx;

	for (size_t i = 0; i < ACTORS; i++)
		if (s->actors[i].line)
			return false;
	return true;
}

/* ---- what is left in the end ---- */

/* The event at the place that was acknowledged is the one that was asked for. */
static bool stands(const struct acknowledged *k, const char *key, const char *event)
{
	char *kind = xasprintf("\"kind\":\"%s\"", kinds[k->step]),
	     *tag = xstrndup(key, strcspn(key, "/"));
	/* An assignment carries no text of ours. */
	bool ok = event && strstr(event, kind) && (k->step == STEP_ROLE || strstr(event, tag));

	free(kind);
	free(tag);
	return ok;
}

/* Each tag that was acknowledged stands in exactly the events that were named, and no tag stands in
 * two of them. */
static void compare(struct soak *s, const cJSON *events, int *lost, int *twice)
{
	struct map *where = map_new(free), *tags = map_new(NULL);
	const struct acknowledged *k;
	const char *key;
	size_t it = 0;

	*lost = *twice = 0;
	for (const cJSON *ev = events->child; ev; ev = ev->next) {
		char *place = xasprintf("%s/%lld", json_str_or(ev, "incident", "?"),
			 (long long)json_int(ev, "version", 0)),
		     *body = json_text(ev), *tag = strstr(body, "tag-");
		size_t len = tag ? strcspn(tag, ".") : 0;

		if (tag) {
			tag = xstrndup(tag, len + 1);
			*twice += map_get(tags, tag) != NULL;
			map_set(tags, tag, s);
			free(tag);
		}
		if (map_get(where, place))
			(*twice)++;
		map_set(where, place, body);
		free(place);
	}
	while ((k = map_next(s->acks, &it, &key))) {
		char *place = xasprintf("%s/%d", k->incident, k->version);

		if (!stands(k, key, map_get(where, place))) {
			print_message("lost: %s (%s)\n", key, place);
			(*lost)++;
		}
		free(place);
	}
	map_free(where);
	map_free(tags);
}

struct sees {
	struct soak *soak;
	const cJSON *events;
};

static int last_version(const cJSON *events, const char *incident)
{
	int version = 0;

	for (const cJSON *ev = events->child; ev; ev = ev->next)
		if (strcmp(json_str_or(ev, "incident", ""), incident) == 0)
			version = (int)json_int(ev, "version", 0);
	return version;
}

static void board_agrees(struct soak *s, const cJSON *events)
{
	const struct snap_incident *inc;
	size_t it = 0, n = 0;

	while ((inc = map_next(s->board->snap->incidents, &it, NULL))) {
		int version = last_version(events, inc->id);

		if (inc->version != version)
			fail_msg("%s: the board saw version %d, the journal has %d", inc->id,
			    inc->version, version);
		n++;
	}
	assert_int_equal(n, rig_count(events, NULL, "opened"));
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void soak(struct soak *s)
{
	s->killer = loop_timer_new(s->rig->loop, kill_now, s);
	restart(s);
	while (s->kills < s->want) {
		s->killed = false;
		loop_timer_after(s->killer, roll(s, PAUSE_MAX_MS + 1));
		if (!rig_until(s->rig, engine_dead, s, RIG_WAIT_MS))
			fail_msg("the engine outlives SIGKILL");
		if (!s->killed || s->rig->status != 128 + SIGKILL)
			fail_msg("the engine ended by itself, status %d: see %s/engine.log",
			    s->rig->status, s->rig->dir);
		s->kills++;
		/* Failures come and go, so that the engine appends by itself as well. */
		farm_set(s->rig->farm, "/sms/it", s->kills % 2 ? "fail" : "ok", NULL);
		restart(s);
	}
	s->no_more = true;
	if (!rig_until(s->rig, all_answered, s, RIG_WAIT_MS))
		fail_msg("a command is never answered");
	loop_timer_free(s->killer);
}

static bool flushed(void *ctx)
{
	struct soak *s = ctx;

	return s->board->marks >= 3;
}

static int number_of(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text && *text ? (int)strtol(text, NULL, 10) : otherwise;
}

static void nothing_acknowledged_is_lost(void **state)
{
	struct soak *s = xcalloc(1, sizeof *s);
	int lost, twice;
	cJSON *events;

	(void)state;
	s->rig = rig_new();
	s->acks = map_new(free);
	s->want = number_of("KILLS", 20);
	s->seed = (unsigned)number_of("SEED", 7);
	assert_in_range(s->want, 1, KILLS_MAX);
	for (int i = 0; i < ACTORS; i++)
		s->actors[i] = (struct actor){ .soak = s, .number = i };
	rig_write(s->rig, "nocboard.yaml", config);
	rig_write(s->rig, "policy.yaml", "send_delay: 0s\n");
	assert_true(farm_set(s->rig->farm, "/*", "ok", NULL));
	soak(s);
	s->board->marks = 0;
	assert_true(rig_until(s->rig, flushed, s, RIG_WAIT_MS));
	rig_kill(s->rig, SIGTERM);
	assert_int_equal(s->rig->status, 0);
	assert_int_equal(RIG_RUN(s->rig, "journal", "verify", "-j", "{dir}/journal.db"), 0);
	events = rig_events(s->rig);
	compare(s, events, &lost, &twice);
	board_agrees(s, events);
	qsort(s->restart_ms, (size_t)s->kills, sizeof s->restart_ms[0], by_size);
	print_message("# %d kills (SEED=%s), %zu acknowledged, %d repeated, %d events, %d lost, "
		      "%d twice, restart p50 %lld ms, p99 %lld ms\n",
	    s->kills, getenv("SEED") ? getenv("SEED") : "7", map_count(s->acks), s->resent,
	    cJSON_GetArraySize(events), lost, twice, (long long)s->restart_ms[s->kills / 2],
	    (long long)s->restart_ms[(s->kills * 99) / 100]);
	assert_int_equal(lost, 0);
	assert_int_equal(twice, 0);
	assert_true(map_count(s->acks) >= (size_t)s->kills);
	cJSON_Delete(events);
	for (size_t i = 0; i < ACTORS; i++) {
		peer_free(s->actors[i].peer);
		free(s->actors[i].line);
	}
	peer_free(s->board);
	rig_free(s->rig);
	map_free(s->acks);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_acknowledged_is_lost) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
