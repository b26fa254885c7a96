/* Rules over what the incident and the configuration say: other severities and regions, what stays
 * in the house, and what a channel takes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "lint_priv.h"

#define PHONE_DIGITS 8 /* so many in one run of digits are a telephone number */

static const char *text_of(const struct lint_field *f)
{
	return f->value ? f->value : "";
}

/* "Sev 2", "severity 2", "SEV2" at p: the number; 0: none. */
static int severity_at(const char *text, const char *p)
{
	static const char *const words[] = { "severity", "sev" };

	if (p > text && isalnum((unsigned char)p[-1]))
		return 0;
	for (size_t i = 0; i < countof(words); i++) {
		const char *n = p + strlen(words[i]);

		if (strncasecmp(p, words[i], strlen(words[i])) != 0)
			continue;
		n += strspn(n, " -");
		if (*n >= '1' && *n <= '4' && !isalnum((unsigned char)n[1]))
			return *n - '0';
	}
	return 0;
}

void lint_other_severity(struct linting *l)
{
	for (size_t i = 0; l->in->severity && i < l->in->field_count; i++) {
		const char *text = text_of(&l->in->fields[i]);

		for (const char *p = text; *p; p++) {
			int told = severity_at(text, p);

			if (!told || told == l->in->severity)
				continue;
			lint_found(l, l->in->fields[i].name,
			    "leave it out, or change the severity of the incident first",
			    "tells severity %d, the incident has %d", told, l->in->severity);
			break;
		}
	}
}

/* Each field that has one of these words, once. */
static void each_with(
    struct linting *l, const char *const *words, size_t count, const char *help, const char *what)
{
	for (size_t i = 0; i < l->in->field_count; i++)
		for (size_t k = 0; k < count; k++) {
			if (!*words[k] || !lint_find_word(text_of(&l->in->fields[i]), words[k]))
				continue;
			lint_found(l, l->in->fields[i].name, help, "\"%s\" %s", words[k], what);
			break;
		}
}

void lint_other_region(struct linting *l)
{
	each_with(l, l->in->world.other_regions, l->in->world.other_region_count,
	    "say nothing of it, or add it to the scope first", "is not in the scope");
}

void lint_internal(struct linting *l)
{
	each_with(l, l->in->world.internal, l->in->world.internal_count,
	    "customers read this: leave it out", "stays in the house");
}

/* Bytes of what looks like a telephone number at p: digits with blanks, dots, dashes and brackets
 * between them, a + before; 0: none. */
static size_t phone_at(const char *text, const char *p)
{
	size_t digits = 0, len = 0;

	if (*p != '+' && *p != '(' && !isdigit((unsigned char)*p))
		return 0;
	if (p > text && (isalnum((unsigned char)p[-1]) || strchr(":.-+(", p[-1])))
		return 0;
	for (; p[len] && strchr("0123456789+()-. ", p[len]); len++)
		digits += isdigit((unsigned char)p[len]) != 0;
	/* 2025-03-10 14:20 is a time. */
	if (p[len] == ':' || (digits >= 4 && p[4] == '-' && isdigit((unsigned char)p[0])))
		return 0;
	return digits >= PHONE_DIGITS ? len : 0;
}

void lint_phone(struct linting *l)
{
	for (size_t i = 0; i < l->in->field_count; i++) {
		const char *text = text_of(&l->in->fields[i]);

		for (const char *p = text; *p; p++) {
			size_t len = phone_at(text, p);

			if (!len)
				continue;
			while (len && p[len - 1] == ' ')
				len--;
			lint_found(l, l->in->fields[i].name,
			    "make sure that it is one for customers",
			    "\"%.*s\" is a telephone number", (int)len, p);
			break;
		}
	}
}

static bool only(const char *word, size_t len, const char *of)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(of, word[i]))
			return false;
	return len > 0;
}

/* ATTACH_REJECT, 0x1F, 10.1.2.3, MME01, ERR-4711: what machines say to each other. */
static bool is_code(const char *word, size_t len)
{
	size_t upper = 0, digits = 0, dots = 0, letters;

	for (size_t i = 0; i < len; i++) {
		upper += isupper((unsigned char)word[i]) != 0;
		digits += isdigit((unsigned char)word[i]) != 0;
		dots += word[i] == '.';
	}
	for (letters = 0; letters < len && isupper((unsigned char)word[letters]);)
		letters++;
	if (memchr(word, '_', len) && upper > 1)
		return true;
	if (len > 2 && strncmp(word, "0x", 2) == 0)
		return only(word + 2, len - 2, "0123456789abcdefABCDEF");
	if (dots == 3 && only(word, len, "0123456789.") && digits >= 4)
		return true;
	if (letters < 2 || digits < 2)
		return false;
	letters += word[letters] == '-' || word[letters] == ':';
	return letters < len && only(word + letters, len - letters, "0123456789");
}

void lint_code(struct linting *l)
{
	static const char inside[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_.:-";

	for (size_t i = 0; i < l->in->field_count; i++) {
		const char *text = text_of(&l->in->fields[i]);

		for (const char *p = text; *p;) {
			size_t whole = strspn(p, inside), len = whole;

			while (len && strchr(".:-", p[len - 1]))
				len--;
			if (is_code(p, len) &&
			    !(l->in->incident && strlen(l->in->incident) == len &&
				strncmp(p, l->in->incident, len) == 0)) {
				lint_found(l, l->in->fields[i].name, "say it in plain words",
				    "customers do not know \"%.*s\"", (int)len, p);
				break;
			}
			p += whole ? whole : 1;
		}
	}
}

/* What our messages to each carry whole: the text of a person, not the title. Slack gets it in 40
 * sections of 3,000 bytes, of which a `&` is five; PagerDuty among the details. */
static const struct {
	const char *kind;
	size_t bytes;
} limits[] = {
	{ "slack", 24000 },
	{ "teams", 20000 },
	{ "pagerduty", 65536 },
	{ "statuspage", 25000 },
	{ "cachet", 15000 },
};

size_t lint_channel_limit(const char *kind)
{
	for (size_t i = 0; kind && i < countof(limits); i++)
		if (strcmp(limits[i].kind, kind) == 0)
			return limits[i].bytes;
	return 0;
}

void lint_channel_room(struct linting *l)
{
	for (size_t i = 0; l->in->readers && i < l->in->text_count; i++)
		for (size_t k = 0; k < l->in->readers[i].channel_count; k++) {
			const struct lint_channel *ch = &l->in->readers[i].channels[k];
			size_t limit = lint_channel_limit(ch->kind), len = strlen(l->in->texts[i]);

			if (limit && len > limit)
				lint_found(l, NULL, "shorten it",
				    "%s reads it over %s, which takes %zu bytes: it has %zu",
				    l->in->readers[i].audience, ch->id, limit, len);
		}
}
