/* The words by which notices say their state and how bad it is. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "feed_priv.h"

struct word {
	const char *theirs, *ours;
};

static const struct word states[] = {
	{ "investigating", "investigating" },
	{ "identified", "identified" },
	{ "monitoring", "monitoring" },
	{ "resolved", "resolved" },
	{ "postmortem", "resolved" },
	{ "closed", "resolved" },
	{ "fixed", "resolved" },
	{ "available", "resolved" },
	/* The source still lists it: it is over only when it disappears. */
	{ "mitigated", "monitoring" },
	{ "mitigating", "identified" },
	{ "recovering", "monitoring" },
	{ "watching", "monitoring" },
	{ "ongoing", "investigating" },
	{ "degraded", "investigating" },
	{ "disruption", "investigating" },
	{ "outage", "investigating" },
	{ "new", "investigating" },
};

static const struct word planned[] = {
	{ "scheduled", "scheduled" },
	{ "planned", "scheduled" },
	{ "upcoming", "scheduled" },
	{ "not_started", "scheduled" },
	{ "in_progress", "in_progress" },
	{ "started", "in_progress" },
	{ "verifying", "verifying" },
	{ "completed", "completed" },
	{ "complete", "completed" },
	{ "cancelled", "cancelled" },
	{ "canceled", "cancelled" },
};

static const struct {
	const char *word;
	int severity;
} severities[] = {
	{ "critical", 1 },
	{ "total", 1 },
	{ "outage", 2 },
	{ "unavailable", 2 },
	{ "down", 2 },
	{ "major", 2 },
	{ "degraded", 3 },
	{ "degradation", 3 },
	{ "elevated", 3 },
	{ "intermittent", 3 },
	{ "delay", 3 },
	{ "delays", 3 },
	{ "delayed", 3 },
	{ "slow", 3 },
	{ "partial", 3 },
	{ "notice", 4 },
	{ "informational", 4 },
	{ "announcement", 4 },
};

static const char *of(const struct word *words, size_t count, const char *word)
{
	for (size_t i = 0; word && i < count; i++)
		if (feed_word_is(word, words[i].theirs))
			return words[i].ours;
	return NULL;
}

const char *feed_word_state(const char *word)
{
	return of(states, countof(states), word);
}

const char *feed_word_planned(const char *word)
{
	return of(planned, countof(planned), word);
}

bool feed_text_has(const char *text, const char *word)
{
	size_t n = strlen(word);
	bool inside = false; /* behind a letter or digit */

	for (const char *s = text; *s; s++) {
		if (!inside && ((*s ^ *word) & ~0x20) == 0 && strncasecmp(s, word, n) == 0 &&
		    !isalnum((unsigned char)s[n]))
			return true;
		inside = isalnum((unsigned char)*s) != 0;
	}
	return false;
}

/* The next run of letters and digits at or behind *s, which moves behind it; its length in *len.
 * NULL: none is left. */
static const char *next_word(const char **s, size_t *len)
{
	const char *from, *p = *s;

	while (*p && !isalnum((unsigned char)*p))
		p++;
	for (from = p; isalnum((unsigned char)*p); p++)
		;
	*s = p;
	*len = (size_t)(p - from);
	return *len ? from : NULL;
}

static bool word_is(const char *word, size_t len, const char *ours)
{
	return (*word | 0x20) == *ours && strncasecmp(word, ours, len) == 0 && !ours[len];
}

int feed_text_severity(const char *text)
{
	size_t best = countof(severities), len;
	const char *word;

	while (text && best && (word = next_word(&text, &len)) != NULL)
		for (size_t i = 0; i < best; i++)
			if (word_is(word, len, severities[i].word))
				best = i;
	return best < countof(severities) ? severities[best].severity : 0;
}

bool feed_text_planned(const char *text)
{
	static const char *const words[] = { "maintenance", "scheduled", "planned" };
	const char *word;
	size_t len;

	while (text && (word = next_word(&text, &len)) != NULL)
		for (size_t i = 0; i < countof(words); i++)
			if (word_is(word, len, words[i]))
				return true;
	return false;
}
