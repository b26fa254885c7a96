/* The feeds of a corpus that lies beside the repository, where there is one: none crashes, and what
 * a file's own comment expects as title, link and date is what is read. */
#include "../../../src/net/feed_syndic.h"

#include "../../../src/net/charset.h"
#include "feed_rig.h"

struct expected {
	bool entry;
	size_t index;
	char field[32];
	char value[600];
};

static const char *top(const char *below)
{
	return top_path(below);
}

/* A quoted Python text at `s`. False: something else stands there. */
static bool literal(const char *s, char *out, size_t size)
{
	size_t n = 0;
	char quote = *s == 'u' ? s[1] : *s;

	if (quote != '\'' && quote != '"')
		return false;
	for (s += *s == 'u' ? 2 : 1; *s && *s != quote; s++) {
		if (*s == '\\' || n + 1 >= size)
			return false;
		out[n++] = *s;
	}
	out[n] = 0;
	s++;
	return *s != ' ' || strncmp(s, " + ", 3) != 0;
}

static bool tuple(const char *s, char *out)
{
	int v[6];

	if (sscanf(s, "(%d, %d, %d, %d, %d, %d,", v, v + 1, v + 2, v + 3, v + 4, v + 5) != 6)
		return false;
	snprintf(out, 64, "%04d-%02d-%02dT%02d:%02d:%02d.000Z", v[0], v[1], v[2], v[3], v[4], v[5]);
	return true;
}

/* The first comparison of the comment, where it is one that is understood here. */
static bool expectation(const char *text, struct expected *x)
{
	const char *s = strstr(text, "Expect:"), *at, *value;
	int index = 0, used = 0;

	if (!s)
		return false;
	s += 7 + strspn(s + 7, " ");
	s += strncmp(s, "not bozo and ", 13) == 0 ? 13 : 0;
	x->entry = strncmp(s, "entries[", 8) == 0;
	if (x->entry && sscanf(s, "entries[%d]['%31[a-z_]']%n", &index, x->field, &used) < 2)
		return false;
	if (!x->entry && sscanf(s, "feed['%31[a-z_]']%n", x->field, &used) < 1)
		return false;
	at = s + used;
	if (strncmp(at, " == ", 4) != 0 || index < 0 || index > 100)
		return false;
	value = at + 4;
	x->index = (size_t)index;
	return strstr(x->field, "_parsed") ? tuple(value, x->value)
					   : literal(value, x->value, sizeof x->value);
}

static bool agrees(struct feed_doc *d, const struct syndic *s, const struct expected *x, char *got)
{
	const struct syndic_entry *e = x->entry ? &s->entries[x->index] : NULL;
	bool published =
	    strncmp(x->field, "published", 9) == 0 || strncmp(x->field, "created", 7) == 0;

	*got = 0;
	if (strcmp(x->field, "title") == 0) {
		const char *title = e ? e->title : s->title;
		const char *want = feed_line(d->arena, feed_plain(d->arena, x->value, 512), 512);
		snprintf(got, 600, "%s", title ? title : "");
		/* Markup of a title is dropped here, where the corpus keeps what is harmless. */
		return strcmp(got, want ? want : "") == 0 || strchr(x->value, '<') ||
		       strstr(x->value, "&lt;");
	}
	if (strcmp(x->field, "link") == 0) {
		const char *link = e ? e->link : s->link;
		snprintf(got, 600, "%s", link ? link : "");
		return strcmp(got, x->value) == 0;
	}
	struct utc t = !e ? s->updated : published ? e->published : e->updated;
	if (e && !utc_is_set(t))
		t = published ? e->updated : e->published;
	utc_format(t, got);
	return strcmp(got, x->value) == 0;
}

struct tally {
	int files, read, compared, wrong;
};

static void one(const char *path, const char *bytes, size_t len, bool strict, struct tally *t)
{
	struct feed_doc *d = feed_parse("auto", bytes, len, NULL);
	struct expected x;
	char got[600];

	if (d)
		rig_round(d);
	feed_doc_free(d);
	t->files++;
	bool known = strict && expectation(bytes, &x) &&
		     (strcmp(x.field, "title") == 0 || strcmp(x.field, "link") == 0 ||
			 strstr(x.field, "_parsed")) &&
		     /* Formats that are no feeds of news, and what only its fetching tells. */
		     !strstr(path, "/cdf/") && !strstr(path, "/media-rss/") &&
		     !strstr(path, "/http_") && !strstr(x.field, "validity") &&
		     !strstr(x.field, "expired");
	struct buf text;
	buf_init(&text, 0);
	charset_document(&text, bytes, len);
	d = feed_doc_new("rss");
	struct syndic *s = syndic_read(d, buf_str(&text), text.len, "feed", NULL);
	t->read += s != NULL;
	if (s && known && (!x.entry || x.index < s->entry_count)) {
		t->compared++;
		if (!agrees(d, s, &x, got)) {
			t->wrong++;
			fprintf(stderr, "# %s: %s '%s', not '%s'\n", path, x.field, got, x.value);
		}
	}
	feed_doc_free(d);
	buf_fini(&text);
}

static void folder(const char *path, bool strict, struct tally *t)
{
	DIR *dir = opendir(path);
	const struct dirent *f;
	char below[1200];

	while (dir && (f = readdir(dir))) {
		size_t len = 0;
		if (*f->d_name == '.')
			continue;
		snprintf(below, sizeof below, "%s/%s", path, f->d_name);
		if (f->d_type == DT_DIR) {
			folder(below, strict, t);
			continue;
		}
		char *bytes = slurp(below, &len);
		assert_non_null(bytes);
		one(below, bytes, len, strict, t);
		free(bytes);
	}
	if (dir)
		closedir(dir);
}

static void comments_agree(void **state)
{
	char path[700];
	struct tally t = { 0 };

	(void)state;
	snprintf(path, sizeof path, "%s", top("../shared/samples/corpora/feedparser/wellformed"));
	folder(path, true, &t);
	if (t.files)
		fprintf(stderr, "# %d files, %d read, %d compared, %d differ\n", t.files, t.read,
		    t.compared, t.wrong);
	assert_int_equal(t.wrong, 0);
	assert_true(!t.files || t.compared > 100);
}

static void nothing_crashes(void **state)
{
	static const char *const folders[] = { "encoding", "entities", "illformed" };
	char path[700];
	struct tally t = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", top("../shared/samples/corpora/feedparser"),
		    folders[i]);
		folder(path, false, &t);
	}
	snprintf(path, sizeof path, "%s", top("../shared/samples/feeds/feed-robustness"));
	folder(path, false, &t);
	assert_true(!t.files || t.read > t.files / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_agree),
		cmocka_unit_test(nothing_crashes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
