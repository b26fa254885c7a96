#include "../../../src/net/mime.h"

#include "../../../src/net/feed_priv.h"
#include "feed_rig.h"

#define FROM(address, subject)                                                                     \
	"From: NOC <" address ">\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nSubject: " subject         \
	"\nContent-Type: text/plain; charset=utf-8\n\n"

static struct feed_doc *notice(const char *text, const struct feed_maintenance **m)
{
	struct feed_doc *d = rig_parse("auto", text);

	assert_string_equal(d->format, "mail");
	assert_true(d->maintenance_count > 0);
	*m = d->maintenances;
	return d;
}

static void labels_of_a_plain_mail(void **state)
{
	struct feed_doc *d = rig_fixture("mail/labels.eml");
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_string_equal(d->format, "mail");
	assert_int_equal(d->problem_count, 0);
	assert_string_equal(m->provider, "cogent");
	assert_string_equal(m->id, "VN0777"); /* not the number at the foot */
	assert_string_equal(m->uid, "m77@cogentco.example");
	assert_string_equal(m->status, "confirmed"); /* it will be completed, it is not */
	assert_string_equal(m->account, "Cogent Customer");
	assert_string_equal(m->impact, "OUTAGE");
	/* Over the night in which the clocks go back: daylight time before, standard time after. */
	rig_at(m->starts_at, "2026-11-01T03:00:00.000Z");
	rig_at(m->ends_at, "2026-11-01T11:00:00.000Z");
	rig_at(m->updates[0].at, "2026-10-30T11:44:00.000Z");
	assert_non_null(strstr(m->updates[0].text, "\342\200\223 NOTICE")); /* windows-1252 */
	assert_int_equal(m->object_count, 2);
	assert_string_equal(m->objects[1].id, "1-30078");
	rig_round(d);
	feed_doc_free(d);
}

static void tables_in_nested_parts(void **state)
{
	struct feed_doc *d = rig_fixture("mail/table.eml");
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_int_equal(d->problem_count, 0);
	assert_int_equal(d->maintenance_count, 1); /* not the window in the comment */
	assert_string_equal(m->title, "Planned work \342\200\223 notice");
	assert_string_equal(m->id, "CHG-0099");
	assert_string_equal(m->account, "Example Customer");
	rig_at(m->starts_at, "2026-03-10T07:00:00.000Z");
	rig_at(m->ends_at, "2026-03-10T13:00:00.000Z");
	assert_int_equal(m->object_count, 2);
	assert_string_equal(m->objects[0].id, "AB/CDEF/1/ /X /");
	assert_string_equal(m->objects[0].impact, "OUTAGE");
	assert_string_equal(m->objects[1].id, "0042-LINE");
	assert_string_equal(m->objects[1].impact, "NO-IMPACT");
	assert_string_equal(m->impact, "OUTAGE");
	rig_round(d);
	feed_doc_free(d);
}

static void a_calendar_wins(void **state)
{
	struct feed_doc *d = rig_fixture("mail/calendar.eml");
	const struct feed_maintenance *m = d->maintenances;

	(void)state;
	assert_string_equal(d->format, "mail");
	assert_string_equal(m->id, "0815");
	assert_string_equal(m->status, "cancelled");
	assert_int_equal(m->sequence, 3);
	rig_at(m->starts_at, "2026-04-01T22:00:00.000Z");
	rig_at(m->updates[0].at, "2026-03-20T08:00:00.000Z");
	assert_string_equal(m->impact, "OUTAGE");
	assert_true(rig_problem(d, "the impact is taken as OUTAGE"));
	feed_doc_free(d);
}

static void windows_in_every_dress(void **state)
{
	static const struct {
		const char *lines, *start, *end, *problem;
	} cases[] = {
		{ "Maintenance Window\n18-Oct-2026 19:00 to 19-Oct-2026 01:00 ( Central )\n"
		  "19-Oct-2026 00:00 to 19-Oct-2026 06:00 ( GMT )\n",
		    "2026-10-19T00:00:00.000Z", "2026-10-19T06:00:00.000Z", NULL },
		{ "<!-- 18-Oct-2020 19:00 to 19-Oct-2020 01:00 GMT -->\nStart time: 2 May 2026 "
		  "14:00 UTC\nEnd time: 2 May 2026 23:59 UTC\n",
		    "2026-05-02T14:00:00.000Z", "2026-05-02T23:59:00.000Z", NULL },
		{ "Date Time : 26/11/2026 01:00:00 to 26/11/2026 10:00:00 GMT (dd/mm/yyyy)\n",
		    "2026-11-26T01:00:00.000Z", "2026-11-26T10:00:00.000Z", NULL },
		{ "SCHEDULE (UTC): 2026-03-10 22:00 - 04:00\n", "2026-03-10T22:00:00.000Z",
		    "2026-03-11T04:00:00.000Z", NULL },
		{ "WEDNESDAY, 11 MAR 14:00 - 22:00 UTC\n", "2026-03-11T14:00:00.000Z",
		    "2026-03-11T22:00:00.000Z", "the window has no year" },
		{ "Start time: 12-Feb-2027 09:00\nEnd time: 12-Feb-2027 10:00\n",
		    "2027-02-12T09:00:00.000Z", "2027-02-12T10:00:00.000Z", "has no zone" },
		{ "Start Time: 2026-07-01 02:00 EST\nEnd Time: 2026-07-01 04:00 EST\n",
		    "2026-07-01T06:00:00.000Z", "2026-07-01T08:00:00.000Z", NULL },
		{ "Start time: 2026-03-10 01:00 UTC\nDuration: 1 hour 30 minutes\n",
		    "2026-03-10T01:00:00.000Z", "2026-03-10T02:30:00.000Z",
		    "a duration of 90 minutes" },
		{ "Work begins at 2026-03-10 18:00:00+00:00 UTC.\nExpected downtime will be "
		  "approximately 60 minutes.\n",
		    "2026-03-10T18:00:00.000Z", "", "has no end" },
		{ "Start time: 03/04/2026 01:00 UTC\nEnd time: 03/04/2026 02:00 UTC\n", "", "",
		    "may be day or month first" },
		{ "Start time: tomorrow\n", "", "", "has no window that can be read" },
		{ "Start time: 2026-03-10 05:00 UTC\nEnd time: 2026-03-10 01:00 UTC\n",
		    "2026-03-10T05:00:00.000Z", "", "ends before it begins" },
	};
	char text[800];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feed_maintenance *m;
		snprintf(text, sizeof text,
		    FROM("noc@carrier.example", "Notice") "Ticket: T-1\nCircuit ID: C-1\nImpact: "
							  "Outage\n\n%s\nThe end.\n",
		    cases[i].lines);
		struct feed_doc *d = notice(text, &m);
		rig_at(m->starts_at, cases[i].start);
		rig_at(m->ends_at, cases[i].end);
		if (!cases[i].problem && d->problem_count)
			fail_msg("%s: %s", cases[i].lines, d->problems[0]);
		if (cases[i].problem && !rig_problem(d, cases[i].problem))
			fail_msg("%s: not '%s'", cases[i].lines, cases[i].problem);
		feed_doc_free(d);
	}
}

static void each_night_is_a_window_of_its_own(void **state)
{
	const struct feed_maintenance *m;
	struct feed_doc *d = notice(
	    FROM("noc@zayo.com",
		"ZAYO TTN-01 MAINTENANCE") "Maintenance Ticket #: TTN-01\n"
					   "Customer: Example\nImpact: At Risk\nCircuit ID: A//1\n"
					   "1st Activity Date\n01-Nov-2026 06:01 to 01-Nov-2026 "
					   "11:00 "
					   "( GMT )\n2nd Activity Date\n02-Nov-2026 06:01 to "
					   "02-Nov-2026 11:00 ( GMT )\nEnd\n",
	    &m);

	(void)state;
	assert_int_equal(d->problem_count, 0);
	assert_int_equal(d->maintenance_count, 2);
	assert_string_equal(m[0].id, "TTN-01");
	assert_string_equal(m[1].id, "TTN-01/2");
	assert_string_equal(m[1].impact, "REDUCED-REDUNDANCY");
	rig_at(m[1].starts_at, "2026-11-02T06:01:00.000Z");
	feed_doc_free(d);
}

static void state_from_subject_and_text(void **state)
{
	static const struct {
		const char *subject, *text, *want, *problem;
	} cases[] = {
		{ "Notice", "", "confirmed", NULL },
		{ "Completion - Notice", "", "completed", NULL },
		{ "Notice (Cancellation)", "", "cancelled", NULL },
		{ "Rescheduled: notice", "", "scheduled", NULL },
		{ "Emergency work STARTED", "", "in_progress", NULL },
		{ "Reminder", "The work has been cancelled.", "cancelled",
		    "is cancelled by its text" },
		{ "Reminder", "We write again once it has been completed.", "confirmed", NULL },
		{ "Completed", "It has been cancelled.", "completed",
		    "is completed by its subject and cancelled by its text" },
	};
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feed_maintenance *m;
		snprintf(text, sizeof text,
		    "From: <a@carrier.example>\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nSubject: "
		    "%s\n\n"
		    "Ticket: T-1\nCircuit ID: C-1\nImpact: None\nStart: 2026-03-10 01:00 UTC\n"
		    "End: 2026-03-10 02:00 UTC\n\n%s\n",
		    cases[i].subject, cases[i].text);
		struct feed_doc *d = notice(text, &m);
		assert_string_equal(m->status, cases[i].want);
		assert_string_equal(m->provider, "carrier.example");
		assert_string_equal(m->impact, "NO-IMPACT");
		assert_int_equal(d->problem_count, cases[i].problem ? 1 : 0);
		assert_true(!cases[i].problem || rig_problem(d, cases[i].problem));
		feed_doc_free(d);
	}
}

static void forwarded_forged_and_nameless(void **state)
{
	const struct feed_maintenance *m;
	struct feed_doc *d = notice("From: Colleague <me@ours.example>\nDate: Mon, 2 Mar 2026 "
				    "10:00:00 +0000\nSubject: Fwd: work\nAuthentication-Results: "
				    "mx; dmarc=fail header.from=netflix.com\n\n"
				    "----- Forwarded message -----\nFrom: <cdn@saas.netflix.com>\n"
				    "Date: Sun, 1 Mar 2026 09:00:00 +0000\nSubject: work\n\n"
				    "Example.org (AS64500),\n\nMaintenance in LAS, at 2026-03-31 "
				    "18:00:00+00:00 UTC.\nExpected downtime will be 60 minutes.\n\n"
				    "Your IPs:\n192.0.2.1\n2001:db8::1\n\nThank you\n",
	    &m);

	(void)state;
	assert_string_equal(m->provider, "Netflix (AS2906)");
	assert_string_equal(m->account, "AS64500");
	rig_at(m->starts_at, "2026-03-31T18:00:00.000Z"); /* not when it was sent first */
	assert_int_equal(m->object_count, 2);
	assert_memory_equal(m->id, "mail-", 5);
	assert_true(rig_problem(d, "its id is made of provider, start and objects"));
	assert_true(rig_problem(d, "the sender failed verification"));
	feed_doc_free(d);
	rig_refused("mail",
	    "From: a@b.example\nSubject: Lunch\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\nAt noon?\n",
	    "neither a window nor a number");
	rig_refused("mail", "<html></html>", "looks like an HTML page");
}

static void numbers_of_unknown_carriers(void **state)
{
	static const struct {
		const char *head, *text, *want;
	} cases[] = {
		{ "Subject: Work [CHG0012345] in Lyon\n", "", "CHG0012345" },
		{ "Subject: Work TTN-000123 | Lyon\n", "", "TTN-000123" },
		{ "Subject: Work on AS64500\n", "Change #: CR-7 (planned)\n", "CR-7" },
		{ "Subject: Work\n", "* TT#: 0815.\n", "0815" },
		{ "Subject: Work\n", "Scheduled Maintenance #: 42\n", "42" },
	};
	char text[500];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feed_maintenance *m;
		/* As a mailbox file keeps it. */
		snprintf(text, sizeof text,
		    "\nFrom noc@carrier.example Mon Mar  2 10:00:00 2026\nFrom: "
		    "noc@carrier.example\n%sDate: Mon, 2 Mar 2026 10:00:00 +0000\n\n%sStart: "
		    "2026-03-10 01:00 UTC\nEnd: 2026-03-10 02:00 UTC\n",
		    cases[i].head, cases[i].text);
		struct feed_doc *d = notice(text, &m);
		assert_string_equal(m->id, cases[i].want);
		feed_doc_free(d);
	}
}

static void subject_and_parts_may_disagree(void **state)
{
	const struct feed_maintenance *m;
	struct feed_doc *d = notice(
	    "From: a@carrier.example\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n"
	    "Subject: work on 2026-03-10 02:00 UTC\nContent-Type: multipart/alternative; "
	    "boundary=b\n\n--b\n\nTicket: T-1\nStart: 2026-03-10 01:00 UTC\nEnd: 2026-03-10 03:00 "
	    "UTC\n--b\nContent-Type: text/html\n\nStart: 2026-03-11 01:00 UTC<br>End: 2026-03-11 "
	    "03:00 UTC\n--b--\n",
	    &m);

	(void)state;
	rig_at(m->starts_at, "2026-03-10T01:00:00.000Z");
	assert_true(rig_problem(d, "the parts of the mail name different windows"));
	assert_true(rig_problem(d, "the subject names another time than the text"));
	feed_doc_free(d);
}

/* ---- MIME ---- */

static void decoders(void **state)
{
	static const struct {
		bool base64;
		const char *in, *out;
		bool whole;
	} cases[] = {
		{ false, "a=3Db=\r\nc=  \nd", "a=bcd", true },
		{ false, "100=25 =zz", "100% =zz", true },
		{ false, "cut=", "cut=", false },
		{ true, "SGVsbG8=", "Hello", true },
		{ true, "SGVs\r\nbG8h", "Hello!", true },
		{ true, "SGVsbG", "Hell", false },
		{ true, "SGVsbG8", "Hello", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b;
		buf_init(&b, 0);
		bool whole = cases[i].base64 ? mime_base64(&b, cases[i].in, strlen(cases[i].in))
					     : mime_quoted_printable(
						   &b, cases[i].in, strlen(cases[i].in), false);
		assert_string_equal(buf_str(&b), cases[i].out);
		assert_int_equal(whole, cases[i].whole);
		buf_fini(&b);
	}
}

static void headers_are_decoded(void **state)
{
	static const char mail[] =
	    "Subject: =?iso-8859-1?Q?Travaux_=E0_Lyon?=\n =?utf-8?B?w6k=?= end =?bad\n"
	    "Content-Type: text/plain;\n\tcharset=\"UTF-8\"; format=flowed\n\nx\n";
	struct feed_doc *d = feed_doc_new("mail");
	struct mime_part *p = mime_read(d, mail, strlen(mail));

	(void)state;
	assert_string_equal(mime_header(p, "subject"), "Travaux \303\240 Lyon\303\251 end =?bad");
	assert_string_equal(
	    mime_param(d->arena, mime_header(p, "Content-Type"), "charset"), "UTF-8");
	assert_string_equal(
	    mime_param(d->arena, mime_header(p, "Content-Type"), "format"), "flowed");
	assert_null(mime_param(d->arena, mime_header(p, "Content-Type"), "boundary"));
	assert_string_equal(p->text, "x\n");
	feed_doc_free(d);
}

static struct feed_doc *read_parts(struct buf *mail, size_t *count)
{
	struct feed_doc *d = feed_doc_new("mail");

	*count = 0;
	for (const struct mime_part *p = mime_read(d, buf_str(mail), mail->len); p; p = p->next)
		(*count)++;
	buf_fini(mail);
	return d;
}

static void limits_hold_exactly(void **state)
{
	size_t count;

	(void)state;
	for (int i = -1; i <= 1; i++) {
		struct buf b;
		buf_init(&b, 0);
		for (int k = 0; k < MIME_DEPTH + i; k++)
			buf_addf(
			    &b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", k, k);
		buf_adds(&b, "\nx\n");
		for (int k = MIME_DEPTH + i; k--;)
			buf_addf(&b, "--b%d--\n", k);
		struct feed_doc *d = read_parts(&b, &count);
		assert_int_equal(count, MIME_DEPTH + 1 + (i < 0 ? i : 0));
		assert_int_equal(d->problem_count, i > 0);
		feed_doc_free(d);

		/* The mail is the first part. */
		buf_init(&b, 0);
		buf_adds(&b, "Content-Type: multipart/mixed; boundary=b\n\n");
		for (int k = 1; k < MIME_PARTS + i; k++)
			buf_adds(&b, "--b\n\nx\n");
		buf_adds(&b, "--b--\n");
		d = read_parts(&b, &count);
		assert_int_equal(count, MIME_PARTS + (i < 0 ? i : 0));
		assert_int_equal(rig_problem(d, "there are too many"), i > 0);
		feed_doc_free(d);

		buf_init(&b, 0);
		for (int k = 0; k < MIME_HEADERS + i; k++)
			buf_adds(&b, "X: y\n");
		buf_adds(&b, "\nx\n");
		d = read_parts(&b, &count);
		assert_int_equal(rig_problem(d, "only the first 200 headers"), i > 0);
		feed_doc_free(d);

		buf_init(&b, 0);
		buf_adds(&b, "X:");
		for (size_t k = 0; k < MIME_HEADER + (size_t)i; k++)
			buf_addc(&b, 'y');
		buf_adds(&b, "\n\nx\n");
		d = read_parts(&b, &count);
		assert_int_equal(rig_problem(d, "longer than 64 KiB"), i > 0);
		feed_doc_free(d);
	}
}

/* A mail of one plain part has no end of its own: what is read of a part of it must be what is read
 * of the whole, or be flagged. */
static void cut_anywhere(void **state)
{
	size_t len = 0;
	char *bytes = slurp(top_path("tests/fixtures/mail/labels.eml"), &len);
	struct feed_doc *whole = feed_parse("mail", bytes, len, NULL);
	const struct feed_maintenance *w = whole->maintenances;

	(void)state;
	for (size_t n = 0; n < len; n++) {
		char *part = malloc(n + 1);
		memcpy(part, bytes, n);
		struct feed_doc *d = feed_parse("mail", part, n, NULL);
		free(part);
		if (d && !d->problem_count) {
			const struct feed_maintenance *m = d->maintenances;
			assert_string_equal(m->id, w->id);
			assert_string_equal(m->status, w->status);
			assert_string_equal(m->impact, w->impact);
			assert_int_equal(m->starts_at.ms, w->starts_at.ms);
			assert_int_equal(m->ends_at.ms, w->ends_at.ms);
			assert_int_equal(m->object_count, w->object_count);
		}
		feed_doc_free(d);
	}
	feed_doc_free(whole);
	free(bytes);
	rig_cuts("mail", top_path("tests/fixtures/mail/table.eml"));
	rig_cuts("mail", top_path("tests/fixtures/mail/calendar.eml"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_of_a_plain_mail),
		cmocka_unit_test(tables_in_nested_parts),
		cmocka_unit_test(a_calendar_wins),
		cmocka_unit_test(windows_in_every_dress),
		cmocka_unit_test(each_night_is_a_window_of_its_own),
		cmocka_unit_test(state_from_subject_and_text),
		cmocka_unit_test(forwarded_forged_and_nameless),
		cmocka_unit_test(numbers_of_unknown_carriers),
		cmocka_unit_test(subject_and_parts_may_disagree),
		cmocka_unit_test(decoders),
		cmocka_unit_test(headers_are_decoded),
		cmocka_unit_test(limits_hold_exactly),
		cmocka_unit_test(cut_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
