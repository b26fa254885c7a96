#include "domain/texts.h"

#include "base/embed.h"
#include "base/mem.h"
#include "domain/compose.h"
#include "t.h"

#define HEAD "stage: initial\nfields:\n  impact: Impact: x\n---\n"

static void what_is_shipped_is_good(void **state)
{
	struct cfg_problems problems = { 0 };
	struct texts *t = texts_new(NULL, 0, &problems);
	const struct template *one;
	bool own;

	(void)state;
	if (problems.count)
		fail_msg("%s:%d:%d: %s", problems.items[0].file, problems.items[0].pos.line,
		    problems.items[0].pos.column, problems.items[0].what);
	for (size_t i = 0; (one = texts_nth(t, i, &own)); i++) {
		size_t n;
		const struct template_field *fields = template_fields(one, &n);

		assert_false(own);
		for (size_t k = 0; k < n; k++)
			assert_true(fields[k].help[0] != '\0');
		for (size_t m = 0; template_of_incidents(one) && compose_minimum[m]; m++) {
			bool there = false;

			for (size_t k = 0; k < n; k++)
				there =
				    there || (fields[k].required &&
						 strcmp(fields[k].name, compose_minimum[m]) == 0);
			if (!there)
				fail_msg(
				    "%s does not require %s", template_id(one), compose_minimum[m]);
		}
	}
	texts_free(t);
	texts_free(NULL);
}

static void each_stage_and_severity_has_one(void **state)
{
	static const struct {
		const char *stage;
		int severity;
		const char *id;
	} cases[] = {
		{ "initial", 1, "initial" },
		{ "initial", 2, "initial" },
		{ "initial", 3, "initial-minor" },
		{ "initial", 4, "initial-minor" },
		{ "progress", 1, "progress" },
		{ "restored", 4, "restored" },
		{ "resolved", 2, "resolved" },
		{ "correction", 3, "correction" },
		{ "maintenance-notice", 1, "maintenance-notice" },
		{ "maintenance-start", 1, "maintenance-start" },
		{ "maintenance-end", 1, "maintenance-end" },
		{ "maintenance-cancelled", 1, "maintenance-cancelled" },
	};
	struct cfg_problems problems = { 0 };
	struct texts *t = texts_new(NULL, 0, &problems);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		const struct template *one = texts_for(t, cases[i].stage, cases[i].severity);

		assert_non_null(one);
		assert_string_equal(template_id(one), cases[i].id);
		assert_int_equal(
		    template_of_incidents(one), strncmp(cases[i].stage, "maintenance", 11) != 0);
	}
	assert_null(texts_for(t, "nonsense", 1));
	assert_null(texts_template(t, "nonsense"));
	texts_free(t);
}

static struct text_file file(const char *name, const char *text)
{
	return (struct text_file){ name, NULL, text, strlen(text) };
}

static const char *no_value(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return NULL;
}

static void own_ones_take_the_place(void **state)
{
	const struct text_file own[] = {
		file("initial.tmpl", HEAD "{{> title}}\nours: {{impact}}\n"),
		file("title.part", "OUR TITLE\n"),
		file("extra.tmpl", "stage: progress\nseverity: 2\n---\nx\n"),
	};
	struct cfg_problems problems = { 0 };
	struct texts *t = texts_new(own, countof(own), &problems);
	const struct template *one = texts_template(t, "initial"), *seen;
	struct buf out;
	bool is_own;
	size_t n;

	(void)state;
	assert_int_equal(problems.count, 0);
	template_fields(one, &n);
	assert_int_equal(n, 1);
	buf_init(&out, 0);
	assert_true(template_render(one, no_value, NULL, NULL, &out));
	assert_string_equal(buf_str(&out), "OUR TITLE\nours:\n");
	buf_fini(&out);
	assert_string_equal(template_id(texts_for(t, "progress", 2)), "extra");
	assert_string_equal(template_id(texts_for(t, "progress", 1)), "progress");
	for (size_t i = 0; (seen = texts_nth(t, i, &is_own)); i++)
		assert_int_equal(is_own, strcmp(template_id(seen), "initial") == 0 ||
					     strcmp(template_id(seen), "extra") == 0);
	texts_free(t);
}

static void broken_ones_are_named_and_give_way(void **state)
{
	const struct text_file own[] = {
		file("initial.tmpl", HEAD "{{imapct}}\n"),
		file("progress.tmpl", "stage: progress\n---\nfine\n"),
		file("promise.part", "{{#next_update}}\n{{severty}}\n"),
		file("words.txt", "attach = connect to\nno equals sign\n"),
	};
	const struct text_file good[] = { file("initial.tmpl", HEAD "as before\n") };
	struct text_file force[countof(own)];
	struct cfg_problems problems = { 0 };
	struct texts *t = texts_new(own, countof(own), &problems);
	size_t n;

	(void)state;
	texts_free(t);
	assert_int_equal(problems.count, 4); /* a partial is told once, not once a template */
	assert_string_equal(problems.items[0].file, "initial.tmpl");
	assert_int_equal(problems.items[0].pos.line, 5);
	assert_int_equal(problems.items[0].pos.column, 1);
	assert_string_equal(problems.items[0].source_line, "{{imapct}}");
	assert_non_null(strstr(problems.items[0].what, "did you mean \"impact\"?"));
	assert_string_equal(problems.items[1].file, "words.txt");
	assert_int_equal(problems.items[1].pos.line, 2);
	assert_string_equal(problems.items[2].file, "promise.part");
	assert_int_equal(problems.items[2].pos.line, 2);
	assert_int_equal(problems.items[3].pos.line, 1);
	cfg_problems_fini(&problems);

	n = texts_sound(own, countof(own), good, countof(good), NULL, force);
	assert_int_equal(n, 2);
	assert_string_equal(force[0].name, "initial.tmpl");
	assert_ptr_equal(force[0].text, good[0].text);
	assert_string_equal(force[1].name, "progress.tmpl");
	n = texts_sound(own, countof(own), NULL, 0, NULL, force);
	assert_int_equal(n, 1);
	t = texts_new(force, n, &problems);
	assert_int_equal(problems.count, 0);
	assert_non_null(texts_template(t, "initial")); /* the shipped one */
	texts_free(t);
}

static size_t findings(const struct jargon *j, const char *text)
{
	const struct lint_field field = { "known", "Known", text, false };
	struct lint_findings found = { 0 };
	size_t n = 0;

	lint_run(
	    &(struct lint_input){
		.stage = "progress", .fields = &field, .field_count = 1, .world = { .jargon = j } },
	    &found);
	for (size_t i = 0; i < found.count; i++)
		n += strcmp(found.items[i].rule, "jargon") == 0;
	lint_findings_fini(&found);
	return n;
}

static void word_lists_are_added(void **state)
{
	const struct text_file own[] = { file(
	    "words.txt", "attach = attach\nzorblax = our gateway\n") };
	struct cfg_problems problems = { 0 };
	struct texts *shipped = texts_new(NULL, 0, &problems);
	struct texts *t = texts_new(own, 1, &problems);

	(void)state;
	assert_int_equal(problems.count, 0);
	assert_int_equal(findings(texts_jargon(shipped), "They attach by zorblax and HLR"), 2);
	assert_int_equal(findings(texts_jargon(t), "They attach by HLR"), 1);
	assert_int_equal(findings(texts_jargon(t), "They attach by zorblax"), 1);
	texts_free(shipped);
	texts_free(t);
}

static const struct zone *any_zone(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return zone_utc();
}

/* With audiences "public", "agents" and, of our own, "staff". */
static struct config *site(void)
{
	static const char text[] = "regions: [ { id: FR } ]\n"
				   "components: [ { id: data } ]\n"
				   "audiences: [ { id: public }, { id: agents },\n"
				   "  { id: staff, internal: true } ]\n";
	struct cfg_source source = { "nocboard.yaml", text, sizeof text - 1 };
	struct cfg_problems problems = { 0 };
	struct config *c = config_load(&source, 1, NULL, any_zone, NULL, &problems);

	assert_non_null(c);
	return c;
}

#define FIVE                                                                                       \
	"stage: progress\nfields:\n  impact: I\n  known: K\n  unknown: U\n  next: N\n"             \
	"  customer_actions: C\n---\n"
#define ALL_BUT_KNOWN "{{impact}} {{unknown}} {{next}} {{customer_actions}}\n"

/* What a template of the site is told under its configuration; "": nothing. */
static const char *told(const char *text, char out[200])
{
	const struct text_file own[] = { file("progress.tmpl", text) };
	struct cfg_problems problems = { 0 };
	struct config *c = site();
	struct text_file force[1];

	texts_check(own, 1, c, &problems);
	snprintf(out, 200, "%s", "");
	if (problems.count)
		snprintf(out, 200, "%d:%d %s", problems.items[0].pos.line,
		    problems.items[0].pos.column, problems.items[0].what);
	assert_int_equal(texts_sound(own, 1, NULL, 0, c, force), problems.count == 0);
	cfg_problems_fini(&problems);
	config_free(c);
	return out;
}

static void audiences_that_are_not_there_are_named(void **state)
{
	static const struct {
		const char *text, *what;
	} cases[] = {
		{ FIVE ALL_BUT_KNOWN
		    "{{known}}\n{{^audience_public}}\nours\n{{/audience_public}}\n",
		    "" },
		{ FIVE ALL_BUT_KNOWN
		    "{{known}}\n{{^audience_pubilc}}\nours\n{{/audience_pubilc}}\n",
		    "11:1 there is no audience \"pubilc\": did you mean \"public\"?" },
		{ FIVE ALL_BUT_KNOWN "{{known}} {{#audience_partners}}x{{/audience_partners}}\n",
		    "10:11 there is no audience \"partners\"" },
		{ FIVE ALL_BUT_KNOWN "{{known}}{{audience_xyzzy}}\n",
		    "10:10 there is no audience \"xyzzy\"" },
		{ "stage: maintenance-end\n---\n{{#audience_xyzzy}}x{{/audience_xyzzy}}\n",
		    "3:1 there is no audience \"xyzzy\"" },
	};
	char out[200];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		assert_string_equal(told(cases[i].text, out), cases[i].what);
}

/* A partial of the site is looked at with every template, a shipped one never. */
static void audiences_of_partials(void **state)
{
	const struct text_file own[] = { file("reader.part",
	    "{{#audience_agents}}a{{/audience_agents}}\n{{^audience_agens}}b{{/"
	    "audience_agens}}\n") };
	const struct text_file plain[] = { file(
	    "progress.tmpl", FIVE ALL_BUT_KNOWN "{{known}}\n{{> reader}}\n") };
	struct cfg_problems problems = { 0 };
	struct config *c = site();

	(void)state;
	texts_check(own, 1, c, &problems);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].file, "reader.part");
	assert_int_equal(problems.items[0].pos.line, 2);
	assert_non_null(strstr(problems.items[0].what, "did you mean \"agents\"?"));
	cfg_problems_fini(&problems);
	texts_check(plain, 1, c, &problems);
	assert_int_equal(problems.count, 0);
	texts_check(NULL, 0, c, &problems);
	assert_int_equal(problems.count, 0);
	config_free(c);
}

/* A copy of what is shipped is a good start. */
static void what_is_shipped_says_the_least(void **state)
{
	static const char text[] = "regions: [ { id: FR } ]\n"
				   "components: [ { id: data } ]\n"
				   "audiences: [ { id: public }, { id: partners },\n"
				   "  { id: internal, internal: true } ]\n";
	struct cfg_source source = { "nocboard.yaml", text, sizeof text - 1 };
	struct cfg_problems problems = { 0 };
	struct config *c = config_load(&source, 1, NULL, any_zone, NULL, &problems);
	struct text_file own[64];
	size_t n = 0;

	(void)state;
	assert_non_null(c);
	for (const struct embedded *f = embedded_files; f->name && n < countof(own); f++) {
		const char *name = strrchr(f->name, '/');

		if (strncmp(f->name, "share/templates/", 16) == 0 && name)
			own[n++] =
			    (struct text_file){ name + 1, f->name, (const char *)f->data, f->len };
	}
	assert_in_range(n, 13, countof(own) - 1);
	texts_check(own, n, c, &problems);
	if (problems.count)
		fail_msg("%s: %s", problems.items[0].file, problems.items[0].what);
	config_free(c);
}

static void the_least_is_said_to_everybody_outside(void **state)
{
	static const struct {
		const char *body, *what;
	} cases[] = {
		{ "{{known}}\n", "" },
		{ "{{#known}}We know: {{known|upper}}{{/known}}\n", "" },
		{ "{{^audience_staff}}{{known}}{{/audience_staff}}\n", "" },
		{ "{{#audience_public}}{{known}}{{/audience_public}}"
		  "{{^audience_public}}Dear agents: {{known}}{{/audience_public}}\n",
		    "" },
		{ "\n", "9:1 the text never says {{known}} to \"public\"" },
		{ "{{^known}}none: {{known}}{{/known}}\n",
		    "9:1 the text never says {{known}} to \"public\"" },
		{ "{{#audience_staff}}{{known}}{{/audience_staff}}\n",
		    "9:1 the text never says {{known}} to \"public\"" },
		{ "{{#audience_public}}{{known}}{{/audience_public}}\n",
		    "9:1 the text never says {{known}} to \"agents\"" },
	};
	char out[200];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		char *text = xasprintf("%s%s%s", FIVE, ALL_BUT_KNOWN, cases[i].body);

		assert_string_equal(told(text, out), cases[i].what);
		free(text);
	}
	assert_string_equal(told("stage: initial\n---\nHello\n", out),
	    "3:1 the text never says {{impact}}, {{known}}, {{unknown}}, {{next}}, "
	    "{{customer_actions}} to \"public\"");
	assert_string_equal(told("stage: maintenance-start\n---\nHello\n", out), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_shipped_is_good),
		cmocka_unit_test(each_stage_and_severity_has_one),
		cmocka_unit_test(own_ones_take_the_place),
		cmocka_unit_test(broken_ones_are_named_and_give_way),
		cmocka_unit_test(word_lists_are_added),
		cmocka_unit_test(audiences_that_are_not_there_are_named),
		cmocka_unit_test(audiences_of_partials),
		cmocka_unit_test(what_is_shipped_says_the_least),
		cmocka_unit_test(the_least_is_said_to_everybody_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
