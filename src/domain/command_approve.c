/* Approval: by somebody else than who wrote it, for exactly these texts at this severity. */
#include "command_priv.h"

#include <string.h>

#include "domain/approval.h"

void approval_hash(const char *incident, const cJSON *texts, char out[APPROVAL_HASH])
{
	cJSON *o = cJSON_CreateObject();
	struct buf b;

	json_put_str(o, "incident", incident);
	json_put(o, "text", texts ? cJSON_Duplicate(texts, true) : cJSON_CreateNull());
	buf_init(&b, 0);
	json_canonical(&b, o);
	digest_hex(buf_str(&b), b.len, out);
	buf_fini(&b);
	cJSON_Delete(o);
}

const char *approval_by(const struct incident *inc, const char *hash, const char *author)
{
	for (size_t i = inc->events.count; i-- > 0;) {
		const struct event *ev = inc->events.items[i];

		if (ev->kind == EVENT_SEVERITY_CHANGED)
			return NULL;
		if (ev->kind == EVENT_UPDATE_APPROVED &&
		    strcmp(json_str_or(ev->body, "hash", ""), hash) == 0 &&
		    strcmp(ev->actor, author) != 0)
			return ev->actor;
	}
	return NULL;
}

bool approval_lapsed(const struct incident *inc, const char *hash, const char *author)
{
	bool approved = false;

	for (size_t i = 0; i < inc->events.count; i++) {
		const struct event *ev = inc->events.items[i];

		approved = approved || (ev->kind == EVENT_UPDATE_APPROVED &&
					   strcmp(json_str_or(ev->body, "hash", ""), hash) == 0);
	}
	return approved && !approval_by(inc, hash, author);
}

bool approval_may(const struct policy *p, const struct incident *inc, const char *person)
{
	for (size_t i = 0; i < p->approver_count; i++) {
		int role = role_of(p->approvers[i]);
		const char *holder = role < 0 ? p->approvers[i] : inc->role[role].person;

		if (holder && strcmp(holder, person) == 0)
			return true;
	}
	return p->approver_count == 0;
}

void approval_who(const struct policy *p, const struct incident *inc, struct buf *out)
{
	if (p->approver_count == 0)
		buf_adds(out, "anybody else who may publish");
	for (size_t i = 0; i < p->approver_count; i++) {
		int role = role_of(p->approvers[i]);

		buf_adds(out, i == 0 ? "" : i + 1 == p->approver_count ? " or " : ", ");
		if (role < 0)
			buf_adds(out, p->approvers[i]);
		else
			buf_addf(out, "the %s (%s)", role_infos[role].label,
			    inc->role[role].person ? inc->role[role].person : "vacant");
	}
}

static bool needed(const struct deciding *d)
{
	return d->w->policy && d->inc->severity >= 1 && d->inc->severity <= SEVERITIES &&
	       d->w->policy->approval[d->inc->severity - 1];
}

/* Refuses, with who may approve. */
static bool refuse_naming(struct deciding *d, const char *help, const char *what)
{
	struct buf who;

	buf_init(&who, 200);
	approval_who(d->w->policy, d->inc, &who);
	refuse(d, "approval", NULL, help, "%s: %s may", what, buf_str(&who));
	buf_fini(&who);
	return false;
}

bool approved(struct deciding *d, const cJSON *texts)
{
	char hash[APPROVAL_HASH];
	const char *by;

	if (!needed(d))
		return true;
	approval_hash(d->id, texts, hash);
	by = approval_by(d->inc, hash, d->cmd->actor);
	if (by && approval_may(d->w->policy, d->inc, by) &&
	    (!d->cmd->as_by || strcmp(by, d->cmd->as_by) != 0))
		return true;
	return refuse_naming(d, "they read it in the outbox, and approve it there",
	    "an update of this severity waits for approval");
}

static bool same_person(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool decide_approve(struct deciding *d)
{
	const char *hash = json_str_or(d->args, "hash", "");
	const struct waiting_text *text;
	const struct command *c = d->cmd;
	size_t count = 0;
	cJSON *body;

	text = d->w->waiting ? d->w->waiting(d->w->ctx, d->id, hash, &count) : NULL;
	if (!text && count > 1)
		return refuse(d, "approval", "hash", "name one by its hash",
		    "%zu texts of %s wait for approval", count, d->id);
	if (!text)
		return refuse(d, "approval", "hash", "it was changed, sent or stopped: look again",
		    "no such text of %s waits for approval", d->id);
	if (same_person(text->author, c->actor) || same_person(text->author, c->as_by) ||
	    same_person(text->author_as, c->actor) || same_person(text->author_as, c->as_by))
		return refuse_naming(d, "ask one of them", "nobody approves what they wrote");
	if (d->w->policy && !approval_may(d->w->policy, d->inc, c->actor))
		return refuse_naming(d, "ask one of them", "you may not approve it");
	body = cJSON_CreateObject();
	json_put_str(body, "hash", text->hash);
	json_put_str(body, "by", c->actor);
	return emit(d, EVENT_UPDATE_APPROVED, body);
}
