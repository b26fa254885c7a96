/* icmp: an echo request over an unprivileged datagram socket (Linux, icmp(7)), sent up to three
 * times within the time-out. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/host.h"
#include "base/mem.h"
#include "lookup.h"
#include "probe_wait.h"

#define TRIES 3
#define COOKIE 16 /* random bytes that an answer must bring back */

struct echo {
	uint8_t type, code;
	uint16_t sum, id; /* the kernel sets them */
	uint16_t seq;
	uint8_t cookie[COOKIE];
};

struct icmp_run {
	struct waiting w;
	char host[HOST_MAX];
	struct lookup *lookup; /* NULL: the host is an address */
	int fd;
	struct loop_fd *watch;
	struct loop_timer *again;
	struct echo echo;
	int64_t sent_us[TRIES];
	int tries;
	bool six;
};

static void fail(struct icmp_run *i, int sys, const char *doing)
{
	char detail[120];

	if (sys == EACCES || sys == EPERM) {
		i->w.a.found = STATUS_UNKNOWN;
		snprintf(i->w.line, sizeof i->w.line,
		    "this system forbids echo requests to group %u (sysctl "
		    "net.ipv4.ping_group_range=\"0 2147483647\" allows them)",
		    (unsigned)getegid());
		waiting_end(&i->w);
		return;
	}
	snprintf(detail, sizeof detail, "%s: %s", doing, strerror(sys));
	waiting_fail(&i->w,
	    sys == EMFILE || sys == ENFILE || sys == ENOBUFS || sys == ENOMEM ? FAULT_LOCAL
									      : FAULT_UNREACHED,
	    detail);
}

/* The kernel keeps other processes' answers away; the cookie is against everybody else's. */
static void readable(void *ctx, int events, int status)
{
	struct icmp_run *i = ctx;
	struct echo got;
	ssize_t n = recv(i->fd, &got, sizeof got, MSG_DONTWAIT | MSG_TRUNC);
	int sys = errno, seq;

	(void)events, (void)status;
	if (n < 0) {
		if (sys != EAGAIN && sys != EINTR)
			fail(i, sys, "echo");
		return;
	}
	seq = ntohs(got.seq);
	if (n != (ssize_t)sizeof got || seq >= i->tries ||
	    got.type != (i->six ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) ||
	    memcmp(got.cookie, i->echo.cookie, COOKIE) != 0)
		return;
	int64_t us = waiting_us(&i->w) - i->sent_us[seq];
	i->w.a.found = STATUS_OPERATIONAL;
	i->w.a.latency_ms = (int)(us / 1000);
	snprintf(i->w.line, sizeof i->w.line, "answered in %lld.%lld ms%s", (long long)us / 1000,
	    (long long)us / 100 % 10, seq ? ", not the first time" : "");
	waiting_end(&i->w);
}

static void send_echo(void *ctx)
{
	struct icmp_run *i = ctx;

	if (i->tries == TRIES)
		return;
	i->echo.seq = htons((uint16_t)i->tries);
	i->sent_us[i->tries++] = waiting_us(&i->w);
	if (send(i->fd, &i->echo, sizeof i->echo, MSG_DONTWAIT) < 0 && errno != EAGAIN) {
		fail(i, errno, "echo");
		return;
	}
	loop_timer_after(i->again, i->w.target->timeout_ms / TRIES + 1);
}

static void ask(struct icmp_run *i, const struct sockaddr *to, socklen_t len)
{
	i->six = to->sa_family == AF_INET6;
	i->fd = socket(to->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    i->six ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP);
	if (i->fd < 0) {
		fail(i, errno, "socket");
		return;
	}
	if (connect(i->fd, to, len) != 0) {
		fail(i, errno, "route");
		return;
	}
	i->watch = loop_fd_new(i->w.env->loop, i->fd, UV_READABLE, readable, i);
	memset(&i->echo, 0, sizeof i->echo);
	i->echo.type = i->six ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	if (!i->watch || getrandom(i->echo.cookie, COOKIE, 0) != COOKIE) {
		fail(i, ENOMEM, "socket");
		return;
	}
	i->w.a.phase.connect = waiting_us(&i->w);
	send_echo(i);
}

static void looked_up(void *ctx, const struct lookup_answer *got)
{
	struct icmp_run *i = ctx;

	waiting_looked_up(&i->w);
	i->w.a.phase.lookup = waiting_us(&i->w);
	if (got->address)
		ask(i, got->address, got->address_len);
	else
		waiting_fail(&i->w, FAULT_LOOKUP, got->fault ? got->detail : "it has no address");
}

/* 0: the text is no address. */
static socklen_t address_of(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;

	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		return sizeof *four;
	}
	if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		return sizeof *six;
	}
	return 0;
}

static void start(struct waiting *w)
{
	struct icmp_run *i = (struct icmp_run *)w;
	struct sockaddr_storage to = { 0 };
	socklen_t len;

	i->tries = 0;
	if (i->lookup)
		lookup_host(i->lookup, i->host);
	else if ((len = address_of(i->host, &to)) != 0)
		ask(i, (struct sockaddr *)&to, len);
	else
		waiting_fail(w, FAULT_URL, "no address");
}

static void stop(struct waiting *w)
{
	struct icmp_run *i = (struct icmp_run *)w;

	if (i->lookup)
		lookup_cancel(i->lookup);
	loop_timer_stop(i->again);
	loop_fd_free(i->watch);
	i->watch = NULL;
	if (i->fd >= 0)
		close(i->fd);
	i->fd = -1;
}

static struct probe_run *make(const struct probe_env *env, const struct probe_target *t,
    struct probe_round round, struct err *e)
{
	struct icmp_run *i = xcalloc(1, sizeof *i);
	int port;

	(void)round;
	i->fd = -1;
	i->w.start = start;
	i->w.stop = stop;
	if (!host_port(t->url, 7, i->host, &port, e)) {
		free(i);
		return NULL;
	}
	if (!host_is_address(i->host)) {
		i->lookup = lookup_new(env->loop, NULL, t->timeout_ms, looked_up, i, e);
		if (!i->lookup) {
			free(i);
			return NULL;
		}
	}
	i->again = loop_timer_new(env->loop, send_echo, i);
	waiting_init(&i->w, env, t, i->host, i->lookup != NULL);
	return &i->w.run;
}

static void icmp_free(struct probe_run *r)
{
	struct icmp_run *i = (struct icmp_run *)r;

	waiting_fini(&i->w);
	lookup_free(i->lookup);
	loop_timer_free(i->again);
	free(i);
}

const struct probe_ops probe_icmp_ops = { make, waiting_go, waiting_busy, icmp_free };
