/* Whether a template says the least that an update says, to everybody who is not internal. */
#include <string.h>

#include "base/buf.h"
#include "domain/compose.h"
#include "template_priv.h"

/* Whether a text for the audience may hold the value of the field: sections that ask for another
 * thing than the audience are taken as open. */
static bool may_say(const struct template *t, const char *field, const char *audience)
{
	for (size_t i = 0; i < t->node_count; i++) {
		const struct node *node = &t->nodes[i];
		const char *of;
		bool open;

		if (node->type == NODE_VALUE && strcmp(node->text, field) == 0)
			return true;
		if (node->type != NODE_SECTION && node->type != NODE_INVERTED)
			continue;
		of = template_audience(node->text);
		open = of ? (strcmp(of, audience) == 0) == (node->type == NODE_SECTION)
			  : node->type == NODE_SECTION || strcmp(node->text, field) != 0;
		if (!open)
			i = node->end - 1;
	}
	return false;
}

/* True: nothing is missing. */
static bool tell(struct reading *r, const struct template *t, const char *audience, const char *at)
{
	struct buf missing;
	bool all;

	buf_init(&missing, 0);
	for (const char *const *name = compose_minimum; *name; name++)
		if (!may_say(t, *name, audience))
			buf_addf(&missing, "%s{{%s}}", missing.len ? ", " : "", *name);
	all = missing.len == 0;
	if (!all)
		template_error_at(r, at, "the text never says %s%s%s%s", buf_str(&missing),
		    *audience ? " to \"" : "", audience, *audience ? "\"" : "");
	buf_fini(&missing);
	return all;
}

void template_says_least(struct reading *r, const struct template *t,
    const struct template_reader *readers, const char *at)
{
	bool outside = false;

	for (; readers->id; readers++) {
		if (readers->internal)
			continue;
		outside = true;
		if (!tell(r, t, readers->id, at))
			return;
	}
	if (!outside)
		tell(r, t, "", at);
}
