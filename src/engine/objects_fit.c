/* An object that is too long for a line is cut and not lost: a board without it would show nothing,
 * or what was true before. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine_priv.h"

static void cut_text(cJSON *v, int cells)
{
	size_t fits = utf8_fit(v->valuestring, cells);
	char *text;

	if (!v->valuestring[fits])
		return;
	text = xasprintf("%.*s…", (int)fits, v->valuestring);
	cJSON_SetValuestring(v, text);
	free(text);
}

/* Texts longer than so many cells end in "…"; no id is that long. Lists keep their last items,
 * which are the newest. */
static void cut(cJSON *v, int cells, int items)
{
	if (cJSON_IsString(v))
		cut_text(v, cells);
	while (cJSON_IsArray(v) && cJSON_GetArraySize(v) > items)
		cJSON_DeleteItemFromArray(v, 0);
	for (cJSON *child = cJSON_IsArray(v) || cJSON_IsObject(v) ? v->child : NULL; child;
	     child = child->next)
		cut(child, cells, items);
}

char *object_fit(cJSON *take)
{
	static const struct {
		int cells, items;
	} steps[] = { { 4096, 1000 }, { 1024, 1000 }, { 256, 400 }, { 80, 100 }, { 80, 20 },
		{ 80, 10 } };
	char *text = json_text(take);

	for (size_t i = 0; i < countof(steps) && strlen(text) > OBJECT_ROOM; i++) {
		free(text);
		cut(take, steps[i].cells, steps[i].items);
		text = json_text(take);
	}
	cJSON_Delete(take);
	return text;
}
