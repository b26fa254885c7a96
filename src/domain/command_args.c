/* Arguments: what came, checked against the command's table and brought into one form. */
#include "command_priv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define IDS_MAX 500

static bool wrong(struct deciding *d, const struct command_arg *arg, const char *what)
{
	return refuse(d, "argument", arg->name, arg->help, "%s: %s", arg->label, what);
}

static bool read_text(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	enum utf8_lines lines = arg->type == ARG_LONG_TEXT ? UTF8_LINES : UTF8_ONE_LINE;
	char *text;

	if (!cJSON_IsString(v))
		return wrong(d, arg, "a text is needed");
	if (strlen(v->valuestring) > COMMAND_TEXT_MAX)
		return refuse(d, "limit", arg->name, "shorten it",
		    "%s: %zu bytes, but %zu are the most", arg->label, strlen(v->valuestring),
		    COMMAND_TEXT_MAX);
	text = utf8_cleaned(v->valuestring, lines, COMMAND_TEXT_MAX);
	if (text[strspn(text, " \n")])
		json_put_str(d->args, arg->name, text);
	free(text);
	return true;
}

/* A number of one digit, written as a number or as text, with a word before it that may be there.
 */
static int small_number(const cJSON *v, const char *word)
{
	const char *s;

	if (cJSON_IsNumber(v))
		return v->valuedouble >= 0 && v->valuedouble <= 9 &&
			       v->valuedouble == (double)v->valueint
			   ? v->valueint
			   : -1;
	if (!cJSON_IsString(v))
		return -1;
	s = v->valuestring;
	if (strncmp(s, word, strlen(word)) == 0)
		s += strlen(word);
	return s[0] >= '0' && s[0] <= '9' && !s[1] ? s[0] - '0' : -1;
}

static bool read_severity(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	int n = small_number(v, "sev");

	if (n < 1 || n > SEVERITIES)
		return wrong(d, arg, "a number from 1 (worst) to 4 is needed");
	json_put_int(d->args, arg->name, n);
	return true;
}

static bool known_to(struct deciding *d, bool (*known)(void *ctx, const char *id), const char *id)
{
	return !known || known(d->w->ctx, id);
}

static bool read_known(struct deciding *d, const struct command_arg *arg, const cJSON *v,
    bool (*known)(void *ctx, const char *id), const char *what)
{
	if (!cJSON_IsString(v) || !v->valuestring[0])
		return wrong(d, arg, "an id is needed");
	if (!known_to(d, known, v->valuestring)) {
		char *id = utf8_cleaned(v->valuestring, UTF8_ONE_LINE, 64);

		refuse(d, "unknown", arg->name, "the configuration names all of them",
		    "there is no %s \"%s\"", what, id);
		free(id);
		return false;
	}
	json_put_str(d->args, arg->name, v->valuestring);
	return true;
}

static bool read_role(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	if (!cJSON_IsString(v) || role_of(v->valuestring) < 0)
		return wrong(d, arg, "ic, comms, tech or liaison is needed");
	json_put_str(d->args, arg->name, v->valuestring);
	return true;
}

static bool read_rung(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	int tier = small_number(v, "tier");

	if (tier == 2 || tier == 3) {
		json_put_int(d->args, arg->name, tier);
		return true;
	}
	if (tier >= 0 || !cJSON_IsString(v))
		return wrong(d, arg, "tier 2, tier 3 or a carrier is needed");
	return read_known(d, arg, v, d->w->carrier_known, "carrier");
}

static bool add_id(cJSON *list, const char *id, size_t len)
{
	const cJSON *item;
	char *one;

	cJSON_ArrayForEach(item, list)
	{
		if (strlen(item->valuestring) == len && memcmp(item->valuestring, id, len) == 0)
			return true;
	}
	if (cJSON_GetArraySize(list) >= IDS_MAX)
		return false;
	one = xstrndup(id, len);
	cJSON_AddItemToArray(list, cJSON_CreateString(one));
	free(one);
	return true;
}

/* A list of texts, or one text with blanks or commas between; without doubles. NULL: neither. */
static cJSON *id_list(const cJSON *v)
{
	cJSON *list = cJSON_CreateArray();
	const cJSON *item;
	bool ok = true;

	if (cJSON_IsString(v)) {
		for (const char *p = v->valuestring; ok && *(p += strspn(p, " ,"));
		     p += strcspn(p, " ,"))
			ok = add_id(list, p, strcspn(p, " ,"));
	} else if (cJSON_IsArray(v)) {
		cJSON_ArrayForEach(item, v)
		{
			ok = ok && cJSON_IsString(item) && item->valuestring[0] &&
			     add_id(list, item->valuestring, strlen(item->valuestring));
		}
	} else {
		ok = false;
	}
	if (!ok) {
		cJSON_Delete(list);
		return NULL;
	}
	return list;
}

static bool read_ids(struct deciding *d, const struct command_arg *arg, const cJSON *v,
    bool (*known)(void *ctx, const char *id), const char *what)
{
	cJSON *list = id_list(v);
	const cJSON *item;

	if (!list)
		return wrong(d, arg, "a list of ids is needed");
	cJSON_ArrayForEach(item, list)
	{
		if (!known_to(d, known, item->valuestring)) {
			char *id = utf8_cleaned(item->valuestring, UTF8_ONE_LINE, 64);

			refuse(d, "unknown", arg->name, "the configuration names all of them",
			    "there is no %s \"%s\"", what, id);
			free(id);
			cJSON_Delete(list);
			return false;
		}
	}
	if (cJSON_GetArraySize(list) > 0)
		json_put(d->args, arg->name, list);
	else
		cJSON_Delete(list);
	return true;
}

static bool in_the_past(const char *name)
{
	return strcmp(name, "started_at") == 0 || strcmp(name, "restored_at") == 0 ||
	       strcmp(name, "resolved_at") == 0;
}

/* "14:20" is the nearest such time of UTC, before or after now as the argument needs it. */
static bool hour_and_minute(const char *s, struct utc now, bool past, struct utc *out)
{
	int64_t day_start = now.ms - (now.ms % DAY_MS + DAY_MS) % DAY_MS;
	size_t len = strlen(s);
	int hour, minute;
	struct utc t;

	if (len != 5 || s[2] != ':' || strspn(s, "0123456789") != 2 ||
	    strspn(s + 3, "0123456789") != 2)
		return false;
	hour = (s[0] - '0') * 10 + s[1] - '0';
	minute = (s[3] - '0') * 10 + s[4] - '0';
	if (hour > 23 || minute > 59)
		return false;
	t.ms = day_start + (int64_t)(hour * 60 + minute) * 60000;
	if (past && t.ms > now.ms)
		t.ms -= DAY_MS;
	if (!past && t.ms <= now.ms)
		t.ms += DAY_MS;
	*out = t;
	return true;
}

static bool read_time(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	struct utc t;

	if (!cJSON_IsString(v) ||
	    (!utc_parse(v->valuestring, &t) &&
		!hour_and_minute(v->valuestring, d->now, in_the_past(arg->name), &t)))
		return wrong(
		    d, arg, "a time such as 14:20 (UTC) or 2025-03-10T14:20:00Z is needed");
	json_put_utc(d->args, arg->name, t);
	return true;
}

static bool read_duration(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	struct duration length;

	if (!cJSON_IsString(v) || !duration_parse(v->valuestring, &length) ||
	    length.unit != DURATION_ELAPSED || length.ms <= 0)
		return wrong(d, arg, "a length of time such as 30m or 2h is needed");
	json_put_int(d->args, arg->name, length.ms);
	return true;
}

static bool word_is(const cJSON *v, const char *a, const char *b)
{
	return cJSON_IsString(v) &&
	       (strcmp(v->valuestring, a) == 0 || strcmp(v->valuestring, b) == 0);
}

static bool read_bool(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	bool yes = cJSON_IsTrue(v) || word_is(v, "true", "yes");

	if (!yes && !cJSON_IsFalse(v) && !word_is(v, "false", "no"))
		return wrong(d, arg, "yes or no is needed");
	json_put_bool(d->args, arg->name, yes);
	return true;
}

static bool read_choice(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	size_t len = cJSON_IsString(v) ? strlen(v->valuestring) : 0;

	for (const char *p = arg->choices; len && *p; p += strcspn(p, " "), p += strspn(p, " ")) {
		if (strcspn(p, " ") == len && strncmp(p, v->valuestring, len) == 0) {
			json_put_str(d->args, arg->name, v->valuestring);
			return true;
		}
	}
	return refuse(d, "argument", arg->name, arg->help, "%s: one of these is needed: %s",
	    arg->label, arg->choices);
}

static bool read_incident(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	if (!cJSON_IsString(v) || incident_number(v->valuestring) == 0)
		return wrong(d, arg, "an incident such as INC-7 is needed");
	if (!d->w->incident || !d->w->incident(d->w->ctx, v->valuestring))
		return refuse(
		    d, "unknown", arg->name, "", "there is no incident %s", v->valuestring);
	json_put_str(d->args, arg->name, v->valuestring);
	return true;
}

static bool read_number(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	double n = cJSON_IsNumber(v) ? v->valuedouble : -1;

	if (cJSON_IsString(v) && v->valuestring[0] && strlen(v->valuestring) < 10 &&
	    !v->valuestring[strspn(v->valuestring, "0123456789")])
		n = (double)strtol(v->valuestring, NULL, 10);
	if (!(n >= 0 && n <= INT_MAX) || n != (double)(int)n)
		return wrong(d, arg, "a whole number is needed");
	json_put_int(d->args, arg->name, (int)n);
	return true;
}

static bool read_object(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	if (!cJSON_IsObject(v))
		return wrong(d, arg, "an object is needed");
	json_put(d->args, arg->name, cJSON_Duplicate(v, true));
	return true;
}

static bool read_arg(struct deciding *d, const struct command_arg *arg, const cJSON *v)
{
	switch (arg->type) {
	case ARG_TEXT:
	case ARG_LONG_TEXT:
		return read_text(d, arg, v);
	case ARG_SEVERITY:
		return read_severity(d, arg, v);
	case ARG_PERSON:
		return read_known(d, arg, v, d->w->person_known, "person");
	case ARG_ROLE:
		return read_role(d, arg, v);
	case ARG_TIER_OR_CARRIER:
		return read_rung(d, arg, v);
	case ARG_CARRIER:
		return read_known(d, arg, v, d->w->carrier_known, "carrier");
	case ARG_REGIONS:
		return read_ids(d, arg, v, d->w->region_known, "region");
	case ARG_COMPONENTS:
		return read_ids(d, arg, v, d->w->component_known, "component");
	case ARG_IDS:
		return read_ids(d, arg, v, NULL, "");
	case ARG_TIME:
		return read_time(d, arg, v);
	case ARG_DURATION:
		return read_duration(d, arg, v);
	case ARG_BOOL:
		return read_bool(d, arg, v);
	case ARG_CHOICE:
		return read_choice(d, arg, v);
	case ARG_INCIDENT:
		return read_incident(d, arg, v);
	case ARG_OBJECT:
		return read_object(d, arg, v);
	case ARG_NUMBER:
		return read_number(d, arg, v);
	}
	return wrong(d, arg, "it cannot be read");
}

static bool declared(const struct command_info *info, const char *name)
{
	for (size_t i = 0; i < COMMAND_ARGS && info->args[i].name; i++)
		if (strcmp(info->args[i].name, name) == 0)
			return true;
	return false;
}

static bool nothing_undeclared(struct deciding *d, const struct command_info *info)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, d->cmd->args)
	{
		char *name;

		if (item->string && declared(info, item->string))
			continue;
		name = utf8_cleaned(item->string, UTF8_ONE_LINE, 31);
		refuse(d, "argument", name, "help lists the arguments of a command",
		    "%s has no argument \"%s\"", info->name, name);
		free(name);
		return false;
	}
	return true;
}

bool command_read_args(struct deciding *d, const struct command_info *info)
{
	if (d->cmd->args && !cJSON_IsNull(d->cmd->args) && !cJSON_IsObject(d->cmd->args))
		return refuse(d, "argument", NULL, "", "the arguments of a command are an object");
	if (!nothing_undeclared(d, info))
		return false;
	for (size_t i = 0; i < COMMAND_ARGS && info->args[i].name; i++) {
		const struct command_arg *arg = &info->args[i];
		const cJSON *v = json_get(d->cmd->args, arg->name);

		/* What a form leaves empty was not given. */
		if (v && !cJSON_IsNull(v) && !(cJSON_IsString(v) && !v->valuestring[0]) &&
		    !read_arg(d, arg, v))
			return false;
		if (arg->required && !json_get(d->args, arg->name))
			return refuse(
			    d, "argument", arg->name, arg->help, "%s is missing", arg->label);
	}
	return true;
}

struct utc time_or_duration(const struct deciding *d, const char *at, const char *in)
{
	int64_t length = json_int(d->args, in, 0);

	return length > 0 ? utc_add(d->now, length) : json_utc(d->args, at);
}

cJSON *body_of_args(const struct deciding *d)
{
	return cJSON_Duplicate(d->args, true);
}
