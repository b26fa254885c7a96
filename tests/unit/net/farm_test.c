#include "net/farm.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "t.h"

#define T0 ((struct utc){ 1741616400000 })

struct rig {
	struct loop *loop;
	struct farm *farm;
	struct loop_timer *guard;
	bool late;
};

static void guard_fired(void *ctx)
{
	struct rig *r = ctx;
	r->late = true;
}

static int start(void **state)
{
	struct rig *r = calloc(1, sizeof *r);
	struct err e = { 0 };

	r->loop = loop_new();
	r->farm = farm_new(r->loop, 0, &e);
	r->guard = loop_timer_new(r->loop, guard_fired, r);
	*state = r;
	return r->farm ? 0 : -1;
}

static int stop(void **state)
{
	struct rig *r = *state;

	farm_free(r->farm);
	loop_timer_free(r->guard);
	loop_free(r->loop);
	free(r);
	return 0;
}

static int dial(struct rig *r)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)farm_port(r->farm)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* Turns the loop until `want` bytes, the text `until`, or the end came. Returns what came. */
static const char *receive(struct rig *r, int fd, const char *until)
{
	static char text[65536];
	size_t n = 0;

	r->late = false;
	loop_timer_after(r->guard, 5000);
	text[0] = 0;
	while (!r->late && n < sizeof text - 1) {
		ssize_t got = recv(fd, text + n, sizeof text - 1 - n, 0);
		if (got == 0)
			break;
		if (got > 0) {
			n += (size_t)got;
			text[n] = 0;
		}
		if (until && strstr(text, until))
			break;
		loop_run_once(r->loop, false);
	}
	loop_timer_stop(r->guard);
	assert_false(r->late);
	return text;
}

static const char *get(struct rig *r, const char *path, const char *more)
{
	char request[512];
	int fd = dial(r);
	int n = snprintf(request, sizeof request,
	    "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n", path, more);

	assert_int_equal(send(fd, request, (size_t)n, 0), n);
	const char *text = receive(r, fd, NULL);
	close(fd);
	return text;
}

static void behaviours_are_known_by_name(void **state)
{
	static const char *const good[] = { "ok", "fail", "fail 500", "slow 20", "slow 20ms",
		"json {\"a\": 1}", "redirect", "redirect http://x/", "sink 202", "busy" };
	static const struct {
		const char *text, *says;
	} bad[] = { { "", "''" }, { "okay", "'okay'" }, { "slow", "needs an argument" },
		{ "slow fast", "'fast' is no number" }, { "slow -1", "no number" },
		{ "stall 5", "takes no argument" }, { "fail 5x", "no number" }, { "json", "needs" },
		{ "slow 9999999999", "no number" } };
	struct rig *r = *state;
	size_t names = 0;

	for (; farm_behaviour_name(names); names++)
		assert_true(*farm_behaviour_name(names));
	assert_int_equal(names, 24);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(farm_behaviour_ok(good[i], NULL));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = { 0 };
		assert_false(farm_behaviour_ok(bad[i].text, &e));
		if (!strstr(e.msg, bad[i].says))
			fail_msg("%s: %s", bad[i].text, e.msg);
		assert_false(farm_set(r->farm, "/a", bad[i].text, &e));
	}
	struct err e = { 0 };
	assert_false(farm_set(r->farm, "a", "ok", &e));
	assert_non_null(strstr(e.msg, "starts with '/'"));
}

static void the_exact_path_goes_before_the_longest_stem(void **state)
{
	struct rig *r = *state;

	assert_non_null(strstr(get(r, "/c/1/health", ""), "HTTP/1.1 404"));
	assert_true(farm_set(r->farm, "/c/*", "text short", NULL));
	assert_true(farm_set(r->farm, "/c/1/*", "text long", NULL));
	assert_true(farm_set(r->farm, "/c/1/health", "text exact", NULL));
	assert_non_null(strstr(get(r, "/c/1/health", ""), "\r\n\r\nexact"));
	assert_non_null(strstr(get(r, "/c/1/ready", ""), "\r\n\r\nlong"));
	assert_non_null(strstr(get(r, "/c/2", ""), "\r\n\r\nshort"));
	farm_unset(r->farm, "/c/1/health");
	assert_non_null(strstr(get(r, "/c/1/health", ""), "\r\n\r\nlong"));
	assert_true(farm_set(r->farm, "/c/1/*", "text other", NULL));
	assert_non_null(strstr(get(r, "/c/1/health", ""), "\r\n\r\nother"));
	farm_unset(r->farm, "/c/1/*");
	farm_unset(r->farm, "/nothing");
	assert_non_null(strstr(get(r, "/c/1/health", ""), "\r\n\r\nshort"));
	assert_int_equal(farm_hits(r->farm, "/c/1/health"), 5);
	assert_int_equal(farm_hits(r->farm, "/nothing"), 0);
	assert_int_equal(farm_connections(r->farm), 7);
}

static void requests_may_come_in_pieces_and_several_at_once(void **state)
{
	static const char two[] =
	    "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nX-Y:  Z\r\n"
	    "Content-Length: 5\r\n\r\nhello";
	struct rig *r = *state;
	int fd = dial(r);

	assert_true(farm_set(r->farm, "/a", "text first", NULL));
	assert_true(farm_set(r->farm, "/b", "sink 200", NULL));
	for (const char *p = two; *p; p++) {
		assert_int_equal(send(fd, p, 1, 0), 1);
		loop_run_once(r->loop, false);
	}
	const char *text = receive(r, fd, "{}");
	const char *first = strstr(text, "first"), *second = strstr(text, "{}");
	assert_true(first && second && first < second);
	close(fd);
	assert_int_equal(farm_request_count(r->farm), 1);
	const struct farm_request *q = farm_request(r->farm, 0);
	assert_string_equal(q->method, "POST");
	assert_string_equal(q->headers, "x-y: Z\ncontent-length: 5\n");
	assert_string_equal(q->body, "hello");
	assert_int_equal(q->body_len, 5);
	assert_int_equal(q->connection, 0);
	assert_null(farm_request(r->farm, 1));
}

static void what_is_no_request_is_hung_up_on(void **state)
{
	static const char *const bad[] = { "hello\r\n\r\n", "GET /\r\n\r\n", "GET / FTP/1\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" };
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int fd = dial(r);
		assert_int_equal(send(fd, bad[i], strlen(bad[i]), 0), (ssize_t)strlen(bad[i]));
		assert_string_equal(receive(r, fd, NULL), "");
		close(fd);
	}
}

static void the_last_thousand_requests_are_kept(void **state)
{
	struct rig *r = *state;
	char request[64];

	assert_true(farm_set(r->farm, "/*", "sink", NULL));
	int fd = dial(r);
	for (int i = 0; i < 1005; i++) {
		int n = snprintf(request, sizeof request, "GET /%d HTTP/1.1\r\n\r\n", i);
		assert_int_equal(send(fd, request, (size_t)n, 0), n);
		receive(r, fd, "\r\n\r\n");
	}
	close(fd);
	assert_int_equal(farm_request_count(r->farm), 1000);
	assert_string_equal(farm_request(r->farm, 0)->path, "/5");
	assert_string_equal(farm_request(r->farm, 999)->path, "/1004");
	assert_null(farm_request(r->farm, 1000));
}

static cJSON *summary(struct rig *r)
{
	const char *text = strstr(get(r, "/acme/api/v2/summary.json", ""), "\r\n\r\n");
	struct err e = { 0 };

	assert_non_null(text);
	cJSON *doc = json_parse(text + 4, strlen(text + 4), &e);
	if (!doc)
		fail_msg("%s", e.msg);
	return doc;
}

static void a_page_is_served_with_its_tag(void **state)
{
	struct rig *r = *state;
	char tag[128];

	farm_page(r->farm, "acme", "Acme", T0);
	farm_page_component(r->farm, "acme", "SMS", STATUS_OPERATIONAL, T0);
	farm_page_component(r->farm, "nobody", "SMS", STATUS_OPERATIONAL, T0);
	cJSON *doc = summary(r);
	assert_string_equal(json_str(json_get(doc, "status"), "indicator"), "none");
	assert_string_equal(
	    json_str(json_get(doc, "page"), "updated_at"), "2025-03-10T14:20:00.000Z");
	assert_int_equal(strlen(json_str(json_pointer(doc, "/components/0"), "id")), 12);
	cJSON_Delete(doc);

	const char *etag = strstr(get(r, "/acme/api/v2/summary.json", ""), "ETag: ");
	assert_non_null(etag);
	snprintf(
	    tag, sizeof tag, "If-None-Match: %.*s\r\n", (int)strcspn(etag + 6, "\r"), etag + 6);
	assert_non_null(strstr(get(r, "/acme/api/v2/summary.json", tag), "HTTP/1.1 304"));
	farm_page_component(r->farm, "acme", "SMS", STATUS_MAJOR, T0);
	assert_non_null(strstr(get(r, "/acme/api/v2/summary.json", tag), "HTTP/1.1 200"));

	assert_true(farm_page_incident(
	    r->farm, "acme", "i1", "Down", "investigating", "major", "SMS, None", "text", T0));
	doc = summary(r);
	assert_string_equal(json_str(json_get(doc, "status"), "indicator"), "critical");
	assert_string_equal(json_str(json_pointer(doc, "/incidents/0"), "impact"), "major");
	assert_int_equal(cJSON_GetArraySize(json_pointer(doc, "/incidents/0/components")), 1);
	assert_string_equal(
	    json_str(json_pointer(doc, "/incidents/0/incident_updates/0"), "body"), "text");
	cJSON_Delete(doc);
	/* A behaviour on its path goes before the page. */
	assert_true(farm_set(r->farm, "/acme/api/v2/summary.json", "fail 500", NULL));
	assert_non_null(strstr(get(r, "/acme/api/v2/summary.json", ""), "HTTP/1.1 500"));
	assert_non_null(strstr(get(r, "/other/api/v2/summary.json", ""), "HTTP/1.1 404"));
	assert_non_null(strstr(get(r, "/api/v2/summary.json", ""), "HTTP/1.1 404"));
}

static void a_port_that_is_taken_is_an_error(void **state)
{
	struct rig *r = *state;
	struct err e = { 0 };

	assert_null(farm_new(r->loop, farm_port(r->farm), &e));
	assert_int_equal(e.kind, ERR_IO);
	assert_non_null(strstr(e.msg, "cannot listen"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		T(behaviours_are_known_by_name),
		T(the_exact_path_goes_before_the_longest_stem),
		T(requests_may_come_in_pieces_and_several_at_once),
		T(what_is_no_request_is_hung_up_on),
		T(the_last_thousand_requests_are_kept),
		T(a_page_is_served_with_its_tag),
		T(a_port_that_is_taken_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
