/* A mail of any text, subject, name and ids, cleaned as everywhere. Every line ends with CRLF and
 * is ASCII within 998 bytes, the headers are ours and each stands there once, nothing of the text
 * ends the message, and quoted-printable gives the text back. The fields of the input stand between
 * 0x1e. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/chan.h"

#define ID_MAX 300 /* ours: an incident, a version, a channel */

enum { TEXT, SUBJECT, SENDER, ID, FIRST, PREVIOUS, FIELDS };

static char *address[] = { (char[]){ "ops@acme.example" } };

static int header_of(const char *line)
{
	static const char *const ours[] = { "Date: ", "From: ", "To: ", "Subject: ", "Message-ID: ",
		"In-Reply-To: ", "References: ", "Auto-Submitted: ", "Precedence: ", "List-Id: ",
		"List-Unsubscribe: ", "MIME-Version: ", "Content-Type: " };

	for (size_t i = 0; i < countof(ours); i++)
		if (strncmp(line, ours[i], strlen(ours[i])) == 0)
			return 1 << i;
	return 0;
}

static void lines_are_ours(const struct buf *body)
{
	int seen = 0;
	bool head = true;

	for (const char *line = body->data, *end; *line; line = end + 2) {
		int header;

		end = strstr(line, "\r\n");
		if (!end || end - line > 998)
			abort();
		for (const char *p = line; p < end; p++)
			if ((*p < ' ' && *p != '\t') || *p > '~')
				abort();
		if (end - line == 1 && *line == '.')
			abort();
		head = head && end != line;
		header = head && *line != ' ' ? header_of(line) : 0;
		if (head && *line != ' ' && (!header || seen & header))
			abort();
		seen |= header;
	}
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The first part as its reader has it must begin with the text. */
static void text_comes_back(const struct buf *body, const char *text)
{
	const char *p = strstr(body->data, "\r\n\r\n");
	struct buf out;

	p = p ? strstr(p + 4, "\r\n\r\n") : NULL;
	if (!p)
		abort();
	buf_init(&out, 0);
	for (p += 4; *p && strncmp(p, "\r\n--=_", 6) != 0; p++) {
		if (strncmp(p, "=\r\n", 3) == 0) {
			p += 2;
		} else if (*p == '=') {
			if (digit(p[1]) < 0 || digit(p[2]) < 0)
				abort();
			buf_addc(&out, (char)(digit(p[1]) * 16 + digit(p[2])));
			p += 2;
		} else if (*p != '\r') {
			buf_addc(&out, *p);
		}
	}
	if (strncmp(buf_str(&out), text, strlen(text)) != 0)
		abort();
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = xmalloc(size + 1), *p = copy, *field[FIELDS];
	struct delivery_request r = { .destination = (char *)(uintptr_t) "mail",
		.kind = (char *)(uintptr_t) "email",
		.smtp = (char *)(uintptr_t) "smtp://127.0.0.1:25",
		.from = (char *)(uintptr_t) "noc@test.example",
		.host = (char *)(uintptr_t) "noc.test.example",
		.at = { 1741608000000 },
		.recipients = { address, 1 } };
	struct chan_talk t;
	struct chan_send s;
	struct err e;

	memcpy(copy, data, size);
	copy[size] = '\0';
	for (int i = 0; i < FIELDS; i++) {
		char *stop = p ? strchr(p, 0x1e) : NULL;

		if (stop)
			*stop = '\0';
		field[i] = utf8_cleaned(
		    p ? p : "", i == TEXT ? UTF8_LINES : UTF8_ONE_LINE, i >= ID ? ID_MAX : 0);
		p = stop ? stop + 1 : NULL;
	}
	r.text = field[TEXT];
	r.subject = field[SUBJECT];
	r.sender = field[SENDER];
	r.id = field[ID];
	r.first = *field[FIRST] ? field[FIRST] : NULL;
	r.previous = *field[PREVIOUS] ? field[PREVIOUS] : r.first;
	chan_talk_init(&t, &r, r.at);
	if (!chan_kind_find("email")->build(&t, &s, &e))
		abort();
	lines_are_ours(&s.body);
	text_comes_back(&s.body, r.text);
	chan_send_fini(&s);
	chan_talk_fini(&t);
	for (int i = 0; i < FIELDS; i++)
		free(field[i]);
	free(copy);
	return 0;
}
