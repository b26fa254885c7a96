/* nocboard engine */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd.h"
#include "engine/engine.h"
#include "engine/setup.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/proc.h"
#include "spawn.h"

static const struct cmd_option options[] = {
	{ "once", 0, NULL, "one round of all that is due, then the end", false },
	{ "stop", 0, NULL, "ends the engine that runs", false },
	{ "reload", 0, NULL, "makes the engine that runs read its configuration again", false },
	{ "socket", 0, "PATH", "instead of the configuration's", false },
	{ "log", 0, "FILE",
	    "where records go; below the state folder when left out, - for standard error", false },
	{ "allow-root", 0, NULL, "runs as root all the same", false },
	{ "speed", 0, "N", "the clock runs N times as fast (1 to 3600)", false },
	{ "drill", 0, NULL, "a rehearsal's engine: any user, hints, and it ends with its parent",
	    false },
	{ "ready-fd", 0, "N", "writes one line to this descriptor when it serves, or why it cannot",
	    false },
	{ 0 },
};

static int ask_running(const struct args *a, const char *what)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, false, &e);
	cJSON *request, *answer;
	bool ok = false;

	if (!s)
		return cmd_fail(&e);
	request = cJSON_CreateObject();
	json_put_str(request, "engine", what);
	answer = session_ask(s, request, &e);
	if (answer)
		ok = session_check(answer, &e);
	cJSON_Delete(answer);
	session_close(s);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

/* A number among the options; false: it is none, or out of bounds. */
static bool number(
    const struct args *a, const char *name, long least, long most, long otherwise, long *out)
{
	const char *text = arg_value(a, name);
	char *end;

	*out = otherwise;
	if (!text)
		return true;
	*out = strtol(text, &end, 10);
	return *text && !*end && *out >= least && *out <= most;
}

static bool open_log(const struct args *a, struct err *e)
{
	const char *given = arg_value(a, "log");
	char *dir, *path;
	bool ok;

	if (given && strcmp(given, "-") == 0) {
		log_to_stderr(LOG_SAY_INFO);
		return true;
	}
	if (given)
		return log_to_file(given, 0, LOG_SAY_INFO, e);
	dir = file_state_dir();
	path = xasprintf("%s/engine.log", dir);
	ok = file_mkdirs(dir, 0750, e) && log_to_file(path, 0, LOG_SAY_INFO, e);
	free(dir);
	free(path);
	return ok;
}

/* What the environment may tell the engine and its libraries; secrets are added by name. */
static void keep_environment(void)
{
	static const char *const kept[] = { "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_*",
		"TZDIR", "XDG_*", "NOCBOARD_*", "NOC_*", "NOTIFY_SOCKET", "TMPDIR", NULL };

	proc_env_keep(kept);
}

static int run(struct args *a)
{
	struct engine_options o = { .config = a->config,
		.journal = a->journal,
		.socket = arg_value(a, "socket"),
		.drill = arg_given(a, "drill"),
		.allow_root = arg_given(a, "allow-root"),
		.once = arg_given(a, "once") };
	struct err e = { 0 };
	long speed, ready;
	bool ok;

	if (arg_given(a, "stop") + arg_given(a, "reload") + arg_given(a, "once") > 1)
		return cmd_refuse(
		    ERR_USAGE, "engine: --once, --stop and --reload are three things (give one)");
	if (arg_given(a, "stop") || arg_given(a, "reload"))
		return ask_running(a, arg_given(a, "stop") ? "stop" : "reload");
	if (!number(a, "speed", 1, 3600, 1, &speed))
		return cmd_refuse(ERR_USAGE, "--speed: takes a whole number from 1 to 3600");
	if (!number(a, "ready-fd", 0, 1 << 20, -1, &ready))
		return cmd_refuse(ERR_USAGE, "--ready-fd: takes the number of a descriptor");
	o.ready_fd = (int)ready;
	proc_harden();
	if (o.drill)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (!open_log(a, &e))
		return cmd_fail(&e);
	keep_environment();
	proc_raise_files(65536);
	if (utc_is_set(a->now))
		clock_use_manual(a->now);
	else if (speed > 1)
		clock_use_speed(UTC_NONE, (int)speed);
	ok = engine_run(&o, &e);
	log_close();
	return ok ? EXIT_DONE : cmd_fail(&e);
}

const struct cmd cmd_engine = {
	.name = "engine",
	.summary = "probes, records, sends and serves, without a screen",
	.about = "Runs in the foreground until it is stopped. A board that finds no engine starts "
		 "one by itself, "
		 "which goes on when the board is left.",
	.options = options,
	.run = run,
};
