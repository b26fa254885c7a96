/* What can be chosen, and what each choice means at this moment. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "ui/draw.h"
#include "ui/form.h"

void choices_fini(struct choices *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].value);
		free(l->items[i].label);
		free(l->items[i].note);
	}
	free(l->items);
	*l = (struct choices){ 0 };
}

bool choices_bind(enum arg_type type)
{
	return type == ARG_SEVERITY || type == ARG_PERSON || type == ARG_ROLE ||
	       type == ARG_TIER_OR_CARRIER || type == ARG_CARRIER || type == ARG_BOOL ||
	       type == ARG_CHOICE || type == ARG_INCIDENT;
}

static void add(struct choices *l, const char *value, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void add(struct choices *l, const char *value, const char *label, const char *fmt, ...)
{
	char note[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(note, sizeof note, fmt, ap);
	va_end(ap);
	l->items = xgrow(l->items, l->count, &l->cap);
	l->items[l->count++] =
	    (struct choice){ xstrdup(value), xstrdup(label ? label : value), xstrdup(note) };
}

static const char *or_none(const char *s)
{
	return s ? s : "";
}

static void severities(struct choices *l, const struct scene *s, const struct snap_incident *inc)
{
	static const char *const names[] = { "Critical", "Major", "Minor", "Informational" };
	const struct snap_noc *noc = s->snap->noc;

	for (int i = 0; i < SEVERITIES; i++) {
		char value[2] = { (char)('1' + i), '\0' };
		const char *name = noc && noc->severity[i].name ? noc->severity[i].name : names[i];
		const char *meaning = noc ? or_none(noc->severity[i].meaning) : "";

		add(l, value, name, "%s%s", inc && inc->severity == i + 1 ? "(now) " : "", meaning);
	}
}

static void people(struct choices *l, const struct scene *s, const struct snap_incident *inc)
{
	const struct snap_noc *noc = s->snap->noc;

	/* Oneself first, then who is on call, then the others. */
	for (int round = 0; noc && round < 3; round++)
		for (size_t i = 0; i < noc->person_count; i++) {
			const struct snap_person *p = &noc->people[i];
			bool me = s->me && strcmp(p->id, s->me) == 0;
			char roles[64] = "";

			if (round != (me ? 0 : p->on_call ? 1 : 2))
				continue;
			for (int r = 0; inc && r < ROLES; r++)
				if (inc->role[r].person &&
				    strcmp(inc->role[r].person, p->id) == 0) {
					size_t n = strlen(roles);

					snprintf(roles + n, sizeof roles - n, " %s",
					    role_infos[r].label);
				}
			add(l, p->id, p->name, "%s%s%s%s", me ? "you " : "",
			    p->on_call ? "on call " : "", roles[0] ? "has" : "", roles);
		}
}

static void roles(struct choices *l, const struct scene *s, const struct snap_incident *inc)
{
	for (int i = 0; i < ROLES; i++) {
		const char *holder = inc ? inc->role[i].person : NULL;

		add(l, role_infos[i].id, role_infos[i].name, "%s%s — %s",
		    holder ? "held by " : "vacant", holder ? person_name(s, holder) : "",
		    role_infos[i].duties);
	}
}

static bool involved(const struct snap_incident *inc, const char *carrier)
{
	for (size_t i = 0; inc && i < inc->dependency_count; i++)
		if (strcmp(inc->dependencies[i].carrier, carrier) == 0 &&
		    !utc_is_set(inc->dependencies[i].cleared_at))
			return true;
	return false;
}

/* Involved ones first: they have a clock. */
static void carriers(struct choices *l, const struct scene *s, const struct snap_incident *inc)
{
	size_t count;
	const struct snap_carrier **list = snap_carriers(s->snap, &count);

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < count; i++) {
			const struct snap_carrier *k = list[i];
			const struct snap_contact *who = k->contact_count ? &k->contacts[0] : NULL;

			if ((round == 0) != involved(inc, k->id))
				continue;
			if (who)
				add(l, k->id, k->name, "call %s %s%s", or_none(who->name),
				    or_none(who->phone), round == 0 ? " (involved)" : "");
			else
				add(l, k->id, k->name, "no contact is known%s",
				    round == 0 ? " (involved)" : "");
		}
	free(list);
}

static void tiers(struct choices *l, const struct scene *s)
{
	const struct snap_noc *noc = s->snap->noc;

	for (size_t i = 0; noc && i < noc->tier_count; i++) {
		const struct snap_tier *t = &noc->tiers[i];
		char value[12], label[64];

		if (t->tier < 2)
			continue;
		snprintf(value, sizeof value, "%d", t->tier);
		snprintf(label, sizeof label, "Tier %d", t->tier);
		if (t->contact.name && t->contact.name[0])
			add(l, value, label, "call %s %s (%s)", t->contact.name,
			    or_none(t->contact.phone), or_none(t->name));
		else
			add(l, value, label, "nobody reachable is known (%s)", or_none(t->name));
	}
}

static void regions(struct choices *l, const struct scene *s)
{
	size_t count;
	const struct snap_region **list = snap_regions(s->snap, &count);

	for (size_t i = 0; i < count; i++)
		add(l, list[i]->id, list[i]->name, "%s", "");
	free(list);
}

static void components(struct choices *l, const struct scene *s)
{
	size_t count;
	const struct snap_component **list = snap_components(s->snap, &count);

	for (size_t i = 0; i < count; i++)
		add(l, list[i]->id, list[i]->name, "%s", "");
	free(list);
}

static void words(struct choices *l, const char *list)
{
	char word[64];

	while (list && *list) {
		size_t n = strcspn(list, " ");

		snprintf(word, sizeof word, "%.*s", (int)(n < 63 ? n : 63), list);
		if (word[0])
			add(l, word, word, "%s", "");
		list += n + (list[n] == ' ');
	}
}

static bool share(char *const *a, size_t n, char *const *b, size_t m)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			if (strcmp(a[i], b[k]) == 0)
				return true;
	return false;
}

/* A region or a component in common. */
static bool are_near(const struct snap_incident *a, const struct snap_incident *b)
{
	return a &&
	       (share(a->regions, a->region_count, b->regions, b->region_count) ||
		   share(a->components, a->component_count, b->components, b->component_count));
}

/* Those that are about the same first: that is what a candidate is joined to. */
static void incidents(struct choices *l, const struct scene *s, const struct snap_incident *inc)
{
	size_t count;
	const struct snap_incident **list = snap_incidents(s->snap, s->now, &count);

	for (int near = 1; near >= 0; near--)
		for (size_t i = 0; i < count; i++)
			if (incident_live(list[i]) && (!inc || strcmp(list[i]->id, inc->id) != 0) &&
			    are_near(inc, list[i]) == near)
				add(l, list[i]->id, list[i]->id, "SEV %d  %s", list[i]->severity,
				    or_none(list[i]->title));
	free(list);
}

void choices_for(struct choices *out, const struct command_arg *arg, const struct scene *s,
    const struct snap_incident *inc)
{
	*out = (struct choices){ 0 };
	switch (arg->type) {
	case ARG_SEVERITY:
		severities(out, s, inc);
		break;
	case ARG_PERSON:
		people(out, s, inc);
		break;
	case ARG_ROLE:
		roles(out, s, inc);
		break;
	case ARG_TIER_OR_CARRIER:
		tiers(out, s);
		carriers(out, s, inc);
		break;
	case ARG_CARRIER:
		carriers(out, s, inc);
		break;
	case ARG_REGIONS:
		regions(out, s);
		break;
	case ARG_COMPONENTS:
		components(out, s);
		break;
	case ARG_BOOL:
		add(out, "yes", "yes", "%s", "");
		add(out, "no", "no", "%s", "");
		break;
	case ARG_CHOICE:
		words(out, arg->choices);
		break;
	case ARG_INCIDENT:
		incidents(out, s, inc);
		break;
	case ARG_TEXT:
	case ARG_LONG_TEXT:
	case ARG_TIME:
	case ARG_DURATION:
	case ARG_OBJECT:
	case ARG_IDS:
	case ARG_NUMBER:
		break;
	}
}
