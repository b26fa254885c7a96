/* Who may do what: logins, permissions, walls, --as, and two people at one incident. */
#include "t.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "domain/command.h"
#include "rig.h"

static int setup(void **state)
{
	struct rig *r = rig_new();

	rig_write(r, "policy.yaml", "send_delay: 0s\n");
	rig_write(r, "nocboard.yaml", rig_config);
	farm_set(r->farm, "/*", "ok", NULL);
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

/* ---- version conflicts ---- */

static void the_second_to_change_a_thing_is_told_who_was_first(void **state)
{
	struct rig *r = *state;
	struct peer *ana, *jon;
	cJSON *events;

	assert_true(rig_start(r, NULL));
	ana = peer_new(r, "\"as\":\"ana\"");
	jon = peer_new(r, "\"as\":\"jon\"");
	assert_true(peer_ok(ana, open_cmd)); /* version 1 */
	assert_true(peer_ok(ana, "{\"cmd\":\"severity\",\"incident\":\"INC-1\",\"seen\":1,\"args\":"
				 "{\"severity\":1,\"reason\":\"worse\"}}")); /* 2 */
	/* The same aspect, from an older look. */
	assert_true(peer_refused(jon,
	    "{\"cmd\":\"severity\",\"incident\":\"INC-1\",\"seen\":1,\"args\":{\"severity\":3,"
	    "\"reason\":\"better\"}}",
	    "conflict"));
	assert_non_null(strstr(json_str(jon->answer, "reason"), "ana"));
	assert_non_null(strstr(json_str(jon->answer, "reason"), "severity"));
	/* Another aspect, from the same look. */
	assert_true(peer_ok(jon, "{\"cmd\":\"role\",\"incident\":\"INC-1\",\"seen\":1,\"args\":{"
				 "\"role\":\"tech\",\"person\":\"jon\"}}")); /* 3 */
	/* What one did oneself, and what the engine did, is in nobody's way. */
	assert_true(peer_ok(ana, "{\"cmd\":\"severity\",\"incident\":\"INC-1\",\"seen\":1,\"args\":"
				 "{\"severity\":2,\"reason\":\"not so bad\"}}")); /* 4 */
	assert_true(peer_ok(jon, "{\"cmd\":\"severity\",\"incident\":\"INC-1\",\"seen\":4,\"args\":"
				 "{\"severity\":1,\"reason\":\"it is\"}}")); /* 5 */
	rig_kill(r, SIGTERM);
	events = rig_events(r);
	assert_int_equal(cJSON_GetArraySize(events), 5);
	assert_int_equal(rig_count(events, "INC-1", "severity_changed"), 3);
	cJSON_Delete(events);
	peer_free(ana);
	peer_free(jon);
}

static bool heard_a_signal(const struct snapshot *s, void *ctx)
{
	const struct snap_incident *inc = snap_incident(s, "INC-1");

	return inc && inc->version > *(int *)ctx;
}

static void the_engine_s_own_events_refuse_nobody(void **state)
{
	struct rig *r = *state;
	struct peer *ana, *jon;
	int version = 2;

	assert_true(rig_start(r, NULL));
	ana = peer_new(r, "\"as\":\"ana\"");
	jon = peer_new(r, "\"as\":\"jon\"");
	assert_true(peer_ok(ana, open_cmd));
	assert_true(peer_ok(ana, "{\"cmd\":\"severity\",\"incident\":\"INC-1\",\"args\":{"
				 "\"severity\":1,\"reason\":\"worse\"}}"));
	farm_set(r->farm, "/data/fr", "fail", NULL);
	assert_true(peer_until(jon, heard_a_signal, &version, RIG_WAIT_MS));
	assert_true(peer_ok(jon, "{\"cmd\":\"severity\",\"incident\":\"INC-1\",\"seen\":2,\"args\":"
				 "{\"severity\":2,\"reason\":\"a part\"}}"));
	peer_free(ana);
	peer_free(jon);
}

/* ---- acting as another ---- */

static const cJSON *event_of(const cJSON *events, int version)
{
	for (const cJSON *ev = events->child; ev; ev = ev->next)
		if (json_int(ev, "version", 0) == version)
			return ev;
	return NULL;
}

static void acting_as_another_records_both_names(void **state)
{
	struct rig *r = *state;
	struct peer *ana;
	cJSON *events;
	const char *own;

	assert_true(rig_start(r, NULL));
	ana = peer_new(r, "\"as\":\"ana\"");
	assert_string_equal(json_str(ana->hello, "person"), "ana");
	assert_true(peer_ok(ana, open_cmd));
	assert_int_equal(RIG_RUN(r, "--as", "jon", "incident", "note", "INC-1", "from jon"), 0);
	assert_int_equal(RIG_RUN(r, "incident", "note", "INC-1", "from me"), 0);
	assert_int_equal(RIG_RUN(r, "--as", "nobody-known", "incident", "note", "INC-1", "x"), 5);
	assert_non_null(strstr(buf_str(&r->err), "no such person"));
	rig_kill(r, SIGTERM);
	events = rig_events(r);
	own = json_str(event_of(events, 3), "actor");
	assert_non_null(own);
	assert_null(json_str(event_of(events, 3), "as"));
	assert_string_equal(json_str(event_of(events, 1), "actor"), "ana");
	assert_string_equal(json_str(event_of(events, 1), "as"), own);
	assert_string_equal(json_str(event_of(events, 2), "actor"), "jon");
	assert_string_equal(json_str(event_of(events, 2), "as"), own);
	assert_int_equal(cJSON_GetArraySize(events), 3);
	cJSON_Delete(events);
	peer_free(ana);
}

/* ---- walls, and other users of the host ---- */

static char *some_command(const struct command_info *info)
{
	return xasprintf("{\"cmd\":\"%s\",\"incident\":\"INC-1\",\"args\":{}}", info->name);
}

static void a_wall_only_shows(void **state)
{
	struct rig *r = *state;
	struct peer *me, *wall;

	assert_true(rig_start(r, NULL));
	me = peer_new(r, NULL);
	assert_true(peer_ok(me, open_cmd));
	wall = peer_new(r, "\"wall\":true");
	assert_int_equal(cJSON_GetArraySize(json_get(wall->hello, "can")), 1);
	assert_non_null(snap_incident(wall->snap, "INC-1"));
	for (const struct command_info *info = command_infos; info->name; info++) {
		char *text = some_command(info);

		assert_true(peer_refused(wall, text, "permission"));
		free(text);
	}
	assert_true(peer_refused(wall, "{\"held\":\"send\",\"id\":\"held-1\"}", "permission"));
	assert_true(peer_refused(wall, "{\"engine\":\"stop\"}", "permission"));
	assert_true(peer_refused(wall, "{\"engine\":\"reload\"}", "permission"));
	assert_true(r->pid != 0);
	peer_free(me);
	peer_free(wall);
}

/* The same program as another user of this host, whom the kernel names. */
static int as_user(struct rig *r, const char *user, const char *const *words)
{
	char *uid = xasprintf("--reuid=%s", user);
	const char *const prefix[] = { "/usr/bin/setpriv", uid, "--clear-groups", NULL };
	int status = rig_run(r, prefix, words);

	free(uid);
	return status;
}

#define AS_USER(r, user, ...) as_user((r), (user), (const char *const[]){ __VA_ARGS__, NULL })

static void the_kernel_says_who_somebody_is(void **state)
{
	struct rig *r = *state;
	struct peer *me;
	cJSON *events;
	char *copy;

	if (geteuid() != 0 || access("/usr/bin/setpriv", X_OK) != 0)
		skip();
	assert_int_equal(chmod(r->dir, 0755), 0);
	assert_true(rig_start(r, NULL));
	me = peer_new(r, NULL);
	assert_true(peer_ok(me, open_cmd));
	/* nobody is Lea, who may look. */
	assert_int_equal(AS_USER(r, "nobody", "status", "--json"), 0);
	copy = xstrdup(buf_str(&r->out));
	assert_non_null(strstr(copy, "INC-1"));
	free(copy);
	assert_int_equal(AS_USER(r, "nobody", "incident", "note", "INC-1", "hello"), 5);
	assert_non_null(
	    strstr(buf_str(&r->err), "needs the permission respond, which lea has not"));
	assert_int_equal(
	    AS_USER(r, "nobody", "incident", "severity", "INC-1", "1", "--reason", "because"), 5);
	assert_non_null(strstr(buf_str(&r->err), "needs the permission command"));
	assert_int_equal(AS_USER(r, "nobody", "engine", "--stop"), 5);
	assert_non_null(strstr(buf_str(&r->err), "admin"));
	assert_int_equal(AS_USER(r, "nobody", "--as", "ana", "incident", "note", "INC-1", "x"), 5);
	assert_non_null(strstr(buf_str(&r->err), "admin"));
	/* A login that the configuration does not know sees nothing at all. */
	assert_int_equal(AS_USER(r, "daemon", "status"), 5);
	assert_non_null(strstr(buf_str(&r->err), "no person in the configuration has your login"));
	assert_null(strstr(buf_str(&r->out), "INC-1"));
	rig_kill(r, SIGTERM);
	events = rig_events(r);
	assert_int_equal(cJSON_GetArraySize(events), 1);
	cJSON_Delete(events);
	peer_free(me);
}

/* ---- lines that are no requests ---- */

static bool all_cells(const struct snapshot *s, void *ctx)
{
	return map_count(s->cells) == *(size_t *)ctx;
}

/* More than a client may have unsent: it comes as fast as it is read. */
static void a_board_gets_all_of_many_cells(void **state)
{
	struct rig *r = rig_new();
	size_t want = 6000;
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_adds(&b,
	    "noc: { journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\nregions:\n");
	for (int i = 0; i < 20; i++)
		buf_addf(&b, "  - { id: R%d, name: Region %d, timezone: Europe/Paris }\n", i, i);
	buf_adds(&b, "components:\n");
	for (int i = 0; i < 300; i++)
		buf_addf(&b,
		    "  - { id: c%d, name: Component %d, class: other, probes: [ { region: \"*\", "
		    "http: "
		    "\"http://{farm}/%d/{region}\", interval: 1h } ] }\n",
		    i, i, i);
	rig_write(r, "nocboard.yaml", buf_str(&b));
	assert_true(rig_start(r, NULL));
	for (int i = 0; i < 3; i++) {
		struct peer *p = peer_new(r, NULL);

		assert_false(p->gone);
		assert_true(peer_until(p, all_cells, &want, RIG_WAIT_MS));
		peer_free(p);
	}
	buf_fini(&b);
	rig_free(r);
}

static void nonsense_is_answered_and_harms_nobody(void **state)
{
	static const char *const lines[] = { "{", "[]", "7", "\"x\"", "{\"cmd\":7}",
		"{\"cmd\":\"explode\",\"id\":\"a\"}", "{\"id\":\"b\"}", "{\"get\":\"timeline\"}",
		"{\"cmd\":\"note\",\"id\":\"c\",\"incident\":\"INC-404\",\"args\":{\"text\":\"x\"}"
		"}",
		"{\"clock\":5}", "{\"held\":\"stop\",\"id\":\"held-9\"}",
		"{\"engine\":\"dance\"}" };
	static const char *const versions[] = { "\"1\"", "-1", "1.5", "1e300", "4294967297" };
	struct rig *r = *state;
	struct peer *p, *q;

	assert_true(rig_start(r, NULL));
	q = peer_new(r, NULL);
	for (size_t i = 0; i < countof(lines); i++) {
		p = peer_new(r, NULL);
		peer_send(p, lines[i]);
		assert_true(peer_refused(p, "{\"cmd\":\"explode\"}", "protocol"));
		peer_free(p);
	}
	assert_true(peer_ok(q, open_cmd));
	/* A version that is none would refuse nobody who acts on what has changed. */
	for (size_t i = 0; i < countof(versions); i++) {
		char *line = xasprintf("{\"cmd\":\"note\",\"incident\":\"INC-1\",\"seen\":%s,"
				       "\"args\":{\"text\":\"x\"}}",
		    versions[i]);

		assert_true(peer_refused(q, line, "protocol"));
		free(line);
	}
	assert_true(r->pid != 0);
	peer_free(q);
}

#define E2E_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(the_second_to_change_a_thing_is_told_who_was_first),
		E2E_TEST(the_engine_s_own_events_refuse_nobody),
		E2E_TEST(acting_as_another_records_both_names),
		E2E_TEST(a_wall_only_shows),
		E2E_TEST(the_kernel_says_who_somebody_is),
		cmocka_unit_test(a_board_gets_all_of_many_cells),
		E2E_TEST(nonsense_is_answered_and_harms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
