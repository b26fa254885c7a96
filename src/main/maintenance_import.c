/* nocboard maintenance import: a carrier's own notice, read as feeds are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "cmd_maintenance.h"
#include "net/feed.h"
#include "net/parse.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/loop.h"
#include "spawn.h"

#define DAYS_AHEAD 90
#define DAYS_MOST 3660

static const struct cmd_option options[] = {
	{ "carrier", 0, "ID", "whose notice it is; by the notice's provider when left out", false },
	{ "regions", 0, "IDS", "which of ours it touches; the carrier's own when that is one",
	    false },
	{ "components", 0, "IDS", "which of ours it touches", false },
	{ "risk", 0, "RISK", "low, medium or high; medium when left out", false },
	{ "format", 0, "FORMAT", "of `nocboard feed --list`; decided by the content when left out",
	    false },
	{ "days", 0, "N",
	    "how far ahead the windows of work that comes back are taken; 90 when left out",
	    false },
	{ "json", 0, NULL, "one JSON document for each", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ 0 },
};

/* ---- reading, in the parse child ---- */

struct reading {
	cJSON *json;
	struct err e;
	bool done;
};

static void was_read(void *ctx, cJSON *json, const struct err *e)
{
	struct reading *r = ctx;

	r->json = json;
	if (!json)
		r->e = *e;
	r->done = true;
}

static struct feed_doc *read_notice(
    const char *path, const char *format, struct utc now, struct err *e)
{
	struct loop *loop = loop_new();
	struct parser *parser = parser_new(loop, NULL);
	struct reading r = { .json = NULL };
	struct feed_doc *doc = NULL;
	struct buf in;

	buf_init(&in, FEED_BODY_MAX);
	if (file_read(path, FEED_BODY_MAX, 0, &in, e)) {
		parse(parser, format ? format : "auto", now, buf_str(&in), in.len, was_read, &r);
		while (!r.done)
			loop_run_once(loop, true);
		doc = r.json ? feed_doc_read(r.json, e) : NULL;
		if (!r.json)
			*e = r.e;
		if (!doc)
			err_in(e, "%s", path);
	}
	cJSON_Delete(r.json);
	buf_fini(&in);
	parser_free(parser);
	loop_free(loop);
	return doc;
}

/* ---- one of its maintenances ---- */

static const struct snap_carrier *carrier_of(
    const struct snapshot *s, const struct args *a, const char *provider)
{
	const struct snap_carrier *k;
	size_t it = 0;

	if (arg_value(a, "carrier"))
		return snap_carrier(s, arg_value(a, "carrier"));
	while (provider && (k = map_next(s->carriers, &it, NULL)))
		if (strcmp(k->id, provider) == 0 || (k->name && strcmp(k->name, provider) == 0))
			return k;
	return NULL;
}

static void put_scope(cJSON *args, const struct args *a, const struct snap_carrier *k)
{
	if (arg_value(a, "carrier"))
		json_put_str(args, "carrier", arg_value(a, "carrier"));
	else if (k)
		json_put_str(args, "carrier", k->id);
	if (arg_value(a, "regions"))
		json_put_str(args, "regions", arg_value(a, "regions"));
	else if (k && k->region_count == 1)
		json_put_str(args, "regions", k->regions[0]);
	if (arg_value(a, "components"))
		json_put_str(args, "components", arg_value(a, "components"));
	if (arg_value(a, "risk"))
		json_put_str(args, "risk", arg_value(a, "risk"));
}

static const char *provider_of(
    const struct args *a, const struct feed_doc *doc, const struct feed_maintenance *m)
{
	return m->provider ? m->provider : doc->source ? doc->source : arg_value(a, "carrier");
}

/* It was imported before: what becomes of it is followed wherever it lies. */
static bool is_known(const struct snapshot *s, const char *provider, const char *reference)
{
	const struct snap_maintenance *m;
	size_t it = 0;

	while (provider && reference && (m = map_next(s->maintenances, &it, NULL)))
		if (m->provider && m->reference && strcmp(m->provider, provider) == 0 &&
		    strcmp(m->reference, reference) == 0)
			return true;
	return false;
}

/* Not the first window of work that comes back, and far ahead: a rule without an end would fill
 * the board with years of them. */
static bool too_far(const struct feed_doc *doc, size_t n, struct utc until)
{
	const struct feed_maintenance *m = &doc->maintenances[n];

	if (!m->uid || !utc_is_set(m->starts_at) || !utc_before(until, m->starts_at))
		return false;
	for (size_t i = 0; i < n; i++)
		if (doc->maintenances[i].uid && strcmp(doc->maintenances[i].uid, m->uid) == 0)
			return true;
	return false;
}

static cJSON *request_of(const struct snapshot *s, const struct args *a, const struct feed_doc *doc,
    const struct feed_maintenance *m)
{
	cJSON *o = cJSON_CreateObject(), *args = cJSON_CreateObject();
	const char *provider = provider_of(a, doc, m);

	json_put_str(args, "provider", provider);
	json_put_str(args, "reference", m->id);
	json_put_str(args, "status", m->status);
	if (m->title && *m->title)
		json_put_str(args, "title", m->title);
	if (m->sequence >= 0 && m->sequence <= INT32_MAX)
		json_put_int(args, "sequence", m->sequence);
	if (utc_is_set(doc->updated_at))
		json_put_utc(args, "stamp", doc->updated_at);
	if (utc_is_set(m->starts_at))
		json_put_utc(args, "starts_at", m->starts_at);
	if (utc_is_set(m->ends_at))
		json_put_utc(args, "ends_at", m->ends_at);
	put_scope(args, a, carrier_of(s, a, provider));
	json_put_str(o, "cmd", "maintenance-import");
	json_put(o, "args", args);
	return o;
}

/* --days as an instant. False: *e. */
static bool horizon(const struct args *a, struct utc now, struct utc *until, struct err *e)
{
	const char *text = arg_value(a, "days");
	char *end = NULL;
	long days = text ? strtol(text, &end, 10) : DAYS_AHEAD;

	if (text && (!*text || *end || days < 1 || days > DAYS_MOST))
		return err_set(
		    e, ERR_USAGE, "--days: \"%.20s\" is no number from 1 to %d", text, DAYS_MOST);
	*until = utc_add(now, days * INT64_C(86400000));
	return true;
}

static int import_all(
    struct args *a, struct session *s, const struct feed_doc *doc, struct utc until)
{
	int status = EXIT_DONE;
	size_t left_out = 0;

	for (size_t i = 0; i < doc->problem_count; i++)
		fprintf(stderr, "nocboard: %s: %s\n", a->operands[0], doc->problems[i]);
	if (!doc->maintenance_count)
		return cmd_refuse(ERR_DATA, "%s: no maintenance is in it", a->operands[0]);
	for (size_t i = 0; i < doc->maintenance_count; i++) {
		const struct feed_maintenance *m = &doc->maintenances[i];
		struct err e = { 0 };

		if (too_far(doc, i, until) &&
		    !is_known(session_snapshot(s), provider_of(a, doc, m), m->id)) {
			left_out++;
			continue;
		}
		if (!maintenance_send(a, s, request_of(session_snapshot(s), a, doc, m), &e)) {
			err_in(&e, "%s", m->id ? m->id : "?");
			status = cmd_fail(&e);
		}
	}
	if (left_out)
		fprintf(stderr,
		    "nocboard: %s: %zu later window%s of work that comes back %s left out: import "
		    "the notice again when they are nearer, or give --days\n",
		    a->operands[0], left_out, left_out == 1 ? "" : "s",
		    left_out == 1 ? "was" : "were");
	return status;
}

static int run(struct args *a)
{
	struct err e = { 0 };
	struct utc now = utc_is_set(a->now) ? a->now : clock_utc(), until = now;
	struct feed_doc *doc = horizon(a, now, &until, &e)
				   ? read_notice(a->operands[0], arg_value(a, "format"), now, &e)
				   : NULL;
	struct session *s = doc ? engine_session(a, true, &e) : NULL;
	int status = s ? import_all(a, s, doc, until) : cmd_fail(&e);

	session_close(s);
	feed_doc_free(doc);
	return status;
}

const struct cmd maintenance_import_verb = {
	.name = "import",
	.summary = "plans, moves or cancels what a carrier's notice says",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.about =
	    "Reads a calendar (MAINTNOTE) or a mail, as `nocboard feed` does. Work is known by "
	    "its provider and its id there: a newer notice moves it, a cancellation cancels it, "
	    "and "
	    "the same notice again changes nothing. What the notice does not say is asked for, "
	    "never "
	    "guessed. Rules of planned work are told, not enforced: it is the carrier's.",
	.options = options,
	.run = run,
};
