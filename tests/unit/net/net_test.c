#include "net_rig.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#define HOUR 3600000

static struct probe_target target(struct rig *r, const char *id, const char *path)
{
	static char urls[64][128];
	static size_t next;
	char *url = urls[next++ % 64];

	snprintf(url, sizeof urls[0], "http://127.0.0.1:%d%s", farm_port(r->farm), path);
	return (struct probe_target){ .id = (char *)(uintptr_t)id,
		.kind = (char *)(uintptr_t) "http",
		.url = url,
		.interval_ms = HOUR,
		.timeout_ms = 400 };
}

/* Each behaviour of a peer, and what is made of it. */
static const struct {
	const char *behaviour;
	enum status status;
	enum probe_fault fault;
	const char *reason; /* is part of it */
	enum net_class klass;
} peers[] = {
	{ "ok", STATUS_OPERATIONAL, FAULT_NONE, "200 in", NET_INTERNAL },
	{ "warn", STATUS_DEGRADED, FAULT_NONE, "'warn'", NET_INTERNAL },
	{ "fail", STATUS_MAJOR, FAULT_NONE, "answered 503", NET_INTERNAL },
	{ "fail 500", STATUS_MAJOR, FAULT_NONE, "answered 500", NET_INTERNAL },
	{ "fail 200", STATUS_MAJOR, FAULT_NONE, "the body says 'fail'", NET_INTERNAL },
	{ "fail 404", STATUS_UNKNOWN, FAULT_NONE, "nothing at this address", NET_INTERNAL },
	{ "maintenance 60", STATUS_MAINTENANCE, FAULT_NONE, "503", NET_INTERNAL },
	{ "busy 5", STATUS_UNKNOWN, FAULT_BUSY, "429", NET_INTERNAL },
	{ "redirect", STATUS_UNKNOWN, FAULT_REDIRECT, "302", NET_INTERNAL },
	{ "redirect file:///etc/passwd", STATUS_UNKNOWN, FAULT_REDIRECT, "302", NET_INTERNAL },
	{ "stall", STATUS_MAJOR, FAULT_TIMEOUT, "400 ms", NET_INTERNAL },
	{ "trickle", STATUS_MAJOR, FAULT_TIMEOUT, "400 ms", NET_INTERNAL },
	{ "slow 5000", STATUS_MAJOR, FAULT_TIMEOUT, "400 ms", NET_INTERNAL },
	{ "reset", STATUS_MAJOR, FAULT_BROKEN, "broke off", NET_INTERNAL },
	{ "close", STATUS_MAJOR, FAULT_BROKEN, "broke off", NET_INTERNAL },
	{ "short", STATUS_MAJOR, FAULT_BROKEN, "broke off", NET_INTERNAL },
	{ "garbage", STATUS_MAJOR, FAULT_BROKEN, "broke off", NET_INTERNAL },
	{ "long", STATUS_UNKNOWN, FAULT_NONE, "not JSON", NET_INTERNAL },
	{ "json {\"status\":\"pass\"} junk", STATUS_UNKNOWN, FAULT_NONE, "not JSON", NET_INTERNAL },
	{ "endless", STATUS_UNKNOWN, FAULT_TOO_LARGE, "2048 KiB", NET_INTERNAL },
	{ "headers", STATUS_UNKNOWN, FAULT_TOO_LARGE, "headers", NET_INTERNAL },
	{ "bomb", STATUS_UNKNOWN, FAULT_TOO_LARGE, "100 to 1", NET_INTERNAL },
	{ "twice", STATUS_UNKNOWN, FAULT_TOO_LARGE, "compression", NET_INTERNAL },
	{ "ok", STATUS_UNKNOWN, FAULT_FORBIDDEN, "127.0.0.1", NET_EXTERNAL },
};

static void hostile_peers_end_in_time_and_are_told_apart(void **state)
{
	struct probe_target t[countof(peers)];
	struct rig *r = *state;
	char path[countof(peers)][32], id[countof(peers)][16];
	int64_t start = clock_mono().ms;

	for (size_t i = 0; i < countof(peers); i++) {
		snprintf(path[i], sizeof path[i], "/p/%zu", i);
		snprintf(id[i], sizeof id[i], "t%zu", i);
		rig_set(r, path[i], peers[i].behaviour);
		t[i] = target(r, id[i], path[i]);
		t[i].klass = peers[i].klass;
		/* Each its own host: one that stalls must not hold up the next. */
		char *url = xasprintf("http://h%zu.test:%d%s", i, farm_port(r->farm), path[i]);
		t[i].url = url;
		t[i].resolve = (char *)(uintptr_t) "127.0.0.1";
	}
	net_set_targets(r->net, t, countof(t));
	rig_until(r, &r->seen_count, countof(peers));
	for (size_t i = 0; i < countof(peers); i++) {
		const struct observation *o = rig_seen(r, id[i]);
		assert_non_null(o);
		if (o->status != peers[i].status || o->fault != peers[i].fault ||
		    !strstr(o->reason, peers[i].reason))
			fail_msg("%s: status %d fault %s: %s", peers[i].behaviour, o->status,
			    probe_fault_names[o->fault], o->reason);
		if (o->fault == FAULT_NONE || o->fault == FAULT_BUSY)
			assert_true(o->latency_ms >= 0 && o->phase.total > 0);
		else if (o->fault != FAULT_REDIRECT)
			assert_int_equal(o->latency_ms, -1);
		free(t[i].url);
	}
	assert_true(clock_mono().ms - start < 5000);
}

static void nobody_listening_and_names_that_are_none(void **state)
{
	struct rig *r = *state;
	struct err e = { 0 };
	struct farm *gone = farm_new(r->loop, 0, &e);
	int port = farm_port(gone);
	char url[64];
	struct probe_target t[4];

	farm_free(gone);
	while (loop_run_once(r->loop, false) && farm_port(r->farm) == port)
		;
	snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
	for (size_t i = 0; i < countof(t); i++)
		t[i] =
		    target(r, (const char *[]){ "refused", "lookup", "scheme", "header" }[i], "/");
	t[0].url = url;
	t[1].url = (char *)(uintptr_t) "http://no-such-host.invalid/";
	t[1].timeout_ms = 8000;
	t[2].url = (char *)(uintptr_t) "ftp://127.0.0.1/";
	struct net_header bad = { (char *)(uintptr_t) "X-A", (char *)(uintptr_t) "a\r\nX-B: b" };
	t[3].headers = &bad;
	t[3].header_count = 1;
	net_set_targets(r->net, t, countof(t));
	rig_until(r, &r->seen_count, countof(t));
	assert_int_equal(rig_seen(r, "refused")->fault, FAULT_REFUSED);
	assert_int_equal(rig_seen(r, "refused")->status, STATUS_MAJOR);
	assert_int_equal(rig_seen(r, "scheme")->fault, FAULT_URL);
	assert_int_equal(rig_seen(r, "scheme")->status, STATUS_UNKNOWN);
	assert_int_equal(rig_seen(r, "header")->fault, FAULT_URL);
	/* Without any resolver the answer is a time-out. */
	assert_true(rig_seen(r, "lookup")->fault == FAULT_LOOKUP ||
		    rig_seen(r, "lookup")->fault == FAULT_TIMEOUT);
}

static void connections_and_schedules_are_kept_over_a_reload(void **state)
{
	struct rig *r = *state;
	struct probe_target t[2];

	rig_set(r, "/a", "ok");
	rig_set(r, "/b", "ok");
	t[0] = target(r, "a", "/a");
	t[1] = target(r, "b", "/b");
	t[0].interval_ms = t[1].interval_ms = 50000; /* longer ones close their connections */
	net_set_targets(r->net, t, 1);
	rig_until(r, &r->seen_count, 1);
	net_set_targets(r->net, t, 2);
	rig_until(r, &r->seen_count, 2);
	/* Only the new one was asked, on the connection that was there. */
	assert_int_equal(farm_hits(r->farm, "/a"), 1);
	assert_int_equal(farm_hits(r->farm, "/b"), 1);
	assert_int_equal(farm_connections(r->farm), 1);
	net_probe_now(r->net, "a");
	net_probe_now(r->net, "nobody");
	rig_until(r, &r->seen_count, 3);
	assert_int_equal(farm_hits(r->farm, "/a"), 2);
	assert_int_equal(farm_connections(r->farm), 1);
	/* A changed one is new; one that is gone is not asked any more. */
	t[1].expect.contains = (char *)(uintptr_t) "nothing like it";
	net_set_targets(r->net, &t[1], 1);
	rig_until(r, &r->seen_count, 4);
	assert_int_equal(rig_seen(r, "b")->status, STATUS_MAJOR);
	net_probe_now(r->net, "a");
	net_probe_now(r->net, "b");
	rig_until(r, &r->seen_count, 5);
	assert_int_equal(farm_hits(r->farm, "/a"), 2);
}

/* The figures are renewed each second. */
static struct net_figures figures_after(struct rig *r, int64_t finished)
{
	struct net_figures f = { 0 };

	for (net_figures(r->net, &f); f.finished < finished; net_figures(r->net, &f))
		loop_run_once(r->loop, true);
	return f;
}

static void a_silent_host_stays_suspect_over_a_reload(void **state)
{
	struct rig *r = *state;
	struct probe_target t = target(r, "dead", "/dead");

	rig_set(r, "/dead", "stall");
	t.interval_ms = 60;
	t.timeout_ms = 50;
	net_set_targets(r->net, &t, 1);
	rig_until(r, &r->seen_count, 4);
	assert_int_equal(figures_after(r, 4).suspects, 1);
	size_t before = r->seen_count;
	t.interval_ms = 20000; /* one more round: not enough by itself */
	net_set_targets(r->net, &t, 1);
	rig_until(r, &r->seen_count, before + 1);
	assert_int_equal(figures_after(r, (int64_t)r->seen_count).suspects, 1);
}

static void headers_are_sent_to_their_host_only(void **state)
{
	struct rig *r = *state;
	struct probe_target t = target(r, "secret", "/sink");
	struct net_header h = { (char *)(uintptr_t) "Authorization",
		(char *)(uintptr_t) "Bearer canary" };

	rig_set(r, "/sink", "sink 200");
	t.headers = &h;
	t.header_count = 1;
	net_set_targets(r->net, &t, 1);
	rig_until(r, &r->seen_count, 1);
	assert_int_equal(farm_request_count(r->farm), 1);
	const struct farm_request *q = farm_request(r->farm, 0);
	assert_string_equal(q->method, "GET");
	assert_string_equal(q->path, "/sink");
	assert_non_null(strstr(q->headers, "authorization: Bearer canary\n"));
	assert_non_null(strstr(q->headers, "user-agent: nocboard/"));
	assert_null(strstr(q->headers, "cookie"));
	assert_null(strstr(rig_seen(r, "secret")->reason, "canary"));
	/* A body makes it a POST. */
	t.body = (char *)(uintptr_t) "{\"ping\":1}";
	net_set_targets(r->net, &t, 1);
	rig_until(r, &r->seen_count, 2);
	q = farm_request(r->farm, 1);
	assert_string_equal(q->method, "POST");
	assert_string_equal(q->body, "{\"ping\":1}");
}

static void long_bodies_are_judged_in_the_child(void **state)
{
	static const struct {
		const char *start;
		enum status status;
		const char *reason;
	} cases[] = {
		{ "{\"status\":\"UP\",", STATUS_OPERATIONAL, "200 in" },
		{ "{\"status\":\"DOWN\",", STATUS_MAJOR, "/status is 'DOWN', expected UP" },
		{ "{\"state\":\"UP\",", STATUS_UNKNOWN, "/status is missing" },
		{ "{\"status\":\"UP\",,", STATUS_UNKNOWN, "not JSON" },
	};
	char *allowed[] = { (char *)(uintptr_t) "UP" };
	struct expect_json json[] = { { (char *)(uintptr_t) "/status", allowed, 1 } };
	struct probe_target t[countof(cases) + 1];
	struct rig *r = *state;
	char id[countof(cases)][8], path[16];

	for (size_t i = 0; i < countof(cases); i++) {
		char *behaviour = xasprintf("json %s\"fill\":\"%05000d\"}", cases[i].start, 0);
		snprintf(path, sizeof path, "/long/%zu", i);
		snprintf(id[i], sizeof id[i], "l%zu", i);
		rig_set(r, path, behaviour);
		free(behaviour);
		t[i] = target(r, id[i], path);
		t[i].timeout_ms = 5000;
		t[i].expect.json = json;
		t[i].expect.json_count = 1;
	}
	/* Without an expectation the document speaks for itself. */
	t[countof(cases)] = target(r, "self", "/long/1");
	net_set_targets(r->net, t, countof(t));
	rig_until(r, &r->seen_count, countof(t));
	for (size_t i = 0; i < countof(cases); i++) {
		const struct observation *o = rig_seen(r, id[i]);
		assert_non_null(o);
		if (o->status != cases[i].status || !strstr(o->reason, cases[i].reason))
			fail_msg("%s: %d, %s", cases[i].start, o->status, o->reason);
		assert_int_equal(o->code, 200);
	}
	assert_int_equal(rig_seen(r, "self")->status, STATUS_MAJOR);
	assert_non_null(strstr(rig_seen(r, "self")->reason, "the body says 'DOWN'"));
	/* It is asked again as any other. */
	net_probe_now(r->net, "self");
	rig_until(r, &r->seen_count, countof(t) + 1);
}

static void without_descriptors_nobody_is_called_down(void **state)
{
	struct rig *r = *state;
	struct probe_target t = target(r, "a", "/a");
	int taken[512], count = 0;
	struct rlimit limit, few;

	rig_set(r, "/a", "ok");
	getrlimit(RLIMIT_NOFILE, &limit);
	while (count < 512 && (taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0 &&
	       taken[count] < 200)
		count++;
	few = limit;
	few.rlim_cur = (rlim_t)taken[count] + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	net_set_targets(r->net, &t, 1);
	rig_until(r, &r->seen_count, 1);
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(rig_seen(r, "a")->fault, FAULT_LOCAL);
	assert_int_equal(rig_seen(r, "a")->status, STATUS_UNKNOWN);
	for (; count >= 0; count--)
		close(taken[count]);
	net_probe_now(r->net, "a");
	rig_until(r, &r->seen_count, 2);
	assert_int_equal(r->seen[1].status, STATUS_OPERATIONAL);
}

static void manual_clock_asks_when_it_is_moved(void **state)
{
	struct rig *r;
	struct probe_target t;

	rig_stop(state);
	clock_use_manual((struct utc){ 1741616400000 });
	rig_start(state);
	r = *state;
	rig_set(r, "/a", "ok");
	t = target(r, "a", "/a");
	t.interval_ms = 10000;
	net_set_targets(r->net, &t, 1);
	net_clock_moved(r->net);
	rig_until(r, &r->seen_count, 1);
	assert_int_equal(r->seen[0].at.ms, 1741616400000);
	clock_advance(9999);
	net_clock_moved(r->net);
	clock_advance(1);
	net_clock_moved(r->net);
	rig_until(r, &r->seen_count, 2);
	assert_int_equal(r->seen[1].at.ms, 1741616410000);
	/* Many rounds at once are one round. */
	clock_advance(55000);
	net_clock_moved(r->net);
	rig_until(r, &r->seen_count, 3);
	clock_advance(5000);
	net_clock_moved(r->net);
	rig_until(r, &r->seen_count, 4);
	assert_int_equal(farm_hits(r->farm, "/a"), 4);
	assert_int_equal(r->seen[3].at.ms, 1741616470000);
}

static void speed_scales_intervals(void **state)
{
	struct rig *r;
	struct probe_target t;
	int64_t start = clock_mono().ms;

	rig_stop(state);
	clock_use_speed((struct utc){ 1741616400000 }, 60);
	rig_start(state);
	r = *state;
	rig_set(r, "/a", "ok");
	t = target(r, "a", "/a");
	t.interval_ms = 10000;
	net_set_targets(r->net, &t, 1);
	rig_until(r, &r->seen_count, 6);
	int64_t took = clock_mono().ms - start;
	assert_true(took >= 600); /* five intervals of a sixth of a second, and no flood */
	assert_true(r->seen[5].at.ms - r->seen[0].at.ms >= 40000);
}

static void stop_does_not_wait_for_peers(void **state)
{
	struct rig *r = *state;
	struct probe_target t = target(r, "a", "/stall");

	rig_set(r, "/stall", "stall");
	t.timeout_ms = 60000;
	net_set_targets(r->net, &t, 1);
	size_t hits = 0;
	while ((hits = farm_hits(r->farm, "/stall")) == 0)
		loop_run_once(r->loop, true);
	int64_t start = clock_mono().ms;
	net_stop(r->net);
	assert_true(clock_mono().ms - start < 2000);
	assert_int_equal(hits, 1);
	struct err e = { 0 };
	r->net = net_start(r->loop, &rig_handler, r, NULL, &e);
	assert_non_null(r->net);
}

/* ---- many ---- */

#define MANY 2000

static void two_thousand_endpoints_with_black_holes(void **state)
{
	struct net_figures f = { 0 };
	struct rig *r = *state;
	struct rlimit limit;
	size_t many = MANY;

	/* Both ends of each connection are in this process: fewer where it may not have so many. */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < 3 * MANY)
		many = (size_t)limit.rlim_max / 5;
	struct probe_target *t = xcalloc(many, sizeof *t);
	rig_set(r, "/c/*", "ok");
	for (size_t i = 0; i < many; i++) {
		bool hole = i % 5 == 0;
		char *path = xasprintf("/c/%zu/health", i);
		t[i] = (struct probe_target){ .id = xasprintf("c%zu", i),
			.kind = (char *)(uintptr_t) "http",
			.url = xasprintf("http://h%zu.test:%d%s", i, farm_port(r->farm), path),
			.interval_ms = 2000,
			.timeout_ms = 1500,
			.resolve = (char *)(uintptr_t) "127.0.0.1" };
		if (hole)
			rig_set(r, path, "stall");
		free(path);
	}
	net_set_targets(r->net, t, many);
	rig_until(r, &r->seen_count, many * 2);
	size_t good = 0, bad = 0;
	for (size_t i = 0; i < r->seen_count; i++) {
		bool hole = atoi(r->seen_id[i] + 1) % 5 == 0;
		good += !hole && r->seen[i].status == STATUS_OPERATIONAL;
		bad += hole && r->seen[i].fault == FAULT_TIMEOUT;
	}
	assert_int_equal(good + bad, r->seen_count);
	assert_true(good > many && bad >= many / 5);
	do {
		loop_run_once(r->loop, true);
		net_figures(r->net, &f);
	} while (f.started < (int64_t)many * 2); /* renewed each second */
	assert_int_equal(f.targets, many);
	print_message("# late p99 %d ms, max %d ms, cpu %d ms\n", f.late_p99_ms, f.late_max_ms,
	    (int)f.cpu_ms);
	assert_true(f.late_p99_ms <= 1000);
	/* Connections are kept: only those of the holes are opened anew each round. */
	size_t rounds = (size_t)f.started / many + 1;
	if (many == MANY)
		assert_true(farm_connections(r->farm) <= many + rounds * many / 5);
	for (size_t i = 0; i < many; i++) {
		free(t[i].id);
		free(t[i].url);
	}
	free(t);
}

int main(int argc, char **argv)
{
	int child = rig_main_child(argc, argv);
	if (child >= 0)
		return child;
#define T(f) cmocka_unit_test_setup_teardown(f, rig_start, rig_stop)
	const struct CMUnitTest tests[] = {
		T(hostile_peers_end_in_time_and_are_told_apart),
		T(nobody_listening_and_names_that_are_none),
		T(connections_and_schedules_are_kept_over_a_reload),
		T(a_silent_host_stays_suspect_over_a_reload),
		T(headers_are_sent_to_their_host_only),
		T(long_bodies_are_judged_in_the_child),
		T(without_descriptors_nobody_is_called_down),
		T(manual_clock_asks_when_it_is_moved),
		T(speed_scales_intervals),
		T(stop_does_not_wait_for_peers),
		T(two_thousand_endpoints_with_black_holes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
