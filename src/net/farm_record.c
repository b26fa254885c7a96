/* The requests that the farm keeps: the last thousand. */
#include <stdlib.h>

#include "base/mem.h"
#include "farm_priv.h"
#include "net/farm.h"

#define RECORDS 1000

struct record {
	struct farm_request pub;
	char *method, *path, *headers, *body;
};

struct records {
	struct record *items[RECORDS];
	size_t added;
};

struct records *records_new(void)
{
	return xcalloc(1, sizeof(struct records));
}

static void record_fini(struct record *r)
{
	free(r->method);
	free(r->path);
	free(r->headers);
	free(r->body);
}

void records_free(struct records *all)
{
	for (size_t i = 0; all && i < records_count(all); i++) {
		record_fini(all->items[i]);
		free(all->items[i]);
	}
	free(all);
}

void records_add(struct records *all, unsigned connection, const struct freq *q)
{
	struct record **slot = &all->items[all->added++ % RECORDS], *r;

	if (!*slot)
		*slot = xcalloc(1, sizeof **slot);
	r = *slot;
	record_fini(r);
	r->method = xstrdup(q->method);
	r->path = xstrdup(q->path);
	r->headers = xstrdup(q->headers);
	r->body = xstrndup(q->body, q->body_len);
	r->pub = (struct farm_request){ r->method, r->path, r->headers, r->body, q->body_len,
		connection };
}

size_t records_count(const struct records *all)
{
	return all->added < RECORDS ? all->added : RECORDS;
}

const struct farm_request *records_get(const struct records *all, size_t i)
{
	size_t first = all->added < RECORDS ? 0 : all->added % RECORDS;

	return i < records_count(all) ? &all->items[(first + i) % RECORDS]->pub : NULL;
}

const struct farm_request *records_last(const struct records *all)
{
	return all->added ? &all->items[(all->added - 1) % RECORDS]->pub : NULL;
}
