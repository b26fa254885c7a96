#include "os/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

#define ZONE_DIR "/usr/share/zoneinfo"
#define ZONE_FILE_MAX ((size_t)1 << 20) /* the largest real one has 4 KiB */

/* Zones are values that calendars of any age point to, so none is ever freed. */
static struct map *loaded;

/* Names are made of parts like "Port-au-Prince" or "GMT+5", so none leads out of the folder. */
static bool name_ok(const char *name)
{
	size_t len = strlen(name), part = 0;

	if (!len || len > 64)
		return false;
	for (const char *s = name; *s; s++) {
		bool word = (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') ||
			    (*s >= '0' && *s <= '9') || strchr("_+-", *s);

		if (word)
			part++;
		else if (*s == '/' && part)
			part = 0;
		else
			return false;
	}
	return part > 0;
}

static bool read_all(int fd, struct buf *out, const char *path, struct err *e)
{
	char chunk[8192];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ERR_IO, errno, "%s", path);
		if (!buf_add(out, chunk, (size_t)n))
			return err_set(e, ERR_LIMIT, "%s: larger than any time zone file", path);
	}
}

static bool read_file(const char *path, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	bool ok;

	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		ok = read_all(fd, out, path, e);
	else
		ok = err_set(e, ERR_IO, "%s: not a file", path);
	close(fd);
	return ok;
}

static struct zone *zone_read(const char *name, struct err *e)
{
	const char *dir = getenv("TZDIR");
	struct zone *z = NULL;
	struct buf bytes;
	char *path;

	path = xasprintf("%s/%s", dir && *dir ? dir : ZONE_DIR, name);
	buf_init(&bytes, ZONE_FILE_MAX);
	if (!read_file(path, &bytes, e)) {
		err_in(e, "time zone \"%s\"", name);
	} else {
		z = zone_from_tzif(name, buf_str(&bytes), bytes.len);
		if (!z)
			err_set(
			    e, ERR_DATA, "time zone \"%s\": %s is no time zone file", name, path);
	}
	buf_fini(&bytes);
	free(path);
	return z;
}

const struct zone *zone_load(const char *name, struct err *e)
{
	struct zone *z;

	if (strcmp(name, "UTC") == 0)
		return zone_utc();
	if (!name_ok(name)) {
		err_set(e, ERR_CONFIG,
		    "time zone \"%.64s\": not a zone name (they look like Europe/Paris)", name);
		return NULL;
	}
	if (!loaded)
		loaded = map_new(NULL);
	z = map_get(loaded, name);
	if (z)
		return z;
	z = zone_read(name, e);
	if (z)
		map_set(loaded, name, z);
	return z;
}
