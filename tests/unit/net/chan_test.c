#include "net/chan.h"

#include <curl/curl.h>
#include <openssl/evp.h>

#include "base/json.h"
#include "base/mem.h"
#include "t.h"

#define S(x) ((char *)(uintptr_t)(x))
#define NOW ((struct utc){ 1614265330000 })

static const char *header(const struct chan_send *s, const char *name)
{
	for (size_t i = 0; i < s->header_count; i++)
		if (strcmp(s->headers[i].name, name) == 0)
			return s->headers[i].value;
	return NULL;
}

/* SHA-256 keyed by the definition of HMAC itself, so that the check shares no code with it. */
static void hmac_by_hand(
    const unsigned char *key, size_t key_len, const char *text, size_t len, unsigned char out[32])
{
	unsigned char inner[64], outer[64], mid[32];
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	assert_true(key_len <= 64);
	memset(inner, 0x36, 64);
	memset(outer, 0x5c, 64);
	for (size_t i = 0; i < key_len; i++) {
		inner[i] ^= key[i];
		outer[i] ^= key[i];
	}
	EVP_DigestInit_ex(c, EVP_sha256(), NULL);
	EVP_DigestUpdate(c, inner, 64);
	EVP_DigestUpdate(c, text, len);
	EVP_DigestFinal_ex(c, mid, NULL);
	EVP_DigestInit_ex(c, EVP_sha256(), NULL);
	EVP_DigestUpdate(c, outer, 64);
	EVP_DigestUpdate(c, mid, 32);
	EVP_DigestFinal_ex(c, out, NULL);
	EVP_MD_CTX_free(c);
}

static void signature_of_the_published_example(void **state)
{
	/* The example of the standard's own libraries. */
	static const char secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
	static const char body[] = "{\"test\": 2432232314}";
	char out[64];
	struct err e = { 0 };

	(void)state;
	assert_true(webhook_sign(
	    secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, sizeof body - 1, out, &e));
	assert_string_equal(out, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void signature_by_an_independent_computation(void **state)
{
	static const char key[] = "a plain secret of some length";
	static const char body[] = "{\"a\":1}", text[] = "INC-7_3/hook.1700000000.{\"a\":1}";
	unsigned char mac[32], base64[64];
	char out[64], want[96];
	struct err e = { 0 };

	(void)state;
	hmac_by_hand((const unsigned char *)key, sizeof key - 1, text, sizeof text - 1, mac);
	EVP_EncodeBlock(base64, mac, 32);
	snprintf(want, sizeof want, "v1,%s", (char *)base64);
	assert_true(webhook_sign(key, "INC-7_3/hook", 1700000000, body, sizeof body - 1, out, &e));
	assert_string_equal(out, want);
	/* Any other bit gives another signature. */
	assert_true(webhook_sign(key, "INC-7_3/hook", 1700000001, body, sizeof body - 1, out, &e));
	assert_string_not_equal(out, want);
	assert_true(webhook_sign(key, "INC-7_4/hook", 1700000000, body, sizeof body - 1, out, &e));
	assert_string_not_equal(out, want);
	assert_true(webhook_sign(key, "INC-7_3/hook", 1700000000, "{\"a\":2}", 7, out, &e));
	assert_string_not_equal(out, want);
}

static void secrets_and_ids_that_cannot_be_used(void **state)
{
	static const char *const bad[] = { "", "whsec_", "whsec_abc", "whsec_!!!!", "whsec_ab=c" };
	char out[64];

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		struct err e = { 0 };
		assert_false(webhook_sign(bad[i], "id", 1, "{}", 2, out, &e));
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_true(bad[i][0] == 0 || !strstr(e.msg, bad[i] + 6) || !bad[i][6]);
	}
	struct err e = { 0 };
	assert_false(webhook_sign("secret", "a.b", 1, "{}", 2, out, &e));
	assert_false(webhook_sign("secret", "", 1, "{}", 2, out, &e));
}

static struct delivery_request request(const char *kind)
{
	return (struct delivery_request){ .id = S("INC-1.5/hook"),
		.destination = S("hook"),
		.kind = S(kind),
		.url = S("https://partner.example/hook"),
		.secret = S("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
		.path = S("/var/www/banner.json"),
		.type = S("incident.updated"),
		.at = { 1614265000000 },
		.data = S("{\"incident\":\"INC-1\",\"text\":\"We look into it.\"}"),
		.text = S("We look into it.") };
}

static bool build(const struct chan_kind *k, const struct delivery_request *r, struct utc now,
    struct chan_send *s, struct err *e)
{
	struct chan_talk t;
	bool ok;

	chan_talk_init(&t, r, now);
	ok = k->build(&t, s, e);
	chan_talk_fini(&t);
	return ok;
}

static void judge(const char *kind, const struct chan_reply *reply, struct chan_verdict *v)
{
	struct delivery_request r = request(kind);
	struct chan_talk t;

	chan_talk_init(&t, &r, NOW);
	chan_kind_find(kind)->judge(&t, reply, v);
	chan_talk_fini(&t);
}

static void webhook_is_built_and_signed(void **state)
{
	const struct chan_kind *k = chan_kind_find("webhook");
	struct delivery_request r = request("webhook");
	struct chan_send s;
	struct err e = { 0 };
	char want[64];

	(void)state;
	assert_true(build(k, &r, NOW, &s, &e));
	assert_string_equal(s.url, "https://partner.example/hook");
	assert_null(s.path);
	assert_string_equal(buf_str(&s.body),
	    "{\"type\":\"incident.updated\",\"timestamp\":\"2021-02-25T14:56:40.000Z\",\"data\":{"
	    "\"incident\":\"INC-1\",\"text\":\"We look into it.\"}}");
	assert_string_equal(header(&s, "webhook-id"), "INC-1_5/hook");
	assert_string_equal(header(&s, "webhook-timestamp"), "1614265330");
	assert_string_equal(header(&s, "Content-Type"), "application/json");
	assert_true(
	    webhook_sign(r.secret, "INC-1_5/hook", 1614265330, s.body.data, s.body.len, want, &e));
	assert_string_equal(header(&s, "webhook-signature"), want);
	chan_send_fini(&s);

	/* A later try keeps the id, and a change of secrets signs twice. */
	r.old_secret = S("another secret");
	assert_true(build(k, &r, (struct utc){ 1614265390000 }, &s, &e));
	assert_string_equal(header(&s, "webhook-id"), "INC-1_5/hook");
	assert_string_equal(header(&s, "webhook-timestamp"), "1614265390");
	const char *two = strstr(header(&s, "webhook-signature"), " v1,");
	assert_non_null(two);
	assert_true(webhook_sign(
	    "another secret", "INC-1_5/hook", 1614265390, s.body.data, s.body.len, want, &e));
	assert_string_equal(two + 1, want);
	chan_send_fini(&s);

	r.secret = r.old_secret = NULL;
	assert_true(build(k, &r, NOW, &s, &e));
	assert_null(header(&s, "webhook-signature"));
	chan_send_fini(&s);
}

static void what_cannot_be_built(void **state)
{
	struct chan_send s;
	struct err e = { 0 };
	struct delivery_request r = request("webhook");

	(void)state;
	r.url = NULL;
	assert_false(build(chan_kind_find("webhook"), &r, NOW, &s, &e));
	assert_non_null(strstr(e.msg, "hook: url is missing"));
	chan_send_fini(&s);
	r = request("webhook");
	r.data = S("[1]");
	assert_false(build(chan_kind_find("webhook"), &r, NOW, &s, &e));
	assert_non_null(strstr(e.msg, "no JSON object"));
	chan_send_fini(&s);
	r = request("webhook");
	r.secret = S("whsec_x");
	assert_false(build(chan_kind_find("webhook"), &r, NOW, &s, &e));
	chan_send_fini(&s);
	r = request("file");
	r.path = S("banner.json");
	assert_false(build(chan_kind_find("file"), &r, NOW, &s, &e));
	assert_non_null(strstr(e.msg, "path must be absolute"));
	chan_send_fini(&s);
	r = request("file");
	r.format = S("xml");
	assert_false(build(chan_kind_find("file"), &r, NOW, &s, &e));
	assert_non_null(strstr(e.msg, "'xml'"));
	chan_send_fini(&s);
	assert_null(chan_kind_find("pigeon"));
	assert_null(chan_kind_find(NULL));
}

static void long_payloads_are_shortened_with_a_mark(void **state)
{
	const struct chan_kind *k = chan_kind_find("webhook");
	struct delivery_request r = request("webhook");
	struct chan_send s;
	struct err e = { 0 };

	(void)state;
	for (int over = -1; over <= 1; over++) {
		cJSON *data = cJSON_CreateObject();
		size_t base =
		    strlen("{\"type\":\"incident.updated\",\"timestamp\":"
			   "\"2021-02-25T14:56:40.000Z\",\"data\":{\"id\":\"1\",\"text\":\"\"}}");
		size_t n = CHAN_WEBHOOK_MAX - base + (size_t)(over + 1) - 1;
		char *text = xmalloc(n + 1);
		memset(text, 'x', n);
		text[n] = 0;
		json_put_str(data, "id", "1");
		json_put_str(data, "text", text);
		r.data = json_text(data);
		assert_true(build(k, &r, NOW, &s, &e));
		if (over <= 0) {
			assert_int_equal(s.body.len, CHAN_WEBHOOK_MAX + (size_t)(over + 1) - 1);
			assert_null(strstr(s.body.data, "shortened"));
		} else {
			assert_true(
			    s.body.len <= CHAN_WEBHOOK_MAX && s.body.len > CHAN_WEBHOOK_MAX / 2);
			assert_non_null(strstr(s.body.data, "(shortened)"));
			cJSON *back = json_parse(s.body.data, s.body.len, &e);
			assert_string_equal(json_str(json_get(back, "data"), "id"), "1");
			cJSON_Delete(back);
		}
		chan_send_fini(&s);
		free(r.data);
		free(text);
		cJSON_Delete(data);
	}
	/* Nothing that could be cut. */
	cJSON *data = cJSON_CreateObject(), *list = cJSON_CreateArray();
	for (int i = 0; i < 5000; i++)
		cJSON_AddItemToArray(list, cJSON_CreateNumber(123456));
	json_put(data, "n", list);
	r.data = json_text(data);
	assert_false(build(k, &r, NOW, &s, &e));
	assert_int_equal(e.kind, ERR_LIMIT);
	chan_send_fini(&s);
	free(r.data);
	cJSON_Delete(data);
}

static void file_as_json_and_as_text(void **state)
{
	const struct chan_kind *k = chan_kind_find("file");
	struct delivery_request r = request("file");
	struct chan_send s;
	struct err e = { 0 };

	(void)state;
	assert_true(build(k, &r, NOW, &s, &e));
	assert_string_equal(s.path, "/var/www/banner.json");
	assert_null(s.url);
	assert_string_equal(buf_str(&s.body),
	    "{\"type\":\"incident.updated\",\"timestamp\":\"2021-02-25T14:56:40.000Z\",\"data\":{"
	    "\"incident\":\"INC-1\",\"text\":\"We look into it.\"}}\n");
	chan_send_fini(&s);
	r.format = S("text");
	assert_true(build(k, &r, NOW, &s, &e));
	assert_string_equal(buf_str(&s.body), "We look into it.\n");
	chan_send_fini(&s);
}

static void replies_are_judged(void **state)
{
	static const struct {
		int code;
		int64_t retry_after;
		enum chan_state want;
		int64_t not_before;
		bool alarm;
	} cases[] = {
		{ 200, -1, CHAN_ACCEPTED, 0, false },
		{ 202, -1, CHAN_ACCEPTED, 0, false },
		{ 204, 5000, CHAN_ACCEPTED, 0, false },
		{ 301, -1, CHAN_RETRY, 0, false },
		{ 400, -1, CHAN_RETRY, 0, false },
		{ 404, 9000, CHAN_RETRY, 0, false },
		{ 410, -1, CHAN_GIVE_UP, 0, true },
		{ 429, 7000, CHAN_RETRY, 7000, false },
		{ 429, -1, CHAN_RETRY, 0, false },
		{ 503, 60000, CHAN_RETRY, 60000, false },
		{ 500, 60000, CHAN_RETRY, 0, false },
	};
	struct chan_verdict v;

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct chan_reply r = {
			.code = cases[i].code, .retry_after_ms = cases[i].retry_after, .detail = ""
		};
		judge("webhook", &r, &v);
		assert_int_equal(v.state, cases[i].want);
		assert_int_equal(v.not_before_ms, cases[i].not_before);
		assert_int_equal(v.alarm, cases[i].alarm);
		assert_non_null(strstr(v.detail, "answered"));
	}
	struct chan_reply down = {
		.fault = FAULT_REFUSED, .detail = "port 9", .retry_after_ms = -1
	};
	judge("webhook", &down, &v);
	assert_int_equal(v.state, CHAN_RETRY);
	assert_string_equal(v.detail, "refused: port 9");
	judge("file", &down, &v);
	assert_int_equal(v.state, CHAN_RETRY);
	struct chan_reply fine = { .code = 200, .detail = "" };
	judge("file", &fine, &v);
	assert_int_equal(v.state, CHAN_ACCEPTED);
}

static void retries_by_the_schedule(void **state)
{
	static const int64_t want_s[] = { 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 };

	(void)state;
	assert_int_equal(delivery_retry_after(0, false, 500), 0);
	for (int i = 0; i < (int)countof(want_s); i++) {
		int64_t ms = want_s[i] * 1000;
		assert_int_equal(delivery_retry_after(i + 1, false, 500), ms);
		assert_int_equal(delivery_retry_after(i + 1, false, 0), ms - ms / 5);
		assert_int_equal(delivery_retry_after(i + 1, false, 1000), ms + ms / 5);
		assert_int_equal(delivery_retry_after(i + 1, true, 500), ms > 60000 ? 60000 : ms);
	}
	assert_int_equal(delivery_retry_after(10, false, 500), -1);
	/* While an open incident waits, nothing is given up. */
	assert_int_equal(delivery_retry_after(10, true, 500), 60000);
	assert_int_equal(delivery_retry_after(5000, true, 0), 60000);
	assert_int_equal(delivery_retry_after(1, false, -7), 4000);
	assert_int_equal(delivery_retry_after(1, false, 7000), 6000);
}

static void retry_after_in_both_forms(void **state)
{
	static const struct {
		const char *value;
		int64_t ms;
	} cases[] = {
		{ "0", 0 },
		{ "5", 5000 },
		{ "120", 120000 },
		{ "3600", 3600000 },
		{ "3601", 3600000 },
		{ "315360000", 3600000 },
		{ "99999999999999999999", 3600000 },
		{ "Thu, 25 Feb 2021 15:02:20 GMT", 10000 },
		{ "Thu, 25 Feb 2021 14:00:00 GMT", 0 },
		{ "Fri, 25 Feb 2031 14:00:00 GMT", 3600000 },
		{ "", -1 },
		{ "soon", -1 },
		{ "-5", -1 },
		{ "5s", -1 },
		{ " 5", -1 },
		{ "1.5", -1 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		if (retry_after_ms(cases[i].value, NOW) != cases[i].ms)
			fail_msg("%s: %lld", cases[i].value,
			    (long long)retry_after_ms(cases[i].value, NOW));
	assert_int_equal(retry_after_ms(NULL, NOW), -1);
}

static void requests_are_copied_whole(void **state)
{
	struct delivery_request r = request("webhook");
	struct delivery_request *c = delivery_request_copy(&r);

	(void)state;
	assert_true(c->secret != r.secret && c->data != r.data);
	assert_string_equal(c->secret, r.secret);
	assert_string_equal(c->text, r.text);
	assert_null(c->network);
	delivery_request_free(c);
	delivery_request_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signature_of_the_published_example),
		cmocka_unit_test(signature_by_an_independent_computation),
		cmocka_unit_test(secrets_and_ids_that_cannot_be_used),
		cmocka_unit_test(webhook_is_built_and_signed),
		cmocka_unit_test(what_cannot_be_built),
		cmocka_unit_test(long_payloads_are_shortened_with_a_mark),
		cmocka_unit_test(file_as_json_and_as_text),
		cmocka_unit_test(replies_are_judged),
		cmocka_unit_test(retries_by_the_schedule),
		cmocka_unit_test(retry_after_in_both_forms),
		cmocka_unit_test(requests_are_copied_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
