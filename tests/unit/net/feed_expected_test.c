/* The notices beside the repository, where there are some: each says what there is to read in it,
 * written down by people ("*.expected.json"), and every field of it is what is read. */
#include "feed_rig.h"

static const char *status_word(const char *theirs)
{
	static const char *const words[][2] = { { "TENTATIVE", "tentative" },
		{ "CONFIRMED", "confirmed" }, { "CANCELLED", "cancelled" },
		{ "IN-PROCESS", "in_progress" }, { "COMPLETED", "completed" },
		{ "RE-SCHEDULED", "scheduled" } };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], theirs) == 0)
			return words[i][1];
	return theirs;
}

static void same(const char *path, const char *field, const char *got, const char *want)
{
	if (want && (!got || strcmp(got, want) != 0))
		fail_msg("%s: %s is '%s', not '%s'", path, field, got ? got : "(null)", want);
}

static void same_time(const char *path, const cJSON *want, const char *field, struct utc got)
{
	char text[UTC_TEXT];
	struct utc t = json_utc(want, field);

	if (json_get(want, field) && t.ms != got.ms)
		fail_msg("%s: %s is '%s', not '%s'", path, field, utc_format(got, text),
		    json_str_or(want, field, "null"));
}

static void compare(const char *path, const cJSON *want, const struct feed_maintenance *m)
{
	const cJSON *objects = json_get(want, "objects"), *o;
	const char *status = json_str(want, "status");
	size_t i = 0;

	same(path, "provider", m->provider, json_str(want, "provider"));
	same(path, "account", m->account, json_str(want, "account"));
	same(path, "id", m->id, json_str(want, "maintenance_id"));
	same(path, "uid", m->uid, json_str(want, "uid"));
	same(path, "title", m->title, json_str(want, "summary"));
	same(path, "impact", m->impact, json_str(want, "impact"));
	same(path, "status", m->status, status ? status_word(status) : NULL);
	same_time(path, want, "start", m->starts_at);
	same_time(path, want, "end", m->ends_at);
	same_time(path, want, "stamp", m->updates[0].at);
	if (json_get(want, "sequence"))
		assert_int_equal(m->sequence, json_int(want, "sequence", -1));
	if ((size_t)cJSON_GetArraySize(objects) != m->object_count)
		fail_msg("%s: %zu objects", path, m->object_count);
	cJSON_ArrayForEach(o, objects)
	{
		same(path, "object", m->objects[i].id, json_str(o, "id"));
		same(path, "object's impact", m->objects[i].impact, json_str(o, "impact"));
		i++;
	}
}

static void one(const char *folder, const char *name, const char *suffix)
{
	char path[1200];
	size_t len = 0;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	char *text = slurp(path, &len);
	cJSON *want = json_parse(text, len, NULL);
	assert_non_null(want);
	free(text);
	snprintf(strstr(path, ".expected.json"), 20, "%s", suffix);
	struct feed_doc *d = rig_file("auto", path);
	rig_round(d);
	assert_int_equal(d->maintenance_count, cJSON_GetArraySize(want));
	for (size_t i = 0; i < d->maintenance_count; i++)
		compare(path, cJSON_GetArrayItem(want, (int)i), &d->maintenances[i]);
	feed_doc_free(d);
	cJSON_Delete(want);
}

static int all(const char *folder_name, const char *suffix)
{
	char folder[700];
	const struct dirent *f;
	int count = 0;

	snprintf(folder, sizeof folder, "%s/%s", top_path("../shared/samples/feeds"), folder_name);
	DIR *dir = opendir(folder);
	while (dir && (f = readdir(dir)))
		if (strstr(f->d_name, ".expected.json")) {
			one(folder, f->d_name, suffix);
			count++;
		}
	if (dir)
		closedir(dir);
	return count;
}

static void what_people_wrote_down_is_read(void **state)
{
	int count = all("maintnote", ".ics") + all("maintenance-mail", ".eml");

	(void)state;
	fprintf(stderr, "# %d notices compared\n", count);
	assert_true(count == 0 || count > 10);
}

/* Documents of formats without a reader are refused, with what they look like; none crashes. */
static void every_sample_is_read_or_refused(void **state)
{
	static const struct {
		const char *folder, *format; /* NULL: no reader of its own; "": several */
	} folders[] = { { "statuspage", "statuspage" }, { "incidentio", "statuspage" },
		{ "aws", "aws" }, { "azure", "azure" }, { "gcp", "gcp" }, { "slack", "slack" },
		{ "statusio", "statusio" }, { "custom-json", NULL },
		{ "alertmanager", "alertmanager" }, { "prometheus", NULL },
		{ "inbound-webhook", NULL }, { "icinga2", NULL }, { "zabbix", NULL },
		{ "ves", NULL }, { "tmf", NULL }, { "maintnote", "maintnote" },
		{ "maintenance-mail", "mail" }, { "health", NULL }, { "uptime-kuma", NULL },
		{ "instatus", NULL }, { "cap", "" }, { "feed-robustness", "" },
		{ "statuspage-history", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		char folder[700], path[1200];
		const struct dirent *f;
		snprintf(folder, sizeof folder, "%s/%s", top_path("../shared/samples/feeds"),
		    folders[i].folder);
		DIR *dir = opendir(folder);
		while (dir && (f = readdir(dir))) {
			struct err e = { 0 };
			size_t len = 0;
			snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
			char *bytes = *f->d_name == '.' || strstr(f->d_name, ".expected.")
					  ? NULL
					  : slurp(path, &len);
			if (!bytes)
				continue;
			struct feed_doc *d = feed_parse("auto", bytes, len, &e);
			if (d)
				rig_round(d);
			bool any = folders[i].format && !*folders[i].format;
			if (d && !any &&
			    (!folders[i].format || strcmp(d->format, folders[i].format) != 0))
				fail_msg("%s: taken for %s", path, d->format);
			if (!d && folders[i].format && !any)
				fail_msg("%s: %s", path, e.msg);
			if (!d && !strstr(e.msg, "looks like"))
				fail_msg("%s: refused without a hint: %s", path, e.msg);
			feed_doc_free(d);
			free(bytes);
		}
		if (dir)
			closedir(dir);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_wrote_down_is_read),
		cmocka_unit_test(every_sample_is_read_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
