/* From a page to its folder. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "engine/setup.h"
#include "os/zone.h"
#include "publish_priv.h"

#define PARTNERS PAGE_PARTNERS

static const struct zone *find_zone(void *ctx, const char *name)
{
	struct err e;

	(void)ctx;
	return zone_load(name, &e);
}

/* ---- making ---- */

/* Where this audience's pages lie below the folder: "", or "p/TOKEN/". NULL: *e; the caller frees.
 */
static char *prefix_of(
    const struct config *c, const struct cfg_channel *ch, size_t audience, struct err *e)
{
	char token[PAGE_TOKEN], *secret;
	bool ok;

	if (audience == 0)
		return xstrdup("");
	secret = setup_secret(&ch->secret, e);
	ok = secret && page_token(secret, config_page_audience(c, ch, audience)->id.s, token, e);
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
	return ok ? xasprintf(PARTNERS "/%s/", token) : NULL;
}

static char *address_of(const struct cfg_channel *ch, const char *prefix)
{
	const char *url = ch->url.text.s;

	return xasprintf("%s%s%s", url, url[strlen(url) - 1] == '/' ? "" : "/", prefix);
}

char *publish_address(
    const struct config *c, const struct cfg_channel *channel, size_t audience, struct err *e)
{
	char *prefix = prefix_of(c, channel, audience, e), *out;

	if (!prefix)
		return NULL;
	out = address_of(channel, prefix);
	free(prefix);
	return out;
}

static bool add_audience(
    struct page_files *out, struct page_request *r, const struct page_matter *matter, struct err *e)
{
	char *prefix = prefix_of(r->config, r->channel, r->audience, e), *url;
	struct page *p;

	if (!prefix)
		return false;
	url = address_of(r->channel, prefix);
	r->url = url;
	p = page_new(r, matter);
	page_render(out, p, prefix);
	page_free(p);
	free(prefix);
	free(url);
	return true;
}

bool publish_make(struct page_files *out, const struct config *c, const struct cfg_channel *channel,
    const struct page_matter *matter, struct utc now, struct err *e)
{
	struct page_request r = { .config = c, .channel = channel, .zone = find_zone, .now = now };

	if (!config_page_audience(c, channel, 0))
		return err_set(
		    e, ERR_CONFIG, "channel %s: no audience reads this page", channel->id.s);
	/* Partners first: the page that everybody opens comes last, over what it links to. */
	while (config_page_audience(c, channel, r.audience + 1))
		r.audience++;
	for (;; r.audience--) {
		if (!add_audience(out, &r, matter, e))
			out->incomplete = true;
		if (r.audience == 0)
			break;
	}
	return !out->incomplete || err_in(e, "channel %s", channel->id.s);
}

/* ---- writing ---- */

static bool fresh(const struct page_file *f, struct utc made, struct utc now, int64_t valid_ms)
{
	return !f->stamp_count || f->final ||
	       (!utc_before(now, made) && utc_diff(now, made) < valid_ms / 2);
}

static bool put_file(struct folder *to, const struct page_file *f, struct utc now, int64_t valid_ms,
    struct publish_report *out, struct err *e)
{
	struct utc made = UTC_NONE;
	struct buf old;
	bool keep;

	buf_init(&old, 0);
	keep = folder_read(to, f->path, f->body.len, &old) &&
	       page_same(f, buf_str(&old), old.len, &made) && fresh(f, made, now, valid_ms);
	buf_fini(&old);
	if (!keep && !folder_stage(to, f->path, f->body.data, f->body.len, e))
		return false;
	*(keep ? &out->kept : &out->written) += 1;
	if (!f->stamp_count || f->final)
		return true;
	made = keep ? made : now;
	out->oldest = utc_is_set(out->oldest) ? utc_min(out->oldest, made) : made;
	return true;
}

struct pruning {
	struct folder *folder;
	struct map *paths, *tokens; /* of what the page has */
	struct map *listed;	    /* that we wrote, in the page that is looked at */
	const char *sub;
};

/* What we did not write is somebody else's. */
static bool wanted(void *ctx, const char *name)
{
	const struct pruning *p = ctx;
	char *path = xasprintf("%s%s%s", p->sub, *p->sub ? "/" : "", name);
	bool is = map_get(p->paths, path) || !map_get(p->listed, path);

	free(path);
	return is;
}

static bool but_the_list(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, PAGE_LIST) != 0;
}

static void prune_page(struct pruning *p, const char *prefix)
{
	char *top = xstrndup(prefix, strlen(prefix) - (*prefix ? 1 : 0));

	p->listed = page_list_read(p->folder, prefix);

	for (size_t i = 0; page_folders[i]; i++) {
		char *sub = xasprintf("%s%s", prefix, page_folders[i]);

		p->sub = sub;
		folder_prune(p->folder, sub, wanted, p);
		free(sub);
	}
	p->sub = top;
	folder_prune(p->folder, top, wanted, p);
	map_free(p->listed);
	free(top);
}

static void prune_partner(void *ctx, const char *name)
{
	struct pruning *p = ctx;
	char *prefix;

	if (strlen(name) != PAGE_TOKEN - 1 || name[strspn(name, "0123456789abcdef")])
		return;
	prefix = xasprintf(PARTNERS "/%s/", name);
	prune_page(p, prefix);
	if (!map_get(p->tokens, name)) {
		size_t n = 0;

		/* Its list last: until then what is left can still be removed. */
		prefix[strlen(prefix) - 1] = '\0';
		folder_prune(p->folder, prefix, but_the_list, p);
		prefix[strlen(prefix)] = '/';
		while (page_folders[n])
			n++;
		while (n-- > 0) { /* the deeper ones first */
			char *sub = xasprintf("%s%s", prefix, page_folders[n]);

			folder_remove(p->folder, sub);
			free(sub);
		}
		char *api = xasprintf("%sapi", prefix);
		folder_remove(p->folder, api);
		free(api);
		prefix[strlen(prefix) - 1] = '\0';
		folder_remove(p->folder, prefix);
	}
	free(prefix);
}

static void prune(struct folder *folder, const struct page_files *files)
{
	struct pruning p = { .folder = folder, .paths = map_new(NULL), .tokens = map_new(NULL) };
	size_t skip = sizeof PARTNERS;

	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->items[i].path;

		map_set(p.paths, path, folder);
		if (strncmp(path, PARTNERS "/", skip) == 0) {
			char *token = xstrndup(path + skip, strcspn(path + skip, "/"));

			map_set(p.tokens, token, folder);
			free(token);
		}
	}
	prune_page(&p, "");
	folder_list(folder, PARTNERS, prune_partner, &p);
	map_free(p.paths);
	map_free(p.tokens);
}

bool publish_write(const char *directory, const struct page_files *files, struct utc now,
    int64_t valid_ms, struct publish_report *out, struct err *e)
{
	struct folder *folder = folder_open(directory, e);
	bool ok =
	    folder && page_list_owned(folder, directory, e) && page_list_claim(folder, files, e);

	*out = (struct publish_report){ .oldest = UTC_NONE };
	for (size_t i = 0; ok && i < files->count; i++)
		ok = put_file(folder, &files->items[i], now, valid_ms, out, e);
	ok = ok && folder_commit(folder, e);
	if (ok && !files->incomplete) {
		prune(folder, files);
		ok = page_list_settle(folder, files, e);
	}
	if (ok)
		folder_hide(folder, PARTNERS);
	folder_close(folder);
	return ok;
}
