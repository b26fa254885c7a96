/* What the imitated services share. */
#ifndef TESTS_SERVICES_PRIV_H
#define TESTS_SERVICES_PRIV_H

#include "services.h"

#define SERVICES_FIRST_ID 11

struct fault {
	int code; /* 0: none */
	char headers[64];
	bool done;
};

struct one {
	struct fault fault;
	bool locked;
	cJSON *said, *kept, *components;
	void (*then)(void *ctx); /* NULL: nothing happens meanwhile */
	void *ctx;
};

struct services {
	struct one one[SERVICES];
};

/* A request as the service sees it. */
struct call {
	struct one *at;
	const struct farm_request *q;
	const char *rest; /* of the path, behind the service's own */
	const cJSON *body;
	struct farm_answer *out;
};

void services_say(struct call *c, int code, cJSON *take);
void services_refuse(struct call *c, int code, const char *key, const char *why);
/* By the path without its query. */
bool services_is(const struct call *c, const char *method, const char *rest);
bool services_has_header(const struct farm_request *q, const char *line);
cJSON *services_find(const cJSON *list, const char *key, const char *value);
void services_set(cJSON *o, const char *key, cJSON *take);

/* services_pages.c */
void services_statuspage(struct call *c);
void services_cachet2(struct call *c);
void services_cachet3(struct call *c);

#endif
