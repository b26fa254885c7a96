/* Any answer gives one of the statuses and one clean line that says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "net/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *allowed[] = { (char *)(uintptr_t) "pass", (char *)(uintptr_t) "1" };
	static struct expect_json json[] = { { (char *)(uintptr_t) "/status", allowed, 2 },
		{ (char *)(uintptr_t) "/checks/0/status", allowed, 2 } };
	static const char *const types[] = { "application/health+json", "application/json",
		"text/plain", "text/html", "" };
	struct probe_verdict v;

	if (size < 4)
		return 0;
	struct probe_expect x = { .degraded_ms = 100,
		.json = json,
		.json_count = data[0] % 3,
		.contains = data[0] & 8 ? (char *)(uintptr_t) "ok" : NULL };
	struct http_result r = { .fault = data[1] % 16
					      ? FAULT_NONE
					      : (enum probe_fault)(data[1] / 16 % PROBE_FAULTS),
		.detail = "",
		.code = 100 + data[1] * 2,
		.content_type = types[data[2] % 5],
		.latency_ms = data[3],
		.cert_days = PROBE_NO_CERT,
		.body_len = size - 4 };
	char *body = malloc(r.body_len + 1);
	memcpy(body, data + 4, r.body_len);
	r.body = body;
	probe_judge(&x, &r, &v);
	char *clean = utf8_cleaned(v.reason, UTF8_ONE_LINE, 0);
	if (!v.reason[0] || strcmp(clean, v.reason) != 0 || v.status >= STATUSES)
		abort();
	free(clean);
	free(body);
	return 0;
}
