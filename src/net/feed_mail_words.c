#include "feed_mail_words.h"

#include <string.h>
#include <strings.h>

static const char impact_labels[] =
    "service impact|customer impact|expected customer impact|expected impact|impact type|impact|"
    "expected impact duration|service affecting";

struct hint {
	const char *word;
	int impact;
	bool stem; /* also within a longer word */
};

/* The worst word wins. */
static const struct hint hints[] = {
	{ "hard down", MAIL_OUTAGE, false },
	{ "outage", MAIL_OUTAGE, false },
	{ "outages", MAIL_OUTAGE, false },
	{ "down", MAIL_OUTAGE, false },
	{ "downtime", MAIL_OUTAGE, false },
	{ "unavailable", MAIL_OUTAGE, false },
	{ "interrupt", MAIL_OUTAGE, true },
	{ "loss of connectivity", MAIL_OUTAGE, false },
	{ "loss of service", MAIL_OUTAGE, false },
	{ "hit", MAIL_DEGRADED, false },
	{ "hits", MAIL_DEGRADED, false },
	{ "flap", MAIL_DEGRADED, true },
	{ "degrad", MAIL_DEGRADED, true },
	{ "intermittent", MAIL_DEGRADED, false },
	{ "packet loss", MAIL_DEGRADED, false },
	{ "at risk", MAIL_REDUNDANCY, false },
	{ "redundan", MAIL_REDUNDANCY, true },
	{ "drain", MAIL_REDUNDANCY, true },
};

static const char *const nothing[] = { "no impact", "none expected", "no expected impact",
	"non-service affecting", "non service affecting", "not service affecting", "no outage",
	"no downtime", "no service impact" };

static int hinted(const char *text)
{
	int impact = -1;

	for (size_t i = 0; i < countof(hints); i++)
		if (hints[i].impact > impact &&
		    (hints[i].stem ? strcasestr(text, hints[i].word) != NULL
				   : feed_text_has(text, hints[i].word)))
			impact = hints[i].impact;
	return impact;
}

static bool says_nothing_happens(const char *text)
{
	for (size_t i = 0; i < countof(nothing); i++)
		if (strcasestr(text, nothing[i]))
			return true;
	return false;
}

int mail_impact(const char *value)
{
	if (!value)
		return -1;
	if (strcasecmp(value, "none") == 0 || strcasecmp(value, "no") == 0 ||
	    strcasecmp(value, "NO-IMPACT") == 0 || says_nothing_happens(value))
		return MAIL_NO_IMPACT;
	if (strcasecmp(value, "yes") == 0)
		return MAIL_OUTAGE;
	return hinted(value);
}

int mail_impact_said(const struct mail_text *t)
{
	int impact = -1;
	char name[40];

	for (const char *s = impact_labels; *s && impact < 0; s += *s == '|') {
		size_t n = strcspn(s, "|");
		memcpy(name, s, n);
		name[n] = 0;
		impact = mail_impact(mail_label(t, name, 0, NULL));
		s += n;
	}
	return impact;
}

int mail_impact_hinted(const struct mail_text *t)
{
	bool nothing_happens = false;
	int impact = -1;

	for (size_t i = 0; i < t->count; i++)
		for (size_t c = 0; c < t->lines[i].count; c++) {
			int here = hinted(t->lines[i].cells[c]);
			impact = here > impact ? here : impact;
			nothing_happens =
			    nothing_happens || says_nothing_happens(t->lines[i].cells[c]);
		}
	return impact < 0 && nothing_happens ? MAIL_NO_IMPACT : impact;
}

const char *mail_impact_name(int impact)
{
	static const char *const names[] = { "NO-IMPACT", "REDUCED-REDUNDANCY", "DEGRADED",
		"OUTAGE" };

	return impact < 0 ? NULL : names[impact];
}

/* ---- states ---- */

static const struct {
	const char *word, *status;
} subjects[] = {
	{ "cancelled", "cancelled" },
	{ "canceled", "cancelled" },
	{ "cancellation", "cancelled" },
	{ "completed", "completed" },
	{ "completion", "completed" },
	{ "complete", "completed" },
	{ "rescheduled", "scheduled" },
	{ "re-scheduled", "scheduled" },
	{ "reschedule", "scheduled" },
	{ "postponed", "scheduled" },
	{ "started", "in_progress" },
	{ "extended", "in_progress" },
	{ "in progress", "in_progress" },
	{ "tentative", "tentative" },
};

const char *mail_status(const char *subject)
{
	for (size_t i = 0; i < countof(subjects); i++)
		if (feed_text_has(subject, subjects[i].word))
			return subjects[i].status;
	return NULL;
}

static const struct {
	const char *phrase, *status;
} sentences[] = {
	{ "been cancelled", "cancelled" },
	{ "been canceled", "cancelled" },
	{ "been completed", "completed" },
	{ "was completed", "completed" },
	{ "is now complete", "completed" },
	{ "been rescheduled", "scheduled" },
	{ "been postponed", "scheduled" },
};

/* "You will be told once it has been completed" is not done. */
static bool conditional(const char *from, const char *at)
{
	static const char *const words[] = { "when", "once", "after", "until", "if", "unless",
		"will" };
	char before[200];
	size_t n = (size_t)(at - from);

	for (const char *dot = at; dot > from; dot--)
		if (dot[-1] == '.' || at - dot > 190) {
			n = (size_t)(at - dot);
			break;
		}
	n = n < sizeof before ? n : sizeof before - 1;
	memcpy(before, at - n, n);
	before[n] = 0;
	for (size_t i = 0; i < countof(words); i++)
		if (feed_text_has(before, words[i]))
			return true;
	return false;
}

const char *mail_status_told(const struct mail_text *t)
{
	for (size_t i = 0; i < t->count; i++)
		for (size_t k = 0; t->lines[i].count && k < countof(sentences); k++) {
			const char *line = t->lines[i].cells[0],
				   *at = strcasestr(line, sentences[k].phrase);
			if (at && !conditional(line, at))
				return sentences[k].status;
		}
	return NULL;
}
