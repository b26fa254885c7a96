/* Words and times in texts, for the rules. */
#ifndef DOMAIN_LINT_PRIV_H
#define DOMAIN_LINT_PRIV_H

#include "domain/lint.h"

/* The rule that is running; what it finds gets its name and weight. */
struct linting {
	const struct lint_input *in;
	struct lint_findings *out;
	const char *rule;
	enum lint_severity severity;
};

/* Notes a finding about a field (NULL: the whole). */
void lint_found(struct linting *l, const char *field, const char *help, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Rules over what the incident and the configuration say (lint_facts.c). */
void lint_other_severity(struct linting *l);
void lint_other_region(struct linting *l);
void lint_internal(struct linting *l);
void lint_phone(struct linting *l);
void lint_code(struct linting *l);
void lint_channel_room(struct linting *l);

/* The first place where `word` (ASCII letter case aside) stands as whole words; NULL: nowhere. */
const char *lint_find_word(const char *text, const char *word);
/* Bytes of a time of day such as 9:05 or 14:20:07 that begins at `p` in `text`; 0: none. */
size_t lint_time_at(const char *text, const char *p);
/* A zone stands behind a time that ends at `p`, or behind the range that the time begins. */
bool lint_zone_follows(const char *text, const char *p);

struct jargon_word {
	const char *word, *plain;
	bool allowed; /* plain is the word itself: customers here know it */
};

/* False: there is no word with this index. */
bool jargon_word(const struct jargon *j, size_t index, struct jargon_word *out);

/* What a text for customers leaves out of the least that an update says. */
void lint_unsaid(struct linting *l);

#endif
