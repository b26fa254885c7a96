/* Scripts against the engine: what the commands print, and how they end. */
#include "t.h"

#include <signal.h>

#include "base/mem.h"
#include "rig.h"

static int setup(void **state)
{
	struct rig *r = rig_new();

	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", rig_config);
	farm_set(r->farm, "/*", "ok", NULL);
	farm_set(r->farm, "/hook", "sink", NULL);
	assert_true(rig_start(r, NULL));
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

static cJSON *out_json(struct rig *r)
{
	struct err e = { 0 };
	size_t len = r->out.len;
	cJSON *o;

	while (len && r->out.data[len - 1] == '\n')
		len--;
	o = json_parse(buf_str(&r->out), len, &e);
	if (!o)
		fail_msg("%s: %s", e.msg, buf_str(&r->out));
	return o;
}

enum type { STRING, NUMBER, ARRAY, OBJECT, TIME, NULL_OR_NUMBER, NULL_OR_TIME };

struct member {
	const char *pointer;
	enum type type;
};

static bool is_time(const cJSON *v)
{
	struct utc t;

	return cJSON_IsString(v) && utc_parse(v->valuestring, &t) && strlen(v->valuestring) == 24;
}

static bool fits(const cJSON *v, enum type type)
{
	switch (type) {
	case STRING:
		return cJSON_IsString(v);
	case NUMBER:
		return cJSON_IsNumber(v);
	case ARRAY:
		return cJSON_IsArray(v);
	case OBJECT:
		return cJSON_IsObject(v);
	case TIME:
		return is_time(v);
	case NULL_OR_NUMBER:
		return cJSON_IsNull(v) || cJSON_IsNumber(v);
	case NULL_OR_TIME:
		return cJSON_IsNull(v) || is_time(v);
	}
	return false;
}

static void has_members(const cJSON *o, const struct member *want, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!fits(json_pointer(o, want[i].pointer), want[i].type)) {
			char *text = json_text(o);

			fail_msg("%s is missing or of another type in %s", want[i].pointer, text);
		}
}

static int open_one(struct rig *r)
{
	return RIG_RUN(r, "incident", "open", "--title", "No data in France", "--severity", "2",
	    "--regions", "FR,IT", "--components", "data", "--id", "cli-1", "--json");
}

static void status_has_the_shape_that_is_promised(void **state)
{
	static const struct member members[] = { { "/at", TIME }, { "/engine", OBJECT },
		{ "/regions", ARRAY }, { "/regions/0/id", STRING }, { "/regions/0/name", STRING },
		{ "/regions/0/severity", NUMBER }, { "/regions/2/severity", NULL_OR_NUMBER },
		{ "/regions/0/components/0/id", STRING },
		{ "/regions/0/components/0/status", STRING },
		{ "/regions/0/components/0/since", NULL_OR_TIME },
		{ "/regions/0/components/0/latency_ms", NULL_OR_NUMBER }, { "/incidents", ARRAY },
		{ "/incidents/0/id", STRING }, { "/incidents/0/title", STRING },
		{ "/incidents/0/severity", NUMBER }, { "/incidents/0/phase", STRING },
		{ "/incidents/0/roles", OBJECT }, { "/incidents/0/clocks/0/clock", STRING },
		{ "/incidents/0/clocks/0/due", TIME }, { "/incidents/0/clocks/0/state", STRING },
		{ "/incidents/0/clocks/0/remaining_s", NULL_OR_NUMBER }, { "/feeds", ARRAY } };
	struct rig *r = *state;
	cJSON *o;

	assert_int_equal(open_one(r), 0);
	assert_int_equal(RIG_RUN(r, "status", "--json"), 0);
	o = out_json(r);
	has_members(o, members, countof(members));
	assert_int_equal(json_int(json_pointer(o, "/regions/0"), "severity", 0), 2);
	assert_true(cJSON_IsNull(json_pointer(o, "/regions/2/severity")));
	assert_string_equal(
	    json_pointer(o, "/incidents/0/clocks/0/clock")->valuestring, "response");
	cJSON_Delete(o);
	assert_int_equal(RIG_RUN(r, "status"), 0);
	assert_non_null(strstr(buf_str(&r->out), "No data in France"));
	assert_null(strchr(buf_str(&r->out), '\033'));
}

static void incident_does_what_a_key_does(void **state)
{
	static const struct member members[] = { { "/id", STRING }, { "/title", STRING },
		{ "/severity", NUMBER }, { "/phase", STRING }, { "/regions", ARRAY },
		{ "/roles", OBJECT }, { "/clocks", ARRAY } };
	static const struct member answer[] = { { "/events/0/incident", STRING },
		{ "/events/0/version", NUMBER } };
	struct rig *r = *state;
	cJSON *o;

	assert_int_equal(open_one(r), 0);
	o = out_json(r);
	has_members(o, answer, countof(answer));
	cJSON_Delete(o);
	assert_int_equal(open_one(r), 0); /* the same id: recorded once */
	o = out_json(r);
	assert_true(json_bool(o, "duplicate", false));
	assert_string_equal(json_str(json_pointer(o, "/events/0"), "incident"), "INC-1");
	cJSON_Delete(o);
	assert_int_equal(RIG_RUN(r, "incident", "role", "INC-1", "ic", "ana"), 0);
	assert_int_equal(RIG_RUN(r, "incident", "role", "INC-1", "comms", "ana"), 5);
	assert_non_null(strstr(buf_str(&r->err), "nocboard: "));
	assert_int_equal(
	    RIG_RUN(r, "incident", "severity", "INC-1", "1", "--reason", "all of it"), 0);
	assert_int_equal(RIG_RUN(r, "incident", "severity", "INC-1", "1", "--reason", "again"), 5);
	assert_int_equal(RIG_RUN(r, "incident", "note", "INC-9", "x"), 5);
	assert_non_null(strstr(buf_str(&r->err), "nocboard: INC-9: there is no such incident"));
	/* What the rules refuse and what was written wrongly end differently. */
	assert_int_equal(RIG_RUN(r, "incident", "severity", "INC-1", "7", "--reason", "r"), 2);
	assert_int_equal(RIG_RUN(r, "incident", "severity", "INC-1", "2"), 2);
	assert_int_equal(RIG_RUN(r, "incident", "role", "INC-1", "king", "ana"), 2);
	assert_int_equal(RIG_RUN(r, "incident", "note", "INC-1", ""), 2);
	assert_int_equal(RIG_RUN(r, "incident", "note", "INC-1", "t", "--seen", "1x"), 2);
	assert_non_null(strstr(buf_str(&r->err), "--seen: \"1x\" is no version"));
	assert_int_equal(RIG_RUN(r, "engine", "--stop", "--reload"), 2);
	assert_int_equal(RIG_RUN(r, "incident", "note", "INC-1"), 2);
	assert_int_equal(RIG_RUN(r, "incident", "explode", "INC-1"), 2);
	assert_int_equal(RIG_RUN(r, "incident", "show", "INC-1", "--json"), 0);
	o = out_json(r);
	has_members(o, members, countof(members));
	assert_string_equal(json_str(json_get(o, "roles"), "ic"), "ana");
	assert_int_equal(json_int(o, "severity", 0), 1);
	cJSON_Delete(o);
	assert_int_equal(RIG_RUN(r, "incident", "list", "--json"), 0);
	o = out_json(r);
	assert_int_equal(cJSON_GetArraySize(o), 1);
	has_members(o->child, members, countof(members));
	cJSON_Delete(o);
	assert_int_equal(RIG_RUN(r, "incident", "show", "INC-7"), 5);
}

#define UPDATE_FIELDS                                                                              \
	"--field", "impact=No new data sessions in France and Italy.", "--field",                  \
	    "known=New sessions are refused.", "--field", "unknown=The cause.", "--field",         \
	    "next=We look at the signalling links.", "--field",                                    \
	    "customer_actions=Switch mobile data off and on."

static void update_posts_or_shows(void **state)
{
	static const struct member answer[] = { { "/events/0/incident", STRING },
		{ "/events/0/version", NUMBER } };
	struct rig *r = *state;
	cJSON *o, *events;

	assert_int_equal(open_one(r), 0);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--preview", UPDATE_FIELDS), 0);
	assert_non_null(strstr(buf_str(&r->out), "No new data sessions"));
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--field", "nonsense"), 2);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--next", "soon", UPDATE_FIELDS), 2);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--stage", "progress", UPDATE_FIELDS), 5);
	assert_int_equal(RIG_RUN(r, "update", "INC-1", "--json", UPDATE_FIELDS), 0);
	o = out_json(r);
	has_members(o, answer, countof(answer));
	cJSON_Delete(o);
	rig_kill(r, SIGTERM);
	events = rig_events(r);
	assert_int_equal(rig_count(events, "INC-1", "update_posted"), 1);
	cJSON_Delete(events);
	/* Without an engine: a look says so, and is no failure of the journal. */
	assert_int_equal(RIG_RUN(r, "status"), 1);
	assert_non_null(strstr(buf_str(&r->err), "no engine runs on this host"));
}

/* Who names a journal is told that the engine has another one, and nothing is written to that. */
static void another_journal_is_not_this_ones(void **state)
{
	struct rig *r = *state;
	cJSON *o;

	assert_int_equal(open_one(r), 0);
	assert_int_equal(
	    RIG_RUN(r, "-j", "{dir}/other.db", "incident", "note", "INC-1", "not here"), 4);
	assert_non_null(strstr(buf_str(&r->err), "--journal: the engine that runs has "));
	assert_int_equal(RIG_RUN(r, "-j", "{dir}/other.db", "status"), 4);
	assert_int_equal(RIG_RUN(r, "-j", "{dir}/./journal.db", "status", "--json"), 0);
	o = out_json(r);
	assert_non_null(strstr(json_str_or(json_get(o, "engine"), "journal", ""), "/journal.db"));
	cJSON_Delete(o);
	rig_kill(r, SIGTERM);
	o = rig_events(r);
	assert_int_equal(rig_count(o, "INC-1", "note"), 0);
	cJSON_Delete(o);
}

static void a_look_is_at_the_time_that_is_given(void **state)
{
	struct rig *r = *state;
	cJSON *o;

	assert_int_equal(open_one(r), 0);
	assert_int_equal(RIG_RUN(r, "status", "--json", "--now", "2099-03-10T14:20:00Z"), 0);
	o = out_json(r);
	assert_string_equal(json_str(o, "at"), "2099-03-10T14:20:00.000Z");
	assert_string_equal(
	    json_str(json_pointer(o, "/incidents/0/clocks/0"), "state"), "breached");
	cJSON_Delete(o);
	assert_int_equal(
	    RIG_RUN(r, "incident", "list", "--json", "--now", "2099-03-10T14:20:00Z"), 0);
	o = out_json(r);
	assert_string_equal(json_str(json_pointer(o, "/0/clocks/0"), "state"), "breached");
	cJSON_Delete(o);
	assert_int_equal(RIG_RUN(r, "status", "--now", "2001-03-10T14:20:00Z"), 2);
	assert_non_null(strstr(buf_str(&r->err), "--now: that has gone by"));
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(status_has_the_shape_that_is_promised),
		E2E_TEST(incident_does_what_a_key_does),
		E2E_TEST(update_posts_or_shows),
		E2E_TEST(another_journal_is_not_this_ones),
		E2E_TEST(a_look_is_at_the_time_that_is_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
