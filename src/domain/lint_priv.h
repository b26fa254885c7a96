/* Words and times in texts, for the rules. */
#ifndef DOMAIN_LINT_PRIV_H
#define DOMAIN_LINT_PRIV_H

#include "domain/lint.h"

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

#endif
