#include "ui/palette.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* From one place on, each letter at its next occurrence. */
static int score_from(const char *text, const char *needle, bool start)
{
	int score = 1, run = 0;

	for (; *needle; text++) {
		if (!*text)
			return 0;
		if (tolower((unsigned char)*text) == tolower((unsigned char)*needle)) {
			score += 1 + run * 3 + (start ? 4 : 0);
			run++;
			needle++;
		} else {
			run = 0;
		}
		start = *text == ' ' || *text == '.' || *text == '-';
	}
	return score;
}

int palette_score(const char *text, const char *needle)
{
	int best = 0;

	for (const char *from = text; *from; from++) {
		int s = score_from(from, needle, from == text || strchr(" .-", from[-1]) != NULL);

		best = s > best ? s : best;
	}
	return best;
}

static int score_of(const struct action *a, const char *needle)
{
	const char *dot = strchr(a->id, '.');
	int best, s;

	/* The name behind the dot is what people type. */
	best = dot ? palette_score(dot + 1, needle) * 2 : 0;
	if (best && strlen(dot + 1) == strlen(needle))
		best += 100;
	s = palette_score(a->id, needle);
	best = s > best ? s : best;
	s = palette_score(a->help, needle);
	return s > best ? s : best;
}

static int by_score(const void *a, const void *b)
{
	const struct palette_entry *x = a, *y = b;

	if (x->score != y->score)
		return y->score - x->score;
	if (!x->why_not != !y->why_not)
		return x->why_not ? 1 : -1;
	return strcmp(x->action->id, y->action->id);
}

/* Actions that mean something only in a dialog are none for the palette. */
static bool for_palette(const struct action *a)
{
	return strcmp(a->group, "Typing") != 0 && strcmp(a->group, "Dialogs") != 0 &&
	       strcmp(a->group, "Move") != 0 && strcmp(a->id, "palette.open") != 0;
}

struct palette_entry *palette_find(const struct scene *s, const char *context,
    const struct snap_incident *target, const char *needle, size_t *count)
{
	size_t n, cap = 0, word = strcspn(needle, " ");
	const struct action *const *all = actions(&n);
	struct palette_entry *list = NULL;
	char *first = xstrndup(needle, word);

	*count = 0;
	for (size_t i = 0; i < n; i++) {
		const struct action *a = all[i];
		int score = for_palette(a) ? score_of(a, first) : 0;

		if (!score || (s->read_only && a->danger != DANGER_VIEW))
			continue;
		list = xgrow(list, *count, &cap);
		list[(*count)++] = (struct palette_entry){ a,
			!action_in(a, context) ? "not on this screen" : scene_refuses(s, a, target),
			score };
	}
	if (*count > 1)
		qsort(list, *count, sizeof *list, by_score);
	free(first);
	return list;
}

const struct action *palette_resolve(const char *line, const char **rest)
{
	size_t word = strcspn(line, " ");
	char name[64], id[80];
	const struct action *a;

	snprintf(name, sizeof name, "%.*s", (int)(word < 63 ? word : 63), line);
	snprintf(id, sizeof id, "incident.%s", name);
	*rest = line + word + strspn(line + word, " ");
	if (!**rest)
		*rest = NULL;
	a = action_find(name);
	return a ? a : action_find(id);
}
