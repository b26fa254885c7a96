/* The status page in the configuration: where it is written, and who reads it. */
#include <string.h>

#include "config_priv.h"
#include "domain/availability.h"

static bool reads(const struct cfg_audience *a, const char *channel)
{
	for (size_t i = 0; i < a->channels.count; i++)
		if (strcmp(a->channels.items[i].s, channel) == 0)
			return true;
	return false;
}

const struct cfg_audience *config_page_audience(
    const struct config *c, const struct cfg_channel *page, size_t n)
{
	for (size_t i = 0; i < c->audiences.count; i++) {
		const struct cfg_audience *a = &c->audiences.items[i];

		if (!a->internal && reads(a, page->id.s) && n-- == 0)
			return a;
	}
	return NULL;
}

/* A page lies where a web server hands it to anybody. */
static void check_audiences(
    struct reader *r, const struct config *c, const struct cfg_channel *page)
{
	bool secret = page->secret.file || page->secret.env;

	for (size_t i = 0; page->id.s && i < c->audiences.count; i++) {
		const struct cfg_audience *a = &c->audiences.items[i];

		if (a->internal && reads(a, page->id.s))
			reader_problem(r, a->pos, "give the internal audience another channel",
			    "channel \"%s\" is a page, which anybody may read", page->id.s);
	}
	if (page->id.s && !secret && config_page_audience(c, page, 1))
		reader_problem(r, page->pos, "secret: { file: /path } holding any long text",
		    "channel \"%s\" has a page of its own for \"%s\", whose path is made from a "
		    "\"secret\"",
		    page->id.s, config_page_audience(c, page, 1)->id.s);
}

static bool is_page(const struct cfg_channel *ch)
{
	return ch->kind.s && strcmp(ch->kind.s, "page") == 0 && ch->directory.s;
}

/* Each page removes from its folder what it does not have: two would fight over one. */
static void check_apart(struct reader *r, const struct config *c, const struct cfg_channel *page)
{
	const char *own = config_path(r, page->directory.s);

	for (const struct cfg_channel *o = c->channels.items; o < page; o++) {
		const char *other = is_page(o) ? config_path(r, o->directory.s) : NULL;
		const char *how = !other		       ? NULL
				  : config_path_in(own, other) ? "is, or lies in,"
				  : config_path_in(other, own) ? "holds"
							       : NULL;

		if (how)
			reader_problem(r, page->directory.pos, "give each page a folder of its own",
			    "\"%s\" %s the folder of page \"%s\"", page->directory.s, how, o->id.s);
	}
}

void config_check_pages_apart(struct reader *r, const struct config *c)
{
	for (size_t i = 0; i < c->channels.count; i++)
		if (is_page(&c->channels.items[i]))
			check_apart(r, c, &c->channels.items[i]);
}

static void check_page(struct reader *r, const struct config *c, const struct cfg_channel *page)
{
	if (!page->directory.s || page->directory.s[0] != '/')
		reader_problem(r, page->directory.s ? page->directory.pos : page->pos,
		    "directory: /var/www/status",
		    "a page needs a \"directory\" with its whole path");
	if (!page->url.text.s)
		reader_problem(r, page->pos, "url: https://status.example/",
		    "a page needs the \"url\" at which it is read: feeds and the site map name it");
	if (page->id.s && !config_page_audience(c, page, 0))
		reader_problem(r, page->pos, "audiences: [ { id: public, channels: [page] } ]",
		    "no audience reads the page \"%s\"", page->id.s);
	check_audiences(r, c, page);
}

static void check_targets(struct reader *r, const struct config *c, const struct cfg_component *k)
{
	for (size_t i = 0; i < k->availability.count; i++) {
		const struct cfg_pair *p = &k->availability.items[i];

		if (strcmp(p->key.s, "*") != 0 && !config_region(c, p->key.s))
			reader_problem(r, p->key.pos, NULL, "there is no region \"%s\"", p->key.s);
		for (size_t v = 0; v < p->values.count; v++)
			if (!availability_target_parse(p->values.items[v].s, &(int){ 0 }))
				reader_problem(r, p->values.items[v].pos, "write 99.95",
				    "\"%s\" is no percentage below 100 with up to three decimals",
				    p->values.items[v].s);
	}
}

void config_check_pages(struct reader *r, const struct config *c)
{
	for (size_t i = 0; i < c->channels.count; i++)
		if (c->channels.items[i].kind.s && strcmp(c->channels.items[i].kind.s, "page") == 0)
			check_page(r, c, &c->channels.items[i]);
	config_check_pages_apart(r, c);
	for (size_t i = 0; i < c->components.count; i++)
		check_targets(r, c, &c->components.items[i]);
}
