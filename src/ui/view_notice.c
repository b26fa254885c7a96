/* Something to read before going on. */
#include <stdlib.h>
#include <string.h>

#include "app_priv.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/views.h"

#define NOTICE_MAX ((size_t)256 << 10)

struct notice {
	char *title, *text;
	notice_text write; /* NULL: the text stands */
	char *about;
	int skip, lines, shown;
};

void *view_notice_new(const char *title, const char *text)
{
	struct notice *n = xcalloc(1, sizeof *n);

	n->title = xstrdup(title);
	n->text = utf8_cleaned(text, UTF8_LINES, 0);
	return n;
}

void *view_notice_live(const char *title, notice_text write, const char *about)
{
	struct notice *n = view_notice_new(title, "");

	n->write = write;
	n->about = xstrdup_null(about);
	return n;
}

static void write_anew(struct notice *n, const struct scene *s)
{
	struct buf text;

	buf_init(&text, NOTICE_MAX);
	n->write(s, n->about, &text);
	free(n->text);
	n->text = utf8_cleaned(buf_str(&text), UTF8_LINES, 0);
	buf_fini(&text);
}

static void shut(void *state)
{
	struct notice *n = state;

	free(n->title);
	free(n->about);
	free(n->text);
	free(n);
}

static void draw(void *state, const struct scene *s, struct canvas *c)
{
	struct notice *n = state;
	int w = c->w - 4 < 76 ? c->w - 4 : 76;
	const struct binding *b = keymap_for(s->keys, "help", "app.back", NULL);
	struct canvas probe;
	struct buf key;
	struct rect r;

	if (n->write)
		write_anew(n, s);
	canvas_init(&probe, 0, 0);
	n->lines = canvas_wrap(&probe, (struct rect){ 0, 0, w - 4, 0 }, STYLE_TEXT, n->text, 0);
	canvas_fini(&probe);
	n->shown = n->lines < c->h - 6 ? n->lines : c->h - 6;
	if (n->skip > n->lines - n->shown)
		n->skip = n->lines - n->shown;
	r = (struct rect){ (c->w - w) / 2, (c->h - n->shown - 4) / 2, w, n->shown + 4 };
	canvas_box(c, r, STYLE_ACCENT, n->title);
	canvas_wrap(
	    c, (struct rect){ r.x + 2, r.y + 1, w - 4, n->shown }, STYLE_TEXT, n->text, n->skip);
	buf_init(&key, 40);
	if (b)
		keys_label(b->keys, b->count, &key);
	canvas_putf(c, r.x + 2, r.y + r.h - 2, STYLE_DIM, "%s closes%s", buf_str(&key),
	    n->lines > n->shown ? ", arrows scroll" : "");
	canvas_cursor(c, r.x + 2, r.y + 1);
	buf_fini(&key);
}

static bool act(void *state, struct app *app, const struct action *a, const char *args)
{
	struct notice *n = state;

	(void)args;
	if (strcmp(a->id, "list.next") == 0)
		n->skip++;
	else if (strcmp(a->id, "list.prev") == 0)
		n->skip -= n->skip > 0;
	else if (strcmp(a->id, "list.page-down") == 0)
		n->skip += n->shown;
	else if (strcmp(a->id, "list.page-up") == 0)
		n->skip = n->skip > n->shown ? n->skip - n->shown : 0;
	else if (strcmp(a->id, "app.back") == 0 || strcmp(a->id, "app.cancel") == 0 ||
		 strcmp(a->id, "list.open") == 0)
		app_pop(app);
	else
		return false;
	return true;
}

const struct view_ops view_notice = {
	.name = "Notice",
	.context = "help",
	.overlay = true,
	.draw = draw,
	.act = act,
	.close = shut,
};
