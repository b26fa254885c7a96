#include "t.h"

#include "rig.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/file.h"

#define LOOK_MS 20 /* conditions are looked at so often when nothing happens */

const char rig_config[] =
    "noc: { name: Test NOC, journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
    "regions:\n"
    "  - { id: FR, name: France, timezone: Europe/Paris }\n"
    "  - { id: IT, name: Italy, timezone: Europe/Rome }\n"
    "  - { id: ES, name: Spain, timezone: Europe/Madrid }\n"
    "components:\n"
    "  - { id: data, name: Mobile data, class: data, probes: [ { region: \"*\", http: "
    "\"http://{farm}/data/{region}\", interval: 1s, timeout: 500ms, fail_after: 2 } ] }\n"
    "  - { id: sms, name: SMS, class: sms, probes: [ { region: \"*\", http: "
    "\"http://{farm}/sms/{region}\", interval: 1s, timeout: 500ms, fail_after: 2 } ] }\n"
    "  - { id: attach, name: Attach, class: attach, probes: [ { region: \"*\", http: "
    "\"http://{farm}/attach/{region}\", interval: 1s, timeout: 500ms, fail_after: 2 } ] }\n"
    "people:\n"
    "  - { id: ana, name: Ana Costa, can: [command, publish] }\n"
    "  - { id: jon, name: Jon Hale, can: [command, publish] }\n"
    "  - { id: lea, name: Lea Brandt, login: [nobody], can: [view] }\n"
    "channels:\n"
    "  - { id: page, kind: file, path: \"{dir}/page.json\" }\n"
    "  - { id: hook, kind: webhook, url: \"http://{farm}/hook\", secret: { file: "
    "\"{dir}/secret\" }, network: 127.0.0.0/8 }\n"
    "audiences:\n"
    "  - { id: public, channels: [page] }\n"
    "  - { id: partners, channels: [hook] }\n"
    "policy: policy.yaml\n";

static void tick(void *ctx)
{
	(void)ctx;
}

struct rig *rig_new(void)
{
	struct rig *r = xcalloc(1, sizeof *r);
	struct err e = { 0 };

	signal(SIGPIPE, SIG_IGN);
	r->loop = loop_new();
	r->dir = file_scratch("nocboard-rig", &e);
	if (!r->dir || !(r->farm = farm_new(r->loop, 0, &e)))
		fail_msg("%s", e.msg);
	setenv("XDG_STATE_HOME", r->dir, 1);
	r->config = xasprintf("%s/nocboard.yaml", r->dir);
	r->socket = xasprintf("%s/engine.sock", r->dir);
	r->journal = xasprintf("%s/journal.db", r->dir);
	return r;
}

void rig_free(struct rig *r)
{
	struct err e;

	if (r->pid)
		rig_kill(r, SIGKILL);
	farm_free(r->farm);
	loop_free(r->loop);
	file_remove_tree(r->dir, &e);
	buf_fini(&r->out);
	buf_fini(&r->err);
	free(r->dir);
	free(r->config);
	free(r->socket);
	free(r->journal);
	free(r);
}

/* ---- files ---- */

static char *filled(const struct rig *r, const char *text)
{
	struct buf b;

	buf_init(&b, 0);
	while (*text) {
		if (strncmp(text, "{farm}", 6) == 0) {
			buf_addf(&b, "127.0.0.1:%d", farm_port(r->farm));
			text += 6;
		} else if (strncmp(text, "{dir}", 5) == 0) {
			buf_adds(&b, r->dir);
			text += 5;
		} else {
			buf_addc(&b, *text++);
		}
	}
	buf_adds(&b, "");
	return buf_take(&b);
}

static void write_mode(struct rig *r, const char *name, const char *text, unsigned mode)
{
	char *path = xasprintf("%s/%s", r->dir, name), *whole = filled(r, text);
	struct err e;

	if (!file_write(path, whole, strlen(whole), mode, &e))
		fail_msg("%s", e.msg);
	free(path);
	free(whole);
}

void rig_write(struct rig *r, const char *name, const char *text)
{
	write_mode(r, name, text, 0644);
}

void rig_write_secret(struct rig *r, const char *name, const char *text)
{
	write_mode(r, name, text, 0600);
}

char *rig_read(struct rig *r, const char *name)
{
	char *path = xasprintf("%s/%s", r->dir, name), *text = slurp(path, NULL);

	free(path);
	return text;
}

/* ---- waiting ---- */

bool rig_until(struct rig *r, bool (*met)(void *ctx), void *ctx, int64_t ms)
{
	struct loop_timer *look = loop_timer_new(r->loop, tick, NULL);
	int64_t end = clock_mono().ms + ms;
	bool ok;

	while (!(ok = met(ctx)) && clock_mono().ms < end) {
		loop_timer_after(look, LOOK_MS);
		loop_run_once(r->loop, true);
	}
	loop_timer_free(look);
	return ok;
}

/* ---- processes ---- */

struct child {
	struct rig *rig;
	struct loop_child *child;
	bool gone;
	int status;
};

static void child_gone(void *ctx, int status, int signum)
{
	struct child *c = ctx;

	c->gone = true;
	c->status = signum ? 128 + signum : status;
}

static bool is_gone(void *ctx)
{
	return ((struct child *)ctx)->gone;
}

static void engine_gone(void *ctx, int status, int signum)
{
	struct rig *r = ctx;

	r->status = signum ? 128 + signum : status;
	r->pid = 0;
}

static bool engine_is_gone(void *ctx)
{
	return ((struct rig *)ctx)->pid == 0;
}

static bool said_ready(void *ctx)
{
	struct rig *r = ctx;

	return strchr(r->ready, '\n') != NULL;
}

struct ready_pipe {
	struct rig *rig;
	struct loop_fd *watch;
	int fd;
};

static void read_ready(void *ctx, int events, int status)
{
	struct ready_pipe *w = ctx;
	size_t have = strlen(w->rig->ready);
	ssize_t n = read(w->fd, w->rig->ready + have, sizeof w->rig->ready - 1 - have);

	(void)events;
	(void)status;
	if (n > 0)
		w->rig->ready[have + (size_t)n] = '\0';
	else
		loop_fd_events(w->watch, 0);
}

static const char *program(void)
{
	const char *path = getenv("NOCBOARD");

	if (!path)
		fail_msg("NOCBOARD names no program");
	return path;
}

static bool ready_or_gone(void *ctx)
{
	return said_ready(ctx) || engine_is_gone(ctx);
}

bool rig_start(struct rig *r, const char *const *more)
{
	char *argv[40] = { xstrdup(program()), xstrdup("engine"), xstrdup("-c"), xstrdup(r->config),
		xstrdup("--drill"), xstrdup("--log"), xasprintf("%s/engine.log", r->dir),
		xstrdup("--ready-fd"), xstrdup("3") };
	struct ready_pipe w = { .rig = r };
	size_t n = 9;
	int fds[2], give[4];
	char *log = xasprintf("%s/engine.err", r->dir);
	struct err e = { 0 };

	for (; more && *more && n + 1 < countof(argv); more++)
		argv[n++] = filled(r, *more);
	if (pipe2(fds, O_CLOEXEC) != 0)
		fail_msg("pipe: %s", strerror(errno));
	give[0] = -1;
	give[1] = give[2] = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	give[3] = fds[1];
	r->ready[0] = '\0';
	loop_child_free(r->engine);
	r->engine = loop_child_new(r->loop, argv, NULL, give, 4, engine_gone, r, &e);
	if (!r->engine)
		fail_msg("%s", e.msg);
	r->pid = loop_child_pid(r->engine);
	close(fds[1]);
	close(give[1]);
	w.fd = fds[0];
	w.watch = loop_fd_new(r->loop, fds[0], UV_READABLE, read_ready, &w);
	if (!rig_until(r, ready_or_gone, r, RIG_WAIT_MS))
		fail_msg("the engine is neither ready nor gone");
	if (strncmp(r->ready, "ready\n", 6) != 0 && !rig_until(r, engine_is_gone, r, RIG_WAIT_MS))
		fail_msg("the engine said \"%s\" and goes on", r->ready);
	loop_fd_free(w.watch);
	close(fds[0]);
	r->ready[strcspn(r->ready, "\n")] = '\0';
	for (size_t i = 0; i < n; i++)
		free(argv[i]);
	free(log);
	return r->pid != 0;
}

void rig_kill(struct rig *r, int signum)
{
	if (!r->pid)
		return;
	loop_child_kill(r->engine, signum);
	if (!rig_until(r, engine_is_gone, r, RIG_WAIT_MS))
		fail_msg("the engine does not end by signal %d", signum);
}

static void take_file(struct rig *r, const char *name, struct buf *out)
{
	char *text = rig_read(r, name);

	buf_fini(out);
	buf_init(out, 0);
	buf_adds(out, text ? text : "");
	free(text);
}

int rig_run(struct rig *r, const char *const *prefix, const char *const *words)
{
	char *argv[64],
	    *files[2] = { xasprintf("%s/run.out", r->dir), xasprintf("%s/run.err", r->dir) };
	struct child c = { .rig = r };
	struct err e = { 0 };
	int fds[3] = { -1, -1, -1 };
	size_t n = 0;

	for (; prefix && *prefix; prefix++)
		argv[n++] = xstrdup(*prefix);
	argv[n++] = xstrdup(program());
	argv[n++] = xstrdup("-c");
	argv[n++] = xstrdup(r->config);
	for (; *words && n + 1 < countof(argv); words++)
		argv[n++] = filled(r, *words);
	argv[n] = NULL;
	for (int i = 0; i < 2; i++)
		fds[i + 1] = open(files[i], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	c.child = loop_child_new(r->loop, argv, NULL, fds, 3, child_gone, &c, &e);
	if (!c.child)
		fail_msg("%s", e.msg);
	if (!rig_until(r, is_gone, &c, 2 * RIG_WAIT_MS)) {
		loop_child_kill(c.child, SIGKILL);
		rig_until(r, is_gone, &c, RIG_WAIT_MS);
		fail_msg("%s %s does not end", argv[3], argv[4] ? argv[4] : "");
	}
	loop_child_free(c.child);
	close(fds[1]);
	close(fds[2]);
	take_file(r, "run.out", &r->out);
	take_file(r, "run.err", &r->err);
	for (size_t i = 0; i < n; i++)
		free(argv[i]);
	free(files[0]);
	free(files[1]);
	return r->status = c.status;
}

cJSON *rig_events(struct rig *r)
{
	cJSON *list = cJSON_CreateArray();
	struct err e = { 0 };

	if (RIG_RUN(r, "journal", "export", "-j", "{dir}/journal.db") != 0)
		fail_msg("export: %s", buf_str(&r->err));
	for (const char *line = buf_str(&r->out); *line;) {
		size_t len = strcspn(line, "\n");
		cJSON *one = json_parse(line, len, &e);

		if (!one)
			fail_msg("export: %s", e.msg);
		cJSON_AddItemToArray(list, one);
		line += len + (line[len] == '\n');
	}
	return list;
}

int rig_count(const cJSON *events, const char *incident, const char *kind)
{
	int n = 0;

	for (const cJSON *ev = events->child; ev; ev = ev->next)
		n += strcmp(json_str_or(ev, "kind", ""), kind) == 0 &&
		     (!incident || strcmp(json_str_or(ev, "incident", ""), incident) == 0);
	return n;
}

/* ---- clients ---- */

static void got_line(void *ctx, struct ipc_conn *c, char *line, size_t len)
{
	struct peer *p = ctx;
	struct err e = { 0 };
	cJSON *obj = json_parse(line, len, &e);
	const char *o = json_str(obj, "o");

	(void)c;
	if (!obj)
		fail_msg("the engine sent what is no JSON: %s", e.msg);
	if (json_get(obj, "hello")) {
		cJSON_Delete(p->hello);
		p->hello = obj;
		return;
	}
	if (o) {
		if (!snapshot_apply(p->snap, obj, &e))
			fail_msg("the engine sent a wrong object: %s: %.200s", e.msg, line);
		p->marks += strcmp(o, "mark") == 0;
		cJSON_Delete(obj);
		return;
	}
	cJSON_Delete(p->answer);
	p->answer = obj;
	if (strcmp(p->waiting, json_str_or(obj, "re", "")) == 0)
		p->waiting[0] = '\0';
	if (p->answered)
		p->answered(p->ctx, p, obj);
}

static void got_closed(void *ctx, struct ipc_conn *c, const char *why)
{
	struct peer *p = ctx;

	(void)c;
	(void)why;
	p->conn = NULL;
	p->gone = true;
}

struct peer *peer_connect(struct rig *r, const char *members)
{
	static const struct ipc_handler handler = { got_line, got_closed, NULL };
	struct peer *p;
	struct err e;
	struct ipc_conn *conn = ipc_connect(r->loop, r->socket, &e);
	char *hello;

	if (!conn)
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->rig = r;
	p->conn = conn;
	p->snap = snapshot_new();
	ipc_handle(conn, &handler, p);
	hello = xasprintf("{\"hello\":%d,\"client\":\"test\"%s%s}", PROTOCOL_VERSION,
	    members ? "," : "", members ? members : "");
	peer_send(p, hello);
	free(hello);
	return p;
}

static bool greeted(void *ctx)
{
	const struct peer *p = ctx;

	return p->gone || p->marks;
}

struct peer *peer_new(struct rig *r, const char *members)
{
	struct peer *p = peer_connect(r, members);

	if (!p)
		fail_msg("nobody listens on %s", r->socket);
	if (!rig_until(r, greeted, p, RIG_WAIT_MS))
		fail_msg("the engine does not greet");
	return p;
}

void peer_free(struct peer *p)
{
	if (!p)
		return;
	ipc_free(p->conn);
	snapshot_free(p->snap);
	cJSON_Delete(p->hello);
	cJSON_Delete(p->answer);
	free(p);
}

void peer_send(struct peer *p, const char *json)
{
	if (p->conn)
		ipc_send(p->conn, json, strlen(json));
}

static bool answered_or_gone(void *ctx)
{
	const struct peer *p = ctx;

	return p->gone || !p->waiting[0];
}

const cJSON *peer_ask(struct peer *p, const char *json)
{
	struct err e = { 0 };
	cJSON *o = json_parse(json, strlen(json), &e);
	char *text;

	if (!o)
		fail_msg("%s: %s", json, e.msg);
	if (!json_str(o, "id")) {
		snprintf(
		    p->waiting, sizeof p->waiting, "ask-%p-%lld", (void *)p, (long long)++p->asked);
		json_put_str(o, "id", p->waiting);
	} else {
		const char *re = json_str(o, "re");

		if (json_str(o, "held") && !re) {
			snprintf(p->waiting, sizeof p->waiting, "ask-%p-%lld", (void *)p,
			    (long long)++p->asked);
			json_put_str(o, "re", p->waiting);
		} else {
			snprintf(p->waiting, sizeof p->waiting, "%s", re ? re : json_str(o, "id"));
		}
	}
	text = json_text(o);
	peer_send(p, text);
	free(text);
	cJSON_Delete(o);
	if (!rig_until(p->rig, answered_or_gone, p, RIG_WAIT_MS) || p->gone)
		fail_msg("no answer to %s", json);
	return p->answer;
}

bool peer_ok(struct peer *p, const char *json)
{
	const cJSON *a = peer_ask(p, json);

	if (json_bool(a, "ok", false))
		return true;
	print_message("refused: %s\n  %s: %s\n", json, json_str_or(a, "rule", "?"),
	    json_str_or(a, "reason", "?"));
	return false;
}

bool peer_refused(struct peer *p, const char *json, const char *rule)
{
	const cJSON *a = peer_ask(p, json);

	if (!json_bool(a, "ok", true) && strcmp(json_str_or(a, "rule", ""), rule) == 0)
		return true;
	print_message("%s\n  not refused by %s, but: %s: %s\n", json, rule,
	    json_str_or(a, "rule", "ok"), json_str_or(a, "reason", ""));
	return false;
}

struct snapshot_wait {
	struct peer *peer;
	bool (*met)(const struct snapshot *s, void *ctx);
	void *ctx;
	long looked;
};

static bool look(void *ctx)
{
	struct snapshot_wait *w = ctx;

	if (w->looked == w->peer->marks)
		return false;
	w->looked = w->peer->marks;
	return w->met(w->peer->snap, w->ctx);
}

bool peer_until(
    struct peer *p, bool (*met)(const struct snapshot *s, void *ctx), void *ctx, int64_t ms)
{
	struct snapshot_wait w = { p, met, ctx, -1 };

	return rig_until(p->rig, look, &w, ms);
}

bool cell_is(const struct snapshot *s, void *ctx)
{
	const struct cell_is *want = ctx;
	const struct snap_cell *c = snap_cell(s, want->component, want->region);

	return c && c->status == want->status && utc_is_set(c->data_at);
}

void peer_clock(struct peer *p, int64_t ms)
{
	char line[48];

	snprintf(line, sizeof line, "{\"clock\":%lld}", (long long)ms);
	peer_send(p, line);
}

static bool alarm_says(const struct snapshot *s, void *ctx)
{
	const char *text = ctx;

	if (!*text)
		return s->engine && s->engine->alarm_count == 0;
	for (size_t i = 0; s->engine && i < s->engine->alarm_count; i++)
		if (strstr(s->engine->alarms[i], text))
			return true;
	return false;
}

void peer_alarm(struct peer *p, const char *text)
{
	if (!peer_until(p, alarm_says, (char *)(uintptr_t)text, RIG_WAIT_MS))
		fail_msg("no alarm says \"%s\", but %zu others", text,
		    p->snap->engine ? p->snap->engine->alarm_count : 0);
}
