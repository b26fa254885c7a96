#include "ui/composer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "composer_priv.h"
#include "ui/facts.h"

/* ---- its own fields ---- */

size_t composer_to(const struct composer *c)
{
	return c->compose->count;
}

size_t composer_next(const struct composer *c)
{
	return c->compose->count + 1;
}

size_t composer_state(const struct composer *c)
{
	return c->compose->count + 2;
}

static bool known_audience(const struct scene *s, const char *id, size_t len)
{
	const struct snap_noc *noc = s->snap->noc;

	for (size_t i = 0; noc && i < noc->audience_count; i++)
		if (strlen(noc->audiences[i].id) == len &&
		    strncmp(noc->audiences[i].id, id, len) == 0)
			return true;
	return false;
}

size_t composer_audiences(
    const struct composer *c, const struct scene *s, char out[COMPOSER_AUDIENCES][65], char bad[65])
{
	const char *text = c->edit[composer_to(c)].text;
	size_t n = 0;

	bad[0] = '\0';
	while (*text) {
		size_t len = strcspn(text, ", ");

		if (len > 0 && len < 65 && n < COMPOSER_AUDIENCES && known_audience(s, text, len))
			snprintf(out[n++], 65, "%.*s", (int)len, text);
		else if (len > 0 && !bad[0])
			snprintf(bad, 65, "%.*s", (int)(len < 64 ? len : 64), text);
		text += len;
		text += strspn(text, ", ");
	}
	return n;
}

/* ---- life ---- */

/* The value of "name=" among blank-separated arguments, or NULL; the caller frees. */
static char *arg_of(const char *args, const char *name)
{
	size_t len = strlen(name);

	while (args && *args) {
		size_t word = strcspn(args, " ");

		if (word > len && strncmp(args, name, len) == 0 && args[len] == '=')
			return xstrndup(args + len + 1, word - len - 1);
		args += word + strspn(args + word, " ");
	}
	return NULL;
}

/* The next update by the cadence of now. */
static void composer_promise(struct composer *c, const struct scene *s)
{
	const struct snap_incident *inc = snap_incident(s->snap, c->incident);
	struct arena *a = arena_new();
	struct compose_facts facts;
	char next[32] = "";

	if (inc) {
		facts_of(s->snap, inc, s->now, a, &facts);
		compose_promise(c->compose, &facts, s->now);
	}
	if (utc_is_set(c->compose->next_update_at))
		snprintf(next, sizeof next, "%dm",
		    (int)((utc_diff(c->compose->next_update_at, s->now) + 59999) / 60000));
	lineedit_set(&c->edit[composer_next(c)], next);
	arena_free(a);
}

/* What the page should show of the incident of now. */
static void propose_state(struct composer *c, const struct compose_facts *facts)
{
	const char *status = compose_status(c->compose->stage, facts);

	snprintf(c->proposed, sizeof c->proposed, "%s", status ? status : "investigating");
}

bool composer_doubts_state(const struct composer *c, char out[COMPOSER_DOUBT])
{
	const char *text = c->edit[composer_state(c)].text;
	bool back = strcmp(c->proposed, "monitoring") == 0;

	/* "identified" or "investigating", or how they begin. */
	if (!back || text[0] != 'i')
		return false;
	snprintf(out, COMPOSER_DOUBT, "%.32s is restored, and State says %.16s", c->incident, text);
	return true;
}

static void fill_own(struct composer *c, const struct scene *s, const struct snap_incident *inc)
{
	const struct snap_noc *noc = s->snap->noc;
	struct buf to;

	buf_init(&to, 1000);
	for (size_t i = 0; noc && i < noc->audience_count; i++)
		if (facts_reads(inc, c->compose->stage, &noc->audiences[i]))
			buf_addf(&to, "%s%s", to.len ? ", " : "", noc->audiences[i].id);
	lineedit_init(&c->edit[composer_to(c)], buf_str(&to));
	buf_fini(&to);
	lineedit_init(&c->edit[composer_next(c)], "");
	lineedit_init(&c->edit[composer_state(c)], c->compose->status);
	composer_promise(c, s);
}

struct composer *composer_new(
    const struct scene *s, const struct snap_incident *inc, const char *args, const char *draft_dir)
{
	char *name = arg_of(args, "template"), *stage = arg_of(args, "stage");
	bool named = name != NULL;
	struct texts *texts = facts_texts(s->snap);
	const struct template *t =
	    facts_template(texts, name, stage ? stage : facts_stage(inc), inc->severity);
	struct compose_facts facts;
	struct composer *c;
	struct arena *a;

	free(name);
	free(stage);
	if (!t) {
		texts_free(texts);
		return NULL;
	}
	c = xcalloc(1, sizeof *c);
	a = arena_new();
	facts_of(s->snap, inc, s->now, a, &facts);
	c->texts = texts;
	c->template = t;
	c->compose = compose_new(t, &facts, s->now);
	propose_state(c, &facts);
	c->severity = inc->severity;
	c->phase = inc->phase;
	c->seen = inc->version;
	c->opened_at = s->now;
	snprintf(c->incident, sizeof c->incident, "%s", inc->id);
	if (c->compose->count > COMPOSER_FIELDS - COMPOSER_OWN)
		c->compose->count = COMPOSER_FIELDS - COMPOSER_OWN;
	c->count = c->compose->count + COMPOSER_OWN;
	for (size_t i = 0; i < c->compose->count; i++) {
		lineedit_init(&c->edit[i], c->compose->fields[i].value);
		c->edit[i].lines = c->compose->fields[i].about->lines;
	}
	fill_own(c, s, inc);
	if (draft_dir) {
		c->draft = named ? xasprintf("%s/%s.%s.json", draft_dir, inc->id, template_id(t))
				 : xasprintf("%s/%s.json", draft_dir, inc->id);
		composer_load(c);
	}
	c->updates = inc->updates_total;
	for (c->focus = 0; c->focus < c->compose->count; c->focus++)
		if (compose_missing(&c->compose->fields[c->focus]))
			break;
	if (c->focus == c->compose->count)
		c->focus = 0;
	arena_free(a);
	return c;
}

void composer_free(struct composer *c)
{
	if (!c)
		return;
	composer_save(c);
	for (size_t i = 0; i < c->count; i++)
		lineedit_fini(&c->edit[i]);
	lint_findings_fini(&c->findings);
	compose_free(c->compose);
	texts_free(c->texts);
	free(c->draft);
	free(c);
}

/* ---- keys ---- */

static void changed(struct composer *c)
{
	c->dirty = true;
	c->error[0] = '\0';
	if (c->focus < c->compose->count)
		compose_set(
		    c->compose, c->compose->fields[c->focus].about->name, c->edit[c->focus].text);
	else
		c->own_touched[c->focus - c->compose->count] = true;
}

const char *composer_focused(const struct composer *c)
{
	return c->edit[c->focus].text;
}

void composer_replace(struct composer *c, const char *text)
{
	char *clean =
	    utf8_cleaned(text, c->edit[c->focus].lines ? UTF8_LINES : UTF8_ONE_LINE, LINEEDIT_MAX);

	lineedit_set(&c->edit[c->focus], clean);
	free(clean);
	changed(c);
}

static const char *phase_words(enum phase phase)
{
	return phase == PHASE_DETECTED ? "a candidate" : phase_names[phase];
}

/* The service is back, or gone again, or it is over. A state that nobody chose follows; one that a
 * person chose is doubted. */
static void follow_phase(struct composer *c, const struct scene *s, const struct snap_incident *inc)
{
	struct lineedit *state = &c->edit[composer_state(c)];
	struct arena *a = arena_new();
	struct compose_facts facts;
	struct buf key;
	bool stage = strcmp(facts_stage(inc), c->compose->stage) != 0;

	facts_of(s->snap, inc, s->now, a, &facts);
	propose_state(c, &facts);
	arena_free(a);
	c->phase = inc->phase;
	if (c->own_touched[2] && strcmp(state->text, c->proposed) != 0) {
		snprintf(c->notice, sizeof c->notice,
		    "%.32s is %s now. State is yours (%.14s): empty, it says %s.", c->incident,
		    phase_words(inc->phase), state->text, c->proposed);
		return;
	}
	lineedit_set(state, c->proposed);
	compose_say(c->compose, c->proposed);
	buf_init(&key, 40);
	keymap_label(s->keys, "incident", "update.compose", &key);
	snprintf(c->notice, sizeof c->notice, "%.32s is %s now: State says %s.%s%.20s%s%s%s",
	    c->incident, phase_words(inc->phase), c->proposed,
	    stage ? " Esc and " : " Read it again.", stage ? buf_str(&key) : "",
	    stage ? " begin the " : "", stage ? facts_stage(inc) : "", stage ? " update." : "");
	buf_fini(&key);
}

void composer_follow(struct composer *c, const struct scene *s)
{
	const struct snap_incident *inc = snap_incident(s->snap, c->incident);
	const struct posted_update *last;

	if (!inc)
		return;
	if (inc->severity != c->severity) {
		snprintf(c->notice, sizeof c->notice,
		    "Severity %d → %d while you write: read it again. Your text is kept.",
		    c->severity, inc->severity);
		c->severity = inc->severity;
		c->seen = inc->version;
		if (!c->own_touched[1])
			composer_promise(c, s);
	}
	if (inc->phase != c->phase)
		follow_phase(c, s, inc);
	if (inc->updates_total > c->updates && inc->update_count) {
		last = &inc->updates[inc->update_count - 1];
		snprintf(c->notice, sizeof c->notice,
		    "%.40s posted the %.20s update while you write. Your text is kept: Esc, then "
		    "take it up again.",
		    last->by ? last->by : "Somebody", last->stage ? last->stage : "last");
		c->updates = inc->updates_total;
	}
}

bool composer_act(struct composer *c, const char *action, bool *submit)
{
	static const struct {
		const char *id;
		int by;
	} moves[] = {
		{ "form.next", 1 },
		{ "form.enter", 1 },
		{ "list.next", 1 },
		{ "form.prev", -1 },
		{ "list.prev", -1 },
	};
	int n = (int)c->count;

	*submit = strcmp(action, "form.submit") == 0;
	if (*submit)
		return true;
	for (size_t i = 0; i < countof(moves); i++)
		if (strcmp(moves[i].id, action) == 0) {
			c->focus = (size_t)(((int)c->focus + moves[i].by + n) % n);
			return true;
		}
	if (strcmp(action, "composer.preview") == 0) {
		c->audience++;
		c->scroll = 0;
	} else if (strcmp(action, "list.page-down") == 0) {
		c->scroll += 5;
	} else if (strcmp(action, "list.page-up") == 0) {
		c->scroll -= c->scroll > 5 ? 5 : c->scroll;
	} else if (lineedit_act(&c->edit[c->focus], action)) {
		changed(c);
	} else {
		return false;
	}
	return true;
}

void composer_text(struct composer *c, const char *text, bool pasted)
{
	bool whole = lineedit_insert(&c->edit[c->focus], text, pasted);

	changed(c);
	if (!whole)
		snprintf(c->error, sizeof c->error, "Cut: a field takes %d bytes", LINEEDIT_MAX);
}

/* ---- sending ---- */

/* "30m" from now, to the whole minute; false: it is no length of time. */
static bool take_next(struct composer *c, const struct scene *s)
{
	const char *text = c->edit[composer_next(c)].text;
	struct duration d;

	if (!text[strspn(text, " ")]) {
		c->compose->next_update_at = UTC_NONE;
		return true;
	}
	if (!duration_parse(text, &d) || d.unit != DURATION_ELAPSED || d.ms <= 0)
		return false;
	c->compose->next_update_at = utc_add(s->now, d.ms);
	if (d.ms >= 60000)
		c->compose->next_update_at.ms -= c->compose->next_update_at.ms % 60000;
	return true;
}

/* What the page will show: what is proposed (a correction of what is resolved says resolved), also
 * for an empty field, or from its first letters another word that this stage can have. */
static bool take_state(struct composer *c)
{
	static const char *const words[] = { "investigating", "identified", "monitoring" };
	const char *text = c->edit[composer_state(c)].text, *found = NULL;
	size_t len = strlen(text);

	if (!len || strcmp(text, c->proposed) == 0) {
		compose_say(c->compose, c->proposed);
		return true;
	}
	if (strcmp(c->compose->stage, "resolved") == 0)
		return false;
	for (size_t i = 0; i < countof(words); i++)
		if (strncmp(words[i], text, len) == 0) {
			if (found)
				return false;
			found = words[i];
		}
	if (found)
		compose_say(c->compose, found);
	return found != NULL;
}

/* Says what is in the way, and goes to the field. Always false. */
static bool stop_at(struct composer *c, size_t field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static bool stop_at(struct composer *c, size_t field, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->error, sizeof c->error, fmt, ap);
	va_end(ap);
	c->focus = field;
	return false;
}

void composer_lint(struct composer *c, const struct scene *s)
{
	char audiences[COMPOSER_AUDIENCES][65], bad[65];
	const char *names[COMPOSER_AUDIENCES];
	const struct snap_incident *inc = snap_incident(s->snap, c->incident);
	size_t n = composer_audiences(c, s, audiences, bad);
	struct compose_facts facts;
	struct lint_world world;
	struct arena *a;

	lint_findings_fini(&c->findings);
	if (!inc)
		return;
	a = arena_new();
	facts_of(s->snap, inc, s->now, a, &facts);
	facts_lint(s->snap, inc, c->texts, a, &world);
	for (size_t i = 0; i < n; i++)
		names[i] = audiences[i];
	lint_compose(c->compose, &facts, names, n, &world, s->now, &c->findings);
	arena_free(a);
}

const struct lint_finding *composer_finding(const struct composer *c, size_t field)
{
	const struct lint_finding *found = NULL;

	for (size_t i = 0; field < c->compose->count && i < c->findings.count; i++) {
		const struct lint_finding *f = &c->findings.items[i];

		if (!f->field || strcmp(f->field, c->compose->fields[field].about->name) != 0)
			continue;
		if (!found || (f->severity == LINT_ERROR && found->severity != LINT_ERROR))
			found = f;
	}
	return found;
}

/* The first error that lint has, with the focus on its field; true: none. */
static bool lint_passes(struct composer *c, const struct scene *s)
{
	composer_lint(c, s);
	for (size_t i = 0; i < c->findings.count; i++) {
		const struct lint_finding *f = &c->findings.items[i];
		size_t at = c->focus;

		if (f->severity != LINT_ERROR)
			continue;
		for (size_t k = 0; f->field && k < c->compose->count; k++)
			if (strcmp(f->field, c->compose->fields[k].about->name) == 0)
				at = k;
		return stop_at(c, at, "%s — %s", f->message, f->help);
	}
	return true;
}

bool composer_check(struct composer *c, const struct scene *s)
{
	char audiences[COMPOSER_AUDIENCES][65], bad[65];
	const struct snap_incident *inc = snap_incident(s->snap, c->incident);
	struct compose_facts facts;
	struct arena *a;
	char why[COMPOSE_WHY];
	const char *help;
	bool late;

	c->error[0] = '\0';
	if (!inc)
		return stop_at(c, c->focus, "%s is no longer on the board", c->incident);
	help = compose_stage_refused(
	    inc->id, inc->phase, inc->update_count > 0, c->compose->stage, why);
	if (help)
		return stop_at(c, c->focus, "%s — %s", why, help);
	for (size_t i = 0; i < c->compose->count; i++)
		if (compose_missing(&c->compose->fields[i]))
			return stop_at(c, i, "%s is missing", c->compose->fields[i].about->label);
	if (composer_audiences(c, s, audiences, bad) == 0 && !bad[0])
		return stop_at(c, composer_to(c), "Nobody would read it: name an audience");
	if (bad[0])
		return stop_at(c, composer_to(c), "There is no audience \"%s\"", bad);
	if (!take_next(c, s))
		return stop_at(c, composer_next(c), "\"%s\" is no length of time: write 30m or 1h",
		    c->edit[composer_next(c)].text);
	if (!take_state(c))
		return stop_at(c, composer_state(c),
		    strcmp(c->compose->stage, "resolved") == 0
			? "This stage says resolved"
			: "The state is investigating, identified or monitoring");
	a = arena_new();
	facts_of(s->snap, inc, s->now, a, &facts);
	late = utc_is_set(facts.cadence_due) &&
	       (!utc_is_set(c->compose->next_update_at) ||
		   utc_before(facts.cadence_due, c->compose->next_update_at));
	arena_free(a);
	if (late && strcmp(c->compose->stage, "resolved") != 0)
		return stop_at(c, composer_next(c), "%s is later than this severity allows",
		    c->edit[composer_next(c)].len ? c->edit[composer_next(c)].text
						  : "No next update");
	return lint_passes(c, s);
}

cJSON *composer_args(struct composer *c, const struct scene *s, struct buf *texts)
{
	char audiences[COMPOSER_AUDIENCES][65], bad[65];
	const char *names[COMPOSER_AUDIENCES];
	const struct snap_incident *inc = snap_incident(s->snap, c->incident);
	size_t n = composer_audiences(c, s, audiences, bad);
	struct compose_facts facts;
	struct arena *a = arena_new();
	cJSON *args;

	facts_of(s->snap, inc, s->now, a, &facts);
	for (size_t i = 0; i < n; i++) {
		names[i] = audiences[i];
		buf_addf(texts, "%s will read:\n\n", audiences[i]);
		compose_render(c->compose, &facts, audiences[i], s->now, texts);
		buf_adds(texts, "\n");
	}
	args = compose_args(c->compose, &facts, names, n, s->now);
	arena_free(a);
	return args;
}
