/* What the tests of all readers share: fixtures, cuts at every byte, captures beside the
 * repository. */
#ifndef TESTS_FEED_RIG_H
#define TESTS_FEED_RIG_H

#include <dirent.h>

#include "base/utf8.h"
#include "net/feed.h"
#include "t.h"

static inline struct feed_doc *rig_parse(const char *format, const char *bytes)
{
	struct err e = { 0 };
	struct feed_doc *d = feed_parse(format, bytes, strlen(bytes), &e);

	if (!d)
		fail_msg("%.60s: %s", bytes, e.msg);
	return d;
}

static inline struct feed_doc *rig_file(const char *format, const char *path)
{
	struct err e = { 0 };
	size_t len = 0;
	char *bytes = slurp(path, &len);

	if (!bytes)
		fail_msg("%s: is not there", path);
	struct feed_doc *d = feed_parse(format, bytes, len, &e);
	free(bytes);
	if (!d)
		fail_msg("%s: %s", path, e.msg);
	return d;
}

/* "FORMAT/NAME" below tests/fixtures, read by what it is. */
static inline struct feed_doc *rig_fixture(const char *name)
{
	char path[256];

	snprintf(path, sizeof path, "tests/fixtures/%s", name);
	return rig_file("auto", top_path(path));
}

static inline void rig_at(struct utc t, const char *want)
{
	char text[UTC_TEXT];

	assert_string_equal(utc_format(t, text), want);
}

static inline bool rig_problem(const struct feed_doc *d, const char *part)
{
	for (size_t i = 0; i < d->problem_count; i++)
		if (strstr(d->problems[i], part))
			return true;
	return false;
}

static inline void rig_refused(const char *format, const char *bytes, const char *says)
{
	struct err e = { 0 };

	assert_null(feed_parse(format, bytes, strlen(bytes), &e));
	if (!strstr(e.msg, says))
		fail_msg("%s: '%.60s': %s", format, bytes, e.msg);
	assert_int_equal(e.kind, ERR_DATA);
}

/* Cut at any of its bytes it is no success: it is refused, or what is wrong is named. */
static inline void rig_cuts(const char *format, const char *path)
{
	size_t len = 0;
	char *bytes = slurp(path, &len);

	assert_non_null(bytes);
	while (len && strchr(" \r\n\t", bytes[len - 1]))
		len--;
	for (size_t n = 0; n < len; n++) {
		char *part = malloc(n + 1);
		memcpy(part, bytes, n);
		struct feed_doc *d = feed_parse(format, part, n, NULL);
		free(part);
		if (d && !d->problem_count)
			fail_msg("%s: a success when cut at %zu of %zu", path, n, len);
		feed_doc_free(d);
	}
	free(bytes);
}

static inline void rig_clean(const char *s)
{
	if (!s)
		return;
	char *again = utf8_cleaned(s, UTF8_LINES, 0);
	assert_string_equal(s, again);
	free(again);
}

/* The document survives the way through the parse child, and its text is clean. */
static inline void rig_round(const struct feed_doc *d)
{
	struct err e = { 0 };
	cJSON *json = feed_doc_json(d);
	struct feed_doc *again = feed_doc_read(json, &e);

	if (!again)
		fail_msg("%s", e.msg);
	cJSON *json2 = feed_doc_json(again);
	char *a = json_text(json), *b = json_text(json2);
	assert_string_equal(a, b);
	rig_clean(a);
	free(a);
	free(b);
	cJSON_Delete(json);
	cJSON_Delete(json2);
	feed_doc_free(again);
}

/* Every capture of a folder beside the repository, if there is one, is named `format` by its looks,
 * is read, and is never read when it is cut. Returns how many there were. */
static inline int rig_captures(const char *folder_name, const char *format, const char *suffix)
{
	char path[1024], folder[640];
	const struct dirent *f;
	int count = 0;

	snprintf(folder, sizeof folder, "%s/%s", top_path("../shared/samples/feeds"), folder_name);
	DIR *dir = opendir(folder);
	while (dir && (f = readdir(dir))) {
		size_t n = strlen(f->d_name), m = strlen(suffix);
		if (*f->d_name == '.' || n < m || strcmp(f->d_name + n - m, suffix) != 0 ||
		    strstr(f->d_name, ".expected."))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
		struct feed_doc *d = rig_file("auto", path);
		if (format && strcmp(d->format, format) != 0)
			fail_msg("%s: taken for %s", path, d->format);
		rig_round(d);
		feed_doc_free(d);
		count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

#endif
