/* The engine's own affairs: its lock, its configuration, a disk that is full, clocks that run out,
 * and its end. */
#include "t.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "os/clock.h"
#include "rig.h"

static int setup(void **state)
{
	struct rig *r = rig_new();

	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", rig_config);
	farm_set(r->farm, "/*", "ok", NULL);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

static const char open_cmd[] =
    "{\"cmd\":\"open\",\"args\":{\"title\":\"No data\",\"severity\":1,\"regions\":[\"FR\"],"
    "\"components\":[\"data\"]}}";

static void replace_in_config(struct rig *r, const char *from, const char *to)
{
	const char *at = strstr(rig_config, from);
	char *text;

	assert_non_null(at);
	text = xasprintf("%.*s%s%s", (int)(at - rig_config), rig_config, to, at + strlen(from));
	rig_write(r, "nocboard.yaml", text);
	free(text);
}

/* ---- one engine, one journal ---- */

static void a_second_engine_names_the_first(void **state)
{
	struct rig *r = *state;
	char *pid;
	int64_t start;

	assert_true(rig_start(r, NULL));
	pid = xasprintf("pid %ld, since 20", (long)r->pid);
	start = clock_mono().ms;
	assert_int_equal(
	    RIG_RUN(r, "engine", "--drill", "--socket", "{dir}/other.sock", "--log", "-"), 4);
	assert_in_range(clock_mono().ms - start, 0, 1000);
	assert_non_null(strstr(buf_str(&r->err), pid));
	/* Nor does one take the socket of another that lives. */
	assert_int_equal(RIG_RUN(r, "engine", "--drill", "-j", "{dir}/other.db", "--log", "-"), 1);
	assert_non_null(strstr(buf_str(&r->err), "engine.sock"));
	assert_true(r->pid != 0);
	assert_int_equal(RIG_RUN(r, "status"), 0);
	free(pid);
}

static bool engine_gone(void *ctx)
{
	return ((struct rig *)ctx)->pid == 0;
}

static void stop_ends_it(void **state)
{
	struct rig *r = *state;

	assert_true(rig_start(r, NULL));
	assert_int_equal(access(r->socket, F_OK), 0);
	assert_int_equal(RIG_RUN(r, "engine", "--stop"), 0);
	assert_true(rig_until(r, engine_gone, r, RIG_WAIT_MS));
	assert_int_equal(r->status, 0);
	assert_int_not_equal(access(r->socket, F_OK), 0);
	assert_int_equal(RIG_RUN(r, "engine", "--stop"), 1);
	assert_non_null(strstr(buf_str(&r->err), "no engine runs"));
	/* The log of the journal was moved into its file: a plain copy is the journal. */
	assert_int_equal(RIG_RUN(r, "journal", "verify", "-j", "{dir}/journal.db"), 0);
}

/* One round: what fails is found, what is owed is sent, and it ends by itself. */
static void once_is_one_round(void **state)
{
	static const char open_sms[] =
	    "{\"cmd\":\"open\",\"args\":{\"title\":\"No SMS\",\"severity\":2,\"regions\":["
	    "\"ES\"],\"components\":[\"sms\"]}}";
	static const char update[] =
	    "{\"cmd\":\"update\",\"incident\":\"INC-1\",\"args\":{\"stage\":\"initial\","
	    "\"audiences\":[\"public\"],\"fields\":{\"impact\":\"i\",\"known\":\"k\","
	    "\"unknown\":\"u\",\"next\":\"n\",\"customer_actions\":\"c\"},\"text\":{"
	    "\"public\":\"words\"},\"next\":\"30m\"}}";
	struct rig *r = *state;
	char *page = xasprintf("%s/page.json", r->dir), *text;
	struct peer *p;
	cJSON *events;

	replace_in_config(r, "fail_after: 2", "fail_after: 1");
	/* An update is owed to a page that could not be written. */
	assert_int_equal(mkdir(page, 0700), 0);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_sms));
	assert_true(peer_ok(p, update));
	peer_free(p);
	rig_kill(r, SIGTERM);
	assert_int_equal(rmdir(page), 0);
	farm_set(r->farm, "/data/fr", "fail", NULL);
	farm_set(r->farm, "/sms/it", "stall", NULL);
	for (int round = 0; round < 2; round++)
		assert_int_equal(RIG_RUN(r, "engine", "--once", "--drill", "--log", "-"), 0);
	text = rig_read(r, "page.json");
	assert_true(text && strstr(text, "words"));
	events = rig_events(r);
	/* Only data falls by one answer; the second round repeats nothing. */
	assert_int_equal(rig_count(events, NULL, "opened"), 2);
	assert_int_equal(rig_count(events, "INC-2", "opened"), 1);
	assert_int_equal(rig_count(events, "INC-2", "signal"), 1);
	assert_true(rig_count(events, "INC-1", "delivery") >= 1);
	cJSON_Delete(events);
	free(page);
	free(text);
}

static void root_is_refused_outside_a_drill(void **state)
{
	struct rig *r = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(RIG_RUN(r, "engine", "--log", "-"), 2);
	assert_non_null(strstr(buf_str(&r->err), "--allow-root"));
}

/* ---- configuration ---- */

static const char broken[] =
    "noc: { name: Test, socket: \"{dir}/engine.sock\" }\n"
    "regions:\n"
    "  - { id: FR, name: France, timezone: Europe/Pariss }\n"
    "components:\n"
    "  - { id: data, name: Data, class: dat, probes: [ { region: XX, http: "
    "\"http://127.0.0.1:1/\" } ] }\n"
    "peeple: []\n";

static void check_names_every_problem(void **state)
{
	struct rig *r = *state;
	char *where[4];

	rig_write(r, "nocboard.yaml", broken);
	assert_int_equal(RIG_RUN(r, "check"), 1);
	where[0] = xasprintf("%s:3:", r->config);
	where[1] = xasprintf("%s:5:", r->config);
	where[2] = xasprintf("%s:6:1: ", r->config);
	for (int i = 0; i < 3; i++) {
		if (!strstr(buf_str(&r->out), where[i]) && !strstr(buf_str(&r->err), where[i]))
			fail_msg(
			    "%s is not among\n%s%s", where[i], buf_str(&r->out), buf_str(&r->err));
		free(where[i]);
	}
	assert_non_null(strstr(buf_str(&r->out), "Europe/Paris"));
	assert_false(rig_start(r, NULL));
	assert_int_equal(r->status, 3);
	assert_non_null(strstr(r->ready, "nocboard.yaml:"));
}

static bool config_error(const struct snapshot *s, void *ctx)
{
	bool has = s->engine && s->engine->config_error && s->engine->config_error[0];

	return has == *(bool *)ctx;
}

static bool region_gone(const struct snapshot *s, void *ctx)
{
	(void)ctx;
	return !snap_region(s, "IT") && !snap_cell(s, "data", "IT");
}

#define ITALY "  - { id: IT, name: Italy, timezone: Europe/Rome }\n"
#define PORTUGAL "  - { id: PT, name: Portugal, timezone: Europe/Lisbon }\n"

static bool heard_of(const struct snapshot *s, void *ctx)
{
	const struct snap_recent *n;
	size_t it = 0;

	while ((n = map_next(s->recent, &it, NULL)))
		if (strstr(n->text, ctx))
			return true;
	return false;
}

static void a_reload_takes_all_or_nothing(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	bool yes = true, no = false;
	struct cell_is fr = { "data", "FR", STATUS_OPERATIONAL },
		       pt = { "data", "PT", STATUS_OPERATIONAL };
	char refused[] = "configuration not taken: ", taken[] = "configuration taken anew",
	     opened[] = "opened as Sev 1: No data";

	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, cell_is, &fr, RIG_WAIT_MS));
	rig_write(r, "nocboard.yaml", broken);
	assert_int_equal(RIG_RUN(r, "engine", "--reload", "--socket", "{dir}/engine.sock"), 3);
	assert_non_null(strstr(buf_str(&r->err), "nocboard.yaml:"));
	assert_non_null(strstr(buf_str(&r->err), "stays in force"));
	/* Nobody is shut out by it. */
	assert_int_equal(RIG_RUN(r, "engine", "--reload"), 3);
	assert_non_null(strstr(buf_str(&r->err), "stays in force"));
	assert_int_equal(RIG_RUN(r, "status"), 0);
	assert_non_null(strstr(buf_str(&r->err), "the engine that runs has what was good before"));
	assert_true(peer_until(p, config_error, &yes, RIG_WAIT_MS));
	assert_true(snap_region(p->snap, "IT") && snap_cell(p->snap, "data", "IT"));
	assert_true(heard_of(p->snap, refused));
	assert_false(heard_of(p->snap, taken));
	assert_true(peer_ok(p, open_cmd)); /* all the rest goes on */
	assert_true(peer_until(p, heard_of, opened, RIG_WAIT_MS));
	replace_in_config(r, ITALY, PORTUGAL);
	assert_int_equal(RIG_RUN(r, "engine", "--reload"), 0);
	assert_true(peer_until(p, config_error, &no, RIG_WAIT_MS));
	assert_true(peer_until(p, cell_is, &pt, RIG_WAIT_MS));
	assert_true(heard_of(p->snap, taken));
	assert_null(snap_region(p->snap, "IT"));
	assert_null(snap_cell(p->snap, "data", "IT"));
	assert_non_null(snap_cell(p->snap, "data", "FR"));
	assert_true(utc_is_set(snap_cell(p->snap, "data", "FR")->data_at));
	peer_free(p);
}

static void changed_files_are_noticed(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	bool yes = true, no = false;
	struct cell_is pt = { "data", "PT", STATUS_OPERATIONAL };

	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	replace_in_config(r, ITALY, PORTUGAL);
	assert_true(peer_until(p, cell_is, &pt, RIG_WAIT_MS));
	rig_write(r, "nocboard.yaml", broken);
	assert_true(peer_until(p, config_error, &yes, RIG_WAIT_MS));
	assert_non_null(strstr(p->snap->engine->config_error, "nocboard.yaml:"));
	assert_non_null(snap_cell(p->snap, "data", "PT"));
	replace_in_config(r, "  - { id: attach", "  - { id: attached");
	assert_true(peer_until(p, config_error, &no, RIG_WAIT_MS));
	assert_non_null(snap_region(p->snap, "IT"));
	replace_in_config(r, ITALY, "");
	assert_int_equal(kill(r->pid, SIGHUP), 0);
	assert_true(peer_until(p, region_gone, NULL, 4000)); /* before the next look */
	assert_non_null(snap_region(p->snap, "FR"));
	peer_free(p);
}

/* ---- a full disk ---- */

static bool journal_is(const struct snapshot *s, void *ctx)
{
	return s->engine && s->engine->journal_ok == *(bool *)ctx;
}

static void fill_disk(const char *path)
{
	static const char zeros[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	while (write(fd, zeros, sizeof zeros) > 0)
		;
	close(fd);
}

static bool candidate_there(const struct snapshot *s, void *ctx)
{
	const struct snap_incident *inc;
	size_t it = 0;

	(void)ctx;
	while ((inc = map_next(s->incidents, &it, NULL)))
		if (inc->phase == PHASE_DETECTED)
			return true;
	return false;
}

static bool time_went_by(const struct snapshot *s, void *ctx)
{
	return s->mark_at.ms >= *(int64_t *)ctx;
}

static void a_full_disk_stops_words_and_not_eyes(void **state)
{
	struct rig *r = *state;
	const char *const more[] = { "-j", "{dir}/disk/journal.db", "--speed", "4", NULL };
	char *disk = xasprintf("%s/disk", r->dir), *filler = xasprintf("%s/filler", disk);
	bool yes = true, no = false;
	struct cell_is down = { "data", "FR", STATUS_MAJOR };
	struct peer *p;
	int64_t start, until;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mkdir(disk, 0700) != 0 || mount("tmpfs", disk, "tmpfs", 0, "size=2m,mode=0700") != 0) {
		free(disk);
		free(filler);
		skip();
	}
	assert_true(rig_start(r, more));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, journal_is, &yes, RIG_WAIT_MS));
	/* Nobody asks for anything: it is noticed all the same. */
	fill_disk(filler);
	start = clock_mono().ms;
	assert_true(peer_until(p, journal_is, &no, RIG_WAIT_MS));
	assert_in_range(clock_mono().ms - start, 0, 2000);
	assert_non_null(strstr(p->snap->engine->journal_why, "disk is full"));
	assert_true(peer_refused(p, open_cmd, "journal"));
	assert_non_null(strstr(json_str(p->answer, "reason"), "disk is full"));
	assert_int_equal(RIG_RUN(r, "incident", "open", "--title", "x", "--severity", "2",
			     "--regions", "FR", "--components", "data"),
	    4);
	/* Probing goes on. What it finds cannot be recorded yet. */
	farm_set(r->farm, "/data/fr", "fail", NULL);
	assert_true(peer_until(p, cell_is, &down, RIG_WAIT_MS));
	until = p->snap->mark_at.ms + 15000;
	assert_true(peer_until(p, time_went_by, &until, RIG_WAIT_MS));
	assert_int_equal(map_count(p->snap->incidents), 0);
	assert_int_equal(unlink(filler), 0);
	assert_true(peer_until(p, journal_is, &yes, RIG_WAIT_MS));
	assert_true(peer_until(p, candidate_there, NULL, RIG_WAIT_MS));
	assert_true(peer_ok(p, open_cmd));
	rig_kill(r, SIGTERM);
	assert_int_equal(RIG_RUN(r, "journal", "verify", "-j", "{dir}/disk/journal.db"), 0);
	assert_int_equal(umount(disk), 0);
	free(disk);
	free(filler);
	peer_free(p);
}

/* ---- clocks ---- */

static void move_clock(struct peer *p, int64_t ms)
{
	int64_t until = p->snap->mark_at.ms + ms;
	char *line = xasprintf("{\"clock\":%lld}", (long long)ms);

	peer_send(p, line);
	free(line);
	assert_true(peer_until(p, time_went_by, &until, RIG_WAIT_MS));
}

struct state_of {
	enum clock_kind kind;
	enum clock_state state;
	bool paused;
	int breaches; /* recorded in the timeline: the incident's version says so */
};

static bool clock_is(const struct snapshot *s, void *ctx)
{
	const struct state_of *w = ctx;
	const struct snap_incident *inc = snap_incident(s, "INC-1");

	for (size_t i = 0; inc && i < inc->clocks.count; i++)
		if (inc->clocks.items[i].kind == w->kind)
			return inc->clocks.items[i].state == w->state &&
			       inc->clocks.items[i].paused == w->paused &&
			       inc->version >= 1 + w->breaches;
	return false;
}

/* No clock is recorded twice for one due time. */
static int breaches(struct rig *r)
{
	cJSON *events = rig_events(r);
	struct map *seen = map_new(NULL);
	int n = rig_count(events, "INC-1", "breached");

	for (const cJSON *ev = events->child; ev; ev = ev->next) {
		char *body;

		if (strcmp(json_str(ev, "kind"), "breached") != 0)
			continue;
		body = json_text(json_get(ev, "body"));
		if (map_get(seen, body))
			fail_msg("recorded twice: %s", body);
		map_set(seen, body, events);
		free(body);
	}
	map_free(seen);
	cJSON_Delete(events);
	return n;
}

#define MINUTE INT64_C(60000)

static void a_breach_is_recorded_once(void **state)
{
	struct rig *r = *state;
	const char *const at[] = { "--now", "2025-03-10T14:20:00Z", NULL },
			  *const later[] = { "--now", "2025-03-10T14:45:00Z", NULL },
			  *const night[] = { "--now", "2025-03-11T02:00:00Z", NULL };
	struct state_of response = { CLOCK_RESPONSE, CLOCK_BREACHED, false, 2 },
			tier3 = { CLOCK_TIER3, CLOCK_BREACHED, false, 3 },
			fix = { CLOCK_FIX, CLOCK_BREACHED, false, 5 };
	struct peer *p;

	assert_true(rig_start(r, at));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	move_clock(p, 14 * MINUTE);
	assert_int_equal(snap_incident(p->snap, "INC-1")->version, 1);
	move_clock(p, MINUTE); /* due, and in time */
	assert_int_equal(snap_incident(p->snap, "INC-1")->version, 1);
	move_clock(p, 1);
	assert_true(peer_until(p, clock_is, &response, RIG_WAIT_MS));
	move_clock(p, 5 * MINUTE);
	peer_free(p);
	rig_kill(r, SIGKILL);
	assert_int_equal(breaches(r), 2); /* response and tier2 */
	assert_true(rig_start(r, later));
	p = peer_new(r, NULL);
	move_clock(p, 6 * MINUTE);
	assert_true(peer_until(p, clock_is, &tier3, RIG_WAIT_MS));
	peer_free(p);
	rig_kill(r, SIGTERM);
	assert_int_equal(breaches(r), 3);
	/* What ran out while nobody ran is recorded by the next engine. */
	assert_true(rig_start(r, night));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, clock_is, &fix, RIG_WAIT_MS));
	peer_free(p);
	rig_kill(r, SIGTERM);
	assert_int_equal(breaches(r), 5);
}

static void the_pause_of_business_time_is_told(void **state)
{
	static const char minor[] =
	    "{\"cmd\":\"open\",\"args\":{\"title\":\"Slow\",\"severity\":3,\"regions\":[\"FR\"],"
	    "\"components\":[\"data\"]}}";
	struct rig *r = *state;
	const char *const at[] = { "--now", "2025-03-10T16:30:00Z", NULL };
	struct state_of runs = { CLOCK_RESPONSE, CLOCK_RUNNING, false, 0 },
			rests = { CLOCK_RESPONSE, CLOCK_RUNNING, true, 0 };
	struct peer *p;

	assert_true(rig_start(r, at));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, minor));
	assert_true(peer_until(p, clock_is, &runs, RIG_WAIT_MS));
	move_clock(p, 29 * MINUTE);
	assert_true(peer_until(p, clock_is, &runs, RIG_WAIT_MS));
	move_clock(p, MINUTE); /* 17:00 */
	assert_true(peer_until(p, clock_is, &rests, RIG_WAIT_MS));
	move_clock(p, 15 * 60 * MINUTE); /* 08:00 */
	assert_true(peer_until(p, clock_is, &rests, RIG_WAIT_MS));
	move_clock(p, 60 * MINUTE); /* 09:00 */
	assert_true(peer_until(p, clock_is, &runs, RIG_WAIT_MS));
	peer_free(p);
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(a_second_engine_names_the_first),
		E2E_TEST(stop_ends_it),
		E2E_TEST(once_is_one_round),
		E2E_TEST(root_is_refused_outside_a_drill),
		E2E_TEST(check_names_every_problem),
		E2E_TEST(a_reload_takes_all_or_nothing),
		E2E_TEST(changed_files_are_noticed),
		E2E_TEST(a_full_disk_stops_words_and_not_eyes),
		E2E_TEST(a_breach_is_recorded_once),
		E2E_TEST(the_pause_of_business_time_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
