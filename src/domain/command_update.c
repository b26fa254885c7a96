/* Posting an update: stage, audiences, the least that is said, and the promise of the next one. */
#include "command_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "domain/compose.h"

#define TEXT_MAX ((size_t)16 << 10) /* of one audience */
#define CALENDARS 16

static bool stage_fits(struct deciding *d, const char *stage)
{
	const struct incident *inc = d->inc;
	bool first = inc->update_count == 0, initial = strcmp(stage, "initial") == 0;

	if (first != initial)
		return first ? refuse(d, "stage", "stage", "post the initial one",
				   "the first update of %s is an initial one", d->id)
			     : refuse(d, "stage", "stage", "post a progress update",
				   "%s has had its initial update", d->id);
	if (strcmp(stage, "restored") == 0 && inc->phase != PHASE_RESTORED &&
	    inc->phase != PHASE_RESOLVED)
		return refuse(d, "stage", "stage", "mark it as restored first: restore",
		    "%s is not restored", d->id);
	if (strcmp(stage, "resolved") == 0 && inc->phase != PHASE_RESOLVED)
		return refuse(d, "stage", "stage", "mark it as resolved first: resolve",
		    "%s is not resolved", d->id);
	if (strcmp(stage, "progress") == 0 && inc->phase == PHASE_RESOLVED)
		return refuse(d, "stage", "stage", "post the resolved one, or a correction",
		    "%s is resolved: there is no progress to tell", d->id);
	return true;
}

static const char *status_said(struct deciding *d, const char *stage)
{
	const char *status = json_str(d->args, "status");
	struct compose_facts facts;

	if (!status) {
		compose_facts_of(&facts, d->inc);
		status = compose_status(stage, &facts);
	}
	if (status && strcmp(status, "resolved") == 0 && d->inc->phase != PHASE_RESOLVED) {
		refuse(d, "stage", "status", "mark it as resolved first: resolve",
		    "%s is not resolved", d->id);
		return NULL;
	}
	return status;
}

static bool internal_only(const struct deciding *d, const char *id, bool *known)
{
	*known = true;
	return d->w->audience_internal && d->w->audience_internal(d->w->ctx, id, known);
}

/* Each audience is known, and one at least is not internal: what is internal is a note. */
static bool audiences_fit(struct deciding *d)
{
	const cJSON *item;
	bool outward = false;

	cJSON_ArrayForEach(item, json_get(d->args, "audiences"))
	{
		bool known, internal = internal_only(d, item->valuestring, &known);

		if (!known)
			return refuse(d, "unknown", "audiences",
			    "the configuration names all of them", "there is no audience \"%.64s\"",
			    item->valuestring);
		outward = outward || !internal;
	}
	return outward || refuse(d, "audience", "audiences", "add an audience, or write a note",
			      "an update has one audience at least that is not internal");
}

static bool listed(const cJSON *list, const char *id)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsString(item) && strcmp(item->valuestring, id) == 0)
			return true;
	}
	return false;
}

static bool blank(const char *s)
{
	return !s || !s[strspn(s, " \t\r\n")];
}

/* The texts of an object, each cleaned; NULL: refused. */
static cJSON *clean_object(struct deciding *d, const char *argument, size_t max)
{
	cJSON *out = cJSON_CreateObject();
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(d->args, argument))
	{
		char *text;

		if (cJSON_IsNull(item))
			continue;
		if (!cJSON_IsString(item) || strlen(item->valuestring) > max) {
			if (cJSON_IsString(item))
				refuse(d, "limit", argument, "shorten it",
				    "%.31s: %zu bytes are the most", item->string, max);
			else
				refuse(d, "argument", argument, "", "%.31s: a text is needed",
				    item->string);
			cJSON_Delete(out);
			return NULL;
		}
		text = utf8_cleaned(item->valuestring, UTF8_LINES, max);
		json_put_str(out, item->string, text);
		free(text);
	}
	return out;
}

/* One text for each audience, none for another. */
static bool texts_fit(struct deciding *d, const cJSON *texts)
{
	const cJSON *audiences = json_get(d->args, "audiences");
	const cJSON *item;

	cJSON_ArrayForEach(item, audiences)
	{
		if (blank(json_str(texts, item->valuestring)))
			return refuse(d, "audience", "text", "write what it reads",
			    "there is no text for the audience %.64s", item->valuestring);
	}
	cJSON_ArrayForEach(item, texts)
	{
		if (!listed(audiences, item->string))
			return refuse(d, "audience", "text", "add the audience, or drop its text",
			    "there is a text for %.64s, which is no audience of this update",
			    item->string);
	}
	return true;
}

static bool says_the_minimum(struct deciding *d, const cJSON *fields)
{
	static const struct {
		const char *field, *reason;
	} least[] = {
		{ "impact", "an update says who is hit and how" },
		{ "known", "an update says what we know" },
		{ "unknown", "an update says what we do not know" },
		{ "next", "an update says what we do next" },
		{ "customer_actions", "an update says what customers can do" },
	};

	for (size_t i = 0; i < countof(least); i++) {
		if (!blank(json_str(fields, least[i].field)))
			continue;
		return refuse(d, "minimum", least[i].field,
		    strcmp(least[i].field, "customer_actions") == 0
			? "say so if there is nothing to do"
			: "say so if there is nothing to say",
		    "%s: %s is empty", least[i].reason, least[i].field);
	}
	return true;
}

static struct utc cadence_due(const struct deciding *d, struct duration *cadence)
{
	const struct policy *p = d->w->policy;
	const struct calendar *calendars[CALENDARS];
	size_t n;

	*cadence = (struct duration){ .unit = DURATION_NONE };
	if (!p || d->inc->severity < 1)
		return UTC_NONE;
	*cadence = policy_severity(p, d->inc->severity)->target[TARGET_UPDATE];
	n = policy_calendars(p, d->inc->regions, d->inc->region_count, calendars, CALENDARS);
	return compose_cadence(*cadence, calendars, n, p->business_day_ms, d->now);
}

/* The promise: in the future, within the cadence, and there at all where a cadence runs. */
static bool promise_fits(struct deciding *d, struct utc promise)
{
	struct duration cadence;
	struct utc due = cadence_due(d, &cadence);
	char every[48], at[UTC_TEXT];
	bool runs = utc_is_set(due) && d->inc->phase != PHASE_RESOLVED;

	if (!utc_is_set(promise))
		return !runs ||
		       refuse(d, "minimum", "next_update_at", "such as next 30m",
			   "an update of a Sev %d says when the next one comes", d->inc->severity);
	if (!utc_before(d->now, promise))
		return refuse(d, "time", "next_update_at", "give a later time",
		    "the time of the next update has gone by");
	if (!runs || !utc_before(due, promise))
		return true;
	utc_format(due, at);
	return refuse(d, "cadence", "next_update_at", "promise it earlier",
	    "a Sev %d has an update every %s: the next one is due by %.10s %.8s UTC",
	    d->inc->severity, duration_format(cadence, every, sizeof every), at, at + 11);
}

static bool reads(const struct deciding *d, const char *audience, const char *channel)
{
	size_t count = 0;
	const char *const *own = d->w->audience_channels(d->w->ctx, audience, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(own[i], channel) == 0)
			return true;
	return false;
}

static bool channel_fits(struct deciding *d, const char *channel)
{
	const cJSON *audience;
	bool known = true, internal;

	internal = d->w->channel_internal && d->w->channel_internal(d->w->ctx, channel, &known);
	if (!known)
		return refuse(d, "unknown", "channels", "the configuration names all of them",
		    "there is no channel \"%.64s\"", channel);
	cJSON_ArrayForEach(audience, json_get(d->args, "audiences"))
	{
		if (!d->w->audience_channels) {
			bool there, inside = internal_only(d, audience->valuestring, &there);

			if (inside == internal)
				return true;
			continue;
		}
		if (reads(d, audience->valuestring, channel))
			return true;
	}
	return refuse(d, "audience", "channels", "channels follow from the audiences",
	    "the channel %.64s reaches none of the chosen audiences", channel);
}

static void add_own_channels(const struct deciding *d, const char *audience, cJSON *list)
{
	const char *const *own = NULL;
	size_t count = 0;

	if (d->w->audience_channels)
		own = d->w->audience_channels(d->w->ctx, audience, &count);
	for (size_t i = 0; i < count; i++)
		if (!listed(list, own[i]))
			cJSON_AddItemToArray(list, cJSON_CreateString(own[i]));
}

/* Those that were named, or all that the audiences have. NULL: refused. */
static cJSON *channels_of(struct deciding *d)
{
	const cJSON *given = json_get(d->args, "channels"), *item;
	const cJSON *audiences = json_get(d->args, "audiences");
	cJSON *list = cJSON_CreateArray();

	cJSON_ArrayForEach(item, given)
	{
		if (!channel_fits(d, item->valuestring)) {
			cJSON_Delete(list);
			return NULL;
		}
		cJSON_AddItemToArray(list, cJSON_CreateString(item->valuestring));
	}
	if (!given)
		cJSON_ArrayForEach(item, audiences) add_own_channels(d, item->valuestring, list);
	if (cJSON_GetArraySize(list) > 0)
		return list;
	refuse(d, "audience", "channels", "give the audience a channel in the configuration",
	    "these audiences have no channel: nobody would read it");
	cJSON_Delete(list);
	return NULL;
}

/* Which audience each channel reads it for: the first of those chosen that has the channel. What
 * the configuration says later does not change it. */
static cJSON *readers_of(const struct deciding *d, const cJSON *channels)
{
	cJSON *out = cJSON_CreateObject();
	const cJSON *channel, *audience;

	cJSON_ArrayForEach(channel, channels)
	{
		cJSON_ArrayForEach(audience, json_get(d->args, "audiences"))
		{
			if (!json_get(out, channel->valuestring) &&
			    reads(d, audience->valuestring, channel->valuestring))
				json_put_str(out, channel->valuestring, audience->valuestring);
		}
	}
	return out;
}

static cJSON *internal_of(const struct deciding *d)
{
	cJSON *out = cJSON_CreateArray();
	const cJSON *audience;
	bool known;

	cJSON_ArrayForEach(audience, json_get(d->args, "audiences"))
	{
		if (internal_only(d, audience->valuestring, &known))
			cJSON_AddItemToArray(out, cJSON_CreateString(audience->valuestring));
	}
	return out;
}

static bool post(struct deciding *d, const char *stage, cJSON *fields, cJSON *texts)
{
	struct utc promise = time_or_duration(d, "next_update_at", "next");
	const char *status;
	cJSON *channels, *body;

	if (!texts_fit(d, texts) || !says_the_minimum(d, fields) || !promise_fits(d, promise))
		return false;
	status = status_said(d, stage);
	channels = status ? channels_of(d) : NULL;
	if (!channels)
		return false;
	if (!approved(d, texts)) {
		cJSON_Delete(channels);
		return false;
	}
	body = cJSON_CreateObject();
	json_put_str(body, "stage", stage);
	json_put_str(body, "status", status);
	json_put_str(body, "template", json_str_or(d->args, "template", ""));
	json_put(body, "fields", cJSON_Duplicate(fields, true));
	json_put(body, "text", cJSON_Duplicate(texts, true));
	json_put_utc(body, "next_update_at", promise);
	json_put(body, "audiences", cJSON_Duplicate(json_get(d->args, "audiences"), true));
	if (d->w->audience_channels) {
		json_put(body, "readers", readers_of(d, channels));
		json_put(body, "internal", internal_of(d));
	}
	json_put(body, "channels", channels);
	return emit(d, EVENT_UPDATE_POSTED, body);
}

bool decide_update(struct deciding *d)
{
	const char *stage = json_str(d->args, "stage");
	cJSON *fields, *texts;
	bool ok;

	if (!stage_fits(d, stage) || !audiences_fit(d))
		return false;
	fields = clean_object(d, "fields", COMMAND_TEXT_MAX);
	texts = fields ? clean_object(d, "text", TEXT_MAX) : NULL;
	ok = texts && post(d, stage, fields, texts);
	cJSON_Delete(fields);
	cJSON_Delete(texts);
	return ok;
}
