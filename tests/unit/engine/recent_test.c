/* What boards follow: the newest things over everything, in so many places. */
#include "rig.h"

/* The `back`th before the newest, as a board gets it; NULL: none. */
static struct snap_recent *told(struct engine *g, int back)
{
	int64_t order[RECENT_MAX + 1] = { 0 }; /* numbers of the newest ones, falling */
	struct snap_recent *r;
	struct err e = { 0 };
	char id[16], *line;
	int place = -1;
	cJSON *o;

	for (int n = 0; n <= back; n++)
		for (int i = 0; i < RECENT_MAX; i++)
			if (g->recent[i].number > order[n] &&
			    (n == 0 || g->recent[i].number < order[n - 1])) {
				order[n] = g->recent[i].number;
				place = n == back ? i : -1;
			}
	snprintf(id, sizeof id, "%d", place);
	line = place < 0 ? NULL : object_line(g, WIRE_RECENT, id);
	if (!line)
		return NULL;
	o = json_parse(line, strlen(line), &e);
	r = wire_read(WIRE_RECENT, o, &e);
	assert_non_null(r);
	cJSON_Delete(o);
	free(line);
	return r;
}

static void assert_told(
    struct engine *g, int back, const char *stream, const char *actor, const char *text)
{
	struct snap_recent *r = told(g, back);

	assert_non_null(r);
	assert_string_equal(r->stream ? r->stream : "", stream);
	assert_string_equal(r->actor, actor);
	assert_string_equal(r->text, text);
	wire_free(WIRE_RECENT, r);
}

static void events_of_any_stream_and_what_is_no_event(void **state)
{
	struct engine *g = rig_new(NULL);

	(void)state;
	rig_tell(g, "INC-1", "engine", EVENT_OPENED, RIG_CANDIDATE);
	rig_tell(g, "INC-2", "maria", EVENT_OPENED, RIG_OPENED);
	rig_tell(g, "INC-1", "ana", EVENT_ACKNOWLEDGED, "{}");
	clock_advance(5000);
	recent_say(g, "engine", "", xstrdup("configuration taken anew"));
	recent_say(g, "ana", "INC-1", xstrdup("stopped the initial update:\n\033[31mnot sent"));
	assert_told(g, 0, "INC-1", "ana", "stopped the initial update: [31mnot sent");
	assert_told(g, 1, "", "engine", "configuration taken anew");
	assert_told(g, 2, "INC-1", "ana", "acknowledged");
	assert_told(
	    g, 3, "INC-2", "maria", "opened as Sev 1: No data (FR / data), seen by operator");
	assert_told(
	    g, 4, "INC-1", "engine", "opened as Sev 1: No data (FR / data), seen by our probe");
	assert_null(told(g, 5));
	rig_free(g);
}

static void count(void *ctx, enum wire_kind kind, const char *id)
{
	(void)kind;
	(void)id;
	++*(int *)ctx;
}

#define SIGNAL(detail)                                                                             \
	"{\"source\":\"probe:data/FR\",\"status\":\"major_outage\",\"component\":\"data\","        \
	"\"region\":\"FR\",\"detail\":\"" detail "\"}"

/* A storm of signals does not push away what people did, whatever comes between them. */
static void signals_of_one_incident_share_a_place(void **state)
{
	struct engine *g = rig_new(NULL);
	struct snap_recent *r;
	int places = 0;

	(void)state;
	rig_tell(g, "INC-1", "engine", EVENT_OPENED, RIG_CANDIDATE);
	rig_tell(g, "INC-2", "engine", EVENT_OPENED, RIG_CANDIDATE);
	for (int i = 0; i < 100; i++) {
		rig_tell(g, "INC-1", "engine", EVENT_SIGNAL, SIGNAL("HTTP 500"));
		rig_tell(g, "INC-2", "engine", EVENT_SIGNAL, SIGNAL("HTTP 500"));
	}
	rig_tell(g, "INC-1", "engine", EVENT_SIGNAL, SIGNAL("timed out"));
	r = told(g, 0);
	assert_string_equal(r->stream, "INC-1");
	assert_int_equal(r->more, 100);
	assert_non_null(strstr(r->text, "timed out"));
	wire_free(WIRE_RECENT, r);
	r = told(g, 1);
	assert_string_equal(r->stream, "INC-2");
	assert_int_equal(r->more, 99);
	wire_free(WIRE_RECENT, r);
	object_recent_ids(g, count, &places);
	assert_int_equal(places, 4);
	rig_free(g);
}

#define TRY(to, state, attempts)                                                                   \
	"{\"update\":3,\"destination\":\"" to "\",\"state\":\"" state "\",\"attempts\":" attempts  \
	"}"

/* Nor does a channel that fails all night. */
static void tries_of_one_delivery_share_a_place(void **state)
{
	struct engine *g = rig_new(NULL);
	int places = 0;

	(void)state;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	for (int i = 0; i < 60; i++) {
		rig_tell(g, "INC-1", "engine", EVENT_DELIVERY, TRY("page", "failed", "7"));
		rig_tell(g, "INC-1", "engine", EVENT_DELIVERY, TRY("mail", "failed", "7"));
	}
	rig_tell(g, "INC-1", "engine", EVENT_DELIVERY, TRY("page", "accepted", "8"));
	assert_told(g, 0, "INC-1", "engine", "update #3 to page: accepted after 8 attempts");
	assert_told(g, 1, "INC-1", "engine", "update #3 to mail: failed after 7 attempts");
	object_recent_ids(g, count, &places);
	assert_int_equal(places, 3);
	rig_free(g);
}

static void the_oldest_gives_its_place(void **state)
{
	struct engine *g = rig_new(NULL);
	int places = 0;

	(void)state;
	for (int i = 0; i < 3 * RECENT_MAX + 7; i++)
		recent_say(g, "engine", "", xasprintf("number %d", i));
	object_recent_ids(g, count, &places);
	assert_int_equal(places, RECENT_MAX);
	assert_told(g, 0, "", "engine", "number 156");
	assert_told(g, RECENT_MAX - 1, "", "engine", "number 107");
	rig_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_any_stream_and_what_is_no_event),
		cmocka_unit_test(signals_of_one_incident_share_a_place),
		cmocka_unit_test(tries_of_one_delivery_share_a_place),
		cmocka_unit_test(the_oldest_gives_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
