#include "domain/template.h"

#include <locale.h>

#include "base/embed.h"
#include "base/mem.h"
#include "t.h"

#define HEAD                                                                                       \
	"name: A test\nstage: progress\nseverity: 1-2\nfields:\n"                                  \
	"  impact: Impact, required, lines: Who: and how\n  eta: ETA\n---\n"

static struct template *parsed(const char *text)
{
	struct template_errors errors = { 0 };
	struct template *t = template_parse("test", text, strlen(text), &errors);

	if (!t)
		fail_msg("%s: line %d: %s", text, errors.items[0].line, errors.items[0].message);
	template_errors_fini(&errors);
	return t;
}

/* Values: impact, started and audience_partners; nothing else. */
static const char *value(void *ctx, const char *name)
{
	if (strcmp(name, "impact") == 0)
		return ctx;
	if (strcmp(name, "started") == 0)
		return "2025-03-10T23:20:00.000Z";
	if (strcmp(name, "audience_partners") == 0)
		return "yes";
	if (strcmp(name, "eta") == 0)
		return " \n";
	return NULL;
}

static char *rendered(const char *text, const char *impact, const struct template_places *places)
{
	struct template *t = parsed(text);
	char *copy = xstrdup(impact);
	struct buf out;

	buf_init(&out, 0);
	assert_true(template_render(t, value, copy, places, &out));
	free(copy);
	template_free(t);
	return buf_take(&out);
}

static void heads_say_what_a_template_is_for(void **state)
{
	struct template *t = parsed(HEAD "body\n");
	const struct template_field *f;
	size_t n;

	(void)state;
	assert_string_equal(template_id(t), "test");
	assert_string_equal(template_name(t), "A test");
	assert_string_equal(template_stage(t), "progress");
	assert_true(template_suits(t, 1) && template_suits(t, 2));
	assert_false(template_suits(t, 0) || template_suits(t, 3));
	f = template_fields(t, &n);
	assert_int_equal(n, 2);
	assert_string_equal(f[0].name, "impact");
	assert_string_equal(f[0].label, "Impact");
	assert_string_equal(f[0].help, "Who: and how");
	assert_true(f[0].required && f[0].lines);
	assert_string_equal(f[1].label, "ETA");
	assert_string_equal(f[1].help, "");
	assert_false(f[1].required || f[1].lines);
	template_free(t);
	t = parsed("# remark\r\nstage: initial\r\nseverity: 3\r\n---\r\nx\r\n");
	assert_string_equal(template_name(t), "test");
	assert_true(template_suits(t, 3));
	assert_false(template_suits(t, 2) || template_suits(t, 4));
	template_free(t);
	template_free(NULL);
}

static void bodies_are_rendered(void **state)
{
	static const struct {
		const char *body, *impact, *text;
	} cases[] = {
		{ "plain", "", "plain\n" },
		{ "a {{impact}} b", "X", "a X b\n" },
		{ "{{ impact }}", "X", "X\n" },
		{ "{{impact}}", "{{eta}} {{! no tag }}", "{{eta}} {{! no tag }}\n" },
		{ "{{#impact}}[{{impact}}]{{/impact}}{{^impact}}none{{/impact}}", "X", "[X]\n" },
		{ "{{#impact}}[{{impact}}]{{/impact}}{{^impact}}none{{/impact}}", "", "none\n" },
		{ "{{#eta}}blank counts as none{{/eta}}x", "", "x\n" },
		{ "{{#audience_partners}}p{{/audience_partners}}{{#audience_public}}q{{/"
		  "audience_public}}",
		    "", "p\n" },
		{ "a\n{{#impact}}\nb\n{{/impact}}\nc\n", "X", "a\nb\nc\n" },
		{ "a\n  {{#impact}}  \nb\n\t{{/impact}}\r\nc\n", "", "a\nc\n" },
		{ "a\n{{! remark }}\nb\n", "", "a\nb\n" },
		{ "a {{! remark }} b\n", "", "a  b\n" },
		{ "\n\n\na\n\n\n\nb   \n\n\n", "", "a\n\nb\n" },
		{ "{{#impact}}a{{#audience_partners}}b{{/audience_partners}}c{{/impact}}", "X",
		    "abc\n" },
		{ "{{#impact}}a{{#audience_partners}}b{{/audience_partners}}c{{/impact}}d", "",
		    "d\n" },
		{ "{{impact|upper}}", "café", "CAFÉ\n" },
		{ "{{impact|truncate:5}}", "abcdef", "abcd…\n" },
		{ "{{impact|truncate:6}}", "abcdef", "abcdef\n" },
		{ "{{impact|truncate:4|upper}}", "日本語", "日…\n" },
		{ "{{started}}", "", "2025-03-10 23:20 UTC\n" },
		{ "{{started|time:UTC}}", "", "2025-03-10 23:20 UTC\n" },
		{ "{{restored|time:UTC}}x", "", "x\n" },
		{ "{{started|local}}x{{#zones}}y{{/zones}}", "", "x\n" },
		{ "a } b }} c {", "", "a } b }} c {\n" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		char *text = xasprintf("%s%s", HEAD, cases[i].body);
		char *out = rendered(text, cases[i].impact, NULL);

		if (strcmp(out, cases[i].text) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].body, out, cases[i].text);
		free(out);
		free(text);
	}
}

/* A zone in the form of a POSIX footer, as zone files carry it. */
static struct zone *zone_of(const char *name, const char *rule)
{
	struct buf b;
	unsigned char head[44] = { 'T', 'Z', 'i', 'f', '2' }, type[6] = { 0 };
	struct zone *z;

	/* Twice the same block, of one type of local time and one abbreviation letter. */
	head[39] = 1; /* types */
	head[43] = 2; /* bytes of abbreviations */
	buf_init(&b, 0);
	for (int i = 0; i < 2; i++) {
		buf_add(&b, head, sizeof head);
		buf_add(&b, type, sizeof type);
		buf_add(&b, "X", 2);
	}
	buf_addf(&b, "\n%s\n", rule);
	z = zone_from_tzif(name, b.data, b.len);
	assert_non_null(z);
	buf_fini(&b);
	return z;
}

static void local_times_are_told_once(void **state)
{
	struct zone *paris = zone_of("Europe/Paris", "CET-1"),
		    *rome = zone_of("Europe/Rome", "CET-1");
	struct zone *york = zone_of("America/New_York", "EDT4");
	const struct zone *zones[] = { paris, NULL, rome, york, zone_utc() };
	struct template_places places = { zones, countof(zones) }, utc = { zones + 4, 1 };
	char *out = rendered(HEAD "{{started|local}}{{#zones}}!{{/zones}}", "", &places);

	(void)state;
	assert_string_equal(out, "2025-03-11 00:20 Paris, 19:20 New York!\n");
	free(out);
	out = rendered(HEAD "x{{started|local}}{{#zones}}!{{/zones}}", "", &utc);
	assert_string_equal(out, "x\n");
	free(out);
	zone_free(paris);
	zone_free(rome);
	zone_free(york);
}

static void mistakes_have_a_place(void **state)
{
	static const struct {
		const char *text;
		int line, column;
		const char *says;
	} cases[] = {
		{ "stage: initial\n---\n{{impct}}", 3, 1, "no field or fact \"impct\"" },
		{ HEAD "a\nb {{impct}}", 9, 3, "did you mean \"impact\"?" },
		{ HEAD "{{#impct}}{{/impct}}", 8, 1, "did you mean" },
		{ HEAD "{{impact", 8, 1, "not closed" },
		{ HEAD "{{impact\n}}", 8, 1, "not closed" },
		{ HEAD "{{#impact}}", 8, 1, "not closed" },
		{ HEAD "a{{/impact}}", 8, 2, "closes nothing" },
		{ HEAD "{{#impact}}{{#eta}}{{/impact}}{{/eta}}", 8, 20, "closes the section eta" },
		{ HEAD "{{impact|shout}}", 8, 1, "no filter \"shout\"" },
		{ HEAD "{{impact|local}}", 8, 1, "no instant" },
		{ HEAD "{{started|upper|time:UTC}}", 8, 1, "no instant" },
		{ HEAD "{{impact|truncate:1}}", 8, 1, "truncate" },
		{ HEAD "{{impact|truncate:9x}}", 8, 1, "truncate" },
		{ HEAD "{{impact|upper|upper|upper|upper|upper}}", 8, 1, "4 filters" },
		{ HEAD "{{{impact}}}", 8, 1, "not part of this language" },
		{ HEAD "{{> other}}", 8, 1, "no partial \"other\"" },
		{ HEAD "{{audience_}}", 8, 1, "no field or fact" },
		{ HEAD "{{}}", 8, 1, "no field or fact" },
		{ HEAD "{{#impact}}{{#impact}}{{#impact}}{{#impact}}{{#impact}}{{#impact}}{{#"
		       "impact}}{{#"
		       "impact}}{{#impact}}",
		    8, 89, "at most 8 deep" },
		{ "stage: initial\n", 2, 1, "no line \"---\"" },
		{ "---\n", 1, 1, "no stage" },
		{ "stage: later\n---\n", 1, 8, "one of initial" },
		{ "stage: initial\nstage: initial\n---\n", 2, 1, "said twice" },
		{ "stage: initial\nsevrity: 1\n---\n", 2, 1, "did you mean \"severity\"?" },
		{ "stage: initial\nseverity: 2-1\n---\n", 2, 11, "severity" },
		{ "stage: initial\nseverity: 0\n---\n", 2, 11, "severity" },
		{ "stage: initial\nnonsense\n---\n", 2, 1, "key: value" },
		{ "stage: initial\n  a: A: x\n---\n", 2, 3, "only fields are indented" },
		{ "stage: initial\nfields: x\n---\n", 2, 9, "lines below" },
		{ "stage: initial\nfields:\n  Impact: I\n---\n", 3, 3, "a-z" },
		{ "stage: initial\nfields:\n  severity: S\n---\n", 3, 3, "is a fact" },
		{ "stage: initial\nfields:\n  a: A\n  a: B\n---\n", 4, 3, "declared twice" },
		{ "stage: initial\nfields:\n  a: A, optional\n---\n", 3, 9, "\"required\"" },
		{ "stage: initial\nfields:\n  a: , required\n---\n", 3, 5, "needs a label" },
		{ "stage: initial\nfields:\n  alone\n---\n", 3, 3, "name: Label: help" },
		{ "stage: initial\n---\na\x1b[2J", 3, 2, "control character (0x1b)" },
		{ "stage: initial\n---\n\xff", 1, 1, "not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct template_errors errors = { 0 };
		bool found = false;

		assert_null(template_parse("t", cases[i].text, strlen(cases[i].text), &errors));
		for (size_t k = 0; k < errors.count; k++)
			found = found || (errors.items[k].line == cases[i].line &&
					     errors.items[k].column == cases[i].column &&
					     strstr(errors.items[k].message, cases[i].says));
		if (!found)
			fail_msg("%s\ngives %d:%d %s", cases[i].text, errors.items[0].line,
			    errors.items[0].column, errors.items[0].message);
		template_errors_fini(&errors);
	}
}

static void all_mistakes_are_told_at_once(void **state)
{
	const char *text = "stage: never\nfields:\n  A: x\n---\n{{one}}\n{{two}}\n";
	struct template_errors errors = { 0 };
	char *large = xcalloc(1, TEMPLATE_MAX + 2);

	(void)state;
	assert_null(template_parse("t", text, strlen(text), &errors));
	assert_int_equal(errors.count, 4);
	template_errors_fini(&errors);
	memset(large, 'x', TEMPLATE_MAX + 1);
	assert_null(template_parse("t", large, TEMPLATE_MAX + 1, &errors));
	assert_int_equal(errors.count, 1);
	template_errors_fini(&errors);
	free(large);
}

static void what_does_not_fit_is_said(void **state)
{
	struct template *t = parsed(HEAD "{{impact}}{{impact}}");
	char text[] = "0123456789";
	struct buf out;

	(void)state;
	buf_init(&out, 15);
	assert_false(template_render(t, value, text, NULL, &out));
	buf_fini(&out);
	buf_init(&out, 21);
	assert_true(template_render(t, value, text, NULL, &out));
	assert_string_equal(buf_str(&out), "01234567890123456789\n");
	buf_fini(&out);
	template_free(t);
}

static const char *partial(void *ctx, const char *name, size_t *len)
{
	static const struct {
		const char *name, *text;
	} files[] = {
		{ "line", "[{{impact}}]\n" },
		{ "outer", "{{#impact}}\n{{> line}}\n{{/impact}}\n" },
		{ "self", "{{> self}}\n" },
		{ "open", "a\n {{#impact}}\n" },
		{ "close", "{{/impact}}" },
		{ "typo", "x\n{{imapct}}\n" },
		{ "large", NULL },
	};
	static char large[TEMPLATE_MAX / 2];

	(void)ctx;
	memset(large, 'x', sizeof large);
	for (size_t i = 0; i < countof(files); i++)
		if (strcmp(files[i].name, name) == 0) {
			*len = files[i].text ? strlen(files[i].text) : sizeof large;
			return files[i].text ? files[i].text : large;
		}
	return NULL;
}

static void partials_are_read_in_place(void **state)
{
	static const struct {
		const char *body, *text; /* rendered with an impact of "X" */
	} good[] = {
		{ "a\n{{> line}}\nb\n", "a\n[X]\nb\n" },
		{ "a\n  {{>outer}}  \nb\n", "a\n[X]\nb\n" },
		{ "{{#impact}}{{> line}}{{/impact}}", "[X]\n" },
	};
	static const struct {
		const char *body, *file;
		int line, column;
		const char *says;
	} bad[] = {
		{ "{{> nothing}}", NULL, 8, 1, "there is no partial \"nothing\"" },
		{ "{{> self}}", "self.part", 1, 1, "4 deep" },
		{ "{{> open}}{{/impact}}", "open.part", 2, 2, "impact is not closed" },
		{ "{{#impact}}{{> close}}", "close.part", 1, 1, "closes nothing" },
		{ "{{> typo}}", "typo.part", 2, 1, "did you mean \"impact\"?" },
		{ "{{> large}}{{> large}}{{> large}}", NULL, 8, 23, "bytes together" },
	};

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		char *text = xasprintf("%s%s", HEAD, good[i].body), impact[] = "X";
		struct template_errors errors = { 0 };
		struct template *t = template_parse_with("t", text, strlen(text),
		    &(struct template_around){ .partial = partial }, &errors);
		struct buf out;

		assert_non_null(t);
		buf_init(&out, 0);
		assert_true(template_render(t, value, impact, NULL, &out));
		assert_string_equal(buf_str(&out), good[i].text);
		buf_fini(&out);
		template_free(t);
		free(text);
	}
	for (size_t i = 0; i < countof(bad); i++) {
		char *text = xasprintf("%s%s", HEAD, bad[i].body);
		struct template_errors errors = { 0 };
		const struct template_error *e;

		assert_null(template_parse_with("t", text, strlen(text),
		    &(struct template_around){ .partial = partial }, &errors));
		e = &errors.items[0];
		if (!strstr(e->message, bad[i].says))
			fail_msg("%s: %s", bad[i].body, e->message);
		assert_string_equal(e->partial ? e->partial : "", bad[i].file ? bad[i].file : "");
		assert_int_equal(e->line, bad[i].line);
		assert_int_equal(e->column, bad[i].column);
		template_errors_fini(&errors);
		free(text);
	}
}

static void facts_are_in_the_manual(void **state)
{
	char *page = slurp(top_path("docs/nocboard-templates.7"), NULL);
	int instants = 0;

	(void)state;
	assert_non_null(page);
	for (const struct template_fact *f = template_facts; f->name; f++) {
		char *entry = xasprintf("\n.It Cm %s\n", f->name);

		assert_true(f->help[0] != '\0');
		assert_non_null(strstr(page, entry));
		instants += f->instant;
		free(entry);
	}
	assert_int_equal(instants, 6);
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_say_what_a_template_is_for),
		cmocka_unit_test(bodies_are_rendered),
		cmocka_unit_test(local_times_are_told_once),
		cmocka_unit_test(mistakes_have_a_place),
		cmocka_unit_test(all_mistakes_are_told_at_once),
		cmocka_unit_test(what_does_not_fit_is_said),
		cmocka_unit_test(partials_are_read_in_place),
		cmocka_unit_test(facts_are_in_the_manual),
	};

	setlocale(LC_ALL, "C.UTF-8"); /* widths are the locale's */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
