/* Who reads what: an internal text reaches no public channel, whatever is configured, asked for or
 * configured later; and who is mailed. */
#include "domain/telling.h"

#include "base/buf.h"
#include "base/json.h"
#include "domain/command.h"
#include "domain/calendar.h"
#include "t.h"

#define T0 INT64_C(1741608000000)

static const struct zone *any_zone(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return zone_utc();
}

static struct config *load(const char *text)
{
	struct cfg_source source = { "c.yaml", text, strlen(text) };
	struct cfg_problems problems = { 0 };
	struct config *c = config_load(&source, 1, NULL, any_zone, NULL, &problems);

	cfg_problems_fini(&problems);
	return c;
}

/* ---- a world over a configuration, as the engine has it ---- */

static bool audience_internal(void *ctx, const char *id, bool *known)
{
	const struct cfg_audience *a = config_audience(ctx, id);

	*known = a != NULL;
	return a && a->internal;
}

static bool uses(const struct cfg_audience *a, const char *channel)
{
	for (size_t i = 0; i < a->channels.count; i++)
		if (strcmp(a->channels.items[i].s, channel) == 0)
			return true;
	return false;
}

static bool channel_internal(void *ctx, const char *id, bool *known)
{
	const struct config *c = ctx;

	*known = config_channel(c, id) != NULL;
	for (size_t i = 0; i < c->audiences.count; i++)
		if (c->audiences.items[i].internal && uses(&c->audiences.items[i], id))
			return true;
	return false;
}

static const char *const *audience_channels(void *ctx, const char *id, size_t *count)
{
	const struct cfg_audience *a = config_audience(ctx, id);

	*count = a ? a->channels.count : 0;
	return a ? a->channel_ids : NULL;
}

/* ---- every arrangement of three audiences and two channels ---- */

static const char *const audiences[] = { "one", "two", "three" };
static const char *const channels[] = { "left", "right" };

#define ARRANGEMENTS 512 /* two bits of channels and one of internal for each audience */

static char *arrangement(int n)
{
	struct buf out;

	buf_init(&out, 0);
	buf_adds(&out, "regions: [ { id: FR, name: France, timezone: UTC } ]\n"
		       "components: [ { id: data, name: Data, class: data } ]\n"
		       "channels:\n  - { id: left, kind: file, path: /l }\n"
		       "  - { id: right, kind: file, path: /r }\naudiences:\n");
	for (size_t a = 0; a < countof(audiences); a++, n >>= 3)
		buf_addf(&out, "  - { id: %s, channels: [%s], internal: %s }\n", audiences[a],
		    (n & 3) == 3 ? "left, right"
		    : n & 1	 ? "left"
		    : n & 2	 ? "right"
				 : "",
		    n & 4 ? "true" : "false");
	return buf_take(&out);
}

static void put_list(struct buf *out, const char *name, const char *const *ids, unsigned set)
{
	bool any = false;

	buf_addf(out, ",\"%s\":[", name);
	for (unsigned i = 0; set >> i; i++)
		if (set >> i & 1) {
			buf_addf(out, "%s\"%s\"", any ? "," : "", ids[i]);
			any = true;
		}
	buf_adds(out, "]");
}

/* Posts to these audiences (bits), by these channels (bits; 0: not named). */
static bool post(
    struct config *c, struct incident *inc, const char *stage, unsigned to, unsigned by)
{
	struct world w = { .policy = c->policy,
		.ctx = c,
		.audience_internal = audience_internal,
		.channel_internal = channel_internal,
		.audience_channels = audience_channels };
	struct event_list out = { 0 };
	struct refusal why;
	struct err e;
	struct buf args;
	cJSON *doc;
	bool ok;

	buf_init(&args, 0);
	buf_addf(&args,
	    "{\"stage\":\"%s\",\"next\":\"20m\",\"fields\":{\"impact\":\"secret "
	    "note\",\"known\":\"k\","
	    "\"unknown\":\"u\",\"next\":\"n\",\"customer_actions\":\"c\"},\"text\":{",
	    stage);
	for (unsigned i = 0, n = 0; i < countof(audiences); i++)
		if (to >> i & 1)
			buf_addf(&args, "%s\"%s\":\"for %s\"", n++ ? "," : "", audiences[i],
			    audiences[i]);
	buf_adds(&args, "}");
	put_list(&args, "audiences", audiences, to);
	if (by)
		put_list(&args, "channels", channels, by);
	buf_adds(&args, "}");
	doc = json_parse(args.data, args.len, &e);
	assert_non_null(doc);
	ok = command_decide(&w, inc, NULL,
	    &(struct command){ .name = "update", .actor = "ana", .args = doc },
	    (struct utc){ T0 + 60000 }, &out, &why);
	for (size_t i = 0; ok && i < out.count; i++) {
		incident_evolve(inc, out.items[i]);
		out.items[i] = NULL;
	}
	out.count = ok ? 0 : out.count;
	event_list_fini(&out);
	cJSON_Delete(doc);
	buf_fini(&args);
	return ok;
}

static struct incident *opened(void)
{
	struct incident *inc = incident_new("INC-1");
	struct err e;
	static const char body[] =
	    "{\"title\":\"internal title\",\"severity\":2,\"regions\":[\"FR\"],\"components\":["
	    "\"data\"],\"started_at\":\"2025-03-10T12:00:00Z\",\"source\":\"operator\"}";

	incident_evolve(inc, event_new("INC-1", 1, (struct utc){ T0 }, "ana", EVENT_OPENED,
				 json_parse(body, sizeof body - 1, &e)));
	return inc;
}

static bool was_internal(const struct config *c, const char *audience)
{
	const struct cfg_audience *a = config_audience(c, audience);

	return a && a->internal;
}

/* Who could read the channel besides internal audiences. */
static bool is_public(const struct config *c, const char *channel)
{
	for (size_t i = 0; i < c->audiences.count; i++)
		if (!c->audiences.items[i].internal && uses(&c->audiences.items[i], channel))
			return true;
	return false;
}

/* What each channel would be sent under `now` was not internal under `then`, if it is public. */
static size_t check_channels(
    const struct config *then, const struct config *now, const struct incident *inc)
{
	struct told told = told_incident(inc);
	size_t sent = 0;

	for (size_t u = 0; u < inc->update_count; u++)
		for (size_t i = 0; i < inc->updates[u].channel_count; i++) {
			const char *channel = inc->updates[u].channels[i], *why, *text;
			const struct cfg_audience *a =
			    telling_audience(now, &inc->updates[u], channel, &why);
			char *headline;

			assert_true((a == NULL) == (why != NULL));
			if (!a)
				continue;
			sent++;
			text = json_str(inc->updates[u].text, a->id.s);
			if (is_public(now, channel) || is_public(then, channel))
				assert_false(was_internal(then, text + 4));
			headline = telling_headline(now, &told, channel);
			assert_true(strncmp(headline, "for ", 4) == 0);
			assert_false(is_public(now, channel) && was_internal(then, headline + 4));
			free(headline);
		}
	return sent;
}

static void no_internal_text_reaches_a_public_channel(void **state)
{
	struct config *all[ARRANGEMENTS];
	struct incident *posted[ARRANGEMENTS] = { 0 };
	size_t accepted = 0, sent = 0, later = 0;

	(void)state;
	for (int n = 0; n < ARRANGEMENTS; n++) {
		char *text = arrangement(n);

		all[n] = load(text);
		free(text);
		if (!all[n])
			continue;
		accepted++;
		for (unsigned to = 1; to < 8; to++)
			for (unsigned by = 0; by < 4; by++) {
				struct incident *inc = opened();

				if (post(all[n], inc, "initial", to, by)) {
					post(all[n], inc, "correction", to, by);
					for (unsigned more = 1; more < 8; more++)
						post(all[n], inc, "correction", more, 0);
					sent += check_channels(all[n], all[n], inc);
				}
				if (to == 7 && by == 0 && inc->update_count) {
					posted[n] = inc;
					continue;
				}
				incident_free(inc);
			}
	}
	/* And under whatever is configured after it was posted. */
	for (int n = 0; n < ARRANGEMENTS; n++)
		for (int m = 0; posted[n] && m < ARRANGEMENTS; m++)
			if (all[m])
				later += check_channels(all[n], all[m], posted[n]);
	assert_true(accepted > 100 && accepted < ARRANGEMENTS);
	assert_true(sent > 10000 && later > 10000);
	for (int n = 0; n < ARRANGEMENTS; n++) {
		incident_free(posted[n]);
		config_free(all[n]);
	}
}

/* ---- mail ---- */

static const char mail_config[] =
    "regions: [ { id: FR, name: France, timezone: UTC }, { id: IT, name: Italy, timezone: UTC } ]\n"
    "components: [ { id: data, name: Data, class: data }, { id: sms, name: SMS, class: sms } ]\n"
    "channels: [ { id: mail, kind: email, smtp: \"smtp://localhost:25\", plain: true, from: "
    "noc@a.example, to: [ops@a.example] } ]\n"
    "audiences: [ { id: partners, channels: [mail] } ]\n"
    "subscribers:\n"
    "  - { id: plain, name: P, email: plain@x.example, audience: partners, regions: [FR], "
    "components: "
    "[\"*\"] }\n"
    "  - { id: italy, name: I, email: italy@x.example, audience: partners, regions: [IT], "
    "components: "
    "[\"*\"] }\n"
    "  - { id: key, name: K, email: key@x.example, audience: partners, regions: [FR], components: "
    "[data], high_value: true }\n"
    "  - { id: twice, name: T, email: ops@a.example, audience: partners, regions: [FR], "
    "components: "
    "[data] }\n";

static void tell(struct incident *inc, enum event_kind kind, const char *body)
{
	struct err e;
	cJSON *doc = json_parse(body, strlen(body), &e);

	if (!doc || !event_body_check(kind, doc, &e))
		fail_msg("%s: %s", body, e.msg);
	incident_evolve(inc, event_new(inc->id, inc->version + 1,
				 (struct utc){ T0 + 1000 * inc->version }, "engine", kind, doc));
}

#define UPDATE                                                                                     \
	"{\"stage\":\"progress\",\"status\":\"investigating\",\"text\":{\"partners\":\"x\"},"      \
	"\"audiences\":[\"partners\"],\"channels\":[\"mail\"],\"readers\":{\"mail\":\"partners\"}" \
	"}"

/* The recipients of the last update, with blanks between. */
static char *recipients(const struct config *c, const struct incident *inc)
{
	struct arena *a = arena_new();
	struct told told = told_incident(inc);
	struct buf out;
	char **list;
	size_t n = telling_recipients(
	    c, &told, incident_last_update(inc), config_channel(c, "mail"), a, &list);

	buf_init(&out, 0);
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s%.*s", i ? " " : "", (int)strcspn(list[i], "@"), list[i]);
	arena_free(a);
	return buf_take(&out);
}

static void expect(const struct config *c, const struct incident *inc, const char *want)
{
	char *got = recipients(c, inc);

	assert_string_equal(got, want);
	free(got);
}

static void who_got_the_first_gets_the_rest(void **state)
{
	struct config *c = load(mail_config), *less;
	struct incident *inc = opened();
	char *text;

	(void)state;
	assert_non_null(c);
	tell(inc, EVENT_UPDATE_POSTED, UPDATE);
	expect(c, inc, "key plain ops"); /* key accounts first, nobody twice */
	/* One is told, one never, one later: only the last is left. */
	tell(inc, EVENT_DELIVERY,
	    "{\"update\":2,\"destination\":\"mail\",\"state\":\"failed\",\"attempts\":1,"
	    "\"recipients\":{"
	    "\"key@x.example\":\"accepted\",\"plain@x.example\":\"failed: 450 "
	    "later\",\"ops@a.example\":"
	    "\"given_up: 550 no\"}}");
	expect(c, inc, "plain");
	/* Taken up again by hand: who was given up as well, who was told not. */
	tell(inc, EVENT_DELIVERY,
	    "{\"update\":2,\"destination\":\"mail\",\"state\":\"failed\",\"again\":true}");
	expect(c, inc, "plain ops");
	tell(inc, EVENT_DELIVERY,
	    "{\"update\":2,\"destination\":\"mail\",\"state\":\"accepted\",\"recipients\":{"
	    "\"plain@x.example\":\"accepted\",\"ops@a.example\":\"accepted\"}}");
	/* The scope moves to Italy: who got the first one gets this one too. */
	tell(inc, EVENT_SCOPE_CHANGED, "{\"regions\":[\"IT\"],\"components\":[\"sms\"]}");
	tell(inc, EVENT_UPDATE_POSTED, UPDATE);
	expect(c, inc, "italy plain key ops");
	/* But nobody who has left meanwhile. */
	text = xstrdup(mail_config);
	memcpy(strstr(text, "plain@x"), "other@x", 7);
	less = load(text);
	assert_non_null(less);
	expect(less, inc, "italy key ops");
	config_free(less);
	free(text);
	incident_free(inc);
	config_free(c);
}

static struct telling_thread thread_of(
    const struct incident *inc, size_t update, const char *channel)
{
	struct told told = told_incident(inc);

	return telling_thread(&told, &inc->updates[update], channel);
}

static void threads_are_known_from_the_record(void **state)
{
	struct incident *inc = opened();
	struct telling_thread t;

	(void)state;
	tell(inc, EVENT_UPDATE_POSTED, UPDATE);
	t = thread_of(inc, 0, "mail");
	assert_null(t.first);
	assert_null(t.reference);
	tell(inc, EVENT_DELIVERY,
	    "{\"update\":2,\"destination\":\"mail\",\"state\":\"accepted\",\"reference\":\"ts-"
	    "1\"}");
	tell(inc, EVENT_UPDATE_POSTED, UPDATE);
	tell(inc, EVENT_DELIVERY,
	    "{\"update\":4,\"destination\":\"mail\",\"state\":\"superseded\"}");
	tell(inc, EVENT_UPDATE_POSTED, UPDATE);
	t = thread_of(inc, 2, "mail");
	assert_int_equal(t.first->version, 2);
	assert_int_equal(t.previous->version, 2); /* the one between never went out */
	assert_string_equal(t.reference, "ts-1");
	assert_null(thread_of(inc, 2, "page").first);
	incident_free(inc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_internal_text_reaches_a_public_channel),
		cmocka_unit_test(who_got_the_first_gets_the_rest),
		cmocka_unit_test(threads_are_known_from_the_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
