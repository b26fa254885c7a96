/* The key "maintenance" of a policy, laid over the default rules of planned work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "config_priv.h"

#define DAY_MS INT64_C(86400000)

static const char *scalar(const struct ynode *n)
{
	return n->kind == Y_SCALAR ? n->text : "";
}

static void set_window(struct reader *r, struct maintenance_policy *p, const struct ynode *n)
{
	int fh, fm, th, tm, end = 0;

	if (sscanf(scalar(n), "%2d:%2d-%2d:%2d%n", &fh, &fm, &th, &tm, &end) != 4 ||
	    scalar(n)[end] || fh < 0 || fh > 23 || fm < 0 || fm > 59 || th < 0 || th > 23 ||
	    tm < 0 || tm > 59 || fh * 60 + fm == th * 60 + tm) {
		reader_problem(r, n->pos, "write \"01:00-05:00\"", "\"window\" takes two times");
		return;
	}
	p->window_from = fh * 60 + fm;
	p->window_to = th * 60 + tm;
}

static void set_notice(struct reader *r, struct maintenance_policy *p, const struct ynode *n)
{
	if (n->kind != Y_MAP) {
		reader_problem(r, n->pos, "{ minor: 7d, major: 14d, disruptive: 30d }",
		    "\"notice\" takes classes and days");
		return;
	}
	for (size_t i = 0; i < n->count; i++) {
		int klass = notice_class_of(n->keys[i]->text);
		struct duration d;

		if (klass < 0)
			reader_problem(r, n->keys[i]->pos, "minor, major or disruptive",
			    "\"%s\" is no class of notice", n->keys[i]->text);
		else if (!duration_parse(scalar(n->items[i]), &d) || d.unit != DURATION_ELAPSED ||
			 d.ms % DAY_MS || d.ms > 366 * DAY_MS)
			reader_problem(r, n->items[i]->pos, "write 14d", "\"%s\" are no whole days",
			    scalar(n->items[i]));
		else
			p->notice_days[klass] = (int)(d.ms / DAY_MS);
	}
}

/* One text, or a list of them; replaces what was there. */
static void set_texts(struct reader *r, const struct ynode *n, char ***items, size_t *count)
{
	size_t many = n->kind == Y_LIST ? n->count : 1;

	for (size_t i = 0; i < *count; i++)
		free((*items)[i]);
	free(*items);
	*items = xcalloc(many + 1, sizeof **items);
	*count = 0;
	for (size_t i = 0; i < many; i++) {
		const struct ynode *one = n->kind == Y_LIST ? n->items[i] : n;

		if (one->kind != Y_SCALAR || !*one->text)
			reader_problem(r, one->pos, NULL, "a list of words is needed here");
		else
			(*items)[(*count)++] = xstrdup(one->text);
	}
}

static void set_rollback(struct reader *r, struct maintenance_policy *p, const struct ynode *n)
{
	static const char *const classes[] = { "activation", "provisioning", "attach", "data",
		"routing", "voice", "sms", "portal", "billing", "other" };

	set_texts(r, n, &p->rollback_required, &p->rollback_count);
	for (size_t i = 0; i < p->rollback_count; i++) {
		size_t k = 0;

		while (k < countof(classes) && strcmp(classes[k], p->rollback_required[i]) != 0)
			k++;
		if (k == countof(classes))
			reader_problem(r, n->pos,
			    nearest_word(p->rollback_required[i], classes, countof(classes)),
			    "\"%s\" is no class of a component", p->rollback_required[i]);
	}
}

static void set_watch(struct reader *r, struct maintenance_policy *p, const struct ynode *n)
{
	char *end;
	long v = strtol(scalar(n), &end, 10);

	if (!*scalar(n) || *end || v < 0 || v > 100)
		reader_problem(r, n->pos, "write 2: twice the time that the work took",
		    "\"watch\" takes a whole number from 0 to 100");
	else
		p->watch = (int)v;
}

/* ---- freezes ---- */

static void set_day(struct reader *r, const struct ynode *n, struct freeze_day *out)
{
	if (!freeze_day_parse(scalar(n), out))
		reader_problem(r, n->pos,
		    "write 07-01, 2026-07-01, or \"fourth thursday of november\"",
		    "\"%s\" is no day", scalar(n));
}

static void set_days(struct reader *r, const struct ynode *n, struct freeze *f)
{
	char *end;
	long v = strtol(scalar(n), &end, 10);

	if (!*scalar(n) || *end || v < 1 || v > 366)
		reader_problem(r, n->pos, "1 to 366", "\"days\" takes how many days it lasts");
	else
		f->days = (int)v;
}

static void set_freeze_key(
    struct reader *r, struct freeze *f, const struct ynode *key, const struct ynode *n)
{
	static const char *const words[] = { "name", "from", "to", "days", "zones", "regions" };

	if (strcmp(key->text, "name") == 0) {
		free(f->name);
		f->name = xstrdup(scalar(n));
	} else if (strcmp(key->text, "from") == 0) {
		set_day(r, n, &f->from);
	} else if (strcmp(key->text, "to") == 0) {
		set_day(r, n, &f->to);
	} else if (strcmp(key->text, "days") == 0) {
		set_days(r, n, f);
	} else if (strcmp(key->text, "zones") == 0) {
		set_texts(r, n, &f->zones, &f->zone_count);
	} else if (strcmp(key->text, "regions") == 0) {
		set_texts(r, n, &f->regions, &f->region_count);
	} else {
		reader_problem(r, key->pos, nearest_word(key->text, words, countof(words)),
		    "a freeze has no key \"%s\"", key->text);
	}
}

static void set_freeze(struct reader *r, struct freeze *f, const struct ynode *n)
{
	for (size_t i = 0; i < n->count; i++)
		set_freeze_key(r, f, n->keys[i], n->items[i]);
	if (!f->name || !*f->name)
		reader_problem(r, n->pos, "name: Summer travel", "a freeze needs a name");
	if (!f->from.month)
		reader_problem(r, n->pos, "from: 07-01", "a freeze needs its first day");
	if (!f->to.month == !f->days)
		reader_problem(r, n->pos, "to: 08-31, or days: 4",
		    "a freeze needs its last day, or how many days it lasts");
}

/* A list of one's own stands for the whole of the default's. */
static void set_freezes(struct reader *r, struct maintenance_policy *p, const struct ynode *n)
{
	if (n->kind != Y_LIST) {
		reader_problem(r, n->pos, "[{ name: Summer, from: 07-01, to: 08-31 }]",
		    "\"freezes\" takes a list");
		return;
	}
	for (size_t i = 0; i < p->freeze_count; i++)
		freeze_fini(&p->freezes[i]);
	free(p->freezes);
	p->freezes = xcalloc(n->count + 1, sizeof *p->freezes);
	p->freeze_count = 0;
	for (size_t i = 0; i < n->count; i++) {
		if (n->items[i]->kind == Y_MAP)
			set_freeze(r, &p->freezes[p->freeze_count++], n->items[i]);
		else
			reader_problem(r, n->items[i]->pos, NULL, "a freeze takes keys and values");
	}
}

void policy_apply_maintenance(
    struct reader *r, struct maintenance_policy *p, const struct ynode *map)
{
	static const struct {
		const char *key;
		void (*set)(struct reader *r, struct maintenance_policy *p, const struct ynode *n);
	} keys[] = {
		{ "window", set_window },
		{ "notice", set_notice },
		{ "freezes", set_freezes },
		{ "rollback_required", set_rollback },
		{ "watch", set_watch },
	};
	const char *words[countof(keys)];

	if (map->kind != Y_MAP) {
		reader_problem(r, map->pos, "{ window: \"01:00-05:00\" }",
		    "\"maintenance\" takes keys and values");
		return;
	}
	for (size_t k = 0; k < countof(keys); k++)
		words[k] = keys[k].key;
	for (size_t i = 0; i < map->count; i++) {
		const char *key = map->keys[i]->text;
		size_t k = 0;

		while (k < countof(keys) && strcmp(keys[k].key, key) != 0)
			k++;
		if (k < countof(keys))
			keys[k].set(r, p, map->items[i]);
		else
			reader_problem(r, map->keys[i]->pos,
			    nearest_word(key, words, countof(words)),
			    "\"maintenance\" has no key \"%s\"", key);
	}
}

void config_check_maintenance(struct reader *r, const struct config *c)
{
	const struct maintenance_policy *p = &c->policy->maintenance;

	for (size_t i = 0; i < p->freeze_count; i++)
		for (size_t k = 0; k < p->freezes[i].region_count; k++)
			if (!config_region(c, p->freezes[i].regions[k]))
				reader_problem(r, c->policy_file.pos, "name one of \"regions\"",
				    "the freeze \"%s\" names a region that is not there: \"%s\"",
				    p->freezes[i].name, p->freezes[i].regions[k]);
}
