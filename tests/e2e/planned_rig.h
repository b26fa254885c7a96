/* An engine with planned work that goes to a Statuspage and to both versions of Cachet, imitated,
 * and to PagerDuty and a webhook. Time stands still at 2026-01-01T10:00:00Z until the test moves
 * it. */
#ifndef TESTS_PLANNED_RIG_H
#define TESTS_PLANNED_RIG_H

#include "t.h"

#include "base/mem.h"
#include "delivered.h"
#include "rig.h"
#include "services.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define FROM "2026-02-03T01:00:00.000Z"
#define TO "2026-02-03T03:00:00.000Z"
#define MOVED_FROM "2026-02-04T01:00:00.000Z"
#define MOVED_TO "2026-02-04T03:00:00.000Z"

static struct services *services;

static const enum service pages[] = { STATUSPAGE, CACHET2, CACHET3 };

static const char config[] =
    "noc: { name: Test NOC, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
    "regions: [ { id: FR, name: France, timezone: Europe/Paris } ]\n"
    "components:\n"
    "  - { id: data, name: Mobile data, class: data }\n"
    "  - { id: sms, name: SMS, class: sms }\n"
    "people: [ { id: ana, name: Ana Costa, can: [command, publish] } ]\n"
    "channels:\n"
    "  - { id: pagerduty, kind: pagerduty, url: \"http://{farm}/pagerduty/v2/enqueue\", token: { "
    "file: \"{dir}/token\" }, network: 127.0.0.0/8 }\n"
    "  - { id: statuspage, kind: statuspage, url: \"http://{farm}/statuspage\", token: { file: "
    "\"{dir}/token\" }, page: P1, components: { data: c1, sms: c2 }, network: 127.0.0.0/8, "
    "timeout: 1s }\n"
    "  - { id: cachet2, kind: cachet, version: 2, url: \"http://{farm}/cachet2\", token: { file: "
    "\"{dir}/token\" }, components: { data: \"7\" }, network: 127.0.0.0/8, timeout: 1s, "
    "timezone: Europe/Paris }\n"
    "  - { id: cachet3, kind: cachet, url: \"http://{farm}/cachet3\", token: { file: "
    "\"{dir}/token\" }, components: { data: \"7\" }, network: 127.0.0.0/8, timeout: 1s }\n"
    "  - { id: hook, kind: webhook, url: \"http://{farm}/hook\", secret: { file: \"{dir}/token\" "
    "}, network: 127.0.0.0/8 }\n"
    "audiences:\n"
    "  - { id: public, channels: [pagerduty, statuspage, cachet2, cachet3] }\n"
    "  - { id: partners, channels: [hook] }\n"
    "policy: policy.yaml\n";

static inline int setup(void **state)
{
	static const char *const now[] = { "--now", "2026-01-01T10:00:00Z", NULL };
	struct rig *r = rig_new();

	services = services_new(r->farm);
	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", config);
	rig_write_secret(r, "token", SERVICES_TOKEN "\n");
	farm_set(r->farm, "/hook", "sink 204", NULL);
	if (!rig_start(r, now))
		fail_msg("the engine does not start: %s", r->ready);
	*state = r;
	return 0;
}

static inline int teardown(void **state)
{
	rig_free(*state);
	services_free(services);
	return 0;
}

/* Every word is one of the command's. */
#define TELL(r, ...)                                                                               \
	do {                                                                                       \
		if (RIG_RUN(r, "maintenance", __VA_ARGS__) != 0)                                   \
			fail_msg("%s", buf_str(&(r)->err));                                        \
	} while (0)

/* "MNT-1" on 3 February, 01:00 to 03:00 UTC. */
static inline void plan(struct rig *r, const char *title, const char *impact)
{
	TELL(r, "plan", "--title", title, "--regions", "FR", "--components", "data", "--starts_at",
	    "2026-02-03T01:00:00Z", "--ends_at", "2026-02-03T03:00:00Z", "--risk", "low",
	    "--impact", impact, "--customer_actions", "No action is needed.");
}

/* ---- deliveries ---- */

static inline const struct delivery_state *until(
    struct peer *p, const char *destination, const char *state, size_t notice)
{
	return delivery_until(p, "MNT-1", notice, destination, state);
}

/* The service wants a pause between two. */
static inline void all_accepted(struct peer *p, size_t notice)
{
	for (size_t i = 0; i < countof(pages); i++)
		until(p, service_names[pages[i]], "accepted", notice);
	peer_clock(p, 5000);
}

/* ---- what stands there ---- */

static inline const char *text_at(const cJSON *o, const char *pointer)
{
	const cJSON *at = json_pointer(o, pointer);

	return at ? cJSON_GetStringValue(at) : NULL;
}

static inline void said(const cJSON *o, const char *pointer, const char *text)
{
	const char *there = text_at(o, pointer);

	if (!text)
		assert_null(there);
	else if (!there)
		fail_msg("%s is not there", pointer);
	else
		assert_string_equal(there, text);
}

static inline void says(const cJSON *o, const char *pointer, const char *part)
{
	const char *there = text_at(o, pointer);

	if (!there || !strstr(there, part))
		fail_msg("%s does not say \"%s\" but \"%s\"", pointer, part, there ? there : "");
}

static inline const cJSON *only(enum service s)
{
	const cJSON *kept = services_kept(services, s);

	assert_int_equal(cJSON_GetArraySize(kept), 1);
	return kept->child;
}

static inline int updates_at(enum service s)
{
	return cJSON_GetArraySize(
	    json_get(only(s), s == STATUSPAGE ? "incident_updates" : "updates"));
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
