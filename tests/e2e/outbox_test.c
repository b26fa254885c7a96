/* Updates on their way out: the send delay, a crash in it, and receivers that fail. */
#include "t.h"

#include <signal.h>

#include "base/map.h"
#include "base/mem.h"
#include "net/chan.h"
#include "rig.h"

#define SECRET "whsec_cmVoZWFyc2FscyBuZWVkIGEgc2VjcmV0IHRvby4uLg=="

static int setup(void **state)
{
	struct rig *r = rig_new();

	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", rig_config);
	rig_write_secret(r, "secret", SECRET "\n");
	farm_set(r->farm, "/*", "ok", NULL);
	farm_set(r->farm, "/hook", "sink", NULL);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

static const char open_cmd[] =
    "{\"cmd\":\"open\",\"args\":{\"title\":\"No data\",\"severity\":2,\"regions\":[\"FR\"],"
    "\"components\":[\"data\"]}}";

/* An update for both audiences, with this text. */
static char *update(const char *incident, const char *stage, const char *text)
{
	return xasprintf(
	    "{\"cmd\":\"update\",\"incident\":\"%s\",\"args\":{\"stage\":\"%s\",\"audiences\":["
	    "\"public\",\"partners\"],\"fields\":{\"impact\":\"i\",\"known\":\"k\",\"unknown\":"
	    "\"u\","
	    "\"next\":\"n\",\"customer_actions\":\"c\"},\"text\":{\"public\":\"%s\",\"partners\":"
	    "\"%s\"},\"next\":\"30m\"}}",
	    incident, stage, text, text);
}

static bool post(struct peer *p, const char *incident, const char *stage, const char *text)
{
	char *line = update(incident, stage, text);
	bool ok = peer_ok(p, line);

	free(line);
	return ok;
}

/* ---- held ---- */

static const struct snap_held *held_of(const struct snapshot *s)
{
	size_t it = 0;

	return map_next(s->held, &it, NULL);
}

static bool holds(const struct snapshot *s, void *ctx)
{
	return (map_count(s->held) > 0) == *(bool *)ctx;
}

static void a_stopped_update_leaves_nothing(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	bool yes = true, no = false;
	char *line;

	rig_write(r, "policy.yaml", "send_delay: 5m\n");
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_true(post(p, "INC-1", "initial", "first words"));
	assert_int_equal(cJSON_GetArraySize(json_get(p->answer, "events")), 0);
	assert_non_null(json_get(p->answer, "held"));
	assert_true(peer_until(p, holds, &yes, RIG_WAIT_MS));
	assert_true(utc_is_set(held_of(p->snap)->release_at));
	assert_string_equal(json_str(held_of(p->snap)->text, "public"), "first words");
	line = xasprintf("{\"held\":\"stop\",\"id\":\"%s\"}", held_of(p->snap)->id);
	assert_true(peer_ok(p, line));
	assert_true(peer_until(p, holds, &no, RIG_WAIT_MS));
	assert_true(peer_refused(p, line, "held")); /* it is not there any more */
	free(line);
	assert_int_equal(snap_incident(p->snap, "INC-1")->version, 1);
	assert_int_equal(farm_request_count(r->farm), 0);
	peer_free(p);
}

static bool posted(const struct snapshot *s, void *ctx)
{
	const struct snap_incident *inc = snap_incident(s, "INC-1");

	return inc && inc->updates_total == *(int *)ctx;
}

/* What the keys for what is held do, by command. */
static void a_script_stops_and_sends(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	bool yes = true, no = false;
	int one = 1;
	char *hash;

	rig_write(r, "policy.yaml", "send_delay: 5m\n");
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--stop"), 5);
	assert_non_null(strstr(buf_str(&r->err), "INC-1: nothing is held"));
	assert_true(post(p, "INC-1", "initial", "first words"));
	assert_true(peer_until(p, holds, &yes, RIG_WAIT_MS));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--stop", "--send"), 2);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--stop", "--hash", "00"), 5);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--stop"), 0);
	assert_true(peer_until(p, holds, &no, RIG_WAIT_MS));
	assert_true(post(p, "INC-1", "initial", "other words"));
	assert_true(post(p, "INC-1", "initial", "third words"));
	assert_true(peer_until(p, holds, &yes, RIG_WAIT_MS));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--send"), 5);
	assert_non_null(strstr(buf_str(&r->err), "2 messages are held (name one by --hash"));
	hash = xasprintf("%.12s", held_of(p->snap)->hash);
	assert_non_null(strstr(buf_str(&r->err), hash));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--send", "--hash", hash), 0);
	free(hash);
	assert_true(peer_until(p, posted, &one, RIG_WAIT_MS));
	assert_int_equal(map_count(p->snap->held), 1);
	peer_free(p);
}

/* "Send now" over the socket, by whoever may publish: before and after a restart. */
static void what_waits_for_approval_cannot_be_sent_now(void **state)
{
	struct rig *r = *state;
	bool yes = true;
	cJSON *events;

	rig_write(r, "policy.yaml", "send_delay: 0s\napproval: { severities: [1, 2, 3, 4] }\n");
	for (int start = 0; start < 2; start++) {
		struct peer *p;
		char *line;

		assert_true(rig_start(r, NULL));
		p = peer_new(r, NULL);
		if (start == 0) {
			assert_true(peer_ok(p, open_cmd));
			assert_true(post(p, "INC-1", "initial", "first words"));
		}
		assert_true(peer_until(p, holds, &yes, RIG_WAIT_MS));
		assert_non_null(held_of(p->snap)->waiting);
		line = xasprintf("{\"held\":\"send\",\"id\":\"%s\"}", held_of(p->snap)->id);
		assert_true(peer_refused(p, line, "held"));
		assert_int_equal(RIG_RUN(r, "update", "INC-1", "--send"), 5);
		assert_non_null(strstr(buf_str(&r->err), "it cannot be sent yet"));
		assert_true(peer_ok(p, "{\"cmd\":\"note\",\"incident\":\"INC-1\",\"args\":{"
				       "\"text\":\"a turn later\"}}"));
		assert_non_null(held_of(p->snap)->waiting);
		assert_int_equal(snap_incident(p->snap, "INC-1")->updates_total, 0);
		free(line);
		peer_free(p);
		rig_kill(r, SIGTERM);
	}
	assert_int_equal(farm_request_count(r->farm), 0);
	events = rig_events(r);
	assert_int_equal(rig_count(events, "INC-1", "update_posted"), 0);
	cJSON_Delete(events);
}

static void a_crash_in_the_delay_sends_nothing_by_itself(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	bool yes = true, no = false;
	int one = 1;
	char *line = update("INC-1", "initial", "first words"), *with_id;
	cJSON *events;

	rig_write(r, "policy.yaml", "send_delay: 2s\n");
	assert_true(rig_start(r, NULL));
	p = peer_new(r, "\"as\":\"ana\"");
	assert_true(peer_ok(p, open_cmd));
	with_id = xasprintf("{\"id\":\"u-1\",%s", line + 1);
	assert_true(peer_ok(p, with_id));
	assert_non_null(json_get(p->answer, "held"));
	peer_free(p);
	rig_kill(r, SIGKILL);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, "\"as\":\"ana\"");
	assert_true(peer_until(p, holds, &yes, RIG_WAIT_MS));
	assert_false(utc_is_set(held_of(p->snap)->release_at));
	assert_string_equal(held_of(p->snap)->by, "ana");
	/* Whoever lost the answer asks again: it still waits, once. */
	assert_true(peer_ok(p, with_id));
	assert_non_null(json_get(p->answer, "held"));
	assert_int_equal(map_count(p->snap->held), 1);
	/* Three times its delay goes by. */
	{
		long marks = p->marks;
		int64_t start = p->snap->mark_at.ms;

		while (p->snap->mark_at.ms < start + 6000)
			if (!loop_run_once(r->loop, true))
				break;
		assert_true(p->marks > marks);
	}
	assert_int_equal(snap_incident(p->snap, "INC-1")->updates_total, 0);
	assert_int_equal(map_count(p->snap->held), 1);
	free(line);
	line = xasprintf("{\"held\":\"send\",\"id\":\"%s\"}", held_of(p->snap)->id);
	assert_true(peer_ok(p, line));
	assert_true(peer_until(p, posted, &one, RIG_WAIT_MS));
	assert_true(peer_until(p, holds, &no, RIG_WAIT_MS));
	/* And once more with the same id: it is recorded, nothing is held again. */
	assert_true(peer_ok(p, with_id));
	assert_true(json_bool(p->answer, "duplicate", false));
	rig_kill(r, SIGTERM);
	events = rig_events(r);
	assert_int_equal(rig_count(events, "INC-1", "update_posted"), 1);
	cJSON_Delete(events);
	free(line);
	free(with_id);
	peer_free(p);
}

static void the_delay_over_it_is_posted(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	int one = 1;
	int64_t asked;

	rig_write(r, "policy.yaml", "send_delay: 1s\n");
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	asked = p->snap->mark_at.ms;
	assert_true(post(p, "INC-1", "initial", "first words"));
	assert_true(peer_until(p, posted, &one, RIG_WAIT_MS));
	assert_in_range(snap_incident(p->snap, "INC-1")->updates[0].at.ms - asked, 1000, 3000);
	peer_free(p);
}

/* ---- receivers ---- */

struct delivered {
	const char *incident, *destination, *state;
	size_t update; /* from 0 */
};

static bool delivery_is(const struct snapshot *s, void *ctx)
{
	const struct delivered *d = ctx;
	const struct snap_incident *inc = snap_incident(s, d->incident);

	if (!inc || inc->update_count <= d->update)
		return false;
	for (size_t i = 0; i < inc->updates[d->update].delivery_count; i++) {
		const struct delivery_state *st = &inc->updates[d->update].deliveries[i];

		if (strcmp(st->destination, d->destination) == 0)
			return strcmp(st->state, d->state) == 0;
	}
	return false;
}

static char *header(const struct farm_request *q, const char *name)
{
	char *key = xasprintf("%s: ", name);
	const char *at = strstr(q->headers, key);
	char *value =
	    at ? xstrndup(at + strlen(key), strcspn(at + strlen(key), "\n")) : xstrdup("");

	free(key);
	return value;
}

static void check_signature(const struct farm_request *q)
{
	char *id = header(q, "webhook-id"), *at = header(q, "webhook-timestamp"),
	     *signature = header(q, "webhook-signature"), want[64];
	struct err e = { 0 };

	assert_true(
	    webhook_sign(SECRET, id, strtoll(at, NULL, 10), q->body, q->body_len, want, &e));
	assert_string_equal(signature, want);
	free(id);
	free(at);
	free(signature);
}

static void a_webhook_is_signed_and_recorded(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	struct delivered hook = { "INC-1", "hook", "accepted", 0 },
			 page = { "INC-1", "page", "accepted", 0 };
	const struct farm_request *q;
	char *file;

	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_true(post(p, "INC-1", "initial", "first words"));
	assert_true(peer_until(p, delivery_is, &hook, RIG_WAIT_MS));
	assert_true(peer_until(p, delivery_is, &page, RIG_WAIT_MS));
	assert_int_equal(farm_request_count(r->farm), 1);
	q = farm_request(r->farm, 0);
	assert_string_equal(q->method, "POST");
	assert_non_null(strstr(q->body, "first words"));
	check_signature(q);
	file = rig_read(r, "page.json");
	assert_non_null(file);
	assert_non_null(strstr(file, "first words"));
	free(file);
	peer_free(p);
}

static bool asked_twice(void *ctx)
{
	return farm_request_count(((struct rig *)ctx)->farm) >= 2;
}

/* The same id for every try, and a later update waits for an earlier one. */
static void a_failing_receiver_is_tried_again_in_order(void **state)
{
	struct rig *r = *state;
	const char *const fast[] = { "--speed", "30", NULL };
	struct delivered failed = { "INC-1", "hook", "failed", 0 },
			 first = { "INC-1", "hook", "accepted", 0 },
			 second = { "INC-1", "hook", "accepted", 1 };
	struct peer *p;
	char *one, *other;
	size_t n;
	cJSON *events;

	farm_set(r->farm, "/hook", "sink 500", NULL);
	assert_true(rig_start(r, fast));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_true(post(p, "INC-1", "initial", "first words"));
	assert_true(peer_until(p, delivery_is, &failed, RIG_WAIT_MS));
	assert_true(post(p, "INC-1", "progress", "second words"));
	assert_true(rig_until(r, asked_twice, r, RIG_WAIT_MS));
	one = header(farm_request(r->farm, 0), "webhook-id");
	n = farm_request_count(r->farm);
	for (size_t i = 0; i < n; i++) {
		other = header(farm_request(r->farm, i), "webhook-id");
		assert_string_equal(one, other);
		free(other);
	}
	farm_set(r->farm, "/hook", "sink 204", NULL);
	assert_true(peer_until(p, delivery_is, &first, RIG_WAIT_MS));
	assert_true(peer_until(p, delivery_is, &second, RIG_WAIT_MS));
	n = farm_request_count(r->farm);
	assert_non_null(strstr(farm_request(r->farm, n - 2)->body, "first words"));
	assert_non_null(strstr(farm_request(r->farm, n - 1)->body, "second words"));
	other = header(farm_request(r->farm, n - 2), "webhook-id");
	assert_string_equal(one, other);
	free(other);
	other = header(farm_request(r->farm, n - 1), "webhook-id");
	assert_string_not_equal(one, other);
	free(other);
	check_signature(farm_request(r->farm, n - 1));
	rig_kill(r, SIGTERM);
	events = rig_events(r);
	assert_true(rig_count(events, "INC-1", "delivery") >= 5);
	cJSON_Delete(events);
	free(one);
	peer_free(p);
}

/* 410: the receiver is gone for good. It is recorded, and the other channel is not held up. */
static void a_receiver_that_is_gone_is_given_up(void **state)
{
	struct rig *r = *state;
	struct delivered gone = { "INC-1", "hook", "given_up", 0 },
			 page = { "INC-1", "page", "accepted", 0 };
	struct peer *p;

	farm_set(r->farm, "/hook", "sink 410", NULL);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_true(post(p, "INC-1", "initial", "first words"));
	assert_true(peer_until(p, delivery_is, &gone, RIG_WAIT_MS));
	assert_true(peer_until(p, delivery_is, &page, RIG_WAIT_MS));
	assert_int_equal(farm_request_count(r->farm), 1);
	peer_free(p);
}

/* What is owed when the engine dies is sent by the next one. */
static void what_is_owed_outlives_the_engine(void **state)
{
	struct rig *r = *state;
	struct delivered failed = { "INC-1", "hook", "failed", 0 },
			 done = { "INC-1", "hook", "accepted", 0 };
	struct peer *p;
	char *one, *other;

	farm_set(r->farm, "/hook", "sink 500", NULL);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_true(post(p, "INC-1", "initial", "first words"));
	assert_true(peer_until(p, delivery_is, &failed, RIG_WAIT_MS));
	rig_kill(r, SIGKILL);
	peer_free(p);
	farm_set(r->farm, "/hook", "sink 204", NULL);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(peer_until(p, delivery_is, &done, RIG_WAIT_MS));
	one = header(farm_request(r->farm, 0), "webhook-id");
	other = header(farm_request(r->farm, farm_request_count(r->farm) - 1), "webhook-id");
	assert_string_equal(one, other);
	free(one);
	free(other);
	peer_free(p);
}

/* What would be refused is said by the preview, and to programs in their own words. */
static void a_preview_tells_what_would_stop_it(void **state)
{
	struct rig *r = *state;
	const char *const now[] = { "--now", "2025-03-10T14:20:00Z", NULL };
	struct peer *p;
	cJSON *o;
	struct err e;

	assert_true(rig_start(r, now));
	p = peer_new(r, NULL);
	assert_true(peer_ok(p, open_cmd));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "-t", "restored", "--preview"), 0);
	assert_non_null(
	    strstr(buf_str(&r->out), "error: the first update of INC-1 is an initial one (post"));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--preview", "--json"), 0);
	o = json_parse(buf_str(&r->out), r->out.len, &e);
	assert_non_null(o);
	assert_non_null(strstr(json_str(json_get(o, "text"), "public"), "Mobile data"));
	assert_non_null(json_get(o, "findings"));
	cJSON_Delete(o);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--waiting", "--json"), 0);
	assert_string_equal(buf_str(&r->out), "[]\n");
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--status", "resolved"), 2);
	peer_free(p);
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(a_stopped_update_leaves_nothing),
		E2E_TEST(a_script_stops_and_sends),
		E2E_TEST(what_waits_for_approval_cannot_be_sent_now),
		E2E_TEST(a_crash_in_the_delay_sends_nothing_by_itself),
		E2E_TEST(the_delay_over_it_is_posted),
		E2E_TEST(a_webhook_is_signed_and_recorded),
		E2E_TEST(a_failing_receiver_is_tried_again_in_order),
		E2E_TEST(a_receiver_that_is_gone_is_given_up),
		E2E_TEST(what_is_owed_outlives_the_engine),
		E2E_TEST(a_preview_tells_what_would_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
