/* The channels of chan_kinds. */
#ifndef NET_CHAN_PRIV_H
#define NET_CHAN_PRIV_H

#include "net/chan.h"

bool chan_file_build(
    const struct delivery_request *r, struct utc now, struct chan_send *out, struct err *e);
void chan_file_judge(const struct chan_reply *reply, struct chan_verdict *out);

bool chan_webhook_build(
    const struct delivery_request *r, struct utc now, struct chan_send *out, struct err *e);
void chan_webhook_judge(const struct chan_reply *reply, struct chan_verdict *out);

/* {"type":…,"timestamp":…,"data":{…}}. False: the data is no JSON object. */
bool chan_envelope(const struct delivery_request *r, struct buf *out, struct err *e);

#endif
