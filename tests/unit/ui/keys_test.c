#include "ui/keys.h"

#include "base/embed.h"
#include "t.h"
#include "ui/action.h"

/* Parses over an empty map; what was wrong is in *out. */
static struct keymap *parse(const char *text, struct key_problems *out)
{
	struct keymap *m = keymap_new();

	*out = (struct key_problems){ 0 };
	keymap_parse(m, "t.keys", text, strlen(text), KEYS_PERSON, NULL, NULL, out);
	return m;
}

#define HEAD "format 1\ncontext board\n"

static void each_mistake_has_its_place(void **state)
{
	static const struct {
		const char *text;
		int line, column, width;
		const char *message, *help;
	} cases[] = {
		{ HEAD "bind <C-m> incident.merge", 3, 6, 5, "<C-m> and <Enter> are the same key",
		    "<M-m>" },
		{ HEAD "bind <C-i> list.next", 3, 6, 5, "<C-i> and <Tab>", "<Tab>" },
		{ HEAD "bind <C-[> list.next", 3, 6, 5, "<C-[> and <Esc>", "<Esc>" },
		{ HEAD "bind g list.first\nbind gg list.last", 4, 6, 2, "\"gg\" can never be typed",
		    "unbind g" },
		{ HEAD "bind gg list.first\nbind g list.last", 4, 6, 1, "with \"g\" bound",
		    "unbind gg" },
		{ HEAD "bind x list.next\n  bind x list.prev", 4, 8, 1, "bound twice", "" },
		{ HEAD "bind x incident.escalte", 3, 8, 16, "unknown action \"incident.escalte\"",
		    "did you mean incident.escalate?" },
		{ HEAD "bind <C-A> list.next", 3, 6, 5, "Ctrl does not see case", "<C-a>" },
		{ HEAD "bind <C-Enter> list.next", 3, 6, 9, "not bindable", "" },
		{ HEAD "bind <C-S-x> list.next", 3, 6, 7, "Ctrl with Shift", "" },
		{ HEAD "bind <S-a> list.next", 3, 6, 5, "Shift is part", "" },
		{ HEAD "bind <S-Tab> list.next", 3, 6, 7, "a name of its own", "<BackTab>" },
		{ HEAD "bind <Nope> list.next", 3, 6, 6, "no key is called <Nope>", "names are" },
		{ HEAD "bind <x list.next", 3, 6, 2, "never ends", "<lt>" },
		{ HEAD "bind abcdefghi list.next", 3, 6, 9, "at most 8 keys", "" },
		{ HEAD "bind x", 3, 1, 4, "bind takes keys and an action", "" },
		{ HEAD "unbind", 3, 1, 6, "unbind takes one", "" },
		{ HEAD "bnid x list.next", 3, 1, 4, "unknown statement \"bnid\"",
		    "did you mean bind?" },
		{ HEAD "bind x list.next \"open", 3, 18, 5, "a quote that does not end", "" },
		{ HEAD "set popup-delay x", 3, 17, 1, "a number from", "" },
		{ HEAD "set colour 1", 3, 5, 6, "unknown setting", "" },
		{ HEAD "bind x incident.severity sev=2", 3, 26, 5, "has no argument \"sev\"",
		    "name=value" },
		{ "format 1\nbind x list.next", 2, 1, 4, "before any context", "" },
		{ "format 1\ncontext bord", 2, 9, 4, "unknown context \"bord\"",
		    "did you mean board?" },
		{ "format 2", 1, 8, 1, "reads format 1", "" },
		{ "context board", 1, 1, 7, "does not say its format", "" },
		{ "format 1\ninclude \"nope.keys\"", 2, 9, 11, "there is no file nope.keys",
		    "include?" },
		{ "format 1\ninclude \"t.keys\"", 2, 9, 8, "includes itself", "" },
		{ "format 1\ncontext confirm\nbind x update.compose", 3, 8, 14,
		    "no key in a confirmation", "" },
		{ HEAD "inherit some", 3, 9, 4, "inherit none", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct key_problems p;
		struct keymap *m = parse(cases[i].text, &p);

		if (p.count != 1)
			fail_msg("%s: %zu problems", cases[i].text, p.count);
		assert_false(p.items[0].warning);
		assert_int_equal(p.items[0].line, cases[i].line);
		if (p.items[0].column != cases[i].column || p.items[0].width != cases[i].width)
			fail_msg("%s: at %d, %d wide", cases[i].text, p.items[0].column,
			    p.items[0].width);
		if (!strstr(p.items[0].message, cases[i].message))
			fail_msg("%s: says %s", cases[i].text, p.items[0].message);
		if (cases[i].help[0] &&
		    !strstr(p.items[0].help ? p.items[0].help : "", cases[i].help))
			fail_msg("%s: helps with %s", cases[i].text, p.items[0].help);
		key_problems_fini(&p);
		keymap_free(m);
	}
}

static void a_problem_prints_with_a_caret(void **state)
{
	struct key_problems p;
	struct keymap *m = parse(HEAD "  bind <C-m> incident.merge", &p);
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	key_problem_print(&p.items[0], &b);
	assert_string_equal(buf_str(&b),
	    "t.keys:3:8: error: <C-m> and <Enter> are the same key in a terminal\n"
	    "    3 |   bind <C-m> incident.merge\n"
	    "      |        ^~~~~\n"
	    "      = help: use M or <M-m>\n");
	buf_fini(&b);
	key_problems_fini(&p);
	keymap_free(m);
}

static void one_run_tells_all_mistakes(void **state)
{
	struct key_problems p;
	struct keymap *m = parse(
	    "context bord\nbind <C-m> x\ncontext board\nbind <C-A> list.next\nbind j nope\n", &p);

	(void)state;
	assert_int_equal(key_problems_errors(&p), 5);
	key_problems_fini(&p);
	keymap_free(m);
}

static void unwise_keys_are_warned_of(void **state)
{
	static const char *const keys[] = { "<C-h>", "<C-j>", "@", "]" };

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		char text[100];
		struct key_problems p;
		struct keymap *m;

		snprintf(text, sizeof text, HEAD "bind %s list.next", keys[i]);
		m = parse(text, &p);
		assert_int_equal(p.count, 1);
		assert_true(p.items[0].warning);
		assert_int_equal(key_problems_errors(&p), 0);
		key_problems_fini(&p);
		keymap_free(m);
	}
}

/* What typing this leads to: an action's id, "…" for more keys to come, "" for nothing. */
static const char *typed(const struct keymap *m, const char *context, const char *keys)
{
	uint32_t seq[KEYS_SEQUENCE];
	char why[160], help[120];
	size_t n = keys_parse(keys, seq, why, help);
	const struct binding *b;

	assert_true(n > 0);
	switch (keymap_find(m, context, seq, n, &b)) {
	case KEYS_BOUND:
		return b->action;
	case KEYS_PREFIX:
		return "…";
	case KEYS_NONE:
		break;
	}
	return "";
}

static void inner_contexts_win_and_outer_ones_are_inherited(void **state)
{
	struct key_problems p;
	struct keymap *m =
	    parse("format 1\n"
		  "context global\n bind q app.back\n bind x app.mute\n bind <C-l> app.redraw\n"
		  "context list\n bind j list.next\n"
		  "context board\n bind x list.open\n bind gg list.first\n unbind j\n"
		  "context editor\n bind <C-a> edit.home\n bind k edit.end\n"
		  "context form\n bind <Tab> form.next\n"
		  "context wall\n inherit none\n bind q app.quit\n",
		&p);

	(void)state;
	assert_int_equal(p.count, 0);
	assert_string_equal(typed(m, "board", "q"), "app.back");
	assert_string_equal(typed(m, "board", "x"), "list.open");
	assert_string_equal(typed(m, "incident", "x"), "app.mute");
	assert_string_equal(typed(m, "outbox", "j"), "list.next");
	assert_string_equal(typed(m, "board", "j"), "");
	assert_string_equal(typed(m, "board", "g"), "…");
	assert_string_equal(typed(m, "board", "gg"), "list.first");
	assert_string_equal(typed(m, "board", "gx"), "");
	/* Modal contexts inherit no printable key, and nothing of the screens below. */
	assert_string_equal(typed(m, "form", "<C-a>"), "edit.home");
	assert_string_equal(typed(m, "form", "k"), "");
	assert_string_equal(typed(m, "editor", "k"), "edit.end");
	assert_string_equal(typed(m, "form", "q"), "");
	assert_string_equal(typed(m, "form", "<C-l>"), "");
	assert_string_equal(typed(m, "wall", "q"), "app.quit");
	assert_string_equal(typed(m, "wall", "x"), "");
	key_problems_fini(&p);
	keymap_free(m);
}

static void a_later_layer_replaces_silently(void **state)
{
	static const char over[] = HEAD "bind x list.prev \"Mine\"\nunbind gg\nbind g list.last\n";
	struct key_problems p;
	struct keymap *m = parse(HEAD "bind x list.next\nbind gg list.first\n", &p);

	(void)state;
	assert_true(keymap_parse(m, "o.keys", over, sizeof over - 1, KEYS_FILE, NULL, NULL, &p));
	assert_int_equal(p.count, 0);
	assert_string_equal(typed(m, "board", "x"), "list.prev");
	assert_string_equal(typed(m, "board", "g"), "list.last");
	assert_string_equal(keymap_for(m, "board", "list.prev", NULL)->text, "Mine");
	assert_int_equal(keymap_for(m, "board", "list.prev", NULL)->layer, KEYS_FILE);
	assert_null(keymap_for(m, "board", "list.next", NULL));
	key_problems_fini(&p);
	keymap_free(m);
}

static void a_bad_layer_changes_nothing(void **state)
{
	static const char bad[] =
	    HEAD "inherit none\nset popup-delay 5\nbind x list.prev\nbind y nope\n";
	struct key_problems p;
	struct keymap *m = parse(
	    "format 1\ncontext global\nbind q app.back\ncontext board\nbind x list.next\n", &p);

	(void)state;
	assert_false(keymap_parse(m, "b.keys", bad, sizeof bad - 1, KEYS_FILE, NULL, NULL, &p));
	assert_string_equal(typed(m, "board", "x"), "list.next");
	assert_string_equal(typed(m, "board", "q"), "app.back");
	assert_int_equal(keymap_setting(m, "popup-delay", 400), 400);
	key_problems_fini(&p);
	keymap_free(m);
}

static char *endless(void *ctx, const char *from, const char *name)
{
	int *n = ctx;
	char text[100];

	(void)from;
	(void)name;
	snprintf(text, sizeof text, "format 1\ninclude \"x%d.keys\"\n", ++*n);
	return strdup(text);
}

static void includes_end(void **state)
{
	static const char text[] = "format 1\ninclude \"x.keys\"\ninclude? \"none.keys\"\n";
	struct key_problems p = { 0 };
	struct keymap *m = keymap_new();
	int n = 0;

	(void)state;
	assert_false(keymap_parse(m, "t.keys", text, sizeof text - 1, KEYS_FILE, endless, &n, &p));
	assert_true(n < 2 * KEYS_DEPTH + 2);
	assert_non_null(strstr(p.items[0].message, "deeper than"));
	key_problems_fini(&p);
	keymap_free(m);
}

/* A line of the greatest length is read, a longer one is an error, and so is a NUL. */
static void lines_have_a_limit(void **state)
{
	(void)state;
	for (int extra = -1; extra <= 1; extra++) {
		char text[1200] = "format 1\n#";
		struct key_problems p;
		struct keymap *m;
		size_t n = strlen(text);

		memset(text + n, 'x', (size_t)(999 + extra));
		m = parse(text, &p);
		assert_int_equal(p.count, extra > 0);
		key_problems_fini(&p);
		keymap_free(m);
	}
	{
		struct key_problems p = { 0 };
		struct keymap *m = keymap_new();

		assert_false(keymap_parse(m, "t", "format 1\n\0\n", 11, KEYS_FILE, NULL, NULL, &p));
		key_problems_fini(&p);
		keymap_free(m);
	}
}

static void tokens_print_as_they_are_read(void **state)
{
	static const char *const tokens[] = { "a", "gg", "<C-x>", "<M-Left>", "<Space>e2", "<lt>",
		"<Bar>", "<Hash>", "<F12>", "<C-_>", "é", "<S-Up>" };

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		uint32_t keys[KEYS_SEQUENCE];
		char why[160], help[120];
		size_t n = keys_parse(tokens[i], keys, why, help);
		struct buf b;

		buf_init(&b, 0);
		keys_print(keys, n, &b);
		assert_string_equal(buf_str(&b), tokens[i]);
		buf_fini(&b);
	}
	{
		uint32_t keys[KEYS_SEQUENCE];
		char why[160], help[120];
		size_t n = keys_parse("<space>E", keys, why, help);
		struct buf b;

		buf_init(&b, 0);
		keys_label(keys, n, &b);
		assert_string_equal(buf_str(&b), "Space E");
		buf_fini(&b);
	}
}

/* Every shipped map must be without a single remark, alone and over the built-in one. */
static void shipped_maps_are_clean(void **state)
{
	int seen = 0;

	(void)state;
	for (const struct embedded *f = embedded_files; f->name; f++) {
		struct key_problems p = { 0 };
		struct keymap *m;
		struct buf b;

		if (strncmp(f->name, "keymaps/", 8) != 0)
			continue;
		m = strcmp(f->name, "keymaps/default.keys") == 0 ||
			    strcmp(f->name, "keymaps/base.keys") == 0
			? keymap_new()
			: keymap_builtin();
		keymap_parse(
		    m, f->name + 8, (const char *)f->data, f->len, KEYS_BUILTIN, NULL, NULL, &p);
		if (strcmp(f->name, "keymaps/base.keys") != 0)
			keymap_check(m, &p);
		buf_init(&b, 0);
		for (size_t i = 0; i < p.count; i++)
			key_problem_print(&p.items[i], &b);
		assert_string_equal(buf_str(&b), "");
		buf_fini(&b);
		key_problems_fini(&p);
		keymap_free(m);
		seen++;
	}
	assert_true(seen >= 2);
}

static void a_map_without_a_way_out_is_told(void **state)
{
	static const char text[] =
	    "format 1\ncontext global\nunbind q\nunbind <Esc>\nunbind <F10>\n";
	struct key_problems p = { 0 };
	struct keymap *m = keymap_builtin();

	(void)state;
	assert_true(keymap_parse(m, "t.keys", text, sizeof text - 1, KEYS_FILE, NULL, NULL, &p));
	keymap_check(m, &p);
	assert_true(key_problems_errors(&p) >= 1);
	assert_non_null(strstr(p.items[0].message, "no key is left for app.back in context board"));
	key_problems_fini(&p);
	keymap_free(m);
}

static void one_key_with_two_dangers_is_warned_of(void **state)
{
	struct key_problems p;
	struct keymap *m = parse(
	    "format 1\ncontext board\nbind U list.next\ncontext incident\nbind U incident.merge\n",
	    &p);
	bool told = false;

	(void)state;
	keymap_check(m, &p);
	for (size_t i = 0; i < p.count; i++)
		told = told || (p.items[i].warning && strstr(p.items[i].message, "incident.merge"));
	assert_true(told);
	key_problems_fini(&p);
	keymap_free(m);
}

/* The table: names once, help everywhere, contexts that exist, and a key or a place in the palette
 * for everything. */
static void actions_are_whole(void **state)
{
	size_t count;
	const struct action *const *list = actions(&count);

	(void)state;
	assert_true(count > 60);
	for (size_t i = 0; i < count; i++) {
		char contexts[100];

		assert_true(list[i]->help[0] != '\0' && list[i]->label[0] != '\0');
		assert_ptr_equal(action_find(list[i]->id), list[i]);
		snprintf(contexts, sizeof contexts, "%s", list[i]->contexts);
		for (char *rest = contexts, *word; (word = strsep(&rest, " "));)
			assert_non_null(key_context(word));
	}
	assert_string_equal(action_near("incident.escalte"), "incident.escalate");
	assert_string_equal(action_near("severty"), "incident.severity");
	assert_null(action_near("qwertzuiop"));
	assert_true(action_in(action_find("list.next"), "board"));
	assert_false(action_in(action_find("list.open"), "confirm"));
	assert_false(action_in(action_find("incident.ack"), "wall"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_has_its_place),
		cmocka_unit_test(a_problem_prints_with_a_caret),
		cmocka_unit_test(one_run_tells_all_mistakes),
		cmocka_unit_test(unwise_keys_are_warned_of),
		cmocka_unit_test(inner_contexts_win_and_outer_ones_are_inherited),
		cmocka_unit_test(a_later_layer_replaces_silently),
		cmocka_unit_test(a_bad_layer_changes_nothing),
		cmocka_unit_test(includes_end),
		cmocka_unit_test(lines_have_a_limit),
		cmocka_unit_test(tokens_print_as_they_are_read),
		cmocka_unit_test(shipped_maps_are_clean),
		cmocka_unit_test(a_map_without_a_way_out_is_told),
		cmocka_unit_test(one_key_with_two_dangers_is_warned_of),
		cmocka_unit_test(actions_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
