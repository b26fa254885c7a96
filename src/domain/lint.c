#include "domain/lint.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "domain/compose.h"

#include "lint_priv.h"

#define SUMMARY_CELLS 100
#define IMPACT_BYTES 600
#define TEXT_BYTES 2500

static const struct lint_field *field_named(const struct lint_input *in, const char *name)
{
	for (size_t i = 0; i < in->field_count; i++)
		if (strcmp(in->fields[i].name, name) == 0)
			return &in->fields[i];
	return NULL;
}

static bool blank(const char *s)
{
	return !s || !s[strspn(s, " \t\r\n")];
}

static const char *text_of(const struct lint_field *f)
{
	return f && f->value ? f->value : "";
}

void lint_found(struct linting *l, const char *field, const char *help, const char *fmt, ...)
{
	struct lint_findings *out = l->out;
	char message[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	out->items = xgrow(out->items, out->count, &out->cap);
	out->items[out->count++] = (struct lint_finding){ .rule = l->rule,
		.field = field,
		.severity = l->severity,
		.message = utf8_cleaned(message, UTF8_ONE_LINE, 0),
		.help = xstrdup(help) };
}

/* Required fields, and the five that every update of an incident has. */
static void minimum(struct linting *l)
{
	for (size_t i = 0; i < l->in->field_count; i++) {
		const struct lint_field *f = &l->in->fields[i];

		if (f->required && blank(f->value))
			lint_found(l, f->name, "say so, if there is nothing to say", "%s is empty",
			    f->label ? f->label : f->name);
	}
	for (const char *const *name = compose_minimum; *name && !l->in->planned; name++) {
		const struct lint_field *f = field_named(l->in, *name);

		if (!f)
			lint_found(l, NULL, "use a template that asks for it",
			    "%s is not said at all", *name);
		else if (!f->required && blank(f->value))
			lint_found(l, f->name, "say so, if there is nothing to say", "%s is empty",
			    f->label ? f->label : f->name);
	}
	lint_unsaid(l);
}

static bool promises_next(const struct lint_input *in)
{
	return !in->planned && strcmp(in->stage, "resolved") != 0;
}

static void next_update(struct linting *l)
{
	const struct lint_input *in = l->in;

	if (!promises_next(in))
		return;
	if (utc_is_set(in->cadence_due) && !utc_is_set(in->next_update_at))
		lint_found(l, NULL, "give its time", "the next update is not promised");
	else if (utc_is_set(in->next_update_at) && !utc_before(in->now, in->next_update_at))
		lint_found(l, NULL, "give a later time", "the time of the next update has gone by");
}

static void cadence(struct linting *l)
{
	const struct lint_input *in = l->in;
	char due[UTC_TEXT];

	if (!promises_next(in) || !utc_is_set(in->cadence_due) || !utc_is_set(in->next_update_at) ||
	    !utc_before(in->cadence_due, in->next_update_at))
		return;
	utc_format(in->cadence_due, due);
	lint_found(l, NULL, "promise it earlier",
	    "the next update is promised later than the policy allows: by %.10s %.5s UTC", due,
	    due + 11);
}

/* Tells the first word of the list that stands in the field. */
static void words_in(struct linting *l, const struct lint_field *f, const char *const *words,
    const char *help, const char *what)
{
	const char *text = text_of(f);

	for (; *words; words++)
		if (lint_find_word(text, *words)) {
			lint_found(l, f->name, help, "\"%s\" %s", *words, what);
			return;
		}
}

static void impact_first(struct linting *l)
{
	static const char *const causes[] = { "because", "because of", "due to", "caused by",
		"as a result of", "owing to", "root cause", NULL };
	const struct lint_field *impact = field_named(l->in, "impact");

	if (impact)
		words_in(l, impact, causes, "say who is hit and how; the cause belongs below",
		    "speaks of a cause: the impact comes first");
}

static void speculation(struct linting *l)
{
	static const char *const words[] = { "probably", "possibly", "perhaps", "maybe",
		"presumably", "might", "likely", "we think", "we believe", "we suspect",
		"we assume", "it seems", "seems to", "appears to", "could be", "should be fixed",
		"hopefully", NULL };

	for (size_t i = 0; i < l->in->field_count; i++) {
		const struct lint_field *f = &l->in->fields[i];

		if (strcmp(f->name, "hypothesis") != 0 && strcmp(f->name, "unknown") != 0)
			words_in(l, f, words, "move it to the hypothesis, or say what is known",
			    "is a guess");
	}
}

/* Where customers read the hypothesis, the same line says that it is one. */
static void hypothesis_label(struct linting *l)
{
	const char *value = text_of(field_named(l->in, "hypothesis"));
	char *first = xstrndup(value, strcspn(value, "\n"));

	for (size_t i = 0; i < l->in->text_count && !blank(first); i++) {
		const char *at = strstr(l->in->texts[i], first), *start = at;
		char *line;
		bool labelled;

		if (!at)
			continue;
		while (start > l->in->texts[i] && start[-1] != '\n')
			start--;
		line = xstrndup(start, (size_t)(at - start));
		labelled =
		    lint_find_word(line, "hypothesis") || lint_find_word(line, "not confirmed");
		free(line);
		if (labelled)
			continue;
		lint_found(l, "hypothesis", "put \"Hypothesis (not confirmed):\" before it",
		    "the hypothesis stands in the text without being called one");
		break;
	}
	free(first);
}

/* Minutes of the day of the time at `p`, as lint_time_at found it. */
static int minute_of(const char *p)
{
	char *minutes;
	long hour = strtol(p, &minutes, 10);

	return (int)(hour * 60 + strtol(minutes + 1, NULL, 10));
}

/* One number alone, a range that ends before it begins, or hours that only a clock at hand tells.
 */
static void eta(struct linting *l)
{
	const struct lint_field *f = field_named(l->in, "eta");
	const char *text = text_of(f), *first = NULL, *last = NULL;
	int numbers = 0;

	for (const char *p = text; *p;) {
		size_t len = lint_time_at(text, p);

		if (len) {
			last = p;
			first = first ? first : p;
		}
		if (!len && isdigit((unsigned char)*p))
			len = strspn(p, "0123456789");
		numbers += len > 0;
		p += len ? len : 1;
	}
	if (numbers == 1)
		lint_found(l, "eta", "give a range, such as 15:00 - 15:30 UTC, or leave it empty",
		    "an ETA of a single time promises too much");
	else if (first && first != last && minute_of(last) < minute_of(first) &&
		 minute_of(first) - minute_of(last) < 12 * 60) /* else it passes midnight */
		lint_found(
		    l, "eta", "give the earlier time first", "the ETA ends before it begins");
	if (numbers && (lint_find_word(text, "am") || lint_find_word(text, "pm")) &&
	    !lint_find_word(text, "UTC"))
		lint_found(l, "eta", "write it as 15:00 - 15:30 UTC", "the ETA has no time zone");
}

/* "15:00" or "20 minutes" at `p`, and no range: its length; 0: none. */
static size_t single_time(const char *text, const char *p)
{
	static const char *const units[] = { "minute", "minutes", "min", "hour", "hours", "h" };
	size_t len = lint_time_at(text, p), n = strspn(p, "0123456789");
	const char *after = p + (len ? len : n);

	if (!len) {
		after += strspn(after, " ");
		for (size_t i = 0; n && i < countof(units); i++)
			if (lint_find_word(after, units[i]) == after)
				len = (size_t)(after - p) + strlen(units[i]);
		return len;
	}
	after += strspn(after, " ");
	if (strncmp(after, "to ", 3) == 0 || strncmp(after, "and ", 4) == 0 || *after == '-' ||
	    strncmp(after, "–", strlen("–")) == 0)
		return 0;
	return len;
}

/* "fixed by 15:00", "back in 20 minutes", "ETA 15:00" outside the ETA */
static void promised_time(struct linting *l)
{
	static const char *const words[] = { "fixed by", "restored by", "resolved by",
		"repaired by", "back by", "solved by", "fixed at", "restored at", "back at",
		"fixed in", "restored in", "resolved in", "repaired in", "solved in", "back in",
		"fixed within", "restored within", "resolved within", "repaired within",
		"returns at", "return at", "returns in", "works again at", "works again in",
		"available again at", "expected at", "expected by", "expected in", "over by",
		"over in", "ETA", "ETA:", "ETA is", NULL };

	for (size_t i = 0; i < l->in->field_count; i++) {
		const struct lint_field *f = &l->in->fields[i];
		const char *text = text_of(f);
		bool told = false;

		if (strcmp(f->name, "eta") == 0)
			continue;
		for (const char *const *w = words; *w && !told; w++) {
			const char *at = lint_find_word(text, *w);

			if (!at)
				continue;
			at += strlen(*w);
			at += strspn(at, " ");
			told = single_time(text, at) > 0;
			if (told)
				lint_found(l, f->name,
				    "give a range in the ETA, or only what is done",
				    "\"%s\" with a single time promises too much", *w);
		}
	}
}

static void zone(struct linting *l)
{
	for (size_t i = 0; i < l->in->field_count; i++) {
		const struct lint_field *f = &l->in->fields[i];
		const char *text = text_of(f);
		bool told = false;

		for (const char *p = text; *p && !told;) {
			size_t len = lint_time_at(text, p);

			told = len && !lint_zone_follows(text, p + len);
			if (told)
				lint_found(l, f->name,
				    "write UTC, and the local time where it helps",
				    "%.*s has no time zone", (int)len, p);
			p += len ? len : 1;
		}
	}
}

/* Part of a mail or web address, which nobody reads as a word. */
static bool in_address(const char *text, const char *at)
{
	const char *start = at, *sign;
	size_t len;

	while (start > text && !isspace((unsigned char)start[-1]))
		start--;
	len = strcspn(start, " \t\r\n");
	sign = memchr(start, '@', len);
	return (sign && sign > start && sign + 1 < start + len) ||
	       memmem(start, len, "://", 3) != NULL;
}

static bool says(const char *text, const char *word)
{
	const char *at = lint_find_word(text, word);

	while (at && in_address(text, at))
		at = lint_find_word(at + strlen(word), word);
	return at != NULL;
}

static void jargon(struct linting *l)
{
	for (size_t i = 0; i < l->in->field_count; i++) {
		const struct lint_field *f = &l->in->fields[i];
		const char *text = text_of(f);
		struct jargon_word w;

		for (size_t k = 0; l->in->world.jargon && jargon_word(l->in->world.jargon, k, &w);
		     k++) {
			char *help;

			if (w.allowed || !says(text, w.word))
				continue;
			help = xasprintf("write \"%s\"", w.plain);
			lint_found(l, f->name, help, "customers may not know \"%s\"", w.word);
			free(help);
		}
	}
}

static void marketing(struct linting *l)
{
	static const char *const words[] = { "excited", "proud", "delighted", "thrilled",
		"best-in-class", "world-class", "industry-leading", "market-leading",
		"cutting-edge", "seamless", "unparalleled", "unmatched", "great news",
		"valued customers", "we value", "premium", "award-winning", NULL };

	for (size_t i = 0; i < l->in->field_count; i++)
		words_in(l, &l->in->fields[i], words, "leave it out",
		    l->in->planned ? "is advertising: a notice is not the place"
				   : "is advertising: an incident is not the place");
}

static void too_long(struct linting *l)
{
	const struct lint_field *summary = field_named(l->in, "summary");
	const struct lint_field *impact = field_named(l->in, "impact");

	if (utf8_width(text_of(summary)) > SUMMARY_CELLS)
		lint_found(l, summary->name, "a few plain words are enough",
		    "a title has %d letters at most", SUMMARY_CELLS);
	if (strlen(text_of(impact)) > IMPACT_BYTES)
		lint_found(l, impact->name, "say the most important in two sentences",
		    "the impact is long");
	for (size_t i = 0; i < l->in->text_count; i++) {
		if (strlen(l->in->texts[i]) <= TEXT_BYTES)
			continue;
		lint_found(l, NULL, "customers read it on a phone: shorten it", "the text is long");
		return;
	}
}

/* The rules by name; lint_rule_infos has the same order. */
static const struct {
	const char *name;
	enum lint_severity severity;
	void (*run)(struct linting *l);
} rules[] = {
	{ "minimum", LINT_ERROR, minimum },
	{ "next-update", LINT_ERROR, next_update },
	{ "cadence", LINT_ERROR, cadence },
	{ "hypothesis-label", LINT_ERROR, hypothesis_label },
	{ "severity", LINT_ERROR, lint_other_severity },
	{ "internal", LINT_ERROR, lint_internal },
	{ "channel-room", LINT_ERROR, lint_channel_room },
	{ "eta-range", LINT_WARNING, eta },
	{ "promised-time", LINT_WARNING, promised_time },
	{ "impact-first", LINT_WARNING, impact_first },
	{ "speculation", LINT_WARNING, speculation },
	{ "zone", LINT_WARNING, zone },
	{ "jargon", LINT_WARNING, jargon },
	{ "code", LINT_WARNING, lint_code },
	{ "region", LINT_WARNING, lint_other_region },
	{ "phone", LINT_WARNING, lint_phone },
	{ "marketing", LINT_WARNING, marketing },
	{ "too-long", LINT_WARNING, too_long },
};

const struct lint_rule_info lint_rule_infos[] = {
	{ "minimum",
	    "impact, known, unknown, next steps and customer actions are said, in the texts too" },
	{ "next-update", "the next update is promised, for a time to come" },
	{ "cadence", "it is promised no later than the policy allows" },
	{ "hypothesis-label", "a hypothesis is called one where customers read it" },
	{ "severity", "no other severity is told than the incident has" },
	{ "internal", "no name, number or address of ours" },
	{ "channel-room", "no longer than a channel takes" },
	{ "eta-range", "an ETA is a range" },
	{ "promised-time", "no single time is promised outside the ETA" },
	{ "impact-first", "the impact says who is hit and how, not why" },
	{ "speculation", "guesses stand in the hypothesis alone" },
	{ "zone", "each time has its zone" },
	{ "jargon", "words that customers know" },
	{ "code", "no codes or addresses of machines" },
	{ "region", "no region that is not in scope" },
	{ "phone", "a telephone number is one for customers" },
	{ "marketing", "no advertising" },
	{ "too-long", "short enough for a phone" },
	{ NULL, NULL },
};

/* Place of the finding's field; whole-update findings come last. */
static size_t place(const struct lint_input *in, const struct lint_finding *f)
{
	for (size_t i = 0; f->field && i < in->field_count; i++)
		if (strcmp(in->fields[i].name, f->field) == 0)
			return i;
	return in->field_count;
}

static bool comes_after(
    const struct lint_input *in, const struct lint_finding *a, const struct lint_finding *b)
{
	size_t pa = place(in, a), pb = place(in, b);

	return pa != pb ? pa > pb : a->severity < b->severity;
}

/* By insertion: few findings, and equal ones keep the order of the rules. */
static void sort(const struct lint_input *in, struct lint_findings *out)
{
	for (size_t i = 1; i < out->count; i++) {
		struct lint_finding f = out->items[i];
		size_t k = i;

		for (; k > 0 && comes_after(in, &out->items[k - 1], &f); k--)
			out->items[k] = out->items[k - 1];
		out->items[k] = f;
	}
}

void lint_run(const struct lint_input *in, struct lint_findings *out)
{
	for (size_t i = 0; i < countof(rules); i++) {
		struct linting l = { in, out, rules[i].name, rules[i].severity };

		rules[i].run(&l);
	}
	sort(in, out);
}

void lint_compose(const struct compose *c, const struct compose_facts *facts,
    const char *const *audiences, size_t audience_count, const struct lint_world *world,
    struct utc now, struct lint_findings *out)
{
	struct lint_field *fields = xcalloc(c->count, sizeof *fields);
	struct buf *texts = xcalloc(audience_count, sizeof *texts);
	struct lint_reader *readers = xcalloc(audience_count, sizeof *readers);
	const char **shown = xcalloc(audience_count, sizeof *shown);
	struct lint_input in = { .stage = c->stage,
		.planned = !template_of_incidents(c->template),
		.fields = fields,
		.field_count = c->count,
		.texts = shown,
		.text_count = audience_count,
		.readers = readers,
		.incident = facts->incident,
		.severity = facts->severity,
		.world = *world,
		.now = now,
		.next_update_at = c->next_update_at,
		.cadence_due = facts->cadence_due };

	for (size_t i = 0; i < c->count; i++)
		fields[i] =
		    (struct lint_field){ c->fields[i].about->name, c->fields[i].about->label,
			    c->fields[i].value, c->fields[i].about->required };
	for (size_t i = 0; i < audience_count; i++) {
		buf_init(&texts[i], 0);
		compose_render(c, facts, audiences[i], now, &texts[i]);
		shown[i] = buf_str(&texts[i]);
		readers[i].audience = audiences[i];
		readers[i].internal =
		    world->stays_inside && world->stays_inside(world->ctx, audiences[i]);
		if (world->channels)
			readers[i].channels =
			    world->channels(world->ctx, audiences[i], &readers[i].channel_count);
	}
	lint_run(&in, out);
	for (size_t i = 0; i < audience_count; i++)
		buf_fini(&texts[i]);
	free(texts);
	free(readers);
	free(shown);
	free(fields);
}

size_t lint_errors(const struct lint_findings *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++)
		n += f->items[i].severity == LINT_ERROR;
	return n;
}

void lint_findings_fini(struct lint_findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].message);
		free(f->items[i].help);
	}
	free(f->items);
	*f = (struct lint_findings){ 0 };
}
