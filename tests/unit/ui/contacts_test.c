#include "ui/contacts.h"

#include "base/mem.h"
#include "t.h"

static void told(struct snapshot *s, const char *line)
{
	struct err e = { 0 };
	cJSON *o = json_parse(line, strlen(line), &e);

	assert_non_null(o);
	if (!snapshot_apply(s, o, &e))
		fail_msg("%s", e.msg);
	cJSON_Delete(o);
}

static void everybody_is_listed_by_region(void **state)
{
	struct snapshot *s = snapshot_new();
	struct buf out;
	const char *acme, *globe;

	(void)state;
	told(s, "{\"o\":\"noc\",\"id\":\"noc\",\"people\":[{\"id\":\"ana\",\"name\":\"Ana "
		"Costa\",\"phone\":\"+44 1\","
		"\"can\":9,\"on_call\":true},{\"id\":\"wall\",\"name\":\"The "
		"wall\"}],\"tiers\":[{\"tier\":2,"
		"\"name\":\"NOC\",\"contact\":[{\"name\":\"Ana Costa\",\"phone\":\"+44 "
		"1\"}]},{\"tier\":3,"
		"\"name\":\"Core\"}]}");
	told(s, "{\"o\":\"region\",\"id\":\"FR\",\"name\":\"France\"}");
	told(s, "{\"o\":\"region\",\"id\":\"IT\",\"name\":\"Italy\",\"order\":1}");
	told(s, "{\"o\":\"carrier\",\"id\":\"orange\",\"name\":\"Orange\",\"regions\":[\"FR\"],"
		"\"contacts\":[{"
		"\"name\":\"Desk\",\"phone\":\"+33 1\",\"hours\":\"24x7\",\"after\":\"30m\"}]}");
	told(s,
	    "{\"o\":\"carrier\",\"id\":\"tim\",\"name\":\"TIM\",\"regions\":[\"IT\"],\"order\":1}");
	told(s,
	    "{\"o\":\"subscriber\",\"id\":\"globe\",\"name\":\"Globe\",\"audience\":\"partners\"}");
	told(s, "{\"o\":\"subscriber\",\"id\":\"acme\",\"name\":\"Acme\",\"email\":\"a@x\","
		"\"audience\":\"partners\","
		"\"order\":1,\"high_value\":true,\"regions\":[\"IT\"],\"contacts\":[{\"name\":"
		"\"Duty\",\"phone\":"
		"\"+39 1\"}]}");
	buf_init(&out, 0);
	contacts_text(s, NULL, &out);
	assert_non_null(strstr(buf_str(&out), "Tier 2, NOC: Ana Costa  +44 1\n"));
	assert_non_null(strstr(buf_str(&out), "Tier 3, Core: nobody is on call\n"));
	assert_non_null(strstr(buf_str(&out), "  Ana Costa  +44 1  on call  may publish\n"));
	assert_null(strstr(buf_str(&out), "The wall")); /* nobody to call */
	assert_non_null(
	    strstr(buf_str(&out), "Orange · France\n  Desk  +33 1  (24x7, after 30m)\n"));
	assert_non_null(strstr(buf_str(&out), "TIM · Italy\n  nobody is configured\n"));
	acme = strstr(
	    buf_str(&out), "Acme (key account) · Italy · reads partners at a@x\n  Duty  +39 1\n");
	globe = strstr(buf_str(&out), "Globe · reads partners\n");
	assert_true(acme && globe && acme < globe); /* key accounts first */
	buf_clear(&out);
	contacts_text(s, "FR", &out);
	assert_non_null(strstr(buf_str(&out), "Orange"));
	assert_non_null(strstr(buf_str(&out), "Globe")); /* everywhere */
	assert_null(strstr(buf_str(&out), "TIM"));
	assert_null(strstr(buf_str(&out), "Acme"));
	buf_fini(&out);
	snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_is_listed_by_region),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
