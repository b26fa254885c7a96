#include "domain/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include "command_priv.h"

#define IN(phase) (1u << (phase))
#define CANDIDATE IN(PHASE_DETECTED)
#define AT_WORK (IN(PHASE_OPEN) | IN(PHASE_RESTORED))
#define NOT_OVER (CANDIDATE | AT_WORK | IN(PHASE_RESOLVED))
#define ANY_PHASE (NOT_OVER | IN(PHASE_CLOSED) | IN(PHASE_MERGED) | IN(PHASE_DISMISSED))

#define TOUCHES(aspect) (1u << (aspect))

/* What a command needs, and what it must not overtake. `aspects` 0: nothing, or (role, release)
 * what its arguments say. An update tells the severity, so it is about that too. */
static const struct rule {
	bool (*decide)(struct deciding *d);
	unsigned phases;
	unsigned aspects;
} rules[COMMANDS] = {
	[COMMAND_OPEN] = { decide_open, 0, 0 },
	[COMMAND_ACK] = { decide_ack, NOT_OVER, TOUCHES(ASPECT_PHASE) },
	[COMMAND_INTAKE] = { decide_intake, NOT_OVER, 0 },
	[COMMAND_SNOOZE] = { decide_snooze, CANDIDATE, TOUCHES(ASPECT_PHASE) },
	[COMMAND_REMIND] = { decide_remind, NOT_OVER, 0 },
	[COMMAND_BRIDGE] = { decide_bridge, NOT_OVER, 0 },
	[COMMAND_SEVERITY] = { decide_severity, NOT_OVER, TOUCHES(ASPECT_SEVERITY) },
	[COMMAND_SCOPE] = { decide_scope, NOT_OVER, TOUCHES(ASPECT_SCOPE) },
	[COMMAND_ROLE] = { decide_role, NOT_OVER, 0 },
	[COMMAND_RELEASE] = { decide_release, NOT_OVER, 0 },
	[COMMAND_OFFER] = { decide_offer, NOT_OVER, TOUCHES(ASPECT_ROLE_IC) },
	[COMMAND_ACCEPT] = { decide_accept, NOT_OVER, 0 },
	[COMMAND_ESCALATE] = { decide_escalate, NOT_OVER, 0 },
	[COMMAND_ANSWERED] = { decide_answered, NOT_OVER, 0 },
	[COMMAND_INVOLVE] = { decide_involve, NOT_OVER, 0 },
	[COMMAND_CLEAR] = { decide_clear, NOT_OVER, 0 },
	[COMMAND_HYPOTHESIS] = { decide_hypothesis, NOT_OVER, 0 },
	[COMMAND_ACTION] = { decide_action, NOT_OVER, 0 },
	[COMMAND_RESTORE] = { decide_restore, IN(PHASE_OPEN), TOUCHES(ASPECT_PHASE) },
	[COMMAND_RESOLVE] = { decide_resolve, AT_WORK, TOUCHES(ASPECT_PHASE) },
	[COMMAND_REOPEN] = { decide_reopen,
	    IN(PHASE_RESTORED) | IN(PHASE_RESOLVED) | IN(PHASE_CLOSED) | IN(PHASE_DISMISSED),
	    TOUCHES(ASPECT_PHASE) },
	[COMMAND_RCA] = { decide_rca, IN(PHASE_RESOLVED), 0 },
	[COMMAND_NOTE] = { decide_note, ANY_PHASE, 0 },
	[COMMAND_MERGE] = { decide_merge, CANDIDATE | AT_WORK, TOUCHES(ASPECT_PHASE) },
	[COMMAND_DISMISS] = { decide_dismiss, CANDIDATE | AT_WORK, TOUCHES(ASPECT_PHASE) },
	[COMMAND_CLOSE] = { decide_close, IN(PHASE_RESOLVED), TOUCHES(ASPECT_PHASE) },
	[COMMAND_UPDATE] = { decide_update, NOT_OVER,
	    TOUCHES(ASPECT_TEXT) | TOUCHES(ASPECT_SEVERITY) },
	[COMMAND_APPROVE] = { decide_approve, NOT_OVER,
	    TOUCHES(ASPECT_TEXT) | TOUCHES(ASPECT_SEVERITY) },
	[COMMAND_UNDO] = { decide_undo, NOT_OVER, 0 },
	[COMMAND_RETRY] = { decide_retry, ANY_PHASE, 0 },
	[COMMAND_GIVE_UP] = { decide_give_up, ANY_PHASE, 0 },
};

static void copy_cut(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		for (len = size - 1; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;)
			len--;
	memcpy(out, text, len);
	out[len] = '\0';
}

bool refuse(struct deciding *d, const char *rule, const char *argument, const char *help,
    const char *fmt, ...)
{
	char reason[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof reason, fmt, ap);
	va_end(ap);
	copy_cut(d->why->rule, sizeof d->why->rule, rule);
	copy_cut(d->why->reason, sizeof d->why->reason, reason);
	copy_cut(d->why->help, sizeof d->why->help, help);
	copy_cut(d->why->argument, sizeof d->why->argument, argument ? argument : "");
	return false;
}

bool emit(struct deciding *d, enum event_kind kind, cJSON *body)
{
	int version = (d->inc	   ? d->inc->version
			  : d->mnt ? d->mnt->version
				   : 0) +
		      (int)d->out->count + 1;
	struct event *ev = event_new(d->id, version, d->now, d->cmd->actor, kind, body);

	ev->as_by = xstrdup_null(d->cmd->as_by);
	event_list_add(d->out, ev);
	return true;
}

const char *instant_text(struct utc t, char out[16])
{
	char text[UTC_TEXT];

	utc_format(t, text);
	snprintf(out, 16, "%.8s UTC", strlen(text) > 19 ? text + 11 : "");
	return out;
}

static bool phase_allows(
    struct deciding *d, const struct rule *rule, const struct command_info *info)
{
	static const struct {
		const char *is, *help;
	} phases[PHASES] = {
		[PHASE_DETECTED] = { "a candidate that nobody has taken", "take it first: ack" },
		[PHASE_OPEN] = { "open", "that comes later, or is for candidates" },
		[PHASE_RESTORED] = { "restored", "resolve it when the fix is in, or reopen it" },
		[PHASE_RESOLVED] = { "resolved", "reopen it with a reason, if it is not over" },
		[PHASE_CLOSED] = { "closed", "reopen it with a reason, if it is not over" },
		[PHASE_MERGED] = { "merged", "work on the incident that it was merged into" },
		[PHASE_DISMISSED] = { "dismissed", "reopen it with a reason, if it was none" },
	};

	if (rule->phases & IN(d->inc->phase))
		return true;
	return refuse(d, "phase", NULL, phases[d->inc->phase].help,
	    "%s is %s: you cannot %s it now", d->id, phases[d->inc->phase].is, info->verb);
}

static unsigned aspects_of(const struct deciding *d, const struct rule *rule)
{
	int role = role_of(json_str_or(d->args, "role", ""));

	return rule->aspects | (role < 0 ? 0 : TOUCHES(ASPECT_ROLE_IC + role));
}

bool by_another(const struct deciding *d, const struct event *ev)
{
	return !event_kinds[ev->kind].by_engine && strcmp(ev->actor, "engine") != 0 &&
	       strcmp(ev->actor, d->cmd->actor) != 0;
}

bool refuse_overtaken(struct deciding *d, const struct event *ev)
{
	struct buf what;
	char at[16];

	buf_init(&what, 0);
	event_sentence(&what, ev);
	refuse(d, "conflict", NULL, "look at it, then decide again",
	    "%s changed this at %s, after what you saw: %s", ev->actor, instant_text(ev->at, at),
	    buf_str(&what));
	buf_fini(&what);
	return false;
}

/* Refused only when another person's event that this one has not seen touched the same thing. */
static bool nothing_overtaken(struct deciding *d, const struct rule *rule)
{
	unsigned aspects = aspects_of(d, rule);
	const struct event_list *events = &d->inc->events;

	if (d->cmd->seen <= 0 || !aspects)
		return true;
	for (size_t i = events->count; i-- > 0 && events->items[i]->version > d->cmd->seen;) {
		const struct event *ev = events->items[i];

		if (!by_another(d, ev) || !(aspects & TOUCHES(event_aspect(ev))) ||
		    event_aspect(ev) == ASPECT_NONE)
			continue;
		return refuse_overtaken(d, ev);
	}
	return true;
}

static bool decide(struct deciding *d, const struct command_info *info)
{
	const struct rule *rule = &rules[info - command_infos];

	if (!info->creates && !d->inc)
		return refuse(d, "unknown", NULL, "", "%s needs an incident", info->name);
	if (!info->creates && !phase_allows(d, rule, info))
		return false;
	return command_read_args(d, info) && (info->creates || nothing_overtaken(d, rule)) &&
	       rule->decide(d);
}

bool command_decide(const struct world *w, const struct incident *inc, const char *new_id,
    const struct command *cmd, struct utc now, struct event_list *out, struct refusal *why)
{
	const struct command_info *info = command_find(cmd->name);
	struct deciding d = { .w = w, .cmd = cmd, .now = now, .out = out, .why = why };
	size_t before = out->count;
	bool ok;

	*why = (struct refusal){ 0 };
	if (!info) {
		char *name = utf8_cleaned(cmd->name, UTF8_ONE_LINE, 40);

		refuse(&d, "unknown", NULL, "help lists the commands", "there is no command \"%s\"",
		    name);
		free(name);
		return false;
	}
	d.inc = info->creates ? NULL : inc;
	d.id = d.inc ? d.inc->id : new_id ? new_id : "";
	/* A clock that was set back must not stop anybody: events never go back in time. */
	if (d.inc && utc_is_set(d.inc->last_at))
		d.now = utc_max(now, d.inc->last_at);
	d.args = cJSON_CreateObject();
	ok = decide(&d, info);
	cJSON_Delete(d.args);
	while (!ok && out->count > before)
		event_free(out->items[--out->count]);
	return ok;
}
