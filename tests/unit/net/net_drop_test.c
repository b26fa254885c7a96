/* Documents that are dropped into a folder: read once, whatever happens in between. */
#include "net_rig.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../src/net/drop.h"
#include "../../../src/net/net_priv.h"
#include "os/file.h"

#define S(x) ((char *)(uintptr_t)(x))
#define HOUR INT64_C(3600000)
#define NOON ((struct utc){ 1741608000000 }) /* 2025-03-10T12:00:00Z */

struct box {
	struct rig *rig;
	char *dir;
	struct feed_source source;
};

static int box_new(void **state)
{
	struct box *b = xcalloc(1, sizeof *b);
	struct err e = { 0 };

	clock_use_manual(NOON);
	rig_start((void **)&b->rig);
	b->dir = file_scratch("drop", &e);
	assert_non_null(b->dir);
	b->source = (struct feed_source){ .id = S("carrier"),
		.format = S("maintnote"),
		.url = b->dir,
		.folder = b->dir,
		.interval_ms = HOUR };
	*state = b;
	return 0;
}

static int box_free(void **state)
{
	struct box *b = *state;
	struct err e;
	void *rig = b->rig;

	rig_stop(&rig);
	file_remove_tree(b->dir, &e);
	free(b->dir);
	free(b);
	return 0;
}

static char *path(const struct box *b, const char *name)
{
	static char out[3][400];
	static int n;

	n = (n + 1) % 3;
	snprintf(out[n], sizeof out[n], "%s/%s", b->dir, name);
	return out[n];
}

static void put_bytes(const struct box *b, const char *name, const char *text, size_t len)
{
	FILE *f = fopen(path(b, name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void put(const struct box *b, const char *name, const char *text)
{
	put_bytes(b, name, text, strlen(text));
}

static bool there(const struct box *b, const char *name)
{
	struct stat st;

	return lstat(path(b, name), &st) == 0;
}

static char *text_of(const struct box *b, const char *name)
{
	return slurp(path(b, name), NULL);
}

static void look(struct box *b)
{
	size_t before = b->rig->fed_count;

	net_feed_now(b->rig->net, "carrier");
	rig_until(b->rig, &b->rig->fed_count, before + 1);
}

static void watch_it(struct box *b)
{
	size_t before = b->rig->fed_count;

	net_set_feeds(b->rig->net, &b->source, 1);
	net_clock_moved(b->rig->net);
	rig_until(b->rig, &b->rig->fed_count, before + 1);
}

/* As after a restart: nothing is known but what lies in the folder. */
static void start_again(struct box *b)
{
	size_t before = b->rig->fed_count;

	net_set_feeds(b->rig->net, NULL, 0);
	feed_doc_free(b->rig->fed.doc);
	b->rig->fed.doc = NULL;
	net_set_feeds(b->rig->net, &b->source, 1);
	net_clock_moved(b->rig->net);
	rig_until(b->rig, &b->rig->fed_count, before + 1);
}

static char *notice(const char *id, int sequence, const char *title, const char *from)
{
	return xasprintf(
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u-%s\r\n"
	    "DTSTAMP:20250310T100000Z\r\nDTSTART:%s\r\nDTEND:20250312T040000Z\r\n"
	    "SUMMARY:%s\r\nSEQUENCE:%d\r\nX-MAINTNOTE-PROVIDER:carrier.example\r\n"
	    "X-MAINTNOTE-ACCOUNT:1\r\nX-MAINTNOTE-MAINTENANCE-ID:%s\r\n"
	    "X-MAINTNOTE-OBJECT-ID:circuit-1\r\nX-MAINTNOTE-IMPACT:OUTAGE\r\n"
	    "X-MAINTNOTE-STATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
	    id, from, title, sequence, id);
}

static void drop_notice(
    const struct box *b, const char *name, const char *id, int sequence, const char *title)
{
	char *text = notice(id, sequence, title, "20250312T020000Z");

	put(b, name, text);
	free(text);
}

static const struct feed_maintenance *only(const struct box *b)
{
	assert_non_null(b->rig->fed.doc);
	assert_int_equal(b->rig->fed.doc->maintenance_count, 1);
	return &b->rig->fed.doc->maintenances[0];
}

static void a_document_is_read_once_and_moved(void **state)
{
	struct box *b = *state;

	watch_it(b);
	assert_true(b->rig->fed.ok);
	assert_null(b->rig->fed.doc);
	drop_notice(b, "one.ics", "M1", 0, "Fibre work");
	look(b);
	assert_true(there(b, "one.ics")); /* seen once: it may still be written */
	look(b);
	assert_false(there(b, "one.ics"));
	assert_true(there(b, "done/one.ics"));
	assert_string_equal(only(b)->title, "Fibre work");
	look(b);
	assert_true(b->rig->fed.ok);
	/* A later notice replaces it, an older one that comes late does not, another stands beside
	 * it. */
	drop_notice(b, "two.ics", "M1", 2, "Fibre work, later");
	look(b);
	look(b);
	assert_string_equal(only(b)->title, "Fibre work, later");
	drop_notice(b, "one.ics", "M1", 1, "Fibre work, lost in the mail");
	look(b);
	look(b);
	assert_string_equal(only(b)->title, "Fibre work, later");
	assert_true(there(b, "done/one.ics.2"));
	drop_notice(b, "three.ics", "M2", 0, "Other work");
	look(b);
	look(b);
	assert_int_equal(b->rig->fed.doc->maintenance_count, 2);
}

static void what_grows_is_left_until_it_is_still(void **state)
{
	struct box *b = *state;
	char *text = notice("M1", 0, "Fibre work", "20250312T020000Z");

	watch_it(b);
	for (size_t part = 1; part <= 3; part++) {
		put_bytes(b, "slow.ics", text, strlen(text) * part / 3);
		look(b);
		assert_true(there(b, "slow.ics"));
	}
	look(b);
	assert_false(there(b, "slow.ics"));
	assert_string_equal(only(b)->title, "Fibre work");
	free(text);
}

static void what_cannot_be_read_says_why(void **state)
{
	struct box *b = *state;
	char *why;

	watch_it(b);
	put(b, "bad.ics", "<html>no calendar</html>");
	put(b, "empty.eml", "");
	put(b, "task.ics",
	    "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nEND:VCALENDAR\r\n");
	look(b);
	look(b);
	assert_true(b->rig->fed.ok); /* of the source: it is told among its problems */
	assert_true(there(b, "failed/bad.ics"));
	why = text_of(b, "failed/bad.ics.why");
	assert_non_null(why);
	assert_true(strlen(why) > 5 && why[strlen(why) - 1] == '\n');
	free(why);
	assert_true(there(b, "failed/empty.eml.why"));
	assert_true(there(b, "failed/task.ics") && !there(b, "done/task.ics"));
	why = text_of(b, "failed/task.ics.why");
	assert_non_null(why);
	assert_non_null(strstr(why, "a calendar without an event"));
	free(why);
	assert_int_equal(b->rig->fed.doc->problem_count, 3);
	drop_notice(b, "good.ics", "M1", 0, "Fibre work");
	look(b);
	look(b);
	assert_string_equal(only(b)->title, "Fibre work");
	assert_int_equal(b->rig->fed.doc->problem_count, 3);
}

/* Where the format is found in each document, a first one that has none is told all the same. */
static void any_format_is_found(void **state)
{
	struct box *b = *state;

	b->source.format = S("auto");
	watch_it(b);
	put(b, "what.xml", "<nothing/>");
	look(b);
	look(b);
	assert_true(there(b, "failed/what.xml.why"));
	assert_non_null(b->rig->fed.doc);
	assert_int_equal(b->rig->fed.doc->problem_count, 1);
	start_again(b);
	assert_int_equal(b->rig->fed.doc->problem_count, 1);
	drop_notice(b, "one.ics", "M1", 0, "Fibre work");
	look(b);
	look(b);
	assert_string_equal(only(b)->title, "Fibre work");
	assert_string_equal(b->rig->fed.doc->format, "maintnote");
	assert_int_equal(b->rig->fed.doc->problem_count, 1);
}

static void links_and_others_are_left_alone(void **state)
{
	struct box *b = *state;
	char *outside = xasprintf("%s.outside", b->dir),
	     *text = notice("M1", 0, "x", "20250312T020000Z");
	struct err e = { 0 };

	assert_true(file_write(outside, text, strlen(text), 0600, &e));
	assert_int_equal(symlink(outside, path(b, "link.ics")), 0);
	assert_int_equal(mkfifo(path(b, "pipe.ics"), 0600), 0);
	put(b, "notes.txt", "not for us");
	put(b, ".hidden.ics", text);
	put(b, "bad\033name.ics", text);
	watch_it(b);
	assert_int_equal(b->rig->fed.doc->maintenance_count, 0);
	assert_int_equal(b->rig->fed.doc->problem_count, 4);
	look(b);
	look(b);
	assert_true(there(b, "link.ics") && there(b, "pipe.ics") && there(b, "notes.txt"));
	assert_true(there(b, ".hidden.ics") && there(b, "bad\033name.ics"));
	/* Where its own folders should be stands a link: nothing is written through it. */
	assert_int_equal(symlink("/tmp", path(b, "done")), 0);
	drop_notice(b, "one.ics", "M1", 0, "Fibre work");
	look(b);
	look(b);
	assert_false(b->rig->fed.ok);
	assert_true(there(b, "one.ics"));
	assert_int_equal(unlink(path(b, "done")), 0);
	look(b);
	assert_true(b->rig->fed.ok);
	assert_true(there(b, "done/one.ics"));
	assert_int_equal(unlink(outside), 0);
	free(outside);
	free(text);
}

static void a_restart_knows_what_was_read(void **state)
{
	struct box *b = *state;

	watch_it(b);
	drop_notice(b, "one.ics", "M1", 3, "Fibre work");
	look(b);
	look(b);
	start_again(b);
	assert_string_equal(only(b)->title, "Fibre work");
	drop_notice(b, "old.ics", "M1", 1, "The first word");
	look(b);
	look(b);
	assert_string_equal(only(b)->title, "Fibre work");
	/* A state that is no state is as good as none. */
	put(b, "done/.state.json",
	    "{\"known\":{\"maintenances\":7},\"moving\":[1,{\"name\":\"../x\"}]}");
	start_again(b);
	assert_true(b->rig->fed.ok);
	assert_null(b->rig->fed.doc);
	put(b, "done/.state.json", "[[[");
	start_again(b);
	assert_true(b->rig->fed.ok);
}

/* We died after the record and before the move: the file is put away unread. */
static void a_crash_in_between_reads_nothing_twice(void **state)
{
	struct box *b = *state;
	char *text = notice("M1", 9, "Read a second time", "20250312T020000Z"), *record, *why;
	const char *known =
	    "{\"format\":\"maintnote\",\"source\":null,\"updated_at\":null,\"status\":"
	    "\"unknown\",\"components\":[],\"incidents\":[],\"maintenances\":[{\"id\":"
	    "\"M1\",\"uid\":\"u-M1\",\"sequence\":9,\"title\":\"Read before\",\"status\":"
	    "\"confirmed\",\"impact\":null,\"starts_at\":\"2025-03-12T02:00:00.000Z\","
	    "\"ends_at\":\"2025-03-12T04:00:00.000Z\",\"provider\":\"carrier.example\","
	    "\"account\":\"1\",\"url\":null,\"components\":[],\"objects\":[],\"updates\":"
	    "[]}],\"problems\":[]}";
	uint64_t good = net_hash(NET_HASH_START, text, strlen(text)),
		 bad = net_hash(NET_HASH_START, "?", 1);

	put(b, "one.ics", text);
	put(b, "bad.ics", "?");
	put(b, "changed.ics", text); /* another document of that name came since */
	assert_int_equal(mkdir(path(b, "done"), 0700), 0);
	record = xasprintf(
	    "{\"known\":%s,\"moving\":[{\"name\":\"one.ics\",\"hash\":\"%016llx\",\"to\":"
	    "\"done/one.ics\"},{\"name\":\"bad.ics\",\"hash\":\"%016llx\",\"to\":"
	    "\"failed/bad.ics\",\"why\":\"no calendar\"},{\"name\":\"changed.ics\",\"hash\":"
	    "\"0000000000000001\",\"to\":\"done/changed.ics\"},{\"name\":\"one.ics\",\"hash\":"
	    "\"%016llx\",\"to\":\"../../escaped\"}]}",
	    known, (unsigned long long)good, (unsigned long long)bad, (unsigned long long)good);
	put(b, "done/.state.json", record);
	watch_it(b); /* the first look after the start */
	assert_true(b->rig->fed.ok);
	assert_string_equal(only(b)->title, "Read before");
	assert_true(there(b, "done/one.ics") && !there(b, "one.ics"));
	assert_true(there(b, "failed/bad.ics") && !there(b, "bad.ics"));
	why = text_of(b, "failed/bad.ics.why");
	assert_string_equal(why, "no calendar\n");
	assert_true(there(b, "changed.ics"));
	look(b);
	assert_true(there(b, "done/changed.ics"));
	assert_string_equal(only(b)->title, "Read a second time");
	free(why);
	free(text);
	free(record);
}

static void a_folder_that_is_missing_is_a_failed_look(void **state)
{
	struct box *b = *state;
	char *gone = xasprintf("%s/nothing", b->dir);

	b->source.folder = gone;
	watch_it(b);
	assert_false(b->rig->fed.ok);
	assert_non_null(strstr(b->rig->fed.detail, "No such file"));
	assert_int_equal(b->rig->fed.fault, FAULT_LOCAL);
	assert_int_equal(mkdir(gone, 0700), 0);
	look(b);
	assert_true(b->rig->fed.ok);
	free(gone);
}

/* The rhythm of its looks is the clock's: two of them, an hour apart, read it. */
static void looks_follow_the_clock(void **state)
{
	struct box *b = *state;

	watch_it(b);
	drop_notice(b, "one.ics", "M1", 0, "Fibre work");
	for (size_t i = 1; i <= 2; i++) {
		size_t before = b->rig->fed_count;

		assert_true(there(b, "one.ics"));
		clock_advance(HOUR);
		net_clock_moved(b->rig->net);
		rig_until(b->rig, &b->rig->fed_count, before + 1);
	}
	assert_true(there(b, "done/one.ics"));
	assert_string_equal(only(b)->title, "Fibre work");
}

static cJSON *json(const char *text)
{
	cJSON *o = json_parse(text, strlen(text), NULL);

	assert_non_null(o);
	return o;
}

static void several_documents_are_one(void **state)
{
	cJSON *
	    known = json(
	       "{\"incidents\":[{\"id\":\"a\",\"title\":\"old\",\"status\":\"identified\","
	       "\"severity\":1,\"updates\":[{\"at\":\"2025-03-10T10:00:00.000Z\"}]},{\"id\":\"b\","
	       "\"title\":\"gone\",\"status\":\"resolved\",\"resolved_at\":"
	       "\"2025-01-01T00:00:00.000Z\"}],\"components\":[{\"name\":\"Data\",\"status\":"
	       "\"major_outage\"}],\"maintenances\":[{\"id\":\"m\",\"sequence\":1,\"title\":\"n1\"}"
	       ","
	       "{\"id\":\"m\",\"sequence\":1,\"title\":\"n2\"},{\"id\":\"past\",\"ends_at\":"
	       "\"2025-01-01T00:00:00.000Z\"}],\"problems\":[\"p\"]}"),
	   *fresh = json(
	       "{\"format\":\"mail\",\"status\":\"unknown\",\"incidents\":[{\"id\":\"a\","
	       "\"title\":\"new\",\"status\":\"resolved\",\"updates\":[{\"at\":"
	       "\"2025-03-10T11:00:00.000Z\"}]}],\"components\":[{\"name\":\"Data\",\"status\":"
	       "\"operational\"}],\"maintenances\":[{\"id\":\"m\",\"sequence\":2,\"title\":\"w1\"},"
	       "{\"id\":\"m\",\"sequence\":2,\"title\":\"w2\"}],\"problems\":[]}"),
	   *both = feed_merge(known, fresh, NOON), *back = feed_merge(fresh, known, NOON);

	(void)state;
	assert_int_equal(cJSON_GetArraySize(json_get(both, "incidents")), 1);
	assert_string_equal(json_str(json_get(both, "incidents")->child, "title"), "new");
	assert_string_equal(json_str(both, "status"), "operational");
	assert_int_equal(cJSON_GetArraySize(json_get(both, "maintenances")), 2); /* its windows */
	assert_string_equal(json_str(json_get(both, "maintenances")->child, "title"), "w1");
	assert_int_equal(cJSON_GetArraySize(json_get(both, "problems")), 1);
	/* In the other order the earlier words do not win. */
	assert_string_equal(json_str(json_get(back, "incidents")->child, "title"), "new");
	assert_int_equal(cJSON_GetArraySize(json_get(back, "maintenances")), 2);
	assert_string_equal(json_str(json_get(back, "maintenances")->child, "title"), "w1");
	cJSON_Delete(known);
	cJSON_Delete(fresh);
	cJSON_Delete(both);
	cJSON_Delete(back);
}

/* A notice whose windows come back is planned anew: no window of the old plan stays. A word about
 * one of them is about that one. */
static void windows_that_come_back_go_together(void **state)
{
	cJSON *known = json("{\"maintenances\":[{\"id\":\"W\",\"sequence\":1},"
			    "{\"id\":\"W/20260317T010000Z\",\"sequence\":1},"
			    "{\"id\":\"W/20260324T010000Z\",\"sequence\":1},"
			    "{\"id\":\"W/2\",\"sequence\":1}]}"),
	      *fresh = json("{\"maintenances\":[{\"id\":\"W\",\"sequence\":2},"
			    "{\"id\":\"W/20260318T010000Z\",\"sequence\":2}]}"),
	      *single = json("{\"maintenances\":[{\"id\":\"W/20260324T010000Z\",\"sequence\":2}]}"),
	      *both = feed_merge(known, fresh, NOON), *back = feed_merge(fresh, known, NOON),
	      *one = feed_merge(known, single, NOON);

	(void)state;
	cJSON *list = cJSON_GetObjectItemCaseSensitive(both, "maintenances");
	assert_int_equal(cJSON_GetArraySize(list), 3);
	assert_string_equal(json_str(list->child->next, "id"), "W/20260318T010000Z");
	assert_string_equal(json_str(list->child->next->next, "id"), "W/2");
	assert_int_equal(cJSON_GetArraySize(json_get(back, "maintenances")), 3);
	list = cJSON_GetObjectItemCaseSensitive(one, "maintenances");
	assert_int_equal(cJSON_GetArraySize(list), 4);
	assert_int_equal(json_int(list->child, "sequence", 0), 2);
	cJSON_Delete(known);
	cJSON_Delete(fresh);
	cJSON_Delete(single);
	cJSON_Delete(both);
	cJSON_Delete(back);
	cJSON_Delete(one);
}

int main(int argc, char **argv)
{
	int child = rig_main_child(argc, argv);
	if (child >= 0)
		return child;
#define T(f) cmocka_unit_test_setup_teardown(f, box_new, box_free)
	const struct CMUnitTest tests[] = {
		T(a_document_is_read_once_and_moved),
		T(what_grows_is_left_until_it_is_still),
		T(what_cannot_be_read_says_why),
		T(any_format_is_found),
		T(links_and_others_are_left_alone),
		T(a_restart_knows_what_was_read),
		T(a_crash_in_between_reads_nothing_twice),
		T(a_folder_that_is_missing_is_a_failed_look),
		T(looks_follow_the_clock),
		cmocka_unit_test(several_documents_are_one),
		cmocka_unit_test(windows_that_come_back_go_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
