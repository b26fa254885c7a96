/* Names, echoes and heartbeats: the probes that go past HTTP. */
#include "net_rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

#define S(x) ((char *)(uintptr_t)(x))

/* ---- a name server ---- */

struct server {
	int udp, tcp, port, stop[2];
	pthread_t thread;
	int asked, asked_tcp;
	/* What it does: an rcode, records of some type, a cut answer over UDP, silence. */
	int rcode;
	int type;
	const char *data[3];
	size_t len[3];
	bool cut, mute, other_id;
};

static size_t answer_of(
    const struct server *s, const unsigned char *q, size_t n, bool udp, unsigned char *out)
{
	size_t question = 12, at;
	int count = 0;

	while (question < n && q[question])
		question += q[question] + 1u;
	question += 5;
	memcpy(out, q, question);
	at = question;
	for (int i = 0; i < 3 && s->data[i] && !(s->cut && udp); i++, count++) {
		const unsigned char head[] = { 0xc0, 12, 0, (unsigned char)s->type, 0, 1, 0, 0, 1,
			44, (unsigned char)(s->len[i] >> 8), (unsigned char)s->len[i] };

		memcpy(out + at, head, sizeof head);
		memcpy(out + at + sizeof head, s->data[i], s->len[i]);
		at += sizeof head + s->len[i];
	}
	out[0] = (unsigned char)(out[0] ^ (s->other_id ? 1 : 0));
	out[2] = (unsigned char)(0x81 | (s->cut && udp ? 2 : 0));
	out[3] = (unsigned char)(0x80 | s->rcode);
	memset(out + 6, 0, 6);
	out[7] = (unsigned char)count;
	return at;
}

static void serve_tcp(struct server *s)
{
	unsigned char in[1024], out[2048];
	int fd = accept(s->tcp, NULL, NULL);
	ssize_t n = fd < 0 ? -1 : read(fd, in, sizeof in);

	if (n > 2) {
		size_t len = answer_of(s, in + 2, (size_t)n - 2, false, out + 2);

		s->asked_tcp++;
		out[0] = (unsigned char)(len >> 8);
		out[1] = (unsigned char)len;
		assert_int_equal(write(fd, out, len + 2), len + 2);
	}
	if (fd >= 0)
		close(fd);
}

static void *serve(void *ctx)
{
	struct server *s = ctx;
	struct pollfd p[] = { { .fd = s->udp, .events = POLLIN },
		{ .fd = s->tcp, .events = POLLIN }, { .fd = s->stop[0], .events = POLLIN } };
	unsigned char in[1024], out[2048];

	while (poll(p, 3, -1) > 0 && !p[2].revents) {
		struct sockaddr_in from;
		socklen_t size = sizeof from;

		if (p[1].revents)
			serve_tcp(s);
		if (!p[0].revents)
			continue;
		ssize_t n = recvfrom(s->udp, in, sizeof in, 0, (struct sockaddr *)&from, &size);
		s->asked++;
		if (n < 17 || s->mute)
			continue;
		size_t len = answer_of(s, in, (size_t)n, true, out);
		sendto(s->udp, out, len, 0, (struct sockaddr *)&from, size);
	}
	return NULL;
}

/* The same port for both, which may take some tries. */
static void server_start(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	bool bound = false;

	for (int i = 0; i < 100 && !bound; i++) {
		a.sin_port = 0;
		s->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		s->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bound = bind(s->tcp, (struct sockaddr *)&a, sizeof a) == 0 &&
			getsockname(s->tcp, (struct sockaddr *)&a, &size) == 0 &&
			bind(s->udp, (struct sockaddr *)&a, sizeof a) == 0;
		if (!bound) {
			close(s->udp);
			close(s->tcp);
		}
	}
	assert_true(bound);
	assert_int_equal(listen(s->tcp, 4), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pipe(s->stop), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_stop(struct server *s)
{
	close(s->stop[1]);
	pthread_join(s->thread, NULL);
	close(s->stop[0]);
	close(s->udp);
	close(s->tcp);
}

static const struct observation *ask(struct rig *r, struct probe_target *t)
{
	size_t before = r->seen_count;

	t->id = S("x");
	t->interval_ms = 3600000;
	if (!t->timeout_ms)
		t->timeout_ms = 3000;
	net_set_targets(r->net, NULL, 0);
	net_set_targets(r->net, t, 1);
	rig_until(r, &r->seen_count, before + 1);
	return &r->seen[r->seen_count - 1];
}

static const struct observation *ask_name(
    struct rig *r, const struct server *s, const char *type, const char *want, int timeout_ms)
{
	char server[32];
	struct probe_target t = { .kind = S("dns"),
		.url = S("api.example"),
		.server = server,
		.record = S(type),
		.value = S(want),
		.timeout_ms = timeout_ms };

	snprintf(server, sizeof server, "127.0.0.1:%d", s->port);
	return ask(r, &t);
}

static void records(void **state)
{
	static const struct {
		const char *type, *want;
		struct server server;
		enum status status;
		const char *reason;
	} cases[] = {
		{ "A", NULL, { .type = 1, .data = { "\300\0\2\7" }, .len = { 4 } },
		    STATUS_OPERATIONAL, "A is 192.0.2.7 (for 300 s more)" },
		{ "A", "192.0.2.8",
		    { .type = 1, .data = { "\300\0\2\7", "\300\0\2\10" }, .len = { 4, 4 } },
		    STATUS_OPERATIONAL, "A is 192.0.2.7, 192.0.2.8" },
		{ "A", "192.0.2.9", { .type = 1, .data = { "\300\0\2\7" }, .len = { 4 } },
		    STATUS_MAJOR, "A is 192.0.2.7, expected 192.0.2.9" },
		{ "MX", "10 MX.example.",
		    { .type = 15, .data = { "\0\12\2mx\7example\0" }, .len = { 14 } },
		    STATUS_OPERATIONAL, "MX is 10 mx.example" },
		{ "TXT", "v=spf1 -all",
		    { .type = 16, .data = { "\7v=spf1 \4-all" }, .len = { 13 } },
		    STATUS_OPERATIONAL, "TXT is \"v=spf1 -all\"" },
		{ "MX", NULL, { .type = 15 }, STATUS_MAJOR, "there is no MX record" },
		{ "A", NULL, { .rcode = 3 }, STATUS_MAJOR, "no such name (NXDOMAIN)" },
		{ "A", NULL, { .rcode = 2 }, STATUS_MAJOR, "the server failed (SERVFAIL)" },
		{ "A", NULL, { .rcode = 5 }, STATUS_UNKNOWN, "the server refuses us" },
		{ "A", NULL, { .type = 1, .data = { "\300\0\2\7" }, .len = { 3 } }, STATUS_UNKNOWN,
		    "damaged" },
		{ "TXT", NULL,
		    { .type = 16, .data = { "\11\033]0;x\a\342\200\256" }, .len = { 10 } },
		    STATUS_OPERATIONAL, "TXT is \"]0;x\"" },
		{ "A", NULL, { .type = 1, .data = { "\300\0\2\7" }, .len = { 4 }, .cut = true },
		    STATUS_OPERATIONAL, "A is 192.0.2.7" },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct server s = cases[i].server;

		server_start(&s);
		const struct observation *o =
		    ask_name(*state, &s, cases[i].type, cases[i].want, 3000);
		server_stop(&s);
		if (o->status != cases[i].status || !strstr(o->reason, cases[i].reason) ||
		    strchr(o->reason, 033))
			fail_msg("case %zu: %d %s", i, o->status, o->reason);
		assert_int_equal(o->fault, FAULT_NONE);
		assert_true(o->latency_ms >= 0);
		assert_int_equal(s.asked_tcp, s.cut);
	}
}

static void a_mute_server_is_a_time_out(void **state)
{
	struct server s = { .mute = true }, other = {
		.other_id = true, .type = 1, .data = { "\300\0\2\7" }, .len = { 4 }
	};
	const struct observation *o;

	server_start(&s);
	o = ask_name(*state, &s, "A", NULL, 300);
	assert_int_equal(o->fault, FAULT_TIMEOUT);
	assert_int_equal(o->status, STATUS_MAJOR);
	assert_int_equal(s.asked, 2); /* a lost packet is no outage */
	server_stop(&s);
	/* An answer to another question is none. */
	server_start(&other);
	o = ask_name(*state, &other, "A", NULL, 300);
	assert_int_equal(o->fault, FAULT_TIMEOUT);
	server_stop(&other);
	o = ask_name(*state, &other, "A", NULL, 300);
	assert_int_equal(o->fault, FAULT_REFUSED);
}

/* ---- heartbeats ---- */

static void write_beat(const char *path, const char *text, int age_s)
{
	struct timespec times[2];
	struct err e;

	assert_true(file_write(path, text, strlen(text), 0644, &e));
	times[0] = times[1] =
	    (struct timespec){ .tv_sec = (time_t)(clock_utc().ms / 1000 - age_s) };
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static const struct observation *ask_beat(struct rig *r, const char *path, const char *line)
{
	struct probe_target t = {
		.kind = S("heartbeat"), .url = S(path), .line = S(line), .max_age_ms = 600000
	};

	return ask(r, &t);
}

static void heartbeats(void **state)
{
	struct err e;
	char *dir = file_scratch("beat", &e), *path = xasprintf("%s/beat", dir);
	char stamp[40], *text;
	static const struct {
		const char *format; /* %s: the time of a minute ago */
		const char *line;
		int age_s;
		enum status status;
		const char *reason;
	} cases[] = {
		{ "", NULL, 60, STATUS_OPERATIONAL, "the file is 6" },
		{ "", NULL, 700, STATUS_MAJOR, "s old, limit 600 s" },
		{ "", NULL, -7200, STATUS_UNKNOWN, "in the future: a clock is wrong" },
		{ "%s ok billing\n2020-01-01T00:00:00Z other\n", "billing", 9000,
		    STATUS_OPERATIONAL, "the last line is 6" },
		{ "[%s] ok billing\n", "billing", 0, STATUS_OPERATIONAL, "the last line is" },
		{ "2020-01-01T00:00:00Z billing\n", "billing", 0, STATUS_MAJOR, "s old" },
		/* The newest line is still being written. */
		{ "2020-01-01T00:00:00Z billing\n%s billing", "billing", 0, STATUS_MAJOR, "s old" },
		{ "%s ok\n", "billing", 0, STATUS_MAJOR, "holds 'billing'" },
		{ "billing ok\n", "billing", 0, STATUS_UNKNOWN, "does not start with a time" },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		utc_format(utc_add(clock_utc(), -65000), stamp);
		const char *mark = strstr(cases[i].format, "%s");
		text = mark ? xasprintf("%.*s%s%s", (int)(mark - cases[i].format), cases[i].format,
				  stamp, mark + 2)
			    : xstrdup(cases[i].format);
		write_beat(path, text, cases[i].age_s);
		free(text);
		const struct observation *o = ask_beat(*state, path, cases[i].line);
		if (o->status != cases[i].status || !strstr(o->reason, cases[i].reason))
			fail_msg("case %zu: %d %s", i, o->status, o->reason);
	}
	const struct observation *o = ask_beat(*state, "/nowhere/beat", NULL);
	assert_int_equal(o->status, STATUS_MAJOR);
	assert_string_equal(o->reason, "/nowhere/beat: No such file or directory");
	o = ask_beat(*state, dir, NULL);
	assert_int_equal(o->status, STATUS_UNKNOWN);
	assert_non_null(strstr(o->reason, "is no file"));
	file_remove_tree(dir, &e);
	free(path);
	free(dir);
}

/* ---- echoes ---- */

/* A network of its own, whose loopback is up. False: this system does not let us have one. */
static bool own_network(const char *groups)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd, range;
	bool ok;

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ok = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
	if (fd >= 0)
		close(fd);
	range = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
	ok = ok && range >= 0 && write(range, groups, strlen(groups)) > 0;
	if (range >= 0)
		close(range);
	return ok;
}

static void echoes(void **state)
{
	struct rig *r;
	struct probe_target t = { .kind = S("icmp"), .url = S("127.0.0.1") };
	const struct observation *o;

	/* The network thread is started within the other network. */
	if (!own_network("0 2147483647") || rig_start(state) != 0) {
		*state = NULL;
		skip();
	}
	r = *state;
	o = ask(r, &t);
	assert_string_not_equal(o->reason, "");
	if (o->status != STATUS_OPERATIONAL)
		fail_msg("%s", o->reason);
	assert_non_null(strstr(o->reason, "answered in 0."));
	t.url = S("192.0.2.1"); /* there is no way to it */
	o = ask(r, &t);
	assert_int_equal(o->fault, FAULT_UNREACHED);
	rig_stop(state);
	/* Groups that are not ours: the remedy is told, and nothing is down. */
	assert_true(own_network("1 0"));
	rig_start(state);
	t.url = S("127.0.0.1");
	o = ask(*state, &t);
	assert_int_equal(o->status, STATUS_UNKNOWN);
	assert_non_null(strstr(o->reason, "net.ipv4.ping_group_range"));
	rig_stop(state);
}

int main(int argc, char **argv)
{
	int child = rig_main_child(argc, argv);
	if (child >= 0)
		return child;
#define T(f) cmocka_unit_test_setup_teardown(f, rig_start, rig_stop)
	const struct CMUnitTest tests[] = {
		T(records), T(a_mute_server_is_a_time_out), T(heartbeats),
		cmocka_unit_test(echoes), /* last: it leaves this network */
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
