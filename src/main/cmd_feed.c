/* nocboard feed: one foreign status document in, its normal form out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd.h"
#include "net/feed.h"
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

static int run(struct args *a)
{
	const char *name, *path;
	struct feed_doc *doc = NULL;
	struct err e = { 0 };
	struct buf in;
	int status;

	if (arg_given(a, "list"))
		return list_formats();
	if (!a->operand_count)
		return cmd_refuse(
		    ERR_USAGE, "feed: FORMAT is missing (nocboard feed --list names them)");
	name = a->operands[0];
	path = a->operand_count > 1 ? a->operands[1] : NULL;
	buf_init(&in, FEED_BODY_MAX);
	if (strcmp(name, "auto") != 0 && !feed_format_find(name))
		err_set(
		    &e, ERR_USAGE, "%.60s: no such format (nocboard feed --list names them)", name);
	else if (read_input(path, &in, &e))
		doc = feed_parse(name, buf_str(&in), in.len, &e);
	if (!doc && e.kind == ERR_DATA)
		err_in(&e, "%s", path ? path : "standard input");
	status = doc ? print_doc(doc, arg_given(a, "json")) : cmd_fail(&e);
	feed_doc_free(doc);
	buf_fini(&in);
	return status;
}

static const struct cmd_option options[] = {
	{ "list", 0, NULL, "list the formats", false },
	{ "json", 0, NULL, "print the JSON on one line", false },
	{ 0 },
};

const struct cmd cmd_feed = {
	.name = "feed",
	.summary = "read a carrier's status document and print it in our own terms",
	.operands = "FORMAT [FILE]",
	.most = 2,
	.about =
	    "Reads one document from FILE or standard input, as it was fetched from the carrier's "
	    "status page, and prints its components, incidents and maintenances as JSON: the way "
	    "the engine understands them. What could not be read is listed under problems.\n\n"
	    "FORMAT may be auto. A document of another format is refused, with what it looks like.",
	.options = options,
	.run = run,
};
