/* The default rules of planned work, and when a freeze holds. */
#include "domain/maintenance_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const notice_class_names[NOTICE_CLASSES] = {
	[NOTICE_MINOR] = "minor",
	[NOTICE_MAJOR] = "major",
	[NOTICE_DISRUPTIVE] = "disruptive",
};

static const char *const weekdays[] = { "monday", "tuesday", "wednesday", "thursday", "friday",
	"saturday", "sunday" };
static const char *const months[] = { "january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december" };
static const char *const counts[] = { "first", "second", "third", "fourth" };

int notice_class_of(const char *name)
{
	for (int i = 0; i < NOTICE_CLASSES; i++)
		if (strcmp(notice_class_names[i], name) == 0)
			return i;
	return -1;
}

/* ---- days ---- */

static int index_of(const char *word, size_t len, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i]) == len && strncmp(words[i], word, len) == 0)
			return (int)i;
	return -1;
}

/* "fourth thursday of november" */
static bool moving_day(const char *s, struct freeze_day *out)
{
	const char *weekday = strchr(s, ' '), *of = weekday ? strstr(weekday + 1, " of ") : NULL;
	int nth, day, month;

	if (!of)
		return false;
	nth = index_of(s, (size_t)(weekday - s), counts, countof(counts)) + 1;
	if (strncmp(s, "last ", 5) == 0)
		nth = -1;
	day = index_of(weekday + 1, (size_t)(of - weekday - 1), weekdays, countof(weekdays));
	month = index_of(of + 4, strlen(of + 4), months, countof(months)) + 1;
	if (!nth || day < 0 || !month)
		return false;
	*out = (struct freeze_day){ .month = month, .nth = nth, .weekday = day };
	return true;
}

bool freeze_day_parse(const char *s, struct freeze_day *out)
{
	char leap[16];
	struct date d;

	if (moving_day(s, out))
		return true;
	if (date_parse(s, &d)) {
		*out = (struct freeze_day){ .year = d.year, .month = d.month, .day = d.day };
		return true;
	}
	snprintf(leap, sizeof leap, "2024-%.8s", s);
	if (strlen(s) != 5 || !date_parse(leap, &d))
		return false;
	*out = (struct freeze_day){ .month = d.month, .day = d.day };
	return true;
}

void freeze_day_print(struct buf *out, const struct freeze_day *d)
{
	if (!d->day)
		buf_addf(out, "%s %s of %s", d->nth > 0 ? counts[d->nth - 1] : "last",
		    weekdays[d->weekday], months[d->month - 1]);
	else if (d->year)
		buf_addf(out, "%04d-%02d-%02d", d->year, d->month, d->day);
	else
		buf_addf(out, "%02d-%02d", d->month, d->day);
}

/* 29 February is the 28th where there is none. */
static struct date day_in_year(const struct freeze_day *d, int year)
{
	struct date at = { year, d->month, d->day ? d->day : 1 };
	int64_t days;

	if (d->day) {
		if (!date_valid(at))
			at.day = 28;
		return at;
	}
	days = date_to_days(at);
	days += (d->weekday - date_weekday(at) + 7) % 7;
	if (d->nth > 0)
		return date_from_days(days + 7 * (int64_t)(d->nth - 1));
	while (date_from_days(days + 7).month == d->month)
		days += 7;
	return date_from_days(days);
}

bool freeze_in_year(const struct freeze *f, int year, struct date *from, struct date *to)
{
	if (f->from.year && f->from.year != year)
		return false;
	*from = day_in_year(&f->from, year);
	if (f->days) {
		*to = date_from_days(date_to_days(*from) + f->days - 1);
		return true;
	}
	*to = day_in_year(&f->to, f->to.year ? f->to.year : year);
	if (date_to_days(*to) < date_to_days(*from))
		*to = day_in_year(&f->to, year + 1);
	return true;
}

static bool zone_named(const struct freeze *f, const char *name)
{
	for (size_t i = 0; i < f->zone_count; i++) {
		size_t len = strlen(f->zones[i]);
		bool start = len && f->zones[i][len - 1] == '/';

		if (start ? strncmp(f->zones[i], name, len) == 0 : strcmp(f->zones[i], name) == 0)
			return true;
	}
	return false;
}

bool freeze_holds(
    const struct freeze *f, const char *region, const struct zone *const *zones, size_t count)
{
	if (!f->zone_count && !f->region_count)
		return true;
	for (size_t i = 0; i < f->region_count; i++)
		if (strcmp(f->regions[i], region) == 0)
			return true;
	for (size_t i = 0; i < count; i++)
		if (zone_named(f, zone_name(zones[i])))
			return true;
	return false;
}

/* ---- the default ---- */

static const char *const europe[] = { "Europe/", NULL };
static const char *const north_america[] = { "America/New_York", "America/Detroit",
	"America/Chicago", "America/Denver", "America/Phoenix", "America/Boise",
	"America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Toronto",
	"America/Montreal", "America/Halifax", "America/St_Johns", "America/Winnipeg",
	"America/Regina", "America/Edmonton", "America/Vancouver", NULL };

static const struct {
	const char *name, *from, *to;
	int days;
	const char *const *zones;
} defaults[] = {
	{ "Summer travel in Europe", "07-01", "08-31", 0, europe },
	{ "Memorial Day", "last monday of may", NULL, 1, north_america },
	{ "Independence Day", "07-04", NULL, 1, north_america },
	{ "Labor Day", "first monday of september", NULL, 1, north_america },
	{ "Thanksgiving", "fourth thursday of november", NULL, 4, north_america },
	{ "End of the year in North America", "12-15", "01-05", 0, north_america },
};

static void add_default(struct maintenance_policy *p, size_t i)
{
	struct freeze *f = &p->freezes[p->freeze_count++];
	size_t n = 0;

	f->name = xstrdup(defaults[i].name);
	f->days = defaults[i].days;
	if (!freeze_day_parse(defaults[i].from, &f->from) ||
	    (defaults[i].to && !freeze_day_parse(defaults[i].to, &f->to)))
		abort(); /* the table above is wrong */
	while (defaults[i].zones[n])
		n++;
	f->zones = xcalloc(n, sizeof *f->zones);
	for (; f->zone_count < n; f->zone_count++)
		f->zones[f->zone_count] = xstrdup(defaults[i].zones[f->zone_count]);
}

void maintenance_policy_init(struct maintenance_policy *p)
{
	static const char *const classes[] = { "attach", "provisioning", "routing" };

	*p = (struct maintenance_policy){ .window_from = 60,
		.window_to = 300,
		.notice_days = { [NOTICE_MINOR] = 7,
		    [NOTICE_MAJOR] = 14,
		    [NOTICE_DISRUPTIVE] = 30 },
		.watch = 2 };
	p->freezes = xcalloc(countof(defaults), sizeof *p->freezes);
	for (size_t i = 0; i < countof(defaults); i++)
		add_default(p, i);
	p->rollback_required = xcalloc(countof(classes), sizeof *p->rollback_required);
	for (; p->rollback_count < countof(classes); p->rollback_count++)
		p->rollback_required[p->rollback_count] = xstrdup(classes[p->rollback_count]);
}

static void free_texts(char **items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(items[i]);
	free(items);
}

void freeze_fini(struct freeze *f)
{
	free(f->name);
	free_texts(f->zones, f->zone_count);
	free_texts(f->regions, f->region_count);
	*f = (struct freeze){ 0 };
}

void maintenance_policy_fini(struct maintenance_policy *p)
{
	for (size_t i = 0; i < p->freeze_count; i++)
		freeze_fini(&p->freezes[i]);
	free(p->freezes);
	free_texts(p->rollback_required, p->rollback_count);
	*p = (struct maintenance_policy){ 0 };
}
