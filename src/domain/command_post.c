/* What goes out to audiences: who they are, a text for each, and by which channels. Of updates and
 * of notices of planned work. */
#include "command_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static bool internal_only(const struct deciding *d, const char *id, bool *known)
{
	*known = true;
	return d->w->audience_internal && d->w->audience_internal(d->w->ctx, id, known);
}

bool command_blank(const char *s)
{
	return !s || !s[strspn(s, " \t\r\n")];
}

bool audiences_fit(struct deciding *d)
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
	return outward ||
	       refuse(d, "audience", "audiences", "add an audience, or write a note",
		   "a message to customers has one audience at least that is not internal");
}

bool nobody_forgotten(struct deciding *d, const struct posted_update *told, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t a = 0; a < told[i].audience_count; a++) {
			const char *id = told[i].audiences[a];
			bool known;

			internal_only(d, id, &known);
			if (known && !json_lists(json_get(d->args, "audiences"), id))
				return refuse(d, "audience", "audiences", "add the audience",
				    "%.64s was told of %s and has to read what follows", id, d->id);
		}
	return true;
}

cJSON *clean_object(struct deciding *d, const char *argument, size_t max)
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

bool texts_fit(struct deciding *d, const cJSON *texts)
{
	const cJSON *audiences = json_get(d->args, "audiences");
	const cJSON *item;

	cJSON_ArrayForEach(item, audiences)
	{
		if (command_blank(json_str(texts, item->valuestring)))
			return refuse(d, "audience", "text", "write what it reads",
			    "there is no text for the audience %.64s", item->valuestring);
	}
	cJSON_ArrayForEach(item, texts)
	{
		if (!json_lists(audiences, item->string))
			return refuse(d, "audience", "text", "add the audience, or drop its text",
			    "there is a text for %.64s, which is no audience of this",
			    item->string);
	}
	return true;
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
		if (!json_lists(list, own[i]))
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

bool put_addresses(struct deciding *d, cJSON *body)
{
	cJSON *channels = channels_of(d);

	if (!channels)
		return false;
	json_put(body, "audiences", cJSON_Duplicate(json_get(d->args, "audiences"), true));
	if (d->w->audience_channels) {
		json_put(body, "readers", readers_of(d, channels));
		json_put(body, "internal", internal_of(d));
	}
	json_put(body, "channels", channels);
	return true;
}
