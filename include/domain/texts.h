/* The texts in force: the templates, partials and word lists that come with the program, and a
 * site's own ones in their place. A file is "NAME.tmpl", "NAME.part" or "NAME.txt" (a word list);
 * one of the site's takes the place of the shipped one of the same name, and a word list is added
 * to the shipped one. */
#ifndef DOMAIN_TEXTS_H
#define DOMAIN_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/config.h"
#include "domain/lint.h"
#include "domain/template.h"

#define TEXT_FILE_MAX ((size_t)31 << 10) /* bytes of a file of a site: escaped it fits a line */

struct text_file {
	const char *name;  /* "initial.tmpl" */
	const char *shown; /* as problems call it, such as its path; NULL: the name */
	const char *text;
	size_t len;
};

struct texts;

/* What is wrong with the site's files goes to `problems`, file by file (pos.file is `shown`). A
 * template that cannot be used is left out, and so is its shipped one: see texts_sound. */
struct texts *texts_new(const struct text_file *own, size_t count, struct cfg_problems *problems);
void texts_free(struct texts *t); /* NULL is fine */

/* Notes what is wrong with the site's files under this configuration: beside what texts_new finds,
 * audiences that it does not have, and templates of updates that do not say the least to everybody
 * outside. What is compiled in names audiences that a site need not have. */
void texts_check(const struct text_file *own, size_t count, const struct config *c,
    struct cfg_problems *problems);

/* NULL: there is none of this name. */
const struct template *texts_template(const struct texts *t, const char *id);
/* The one for a stage and severity: the fewest severities first, then the name of the stage. */
const struct template *texts_for(const struct texts *t, const char *stage, int severity);
/* All of them, by name; NULL behind the last. *own: it is the site's. */
const struct template *texts_nth(const struct texts *t, size_t n, bool *own);
const struct jargon *texts_jargon(const struct texts *t);

/* Which of the site's files can be in force together: every one with a problem gives way to the
 * one of the same name in `good` (the last good ones), or is left out, until no problem is left.
 * `c` as for texts_check; NULL: as for texts_new. Fills `out` (room for `count` files) and returns
 * how many. */
size_t texts_sound(const struct text_file *own, size_t count, const struct text_file *good,
    size_t good_count, const struct config *c, struct text_file *out);

#endif
