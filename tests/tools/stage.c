#include "stage.h"

#include "t.h"

#include "base/mem.h"
#include "os/file.h"

void stage_engine(struct stage *s, const struct stage_options *o)
{
	s->engine = fake_engine_start(&(struct fake_options){ .socket = s->socket,
	    .objects = s->objects,
	    .timeline = s->timeline,
	    .answer = o->answer,
	    .greeting = o->greeting,
	    .now = "2026-03-10T14:31:07.000Z" });
}

void stage_engine_gone(struct stage *s)
{
	fake_engine_stop(s->engine);
	s->engine = NULL;
}

struct stage *stage_new(const struct stage_options *o)
{
	const char *program = getenv("NOCBOARD");
	struct stage *s = xcalloc(1, sizeof *s);
	struct err e = { 0 };
	char *argv[12] = { 0 };
	int n = 0;

	s->dir = file_scratch("board-test", &e);
	if (!s->dir)
		fail_msg("%s", e.msg);
	s->socket = xasprintf("%s/sock", s->dir);
	s->objects = xstrdup(top_path("tests/golden/board.objects"));
	s->timeline = xstrdup(top_path("tests/golden/board.timeline"));
	stage_engine(s, o);
	argv[n++] = xstrdup(program ? program : "./nocboard");
	argv[n++] = xstrdup("board");
	argv[n++] = xstrdup("--socket");
	argv[n++] = xstrdup(s->socket);
	for (int i = 0; i < 6 && o->args[i]; i++)
		argv[n++] = xstrdup(o->args[i]);
	s->screen = screen_start(argv, &(struct screen_options){ .w = o->w,
					   .h = o->h,
					   .term = o->term,
					   .locale = o->locale,
					   .env = o->env,
					   .home = s->dir });
	while (n > 0)
		free(argv[--n]);
	return s;
}

void stage_free(struct stage *s)
{
	struct err e;

	screen_free(s->screen);
	fake_engine_stop(s->engine);
	file_remove_tree(s->dir, &e);
	free(s->dir);
	free(s->socket);
	free(s->objects);
	free(s->timeline);
	free(s);
}

void stage_see(struct stage *s, const char *text)
{
	screen_see(s->screen, text, STAGE_WAIT);
}

void stage_keys(struct stage *s, const char *keys)
{
	for (; *keys; keys++)
		screen_key(s->screen, (char[]){ *keys, '\0' });
}

cJSON *stage_object(const char *start)
{
	char *text = slurp(top_path("tests/golden/board.objects"), NULL),
	     *line = strstr(text, start);
	struct err e;
	cJSON *o;

	assert_non_null(line);
	o = json_parse(line, strcspn(line, "\n"), &e);
	assert_non_null(o);
	free(text);
	return o;
}

void stage_say(struct stage *s, cJSON *take)
{
	char *line = json_text(take);

	fake_engine_say(s->engine, line);
	free(line);
	cJSON_Delete(take);
}
