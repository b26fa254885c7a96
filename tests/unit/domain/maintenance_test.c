/* Planned work: windows by the local clock, freezes, notice, and what a plan is held to. */
#include "domain/maintenance.h"

#include "domain/maintenance_rules.h"
#include "base/mem.h"
#include "t.h"

static struct utc at(const char *s)
{
	struct utc t = UTC_NONE;

	assert_true(utc_parse(s, &t));
	return t;
}

static const struct zone *zone(const char *name)
{
	static struct {
		const char *name;
		struct zone *zone;
	} kept[16];
	char path[128];
	size_t len = 0, i = 0;
	char *bytes;

	for (; kept[i].name; i++)
		if (strcmp(kept[i].name, name) == 0)
			return kept[i].zone;
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	bytes = slurp(path, &len);
	assert_non_null(bytes);
	kept[i].name = name;
	kept[i].zone = zone_from_tzif(name, bytes, len);
	free(bytes);
	assert_non_null(kept[i].zone);
	return kept[i].zone;
}

static void assert_instant(struct utc t, const char *want)
{
	char text[UTC_TEXT];

	utc_format(t, text);
	text[16] = '\0';
	assert_string_equal(text, want);
}

/* ---- windows ---- */

static void a_window_is_what_the_local_clock_says(void **state)
{
	static const struct {
		const char *zone, *date, *from, *to;
		int hours;
	} cases[] = {
		{ "Europe/Paris", "2026-03-10", "2026-03-10T00:00", "2026-03-10T04:00", 4 },
		/* The clock goes forward at 02:00, back at 03:00. */
		{ "Europe/Paris", "2026-03-29", "2026-03-29T00:00", "2026-03-29T03:00", 3 },
		{ "Europe/Paris", "2026-10-25", "2026-10-24T23:00", "2026-10-25T04:00", 5 },
		{ "America/New_York", "2026-03-08", "2026-03-08T06:00", "2026-03-08T09:00", 3 },
		{ "America/New_York", "2026-11-01", "2026-11-01T05:00", "2026-11-01T10:00", 5 },
		/* 01:00 does not exist, and occurs twice. */
		{ "Europe/Lisbon", "2026-03-29", "2026-03-29T01:00", "2026-03-29T04:00", 3 },
		{ "Europe/Lisbon", "2026-10-25", "2026-10-25T00:00", "2026-10-25T05:00", 5 },
		{ "Asia/Tokyo", "2026-03-10", "2026-03-09T16:00", "2026-03-09T20:00", 4 },
	};
	struct maintenance_policy p;

	(void)state;
	maintenance_policy_init(&p);
	for (size_t i = 0; i < countof(cases); i++) {
		struct maintenance_window w;
		struct date d;

		assert_true(date_parse(cases[i].date, &d));
		w = maintenance_window_on(&p, zone(cases[i].zone), d);
		assert_instant(w.from, cases[i].from);
		assert_instant(w.to, cases[i].to);
		assert_int_equal(utc_diff(w.to, w.from), cases[i].hours * 3600000);
	}
	maintenance_policy_fini(&p);
}

static void several_zones_share_what_their_nights_have_in_common(void **state)
{
	const struct zone *lisbon_paris[] = { zone("Europe/Lisbon"), zone("Europe/Paris") };
	const struct zone *tokyo_york[] = { zone("Asia/Tokyo"), zone("America/New_York") };
	const struct zone *us[] = { zone("America/New_York"), zone("America/Chicago"),
		zone("America/Denver"), zone("America/Los_Angeles") };
	struct maintenance_policy p;
	struct maintenance_window w;

	(void)state;
	maintenance_policy_init(&p);
	assert_true(maintenance_window_common(&p, lisbon_paris, 2, at("2026-03-10T12:00:00Z"), &w));
	assert_instant(w.from, "2026-03-10T01:00");
	assert_instant(w.to, "2026-03-10T04:00");
	assert_true(maintenance_window_common(&p, lisbon_paris, 2, at("2026-03-29T02:00:00Z"), &w));
	assert_instant(w.from, "2026-03-29T01:00"); /* Lisbon skips 01:00 */
	assert_instant(w.to, "2026-03-29T03:00");   /* Paris has 05:00 an hour earlier */
	assert_false(maintenance_window_common(&p, tokyo_york, 2, at("2026-03-10T12:00:00Z"), &w));
	assert_true(maintenance_window_common(&p, us, 4, at("2026-03-10T08:00:00Z"), &w));
	assert_instant(w.from, "2026-03-10T08:00"); /* 01:00 in Los Angeles */
	assert_instant(w.to, "2026-03-10T09:00");   /* 05:00 in New York */
	maintenance_policy_fini(&p);
}

static void work_holds_the_window_to_the_minute(void **state)
{
	static const struct {
		const char *from, *to;
		bool holds;
	} cases[] = {
		{ "2026-03-10T00:00:00Z", "2026-03-10T04:00:00Z", true },
		{ "2026-03-09T23:59:00Z", "2026-03-10T03:00:00Z", false },
		{ "2026-03-10T00:00:00Z", "2026-03-10T04:01:00Z", false },
		{ "2026-03-10T02:00:00Z", "2026-03-11T02:00:00Z", false },
		{ "2026-03-29T00:00:00Z", "2026-03-29T03:00:00Z", true },
		{ "2026-03-29T00:00:00Z", "2026-03-29T04:00:00Z", false },
		{ "2026-10-24T23:00:00Z", "2026-10-25T04:00:00Z", true },
	};
	const struct zone *paris[] = { zone("Europe/Paris") };
	struct maintenance_policy p;

	(void)state;
	maintenance_policy_init(&p);
	for (size_t i = 0; i < countof(cases); i++)
		assert_int_equal(
		    maintenance_window_holds(&p, paris, 1, at(cases[i].from), at(cases[i].to)),
		    cases[i].holds);
	/* One that begins before midnight. */
	p.window_from = 22 * 60;
	p.window_to = 4 * 60;
	assert_true(maintenance_window_holds(
	    &p, paris, 1, at("2026-03-10T21:00:00Z"), at("2026-03-11T03:00:00Z")));
	assert_true(maintenance_window_holds(
	    &p, paris, 1, at("2026-03-11T01:00:00Z"), at("2026-03-11T03:00:00Z")));
	assert_false(maintenance_window_holds(
	    &p, paris, 1, at("2026-03-11T01:00:00Z"), at("2026-03-11T03:01:00Z")));
	maintenance_policy_fini(&p);
}

/* ---- freezes ---- */

static void days_of_freezes_are_read_and_found(void **state)
{
	static const struct {
		const char *text, *day;
	} good[] = {
		{ "07-01", "2026-07-01" },
		{ "2026-12-24", "2026-12-24" },
		{ "fourth thursday of november", "2026-11-26" },
		{ "last monday of may", "2026-05-25" },
		{ "first monday of september", "2026-09-07" },
		{ "last sunday of february", "2026-02-22" },
		{ "02-29", "2026-02-28" },
	};
	static const char *const bad[] = { "", "7-1", "13-01", "02-30", "fifth monday of may",
		"last funday of may", "last monday of mai", "2026-02-29", "07-01x" };

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		struct freeze f = { .days = 1 };
		struct date from, to, want;
		struct buf text;

		assert_true(freeze_day_parse(good[i].text, &f.from));
		assert_true(freeze_in_year(&f, 2026, &from, &to));
		assert_true(date_parse(good[i].day, &want));
		assert_int_equal(date_to_days(from), date_to_days(want));
		assert_int_equal(date_to_days(to), date_to_days(want));
		buf_init(&text, 0);
		freeze_day_print(&text, &f.from);
		assert_string_equal(buf_str(&text), good[i].text);
		buf_fini(&text);
	}
	for (size_t i = 0; i < countof(bad); i++) {
		struct freeze_day d;

		if (freeze_day_parse(bad[i], &d))
			fail_msg("\"%s\" was taken for a day", bad[i]);
	}
}

/* ---- plans ---- */

static char fr[] = "FR", us[] = "US", data[] = "data", title[] = "New routers";
static char way[] = "Put the old ones back";

struct scene {
	struct maintenance_policy policy;
	struct maintenance_plan plan;
	const struct zone *zones[2][1];
	struct maintenance_place places[2];
	const char *classes[1];
	char *regions[2], *components[1];
	struct maintenance_check check;
	struct maintenance_finding found[MAINTENANCE_RULES];
	size_t count;
};

static void set(struct scene *s, const char *from, const char *to)
{
	memset(s, 0, sizeof *s);
	maintenance_policy_init(&s->policy);
	s->zones[0][0] = zone("Europe/Paris");
	s->zones[1][0] = zone("America/New_York");
	s->places[0] = (struct maintenance_place){ "FR", "France", s->zones[0], 1 };
	s->places[1] = (struct maintenance_place){ "US", "United States", s->zones[1], 1 };
	s->classes[0] = "data";
	s->regions[0] = fr;
	s->regions[1] = us;
	s->components[0] = data;
	s->plan = (struct maintenance_plan){ .title = title,
		.regions = s->regions,
		.region_count = 1,
		.components = s->components,
		.component_count = 1,
		.starts_at = at(from),
		.ends_at = at(to),
		.risk = RISK_LOW,
		.klass = NOTICE_MINOR };
	s->check = (struct maintenance_check){ .policy = &s->policy,
		.plan = &s->plan,
		.places = s->places,
		.place_count = 1,
		.classes = s->classes,
		.class_count = 1,
		.now = at("2026-01-10T12:00:00Z") };
}

static const struct maintenance_finding *find(struct scene *s, enum maintenance_rule_id rule)
{
	s->count = maintenance_check(&s->check, s->found);
	for (size_t i = 0; i < s->count; i++)
		if (s->found[i].rule == rule)
			return &s->found[i];
	return NULL;
}

static void a_plain_plan_breaks_nothing(void **state)
{
	struct scene s;

	(void)state;
	set(&s, "2026-03-10T00:00:00Z", "2026-03-10T02:00:00Z");
	assert_null(find(&s, RULE_WINDOW));
	assert_int_equal(s.count, 0);
	maintenance_policy_fini(&s.policy);
}

static void outside_its_window_a_plan_is_told_the_near_one(void **state)
{
	const struct maintenance_finding *f;
	struct scene s;

	(void)state;
	set(&s, "2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z");
	f = find(&s, RULE_WINDOW);
	assert_non_null(f);
	assert_int_equal(f->force, RULE_REASON);
	assert_string_equal(f->text,
	    "2026-03-10 12:00 to 13:00 UTC is outside the standard window 01:00-05:00 local "
	    "time; the window near it is 2026-03-10 00:00 to 04:00 UTC");
	s.places[1].zones = s.zones[1];
	s.zones[1][0] = zone("Asia/Tokyo");
	s.zones[0][0] = zone("America/New_York");
	s.check.place_count = 2;
	f = find(&s, RULE_WINDOW);
	assert_non_null(f);
	assert_non_null(strstr(f->text,
	    "none in common, so one each: America/New_York 2026-03-10 05:00 to 09:00 UTC, "
	    "Asia/Tokyo 2026-03-10 16:00 to 20:00 UTC"));
	maintenance_policy_fini(&s.policy);
}

static void freezes_hold_by_the_local_calendar(void **state)
{
	static const struct {
		int place;
		const char *from, *to;
		const char *name; /* NULL: not frozen */
	} cases[] = {
		/* July and August in Europe, by Paris' own midnight. */
		{ 0, "2026-06-30T19:00:00Z", "2026-06-30T22:00:00Z", NULL },
		{ 0, "2026-06-30T20:00:00Z", "2026-06-30T22:01:00Z", "Summer travel in Europe" },
		{ 0, "2026-08-31T21:59:00Z", "2026-08-31T23:00:00Z", "Summer travel in Europe" },
		{ 0, "2026-08-31T22:00:00Z", "2026-08-31T23:00:00Z", NULL },
		{ 0, "2026-12-20T00:00:00Z", "2026-12-20T02:00:00Z", NULL },
		/* The end of the year in North America runs into the next one. */
		{ 1, "2026-12-15T04:59:00Z", "2026-12-15T05:00:00Z", NULL },
		{ 1, "2026-12-15T05:00:00Z", "2026-12-15T06:00:00Z", "End of the year" },
		{ 1, "2027-01-05T06:00:00Z", "2027-01-05T08:00:00Z", "End of the year" },
		{ 1, "2027-01-06T06:00:00Z", "2027-01-06T08:00:00Z", NULL },
		{ 1, "2026-11-25T06:00:00Z", "2026-11-25T08:00:00Z", NULL },
		{ 1, "2026-11-26T06:00:00Z", "2026-11-26T08:00:00Z", "Thanksgiving" },
		{ 1, "2026-11-29T06:00:00Z", "2026-11-29T08:00:00Z", "Thanksgiving" },
		{ 1, "2026-11-30T06:00:00Z", "2026-11-30T08:00:00Z", NULL },
		{ 1, "2026-07-04T06:00:00Z", "2026-07-04T08:00:00Z", "Independence Day" },
		{ 1, "2026-07-10T06:00:00Z", "2026-07-10T08:00:00Z", NULL },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		const struct maintenance_finding *f;
		struct scene s;

		set(&s, cases[i].from, cases[i].to);
		s.check.places = &s.places[cases[i].place];
		f = find(&s, RULE_FREEZE);
		if (!cases[i].name && f)
			fail_msg("%s: %s", cases[i].from, f->text);
		if (cases[i].name && (!f || !strstr(f->text, cases[i].name)))
			fail_msg("%s: %s is not told", cases[i].from, cases[i].name);
		maintenance_policy_fini(&s.policy);
	}
}

static void what_needs_a_way_back_has_a_tested_one(void **state)
{
	static const char *const classes[] = { "attach", "provisioning", "routing" };
	const struct maintenance_finding *f;
	struct scene s;

	(void)state;
	for (size_t i = 0; i < countof(classes); i++) {
		set(&s, "2026-03-10T00:00:00Z", "2026-03-10T02:00:00Z");
		s.classes[0] = classes[i];
		f = find(&s, RULE_ROLLBACK);
		assert_non_null(f);
		assert_int_equal(f->force, RULE_FIRM);
		s.plan.rollback = way;
		assert_non_null(find(&s, RULE_ROLLBACK));
		s.plan.rollback_tested = true;
		assert_null(find(&s, RULE_ROLLBACK));
		maintenance_policy_fini(&s.policy);
	}
}

static void notice_is_counted_in_calendar_days(void **state)
{
	static const int needed[] = { 7, 14, 30 };
	struct scene s;

	(void)state;
	for (int k = 0; k < NOTICE_CLASSES; k++)
		for (int off = -1; off <= 1; off++) {
			const struct maintenance_finding *f;

			set(&s, "2026-03-10T00:00:00Z", "2026-03-10T02:00:00Z");
			s.plan.klass = (enum notice_class)k;
			s.check.posting = true;
			/* 23:30 in Paris: late in the day counts as the day. */
			s.check.now = utc_add(
			    at("2026-03-09T22:30:00Z"), -(needed[k] + off - 1) * INT64_C(86400000));
			assert_int_equal(maintenance_notice_days(&s.check), needed[k] + off);
			f = find(&s, RULE_NOTICE);
			assert_int_equal(f != NULL, off < 0);
			if (f)
				assert_int_equal(f->force, RULE_REASON);
			maintenance_policy_fini(&s.policy);
		}
	/* A plan is only told that its notice will be short. */
	set(&s, "2026-01-12T00:00:00Z", "2026-01-12T02:00:00Z");
	assert_int_equal(find(&s, RULE_NOTICE)->force, RULE_HINT);
	assert_string_equal(s.found[0].text,
	    "minor work is told 7 calendar days before, and it begins in 2: 2026-01-12 00:00 UTC");
	maintenance_policy_fini(&s.policy);
}

static void other_work_is_shared_or_kept_apart(void **state)
{
	struct maintenance *m = maintenance_new("MNT-1");
	const struct maintenance *others[] = { m };
	cJSON *body = cJSON_CreateObject();
	char *regions[] = { fr }, *components[] = { data };
	struct scene s;

	(void)state;
	json_put_str(body, "title", "Cables");
	json_put_strs(body, "regions", regions, 1);
	json_put_strs(body, "components", components, 1);
	json_put_str(body, "starts_at", "2026-03-14T00:00:00Z");
	json_put_str(body, "ends_at", "2026-03-14T02:00:00Z");
	json_put_str(body, "risk", "low");
	maintenance_evolve(
	    m, event_new("MNT-1", 1, at("2026-01-01T00:00:00Z"), "ana", EVENT_PLANNED, body));
	set(&s, "2026-03-10T00:00:00Z", "2026-03-10T02:00:00Z");
	s.check.others = others;
	s.check.other_count = 1;
	assert_string_equal(find(&s, RULE_BUNDLE)->text,
	    "MNT-1 is of low risk too and in FR within 7 days: both could share its window, "
	    "2026-03-14 00:00 to 02:00 UTC");
	assert_int_equal(s.found[0].force, RULE_HINT);
	s.plan.starts_at = at("2026-03-06T23:59:00Z");
	assert_null(find(&s, RULE_BUNDLE));
	s.plan.starts_at = at("2026-03-14T01:00:00Z");
	s.plan.ends_at = at("2026-03-14T03:00:00Z");
	assert_null(find(&s, RULE_ALONE));
	s.plan.risk = RISK_HIGH;
	assert_non_null(find(&s, RULE_ALONE));
	assert_null(find(&s, RULE_BUNDLE));
	s.check.self = "MNT-1";
	assert_null(find(&s, RULE_ALONE));
	s.check.self = NULL;
	s.regions[0] = us;
	assert_null(find(&s, RULE_ALONE));
	maintenance_free(m);
	maintenance_policy_fini(&s.policy);
}

/* ---- the fold ---- */

static void tell(struct maintenance *m, const char *when, const char *who, enum event_kind kind,
    const char *json)
{
	struct err e;
	cJSON *body = json_parse(json, strlen(json), &e);

	assert_non_null(body);
	maintenance_evolve(m, event_new("MNT-1", m->version + 1, at(when), who, kind, body));
}

#define PLANNED                                                                                    \
	"{\"title\":\"Cables\",\"regions\":[\"FR\"],\"components\":[\"data\"],\"risk\":"           \
	"\"medium\","                                                                              \
	"\"starts_at\":\"2026-03-14T00:00:00Z\",\"ends_at\":\"2026-03-14T02:00:00Z\"}"

static void it_begins_and_ends_by_its_window(void **state)
{
	struct maintenance *m = maintenance_new("MNT-1");
	struct maintenance_policy p;
	struct utc due;

	(void)state;
	maintenance_policy_init(&p);
	tell(m, "2026-01-01T00:00:00Z", "ana", EVENT_PLANNED, PLANNED);
	assert_int_equal(m->status, MAINTENANCE_SCHEDULED);
	assert_int_equal(m->plan.klass, NOTICE_MAJOR);
	assert_int_equal(maintenance_due(m, at("2026-03-13T23:59:59Z"), &due), EVENT_UNKNOWN);
	assert_instant(due, "2026-03-14T00:00");
	assert_false(maintenance_covers(m, "data", "FR"));
	assert_int_equal(maintenance_due(m, at("2026-03-14T00:00:00Z"), &due), EVENT_STARTED);
	tell(m, "2026-03-14T00:10:00Z", "engine", EVENT_STARTED,
	    "{\"started_at\":\"2026-03-14T00:00:00Z\"}");
	assert_true(maintenance_covers(m, "data", "FR"));
	assert_false(maintenance_covers(m, "data", "US"));
	assert_false(maintenance_covers(m, "sms", "FR"));
	assert_instant(m->started_at, "2026-03-14T00:00");
	assert_int_equal(maintenance_due(m, at("2026-03-14T02:00:00Z"), &due), EVENT_ENDED);
	tell(m, "2026-03-14T02:00:00Z", "engine", EVENT_ENDED, "{}");
	assert_int_equal(m->status, MAINTENANCE_COMPLETED);
	assert_false(maintenance_covers(m, "data", "FR"));
	assert_instant(maintenance_watched_until(m, &p), "2026-03-14T06:00");
	assert_int_equal(maintenance_due(m, at("2026-03-15T02:00:00Z"), &due), EVENT_UNKNOWN);
	assert_false(utc_is_set(due));
	maintenance_free(m);
	maintenance_policy_fini(&p);
}

static void what_a_person_began_only_a_person_ends(void **state)
{
	struct maintenance *m = maintenance_new("MNT-1");
	struct utc due;

	(void)state;
	tell(m, "2026-01-01T00:00:00Z", "ana", EVENT_PLANNED, PLANNED);
	tell(m, "2026-03-13T23:50:00Z", "ana", EVENT_STARTED, "{}");
	assert_int_equal(maintenance_due(m, at("2026-03-14T05:00:00Z"), &due), EVENT_UNKNOWN);
	assert_false(utc_is_set(due));
	tell(m, "2026-03-14T04:50:00Z", "ana", EVENT_ENDED,
	    "{\"ended_at\":\"2026-03-13T20:00:00Z\"}");
	assert_instant(m->ended_at, "2026-03-13T23:50"); /* never before it began */
	tell(m, "2026-03-14T04:51:00Z", "ana", EVENT_CANCELLED, "{\"reason\":\"late\"}");
	assert_int_equal(m->status, MAINTENANCE_COMPLETED);
	maintenance_free(m);
}

static void customers_are_owed_what_has_changed(void **state)
{
	static const char notice[] =
	    "{\"stage\":\"notice\",\"status\":\"scheduled\",\"starts_at\":\"2026-03-14T00:00:00Z\","
	    "\"ends_at\":\"2026-03-14T02:00:00Z\",\"text\":{\"public\":\"t\"},\"audiences\":"
	    "[\"public\"],\"channels\":[\"page\"]}";
	struct maintenance *m = maintenance_new("MNT-1");
	const char *moved =
	    "{\"title\":\"Cables\",\"regions\":[\"FR\"],\"components\":[\"data\"],\"risk\":\"low\","
	    "\"starts_at\":\"2026-03-15T00:00:00Z\",\"ends_at\":\"2026-03-15T02:00:00Z\"}";

	(void)state;
	tell(m, "2026-01-01T00:00:00Z", "ana", EVENT_PLANNED, PLANNED);
	assert_false(maintenance_owes_notice(m)); /* nobody was told of anything */
	tell(m, "2026-01-01T00:01:00Z", "ana", EVENT_NOTICE_POSTED, notice);
	assert_int_equal(m->notices[0].delivery_count, 1);
	assert_false(maintenance_owes_notice(m));
	tell(m, "2026-01-02T00:00:00Z", "ana", EVENT_REPLANNED, moved);
	assert_true(maintenance_owes_notice(m));
	tell(m, "2026-01-02T00:00:00Z", "engine", EVENT_DELIVERY,
	    "{\"update\":2,\"destination\":\"page\",\"state\":\"accepted\",\"attempts\":1}");
	assert_string_equal(m->notices[0].deliveries[0].state, "accepted");
	tell(m, "2026-01-03T00:00:00Z", "ana", EVENT_CANCELLED, "{\"reason\":\"r\"}");
	assert_true(maintenance_owes_notice(m));
	assert_int_equal(m->status, MAINTENANCE_CANCELLED);
	maintenance_free(m);
}

/* ---- the calendar ---- */

static void the_calendar_is_escaped_and_folded(void **state)
{
	struct maintenance *m = maintenance_new("MNT-1");
	struct maintenance_entry entry = { .sequence = 2 };
	struct buf out;

	(void)state;
	tell(m, "2026-01-01T00:00:00Z", "ana", EVENT_PLANNED,
	    "{\"title\":\"Câbles, fibre; \\\\ and a title that is long enough to be folded "
	    "ééééééééééééééééé\",\"regions\":[\"FR\"],\"components\":[\"data\"],"
	    "\"risk\":\"low\",\"impact\":\"Short\\nbreaks\",\"rollback\":\"CANARY\","
	    "\"starts_at\":\"2026-03-14T00:00:00Z\",\"ends_at\":\"2026-03-14T02:00:00Z\"}");
	buf_init(&out, 0);
	entry.m = *m;
	maintenance_calendar(&out, &entry, 1, "Planned, work", "noc.example");
	assert_non_null(strstr(buf_str(&out), "NAME:Planned\\, work\r\n"));
	assert_non_null(strstr(buf_str(&out), "SUMMARY:MNT-1: Câbles\\, fibre\\; \\\\ and"));
	assert_non_null(strstr(buf_str(&out), "Risk: low\\nShort\\nbreaks"));
	assert_non_null(strstr(buf_str(&out), "DTSTART:20260314T000000Z\r\n"));
	assert_non_null(strstr(buf_str(&out), "UID:MNT-1@noc.example\r\n"));
	assert_non_null(strstr(buf_str(&out), "STATUS:CONFIRMED\r\n"));
	assert_non_null(strstr(buf_str(&out), "SEQUENCE:2\r\n"));
	assert_null(strstr(buf_str(&out), "CANARY"));
	for (const char *line = buf_str(&out); *line;) {
		const char *end = strstr(line, "\r\n");

		assert_non_null(end);
		assert_true(end - line <= 75);
		assert_true(((unsigned char)line[0] & 0xc0) != 0x80);
		line = end + 2;
	}
	buf_fini(&out);
	maintenance_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_is_what_the_local_clock_says),
		cmocka_unit_test(several_zones_share_what_their_nights_have_in_common),
		cmocka_unit_test(work_holds_the_window_to_the_minute),
		cmocka_unit_test(days_of_freezes_are_read_and_found),
		cmocka_unit_test(a_plain_plan_breaks_nothing),
		cmocka_unit_test(outside_its_window_a_plan_is_told_the_near_one),
		cmocka_unit_test(freezes_hold_by_the_local_calendar),
		cmocka_unit_test(what_needs_a_way_back_has_a_tested_one),
		cmocka_unit_test(notice_is_counted_in_calendar_days),
		cmocka_unit_test(other_work_is_shared_or_kept_apart),
		cmocka_unit_test(it_begins_and_ends_by_its_window),
		cmocka_unit_test(what_a_person_began_only_a_person_ends),
		cmocka_unit_test(customers_are_owed_what_has_changed),
		cmocka_unit_test(the_calendar_is_escaped_and_folded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
