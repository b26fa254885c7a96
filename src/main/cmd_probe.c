/* nocboard probe: one probe now, with the time that each phase took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cmd.h"
#include "engine/setup.h"
#include "engine/target.h"
#include "net/net.h"
#include "os/loop.h"

#define TIMEOUT_MS 10000
#define TIMEOUT_MAX_MS 300000
#define NEVER_AGAIN_MS INT64_C(86400000)

struct probe {
	struct loop *loop;
	bool json;
	const char *kind, *url;
	enum status status;
};

/* What happened between the end of the phase before and the end of this one. */
static const struct {
	const char *name;
	size_t offset;
} phases[] = {
	{ "lookup", offsetof(struct probe_phases, lookup) },
	{ "connect", offsetof(struct probe_phases, connect) },
	{ "tls", offsetof(struct probe_phases, tls) },
	{ "first_byte", offsetof(struct probe_phases, first_byte) },
	{ "total", offsetof(struct probe_phases, total) },
};

static int64_t phase_us(const struct probe_phases *p, size_t i)
{
	return *(const int64_t *)(const void *)((const char *)p + phases[i].offset);
}

static void print_json(const struct probe *p, const struct observation *o)
{
	cJSON *out = cJSON_CreateObject(), *us = cJSON_CreateObject();

	json_put_str(out, "kind", p->kind);
	json_put_str(out, "url", p->url);
	json_put_utc(out, "at", o->at);
	json_put_str(out, "status", status_names[o->status]);
	json_put_str(out, "reason", o->reason);
	json_put_str(out, "fault", o->fault ? probe_fault_names[o->fault] : NULL);
	json_put(out, "code", o->code ? cJSON_CreateNumber(o->code) : cJSON_CreateNull());
	json_put(out, "latency_ms",
	    o->latency_ms < 0 ? cJSON_CreateNull() : cJSON_CreateNumber(o->latency_ms));
	json_put(out, "certificate_days",
	    o->cert_days == PROBE_NO_CERT ? cJSON_CreateNull() : cJSON_CreateNumber(o->cert_days));
	for (size_t i = 0; i < countof(phases); i++)
		json_put_int(us, phases[i].name, phase_us(&o->phase, i));
	json_put(out, "phases_us", us);
	char *text = json_text(out);
	puts(text);
	free(text);
	cJSON_Delete(out);
}

static void print_text(const struct observation *o)
{
	int64_t before = 0;

	printf("%s: %s\n", status_names[o->status], o->reason);
	for (size_t i = 0; i < countof(phases); i++) {
		int64_t us = phase_us(&o->phase, i);
		bool total = i == countof(phases) - 1;
		if (us <= 0)
			continue; /* not reached, or not needed */
		printf("  %-12s %8.1f ms\n", phases[i].name,
		    (double)(us - (total ? 0 : before)) / 1000);
		before = us;
	}
	if (o->cert_days != PROBE_NO_CERT)
		printf("  %-12s %8d days left\n", "certificate", o->cert_days);
}

static void observed(void *ctx, const struct observation *list, size_t count)
{
	struct probe *p = ctx;

	(void)count; /* the only target is not due again */
	p->status = list->status;
	if (p->json)
		print_json(p, list);
	else
		print_text(list);
	loop_stop(p->loop);
}

static void fed(void *ctx, struct feed_result *r)
{
	(void)ctx;
	feed_doc_free(r->doc);
}

static void delivered(void *ctx, const struct delivery_result *r)
{
	(void)ctx, (void)r;
}

/* The configured probe of this id, or the first one of this component. */
static const struct cfg_probe *find_probe(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->components.count; i++) {
		const struct cfg_component *k = &c->components.items[i];
		for (size_t p = 0; p < k->probes.count; p++)
			if (strcmp(k->probes.items[p].id.s, id) == 0 || strcmp(k->id.s, id) == 0)
				return &k->probes.items[p];
	}
	return NULL;
}

/* Fills in the target from the configuration; `s` and the arena keep what it points to. */
static bool from_config(
    const struct setup *s, const char *id, struct probe_target *t, struct arena *a, struct err *e)
{
	const struct cfg_probe *p = find_probe(s->config, id);

	if (!p)
		return err_set(e, ERR_USAGE,
		    "probe: %.60s: no probe of this id in %s (ids are component/region; an address "
		    "is written as https://host/path)",
		    id, s->path);
	target_of_probe(p, t, a);
	return true;
}

static int ask(struct probe *p, struct probe_target *t)
{
	static const struct net_handler handler = { observed, fed, delivered };
	struct err e = { 0 };

	t->interval_ms = NEVER_AGAIN_MS;
	p->loop = loop_new();
	struct net *n = net_start(p->loop, &handler, p, NULL, &e);
	if (n) {
		net_set_targets(n, t, 1);
		loop_run(p->loop);
		net_stop(n);
	}
	loop_free(p->loop);
	if (!n)
		return cmd_fail(&e);
	return p->status == STATUS_OPERATIONAL ? EXIT_DONE : EXIT_FOUND;
}

static int run(struct args *a)
{
	static char id[] = "probe";
	const char *timeout = arg_value(a, "timeout");
	struct probe p = { .json = arg_given(a, "json") };
	struct duration d = { DURATION_ELAPSED, TIMEOUT_MS, 0 };
	struct probe_target t = { .id = id, .timeout_ms = TIMEOUT_MS };
	struct arena *arena = arena_new();
	struct setup *setup = NULL;
	struct err e = { 0 };
	bool ok = true;
	int status;

	if (timeout && (!duration_parse(timeout, &d) || d.unit != DURATION_ELAPSED || d.ms < 1 ||
			   d.ms > TIMEOUT_MAX_MS))
		ok = err_set(&e, ERR_USAGE, "--timeout: %.40s is no time from 1ms to 5m", timeout);
	if (ok && strstr(a->operands[0], "://")) {
		ok = probe_address(a->operands[0], &t, arena, &e);
	} else if (ok) {
		struct cfg_problems problems = { 0 };
		setup = setup_load(a->config, &problems, &e);
		cfg_problems_fini(&problems);
		ok = setup && from_config(setup, a->operands[0], &t, arena, &e);
	}
	p.url = t.url;
	p.kind = t.kind;
	if (ok && timeout)
		t.timeout_ms = (int)d.ms;
	status = ok ? ask(&p, &t) : cmd_fail(&e);
	setup_free(setup);
	arena_free(arena);
	return status;
}

static const struct cmd_option options[] = {
	{ "timeout", 0, "TIME", "give up after so long (10s)", false },
	{ "json", 0, NULL, "print JSON", false },
	{ 0 },
};

const struct cmd cmd_probe = {
	.name = "probe",
	.summary = "ask an endpoint once and say why it is up or not",
	.operands = "ID|URL",
	.least = 1,
	.most = 1,
	.about = "Asks the address, or the configured probe of this id (component/region), as the "
		 "engine would, judges the answer, and prints the time that each phase took. An "
		 "address is https://host/path, tcp://host:port, tls://host, icmp://host, "
		 "dns://server/name?MX (dns:///name: the resolver of this host) or file:///path (a "
		 "heartbeat). The exit status is 0 when the endpoint is operational.",
	.options = options,
	.run = run,
};
