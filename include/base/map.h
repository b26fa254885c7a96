/* A map from text to a pointer: open addressing, keys copied, order of insertion kept. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct map;

/* `free_value` may be NULL: the map then does not own its values. */
struct map *map_new(void (*free_value)(void *));
void map_free(struct map *m);

/* Replaces (and frees, if owned) the value of an existing key. `value` is not NULL. */
void map_set(struct map *m, const char *key, void *value);
void *map_get(const struct map *m, const char *key); /* NULL: not there */
bool map_del(struct map *m, const char *key);
size_t map_count(const struct map *m);

/* Walk in the order of insertion: start with *it = 0; NULL at the end. Deleting the item that was
 * just handed out is allowed. */
void *map_next(const struct map *m, size_t *it, const char **key);

#endif
