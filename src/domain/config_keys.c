/* The schema told key by key, for those who explain it. */
#include <stdio.h>

#include "base/mem.h"
#include "config_priv.h"

static void takes(const struct field *f, char *out, size_t size)
{
	static const char *const words[] = {
		[F_TEXT] = "a text",
		[F_ID] = "an id",
		[F_DURATION] = "a length of time",
		[F_INT] = "a number",
		[F_BOOL] = "true or false",
		[F_CHOICE] = "one of a few words",
		[F_TEXTS] = "a text or a list of texts",
		[F_PAIRS] = "keys with one or several values",
		[F_SECRET] = "a reference to a secret",
		[F_URL] = "an address or a reference to a secret",
		[F_HEADERS] = "names with a text or a reference to a secret",
		[F_OBJECT] = "the keys below",
		[F_OBJECTS] = "a list",
		[F_NAMED] = "ids",
		[F_ENGAGE] = "severities sev1 to sev4 with a length of time",
	};

	if (f->type == F_OBJECTS)
		snprintf(out, size, "a list; each %s has the keys below", f->object->name);
	else if (f->type == F_NAMED)
		snprintf(out, size, "ids; each %s has the keys below", f->object->name);
	else
		snprintf(out, size, "%s", words[f->type]);
}

static void bound(const struct field *f, int64_t value, char *out, size_t size)
{
	struct duration d = { DURATION_ELAPSED, value, 0 };

	if (f->type == F_DURATION)
		duration_format(d, out, size);
	else
		snprintf(out, size, "%lld", (long long)value);
}

static void bounds(const struct field *f, char *out, size_t size)
{
	char least[32], most[32];

	*out = '\0';
	if (!f->max)
		return;
	bound(f, f->min, least, sizeof least);
	bound(f, f->max, most, sizeof most);
	if (f->min)
		snprintf(out, size, "%s to %s", least, most);
	else
		snprintf(out, size, "at most %s", most);
}

static void walk(const struct object *o, int depth,
    void (*each)(void *ctx, const struct config_key *k), void *ctx)
{
	for (const struct field *f = o->fields; f->key; f++) {
		struct config_key k = { .depth = depth,
			.name = f->key,
			.initial = f->initial,
			.choices = f->choices,
			.help = f->help,
			.required = f->required,
			.example = f->type == F_ID };

		if (o == &calendar_object && depth > 0 && f->type == F_ID)
			continue; /* its id is the key that it stands under */
		takes(f, k.takes, sizeof k.takes);
		bounds(f, k.bounds, sizeof k.bounds);
		each(ctx, &k);
		if (f->object)
			walk(f->object, depth + 1, each, ctx);
	}
}

void config_keys(void (*each)(void *ctx, const struct config_key *k), void *ctx)
{
	walk(&config_object, 0, each, ctx);
}
