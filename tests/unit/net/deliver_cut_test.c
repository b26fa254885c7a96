/* A link that is lost at any byte: what was perhaps taken is told again under the same id, and
 * nothing counts as told that was not. */
#include "chan_rig.h"
#include "net_rig.h"

#include "net/farm_mail.h"

#define TIMEOUT_MS 5000

static struct mail_sink *sink;

static int start(void **state)
{
	struct err e = { 0 };
	int rc = rig_start(state);

	sink = mail_sink_new(((struct rig *)*state)->loop, 0, &e);
	assert_non_null(sink);
	return rc;
}

static int stop(void **state)
{
	mail_sink_free(sink);
	return rig_stop(state);
}

static struct chan_verdict deliver(struct rig *r, const struct delivery_request *q)
{
	size_t want = r->delivered_count + 1;

	net_deliver(r->net, q);
	rig_until(r, &r->delivered_count, want);
	return r->delivered.verdict;
}

/* ---- mail ---- */

static struct delivery_request mail(char *smtp, size_t size)
{
	static char *to[] = { S("a@x.example"), S("b@x.example") };
	struct delivery_request q = chan_request("email", "investigating");

	snprintf(smtp, size, "smtp://127.0.0.1:%d", mail_sink_port(sink));
	q.smtp = smtp;
	q.plain = true;
	q.from = S("noc@test.example");
	q.host = S("noc.test.example");
	q.recipients = (struct chan_texts){ to, countof(to) };
	q.klass = NET_INTERNAL;
	q.timeout_ms = TIMEOUT_MS;
	return q;
}

static void a_mail_is_lost_at_any_byte(void **state)
{
	static const char id[] = "Message-ID: <INC-7.5_there@noc.test.example>\r\n";
	struct rig *r = *state;
	char smtp[64];
	struct delivery_request q = mail(smtp, sizeof smtp);
	size_t len, taken;

	assert_int_equal(deliver(r, &q).state, CHAN_ACCEPTED);
	mail_sink_heard(sink, &len);
	assert_true(len > 500);
	r->states[CHAN_ACCEPTED] = 0;
	mail_sink_cut(sink, true);
	for (size_t n = 0; n < len; n++)
		net_deliver(r->net, &q);
	rig_until(r, &r->delivered_count, 1 + len);
	taken = mail_sink_count(sink) - 1;
	/* Once it was taken and our side could not know; what is said behind that changes nothing.
	 */
	assert_int_equal(r->states[CHAN_GIVE_UP], 0);
	assert_true(r->states[CHAN_ACCEPTED] >= 1);
	assert_int_equal(taken, r->states[CHAN_ACCEPTED] + 1);
	for (size_t i = 0; i < mail_sink_count(sink); i++)
		assert_non_null(strstr(mail_sink_get(sink, i)->data, id));
	mail_sink_cut(sink, false);
	assert_int_equal(deliver(r, &q).state, CHAN_ACCEPTED);
}

/* It takes the call and never greets. */
static void a_mail_server_that_says_nothing_is_left(void **state)
{
	struct rig *r = *state;
	char smtp[64];
	struct delivery_request q = mail(smtp, sizeof smtp);
	struct chan_verdict v;

	q.timeout_ms = 200;
	mail_sink_say(sink, "", "...");
	v = deliver(r, &q);
	assert_int_equal(v.state, CHAN_RETRY);
	assert_true(v.down);
	assert_non_null(strstr(v.detail, "timeout"));
	assert_int_equal(mail_sink_count(sink), 0);
}

/* ---- webhook ---- */

static void an_answer_is_lost_at_any_byte(void **state)
{
	struct rig *r = *state;
	struct delivery_request q = chan_request("webhook", "investigating");
	char url[64], cut[16];
	size_t whole = 0;

	snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", farm_port(r->farm));
	q.url = url;
	q.secret = S("whsec_cmVoZWFyc2FscyBuZWVkIGEgc2VjcmV0IHRvby4uLg==");
	q.network = S("127.0.0.0/8");
	q.klass = NET_EXTERNAL;
	q.timeout_ms = TIMEOUT_MS;
	for (int n = 0; !whole; n++) {
		struct chan_verdict v;

		assert_true(n < 200);
		snprintf(cut, sizeof cut, "cut %d", n);
		rig_set(r, "/hook", cut);
		v = deliver(r, &q);
		assert_true(v.state == CHAN_RETRY || v.state == CHAN_ACCEPTED);
		if (v.state == CHAN_ACCEPTED)
			whole = (size_t)n;
		else
			assert_true(v.down);
	}
	assert_true(whole >= strlen("HTTP/1.1 200 OK\r\n")); /* not before the code is there */
	assert_int_equal(farm_request_count(r->farm), whole + 1);
	for (size_t i = 0; i <= whole; i++)
		assert_non_null(
		    strstr(farm_request(r->farm, i)->headers, "webhook-id: INC-7_5/there\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_mail_is_lost_at_any_byte, start, stop),
		cmocka_unit_test_setup_teardown(
		    a_mail_server_that_says_nothing_is_left, start, stop),
		cmocka_unit_test_setup_teardown(an_answer_is_lost_at_any_byte, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
