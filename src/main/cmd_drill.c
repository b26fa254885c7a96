/* nocboard drill: a rehearsal that is real but for the world outside. */
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/mem.h"
#include "cmd.h"
#include "drill.h"
#include "engine/setup.h"
#include "net/farm.h"
#include "os/clock.h"
#include "os/file.h"
#include "spawn.h"
#include "ui/app.h"

#define SCENARIO_MAX ((size_t)1 << 20)
#define END_MS 5000 /* real: children that do not end by then are killed */

static const struct cmd_option options[] = {
	{ "speed", 0, "N",
	    "runs N times as fast (1 to 3600); time-outs of the network stay as they are", false },
	{ "headless", 0, NULL, "a scripted commander plays it, without a screen", false },
	{ "json", 0, NULL, "prints the score as one JSON document", false },
	{ "keep", 0, "DIR", "uses this empty folder and leaves the journal in it", false },
	{ "keymap", 0, "NAME", "keys of the board", false },
	{ "theme", 0, "NAME", "colours of the board", false },
	{ "director", 0, NULL, "is the world outside of a rehearsal: farm and status pages",
	    false },
	{ "ready-fd", 0, "N",
	    "writes one line to this descriptor when it is ready, or why it is not", false },
	{ 0 },
};

/* The domain knows no farm: whether behaviours are some is looked at here, before anything starts.
 */
static bool behaviours_ok(const struct cfg_pairs *set, struct err *e)
{
	for (size_t i = 0; i < set->count; i++)
		for (size_t v = 0; v < set->items[i].values.count; v++) {
			const struct cfg_text *t = &set->items[i].values.items[v];

			if (!farm_behaviour_ok(t->s, e)) {
				err_in(e, "%s:%d:%d", t->pos.file, t->pos.line, t->pos.column);
				e->kind = ERR_CONFIG;
				return false;
			}
		}
	return true;
}

static bool world_ok(const struct scenario *sc, struct err *e)
{
	for (size_t i = 0; i < sc->world.count; i++)
		if (!behaviours_ok(&sc->world.items[i].set, e))
			return false;
	return behaviours_ok(&sc->start, e);
}

struct scenario *drill_scenario(const char *name, struct err *e)
{
	char path[256];
	const struct embedded *f;
	struct cfg_problems problems = { 0 };
	struct cfg_source source = { .name = name };
	struct scenario *sc;
	struct buf text;

	buf_init(&text, SCENARIO_MAX);
	snprintf(path, sizeof path, "share/scenarios/%.200s.yaml", name);
	f = embedded_find(path);
	if (f) {
		source.text = (const char *)f->data;
		source.len = f->len;
	} else if (file_read(name, SCENARIO_MAX, 0, &text, e)) {
		source.text = buf_str(&text);
		source.len = text.len;
	} else {
		err_in(e, "there is no scenario of this name, and as a file");
		e->kind = ERR_USAGE;
		buf_fini(&text);
		return NULL;
	}
	sc = scenario_load(&source, &problems);
	if (!sc)
		err_set(e, ERR_CONFIG, "%s:%d:%d: %s", problems.items[0].file,
		    problems.items[0].pos.line, problems.items[0].pos.column,
		    problems.items[0].what);
	cfg_problems_fini(&problems);
	if (sc && !world_ok(sc, e)) {
		scenario_free(sc);
		sc = NULL;
	}
	buf_fini(&text);
	return sc;
}

static char *user_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return xstrdup(pw ? pw->pw_name : "operator");
}

/* ---- children ---- */

struct rehearsal {
	char *scratch, *config, *socket, *journal;
	pid_t director, engine;
};

static bool start_director(struct rehearsal *r, const char *scenario, struct err *e)
{
	char *argv[] = { xstrdup("nocboard"), xstrdup("drill"), xstrdup("--director"),
		xstrdup("--keep"), xstrdup(r->scratch), xstrdup("--ready-fd"), xstrdup("{ready}"),
		xstrdup(scenario), NULL };

	r->director = spawn_ready(argv, false, -1, e);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	return r->director > 0;
}

static bool start_engine(struct rehearsal *r, long speed, struct err *e)
{
	char *argv[] = { xstrdup("nocboard"), xstrdup("engine"), xstrdup("--drill"), xstrdup("-c"),
		xstrdup(r->config), xstrdup("--speed"), xasprintf("%ld", speed), xstrdup("--log"),
		xasprintf("%s/engine.log", r->scratch), xstrdup("--ready-fd"), xstrdup("{ready}"),
		NULL };

	r->engine = spawn_ready(argv, false, -1, e);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	return r->engine > 0;
}

/* Asks a child to end and waits for it; a deaf one is killed. */
static void end_child(pid_t pid)
{
	int64_t limit = clock_mono().ms + END_MS;
	int status;

	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (clock_mono().ms > limit) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return;
		}
		usleep(5000);
	}
}

static bool rehearsal_start(
    struct rehearsal *r, const struct args *a, const char *scenario, long speed, struct err *e)
{
	const char *keep = arg_value(a, "keep");

	r->scratch = keep ? xstrdup(keep) : file_scratch("nocboard-drill", e);
	if (!r->scratch || (keep && !file_mkdirs(keep, 0700, e)))
		return false;
	r->config = xasprintf("%s/nocboard.yaml", r->scratch);
	r->socket = xasprintf("%s/engine.sock", r->scratch);
	r->journal = xasprintf("%s/journal.db", r->scratch);
	return start_director(r, scenario, e) && start_engine(r, speed, e);
}

static void rehearsal_end(struct rehearsal *r, bool keep)
{
	struct err e;

	end_child(r->engine);
	end_child(r->director);
	if (r->scratch && !keep)
		file_remove_tree(r->scratch, &e);
	free(r->scratch);
	free(r->config);
	free(r->socket);
	free(r->journal);
}

/* ---- playing ---- */

static void print_after(const char *what, const cJSON *seconds)
{
	int64_t s = cJSON_IsNumber(seconds) ? (int64_t)seconds->valuedouble : -1;

	if (s < 0)
		printf("  %s: never", what);
	else
		printf("  %s after %lldm%02llds", what, (long long)(s / 60), (long long)(s % 60));
}

static void print_score(const cJSON *score, bool json)
{
	const cJSON *incidents = json_get(score, "incidents");
	char *text;

	if (json) {
		text = json_text(score);
		puts(text);
		free(text);
		return;
	}
	if (cJSON_IsNumber(json_get(score, "score")))
		printf("score %lld of 100: %lld of %lld promises kept\n",
		    (long long)json_int(score, "score", 0),
		    (long long)json_int(score, "promises_kept", 0),
		    (long long)json_int(score, "promises", 0));
	else
		puts("no promise was due yet");
	for (const cJSON *i = incidents ? incidents->child : NULL; i; i = i->next) {
		printf("%s  %s", json_str_or(i, "id", "?"), json_str_or(i, "phase", "?"));
		print_after("taken", json_get(i, "time_to_acknowledge_s"));
		print_after("first update", json_get(i, "time_to_first_update_s"));
		print_after("restored", json_get(i, "time_to_restore_s"));
		printf("  %lld updates, %lld late\n",
		    (long long)json_int(json_get(i, "cadence"), "updates", 0),
		    (long long)json_int(json_get(i, "cadence"), "late", 0));
	}
}

/* What customers read is left behind, too. */
static void print_page(const char *config)
{
	struct cfg_problems problems = { 0 };
	struct err e;
	struct setup *s = setup_load(config, &problems, &e);

	for (size_t i = 0; s && i < s->config->channels.count; i++)
		if (s->config->channels.items[i].directory.s)
			printf("what customers read: file://%s/index.html\n",
			    s->config->channels.items[i].directory.s);
	cfg_problems_fini(&problems);
	setup_free(s);
}

static bool play_headless(const struct scenario *sc, struct rehearsal *r, struct err *e)
{
	struct session *s = session_open(r->socket, NULL, e);
	bool ok = s && commander_run(sc, s, e);

	session_close(s);
	return ok;
}

static int play(const struct args *a, const struct scenario *sc, struct rehearsal *r, long speed)
{
	struct ui_options o = { .socket = r->socket,
		.keymap = arg_value(a, "keymap"),
		.theme = arg_value(a, "theme"),
		.leaving = "This ends the rehearsal, and shows how it went." };
	struct err e = { 0 };
	cJSON *score;
	int status = EXIT_DONE;

	if (arg_given(a, "headless")) {
		if (!play_headless(sc, r, &e))
			return cmd_fail(&e);
	} else {
		status = ui_run(&o, &e);
		if (status)
			return e.msg[0] ? cmd_fail(&e) : status;
	}
	end_child(r->engine); /* its last commit is in the journal then */
	r->engine = 0;
	score = drill_score(sc, r->journal, (int)speed, &e);
	if (!score)
		return cmd_fail(&e);
	if (arg_given(a, "headless") || isatty(1))
		print_score(score, arg_given(a, "json"));
	if (arg_given(a, "keep") && !arg_given(a, "json"))
		print_page(r->config);
	if (!json_bool(json_get(score, "journal"), "verified", false))
		status = EXIT_FOUND;
	cJSON_Delete(score);
	return status;
}

static int run_director(const struct args *a, const struct scenario *sc)
{
	const char *fd = arg_value(a, "ready-fd"), *scratch = arg_value(a, "keep");
	char *user;
	int status;

	if (!scratch)
		return cmd_refuse(ERR_USAGE, "--director: needs --keep DIR");
	user = user_name();
	status = director_run(sc, scratch, user, fd ? (int)strtol(fd, NULL, 10) : -1);
	free(user);
	return status;
}

static int run(struct args *a)
{
	const char *name = a->operand_count ? a->operands[0] : "first-night",
		   *text = arg_value(a, "speed");
	struct rehearsal r = { 0 };
	struct err e = { 0 };
	struct scenario *sc;
	char *end = NULL;
	long speed = text ? strtol(text, &end, 10) : 1;
	int status;

	if (text && (!*text || *end || speed < 1 || speed > 3600))
		return cmd_refuse(ERR_USAGE, "--speed: takes a whole number from 1 to 3600");
	sc = drill_scenario(name, &e);
	if (!sc)
		return cmd_fail(&e);
	if (arg_given(a, "director"))
		status = run_director(a, sc);
	else if (!arg_given(a, "headless") && !isatty(0))
		status = cmd_refuse(ERR_USAGE,
		    "drill: there is no terminal here (--headless plays it without one)");
	else if (!rehearsal_start(&r, a, name, speed, &e))
		status = cmd_fail(&e);
	else
		status = play(a, sc, &r, speed);
	rehearsal_end(&r, arg_given(a, "keep"));
	scenario_free(sc);
	return status;
}

const struct cmd cmd_drill = {
	.name = "drill",
	.summary = "a rehearsal: a live incident on a made-up network",
	.operands = "[SCENARIO]",
	.least = 0,
	.most = 1,
	.about = "Starts endpoints and a partner's status page on loopback, an engine with a "
		 "journal of its own, and the "
		 "board. What breaks, and when, is the scenario's; all the rest is as in earnest. "
		 "Leaving the board ends it, "
		 "and prints how it went.",
	.options = options,
	.run = run,
};
