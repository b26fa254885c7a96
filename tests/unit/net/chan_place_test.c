/* Whatever a text holds, it stays in its place: through the builder of every channel, with our own
 * strings and with a corpus of them where one is at hand. */
#include "chan_rig.h"

#include "base/utf8.h"

#define STEPS 5 /* of a talk with Cachet before it sets components */

static const char *const kinds[] = { "file", "webhook", "email", "slack", "teams", "pagerduty",
	"statuspage", "cachet", "exec" };

static bool visible_ascii(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* Every line ends with CRLF, is no longer than the standard has it, and is ASCII; the headers are
 * ours, and no line ends the message. */
static void mail_is_whole(const struct buf *body)
{
	static const char *const ours[] = { "Date", "From", "To", "Subject", "Message-ID",
		"Auto-Submitted", "Precedence", "List-Id", "List-Unsubscribe", "MIME-Version",
		"Content-Type" };
	bool head = true;

	for (const char *line = body->data; *line;) {
		const char *end = strstr(line, "\r\n");
		size_t len;
		bool known = false;

		assert_non_null(end);
		len = (size_t)(end - line);
		assert_true(len <= 998);
		for (size_t i = 0; i < len; i++)
			assert_true((line[i] >= ' ' && line[i] <= '~') || line[i] == '\t');
		assert_false(len == 1 && *line == '.');
		head = head && len > 0;
		for (size_t i = 0; head && i < countof(ours); i++)
			known = known || (strncmp(line, ours[i], strlen(ours[i])) == 0 &&
					     line[strlen(ours[i])] == ':');
		assert_true(!head || known || *line == ' ');
		line = end + 2;
	}
}

/* The request is whole JSON, the address and the headers are our own. */
static void stays(const struct chan_send *s)
{
	static const char place[] = "https://there.example/";

	if (s->via == CHAN_HTTP)
		assert_int_equal(strncmp(s->url, place, sizeof place - 1), 0);
	if (s->url)
		assert_true(visible_ascii(s->url));
	if (s->path)
		assert_string_equal(s->path, "/srv/banner.json");
	for (size_t h = 0; h < s->header_count; h++)
		assert_true(visible_ascii(s->headers[h].value));
	if (s->via == CHAN_MAIL)
		mail_is_whole(&s->body);
	else if (s->body.len)
		cJSON_Delete(send_json(s));
}

/* As the engine hands it over: clean, as one line where it is a subject or a name. */
static void through(const char *kind, const char *foreign, bool planned)
{
	struct delivery_request r = chan_request(kind, "investigating");
	cJSON *data = cJSON_CreateObject();
	char *text = utf8_cleaned(foreign, UTF8_LINES, 0),
	     *line = utf8_cleaned(foreign, UTF8_ONE_LINE, 0);
	char *to[] = { S("ops@acme.example") };
	struct chan_talk t;
	struct chan_send s;

	json_put_str(data, "incident", "INC-7");
	json_put_str(data, "status", line);
	json_put_str(data, "title", line);
	json_put_str(data, "text", text);
	if (planned) {
		json_put_bool(data, "maintenance", true);
		json_put_str(data, "starts_at", line);
		json_put_str(data, "started_at", text);
	}
	r.data = json_text(data);
	r.text = text;
	r.subject = r.sender = line;
	r.url = S("https://there.example/x");
	r.token = r.page = S("tok1");
	r.channel = S("C1");
	r.command = S("/bin/tell");
	r.path = S("/srv/banner.json");
	r.smtp = S("smtp://127.0.0.1:25");
	r.from = S("noc@test.example");
	r.host = S("noc.test.example");
	r.recipients = (struct chan_texts){ to, 1 };
	for (int step = 0; step < (strcmp(kind, "cachet") == 0 ? STEPS : 2); step++) {
		chan_talk_init(&t, &r, NOW);
		t.step = step;
		talk_build(&t, &s);
		stays(&s);
		chan_send_fini(&s);
		chan_talk_fini(&t);
	}
	free(r.data);
	free(text);
	free(line);
	cJSON_Delete(data);
}

static void no_text_gets_out_of_its_place(void **state)
{
	(void)state;
	for (size_t k = 0; k < countof(kinds); k++)
		for (size_t i = 0; i < countof(naughty); i++)
			for (int planned = 0; planned < 2; planned++)
				through(kinds[k], naughty[i], planned);
	for (const struct chan_kind *k = chan_kinds; k->name; k++) {
		bool listed = k->whole;

		for (size_t i = 0; i < countof(kinds); i++)
			listed = listed || strcmp(kinds[i], k->name) == 0;
		assert_true(listed); /* a new channel is put to this test as well */
	}
}

/* A list of strings that broke other programs, one a line; quiet where it is not there. */
static void nor_does_any_of_the_corpus(void **state)
{
	char *list = slurp(top_path("../shared/samples/corpora/naughty-strings.txt"), NULL);

	(void)state;
	if (!list)
		return;
	for (char *line = list, *next; *line; line = next) {
		size_t len = strcspn(line, "\n");

		next = line + len + (line[len] == '\n');
		line[len] = '\0';
		if (*line && *line != '#')
			for (size_t k = 0; k < countof(kinds); k++)
				for (int planned = 0; planned < 2; planned++)
					through(kinds[k], line, planned);
	}
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_gets_out_of_its_place),
		cmocka_unit_test(nor_does_any_of_the_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
