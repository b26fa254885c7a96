/* The update composer: fields on the left, what each audience would read on the right, and what is
 * missing. Nothing leaves before the exact texts were confirmed, and then it is held for a while.
 */
#ifndef UI_COMPOSER_H
#define UI_COMPOSER_H

#include <stdbool.h>

#include "domain/compose.h"
#include "domain/lint.h"
#include "domain/snapshot.h"
#include "domain/texts.h"
#include "ui/lineedit.h"
#include "ui/view.h"

#define COMPOSER_FIELDS 24
#define COMPOSER_OWN 3
#define COMPOSER_DOING "writing an update" /* as others see it */

/* The fields of the template, then COMPOSER_OWN of the composer's: to whom, when the next one, and
 * the state that the page shows. */
struct composer {
	char incident[32];
	int severity, seen;
	enum phase phase;
	char proposed[16]; /* the state that the incident of now asks for */
	struct texts *texts;
	const struct template *template;
	struct compose *compose;
	struct lineedit edit[COMPOSER_FIELDS];
	size_t count, focus;
	int audience;		       /* whose text is shown: the n-th of those it goes to */
	int scroll;		       /* first line of the preview */
	struct lint_findings findings; /* of what is written now */
	char error[400];	       /* of the whole; "" none */
	char sent[64];		       /* the command that waits for its answer */
	char notice[200];	       /* what has happened since it was opened; "" nothing */
	int updates;		       /* that were posted when it was looked at last */
	bool own_touched[COMPOSER_OWN];
	char *draft; /* path of the draft; NULL: none is kept */
	bool dirty;  /* changed since the draft was written */
	struct utc opened_at;
};

/* NULL: there is no such template. `args` may name "stage=…" or "template=…". `draft_dir` NULL: no
 * draft is kept or looked for. */
struct composer *composer_new(const struct scene *s, const struct snap_incident *inc,
    const char *args, const char *draft_dir);
void composer_free(struct composer *c); /* writes what was not saved */

void composer_draw(struct composer *c, const struct scene *s, struct canvas *cv);
/* True when the action meant something here; *submit: it shall be sent. */
bool composer_act(struct composer *c, const char *action, bool *submit);
void composer_text(struct composer *c, const char *text, bool pasted);
/* Looks for what is wrong or unwise in what is written now; fills c->findings. */
void composer_lint(struct composer *c, const struct scene *s);
/* The finding about a field, the worst first; NULL: none. */
const struct lint_finding *composer_finding(const struct composer *c, size_t field);
/* The state that was chosen is not what the incident asks for (it is back, and the page would say
 * that it is not): why, into out. */
#define COMPOSER_DOUBT 120
bool composer_doubts_state(const struct composer *c, char out[COMPOSER_DOUBT]);
/* Whether it could be sent now; else the error is set and the focus stands at its cause. */
bool composer_check(struct composer *c, const struct scene *s);
/* The arguments of the command, and in `texts` what will be read, audience by audience, for the
 * question. The caller frees. */
cJSON *composer_args(struct composer *c, const struct scene *s, struct buf *texts);
/* The text that is written in, for another editor, and what came back from it. */
const char *composer_focused(const struct composer *c);
void composer_replace(struct composer *c, const char *text);
/* What others did meanwhile: a new severity, the service back or gone again, or an update of
 * theirs. Sets the notice, and the state where nobody chose one by hand. */
void composer_follow(struct composer *c, const struct scene *s);
/* The incident of a draft of `me` that was kept in this folder and is still on the board, into out;
 * false: there is none. What a board put aside and left behind is settled first. */
bool composer_offered(
    const char *draft_dir, const struct snapshot *snap, const char *me, char out[32]);
/* Writes the draft if something changed. */
void composer_save(struct composer *c);
/* The update is held: the draft is put aside until it is sent. Its path, which the caller frees;
 * NULL: there is none. */
char *composer_put_aside(struct composer *c);
/* It was stopped: the draft (NULL: none) is one again, where nobody has begun another. */
bool composer_put_back(const char *aside);
/* The update was taken: the draft goes. */
void composer_done(struct composer *c);

#endif
