/* Flapping: a source that comes and goes is told of once when that begins and once when it is calm
 * again. In between its edges mean nothing. */
#include "detect_priv.h"

#define RESULTS 20
#define BEGINS_ABOVE 30 /* percent */
#define CALM_BELOW 25

int detect_unrest(const struct watched *t)
{
	int sum = 0;

	for (int i = 0; i < RESULTS; i++)
		if (((t->words >> i) ^ (t->words >> (i + 1))) & 1)
			sum += 120 - i * 40 / (RESULTS - 1);
	return sum / RESULTS;
}

enum flap detect_flap(struct watched *t, bool bad, struct utc at)
{
	const uint32_t kept = ((uint32_t)1 << (RESULTS + 1)) - 1;
	int percent;

	if (bad && !t->words)
		t->unrest_since = at;
	t->words = (t->words << 1 | bad) & kept;
	percent = detect_unrest(t);
	if (!t->flapping && percent > BEGINS_ABOVE) {
		t->flapping = true;
		return FLAP_BEGINS;
	}
	if (t->flapping && percent < CALM_BELOW) {
		t->flapping = false;
		return FLAP_ENDS;
	}
	return FLAP_NO_CHANGE;
}
