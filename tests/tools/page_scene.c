#include "page_scene.h"

#include "base/mem.h"
#include "os/zone.h"
#include "t.h"

static const char usual[] =
    "noc: { name: Wayfarer NOC, timezone: Europe/London }\n"
    "page: { name: Wayfarer }\n"
    "regions:\n"
    "  - { id: FR, name: France, timezone: Europe/Paris, portfolios: [western-europe] }\n"
    "  - { id: IT, name: Italy, timezone: Europe/Rome, portfolios: [western-europe] }\n"
    "  - { id: US, name: United States, timezones: [America/New_York, America/Los_Angeles] }\n"
    "portfolios: [ { id: western-europe, name: Western Europe } ]\n"
    "components:\n"
    "  - { id: activation, name: Activation }\n"
    "  - { id: data, name: Mobile data, availability: { \"*\": 99.9, FR: 99.95 }, depends_on: "
    "[carrier:orange-fr] }\n"
    "  - { id: sms, name: SMS, probes: [ { region: FR, tcp: \"127.0.0.1:1\" } ] }\n"
    "carriers: [ { id: orange-fr, name: Orange, regions: [FR] } ]\n"
    "channels:\n"
    "  - { id: page, kind: page, directory: /nowhere/status, url: \"https://status.example/\", "
    "secret: { file: /nowhere/key } }\n"
    "  - { id: war-room, kind: file, path: /nowhere/war-room.txt }\n"
    "audiences:\n"
    "  - { id: public, channels: [page] }\n"
    "  - { id: partners, channels: [page] }\n"
    "  - { id: inside, channels: [war-room], internal: true }\n";

static const struct zone *zone(void *ctx, const char *name)
{
	struct err e;

	(void)ctx;
	return zone_load(name, &e);
}

static struct utc at(int minute)
{
	return (struct utc){ PAGE_NOON + minute * INT64_C(60000) };
}

struct config *page_config(const char *text)
{
	struct cfg_source source = { .name = "nocboard.yaml", .text = text ? text : usual };
	struct cfg_problems problems = { 0 };
	struct config *c;

	source.len = strlen(source.text);
	c = config_load(&source, 1, NULL, zone, NULL, &problems);
	if (!c)
		fail_msg("%d: %s", problems.items[0].pos.line, problems.items[0].what);
	cfg_problems_fini(&problems);
	return c;
}

void page_tell(struct incident *inc, int minute, const char *kind, const char *body)
{
	struct err e = { 0 };
	cJSON *o = json_parse(body, strlen(body), &e);

	if (!o || !event_body_check(event_kind_of(kind), o, &e))
		fail_msg("%s: %s", body, e.msg);
	incident_evolve(
	    inc, event_new(inc->id, inc->version + 1, at(minute), "maria", event_kind_of(kind), o));
}

struct incident *page_open_incident(
    int n, int minute, int severity, const char *regions, const char *components)
{
	char started[UTC_TEXT], id[32], *body;
	struct incident *inc;

	snprintf(id, sizeof id, "INC-%d", n);
	inc = incident_new(id);
	body = xasprintf("{\"title\":\"internal words\",\"severity\":%d,\"regions\":%s,"
			 "\"components\":%s,\"started_at\":\"%s\"}",
	    severity, regions, components, utc_format(at(minute), started));
	page_tell(inc, minute, "opened", body);
	free(body);
	return inc;
}

void page_post(
    struct incident *inc, int minute, const char *stage, const char *status, const char *text)
{
	cJSON *o = cJSON_CreateObject(), *texts = cJSON_CreateObject();
	char *both[] = { (char *)(uintptr_t) "public", (char *)(uintptr_t) "partners" },
	     *page = (char *)(uintptr_t) "page", *body;

	json_put_str(o, "stage", stage);
	json_put_str(o, "status", status);
	json_put_str(texts, "public", text);
	json_put_str(texts, "partners", text);
	json_put(o, "text", texts);
	json_put_strs(o, "audiences", both, 2);
	json_put_strs(o, "channels", &page, 1);
	if (strcmp(status, "resolved") != 0)
		json_put_utc(o, "next_update_at", at(minute + 30));
	body = json_text(o);
	page_tell(inc, minute, "update_posted", body);
	free(body);
	cJSON_Delete(o);
}

struct page *page_with(
    const struct config *c, const struct page_matter *matter, size_t audience, int minute)
{
	struct page_request r = { .config = c,
		.channel = config_channel(c, "page"),
		.audience = audience,
		.url = audience ? "https://status.example/p/token/" : "https://status.example/",
		.zone = zone,
		.now = at(minute) };
	struct page *p = page_new(&r, matter);

	if (!p)
		fail_msg("there is no audience %zu", audience);
	return p;
}

struct page *page_at(const struct config *c, const struct incident *const *incidents, size_t count,
    size_t audience, int minute)
{
	struct page_matter matter = { .incidents = incidents, .incident_count = count };

	return page_with(c, &matter, audience, minute);
}
