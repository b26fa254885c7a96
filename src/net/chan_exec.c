/* The `exec` channel: a program of the operator's own gets the message on standard input. There is
 * no shell; its arguments are the configured ones. Exit status 0: taken; 75 (EX_TEMPFAIL): again
 * later; anything else ends it. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "chan_priv.h"

bool chan_exec_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	cJSON *doc, *data;

	*out = (struct chan_send){ .via = CHAN_PROGRAM };
	buf_init(&out->body, 0);
	if (!r->command || r->command[0] != '/')
		return err_set(
		    e, ERR_CONFIG, "channel %s: command must be absolute", r->destination);
	data = chan_data(r, e);
	if (!data)
		return false;
	doc = cJSON_CreateObject();
	json_put_str(doc, "id", r->id);
	json_put_str(doc, "type", r->type);
	json_put_utc(doc, "timestamp", r->at);
	json_put(doc, "data", data);
	json_print(&out->body, doc);
	buf_addc(&out->body, '\n');
	cJSON_Delete(doc);
	return true;
}

void chan_exec_judge(struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	const char *words = reply->detail ? reply->detail : "";

	(void)t;
	*out = (struct chan_verdict){ .state = CHAN_GIVE_UP };
	if (reply->fault == FAULT_TIMEOUT) {
		out->state = CHAN_RETRY;
		chan_detail(out, "the program was stopped: it took too long");
	} else if (reply->fault != FAULT_NONE) {
		out->state = CHAN_RETRY;
		out->down = true;
		chan_detail(out, "%s", *words ? words : "the program did not run");
	} else {
		if (reply->code == 0)
			out->state = CHAN_ACCEPTED;
		else if (reply->code == EX_TEMPFAIL)
			out->state = CHAN_RETRY;
		chan_detail(out, "exit status %d%s%s", reply->code, *words ? ": " : "", words);
	}
}
