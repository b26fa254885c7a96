#include "probe_health.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define DEEPEST 8		     /* checks within checks */
#define TEXT_MOST ((size_t)64 << 10) /* a longer text is no list of checks */

static const struct {
	const char *word;
	enum status status;
} words[] = {
	{ "pass", STATUS_OPERATIONAL },
	{ "passing", STATUS_OPERATIONAL },
	{ "passed", STATUS_OPERATIONAL },
	{ "ok", STATUS_OPERATIONAL },
	{ "up", STATUS_OPERATIONAL },
	{ "healthy", STATUS_OPERATIONAL },
	{ "operational", STATUS_OPERATIONAL },
	{ "serving", STATUS_OPERATIONAL },
	{ "success", STATUS_OPERATIONAL },
	{ "live", STATUS_OPERATIONAL },
	{ "alive", STATUS_OPERATIONAL },
	{ "ready", STATUS_OPERATIONAL },
	{ "pong", STATUS_OPERATIONAL },
	{ "green", STATUS_OPERATIONAL },
	{ "warn", STATUS_DEGRADED },
	{ "warning", STATUS_DEGRADED },
	{ "degraded", STATUS_DEGRADED },
	{ "yellow", STATUS_DEGRADED },
	{ "maintenance", STATUS_MAINTENANCE },
	{ "out_of_service", STATUS_MAINTENANCE },
	{ "draining", STATUS_MAINTENANCE },
	{ "unknown", STATUS_UNKNOWN },
	{ "starting", STATUS_UNKNOWN },
	{ "fail", STATUS_MAJOR },
	{ "failed", STATUS_MAJOR },
	{ "error", STATUS_MAJOR },
	{ "down", STATUS_MAJOR },
	{ "critical", STATUS_MAJOR },
	{ "unhealthy", STATUS_MAJOR },
	{ "not_serving", STATUS_MAJOR },
	{ "red", STATUS_MAJOR },
};

int health_word(const char *word)
{
	for (size_t i = 0; i < countof(words); i++)
		if (strcasecmp(words[i].word, word) == 0)
			return (int)words[i].status;
	return -1;
}

static void say(struct health *h, const char *word)
{
	int status = health_word(word);

	snprintf(h->said, sizeof h->said, "%.*s", HEALTH_WORD, word);
	h->saying = status < 0 ? HEALTH_STRANGE : HEALTH_SAID;
	h->status = status < 0 ? STATUS_UNKNOWN : (enum status)status;
}

static void check_says(struct health *h, const char *name, const char *word, enum status status)
{
	if (status <= h->check_status)
		return;
	h->check_status = status;
	snprintf(h->check, sizeof h->check, "%.*s", HEALTH_WORD, name);
	snprintf(h->check_said, sizeof h->check_said, "%.*s", HEALTH_WORD, word);
}

/* ---- checks, and checks within them ---- */

static const char *check_word(const cJSON *o)
{
	static const char *const keys[] = { "status", "state", "Status" };
	const char *word = NULL;

	for (size_t i = 0; i < countof(keys) && !word; i++)
		word = json_str(o, keys[i]);
	return word;
}

static void read_checks(const cJSON *o, const char *path, int depth, struct health *h);

static void read_check(
    const cJSON *one, const char *name, const char *path, int depth, struct health *h)
{
	const char *word = check_word(one);
	int status = word ? health_word(word) : -1;
	char full[2 * HEALTH_WORD];

	snprintf(full, sizeof full, "%.*s%s%.*s", HEALTH_WORD / 2, path, *path ? "/" : "",
	    HEALTH_WORD / 2, name);
	if (word)
		check_says(h, full, word, status < 0 ? STATUS_UNKNOWN : (enum status)status);
	if (cJSON_IsObject(one) && depth < DEEPEST)
		read_checks(one, full, depth + 1, h);
}

/* Members that hold checks, by name or in a list, each perhaps several of one name. */
static void read_checks(const cJSON *o, const char *path, int depth, struct health *h)
{
	static const char *const lists[] = { "checks", "components", "entries", "details",
		"Checks" };
	const cJSON *c, *one;

	for (size_t i = 0; i < countof(lists); i++) {
		cJSON_ArrayForEach(c, json_get(o, lists[i]))
		{
			const char *name =
			    c->string ? c->string
				      : json_str_or(c, "name", json_str_or(c, "Name", "a check"));

			if (cJSON_IsArray(c))
				cJSON_ArrayForEach(one, c) read_check(one, name, path, depth, h);
			else
				read_check(c, name, path, depth, h);
		}
	}
}

/* ---- forms ---- */

static bool is_check_of_consul(const cJSON *o)
{
	return json_str(o, "Status") && json_str(o, "CheckID");
}

static bool is_of_consul(const cJSON *o)
{
	return is_check_of_consul(o) ||
	       (cJSON_IsObject(json_get(o, "Service")) && cJSON_IsArray(json_get(o, "Checks")));
}

static bool is_consul_list(const cJSON *root)
{
	return cJSON_IsArray(root) && is_of_consul(root->child);
}

static bool is_consul_service(const cJSON *root)
{
	return json_str(root, "AggregatedStatus") != NULL;
}

static enum status check_of_consul(const cJSON *check, struct health *h)
{
	const char *word = json_str_or(check, "Status", "none"),
		   *id = json_str_or(check, "CheckID", "");
	int status = health_word(word);

	/* Somebody took it out by hand, which Consul writes as a check that is critical. */
	if (strncmp(id, "_service_maintenance", 20) == 0 || strcmp(id, "_node_maintenance") == 0)
		status = STATUS_MAINTENANCE;
	check_says(h, json_str_or(check, "Name", id), word,
	    status < 0 ? STATUS_UNKNOWN : (enum status)status);
	return status < 0 ? STATUS_UNKNOWN : (enum status)status;
}

static enum status one_of_consul(const cJSON *o, struct health *h)
{
	enum status worst = STATUS_OPERATIONAL, one;
	const cJSON *check;
	bool maintenance = false;

	if (is_check_of_consul(o))
		return check_of_consul(o, h);
	cJSON_ArrayForEach(check, json_get(o, "Checks"))
	{
		one = check_of_consul(check, h);
		maintenance |= one == STATUS_MAINTENANCE;
		worst = one > worst ? one : worst;
	}
	return maintenance ? STATUS_MAINTENANCE : worst;
}

/* Instances or checks: what all of them say holds, what some say is degraded. */
static void read_consul_list(const cJSON *root, struct health *h)
{
	enum status best = STATUS_MAJOR, worst = STATUS_OPERATIONAL;
	const cJSON *o;

	cJSON_ArrayForEach(o, root)
	{
		enum status one = is_of_consul(o) ? one_of_consul(o, h) : STATUS_UNKNOWN;

		best = one < best ? one : best;
		worst = one > worst ? one : worst;
	}
	h->consul = true;
	h->saying = HEALTH_SAID;
	h->status = best == worst					     ? worst
		    : worst == STATUS_UNKNOWN || worst == STATUS_MAINTENANCE ? worst
									     : STATUS_DEGRADED;
	snprintf(h->said, sizeof h->said, "%s", h->check_said[0] ? h->check_said : "passing");
}

static void read_consul_service(const cJSON *root, struct health *h)
{
	h->consul = true;
	say(h, json_str(root, "AggregatedStatus"));
	if (one_of_consul(root, h) == STATUS_MAINTENANCE && h->saying == HEALTH_SAID)
		h->status = STATUS_MAINTENANCE;
}

static bool is_aspnet(const cJSON *root)
{
	return cJSON_IsObject(json_get(root, "entries")) && json_get(root, "status");
}

/* An enumeration that was written as its number counts from the worst. */
static void read_aspnet(const cJSON *root, struct health *h)
{
	static const char *const numbers[] = { "Unhealthy", "Degraded", "Healthy" };
	const cJSON *status = json_get(root, "status");
	double n = cJSON_IsNumber(status) ? status->valuedouble : -1;

	if (cJSON_IsString(status))
		say(h, status->valuestring);
	else
		say(h, n == 0 || n == 1 || n == 2 ? numbers[(int)n] : "a number");
	read_checks(root, "", 0, h);
}

static bool is_etcd(const cJSON *root)
{
	const cJSON *health = json_get(root, "health");

	return !json_get(root, "status") && (cJSON_IsString(health) || cJSON_IsBool(health));
}

static void read_etcd(const cJSON *root, struct health *h)
{
	const cJSON *health = json_get(root, "health");
	const char *word =
	    cJSON_IsBool(health) ? (cJSON_IsTrue(health) ? "true" : "false") : health->valuestring;
	const char *reason = json_str_or(root, "reason", "");

	say(h, strcmp(word, "true") == 0    ? "healthy"
	       : strcmp(word, "false") == 0 ? "unhealthy"
					    : word);
	snprintf(h->said, sizeof h->said, "%.*s", HEALTH_WORD, word);
	if (*reason && h->saying == HEALTH_SAID)
		check_says(h, reason, word, h->status);
}

static bool is_old_microprofile(const cJSON *root)
{
	return json_str(root, "outcome") && cJSON_IsArray(json_get(root, "checks"));
}

static void read_old_microprofile(const cJSON *root, struct health *h)
{
	say(h, json_str(root, "outcome"));
	read_checks(root, "", 0, h);
}

static bool is_status(const cJSON *root)
{
	return json_str(root, "status") != NULL;
}

/* Spring Boot 1 has its checks beside the status. */
static void read_status(const cJSON *root, struct health *h)
{
	const cJSON *c;

	say(h, json_str(root, "status"));
	read_checks(root, "", 0, h);
	cJSON_ArrayForEach(c, root)
	{
		if (cJSON_IsObject(c) && json_str(c, "status") &&
		    health_word(json_str(c, "status")) >= 0)
			read_check(c, c->string, "", 0, h);
	}
}

/* Looked at in this order. */
static const struct {
	const char *form;
	bool (*is)(const cJSON *root);
	void (*read)(const cJSON *root, struct health *h);
} forms[] = {
	{ "Consul", is_consul_list, read_consul_list },
	{ "Consul", is_consul_service, read_consul_service },
	{ "ASP.NET Core", is_aspnet, read_aspnet }, { "etcd", is_etcd, read_etcd },
	{ "MicroProfile 1", is_old_microprofile, read_old_microprofile },
	{ "health", is_status, read_status }, /* health+json, MicroProfile, Spring Boot */
};

void health_of_json(const cJSON *root, struct health *h)
{
	*h = (struct health){ .saying = HEALTH_NONE };
	for (size_t i = 0; i < countof(forms); i++)
		if (forms[i].is(root)) {
			h->form = forms[i].form;
			forms[i].read(root, h);
			return;
		}
	/* What is registered nowhere is not well because nothing speaks against it. */
	if (cJSON_IsArray(root) && !root->child) {
		h->form = "list";
		h->saying = HEALTH_STRANGE;
		snprintf(h->said, sizeof h->said, "%s", "[]");
	}
}

/* ---- text ---- */

static bool ends_with(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && memcmp(s + len - n, end, n) == 0;
}

/* "[+]ping ok", "[-]etcd failed: reason withheld", and "readyz check passed" at the end. */
static void read_kubernetes(const char *text, size_t len, struct health *h)
{
	const char *end = text + len, *last = text;
	size_t last_len = 0;

	h->form = "Kubernetes";
	for (const char *s = text, *eol; s < end; s = eol + 1) {
		char name[HEALTH_WORD + 1];

		eol = memchr(s, '\n', (size_t)(end - s));
		eol = eol ? eol : end;
		last_len = (size_t)(eol - s);
		last = s;
		if (last_len < 4 || memcmp(s, "[-]", 3) != 0)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)strcspn(s + 3, " \n"), s + 3);
		check_says(h, name, "failed", STATUS_MAJOR);
	}
	while (last_len && isspace((unsigned char)last[last_len - 1]))
		last_len--;
	if (ends_with(last, last_len, " check passed"))
		say(h, "passed");
	else if (ends_with(last, last_len, " check failed"))
		say(h, "failed");
	else if (h->check_status == STATUS_MAJOR)
		say(h, "failed"); /* of a list that was cut */
	else {
		h->saying = HEALTH_STRANGE;
		snprintf(h->said, sizeof h->said, "%s", "a list without its last line");
	}
}

void health_of_text(const char *text, size_t len, struct health *h)
{
	char word[33];

	*h = (struct health){ .saying = HEALTH_NONE };
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (len > 3 && len <= TEXT_MOST &&
	    (memcmp(text, "[+]", 3) == 0 || memcmp(text, "[-]", 3) == 0)) {
		char *copy = xstrndup(text, len);

		read_kubernetes(copy, strlen(copy), h);
		free(copy);
		return;
	}
	if (!len || len >= sizeof word)
		return;
	for (size_t i = 0; i < len; i++)
		if (!isalpha((unsigned char)text[i]) && text[i] != '_' && text[i] != '-')
			return;
	memcpy(word, text, len);
	word[len] = '\0';
	h->form = "word";
	h->consul = strcmp(word, "warning") == 0; /* its answer in plain text */
	say(h, word);
}

bool health_looks_json(const struct http_result *r)
{
	const char *type = r->content_type ? r->content_type : "";
	size_t i = 0;

	if (strcasestr(type, "json"))
		return true;
	if (*type && strncasecmp(type, "text/plain", 10) != 0)
		return false;
	while (i < r->body_len && isspace((unsigned char)r->body[i]))
		i++;
	/* "[+]" and "[-]" begin the lists of Kubernetes. */
	return i < r->body_len && (r->body[i] == '{' || (r->body[i] == '[' && i + 1 < r->body_len &&
							    !strchr("+-", r->body[i + 1])));
}
