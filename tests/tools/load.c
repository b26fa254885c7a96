#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/proc.h"
#include "t.h"

int load_number(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text ? (int)strtol(text, NULL, 10) : otherwise;
}

static volatile sig_atomic_t turned; /* hosts 127.7.x.y are bad */

static void turn(int signum)
{
	(void)signum;
	turned = 1;
}

static void answer(int fd, uint32_t host)
{
	static const char good[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
				   "Content-Length: 17\r\n\r\n{\"status\":\"pass\"}",
			  bad[] = "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n";
	unsigned net = host >> 16 & 0xff;
	const char *reply = turned && net == 7 ? bad : good;

	if (net != 9 && write(fd, reply, strlen(reply)) < 0)
		close(fd);
}

static void serve(int listener)
{
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
			if (getsockname(fd, (struct sockaddr *)&at, &len) == 0)
				answer(fd, ntohl(at.sin_addr.s_addr));
		}
	}
}

int load_world(pid_t *pid)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	socklen_t len = sizeof any;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0 || listen(fd, 4096) != 0 ||
	    getsockname(fd, (struct sockaddr *)&any, &len) != 0) {
		fprintf(stderr, "load: listening: %s\n", strerror(errno));
		exit(1);
	}
	proc_raise_files(65536);
	turned = 0;
	signal(SIGUSR1, turn);
	*pid = fork();
	if (*pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd);
	}
	close(fd);
	return ntohs(any.sin_port);
}

double load_cpu_s(pid_t pid)
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

double load_rss_mib(pid_t pid)
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

void load_goal(const char *what, double got, double most, const char *unit)
{
	printf("%-4s %s: %.2f %s (goal: below %.0f)\n", got >= 0 && got < most ? "PASS" : "FAIL",
	    what, got, unit, most);
}

double load_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

void load_board_start(struct load_board *b, const char *config)
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
		fprintf(stderr, "load: forkpty: %s\n", strerror(errno));
		exit(1);
	}
	fcntl(b->fd, F_SETFL, O_NONBLOCK);
}

double load_board_drain(struct load_board *b, int quiet)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN };
	double last = 0;
	char bytes[65536];

	while (poll(&p, 1, last > 0 ? quiet : 1000) > 0) {
		if (read(b->fd, bytes, sizeof bytes) <= 0)
			break;
		last = load_now_ms();
	}
	return last;
}

void load_board_press(struct load_board *b)
{
	const char *keys = b->keys ? b->keys : "jjjkkjkk";
	double start, end;
	char key = keys[(b->sent + b->silent) % (int)strlen(keys)];

	load_board_drain(b, 20);
	start = load_now_ms();
	if (write(b->fd, &key, 1) != 1)
		return;
	end = load_board_drain(b, 12);
	if (end > 0)
		b->ms[b->sent++ % LOAD_KEYS] = end - start;
	else
		b->silent++;
}

void load_board_end(struct load_board *b)
{
	int status;

	kill(b->pid, SIGTERM);
	waitpid(b->pid, &status, 0);
	close(b->fd);
}

double load_board_key(struct load_board *b, int part)
{
	int n = b->sent < LOAD_KEYS ? b->sent : LOAD_KEYS;

	qsort(b->ms, (size_t)n, sizeof b->ms[0], by_size);
	return n ? b->ms[n * part / 100] : -1;
}

static bool later(void *ctx)
{
	return clock_mono().ms >= *(int64_t *)ctx;
}

void load_turn(struct rig *r, int64_t ms)
{
	int64_t until = clock_mono().ms + ms;

	rig_until(r, later, &until, ms + 1000);
}
