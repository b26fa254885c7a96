/* The `file` channel: what is current, as one file that another program reads. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "chan_priv.h"

bool chan_file_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	bool text = r->format && strcmp(r->format, "text") == 0;

	*out = (struct chan_send){ .via = CHAN_FILE };
	buf_init(&out->body, 0);
	if (!r->path || r->path[0] != '/')
		return err_set(e, ERR_CONFIG, "channel %s: path must be absolute", r->destination);
	if (r->format && !text && strcmp(r->format, "json") != 0)
		return err_set(e, ERR_CONFIG, "channel %s: format is json or text, not '%s'",
		    r->destination, r->format);
	if (text)
		buf_adds(&out->body, r->text ? r->text : "");
	else if (!chan_envelope(r, &out->body, e))
		return err_in(e, "channel %s", r->destination);
	if (!out->body.len || out->body.data[out->body.len - 1] != '\n')
		buf_addc(&out->body, '\n');
	out->path = xstrdup(r->path);
	return true;
}

void chan_file_judge(struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	bool written = reply->fault == FAULT_NONE;

	(void)t;
	*out = (struct chan_verdict){ .state = written ? CHAN_ACCEPTED : CHAN_RETRY };
	snprintf(out->detail, sizeof out->detail, "%s", written ? "written" : reply->detail);
}
