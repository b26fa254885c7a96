/* Mail: what is written, what is seen on the wire, and what becomes of each recipient. */
#include "chan_rig.h"

#include "net/farm_mail.h"
#include "net/net.h"
#include "os/clock.h"

#define GUARD_MS 20000

struct mail_rig {
	struct loop *loop;
	struct mail_sink *sink;
	struct net *net;
	struct loop_timer *guard;
	bool late;
	char smtp[64];
	size_t results;
	struct chan_verdict verdict;
	struct chan_talk told; /* the last result's */
};

static void nothing_seen(void *ctx, const struct observation *list, size_t count)
{
	(void)ctx;
	(void)list;
	(void)count;
}

static void nothing_fed(void *ctx, struct feed_result *r)
{
	(void)ctx;
	feed_doc_free(r->doc);
}

static void delivered(void *ctx, const struct delivery_result *r)
{
	struct mail_rig *m = ctx;

	m->results++;
	m->verdict = r->verdict;
	chan_talk_fini(&m->told);
	for (size_t i = 0; i < r->told_count; i++)
		chan_tell(&m->told, r->told[i].address, r->told[i].state, r->told[i].detail);
}

static void too_late(void *ctx)
{
	((struct mail_rig *)ctx)->late = true;
}

static int start(void **state)
{
	static const struct net_handler handler = { nothing_seen, nothing_fed, delivered };
	struct mail_rig *m = xcalloc(1, sizeof *m);
	struct err e = { 0 };

	m->loop = loop_new();
	m->sink = mail_sink_new(m->loop, 0, &e);
	m->net = m->sink ? net_start(m->loop, &handler, m, NULL, &e) : NULL;
	if (!m->net)
		fail_msg("%s", e.msg);
	m->guard = loop_timer_new(m->loop, too_late, m);
	snprintf(m->smtp, sizeof m->smtp, "smtp://127.0.0.1:%d", mail_sink_port(m->sink));
	*state = m;
	return 0;
}

static int stop(void **state)
{
	struct mail_rig *m = *state;

	net_stop(m->net);
	mail_sink_free(m->sink);
	loop_timer_free(m->guard);
	chan_talk_fini(&m->told);
	loop_free(m->loop);
	free(m);
	clock_use_real();
	return 0;
}

static struct delivery_request mail(struct mail_rig *m, char **to, size_t count)
{
	struct delivery_request r = chan_request("email", "investigating");

	r.smtp = m->smtp;
	r.plain = true;
	r.from = S("noc@test.example");
	r.host = S("noc.test.example");
	r.recipients = (struct chan_texts){ to, count };
	r.klass = NET_INTERNAL;
	r.timeout_ms = 5000;
	return r;
}

static void deliver(struct mail_rig *m, const struct delivery_request *r)
{
	size_t want = m->results + 1;

	m->late = false;
	net_deliver(m->net, r);
	loop_timer_after(m->guard, GUARD_MS);
	while (m->results < want && !m->late)
		loop_run_once(m->loop, true);
	loop_timer_stop(m->guard);
	assert_int_equal(m->results, want);
}

static enum chan_state told(const struct mail_rig *m, const char *address)
{
	for (size_t i = 0; i < m->told.told_count; i++)
		if (strcmp(m->told.told[i].address, address) == 0)
			return m->told.told[i].state;
	fail_msg("%s was not told anything", address);
	return CHAN_NEXT;
}

/* A header's value, unfolded; the caller frees. "" when absent. */
static char *header(const char *data, const char *name)
{
	size_t n = strlen(name);
	struct buf out;

	buf_init(&out, 0);
	for (const char *line = data; line && strncmp(line, "\r\n", 2) != 0;) {
		const char *next = strstr(line, "\r\n");

		if (strncmp(line, name, n) == 0 && line[n] == ':')
			for (const char *p = line + n + 2; *p; p++) {
				if (p[0] == '\r' && p[1] == '\n' && p[2] != ' ')
					break;
				if (*p != '\r' && *p != '\n')
					buf_addc(&out, *p);
			}
		line = next ? next + 2 : NULL;
	}
	return buf_take(&out);
}

static char *two[] = { S("a@x.example"), S("b@y.example") };

/* ---- the message ---- */

static void threads_have_ids_that_never_change(void **state)
{
	struct mail_rig *m = *state;
	struct delivery_request r = mail(m, two, 1);
	const char *data;
	char *value, *first;

	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_ACCEPTED);
	assert_int_equal(mail_sink_count(m->sink), 1);
	assert_string_equal(mail_sink_get(m->sink, 0)->from, "noc@test.example");
	assert_string_equal(mail_sink_get(m->sink, 0)->to, "a@x.example\n");
	data = mail_sink_get(m->sink, 0)->data;
	first = header(data, "Message-ID");
	assert_string_equal(first, "<INC-7.5_there@noc.test.example>");
	{
		static const char *const want[][2] = {
			{ "From", "\"Test NOC\" <noc@test.example>" },
			{ "To", "<a@x.example>" },
			{ "Subject", "[Test NOC] INC-7: No data in France" },
			{ "Date", "Mon, 10 Mar 2025 11:58:20 +0000" },
			{ "Auto-Submitted", "auto-generated" },
			{ "List-Id", "<there.noc.test.example>" },
			{ "List-Unsubscribe", "<mailto:noc@test.example?subject=unsubscribe>" },
			{ "List-Unsubscribe-Post", "" },
			{ "In-Reply-To", "" },
			{ "References", "" },
			{ "Content-Type", "multipart/alternative; boundary=\"=_nocboard\"" },
		};

		for (size_t i = 0; i < countof(want); i++) {
			value = header(data, want[i][0]);
			assert_string_equal(value, want[i][1]);
			free(value);
		}
	}
	/* Another try: byte for byte the same. */
	deliver(m, &r);
	assert_string_equal(mail_sink_get(m->sink, 1)->data, mail_sink_get(m->sink, 0)->data);
	/* The third of a thread. */
	r.id = S("INC-7.9/there");
	r.first = S("INC-7.5/there");
	r.previous = S("INC-7.7/there");
	r.unsubscribe = S("https://test.example/out?x=1");
	deliver(m, &r);
	data = mail_sink_get(m->sink, 2)->data;
	value = header(data, "In-Reply-To");
	assert_string_equal(value, first);
	free(value);
	value = header(data, "References");
	assert_string_equal(
	    value, "<INC-7.5_there@noc.test.example> <INC-7.7_there@noc.test.example>");
	free(value);
	value = header(data, "List-Unsubscribe-Post");
	assert_string_equal(value, "List-Unsubscribe=One-Click");
	free(value);
	free(first);
}

/* Decodes quoted-printable from the first text/plain part. */
static char *plain_text(const char *data)
{
	const char *p = strstr(data, "Content-Type: text/plain"), *end;
	struct buf out;

	buf_init(&out, 0);
	assert_non_null(p);
	p = strstr(p, "\r\n\r\n") + 4;
	end = strstr(p, "\r\n--=_nocboard");
	assert_non_null(end);
	while (p < end) {
		if (p[0] == '=' && p[1] == '\r') {
			p += 3;
		} else if (*p == '=') {
			char hex[3] = { p[1], p[2], 0 };

			buf_addc(&out, (char)strtol(hex, NULL, 16));
			p += 3;
		} else {
			if (*p != '\r')
				buf_addc(&out, *p);
			p++;
		}
	}
	return buf_take(&out);
}

/* Lines end with CRLF and nothing else, none is long, all is ASCII; one message and one sender
 * came; and the reader gets the text as it was written. */
static void no_text_leaves_the_message(void **state)
{
	struct mail_rig *m = *state;

	for (size_t i = 0; i < countof(naughty); i++) {
		struct delivery_request r = mail(m, two, 2);
		size_t before = mail_sink_count(m->sink), line = 0;
		const struct mail_got *got;
		char *text, *subject;

		r.text = r.subject = r.sender = S(naughty[i]);
		deliver(m, &r);
		assert_int_equal(m->verdict.state, CHAN_ACCEPTED);
		assert_int_equal(mail_sink_count(m->sink), before + 1);
		got = mail_sink_get(m->sink, before);
		assert_string_equal(got->from, "noc@test.example");
		assert_string_equal(got->to, "a@x.example\nb@y.example\n");
		assert_int_equal(strlen(got->data), got->len);
		for (size_t k = 0; k < got->len; k++) {
			unsigned char c = (unsigned char)got->data[k];

			assert_true(c < 0x7f && (c >= ' ' || c == '\r' || c == '\n'));
			assert_true((c == '\r') == (got->data[k + 1] == '\n'));
			line = c == '\n' ? 0 : line + 1;
			assert_true(line <= 100); /* a boundary's or an id's line */
		}
		subject = header(got->data, "Bcc");
		assert_string_equal(subject, "");
		free(subject);
		subject = header(got->data, "To");
		assert_string_equal(subject, "undisclosed-recipients:;");
		free(subject);
		text = plain_text(got->data);
		assert_true(strncmp(text, naughty[i], strcspn(naughty[i], "\r")) == 0);
		free(text);
		assert_null(strstr(strstr(got->data, "text/html"), "<script"));
	}
	{
		size_t len;
		const char *heard = mail_sink_heard(m->sink, &len);

		/* A lone dot ends each message, and stands nowhere else. */
		size_t ends = 0;

		for (const char *p = strstr(heard, "\r\n.\r\n"); p; p = strstr(p + 1, "\r\n.\r\n"))
			ends++;
		assert_int_equal(ends, mail_sink_count(m->sink));
		for (size_t k = 0; k < len; k++)
			assert_true((heard[k] == '\n') == (k > 0 && heard[k - 1] == '\r'));
	}
}

static void addresses_are_looked_at_again_at_send(void **state)
{
	static const char *const bad[] = { "b@y\r\nRCPT TO:<c@z.example>", "b@y>", "b y@z.example",
		"b@\xc3\xa9.example", "b@y.example\n", "@y", "b@", "" };
	struct mail_rig *m = *state;
	size_t len;

	for (size_t i = 0; i < countof(bad); i++) {
		char *list[] = { S(bad[i]), S("ok@x.example") };
		struct delivery_request r = mail(m, list, 2);

		deliver(m, &r);
		assert_int_equal(m->verdict.state, CHAN_ACCEPTED);
		assert_int_equal(told(m, "ok@x.example"), CHAN_ACCEPTED);
		assert_int_equal(told(m, bad[i]), CHAN_GIVE_UP);
		assert_string_equal(mail_sink_get(m->sink, i)->to, "ok@x.example\n");
		r.recipients.count = 1;
		deliver(m, &r); /* nobody is left */
		assert_int_equal(m->verdict.state, CHAN_GIVE_UP);
	}
	assert_null(strstr(mail_sink_heard(m->sink, &len), "c@z.example"));
	{
		struct delivery_request r = mail(m, two, 1);

		r.from = S("noc@test.example>\r\nRCPT TO:<c@z.example");
		deliver(m, &r);
		assert_int_equal(m->verdict.state, CHAN_GIVE_UP);
	}
}

/* ---- recipients ---- */

static void each_recipient_has_its_own_outcome(void **state)
{
	struct mail_rig *m = *state;
	char *three[] = { S("a@x.example"), S("later@x.example"), S("never@x.example") };
	struct delivery_request r = mail(m, three, 3);

	mail_sink_say(m->sink, "RCPT TO:<later@x.example>", "450-one moment\n450 greylisted");
	mail_sink_say(m->sink, "RCPT TO:<never@x.example>", "550 5.1.1 no such user");
	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_RETRY);
	assert_false(m->verdict.down);
	assert_int_equal(told(m, "a@x.example"), CHAN_ACCEPTED);
	assert_int_equal(told(m, "later@x.example"), CHAN_RETRY);
	assert_int_equal(told(m, "never@x.example"), CHAN_GIVE_UP);
	assert_non_null(strstr(m->verdict.detail, "1 of 3 told"));
	assert_non_null(strstr(m->verdict.detail, "450 greylisted"));
	assert_non_null(strstr(m->verdict.detail, "never@x.example: 550 5.1.1 no such user"));
	assert_string_equal(mail_sink_get(m->sink, 0)->to, "a@x.example\n");
	/* Only who is left is asked again. */
	mail_sink_say(m->sink, "RCPT TO:<later@x.example>", NULL);
	r.recipients = (struct chan_texts){ three + 1, 1 };
	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_ACCEPTED);
	assert_string_equal(mail_sink_get(m->sink, 1)->to, "later@x.example\n");
	/* Nobody is taken. */
	r.recipients = (struct chan_texts){ three + 2, 1 };
	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_GIVE_UP);
	assert_non_null(strstr(m->verdict.detail, "550 5.1.1 no such user"));
	assert_int_equal(mail_sink_count(m->sink), 2);
}

static void many_are_told_a_hundred_at_a_time(void **state)
{
	struct mail_rig *m = *state;
	char *list[230];
	struct delivery_request r = mail(m, list, countof(list));

	for (size_t i = 0; i < countof(list); i++)
		list[i] = xasprintf("n%zu@x.example", i);
	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_ACCEPTED);
	assert_int_equal(mail_sink_count(m->sink), 3);
	assert_int_equal(m->told.told_count, countof(list));
	assert_true(strncmp(mail_sink_get(m->sink, 0)->to, "n0@", 3) == 0);
	assert_true(strncmp(mail_sink_get(m->sink, 2)->to, "n200@", 5) == 0);
	for (size_t i = 0; i < countof(list); i++)
		free(list[i]);
}

/* ---- a server that does not want ---- */

static void what_the_server_says_decides(void **state)
{
	static const struct {
		const char *what, *reply;
		enum chan_state want;
		const char *detail;
	} cases[] = {
		{ "", "421 come back later", CHAN_RETRY, "" }, { "", "", CHAN_RETRY, "" },
		{ "EHLO", "", CHAN_RETRY, "" }, { "MAIL", "451 not now", CHAN_RETRY, "" },
		{ "RCPT", "452 too many", CHAN_RETRY, "452 too many" },
		{ "RCPT", "", CHAN_RETRY, "" }, { "DATA", "451 not now", CHAN_RETRY, "" },
		{ "DATA", "554 no", CHAN_GIVE_UP, "554 no" },
		{ ".", "451 try again", CHAN_RETRY, "451 try again" },
		{ ".", "552 too big", CHAN_GIVE_UP, "552 too big" },
		{ ".", "", CHAN_RETRY, "" }, /* taken, perhaps: the id is the same next time */
	};
	struct mail_rig *m = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct delivery_request r = mail(m, two, 2);

		mail_sink_say(m->sink, cases[i].what, cases[i].reply);
		deliver(m, &r);
		if (m->verdict.state != cases[i].want ||
		    !strstr(m->verdict.detail, cases[i].detail))
			fail_msg("%s %s: %d, %s", cases[i].what, cases[i].reply, m->verdict.state,
			    m->verdict.detail);
		mail_sink_say(m->sink, cases[i].what, NULL);
	}
	assert_int_equal(mail_sink_count(m->sink), 0);
}

/* STARTTLS taken out of the greeting, or refused: not a word of the message goes out. */
static void without_tls_nothing_is_sent(void **state)
{
	struct mail_rig *m = *state;
	struct delivery_request r = mail(m, two, 2);
	size_t len;

	r.plain = false;
	r.user = S("noc");
	r.password = S("s3cret-canary");
	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_RETRY);
	assert_true(m->verdict.down);
	assert_non_null(strstr(m->verdict.detail, "tls"));
	mail_sink_say(m->sink, "EHLO", "250-sink.localhost\n250-STARTTLS\n250 AUTH PLAIN LOGIN");
	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_RETRY);
	/* Offered, and then answered with the rest of a dialogue in the clear. */
	mail_sink_say(
	    m->sink, "STARTTLS", "220 go\n250 sink.localhost\n235 welcome\n250 ok\n250 ok");
	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_RETRY);
	assert_int_equal(mail_sink_count(m->sink), 0);
	assert_null(strstr(mail_sink_heard(m->sink, &len), "MAIL FROM"));
	assert_null(strstr(mail_sink_heard(m->sink, &len), "AUTH"));
}

static void nobody_listens(void **state)
{
	struct mail_rig *m = *state;
	struct delivery_request r = mail(m, two, 2);

	mail_sink_free(m->sink);
	deliver(m, &r);
	assert_int_equal(m->verdict.state, CHAN_RETRY);
	assert_true(m->verdict.down);
	assert_non_null(strstr(m->verdict.detail, "refused"));
	m->sink = mail_sink_new(m->loop, 0, &(struct err){ 0 });
}

#define MAIL_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MAIL_TEST(threads_have_ids_that_never_change),
		MAIL_TEST(no_text_leaves_the_message),
		MAIL_TEST(addresses_are_looked_at_again_at_send),
		MAIL_TEST(each_recipient_has_its_own_outcome),
		MAIL_TEST(many_are_told_a_hundred_at_a_time),
		MAIL_TEST(what_the_server_says_decides),
		MAIL_TEST(without_tls_nothing_is_sent),
		MAIL_TEST(nobody_listens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
