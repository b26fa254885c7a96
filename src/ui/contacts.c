#include "ui/contacts.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "domain/command.h"

static bool given(const char *s)
{
	return s && *s;
}

/* None named: everywhere. */
static bool serves(char *const *regions, size_t count, const char *region)
{
	for (size_t i = 0; region && i < count; i++)
		if (strcmp(regions[i], region) == 0 || strcmp(regions[i], "*") == 0)
			return true;
	return !region || count == 0;
}

static void add_regions(
    struct buf *out, const struct snapshot *s, char *const *regions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct snap_region *r = snap_region(s, regions[i]);

		buf_addf(out, "%s%s", i ? ", " : " · ",
		    r && r->name		   ? r->name
		    : strcmp(regions[i], "*") == 0 ? "everywhere"
						   : regions[i]);
	}
}

/* "  Duty desk  +44 20 …  mail  portal  (24x7, after 30m)" */
static void add_contact(struct buf *out, const struct snap_contact *k)
{
	const char *ways[] = { k->phone, k->email, k->portal };

	buf_addf(out, "  %s", given(k->name) ? k->name : "?");
	for (size_t i = 0; i < countof(ways); i++)
		if (given(ways[i]))
			buf_addf(out, "  %s", ways[i]);
	if (given(k->hours) || given(k->after))
		buf_addf(out, "  (%s%s%s%s)", given(k->hours) ? k->hours : "",
		    given(k->hours) && given(k->after) ? ", " : "", given(k->after) ? "after " : "",
		    given(k->after) ? k->after : "");
	buf_addc(out, '\n');
}

static void add_own(struct buf *out, const struct snapshot *s)
{
	const struct snap_noc *noc = s->noc;

	buf_adds(out, "OUR OWN\n");
	for (size_t i = 0; noc && i < noc->tier_count; i++) {
		const struct snap_tier *t = &noc->tiers[i];

		buf_addf(out, "Tier %d, %s: ", t->tier, given(t->name) ? t->name : "?");
		buf_addf(out, "%s%s%s\n",
		    given(t->contact.name) ? t->contact.name : "nobody is on call",
		    given(t->contact.phone) ? "  " : "",
		    given(t->contact.phone) ? t->contact.phone : "");
	}
	for (size_t i = 0; noc && i < noc->person_count; i++) {
		const struct snap_person *p = &noc->people[i];

		if (!given(p->phone))
			continue;
		buf_addf(out, "  %s  %s%s%s\n", given(p->name) ? p->name : p->id, p->phone,
		    p->on_call ? "  on call" : "", p->can & PERM_PUBLISH ? "  may publish" : "");
	}
}

static void add_carriers(struct buf *out, const struct snapshot *s, const char *region)
{
	size_t count;
	const struct snap_carrier **all = snap_carriers(s, &count);

	buf_adds(out, "\nCARRIERS\n");
	for (size_t i = 0; i < count; i++) {
		if (!serves(all[i]->regions, all[i]->region_count, region))
			continue;
		buf_adds(out, given(all[i]->name) ? all[i]->name : all[i]->id);
		add_regions(out, s, all[i]->regions, all[i]->region_count);
		if (given(all[i]->contract))
			buf_addf(out, " · %s", all[i]->contract);
		buf_addc(out, '\n');
		for (size_t k = 0; k < all[i]->contact_count; k++)
			add_contact(out, &all[i]->contacts[k]);
		if (!all[i]->contact_count)
			buf_adds(out, "  nobody is configured\n");
	}
	free(all);
}

static int by_weight(const void *a, const void *b)
{
	const struct snap_subscriber *const *x = a, *const *y = b;

	if ((*x)->high_value != (*y)->high_value)
		return (*x)->high_value ? -1 : 1;
	return (*x)->order - (*y)->order;
}

static void add_customers(struct buf *out, const struct snapshot *s, const char *region)
{
	const struct snap_subscriber **all =
	    xcalloc(map_count(s->subscribers) + 1, sizeof(struct snap_subscriber *));
	const struct snap_subscriber *one;
	size_t n = 0, it = 0;

	while ((one = map_next(s->subscribers, &it, NULL)))
		if (serves(one->regions, one->region_count, region))
			all[n++] = one;
	if (n > 1)
		qsort(all, n, sizeof *all, by_weight);
	buf_adds(out, "\nCUSTOMERS\n");
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s%s", given(all[i]->name) ? all[i]->name : all[i]->id,
		    all[i]->high_value ? " (key account)" : "");
		add_regions(out, s, all[i]->regions, all[i]->region_count);
		buf_addf(out, " · reads %s%s%s\n", given(all[i]->audience) ? all[i]->audience : "?",
		    given(all[i]->email) ? " at " : "", given(all[i]->email) ? all[i]->email : "");
		for (size_t k = 0; k < all[i]->contact_count; k++)
			add_contact(out, &all[i]->contacts[k]);
	}
	if (!n)
		buf_adds(out, "Nobody is subscribed (subscribers: in nocboard.yaml).\n");
	free(all);
}

void contacts_text(const struct snapshot *s, const char *region, struct buf *out)
{
	add_own(out, s);
	add_carriers(out, s, region);
	add_customers(out, s, region);
}
