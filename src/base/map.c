#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* `slots` hold 1 + index into `items`; 0 is free. A deleted item keeps its slot with key NULL until
 * the next rehash, so that probing goes on past it. */
struct item {
	char *key;
	void *value;
	uint64_t hash;
};

struct map {
	void (*free_value)(void *);
	struct item *items;
	size_t used, live, cap;
	uint32_t *slots;
	size_t nslots;
};

static uint64_t hash_text(const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return h;
}

struct map *map_new(void (*free_value)(void *))
{
	struct map *m = xcalloc(1, sizeof *m);

	m->free_value = free_value;
	return m;
}

void map_free(struct map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->used; i++) {
		if (m->items[i].key && m->free_value)
			m->free_value(m->items[i].value);
		free(m->items[i].key);
	}
	free(m->items);
	free(m->slots);
	free(m);
}

static void rehash(struct map *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->used; i++)
		if (m->items[i].key)
			m->items[n++] = m->items[i];
	m->used = n;
	m->nslots = m->nslots ? m->nslots : 16;
	while (m->nslots < 2 * (m->live + 1))
		m->nslots *= 2;
	free(m->slots);
	m->slots = xcalloc(m->nslots, sizeof *m->slots);
	for (size_t i = 0; i < m->used; i++) {
		size_t s = m->items[i].hash & (m->nslots - 1);

		while (m->slots[s])
			s = (s + 1) & (m->nslots - 1);
		m->slots[s] = (uint32_t)i + 1;
	}
}

static struct item *find(const struct map *m, const char *key, uint64_t hash)
{
	if (!m->nslots)
		return NULL;
	for (size_t s = hash & (m->nslots - 1); m->slots[s]; s = (s + 1) & (m->nslots - 1)) {
		struct item *it = &m->items[m->slots[s] - 1];

		if (it->key && it->hash == hash && strcmp(it->key, key) == 0)
			return it;
	}
	return NULL;
}

void map_set(struct map *m, const char *key, void *value)
{
	uint64_t hash = hash_text(key);
	struct item *it = find(m, key, hash);
	size_t s;

	if (it) {
		if (m->free_value && it->value != value)
			m->free_value(it->value);
		it->value = value;
		return;
	}
	if (m->nslots < 2 * (m->used + 1))
		rehash(m);
	m->items = xgrow(m->items, m->used, &m->cap);
	m->items[m->used] = (struct item){ .key = xstrdup(key), .value = value, .hash = hash };
	s = hash & (m->nslots - 1);
	while (m->slots[s])
		s = (s + 1) & (m->nslots - 1);
	m->slots[s] = (uint32_t)++m->used;
	m->live++;
}

void *map_get(const struct map *m, const char *key)
{
	const struct item *it = find(m, key, hash_text(key));

	return it ? it->value : NULL;
}

bool map_del(struct map *m, const char *key)
{
	struct item *it = find(m, key, hash_text(key));

	if (!it)
		return false;
	if (m->free_value)
		m->free_value(it->value);
	free(it->key);
	it->key = NULL;
	it->value = NULL;
	m->live--;
	return true;
}

size_t map_count(const struct map *m)
{
	return m->live;
}

void *map_next(const struct map *m, size_t *it, const char **key)
{
	while (*it < m->used) {
		const struct item *item = &m->items[(*it)++];

		if (!item->key)
			continue;
		if (key)
			*key = item->key;
		return item->value;
	}
	return NULL;
}
