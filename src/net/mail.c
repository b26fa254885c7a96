/* A mail, built whole: every line ends with CRLF, nothing in a header is raw text of people, and
 * the body is quoted-printable, so that no line of it can end the message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "base/mem.h"
#include "chan_priv.h"

#define LINE_MAX_BYTES 76
#define WORD_BYTES 39	      /* of text in one encoded word: 52 letters of base64 */
#define BOUNDARY "=_nocboard" /* quoted-printable never holds "=_" */

static bool plain_header(const char *text)
{
	if (strlen(text) > 60 || strstr(text, "=?"))
		return false;
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* A text of people as RFC 2047 has it, folded. */
static void encoded(struct buf *out, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		unsigned char word[4 * ((WORD_BYTES + 2) / 3) + 1];
		size_t n = left < WORD_BYTES ? left : WORD_BYTES;

		while (n < left && n > 1 && (text[n] & 0xc0) == 0x80)
			n--;
		EVP_EncodeBlock(word, (const unsigned char *)text, (int)n);
		buf_addf(out, "=?UTF-8?B?%s?=", (const char *)word);
		text += n;
		left -= n;
		if (left)
			buf_adds(out, "\r\n ");
	}
}

static void header_text(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, "%s: ", name);
	if (plain_header(text))
		buf_adds(out, text);
	else
		encoded(out, text);
	buf_adds(out, "\r\n");
}

/* A name before an address: quoted, or encoded where it holds more than letters. */
static void header_mailbox(
    struct buf *out, const char *header, const char *name, const char *address)
{
	buf_addf(out, "%s: ", header);
	if (name && *name && plain_header(name) && !strpbrk(name, "\"\\"))
		buf_addf(out, "\"%s\" ", name);
	else if (name && *name) {
		encoded(out, name);
		buf_adds(out, "\r\n ");
	}
	buf_addf(out, "<%s>\r\n", address);
}

/* What may stand before the @ of a message id. */
static void message_id(struct buf *out, const char *delivery, const char *host)
{
	buf_addc(out, '<');
	for (const char *p = delivery; *p; p++)
		buf_addc(out, strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789-_.",
				  *p)
				  ? *p
				  : '_');
	buf_addf(out, "@%s>", host);
}

static void header_id(
    struct buf *out, const char *name, const char *first, const char *second, const char *host)
{
	buf_addf(out, "%s: ", name);
	message_id(out, first, host);
	if (second) {
		buf_adds(out, "\r\n ");
		message_id(out, second, host);
	}
	buf_adds(out, "\r\n");
}

/* Days and months as RFC 5322 has them, in any locale. */
static void header_date(struct buf *out, struct utc at)
{
	static const char days[] = "SunMonTueWedThuFriSat",
			  months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t s = (time_t)(at.ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	buf_addf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n",
	    days + (size_t)tm.tm_wday * 3, tm.tm_mday, months + (size_t)tm.tm_mon * 3,
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void list_headers(struct buf *out, const struct delivery_request *r)
{
	bool https = r->unsubscribe && strncmp(r->unsubscribe, "https://", 8) == 0;

	buf_addf(out, "List-Id: <%s.%s>\r\n", r->destination, r->host);
	if (r->unsubscribe)
		buf_addf(out, "List-Unsubscribe: <%s>\r\n", r->unsubscribe);
	else
		buf_addf(out, "List-Unsubscribe: <mailto:%s?subject=unsubscribe>\r\n", r->from);
	if (https)
		buf_adds(out, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

/* RFC 2045, 6.7. Line ends of the text become CRLF, all else that is not a visible letter is
 * written by its number. */
static void quoted_printable(struct buf *out, const char *text, size_t len)
{
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		bool last = i + 1 == len || text[i + 1] == '\n';
		bool as_it_is = (c > ' ' && c <= '~' && c != '=' && !(c == '.' && column == 0)) ||
				(c == ' ' && !last);

		if (c == '\n') {
			buf_adds(out, "\r\n");
			column = 0;
			continue;
		}
		if (column + (as_it_is ? 1 : 3) > LINE_MAX_BYTES - 1) {
			buf_adds(out, "=\r\n");
			column = 0;
			as_it_is = as_it_is && c != '.';
		}
		if (as_it_is)
			buf_addc(out, (char)c);
		else
			buf_addf(out, "=%02X", c);
		column += as_it_is ? 1 : 3;
	}
	if (column)
		buf_adds(out, "\r\n");
}

static void part(struct buf *out, const char *type, const struct buf *text)
{
	buf_addf(out,
	    "--" BOUNDARY "\r\nContent-Type: text/%s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    type);
	quoted_printable(out, buf_str(text), text->len);
}

static void bodies(struct buf *out, const struct delivery_request *r)
{
	struct buf text, html;
	const char *words = r->text ? r->text : "";

	buf_init(&text, 0);
	buf_init(&html, 0);
	buf_addf(&text, "%s%s-- \n%s\n", words, *words ? "\n\n" : "", r->sender ? r->sender : "");
	if (r->unsubscribe)
		buf_addf(&text, "No more of these mails: %s\n", r->unsubscribe);
	buf_adds(&html, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n"
			"<div style=\"white-space:pre-wrap;font-family:sans-serif\">");
	chan_escape(&html, buf_str(&text), text.len);
	buf_adds(&html, "</div>\n</body></html>\n");
	part(out, "plain", &text);
	part(out, "html", &html);
	buf_adds(out, "--" BOUNDARY "--\r\n");
	buf_fini(&text);
	buf_fini(&html);
}

void mail_compose(const struct delivery_request *r, const char *to, struct buf *out)
{
	header_date(out, r->at);
	header_mailbox(out, "From", r->sender, r->from);
	if (to)
		buf_addf(out, "To: <%s>\r\n", to);
	else
		buf_adds(out, "To: undisclosed-recipients:;\r\n");
	header_text(out, "Subject", r->subject && *r->subject ? r->subject : "Service update");
	header_id(out, "Message-ID", r->id, NULL, r->host);
	if (r->first) {
		bool two = r->previous && strcmp(r->first, r->previous) != 0;

		header_id(out, "In-Reply-To", r->first, NULL, r->host);
		header_id(out, "References", r->first, two ? r->previous : NULL, r->host);
	}
	buf_adds(out, "Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\n");
	list_headers(out, r);
	buf_adds(out, "MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n"
		      " boundary=\"" BOUNDARY "\"\r\n\r\n");
	bodies(out, r);
}
