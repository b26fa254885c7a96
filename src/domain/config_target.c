/* Where channels lead, told apart by more than their ids: what an internal audience reads must go
 * nowhere that anybody else reads. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config_priv.h"

enum what {
	TARGET_FILE,
	TARGET_FOLDER, /* everything in it */
	TARGET_ADDRESS,
	TARGET_SECRET_FILE, /* an address or a key is in there */
	TARGET_SECRET_ENV,
	TARGET_SLACK,
	TARGET_STATUSPAGE,
	TARGET_MAIL,
};

struct place {
	enum what what;
	const char *text; /* in normal form: equal texts of one sort are one place */
	struct cfg_pos pos;
	const struct cfg_channel *channel;
	const struct cfg_audience *audience; /* who reads it: an outside one, if there is any */
};

struct places {
	struct place *items;
	size_t count, cap;
};

struct collecting {
	struct reader *r;
	const struct config *c;
	struct places *out;
	const struct cfg_channel *channel;
	const struct cfg_audience *audience;
};

static void add(struct collecting *to, enum what what, const char *text, struct cfg_pos pos)
{
	struct places *out = to->out;

	if (!text)
		return;
	out->items = xgrow(out->items, out->count, &out->cap);
	out->items[out->count++] = (struct place){ what, text, pos, to->channel, to->audience };
}

/* ---- normal forms ---- */

/* Without ".", ".." and empty parts, as far as the text alone tells. */
static const char *path_normal(struct arena *a, const char *path)
{
	bool absolute = *path == '/';
	char *out = arena_alloc(a, strlen(path) + 2);
	size_t len = 0;

	while (*path) {
		size_t part = strcspn(path, "/"), last = len;

		while (last && out[last - 1] != '/')
			last--;
		if (part == 2 && memcmp(path, "..", 2) == 0 &&
		    (len ? strcmp(out + last, "..") != 0 : absolute)) {
			len = last ? last - 1 : 0;
		} else if (part && !(part == 1 && *path == '.')) {
			if (len || absolute)
				out[len++] = '/';
			memcpy(out + len, path, part);
			len += part;
		}
		out[len] = '\0';
		path += part + (path[part] == '/');
	}
	return out;
}

const char *config_path(const struct reader *r, const char *path)
{
	char *real = r->real ? r->real(path) : NULL;
	const char *out = path_normal(r->arena, real ? real : path);

	free(real);
	return out;
}

static char *lower(char *s)
{
	for (char *p = s; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return s;
}

/* RFC 3986, 6.2: scheme and host are of no case, a scheme's own port and a slash at the end say
 * nothing, and a fragment is not sent. */
static const char *url_normal(struct arena *a, const char *url)
{
	size_t scheme = strcspn(url, ":"), start, host, rest;
	char *front;
	const char *port;

	if (strncmp(url + scheme, "://", 3) != 0)
		return arena_strdup(a, url);
	start = scheme + 3;
	host = strcspn(url + start, "/?#");
	front = lower(arena_printf(a, "%.*s", (int)(start + host), url));
	port = front[4] == 's' ? ":443" : ":80";
	if (host > strlen(port) && strcmp(front + start + host - strlen(port), port) == 0)
		front[start + host - strlen(port)] = '\0';
	url += start + host;
	rest = strcspn(url, "#");
	while (rest && url[rest - 1] == '/')
		rest--;
	return arena_printf(a, "%s%.*s", front, (int)rest, url);
}

/* ---- what the target of each kind is ---- */

static void add_secret(struct collecting *to, const struct cfg_secret *s)
{
	if (s->file)
		add(to, TARGET_SECRET_FILE, config_path(to->r, s->file), s->pos);
	else
		add(to, TARGET_SECRET_ENV, s->env, s->pos);
}

static void file_target(struct collecting *to)
{
	const struct cfg_text *path = &to->channel->path;

	if (path->s)
		add(to, TARGET_FILE, config_path(to->r, path->s), path->pos);
}

static void page_target(struct collecting *to)
{
	const struct cfg_text *folder = &to->channel->directory;

	if (folder->s)
		add(to, TARGET_FOLDER, config_path(to->r, folder->s), folder->pos);
}

static void url_target(struct collecting *to)
{
	const struct cfg_url *url = &to->channel->url;

	if (url->text.s)
		add(to, TARGET_ADDRESS, url_normal(to->r->arena, url->text.s), url->text.pos);
	add_secret(to, &url->secret);
}

static void slack_target(struct collecting *to)
{
	if (to->channel->channel.s)
		add(to, TARGET_SLACK, to->channel->channel.s, to->channel->channel.pos);
	else
		url_target(to);
}

static void statuspage_target(struct collecting *to)
{
	add(to, TARGET_STATUSPAGE, to->channel->page.s, to->channel->page.pos);
}

static void key_target(struct collecting *to)
{
	add_secret(to, &to->channel->token);
}

static void add_mail(struct collecting *to, const struct cfg_text *address)
{
	if (address->s)
		add(to, TARGET_MAIL, lower(arena_strdup(to->r->arena, address->s)), address->pos);
}

static void mail_target(struct collecting *to)
{
	const struct config *c = to->c;

	for (size_t i = 0; i < to->channel->to.count; i++)
		add_mail(to, &to->channel->to.items[i]);
	for (size_t i = 0; i < c->subscribers.count; i++)
		if (c->subscribers.items[i].audience.s &&
		    strcmp(c->subscribers.items[i].audience.s, to->audience->id.s) == 0)
			add_mail(to, &c->subscribers.items[i].email);
}

/* What a program of the site's own does with a text cannot be told from here: it is told who reads
 * the text. */
static const struct {
	const char *kind;
	void (*targets)(struct collecting *to);
} kinds[] = {
	{ "file", file_target },
	{ "webhook", url_target },
	{ "email", mail_target },
	{ "slack", slack_target },
	{ "teams", url_target },
	{ "pagerduty", key_target },
	{ "statuspage", statuspage_target },
	{ "cachet", url_target },
	{ "page", page_target },
};

/* ---- who reads it ---- */

static bool reads(const struct cfg_audience *a, const struct cfg_channel *ch)
{
	for (size_t i = 0; a->id.s && i < a->channels.count; i++)
		if (strcmp(a->channels.items[i].s, ch->id.s) == 0)
			return true;
	return false;
}

/* One that is not internal before one that is; NULL: nobody. */
static const struct cfg_audience *reader_of(const struct config *c, const struct cfg_channel *ch)
{
	const struct cfg_audience *found = NULL;

	for (size_t i = 0; i < c->audiences.count; i++) {
		const struct cfg_audience *a = &c->audiences.items[i];

		if (reads(a, ch) && (!found || (found->internal && !a->internal)))
			found = a;
	}
	return found;
}

bool config_path_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (!path[len] || path[len] == '/');
}

/* A file in a folder is a part of what the folder holds. */
static bool meet(const struct place *a, const struct place *b)
{
	if (a->what == b->what)
		return strcmp(a->text, b->text) == 0;
	return a->what == TARGET_FOLDER && b->what == TARGET_FILE &&
	       config_path_in(b->text, a->text) && strcmp(b->text, a->text) != 0;
}

static char *who(struct arena *a, const struct place *t)
{
	return arena_printf(a, "\"%s\" (of \"%s\"%s)", t->channel->id.s, t->audience->id.s,
	    t->audience->internal ? ", which is internal" : "");
}

static bool comes_after(const struct place *a, const struct place *b)
{
	if (a->pos.file && b->pos.file && strcmp(a->pos.file, b->pos.file) == 0)
		return a->pos.line != b->pos.line ? a->pos.line > b->pos.line
						  : a->pos.column > b->pos.column;
	return a->channel > b->channel;
}

static void tell(struct reader *r, const struct place *a, const struct place *b)
{
	const struct place *second = comes_after(a, b) ? a : b, *first = second == a ? b : a;

	reader_problem(r, second->pos, "give the internal audience a place of its own",
	    "%s goes where %s goes: %s:%d:%d%s%s", who(r->arena, second), who(r->arena, first),
	    first->pos.file ? first->pos.file : "", first->pos.line, first->pos.column,
	    r->real ? ", through a link to " : "", r->real ? second->text : "");
}

void config_check_targets_apart(struct reader *r, const struct config *c)
{
	struct places inside = { 0 }, outside = { 0 };

	for (size_t i = 0; i < c->channels.count; i++) {
		const struct cfg_channel *ch = &c->channels.items[i];
		const struct cfg_audience *reader = ch->id.s ? reader_of(c, ch) : NULL;
		struct collecting to = { r, c, NULL, ch, reader };

		if (!reader)
			continue;
		to.out = reader->internal ? &inside : &outside;
		for (size_t k = 0; k < countof(kinds); k++)
			if (ch->kind.s && strcmp(kinds[k].kind, ch->kind.s) == 0)
				kinds[k].targets(&to);
	}
	for (size_t i = 0; i < inside.count; i++)
		for (size_t o = 0; o < outside.count; o++)
			if (meet(&inside.items[i], &outside.items[o]) ||
			    meet(&outside.items[o], &inside.items[i]))
				tell(r, &inside.items[i], &outside.items[o]);
	free(inside.items);
	free(outside.items);
}
