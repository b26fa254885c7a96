#include "rig.h"

#include "base/utf8.h"

/* What went over the socket, as a board reads it. */
static void *received(enum wire_kind kind, char *line)
{
	struct err e = { 0 };
	cJSON *o = json_parse(line, strlen(line), &e);
	void *object = o ? wire_read(kind, o, &e) : NULL;

	if (!object)
		fail_msg("%s", e.msg);
	assert_string_equal(json_str(o, "o"), wire_name(kind));
	cJSON_Delete(o);
	free(line);
	return object;
}

/* A text that JSON doubles, with a mark at its start. */
static char *huge(const char *mark, size_t len)
{
	char *text = xmalloc(len + 1);

	memset(text, '"', len);
	memcpy(text, mark, strlen(mark));
	text[len] = '\0';
	return text;
}

static void tell_huge(struct engine *g, enum event_kind kind, const char *member, const char *more)
{
	char *text = huge(member, 8000);
	cJSON *body = json_parse(more, strlen(more), NULL);
	char *whole;

	json_put_str(body, member, text);
	whole = json_text(body);
	rig_tell(g, "INC-1", "maria", kind, whole);
	free(whole);
	cJSON_Delete(body);
	free(text);
}

static void post(struct engine *g, int number, size_t len)
{
	char *text = huge("posted", len);
	cJSON *body = cJSON_CreateObject(), *by = cJSON_CreateObject(),
	      *fields = cJSON_CreateObject();
	static char public[] = "public", page[] = "page";
	char *ids[] = { public }, *channels[] = { page };
	char *whole;

	json_put_str(body, "stage", number ? "progress" : "initial");
	json_put_str(body, "status", "investigating");
	json_put_str(by, "public", text);
	json_put(body, "text", by);
	json_put_str(fields, "impact", text);
	json_put(body, "fields", fields);
	json_put_strs(body, "audiences", ids, 1);
	json_put_strs(body, "channels", channels, 1);
	whole = json_text(body);
	rig_tell(g, "INC-1", "maria", EVENT_UPDATE_POSTED, whole);
	free(whole);
	cJSON_Delete(body);
	free(text);
}

static void an_incident_is_told_whole(void **state)
{
	struct engine *g = rig_new(NULL);
	struct snap_incident *inc;

	(void)state;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	for (int i = 0; i < 7; i++)
		post(g, i, 100);
	inc = received(WIRE_INCIDENT, object_line(g, WIRE_INCIDENT, "INC-1"));
	assert_int_equal(inc->version, 8);
	assert_int_equal(inc->phase, PHASE_OPEN);
	assert_int_equal(inc->update_count, 5); /* the last five of seven */
	assert_int_equal(inc->updates_total, 7);
	assert_int_equal(inc->updates[4].version, 8);
	assert_int_equal(inc->updates[4].delivery_count, 1);
	assert_string_equal(inc->updates[4].deliveries[0].destination, "page");
	assert_true(inc->clocks.count >= 4);
	assert_int_equal(inc->clocks.items[0].kind, CLOCK_RESPONSE);
	assert_int_equal(inc->clocks.items[0].state, CLOCK_MET);
	assert_int_equal(inc->touched_at.ms, RIG_NOON);
	wire_free(WIRE_INCIDENT, inc);
	assert_null(object_line(g, WIRE_INCIDENT, "INC-2"));
	rig_free(g);
}

static void huge_updates_fit_a_line(void **state)
{
	struct engine *g = rig_new(NULL);
	struct snap_incident *inc;
	char *line;

	(void)state;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	for (int i = 0; i < 5; i++)
		post(g, i, 8000);
	line = object_line(g, WIRE_INCIDENT, "INC-1");
	assert_true(strlen(line) < IPC_LINE_MAX);
	inc = received(WIRE_INCIDENT, line);
	assert_in_range(inc->update_count, 1, 4);
	assert_int_equal(inc->updates_total, 5);
	assert_int_equal(inc->updates[inc->update_count - 1].version, 6); /* the newest stays */
	assert_int_equal(
	    strlen(json_str(inc->updates[inc->update_count - 1].text, "public")), 8000);
	wire_free(WIRE_INCIDENT, inc);
	rig_free(g);
}

static void whatever_is_recorded_fits_a_line(void **state)
{
	struct engine *g = rig_new(NULL);
	struct snap_incident *inc;
	const char *last;
	char *line, id[60];

	(void)state;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	tell_huge(g, EVENT_HYPOTHESIS, "text", "{}");
	tell_huge(g, EVENT_RESTORED, "residual", "{\"workaround\":true}");
	for (int i = 0; i < 300; i++) {
		snprintf(id, sizeof id, "{\"id\":\"a%d\"}", i);
		tell_huge(g, EVENT_ACTION, "text", id);
	}
	post(g, 0, 30000);
	line = object_line(g, WIRE_INCIDENT, "INC-1");
	assert_true(strlen(line) < IPC_LINE_MAX);
	inc = received(WIRE_INCIDENT, line);
	assert_string_equal(inc->id, "INC-1");
	assert_int_equal(inc->update_count, 1); /* cut, but there */
	last = json_str(inc->updates[0].text, "public");
	assert_true(strncmp(last, "posted", 6) == 0);
	assert_string_equal(last + strlen(last) - strlen("…"), "…");
	assert_true(inc->action_count > 0);
	assert_string_equal(inc->actions[inc->action_count - 1].id, "a299"); /* the newest */
	assert_true(utf8_valid(inc->hypothesis, strlen(inc->hypothesis)));
	assert_true(inc->clocks.count >= 4);
	wire_free(WIRE_INCIDENT, inc);
	rig_free(g);
}

static void a_long_timeline_keeps_its_end(void **state)
{
	struct engine *g = rig_new(NULL);
	struct err e = { 0 };
	const struct incident *inc;
	const cJSON *lines;
	cJSON *o;
	char *text;

	(void)state;
	inc = rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	o = object_timeline(inc->id, &inc->events);
	assert_int_equal(cJSON_GetArraySize(json_get(o, "lines")), 1);
	assert_false(json_bool(o, "more", true));
	cJSON_Delete(o);
	for (int i = 0; i < 500; i++)
		inc = rig_tell(g, "INC-1", "maria", EVENT_NOTE, "{\"text\":\"short\"}");
	o = object_timeline(inc->id, &inc->events);
	lines = json_get(o, "lines");
	assert_int_equal(cJSON_GetArraySize(lines), 400);
	assert_true(json_bool(o, "more", false));
	assert_int_equal(json_int(cJSON_GetArrayItem(lines, 399), "version", 0), 501);
	cJSON_Delete(o);
	for (int i = 0; i < 300; i++)
		tell_huge(g, EVENT_NOTE, "text", "{}");
	inc = engine_live(g, "INC-1")->inc;
	o = object_timeline(inc->id, &inc->events);
	text = json_text(o);
	assert_true(strlen(text) < IPC_LINE_MAX);
	lines = json_get(o, "lines");
	assert_in_range(cJSON_GetArraySize(lines), 20, 299);
	assert_int_equal(
	    json_int(cJSON_GetArrayItem(lines, cJSON_GetArraySize(lines) - 1), "version", 0), 801);
	cJSON_Delete(o);
	o = json_parse(text, strlen(text), &e);
	assert_non_null(o);
	cJSON_Delete(o);
	free(text);
	rig_free(g);
}

/* A configuration with more people than a line has room for, and a region with a very long text. */
static void large_configurations_fit_a_line(void **state)
{
	struct buf text;
	struct engine *g;
	struct snap_noc *n;
	struct snap_region *r;
	char *line;

	(void)state;
	buf_init(&text, 0);
	buf_adds(&text, "regions: [ { id: FR, name: France, workaround: \"");
	for (int i = 0; i < 60000; i++)
		buf_addc(&text, 'w');
	buf_adds(&text, "\" } ]\ncomponents: [ { id: data } ]\npeople:\n");
	for (int i = 0; i < 2000; i++)
		buf_addf(&text, "  - { id: p%d, name: Person %d, phone: \"+44 20 5550 %04d\" }\n",
		    i, i, i);
	g = rig_new(buf_str(&text));
	line = object_line(g, WIRE_NOC, "noc");
	assert_true(strlen(line) < IPC_LINE_MAX);
	n = received(WIRE_NOC, line);
	assert_true(n->person_count >= 100);
	assert_string_equal(n->severity[0].target[TARGET_RESPONSE], "15m");
	assert_int_equal(n->tier_count, 3);
	wire_free(WIRE_NOC, n);
	line = object_line(g, WIRE_REGION, "FR");
	assert_true(strlen(line) < IPC_LINE_MAX);
	r = received(WIRE_REGION, line);
	assert_string_equal(r->id, "FR");
	assert_true(strlen(r->workaround) >= 1000);
	wire_free(WIRE_REGION, r);
	buf_fini(&text);
	rig_free(g);
}

static void held_updates_are_told(void **state)
{
	static const char held_args[] =
	    "{\"stage\":\"initial\",\"text\":{\"public\":\"We look.\"},\"audiences\":[\"public\"]}";
	struct engine *g = rig_new(NULL);
	cJSON *args = json_parse(held_args, sizeof held_args - 1, NULL);
	struct snap_held *h;
	struct err e = { 0 };

	(void)state;
	assert_non_null(args);
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	notify_hold(g, "INC-1", &(struct command){ "update", "maria", NULL, 1, args }, "c-1", NULL);
	h = received(WIRE_HELD, object_line(g, WIRE_HELD, "held-1"));
	assert_string_equal(h->incident, "INC-1");
	assert_string_equal(h->by, "maria");
	assert_string_equal(h->what, "initial update");
	assert_int_equal(h->release_at.ms, RIG_NOON + 8000);
	assert_string_equal(json_str(h->text, "public"), "We look.");
	assert_int_equal(h->channel_count, 1);
	assert_string_equal(h->channels[0], "page");
	wire_free(WIRE_HELD, h);
	assert_false(notify_held(g, "held-1", "shake", "maria", &e));
	assert_true(notify_held(g, "held-1", "stop", "maria", &e));
	assert_null(object_line(g, WIRE_HELD, "held-1"));
	assert_false(notify_held(g, "held-1", "stop", "maria", &e));
	assert_non_null(strstr(e.msg, "not waiting any more"));
	cJSON_Delete(args);
	rig_free(g);
}

static void count(void *ctx, enum wire_kind kind, const char *id)
{
	int *counts = ctx;

	assert_non_null(id);
	counts[kind]++;
}

static void every_object_has_an_id(void **state)
{
	struct engine *g = rig_new(NULL);
	int counts[WIRE_KINDS] = { 0 };

	(void)state;
	rig_tell(g, "INC-1", "maria", EVENT_OPENED, RIG_OPENED);
	rig_tell(g, "INC-2", "maria", EVENT_OPENED, RIG_OPENED);
	rig_tell(g, "INC-2", "maria", EVENT_DISMISSED, "{\"reason\":\"x\"}");
	for (int k = 0; k < WIRE_KINDS; k++)
		object_ids(g, (enum wire_kind)k, count, counts);
	assert_int_equal(counts[WIRE_NOC], 1);
	assert_int_equal(counts[WIRE_ENGINE], 1);
	assert_int_equal(counts[WIRE_REGION], 1);
	assert_int_equal(counts[WIRE_COMPONENT], 1);
	assert_int_equal(counts[WIRE_CARRIER], 1);
	assert_int_equal(counts[WIRE_INCIDENT], 2);
	clock_advance(3600000); /* what is over for an hour is not shown any more */
	memset(counts, 0, sizeof counts);
	object_ids(g, WIRE_INCIDENT, count, counts);
	assert_int_equal(counts[WIRE_INCIDENT], 1);
	rig_free(g);
}

/* Names of a journal that was written elsewhere: nothing of them reaches a terminal. */
static void names_are_told_clean(void **state)
{
	struct engine *g = rig_new(NULL);
	const struct incident *inc;
	struct arena *a = arena_new();
	cJSON *o;
	char *text;

	(void)state;
	rig_tell(g, "INC-1", "ma\x1b[31mria", EVENT_OPENED, RIG_OPENED);
	inc = rig_tell(g, "INC-1", "maria", EVENT_CARRIER_INVOLVED,
	    "{\"carrier\":\"o2\\u001b[31m\\u202e\",\"reason\":\"r\"}");
	o = object_timeline(inc->id, &inc->events);
	assert_string_equal(json_str(json_pointer(o, "/lines/0"), "actor"), "ma[31mria");
	cJSON_Delete(o);
	text = object_incident(g, a, "INC-1");
	assert_non_null(strstr(text, "o2[31m\""));
	assert_null(strstr(strstr(text, "\"clocks\""), "o2\\u001b"));
	free(text);
	arena_free(a);
	rig_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_incident_is_told_whole),
		cmocka_unit_test(huge_updates_fit_a_line),
		cmocka_unit_test(whatever_is_recorded_fits_a_line),
		cmocka_unit_test(a_long_timeline_keeps_its_end),
		cmocka_unit_test(large_configurations_fit_a_line),
		cmocka_unit_test(held_updates_are_told),
		cmocka_unit_test(every_object_has_an_id),
		cmocka_unit_test(names_are_told_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
