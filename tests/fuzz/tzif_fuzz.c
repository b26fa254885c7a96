/* Bytes to a zone, and the zone to work: what is read must answer for any instant and wall time. */
#include "domain/calendar.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const instants[] = { "0000-01-01T00:00:00Z", "1916-06-14T23:00:00Z",
		"1970-01-01T00:00:00Z", "2025-03-30T01:00:00Z", "2038-01-19T03:14:08Z",
		"2100-10-31T12:00:00Z", "9999-12-31T23:59:59Z" };
	struct zone *z = zone_from_tzif("fuzz", data, size);

	if (!z)
		return 0;
	for (size_t i = 0; i < countof(instants); i++) {
		struct calendar *c = calendar_new("fuzz", z);
		struct utc t = UTC_NONE, due;
		char abbr[8];
		int64_t ms;
		struct date d;

		if (!utc_parse(instants[i], &t) || abs(zone_offset(z, t, abbr)) >= 16 * 3600)
			abort();
		d = zone_local(z, t, &ms);
		if (zone_to_utc(z, d, ms).ms > t.ms)
			abort(); /* the first time that the clocks showed it */
		due = calendar_due(c, t, INT64_C(20) * 3600000);
		if (utc_is_set(due) && calendar_between(c, t, due) != INT64_C(20) * 3600000)
			abort();
		calendar_free(c);
	}
	zone_free(z);
	return 0;
}
