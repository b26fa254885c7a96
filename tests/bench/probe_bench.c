/* What watching costs: 2,000 endpoints each ten seconds, a fifth of the hosts take the request and
 * never answer; and how fast a board answers its keys meanwhile. With `hold` it only keeps an
 * engine with open incidents, whose roles are held and of which 40 countdowns are on the screen,
 * for others to measure a board on, until its input ends; with `board CONFIG` it measures an idle
 * board on such an engine. */
#include "t.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/proc.h"
#include "rig.h"

#define ENDPOINTS 2000
#define REGIONS 20
#define PER_HOST 4
#define INCIDENTS 9   /* of four clocks each; those of the first stand beside the list again */
#define WARM_MS 12000 /* each endpoint was asked once */
#define KEYS 400

/* ---- the other end ---- */

/* Hosts 127.9.x.y take everything and say nothing; every other one is well. */
static void serve(int listener)
{
	static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
				    "Content-Length: 17\r\n\r\n{\"status\":\"pass\"}";
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = listener }, got[64];
	int poller = epoll_create1(EPOLL_CLOEXEC);
	char request[4096];

	epoll_ctl(poller, EPOLL_CTL_ADD, listener, &ev);
	for (;;) {
		int n = epoll_wait(poller, got, 64, -1);

		for (int i = 0; i < n; i++) {
			int fd = got[i].data.fd;
			struct sockaddr_in at;
			socklen_t len = sizeof at;
			ssize_t had;

			if (fd == listener) {
				fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
				ev.data.fd = fd;
				if (fd >= 0)
					epoll_ctl(poller, EPOLL_CTL_ADD, fd, &ev);
				continue;
			}
			had = read(fd, request, sizeof request);
			if (had <= 0) {
				close(fd);
				continue;
			}
			if (getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
			    (ntohl(at.sin_addr.s_addr) >> 16 & 0xff) == 9)
				continue;
			if (write(fd, reply, sizeof reply - 1) < 0)
				close(fd);
		}
	}
}

static int start_world(pid_t *pid)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	socklen_t len = sizeof any;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0 || listen(fd, 4096) != 0 ||
	    getsockname(fd, (struct sockaddr *)&any, &len) != 0) {
		fprintf(stderr, "probe_bench: listening: %s\n", strerror(errno));
		exit(1);
	}
	proc_raise_files(65536);
	*pid = fork();
	if (*pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd);
	}
	close(fd);
	return ntohs(any.sin_port);
}

/* ---- the configuration ---- */

static void add_probe(struct buf *b, int n, int region, int port, bool stalled)
{
	int host = n / PER_HOST;

	buf_addf(b,
	    "%s{ region: R%d, http: \"http://127.%d.%d.%d:%d/health/%d\", interval: 10s, timeout: "
	    "3s }",
	    region ? ", " : "", region, stalled && host % 5 == 4 ? 9 : 8, host / 250,
	    1 + host % 250, port, n);
}

static void write_config(struct rig *r, int endpoints, int port, bool stalled)
{
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, "noc: { name: Bench, journal: \"{dir}/journal.db\", socket: "
		     "\"{dir}/engine.sock\" }\nregions:\n");
	for (int i = 0; i < REGIONS; i++)
		buf_addf(&b, "  - { id: R%d, name: Region %d, timezone: Europe/Paris }\n", i, i);
	buf_adds(
	    &b, "people:\n  - { id: ana, name: Ana }\n  - { id: jon, name: Jon }\ncomponents:\n");
	for (int c = 0; c * REGIONS < endpoints; c++) {
		buf_addf(&b, "  - { id: c%d, name: Component %d, class: other, probes: [ ", c, c);
		for (int i = 0; i < REGIONS; i++)
			add_probe(&b, c * REGIONS + i, i, port, stalled);
		buf_adds(&b, " ] }\n");
	}
	rig_write(r, "nocboard.yaml", buf_str(&b));
	buf_fini(&b);
}

static void must(struct peer *p, const char *format, int n)
{
	struct buf line;

	buf_init(&line, 0);
	for (const char *f = format; *f; f++)
		if (*f == '#')
			buf_addf(&line, "%d", n);
		else
			buf_add(&line, f, 1);
	if (!peer_ok(p, buf_str(&line)))
		exit(1);
	buf_fini(&line);
}

static void open_incidents(struct peer *p)
{
	for (int i = 1; i <= INCIDENTS; i++) {
		must(p,
		    "{\"cmd\":\"open\",\"args\":{\"title\":\"Trouble #\",\"severity\":1,"
		    "\"regions\":[\"R#\"],\"components\":[\"c0\"]}}",
		    i);
		must(p,
		    "{\"cmd\":\"role\",\"incident\":\"INC-#\",\"args\":{\"role\":\"ic\","
		    "\"person\":\"ana\"}}",
		    i);
		must(p,
		    "{\"cmd\":\"role\",\"incident\":\"INC-#\",\"args\":{\"role\":\"comms\","
		    "\"person\":\"jon\"}}",
		    i);
	}
}

/* ---- figures ---- */

static double cpu_s(pid_t pid)
{
	char path[64], *text, *at;
	unsigned long user = 0, system = 0;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	text = slurp(path, NULL);
	at = text ? strrchr(text, ')') : NULL;
	if (!at || sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		       &system) != 2)
		return -1;
	free(text);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double rss_mib(pid_t pid)
{
	char path[64], *text, *at;
	long kb = -1;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	text = slurp(path, NULL);
	at = text ? strstr(text, "VmRSS:") : NULL;
	if (!at || sscanf(at, "VmRSS: %ld", &kb) != 1)
		return -1;
	free(text);
	return (double)kb / 1024;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void goal(const char *what, double got, double most, const char *unit)
{
	printf("%-4s %s: %.2f %s (goal: below %.0f)\n", got >= 0 && got < most ? "PASS" : "FAIL",
	    what, got, unit, most);
}

/* ---- a board in a terminal ---- */

struct board {
	int fd;
	pid_t pid;
	double ms[KEYS]; /* from a key to the end of what it drew */
	int sent, silent;
};

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void start_board(struct board *b, const char *config)
{
	struct winsize size = { .ws_row = 60, .ws_col = 200 };

	b->pid = forkpty(&b->fd, NULL, NULL, &size);
	if (b->pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execl(getenv("NOCBOARD"), "nocboard", "-c", config, "board", (char *)NULL);
		_exit(127);
	}
	if (b->pid < 0) {
		fprintf(stderr, "probe_bench: forkpty: %s\n", strerror(errno));
		exit(1);
	}
	fcntl(b->fd, F_SETFL, O_NONBLOCK);
}

/* Bytes until `quiet` ms without any; the time of the last one, 0: none came within a second. */
static double drain(struct board *b, int quiet)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN };
	double last = 0;
	char bytes[65536];

	while (poll(&p, 1, last > 0 ? quiet : 1000) > 0) {
		if (read(b->fd, bytes, sizeof bytes) <= 0)
			break;
		last = now_ms();
	}
	return last;
}

static void press(struct board *b)
{
	static const char keys[] = "jjjkkjkk";
	double start, end;
	char key = keys[b->sent % (int)(sizeof keys - 1)];

	drain(b, 20);
	start = now_ms();
	if (write(b->fd, &key, 1) != 1)
		return;
	end = drain(b, 12);
	if (end > 0)
		b->ms[b->sent++ % KEYS] = end - start;
	else
		b->silent++;
}

static void end_board(struct board *b)
{
	int status;

	kill(b->pid, SIGTERM);
	waitpid(b->pid, &status, 0);
	close(b->fd);
}

/* ---- the two programs ---- */

static int seconds(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text ? (int)strtol(text, NULL, 10) : otherwise;
}

static bool later(void *ctx)
{
	return clock_mono().ms >= *(int64_t *)ctx;
}

static void turn(struct rig *r, int64_t ms)
{
	int64_t until = clock_mono().ms + ms;

	rig_until(r, later, &until, ms + 1000);
}

static int good_cells(const struct snapshot *s)
{
	const struct snap_cell *c;
	size_t it = 0;
	int n = 0;

	while ((c = map_next(s->cells, &it, NULL)))
		n += c->status == STATUS_OPERATIONAL;
	return n;
}

static void measure(struct rig *r, struct peer *p)
{
	struct board board = { 0 };
	double cpu, late, took;
	int64_t start, end;
	int n;

	turn(r, WARM_MS);
	start_board(&board, r->config);
	drain(&board, 300);
	cpu = cpu_s(r->pid);
	start = clock_mono().ms;
	end = start + seconds("BENCH_SECONDS", 60) * INT64_C(1000);
	while (clock_mono().ms < end) {
		press(&board);
		turn(r, 60);
	}
	took = (double)(clock_mono().ms - start) / 1000;
	cpu = (cpu_s(r->pid) - cpu) * 60 / took;
	late = p->snap->engine->late_ms;
	printf("%d endpoints each 10 s, a fifth of the hosts never answers, %.0f s\n", ENDPOINTS,
	    took);
	printf("%-4s operational cells: %d of %d\n",
	    good_cells(p->snap) == ENDPOINTS * 4 / 5 ? "PASS" : "FAIL", good_cells(p->snap),
	    ENDPOINTS * 4 / 5);
	goal("start of a probe after its due time, p99", late, 1000, "ms");
	goal("engine, CPU in 60 s", cpu, 6, "s");
	goal("engine, resident memory", rss_mib(r->pid), 96, "MiB");
	n = board.sent < KEYS ? board.sent : KEYS;
	qsort(board.ms, (size_t)n, sizeof board.ms[0], by_size);
	printf("keys: %d pressed, %d drew nothing, p50 %.2f ms\n", board.sent + board.silent,
	    board.silent, n ? board.ms[n / 2] : -1);
	goal("key to the end of its drawing meanwhile, p99", n ? board.ms[n * 99 / 100] : -1, 50,
	    "ms");
	end_board(&board);
}

/* An idle board, where there is nothing to compare it with. */
static void measure_board(const char *config)
{
	struct board board = { 0 };
	struct pollfd in = { .events = POLLIN };
	int idle = seconds("BENCH_IDLE", 20);
	size_t bytes = 0;
	double cpu, end;
	char some[65536];
	ssize_t n;

	start_board(&board, config);
	drain(&board, 900);
	cpu = cpu_s(board.pid);
	in.fd = board.fd;
	for (end = now_ms() + idle * 1000.0; now_ms() < end;)
		if (poll(&in, 1, 100) > 0 && (n = read(board.fd, some, sizeof some)) > 0)
			bytes += (size_t)n;
	printf("idle board: %.0f bytes/s, %.2f %% of a core, %.1f MiB\n", (double)bytes / idle,
	    (cpu_s(board.pid) - cpu) * 100 / idle, rss_mib(board.pid));
	for (int i = 0; i < 80; i++)
		press(&board);
	qsort(board.ms, (size_t)board.sent, sizeof board.ms[0], by_size);
	printf("keys: p50 %.2f ms, p99 %.2f ms\n", board.ms[board.sent / 2],
	    board.ms[board.sent * 99 / 100]);
	end_board(&board);
}

static void hold(struct rig *r)
{
	char byte;

	printf("%s\n", r->config);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
}

int main(int argc, char **argv)
{
	bool holding = argc > 1 && strcmp(argv[1], "hold") == 0;
	struct rig *r;
	struct peer *p;
	pid_t world;
	int port;

	if (argc > 2 && strcmp(argv[1], "board") == 0) {
		measure_board(argv[2]);
		return 0;
	}
	r = rig_new();
	port = start_world(&world);

	write_config(r, holding ? REGIONS : ENDPOINTS, port, !holding);
	if (!rig_start(r, NULL)) {
		fprintf(stderr, "probe_bench: %s\n", r->ready);
		return 1;
	}
	p = peer_new(r, NULL);
	open_incidents(p);
	if (holding)
		hold(r);
	else
		measure(r, p);
	peer_free(p);
	kill(world, SIGKILL);
	waitpid(world, NULL, 0);
	rig_free(r);
	return 0;
}
