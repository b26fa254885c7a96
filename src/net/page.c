#include "net/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "page_priv.h"

#define BODY_MAX ((size_t)16 << 20)

const char *const page_folders[] = { "region", "portfolio", "component", "incident", "maintenance",
	"api/v2", "api/v2/incidents", "api/v2/scheduled-maintenances", NULL };

const char *const page_component_words[STATUSES] = {
	[STATUS_OPERATIONAL] = "operational",
	[STATUS_UNKNOWN] = "",
	[STATUS_MAINTENANCE] = "under_maintenance",
	[STATUS_DEGRADED] = "degraded_performance",
	[STATUS_PARTIAL] = "partial_outage",
	[STATUS_MAJOR] = "major_outage",
};

/* What is linked comes first. */
static void (*const kinds[])(struct page_out *o) = { page_incidents, page_maintenances,
	page_regions, page_portfolios, page_policy, page_history, page_feeds, page_json, page_site,
	page_overview };

void page_render(struct page_files *out, const struct page *p, const char *prefix)
{
	struct page_out o = { .p = p, .files = out, .prefix = prefix };

	for (size_t i = 0; i < countof(kinds); i++)
		kinds[i](&o);
}

void page_files_fini(struct page_files *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].path);
		buf_fini(&f->items[i].body);
	}
	free(f->items);
	*f = (struct page_files){ 0 };
}

void page_open(struct page_out *o, int depth)
{
	o->up = depth == 0 ? "" : "../";
	buf_init(&o->b, BODY_MAX);
}

/* ---- stamps ---- */

static void words(struct utc t, char out[UTC_TEXT])
{
	struct buf b;

	buf_init(&b, 0);
	template_time_utc(&b, t);
	snprintf(out, UTC_TEXT, "%s", buf_str(&b));
	buf_fini(&b);
}

/* The text that stands for a stamp, or NULL: these bytes are none. */
static const char *stamp(const char *s, const char texts[4][UTC_TEXT])
{
	if (s[0] != '\xEE' || s[1] != '\x80' || s[2] < '\x81' || s[2] > '\x84')
		return NULL;
	return texts[s[2] - '\x81'];
}

/* Copies `from` with the times in place of the stamps. */
static void stamped(struct page_file *f, const struct page *p, const char *from)
{
	struct utc valid = utc_add(p->made, p->valid_ms);
	char texts[4][UTC_TEXT];

	utc_format(p->made, texts[0]);
	words(p->made, texts[1]);
	utc_format(valid, texts[2]);
	words(valid, texts[3]);
	while (*from) {
		size_t plain = strcspn(from, "\xEE");
		const char *text;

		buf_add(&f->body, from, plain);
		from += plain;
		if (!*from)
			break;
		text = stamp(from, (const char(*)[UTC_TEXT])texts);
		if (text && f->stamp_count < PAGE_STAMPS) {
			f->stamps[f->stamp_count++] =
			    (struct page_stamp){ f->body.len, strlen(text) };
			buf_adds(&f->body, text);
			from += 3;
		} else {
			buf_addc(&f->body, *from++);
		}
	}
}

void page_close(struct page_out *o, bool final, const char *fmt, ...)
{
	struct page_files *files = o->files;
	struct page_file *f;
	char path[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(path, sizeof path, fmt, args);
	va_end(args);
	files->items = xgrow(files->items, files->count, &files->cap);
	f = &files->items[files->count++];
	*f = (struct page_file){ .path = xasprintf("%s%s", o->prefix, path), .final = final };
	buf_init(&f->body, BODY_MAX);
	stamped(f, o->p, buf_str(&o->b));
	buf_fini(&o->b);
}

bool page_same(const struct page_file *f, const char *old, size_t len, struct utc *made)
{
	char text[UTC_TEXT] = "";
	size_t at = 0;

	*made = UTC_NONE;
	if (len != f->body.len)
		return false;
	for (size_t i = 0; i < f->stamp_count; i++) {
		if (memcmp(old + at, f->body.data + at, f->stamps[i].at - at) != 0)
			return false;
		at = f->stamps[i].at + f->stamps[i].len;
	}
	if (memcmp(old + at, f->body.data + at, len - at) != 0)
		return false;
	if (!f->stamp_count)
		return true;
	snprintf(text, sizeof text, "%.*s", (int)f->stamps[0].len, old + f->stamps[0].at);
	return utc_parse(text, made);
}

/* ---- names ---- */

bool page_token(const char *secret, const char *audience, char out[PAGE_TOKEN], struct err *e)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char *text = xasprintf("nocboard page %s", audience);
	bool ok = *secret && HMAC(EVP_sha256(), secret, (int)strlen(secret),
				 (const unsigned char *)text, strlen(text), mac, &len);

	free(text);
	if (!ok)
		return err_set(e, ERR_CONFIG, "the page's secret is empty");
	for (int i = 0; i < (PAGE_TOKEN - 1) / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", mac[i]);
	explicit_bzero(mac, sizeof mac);
	return true;
}

void page_short_id(const char *a, const char *b, char out[13])
{
	uint64_t h = 1469598103934665603u;

	for (const char *s = a; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	h = (h ^ 0xff) * 1099511628211u;
	for (const char *s = b; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	for (int i = 0; i < 12; i++, h /= 36)
		out[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[h % 36];
	out[12] = 0;
}

const char *page_address(const struct page_out *o, const char *fmt, ...)
{
	char path[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(path, sizeof path, fmt, args);
	va_end(args);
	return arena_printf(o->p->arena, "%s%s", o->p->url, path);
}

bool page_about(const struct page_incident *inc, size_t region, size_t component)
{
	bool r = region == NO_INDEX, c = component == NO_INDEX;

	for (size_t i = 0; i < inc->region_count; i++)
		r |= inc->regions[i] == region;
	for (size_t i = 0; i < inc->component_count; i++)
		c |= inc->components[i] == component;
	return r && c;
}
