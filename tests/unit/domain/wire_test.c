#include "domain/wire.h"

#include "domain/snapshot.h"
#include "t.h"

/* One object of every kind with every member that its table has, in the table's own order of
 * words: what is read and written again must be the same. */
static const char *const whole[WIRE_KINDS] = {
	[WIRE_NOC] =
	    "{\"o\":\"noc\",\"name\":\"Wayfarer "
	    "NOC\",\"timezone\":\"Europe/"
	    "London\",\"carriers_hidden\":true,\"channels\":[{\"id\":\"mail\",\"kind\":\"email\"}],"
	    "\"send_delay_"
	    "ms\":8000,"
	    "\"severity\":[{\"name\":\"Critical\",\"meaning\":\"most are hit\",\"target\":"
	    "[\"15m\",\"30m\",\"2h\",\"6h\",\"15m\",\"15m\",\"15m\",\"48h\",\"5 business days\"]},"
	    "{\"target\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]},"
	    "{\"target\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]},"
	    "{\"target\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]}],"
	    "\"people\":[{\"id\":\"maria\",\"name\":\"Maria\",\"phone\":\"+44\",\"can\":13,\"on_"
	    "call\":true}],"
	    "\"tiers\":[{\"tier\":2,\"name\":\"NOC\",\"contact\":[{\"name\":\"Maria\",\"phone\":"
	    "\"+44\","
	    "\"email\":\"m@x\",\"portal\":\"https://"
	    "p\",\"hours\":\"24x7\",\"after\":\"30m\"}]}],"
	    "\"audiences\":[{\"id\":\"internal\",\"internal\":true,\"by_default\":true,"
	    "\"channels\":[\"war-room\"]}],"
	    "\"bridge_url\":\"https://m/{incident}\",\"bridge_phone\":\"+44 "
	    "20\",\"hint\":\"Press a\"}",
	[WIRE_ENGINE] =
	    "{\"o\":\"engine\",\"version\":\"0.1.0\",\"host\":\"noc1\",\"pid\":4711,"
	    "\"started_at\":\"2025-03-10T14:20:00.000Z\",\"journal_ok\":false,\"journal_why\":"
	    "\"disk full\","
	    "\"impaired\":true,\"impaired_why\":\"the gateway does not "
	    "answer\",\"targets\":25,\"late_ms\":3,"
	    "\"config_error\":\"nocboard.yaml:3:1: …\"}",
	[WIRE_REGION] =
	    "{\"o\":\"region\",\"id\":\"US\",\"name\":\"United States\",\"order\":3,"
	    "\"timezones\":[\"America/New_York\",\"America/Denver\"],\"portfolios\":[\"na\"],"
	    "\"travellers\":21000,\"workaround\":\"Choose another network.\"}",
	[WIRE_COMPONENT] =
	    "{\"o\":\"component\",\"id\":\"attach\",\"name\":\"Network attach\",\"label\":"
	    "\"ATTACH\","
	    "\"class\":\"attach\",\"order\":2}",
	[WIRE_CELL] =
	    "{\"o\":\"cell\",\"id\":\"data/"
	    "FR\",\"component\":\"data\",\"region\":\"FR\",\"status\":"
	    "\"major_outage\",\"since\":\"2025-03-10T14:20:00.000Z\",\"data_at\":\"2025-03-10T14:"
	    "21:00.000Z\","
	    "\"fresh_ms\":15000,\"latency_ms\":-1,\"detail\":\"no answer within "
	    "2s\",\"flaps\":2,\"slips\":1,\"slipped_at\":\"2025-03-10T14:20:01.000Z\","
	    "\"latencies\":[12,30,-1],\"code\":503,\"fault\":\"timeout\","
	    "\"interval_ms\":5000,\"failing\":1,\"total\":2}",
	[WIRE_CARRIER] =
	    "{\"o\":\"carrier\",\"id\":\"orange-fr\",\"name\":\"Orange\",\"contract\":\"7.2\","
	    "\"order\":0,"
	    "\"regions\":[\"FR\"],\"contacts\":[{\"name\":\"Desk\",\"phone\":\"+33\"}],"
	    "\"engage\":[\"15m\",\"30m\",\"\",\"\"],\"status\":\"partial_outage\",\"has_feed\":"
	    "true,"
	    "\"since\":\"2025-03-10T14:20:00.000Z\",\"data_at\":\"2025-03-10T14:20:30.000Z\","
	    "\"fresh_ms\":600000,\"detail\":\"Roaming registration failures\"}",
	[WIRE_FEED] =
	    "{\"o\":\"feed\",\"id\":\"orange-fr/"
	    "statuspage\",\"carrier\":\"orange-fr\",\"format\":\"statuspage\","
	    "\"url\":\"https://status.orange.example/api/v2/"
	    "summary.json\",\"ok\":true,"
	    "\"fetched_at\":\"2025-03-10T14:20:00.000Z\",\"next_at\":\"2025-03-10T14:21:00.000Z\","
	    "\"detail\":\"unchanged\",\"open_incidents\":1,\"status\":\"degraded\","
	    "\"tried_at\":\"2025-03-10T14:20:30.000Z\",\"since\":\"2025-03-10T14:00:00.000Z\","
	    "\"fresh_ms\":600000,\"code\":200,\"fault\":\"broken\",\"size\":4096,"
	    "\"latency_ms\":120,\"moved_to\":\"https://new.example/\",\"problems_total\":3,"
	    "\"problems\":[\"an end is missing\"],\"flaps\":1,\"latencies\":[100,-1,120]}",
	[WIRE_SOURCE] =
	    "{\"o\":\"source\",\"id\":\"feed:orange-fr/statuspage\",\"history\":[{\"at\":"
	    "\"2025-03-10T14:00:00.000Z\",\"status\":\"unknown\",\"up\":false,\"detail\":"
	    "\"answered 500\"}],\"probes\":[{\"id\":\"data/FR\",\"url\":\"tcp a:1\",\"fault\":"
	    "\"refused\",\"detail\":\"connection refused\",\"status\":\"major_outage\",\"at\":"
	    "\"2025-03-10T14:00:00.000Z\",\"code\":0,\"latency_ms\":-1,\"cert_days\":12}],"
	    "\"text_at\":\"2025-03-10T14:20:00.000Z\",\"text\":\"{}\\n\"}",
	[WIRE_INCIDENT] =
	    "{\"o\":\"incident\",\"id\":\"INC-7\",\"title\":\"No data\",\"impact\":\"No "
	    "sessions\",\"source\":\"probe:data/FR\","
	    "\"version\":9,\"phase\":\"restored\",\"severity\":1,\"regions\":[\"FR\"],"
	    "\"components\":[\"data\"],"
	    "\"started_at\":\"2025-03-10T14:18:00.000Z\",\"opened_at\":\"2025-03-10T14:20:00."
	    "000Z\","
	    "\"acknowledged_at\":\"2025-03-10T14:21:00.000Z\",\"restored_at\":\"2025-03-10T15:00:"
	    "00.000Z\","
	    "\"resolved_at\":\"2025-03-10T15:30:00.000Z\",\"acknowledged_by\":\"maria\","
	    "\"clocks\":[{\"kind\":\"carrier\",\"carrier\":\"orange-fr\",\"severity\":1,"
	    "\"start\":\"2025-03-10T14:20:00.000Z\",\"due\":\"2025-03-10T14:35:00.000Z\","
	    "\"warn_at\":\"2025-03-10T14:31:15.000Z\",\"met_at\":\"2025-03-10T14:30:00.000Z\","
	    "\"state\":\"met\",\"business\":false,\"paused\":false,\"pause_flip\":\"2025-03-10T17:"
	    "00:00.000Z\"}],"
	    "\"updates_late\":1,"
	    "\"role\":[{\"person\":\"maria\",\"since\":\"2025-03-10T14:21:00.000Z\"},"
	    "{\"person\":\"maria\",\"since\":\"2025-03-10T14:22:00.000Z\",\"override\":\"alone on "
	    "shift\"},"
	    "{\"since\":\"2025-03-10T14:20:00.000Z\"},{}],\"offered_to\":\"jon\","
	    "\"engagements\":[{\"tier\":0,\"carrier\":\"orange-fr\",\"at\":\"2025-03-10T14:30:00."
	    "000Z\","
	    "\"contact\":\"Desk\",\"via\":\"phone\",\"reference\":\"NOC-1\",\"by\":\"maria\","
	    "\"answered_at\":\"2025-03-10T14:32:00.000Z\",\"answered_by\":\"Luc\"}],"
	    "\"dependencies\":[{\"carrier\":\"orange-fr\",\"reason\":\"their "
	    "cell\",\"timeline\":\"an hour\","
	    "\"at\":\"2025-03-10T14:25:00.000Z\",\"cleared_at\":\"2025-03-10T15:10:00.000Z\"}],"
	    "\"updates\":[{\"version\":5,\"at\":\"2025-03-10T14:28:00.000Z\",\"by\":\"ana\","
	    "\"stage\":\"initial\",\"severity\":2,\"regions\":[\"FR\"],\"components\":[\"data\"],"
	    "\"status\":\"investigating\",\"template\":\"initial\",\"fields\":{\"impact\":\"…\"},"
	    "\"text\":{\"public\":\"We are looking into "
	    "it.\"},\"next_update_at\":\"2025-03-10T14:58:00.000Z\","
	    "\"audiences\":[\"public\"],\"channels\":[\"page\"],\"deliveries\":[{\"destination\":"
	    "\"page\","
	    "\"state\":\"accepted\",\"attempts\":1,\"detail\":\"written\",\"at\":\"2025-03-10T14:"
	    "28:01.000Z\"}]}],"
	    "\"updates_total\":6,\"hypothesis\":\"A signalling "
	    "link\",\"actions\":[{\"id\":\"a1\",\"text\":\"Move traffic\","
	    "\"owner\":\"kenji\",\"eta_from\":\"2025-03-10T15:00:00.000Z\",\"eta_to\":\"2025-03-"
	    "10T15:30:00.000Z\","
	    "\"done\":true}],\"reminders\":[{\"at\":\"2025-03-10T15:05:00.000Z\",\"text\":\"Call "
	    "Orange\",\"done\":false}],"
	    "\"workaround\":true,\"residual\":\"Slow "
	    "for some\",\"customer_actions\":\"Restart\","
	    "\"bridge_url\":\"https://m/"
	    "INC-7\",\"bridge_phone\":\"+44\",\"evidence\":\"data/FR "
	    "fails\\nOrange says "
	    "operational\","
	    "\"sources_failing\":1,\"sources_total\":3,\"touched_at\":\"2025-03-10T15:00:00.000Z\","
	    "\"rank\":3}",
	[WIRE_HELD] = "{\"o\":\"held\",\"id\":\"held-1\",\"incident\":\"INC-7\",\"what\":\"initial "
		      "update\",\"by\":\"ana\","
		      "\"release_at\":\"2025-03-10T14:28:08.000Z\",\"stuck\":\"not saved: "
		      "r\",\"text\":{\"public\":\"We look.\"},"
		      "\"channels\":[\"page\"]}",
	[WIRE_DELIVERY] =
	    "{\"o\":\"delivery\",\"id\":\"INC-7.5/"
	    "hook\",\"incident\":\"INC-7\",\"destination\":\"hook\",\"state\":\"failed\","
	    "\"detail\":\"500\",\"update\":5,\"attempts\":2,\"at\":\"2025-03-10T14:28:00.000Z\","
	    "\"next_at\":\"2025-03-10T14:28:20.000Z\"}",
	[WIRE_PRESENCE] =
	    "{\"o\":\"presence\",\"id\":\"c3\",\"person\":\"jon\",\"incident\":\"INC-7\","
	    "\"doing\":\"writing an update\",\"since\":\"2025-03-10T14:27:00.000Z\"}",
	[WIRE_SUBSCRIBER] = "{\"o\":\"subscriber\",\"id\":\"acme\",\"name\":\"Acme "
			    "Travel\",\"email\":\"ops@acme.example\","
			    "\"audience\":\"partners\",\"order\":1,\"high_value\":true,\"regions\":"
			    "[\"FR\",\"IT\"],\"contacts\":["
			    "{\"name\":\"Duty desk\",\"phone\":\"+44\",\"hours\":\"24x7\"}]}",
	[WIRE_MAINTENANCE] =
	    "{\"o\":\"maintenance\",\"id\":\"MNT-1\",\"version\":3,\"status\":\"in_progress\","
	    "\"title\":\"Cables\",\"regions\":[\"FR\"],\"components\":[\"data\"],\"starts_at\":"
	    "\"2025-03-10T01:00:00.000Z\",\"ends_at\":\"2025-03-10T03:00:00.000Z\",\"started_at\":"
	    "\"2025-03-10T01:00:00.000Z\",\"risk\":\"high\",\"class\":\"disruptive\","
	    "\"rollback\":\"the old ones\",\"rollback_tested\":true,\"owes_notice\":true,"
	    "\"changes\":0,\"manual\":false,"
	    "\"notices\":[{\"version\":2,\"stage\":\"notice\",\"status\":\"scheduled\","
	    "\"audiences\":"
	    "[\"public\"]}],\"notices_total\":1,\"overrides\":[{\"rule\":\"window\",\"reason\":"
	    "\"r\","
	    "\"by\":\"ana\",\"at\":\"2025-03-10T01:00:00.000Z\",\"version\":2}]}",
	[WIRE_RECENT] = "{\"o\":\"recent\",\"id\":\"7\",\"number\":57,\"at\":"
			"\"2025-03-10T14:28:00.000Z\",\"stream\":\"INC-7\",\"actor\":\"engine\","
			"\"kind\":\"signal\",\"text\":\"data/FR: major outage\",\"more\":3}",
	[WIRE_TEMPLATE] = "{\"o\":\"template\",\"id\":\"initial\",\"source\":\"name: First\\n\"}",
};

static char *canonical(const cJSON *value)
{
	struct buf out;

	buf_init(&out, 0);
	json_canonical(&out, value);
	return buf_take(&out);
}

static cJSON *parsed(const char *text)
{
	struct err e = { 0 };
	cJSON *o = json_parse(text, strlen(text), &e);

	if (!o)
		fail_msg("%s in %s", e.msg, text);
	return o;
}

static void every_kind_comes_back(void **state)
{
	(void)state;
	for (int k = 0; k < WIRE_KINDS; k++) {
		struct err e = { 0 };
		cJSON *in = parsed(whole[k]), *out;
		void *object = wire_read((enum wire_kind)k, in, &e);
		char *want, *got;

		if (!object)
			fail_msg("%s", e.msg);
		out = wire_write((enum wire_kind)k, object);
		want = canonical(in);
		got = canonical(out);
		assert_string_equal(got, want);
		free(want);
		free(got);
		cJSON_Delete(in);
		cJSON_Delete(out);
		wire_free((enum wire_kind)k, object);
	}
}

static void names_lead_to_kinds_and_back(void **state)
{
	(void)state;
	for (int k = 0; k < WIRE_KINDS; k++)
		assert_int_equal(wire_kind_of(wire_name((enum wire_kind)k)), k);
	assert_int_equal(wire_kind_of("ticket"), -1);
	assert_int_equal(wire_kind_of(""), -1);
}

static void a_missing_member_is_blank(void **state)
{
	struct err e = { 0 };
	cJSON *o = parsed("{\"o\":\"cell\",\"id\":\"a/b\",\"detail\":null}");
	struct snap_cell *c = wire_read(WIRE_CELL, o, &e);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->id, "a/b");
	assert_null(c->component);
	assert_null(c->detail);
	assert_false(utc_is_set(c->since));
	assert_false(utc_is_set(c->data_at));
	assert_int_equal(c->status, STATUS_OPERATIONAL);
	assert_int_equal(c->latency_ms, -1);
	assert_int_equal(c->latency_count, 0);
	wire_free(WIRE_CELL, c);
	cJSON_Delete(o);

	o = parsed("{}");
	struct snap_incident *inc = wire_read(WIRE_INCIDENT, o, &e);

	assert_non_null(inc);
	for (int r = 0; r < ROLES; r++)
		assert_false(utc_is_set(inc->role[r].since));
	assert_false(utc_is_set(inc->restored_at));
	assert_null(inc->updates);
	wire_free(WIRE_INCIDENT, inc);
	cJSON_Delete(o);
}

/* A member of the wrong type, and what the refusal says of it. */
static const struct {
	enum wire_kind kind;
	const char *text, *says;
} wrong[] = {
	{ WIRE_REGION, "[]", "region: not an object" },
	{ WIRE_REGION, "{\"id\":7}", "region: \"id\" is no text" },
	{ WIRE_REGION, "{\"order\":\"3\"}", "region: \"order\" is no number" },
	{ WIRE_REGION, "{\"order\":3000000000}", "\"order\" is no small number" },
	{ WIRE_REGION, "{\"travellers\":1e16}", "\"travellers\" is no number" },
	{ WIRE_REGION, "{\"timezones\":\"UTC\"}", "\"timezones\" is no list" },
	{ WIRE_REGION, "{\"timezones\":[\"UTC\",1]}", "\"timezones\" is no list of texts" },
	{ WIRE_CELL, "{\"status\":\"fine\"}", "\"status\" is no word that this version knows" },
	{ WIRE_CELL, "{\"status\":1}", "\"status\" is no word" },
	{ WIRE_CELL, "{\"since\":\"yesterday\"}", "\"since\" is no time" },
	{ WIRE_CELL, "{\"since\":0}", "\"since\" is no time" },
	{ WIRE_CELL, "{\"latencies\":5}", "\"latencies\" is no list" },
	{ WIRE_CELL, "{\"latencies\":[40000]}", "\"latencies\" is no list of small numbers" },
	{ WIRE_ENGINE, "{\"journal_ok\":\"yes\"}", "\"journal_ok\" is no true or false" },
	{ WIRE_NOC, "{\"people\":{}}", "noc: \"people\" is no list" },
	{ WIRE_NOC, "{\"people\":[{\"id\":\"a\"},{\"can\":-1}]}",
	    "noc: people: \"can\" is no small number" },
	{ WIRE_NOC, "{\"people\":[3]}", "noc: people: not an object" },
	{ WIRE_NOC, "{\"severity\":[{\"target\":[1]}]}",
	    "severity: \"target\" is no list of texts" },
	{ WIRE_NOC, "{\"severity\":7}", "\"severity\" is no list" },
	{ WIRE_CARRIER, "{\"engage\":\"15m\"}", "\"engage\" is no list" },
	{ WIRE_INCIDENT, "{\"clocks\":[{\"state\":\"running\",\"kind\":\"tea\"}]}",
	    "incident: clocks: \"kind\" is no word" },
	{ WIRE_INCIDENT,
	    "{\"clocks\":[{\"carrier\":"
	    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}]}",
	    "clocks: \"carrier\" is no short text" },
	{ WIRE_INCIDENT, "{\"updates\":[{\"deliveries\":[{\"attempts\":true}]}]}",
	    "incident: updates: deliveries: \"attempts\" is no number" },
	{ WIRE_INCIDENT, "{\"role\":[{},{\"person\":[]}]}", "role: \"person\" is no text" },
};

static void the_wrong_type_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err e = { 0 };
		cJSON *o = parsed(wrong[i].text);

		assert_null(wire_read(wrong[i].kind, o, &e));
		if (!strstr(e.msg, wrong[i].says))
			fail_msg("%s: \"%s\", not \"%s\"", wrong[i].text, e.msg, wrong[i].says);
		assert_int_equal(e.kind, ERR_DATA);
		cJSON_Delete(o);
	}
}

/* More items than a fixed list has room for are left out, not written behind its end. */
static void fixed_lists_keep_their_size(void **state)
{
	struct err e = { 0 };
	struct buf text;
	cJSON *o;
	struct snap_cell *c;
	struct snap_noc *n;

	(void)state;
	buf_init(&text, 0);
	buf_adds(&text, "{\"latencies\":[0");
	for (int i = 1; i < 40; i++)
		buf_addf(&text, ",%d", i);
	buf_adds(&text, "]}");
	o = parsed(buf_str(&text));
	c = wire_read(WIRE_CELL, o, &e);
	assert_non_null(c);
	assert_int_equal(c->latency_count, 32);
	assert_int_equal(c->latencies[31], 31);
	wire_free(WIRE_CELL, c);
	cJSON_Delete(o);

	buf_clear(&text);
	buf_adds(&text, "{\"severity\":[{\"target\":[\"\"");
	for (int i = 1; i < TARGETS + 3; i++)
		buf_addf(&text, ",\"%dm\"", i);
	buf_adds(&text, "]},{},{},{},{\"name\":\"fifth\"}],\"name\":\"n\"}");
	o = parsed(buf_str(&text));
	n = wire_read(WIRE_NOC, o, &e);
	assert_non_null(n);
	assert_string_equal(n->severity[0].target[TARGETS - 1], "8m");
	assert_null(n->severity[3].name);
	assert_string_equal(n->name, "n");
	wire_free(WIRE_NOC, n);
	cJSON_Delete(o);
	buf_fini(&text);
}

static void what_is_absent_is_not_written(void **state)
{
	struct snap_presence p = { .since = UTC_NONE };
	struct snap_held h = { .release_at = UTC_NONE };
	cJSON *o = wire_write(WIRE_PRESENCE, &p);
	char *text = canonical(o);

	(void)state;
	assert_string_equal(text, "{\"o\":\"presence\"}");
	free(text);
	cJSON_Delete(o);
	o = wire_write(WIRE_HELD, &h);
	text = canonical(o);
	assert_string_equal(text, "{\"o\":\"held\"}");
	free(text);
	cJSON_Delete(o);
	wire_free(WIRE_NOC, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back),
		cmocka_unit_test(names_lead_to_kinds_and_back),
		cmocka_unit_test(a_missing_member_is_blank),
		cmocka_unit_test(the_wrong_type_is_named),
		cmocka_unit_test(fixed_lists_keep_their_size),
		cmocka_unit_test(what_is_absent_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
