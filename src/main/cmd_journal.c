/* nocboard journal: what people do with a whole journal. Only import writes, and so needs the lock;
 * the others work beside a running engine. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cmd.h"
#include "engine/setup.h"
#include "os/file.h"
#include "os/loop.h"
#include "store/tools.h"

#define PROBLEMS_SHOWN 50

/* The journal of --journal, of the configuration, or where one is kept without a configuration. */
static char *journal_url(const struct args *a, struct err *e)
{
	struct cfg_problems problems = { 0 };
	struct setup *setup;
	char *found, *url = NULL;

	if (a->journal)
		return xstrdup(a->journal);
	found = setup_find(a->config, e);
	if (!found && !a->config) {
		char *state = file_state_dir();

		url = xasprintf("%s/journal.db", state);
		free(state);
		return url;
	}
	setup = found ? setup_load(a->config, &problems, e) : NULL;
	if (setup)
		url = xstrdup(setup->journal);
	setup_free(setup);
	cfg_problems_fini(&problems);
	free(found);
	return url;
}

struct opened {
	struct loop *loop;
	struct journal *journal;
	char *url;
};

static bool open_journal(const struct args *a, unsigned flags, struct opened *o, struct err *e)
{
	*o = (struct opened){ .url = journal_url(a, e) };
	if (!o->url)
		return false;
	o->loop = loop_new();
	o->journal = journal_open(o->loop, o->url, flags, e);
	return o->journal != NULL;
}

static void close_journal(struct opened *o)
{
	journal_close(o->journal);
	loop_free(o->loop);
	free(o->url);
}

static void print_report(const struct args *a, const char *what, const struct journal_report *r)
{
	cJSON *obj;
	char *text;

	if (!arg_given(a, "json")) {
		if (r->ok)
			printf("%s: %lld events are right, head %s\n", what, (long long)r->events,
			    r->head_hash);
		else if (r->bad_seq)
			printf("%s: event %lld is wrong: %s; the %lld before it are right\n", what,
			    (long long)r->bad_seq, r->what, (long long)r->events);
		else
			printf("%s: the %lld events are right, but %s\n", what,
			    (long long)r->events, r->what);
		return;
	}
	obj = cJSON_CreateObject();
	json_put_str(obj, "journal", what);
	json_put_bool(obj, "ok", r->ok);
	json_put_int(obj, "events", r->events);
	if (r->bad_seq)
		json_put_int(obj, "bad_seq", r->bad_seq);
	if (r->what[0])
		json_put_str(obj, "problem", r->what);
	json_put_str(obj, "head", r->head_hash);
	text = json_text(obj);
	puts(text);
	free(text);
	cJSON_Delete(obj);
}

static int run_verify(struct args *a)
{
	struct journal_report r = { 0 };
	struct err e = { 0 };
	struct opened o;
	int status;

	if (!open_journal(a, JOURNAL_READ_ONLY, &o, &e) || !journal_verify(o.journal, &r, &e)) {
		status = cmd_fail(&e);
	} else {
		print_report(a, o.url, &r);
		status = r.ok ? EXIT_DONE : EXIT_FOUND;
	}
	close_journal(&o);
	return status;
}

static int run_export(struct args *a)
{
	struct err e = { 0 };
	struct opened o;
	bool ok =
	    open_journal(a, JOURNAL_READ_ONLY, &o, &e) && journal_export(o.journal, stdout, &e);

	close_journal(&o);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

struct telling {
	const char *file;
	int count;
};

static void tell_problem(void *ctx, int line, const char *what)
{
	struct telling *t = ctx;

	if (++t->count <= PROBLEMS_SHOWN)
		cmd_refuse(ERR_DATA, "%s:%d: %s", t->file, line, what);
}

static int run_import(struct args *a)
{
	struct telling t = { .file = a->operand_count ? a->operands[0] : "standard input" };
	FILE *in = a->operand_count ? fopen(a->operands[0], "re") : stdin;
	struct opened o = { 0 };
	struct err e = { 0 };
	int64_t count = 0;
	bool ok;

	if (!in) {
		err_sys(&e, ERR_IO, errno, "%s", t.file);
		return cmd_fail(&e);
	}
	ok = open_journal(a, JOURNAL_CREATE, &o, &e) &&
	     journal_import(o.journal, in, tell_problem, &t, &count, &e);
	if (ok)
		printf("%s: %lld events imported\n", o.url, (long long)count);
	close_journal(&o);
	if (in != stdin)
		fclose(in);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

static int run_backup(struct args *a)
{
	struct journal_report r = { 0 };
	struct err e = { 0 };
	struct opened o;
	bool ok = open_journal(a, JOURNAL_READ_ONLY, &o, &e) &&
		  journal_backup(o.journal, a->operands[0], &r, &e);

	if (ok)
		print_report(a, a->operands[0], &r);
	close_journal(&o);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

static const struct cmd_option report_options[] = {
	{ "json", 0, NULL, "print one JSON object", false },
	{ 0 },
};

static const struct cmd verify = {
	.name = "verify",
	.summary = "check every event, the chain of hashes and the file itself",
	.about =
	    "Recomputes the hash of every event from its content and its predecessor, the "
	    "versions within each incident, and the structure of the file. Prints the first event "
	    "that is wrong, and exits with 1 then. The head is the hash of the last event: whoever "
	    "kept an earlier one elsewhere can prove that nothing before it was changed since.",
	.options = report_options,
	.run = run_verify,
};

static const struct cmd export = {
	.name = "export",
	.summary = "write every event to standard output, one JSON object a line",
	.run = run_export,
};

static const struct cmd import = {
	.name = "import",
	.summary = "read such lines into an empty journal",
	.operands = "[FILE]",
	.most = 1,
	.about = "Reads FILE or standard input. Every line that is wrong is told with its number "
		 "and the reason, and with any of them nothing is imported. The journal must be "
		 "new or empty, and no engine may hold it.",
	.run = run_import,
};

static const struct cmd backup = {
	.name = "backup",
	.summary = "make a verified copy of a live journal",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.about = "The copy is taken beside a running engine, verified, and only then gets its "
		 "name. A plain cp of the file would miss what is still in the log beside it.",
	.options = report_options,
	.run = run_backup,
};

static const struct cmd *const verbs[] = { &verify, &export, &import, &backup, NULL };

const struct cmd cmd_journal = {
	.name = "journal",
	.summary = "verify, export, import or back up the journal",
	.verbs = verbs,
};
