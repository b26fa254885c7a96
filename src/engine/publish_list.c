/* Which files of a published folder are ours. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "publish_priv.h"

#define LIST_MAX ((size_t)4 << 20)
#define REMARK "# Files of this status page, made by nocboard, which removes no others.\n"
#define SUMMARY "api/v2/summary.json"

static char *list_path(const char *prefix)
{
	return xasprintf("%s" PAGE_LIST, prefix);
}

static void read_into(struct folder *f, const char *prefix, struct buf *out)
{
	char *path = list_path(prefix);

	buf_init(out, LIST_MAX);
	if (!folder_read(f, path, LIST_MAX, out))
		buf_clear(out);
	free(path);
}

struct map *page_list_read(struct folder *f, const char *prefix)
{
	struct map *paths = map_new(NULL);
	struct buf text;

	read_into(f, prefix, &text);
	for (const char *p = buf_str(&text); *p;) {
		size_t len = strcspn(p, "\n");
		char *path = xasprintf("%s%.*s", prefix, (int)len, p);

		if (len && *p != '#')
			map_set(paths, path, f);
		free(path);
		p += len + (p[len] == '\n');
	}
	buf_fini(&text);
	return paths;
}

/* How much of a file's path is that of its page. */
static size_t prefix_len(const char *path)
{
	const char *slash;

	if (strncmp(path, PAGE_PARTNERS "/", sizeof PAGE_PARTNERS) != 0)
		return 0;
	slash = strchr(path + sizeof PAGE_PARTNERS, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* The list of one page as it is to be: its files, and with `before` what it had too. */
static void list_of(struct folder *f, const struct page_files *files, const char *prefix,
    bool before, struct buf *out)
{
	size_t len = strlen(prefix), it = 0;
	struct map *old = page_list_read(f, prefix), *now = map_new(NULL);
	const char *path;

	buf_init(out, 0);
	buf_adds(out, REMARK);
	for (size_t i = 0; i < files->count; i++) {
		path = files->items[i].path;
		if (prefix_len(path) != len || strncmp(path, prefix, len) != 0)
			continue;
		buf_addf(out, "%s\n", path + len);
		map_set(now, path, f);
	}
	while (before && map_next(old, &it, &path))
		if (!map_get(now, path))
			buf_addf(out, "%s\n", path + len);
	map_free(old);
	map_free(now);
}

static bool stage(struct folder *f, const struct page_files *files, const char *prefix, bool before,
    struct err *e)
{
	struct buf text, old;
	char *path = list_path(prefix);
	bool ok = true;

	read_into(f, prefix, &old);
	list_of(f, files, prefix, before, &text);
	if (strcmp(buf_str(&old), buf_str(&text)) != 0)
		ok = folder_stage(f, path, text.data, text.len, e);
	buf_fini(&old);
	buf_fini(&text);
	free(path);
	return ok;
}

static bool put(struct folder *f, const struct page_files *files, bool before, struct err *e)
{
	struct map *done = map_new(NULL);
	bool ok = true;

	/* The folder's own comes first of all: it says that the folder is ours. */
	ok = stage(f, files, "", before, e);
	for (size_t i = 0; ok && i < files->count; i++) {
		const char *path = files->items[i].path;
		char *prefix = xstrndup(path, prefix_len(path));

		if (*prefix && !map_get(done, prefix)) {
			map_set(done, prefix, f);
			ok = stage(f, files, prefix, before, e);
		}
		free(prefix);
	}
	map_free(done);
	return ok && folder_commit(f, e);
}

bool page_list_claim(struct folder *f, const struct page_files *files, struct err *e)
{
	return put(f, files, true, e);
}

bool page_list_settle(struct folder *f, const struct page_files *files, struct err *e)
{
	return put(f, files, false, e);
}

/* A page that was published before there were lists says in its JSON until when it is good. */
static bool published_before(struct folder *f)
{
	struct buf text;
	bool is;

	buf_init(&text, LIST_MAX);
	is = folder_read(f, SUMMARY, LIST_MAX, &text) && strstr(buf_str(&text), "\"valid_until\"");
	buf_fini(&text);
	return is;
}

bool page_list_owned(struct folder *f, const char *directory, struct err *e)
{
	return folder_has(f, PAGE_LIST) || folder_is_empty(f) || published_before(f) ||
	       err_set(e, ERR_CONFIG,
		   "%s: is not empty and holds no page of ours; empty it, or name a folder of the "
		   "page's own",
		   directory);
}

bool publish_fits(const char *directory, struct err *e)
{
	struct err none;
	struct folder *f = folder_find(directory, &none);
	bool fits = !f || page_list_owned(f, directory, e);

	folder_close(f);
	return fits;
}
