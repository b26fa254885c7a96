/* Availability, said so that it can be checked by hand. */
#include "domain/availability.h"

#include <stdio.h>

char *availability_percent(int milli, char out[16])
{
	snprintf(out, 16, "%d.%03d", milli / 1000, milli % 1000);
	return out;
}

static void seconds(struct buf *out, const char *label, int64_t ms)
{
	buf_addf(out, "%s %s%lld.%03lld s", label, ms < 0 ? "-" : "",
	    (long long)((ms < 0 ? -ms : ms) / 1000), (long long)((ms < 0 ? -ms : ms) % 1000));
}

void availability_explain(struct buf *out, const struct availability *a, int target_milli)
{
	char from[UTC_TEXT], to[UTC_TEXT], percent[16];

	buf_addf(out, "%s to %s: ", utc_format(a->from, from), utc_format(a->to, to));
	seconds(out, "window", a->window_ms);
	seconds(out, ", maintenance", a->maintenance_ms);
	seconds(out, ", major outage", a->major_ms);
	seconds(out, ", partial outage", a->partial_ms);
	seconds(out, ", degraded", a->degraded_ms);
	seconds(out, ", unknown", a->unknown_ms);
	buf_addf(out, "\n%s %% = 1 - (major + 0.3 x partial) / (window - maintenance)",
	    availability_percent(availability_milli(a), percent));
	if (target_milli) {
		buf_addf(out, "; target %s %%", availability_percent(target_milli, percent));
		seconds(out, ", budget", availability_budget_ms(a, target_milli));
		seconds(out, ", left", availability_remaining_ms(a, target_milli));
	}
	buf_addc(out, '\n');
}

cJSON *availability_json(const struct availability *a, int target_milli)
{
	cJSON *o = cJSON_CreateObject();
	char percent[16];

	json_put_utc(o, "from", a->from);
	json_put_utc(o, "to", a->to);
	json_put_int(o, "window_ms", a->window_ms);
	json_put_int(o, "maintenance_ms", a->maintenance_ms);
	json_put_int(o, "major_outage_ms", a->major_ms);
	json_put_int(o, "partial_outage_ms", a->partial_ms);
	json_put_int(o, "degraded_ms", a->degraded_ms);
	json_put_int(o, "unknown_ms", a->unknown_ms);
	json_put_str(o, "availability", availability_percent(availability_milli(a), percent));
	if (target_milli) {
		json_put_str(o, "target", availability_percent(target_milli, percent));
		json_put_int(o, "budget_ms", availability_budget_ms(a, target_milli));
		json_put_int(o, "remaining_ms", availability_remaining_ms(a, target_milli));
	}
	return o;
}
