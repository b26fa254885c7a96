/* What happened over everything: the pane beside the board, and what came while nobody looked. */
#include "ui/draw.h"

#include <locale.h>

#include "scene.h"
#include "t.h"

static struct canvas canvas;

static const char *row(int y)
{
	static struct buf text;

	if (!text.data)
		buf_init(&text, 0);
	buf_clear(&text);
	canvas_row_text(&canvas, y, &text);
	return buf_str(&text);
}

/* The first row that has these words; -1: none. */
static int where(const char *words)
{
	for (int y = 0; y < canvas.h; y++)
		if (strstr(row(y), words))
			return y;
	return -1;
}

static void draw(const struct scene *s, int w, int h)
{
	canvas_fini(&canvas);
	canvas_init(&canvas, w, h);
	draw_journal(s, &canvas, (struct rect){ 0, 0, w, h }, -1, "INC-42");
}

static void the_newest_of_everything_comes_first(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	draw(s, 79, 40);
	assert_string_equal(
	    row(0), "  37 s   INC-41  jon      stopped the progress update: it was not sent");
	assert_in_range(where("Orange: partial outage"), 1, 10);
	assert_true(where("configuration taken anew") > where("planned: Fibre work"));
	/* One that is long is wrapped, and can be read to its end. */
	assert_int_equal(where("answer either"), where("12 signals, the last") + 2);
	scene_apply(s, "{\"o\":\"recent\",\"id\":\"3\",\"number\":99,\"at\":"
		       "\"2026-03-10T14:31:07Z\",\"actor\":\"engine\",\"text\":\"started\"}");
	draw(s, 120, 40);
	assert_string_equal(row(0), "  now                engine       started");
	scene_free(s);
}

/* The rule stands between what this person may have missed and the rest. */
static void what_came_meanwhile_is_told_apart(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	assert_int_equal(journal_since(s), 0);
	draw(s, 90, 40);
	assert_int_equal(where("since you left"), -1);
	utc_parse("2026-03-10T14:29:00Z", &s->seen);
	assert_int_equal(journal_since(s), 3);
	draw(s, 90, 40);
	assert_int_equal(where("3 since you left the keys at 14:29 UTC, 2 min ago"), 3);
	s->seen = s->now;
	assert_int_equal(journal_since(s), 0);
	scene_free(s);
}

static void one_region_hears_of_its_own(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	s->region = "it";
	draw(s, 90, 40);
	assert_int_equal(where("INC-42"), -1);
	assert_int_equal(where("INC-41"), 0);
	assert_true(where("configuration taken anew") > 0);
	utc_parse("2026-03-10T14:29:00Z", &s->seen);
	assert_int_equal(journal_since(s), 2);
	scene_free(s);
}

static void assert_outbox(struct scene *s, enum style style, const char *want)
{
	struct buf text;

	buf_init(&text, 0);
	assert_int_equal(outbox_state(s->snap, &text), style);
	assert_string_equal(buf_str(&text), want);
	buf_fini(&text);
}

static void the_outbox_says_how_it_is(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	assert_outbox(s, STYLE_WARN, "1 failing, tried again");
	scene_apply(s, "{\"o\":\"delivery\",\"id\":\"INC-41.9/page\",\"incident\":\"INC-41\","
		       "\"destination\":\"page\",\"state\":\"sending\",\"update\":9}");
	scene_apply(s, "{\"o\":\"held\",\"id\":\"held-1\",\"incident\":\"INC-41\",\"release_at\":"
		       "\"2026-03-10T14:31:15Z\"}");
	assert_outbox(s, STYLE_WARN, "1 failing, tried again · 1 held · 1 on the way");
	scene_apply(s, "{\"o\":\"held\",\"id\":\"held-2\",\"incident\":\"INC-41\",\"stuck\":"
		       "\"refused\"}");
	assert_outbox(s, STYLE_ERROR,
	    "1 waits for a person · 1 failing, tried again · 1 held · 1 on the way");
	scene_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_of_everything_comes_first),
		cmocka_unit_test(what_came_meanwhile_is_told_apart),
		cmocka_unit_test(one_region_hears_of_its_own),
		cmocka_unit_test(the_outbox_says_how_it_is),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
