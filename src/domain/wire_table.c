/* Every member of every object, once, for reading and for writing. */
#include "base/mem.h"
#include "domain/snapshot.h"
#include "wire_priv.h"

/* clang-format off */
#define AT(s, m) .offset = offsetof(struct s, m)
#define STR(s, m) { #m, W_STR, AT(s, m) }
#define STRK(k, s, m) { k, W_STR, AT(s, m) }
#define STRS(s, m, c) { #m, W_STRS, AT(s, m), .count = offsetof(struct s, c) }
#define INT(s, m) { #m, W_INT, AT(s, m) }
#define I64(s, m) { #m, W_I64, AT(s, m) }
#define BOOL(s, m) { #m, W_BOOL, AT(s, m) }
#define TIME(s, m) { #m, W_UTC, AT(s, m) }
#define ENUM(s, m, t) { #m, W_ENUM, AT(s, m), .names = t, .n = countof(t) }
#define JSON(s, m) { #m, W_JSON, AT(s, m) }
#define LIST(s, m, c, t) { #m, W_LIST, AT(s, m), .count = offsetof(struct s, c), .of = &t }
#define EACH(s, m, t, k) { #m, W_EACH, AT(s, m), .n = k, .of = &t }
#define FIXED(s, m, k) { #m, W_FIXED, AT(s, m), .n = k }
#define END { 0 }
#define TABLE(name, s) static const struct wtable name = { sizeof(struct s), name##_fields }

static const struct wfield person_fields[] = { STR(snap_person, id), STR(snap_person, name), STR(snap_person, phone),
	{ "can", W_UINT, AT(snap_person, can) }, BOOL(snap_person, on_call), END };
TABLE(person, snap_person);
static const struct wfield contact_fields[] = { STR(snap_contact, name), STR(snap_contact, phone), STR(snap_contact, email),
	STR(snap_contact, portal), STR(snap_contact, hours), STR(snap_contact, after), END };
TABLE(contact, snap_contact);
static const struct wfield tier_fields[] = { INT(snap_tier, tier), STR(snap_tier, name), EACH(snap_tier, contact, contact, 1), END };
TABLE(tier, snap_tier);
static const struct wfield audience_fields[] = { STR(snap_audience, id), BOOL(snap_audience, internal), BOOL(snap_audience, by_default),
	STRS(snap_audience, channels, channel_count), END };
TABLE(audience, snap_audience);
static const struct wfield channel_fields[] = { STR(snap_channel, id), STR(snap_channel, kind), END };
TABLE(channel, snap_channel);
static const struct wfield severity_fields[] = { STR(snap_severity, name), STR(snap_severity, meaning),
	FIXED(snap_severity, target, TARGETS), END };
TABLE(severity, snap_severity);
static const struct wfield noc_fields[] = { STR(snap_noc, name), STR(snap_noc, timezone), I64(snap_noc, send_delay_ms),
	EACH(snap_noc, severity, severity, SEVERITIES), LIST(snap_noc, people, person_count, person),
	LIST(snap_noc, tiers, tier_count, tier), LIST(snap_noc, audiences, audience_count, audience),
	STR(snap_noc, bridge_url), STR(snap_noc, bridge_phone), STR(snap_noc, hint),
	LIST(snap_noc, channels, channel_count, channel), BOOL(snap_noc, carriers_hidden), END };
TABLE(noc, snap_noc);
static const struct wfield engine_fields[] = { STR(snap_engine, version), STR(snap_engine, host), INT(snap_engine, pid),
	TIME(snap_engine, started_at), STR(snap_engine, journal), BOOL(snap_engine, journal_ok), STR(snap_engine, journal_why), BOOL(snap_engine, impaired),
	STR(snap_engine, impaired_why), INT(snap_engine, targets), INT(snap_engine, late_ms), STR(snap_engine, config_error),
	STRS(snap_engine, alarms, alarm_count), END };
TABLE(engine, snap_engine);
static const struct wfield region_fields[] = { STR(snap_region, id), STR(snap_region, name), INT(snap_region, order),
	STRS(snap_region, timezones, timezone_count), STRS(snap_region, portfolios, portfolio_count), I64(snap_region, travellers),
	STR(snap_region, workaround), END };
TABLE(region, snap_region);
static const struct wfield component_fields[] = { STR(snap_component, id), STR(snap_component, name), STR(snap_component, label),
	STRK("class", snap_component, klass), INT(snap_component, order), STRS(snap_component, carriers, carrier_count), END };
TABLE(component, snap_component);
static const struct wfield cell_fields[] = { STR(snap_cell, id), STR(snap_cell, component), STR(snap_cell, region),
	ENUM(snap_cell, status, status_names), TIME(snap_cell, since), TIME(snap_cell, data_at), I64(snap_cell, fresh_ms),
	{ "latency_ms", W_INT, AT(snap_cell, latency_ms), .blank = -1 }, STR(snap_cell, detail), INT(snap_cell, flaps),
	INT(snap_cell, slips), TIME(snap_cell, slipped_at),
	{ "latencies", W_SHORTS, AT(snap_cell, latencies), .count = offsetof(struct snap_cell, latency_count), .n = 32 },
	INT(snap_cell, code), STR(snap_cell, fault), I64(snap_cell, interval_ms), INT(snap_cell, failing), INT(snap_cell, total), END };
TABLE(cell, snap_cell);
static const struct wfield carrier_fields[] = { STR(snap_carrier, id), STR(snap_carrier, name), STR(snap_carrier, contract),
	INT(snap_carrier, order), STRS(snap_carrier, regions, region_count), LIST(snap_carrier, contacts, contact_count, contact),
	FIXED(snap_carrier, engage, SEVERITIES), ENUM(snap_carrier, status, status_names), BOOL(snap_carrier, has_feed),
	TIME(snap_carrier, since), TIME(snap_carrier, data_at), I64(snap_carrier, fresh_ms), STR(snap_carrier, detail), END };
TABLE(carrier, snap_carrier);
static const struct wfield feed_fields[] = { STR(snap_feed, id), STR(snap_feed, carrier), STR(snap_feed, format), STR(snap_feed, url),
	BOOL(snap_feed, ok), { "status", W_ENUM, AT(snap_feed, status), .names = status_names, .n = countof(status_names),
	.blank = STATUS_UNKNOWN }, TIME(snap_feed, fetched_at), TIME(snap_feed, tried_at), TIME(snap_feed, next_at),
	TIME(snap_feed, since), I64(snap_feed, fresh_ms), STR(snap_feed, detail), INT(snap_feed, open_incidents), INT(snap_feed, code),
	STR(snap_feed, fault), I64(snap_feed, size), { "latency_ms", W_INT, AT(snap_feed, latency_ms), .blank = -1 },
	STR(snap_feed, moved_to), INT(snap_feed, problems_total), STRS(snap_feed, problems, problem_count), INT(snap_feed, flaps),
	{ "latencies", W_SHORTS, AT(snap_feed, latencies), .count = offsetof(struct snap_feed, latency_count), .n = 32 }, END };
TABLE(feed, snap_feed);
static const struct wfield edge_fields[] = { TIME(snap_edge, at), ENUM(snap_edge, status, status_names), BOOL(snap_edge, up), STR(snap_edge, detail), END };
TABLE(edge, snap_edge);
static const struct wfield probe_fields[] = { STR(snap_probe, id), STR(snap_probe, url), STR(snap_probe, fault),
	STR(snap_probe, detail), ENUM(snap_probe, status, status_names), TIME(snap_probe, at), INT(snap_probe, code),
	{ "latency_ms", W_INT, AT(snap_probe, latency_ms), .blank = -1 }, { "cert_days", W_INT, AT(snap_probe, cert_days), .blank = -1 },
	END };
TABLE(probe, snap_probe);
static const struct wfield source_fields[] = { STR(snap_source, id), LIST(snap_source, history, history_count, edge),
	LIST(snap_source, probes, probe_count, probe), TIME(snap_source, text_at), STR(snap_source, text), END };
TABLE(source, snap_source);
static const struct wfield clock_fields[] = { ENUM(clock, kind, clock_kind_names),
	{ "carrier", W_CHARS, AT(clock, carrier), .n = sizeof((struct clock *)0)->carrier }, INT(clock, severity), TIME(clock, start),
	TIME(clock, due), TIME(clock, warn_at), TIME(clock, met_at), ENUM(clock, state, clock_state_names), BOOL(clock, business),
	BOOL(clock, paused), TIME(clock, pause_flip), END };
TABLE(clock, clock);
static const struct wfield role_fields[] = { STR(role_holder, person), TIME(role_holder, since),
	STRK("override", role_holder, override_text), END };
TABLE(role, role_holder);
static const struct wfield engagement_fields[] = { INT(engagement, tier), STR(engagement, carrier), TIME(engagement, at),
	STR(engagement, contact), STR(engagement, via), STR(engagement, reference), STR(engagement, by), TIME(engagement, answered_at),
	STR(engagement, answered_by), END };
TABLE(engagement, engagement);
static const struct wfield dependency_fields[] = { STR(dependency, carrier), STR(dependency, reason), STR(dependency, timeline),
	TIME(dependency, at), TIME(dependency, cleared_at), END };
TABLE(dependency, dependency);
static const struct wfield delivery_state_fields[] = { STR(delivery_state, destination), STR(delivery_state, state),
	INT(delivery_state, attempts), STR(delivery_state, detail), TIME(delivery_state, at), END };
TABLE(delivery_state, delivery_state);
#define POSTED INT(posted_update, version), TIME(posted_update, at), STR(posted_update, by), \
	STR(posted_update, stage), STR(posted_update, status), STRK("template", posted_update, template_name), \
	JSON(posted_update, fields), JSON(posted_update, text), TIME(posted_update, next_update_at), \
	STRS(posted_update, audiences, audience_count), STRS(posted_update, channels, channel_count), \
	LIST(posted_update, deliveries, delivery_count, delivery_state)
static const struct wfield notice_fields[] = { POSTED, END };
TABLE(notice, posted_update);
static const struct wfield update_fields[] = { POSTED, INT(posted_update, severity),
	STRS(posted_update, regions, region_count), STRS(posted_update, components, component_count), END };
TABLE(update, posted_update);
static const struct wfield action_fields[] = { STR(action_item, id), STR(action_item, text), STR(action_item, owner),
	TIME(action_item, eta_from), TIME(action_item, eta_to), BOOL(action_item, done), END };
TABLE(action, action_item);
static const struct wfield reminder_fields[] = { TIME(reminder_item, at), STR(reminder_item, text), BOOL(reminder_item, done), END };
TABLE(reminder, reminder_item);
static const struct wfield readers_fields[] = { STR(snap_readers, audience), INT(snap_readers, count),
	STRS(snap_readers, names, name_count), END };
TABLE(readers, snap_readers);
static const struct wfield incident_fields[] = { STR(snap_incident, id), STR(snap_incident, title), STR(snap_incident, impact),
	STR(snap_incident, source), INT(snap_incident, version), ENUM(snap_incident, phase, phase_names), INT(snap_incident, severity),
	STRS(snap_incident, regions, region_count), STRS(snap_incident, components, component_count), TIME(snap_incident, started_at),
	TIME(snap_incident, opened_at), TIME(snap_incident, acknowledged_at), TIME(snap_incident, restored_at),
	TIME(snap_incident, resolved_at), TIME(snap_incident, snoozed_until), STR(snap_incident, acknowledged_by),
	{ "clocks", W_LIST, AT(snap_incident, clocks.items), .count = offsetof(struct snap_incident, clocks.count), .of = &clock },
	{ "updates_late", W_INT, AT(snap_incident, clocks.updates_late) },
	EACH(snap_incident, role, role, ROLES), STR(snap_incident, offered_to),
	LIST(snap_incident, engagements, engagement_count, engagement), LIST(snap_incident, dependencies, dependency_count, dependency),
	LIST(snap_incident, updates, update_count, update), INT(snap_incident, updates_total), STR(snap_incident, hypothesis),
	LIST(snap_incident, actions, action_count, action), LIST(snap_incident, reminders, reminder_count, reminder),
	BOOL(snap_incident, workaround), STR(snap_incident, residual), STR(snap_incident, customer_actions), STR(snap_incident, fix),
	STR(snap_incident, bridge_url), STR(snap_incident, bridge_phone), STR(snap_incident, evidence),
	LIST(snap_incident, readers, reader_count, readers),
	INT(snap_incident, sources_failing), INT(snap_incident, sources_total), TIME(snap_incident, touched_at),
	INT(snap_incident, rank), END };
TABLE(incident, snap_incident);
static const struct wfield held_fields[] = { STR(snap_held, id), STR(snap_held, incident), STR(snap_held, what), STR(snap_held, by),
	TIME(snap_held, release_at), STR(snap_held, waiting), STR(snap_held, stuck), JSON(snap_held, text), STRS(snap_held, channels, channel_count), STR(snap_held, hash), END };
TABLE(held, snap_held);
static const struct wfield delivery_fields[] = { STR(snap_delivery, id), STR(snap_delivery, incident), STR(snap_delivery, destination),
	STR(snap_delivery, state), STR(snap_delivery, detail), INT(snap_delivery, update), INT(snap_delivery, attempts),
	TIME(snap_delivery, at), TIME(snap_delivery, next_at), END };
TABLE(delivery, snap_delivery);
static const struct wfield presence_fields[] = { STR(snap_presence, id), STR(snap_presence, person), STR(snap_presence, incident),
	STR(snap_presence, doing), TIME(snap_presence, since), END };
TABLE(presence, snap_presence);
static const struct wfield subscriber_fields[] = { STR(snap_subscriber, id), STR(snap_subscriber, name), STR(snap_subscriber, email),
	STR(snap_subscriber, audience), INT(snap_subscriber, order), BOOL(snap_subscriber, high_value),
	STRS(snap_subscriber, regions, region_count), LIST(snap_subscriber, contacts, contact_count, contact), END };
TABLE(subscriber, snap_subscriber);
static const struct wfield template_fields[] = { STR(snap_template, id), STR(snap_template, source), END };
TABLE(template, snap_template);
static const struct wfield override_fields[] = { STR(maintenance_override, rule), STR(maintenance_override, reason),
	STR(maintenance_override, by), TIME(maintenance_override, at), INT(maintenance_override, version), END };
TABLE(override, maintenance_override);
static const struct wfield maintenance_fields[] = { STR(snap_maintenance, id), INT(snap_maintenance, version),
	ENUM(snap_maintenance, status, maintenance_status_names), STR(snap_maintenance, title),
	STRS(snap_maintenance, regions, region_count), STRS(snap_maintenance, components, component_count),
	TIME(snap_maintenance, starts_at), TIME(snap_maintenance, ends_at), TIME(snap_maintenance, started_at),
	TIME(snap_maintenance, ended_at), TIME(snap_maintenance, watched_until), TIME(snap_maintenance, last_at),
	ENUM(snap_maintenance, risk, risk_names),
	{ "class", W_ENUM, AT(snap_maintenance, klass), .names = notice_class_names, .n = countof(notice_class_names) },
	STR(snap_maintenance, impact), STR(snap_maintenance, customer_actions), STR(snap_maintenance, rollback),
	BOOL(snap_maintenance, rollback_tested), STR(snap_maintenance, contact), STR(snap_maintenance, carrier),
	BOOL(snap_maintenance, manual), STR(snap_maintenance, provider), STR(snap_maintenance, reference),
	STR(snap_maintenance, reason), INT(snap_maintenance, changes), TIME(snap_maintenance, told_from),
	TIME(snap_maintenance, told_to), BOOL(snap_maintenance, owes_notice), LIST(snap_maintenance, notices, notice_count, notice),
	INT(snap_maintenance, notices_total), LIST(snap_maintenance, overrides, override_count, override), END };
TABLE(maintenance, snap_maintenance);

static const struct wfield recent_fields[] = { STR(snap_recent, id), I64(snap_recent, number), TIME(snap_recent, at),
	STR(snap_recent, stream), STR(snap_recent, actor), STR(snap_recent, kind), STR(snap_recent, text), INT(snap_recent, more), END };
TABLE(recent, snap_recent);

const struct wkind wire_kinds[WIRE_KINDS] = {
	[WIRE_NOC] = { "noc", &noc },
	[WIRE_ENGINE] = { "engine", &engine },
	[WIRE_REGION] = { "region", &region },
	[WIRE_COMPONENT] = { "component", &component },
	[WIRE_CELL] = { "cell", &cell },
	[WIRE_CARRIER] = { "carrier", &carrier },
	[WIRE_FEED] = { "feed", &feed },
	[WIRE_INCIDENT] = { "incident", &incident },
	[WIRE_HELD] = { "held", &held },
	[WIRE_DELIVERY] = { "delivery", &delivery },
	[WIRE_PRESENCE] = { "presence", &presence },
	[WIRE_TEMPLATE] = { "template", &template },
	[WIRE_SUBSCRIBER] = { "subscriber", &subscriber },
	[WIRE_MAINTENANCE] = { "maintenance", &maintenance },
	[WIRE_RECENT] = { "recent", &recent },
	[WIRE_SOURCE] = { "source", &source },
};
/* clang-format on */
