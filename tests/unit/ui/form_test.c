#include "ui/form.h"

#include <locale.h>

#include "scene.h"
#include "t.h"
#include "ui/palette.h"
#include "ui/views.h"

static struct form *open_form(
    struct scene *s, const char *action, const char *incident, const char *args)
{
	return form_new(
	    action_find(action), s, incident ? snap_incident(s->snap, incident) : NULL, args);
}

/* Presses: actions by id, text with a leading '='. True when the form asked to be sent. */
static bool press(struct form *f, const char *const *keys)
{
	bool submit = false;

	for (; *keys; keys++) {
		if ((*keys)[0] == '=')
			form_text(f, *keys + 1, strlen(*keys) > 2);
		else
			assert_true(form_act(f, *keys, &submit));
	}
	return submit;
}

#define K(...) ((const char *const[]){ __VA_ARGS__, NULL })

static char *args_of(const struct form *f)
{
	cJSON *args = form_args(f);
	char *text = json_text(args);

	cJSON_Delete(args);
	return text;
}

static void assert_args(const struct form *f, const char *want)
{
	char *have = args_of(f);

	assert_string_equal(have, want);
	free(have);
}

/* The first vacant role is marked; Enter takes it and goes on; the person is found by typing. */
static void a_role_is_given_in_five_keys(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.role", "INC-42", NULL);

	(void)state;
	assert_string_equal(f->title, "Assign a role on INC-42 FR data,activation");
	assert_int_equal(f->seen, 14);
	assert_true(press(f, K("form.enter", "=a", "=n", "form.enter", "form.submit")));
	assert_true(form_check(f));
	assert_args(f, "{\"role\":\"comms\",\"person\":\"ana\"}");
	form_free(f);
	scene_free(s);
}

static void choices_say_what_they_mean(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.role", "INC-42", NULL);
	struct canvas c;

	(void)state;
	canvas_init(&c, 80, 24);
	form_draw(f, s, &c);
	assert_true(canvas_has(&c, "held by maria"));
	assert_true(canvas_has(&c, "[ Do it ] C-s   [ Cancel ] Esc   Enter next  Down choose"));
	press(f, K("form.next"));
	canvas_clear(&c);
	form_draw(f, s, &c);
	/* Oneself first, then who is on call; the roles that they have already. */
	assert_true(canvas_has(&c, "▸ maria  Maria  you on call has IC"));
	form_free(f);
	f = open_form(s, "incident.escalate", "INC-42", NULL);
	canvas_clear(&c);
	form_draw(f, s, &c);
	assert_true(canvas_has(&c, "it pages nobody"));
	assert_true(canvas_has(&c, "call Kenji +81 3 555 0104 (core"));
	assert_true(canvas_has(&c, "call Orange NOC +33 1 555 0200"));
	form_free(f);
	f = open_form(s, "incident.severity", "INC-42", NULL);
	canvas_clear(&c);
	form_draw(f, s, &c);
	assert_true(canvas_has(&c, "(now) broad outage"));
	form_free(f);
	canvas_fini(&c);
	scene_free(s);
}

static void what_is_missing_is_named_under_its_field(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.severity", "INC-42", NULL);
	struct canvas c;

	(void)state;
	assert_true(press(f, K("=2", "form.submit")));
	assert_false(form_check(f));
	assert_int_equal(f->focus, 1);
	canvas_init(&c, 80, 24);
	form_draw(f, s, &c);
	assert_true(canvas_has(&c, "Reason is needed"));
	canvas_fini(&c);
	press(f, K("=the blast radius shrank"));
	assert_true(form_check(f));
	assert_args(f, "{\"severity\":\"2\",\"reason\":\"the blast radius shrank\"}");
	form_free(f);
	scene_free(s);
}

static void only_choices_are_taken(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.role", "INC-42", NULL);

	(void)state;
	press(f, K("=boss", "form.next", "=zz"));
	assert_false(form_check(f));
	assert_non_null(strstr(f->fields[0].error, "\"boss\" is none of the choices"));
	assert_non_null(strstr(f->fields[1].error, "\"zz\" is none of the choices"));
	assert_int_equal(f->focus, 0);
	/* What names one choice alone is that choice. */
	press(f, K("edit.kill-line", "=tech", "form.next", "edit.kill-line", "=kenj"));
	assert_true(form_check(f));
	assert_args(f, "{\"role\":\"tech\",\"person\":\"kenji\"}");
	form_free(f);
	scene_free(s);
}

static void arrows_choose(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.escalate", "INC-42", NULL);

	(void)state;
	press(f, K("list.next", "form.enter"));
	assert_string_equal(form_value(f, "to"), "3");
	assert_null(form_value(f, "nope"));
	press(f, K("form.prev", "list.prev", "list.prev", "edit.kill-line", "form.enter"));
	assert_string_equal(form_value(f, "to"), "2");
	assert_args(f, "{\"to\":\"2\"}");
	form_free(f);
	scene_free(s);
}

/* What was marked on purpose is what is done: not the choice of before, and not none. */
static void a_mark_that_was_moved_is_meant(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.role", "INC-42", NULL);

	(void)state;
	press(f, K("list.next", "form.next"));
	assert_string_equal(form_value(f, "role"), "tech");
	assert_true(press(f, K("list.next", "form.submit")));
	assert_string_equal(form_value(f, "person"), "ana");
	/* Back to one that was chosen: another one is marked, and Enter means that. */
	press(f, K("form.prev", "list.prev", "form.enter"));
	assert_string_equal(form_value(f, "role"), "comms");
	/* Only looked at, it stays. */
	press(f, K("form.prev", "form.next", "form.next"));
	assert_string_equal(form_value(f, "role"), "comms");
	assert_string_equal(form_value(f, "person"), "ana");
	form_free(f);
	scene_free(s);
}

static void several_regions_are_gathered(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.scope", "INC-42", NULL);

	(void)state;
	assert_string_equal(form_value(f, "regions"), "fr");
	assert_string_equal(form_value(f, "components"), "data, activation");
	press(f, K("=,", "=i", "=t", "form.enter"));
	assert_string_equal(form_value(f, "regions"), "fr, it");
	form_free(f);
	f = open_form(s, "incident.open", NULL, NULL);
	assert_int_equal(f->seen, 0);
	press(f, K("=Portal is down", "form.enter", "=1", "form.enter", "form.enter", "=,", "=u",
		     "form.enter"));
	assert_string_equal(form_value(f, "regions"), "fr, us");
	form_free(f);
	scene_free(s);
}

static void bindings_fill_fields(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.escalate", "INC-42", "to=3 via=phone");

	(void)state;
	assert_string_equal(form_value(f, "to"), "3");
	assert_string_equal(form_value(f, "via"), "phone");
	assert_int_equal(f->focus, 1);
	form_free(f);
	scene_free(s);
}

static void a_refusal_stands_where_it_belongs(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.role", "INC-42", NULL);
	struct canvas c;

	(void)state;
	snprintf(f->sent, sizeof f->sent, "id");
	canvas_init(&c, 80, 24);
	form_draw(f, s, &c);
	assert_true(canvas_has(&c, "sent, waiting for the engine"));
	form_refuse(f, "person", "IC and comms are two people", "say why under Override");
	assert_int_equal(f->focus, 1);
	assert_string_equal(f->sent, "");
	canvas_clear(&c);
	form_draw(f, s, &c);
	assert_true(canvas_has(&c, "IC and comms are two people — say why under Over"));
	form_refuse(f, "", "somebody was faster", "");
	assert_string_equal(f->error, "somebody was faster");
	canvas_fini(&c);
	form_free(f);
	scene_free(s);
}

static void a_paste_is_text_and_has_a_limit(void **state)
{
	struct scene *s = scene_new();
	struct form *f = open_form(s, "incident.note", "INC-42", NULL);
	char *big = calloc(LINEEDIT_MAX + 2, 1);

	(void)state;
	form_text(f, "two\nlines", true);
	assert_args(f, "{\"text\":\"two\\nlines\"}");
	memset(big, 'x', LINEEDIT_MAX + 1);
	form_text(f, big, true);
	assert_non_null(strstr(f->fields[0].error, "cut"));
	free(big);
	form_free(f);
	scene_free(s);
}

/* ---- palette ---- */

static void the_palette_finds_by_letters(void **state)
{
	struct scene *s = scene_new();
	const struct snap_incident *inc = snap_incident(s->snap, "INC-42");
	static const struct {
		const char *needle, *want;
	} cases[] = { { "esc", "incident.escalate" }, { "sev", "incident.severity" },
		{ "ack", "incident.ack" }, { "merge", "incident.merge" }, { "theme", "app.theme" },
		{ "quit", "app.quit" }, { "note hello", "incident.note" } };

	(void)state;
	assert_int_equal(palette_score("abc", "abd"), 0);
	assert_true(
	    palette_score("incident.escalate", "esc") > palette_score("the same cat", "esc"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n;
		struct palette_entry *list = palette_find(s, "board", inc, cases[i].needle, &n);

		assert_true(n > 0);
		assert_string_equal(list[0].action->id, cases[i].want);
		free(list);
	}
	scene_free(s);
}

static void the_palette_says_why_not(void **state)
{
	struct scene *s = scene_new();
	size_t n;
	struct palette_entry *list =
	    palette_find(s, "board", snap_incident(s->snap, "INC-42"), "ack", &n);
	const char *rest;

	(void)state;
	assert_string_equal(list[0].why_not, "it is acknowledged already");
	free(list);
	s->read_only = true;
	list = palette_find(s, "board", NULL, "", &n);
	assert_true(n > 5);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(list[i].action->danger, DANGER_VIEW);
	free(list);
	assert_string_equal(palette_resolve("escalate to=2", &rest)->id, "incident.escalate");
	assert_string_equal(rest, "to=2");
	assert_string_equal(palette_resolve("app.quit", &rest)->id, "app.quit");
	assert_null(rest);
	assert_null(palette_resolve("nope", &rest));
	scene_free(s);
}

static int setup(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_role_is_given_in_five_keys),
		cmocka_unit_test(choices_say_what_they_mean),
		cmocka_unit_test(what_is_missing_is_named_under_its_field),
		cmocka_unit_test(only_choices_are_taken),
		cmocka_unit_test(arrows_choose),
		cmocka_unit_test(a_mark_that_was_moved_is_meant),
		cmocka_unit_test(several_regions_are_gathered),
		cmocka_unit_test(bindings_fill_fields),
		cmocka_unit_test(a_refusal_stands_where_it_belongs),
		cmocka_unit_test(a_paste_is_text_and_has_a_limit),
		cmocka_unit_test(the_palette_finds_by_letters),
		cmocka_unit_test(the_palette_says_why_not),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
