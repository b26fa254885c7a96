/* nocboard publish */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "cmd.h"
#include "engine/publish.h"
#include "engine/setup.h"
#include "net/chan.h"
#include "os/clock.h"
#include "os/loop.h"
#include "os/zone.h"
#include "spawn.h"
#include "store/journal.h"

static const struct cmd_option options[] = {
	{ "channel", 0, "ID", "which page, when several are configured", false },
	{ "json", 0, NULL, "one JSON document", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ 0 },
};

/* ---- without an engine ---- */

static void drop_incident(void *v)
{
	incident_free(v);
}

static void drop_maintenance(void *v)
{
	maintenance_free(v);
}

struct folded {
	struct map *incidents, *maintenances;
};

static bool fold(void *ctx, struct event *take)
{
	struct folded *f = ctx;
	bool planned = maintenance_number(take->incident) > 0;
	struct map *all = planned ? f->maintenances : f->incidents;
	void *one = map_get(all, take->incident);

	if (!one) {
		one = planned ? (void *)maintenance_new(take->incident)
			      : (void *)incident_new(take->incident);
		map_set(all, take->incident, one);
	}
	if (planned)
		maintenance_evolve(one, take);
	else
		incident_evolve(one, take);
	return true;
}

/* The page of `id`, or the only one there is. NULL: *e. */
static const struct cfg_channel *page_channel(const struct config *c, const char *id, struct err *e)
{
	const struct cfg_channel *found = NULL;

	for (size_t i = 0; i < c->channels.count; i++) {
		const struct cfg_channel *ch = &c->channels.items[i];
		const struct chan_kind *k = chan_kind_find(ch->kind.s);

		if (!k || !k->whole || (id && strcmp(id, ch->id.s) != 0))
			continue;
		if (found) {
			err_set(e, ERR_USAGE,
			    "several pages are configured (choose one with "
			    "--channel %s)",
			    found->id.s);
			return NULL;
		}
		found = ch;
	}
	if (!found && id)
		err_set(e, ERR_USAGE, "--channel: no page is called \"%.80s\"", id);
	else if (!found)
		err_set(e, ERR_CONFIG, "no channel of kind \"page\" is configured");
	return found;
}

static bool make(const struct setup *s, const struct cfg_channel *ch, const char *journal,
    struct utc now, struct page_files *files, struct err *e)
{
	struct loop *loop = loop_new();
	struct journal *j = journal_open(loop, journal, JOURNAL_READ_ONLY, e);
	struct folded f = { map_new(drop_incident), map_new(drop_maintenance) };
	bool ok = j && journal_read(j, 1, fold, &f, e);
	const struct incident **incidents = xcalloc(map_count(f.incidents) + 1, sizeof *incidents);
	const struct maintenance **planned =
	    xcalloc(map_count(f.maintenances) + 1, sizeof *planned);
	struct page_matter matter = { .incidents = incidents, .maintenances = planned };
	const void *one;
	size_t it = 0;

	while ((one = map_next(f.incidents, &it, NULL)))
		incidents[matter.incident_count++] = one;
	it = 0;
	while ((one = map_next(f.maintenances, &it, NULL)))
		planned[matter.maintenance_count++] = one;
	ok = ok && publish_make(files, s->config, ch, &matter, now, e);
	free(incidents);
	free(planned);
	map_free(f.incidents);
	map_free(f.maintenances);
	journal_close(j);
	loop_free(loop);
	return ok;
}

/* Partners' addresses cannot be guessed: here they are told. A secret that only the engine may read
 * is no reason to fail. */
static void say_addresses(const struct config *c, const struct cfg_channel *ch)
{
	const struct cfg_audience *audience;

	for (size_t i = 0; (audience = config_page_audience(c, ch, i)); i++) {
		struct err e;
		char *url = publish_address(c, ch, i, &e);

		if (url)
			printf("  %s: %s\n", audience->id.s, url);
		free(url);
	}
}

static void say(const struct args *a, const char *directory, const struct publish_report *r)
{
	char *text;
	cJSON *o;

	if (!arg_given(a, "json")) {
		printf("%s: %zu files written, %zu were current\n", directory, r->written, r->kept);
		return;
	}
	o = cJSON_CreateObject();
	json_put_str(o, "directory", directory);
	json_put_int(o, "written", (int64_t)r->written);
	json_put_int(o, "current", (int64_t)r->kept);
	text = json_text(o);
	puts(text);
	free(text);
	cJSON_Delete(o);
}

static int from_journal(const struct args *a, const struct setup *s, const struct cfg_channel *ch)
{
	const char *directory = a->operand_count ? a->operands[0] : ch->directory.s;
	struct utc now = utc_is_set(a->now) ? a->now : clock_utc();
	struct page_files files = { 0 };
	struct publish_report r;
	struct err e = { 0 };
	bool ok = make(s, ch, a->journal ? a->journal : s->journal, now, &files, &e), written;

	written =
	    files.count && publish_write(directory, &files, now, s->config->page_valid_ms, &r, &e);
	ok = ok && written;
	if (written)
		say(a, directory, &r);
	if (ok && !arg_given(a, "json"))
		say_addresses(s->config, ch);
	page_files_fini(&files);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

/* ---- by the engine ---- */

static int by_engine(
    const struct args *a, struct session *s, const struct config *c, const struct cfg_channel *ch)
{
	cJSON *request = cJSON_CreateObject(), *answer;
	struct err e = { 0 };
	bool ok;

	json_put_str(request, "engine", "publish");
	answer = session_ask(s, request, &e);
	ok = answer && session_check(answer, &e);
	cJSON_Delete(answer);
	session_close(s);
	if (!ok)
		return cmd_fail(&e);
	if (arg_given(a, "json")) {
		puts("{\"engine\":true}");
		return EXIT_DONE;
	}
	printf("%s: current, by the engine\n", ch->directory.s);
	say_addresses(c, ch);
	return EXIT_DONE;
}

static int run(struct args *a)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	struct setup *s = setup_load(a->config, &problems, &e);
	const struct cfg_channel *ch = NULL;
	struct session *session = NULL;
	int status;

	cfg_problems_fini(&problems);
	if (s)
		ch = page_channel(s->config, arg_value(a, "channel"), &e);
	/* A folder of one's own, or a time of one's own, is nothing that an engine writes. */
	if (ch && !a->operand_count && !a->journal && !utc_is_set(a->now))
		session = engine_session(a, false, &e);
	if (session)
		status = by_engine(a, session, s->config, ch);
	else if (ch && (e.kind == ERR_NONE || e.sys == ENOENT || e.sys == ECONNREFUSED))
		status = from_journal(a, s, ch);
	else
		status = cmd_fail(&e);
	setup_free(s);
	return status;
}

const struct cmd cmd_publish = {
	.name = "publish",
	.summary = "writes the status page now",
	.operands = "[DIR]",
	.least = 0,
	.most = 1,
	.about =
	    "The engine keeps the page up to date by itself. This asks it to write now, or, when "
	    "none runs, writes the page from the journal, which is only read. With DIR it is "
	    "written there instead, from the journal, and the engine's own page is left alone. The "
	    "address of each audience is told.",
	.options = options,
	.run = run,
};
