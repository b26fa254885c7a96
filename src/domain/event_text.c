/* What an event says, in one line for people: one function per kind. */
#include "domain/event.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "domain/incident.h"

#define TEXT_MAX 400

static void say(struct buf *out, const char *text)
{
	if (text)
		utf8_clean(out, text, strlen(text), UTF8_ONE_LINE, TEXT_MAX);
}

/* `before`, the text and `after`; nothing at all where the text is absent or empty. */
static void say_if(struct buf *out, const char *before, const char *text, const char *after)
{
	if (!text || !text[0])
		return;
	buf_adds(out, before);
	say(out, text);
	buf_adds(out, after);
}

/* A word of the protocol: "partial_outage" reads "partial outage". */
static void say_word(struct buf *out, const char *word)
{
	char *plain = xstrdup(word);

	for (char *p = plain; (p = strchr(p, '_')); p++)
		*p = ' ';
	say(out, plain);
	free(plain);
}

static void say_reason(struct buf *out, const cJSON *body)
{
	say_if(out, ": ", json_str(body, "reason"), "");
}

/* "2025-03-10 14:20 UTC" */
static void say_time(struct buf *out, const char *before, struct utc t)
{
	char text[UTC_TEXT];

	if (!utc_is_set(t))
		return;
	utc_format(t, text);
	buf_adds(out, before);
	buf_addf(out, "%.10s %.5s UTC", text, text + 11);
}

static void say_ids(struct buf *out, const cJSON *list)
{
	const cJSON *item;
	const char *between = "";

	cJSON_ArrayForEach(item, list)
	{
		if (!cJSON_IsString(item))
			continue;
		buf_adds(out, between);
		say(out, item->valuestring);
		between = ", ";
	}
	if (!between[0])
		buf_adds(out, "none");
}

static void say_scope(struct buf *out, const cJSON *body)
{
	say_ids(out, json_get(body, "regions"));
	buf_adds(out, " / ");
	say_ids(out, json_get(body, "components"));
}

static void say_role(struct buf *out, const cJSON *body)
{
	const char *id = json_str_or(body, "role", "?");
	int role = role_of(id);

	say(out, role >= 0 ? role_infos[role].label : id);
}

/* "tier 2", or the carrier's id */
static void say_rung(struct buf *out, const cJSON *body)
{
	const char *carrier = json_str(body, "carrier");

	if (carrier)
		say(out, carrier);
	else
		buf_addf(out, "tier %d", (int)json_int(body, "tier", 0));
}

/* Who says so: ids of probes and feeds are for programs. */
static void say_source(struct buf *out, const char *source)
{
	if (strncmp(source, "probe:", 6) == 0) {
		buf_adds(out, "our probe");
	} else if (strncmp(source, "feed:", 5) == 0) {
		char *who = xstrndup(source + 5, strcspn(source + 5, "/"));

		say(out, who);
		buf_adds(out, "'s feed");
		free(who);
	} else {
		say(out, source);
	}
}

static void opened(struct buf *out, const cJSON *body)
{
	buf_addf(out, "opened as Sev %d: ", (int)json_int(body, "severity", 0));
	say(out, json_str_or(body, "title", ""));
	buf_adds(out, " (");
	say_scope(out, body);
	buf_addc(out, ')');
	if (json_str(body, "source")) {
		buf_adds(out, ", seen by ");
		say_source(out, json_str(body, "source"));
	}
}

static void intake(struct buf *out, const cJSON *body)
{
	int64_t percent = json_int(body, "affected_percent", -1);
	const cJSON *reproduced = json_get(body, "reproduced");
	const cJSON *validated = json_get(body, "validated");

	buf_adds(out, "intake");
	say_if(out, " from ", json_str(body, "reporter"), "");
	say_if(out, " by ", json_str(body, "channel"), "");
	if (cJSON_IsBool(validated))
		buf_adds(out, cJSON_IsTrue(validated) ? ", validated" : ", not validated");
	if (cJSON_IsBool(reproduced))
		buf_adds(out, cJSON_IsTrue(reproduced) ? ", reproduced" : ", not reproduced");
	say_if(out, ", affected: ", json_str(body, "affected"), "");
	if (percent >= 0)
		buf_addf(out, " (%d %%)", (int)percent);
	say_if(out, ", urgency ", json_str(body, "urgency"), "");
}

static void snoozed(struct buf *out, const cJSON *body)
{
	buf_adds(out, "snoozed");
	say_time(out, " until ", json_utc(body, "until"));
	say_reason(out, body);
}

static void reminder(struct buf *out, const cJSON *body)
{
	buf_adds(out, json_bool(body, "done", false) ? "reminder done" : "reminder");
	say_time(out, " ", json_utc(body, "at_time"));
	say_if(out, ": ", json_str(body, "text"), "");
}

static void bridge_set(struct buf *out, const cJSON *body)
{
	buf_adds(out, "bridge");
	say_if(out, " ", json_str(body, "url"), "");
	say_if(out, " ", json_str(body, "phone"), "");
}

static void severity_changed(struct buf *out, const cJSON *body)
{
	buf_addf(
	    out, "severity %d → %d", (int)json_int(body, "from", 0), (int)json_int(body, "to", 0));
	say_reason(out, body);
}

static void scope_changed(struct buf *out, const cJSON *body)
{
	buf_adds(out, "scope is now ");
	say_scope(out, body);
	say_reason(out, body);
}

static void role_assigned(struct buf *out, const cJSON *body)
{
	say_role(out, body);
	buf_adds(out, " is ");
	say(out, json_str_or(body, "person", "?"));
	say_if(out, ", holding two roles: ", json_str(body, "override"), "");
}

static void role_released(struct buf *out, const cJSON *body)
{
	say_role(out, body);
	buf_adds(out, " is vacant");
}

static void command_offered(struct buf *out, const cJSON *body)
{
	buf_adds(out, "command offered to ");
	say(out, json_str_or(body, "to", "?"));
}

static void update_approved(struct buf *out, const cJSON *body)
{
	buf_adds(out, "update approved");
	say_if(out, " by ", json_str(body, "by"), "");
}

static void update_posted(struct buf *out, const cJSON *body)
{
	say(out, json_str_or(body, "stage", "?"));
	buf_adds(out, " update posted to ");
	say_ids(out, json_get(body, "audiences"));
	say_if(out, " (", json_str(body, "status"), ")");
	say_time(out, ", next by ", json_utc(body, "next_update_at"));
}

static void delivery(struct buf *out, const cJSON *body)
{
	int64_t attempts = json_int(body, "attempts", 0);

	buf_addf(out, "update #%d to ", (int)json_int(body, "update", 0));
	say(out, json_str_or(body, "destination", "?"));
	buf_adds(out, ": ");
	say_word(out, json_str_or(body, "state", "?"));
	if (attempts > 1)
		buf_addf(out, " after %d attempts", (int)attempts);
	say_if(out, ": ", json_str(body, "detail"), "");
}

/* "tier2" reads "tier 2", "carrier:ID" as its id. */
static void say_clock(struct buf *out, const char *label)
{
	if (strncmp(label, "carrier:", 8) == 0)
		say(out, label + 8);
	else if (strncmp(label, "tier", 4) == 0)
		buf_addf(out, "tier %.1s", label + 4);
	else
		say_word(out, label);
}

static void breached(struct buf *out, const cJSON *body)
{
	say_clock(out, json_str_or(body, "clock", "?"));
	buf_adds(out, " is past due");
	say_time(out, ", it was ", json_utc(body, "due"));
}

static void escalated(struct buf *out, const cJSON *body)
{
	buf_adds(out, "escalated to ");
	say_rung(out, body);
	say_if(out, ": ", json_str(body, "contact"), "");
	say_if(out, " by ", json_str(body, "via"), "");
	say_if(out, ", reference ", json_str(body, "reference"), "");
}

static void tier_acknowledged(struct buf *out, const cJSON *body)
{
	say_rung(out, body);
	buf_adds(out, " answered");
	say_if(out, ": ", json_str(body, "by"), "");
}

static void carrier_involved(struct buf *out, const cJSON *body)
{
	buf_adds(out, "carrier involved: ");
	say(out, json_str_or(body, "carrier", "?"));
	say_reason(out, body);
	say_if(out, ", timeline: ", json_str(body, "timeline"), "");
}

static void carrier_cleared(struct buf *out, const cJSON *body)
{
	buf_adds(out, "carrier cleared: ");
	say(out, json_str_or(body, "carrier", "?"));
	say_reason(out, body);
}

static void action(struct buf *out, const cJSON *body)
{
	buf_adds(out, json_bool(body, "done", false) ? "action done: " : "action: ");
	say(out, json_str_or(body, "text", json_str_or(body, "id", "?")));
	say_if(out, ", owner ", json_str(body, "owner"), "");
	say_time(out, ", between ", json_utc(body, "eta_from"));
	say_time(out, " and ", json_utc(body, "eta_to"));
}

static void signal_seen(struct buf *out, const cJSON *body)
{
	say_source(out, json_str_or(body, "source", "?"));
	if (json_str(body, "region") || json_str(body, "component"))
		buf_adds(out, ":");
	say_if(out, " ", json_str(body, "region"), "");
	say_if(out, " ", json_str(body, "component"), "");
	buf_adds(out, " is ");
	say_word(out, json_str_or(body, "status", "?"));
	say_if(out, ": ", json_str(body, "detail"), "");
}

static void restored(struct buf *out, const cJSON *body)
{
	buf_adds(
	    out, json_bool(body, "workaround", false) ? "restored by a workaround" : "restored");
	say_time(out, " at ", json_utc(body, "restored_at"));
	say_if(out, "; remaining: ", json_str(body, "residual"), "");
	say_if(out, "; customers: ", json_str(body, "customer_actions"), "");
}

static void resolved(struct buf *out, const cJSON *body)
{
	buf_adds(out, "resolved");
	say_time(out, " at ", json_utc(body, "resolved_at"));
	say_if(out, ": ", json_str(body, "fix"), "");
}

static void rca_delivered(struct buf *out, const cJSON *body)
{
	say(out, json_str_or(body, "stage", "?"));
	buf_adds(out, " report delivered");
	say_if(out, ": ", json_str(body, "reference"), "");
}

static void merged(struct buf *out, const cJSON *body)
{
	buf_adds(out, "merged into ");
	say(out, json_str_or(body, "into", "?"));
	say_reason(out, body);
}

static void plan(struct buf *out, const char *verb, const cJSON *body)
{
	buf_adds(out, verb);
	say(out, json_str_or(body, "title", ""));
	buf_adds(out, " (");
	say_scope(out, body);
	buf_addc(out, ')');
	say_time(out, ", ", json_utc(body, "starts_at"));
	say_time(out, " to ", json_utc(body, "ends_at"));
	say_if(out, ", risk ", json_str(body, "risk"), "");
	if (json_bool(body, "tentative", false))
		buf_adds(out, ", tentative");
	say_if(out, ", by ", json_str(body, "carrier"), "");
	say_reason(out, body);
}

static void planned(struct buf *out, const cJSON *body)
{
	plan(out, "planned: ", body);
}

static void replanned(struct buf *out, const cJSON *body)
{
	plan(out, "planned anew: ", body);
}

static void notice_posted(struct buf *out, const cJSON *body)
{
	say(out, json_str_or(body, "stage", "?"));
	buf_adds(out, " posted to ");
	say_ids(out, json_get(body, "audiences"));
	say_time(out, ", for ", json_utc(body, "starts_at"));
	say_time(out, " to ", json_utc(body, "ends_at"));
}

static void started(struct buf *out, const cJSON *body)
{
	buf_adds(out, "begun");
	say_time(out, " at ", json_utc(body, "started_at"));
}

static void ended(struct buf *out, const cJSON *body)
{
	buf_adds(out, "ended");
	say_time(out, " at ", json_utc(body, "ended_at"));
	say_if(out, ": ", json_str(body, "result"), "");
}

static void overridden(struct buf *out, const cJSON *body)
{
	buf_adds(out, "rule ");
	say(out, json_str_or(body, "rule", "?"));
	buf_adds(out, " overridden");
	say_if(out, " by ", json_str(body, "by"), "");
	say_reason(out, body);
}

static const struct {
	void (*write)(struct buf *out, const cJSON *body); /* NULL: the summary, then `member` */
	const char *member;				   /* a text of the body, or NULL */
} sentences[EVENT_KINDS] = {
	[EVENT_OPENED] = { .write = opened },
	[EVENT_INTAKE] = { .write = intake },
	[EVENT_SNOOZED] = { .write = snoozed },
	[EVENT_REMINDER] = { .write = reminder },
	[EVENT_BRIDGE_SET] = { .write = bridge_set },
	[EVENT_SEVERITY_CHANGED] = { .write = severity_changed },
	[EVENT_SCOPE_CHANGED] = { .write = scope_changed },
	[EVENT_ROLE_ASSIGNED] = { .write = role_assigned },
	[EVENT_COMMAND_OFFERED] = { .write = command_offered },
	[EVENT_ROLE_RELEASED] = { .write = role_released },
	[EVENT_UPDATE_APPROVED] = { .write = update_approved },
	[EVENT_UPDATE_POSTED] = { .write = update_posted },
	[EVENT_DELIVERY] = { .write = delivery },
	[EVENT_BREACHED] = { .write = breached },
	[EVENT_ESCALATED] = { .write = escalated },
	[EVENT_TIER_ACKNOWLEDGED] = { .write = tier_acknowledged },
	[EVENT_CARRIER_INVOLVED] = { .write = carrier_involved },
	[EVENT_CARRIER_CLEARED] = { .write = carrier_cleared },
	[EVENT_HYPOTHESIS] = { .member = "text" },
	[EVENT_ACTION] = { .write = action },
	[EVENT_SIGNAL] = { .write = signal_seen },
	[EVENT_RESTORED] = { .write = restored },
	[EVENT_RESOLVED] = { .write = resolved },
	[EVENT_REOPENED] = { .member = "reason" },
	[EVENT_RCA_DELIVERED] = { .write = rca_delivered },
	[EVENT_NOTE] = { .member = "text" },
	[EVENT_MERGED] = { .write = merged },
	[EVENT_DISMISSED] = { .member = "reason" },
	[EVENT_PLANNED] = { .write = planned },
	[EVENT_REPLANNED] = { .write = replanned },
	[EVENT_NOTICE_POSTED] = { .write = notice_posted },
	[EVENT_STARTED] = { .write = started },
	[EVENT_ENDED] = { .write = ended },
	[EVENT_CANCELLED] = { .member = "reason" },
	[EVENT_OVERRIDDEN] = { .write = overridden },
};

/* A kind of a newer version: its name and what it carries. */
static void unknown(struct buf *out, const struct event *ev)
{
	char *body = json_text(ev->body);

	say(out, ev->kind_name);
	buf_adds(out, " (not known to this version): ");
	say(out, body);
	free(body);
}

void event_sentence(struct buf *out, const struct event *ev)
{
	int64_t undo = json_int(ev->body, "undo_of", 0);

	if (ev->kind == EVENT_UNKNOWN) {
		unknown(out, ev);
	} else if (sentences[ev->kind].write) {
		sentences[ev->kind].write(out, ev->body);
	} else {
		buf_adds(out, event_kinds[ev->kind].summary);
		if (sentences[ev->kind].member)
			say_if(out, ": ", json_str(ev->body, sentences[ev->kind].member), "");
	}
	if (undo > 0)
		buf_addf(out, " (takes back #%d)", (int)undo);
}
