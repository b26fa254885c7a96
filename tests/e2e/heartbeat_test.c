/* Heartbeats: a way out that is dead is told before an update has to go there, and no customer
 * reads any of them. */
#include "t.h"

#include <signal.h>

#include "base/mem.h"
#include "net/farm_mail.h"
#include "rig.h"
#include "services.h"

#define MINUTE_MS 60000

static struct services *services;
static struct mail_sink *sink;

static const char config[] =
    "noc: { name: Test NOC, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
    "components: [ { id: data, name: Mobile data, class: data } ]\n"
    "people: [ { id: ana, name: Ana Costa, can: [command, publish] } ]\n"
    "channels:\n"
    "  - { id: mail, kind: email, smtp: \"smtp://127.0.0.1:%d\", plain: true, from: noc@a.example, "
    "to: [all@a.example], heartbeat: 10m }\n"
    "  - { id: hook, kind: webhook, url: \"http://{farm}/hook\", secret: { file: \"{dir}/token\" "
    "}, network: 127.0.0.0/8, heartbeat: 10m }\n"
    "  - { id: tool, kind: exec, command: /bin/sh, arguments: [\"-c\", \"cat >{dir}/told.json\"], "
    "heartbeat: 10m }\n"
    "  - { id: statuspage, kind: statuspage, url: \"http://{farm}/statuspage\", token: { file: "
    "\"{dir}/token\" }, page: P1, network: 127.0.0.0/8, heartbeat: 10m }\n"
    "  - { id: cachet3, kind: cachet, url: \"http://{farm}/cachet3\", token: { file: "
    "\"{dir}/token\" }, network: 127.0.0.0/8, heartbeat: 10m }\n"
    "  - { id: slack, kind: slack, url: \"http://{farm}/slack/api\", token: { file: "
    "\"{dir}/token\" }, channel: C0PARTNERS, network: 127.0.0.0/8, heartbeat: 10m }\n"
    "audiences: [ { id: public, channels: [mail, hook, tool, statuspage, cachet3, slack] } ]\n"
    "policy: policy.yaml\n";

static int setup(void **state)
{
	struct rig *r = rig_new();
	char *text;
	struct err e;

	services = services_new(r->farm);
	sink = mail_sink_new(r->loop, 0, &e);
	assert_non_null(sink);
	text = xasprintf(config, mail_sink_port(sink));
	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", text);
	rig_write_secret(r, "token", SERVICES_TOKEN "\n");
	farm_set(r->farm, "/hook", "sink 204", NULL);
	free(text);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	mail_sink_free(sink);
	rig_free(*state);
	services_free(services);
	return 0;
}

static struct peer *start(struct rig *r)
{
	static const char *const now[] = { "--now", "2025-03-10T12:00:00Z", NULL };

	if (!rig_start(r, now))
		fail_msg("the engine does not start: %s", r->ready);
	return peer_new(r, NULL);
}

static size_t asked(enum service s)
{
	return (size_t)cJSON_GetArraySize(services_said(services, s));
}

/* Requests to the webhook alone. */
static size_t hooked(const struct rig *r)
{
	return farm_request_count(r->farm) - asked(STATUSPAGE) - asked(CACHET3) - asked(SLACK);
}

struct rounds {
	struct rig *rig;
	size_t n;
};

static bool so_many(void *ctx)
{
	const struct rounds *w = ctx;
	char *told = rig_read(w->rig, "told.json");
	bool yes = told && *told;

	free(told);
	return yes && hooked(w->rig) == w->n && mail_sink_count(sink) == w->n &&
	       asked(STATUSPAGE) == w->n && asked(CACHET3) == w->n && asked(SLACK) == w->n;
}

static const struct farm_request *hook_request(const struct rig *r, size_t n)
{
	for (size_t i = 0; i < farm_request_count(r->farm); i++)
		if (strcmp(farm_request(r->farm, i)->path, "/hook") == 0 && n-- == 0)
			return farm_request(r->farm, i);
	fail_msg("the webhook was not called so often");
	return NULL;
}

static void each_way_is_tried_on_a_schedule(void **state)
{
	struct rig *r = *state;
	struct rounds w = { r, 1 };
	struct peer *p = start(r);
	const struct mail_got *mail;
	char *told;
	cJSON *events;

	assert_true(rig_until(r, so_many, &w, RIG_WAIT_MS));
	assert_non_null(strstr(hook_request(r, 0)->body, "{\"type\":\"heartbeat\""));
	assert_non_null(
	    strstr(hook_request(r, 0)->headers, "webhook-id: heartbeat/hook/1741608000\n"));
	assert_non_null(strstr(hook_request(r, 0)->headers, "webhook-signature: v1,"));
	mail = mail_sink_get(sink, 0);
	assert_string_equal(mail->to, "noc@a.example\n"); /* and not who gets the updates */
	assert_non_null(strstr(mail->data, "Subject: [Test NOC] heartbeat of mail\r\n"));
	told = rig_read(r, "told.json");
	assert_non_null(strstr(told, "\"type\":\"heartbeat\""));
	free(told);
	assert_string_equal(
	    json_str(services_said(services, SLACK)->child, "path"), "/slack/api/auth.test");
	for (int s = 0; s < SERVICES; s++) {
		assert_int_equal(services_writes(services, s), 0);
		assert_int_equal(cJSON_GetArraySize(services_kept(services, s)), 0);
	}
	/* Not before its time, and then once. */
	peer_clock(p, 9 * MINUTE_MS);
	peer_clock(p, MINUTE_MS);
	w.n = 2;
	assert_true(rig_until(r, so_many, &w, RIG_WAIT_MS));
	assert_non_null(
	    strstr(hook_request(r, 1)->headers, "webhook-id: heartbeat/hook/1741608600\n"));
	peer_free(p);
	rig_kill(r, SIGTERM);
	events = rig_events(r);
	assert_int_equal(cJSON_GetArraySize(events), 0); /* it is no part of the record */
	cJSON_Delete(events);
}

static bool logged(void *ctx)
{
	char *log = rig_read(ctx, "engine.log"), *line = log;
	bool yes = false;

	while (line && !yes && (line = strstr(line, "heartbeat-lost"))) {
		yes = memmem(line, strcspn(line, "\n"), "mail", 4) != NULL;
		line += strlen("heartbeat-lost");
	}
	free(log);
	return yes;
}

static bool one_mark_more(const struct snapshot *s, void *ctx)
{
	(void)s;
	return --*(int *)ctx < 0;
}

/* Nothing waits to be sent, and all the same it is known after the time that the channel names. */
static void a_dead_way_is_an_alarm(void **state)
{
	struct rig *r = *state;
	struct peer *p;
	int marks = 2;

	mail_sink_say(sink, "", "421 closed for the day");
	services_lock(services, SLACK, true);
	p = start(r);
	assert_true(rig_until(r, logged, r, RIG_WAIT_MS));
	/* Closed to us: that is told at once. */
	peer_alarm(p, "slack takes no heartbeat, for 0 min: it does not accept our token");
	peer_clock(p, 14 * MINUTE_MS);
	peer_alarm(p, "slack takes no heartbeat, for 14 min");
	assert_true(peer_until(p, one_mark_more, &marks, RIG_WAIT_MS));
	for (size_t i = 0; i < p->snap->engine->alarm_count; i++)
		assert_null(strstr(p->snap->engine->alarms[i], "mail takes"));
	peer_clock(p, MINUTE_MS);
	peer_alarm(p, "mail takes no heartbeat, for 15 min: ");
	assert_int_equal(mail_sink_count(sink), 0);
	/* The same one arrives when the way is open again, and the alarm goes. */
	mail_sink_say(sink, "", NULL);
	services_lock(services, SLACK, false);
	peer_clock(p, MINUTE_MS + 1000);
	peer_alarm(p, "");
	assert_non_null(strstr(
	    mail_sink_get(sink, 0)->data, "Message-ID: <heartbeat_mail_1741608000@a.example>\r\n"));
	peer_free(p);
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(each_way_is_tried_on_a_schedule),
		E2E_TEST(a_dead_way_is_an_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
