#include "scene.h"

#include "t.h"

#include "base/json.h"
#include "base/mem.h"
#include "domain/command.h"

static void apply_file(struct scene *s, const char *name)
{
	char *text = slurp(top_path(name), NULL), *rest = text, *line;

	assert_non_null(text);
	while ((line = strsep(&rest, "\n")))
		if (*line)
			scene_apply(s, line);
	free(text);
}

static struct snapshot *owned(struct scene *s)
{
	union {
		const struct snapshot *c;
		struct snapshot *m;
	} u = { .c = s->snap };

	return u.m;
}

void scene_apply(struct scene *s, const char *line)
{
	struct err e = { 0 };
	cJSON *obj = json_parse(line, strlen(line), &e);

	if (!obj || !snapshot_apply(owned(s), obj, &e))
		fail_msg("%.80s: %s", line, e.msg);
	cJSON_Delete(obj);
}

struct scene *scene_new(void)
{
	struct scene *s = xcalloc(1, sizeof *s);

	s->snap = snapshot_new();
	utc_parse("2026-03-10T14:31:07.000Z", &s->now);
	s->seen = UTC_NONE;
	s->keys = keymap_builtin();
	s->me = "maria";
	s->can = permission_parse("command") | permission_parse("publish");
	s->link = LINK_UP;
	apply_file(s, "tests/golden/board.objects");
	apply_file(s, "tests/golden/board.timeline");
	scene_apply(s, "{\"o\":\"mark\",\"seq\":99,\"at\":\"2026-03-10T14:31:07.000Z\"}");
	return s;
}

void scene_free(struct scene *s)
{
	union {
		const struct keymap *c;
		struct keymap *m;
	} u = { .c = s->keys };

	snapshot_free(owned(s));
	keymap_free(u.m);
	free(s);
}

struct canvas scene_draw(
    struct scene *s, const struct view_ops *ops, void *state, int w, int h, bool ascii)
{
	struct canvas c;

	canvas_init(&c, w, h);
	c.ascii = ascii;
	ops->draw(state, s, &c);
	return c;
}

bool canvas_has(const struct canvas *c, const char *text)
{
	struct buf row;
	bool found = false;

	for (int y = 0; y < c->h && !found; y++) {
		buf_init(&row, 0);
		canvas_row_text(c, y, &row);
		found = strstr(buf_str(&row), text) != NULL;
		buf_fini(&row);
	}
	return found;
}
