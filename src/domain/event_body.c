/* What the body of each kind holds: one table, one walk. */
#include "domain/event.h"

#include <limits.h>
#include <string.h>

#include "base/mem.h"

enum field_type {
	FIELD_TEXT,
	FIELD_CHOICE, /* one word of `choices` */
	FIELD_WHOLE,  /* a whole number, min to max */
	FIELD_NUMBER, /* any number, min to max */
	FIELD_BOOL,
	FIELD_TIME,
	FIELD_IDS,   /* an array of texts, none empty */
	FIELD_TEXTS, /* an object of texts */
	FIELD_STREAM /* an incident id */
};

struct field {
	const char *name;
	enum field_type type;
	bool required; /* present, not null, and a text not blank */
	int min, max;
	const char *choices; /* blank-separated */
};

#define FIELDS 21
#define REQUIRED true
#define OPTIONAL false

#define SEVERITY_RANGE 1, 4, NULL
#define WHOLE_FROM_1 1, INT_MAX, NULL
#define WHOLE_FROM_0 0, INT_MAX, NULL
#define ANY 0, 0, NULL
#define ROLE_WORDS 0, 0, "ic comms tech liaison"
#define TIER_RANGE 2, 3, NULL

/* A plan, whole: of planned and of replanned. */
/* clang-format off */
#define PLAN_FIELDS \
		{ "title", FIELD_TEXT, REQUIRED, ANY }, \
		{ "regions", FIELD_IDS, REQUIRED, ANY }, \
		{ "components", FIELD_IDS, REQUIRED, ANY }, \
		{ "starts_at", FIELD_TIME, REQUIRED, ANY }, \
		{ "ends_at", FIELD_TIME, REQUIRED, ANY }, \
		{ "risk", FIELD_CHOICE, REQUIRED, 0, 0, "low medium high" }, \
		{ "class", FIELD_CHOICE, OPTIONAL, 0, 0, "minor major disruptive" }, \
		{ "impact", FIELD_TEXT, OPTIONAL, ANY }, \
		{ "customer_actions", FIELD_TEXT, OPTIONAL, ANY }, \
		{ "rollback", FIELD_TEXT, OPTIONAL, ANY }, \
		{ "rollback_tested", FIELD_BOOL, OPTIONAL, ANY }, \
		{ "contact", FIELD_TEXT, OPTIONAL, ANY }, \
		{ "carrier", FIELD_TEXT, OPTIONAL, ANY }, \
		{ "tentative", FIELD_BOOL, OPTIONAL, ANY }, \
		{ "manual", FIELD_BOOL, OPTIONAL, ANY }, \
		{ "provider", FIELD_TEXT, OPTIONAL, ANY }, \
		{ "reference", FIELD_TEXT, OPTIONAL, ANY }, \
		{ "sequence", FIELD_WHOLE, OPTIONAL, WHOLE_FROM_0 }, \
		{ "stamp", FIELD_TIME, OPTIONAL, ANY }
/* clang-format on */

static const struct field fields[EVENT_KINDS][FIELDS] = {
	[EVENT_OPENED] = {
		{ "title", FIELD_TEXT, REQUIRED, ANY },
		{ "severity", FIELD_WHOLE, REQUIRED, SEVERITY_RANGE },
		{ "regions", FIELD_IDS, REQUIRED, ANY },
		{ "components", FIELD_IDS, REQUIRED, ANY },
		{ "impact", FIELD_TEXT, OPTIONAL, ANY },
		{ "started_at", FIELD_TIME, REQUIRED, ANY },
		{ "source", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_INTAKE] = {
		{ "reporter", FIELD_TEXT, OPTIONAL, ANY },
		{ "channel", FIELD_TEXT, OPTIONAL, ANY },
		{ "validated", FIELD_BOOL, OPTIONAL, ANY },
		{ "reproduced", FIELD_BOOL, OPTIONAL, ANY },
		{ "affected", FIELD_TEXT, OPTIONAL, ANY },
		{ "affected_percent", FIELD_NUMBER, OPTIONAL, 0, 100, NULL },
		{ "urgency", FIELD_CHOICE, OPTIONAL, 0, 0, "low medium high" },
	},
	[EVENT_SNOOZED] = {
		{ "until", FIELD_TIME, REQUIRED, ANY },
		{ "reason", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_REMINDER] = {
		{ "at_time", FIELD_TIME, REQUIRED, ANY },
		{ "text", FIELD_TEXT, REQUIRED, ANY },
		{ "done", FIELD_BOOL, OPTIONAL, ANY },
	},
	[EVENT_BRIDGE_SET] = {
		{ "url", FIELD_TEXT, OPTIONAL, ANY },
		{ "phone", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_SEVERITY_CHANGED] = {
		{ "from", FIELD_WHOLE, REQUIRED, SEVERITY_RANGE },
		{ "to", FIELD_WHOLE, REQUIRED, SEVERITY_RANGE },
		{ "reason", FIELD_TEXT, REQUIRED, ANY },
	},
	[EVENT_SCOPE_CHANGED] = {
		{ "regions", FIELD_IDS, REQUIRED, ANY },
		{ "components", FIELD_IDS, REQUIRED, ANY },
		{ "reason", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_ROLE_ASSIGNED] = {
		{ "role", FIELD_CHOICE, REQUIRED, ROLE_WORDS },
		{ "person", FIELD_TEXT, REQUIRED, ANY },
		{ "override", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_COMMAND_OFFERED] = {
		{ "to", FIELD_TEXT, REQUIRED, ANY },
		{ "brief", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_ROLE_RELEASED] = {
		{ "role", FIELD_CHOICE, REQUIRED, ROLE_WORDS },
	},
	[EVENT_UPDATE_APPROVED] = {
		{ "hash", FIELD_TEXT, REQUIRED, ANY },
		{ "by", FIELD_TEXT, REQUIRED, ANY },
	},
	[EVENT_UPDATE_POSTED] = {
		{ "stage", FIELD_CHOICE, REQUIRED, 0, 0, "initial progress restored resolved correction" },
		{ "status", FIELD_CHOICE, REQUIRED, 0, 0, "investigating identified monitoring resolved" },
		{ "template", FIELD_TEXT, OPTIONAL, ANY },
		{ "fields", FIELD_TEXTS, OPTIONAL, ANY },
		{ "text", FIELD_TEXTS, REQUIRED, ANY },
		{ "next_update_at", FIELD_TIME, OPTIONAL, ANY },
		{ "audiences", FIELD_IDS, REQUIRED, ANY },
		{ "channels", FIELD_IDS, REQUIRED, ANY },
		{ "readers", FIELD_TEXTS, OPTIONAL, ANY },
		{ "internal", FIELD_IDS, OPTIONAL, ANY },
	},
	[EVENT_DELIVERY] = {
		{ "update", FIELD_WHOLE, REQUIRED, WHOLE_FROM_1 },
		{ "destination", FIELD_TEXT, REQUIRED, ANY },
		{ "state", FIELD_CHOICE, REQUIRED, 0, 0, "accepted failed given_up superseded waiting" },
		{ "attempts", FIELD_WHOLE, OPTIONAL, WHOLE_FROM_0 },
		{ "detail", FIELD_TEXT, OPTIONAL, ANY },
		{ "reference", FIELD_TEXT, OPTIONAL, ANY },
		{ "recipients", FIELD_TEXTS, OPTIONAL, ANY },
		{ "gone", FIELD_BOOL, OPTIONAL, ANY },
		{ "again", FIELD_BOOL, OPTIONAL, ANY },
	},
	[EVENT_BREACHED] = {
		{ "clock", FIELD_TEXT, REQUIRED, ANY },
		{ "due", FIELD_TIME, REQUIRED, ANY },
	},
	[EVENT_ESCALATED] = {
		{ "tier", FIELD_WHOLE, OPTIONAL, TIER_RANGE },
		{ "carrier", FIELD_TEXT, OPTIONAL, ANY },
		{ "contact", FIELD_TEXT, OPTIONAL, ANY },
		{ "via", FIELD_CHOICE, OPTIONAL, 0, 0, "phone page email chat portal" },
		{ "reference", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_TIER_ACKNOWLEDGED] = {
		{ "tier", FIELD_WHOLE, OPTIONAL, TIER_RANGE },
		{ "carrier", FIELD_TEXT, OPTIONAL, ANY },
		{ "by", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_CARRIER_INVOLVED] = {
		{ "carrier", FIELD_TEXT, REQUIRED, ANY },
		{ "reason", FIELD_TEXT, OPTIONAL, ANY },
		{ "timeline", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_CARRIER_CLEARED] = {
		{ "carrier", FIELD_TEXT, REQUIRED, ANY },
		{ "reason", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_HYPOTHESIS] = { { "text", FIELD_TEXT, REQUIRED, ANY } },
	[EVENT_ACTION] = {
		{ "id", FIELD_TEXT, REQUIRED, ANY },
		{ "text", FIELD_TEXT, OPTIONAL, ANY },
		{ "owner", FIELD_TEXT, OPTIONAL, ANY },
		{ "eta_from", FIELD_TIME, OPTIONAL, ANY },
		{ "eta_to", FIELD_TIME, OPTIONAL, ANY },
		{ "done", FIELD_BOOL, OPTIONAL, ANY },
	},
	[EVENT_SIGNAL] = {
		{ "source", FIELD_TEXT, REQUIRED, ANY },
		{ "component", FIELD_TEXT, OPTIONAL, ANY },
		{ "region", FIELD_TEXT, OPTIONAL, ANY },
		{ "status", FIELD_CHOICE, REQUIRED, 0, 0,
		    "operational degraded partial_outage major_outage maintenance unknown" },
		{ "detail", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_RESTORED] = {
		{ "workaround", FIELD_BOOL, REQUIRED, ANY },
		{ "residual", FIELD_TEXT, OPTIONAL, ANY },
		{ "customer_actions", FIELD_TEXT, OPTIONAL, ANY },
		{ "restored_at", FIELD_TIME, OPTIONAL, ANY },
	},
	[EVENT_RESOLVED] = {
		{ "fix", FIELD_TEXT, OPTIONAL, ANY },
		{ "resolved_at", FIELD_TIME, OPTIONAL, ANY },
	},
	[EVENT_REOPENED] = { { "reason", FIELD_TEXT, REQUIRED, ANY } },
	[EVENT_RCA_DELIVERED] = {
		{ "stage", FIELD_CHOICE, REQUIRED, 0, 0, "draft final" },
		{ "reference", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_NOTE] = { { "text", FIELD_TEXT, REQUIRED, ANY } },
	[EVENT_MERGED] = {
		{ "into", FIELD_STREAM, REQUIRED, ANY },
		{ "reason", FIELD_TEXT, REQUIRED, ANY },
	},
	[EVENT_DISMISSED] = { { "reason", FIELD_TEXT, REQUIRED, ANY } },
	[EVENT_PLANNED] = { PLAN_FIELDS },
	[EVENT_REPLANNED] = { PLAN_FIELDS, { "reason", FIELD_TEXT, OPTIONAL, ANY } },
	[EVENT_NOTICE_POSTED] = {
		{ "stage", FIELD_CHOICE, REQUIRED, 0, 0, "notice start end cancelled" },
		{ "status", FIELD_CHOICE, REQUIRED, 0, 0, "scheduled in_progress completed cancelled" },
		{ "starts_at", FIELD_TIME, REQUIRED, ANY },
		{ "ends_at", FIELD_TIME, REQUIRED, ANY },
		{ "template", FIELD_TEXT, OPTIONAL, ANY },
		{ "fields", FIELD_TEXTS, OPTIONAL, ANY },
		{ "text", FIELD_TEXTS, REQUIRED, ANY },
		{ "audiences", FIELD_IDS, REQUIRED, ANY },
		{ "channels", FIELD_IDS, REQUIRED, ANY },
		{ "readers", FIELD_TEXTS, OPTIONAL, ANY },
		{ "internal", FIELD_IDS, OPTIONAL, ANY },
	},
	[EVENT_STARTED] = { { "started_at", FIELD_TIME, OPTIONAL, ANY } },
	[EVENT_ENDED] = {
		{ "ended_at", FIELD_TIME, OPTIONAL, ANY },
		{ "result", FIELD_TEXT, OPTIONAL, ANY },
	},
	[EVENT_CANCELLED] = { { "reason", FIELD_TEXT, REQUIRED, ANY } },
	[EVENT_OVERRIDDEN] = {
		{ "rule", FIELD_TEXT, REQUIRED, ANY },
		{ "reason", FIELD_TEXT, REQUIRED, ANY },
		{ "by", FIELD_TEXT, REQUIRED, ANY },
	},
};

static const struct field undo_field = { "undo_of", FIELD_WHOLE, OPTIONAL, WHOLE_FROM_1 };

static bool blank(const char *s)
{
	return s[strspn(s, " \t\r\n")] == '\0';
}

static bool word_in(const char *word, const char *words)
{
	size_t len = strlen(word);

	for (const char *p = words; *p; p += strcspn(p, " "), p += strspn(p, " "))
		if (strcspn(p, " ") == len && strncmp(p, word, len) == 0)
			return true;
	return false;
}

static bool whole(double d)
{
	return d >= INT_MIN && d <= INT_MAX && d == (double)(int)d;
}

static bool all_texts(const cJSON *list, bool empty_allowed)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (!cJSON_IsString(item) || (!empty_allowed && blank(item->valuestring)))
			return false;
	}
	return true;
}

static bool is_time(const cJSON *v)
{
	struct utc t;

	return cJSON_IsString(v) && utc_parse(v->valuestring, &t);
}

static bool value_check(const char *kind, const struct field *f, const cJSON *v, struct err *e)
{
	const char *name = f->name;

	switch (f->type) {
	case FIELD_TEXT:
		if (!cJSON_IsString(v))
			return err_set(e, ERR_DATA, "%s: %s must be a text", kind, name);
		if (f->required && blank(v->valuestring))
			return err_set(e, ERR_DATA, "%s: %s must not be blank", kind, name);
		return true;
	case FIELD_CHOICE:
		if (!cJSON_IsString(v) || !word_in(v->valuestring, f->choices))
			return err_set(
			    e, ERR_DATA, "%s: %s must be one of: %s", kind, name, f->choices);
		return true;
	case FIELD_WHOLE:
	case FIELD_NUMBER:
		if (cJSON_IsNumber(v) && v->valuedouble >= f->min && v->valuedouble <= f->max &&
		    (f->type == FIELD_NUMBER || whole(v->valuedouble)))
			return true;
		if (f->max == INT_MAX)
			return err_set(e, ERR_DATA, "%s: %s must be a whole number from %d", kind,
			    name, f->min);
		return err_set(e, ERR_DATA, "%s: %s must be a number from %d to %d", kind, name,
		    f->min, f->max);
	case FIELD_BOOL:
		return cJSON_IsBool(v) ||
		       err_set(e, ERR_DATA, "%s: %s must be true or false", kind, name);
	case FIELD_TIME:
		return is_time(v) ||
		       err_set(e, ERR_DATA,
			   "%s: %s must be an instant such as 2025-03-10T14:20:00.000Z", kind,
			   name);
	case FIELD_IDS:
		return (cJSON_IsArray(v) && all_texts(v, false)) ||
		       err_set(e, ERR_DATA, "%s: %s must be a list of ids", kind, name);
	case FIELD_TEXTS:
		return (cJSON_IsObject(v) && all_texts(v, true)) ||
		       err_set(e, ERR_DATA, "%s: %s must be an object of texts", kind, name);
	case FIELD_STREAM:
		return (cJSON_IsString(v) && incident_number(v->valuestring) > 0) ||
		       err_set(e, ERR_DATA, "%s: %s must be an incident such as INC-7", kind, name);
	}
	return true;
}

static bool field_check(const char *kind, const struct field *f, const cJSON *body, struct err *e)
{
	const cJSON *v = json_get(body, f->name);

	if (!v || cJSON_IsNull(v))
		return !f->required || err_set(e, ERR_DATA, "%s: %s is missing", kind, f->name);
	return value_check(kind, f, v, e);
}

static bool given(const cJSON *body, const char *name)
{
	const cJSON *v = json_get(body, name);

	return v && !cJSON_IsNull(v) && !(cJSON_IsString(v) && blank(v->valuestring));
}

bool event_body_check(enum event_kind kind, const cJSON *body, struct err *e)
{
	const char *name = event_kinds[kind].name;

	if (!cJSON_IsObject(body))
		return err_set(e, ERR_DATA, "%s: the body must be an object", name);
	if (kind == EVENT_UNKNOWN)
		return true;
	for (size_t i = 0; i < FIELDS && fields[kind][i].name; i++)
		if (!field_check(name, &fields[kind][i], body, e))
			return false;
	if ((kind == EVENT_ESCALATED || kind == EVENT_TIER_ACKNOWLEDGED) &&
	    given(body, "tier") == given(body, "carrier"))
		return err_set(e, ERR_DATA, "%s: either tier or carrier is needed", name);
	return field_check(name, &undo_field, body, e);
}
