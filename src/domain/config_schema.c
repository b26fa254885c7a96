/* The schema: one row for each key of nocboard.yaml. The reader, the checks of types and ranges,
 * the sample and the man page all come from here. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "config_priv.h"

#define SECOND INT64_C(1000)
#define DAY (86400 * SECOND)

/* clang-format off */
#define AT(type, member) offsetof(struct type, member)

static const struct field calendar_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_calendar, id), .help = "the key of this calendar" },
	{ .key = "timezone", .type = F_TEXT, .offset = AT(cfg_calendar, timezone), .help = "IANA name; the NOC's own when left out" },
	{ .key = "hours", .type = F_PAIRS, .offset = AT(cfg_calendar, hours), .help = "{ mon-fri: \"09:00-17:00\" }" },
	{ .key = "holidays", .type = F_TEXTS, .offset = AT(cfg_calendar, holidays), .help = "[2026-12-25, …]" },
	{ 0 },
};
const struct object calendar_object = { "calendar", sizeof(struct cfg_calendar), calendar_fields, true };

static const struct field region_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_region, id), .required = true, .help = "FR, or western-europe" },
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_region, name), .help = "as customers read it" },
	{ .key = "timezone", .type = F_TEXT, .offset = AT(cfg_region, timezone), .help = "IANA name of the region's one zone" },
	{ .key = "timezones", .type = F_TEXTS, .offset = AT(cfg_region, timezones), .help = "several zones, the first is shown first" },
	{ .key = "portfolios", .type = F_TEXTS, .offset = AT(cfg_region, portfolios), .help = "ids of portfolios" },
	{ .key = "calendar", .type = F_TEXT, .offset = AT(cfg_region, calendar), .help = "business hours that hold here; the default calendar when left out" },
	{ .key = "travellers", .type = F_INT, .offset = AT(cfg_region, travellers), .max = 1000000000, .help = "how many are usually there: weighs the suggested severity" },
	{ .key = "workaround", .type = F_TEXT, .offset = AT(cfg_region, workaround), .help = "what customers here can do, in plain words" },
	{ 0 },
};
static const struct object region_object = { "region", sizeof(struct cfg_region), region_fields, true };

static const struct field portfolio_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_portfolio, id), .required = true, .help = "western-europe" },
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_portfolio, name), .help = "as customers read it" },
	{ 0 },
};
static const struct object portfolio_object = { "portfolio", sizeof(struct cfg_portfolio), portfolio_fields, true };

static const struct field latency_fields[] = {
	{ .key = "degraded", .type = F_DURATION, .offset = AT(cfg_probe, degraded_ms), .max = 60 * SECOND, .help = "slower answers count as degraded" },
	{ .key = "partial", .type = F_DURATION, .offset = AT(cfg_probe, partial_ms), .max = 60 * SECOND, .help = "slower ones as a partial outage" },
	{ .key = "major", .type = F_DURATION, .offset = AT(cfg_probe, major_ms), .max = 60 * SECOND, .help = "slower ones as a major outage" },
	{ 0 },
};
static const struct object latency_object = { "latency expectation", 0, latency_fields, false };

static const struct field certificate_fields[] = {
	{ .key = "warn", .type = F_DURATION, .offset = AT(cfg_probe, certificate_warn_ms), .max = 365 * DAY, .help = "a certificate that ends sooner counts as degraded; 30d for tls when left out" },
	{ 0 },
};
static const struct object certificate_object = { "certificate expectation", 0, certificate_fields, false };

static const struct field expect_fields[] = {
	{ .key = "status", .type = F_TEXTS, .offset = AT(cfg_probe, status), .initial = "200-299", .help = "HTTP status codes that are fine: [200, 204] or 200-299" },
	{ .key = "json", .type = F_PAIRS, .offset = AT(cfg_probe, json), .help = "{ \"/status\": [pass, ok] }: JSON pointer and the values that are fine" },
	{ .key = "contains", .type = F_TEXT, .offset = AT(cfg_probe, contains), .help = "text that the body of an http answer holds" },
	{ .key = "banner", .type = F_TEXT, .offset = AT(cfg_probe, banner), .help = "text in what a tcp server says first" },
	{ .key = "latency", .type = F_OBJECT, .object = &latency_object, .help = "{ degraded: 800ms, partial: 2s, major: 5s }" },
	{ .key = "certificate", .type = F_OBJECT, .object = &certificate_object, .help = "{ warn: 14d }" },
	{ 0 },
};
static const struct object expect_object = { "expectation", 0, expect_fields, false };

static const struct field dns_fields[] = {
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_probe, dns_name), .required = true, .help = "what is looked up" },
	{ .key = "type", .type = F_TEXT, .offset = AT(cfg_probe, dns_type), .initial = "A", .help = "A, AAAA, CNAME, MX, NAPTR, NS, SRV, TXT, …, or TYPE65" },
	{ .key = "server", .type = F_TEXT, .offset = AT(cfg_probe, dns_server), .help = "address of the server, with a port if it is not 53; the first one of this host when left out" },
	{ .key = "value", .type = F_TEXT, .offset = AT(cfg_probe, dns_value), .help = "one of the records must be this: 192.0.2.7, or \"10 mail.example\"" },
	{ 0 },
};
static const struct object dns_object = { "DNS look-up", 0, dns_fields, false };

static const struct field heartbeat_fields[] = {
	{ .key = "file", .type = F_TEXT, .offset = AT(cfg_probe, beat_file), .required = true, .help = "absolute path" },
	{ .key = "max_age", .type = F_DURATION, .offset = AT(cfg_probe, beat_max_age_ms), .initial = "10m", .min = 1 * SECOND, .max = 366 * DAY, .help = "older is a failure" },
	{ .key = "line", .type = F_TEXT, .offset = AT(cfg_probe, beat_line), .help = "the newest line that holds this text counts, by the time it starts with; the file's own time when left out" },
	{ 0 },
};
static const struct object heartbeat_object = { "heartbeat", 0, heartbeat_fields, false };

static const struct field probe_fields[] = {
	{ .key = "region", .type = F_TEXT, .offset = AT(cfg_probe, region), .required = true, .help = "a region's id, or \"*\" with {region} in the address" },
	{ .key = "http", .type = F_TEXT, .offset = AT(cfg_probe, http), .help = "http:// or https:// address to ask" },
	{ .key = "tcp", .type = F_TEXT, .offset = AT(cfg_probe, tcp), .help = "host:port to connect to, instead of http" },
	{ .key = "tls", .type = F_TEXT, .offset = AT(cfg_probe, tls), .help = "host:port whose certificates are looked at, instead of http; port 443 when left out" },
	{ .key = "dns", .type = F_OBJECT, .object = &dns_object, .help = "{ name: www.example, type: A, server: 192.0.2.53 }: a look-up, instead of http" },
	{ .key = "icmp", .type = F_TEXT, .offset = AT(cfg_probe, icmp), .help = "host to send an echo request to, instead of http" },
	{ .key = "heartbeat", .type = F_OBJECT, .object = &heartbeat_object, .help = "{ file: /run/export.stamp, max_age: 10m }: what must report from time to time, instead of http" },
	{ .key = "method", .type = F_CHOICE, .offset = AT(cfg_probe, method), .initial = "GET", .choices = "GET HEAD POST", .help = "GET, HEAD or POST" },
	{ .key = "body", .type = F_TEXT, .offset = AT(cfg_probe, body), .help = "of a POST" },
	{ .key = "interval", .type = F_DURATION, .offset = AT(cfg_probe, interval_ms), .initial = "30s", .min = 1 * SECOND, .max = DAY, .help = "how often it is asked" },
	{ .key = "timeout", .type = F_DURATION, .offset = AT(cfg_probe, timeout_ms), .initial = "5s", .min = 100, .max = 60 * SECOND, .help = "no answer by then is a failure" },
	{ .key = "fail_after", .type = F_INT, .offset = AT(cfg_probe, fail_after), .initial = "3", .min = 1, .max = 100, .help = "failures in a row to fall" },
	{ .key = "recover_after", .type = F_INT, .offset = AT(cfg_probe, recover_after), .initial = "2", .min = 1, .max = 100, .help = "successes in a row to rise" },
	{ .key = "expect", .type = F_OBJECT, .object = &expect_object, .help = "what a healthy answer looks like" },
	{ .key = "headers", .type = F_HEADERS, .offset = AT(cfg_probe, headers), .help = "{ Authorization: { file: /path } }" },
	{ .key = "resolve", .type = F_TEXT, .offset = AT(cfg_probe, resolve), .help = "an address to connect to, instead of asking DNS" },
	{ .key = "ca", .type = F_TEXT, .offset = AT(cfg_probe, ca), .help = "PEM file of a private certificate authority" },
	{ .key = "cert", .type = F_TEXT, .offset = AT(cfg_probe, cert), .help = "PEM file of our own certificate as the client" },
	{ .key = "key", .type = F_TEXT, .offset = AT(cfg_probe, key), .help = "PEM file of its key, which nobody else may read; in cert when left out" },
	{ 0 },
};
static const struct object probe_object = { "probe", sizeof(struct cfg_probe), probe_fields, true };

static const struct field component_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_component, id), .required = true, .help = "activation" },
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_component, name), .help = "as customers read it" },
	{ .key = "label", .type = F_TEXT, .offset = AT(cfg_component, label), .help = "at most 6 letters, the column's head; from the id when left out" },
	{ .key = "class", .type = F_CHOICE, .offset = AT(cfg_component, klass), .initial = "other", .choices = "activation provisioning attach data routing voice sms portal billing other", .help = "what it does: ranks incidents" },
	{ .key = "coverage", .type = F_TEXT, .offset = AT(cfg_component, coverage), .initial = "24x7", .help = "24x7, or a calendar: what the availability target counts" },
	{ .key = "availability", .type = F_PAIRS, .offset = AT(cfg_component, availability), .help = "{ \"*\": 99.95, US: 99.9 }: target in percent for each region" },
	{ .key = "depends_on", .type = F_TEXTS, .offset = AT(cfg_component, depends_on), .help = "[carrier:orange-fr, provisioning]: what explains its failure, and is told in its place" },
	{ .key = "probes", .type = F_OBJECTS, .offset = AT(cfg_component, probes), .object = &probe_object, .help = "one for each region" },
	{ 0 },
};
static const struct object component_object = { "component", sizeof(struct cfg_component), component_fields, true };

static const struct field contact_fields[] = {
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_contact, name), .required = true, .help = "who answers" },
	{ .key = "phone", .type = F_TEXT, .offset = AT(cfg_contact, phone), .help = "with the country code" },
	{ .key = "email", .type = F_TEXT, .offset = AT(cfg_contact, email), .help = "address" },
	{ .key = "portal", .type = F_TEXT, .offset = AT(cfg_contact, portal), .help = "where tickets are opened" },
	{ .key = "hours", .type = F_TEXT, .offset = AT(cfg_contact, hours), .initial = "24x7", .help = "24x7, or a calendar" },
	{ .key = "after", .type = F_DURATION, .offset = AT(cfg_contact, after_ms), .max = 7 * DAY, .help = "only when the engagement is that old" },
	{ 0 },
};
static const struct object contact_object = { "contact", sizeof(struct cfg_contact), contact_fields, true };

static const struct field dates_fields[] = {
	{ .key = "pattern", .type = F_TEXT, .offset = AT(cfg_feed, date_pattern), .help = "\"%a %d.%b %H:%M\": %d %m %b (name) %Y %y %H %M %S %p %z, %a for a word that says nothing" },
	{ .key = "months", .type = F_TEXTS, .offset = AT(cfg_feed, date_months), .help = "[jan, feb, …]: twelve names or their beginnings; the English ones when left out" },
	{ .key = "timezone", .type = F_TEXT, .offset = AT(cfg_feed, date_timezone), .help = "IANA name, of dates without a zone; UTC when left out" },
	{ 0 },
};
static const struct object dates_object = { "way to write dates", 0, dates_fields, false };

static const struct field feed_fields[] = {
	{ .key = "format", .type = F_CHOICE, .offset = AT(cfg_feed, format), .required = true, .choices = "auto statuspage statuspage-history aws azure gcp statusio slack alertmanager maintnote mail rss atom json", .help = "see `nocboard feed --list`" },
	{ .key = "url", .type = F_TEXT, .offset = AT(cfg_feed, url), .help = "http:// or https:// address" },
	{ .key = "folder", .type = F_TEXT, .offset = AT(cfg_feed, folder), .help = "absolute path of a folder, instead of url: what is dropped there is read once, then moved to done/ or failed/" },
	{ .key = "interval", .type = F_DURATION, .offset = AT(cfg_feed, interval_ms), .initial = "60s", .min = 10 * SECOND, .max = DAY, .help = "how often it is fetched" },
	{ .key = "map", .type = F_PAIRS, .offset = AT(cfg_feed, map), .help = "{ \"Mobile Data\": data }: their component names, ours" },
	{ .key = "fields", .type = F_PAIRS, .offset = AT(cfg_feed, fields), .help = "of format json: { list: /incidents, id: /id, title: /name, state: /status, start: /from, end: /until, severity: /level, region: /place, text: /body, components: /service/name }: JSON pointers, from an item but for list and updated; also url, updates, update_time, update_state, update_text" },
	{ .key = "values", .type = F_PAIRS, .offset = AT(cfg_feed, values), .help = "of format json: { DOWN: investigating, UP: resolved, high: 2 }: their words, our states and severities" },
	{ .key = "dates", .type = F_OBJECT, .object = &dates_object, .help = "of format json: how the page writes its dates, where it is not a usual form" },
	{ .key = "headers", .type = F_HEADERS, .offset = AT(cfg_feed, headers), .help = "{ Authorization: { env: NAME } }" },
	{ .key = "network", .type = F_TEXT, .offset = AT(cfg_feed, network), .help = "10.1.0.0/16: a private network that this feed may lie in" },
	{ .key = "ca", .type = F_TEXT, .offset = AT(cfg_feed, ca), .help = "PEM file of a private certificate authority" },
	{ 0 },
};
static const struct object feed_object = { "feed", sizeof(struct cfg_feed), feed_fields, true };

static const struct field carrier_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_carrier, id), .required = true, .help = "orange-fr" },
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_carrier, name), .help = "as people say it" },
	{ .key = "regions", .type = F_TEXTS, .offset = AT(cfg_carrier, regions), .help = "regions it serves" },
	{ .key = "engage", .type = F_ENGAGE, .offset = AT(cfg_carrier, engage), .help = "{ sev1: 15m, sev2: 30m }; the policy's when left out" },
	{ .key = "contract", .type = F_TEXT, .offset = AT(cfg_carrier, contract), .help = "what they owe us, in one line" },
	{ .key = "contacts", .type = F_OBJECTS, .offset = AT(cfg_carrier, contacts), .object = &contact_object, .help = "who is called, in order" },
	{ .key = "feeds", .type = F_OBJECTS, .offset = AT(cfg_carrier, feeds), .object = &feed_object, .help = "its status feeds" },
	{ 0 },
};
static const struct object carrier_object = { "carrier", sizeof(struct cfg_carrier), carrier_fields, true };

static const struct field person_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_person, id), .required = true, .help = "maria" },
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_person, name), .help = "Maria Silva" },
	{ .key = "login", .type = F_TEXTS, .offset = AT(cfg_person, login), .help = "user names on this host" },
	{ .key = "phone", .type = F_TEXT, .offset = AT(cfg_person, phone), .help = "with the country code" },
	{ .key = "email", .type = F_TEXT, .offset = AT(cfg_person, email), .help = "address" },
	{ .key = "can", .type = F_TEXTS, .offset = AT(cfg_person, can), .initial = "view", .help = "[view, respond, command, publish, admin]" },
	{ .key = "teams", .type = F_TEXTS, .offset = AT(cfg_person, teams), .help = "ids of teams" },
	{ 0 },
};
static const struct object person_object = { "person", sizeof(struct cfg_person), person_fields, true };

static const struct field schedule_fields[] = {
	{ .key = "timezone", .type = F_TEXT, .offset = AT(cfg_team, timezone), .help = "IANA name; the NOC's own when left out" },
	{ .key = "handover", .type = F_TEXT, .offset = AT(cfg_team, handover), .initial = "08:00", .help = "time of day at which the next one takes over" },
	{ .key = "rotation", .type = F_TEXTS, .offset = AT(cfg_team, rotation), .help = "people in order" },
	{ .key = "days", .type = F_INT, .offset = AT(cfg_team, days), .initial = "7", .min = 1, .max = 366, .help = "length of a turn" },
	{ .key = "from", .type = F_TEXT, .offset = AT(cfg_team, from), .help = "first day of the first one's turn, 2026-11-02" },
	{ 0 },
};
static const struct object schedule_object = { "schedule", 0, schedule_fields, false };

static const struct field team_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_team, id), .required = true, .help = "noc" },
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_team, name), .help = "as people say it" },
	{ .key = "tier", .type = F_INT, .offset = AT(cfg_team, tier), .min = 1, .max = 3, .help = "1 service desk, 2 NOC, 3 platform and network" },
	{ .key = "schedule", .type = F_OBJECT, .object = &schedule_object, .help = "who is on call" },
	{ 0 },
};
static const struct object team_object = { "team", sizeof(struct cfg_team), team_fields, true };

static const struct field channel_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_channel, id), .required = true, .help = "partner-hook" },
	{ .key = "kind", .type = F_CHOICE, .offset = AT(cfg_channel, kind), .required = true, .choices = "file webhook email slack teams pagerduty statuspage cachet exec page", .help = "what the receiver is" },
	{ .key = "path", .type = F_TEXT, .offset = AT(cfg_channel, path), .help = "of a file: written whole, then renamed; .json for JSON, else text" },
	{ .key = "directory", .type = F_TEXT, .offset = AT(cfg_channel, directory), .help = "of a page: the folder that a web server serves; \"url\" is its public address" },
	{ .key = "url", .type = F_URL, .offset = AT(cfg_channel, url), .help = "of a webhook, slack, teams, pagerduty, statuspage or cachet, or { file: … } when the address is a secret; of slack with a token: the base of another Slack, https://slack-gov.com/api" },
	{ .key = "secret", .type = F_SECRET, .offset = AT(cfg_channel, secret), .help = "of a webhook: { file: … }, whsec_ and base64, signs each message; of a page: any long text, makes the paths of partners' pages" },
	{ .key = "old_secret", .type = F_SECRET, .offset = AT(cfg_channel, old_secret), .help = "of a webhook: signs too, while the receiver changes over to \"secret\"" },
	{ .key = "smtp", .type = F_TEXT, .offset = AT(cfg_channel, smtp), .help = "of e-mail: smtp://host:587 (TLS by STARTTLS) or smtps://host:465" },
	{ .key = "plain", .type = F_BOOL, .offset = AT(cfg_channel, plain), .initial = "false", .help = "true: e-mail without TLS, to a server on this host only" },
	{ .key = "user", .type = F_TEXT, .offset = AT(cfg_channel, user), .help = "login name at the mail server" },
	{ .key = "password", .type = F_SECRET, .offset = AT(cfg_channel, password), .help = "at the mail server: { file: … }" },
	{ .key = "from", .type = F_TEXT, .offset = AT(cfg_channel, from), .help = "address that e-mail comes from" },
	{ .key = "host", .type = F_TEXT, .offset = AT(cfg_channel, host), .help = "how we greet the mail server, and behind the @ of message ids; the domain of \"from\" when left out" },
	{ .key = "to", .type = F_TEXTS, .offset = AT(cfg_channel, to), .help = "addresses that get every e-mail of this channel, besides its subscribers" },
	{ .key = "unsubscribe", .type = F_TEXT, .offset = AT(cfg_channel, unsubscribe), .help = "https: or mailto: address for who wants no more e-mail; a mail to \"from\" when left out" },
	{ .key = "token", .type = F_SECRET, .offset = AT(cfg_channel, token), .help = "key of slack, statuspage or cachet, or pagerduty's routing key: { file: … }" },
	{ .key = "channel", .type = F_TEXT, .offset = AT(cfg_channel, channel), .help = "of slack with a token: C0PARTNERS, a thread for each incident" },
	{ .key = "page", .type = F_TEXT, .offset = AT(cfg_channel, page), .help = "id of the page at statuspage" },
	{ .key = "components", .type = F_PAIRS, .offset = AT(cfg_channel, components), .help = "{ data: kctbh9vrtdwd }: our component, its id at statuspage or cachet" },
	{ .key = "version", .type = F_INT, .offset = AT(cfg_channel, version), .initial = "3", .min = 2, .max = 3, .help = "of cachet" },
	{ .key = "timezone", .type = F_TEXT, .offset = AT(cfg_channel, timezone), .help = "of cachet: the zone that is set there, in which it reads times; IANA name, UTC when left out" },
	{ .key = "command", .type = F_TEXT, .offset = AT(cfg_channel, command), .help = "of exec: absolute path of a program, gets JSON on standard input" },
	{ .key = "arguments", .type = F_TEXTS, .offset = AT(cfg_channel, arguments), .help = "of exec: given as they are, there is no shell" },
	{ .key = "environment", .type = F_TEXTS, .offset = AT(cfg_channel, environment), .help = "of exec: names of variables (NOC_…) that the program sees besides PATH and LANG" },
	{ .key = "timeout", .type = F_DURATION, .offset = AT(cfg_channel, timeout_ms), .initial = "30s", .min = SECOND, .max = 120 * SECOND, .help = "a try takes no longer" },
	{ .key = "alarm_after", .type = F_DURATION, .offset = AT(cfg_channel, alarm_after_ms), .initial = "15m", .min = 60 * SECOND, .max = 86400 * SECOND, .help = "something waits, and nothing was taken for so long: every board says so" },
	{ .key = "heartbeat", .type = F_DURATION, .offset = AT(cfg_channel, heartbeat_ms), .min = 60 * SECOND, .max = 7 * 86400 * SECOND, .help = "so often something is sent there that no customer reads: a webhook or a program gets the type \"heartbeat\", e-mail goes to \"from\", of slack and statuspage the token is tried, and cachet is asked whether it is there; what fails for alarm_after is on every board" },
	{ .key = "latest_only", .type = F_BOOL, .offset = AT(cfg_channel, latest_only), .initial = "false", .help = "true: an update that waits is left out when a newer one of its incident waits too" },
	{ .key = "network", .type = F_TEXT, .offset = AT(cfg_channel, network), .help = "10.1.0.0/16: a private network that the receiver may lie in" },
	{ .key = "ca", .type = F_TEXT, .offset = AT(cfg_channel, ca), .help = "PEM file of a private certificate authority" },
	{ 0 },
};
static const struct object channel_object = { "channel", sizeof(struct cfg_channel), channel_fields, true };

static const struct field audience_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_audience, id), .required = true, .help = "public" },
	{ .key = "channels", .type = F_TEXTS, .offset = AT(cfg_audience, channels), .help = "ids of channels" },
	{ .key = "internal", .type = F_BOOL, .offset = AT(cfg_audience, internal), .initial = "false", .help = "true: what it reads never leaves the team" },
	{ .key = "by_default", .type = F_BOOL, .offset = AT(cfg_audience, by_default), .initial = "false", .help = "true: of an internal audience, updates are written for it too unless somebody takes it out; for all others they are anyway" },
	{ 0 },
};
static const struct object audience_object = { "audience", sizeof(struct cfg_audience), audience_fields, true };

static const struct field contract_fields[] = {
	{ .key = "availability", .type = F_TEXT, .offset = AT(cfg_subscriber, contract_availability), .help = "99.9: percent that we owe them" },
	{ .key = "response", .type = F_ENGAGE, .offset = AT(cfg_subscriber, contract_response), .help = "{ sev1: 15m }" },
	{ .key = "credits", .type = F_TEXT, .offset = AT(cfg_subscriber, contract_credits), .help = "default, or the name of a table of the policy" },
	{ 0 },
};
static const struct object contract_object = { "contract", 0, contract_fields, false };

static const struct field subscriber_fields[] = {
	{ .key = "id", .type = F_ID, .offset = AT(cfg_subscriber, id), .required = true, .help = "acme-travel" },
	{ .key = "name", .type = F_TEXT, .offset = AT(cfg_subscriber, name), .help = "Acme Travel" },
	{ .key = "email", .type = F_TEXT, .offset = AT(cfg_subscriber, email), .help = "address that updates go to" },
	{ .key = "audience", .type = F_TEXT, .offset = AT(cfg_subscriber, audience), .required = true, .help = "whose text they read" },
	{ .key = "regions", .type = F_TEXTS, .offset = AT(cfg_subscriber, regions), .initial = "*", .help = "[FR, IT]: only incidents there; \"*\" all" },
	{ .key = "components", .type = F_TEXTS, .offset = AT(cfg_subscriber, components), .initial = "*", .help = "[data]: only incidents of these; \"*\" all" },
	{ .key = "high_value", .type = F_BOOL, .offset = AT(cfg_subscriber, high_value), .initial = "false", .help = "true: a key account, told first and named in the contacts matrix" },
	{ .key = "contacts", .type = F_OBJECTS, .offset = AT(cfg_subscriber, contacts), .object = &contact_object, .help = "who is called there, in order" },
	{ .key = "contract", .type = F_OBJECT, .object = &contract_object, .help = "what we owe them" },
	{ 0 },
};
static const struct object subscriber_object = { "subscriber", sizeof(struct cfg_subscriber), subscriber_fields, true };

static const struct field noc_fields[] = {
	{ .key = "name", .type = F_TEXT, .offset = AT(config, name), .initial = "NOC", .help = "on every board's first line" },
	{ .key = "timezone", .type = F_TEXT, .offset = AT(config, timezone), .initial = "UTC", .help = "of the default calendar and of local times without a region" },
	{ .key = "journal", .type = F_TEXT, .offset = AT(config, journal), .help = "the journal's file; below the state folder when left out" },
	{ .key = "socket", .type = F_TEXT, .offset = AT(config, socket), .help = "the engine's socket; below the runtime folder when left out" },
	{ .key = "gateway", .type = F_TEXT, .offset = AT(config, gateway), .help = "http:// address that always answers when we are connected ourselves" },
	{ 0 },
};
static const struct object noc_object = { "NOC", 0, noc_fields, false };

static const struct field bridge_fields[] = {
	{ .key = "url", .type = F_TEXT, .offset = AT(config, bridge_url), .help = "conference, with {incident} in it" },
	{ .key = "phone", .type = F_TEXT, .offset = AT(config, bridge_phone), .help = "dial-in number" },
	{ 0 },
};
static const struct object bridge_object = { "bridge", 0, bridge_fields, false };

static const struct field page_fields[] = {
	{ .key = "name", .type = F_TEXT, .offset = AT(config, page_name), .help = "as customers know us, the title of the page; the NOC's name when left out" },
	{ .key = "history", .type = F_DURATION, .offset = AT(config, page_history_ms), .initial = "90d", .min = 7 * DAY, .max = 400 * DAY, .help = "how far back incidents are shown" },
	{ .key = "valid", .type = F_DURATION, .offset = AT(config, page_valid_ms), .initial = "30m", .min = 60 * SECOND, .max = DAY, .help = "a version of the page says that it is good for so long; it is renewed in half the time" },
	{ .key = "timezone", .type = F_TEXT, .offset = AT(config, page_timezone), .initial = "UTC", .help = "a zone shown beside UTC where no region has its own" },
	{ .key = "carriers", .type = F_CHOICE, .offset = AT(config, page_carriers), .initial = "show", .choices = "show hide", .help = "show: an incident names the carriers that it depends on" },
	{ 0 },
};
static const struct object page_object = { "page", 0, page_fields, false };

static const struct field config_fields[] = {
	{ .key = "noc", .type = F_OBJECT, .object = &noc_object, .help = "who we are" },
	{ .key = "calendars", .type = F_NAMED, .offset = AT(config, calendars), .object = &calendar_object, .help = "business hours, by id" },
	{ .key = "regions", .type = F_OBJECTS, .offset = AT(config, regions), .object = &region_object, .required = true, .help = "where customers travel: at least one" },
	{ .key = "portfolios", .type = F_OBJECTS, .offset = AT(config, portfolios), .object = &portfolio_object, .help = "products that span regions" },
	{ .key = "components", .type = F_OBJECTS, .offset = AT(config, components), .object = &component_object, .required = true, .help = "what customers use: at least one" },
	{ .key = "carriers", .type = F_OBJECTS, .offset = AT(config, carriers), .object = &carrier_object, .help = "whose networks we use" },
	{ .key = "people", .type = F_OBJECTS, .offset = AT(config, people), .object = &person_object, .help = "who works here" },
	{ .key = "teams", .type = F_OBJECTS, .offset = AT(config, teams), .object = &team_object, .help = "tiers and their schedules" },
	{ .key = "channels", .type = F_OBJECTS, .offset = AT(config, channels), .object = &channel_object, .help = "where updates go" },
	{ .key = "audiences", .type = F_OBJECTS, .offset = AT(config, audiences), .object = &audience_object, .help = "who reads which channels" },
	{ .key = "subscribers", .type = F_OBJECTS, .offset = AT(config, subscribers), .object = &subscriber_object, .help = "customers and partners, and what each is told of" },
	{ .key = "runbooks", .type = F_PAIRS, .offset = AT(config, runbooks), .help = "{ attach: runbooks/attach.md }" },
	{ .key = "bridge", .type = F_OBJECT, .object = &bridge_object, .help = "the conference of an incident" },
	{ .key = "page", .type = F_OBJECT, .object = &page_object, .help = "what the status page shows" },
	{ .key = "templates", .type = F_TEXT, .offset = AT(config, templates), .help = "folder of your own templates (NAME.tmpl) and partials (NAME.part); templates beside this file when left out" },
	{ .key = "jargon", .type = F_TEXT, .offset = AT(config, jargon), .help = "folder of your own word lists (NAME.txt); jargon beside this file when left out" },
	{ .key = "policy", .type = F_TEXT, .offset = AT(config, policy_file), .help = "a policy file; what it leaves out stays at the default" },
	{ 0 },
};
const struct object config_object = { "configuration", sizeof(struct config), config_fields, false };
/* clang-format on */

static void sample_fields(struct buf *out, const struct object *o, int indent)
{
	for (const struct field *f = o->fields; f->key; f++) {
		buf_addf(out, "%*s# %s%s%s\n", indent, "", f->help ? f->help : "",
		    f->required ? " (required)" : "", f->choices ? f->choices : "");
		if (f->object) {
			buf_addf(out, "%*s#%s:\n", indent, "", f->key);
			sample_fields(out, f->object, indent + 2);
		} else {
			buf_addf(out, "%*s#%s:%s%s\n", indent, "", f->key, f->initial ? " " : "",
			    f->initial ? f->initial : "");
		}
	}
}

void config_sample(struct buf *out)
{
	buf_adds(out, "# nocboard.yaml: every key, what it means, and its default. Lines with a # "
		      "are not in force.\n");
	sample_fields(out, &config_object, 0);
}
