/* What watching costs: many endpoints each ten seconds, of which a fifth of the hosts take the
 * request and never answer and some lie in every other way; how fast a board answers its keys
 * meanwhile; and what is made of all of them failing at once. ENDPOINTS says how many.
 * With `hold` it only keeps an engine with open incidents, whose roles are held and of which 40
 * countdowns are on the screen, for others to measure a board on, until its input ends; with
 * `board CONFIG` it measures an idle board on such an engine. */
#include "t.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "load.h"
#include "os/clock.h"

#define REGIONS 20
#define PER_HOST 4
#define INCIDENTS 9   /* of four clocks each; those of the first stand beside the list again */
#define EDGES 12      /* targets that turn bad, of one incident that is open */
#define WARM_MS 12000 /* each endpoint was asked once */

/* What is asked of so many. */
static const struct scale {
	int endpoints;
	double cpu_s, rss_mib, key_ms; /* of the engine in 60 s; its memory; p99 */
} scales[] = {
	{ 2000, 6, 96, 50 },
	{ 10000, 60, 256, 100 },
};

/* ---- the configuration ---- */

/* Every way to be no help, each from an endpoint of its own. */
static const char *const odd[] = { "stall", "trickle", "reset", "close", "endless", "headers",
	"short", "long", "garbage", "bomb", "twice", "redirect" };

/* Of a host of its own, 127.7.0.y, and in a place of its own among all: starts are spread in the
 * order of the configuration. */
static void add_edge(struct buf *b, int i, int port)
{
	buf_addf(b,
	    "  - { id: edge%d, name: Edge, class: other, probes: [ { region: R0, http: "
	    "\"http://127.7.0.%d:%d/\", interval: 10s, timeout: 3s, fail_after: 1 } ] }\n",
	    i, i + 1, port);
}

static void add_odd(struct rig *r, struct buf *b)
{
	struct err e;

	buf_adds(b, "  - { id: odd, name: Odd, class: other, probes: [ ");
	for (size_t i = 0; i < countof(odd); i++) {
		char path[16];

		snprintf(path, sizeof path, "/odd/%zu", i);
		if (!farm_set(r->farm, path, odd[i], &e))
			fail_msg("%s", e.msg);
		buf_addf(b,
		    "%s{ region: R%zu, http: \"http://{farm}%s\", interval: 10s, timeout: 3s }",
		    i ? ", " : "", i, path);
	}
	buf_adds(b, " ] }\n");
	if (!farm_set(r->farm, "/gateway", "ok", &e))
		fail_msg("%s", e.msg);
}

static void add_probe(struct buf *b, int n, int region, int port, bool stalled)
{
	int host = n / PER_HOST;

	buf_addf(b,
	    "%s{ region: R%d, http: \"http://127.%d.%d.%d:%d/health/%d\", interval: 10s, timeout: "
	    "3s }",
	    region ? ", " : "", region, stalled && host % 5 == 4 ? 9 : 8, host / 250,
	    1 + host % 250, port, n);
}

static void write_config(struct rig *r, int endpoints, int port, bool stalled)
{
	int step = endpoints / REGIONS / EDGES + 1;
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, "noc: { name: Bench, gateway: \"http://{farm}/gateway\", journal: "
		     "\"{dir}/journal.db\", socket: "
		     "\"{dir}/engine.sock\" }\nregions:\n");
	for (int i = 0; i < REGIONS; i++)
		buf_addf(&b, "  - { id: R%d, name: Region %d, timezone: Europe/Paris }\n", i, i);
	buf_adds(
	    &b, "people:\n  - { id: ana, name: Ana }\n  - { id: jon, name: Jon }\ncomponents:\n");
	for (int c = 0; c * REGIONS < endpoints; c++) {
		if (stalled && c % step == 0 && c / step < EDGES)
			add_edge(&b, c / step, port);
		buf_addf(&b, "  - { id: c%d, name: Component %d, class: other, probes: [ ", c, c);
		for (int i = 0; i < REGIONS; i++)
			add_probe(&b, c * REGIONS + i, i, port, stalled);
		buf_adds(&b, " ] }\n");
	}
	if (stalled)
		add_odd(r, &b);
	rig_write(r, "nocboard.yaml", buf_str(&b));
	buf_fini(&b);
}

static void must(struct peer *p, const char *format, int n)
{
	struct buf line;

	buf_init(&line, 0);
	for (const char *f = format; *f; f++)
		if (*f == '#')
			buf_addf(&line, "%d", n);
		else
			buf_add(&line, f, 1);
	if (!peer_ok(p, buf_str(&line)))
		exit(1);
	buf_fini(&line);
}

static void open_incidents(struct peer *p)
{
	for (int i = 1; i <= INCIDENTS; i++) {
		must(p,
		    "{\"cmd\":\"open\",\"args\":{\"title\":\"Trouble #\",\"severity\":1,"
		    "\"regions\":[\"R#\"],\"components\":[\"c0\"]}}",
		    i);
		must(p,
		    "{\"cmd\":\"role\",\"incident\":\"INC-#\",\"args\":{\"role\":\"ic\","
		    "\"person\":\"ana\"}}",
		    i);
		must(p,
		    "{\"cmd\":\"role\",\"incident\":\"INC-#\",\"args\":{\"role\":\"comms\","
		    "\"person\":\"jon\"}}",
		    i);
	}
}

/* ---- figures ---- */

static int good_cells(const struct snapshot *s)
{
	const struct snap_cell *c;
	size_t it = 0;
	int n = 0;

	while ((c = map_next(s->cells, &it, NULL)))
		n += c->status == STATUS_OPERATIONAL;
	return n;
}

static void press_for(struct rig *r, struct load_board *b, int64_t ms)
{
	int64_t end = clock_mono().ms + ms;

	while (clock_mono().ms < end) {
		load_board_press(b);
		load_turn(r, 60);
	}
}

static void measure(struct rig *r, struct peer *p, const struct scale *x)
{
	struct load_board board = { 0 };
	int good = x->endpoints * 4 / 5 + 1 /* the odd one that says too much is well */;
	double cpu;
	int64_t start;

	load_turn(r, WARM_MS);
	load_board_start(&board, r->config);
	load_board_drain(&board, 300);
	cpu = load_cpu_s(r->pid);
	start = clock_mono().ms;
	press_for(r, &board, load_number("BENCH_SECONDS", 60) * INT64_C(1000));
	cpu = (load_cpu_s(r->pid) - cpu) * 60000 / (double)(clock_mono().ms - start);
	printf("%d endpoints each 10 s, a fifth of the hosts never answers, %zu are hostile\n",
	    x->endpoints, countof(odd));
	printf("%-4s operational cells: %d, at least %d\n",
	    good_cells(p->snap) >= good - 1 ? "PASS" : "FAIL", good_cells(p->snap), good - 1);
	load_goal("start of a probe after its due time, p99", p->snap->engine->late_ms, 1000, "ms");
	load_goal("engine, CPU in 60 s", cpu, x->cpu_s, "s");
	load_goal("engine, resident memory", load_rss_mib(r->pid), x->rss_mib, "MiB");
	printf("keys: %d pressed, %d drew nothing, p50 %.2f ms\n", board.sent + board.silent,
	    board.silent, load_board_key(&board, 50));
	load_goal("key to the end of its drawing meanwhile, p99", load_board_key(&board, 99),
	    x->key_ms, "ms");
	load_board_end(&board);
}

/* When the last signal of the incident was recorded: its commit begins then (append_bench says how
 * long that takes). A board hears of it up to a quarter of a second later. */
static struct utc last_signal(struct rig *r, const char *id)
{
	cJSON *events = rig_events(r);
	struct utc last = UTC_NONE;

	for (const cJSON *ev = events->child; ev; ev = ev->next)
		if (strcmp(json_str_or(ev, "incident", ""), id) == 0 &&
		    strcmp(json_str_or(ev, "kind", ""), "signal") == 0)
			last = json_utc(ev, "at");
	cJSON_Delete(events);
	return last;
}

/* Targets turn bad at once; each is asked again within its interval, and what it says then is
 * recorded. */
static void edges(struct rig *r, struct peer *p, pid_t world)
{
	const struct snap_incident *inc;
	struct utc start;
	int64_t took;
	struct buf cmd;
	char id[16];
	int before;

	snprintf(id, sizeof id, "INC-%d", INCIDENTS + 1);
	buf_init(&cmd, 0);
	buf_adds(&cmd, "{\"cmd\":\"open\",\"args\":{\"title\":\"Edges\",\"severity\":4,"
		       "\"regions\":[\"R0\"],\"components\":[");
	for (int i = 0; i < EDGES; i++)
		buf_addf(&cmd, "%s\"edge%d\"", i ? "," : "", i);
	buf_adds(&cmd, "]}}");
	if (!peer_ok(p, buf_str(&cmd)))
		exit(1);
	buf_fini(&cmd);
	for (int i = 0; i < 500 && !snap_incident(p->snap, id); i++)
		load_turn(r, 10);
	inc = snap_incident(p->snap, id);
	if (!inc)
		fail_msg("no %s", id);
	before = inc->version;
	kill(world, SIGUSR1);
	start = clock_utc();
	do {
		load_turn(r, 10);
		took = utc_diff(clock_utc(), start);
		inc = snap_incident(p->snap, id);
	} while (inc && inc->version < before + EDGES && took < 30000);
	printf("%d targets of an interval of 10 s turn bad\n", EDGES);
	if (inc && inc->version >= before + EDGES)
		took = utc_diff(last_signal(r, id), start);
	load_goal("until the last of them is in the journal", (double)took, 10100, "ms");
}

static int candidates(const struct snapshot *s)
{
	const struct snap_incident *inc;
	size_t it = 0;
	int n = 0;

	while ((inc = map_next(s->incidents, &it, NULL)))
		n += inc->phase == PHASE_DETECTED;
	return n;
}

/* All endpoints go at once: three failures each until they count as down. */
static void storm(struct rig *r, struct peer *p, pid_t world, const struct scale *x)
{
	struct load_board board = { .keys = "?q" }; /* there is no list to go down */
	int before = candidates(p->snap), opened;
	double cpu = load_cpu_s(r->pid);

	for (int i = 1; i <= INCIDENTS + 1; i++)
		must(p,
		    "{\"cmd\":\"dismiss\",\"incident\":\"INC-#\",\"args\":{\"reason\":\"a "
		    "bench\"}}",
		    i);
	load_board_start(&board, r->config);
	load_board_drain(&board, 300);
	kill(world, SIGKILL);
	press_for(r, &board, 60000);
	printf("all of them fail at once, the gateway answers\n");
	opened = candidates(p->snap) - before;
	printf("%-4s candidates opened in 60 s: %d, from 1 to %d\n",
	    opened >= 1 && opened <= REGIONS ? "PASS" : "FAIL", opened, REGIONS);
	printf("%-4s operational cells afterwards: %d\n",
	    good_cells(p->snap) <= 1 ? "PASS" : "FAIL", good_cells(p->snap));
	load_goal("engine, CPU in 60 s", load_cpu_s(r->pid) - cpu, 60, "s");
	load_goal("engine, resident memory", load_rss_mib(r->pid), x->rss_mib, "MiB");
	load_goal("key to the end of its drawing, p99", load_board_key(&board, 99), 100, "ms");
	load_board_end(&board);
}

/* An idle board, where there is nothing to compare it with. */
static void measure_board(const char *config)
{
	struct load_board board = { 0 };
	struct pollfd in = { .events = POLLIN };
	int idle = load_number("BENCH_IDLE", 20);
	size_t bytes = 0;
	double cpu, end;
	char some[65536];
	ssize_t n;

	load_board_start(&board, config);
	load_board_drain(&board, 900);
	cpu = load_cpu_s(board.pid);
	in.fd = board.fd;
	for (end = load_now_ms() + idle * 1000.0; load_now_ms() < end;)
		if (poll(&in, 1, 100) > 0 && (n = read(board.fd, some, sizeof some)) > 0)
			bytes += (size_t)n;
	printf("idle board: %.0f bytes/s, %.2f %% of a core, %.1f MiB\n", (double)bytes / idle,
	    (load_cpu_s(board.pid) - cpu) * 100 / idle, load_rss_mib(board.pid));
	for (int i = 0; i < 80; i++)
		load_board_press(&board);
	printf("keys: p50 %.2f ms, p99 %.2f ms\n", load_board_key(&board, 50),
	    load_board_key(&board, 99));
	load_board_end(&board);
}

static void hold(struct rig *r)
{
	char byte;

	printf("%s\n", r->config);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
}

int main(int argc, char **argv)
{
	bool holding = argc > 1 && strcmp(argv[1], "hold") == 0;
	const struct scale *x = &scales[0];
	struct rig *r;
	struct peer *p;
	pid_t world;
	int port;

	if (argc > 2 && strcmp(argv[1], "board") == 0) {
		measure_board(argv[2]);
		return 0;
	}
	for (size_t i = 1; i < countof(scales); i++)
		if (load_number("ENDPOINTS", 0) >= scales[i].endpoints)
			x = &scales[i];
	r = rig_new();
	port = load_world(&world);
	write_config(r, holding ? REGIONS : x->endpoints, port, !holding);
	if (!rig_start(r, NULL)) {
		fprintf(stderr, "probe_bench: %s\n", r->ready);
		return 1;
	}
	p = peer_new(r, NULL);
	open_incidents(p);
	if (holding) {
		hold(r);
	} else {
		measure(r, p, x);
		edges(r, p, world);
		storm(r, p, world, x);
	}
	peer_free(p);
	kill(world, SIGKILL);
	waitpid(world, NULL, 0);
	rig_free(r);
	return 0;
}
