/* The whole way out: engine, mail server, receivers, programs; hours of outage in virtual time,
 * kills in the worst moment, and a destination that is gone. */
#include "t.h"

#include <signal.h>

#include "base/map.h"
#include "base/mem.h"
#include "delivered.h"
#include "net/farm_mail.h"
#include "rig.h"

#define SECRET "whsec_cmVoZWFyc2FscyBuZWVkIGEgc2VjcmV0IHRvby4uLg=="
#define INCIDENTS 20
#define STEPS 24 /* of ten minutes */

static struct mail_sink *sink;
static int mail_port;

static const char config[] =
    "noc: { name: Test NOC, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
    "components: [ { id: data, name: Mobile data, class: data } ]\n"
    "people: [ { id: ana, name: Ana Costa, can: [command, publish] } ]\n"
    "channels:\n"
    "  - { id: mail, kind: email, smtp: \"smtp://127.0.0.1:%d\", plain: true, from: noc@a.example "
    "}\n"
    "  - { id: hook, kind: webhook, url: \"http://{farm}/hook\", secret: { file: "
    "\"{dir}/secret\" }, network: 127.0.0.0/8 }\n"
    "  - { id: chat, kind: slack, url: \"http://{farm}/chat\", network: 127.0.0.0/8, latest_only: "
    "true }\n"
    "  - { id: tool, kind: exec, command: /bin/sh, arguments: [\"-c\", \"cat >{dir}/told.json; "
    "echo $NOC_PLACE:$HOME >&2; exit $(cat {dir}/status)\"], environment: [NOC_PLACE] }\n"
    "audiences:\n"
    "  - { id: public, channels: [hook, tool] }\n"
    "  - { id: partners, channels: [mail] }\n"
    "  - { id: bridge, channels: [chat] }\n"
    "subscribers:\n"
    "  - { id: acme, name: Acme, email: ops@acme.example, audience: partners, regions: [FR], "
    "components: [\"*\"] }\n"
    "  - { id: key, name: Key, email: ops@key.example, audience: partners, regions: [FR], "
    "components: [\"*\"], high_value: true }\n"
    "policy: policy.yaml\n";

static int setup(void **state)
{
	struct rig *r = rig_new();
	char *text;
	struct err e;

	sink = mail_sink_new(r->loop, 0, &e);
	assert_non_null(sink);
	mail_port = mail_sink_port(sink);
	text = xasprintf(config, mail_port);
	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", text);
	rig_write_secret(r, "secret", SECRET "\n");
	rig_write(r, "status", "0");
	free(text);
	farm_set(r->farm, "/hook", "sink 204", NULL);
	farm_set(r->farm, "/chat", "sink 200", NULL);
	setenv("NOC_PLACE", "here", 1);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	mail_sink_free(sink);
	rig_free(*state);
	return 0;
}

static bool open_one(struct peer *p)
{
	return peer_ok(p, "{\"cmd\":\"open\",\"args\":{\"title\":\"secret title\",\"severity\":2,"
			  "\"regions\":[\"FR\"],\"components\":[\"data\"]}}");
}

static bool post(struct peer *p, int incident, bool first, const char *audience, const char *text)
{
	static int number; /* a new client must not repeat an id */
	char *line = xasprintf(
	    "{\"id\":\"u-%d\",\"cmd\":\"update\",\"incident\":\"INC-%d\",\"args\":{\"stage\":\"%"
	    "s\",\"audiences\":["
	    "\"%s\"%s],\"fields\":{\"impact\":\"i\",\"known\":\"k\",\"unknown\":\"u\",\"next\":"
	    "\"n\","
	    "\"customer_actions\":\"c\"},\"text\":{\"%s\":\"%s\"%s%s%s},\"next\":\"30m\"}}",
	    ++number, incident, first ? "initial" : "progress", audience,
	    strcmp(audience, "public") == 0 ? ",\"partners\"" : "", audience, text,
	    strcmp(audience, "public") == 0 ? ",\"partners\":\"" : "",
	    strcmp(audience, "public") == 0 ? text : "",
	    strcmp(audience, "public") == 0 ? "\"" : "");
	bool ok = peer_ok(p, line);

	free(line);
	return ok;
}

static const struct delivery_state *until(
    struct peer *p, const char *destination, const char *state, size_t update)
{
	return delivery_until(p, "INC-1", update, destination, state);
}

/* ---- each by its own way ---- */

static void mails_hang_together_and_programs_are_told(void **state)
{
	struct rig *r = *state;
	const struct mail_got *first, *second;
	const char *detail;
	struct peer *p;
	char *told;

	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(open_one(p));
	assert_true(post(p, 1, true, "public", "[Sev 2] France: no data\\nWe look into it."));
	until(p, "mail", "accepted", 0);
	until(p, "hook", "accepted", 0);
	detail = until(p, "tool", "accepted", 0)->detail;
	assert_non_null(strstr(detail, "here:")); /* and nothing of HOME */
	assert_null(strstr(detail, "/"));
	told = rig_read(r, "told.json");
	assert_non_null(told);
	assert_non_null(strstr(told, "\"id\":\"INC-1.2/tool\""));
	assert_null(strstr(told, "secret title"));
	free(told);
	first = mail_sink_get(sink, 0);
	assert_string_equal(first->to, "ops@key.example\nops@acme.example\n");
	assert_non_null(strstr(first->data, "Message-ID: <INC-1.2_mail@a.example>\r\n"));
	assert_non_null(strstr(first->data, "Subject: [Test NOC] INC-1: France: no data\r\n"));
	assert_null(strstr(first->data, "In-Reply-To"));
	assert_null(strstr(first->data, "secret title"));
	assert_null(strstr(farm_request(r->farm, 0)->body, "secret title"));
	/* Killed in between: the thread is known from the record. */
	peer_free(p);
	rig_kill(r, SIGKILL);
	rig_write(r, "status", "3");
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(post(p, 1, false, "public", "Another first line\\nStill looking."));
	until(p, "mail", "accepted", 1);
	until(p, "tool", "given_up", 1);
	second = mail_sink_get(sink, 1);
	assert_non_null(strstr(second->data, "In-Reply-To: <INC-1.2_mail@a.example>\r\n"));
	assert_non_null(strstr(second->data, "References: <INC-1.2_mail@a.example>\r\n"));
	assert_non_null(strstr(second->data, "Subject: [Test NOC] INC-1: France: no data\r\n"));
	peer_free(p);
}

/* 410: the receiver is gone, nothing more is asked of it, every board says so, and a person who
 * knows better takes it up again. A restart changes nothing of it. */
static void a_receiver_that_is_gone_is_left_alone(void **state)
{
	struct rig *r = *state;
	struct peer *p;

	farm_set(r->farm, "/hook", "sink 410", NULL);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(open_one(p));
	assert_true(post(p, 1, true, "public", "one"));
	until(p, "hook", "given_up", 0);
	peer_alarm(p, "hook is gone");
	assert_true(post(p, 1, false, "public", "two"));
	until(p, "mail", "accepted", 1);
	peer_free(p);
	rig_kill(r, SIGTERM);
	farm_set(r->farm, "/hook", "sink 204", NULL);
	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	peer_alarm(p, "hook is gone");
	assert_int_equal(farm_request_count(r->farm), 1);
	until(p, "hook", "waiting", 1);
	assert_int_equal(RIG_RUN(r, "incident", "retry", "INC-1", "hook", "--update", "2"), 0);
	until(p, "hook", "accepted", 0);
	until(p, "hook", "accepted", 1);
	peer_alarm(p, "");
	assert_int_equal(RIG_RUN(r, "incident", "retry", "INC-1", "hook", "--update", "2"), 5);
	assert_non_null(strstr(buf_str(&r->err), "has arrived"));
	peer_free(p);
}

static bool drained(const struct snapshot *s, void *ctx)
{
	(void)ctx;
	return map_count(s->deliveries) == 0;
}

/* ---- kills between sent and recorded ---- */

static bool one_more(void *ctx)
{
	return farm_request_count(((struct rig *)ctx)->farm) > 0;
}

static void a_kill_repeats_one_delivery_at_most(void **state)
{
	enum { KILLS = 6 };
	struct rig *r = *state;
	struct map *seen = map_new(NULL);
	size_t count, twice = 0;
	struct peer *p;

	assert_true(rig_start(r, NULL));
	p = peer_new(r, NULL);
	assert_true(open_one(p));
	for (int i = 0; i < KILLS; i++) {
		size_t before = farm_request_count(r->farm);
		char text[24];

		snprintf(text, sizeof text, "words %d", i);
		assert_true(post(p, 1, i == 0, "public", text));
		while (farm_request_count(r->farm) == before)
			assert_true(
			    rig_until(r, one_more, r, RIG_WAIT_MS) && loop_run_once(r->loop, true));
		peer_free(p);
		rig_kill(r, SIGKILL);
		assert_true(rig_start(r, NULL));
		p = peer_new(r, NULL);
	}
	assert_true(peer_until(p, drained, NULL, RIG_WAIT_MS));
	count = farm_request_count(r->farm);
	for (size_t i = 0; i < count; i++) {
		const char *id = strstr(farm_request(r->farm, i)->headers, "webhook-id: ");
		char key[64] = "";

		assert_non_null(id);
		snprintf(key, sizeof key, "%.*s", (int)strcspn(id, "\n"), id);
		twice += map_get(seen, key) != NULL;
		map_set(seen, key, r);
	}
	assert_int_equal(map_count(seen), KILLS);
	assert_true(twice <= KILLS);
	map_free(seen);
	peer_free(p);
}

/* ---- hours ---- */

struct ticks {
	struct rig *r;
	size_t hook, mail;
};

static bool both_tried(void *ctx)
{
	const struct ticks *t = ctx;

	return farm_hits(t->r->farm, "/hook") > t->hook && mail_sink_connections(sink) > t->mail;
}

/* Every text once, and those of an incident in their order. `each` gives the i-th text. */
static void check_texts(const char *(*each)(void *ctx, size_t i), void *ctx, size_t count)
{
	int last[INCIDENTS + 1] = { 0 };
	int total = 0;

	for (size_t i = 0; i < count; i++) {
		const char *text = each(ctx, i), *at = strstr(text, "told ");
		int incident = 0, number = 0;

		assert_non_null(at);
		assert_int_equal(sscanf(at, "told %d of INC-%d", &number, &incident), 2);
		assert_in_range(incident, 1, INCIDENTS);
		if (number != last[incident] + 1)
			fail_msg("the %zuth is %d of INC-%d, after %d", i, number, incident,
			    last[incident]);
		last[incident] = number;
		total++;
	}
	assert_int_equal(total, (int)count);
}

static const char *mail_text(void *ctx, size_t i)
{
	(void)ctx;
	return strstr(mail_sink_get(sink, i)->data, "\r\n\r\n");
}

static const char *hook_text(void *ctx, size_t i)
{
	const struct rig *r = ctx;

	return strstr(
	    farm_request(r->farm, i)->body, "\"text\":"); /* the title is the first one's */
}

static bool both_back(void *ctx)
{
	const struct rig *r = ctx;

	return farm_request_count(r->farm) > 0 && mail_sink_count(sink) > 0;
}

/* Time goes on, and once more where the last failure came only after that: what waits is then due
 * later. */
static void move_until(struct peer *p, int64_t ms, bool (*met)(void *ctx), void *ctx)
{
	peer_clock(p, ms);
	if (rig_until(p->rig, met, ctx, 2000))
		return;
	peer_clock(p, ms);
	rig_until(p->rig, met, ctx, RIG_WAIT_MS);
}

/* Mail and receiver are away for four hours while updates (UPDATES=1000 in a soak) are posted; then
 * each arrives once and in order within two minutes. The chat, which was never away, is not held
 * up, and a channel that wants the latest only has passed over the others. */
static void four_hours_without_receivers(void **state)
{
	const char *const now[] = { "--now", "2025-03-10T12:00:00Z", NULL };
	const char *given = getenv("UPDATES");
	int updates = given ? atoi(given) : 200, posted = 0;
	struct rig *r = *state;
	struct ticks t = { .r = r };
	struct peer *p;

	farm_set(r->farm, "/hook", "fail 503", NULL); /* which is not recorded */
	mail_sink_say(sink, "", "421 closed for the day");
	rig_write(r, "status", "0");
	assert_true(rig_start(r, now));
	p = peer_new(r, NULL);
	for (int i = 0; i < INCIDENTS; i++)
		assert_true(open_one(p));
	for (int step = 0; step < STEPS; step++) {
		t.hook = farm_hits(r->farm, "/hook");
		t.mail = mail_sink_connections(sink);
		for (; posted < updates * (step + 1) / STEPS; posted++) {
			int number = posted / INCIDENTS + 1, incident = posted % INCIDENTS + 1;
			char text[64];

			snprintf(text, sizeof text, "told %d of INC-%d", number, incident);
			assert_true(post(p, incident, number == 1, "public", text));
		}
		move_until(p, 600000, both_tried, &t);
		assert_true(both_tried(&t));
	}
	assert_int_equal(mail_sink_count(sink), 0);
	peer_alarm(p, "has taken nothing");
	assert_int_equal(farm_request_count(r->farm), 0);
	farm_set(r->farm, "/hook", "sink 204", NULL);
	mail_sink_say(sink, "", NULL);
	move_until(p, 60000, both_back, r);
	assert_true(peer_until(p, drained, NULL, 3 * RIG_WAIT_MS));
	assert_int_equal(mail_sink_count(sink), updates);
	assert_int_equal(farm_request_count(r->farm), updates);
	check_texts(mail_text, NULL, (size_t)updates);
	check_texts(hook_text, r, (size_t)updates);
	peer_alarm(p, "");
	peer_free(p);
}

/* ---- the latest only ---- */

static void the_latest_only_where_it_is_wanted(void **state)
{
	struct rig *r = *state;
	const char *const now[] = { "--now", "2025-03-10T12:00:00Z", NULL };
	struct peer *p;

	farm_set(r->farm, "/chat", "sink 500", NULL);
	assert_true(rig_start(r, now));
	p = peer_new(r, NULL);
	assert_true(open_one(p));
	assert_true(post(p, 1, true, "bridge", "one"));
	until(p, "chat", "failed", 0);
	assert_true(post(p, 1, false, "bridge", "two"));
	assert_true(post(p, 1, false, "bridge", "three <!channel>"));
	farm_set(r->farm, "/chat", "sink 200", NULL);
	peer_clock(p, 61000);
	until(p, "chat", "superseded", 0);
	until(p, "chat", "superseded", 1);
	until(p, "chat", "accepted", 2);
	assert_int_equal(farm_request_count(r->farm), 2);
	assert_non_null(strstr(farm_request(r->farm, 1)->body, "three &lt;!channel&gt;"));
	peer_free(p);
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(mails_hang_together_and_programs_are_told),
		E2E_TEST(a_receiver_that_is_gone_is_left_alone),
		E2E_TEST(a_kill_repeats_one_delivery_at_most),
		E2E_TEST(four_hours_without_receivers),
		E2E_TEST(the_latest_only_where_it_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
