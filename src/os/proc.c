#include "os/proc.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

extern char **environ;

char *proc_self(struct err *e)
{
	static const char gone[] = " (deleted)";
	size_t size = 256;

	for (;;) {
		char *path = xmalloc(size);
		ssize_t n = readlink("/proc/self/exe", path, size);
		size_t len = (size_t)n;

		if (n < 0) {
			err_sys(e, ERR_IO, errno, "/proc/self/exe");
			free(path);
			return NULL;
		}
		if (len == size) {
			free(path);
			size *= 2;
			continue;
		}
		path[len] = '\0';
		/* After an upgrade the kernel marks the old file; the new one has its name. */
		if (len >= sizeof gone && strcmp(path + len + 1 - sizeof gone, gone) == 0)
			path[len + 1 - sizeof gone] = '\0';
		return path;
	}
}

void proc_harden(void)
{
	umask(027);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

static bool kept(const char *entry, const char *const *names)
{
	size_t len = strcspn(entry, "=");

	for (; *names; names++) {
		size_t n = strlen(*names);

		if (n && (*names)[n - 1] == '*' ? strncmp(entry, *names, n - 1) == 0
						: n == len && strncmp(entry, *names, n) == 0)
			return true;
	}
	return false;
}

void proc_env_keep(const char *const *names)
{
	char **all = NULL;
	size_t count = 0, cap = 0;

	for (char **p = environ; p && *p; p++) {
		if (!kept(*p, names))
			continue;
		all = xgrow(all, count, &cap);
		all[count++] = xstrdup(*p);
	}
	clearenv();
	for (size_t i = 0; i < count; i++) {
		char *eq = strchr(all[i], '=');

		if (eq) {
			*eq = '\0';
			setenv(all[i], eq + 1, 1);
		}
		free(all[i]);
	}
	free(all);
}

void proc_give_back(void)
{
	malloc_trim(0);
}

size_t proc_raise_files(size_t want)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return 0;
	if (r.rlim_cur < want) {
		struct rlimit up = r;

		up.rlim_cur = r.rlim_max < want ? r.rlim_max : want;
		if (setrlimit(RLIMIT_NOFILE, &up) == 0)
			r = up;
	}
	return (size_t)r.rlim_cur;
}

bool proc_alive(pid_t pid)
{
	return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}
