/* The configuration: YAML walked by one schema (src/domain/config_schema.c). Pure: sources come in
 * as bytes, zones through a callback. All problems are found in one run. */
#ifndef DOMAIN_CONFIG_H
#define DOMAIN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/time.h"
#include "domain/policy.h"

struct cfg_pos {
	const char *file; /* NULL: a default, not written anywhere */
	int line, column; /* from 1 */
};

struct cfg_text {
	char *s; /* NULL: not given and without a default */
	struct cfg_pos pos;
};

struct cfg_texts {
	struct cfg_text *items;
	size_t count;
};

struct cfg_pair { /* a key with one or several values */
	struct cfg_text key;
	struct cfg_texts values;
};

struct cfg_pairs {
	struct cfg_pair *items;
	size_t count;
};

/* A value that must not be shown: in a file, in the environment, or (where that is allowed) plain.
 */
struct cfg_secret {
	char *file, *env, *plain;
	struct cfg_pos pos;
};

/* An address, or (where it holds a key) a reference to one. */
struct cfg_url {
	struct cfg_text text;
	struct cfg_secret secret;
};

struct cfg_header {
	struct cfg_text name;
	struct cfg_secret value;
};

struct cfg_headers {
	struct cfg_header *items;
	size_t count;
};

#define CFG_LIST(type, name)                                                                       \
	struct {                                                                                   \
		struct type *items;                                                                \
		size_t count;                                                                      \
	} name

struct cfg_calendar {
	struct cfg_pos pos;
	struct cfg_text id, timezone;
	struct cfg_pairs hours;
	struct cfg_texts holidays;
	struct calendar *calendar; /* owned by the policy */
};

struct cfg_region {
	struct cfg_pos pos;
	struct cfg_text id, name, timezone, calendar, workaround;
	struct cfg_texts timezones, portfolios;
	int64_t travellers;
};

struct cfg_portfolio {
	struct cfg_pos pos;
	struct cfg_text id, name;
};

struct cfg_probe {
	struct cfg_pos pos;
	struct cfg_text id; /* "component/region", "#2" behind it when there are several */
	struct cfg_text region;
	const char *kind; /* which of these is given: "http", "tcp", … */
	struct cfg_text http, tcp, tls, icmp;
	struct cfg_text dns_name, dns_type, dns_server, dns_value;
	struct cfg_text beat_file, beat_line;
	int64_t beat_max_age_ms;
	struct cfg_text method, body, ca, cert, key;
	struct cfg_text contains, banner;
	int64_t interval_ms, timeout_ms;
	int64_t fail_after, recover_after;
	struct cfg_texts status; /* "200", "200-299" */
	struct cfg_pairs json;	 /* JSON pointer -> allowed values */
	int64_t degraded_ms;	 /* slower is degraded; 0: no limit */
	int64_t partial_ms, major_ms;
	int64_t certificate_warn_ms;
	struct cfg_headers headers;
	struct cfg_text resolve; /* an address, instead of asking DNS */
};

struct cfg_component {
	struct cfg_pos pos;
	struct cfg_text id, name, label, klass, coverage;
	struct cfg_pairs availability;
	struct cfg_texts depends_on; /* a component, or carrier:ID */
	CFG_LIST(cfg_probe, probes);
};

struct cfg_contact {
	struct cfg_pos pos;
	struct cfg_text name, phone, email, portal, hours;
	int64_t after_ms;
};

struct cfg_feed {
	struct cfg_pos pos;
	struct cfg_text id; /* "carrier/format", "#2" behind it when there are several */
	struct cfg_text format, url;
	struct cfg_text folder; /* watched instead of a url */
	int64_t interval_ms;
	struct cfg_pairs map; /* their component names -> ours */
	struct cfg_pairs fields,
	    values; /* of format json: JSON pointers, and their words -> ours */
	struct cfg_text date_pattern, date_timezone;
	struct cfg_texts date_months;
	struct cfg_headers headers;
	struct cfg_text network; /* private network that this source may lead to */
	struct cfg_text ca;
};

struct cfg_carrier {
	struct cfg_pos pos;
	struct cfg_text id, name, contract;
	struct cfg_texts regions;
	struct duration engage[SEVERITIES]; /* DURATION_NONE: the policy's */
	CFG_LIST(cfg_contact, contacts);
	CFG_LIST(cfg_feed, feeds);
};

struct cfg_person {
	struct cfg_pos pos;
	struct cfg_text id, name, phone, email;
	struct cfg_texts login, can, teams;
	unsigned permissions; /* bits of domain/command */
};

struct cfg_team {
	struct cfg_pos pos;
	struct cfg_text id, name;
	int64_t tier;
	struct cfg_text timezone, handover, from; /* of the schedule */
	struct cfg_texts rotation;
	int64_t days;
};

struct cfg_channel {
	struct cfg_pos pos;
	struct cfg_text id, kind, path, ca;
	struct cfg_text directory; /* of a page */
	struct cfg_url url;
	struct cfg_secret secret, old_secret, password, token;
	struct cfg_text network;
	struct cfg_text smtp, user, from, host, unsubscribe; /* email; host is never without */
	struct cfg_texts to;
	bool plain, latest_only;
	struct cfg_text channel, page, timezone;
	struct cfg_pairs components; /* ours -> theirs */
	struct cfg_text command;     /* exec */
	struct cfg_texts arguments, environment;
	int64_t version, timeout_ms, alarm_after_ms;
	int64_t heartbeat_ms; /* 0: none */
};

struct cfg_audience {
	struct cfg_pos pos;
	struct cfg_text id;
	struct cfg_texts channels;
	const char **channel_ids; /* the same as plain texts; channels.count of them */
	bool internal, by_default;
};

/* Somebody outside who is told, and may be called. */
struct cfg_subscriber {
	struct cfg_pos pos;
	struct cfg_text id, name, email, audience;
	struct cfg_texts regions, components; /* "*": all */
	bool high_value;
	CFG_LIST(cfg_contact, contacts);
	struct cfg_text contract_availability, contract_credits;
	struct duration contract_response[SEVERITIES]; /* DURATION_NONE: the policy's */
};

struct config {
	struct arena *arena;
	struct policy *policy;
	struct cfg_text name, timezone, journal, socket, state;
	struct cfg_text gateway; /* an address of our own that answers whenever we are connected */
	CFG_LIST(cfg_calendar, calendars);
	CFG_LIST(cfg_region, regions);
	CFG_LIST(cfg_portfolio, portfolios);
	CFG_LIST(cfg_component, components);
	CFG_LIST(cfg_carrier, carriers);
	CFG_LIST(cfg_person, people);
	CFG_LIST(cfg_team, teams);
	CFG_LIST(cfg_channel, channels);
	CFG_LIST(cfg_audience, audiences);
	CFG_LIST(cfg_subscriber, subscribers);
	struct cfg_pairs runbooks;
	struct cfg_text bridge_url, bridge_phone;
	struct cfg_text policy_file;
	struct cfg_text templates, jargon; /* folders of the site's own texts */
	/* The status page: how far back it looks, how long a version of it is good, our name on it
	 * (NULL: the NOC's), a zone that is shown beside UTC, and whether it names carriers
	 * ("show", "hide"). */
	int64_t page_history_ms, page_valid_ms;
	struct cfg_text page_name, page_timezone, page_carriers;
};

/* One file, or a part of conf.d. `text` need not live on after the call. */
struct cfg_source {
	const char *name; /* as it is shown */
	const char *text;
	size_t len;
};

struct cfg_problem {
	struct cfg_pos pos;
	char *file, *what, *help; /* help may be NULL; pos.file is not set */
	char *source_line;	  /* NULL when there is none */
};

struct cfg_problems {
	struct cfg_problem *items;
	size_t count, cap;
};

void cfg_problems_fini(struct cfg_problems *p);
void cfg_problem_add(struct cfg_problems *p, struct cfg_pos pos, const char *line, const char *help,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* "FILE:LINE:COLUMN: error: what", the line, a caret, "= help: …". */
void cfg_problem_print(struct buf *out, const struct cfg_problem *p);

typedef const struct zone *(*cfg_zone_fn)(void *ctx, const char *name);

/* `sources[0]` is the main file, the others are merged into it by key. `policy` may be NULL (the
 * default policy). NULL when there is any problem. The caller frees with config_free. */
struct config *config_load(const struct cfg_source *sources, size_t count,
    const struct cfg_source *policy, cfg_zone_fn zone, void *ctx, struct cfg_problems *problems);
/* The path of a file without links, as far as it is there; the caller frees. */
typedef char *(*cfg_real_fn)(const char *path);

/* The channels' places once more, with the links of this host followed: two that are one are a
 * problem, as those whose paths are equal are to config_load. */
void config_check_links(const struct config *c, const struct cfg_source *sources, size_t count,
    cfg_real_fn real, struct cfg_problems *problems);
/* The name of the policy's file as these sources give it, whatever else is wrong with them; NULL:
 * they give none. The caller frees. */
char *config_policy_name(const struct cfg_source *sources, size_t count);
/* The same of the engine's socket. */
char *config_socket_name(const struct cfg_source *sources, size_t count);
/* Notes, where the sources name it, that the policy's file cannot be read. */
void config_policy_problem(
    const struct cfg_source *sources, size_t count, const char *why, struct cfg_problems *problems);
void config_free(struct config *c);

/* The policy alone (and its calendars), over the defaults; NULL when there is any problem. */
struct policy *policy_load(
    const struct cfg_source *source, cfg_zone_fn zone, void *ctx, struct cfg_problems *problems);

const struct cfg_region *config_region(const struct config *c, const char *id);
const struct cfg_component *config_component(const struct config *c, const char *id);
const struct cfg_carrier *config_carrier(const struct config *c, const char *id);
/* True for a key of a feed's "fields". */
bool cfg_feed_field(const char *name);
const struct cfg_person *config_person(const struct config *c, const char *id);
const struct cfg_channel *config_channel(const struct config *c, const char *id);
const struct cfg_audience *config_audience(const struct config *c, const char *id);
const struct cfg_subscriber *config_subscriber(const struct config *c, const char *id);
/* Audiences that read a page channel, in the order of the configuration: the first one reads the
 * page itself, the others each a page of their own under a path that cannot be guessed. NULL behind
 * the last. */
const struct cfg_audience *config_page_audience(
    const struct config *c, const struct cfg_channel *page, size_t n);
/* Who has this login name; NULL: nobody. */
const struct cfg_person *config_login(const struct config *c, const char *login);

/* What can be written as an e-mail address: a plain name@domain, nothing that could end a command
 * or a header. */
bool config_address_ok(const char *address);

/* Who of an audience is told of an incident in these regions and components: key accounts first,
 * else in the order of the configuration. Returns how many of c->subscribers were put into `out`,
 * which has room for all of them. */
size_t config_subscribed(const struct config *c, const char *audience, char *const *regions,
    size_t region_count, char *const *components, size_t component_count,
    const struct cfg_subscriber **out);

/* Who of the team is on call at `now` by its schedule, or its first member without one; NULL: the
 * team has nobody. `zone` is of the schedule's time zone. */
const struct cfg_person *config_on_call(
    const struct config *c, const struct cfg_team *team, const struct zone *zone, struct utc now);
const struct cfg_team *config_tier_team(const struct config *c, int tier);

/* A commented configuration with every key and its default, from the same schema. */
void config_sample(struct buf *out);

/* One key, as a man page tells it. */
struct config_key {
	int depth; /* 0: a key of the whole; 1: a key of the one before it, … */
	const char *name, *help;
	char takes[80];	     /* what is written behind it, in words */
	char bounds[80];     /* "1s to 1d"; "" */
	const char *initial; /* its default; NULL: none */
	const char *choices; /* blank-separated; NULL: not restricted to words */
	bool required;
	bool example; /* `help` is an example of a value */
};

/* Every key of the schema, parents before their keys. `k` is valid for the call. */
void config_keys(void (*each)(void *ctx, const struct config_key *k), void *ctx);

#endif
