/* The words of carriers' mails for what happens, and how far it has come. */
#ifndef NET_FEED_MAIL_WORDS_H
#define NET_FEED_MAIL_WORDS_H

#include "feed_mail.h"

/* How bad it is, as a number that grows; -1: not said. */
enum { MAIL_NO_IMPACT, MAIL_REDUNDANCY, MAIL_DEGRADED, MAIL_OUTAGE };

int mail_impact(const char *value);		   /* of a label or a cell; NULL: -1 */
int mail_impact_said(const struct mail_text *t);   /* behind a label */
int mail_impact_hinted(const struct mail_text *t); /* anywhere in the text */
const char *mail_impact_name(int impact);	   /* as MAINTNOTE calls it; NULL: -1 */

/* A state of maintenances that a subject says; NULL: none. */
const char *mail_status(const char *subject);
/* One that a sentence of the text says has happened; NULL: none. */
const char *mail_status_told(const struct mail_text *t);

#endif
