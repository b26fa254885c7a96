/* Whose mail it is, and what only that carrier writes. A carrier is one row. */
#include <string.h>
#include <strings.h>

#include "feed_mail.h"

static const struct mail_carrier carriers[] = {
	{ .domain = "apple.com",
	    .word = "Apple (AS714)",
	    .provider = "Apple (AS714)",
	    .order = FEED_ORDER_UNKNOWN,
	    .object = "S:*Notice for % in *" },
	{ .domain = "amazon.com",
	    .word = "AWS Direct Connect",
	    .provider = "aws",
	    .order = FEED_ORDER_UNKNOWN,
	    .account = "S:*[AWS Account: %]*" },
	{ .domain = "cogentco.com",
	    .word = "Cogent",
	    .provider = "cogent",
	    .order = FEED_MONTH_FIRST },
	{ .domain = "crowncastle.com",
	    .word = "Crown Castle",
	    .provider = "crowncastle",
	    .order = FEED_MONTH_FIRST },
	{ .domain = "eunetworks.com",
	    .word = "euNetworks",
	    .provider = "euNetworks.com",
	    .order = FEED_DAY_FIRST },
	{ .domain = "hgc.com.hk",
	    .word = "HGC",
	    .provider = "hgc",
	    .order = FEED_DAY_FIRST,
	    .id = "S:*|*|%",
	    .account = "S:*Notification - %|*" },
	{ .domain = "netflix.com",
	    .word = "Netflix Open Connect",
	    .provider = "Netflix (AS2906)",
	    .order = FEED_ORDER_UNKNOWN,
	    .account = "*(%)," },
	{ .domain = "pccwglobal.com",
	    .word = "PCCW",
	    .provider = "PCCW Global",
	    .order = FEED_DAY_FIRST,
	    .id = "S:*Reference number * - %" },
	{ .domain = "windstream.com",
	    .word = "Windstream",
	    .provider = "windstream",
	    .order = FEED_MONTH_FIRST,
	    .account = "column:name" },
	{ .domain = "zayo.com", .word = "ZAYO", .provider = "zayo", .order = FEED_ORDER_UNKNOWN },
};

/* An address of the domain, or of one below it. */
static bool from_domain(const char *senders, const char *domain)
{
	size_t n = strlen(domain);

	for (const char *s = senders; (s = strcasestr(s, domain)) != NULL; s += n)
		if (s > senders && strchr("@.", s[-1]) && !strchr(".-", s[n] ? s[n] : ' ') &&
		    (s[n] < 'a' || s[n] > 'z'))
			return true;
	return false;
}

const struct mail_carrier *mail_carrier_of(const char *senders, const char *subject)
{
	for (size_t i = 0; i < countof(carriers); i++)
		if (from_domain(senders, carriers[i].domain))
			return &carriers[i];
	for (size_t i = 0; subject && i < countof(carriers); i++)
		if (feed_text_has(subject, carriers[i].word))
			return &carriers[i];
	return NULL;
}
