/* The calendar of planned work as iCalendar (RFC 5545). */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "domain/maintenance.h"

#define FOLD 75 /* bytes of a line, its end left out */

/* A content line, folded: no longer than 75 bytes, cut between characters (RFC 5545, 3.1). */
static void put_line(struct buf *out, const char *line)
{
	size_t room = FOLD, len = strlen(line);

	while (len > room) {
		size_t cut = room;

		while (cut > 1 && ((unsigned char)line[cut] & 0xc0) == 0x80)
			cut--;
		buf_add(out, line, cut);
		buf_adds(out, "\r\n ");
		line += cut;
		len -= cut;
		room = FOLD - 1; /* the blank before it */
	}
	buf_adds(out, line);
	buf_adds(out, "\r\n");
}

/* TEXT: backslash, comma and semicolon are escaped, a line end is \n (RFC 5545, 3.3.11). */
static void put_text(struct buf *out, const char *name, const char *text)
{
	struct buf line;

	if (!text || !*text)
		return;
	buf_init(&line, 0);
	buf_addf(&line, "%s:", name);
	for (const char *s = text; *s; s++) {
		if (*s == '\n')
			buf_adds(&line, "\\n");
		else if (strchr("\\,;", *s))
			buf_addf(&line, "\\%c", *s);
		else
			buf_addc(&line, *s);
	}
	put_line(out, buf_str(&line));
	buf_fini(&line);
}

static void put_time(struct buf *out, const char *name, struct utc t)
{
	char text[UTC_TEXT], line[64];
	struct buf b;

	utc_format(t, text);
	buf_init(&b, sizeof line);
	buf_addf(&b, "%s:%.4s%.2s%.2sT%.2s%.2s%.2sZ", name, text, text + 5, text + 8, text + 11,
	    text + 14, text + 17);
	put_line(out, buf_str(&b));
	buf_fini(&b);
}

static void add_ids(struct buf *out, char *const *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%s%s", i ? ", " : "", ids[i]);
}

static void put_scope(struct buf *out, const struct maintenance_plan *p)
{
	struct buf text;

	buf_init(&text, 0);
	add_ids(&text, p->components, p->component_count);
	buf_adds(&text, " in ");
	add_ids(&text, p->regions, p->region_count);
	buf_addf(&text, "\nRisk: %s", risk_names[p->risk]);
	if (p->impact)
		buf_addf(&text, "\n%s", p->impact);
	put_text(out, "DESCRIPTION", buf_str(&text));
	buf_clear(&text);
	add_ids(&text, p->regions, p->region_count);
	put_text(out, "LOCATION", buf_str(&text));
	buf_fini(&text);
}

static void put_event(struct buf *out, const struct maintenance_entry *entry, const char *host)
{
	static const char *const statuses[MAINTENANCE_STATUSES] = {
		[MAINTENANCE_SCHEDULED] = "CONFIRMED",
		[MAINTENANCE_TENTATIVE] = "TENTATIVE",
		[MAINTENANCE_IN_PROGRESS] = "CONFIRMED",
		[MAINTENANCE_COMPLETED] = "CONFIRMED",
		[MAINTENANCE_CANCELLED] = "CANCELLED",
	};
	const struct maintenance *m = &entry->m;
	bool over = m->status == MAINTENANCE_COMPLETED;
	struct buf line;

	put_line(out, "BEGIN:VEVENT");
	buf_init(&line, 0);
	buf_addf(&line, "UID:%s@%s", m->id, host);
	put_line(out, buf_str(&line));
	buf_clear(&line);
	buf_addf(&line, "SEQUENCE:%d", entry->sequence);
	put_line(out, buf_str(&line));
	buf_clear(&line);
	put_time(out, "DTSTAMP", m->last_at);
	put_time(out, "DTSTART", over ? m->started_at : m->plan.starts_at);
	put_time(out, "DTEND", over ? m->ended_at : m->plan.ends_at);
	buf_addf(&line, "%s: %s", m->id, m->plan.title ? m->plan.title : "");
	put_text(out, "SUMMARY", buf_str(&line));
	put_scope(out, &m->plan);
	buf_clear(&line);
	buf_addf(&line, "STATUS:%s", statuses[m->status]);
	put_line(out, buf_str(&line));
	put_line(out, "TRANSP:TRANSPARENT");
	put_line(out, "END:VEVENT");
	buf_fini(&line);
}

void maintenance_calendar(struct buf *out, const struct maintenance_entry *all, size_t count,
    const char *name, const char *host)
{
	put_line(out, "BEGIN:VCALENDAR");
	put_line(out, "VERSION:2.0");
	put_line(out, "PRODID:-//nocboard//maintenance//EN");
	put_line(out, "CALSCALE:GREGORIAN");
	put_line(out, "METHOD:PUBLISH");
	put_text(out, "NAME", name);
	put_text(out, "X-WR-CALNAME", name);
	for (size_t i = 0; i < count; i++)
		put_event(out, &all[i], host);
	put_line(out, "END:VCALENDAR");
}
