/* Hashes number places: connections are kept in shards by the hash of their host. */
#include "t.h"

#include "../../../src/net/net_priv.h"

#define HOSTS 10000
#define PLACES 64

/* Addresses in a row fill all places alike: a full one would drop connections that are needed
 * again, while others stand half empty. Evenly it is 156 each. */
static void addresses_in_a_row_are_spread(void **state)
{
	int count[PLACES] = { 0 };

	(void)state;
	for (int i = 0; i < HOSTS; i++) {
		char host[32];

		snprintf(host, sizeof host, "127.8.%d.%d", i / 250, 1 + i % 250);
		count[net_hash_spread(net_hash_text(NET_HASH_START, host)) % PLACES]++;
	}
	for (int i = 0; i < PLACES; i++)
		assert_in_range(count[i], 100, 220);
}

static void texts_are_told_apart(void **state)
{
	(void)state;
	assert_true(net_hash_text(NET_HASH_START, NULL) != net_hash_text(NET_HASH_START, ""));
	assert_true(net_hash_text(net_hash_text(NET_HASH_START, "ab"), "c") !=
		    net_hash_text(net_hash_text(NET_HASH_START, "a"), "bc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_in_a_row_are_spread),
		cmocka_unit_test(texts_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
