#include "update_held.h"

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "verbs.h"

#define HASH_SHOWN 12

bool update_held_asked(const struct args *a)
{
	return arg_given(a, "waiting") || arg_given(a, "stop") || arg_given(a, "send");
}

static bool is_of(const struct snap_held *h, const char *id)
{
	return h->incident && strcmp(h->incident, id) == 0;
}

static cJSON *json_of_waiting(const struct snap_held *h)
{
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "what", h->what);
	json_put_str(o, "by", h->by);
	json_put_str(o, "waiting", h->waiting);
	json_put_str(o, "hash", h->hash);
	json_put(o, "text", cJSON_Duplicate(h->text, true));
	return o;
}

/* The exact texts that `incident approve` would approve. */
static int print_waiting(const struct snapshot *snap, const char *incident, cJSON *list)
{
	const struct snap_held *h;
	const cJSON *text;
	size_t it = 0, n = 0;

	while ((h = map_next(snap->held, &it, NULL))) {
		if (!h->waiting || !is_of(h, incident))
			continue;
		n++;
		if (list) {
			cJSON_AddItemToArray(list, json_of_waiting(h));
			continue;
		}
		printf("%s by %s, %s\nhash %s\n", h->what ? h->what : "update", h->by ? h->by : "?",
		    h->waiting, h->hash ? h->hash : "");
		cJSON_ArrayForEach(text, h->text)
		{
			if (cJSON_IsString(text))
				printf("--- %s\n%s\n", text->string, text->valuestring);
		}
	}
	if (list)
		verbs_print(list);
	else if (!n)
		printf("no update of %s waits for approval\n", incident);
	return EXIT_DONE;
}

/* The one that is meant, by the first characters of its hash where there are several; NULL: *e. */
static const struct snap_held *find(
    const struct snapshot *snap, const char *id, const char *hash, struct err *e)
{
	const struct snap_held *h, *found = NULL;
	size_t it = 0, n = 0;
	struct buf which;

	buf_init(&which, 200);
	while ((h = map_next(snap->held, &it, NULL))) {
		if (!is_of(h, id) || !h->hash || (hash && strncmp(h->hash, hash, strlen(hash))))
			continue;
		buf_addf(&which, "%s%.*s by %.24s", n ? ", " : "", HASH_SHOWN, h->hash,
		    h->by ? h->by : "?");
		found = h;
		n++;
	}
	if (n > 1)
		err_set(e, ERR_REFUSED, "%.64s: %zu messages are held (name one by --hash: %s)", id,
		    n, buf_str(&which));
	else if (!found)
		err_set(e, ERR_REFUSED,
		    "%.64s: nothing %sis held (it was sent or stopped already, or never written)",
		    id, hash ? "with this hash " : "");
	buf_fini(&which);
	return n == 1 ? found : NULL;
}

static int release(const struct args *a, struct session *s, const char *what)
{
	struct err e = { 0 };
	const struct snap_held *h =
	    find(session_snapshot(s), a->operands[0], arg_value(a, "hash"), &e);
	cJSON *request, *answer = NULL;
	bool ok = false;

	if (h) {
		request = cJSON_CreateObject();
		json_put_str(request, "held", what);
		json_put_str(request, "id", h->id);
		answer = session_ask(s, request, &e);
	}
	if (answer && session_check(answer, &e)) {
		if (arg_given(a, "json"))
			verbs_print(cJSON_Duplicate(answer, true));
		else
			printf("%s: %s\n", a->operands[0],
			    strcmp(what, "stop") == 0 ? "stopped, nothing is sent" : "released");
		ok = true;
	}
	cJSON_Delete(answer);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

int update_held(const struct args *a, struct session *s)
{
	bool waiting = arg_given(a, "waiting"), stop = arg_given(a, "stop");
	const char *id = a->operands[0];

	if (waiting + stop + arg_given(a, "send") > 1)
		return cmd_refuse(
		    ERR_USAGE, "update: --waiting, --stop and --send are three things (give one)");
	if (!waiting)
		return release(a, s, stop ? "stop" : "send");
	if (!snap_incident(session_snapshot(s), id))
		return cmd_refuse(ERR_REFUSED,
		    "%s: there is no such incident (`nocboard incident list` shows them)", id);
	return print_waiting(
	    session_snapshot(s), id, arg_given(a, "json") ? cJSON_CreateArray() : NULL);
}
