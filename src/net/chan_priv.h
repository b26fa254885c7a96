/* What the channels of chan_kinds share. */
#ifndef NET_CHAN_PRIV_H
#define NET_CHAN_PRIV_H

#include "base/json.h"
#include "net/chan.h"

#define CHAN_KIND(name)                                                                            \
	bool chan_##name##_build(struct chan_talk *t, struct chan_send *out, struct err *e);       \
	void chan_##name##_judge(                                                                  \
	    struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)

CHAN_KIND(file);
CHAN_KIND(webhook);
CHAN_KIND(email);
CHAN_KIND(slack);
CHAN_KIND(teams);
CHAN_KIND(pagerduty);
CHAN_KIND(statuspage);
CHAN_KIND(cachet);
CHAN_KIND(exec);

/* ---- building ---- */

/* {"type":…,"timestamp":…,"data":{…}}. False: the data is no JSON object. */
bool chan_envelope(const struct delivery_request *r, struct buf *out, struct err *e);
/* The message's data; NULL: no JSON object, *e names the channel. The caller frees. */
cJSON *chan_data(const struct delivery_request *r, struct err *e);
/* The message is of planned work. */
bool chan_planned(const cJSON *data);
bool chan_called_off(const cJSON *data); /* and it does not take place, or was broken off */
/* What it is called at the other end: the subject, else our id, in at most `max` bytes; planned
 * work that does not take place says so in front. A new string. */
char *chan_name(const struct delivery_request *r, const cJSON *data, size_t max);
/* "INC-1 · Sev 2 · identified", "MNT-3 · planned work · scheduled": a new string. */
char *chan_about(const cJSON *data);
/* Cuts the longest texts below `within` (a part of `doc`), marked, until the whole takes at most
 * `max` bytes; `body` is the document printed. False: there is nothing left to cut. */
bool chan_shorten(
    struct buf *body, cJSON *doc, cJSON *within, size_t max, const char *what, struct err *e);
/* At most `max` bytes of a clean text, cut at a character with a mark; a new string. */
char *chan_cut(const char *text, size_t max);

/* `&`, `<` and `>` as entities: for Slack, and for HTML between tags. */
void chan_escape(struct buf *out, const char *text, size_t len);

/* Starts an HTTP request with a JSON body; takes `doc` (NULL: no body) and `url` over. */
void chan_http_json(struct chan_send *out, char *url, cJSON *doc);
void chan_header(struct chan_send *out, const char *name, char *take_value);

/* ---- judging ---- */

/* By the code: 2xx accepted; 410 gone; 429, 503 (420 too) wait for as long as they say; every other
 * answer is tried again, but 4xx but for 408 and 425 ends it where `stop_on_4xx`. */
void chan_judge_http(const struct chan_reply *reply, bool stop_on_4xx, struct chan_verdict *out);
/* The reply as JSON; NULL: it is none. The caller frees. */
cJSON *chan_reply_json(const struct chan_reply *reply);
void chan_detail(struct chan_verdict *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- mail.c ---- */

/* The whole message with CRLF everywhere (RFC 5322, 2045, 2047). `to` NULL: nobody is named. */
void mail_compose(const struct delivery_request *r, const char *to, struct buf *out);

#endif
