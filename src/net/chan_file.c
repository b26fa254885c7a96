/* The `file` channel: what is current, as one file that another program reads. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "chan_priv.h"

bool chan_envelope(const struct delivery_request *r, struct buf *out, struct err *e)
{
	cJSON *data = json_parse(r->data ? r->data : "{}", r->data ? strlen(r->data) : 2, e);

	if (!cJSON_IsObject(data)) {
		if (data)
			err_set(e, ERR_DATA, "the message is no JSON object");
		cJSON_Delete(data);
		return false;
	}
	cJSON *o = cJSON_CreateObject();
	json_put_str(o, "type", r->type);
	json_put_utc(o, "timestamp", r->at);
	json_put(o, "data", data);
	json_print(out, o);
	cJSON_Delete(o);
	return true;
}

bool chan_file_build(
    const struct delivery_request *r, struct utc now, struct chan_send *out, struct err *e)
{
	bool text = r->format && strcmp(r->format, "text") == 0;

	(void)now;
	*out = (struct chan_send){ 0 };
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

void chan_file_judge(const struct chan_reply *reply, struct chan_verdict *out)
{
	bool written = reply->fault == FAULT_NONE;

	*out = (struct chan_verdict){ .state = written ? CHAN_ACCEPTED : CHAN_RETRY };
	snprintf(out->detail, sizeof out->detail, "%s", written ? "written" : reply->detail);
}
