/* nocboard feed: one foreign status document in, its normal form out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd.h"
#include "engine/setup.h"
#include "engine/target.h"
#include "net/feed.h"
#include "os/clock.h"
#include "os/file.h"

static int list_formats(void)
{
	for (const struct feed_format *f = feed_formats; f->name; f++)
		printf("%-16s %s%s%s\n", f->name, f->title, f->needs ? "; needs " : "",
		    f->needs ? f->needs : "");
	printf("%-16s %s\n", "auto", "decides by the content");
	return EXIT_DONE;
}

static bool read_input(const char *path, struct buf *in, struct err *e)
{
	char chunk[65536];
	size_t n;

	if (path && strcmp(path, "-") != 0)
		return file_read(path, FEED_BODY_MAX, 0, in, e);
	while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
		if (!buf_add(in, chunk, n))
			return err_set(e, ERR_LIMIT, "standard input: longer than %zu MiB",
			    FEED_BODY_MAX >> 20);
	return !ferror(stdin) || err_sys(e, ERR_IO, errno, "standard input");
}

static int print_doc(const struct feed_doc *d, bool compact)
{
	cJSON *json = feed_doc_json(d);
	char *text = compact ? cJSON_PrintUnformatted(json) : cJSON_Print(json);

	puts(text);
	free(text);
	cJSON_Delete(json);
	return EXIT_DONE;
}

/* What is to be read, and how. */
struct reading {
	const char *format;
	const char *mapping; /* NULL: none */
	struct buf text;     /* that the mapping lies in */
	struct setup *setup;
	struct arena *arena;
};

/* "carrier/format": a feed of the configuration. */
static bool from_config(struct reading *r, const char *config, const char *id, struct err *e)
{
	struct cfg_problems problems = { 0 };
	struct feed_source source;

	r->setup = setup_load(config, &problems, e);
	cfg_problems_fini(&problems);
	for (size_t i = 0; r->setup && i < r->setup->config->carriers.count; i++) {
		const struct cfg_carrier *k = &r->setup->config->carriers.items[i];
		for (size_t f = 0; f < k->feeds.count; f++) {
			if (strcmp(k->feeds.items[f].id.s, id) != 0)
				continue;
			target_of_feed(&k->feeds.items[f], &source, r->arena);
			r->format = source.format;
			r->mapping = source.mapping;
			return true;
		}
	}
	return r->setup && err_set(e, ERR_USAGE, "%.60s: no feed of this id (carrier/format)", id);
}

/* Whatever is wrong with the mapping is wrong with the command line: only the document's own faults
 * are findings. */
static bool from_file(struct reading *r, const char *path, struct err *e)
{
	bool there = file_read(path, FEED_MAPPING_MAX, 0, &r->text, e), ok;
	cJSON *json = there ? json_parse(buf_str(&r->text), r->text.len, e) : NULL;

	ok = json && feed_mapping_check(json, e);
	cJSON_Delete(json);
	r->mapping = buf_str(&r->text);
	if (ok)
		return true;
	e->kind = ERR_USAGE;
	return there ? err_in(e, "--map: %s", path) : err_in(e, "--map");
}

static bool find_reader(struct reading *r, const struct args *a, struct err *e)
{
	const char *map = arg_value(a, "map");

	r->format = a->operands[0];
	if (strchr(r->format, '/') && !from_config(r, a->config, r->format, e))
		return false;
	if (strcmp(r->format, "auto") != 0 && !feed_format_find(r->format))
		return err_set(e, ERR_USAGE,
		    "%.60s: no such format (nocboard feed --list names them)", r->format);
	if (map && strcmp(r->format, "json") != 0)
		return err_set(
		    e, ERR_USAGE, "--map: format %.40s needs no mapping (json does)", r->format);
	return !map || from_file(r, map, e);
}

static struct feed_doc *read_doc(
    const struct reading *r, const struct args *a, const struct buf *in, struct err *e)
{
	struct utc now = utc_is_set(a->now) ? a->now : clock_utc();
	struct feed_doc *doc;
	struct buf frame;

	if (!r->mapping)
		return feed_parse_at(r->format, buf_str(in), in->len, now, e);
	buf_init(&frame, 0);
	feed_frame(&frame, r->mapping, now, buf_str(in), in->len);
	doc = feed_parse(r->format, buf_str(&frame), frame.len, e);
	buf_fini(&frame);
	return doc;
}

static int run(struct args *a)
{
	const char *path = a->operand_count > 1 ? a->operands[1] : NULL;
	struct reading r = { .arena = NULL };
	struct feed_doc *doc = NULL;
	struct err e = { 0 };
	struct buf in;
	int status;

	if (arg_given(a, "list"))
		return list_formats();
	if (!a->operand_count)
		return cmd_refuse(
		    ERR_USAGE, "feed: FORMAT is missing (nocboard feed --list names them)");
	r.arena = arena_new();
	buf_init(&r.text, FEED_MAPPING_MAX);
	buf_init(&in, FEED_BODY_MAX);
	if (find_reader(&r, a, &e) && read_input(path, &in, &e)) {
		doc = read_doc(&r, a, &in, &e);
		if (!doc && e.kind == ERR_DATA)
			err_in(&e, "%s", path ? path : "standard input");
	}
	status = doc ? print_doc(doc, arg_given(a, "json")) : cmd_fail(&e);
	feed_doc_free(doc);
	buf_fini(&in);
	buf_fini(&r.text);
	setup_free(r.setup);
	arena_free(r.arena);
	return status;
}

static const struct cmd_option options[] = {
	{ "list", 0, NULL, "list the formats", false },
	{ "map", 0, "FILE", "the mapping for format json, as JSON", false },
	{ "json", 0, NULL, "print the JSON on one line", false },
	{ 0 },
};

const struct cmd cmd_feed = {
	.name = "feed",
	.summary = "read a carrier's status document and print it in our own terms",
	.operands = "FORMAT|ID [FILE]",
	.most = 2,
	.about =
	    "Reads one document from FILE or standard input, as it was fetched from the carrier's "
	    "status page, and prints its components, incidents and maintenances as JSON: the way "
	    "the engine understands them. What could not be read is listed under problems.\n\n"
	    "FORMAT may be auto, or the id of a configured feed (carrier/format). A document of "
	    "another format is refused, with what it looks like.\n\n"
	    "Format json reads any page by a mapping: the keys fields, values and dates of a feed "
	    "in "
	    "nocboard.yaml(5), which --map takes as one JSON object: {\"fields\": {\"list\": "
	    "\"/incidents\", \"title\": \"/name\", \"state\": \"/status\"}, \"values\": {\"DOWN\": "
	    "\"investigating\"}}. Without a state an item is open until it has an end; where both "
	    "are "
	    "given the state holds. A number that stands for a time is an epoch.",
	.options = options,
	.run = run,
};
