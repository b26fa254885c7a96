/* The words by which notices say their state and how bad it is. */
#include <ctype.h>
#include <stdint.h>
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

/* The word that stands first counts, wherever it is in a text. */
static const struct feed_word severities[] = {
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

/* Words longer than the longest of ours are none of them. */
#define WORD_MAX ((size_t)16)

/* The word as feed_word_is compares it, in small letters; false: it is too long to be one of ours.
 */
static bool plain_word(char plain[WORD_MAX], const char *word)
{
	size_t n = strnlen(word, WORD_MAX);

	if (n == WORD_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = word[i];
		if ((unsigned char)(c - 'A') < 26)
			c |= 0x20;
		plain[i] = c == '-' || c == ' ' ? '_' : c;
	}
	plain[n] = '\0';
	return true;
}

static const char *of(const struct word *words, size_t count, const char *plain)
{
	for (size_t i = 0; i < count; i++)
		if (plain[0] == words[i].theirs[0] && plain[1] == words[i].theirs[1] &&
		    strcmp(plain, words[i].theirs) == 0)
			return words[i].ours;
	return NULL;
}

const char *feed_word_state(const char *word)
{
	char plain[WORD_MAX];

	return word && plain_word(plain, word) ? of(states, countof(states), plain) : NULL;
}

const char *feed_word_planned(const char *word)
{
	char plain[WORD_MAX];

	return word && plain_word(plain, word) ? of(planned, countof(planned), plain) : NULL;
}

const char *feed_word_any(const char *word, bool *is_planned)
{
	char plain[WORD_MAX];
	const char *state;

	if (!plain_word(plain, word))
		return NULL;
	state = of(planned, countof(planned), plain);
	*is_planned |= state != NULL;
	return state ? state : of(states, countof(states), plain);
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

static uint32_t letter_bit(char c)
{
	return UINT32_C(1) << (c & 31);
}

static bool word_is(const char *word, size_t len, const char *ours)
{
	return (*word | 0x20) == *ours && strncasecmp(word, ours, len) == 0 && !ours[len];
}

int feed_text_strongest(const char *text, const struct feed_word *words, size_t count)
{
	size_t best = count, len;
	uint32_t initials = 0; /* most words of a text begin with another letter */
	const char *word;

	for (size_t i = 0; i < count; i++)
		initials |= letter_bit(*words[i].word);
	while (text && best && (word = next_word(&text, &len)) != NULL) {
		if (!(initials & letter_bit(*word)))
			continue;
		for (size_t i = 0; i < best; i++)
			if (word_is(word, len, words[i].word))
				best = i;
	}
	return best < count ? words[best].value : 0;
}

int feed_text_severity(const char *text)
{
	return feed_text_strongest(text, severities, countof(severities));
}

bool feed_text_planned(const char *text)
{
	static const struct feed_word words[] = { { "maintenance", 1 }, { "scheduled", 1 },
		{ "planned", 1 } };

	return feed_text_strongest(text, words, countof(words)) != 0;
}
