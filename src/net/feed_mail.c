/* Mails in which carriers announce planned work: a calendar in them wins, else their labels. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "feed_mail.h"
#include "feed_mail_words.h"
#include "mime.h"

static const char title[] = "carrier's mail";

static const char ids[] =
    "work order number|maintenance ticket|maintenance id|maintenance reference|wmt|"
    "reference internal ticket|ticket number|ticket id|ticket|change number|change|event id|"
    "maintenance number|scheduled maintenance|planned work reference|change request|change id|"
    "notification id|notification number|case number|tt|reference number|reference|issue";
static const char accounts[] =
    "customer name|customer|account name|account number|account|company name|company";
static const char object_columns[] =
    "circuit id|service id|customer circuit id|order id|circuit|service";
static const char object_lists[] =
    "order id(s) impacted|circuit id|circuit ids|circuit(s) affected|circuits affected|service id|"
    "service ids|service(s) affected|affected services|affected circuits|service/circuit affected|"
    "your ips|circuit";
static const char impact_columns[] = "impact|expected impact|impact type|service impact";

struct mail {
	struct feed_doc *d;
	const struct mime_part *parts;
	const char *subject;
	struct utc sent, now;
	const struct mail_carrier *carrier;
	const char *provider;
	struct mail_text texts[2]; /* the first one is believed before the other */
	size_t text_count;
};

int feed_mail_sniff(const char *bytes, size_t len)
{
	return strcmp(feed_looks_like(bytes, len), "a mail") == 0 ? 80 : 0;
}

/* ---- the parts that are read ---- */

static const struct mime_part *part_of(const struct mail *m, const char *type, bool maintnote)
{
	const struct mime_part *p = m->parts;

	while (p && (!p->text || strcmp(p->type, type) != 0 ||
			(maintnote && !strcasestr(p->text, "X-MAINTNOTE-"))))
		p = p->next;
	return p;
}

/* A part that only says that the other one is to be read holds no number. */
static bool is_stub(const char *text)
{
	return strcspn(text, "0123456789") == strlen(text);
}

/* The end of a text that came without a closing boundary is not known to be its end. */
static void check_end(struct mail *m, const struct mime_part *p, bool html)
{
	const char *close = html ? strcasestr(p->text, "</html>") : NULL;

	if (!close && p->depth == 0 && p->len && p->text[p->len - 1] != '\n')
		feed_problem(m->d, "the mail ends within a line");
	if (html && !close && strcasestr(p->text, "<html"))
		feed_problem(m->d, "the HTML of the mail ends early");
}

static void read_texts(struct mail *m)
{
	const struct mime_part *plain = part_of(m, "text/plain", false),
			       *html = part_of(m, "text/html", false);

	if (plain && html && is_stub(plain->text))
		plain = NULL;
	if (plain) {
		check_end(m, plain, false);
		m->texts[m->text_count++] = mail_text(m->d, plain->text, false);
	}
	if (html) {
		check_end(m, html, true);
		m->texts[m->text_count++] = mail_text(m->d, html->text, true);
	}
}

static void find_carrier(struct mail *m)
{
	static const char *const senders[] = { "From", "Sender", "Reply-To", "X-Original-From",
		"X-Original-Sender", "Return-Path" };
	struct buf all;
	const char *inner = NULL;

	buf_init(&all, 0);
	/* A forwarded mail carries the first sender in its text. */
	for (size_t i = 0; i < m->text_count && !inner; i++)
		inner = mail_label(&m->texts[i], "from", 0, NULL);
	if (inner && strchr(inner, '@'))
		buf_addf(&all, "%s ", inner);
	for (size_t i = 0; i < countof(senders); i++)
		buf_addf(&all, "%s ",
		    mime_header(m->parts, senders[i]) ? mime_header(m->parts, senders[i]) : "");
	m->carrier = mail_carrier_of(buf_str(&all), m->subject);
	const char *domain = strchr(buf_str(&all), '@');
	if (m->carrier)
		m->provider = m->carrier->provider;
	else if (domain)
		m->provider = feed_line(m->d->arena,
		    arena_strndup(m->d->arena, domain + 1, strcspn(domain + 1, "<>\"' ,;)")),
		    FEED_ID_MAX);
	buf_fini(&all);
}

/* ---- values ---- */

/* What a carrier's own pattern gives; NULL: nothing. */
static const char *by_pattern(struct mail *m, const char *pattern)
{
	struct mail_column column;
	char out[200];

	if (!pattern)
		return NULL;
	if (strncmp(pattern, "S:", 2) == 0)
		return mail_match(pattern + 2, m->subject, out, sizeof out)
			   ? arena_strdup(m->d->arena, out)
			   : NULL;
	for (size_t i = 0; i < m->text_count; i++) {
		if (strncmp(pattern, "column:", 7) == 0) {
			if (mail_column(&m->texts[i], pattern + 7, &column))
				return mail_cell(&m->texts[i], column, 0);
			continue;
		}
		for (size_t k = 0; k < m->texts[i].count; k++)
			if (m->texts[i].lines[k].count &&
			    mail_match(pattern, m->texts[i].lines[k].cells[0], out, sizeof out))
				return arena_strdup(m->d->arena, out);
	}
	return NULL;
}

static const char *by_label(struct mail *m, const char *labels)
{
	const char *value = NULL;

	for (size_t i = 0; i < m->text_count && !value; i++)
		value = mail_label(&m->texts[i], labels, 0, NULL);
	return value;
}

/* A number of a ticket: one word with a digit in it. */
static const char *ticket(struct mail *m, const char *text)
{
	size_t n = text ? strcspn(text, " ,;()[]|") : 0;

	while (n && strchr(".:", text[n - 1]))
		n--;
	if (!n || n > 60 || strcspn(text, "0123456789") >= n)
		return NULL;
	return feed_line(m->d->arena, arena_strndup(m->d->arena, text, n), FEED_ID_MAX);
}

/* "… [CHG0012345]": capital letters, perhaps a dash, and five digits or more. */
static const char *subject_ticket(struct mail *m)
{
	for (const char *s = m->subject; *s;) {
		size_t letters = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
		       dash = letters && s[letters] == '-',
		       digits = strspn(s + letters + dash, "0123456789");
		if (letters >= 2 && digits >= 5)
			return ticket(m, s);
		s += strcspn(s, " |,;()[]");
		s += strspn(s, " |,;()[]");
	}
	return NULL;
}

static const char *find_id(struct mail *m)
{
	const char *id = m->carrier ? ticket(m, by_pattern(m, m->carrier->id)) : NULL;

	id = id ? id : ticket(m, by_label(m, ids));
	return id ? id : subject_ticket(m);
}

/* "Dear Example Customer," but not "Dear Customer,". */
static const char *greeted(struct mail *m)
{
	static const char *const nobody[] = { "customer", "customers", "valued customer",
		"sir/madam", "sir or madam", "team", "partner", "all", "colleagues", "noc",
		"sirs" };
	char out[120];

	for (size_t i = 0; i < m->text_count; i++)
		for (size_t k = 0; k < m->texts[i].count; k++) {
			const struct mail_line *l = &m->texts[i].lines[k];
			if (!l->count || !mail_match("Dear %,*", l->cells[0], out, sizeof out))
				continue;
			size_t n = 0;
			while (n < countof(nobody) && strcasecmp(out, nobody[n]) != 0)
				n++;
			return n < countof(nobody) ? NULL : arena_strdup(m->d->arena, out);
		}
	return NULL;
}

static const char *find_account(struct mail *m)
{
	const char *account = m->carrier ? by_pattern(m, m->carrier->account) : NULL;

	account = account ? account : by_label(m, accounts);
	account = account ? account : greeted(m);
	return account ? feed_line(m->d->arena, account, FEED_TITLE_MAX) : NULL;
}

/* ---- objects ---- */

/* "SR654321 / A-B EP4321 /" is known by what stands first; "WS/KJUS/12345/ /WXN /" is one. */
static void add_object(
    struct mail *m, struct feed_maintenance *x, const char *text, const char *impact)
{
	const char *cut = strstr(text, " / ");
	size_t n = cut ? (size_t)(cut - text) : strlen(text);

	const char *id =
	    feed_line(m->d->arena, arena_strndup(m->d->arena, text, n), FEED_TITLE_MAX);
	if (id && strlen(id) <= 100)
		feed_add_object(m->d, x, id, impact);
}

static void from_columns(struct mail *m, struct feed_maintenance *x)
{
	for (size_t i = 0; i < m->text_count && !x->object_count; i++) {
		const struct mail_text *t = &m->texts[i];
		struct mail_column ids_of, impacts_of;
		const char *cell;
		if (!mail_column(t, object_columns, &ids_of))
			continue;
		bool both =
		    mail_column(t, impact_columns, &impacts_of) && impacts_of.line == ids_of.line;
		for (size_t n = 0; (cell = mail_cell(t, ids_of, n)) != NULL; n++)
			if (*cell)
				add_object(m, x, cell,
				    both
					? mail_impact_name(mail_impact(mail_cell(t, impacts_of, n)))
					: NULL);
	}
}

/* Lines below a label: up to an empty one. */
static void from_list(
    struct mail *m, struct feed_maintenance *x, const struct mail_text *t, size_t i)
{
	for (; i < t->count && !t->lines[i].count;)
		i++;
	for (; i < t->count && t->lines[i].count; i++) {
		const char *s = t->lines[i].cells[0];
		if (strcspn(s, "0123456789") == strlen(s))
			return; /* no identifier: the head of another list */
		add_object(m, x, s, NULL);
	}
	if (i == t->count && x->object_count)
		feed_problem(m->d, "the list of objects ends with the text, which may be cut");
}

static void from_objects_label(struct mail *m, struct feed_maintenance *x)
{
	for (size_t i = 0; i < m->text_count && !x->object_count; i++) {
		const struct mail_text *t = &m->texts[i];
		size_t at = 0;
		const char *value = mail_label(t, object_lists, 0, &at);
		const struct mail_line *l = &t->lines[at];
		if (!value)
			continue;
		bool below = l->count == 1 && l->cells[0][strlen(l->cells[0]) - 1] == ':';
		if (below) {
			from_list(m, x, t, at + 1);
			continue;
		}
		for (size_t n; *value; value += n + (value[n] != 0)) {
			value += strspn(value, " ,;");
			n = strcspn(value, ",;");
			if (n)
				add_object(m, x, arena_strndup(m->d->arena, value, n), NULL);
		}
	}
}

/* Below a sentence that ends in "listed below": lines of one word each. */
static void from_bare_list(struct mail *m, struct feed_maintenance *x)
{
	for (size_t i = 0; i < m->text_count && !x->object_count; i++) {
		const struct mail_text *t = &m->texts[i];
		bool below = false;
		for (size_t k = 0; k + 1 < t->count && !x->object_count; k++) {
			const char *s = t->lines[k].count ? t->lines[k].cells[0] : "";
			below =
			    below || strcasestr(s, "listed below") || strcasestr(s, "following");
			if (below && !t->lines[k].count && t->lines[k + 1].count &&
			    !strchr(t->lines[k + 1].cells[0], ' '))
				from_list(m, x, t, k + 1);
		}
	}
}

static void find_objects(struct mail *m, struct feed_maintenance *x)
{
	const char *own = m->carrier ? by_pattern(m, m->carrier->object) : NULL;

	if (own)
		add_object(m, x, own, NULL);
	if (!x->object_count)
		from_columns(m, x);
	if (!x->object_count)
		from_objects_label(m, x);
	if (!x->object_count)
		from_bare_list(m, x);
}

/* ---- the notice ---- */

/* Without a number of the carrier's the same notice must have the same id when it comes again. */
static const char *made_id(struct mail *m, const struct feed_maintenance *x)
{
	uint64_t h = 14695981039346656037u;
	char text[UTC_TEXT];
	const char *parts[2] = { x->provider ? x->provider : "", utc_format(x->starts_at, text) };

	for (size_t i = 0; i < 2 + x->object_count; i++)
		for (const char *s = i < 2 ? parts[i] : x->objects[i - 2].id;; s++) {
			h = (h ^ (unsigned char)*s) * 1099511628211u;
			if (!*s)
				break;
		}
	return arena_printf(m->d->arena, "mail-%016llx", (unsigned long long)h);
}

static const char *whole_text(struct mail *m)
{
	struct buf b;

	buf_init(&b, FEED_TEXT_MAX * 2);
	for (size_t i = 0; m->text_count && i < m->texts[0].count && !b.over; i++)
		buf_addf(&b, "%s\n", mail_joined(m->d, &m->texts[0].lines[i], " | "));
	char *clean = utf8_cleaned(buf_str(&b), UTF8_LINES, FEED_TEXT_MAX);
	const char *out = arena_strdup(m->d->arena, clean);
	free(clean);
	buf_fini(&b);
	return out;
}

static const char *find_impact(struct mail *m, struct feed_maintenance *x)
{
	struct mail_column column;
	int impact = -1;

	for (size_t i = 0; i < x->object_count; i++)
		if (x->objects[i].impact && mail_impact(x->objects[i].impact) > impact)
			impact = mail_impact(x->objects[i].impact);
	for (size_t i = 0; i < m->text_count && impact < 0; i++)
		impact = mail_impact_said(&m->texts[i]);
	for (size_t i = 0; i < m->text_count && impact < 0; i++)
		if (mail_column(&m->texts[i], impact_columns, &column))
			impact = mail_impact(mail_cell(&m->texts[i], column, 0));
	for (size_t i = 0; i < m->text_count && impact < 0; i++)
		impact = mail_impact_hinted(&m->texts[i]);
	if (impact < 0)
		feed_problem(m->d, "the impact is not said, taken as OUTAGE");
	return mail_impact_name(impact < 0 ? MAIL_OUTAGE : impact);
}

static const char *find_status(struct mail *m)
{
	const char *said = mail_status(m->subject), *told = NULL;

	for (size_t i = 0; i < m->text_count && !told; i++)
		told = mail_status_told(&m->texts[i]);
	if (!said && told)
		feed_problem(m->d, "is %s by its text, of which the subject says nothing", told);
	else if (said && told && strcmp(said, told) != 0)
		feed_problem(m->d, "is %s by its subject and %s by its text", said, told);
	return said ? said : told ? told : "confirmed";
}

static void add_update(struct mail *m, struct feed_maintenance *x)
{
	struct feed_updates u = { 0 };
	struct feed_update *update = feed_add_update(m->d, &u);

	*update = (struct feed_update){ m->sent, x->status, whole_text(m) };
	x->updates = u.items;
	x->update_count = u.count;
}

static void check_window(struct mail *m, const struct mail_windows *w, enum feed_order order)
{
	struct feed_moment said;
	struct utc at;

	if (!w->count)
		feed_problem(m->d, "has no window that can be read");
	else if (!utc_is_set(w->items[0].end))
		feed_problem(m->d, "has no end");
	/* Subject and text do not always agree. */
	if (!w->count || !feed_moment_read(m->subject, strlen(m->subject), order, &said) ||
	    said.ms < 0 || !said.has_zone || said.ambiguous)
		return;
	at = feed_moment_utc(&said);
	if (utc_is_set(at) && at.ms != w->items[0].start.ms)
		feed_problem(m->d, "the subject names another time than the text");
}

static struct mail_windows find_windows(struct mail *m)
{
	enum feed_order order = m->carrier ? m->carrier->order : FEED_ORDER_UNKNOWN;
	struct mail_windows all[2] = { 0 };

	for (size_t i = 0; i < m->text_count && order == FEED_ORDER_UNKNOWN; i++)
		order = mail_order(&m->texts[i], order);
	for (size_t i = 0; i < m->text_count; i++)
		all[i] = mail_windows(m->d, &m->texts[i], order, m->sent);
	if (all[0].count && all[1].count &&
	    (all[0].items[0].start.ms != all[1].items[0].start.ms ||
		all[0].items[0].end.ms != all[1].items[0].end.ms))
		feed_problem(m->d, "the parts of the mail name different windows");
	struct mail_windows w = all[0].count ? all[0] : all[1];
	check_window(m, &w, order);
	return w;
}

/* The window of a calendar without a notice in it, where the text has none. */
static void from_calendar(struct mail *m, struct mail_windows *w)
{
	const struct mime_part *p = w->count ? NULL : part_of(m, "text/calendar", false);
	struct feed_doc *plain = p ? feed_maintnote_parse(p->text, p->len, m->now, NULL) : NULL;

	for (; plain && w->count < plain->maintenance_count && w->count < MAIL_WINDOWS;
	     w->count++) {
		w->items[w->count].start = plain->maintenances[w->count].starts_at;
		w->items[w->count].end = plain->maintenances[w->count].ends_at;
	}
	if (plain && w->count) {
		if (plain->maintenance_count > MAIL_WINDOWS)
			feed_problem(m->d, "only the first %d windows are kept", MAIL_WINDOWS);
		feed_problem(m->d, "the window is the calendar's, for the text has none");
	}
	feed_doc_free(plain);
}

/* False: the mail announces nothing. */
static bool read_notice(struct mail *m)
{
	struct feed_maintenance x = { .sequence = -1 }, *room;
	struct mail_windows w = find_windows(m);
	const char *message = mime_header(m->parts, "Message-ID");

	from_calendar(m, &w);
	x.id = find_id(m);
	if (!w.count && !x.id)
		return false;
	x.provider = m->provider;
	x.account = find_account(m);
	x.title = feed_line(m->d->arena, m->subject, FEED_TITLE_MAX);
	x.starts_at = w.count ? w.items[0].start : UTC_NONE;
	x.ends_at = w.count ? w.items[0].end : UTC_NONE;
	find_objects(m, &x);
	x.impact = find_impact(m, &x);
	for (size_t i = 0; i < x.object_count; i++)
		x.objects[i].impact = x.objects[i].impact ? x.objects[i].impact : x.impact;
	x.status = find_status(m);
	if (message && *message == '<')
		x.uid = feed_line(m->d->arena,
		    arena_strndup(m->d->arena, message + 1, strcspn(message + 1, ">")),
		    FEED_ID_MAX);
	if (!x.id) {
		x.id = made_id(m, &x);
		feed_problem(m->d, "has no number; its id is made of provider, start and objects");
	}
	x.title = x.title ? x.title : x.id;
	if (!x.object_count)
		feed_problem(m->d, "names no objects");
	add_update(m, &x);
	/* Each further window is one of its own. */
	for (size_t i = 0; i < (w.count ? w.count : 1) && (room = feed_add_maintenance(m->d));
	     i++) {
		*room = x;
		if (i) {
			room->id = arena_printf(m->d->arena, "%s/%zu", x.id, i + 1);
			room->starts_at = w.items[i].start;
			room->ends_at = w.items[i].end;
		}
	}
	m->d->source = m->provider;
	m->d->updated_at = m->sent;
	return true;
}

/* A calendar with a notice in it says all; what it leaves out is flagged. */
static bool read_calendar(struct mail *m)
{
	const struct mime_part *p = part_of(m, "text/calendar", true);
	const char *said = mail_status(m->subject);

	if (!p)
		return false;
	feed_maintnote_read(m->d, p->text, p->len, m->now);
	for (size_t i = 0; i < m->d->maintenance_count; i++) {
		struct feed_maintenance *x = &m->d->maintenances[i];
		if (said && strcmp(said, x->status) != 0)
			feed_problem(m->d,
			    "maintenance %s: is %s by the mail's subject and %s by "
			    "its calendar",
			    x->id, said, x->status);
		if (!x->impact) {
			x->impact = mail_impact_name(MAIL_OUTAGE);
			feed_problem(m->d, "maintenance %s: the impact is taken as OUTAGE", x->id);
		}
		for (size_t k = 0; k < x->object_count; k++)
			if (!x->objects[k].impact)
				x->objects[k].impact = x->impact;
	}
	return m->d->maintenance_count > 0;
}

/* A forged notice of completion must not pass unseen. */
static void check_sender(struct mail *m)
{
	const char *results = mime_header(m->parts, "Authentication-Results");

	results = results ? results : mime_header(m->parts, "X-Original-Authentication-Results");
	if (results && (strcasestr(results, "dmarc=fail") || strcasestr(results, "dkim=fail") ||
			   strcasestr(results, "spf=fail")))
		feed_problem(m->d, "the sender failed verification: %.100s", results);
}

struct feed_doc *feed_mail_parse(const char *bytes, size_t len, struct utc now, struct err *e)
{
	struct mail m = { .d = feed_doc_new("mail"), .sent = UTC_NONE };
	const char *date;

	m.parts =
	    strcmp(feed_looks_like(bytes, len), "a mail") == 0 ? mime_read(m.d, bytes, len) : NULL;
	if (!m.parts) {
		err_set(e, ERR_DATA, "no %s: it looks like %s", title, feed_looks_like(bytes, len));
		feed_doc_free(m.d);
		return NULL;
	}
	m.subject = mime_header(m.parts, "Subject");
	m.subject = m.subject ? m.subject : "";
	date = mime_header(m.parts, "Date");
	if (!date || !feed_date(date, &m.sent))
		feed_problem(m.d, "the mail has no date%s%s", date ? ": " : "", date ? date : "");
	m.now = utc_is_set(now) ? now : m.sent;
	check_sender(&m);
	if (!read_calendar(&m)) {
		read_texts(&m);
		find_carrier(&m);
	}
	if (m.d->maintenance_count || read_notice(&m))
		return m.d;
	err_set(e, ERR_DATA,
	    "no %s about planned work: there is neither a window nor a number in it%s%s", title,
	    m.d->problem_count ? "; " : "", m.d->problem_count ? m.d->problems[0] : "");
	feed_doc_free(m.d);
	return NULL;
}
