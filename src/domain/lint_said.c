/* Whether a text says what its fields hold. */
#include <string.h>

#include <utf8proc.h>

#include "base/utf8.h"
#include "domain/compose.h"
#include "lint_priv.h"

/* The next letter of no case, blanks and line ends together as one; 0: the end. */
static unsigned next(const char **s)
{
	size_t len = strspn(*s, " \t\r\n");
	unsigned cp = ' ';

	if (!len)
		cp = utf8_next(*s, &len);
	*s += cp ? len : 0;
	return cp && cp != ' ' ? (unsigned)utf8proc_toupper((utf8proc_int32_t)cp) : cp;
}

/* The value begins here, and goes on to its end or to where a filter cut it. */
static bool begins(const char *text, const char *value)
{
	bool some = false;

	for (;; some = true) {
		unsigned a, b;

		if (!value[strspn(value, " \t\r\n")])
			return true;
		if (some && strncmp(text + strspn(text, " "), "…", strlen("…")) == 0)
			return true;
		a = next(&text);
		b = next(&value);
		if (a != b)
			return false;
	}
}

static bool says(const char *text, const char *value)
{
	value += strspn(value, " \t\r\n");
	for (; *text; next(&text))
		if (begins(text, value))
			return true;
	return !*value;
}

static void unsaid(struct linting *l, const struct lint_field *f)
{
	for (size_t i = 0; i < l->in->text_count; i++) {
		if (l->in->readers[i].internal || says(l->in->texts[i], f->value))
			continue;
		lint_found(l, f->name, "use a template whose text says it",
		    "%s is not said in the text for \"%s\"", f->label ? f->label : f->name,
		    l->in->readers[i].audience);
		return;
	}
}

void lint_unsaid(struct linting *l)
{
	for (const char *const *name = compose_minimum; *name; name++)
		for (size_t i = 0; i < l->in->field_count; i++)
			if (strcmp(l->in->fields[i].name, *name) == 0 && l->in->fields[i].value &&
			    l->in->readers && !l->in->planned)
				unsaid(l, &l->in->fields[i]);
}
