/* nocboard clocks: events in, clocks out, for scripts and for whoever wants to check a deadline. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "cmd.h"
#include "domain/clock.h"
#include "domain/config.h"
#include "domain/event.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/zone.h"

#define LINE_MAX_BYTES ((size_t)1 << 20)
#define POLICY_MAX_BYTES ((size_t)1 << 20)
#define PROBLEMS_SHOWN 20

/* The events of standard input by incident, in the order in which the incidents come up. */
struct input {
	struct map *incidents; /* struct event_list */
	int problems;
};

static void list_free(void *list)
{
	event_list_fini(list);
	free(list);
}

/* What the stream itself asks for: versions without a gap, time that never goes back. */
static bool follows(const struct event_list *l, const struct event *ev, struct err *e)
{
	const struct event *last = l && l->count ? l->items[l->count - 1] : NULL;
	int want = last ? last->version + 1 : 1;
	char before[UTC_TEXT];

	if (ev->version != want)
		return err_set(e, ERR_DATA, "%s: version %d where %d comes next", ev->incident,
		    ev->version, want);
	if (last && utc_before(ev->at, last->at))
		return err_set(e, ERR_DATA, "%s: at is earlier than version %d (%s)", ev->incident,
		    last->version, utc_format(last->at, before));
	return true;
}

static bool add_line(struct input *in, const char *line, size_t len, struct err *e)
{
	cJSON *obj = json_parse(line, len, e);
	struct event *ev = obj ? event_from_json(obj, e) : NULL;
	struct event_list *list;

	cJSON_Delete(obj);
	if (!ev)
		return false;
	list = map_get(in->incidents, ev->incident);
	if (!follows(list, ev, e)) {
		event_free(ev);
		return false;
	}
	if (!list) {
		list = xcalloc(1, sizeof *list);
		map_set(in->incidents, ev->incident, list);
	}
	event_list_add(list, ev);
	return true;
}

static void problem(struct input *in, size_t number, const struct err *e)
{
	if (++in->problems <= PROBLEMS_SHOWN)
		cmd_refuse(ERR_DATA, "standard input, line %zu: %s", number, e->msg);
}

/* A whole line without its end. False at the end of the input; a line over the limit is cut, and
 * `over` set. */
static bool read_line(FILE *f, struct buf *line, bool *any)
{
	int c;

	buf_clear(line);
	*any = false;
	while ((c = getc_unlocked(f)) != EOF && c != '\n') {
		*any = true;
		buf_addc(line, (char)c);
	}
	return c != EOF || *any;
}

static int read_events(struct input *in)
{
	struct buf line;
	bool any;

	buf_init(&line, LINE_MAX_BYTES);
	for (size_t number = 1; read_line(stdin, &line, &any); number++) {
		struct err e = { 0 };

		if (line.over) {
			err_set(&e, ERR_LIMIT, "longer than 1 MiB (one event is one line)");
			problem(in, number, &e);
		} else if (buf_str(&line)[strspn(buf_str(&line), " \t\r")] ||
			   line.len > strlen(buf_str(&line))) {
			if (!add_line(in, line.data, line.len, &e))
				problem(in, number, &e);
		}
	}
	buf_fini(&line);
	if (ferror(stdin)) {
		struct err e;

		err_sys(&e, ERR_IO, errno, "standard input");
		return cmd_fail(&e);
	}
	if (in->problems > PROBLEMS_SHOWN)
		cmd_refuse(ERR_DATA, "standard input: %d more lines are wrong",
		    in->problems - PROBLEMS_SHOWN);
	return in->problems ? EXIT_FOUND : EXIT_DONE;
}

static const struct zone *zone_for_policy(void *ctx, const char *name)
{
	(void)ctx;
	return zone_load(name, NULL);
}

/* The policy of --policy, or the default. NULL: the problems were printed. */
static struct policy *read_policy(const char *path)
{
	struct cfg_problems problems = { 0 };
	struct policy *policy = NULL;
	struct err e = { 0 };
	struct buf text, out;

	if (!path)
		return policy_default();
	buf_init(&text, 0);
	buf_init(&out, 0);
	if (file_read(path, POLICY_MAX_BYTES, 0, &text, &e)) {
		struct cfg_source source = { path, buf_str(&text), text.len };

		policy = policy_load(&source, zone_for_policy, NULL, &problems);
		for (size_t i = 0; i < problems.count; i++)
			cfg_problem_print(&out, &problems.items[i]);
		fputs(buf_str(&out), stderr);
	} else {
		cmd_refuse(ERR_CONFIG, "--policy: %s", e.msg);
	}
	cfg_problems_fini(&problems);
	buf_fini(&text);
	buf_fini(&out);
	return policy;
}

static void print_json(const struct input *in, const struct policy *policy, struct utc now)
{
	cJSON *all = cJSON_CreateArray();
	const struct event_list *list;
	struct buf out;

	for (size_t it = 0; (list = map_next(in->incidents, &it, NULL));) {
		struct clock_set set;

		clocks_compute(&set, list->items, list->count, policy, NULL, NULL, now);
		/* Opened later than now: there is no such incident yet. */
		if (set.severity)
			cJSON_AddItemToArray(all, clocks_to_json(&set, now));
		clock_set_fini(&set);
	}
	buf_init(&out, 0);
	json_print(&out, all);
	puts(buf_str(&out));
	buf_fini(&out);
	cJSON_Delete(all);
}

static void print_reasons(const struct input *in, const struct policy *policy, struct utc now)
{
	const struct event_list *list;
	struct buf out;

	buf_init(&out, 0);
	for (size_t it = 0; (list = map_next(in->incidents, &it, NULL));) {
		struct clock_set set;

		clocks_compute(&set, list->items, list->count, policy, NULL, NULL, now);
		for (size_t i = 0; i < set.count; i++) {
			buf_clear(&out);
			clock_explain(
			    &out, &set.items[i], list->items, list->count, policy, NULL, NULL, now);
			printf("%s %s", set.incident, buf_str(&out));
		}
		clock_set_fini(&set);
	}
	buf_fini(&out);
}

static int run(struct args *a)
{
	struct policy *policy = read_policy(arg_value(a, "policy"));
	struct input in = { .incidents = map_new(list_free) };
	struct utc now = utc_is_set(a->now) ? a->now : clock_utc();
	int status = EXIT_CONFIG;

	if (policy)
		status = read_events(&in);
	if (status == EXIT_DONE && arg_given(a, "explain"))
		print_reasons(&in, policy, now);
	else if (status == EXIT_DONE)
		print_json(&in, policy, now);
	policy_free(policy);
	map_free(in.incidents);
	return status;
}

static const struct cmd_option options[] = {
	{ "policy", 0, "FILE", "a policy file instead of the default policy", false },
	{ "explain", 0, NULL, "say for people why each clock is due when it is", false },
	{ "json", 0, NULL, "print JSON, as it does anyway", false },
	{ 0 },
};

const struct cmd cmd_clocks = {
	.name = "clocks",
	.summary = "compute the service level clocks of incidents from their events",
	.about =
	    "Reads events from standard input, one JSON object a line, as nocboard journal "
	    "export writes them. The events of several incidents may be mixed. Prints a JSON "
	    "array with the clocks of each incident at the time of --now, or now.\n\n"
	    "Nothing else is read: the same events, policy and time give the same clocks. A line "
	    "that is no event is told with its number and the reason, and nothing is printed.",
	.options = options,
	.run = run,
};
