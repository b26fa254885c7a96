/* Calendars of planned work, as the tests write them. */
#ifndef TESTS_MAINTNOTE_RIG_H
#define TESTS_MAINTNOTE_RIG_H

#include "../../../src/net/feed_priv.h"
#include "../../../src/net/ical.h"

#include <time.h>

#include "feed_rig.h"

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
#define FOOT "END:VCALENDAR\r\n"
#define NOTE                                                                                       \
	"X-MAINTNOTE-PROVIDER:p\nX-MAINTNOTE-MAINTENANCE-ID:W\nX-MAINTNOTE-IMPACT:OUTAGE\n"        \
	"X-MAINTNOTE-STATUS:CONFIRMED\n"
#define EVENT(more)                                                                                \
	HEAD "BEGIN:VEVENT\nUID:u\nDTSTAMP:20260101T000000Z\n" NOTE more "END:VEVENT\n" FOOT
#define FROM_TO "DTSTART:20260310T010000Z\nDTEND:20260310T020000Z\n"

static inline struct feed_doc *event(const char *text, const struct feed_maintenance **m)
{
	struct feed_doc *d = rig_parse("maintnote", text);

	assert_int_equal(d->maintenance_count, 1);
	*m = d->maintenances;
	return d;
}

#endif
