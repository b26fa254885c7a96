/* What services answer. Whatever a reply holds, the talk ends or asks for something at the address
 * that we were given, the reference is one that can stand in an address, and the reason is one
 * clean line. The input: the kind (with 0x40: planned work), the code's hundreds and units, then
 * the bodies of the replies, with 0x1e between. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/chan.h"

#define STEPS 40

static char place[] = "https://there.example/x";
static const char *const kinds[] = { "slack", "statuspage", "cachet", "cachet", "pagerduty",
	"teams", "webhook", "slack" };

static char text[] = "We look into it.";
static struct chan_component parts[] = { { (char[]){ "data" }, (char[]){ "k1" },
					     (char[]){ "degraded" } },
	{ (char[]){ "sms" }, (char[]){ "k2" }, (char[]){ "operational" } } };

static const char *const messages[] = {
	"{\"incident\":\"INC-7\",\"severity\":2,\"status\":\"identified\",\"text\":\"We look into "
	"it.\"}",
	"{\"incident\":\"INC-7\",\"maintenance\":true,\"status\":\"in_progress\",\"starts_at\":"
	"\"2026-02-03T01:00:00.000Z\",\"ends_at\":\"2026-02-03T03:00:00.000Z\",\"started_at\":"
	"\"2026-02-03T01:00:00.000Z\"}",
};

static struct delivery_request request(unsigned kind, bool planned)
{
	return (struct delivery_request){ .id = (char *)(uintptr_t) "INC-7.5/there",
		.destination = (char *)(uintptr_t) "there",
		.kind = (char *)(uintptr_t)kinds[kind],
		.url = place,
		.token = kind == 7 ? NULL : text,
		.channel = (char *)(uintptr_t) "C1",
		.page = (char *)(uintptr_t) "p1",
		.version = kind == 2 ? 2 : 3,
		.components = parts,
		.component_count = 2,
		.type = (char *)(uintptr_t) "incident.updated",
		.data = (char *)(uintptr_t)messages[planned],
		.text = text,
		.subject = (char *)(uintptr_t) "[NOC] INC-7: No data",
		.sender = (char *)(uintptr_t) "NOC" };
}

static void asks_at_our_place(struct chan_talk *t, const struct chan_kind *kind)
{
	struct chan_send s;
	struct err e;

	if (!kind->build(t, &s, &e))
		abort();
	if (strncmp(s.url, place, sizeof place - 1) != 0 || strstr(s.url, "..") ||
	    strpbrk(s.url + sizeof place - 1, " \r\n@#\\"))
		abort();
	chan_send_fini(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int codes[] = { 200, 201, 202, 400, 401, 404, 410, 429, 500, 503 };
	const uint8_t *p = data + 2, *end = data + size;
	struct delivery_request r;
	const struct chan_kind *kind;
	struct chan_talk t;
	struct chan_verdict v = { .state = CHAN_NEXT };

	if (size < 2)
		return 0;
	r = request(data[0] % 8u, data[0] >> 6 & 1);
	kind = chan_kind_find(r.kind);
	r.heartbeat = data[0] >> 7 && kind && r.token;
	chan_talk_init(&t, &r, (struct utc){ 1741608000000 });
	for (int step = 0; v.state == CHAN_NEXT && step < STEPS; step++) {
		const uint8_t *stop = p < end ? memchr(p, 0x1e, (size_t)(end - p)) : NULL;
		struct chan_reply reply = {
			.code = codes[(data[1] + (unsigned)step * (data[1] >> 4)) % countof(codes)],
			.retry_after_ms = -1,
			.detail = ""
		};

		asks_at_our_place(&t, kind);
		if (p < end) {
			reply.body = (const char *)p;
			reply.body_len = (size_t)((stop ? stop : end) - p);
			p = stop ? stop + 1 : end;
		}
		kind->judge(&t, &reply, &v);
		if (strlen(t.reference) >= sizeof t.reference ||
		    strpbrk(t.reference, "/?#%@: \r\n"))
			abort();
		if (!utf8_valid(v.detail, strlen(v.detail)) || strpbrk(v.detail, "\r\n\t"))
			abort();
	}
	chan_talk_fini(&t);
	return 0;
}
