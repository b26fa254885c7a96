/* Pages in a folder: what is rewritten when, and what goes. */
#include "t.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "engine/publish.h"
#include "os/file.h"
#include "page_scene.h"

#define MIN INT64_C(60000)

struct place {
	char *scratch, *www, *secret;
	struct config *c;
	struct incident *inc;
	struct publish_report report;
	struct err e;
};

static void write_secret(struct place *p, const char *text)
{
	assert_true(file_write(p->secret, text, strlen(text), 0600, &p->e));
}

static int setup(void **state)
{
	struct place *p = xcalloc(1, sizeof *p);
	char *config;

	p->scratch = file_scratch("nocboard-publish", &p->e);
	assert_non_null(p->scratch);
	p->www = xasprintf("%s/www", p->scratch);
	p->secret = xasprintf("%s/secret", p->scratch);
	write_secret(p, "one\n");
	config = xasprintf("regions: [ { id: FR, name: France } ]\n"
			   "components: [ { id: data, name: Mobile data } ]\n"
			   "channels: [ { id: page, kind: page, directory: %s, url: "
			   "\"https://s.example\", secret: { file: %s } } ]\n"
			   "audiences: [ { id: public, channels: [page] }, { id: partners, "
			   "channels: [page] } ]\n",
	    p->www, p->secret);
	p->c = page_config(config);
	free(config);
	p->inc = page_open_incident(1, 0, 1, "[\"FR\"]", "[\"data\"]");
	page_post(p->inc, 1, "initial", "investigating", "First words.");
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	incident_free(p->inc);
	config_free(p->c);
	file_remove_tree(p->scratch, &p->e);
	free(p->www);
	free(p->secret);
	free(p->scratch);
	free(p);
	return 0;
}

/* Writes it as of this minute; the page is good for 30. */
static void publish(struct place *p, int minute)
{
	const struct incident *all[] = { p->inc };
	struct utc now = { PAGE_NOON + minute * MIN };
	struct page_files files = { 0 };

	if (!publish_make(&files, p->c, config_channel(p->c, "page"),
		&(struct page_matter){ .incidents = all, .incident_count = 1 }, now, &p->e) ||
	    !publish_write(p->www, &files, now, p->c->page_valid_ms, &p->report, &p->e))
		fail_msg("%s", p->e.msg);
	assert_int_equal(p->report.written + p->report.kept, files.count);
	page_files_fini(&files);
}

static char *partner_folder(struct place *p)
{
	char *url = publish_address(p->c, config_channel(p->c, "page"), 1, &p->e), *path;

	assert_non_null(url);
	assert_int_equal(strncmp(url, "https://s.example/p/", 20), 0);
	path = xasprintf("%s/%s", p->www, url + 18);
	path[strlen(path) - 1] = '\0';
	free(url);
	return path;
}

static bool there(const char *folder, const char *name, mode_t mode)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct stat st;
	bool is = lstat(path, &st) == 0 && (st.st_mode & 07777) == mode;

	free(path);
	return is;
}

static bool holds(struct place *p, const char *name, const char *words)
{
	char *path = xasprintf("%s/%s", p->www, name);
	struct buf b;
	bool is;

	buf_init(&b, 0);
	is = file_read(path, 1 << 20, 0, &b, &p->e) && strstr(buf_str(&b), words);
	buf_fini(&b);
	free(path);
	return is;
}

static void a_file_is_rewritten_for_a_reason(void **state)
{
	struct place *p = *state;

	publish(p, 2);
	assert_int_equal(p->report.kept, 0);
	publish(p, 3);
	assert_int_equal(p->report.written, 0);
	assert_int_equal(p->report.oldest.ms, PAGE_NOON + 2 * MIN);
	assert_true(holds(p, "index.html", "Made at 2025-03-10 12:02 UTC"));
	/* Something new: what shows it is written, the rest stays. */
	page_post(p->inc, 4, "progress", "identified", "Second words.");
	publish(p, 4);
	assert_in_range(p->report.written, 10, 40);
	assert_true(p->report.kept > 4);
	assert_true(holds(p, "index.html", "Second words."));
	assert_true(holds(p, "index.html", "Made at 2025-03-10 12:04 UTC"));
	assert_true(holds(p, "policy.html", "Made at 2025-03-10 12:02 UTC"));
	/* Half of its time is over. */
	publish(p, 17);
	assert_true(holds(p, "policy.html", "Made at 2025-03-10 12:17 UTC"));
	assert_true(holds(p, "index.html", "Made at 2025-03-10 12:04 UTC"));
	assert_int_equal(p->report.oldest.ms, PAGE_NOON + 4 * MIN);
	/* A clock that went back: no file comes from the future. */
	publish(p, 5);
	assert_true(holds(p, "policy.html", "Made at 2025-03-10 12:05 UTC"));
	/* A file that somebody changed is ours again. */
	{
		char *path = xasprintf("%s/index.html", p->www);

		assert_true(file_write(path, "theirs", 6, 0644, &p->e));
		free(path);
	}
	publish(p, 6);
	assert_int_equal(p->report.written, 1);
	assert_true(holds(p, "index.html", "Second words."));
}

static void an_incident_that_is_over_is_written_once(void **state)
{
	struct place *p = *state;

	page_tell(p->inc, 5, "resolved", "{}");
	page_post(p->inc, 6, "resolved", "resolved", "It is over.");
	page_tell(p->inc, 7, "closed", "{}");
	publish(p, 8);
	publish(p, 600);
	assert_true(holds(p, "index.html", "Made at 2025-03-10 22:00 UTC"));
	assert_true(holds(p, "incident/INC-1.html", "Made at 2025-03-10 12:08 UTC. This incident"));
	/* After the days that the page shows it goes. */
	publish(p, 100 * 24 * 60);
	assert_false(there(p->www, "incident/INC-1.html", 0644));
	assert_true(there(p->www, "index.html", 0644));
}

static void another_secret_moves_the_partners(void **state)
{
	struct place *p = *state;
	char *before, *after;

	publish(p, 2);
	before = partner_folder(p);
	assert_true(there(before, "index.html", 0644));
	assert_true(there(p->www, "p", 0711));
	assert_false(there(before, "sitemap.xml", 0644));
	assert_true(holds(p, "robots.txt", "Disallow: /p/\n"));
	write_secret(p, "two\n");
	publish(p, 3);
	after = partner_folder(p);
	assert_string_not_equal(before, after);
	assert_true(there(after, "index.html", 0644));
	assert_false(there(before, "", 0755));
	free(before);
	free(after);
}

/* Customers read on, and what partners had is not taken away. */
static void a_lost_secret_is_told_and_stops_nothing_else(void **state)
{
	struct place *p = *state;
	const struct incident *all[] = { p->inc };
	struct utc now = { PAGE_NOON + 4 * MIN };
	struct page_files files = { 0 };
	char *partners;

	publish(p, 2);
	partners = partner_folder(p);
	remove(p->secret);
	page_post(p->inc, 3, "progress", "identified", "Second words.");
	assert_false(publish_make(&files, p->c, config_channel(p->c, "page"),
	    &(struct page_matter){ .incidents = all, .incident_count = 1 }, now, &p->e));
	assert_non_null(strstr(p->e.msg, "channel page: "));
	assert_true(publish_write(p->www, &files, now, 60000, &p->report, &p->e));
	assert_true(holds(p, "index.html", "Second words."));
	assert_true(there(partners, "index.html", 0644));
	page_files_fini(&files);
	free(partners);
}

static void put_file(struct place *p, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", p->www, name), *folder = file_dir(path);

	assert_true(file_mkdirs(folder, 0755, &p->e));
	assert_true(file_write(path, text, strlen(text), 0644, &p->e));
	free(folder);
	free(path);
}

/* A folder with somebody else's files is not touched at all. */
static void a_foreign_folder_is_refused(void **state)
{
	static const char *const foreign[] = { "index.html", "region/notes.html", ".htaccess" };
	struct place *p = *state;
	const struct incident *all[] = { p->inc };
	struct page_files files = { 0 };

	assert_true(publish_make(&files, p->c, config_channel(p->c, "page"),
	    &(struct page_matter){ .incidents = all, .incident_count = 1 },
	    (struct utc){ PAGE_NOON }, &p->e));
	for (size_t i = 0; i < countof(foreign); i++) {
		put_file(p, foreign[i], "theirs");
		assert_false(publish_fits(p->www, &p->e));
		assert_false(publish_write(p->www, &files, (struct utc){ PAGE_NOON },
		    p->c->page_valid_ms, &p->report, &p->e));
		assert_int_equal(p->e.kind, ERR_CONFIG);
		assert_non_null(strstr(p->e.msg, p->www));
		assert_non_null(strstr(p->e.msg, "is not empty and holds no page of ours; empty"));
		assert_true(holds(p, foreign[i], "theirs"));
		assert_false(there(p->www, "style.css", 0644));
		assert_true(file_remove_tree(p->www, &p->e));
	}
	/* What a first write that was cut off leaves is nobody else's. */
	put_file(p, ".nocboard.77.1", "half of a");
	assert_true(publish_fits(p->www, &p->e));
	assert_true(publish_write(
	    p->www, &files, (struct utc){ PAGE_NOON }, p->c->page_valid_ms, &p->report, &p->e));
	assert_true(publish_fits(p->www, &p->e));
	assert_false(there(p->www, ".nocboard.77.1", 0644));
	page_files_fini(&files);
}

static void only_what_we_wrote_is_removed(void **state)
{
	static const char *const theirs[] = { "favicon.ico", "region/notes.html",
		"incident/INC-77.html", "api/v2/extra.json", "p/readme.txt" };
	struct place *p = *state;
	char *partners;

	publish(p, 2);
	assert_true(holds(p, ".nocboard-files", "\nincident/INC-1.html\n"));
	assert_false(holds(p, ".nocboard-files", "p/"));
	partners = partner_folder(p);
	assert_true(there(partners, ".nocboard-files", 0644));
	for (size_t i = 0; i < countof(theirs); i++)
		put_file(p, theirs[i], "theirs");
	page_tell(p->inc, 5, "resolved", "{}");
	page_post(p->inc, 6, "resolved", "resolved", "It is over.");
	page_tell(p->inc, 7, "closed", "{}");
	publish(p, 100 * 24 * 60);
	assert_false(there(p->www, "incident/INC-1.html", 0644));
	assert_false(there(partners, "incident/INC-1.html", 0644));
	assert_false(holds(p, ".nocboard-files", "INC-1.html"));
	for (size_t i = 0; i < countof(theirs); i++)
		assert_true(holds(p, theirs[i], "theirs"));
	free(partners);
}

/* One that was published before there were lists is still ours; what is in it stays. */
static void a_page_without_a_list_gets_one(void **state)
{
	struct place *p = *state;
	char *list = xasprintf("%s/.nocboard-files", p->www);

	publish(p, 2);
	assert_int_equal(remove(list), 0);
	put_file(p, "region/notes.html", "theirs");
	publish(p, 3);
	assert_int_equal(p->report.written, 0);
	assert_true(holds(p, ".nocboard-files", "\nindex.html\n"));
	assert_true(holds(p, "region/notes.html", "theirs"));
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_rewritten_for_a_reason, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    an_incident_that_is_over_is_written_once, setup, teardown),
		cmocka_unit_test_setup_teardown(another_secret_moves_the_partners, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_lost_secret_is_told_and_stops_nothing_else, setup, teardown),
		cmocka_unit_test_setup_teardown(a_foreign_folder_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(only_what_we_wrote_is_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_page_without_a_list_gets_one, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
