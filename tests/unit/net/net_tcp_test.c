/* Connections and what is said on them; and who shares one. */
#include "net_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define S(x) ((char *)(uintptr_t)(x))

/* Says `said` to whoever comes, in pieces of `piece` bytes, then closes or waits. */
struct speaker {
	const char *said;
	size_t piece;
	bool stay;
	int fd, port;
	pthread_t thread;
};

static void *speak(void *ctx)
{
	struct speaker *s = ctx;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
		struct pollfd gone = { .fd = fd, .events = POLLIN };
		size_t left = strlen(s->said);
		const char *p = s->said;
		while (left) {
			ssize_t n = send(fd, p, left < s->piece ? left : s->piece, MSG_NOSIGNAL);
			if (n <= 0)
				break;
			p += n;
			left -= (size_t)n;
			poll(&gone, 1, 5);
		}
		if (s->stay)
			poll(&gone, 1, 3000);
		close(fd);
	}
	return NULL;
}

static void speaker_start(struct speaker *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->fd, 16), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&a, &size), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, speak, s), 0);
}

static void speaker_stop(struct speaker *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

static const struct observation *ask(struct rig *r, const char *address, const char *banner)
{
	size_t before = r->seen_count;
	struct probe_target t = { .id = S("tcp"),
		.kind = S("tcp"),
		.url = S(address),
		.interval_ms = 3600000,
		.timeout_ms = 500,
		.expect.contains = S(banner) };

	net_set_targets(r->net, NULL, 0);
	net_set_targets(r->net, &t, 1);
	rig_until(r, &r->seen_count, before + 1);
	return &r->seen[r->seen_count - 1];
}

static void banners(void **state)
{
	static const struct {
		const char *said, *banner;
		size_t piece;
		bool stay;
		enum status status;
		const char *reason;
	} cases[] = {
		{ "", NULL, 1, true, STATUS_OPERATIONAL, "connected in " },
		{ "220 mx ESMTP\r\n", "ESMTP", 99, true, STATUS_OPERATIONAL,
		    "said '220 mx ESMTP'" },
		{ "220 mx ESMTP\r\n", "ESMTP", 3, true, STATUS_OPERATIONAL, "said '220 mx ESMTP'" },
		{ "220 mx ESMTP\r\n", "ESMTP", 99, false, STATUS_OPERATIONAL,
		    "said '220 mx ESMTP'" },
		{ "554 go away\r\n", "220 ", 99, true, STATUS_MAJOR,
		    "said '554 go away', expected '220 '" },
		{ "554 go away\r\n", "220 ", 99, false, STATUS_MAJOR,
		    "said '554 go away', expected '220 '" },
		{ "\033]0;x\a\x80\n", "220", 99, false, STATUS_MAJOR, "said ']0;x" },
		{ "", "220 ", 1, true, STATUS_MAJOR, "nothing was said" },
		{ "", "220 ", 1, false, STATUS_MAJOR, "nothing was said" },
	};
	struct rig *r = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct speaker s = {
			.said = cases[i].said, .piece = cases[i].piece, .stay = cases[i].stay
		};
		char address[64];
		int64_t start = clock_mono().ms;
		speaker_start(&s);
		snprintf(address, sizeof address, "127.0.0.1:%d", s.port);
		const struct observation *o = ask(r, address, cases[i].banner);
		speaker_stop(&s);
		if (o->status != cases[i].status || !strstr(o->reason, cases[i].reason) ||
		    strchr(o->reason, 033))
			fail_msg("case %zu: %d %s", i, o->status, o->reason);
		assert_int_equal(o->fault, FAULT_NONE);
		assert_true(o->phase.connect > 0 && o->latency_ms >= 0);
		assert_int_equal(o->code, 0);
		assert_true(clock_mono().ms - start < 3000);
	}
}

static void a_banner_is_read_up_to_its_limit(void **state)
{
	/* The text stands just within, or one byte beyond. */
	for (int beyond = 0; beyond < 2; beyond++) {
		char *said = xasprintf("%0*dEND", 4096 - 3 + beyond, 0), address[64];
		struct speaker s = { .said = said, .piece = 4096, .stay = true };
		speaker_start(&s);
		snprintf(address, sizeof address, "127.0.0.1:%d", s.port);
		const struct observation *o = ask(*state, address, "END");
		assert_int_equal(o->status, beyond ? STATUS_MAJOR : STATUS_OPERATIONAL);
		speaker_stop(&s);
		free(said);
	}
}

static void nobody_there(void **state)
{
	struct speaker s = { .said = "", .piece = 1 };
	char address[64];

	speaker_start(&s);
	speaker_stop(&s);
	snprintf(address, sizeof address, "127.0.0.1:%d", s.port);
	const struct observation *o = ask(*state, address, NULL);
	assert_int_equal(o->fault, FAULT_REFUSED);
	assert_int_equal(o->status, STATUS_MAJOR);
	o = ask(*state, "127.0.0.1", NULL);
	assert_int_equal(o->fault, FAULT_URL);
	assert_non_null(strstr(o->reason, "names no port"));
	o = ask(*state, "no-such-host.invalid:1", NULL);
	assert_true(o->fault == FAULT_LOOKUP || o->fault == FAULT_TIMEOUT);
}

/* Stopping in the middle of a greeting frees everything. */
static void a_target_goes_while_it_is_greeted(void **state)
{
	struct speaker s = { .said = "x", .piece = 1, .stay = true };
	struct rig *r = *state;
	char address[64];

	speaker_start(&s);
	snprintf(address, sizeof address, "127.0.0.1:%d", s.port);
	struct probe_target t = { .id = S("tcp"),
		.kind = S("tcp"),
		.url = address,
		.interval_ms = 3600000,
		.timeout_ms = 60000,
		.expect.contains = S("never") };
	net_set_targets(r->net, &t, 1);
	/* Another one ends while the first still waits. */
	rig_set(r, "/a", "slow 100");
	char *url = xasprintf("http://127.0.0.1:%d/a", farm_port(r->farm));
	struct probe_target both[] = { t, { .id = S("other"),
					      .kind = S("http"),
					      .url = url,
					      .interval_ms = 3600000,
					      .timeout_ms = 2000 } };
	net_set_targets(r->net, both, 2);
	rig_until(r, &r->seen_count, 1);
	assert_string_equal(r->seen_id[0], "other");
	net_set_targets(r->net, NULL, 0);
	net_set_targets(r->net, &both[1], 1);
	rig_until(r, &r->seen_count, 2);
	speaker_stop(&s);
	free(url);
}

#define TENANTS 60

/* Each request's identity must be that of its connection: more of them than there are shards. */
static void identities_never_share_a_connection(void **state)
{
	struct rig *r = *state;
	struct probe_target t[TENANTS];
	struct net_header h[TENANTS];
	char id[TENANTS][16], path[TENANTS][16];
	char *owner[4 * TENANTS] = { 0 };

	rig_set(r, "/s/*", "sink 200");
	for (int i = 0; i < TENANTS; i++) {
		snprintf(id[i], sizeof id[i], "t%d", i);
		snprintf(path[i], sizeof path[i], "/s/%d", i);
		/* Every second token is used by two targets. */
		h[i] = (struct net_header){ S("Authorization"),
			xasprintf("Bearer canary-%d", i / 2 * 2 + (i % 4 == 1)) };
		t[i] = (struct probe_target){ .id = id[i],
			.kind = S("http"),
			.url = xasprintf("http://127.0.0.1:%d%s", farm_port(r->farm), path[i]),
			.headers = &h[i],
			.header_count = 1,
			.interval_ms = 50000,
			.timeout_ms = 5000 };
	}
	net_set_targets(r->net, t, TENANTS);
	rig_until(r, &r->seen_count, TENANTS);
	for (int round = 1; round < 3; round++) {
		for (int i = 0; i < TENANTS; i++)
			net_probe_now(r->net, id[i]);
		rig_until(r, &r->seen_count, (size_t)(round + 1) * TENANTS);
	}
	assert_int_equal(farm_request_count(r->farm), 3 * TENANTS);
	for (size_t i = 0; i < farm_request_count(r->farm); i++) {
		const struct farm_request *q = farm_request(r->farm, i);
		const char *token = strstr(q->headers, "authorization: ");
		assert_non_null(token);
		size_t n = strcspn(token, "\n");
		assert_true(q->connection < countof(owner));
		if (!owner[q->connection])
			owner[q->connection] = xstrndup(token, n);
		else if (strlen(owner[q->connection]) != n ||
			 memcmp(owner[q->connection], token, n) != 0)
			fail_msg("%s on the connection of %s", token, owner[q->connection]);
	}
	/* Kept all the same: far fewer connections than requests. */
	assert_true(farm_connections(r->farm) < 2 * TENANTS);
	for (size_t i = 0; i < countof(owner); i++)
		free(owner[i]);
	for (int i = 0; i < TENANTS; i++) {
		free(h[i].value);
		free(t[i].url);
	}
}

int main(int argc, char **argv)
{
	int child = rig_main_child(argc, argv);
	if (child >= 0)
		return child;
#define T(f) cmocka_unit_test_setup_teardown(f, rig_start, rig_stop)
	const struct CMUnitTest tests[] = {
		T(banners),
		T(a_banner_is_read_up_to_its_limit),
		T(nobody_there),
		T(a_target_goes_while_it_is_greeted),
		T(identities_never_share_a_connection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
