/* nocboard init, nocboard paths */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd.h"
#include "engine/setup.h"
#include "os/file.h"

static int run_init(struct args *a)
{
	char *dir = file_config_dir(),
	     *path = a->config ? xstrdup(a->config) : xasprintf("%s/nocboard.yaml", dir);
	struct err e = { 0 };
	struct buf out;
	int fd, status = EXIT_DONE;

	buf_init(&out, 0);
	config_sample(&out);
	if (!a->config && !file_mkdirs(dir, 0750, &e)) {
		status = cmd_fail(&e);
	} else if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640)) < 0) {
		if (errno == EEXIST)
			status = cmd_refuse(
			    ERR_USAGE, "%s: is there already (it is never overwritten)", path);
		else
			status = cmd_refuse(ERR_IO, "%s: %s", path, strerror(errno));
	} else {
		if (write(fd, out.data, out.len) != (ssize_t)out.len)
			status =
			    cmd_refuse(ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
		else
			printf("%s: written; fill in regions and components, then run `nocboard "
			       "check`\n",
			    path);
		close(fd);
	}
	buf_fini(&out);
	free(dir);
	free(path);
	return status;
}

const struct cmd cmd_init = {
	.name = "init",
	.summary = "writes a commented configuration with every key and default",
	.run = run_init,
};

static int run_paths(struct args *a)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	char *config = setup_find(a->config, &e), *state = file_state_dir(),
	     *runtime = file_runtime_dir();
	struct setup *s = config ? setup_load(a->config, &problems, &e) : NULL;

	printf("configuration  %s\n", config ? config : "(none)");
	printf("journal        %s\n", s ? s->journal : "(below the state folder)");
	printf("socket         %s\n", s ? s->socket : "(below the runtime folder)");
	printf("state          %s\n", state);
	printf("runtime        %s\n", runtime);
	printf("log            %s/engine.log\n", state);
	setup_free(s);
	cfg_problems_fini(&problems);
	free(config);
	free(state);
	free(runtime);
	return EXIT_DONE;
}

const struct cmd cmd_paths = {
	.name = "paths",
	.summary = "every file that is read or written",
	.run = run_paths,
};
