/* Mail through the same handles, slots and checks as HTTP: curl speaks SMTP, and what the server
 * says to each recipient is read from the dialogue, because curl itself tells the last failure
 * only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "http_priv.h"
#include "net_priv.h"

/* What was said last, and so what the next answer is to. */
enum said_last { LAST_OTHER, LAST_RCPT, LAST_DATA, LAST_BODY };

struct http_mail {
	struct curl_slist *to;
	struct chan_said *said;
	size_t count, asked;
	enum said_last last;
	char *body;
	size_t len, sent;
	struct chan_said end; /* the answer to DATA, or to the whole message */
};

static size_t read_body(char *out, size_t size, size_t count, void *ctx)
{
	struct http_mail *m = ctx;
	size_t n = size * count;

	if (n > m->len - m->sent)
		n = m->len - m->sent;
	memcpy(out, m->body + m->sent, n);
	m->sent += n;
	return n;
}

static size_t take_line(char *line, size_t size, size_t count, void *ctx)
{
	struct http *h = ctx;

	(void)line;
	h->header_bytes += size * count;
	return h->header_bytes > HTTP_HEADERS_MAX ? 0 : size * count;
}

static void keep(struct chan_said *s, int code, const char *line, size_t len)
{
	struct buf clean;

	buf_init(&clean, 0);
	if (len > 4)
		utf8_clean(&clean, line + 4, len - 4, UTF8_ONE_LINE, sizeof s->text - 1);
	s->code = code;
	snprintf(s->text, sizeof s->text, "%s", buf_str(&clean));
	buf_fini(&clean);
}

static void answered(struct http_mail *m, const char *line, size_t len)
{
	int code = 0;

	if (len < 3 || (len > 3 && line[3] == '-')) /* more lines of it follow */
		return;
	for (int i = 0; i < 3; i++)
		code = line[i] >= '0' && line[i] <= '9' ? code * 10 + line[i] - '0' : -1000;
	if (code < 0)
		return;
	if (m->last == LAST_RCPT && m->asked <= m->count)
		keep(&m->said[m->asked - 1], code, line, len);
	else if (m->last == LAST_DATA || m->last == LAST_BODY)
		keep(&m->end, code, line, len);
	if (m->last == LAST_DATA && code == 354)
		m->last = LAST_BODY;
	else
		m->last = LAST_OTHER;
}

/* The dialogue holds the password; of what we say only the first word is looked at. */
static int dialogue(CURL *easy, curl_infotype type, char *text, size_t len, void *ctx)
{
	struct http_mail *m = ctx;

	(void)easy;
	if (type == CURLINFO_HEADER_IN) {
		answered(m, text, len);
	} else if (type == CURLINFO_HEADER_OUT) {
		if (len > 8 && memcmp(text, "RCPT TO:", 8) == 0) {
			m->last = LAST_RCPT;
			m->asked++;
		} else {
			m->last = len > 4 && memcmp(text, "DATA", 4) == 0 ? LAST_DATA : LAST_OTHER;
		}
	}
	return 0;
}

void http_mail_set(struct http *h, const struct http_mail_ask *ask, const char *body, size_t len)
{
	struct http_mail *m = xcalloc(1, sizeof *m);
	CURL *c = h->easy;

	h->mail = m;
	m->count = ask->to_count;
	m->said = xcalloc(m->count + 1, sizeof *m->said);
	m->len = len;
	m->body = xmalloc(len + 1);
	memcpy(m->body, body, len);
	for (size_t i = 0; i < ask->to_count; i++)
		m->to = curl_slist_append(m->to, ask->to[i]);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(ask->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, ask->from);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, m->to);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	curl_easy_setopt(c, CURLOPT_USERNAME, ask->user);
	curl_easy_setopt(c, CURLOPT_PASSWORD, ask->password);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)len);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, read_body);
	curl_easy_setopt(c, CURLOPT_READDATA, m);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_line);
	curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, dialogue);
	curl_easy_setopt(c, CURLOPT_DEBUGDATA, m);
	curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
}

void http_mail_begin(struct http_mail *m)
{
	memset(m->said, 0, m->count * sizeof *m->said);
	m->asked = m->sent = 0;
	m->last = LAST_OTHER;
	m->end = (struct chan_said){ 0 };
}

void http_mail_end(struct http *h)
{
	struct http_answer *a = &h->going->answer;

	a->said = h->mail->said;
	a->code = h->mail->end.code;
	if (a->fault != FAULT_NONE && h->mail->end.code >= 400)
		snprintf(
		    a->detail, sizeof a->detail, "%d %s", h->mail->end.code, h->mail->end.text);
}

void http_mail_free(struct http_mail *m)
{
	if (!m)
		return;
	curl_slist_free_all(m->to);
	free(m->said);
	free(m->body);
	free(m);
}
