/* Export and import as JSON lines, and the online copy. */
#include "store/tools.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "journal_priv.h"
#include "os/file.h"

#define LINE_MAX_BYTES (4 << 20) /* one event's line in an import */

/* ---- export ---- */

struct exporting {
	FILE *out;
	struct buf line;
	struct err *e;
	bool ok;
};

static bool export_one(void *ctx, struct event *take)
{
	struct exporting *x = ctx;
	cJSON *obj = event_to_json(take);

	buf_clear(&x->line);
	json_print(&x->line, obj);
	buf_addc(&x->line, '\n');
	cJSON_Delete(obj);
	event_free(take);
	if (fwrite(x->line.data, 1, x->line.len, x->out) != x->line.len)
		x->ok = err_sys(x->e, ERR_IO, errno, "export: cannot write");
	return x->ok;
}

bool journal_export(struct journal *j, FILE *out, struct err *e)
{
	struct exporting x = { .out = out, .e = e, .ok = true };
	bool ok;

	buf_init(&x.line, 0);
	ok = journal_read(j, 1, export_one, &x, e) && x.ok;
	if (ok && fflush(out) != 0)
		ok = err_sys(e, ERR_IO, errno, "export: cannot write");
	buf_fini(&x.line);
	return ok;
}

/* ---- import ---- */

/* What the next event of a stream has to follow. */
struct so_far {
	const struct event *newest; /* borrowed */
	int severity;		    /* of an incident */
	bool told;		    /* it has had an update */
};

struct importing {
	struct event_list events;
	struct map *last; /* stream -> struct so_far */
	void (*problem)(void *ctx, int line, const char *what);
	void *ctx;
	int line, problems;
	bool finished;
	struct append_result result;
};

static void problem(struct importing *im, const char *what)
{
	im->problems++;
	if (im->problem)
		im->problem(im->ctx, im->line, what);
}

static bool follows(const struct so_far *s, const struct event *ev, struct err *e)
{
	int next = s->newest ? s->newest->version + 1 : 1;
	bool initial = strcmp(json_str_or(ev->body, "stage", ""), "initial") == 0;

	if (ev->version != next)
		return err_set(
		    e, ERR_DATA, "%s: version %d, but %d is next", ev->incident, ev->version, next);
	if (s->newest && utc_before(ev->at, s->newest->at))
		return err_set(e, ERR_DATA, "%s: at lies before that of version %d", ev->incident,
		    s->newest->version);
	if (ev->kind == EVENT_SEVERITY_CHANGED && json_int(ev->body, "from", 0) != s->severity)
		return err_set(e, ERR_DATA, "%s: severity_changed: from is %d, but it is Sev %d",
		    ev->incident, (int)json_int(ev->body, "from", 0), s->severity);
	if (ev->kind == EVENT_UPDATE_POSTED && initial == s->told)
		return err_set(e, ERR_DATA,
		    "%s: update_posted: the first one, and no other, is "
		    "initial",
		    ev->incident);
	return true;
}

static void import_line(struct importing *im, const char *line, size_t len)
{
	struct err e = { 0 };
	cJSON *obj = json_parse(line, len, &e);
	struct event *ev = obj ? event_from_json(obj, &e) : NULL;
	struct so_far *s;

	cJSON_Delete(obj);
	if (!ev) {
		problem(im, e.msg);
		return;
	}
	s = map_get(im->last, ev->incident);
	if (!s) {
		s = xcalloc(1, sizeof *s);
		map_set(im->last, ev->incident, s);
	}
	if (!follows(s, ev, &e))
		problem(im, e.msg);
	/* Kept even so: what follows is compared with it, and one mistake is told once. */
	event_list_add(&im->events, ev);
	s->newest = ev;
	if (ev->kind == EVENT_OPENED || ev->kind == EVENT_SEVERITY_CHANGED)
		s->severity = (int)json_int(
		    ev->body, ev->kind == EVENT_OPENED ? "severity" : "to", s->severity);
	s->told |= ev->kind == EVENT_UPDATE_POSTED;
}

static bool import_lines(struct importing *im, FILE *in, struct err *e)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, in)) >= 0) {
		size_t len = (size_t)n;

		im->line++;
		if (len && line[len - 1] == '\n')
			line[--len] = '\0';
		if (len && line[len - 1] == '\r')
			line[--len] = '\0';
		if (len > LINE_MAX_BYTES)
			problem(im, "the line is longer than 4 MiB");
		else if (len)
			import_line(im, line, len);
	}
	free(line);
	return !ferror(in) || err_sys(e, ERR_IO, errno, "import: cannot read");
}

static void imported_all(void *ctx, const struct append_result *r)
{
	struct importing *im = ctx;

	im->result = *r;
	im->finished = true;
}

static bool import_append(struct journal *j, struct importing *im, struct err *e)
{
	if (!im->events.count)
		return true;
	journal_append(j, im->events.items, im->events.count, 0, imported_all, im);
	while (!im->finished)
		loop_run_once(j->loop, true);
	if (im->result.status == APPEND_DONE)
		return true;
	*e = im->result.err;
	return err_in(e, "import");
}

bool journal_import(struct journal *j, FILE *in,
    void (*tell)(void *ctx, int line, const char *what), void *ctx, int64_t *imported,
    struct err *e)
{
	struct importing im = { .problem = tell, .ctx = ctx };
	struct err local = { 0 };
	bool ok;

	e = e ? e : &local;
	*imported = 0;
	if (j->head.seq)
		return err_set(e, ERR_REFUSED,
		    "import: the journal has %lld events already; give a new path",
		    (long long)j->head.seq);
	im.last = map_new(free);
	ok = import_lines(&im, in, e);
	if (ok && im.problems)
		ok = err_set(e, ERR_DATA, "import: %d problem%s, nothing was imported", im.problems,
		    im.problems == 1 ? "" : "s");
	ok = ok && import_append(j, &im, e);
	if (ok)
		*imported = (int64_t)im.events.count;
	event_list_fini(&im.events);
	map_free(im.last);
	return ok;
}

/* ---- copy ---- */

static bool verified(struct loop *l, const char *file, struct journal_report *out, struct err *e)
{
	struct journal *copy = journal_open(l, file, JOURNAL_READ_ONLY, e);
	bool ok = copy && journal_verify(copy, out, e);

	journal_close(copy);
	if (ok && !out->ok)
		return err_set(e, ERR_JOURNAL, "backup: the copy is wrong at event %lld: %s",
		    (long long)out->bad_seq, out->what);
	return ok;
}

bool journal_backup(struct journal *j, const char *file, struct journal_report *out, struct err *e)
{
	char *tmp = xasprintf("%s.part", file), *dir = file_dir(file);
	bool ok = false;

	*out = (struct journal_report){ 0 };
	if (access(file, F_OK) == 0) {
		err_set(e, ERR_REFUSED, "%s: is there already; give a new name", file);
	} else if (j->ops->backup(j->store, tmp, e)) {
		ok = verified(j->loop, tmp, out, e);
		/* Does not replace a file that came into being meanwhile. */
		if (ok && renameat2(AT_FDCWD, tmp, AT_FDCWD, file, RENAME_NOREPLACE) != 0)
			ok = err_sys(e, ERR_IO, errno, "%s: cannot name the copy", file);
		ok = ok && file_sync_dir(dir, e);
		if (!ok)
			unlink(tmp);
	}
	free(tmp);
	free(dir);
	return ok;
}
