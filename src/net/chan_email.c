/* The `email` channel: one mail to everybody who is still to be told, up to a hundred recipients a
 * transaction, who do not see each other. Each recipient's outcome is its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chan_priv.h"
#include "domain/config.h"

#define BATCH 100 /* what every server takes (RFC 5321, 4.5.3.1.8) */

/* A transaction tells recipients t->next to t->step - 1; addresses that are none are passed over,
 * however they got there. */
bool chan_email_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	size_t end = t->next;

	*out = (struct chan_send){ .via = CHAN_MAIL };
	buf_init(&out->body, 0);
	if (!r->smtp || !r->from || !config_address_ok(r->from) || !r->host)
		return err_set(
		    e, ERR_CONFIG, "channel %s: smtp, from or host cannot be used", r->destination);
	out->to.items = xcalloc(BATCH, sizeof *out->to.items);
	for (; end < r->recipients.count && out->to.count < BATCH; end++)
		if (config_address_ok(r->recipients.items[end]))
			out->to.items[out->to.count++] = r->recipients.items[end];
	t->step = (int)end;
	if (!out->to.count)
		return err_set(
		    e, ERR_CONFIG, "channel %s: there is nobody to tell", r->destination);
	out->url = xasprintf("%s/%s", r->smtp, r->host);
	mail_compose(r, r->recipients.count == 1 ? out->to.items[0] : NULL, &out->body);
	return true;
}

static enum chan_state state_of(int code)
{
	return code >= 200 && code <= 299   ? CHAN_ACCEPTED
	       : code >= 500 && code <= 599 ? CHAN_GIVE_UP
					    : CHAN_RETRY;
}

/* What the server said to this recipient, or else at the end to all of them. */
static void tell_one(struct chan_talk *t, const char *address, const struct chan_reply *reply,
    const struct chan_said *said)
{
	enum chan_state state = state_of(said->code);
	char detail[160];

	if (state == CHAN_ACCEPTED && reply->fault != FAULT_NONE)
		state = state_of(reply->code >= 500 ? reply->code : 0);
	if (said->code >= 300)
		snprintf(detail, sizeof detail, "%d %s", said->code, said->text);
	else
		snprintf(detail, sizeof detail, "%s", reply->detail ? reply->detail : "");
	chan_tell(t, address, state, state == CHAN_ACCEPTED ? "" : detail);
}

static size_t tell_batch(struct chan_talk *t, const struct chan_reply *reply)
{
	static const struct chan_said nothing = { 0 };
	const struct delivery_request *r = t->r;
	size_t asked = 0, answered = 0;

	for (; t->next < (size_t)t->step && t->next < r->recipients.count; t->next++) {
		const char *address = r->recipients.items[t->next];
		const struct chan_said *said = &nothing;

		if (!config_address_ok(address)) {
			chan_tell(t, address, CHAN_GIVE_UP, "no e-mail address");
			continue;
		}
		if (reply->said)
			said = &reply->said[asked];
		asked++;
		answered += said->code != 0;
		tell_one(t, address, reply, said);
	}
	return answered;
}

/* How many were told, and each who was not, as far as there is room. */
static void say_outcome(const struct chan_talk *t, size_t accepted, struct chan_verdict *out)
{
	struct buf others;

	buf_init(&others, CHAN_DETAIL);
	for (size_t i = 0; i < t->told_count; i++)
		if (t->told[i].state != CHAN_ACCEPTED)
			buf_addf(&others, "; %s: %s", t->told[i].address, t->told[i].detail);
	if (accepted == t->told_count)
		chan_detail(out, "%zu told", accepted);
	else
		chan_detail(out, "%zu of %zu told%s", accepted, t->told_count, buf_str(&others));
	buf_fini(&others);
}

void chan_email_judge(struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	size_t answered = tell_batch(t, reply), accepted = 0, retry = 0;

	*out = (struct chan_verdict){ .state = CHAN_ACCEPTED };
	for (size_t i = 0; i < t->told_count; i++) {
		accepted += t->told[i].state == CHAN_ACCEPTED;
		retry += t->told[i].state == CHAN_RETRY;
	}
	if (reply->fault != FAULT_NONE && !answered) {
		out->state = CHAN_RETRY;
		out->down = true;
		chan_detail(out, "%s%s%s", probe_fault_names[reply->fault],
		    reply->detail && *reply->detail ? ": " : "",
		    reply->detail ? reply->detail : "");
		return;
	}
	if (t->next < t->r->recipients.count) {
		out->state = CHAN_NEXT;
		return;
	}
	if (retry)
		out->state = CHAN_RETRY;
	else if (!accepted)
		out->state = CHAN_GIVE_UP;
	say_outcome(t, accepted, out);
}
