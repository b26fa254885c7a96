/* What the files of the configurable JSON reader share. */
#ifndef NET_FEED_JSON_H
#define NET_FEED_JSON_H

#include "feed_priv.h"

/* How a page writes its dates. */
struct mapped_dates {
	const char *pattern;  /* NULL: RFC 3339, RFC 822 or an epoch */
	const cJSON *months;  /* twelve names; NULL: the English ones */
	const char *timezone; /* of times without a zone; NULL: UTC */
	struct utc now;	      /* gives the year where none is written; UTC_NONE: not known */
	bool planned;	      /* that year may lie ahead */
};

/* By a pattern of %d %m %b %Y %y %H %M %S %p %z, %a (any word) and %% (blanks match any blanks,
 * none too). A whole time stamp of a machine is read as well. `after`, if it is set, is what the
 * instant does not lie before: the end of something that begins then. *uncertain says what was
 * assumed, NULL: nothing. False: it does not match. */
bool mapped_date(const struct mapped_dates *how, const char *text, struct utc after,
    struct utc *out, const char **uncertain);

#endif
