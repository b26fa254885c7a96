#include "authorities.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <curl/curl.h>

#include "base/map.h"
#include "base/mem.h"

struct authority {
	struct authorities *all;
	char *file;
	size_t held;
	X509_STORE *store; /* NULL: not read */
	struct stat read;  /* as the file was then */
};

struct authorities {
	struct map *by_file;
};

struct authorities *authorities_new(void)
{
	struct authorities *t = xcalloc(1, sizeof *t);

	t->by_file = map_new(NULL);
	return t;
}

void authorities_free(struct authorities *t)
{
	map_free(t->by_file);
	free(t);
}

struct authority *authority_take(struct authorities *t, const char *file)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
	const char *name = file ? file : v->cainfo ? v->cainfo : "";
	struct authority *a = map_get(t->by_file, name);

	if (!a) {
		a = xcalloc(1, sizeof *a);
		a->all = t;
		a->file = xstrdup(name);
		map_set(t->by_file, name, a);
	}
	a->held++;
	return a;
}

void authority_drop(struct authority *a)
{
	if (!a || --a->held)
		return;
	map_del(a->all->by_file, a->file);
	X509_STORE_free(a->store);
	free(a->file);
	free(a);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

X509_STORE *authority_store(struct authority *a)
{
	struct stat now;

	if (stat(a->file, &now) != 0)
		return NULL;
	if (a->store && same_file(&now, &a->read))
		return a->store;
	X509_STORE_free(a->store);
	a->store = X509_STORE_new();
	a->read = now;
	/* As curl itself sets them: an authority in the file ends a chain, also one that another
	 * has signed. */
	X509_STORE_set_flags(a->store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	if (X509_STORE_load_file(a->store, a->file) != 1) {
		X509_STORE_free(a->store);
		a->store = NULL;
	}
	return a->store;
}
