/* Reaching an engine on another host: through ssh, as git does; no port and no password of our own.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/ipc.h"

#define SSH "ssh:"

/* In the child: the socket is its standard input and output; what ssh says goes where ours goes. */
static void become_ssh(const char *host, int fd)
{
	const char *program = getenv("NOCBOARD_SSH");
	char *argv[] = { xstrdup(program ? program : "ssh"), xstrdup("-T"), xstrdup("--"),
		xstrdup(host), xstrdup("nocboard"), xstrdup("bridge"), NULL };

	dup2(fd, 0);
	dup2(fd, 1);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	_exit(127);
}

struct ipc_conn *ipc_dial(struct loop *l, const char *where, struct err *e)
{
	int pair[2];
	pid_t pid;

	if (strncmp(where, SSH, strlen(SSH)) != 0)
		return ipc_connect(l, where, e);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		err_sys(e, ERR_IO, errno, "socketpair");
		return NULL;
	}
	pid = fork();
	if (pid == 0) { /* twice, so that nobody has to wait for ssh when it ends */
		if (fork() == 0)
			become_ssh(where + strlen(SSH), pair[1]);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		err_sys(e, ERR_IO, errno, "fork");
		return NULL;
	}
	return ipc_from_fds(l, pair[0], pair[0]);
}
