/* The engine against a world that fails, stalls and lies: what the cells say, and what is opened.
 */
#include "t.h"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "os/file.h"
#include "rig.h"

static int setup(void **state)
{
	struct rig *r = rig_new();

	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	farm_set(r->farm, "/*", "ok", NULL);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

/* ---- endpoints ---- */

static const struct {
	const char *behaviour;
	enum status status;
	const char *reason; /* a part of what the cell says */
} worlds[] = {
	{ "fail 503", STATUS_MAJOR, "503" },
	{ "fail 404", STATUS_UNKNOWN, "404: nothing at this address" },
	{ "stall", STATUS_MAJOR, "no answer" },
	{ "trickle", STATUS_MAJOR, "no answer" },
	{ "redirect http://{farm}/elsewhere", STATUS_UNKNOWN, "redirect" },
	{ "short", STATUS_MAJOR, "broke off" },
	{ "reset", STATUS_MAJOR, "broke off" },
	{ "close", STATUS_MAJOR, "broke off" },
	{ "garbage", STATUS_MAJOR, "HTTP" },
	{ "endless", STATUS_UNKNOWN, "large" },
	{ "headers", STATUS_UNKNOWN, "large" },
	{ "bomb", STATUS_UNKNOWN, "large" },
	{ "html", STATUS_UNKNOWN, "web page" },
	{ "json {\"status\":\"fail\"}", STATUS_MAJOR, "'fail'" },
	{ "json {\"status\":\"pass\"} {\"status\":\"pass\"}", STATUS_UNKNOWN, "not JSON" },
	{ "json {\"state\":\"pass\"}", STATUS_UNKNOWN, "/status is missing" },
	{ "json [1,2", STATUS_UNKNOWN, "not JSON" },
	{ "maintenance", STATUS_MAINTENANCE, "a time to come back" },
	{ "slow 300", STATUS_DEGRADED, "slow: " },
	{ "ok", STATUS_OPERATIONAL, NULL },
};

static void write_worlds(struct rig *r)
{
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b,
	    "noc: { name: W, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
	    "regions: [ { id: FR, name: France, timezone: Europe/Paris }, { id: IT, name: "
	    "Italy, timezone: Europe/Rome } ]\ncomponents:\n");
	for (size_t i = 0; i < countof(worlds); i++)
		buf_addf(&b,
		    "  - { id: c%zu, name: C%zu, class: other, probes: [ { region: \"*\", http: "
		    "\"http://{farm}/c%zu/{region}\", interval: 1s, timeout: 600ms, fail_after: 2, "
		    "expect: { json: { \"/status\": [pass] }, latency: { degraded: 200ms } } } ] "
		    "}\n",
		    i, i, i);
	rig_write(r, "nocboard.yaml", buf_str(&b));
	buf_fini(&b);
}

static bool all_as_they_are(const struct snapshot *s, void *ctx)
{
	char id[16];

	(void)ctx;
	for (size_t i = 0; i < countof(worlds); i++) {
		const struct snap_cell *fr, *it;

		snprintf(id, sizeof id, "c%zu", i);
		fr = snap_cell(s, id, "FR");
		it = snap_cell(s, id, "IT");
		if (!fr || !it || fr->status != worlds[i].status || !utc_is_set(fr->data_at) ||
		    it->status != STATUS_OPERATIONAL)
			return false;
	}
	return true;
}

static bool has_candidate(const struct snapshot *s, void *ctx)
{
	const struct snap_incident *inc = snap_incident(s, "INC-1");

	(void)ctx;
	return inc && inc->phase == PHASE_DETECTED;
}

static void every_failure_has_its_reason(void **state)
{
	struct rig *r = *state;
	const char *const faster[] = { "--speed", "4", NULL };
	struct peer *p;
	cJSON *events;
	bool ok = true;

	for (size_t i = 0; i < countof(worlds); i++) {
		char path[32], behaviour[120];

		snprintf(path, sizeof path, "/c%zu/fr", i);
		snprintf(behaviour, sizeof behaviour, "%s", worlds[i].behaviour);
		if (strncmp(behaviour, "redirect", 8) == 0)
			snprintf(behaviour, sizeof behaviour,
			    "redirect http://127.0.0.1:%d/elsewhere", farm_port(r->farm));
		assert_true(farm_set(r->farm, path, behaviour, NULL));
	}
	write_worlds(r);
	assert_true(rig_start(r, faster));
	p = peer_new(r, NULL);
	peer_until(p, all_as_they_are, NULL, RIG_WAIT_MS);
	for (size_t i = 0; i < countof(worlds); i++) {
		char id[16];
		const struct snap_cell *c;

		snprintf(id, sizeof id, "c%zu", i);
		c = snap_cell(p->snap, id, "FR");
		if (c->status != worlds[i].status ||
		    (worlds[i].reason && (!c->detail || !strstr(c->detail, worlds[i].reason)))) {
			print_message("%s: %s, because %s\n", worlds[i].behaviour,
			    status_names[c->status], c->detail ? c->detail : "-");
			ok = false;
		}
		assert_int_equal(snap_cell(p->snap, id, "IT")->status, STATUS_OPERATIONAL);
	}
	assert_true(ok);
	/* They fell together in one region: one candidate, with all that is bad in its scope. */
	assert_true(peer_until(p, has_candidate, NULL, RIG_WAIT_MS));
	rig_kill(r, SIGTERM);
	events = rig_events(r);
	assert_int_equal(rig_count(events, NULL, "opened"), 1);
	assert_int_equal(
	    cJSON_GetArraySize(json_get(json_get(events->child, "body"), "regions")), 1);
	assert_true(
	    cJSON_GetArraySize(json_get(json_get(events->child, "body"), "components")) >= 8);
	cJSON_Delete(events);
	peer_free(p);
}

/* ---- feeds ---- */

static const char carriers[] =
    "carriers:\n"
    "  - { id: orange, name: Orange, regions: [FR], feeds: [ { format: statuspage, url: "
    "\"http://{farm}/orange/api/v2/summary.json\", interval: 10s, network: 127.0.0.0/8, map: { "
    "\"Mobile data\": data } } ] }\n";

static void write_feeds(struct rig *r)
{
	char *text = xasprintf("%s%s", rig_config, carriers);

	rig_write(r, "nocboard.yaml", text);
	free(text);
}

struct feed_wants {
	bool ok;
	const char *detail; /* a part of it */
	struct utc after;   /* asked again since */
};

static const struct snap_feed *feed_of(const struct snapshot *s)
{
	return map_get(s->feeds, "orange/statuspage");
}

static bool feed_is(const struct snapshot *s, void *ctx)
{
	const struct feed_wants *w = ctx;
	const struct snap_feed *f = feed_of(s);

	return f && f->ok == w->ok && utc_is_set(f->next_at) &&
	       (!w->detail || (f->detail && strstr(f->detail, w->detail)));
}

static bool carrier_unknown(const struct snapshot *s, void *ctx)
{
	const struct snap_carrier *c = snap_carrier(s, "orange");

	(void)ctx;
	return c && c->status == STATUS_UNKNOWN;
}

static bool carrier_good(const struct snapshot *s, void *ctx)
{
	const struct snap_carrier *c = snap_carrier(s, "orange");

	(void)ctx;
	return c && c->status == STATUS_OPERATIONAL && utc_is_set(c->data_at);
}

static const struct {
	const char *behaviour, *detail;
} broken_pages[] = {
	{ "html", "HTML" },
	{ "fail 500", "500" },
	{ "json {\"page\":{\"id\":\"x\",\"name\":\"Orange\"},\"compo", "JSON" },
	{ "json {\"hello\":\"world\"}", "Statuspage" },
};

static bool both_are_read(const struct snapshot *s, void *ctx)
{
	const struct snap_feed *history = map_get(s->feeds, "orange/rss");

	return feed_of(s) && feed_of(s)->ok && history && history->ok && carrier_good(s, ctx);
}

/* A history says what was, and not how it is: that stays the word of the page beside it. */
static void a_feed_without_a_state_leaves_it_to_the_others(void **state)
{
	struct rig *r = *state;
	char *text = xasprintf("%s%s", rig_config,
	    "carriers:\n"
	    "  - { id: orange, name: Orange, regions: [FR], feeds: [ { format: statuspage, url: "
	    "\"http://{farm}/orange/api/v2/summary.json\", interval: 10s, network: 127.0.0.0/8 }, "
	    "{ format: rss, url: \"http://{farm}/orange/history\", interval: 10s, network: "
	    "127.0.0.0/8 } ] }\n");
	struct peer *p;

	farm_page(r->farm, "orange", "Orange status", (struct utc){ 1741616400000 });
	farm_page_component(
	    r->farm, "orange", "Mobile data", STATUS_OPERATIONAL, (struct utc){ 1741616400000 });
	farm_set(r->farm, "/orange/history",
	    "json <rss version=\"2.0\"><channel><title>Orange</title><item><title>[Resolved] SMS "
	    "late</title><guid>1</guid><pubDate>Mon, 10 Mar 2025 09:00:00 "
	    "GMT</pubDate></item></channel></rss>",
	    NULL);
	rig_write(r, "nocboard.yaml", text);
	free(text);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	if (!peer_until(p, both_are_read, NULL, RIG_WAIT_MS))
		fail_msg(
		    "the carrier shows %s", status_names[snap_carrier(p->snap, "orange")->status]);
	peer_free(p);
}

static bool hello_came(const struct snapshot *s, void *ctx)
{
	(void)ctx;
	return feed_of(s)->size == (int64_t)strlen("{\"hello\":\"world\"}");
}

static bool source_shows(const struct snapshot *s, void *ctx)
{
	return s->source && s->source->text && strstr(s->source->text, ctx);
}

/* Each break is seen as one, with its reason; what was green is not green any more. */
static void a_broken_feed_is_unknown(void **state)
{
	struct rig *r = *state;
	const char *const fast[] = { "--speed", "60", NULL };
	struct feed_wants good = { .ok = true };
	struct peer *p;

	farm_page(r->farm, "orange", "Orange status", (struct utc){ 1741616400000 });
	farm_page_component(
	    r->farm, "orange", "Mobile data", STATUS_OPERATIONAL, (struct utc){ 1741616400000 });
	write_feeds(r);
	assert_true(rig_start(r, fast));
	p = peer_new(r, NULL);
	if (!peer_until(p, feed_is, &good, RIG_WAIT_MS))
		fail_msg("%s", feed_of(p->snap) ? feed_of(p->snap)->detail : "no feed");
	assert_true(peer_until(p, carrier_good, NULL, RIG_WAIT_MS));
	for (size_t i = 0; i < countof(broken_pages); i++) {
		struct feed_wants bad = { .ok = false, .detail = broken_pages[i].detail };
		struct utc fetched = feed_of(p->snap)->fetched_at;

		assert_true(farm_set(
		    r->farm, "/orange/api/v2/summary.json", broken_pages[i].behaviour, NULL));
		if (!peer_until(p, feed_is, &bad, RIG_WAIT_MS))
			fail_msg("%s: ok %d, %s", broken_pages[i].behaviour, feed_of(p->snap)->ok,
			    feed_of(p->snap)->detail);
		assert_true(utc_before(fetched, feed_of(p->snap)->tried_at));
		assert_int_equal(feed_of(p->snap)->code, i == 1 ? 500 : 200);
		/* Its age goes on from the last good document. */
		assert_false(utc_before(fetched, feed_of(p->snap)->fetched_at));
		if (!peer_until(p, carrier_unknown, NULL, RIG_WAIT_MS))
			fail_msg("%s: the carrier still shows %s", broken_pages[i].behaviour,
			    status_names[snap_carrier(p->snap, "orange")->status]);
	}
	assert_true(peer_until(p, hello_came, NULL, RIG_WAIT_MS));
	/* What came is shown to who asks, though nobody could read it. */
	peer_send(p, "{\"get\":\"source\",\"source\":\"feed:orange/statuspage\"}");
	assert_true(peer_until(p, source_shows, (char[]){ "{\"hello\":\"world\"}" }, RIG_WAIT_MS));
	assert_true(p->snap->source->history_count >= 2);
	assert_true(peer_refused(
	    p, "{\"get\":\"source\",\"id\":\"s\",\"source\":\"feed:no/one\"}", "source"));
	farm_unset(r->farm, "/orange/api/v2/summary.json");
	assert_true(peer_until(p, feed_is, &good, RIG_WAIT_MS));
	assert_true(peer_until(p, carrier_good, NULL, RIG_WAIT_MS));
	peer_free(p);
}

static bool folder_read_all(const struct snapshot *s, void *ctx)
{
	const struct snap_feed *f = map_get(s->feeds, "orange/auto");
	const struct snap_carrier *c = snap_carrier(s, "orange");

	(void)ctx;
	return f && f->ok && f->open_incidents == 1 && f->problems_total == 1 && c &&
	       c->status == STATUS_MAJOR;
}

/* What is dropped into a folder reaches the boards, and what cannot be read says why there. */
static void a_dropped_document_is_read(void **state)
{
	struct rig *r = *state;
	const char *const fast[] = { "--speed", "60", NULL };
	char *drop = xasprintf("%s/drop", r->dir), *text, *why;
	struct err e = { 0 };
	struct peer *p;

	assert_true(file_mkdirs(drop, 0700, &e));
	text =
	    xasprintf("%scarriers: [ { id: orange, name: Orange, regions: [FR], feeds: [ { format: "
		      "auto, folder: \"%s\", interval: 10s } ] } ]\n",
		rig_config, drop);
	rig_write(r, "nocboard.yaml", text);
	rig_write(r, "drop/bad.xml", "no document");
	rig_write(r, "drop/page.json",
	    "{\"page\":{\"id\":\"p\",\"name\":\"Orange\",\"updated_at\":\"2025-03-10T14:20:00Z\"},"
	    "\"status\":{\"indicator\":\"major\",\"description\":\"x\"},\"components\":[{\"id\":"
	    "\"c1\",\"name\":\"Mobile data\",\"status\":\"major_outage\"}],\"incidents\":[{\"id\":"
	    "\"i1\",\"name\":\"Out\",\"status\":\"identified\",\"impact\":\"major\",\"created_at\":"
	    "\"2025-03-10T14:10:00Z\",\"incident_updates\":[]}],\"scheduled_maintenances\":[]}");
	assert_true(rig_start(r, fast));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, folder_read_all, NULL, RIG_WAIT_MS));
	why = xasprintf("%s/failed/bad.xml.why", drop);
	assert_int_equal(access(why, R_OK), 0);
	free(why);
	why = xasprintf("%s/done/page.json", drop);
	assert_int_equal(access(why, R_OK), 0);
	peer_free(p);
	free(why);
	free(text);
	free(drop);
}

/* The engine's child that parses documents; 0: there is none. */
static pid_t parse_child(pid_t engine)
{
	char path[300], line[4096];
	DIR *dir = opendir("/proc");
	struct dirent *d;
	pid_t found = 0;

	while (dir && (d = readdir(dir))) {
		size_t len = 0;
		char *text;
		long parent;

		snprintf(path, sizeof path, "/proc/%.20s/stat", d->d_name);
		text = d->d_name[0] >= '1' && d->d_name[0] <= '9' ? slurp(path, &len) : NULL;
		if (!text)
			continue;
		snprintf(line, sizeof line, "%s", text);
		free(text);
		text = strrchr(line, ')');
		if (text && sscanf(text, ") %*c %ld", &parent) == 1 && parent == engine)
			found = (pid_t)strtol(d->d_name, NULL, 10);
	}
	if (dir)
		closedir(dir);
	return found;
}

struct carrier_says {
	enum status status;
};

static bool carrier_is(const struct snapshot *s, void *ctx)
{
	const struct snap_carrier *c = snap_carrier(s, "orange");

	return c && c->status == ((struct carrier_says *)ctx)->status;
}

/* ---- our own way out ---- */

static bool is_impaired(const struct snapshot *s, void *ctx)
{
	const struct snap_cell *c = snap_cell(s, "c3", "IT");

	(void)ctx;
	return s->engine && s->engine->impaired && c && c->status == STATUS_UNKNOWN;
}

static bool is_clear(const struct snapshot *s, void *ctx)
{
	const struct snap_cell *c = snap_cell(s, "c3", "IT");

	(void)ctx;
	return s->engine && !s->engine->impaired && c && c->status == STATUS_OPERATIONAL;
}

/* Nothing answers, and neither does the gateway: cells are unknown, no incident is opened, and what
 * comes back is shown as it is. */
static void an_engine_that_is_cut_off_accuses_nobody(void **state)
{
	struct rig *r = *state;
	struct buf b;
	struct peer *p;

	buf_init(&b, 0);
	buf_adds(&b,
	    "noc: { name: W, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\", "
	    "gateway: \"http://{farm}/gateway\" }\n"
	    "regions: [ { id: FR, name: France }, { id: IT, name: Italy } ]\n"
	    "components:\n");
	for (int i = 0; i < 4; i++)
		buf_addf(&b,
		    "  - { id: c%d, name: C%d, probes: [ { region: \"*\", http: "
		    "\"http://{farm}/c%d/{region}\", interval: 1s, timeout: 400ms, fail_after: 2 } "
		    "] }\n",
		    i, i, i);
	rig_write(r, "nocboard.yaml", buf_str(&b));
	buf_fini(&b);
	assert_true(rig_start(r, (const char *const[]){ "--speed", "20", NULL }));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, is_clear, NULL, RIG_WAIT_MS));
	assert_true(farm_set(r->farm, "/*", "stall", NULL));
	assert_true(peer_until(p, is_impaired, NULL, RIG_WAIT_MS));
	assert_non_null(strstr(snap_cell(p->snap, "c3", "IT")->detail, "our own connection"));
	assert_true(farm_set(r->farm, "/*", "ok", NULL));
	assert_true(peer_until(p, is_clear, NULL, RIG_WAIT_MS));
	assert_int_equal(map_count(p->snap->incidents), 0);
	peer_free(p);
}

static bool data_is_good(const struct snapshot *s, void *ctx)
{
	const struct snap_cell *c = snap_cell(s, "data", "FR");

	(void)ctx;
	return c && c->status == STATUS_OPERATIONAL;
}

static bool data_fails(const struct snapshot *s, void *ctx)
{
	const struct snap_cell *c = snap_cell(s, "data", "FR");

	(void)ctx;
	return c && c->status == STATUS_MAJOR;
}

static bool has_history(const struct snapshot *s, void *ctx)
{
	const struct snap_source *n = s->source;
	bool good = false, bad = false;

	(void)ctx;
	for (size_t i = 0; n && i < n->history_count; i++) {
		good = good || n->history[i].status == STATUS_OPERATIONAL;
		bad = bad || (n->history[i].status == STATUS_MAJOR && n->history[i].detail &&
				 strstr(n->history[i].detail, "503"));
	}
	return good && bad;
}

static void a_history_outlives_its_engine(void **state)
{
	struct rig *r = *state;
	struct peer *p;

	rig_write(r, "nocboard.yaml", rig_config);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, data_is_good, NULL, RIG_WAIT_MS));
	assert_true(farm_set(r->farm, "/data/fr", "fail 503", NULL));
	assert_true(peer_until(p, data_fails, NULL, RIG_WAIT_MS));
	peer_free(p);
	rig_kill(r, SIGTERM);
	assert_true(farm_set(r->farm, "/data/fr", "stall", NULL)); /* nothing new is learnt */
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	peer_send(p, "{\"get\":\"source\",\"source\":\"cell:data/FR\"}");
	assert_true(peer_until(p, has_history, NULL, RIG_WAIT_MS));
	peer_free(p);
}

static bool its_source_fails(const struct snapshot *s, void *ctx)
{
	const struct snap_incident *inc = snap_incident(s, "INC-1");

	(void)ctx;
	return inc && inc->sources_failing == 1 && inc->evidence &&
	       strstr(inc->evidence, "major outage");
}

/* The engine that comes after it has nothing to record about what fails as before. */
static void what_still_fails_is_told_by_the_next_engine(void **state)
{
	const char *const faster[] = { "--speed", "4", NULL };
	struct rig *r = *state;
	struct peer *p;

	rig_write(r, "nocboard.yaml", rig_config);
	assert_true(farm_set(r->farm, "/data/fr", "fail 503", NULL));
	assert_true(rig_start(r, faster));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, its_source_fails, NULL, RIG_WAIT_MS));
	peer_free(p);
	rig_kill(r, SIGKILL);
	assert_true(rig_start(r, faster));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, its_source_fails, NULL, RIG_WAIT_MS));
	peer_free(p);
}

static void a_dead_parse_child_costs_nothing(void **state)
{
	struct rig *r = *state;
	const char *const fast[] = { "--speed", "60", NULL };
	struct carrier_says says = { STATUS_OPERATIONAL };
	struct peer *p;
	pid_t child;

	farm_page(r->farm, "orange", "Orange status", (struct utc){ 1741616400000 });
	farm_page_component(
	    r->farm, "orange", "Mobile data", STATUS_OPERATIONAL, (struct utc){ 1741616400000 });
	write_feeds(r);
	assert_true(rig_start(r, fast));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, carrier_is, &says, RIG_WAIT_MS));
	for (int i = 0; i < 3; i++) {
		child = parse_child(r->pid);
		assert_true(child > 0);
		assert_int_equal(kill(child, SIGKILL), 0);
		says.status = i % 2 ? STATUS_OPERATIONAL : STATUS_MAJOR;
		farm_page_component(r->farm, "orange", "Mobile data", says.status,
		    (struct utc){ 1741616400000 + i * 60000 });
		if (!peer_until(p, carrier_is, &says, RIG_WAIT_MS))
			fail_msg("after kill %d: %s", i,
			    status_names[snap_carrier(p->snap, "orange")->status]);
		assert_true(parse_child(r->pid) != child);
	}
	peer_free(p);
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(every_failure_has_its_reason),
		E2E_TEST(a_feed_without_a_state_leaves_it_to_the_others),
		E2E_TEST(a_broken_feed_is_unknown),
		E2E_TEST(a_dropped_document_is_read),
		E2E_TEST(an_engine_that_is_cut_off_accuses_nobody),
		E2E_TEST(a_history_outlives_its_engine),
		E2E_TEST(what_still_fails_is_told_by_the_next_engine),
		E2E_TEST(a_dead_parse_child_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
