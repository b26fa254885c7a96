/* What was posted to customers, and what became of it: of an incident, and of planned work. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "incident_priv.h"

#define TEXT_MAX 65536

/* A copy with its texts cleaned; members that are no text are left out. */
static cJSON *clean_texts(const cJSON *texts)
{
	cJSON *out = cJSON_CreateObject();
	const cJSON *item;

	cJSON_ArrayForEach(item, texts)
	{
		char *key, *text;

		if (!cJSON_IsString(item) || !item->string)
			continue;
		key = utf8_cleaned(item->string, UTF8_ONE_LINE, 128);
		text = utf8_cleaned(item->valuestring, UTF8_LINES, TEXT_MAX);
		if (!json_get(out, key))
			json_put_str(out, key, text);
		free(key);
		free(text);
	}
	return out;
}

static struct delivery_state *delivery_to(
    struct posted_update *u, const char *destination, struct utc at)
{
	struct delivery_state *d;

	for (size_t i = 0; i < u->delivery_count; i++)
		if (strcmp(u->deliveries[i].destination, destination) == 0)
			return &u->deliveries[i];
	u->deliveries = xreallocarray(u->deliveries, u->delivery_count + 1, sizeof *u->deliveries);
	d = &u->deliveries[u->delivery_count++];
	*d = (struct delivery_state){
		.destination = xstrdup(destination), .state = xstrdup("waiting"), .at = at
	};
	return d;
}

void posted_add(struct posted_update **list, size_t *count, const struct event *ev)
{
	struct posted_update *u;

	*list = xreallocarray(*list, *count + 1, sizeof **list);
	u = &(*list)[(*count)++];
	memset(u, 0, sizeof *u);
	u->version = ev->version;
	u->at = ev->at;
	u->by = xstrdup(ev->actor);
	incident_set_line(&u->stage, ev->body, "stage");
	incident_set_line(&u->status, ev->body, "status");
	incident_set_line(&u->template_name, ev->body, "template");
	u->fields = clean_texts(json_get(ev->body, "fields"));
	u->text = clean_texts(json_get(ev->body, "text"));
	u->next_update_at = json_utc(ev->body, "next_update_at");
	incident_set_ids(&u->audiences, &u->audience_count, ev->body, "audiences");
	incident_set_ids(&u->channels, &u->channel_count, ev->body, "channels");
	incident_set_ids(&u->internal, &u->internal_count, ev->body, "internal");
	if (json_get(ev->body, "readers"))
		u->readers = clean_texts(json_get(ev->body, "readers"));
	for (size_t i = 0; i < u->channel_count; i++)
		delivery_to(u, u->channels[i], ev->at);
}

/* What became of each recipient; a delivery that is taken up again forgets those who were given up.
 */
static void fold_recipients(struct delivery_state *d, const struct event *ev)
{
	cJSON *said = clean_texts(json_get(ev->body, "recipients")), *item, *next;

	if (!d->recipients)
		d->recipients = cJSON_CreateObject();
	for (item = json_bool(ev->body, "again", false) ? d->recipients->child : NULL; item;
	     item = next) {
		next = item->next;
		if (strncmp(item->valuestring, "accepted", 8) != 0)
			cJSON_Delete(cJSON_DetachItemViaPointer(d->recipients, item));
	}
	while ((item = said->child)) {
		cJSON_DetachItemViaPointer(said, item);
		cJSON_DeleteItemFromObjectCaseSensitive(d->recipients, item->string);
		cJSON_AddItemToArray(d->recipients, item);
	}
	cJSON_Delete(said);
}

void posted_delivery(struct posted_update *list, size_t count, const struct event *ev)
{
	int64_t version = json_int(ev->body, "update", 0);
	int64_t attempts = json_int(ev->body, "attempts", -1);
	char *destination = NULL;

	incident_set_line(&destination, ev->body, "destination");
	for (size_t i = 0; destination && i < count; i++) {
		struct delivery_state *d;

		if (list[i].version != version)
			continue;
		d = delivery_to(&list[i], destination, ev->at);
		if (json_str(ev->body, "state"))
			incident_set_line(&d->state, ev->body, "state");
		if (!d->state)
			d->state = xstrdup("waiting");
		incident_set_line(&d->detail, ev->body, "detail");
		d->attempts = attempts >= 0 && attempts < 1000000 ? (int)attempts : d->attempts + 1;
		d->at = ev->at;
		free(d->by);
		d->by = xstrdup(ev->actor);
		d->gone = json_bool(ev->body, "gone", false);
		if (json_str(ev->body, "reference"))
			incident_set_line(&d->reference, ev->body, "reference");
		fold_recipients(d, ev);
	}
	free(destination);
}

static void free_update(struct posted_update *u)
{
	free(u->by);
	free(u->stage);
	free(u->status);
	free(u->template_name);
	cJSON_Delete(u->fields);
	cJSON_Delete(u->text);
	incident_free_ids(u->audiences, u->audience_count);
	incident_free_ids(u->channels, u->channel_count);
	incident_free_ids(u->internal, u->internal_count);
	incident_free_ids(u->regions, u->region_count);
	incident_free_ids(u->components, u->component_count);
	cJSON_Delete(u->readers);
	for (size_t i = 0; i < u->delivery_count; i++) {
		free(u->deliveries[i].destination);
		free(u->deliveries[i].state);
		free(u->deliveries[i].detail);
		free(u->deliveries[i].by);
		free(u->deliveries[i].reference);
		cJSON_Delete(u->deliveries[i].recipients);
	}
	free(u->deliveries);
}

void posted_free(struct posted_update *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free_update(&list[i]);
	free(list);
}
