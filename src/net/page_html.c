/* HTML: escaping, times, the frame of every page. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "page_priv.h"

#define LABEL_MAX 40

void put(struct page_out *o, const char *markup)
{
	buf_adds(&o->b, markup);
}

void putf(struct page_out *o, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	buf_adds(&o->b, text);
}

static void put_bytes(struct page_out *o, const char *s, size_t len)
{
	static const struct {
		char c;
		const char *as;
	} marks[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\'', "&#39;" } };

	for (size_t i = 0; i < len; i++) {
		size_t k = 0;

		while (k < countof(marks) && marks[k].c != s[i])
			k++;
		if (k < countof(marks))
			buf_adds(&o->b, marks[k].as);
		else if ((unsigned char)s[i] >= ' ' || s[i] == '\n')
			buf_addc(&o->b, s[i]);
	}
}

void put_text(struct page_out *o, const char *text)
{
	put_bytes(o, text, strlen(text));
}

/* "What we know: …" begins with a label: short, and without a mark inside. */
static size_t label(const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	size_t n = colon ? (size_t)(colon - line) : 0;

	if (!n || n > LABEL_MAX || n + 1 >= len || colon[1] != ' ' || line[0] < 'A' ||
	    line[0] > 'Z')
		return 0;
	return strcspn(line, ".,;/") < n ? 0 : n + 1;
}

void put_posted(struct page_out *o, const char *text)
{
	bool open = false;

	while (*text) {
		size_t len = strcspn(text, "\n"), bold = label(text, len);

		if (!len && open)
			put(o, "</p>\n");
		else if (len)
			put(o, open ? "<br>\n" : "<p>");
		open = len > 0;
		if (bold) {
			put(o, "<b>");
			put_bytes(o, text, bold);
			put(o, "</b>");
		}
		put_bytes(o, text + bold, len - bold);
		text += len + (text[len] == '\n');
	}
	if (open)
		put(o, "</p>\n");
}

void put_time(struct page_out *o, struct utc t, const struct template_places *places)
{
	char iso[UTC_TEXT];
	struct buf local;

	if (!utc_is_set(t))
		return;
	utc_format(t, iso);
	putf(o, "<time datetime=\"%.16sZ\">", iso);
	template_time_utc(&o->b, t);
	put(o, "</time>");
	buf_init(&local, 0);
	template_time_local(&local, t, places);
	if (local.len) {
		put(o, " (");
		put_text(o, buf_str(&local));
		put(o, ")");
	}
	buf_fini(&local);
}

/* ---- status ---- */

static const char *const shapes[STATUSES] = {
	[STATUS_OPERATIONAL] = "✓",
	[STATUS_UNKNOWN] = "?",
	[STATUS_MAINTENANCE] = "■",
	[STATUS_DEGRADED] = "▲",
	[STATUS_PARTIAL] = "◆",
	[STATUS_MAJOR] = "✕",
};

void put_status(struct page_out *o, enum status s)
{
	putf(o, "<span class=\"s s%d\"><i aria-hidden=\"true\">%s</i>%s</span>", (int)s, shapes[s],
	    page_status_words[s]);
}

void put_banner(struct page_out *o, enum status s, const char *where)
{
	putf(
	    o, "<p class=\"banner b%d\"><i aria-hidden=\"true\">%s</i><strong>", (int)s, shapes[s]);
	put(o, s == STATUS_OPERATIONAL ? "All services operate normally" : page_status_words[s]);
	put(o, "</strong>");
	if (*where) {
		put(o, " <span>");
		put_text(o, where);
		put(o, "</span>");
	}
	put(o, "</p>\n");
}

/* ---- the frame ---- */

static void put_menu(struct page_out *o, const char *here)
{
	static const char *const menu[][2] = {
		{ "index.html", "Overview" },
		{ "history.html", "History" },
		{ "policy.html", "Service levels" },
	};

	put(o, "<nav aria-label=\"Pages\"><ul>");
	for (size_t i = 0; i < countof(menu); i++)
		putf(o, "<li><a href=\"%s%s\"%s>%s</a></li>", o->up, menu[i][0],
		    strcmp(menu[i][0], here) == 0 ? " aria-current=\"page\"" : "", menu[i][1]);
	put(o, "</ul></nav>");
}

void put_head(struct page_out *o, const char *title, const char *here, const char *feed)
{
	put(o, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	       "style-src 'self'; base-uri 'none'; form-action 'none'\">\n"
	       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	       "<meta name=\"color-scheme\" content=\"light dark\">\n"
	       "<meta name=\"referrer\" content=\"no-referrer\">\n");
	if (o->p->hidden)
		put(o, "<meta name=\"robots\" content=\"noindex, nofollow\">\n");
	put(o, "<meta name=\"generated\" content=\"" STAMP_MADE "\">\n<title>");
	put_text(o, title);
	if (strcmp(title, o->p->name) != 0) {
		put(o, " – ");
		put_text(o, o->p->name);
	}
	put(o, " status</title>\n");
	putf(o, "<link rel=\"stylesheet\" href=\"%sstyle.css\">\n", o->up);
	put(o, "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"Incidents\" href=\"");
	put(o, o->up);
	put_text(o, feed);
	put(o,
	    ".atom\">\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
	    "<header><p class=\"name\"><a href=\"");
	put(o, o->up);
	put(o, "index.html\">");
	put_text(o, o->p->name);
	put(o, "</a> <span>status</span></p>");
	put_menu(o, here);
	put(o, "</header>\n<main id=\"main\">\n");
}

void put_blind(struct page_out *o)
{
	if (!o->p->blind)
		return;
	put(o, "<p><strong>Our own monitoring has been limited since ");
	put_time(o, o->p->blind_since, &o->p->places);
	put(o, ".</strong> What stands here is what we knew then, and what was told since.</p>\n");
}

void put_foot(struct page_out *o, bool final)
{
	put(o, "</main>\n<footer>\n");
	if (o->p->hidden)
		put(o, "<p>This is a page for partners. Please do not pass its address on.</p>\n");
	if (final)
		put(o, "<p>Made at " STAMP_MADE_WORDS ". This incident is over: the page stays as "
		       "it is.</p>\n");
	else
		put(o, "<p>Made at " STAMP_MADE_WORDS ", good until <strong>" STAMP_VALID_WORDS
		       "</strong>. If it is later than that, this page is not being renewed: "
		       "load it again, and if it stays the same, take it for out of date.</p>\n");
	put(o, "</footer>\n</body>\n</html>\n");
}
