/* What is wrong or unwise in an update before it is sent: a table of rules over its fields. An
 * error stops sending, a warning is a person's to weigh. */
#ifndef DOMAIN_LINT_H
#define DOMAIN_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"
#include "domain/compose.h"
#include "domain/template.h"

/* Words that customers do not know, and the plain ones. */
struct jargon;

/* Lines "word = plain words", "#" starts a remark. NULL: *errors has every reason. */
struct jargon *jargon_parse(const char *text, size_t len, struct template_errors *errors);
/* Adds a list to those that were read before: its word takes the place of theirs, and a word that
 * stands for itself is allowed. False: *errors has every reason; what was right is in. */
bool jargon_read(struct jargon *j, const char *text, size_t len, struct template_errors *errors);
/* The list that is compiled in. */
struct jargon *jargon_default(void);
void jargon_free(struct jargon *j);

struct lint_field {
	const char *name, *label, *value; /* value may be NULL or blank */
	bool required;
};

struct lint_channel {
	const char *id, *kind; /* "slack" */
};

/* Who reads one of the texts. */
struct lint_reader {
	const char *audience;
	bool internal;
	const struct lint_channel *channels;
	size_t channel_count;
};

/* What the configuration knows; all borrowed, and all of it may be empty. */
struct lint_world {
	const struct jargon *jargon;	  /* NULL: not looked for */
	const char *const *other_regions; /* names of regions that are not in scope */
	size_t other_region_count;
	const char *const *internal; /* names, numbers and addresses that stay in the house */
	size_t internal_count;
	bool (*stays_inside)(void *ctx, const char *audience); /* NULL: none does */
	/* The channels of an audience, borrowed; NULL: not known. */
	const struct lint_channel *(*channels)(void *ctx, const char *audience, size_t *count);
	void *ctx;
};

struct lint_input { /* all borrowed */
	const char *stage;
	bool planned; /* a notice of planned work: it promises no next update */
	const struct lint_field *fields;
	size_t field_count;
	const char *const *texts; /* the rendered ones, for rules about the whole */
	size_t text_count;
	const struct lint_reader *readers; /* of the texts, one each; NULL: not known */
	const char *incident;		   /* its id; NULL: not known */
	int severity;			   /* of the incident; 0: not known */
	struct lint_world world;
	struct utc now, next_update_at, cadence_due; /* UTC_NONE: none */
};

enum lint_severity { LINT_WARNING, LINT_ERROR };

struct lint_finding {
	const char *rule;  /* "speculation" */
	const char *field; /* of the input; NULL: the whole update */
	enum lint_severity severity;
	char *message; /* one line */
	char *help;    /* what to do, one line */
};

struct lint_findings {
	struct lint_finding *items; /* in the order of fields, errors before warnings of a field */
	size_t count, cap;
};

/* Every rule by name, for help. */
struct lint_rule_info {
	const char *name, *help;
};
extern const struct lint_rule_info lint_rule_infos[]; /* ends with a row whose name is NULL */

void lint_run(const struct lint_input *in, struct lint_findings *out);
/* The same over an update or a notice that is being written, with the texts of these audiences. The
 * findings name fields of its template, which must live as long as they do. */
void lint_compose(const struct compose *c, const struct compose_facts *facts,
    const char *const *audiences, size_t audience_count, const struct lint_world *world,
    struct utc now, struct lint_findings *out);
/* What a channel of this kind takes, in bytes of text; 0: no limit that a text would reach. */
size_t lint_channel_limit(const char *kind);
size_t lint_errors(const struct lint_findings *f);
void lint_findings_fini(struct lint_findings *f);

#endif
