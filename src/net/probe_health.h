/* Documents that say their own health. Pure. */
#ifndef NET_PROBE_HEALTH_H
#define NET_PROBE_HEALTH_H

#include "base/json.h"
#include "net/probe.h"

#define HEALTH_WORD 80 /* bytes of foreign text kept of a word or a name */

enum health_saying {
	HEALTH_NONE,	/* it is no such document */
	HEALTH_SAID,	/* `status` is its own word */
	HEALTH_STRANGE, /* it is one, and its word is not known */
};

struct health {
	enum health_saying saying;
	const char *form; /* whose document it is: a row of the table */
	enum status status;
	char said[HEALTH_WORD + 1]; /* its word, as it wrote it; "" none */
	/* The worst of its sub-checks, if that is worse than operational; a word that is not known
	 * is STATUS_UNKNOWN. */
	enum status check_status;
	char check[HEALTH_WORD + 1], check_said[HEALTH_WORD + 1];
	bool consul; /* 429 is its warning */
};

/* The status that a word means in such documents; -1: not known. */
int health_word(const char *word);
/* A JSON document; `root` may be anything. */
void health_of_json(const cJSON *root, struct health *h);
/* A body of plain text: a list of checks as Kubernetes writes it, or one word. */
void health_of_text(const char *text, size_t len, struct health *h);
/* Whether a body without a telling content type looks like JSON. */
bool health_looks_json(const struct http_result *r);

#endif
