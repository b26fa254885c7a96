/* The Azure status feed: an item is there while its incident lasts; services and regions are mixed
 * in its categories. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "feed_syndic.h"

/* Longer names before those that they hold. */
static const char *const regions[] = { "Australia Central 2", "Australia Central", "Australia East",
	"Australia Southeast", "Austria East", "Azure China", "Azure Government", "Belgium Central",
	"Brazil Southeast", "Brazil South", "Canada Central", "Canada East", "Central India",
	"Chile Central", "China East 3", "China East 2", "China East", "China North 3",
	"China North 2", "China North", "Denmark East", "East Asia", "France Central",
	"France South", "Germany North", "Germany West Central", "Indonesia Central",
	"Israel Central", "Italy North", "Japan East", "Japan West", "Jio India Central",
	"Jio India West", "Korea Central", "Korea South", "Malaysia South", "Malaysia West",
	"Mexico Central", "New Zealand North", "North Europe", "Norway East", "Norway West",
	"Poland Central", "Qatar Central", "South Africa North", "South Africa West", "South India",
	"Southeast Asia", "Spain Central", "Sweden Central", "Sweden South", "Switzerland North",
	"Switzerland West", "Taiwan North", "UAE Central", "UAE North", "UK South", "UK West",
	"US Gov Arizona", "US Gov Texas", "US Gov Virginia", "North Central US", "South Central US",
	"West Central US", "Central US", "East US 2", "East US", "West US 3", "West US 2",
	"West US", "West Europe", "West India" };

int feed_azure_sniff(const char *bytes, size_t len)
{
	return strcmp(feed_looks_like(bytes, len), "an RSS feed") == 0 &&
		       (syndic_mentions(bytes, len, "<title>Azure Status") ||
			   syndic_mentions(bytes, len, "azure.status.microsoft") ||
			   syndic_mentions(bytes, len, "//status.azure.com"))
		   ? 95
		   : 0;
}

/* The regions by their first letter, and the letters that follow it: most places of a text are
 * passed over by these alone. A letter is its last five bits, in either case. */
struct atlas {
	uint32_t second[32];
	unsigned char first[32], next[countof(regions)]; /* 1 + the index of a region; 0: none */
};

static unsigned letter(char c)
{
	return (unsigned char)c & 31;
}

static void atlas_make(struct atlas *a)
{
	memset(a, 0, sizeof *a);
	for (size_t i = 0; i < countof(regions); i++) {
		unsigned c = letter(regions[i][0]);
		a->second[c] |= UINT32_C(1) << letter(regions[i][1]);
		a->next[i] = a->first[c];
		a->first[c] = (unsigned char)(i + 1);
	}
}

/* The next region after `i` (1 + its index; 0: before all) that begins with the three letters. */
static size_t candidate(const struct atlas *a, size_t i, const char *three)
{
	i = i ? a->next[i - 1] : a->first[letter(three[0])];
	while (i && (letter(regions[i - 1][1]) != letter(three[1]) ||
			letter(regions[i - 1][2]) != letter(three[2])))
		i = a->next[i - 1];
	return i;
}

/* The next place at or behind `s` where a region may begin; NULL: there is none. */
static const char *next_place(const struct atlas *a, const char *s)
{
	while (*s && !(a->second[letter(s[0])] >> letter(s[1]) & 1))
		s++;
	return *s ? s : NULL;
}

/* A region that a text names, and where. */
struct mention {
	size_t region;
	char *at;
};

/* Adds the regions that a text names, in our order, each place in the text counting once. */
static void find_regions(
    struct feed_doc *d, const struct atlas *a, struct feed_names *n, const char *text)
{
	struct mention *found = NULL;
	size_t count = 0, cap = 0;
	char *rest = NULL;

	for (const char *s = text; s && (s = next_place(a, s)) != NULL; s++)
		for (size_t i = 0; (i = candidate(a, i, s)) != 0;) {
			if (strncasecmp(s, regions[i - 1], strlen(regions[i - 1])) != 0)
				continue;
			rest = rest ? rest : arena_strdup(d->arena, text);
			found = xgrow(found, count, &cap);
			size_t k = count++;
			for (; k > 0 && found[k - 1].region >= i; k--)
				found[k] = found[k - 1];
			found[k] = (struct mention){ i - 1, rest + (s - text) };
		}
	for (size_t k = 0; k < count; k++) {
		const char *name = regions[found[k].region];
		if (memchr(found[k].at, '.', strlen(name)))
			continue;
		feed_add_name(d, n, name);
		memset(found[k].at, '.', strlen(name));
	}
	free(found);
}

static bool is_region(const struct atlas *a, const char *name)
{
	for (size_t i = 0; (i = candidate(a, i, name)) != 0;)
		if (strcasecmp(regions[i - 1], name) == 0)
			return true;
	return false;
}

static const char *state_of(const char *title)
{
	static const char *const states[] = { "investigating", "identified", "monitoring",
		"resolved" };
	static const struct feed_word words[] = { { "resolved", 3 }, { "mitigated", 2 },
		{ "monitoring", 2 }, { "mitigating", 1 }, { "identified", 1 } };

	return states[feed_text_strongest(title, words, countof(words))];
}

/* "Azure Databricks - North Central US - Investigating": its service, where no category says. */
static const char *service_of_title(struct feed_doc *d, const char *title)
{
	const char *dash = title ? strstr(title, " - ") : NULL;

	return dash ? arena_strndup(d->arena, title, (size_t)(dash - title)) : NULL;
}

static void add_item(
    struct feed_doc *d, struct syndic *s, const struct atlas *a, const struct syndic_entry *x)
{
	struct feed_incident *i = feed_add_incident(d);
	struct feed_names places = { 0 }, services = { 0 };
	struct feed_updates u = { 0 };

	if (!i)
		return;
	const char *text = feed_plain(d->arena, x->body, FEED_TEXT_MAX);
	i->id = syndic_key(d, s, x);
	i->title = x->title ? x->title : i->id;
	i->status = state_of(x->title);
	i->severity = x->title && feed_text_has(x->title, "outage") ? 2 : 3;
	i->started_at = feed_earlier(x->published, x->updated);
	i->url = x->link;
	for (size_t k = 0; k < x->category_count; k++) {
		find_regions(d, a, &places, x->categories[k]);
		if (!is_region(a, x->categories[k]))
			feed_add_name(d, &services, x->categories[k]);
	}
	find_regions(d, a, &places, x->title);
	find_regions(d, a, &places, text);
	if (!places.count)
		feed_add_name(d, &places, "global");
	if (!services.count)
		feed_add_name(d, &services, service_of_title(d, x->title));
	struct feed_update *update = feed_add_update(d, &u);
	update->at = feed_later(x->published, x->updated);
	update->text = text;
	i->regions = places.items;
	i->region_count = places.count;
	i->components = services.items;
	i->component_count = services.count;
	i->updates = u.items;
	i->update_count = u.count;
	if (strcmp(i->status, "resolved") != 0)
		feed_worsen(d, feed_severity_status(i->severity));
}

struct feed_doc *feed_azure_parse(const char *bytes, size_t len, struct err *e)
{
	struct feed_doc *d = feed_doc_new("azure");
	struct syndic *s = syndic_read(d, bytes, len, "Azure status feed", e);
	struct atlas a;

	if (!s) {
		feed_doc_free(d);
		return NULL;
	}
	syndic_doc(d, s);
	atlas_make(&a);
	d->status = STATUS_OPERATIONAL; /* a feed without items is how it says so */
	for (size_t i = 0; i < s->entry_count; i++)
		add_item(d, s, &a, &s->entries[i]);
	feed_sort_incidents(d);
	return d;
}
