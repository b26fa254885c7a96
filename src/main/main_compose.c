#include "main_compose.h"

#include <stdlib.h>
#include <string.h>

#include "ui/facts.h"

/* All audiences that are not internal. */
static void default_audiences(struct main_compose *m, const struct snapshot *s)
{
	for (size_t i = 0;
	     s->noc && i < s->noc->audience_count && m->audience_count < MAIN_AUDIENCES; i++)
		if (!s->noc->audiences[i].internal)
			m->audiences[m->audience_count++] =
			    arena_strdup(m->arena, s->noc->audiences[i].id);
}

bool main_compose_open(struct main_compose *m, const struct session *s,
    const struct snap_incident *inc, const char *stage, const char *name, struct err *e)
{
	const struct snapshot *snap = session_snapshot(s);

	*m = (struct main_compose){ .arena = arena_new(), .now = session_now(s) };
	if (!stage)
		stage = facts_stage(inc);
	facts_of(snap, inc, m->now, m->arena, &m->facts);
	m->texts = facts_texts(snap);
	m->template = facts_template(m->texts, name, stage, inc->severity);
	if (!m->template) {
		err_set(e, ERR_USAGE,
		    "there is no template \"%.60s\" (initial, progress, no-change, restored, "
		    "resolved, correction)",
		    name ? name : stage);
		main_compose_close(m);
		return false;
	}
	m->compose = compose_new(m->template, &m->facts, m->now);
	default_audiences(m, snap);
	return true;
}

void main_compose_close(struct main_compose *m)
{
	compose_free(m->compose);
	texts_free(m->texts);
	arena_free(m->arena);
	memset(m, 0, sizeof *m);
}

void main_compose_audience(struct main_compose *m, const char *id)
{
	if (!m->named)
		m->audience_count = 0;
	m->named = true;
	if (m->audience_count < MAIN_AUDIENCES)
		m->audiences[m->audience_count++] = arena_strdup(m->arena, id);
}
