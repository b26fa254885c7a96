#include "../../../src/net/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "t.h"

static bool ok(const char *text, const char *network)
{
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };

	if (strchr(text, ':')) {
		assert_int_equal(inet_pton(AF_INET6, text, &a6.sin6_addr), 1);
		return addr_external_ok((struct sockaddr *)&a6, network);
	}
	assert_int_equal(inet_pton(AF_INET, text, &a4.sin_addr), 1);
	return addr_external_ok((struct sockaddr *)&a4, network);
}

static void addresses_of_our_own_are_refused(void **state)
{
	static const char *const refused[] = { "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255",
		"100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1",
		"198.19.9.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1",
		"::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1",
		"2002:7f00:1::", "2001:0:1::", "fc00::1", "fdff::1", "fe80::1", "febf::1",
		"fec0::1", "ff02::1" };
	static const char *const fine[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.0.1",
		"172.15.0.1", "172.32.0.0", "192.167.1.1", "198.17.0.1", "198.20.0.1",
		"223.255.255.255", "2606:4700::1111", "2001:4860::8888", "2a00::1" };

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (ok(refused[i], NULL))
			fail_msg("%s is taken", refused[i]);
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		if (!ok(fine[i], NULL))
			fail_msg("%s is refused", fine[i]);
	struct sockaddr other = { .sa_family = AF_UNIX };
	assert_false(addr_external_ok(&other, NULL));
}

static void a_network_may_be_allowed(void **state)
{
	(void)state;
	assert_true(ok("10.1.2.3", "10.1.0.0/16"));
	assert_false(ok("10.2.2.3", "10.1.0.0/16"));
	assert_true(ok("10.1.255.3", "10.1.128.0/17"));
	assert_false(ok("10.1.127.3", "10.1.128.0/17"));
	assert_true(ok("127.0.0.1", "127.0.0.1"));
	assert_false(ok("127.0.0.2", "127.0.0.1"));
	assert_true(ok("fd00:1::5", "fd00:1::/32"));
	assert_false(ok("fd00:2::5", "fd00:1::/32"));
	assert_false(ok("::1", "0.0.0.0/0")); /* of the other family */
	assert_true(ok("192.168.7.7", "0.0.0.0/0"));
}

static void networks_are_checked(void **state)
{
	static const char *const bad[] = { "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0/8", "10.0.0.0/8x", "fd00::/129", "localhost", "10.0.0.0/8 ",
		"1:2:3:4:5:6:7:8:9/8", "10.0.0.0000000000000000000000000000000000000000000000/8" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = { 0 };
		assert_false(addr_network_ok(bad[i], &e));
		assert_int_equal(e.kind, ERR_CONFIG);
	}
	assert_true(addr_network_ok("10.0.0.0/8", NULL));
	assert_true(addr_network_ok("fd00::/8", NULL));
	assert_true(addr_network_ok("10.0.0.1", NULL));
}

static void text_of_an_address(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001) };
	struct sockaddr other = { .sa_family = AF_UNIX };
	char out[64];

	(void)state;
	addr_text((struct sockaddr *)&a, out, sizeof out);
	assert_string_equal(out, "127.0.0.1");
	addr_text(&other, out, sizeof out);
	assert_string_equal(out, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_of_our_own_are_refused),
		cmocka_unit_test(a_network_may_be_allowed),
		cmocka_unit_test(networks_are_checked),
		cmocka_unit_test(text_of_an_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
