/* What reading a carrier's document costs beside the bare parser over the same bytes, and what a
 * feed that did not change costs beside one that did. Counted in instructions, by the kernel where
 * it lets us, else by valgrind where it is installed, else in CPU time, the least of many runs.
 * `parse_bench DOCUMENT bare|ours|changed|unchanged` runs one of them a few times, for a profiler:
 * valgrind --tool=callgrind --toggle-collect=ours. */
#include "t.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <expat.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/feed.h"
#include "net/parse.h"

#include "../../src/net/net_priv.h"

#define GOAL 1.5
#define UNCHANGED_GOAL 0.1
#define RUNS 40
#define ONCE 5 /* runs of one for a profiler */
#define INCIDENTS 50
#define UPDATES 10
#define COMPONENTS 350
#define ALERTS 300

static const char text[] =
    "We are investigating an increased rate of delayed SMS deliveries on routes towards the "
    "region. "
    "Voice and data sessions are not affected, and our engineers have engaged the interconnect "
    "partner. The next update follows within 30 minutes, or as soon as there is news.";

/* ---- documents as large as a busy page's ---- */

static void put_time(struct buf *b, int n)
{
	buf_addf(b, "2026-%02d-%02dT%02d:%02d:%02d.%03dZ", 1 + n / 600 % 12, 1 + n / 24 % 28,
	    n % 24, n % 60, n * 7 % 60, n * 37 % 1000);
}

static void put_times(struct buf *b, const char *const *keys, int n)
{
	for (; *keys; keys++) {
		buf_addf(b, "\"%s\":\"", *keys);
		put_time(b, n);
		buf_adds(b, "\",");
	}
}

static void statuspage_update(struct buf *b, int i, int u)
{
	static const char *const words[] = { "investigating", "identified", "monitoring",
		"resolved" };
	static const char *const times[] = { "created_at", "updated_at", "display_at", NULL };

	buf_addf(b,
	    "%s{\"id\":\"upd%02d%02dabcdef\",\"status\":\"%s\",\"body\":\"%s<br "
	    "/><br />Update %d\",\"incident_id\":\"inc%02dabcdefgh\",",
	    u ? "," : "", i, u, words[u ? 2 - (u > 4) - (u > 7) : 3], text, u, i);
	put_times(b, times, 500 * (INCIDENTS - i) - 3 * u);
	buf_addf(b,
	    "\"affected_components\":[{\"code\":\"cmp%03dabcdef\",\"name\":\"SMS %d "
	    "outbound\",\"old_status\":\"degraded_performance\",\"new_status\":\"operational\"}],"
	    "\"deliver_notifications\":true,\"custom_tweet\":null,\"tweet_id\":null}",
	    i, i);
}

static void statuspage(struct buf *b)
{
	static const char *const times[] = { "created_at", "updated_at", NULL };
	static const char *const more[] = { "created_at", "updated_at", "resolved_at", "started_at",
		NULL };

	buf_adds(b, "{\"page\":{\"id\":\"abcdefghijkl\",\"name\":\"Example Carrier\",\"url\":"
		    "\"https://status.example.net\",\"time_zone\":\"Etc/UTC\",\"updated_at\":"
		    "\"2026-07-30T10:12:15.506Z\"},\"components\":[");
	for (int i = 0; i < COMPONENTS; i++) {
		buf_addf(b,
		    "%s{\"id\":\"cmp%03dabcdef\",\"name\":\"SMS %d outbound\",\"status\":"
		    "\"operational\",",
		    i ? "," : "", i, i);
		put_times(b, times, i);
		buf_addf(b,
		    "\"position\":%d,\"description\":null,\"showcase\":false,\"start_date\":"
		    "\"2024-01-01\",\"group_id\":%s,\"page_id\":\"abcdefghijkl\",\"group\":%s,"
		    "\"only_show_if_degraded\":false}",
		    i, i % 25 ? "\"cmp000abcdef\"" : "null", i % 25 ? "false" : "true");
	}
	buf_adds(b, "],\"incidents\":[");
	for (int i = 0; i < INCIDENTS; i++) {
		buf_addf(b,
		    "%s{\"id\":\"inc%02dabcdefgh\",\"name\":\"Delayed deliveries towards region "
		    "%d\",\"status\":\"resolved\",",
		    i ? "," : "", i, i);
		put_times(b, more, 500 * (INCIDENTS - i));
		buf_adds(b, "\"monitoring_at\":null,\"impact\":\"minor\",\"shortlink\":"
			    "\"https://stspg.io/45g8r57kv3n9\",\"page_id\":\"abcdefghijkl\","
			    "\"incident_updates\":[");
		for (int u = 0; u < UPDATES; u++)
			statuspage_update(b, i, u);
		buf_addf(b,
		    "],\"components\":[{\"id\":\"cmp%03dabcdef\",\"name\":\"SMS %d "
		    "outbound\",\"status\":\"operational\"}],\"reminder_intervals\":null}",
		    i, i);
	}
	buf_adds(b, "],\"scheduled_maintenances\":[],\"status\":{\"indicator\":\"none\","
		    "\"description\":\"All Systems Operational\"}}");
}

static void gcp(struct buf *b)
{
	static const char *const times[] = { "begin", "created", "end", "modified", NULL };
	static const char *const update[] = { "created", "modified", "when", NULL };

	buf_addc(b, '[');
	for (int i = 0; i < INCIDENTS; i++) {
		buf_addf(b,
		    "%s{\"id\":\"3BvH3LVGcupoYqV6F%03d\",\"number\":\"117383106748640646%02d\",",
		    i ? "," : "", i, i);
		put_times(b, times, 500 * (INCIDENTS - i));
		buf_addf(b, "\"external_desc\":\"%s\",\"updates\":[", text);
		for (int u = 0; u < UPDATES; u++) {
			buf_addf(b, "%s{", u ? "," : "");
			put_times(b, update, 500 * (INCIDENTS - i) - 3 * u);
			buf_addf(b,
			    "\"text\":\"## Summary\\n%s\\n## Root cause\\n%s\",\"status\":"
			    "\"SERVICE_DISRUPTION\",\"affected_locations\":[{\"title\":\"Frankfurt "
			    "(europe-west3)\",\"id\":\"europe-west3\"}]}",
			    text, text);
		}
		buf_adds(b, "],\"most_recent_update\":{");
		put_times(b, update, 500 * (INCIDENTS - i));
		buf_addf(b,
		    "\"text\":\"%s\",\"status\":\"AVAILABLE\",\"affected_locations\":[]},"
		    "\"status_impact\":\"SERVICE_DISRUPTION\",\"severity\":\"medium\","
		    "\"service_key\":\"zall\",\"service_name\":\"Multiple Products\","
		    "\"affected_products\":[{\"title\":\"Cloud Storage\",\"id\":\"UwaYoXQ5bHYH\"}]"
		    ",\"uri\":\"incidents/3BvH3\",\"currently_affected_locations\":[],"
		    "\"previously_affected_locations\":[{\"title\":\"Frankfurt (europe-west3)\","
		    "\"id\":\"europe-west3\"}]}",
		    text);
	}
	buf_addc(b, ']');
}

static void alertmanager(struct buf *b)
{
	static const char *const times[] = { "endsAt", "startsAt", "updatedAt", NULL };

	buf_addc(b, '[');
	for (int i = 0; i < ALERTS; i++) {
		buf_addf(b,
		    "%s{\"annotations\":{\"summary\":\"Gateway %d drops diameter answers\","
		    "\"description\":\"%s\"},",
		    i ? "," : "", i, text);
		put_times(b, times, i);
		buf_addf(b,
		    "\"fingerprint\":\"aae7a1432b5d%04x\",\"receivers\":[{\"name\":\"noc\"}],"
		    "\"status\":{\"inhibitedBy\":[],\"mutedBy\":[],\"silencedBy\":[],\"state\":"
		    "\"active\"},\"generatorURL\":\"https://prometheus.example.net/graph?g0\","
		    "\"labels\":{\"alertname\":\"DiameterAnswers\",\"cluster\":\"core\","
		    "\"instance\":\"dra%d:9100\",\"job\":\"dra\",\"severity\":\"warning\","
		    "\"region\":\"eu-west\"}}",
		    (unsigned)i, i);
	}
	buf_addc(b, ']');
}

static void history_updates(struct buf *b, int i)
{
	static const char *const words[] = { "Investigating", "Identified", "Monitoring" };

	for (int u = 0; u < UPDATES; u++)
		buf_addf(b,
		    "&lt;p&gt;&lt;small&gt;Jan &lt;var data-var='date'&gt;%d&lt;/var&gt;, &lt;var "
		    "data-var='time'&gt;%02d:57&lt;/var&gt; "
		    "UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;%s&lt;/strong&gt; - %s&lt;/p&gt;",
		    28 - i / 2, 23 - u, u ? words[2 - (u > 4) - (u > 7)] : "Resolved", text);
}

static void history_atom(struct buf *b)
{
	buf_adds(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xml:lang=\"en-US\" "
		    "xmlns=\"http://www.w3.org/2005/Atom\">\n  <id>tag:status.example.net,2005:/"
		    "history</id>\n  <link rel=\"alternate\" type=\"text/html\" "
		    "href=\"https://status.example.net\"/>\n  <title>Example Status - Incident "
		    "History</title>\n  <updated>2026-01-28T23:57:49Z</updated>\n");
	for (int i = 0; i < INCIDENTS; i++) {
		buf_addf(b,
		    "  <entry>\n    <id>tag:status.example.net,2005:Incident/34085%02d</id>\n    "
		    "<published>2026-01-%02dT23:57:19Z</published>\n    "
		    "<updated>2026-01-%02dT23:57:20Z</updated>\n    <link rel=\"alternate\" "
		    "type=\"text/html\" "
		    "href=\"https://status.example.net/incidents/2yyk6j58xc%02d\"/>"
		    "\n    <title>Delayed deliveries towards region %d</title>\n    <content "
		    "type=\"html\">",
		    i, 28 - i / 2, 28 - i / 2, i, i);
		history_updates(b, i);
		buf_adds(b, "</content>\n  </entry>\n");
	}
	buf_adds(b, "</feed>\n");
}

static void history_rss(struct buf *b)
{
	buf_adds(b,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n  <channel>\n"
	    "    <title>Example Status - Incident History</title>\n    "
	    "<link>https://status.example.net</link>\n    "
	    "<pubDate>Wed, 28 Jan 2026 23:57:49 +0000</pubDate>\n");
	for (int i = 0; i < INCIDENTS; i++) {
		buf_addf(b,
		    "    <item>\n      <title>Delayed deliveries towards region %d</title>\n      "
		    "<description>",
		    i);
		history_updates(b, i);
		buf_addf(b,
		    "</description>\n      <pubDate>Wed, %02d Jan 2026 23:57:19 +0000</pubDate>\n  "
		    "  "
		    "  <link>https://status.example.net/incidents/2yyk6j58xc%02d</link>\n      "
		    "<guid>https://status.example.net/incidents/2yyk6j58xc%02d</guid>\n    "
		    "</item>\n",
		    28 - i / 2, i, i);
	}
	buf_adds(b, "  </channel>\n</rss>\n");
}

static void plain_rss(struct buf *b)
{
	buf_adds(b, "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Notices</title>"
		    "<link>https://notices.example.net</link>");
	for (int i = 0; i < INCIDENTS * UPDATES; i++)
		buf_addf(b,
		    "<item><title>[Resolved] Route %d degraded</title><description><![CDATA[<p>%s"
		    "</p><ul><li>Impact: minor</li><li>Region: south &amp; west</li></ul>]]>"
		    "</description><pubDate>Wed, %02d Jan 2026 %02d:57:19 GMT</pubDate>"
		    "<guid isPermaLink=\"false\">n-%d</guid><category>resolved</category></item>",
		    i, text, 28 - i / 20, i % 24, i);
	buf_adds(b, "</channel></rss>");
}

static const struct made {
	const char *name, *format;
	void (*make)(struct buf *b);
} made[] = {
	{ "statuspage", "statuspage", statuspage },
	{ "gcp", "gcp", gcp },
	{ "alertmanager", "alertmanager", alertmanager },
	{ "history-atom", "statuspage-history", history_atom },
	{ "history-rss", "statuspage-history", history_rss },
	{ "rss", "rss", plain_rss },
};

/* ---- what is compared ---- */

struct doc {
	const char *format, *bytes;
	size_t len;
	bool xml;
};

/* By these names a profiler finds them. */
bool bare(const struct doc *d);
bool ours(const struct doc *d);
bool changed(const struct doc *d);
bool unchanged(const struct doc *d);

static const struct way {
	const char *name;
	bool (*run)(const struct doc *d);
} ways[] = {
	{ "bare", bare },
	{ "ours", ours },
	{ "unchanged", unchanged },
	{ "changed", changed },
};

static void no_start(void *ctx, const XML_Char *name, const XML_Char **attrs)
{
	(void)ctx, (void)name, (void)attrs;
}

static void no_end(void *ctx, const XML_Char *name)
{
	(void)ctx, (void)name;
}

static void no_text(void *ctx, const XML_Char *s, int len)
{
	(void)ctx, (void)s, (void)len;
}

/* The parser alone, which a reader cannot do without. */
bool bare(const struct doc *d)
{
	bool ok;

	if (d->xml) {
		XML_Parser p = XML_ParserCreate("UTF-8");
		XML_SetElementHandler(p, no_start, no_end);
		XML_SetCharacterDataHandler(p, no_text);
		ok = XML_Parse(p, d->bytes, (int)d->len, 1) == XML_STATUS_OK;
		XML_ParserFree(p);
	} else {
		cJSON *json = cJSON_ParseWithLength(d->bytes, d->len);
		ok = json != NULL;
		cJSON_Delete(json);
	}
	return ok;
}

bool ours(const struct doc *d)
{
	struct err e;
	struct feed_doc *doc = feed_parse(d->format, d->bytes, d->len, &e);
	bool ok = doc && doc->incident_count + doc->component_count + doc->maintenance_count > 0;

	feed_doc_free(doc);
	return ok;
}

/* All that a changed feed is put through: read in the child, told to the engine, read there. */
bool changed(const struct doc *d)
{
	struct err e;
	struct feed_doc *doc = feed_parse(d->format, d->bytes, d->len, &e), *again;
	cJSON *json = doc ? feed_doc_json(doc) : NULL;
	struct buf b;

	feed_doc_free(doc);
	if (!json)
		return false;
	buf_init(&b, 0);
	json_print(&b, json);
	cJSON_Delete(json);
	json = json_parse(buf_str(&b), b.len, &e);
	again = feed_doc_read(json, &e);
	cJSON_Delete(json);
	buf_fini(&b);
	feed_doc_free(again);
	return again != NULL;
}

/* The same bytes again. */
bool unchanged(const struct doc *d)
{
	return net_hash(NET_HASH_START, d->bytes, d->len) != 0;
}

/* ---- counting ---- */

enum how { KERNEL, VALGRIND, CPU_TIME };

static int counter = -1; /* of instructions */

static enum how way_of_counting(void)
{
	struct perf_event_attr a = { .type = PERF_TYPE_HARDWARE,
		.size = sizeof a,
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_kernel = 1,
		.exclude_hv = 1 };

	counter = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
	if (counter >= 0)
		return KERNEL;
	return system("valgrind --version >/dev/null 2>&1") == 0 ? VALGRIND : CPU_TIME;
}

static double count(void)
{
	long long n = 0;
	struct timespec ts;

	if (counter >= 0 && read(counter, &n, sizeof n) == sizeof n)
		return (double)n / 1e3;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* Thousands of instructions, or microseconds: the least of many runs. -1: it failed. */
static double cost(const struct way *w, const struct doc *d)
{
	double least = -1;

	for (int i = 0; i < RUNS; i++) {
		double from = count();
		if (!w->run(d))
			return -1;
		double took = count() - from;
		least = least < 0 || took < least ? took : least;
	}
	return least;
}

/* Thousands of instructions of one run, counted in a program of its own. -1: it failed. */
static double cost_apart(const char *self, const char *name, const struct way *w)
{
	char command[1200], line[400];
	double n = -1;

	snprintf(command, sizeof command,
	    "valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=%s '%s' "
	    "'%s' %s 2>&1",
	    w->name, self, name, w->name);
	FILE *f = popen(command, "r");
	while (f && fgets(line, sizeof line, f)) {
		const char *at = strstr(line, "Collected :");
		if (at)
			n = strtod(at + strlen("Collected :"), NULL) / ONCE / 1e3;
	}
	return f && pclose(f) == 0 ? n : -1;
}

static void compare(enum how how, const char *self, const char *name, const struct doc *d)
{
	const char *unit = how == CPU_TIME ? "us" : "thousand instructions";
	const char *parser = d->xml ? "expat" : "cJSON";
	double got[countof(ways)];

	for (size_t i = 0; i < countof(ways); i++)
		got[i] = how == VALGRIND ? cost_apart(self, name, &ways[i]) : cost(&ways[i], d);
	printf("%-4s %s, %zu kB: %.0f %s, bare %s %.0f: %.2f times (goal: at most %.1f)\n",
	    got[0] > 0 && got[1] > 0 && got[1] <= GOAL * got[0] ? "PASS" : "FAIL", name,
	    d->len / 1000, got[1], unit, parser, got[0], got[1] / got[0], GOAL);
	printf(
	    "%-4s   unchanged %.0f, changed %.0f with its way to the engine: %.3f times (goal: at "
	    "most %.1f)\n",
	    got[2] > 0 && got[3] > 0 && got[2] <= UNCHANGED_GOAL * got[3] ? "PASS" : "FAIL", got[2],
	    got[3], got[2] / got[3], UNCHANGED_GOAL);
}

/* Captures beside the repository, where there are any. */
static const struct sample {
	const char *path, *format;
} samples[] = {
	{ "gcp/gcp-incidents.json", "gcp" },
	{ "slack/slack-current-v2.json", "slack" },
	{ "alertmanager/alert-groups-v0.31.json", "alertmanager" },
	{ "statusio/nintex-2026-07-01-maintenance.json", "statusio" },
	{ "statuspage/github-incidents-recent.json", "statuspage" },
	{ "aws/aws-currentevents-excerpt.json", "aws" },
	{ "statuspage-history/digitalocean-2020-01-13.atom", "statuspage-history" },
	{ "statuspage-history/digitalocean-2020-01-11.rss", "statuspage-history" },
	{ "statuspage-history/lambstatus-demo.rss", "rss" },
	{ "aws/aws-all-disruptions.rss", "aws" },
	{ "azure/azure-items-leading-newline.xml", "azure" },
};

/* The document's bytes, which the caller frees; NULL: there is no such one. */
static char *document(const char *name, struct doc *d)
{
	char path[300];
	struct buf b;
	char *bytes = NULL;

	for (size_t i = 0; i < countof(made); i++)
		if (strcmp(made[i].name, name) == 0) {
			buf_init(&b, 0);
			made[i].make(&b);
			d->len = b.len;
			d->format = made[i].format;
			bytes = buf_take(&b);
		}
	for (size_t i = 0; i < countof(samples) && !bytes; i++)
		if (strcmp(samples[i].path, name) == 0) {
			snprintf(path, sizeof path, "../shared/samples/feeds/%s", name);
			bytes = slurp(top_path(path), &d->len);
			d->format = samples[i].format;
		}
	if (!bytes)
		return NULL;
	/* What comes before the declaration is no business of the bare parser. */
	size_t blank = strspn(bytes, " \r\n");
	d->bytes = bytes + blank;
	d->len -= blank;
	d->xml = *d->bytes == '<';
	return bytes;
}

static void compare_named(enum how how, const char *self, const char *name)
{
	struct doc d;
	char *bytes = document(name, &d);

	if (bytes)
		compare(how, self, name, &d);
	free(bytes);
}

static int run_one(const char *name, const char *way)
{
	struct doc d;
	char *bytes = document(name, &d);
	size_t w = 0;
	bool ok = bytes != NULL;

	while (w < countof(ways) && strcmp(ways[w].name, way) != 0)
		w++;
	for (int i = 0; ok && i < ONCE; i++)
		ok = w < countof(ways) && ways[w].run(&d);
	free(bytes);
	return !ok;
}

int main(int argc, char **argv)
{
	parse_child_memory();
	feed_prepare();
	if (argc == 3)
		return run_one(argv[1], argv[2]);
	enum how how = way_of_counting();
	for (size_t i = 0; i < countof(made); i++)
		compare_named(how, argv[0], made[i].name);
	for (size_t i = 0; i < countof(samples); i++)
		compare_named(how, argv[0], samples[i].path);
	return 0;
}
