#include "t.h"

#include "base/host.h"
#include "base/mem.h"

static void hosts_and_ports(void **state)
{
	static const struct {
		const char *text;
		int port; /* when none is written */
		const char *host;
		int out; /* 0: refused */
	} cases[] = {
		{ "smsc.example:2775", 0, "smsc.example", 2775 },
		{ "smsc.example", 443, "smsc.example", 443 },
		{ "smsc.example", 0, "", 0 },
		{ "192.0.2.1:1", 0, "192.0.2.1", 1 },
		{ "192.0.2.1:65535", 0, "192.0.2.1", 65535 },
		{ "192.0.2.1:65536", 0, "", 0 },
		{ "192.0.2.1:0", 443, "", 0 },
		{ "a:-1", 443, "", 0 },
		{ "a:1x", 443, "", 0 },
		{ "a:", 443, "", 0 },
		{ "[2001:db8::1]:53", 0, "2001:db8::1", 53 },
		{ "[2001:db8::1]", 53, "2001:db8::1", 53 },
		{ "2001:db8::1", 53, "2001:db8::1", 53 },
		{ "[2001:db8::1", 53, "", 0 },
		{ "[host]:53", 0, "", 0 },
		{ "[]:53", 0, "", 0 },
		{ ":53", 0, "", 0 },
		{ "", 53, "", 0 },
		{ "a b:53", 0, "", 0 },
		{ "a/b:53", 0, "", 0 },
		{ "-x:53", 0, "", 0 },
		{ "a\r\nb:53", 0, "", 0 },
		{ "http://a:53", 0, "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		char host[HOST_MAX] = "";
		struct err e = { 0 };
		int port = 0;
		bool ok = host_port(cases[i].text, cases[i].port, host, &port, &e);
		if (ok != (cases[i].out != 0))
			fail_msg("%s: %d %s", cases[i].text, ok, e.msg);
		if (!ok) {
			assert_true(e.msg[0]);
			continue;
		}
		assert_string_equal(host, cases[i].host);
		assert_int_equal(port, cases[i].out);
	}
}

static void the_longest_host(void **state)
{
	char text[HOST_MAX + 8], host[HOST_MAX];
	int port;

	(void)state;
	memset(text, 'a', sizeof text);
	memcpy(text + HOST_MAX - 1, ":1", 3);
	assert_true(host_port(text, 0, host, &port, NULL));
	assert_int_equal(strlen(host), HOST_MAX - 1);
	memset(text, 'a', sizeof text);
	memcpy(text + HOST_MAX, ":1", 3);
	assert_false(host_port(text, 0, host, &port, NULL));
}

static void record_types(void **state)
{
	char name[16];

	(void)state;
	assert_int_equal(dns_type("A"), 1);
	assert_int_equal(dns_type("aaaa"), 28);
	assert_int_equal(dns_type("NAPTR"), 35);
	assert_int_equal(dns_type("TYPE65535"), 65535);
	assert_int_equal(dns_type("TYPE65536"), -1);
	assert_int_equal(dns_type("TYPE0"), -1);
	assert_int_equal(dns_type("TYPE"), -1);
	assert_int_equal(dns_type("TYPE1x"), -1);
	assert_int_equal(dns_type("B"), -1);
	assert_int_equal(dns_type(""), -1);
	dns_type_name(15, name);
	assert_string_equal(name, "MX");
	dns_type_name(65535, name);
	assert_string_equal(name, "TYPE65535");
	assert_true(host_is_address("::1") && host_is_address("10.0.0.1"));
	assert_false(host_is_address("10.0.0") || host_is_address("a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_and_ports),
		cmocka_unit_test(the_longest_host),
		cmocka_unit_test(record_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
