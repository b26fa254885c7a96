#include "rig.h"

#define UPDATE(stage)                                                                              \
	"{\"stage\":\"" stage                                                                      \
	"\",\"status\":\"investigating\",\"text\":{\"public\":\"x\"},\"audiences\":[\"public\"],"  \
	"\"channels\":[\"page\"]}"
#define ROLE(role) "{\"role\":\"" role "\",\"person\":\"maria\",\"override\":\"alone\"}"

static void says(struct engine *g, const char *part)
{
	const char *hint = hint_next(g);

	if (!strstr(hint, part))
		fail_msg("\"%s\" where \"%s\" is next", hint, part);
}

/* The whole night, step by step: each hint asks for what comes next, and what was asked for is
 * never asked for again. */
static const struct {
	const char *actor;
	enum event_kind kind;
	const char *body, *next;
} night[] = {
	{ "engine", EVENT_OPENED, RIG_CANDIDATE, "press a to take it" },
	{ "maria", EVENT_ACKNOWLEDGED, "{}", "give the role IC" },
	{ "maria", EVENT_ROLE_ASSIGNED, ROLE("ic"), "press P to write the first update" },
	{ "maria", EVENT_UPDATE_POSTED, UPDATE("initial"), "comms lead" },
	{ "maria", EVENT_ROLE_ASSIGNED, ROLE("comms"), "tier 2 runs: press E" },
	{ "maria", EVENT_ESCALATED, "{\"tier\":2}", "technical lead: press c" },
	{ "maria", EVENT_ROLE_ASSIGNED, ROLE("tech"), "Tier 3" },
	{ "maria", EVENT_CARRIER_INVOLVED, "{\"carrier\":\"orange-fr\"}", "was not called yet" },
	{ "maria", EVENT_ESCALATED, "{\"carrier\":\"orange-fr\"}", "U when nothing changed" },
	{ "engine", EVENT_SIGNAL, "{\"source\":\"probe:data/FR\",\"status\":\"major_outage\"}",
	    "U when nothing changed" },
	{ "engine", EVENT_SIGNAL, "{\"source\":\"probe:data/FR\",\"status\":\"operational\"}",
	    "press R to record" },
	{ "maria", EVENT_RESTORED, "{\"workaround\":false}", "works again: press P" },
	{ "maria", EVENT_UPDATE_POSTED, UPDATE("restored"), "press X to resolve" },
	{ "maria", EVENT_RESOLVED, "{\"fix\":\"y\"}", "it is over: press P" },
	{ "maria", EVENT_UPDATE_POSTED, UPDATE("resolved"), "Read the whole story" },
	{ "maria", EVENT_CLOSED, "{}", "All is calm" },
};

static void the_night_step_by_step(void **state)
{
	struct engine *g = rig_new(NULL);

	(void)state;
	says(g, "All is calm");
	for (size_t i = 0; i < countof(night); i++) {
		rig_tell(g, "INC-1", night[i].actor, night[i].kind, night[i].body);
		says(g, night[i].next);
	}
	rig_free(g);
}

/* It is not calm while something fails that no candidate was opened for yet. */
static void what_fails_is_not_calm(void **state)
{
	const struct detect_target target = { .id = "probe:p",
		.component = "data",
		.region = "FR",
		.component_name = "Mobile data",
		.region_name = "France",
		.klass = "data",
		.fail_after = 1 };
	const struct detect_observation fell = { .target = "probe:p",
		.at = { RIG_NOON },
		.status = STATUS_MAJOR,
		.latency_ms = -1,
		.detail = "answered 503" };
	struct detect_findings found = { 0 };
	struct engine *g = rig_new(NULL);

	(void)state;
	g->detect = detect_new(DETECT_SETTINGS);
	detect_targets(g->detect, &target, 1);
	says(g, "All is calm");
	detect_run(g->detect, &fell, 1, NULL, 0, clock_utc(), &found);
	says(g, "Something fails");
	detect_findings_fini(&found);
	detect_free(g->detect);
	g->detect = NULL;
	rig_free(g);
}

static void what_is_held_comes_first(void **state)
{
	struct engine *g = rig_new(NULL);
	cJSON *args = cJSON_CreateObject();
	const struct held *h;
	struct err e;

	(void)state;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	rig_tell(g, "INC-1", "maria", EVENT_ROLE_ASSIGNED, ROLE("ic"));
	h = notify_hold(
	    g, "INC-1", &(struct command){ "update", "maria", NULL, 2, args }, "c-1", NULL);
	assert_non_null(h);
	says(g, "u stops it");
	assert_true(notify_held(g, "held-1", "stop", "maria", &e));
	says(g, "press P to write the first update");
	cJSON_Delete(args);
	rig_free(g);
}

/* An open incident before a resolved one, the worse before the lesser, and nothing of what is over.
 */
static void the_worst_is_meant(void **state)
{
	struct engine *g = rig_new(NULL);

	(void)state;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED,
	    "{\"title\":\"a\",\"severity\":3,\"regions\":[\"FR\"],\"components\":[\"data\"],"
	    "\"started_at\":\"2025-03-10T12:00:00Z\"}");
	says(g, "INC-1: ");
	rig_tell(g, "INC-2", "maria", EVENT_OPENED, RIG_OPENED);
	says(g, "INC-2: ");
	rig_tell(g, "INC-2", "maria", EVENT_RESOLVED, "{}");
	says(g, "INC-1: ");
	rig_tell(g, "INC-1", "maria", EVENT_DISMISSED, "{\"reason\":\"x\"}");
	says(g, "INC-2: ");
	rig_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_night_step_by_step),
		cmocka_unit_test(what_fails_is_not_calm),
		cmocka_unit_test(what_is_held_comes_first),
		cmocka_unit_test(the_worst_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
