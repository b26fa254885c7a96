/* Shared by the files that decide commands. */
#ifndef DOMAIN_COMMAND_PRIV_H
#define DOMAIN_COMMAND_PRIV_H

#include "domain/command.h"

enum command_id {
	COMMAND_OPEN,
	COMMAND_ACK,
	COMMAND_INTAKE,
	COMMAND_SNOOZE,
	COMMAND_REMIND,
	COMMAND_BRIDGE,
	COMMAND_SEVERITY,
	COMMAND_SCOPE,
	COMMAND_ROLE,
	COMMAND_RELEASE,
	COMMAND_OFFER,
	COMMAND_ACCEPT,
	COMMAND_ESCALATE,
	COMMAND_ANSWERED,
	COMMAND_INVOLVE,
	COMMAND_CLEAR,
	COMMAND_HYPOTHESIS,
	COMMAND_ACTION,
	COMMAND_RESTORE,
	COMMAND_RESOLVE,
	COMMAND_REOPEN,
	COMMAND_RCA,
	COMMAND_NOTE,
	COMMAND_MERGE,
	COMMAND_DISMISS,
	COMMAND_CLOSE,
	COMMAND_UPDATE,
	COMMAND_APPROVE,
	COMMAND_UNDO,
	COMMAND_RETRY,
	COMMAND_GIVE_UP,
	COMMANDS,
};

/* One decision in progress. */
struct deciding {
	const struct world *w;
	const struct incident *inc;    /* NULL for a command that creates, and of planned work */
	const struct maintenance *mnt; /* of a command about planned work; NULL: a new one */
	const char *id;		       /* the stream that is written to */
	const struct command *cmd;
	cJSON *args;	/* checked and cleaned; only declared members, none null */
	struct utc now; /* never before the incident's last event */
	struct event_list *out;
	struct refusal *why;
};

/* Returns false, so that `return refuse(d, …)` reads as one statement. `argument` may be NULL;
 * `help` may be "". */
bool refuse(struct deciding *d, const char *rule, const char *argument, const char *help,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Appends the next event of the stream; takes `body` over. Returns true. */
bool emit(struct deciding *d, enum event_kind kind, cJSON *body);

/* A body with a copy of each declared argument that was given. */
cJSON *body_of_args(const struct deciding *d);

/* True when another person did this, not the engine and not who sent the command. */
bool by_another(const struct deciding *d, const struct event *ev);
/* Refused with the rule "conflict": `ev` came after what the sender had seen. Returns false. */
bool refuse_overtaken(struct deciding *d, const struct event *ev);

/* "14:31:07 UTC" into out[16]. */
const char *instant_text(struct utc t, char out[16]);

/* Checks what came and fills d->args. */
bool command_read_args(struct deciding *d, const struct command_info *info);

/* An instant given as `at` or as a length of time from now as `in`; UTC_NONE: neither. */
struct utc time_or_duration(const struct deciding *d, const char *at, const char *in);

/* The severity whose targets for the report hold (docs/sla.md): the highest one in force while the
 * incident was not resolved, without what was undone. */
int severity_for_rca(const struct incident *inc);
/* True when a later event takes this one back. */
bool was_undone(const struct incident *inc, int version);
/* Involved now; NULL: no, or cleared. */
const struct dependency *dependency_now(const struct incident *inc, const char *carrier);

/* The brief of a hand-over: impact, clocks, last and next update, hypotheses, who is engaged. */
char *command_brief(const struct deciding *d);

bool command_blank(const char *s); /* NULL is */

#define COMMAND_AUDIENCE_TEXT_MAX ((size_t)16 << 10) /* of one audience */
/* Of what goes out (command_post.c). Each audience is known, and one at least is not internal. */
bool audiences_fit(struct deciding *d);
/* Who read one of these reads what follows, while the configuration still has the audience. */
bool nobody_forgotten(struct deciding *d, const struct posted_update *told, size_t count);
/* The texts of an object, each cleaned; NULL: refused. The caller frees. */
cJSON *clean_object(struct deciding *d, const char *argument, size_t max);
/* One text for each audience, none for another. */
bool texts_fit(struct deciding *d, const cJSON *texts);
/* Puts audiences, channels and who reads which into the body; false: refused. */
bool put_addresses(struct deciding *d, cJSON *body);

bool decide_open(struct deciding *d);
bool decide_ack(struct deciding *d);
bool decide_intake(struct deciding *d);
bool decide_snooze(struct deciding *d);
bool decide_remind(struct deciding *d);
bool decide_bridge(struct deciding *d);
bool decide_severity(struct deciding *d);
bool decide_scope(struct deciding *d);
bool decide_role(struct deciding *d);
bool decide_release(struct deciding *d);
bool decide_offer(struct deciding *d);
bool decide_accept(struct deciding *d);
bool decide_escalate(struct deciding *d);
bool decide_answered(struct deciding *d);
bool decide_involve(struct deciding *d);
bool decide_clear(struct deciding *d);
bool decide_hypothesis(struct deciding *d);
bool decide_action(struct deciding *d);
bool decide_restore(struct deciding *d);
bool decide_resolve(struct deciding *d);
bool decide_reopen(struct deciding *d);
bool decide_rca(struct deciding *d);
bool decide_note(struct deciding *d);
bool decide_merge(struct deciding *d);
bool decide_dismiss(struct deciding *d);
bool decide_close(struct deciding *d);
bool decide_update(struct deciding *d);
bool decide_approve(struct deciding *d);
/* The texts are approved, or need not be; else refused with the rule "approval". */
bool approved(struct deciding *d, const cJSON *texts);
bool decide_undo(struct deciding *d);
bool decide_retry(struct deciding *d);
bool decide_give_up(struct deciding *d);

#endif
