/* Zones that people name in notices and that have daylight time, by their rules of today. The zone
 * files of the machine are out of reach where documents are read. */
#include <string.h>
#include <strings.h>

#include "feed_priv.h"

enum rule { RULE_NONE, RULE_US, RULE_EU, RULE_AU };

/* `minutes` is standard time. Abbreviations of one season stand here only when carriers write them
 * all the year round and mean the wall clock. */
static const struct {
	const char *name;
	int minutes;
	enum rule rule;
} zones[] = {
	{ "UTC", 0, RULE_NONE }, /* first, for most dates name it */
	{ "GMT", 0, RULE_NONE },
	{ "Z", 0, RULE_NONE },
	{ "ET", -300, RULE_US },
	{ "EST", -300, RULE_US },
	{ "EDT", -300, RULE_US },
	{ "Eastern", -300, RULE_US },
	{ "CT", -360, RULE_US },
	{ "CST", -360, RULE_US },
	{ "CDT", -360, RULE_US },
	{ "Central", -360, RULE_US },
	{ "MT", -420, RULE_US },
	{ "MST", -420, RULE_US },
	{ "MDT", -420, RULE_US },
	{ "Mountain", -420, RULE_US },
	{ "PT", -480, RULE_US },
	{ "PST", -480, RULE_US },
	{ "PDT", -480, RULE_US },
	{ "Pacific", -480, RULE_US },
	{ "AKT", -540, RULE_US },
	{ "Alaska", -540, RULE_US },
	{ "HST", -600, RULE_NONE },
	{ "Hawaii", -600, RULE_NONE },
	{ "WET", 0, RULE_EU },
	{ "CET", 60, RULE_EU },
	{ "CEST", 60, RULE_EU },
	{ "EET", 120, RULE_EU },
	{ "EEST", 120, RULE_EU },
	{ "UK", 0, RULE_EU },
	{ "JST", 540, RULE_NONE },
	{ "KST", 540, RULE_NONE },
	{ "HKT", 480, RULE_NONE },
	{ "SGT", 480, RULE_NONE },
	{ "AEST", 600, RULE_AU },
	{ "AEDT", 600, RULE_AU },
	{ "Etc/UTC", 0, RULE_NONE },
	{ "Etc/GMT", 0, RULE_NONE },
	{ "America/New_York", -300, RULE_US },
	{ "America/Toronto", -300, RULE_US },
	{ "America/Chicago", -360, RULE_US },
	{ "America/Denver", -420, RULE_US },
	{ "America/Phoenix", -420, RULE_NONE },
	{ "America/Los_Angeles", -480, RULE_US },
	{ "America/Sao_Paulo", -180, RULE_NONE },
	{ "Eastern Standard Time", -300, RULE_US },
	{ "Central Standard Time", -360, RULE_US },
	{ "Mountain Standard Time", -420, RULE_US },
	{ "Pacific Standard Time", -480, RULE_US },
	{ "Europe/London", 0, RULE_EU },
	{ "Europe/Dublin", 0, RULE_EU },
	{ "Europe/Lisbon", 0, RULE_EU },
	{ "Europe/Amsterdam", 60, RULE_EU },
	{ "Europe/Berlin", 60, RULE_EU },
	{ "Europe/Brussels", 60, RULE_EU },
	{ "Europe/Copenhagen", 60, RULE_EU },
	{ "Europe/Madrid", 60, RULE_EU },
	{ "Europe/Oslo", 60, RULE_EU },
	{ "Europe/Paris", 60, RULE_EU },
	{ "Europe/Prague", 60, RULE_EU },
	{ "Europe/Rome", 60, RULE_EU },
	{ "Europe/Stockholm", 60, RULE_EU },
	{ "Europe/Vienna", 60, RULE_EU },
	{ "Europe/Warsaw", 60, RULE_EU },
	{ "Europe/Zurich", 60, RULE_EU },
	{ "Europe/Athens", 120, RULE_EU },
	{ "Europe/Helsinki", 120, RULE_EU },
	{ "Europe/Istanbul", 180, RULE_NONE },
	{ "Asia/Dubai", 240, RULE_NONE },
	{ "Asia/Kolkata", 330, RULE_NONE },
	{ "Asia/Singapore", 480, RULE_NONE },
	{ "Asia/Hong_Kong", 480, RULE_NONE },
	{ "Asia/Shanghai", 480, RULE_NONE },
	{ "Asia/Tokyo", 540, RULE_NONE },
	{ "Asia/Seoul", 540, RULE_NONE },
	{ "Australia/Sydney", 600, RULE_AU },
	{ "Australia/Brisbane", 600, RULE_NONE },
};

/* The day of the nth Sunday of a month (n 5: the last one), as days since 1970. */
static int64_t sunday(int year, int month, int n)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t first = date_to_days((struct date){ year, month, 1 });
	int to = 6 - date_weekday((struct date){ year, month, 1 });
	int64_t day = first + to + (int64_t)7 * (n - 1);

	while (day >= first + days[month - 1])
		day -= 7;
	return day;
}

static bool summer(enum rule rule, struct date d, int64_t ms, int minutes)
{
	const int64_t hour = 3600000, now = date_to_days(d) * 24 * hour + ms;
	int64_t from, to;

	switch (rule) {
	case RULE_NONE:
		return false;
	case RULE_US: /* 2:00 of the wall clock */
		from = sunday(d.year, 3, 2) * 24 * hour + 2 * hour;
		to = sunday(d.year, 11, 1) * 24 * hour + 2 * hour;
		return now >= from && now < to;
	case RULE_EU: /* 1:00 UTC */
		from = sunday(d.year, 3, 5) * 24 * hour + hour + minutes * 60000;
		to = sunday(d.year, 10, 5) * 24 * hour + 2 * hour + minutes * 60000;
		return now >= from && now < to;
	case RULE_AU: /* the southern one: it is winter in between */
		from = sunday(d.year, 4, 1) * 24 * hour + 3 * hour;
		to = sunday(d.year, 10, 1) * 24 * hour + 2 * hour;
		return now < from || now >= to;
	}
	return false;
}

static size_t zone_of(const char *name)
{
	size_t i = 0;

	while (i < countof(zones) && (((zones[i].name[0] ^ name[0]) & ~0x20) != 0 ||
					 strcasecmp(zones[i].name, name) != 0))
		i++;
	return i;
}

bool feed_zone_known(const char *zone)
{
	return zone_of(zone) < countof(zones);
}

bool feed_zone_offset(const char *zone, struct date day, int64_t ms, int *minutes)
{
	size_t i = zone_of(zone);

	if (i == countof(zones))
		return false;
	bool daylight = summer(zones[i].rule, day, ms, zones[i].minutes);
	*minutes = zones[i].minutes + (daylight ? 60 : 0);
	return true;
}
