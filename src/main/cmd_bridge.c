/* nocboard bridge: what `ssh HOST` runs at the other end. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmd.h"
#include "spawn.h"

static const struct cmd_option options[] = {
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ 0 },
};

static int connect_to(const char *path, struct err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof addr.sun_path) {
		err_set(e, ERR_USAGE, "%.80s…: the path of a socket is at most %zu bytes", path,
		    sizeof addr.sun_path - 1);
		return -1;
	}
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0)
		return fd;
	err_sys(e, ERR_IO, errno, "no engine runs on this host: %.160s", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* All that can be read at once from one to the other; false at the end of either. */
static bool pass(int from, int to)
{
	char data[65536];
	ssize_t got = read(from, data, sizeof data), put;

	if (got < 0 && errno == EINTR)
		return true;
	for (ssize_t done = 0; done < got; done += put) {
		put = write(to, data + done, (size_t)(got - done));
		if (put < 0 && errno == EINTR)
			put = 0;
		else if (put < 0)
			return false;
	}
	return got > 0;
}

static int run(struct args *a)
{
	struct err e = { 0 };
	char *path = engine_socket(a, &e);
	struct pollfd p[2] = { { .fd = 0, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
	bool up = true;

	if (path)
		p[1].fd = connect_to(path, &e);
	free(path);
	if (p[1].fd < 0)
		return cmd_fail(&e);
	while (up && (poll(p, 2, -1) > 0 || errno == EINTR)) {
		if (p[0].revents)
			up = pass(0, p[1].fd);
		if (up && p[1].revents)
			up = pass(p[1].fd, 1);
	}
	close(p[1].fd);
	return EXIT_DONE;
}

const struct cmd cmd_bridge = {
	.name = "bridge",
	.summary = "joins standard input and output to the engine's socket",
	.about =
	    "`nocboard -H HOST` runs it through ssh, so that a board here shows the engine there.",
	.options = options,
	.run = run,
};
