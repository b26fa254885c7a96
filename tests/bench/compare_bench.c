/* What an engine's probe costs beside a bare libcurl loop that does the same requests at the same
 * rate to the same server: compare_bench RIG, where RIG is that loop's program. Every endpoint has
 * a host of its own and keeps its connection. Of three windows each the cheapest counts. */
#include "t.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "load.h"
#include "os/clock.h"

#define REGIONS 20
#define PROBE_S 10
#define WINDOWS 3
#define WARM_MS 13000 /* each was asked once and has its connection */

struct cost {
	double us, rss_mib; /* CPU time a probe; memory */
};

/* The loop prints one line of JSON. */
static struct cost run_rig(const char *rig, int port, int endpoints, int seconds)
{
	char url[64], n[16], rate[16], time[16], line[4096];
	struct cost c = { -1, -1 };
	struct err e;
	int out[2], status;
	size_t len = 0;
	ssize_t got;

	snprintf(url, sizeof url, "http://127.0.0.1:%d/ok/", port);
	snprintf(n, sizeof n, "%d", endpoints);
	snprintf(rate, sizeof rate, "%d", endpoints / PROBE_S);
	snprintf(time, sizeof time, "%d", seconds);
	if (pipe(out) != 0)
		return c;
	pid_t pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		execl(rig, rig, "-u", url, "-n", n, "-d", n, "-r", rate, "-M", "64", "-D", "-1",
		    "-b", "20", "-w", "13", "-t", time, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	while ((got = read(out[0], line + len, sizeof line - len)) > 0)
		len += (size_t)got;
	close(out[0]);
	waitpid(pid, &status, 0);
	cJSON *json = json_parse(line, len, &e);
	if (json) {
		c.us = cJSON_GetNumberValue(json_get(json, "cpu_us_per_probe"));
		c.rss_mib = cJSON_GetNumberValue(json_get(json, "rss_end_kb")) / 1024;
	}
	cJSON_Delete(json);
	return c;
}

static void write_config(struct rig *r, int port, int endpoints)
{
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, "noc: { journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
		     "regions:\n");
	for (int i = 0; i < REGIONS; i++)
		buf_addf(&b, "  - { id: R%d, name: Region %d, timezone: Europe/Paris }\n", i, i);
	buf_adds(&b, "components:\n");
	for (int i = 0; i < endpoints; i++) {
		if (i % REGIONS == 0)
			buf_addf(&b, "%s  - { id: c%d, name: C%d, class: other, probes: [ ",
			    i ? " ] }\n" : "", i / REGIONS, i / REGIONS);
		buf_addf(&b, "%s{ region: R%d, http: \"http://127.8.%d.%d:%d/%d\", interval: %ds }",
		    i % REGIONS ? ", " : "", i % REGIONS, i / 250, 1 + i % 250, port, i, PROBE_S);
	}
	buf_adds(&b, " ] }\n");
	rig_write(r, "nocboard.yaml", buf_str(&b));
	buf_fini(&b);
}

/* Of several windows the one in which other work of the machine got in the way least. */
static void keep_least(double *least, double us)
{
	if (us > 0 && (*least < 0 || us < *least))
		*least = us;
}

static double window_us(struct rig *r, int endpoints, int seconds)
{
	double cpu = load_cpu_s(r->pid), took;
	int64_t start = clock_mono().ms;

	load_turn(r, seconds * INT64_C(1000));
	took = (double)(clock_mono().ms - start) / 1000;
	return (load_cpu_s(r->pid) - cpu) * 1e6 / (took * endpoints / PROBE_S);
}

static struct cost run_engine(int port, int endpoints, int seconds)
{
	struct rig *r = rig_new();
	struct cost c = { -1, -1 };

	write_config(r, port, endpoints);
	if (rig_start(r, NULL)) {
		load_turn(r, WARM_MS);
		for (int i = 0; i < WINDOWS; i++)
			keep_least(&c.us, window_us(r, endpoints, seconds));
		c.rss_mib = load_rss_mib(r->pid);
	} else {
		fprintf(stderr, "compare_bench: %s\n", r->ready);
	}
	rig_free(r);
	return c;
}

static void ratio(const char *what, double ours, double theirs, double most)
{
	printf("%-4s %s: %.1f, beside %.1f: %.2f times (goal: at most %.2f)\n",
	    ours > 0 && theirs > 0 && ours / theirs <= most ? "PASS" : "FAIL", what, ours, theirs,
	    ours / theirs, most);
}

int main(int argc, char **argv)
{
	static const int sizes[] = { 1000, 10000 };
	int seconds = load_number("BENCH_SECONDS", 60) / 6;
	struct cost loop[2], ours[2];

	if (argc < 2)
		return 2;
	for (int i = 0; i < 2; i++) {
		pid_t world;
		int port = load_world(&world);

		loop[i] = run_rig(argv[1], port, sizes[i], seconds);
		for (int k = 1; k < WINDOWS; k++)
			keep_least(&loop[i].us, run_rig(argv[1], port, sizes[i], seconds).us);
		ours[i] = run_engine(port, sizes[i], seconds);
		kill(world, SIGKILL);
		waitpid(world, NULL, 0);
		printf("%d origins each %d s\n", sizes[i], PROBE_S);
		ratio(
		    "us of CPU a probe, beside a bare libcurl loop", ours[i].us, loop[i].us, 1.25);
		ratio("MiB of memory, beside the loop's", ours[i].rss_mib, loop[i].rss_mib, 1.4);
	}
	ratio("us of CPU a probe at 10,000 origins, beside at 1,000", ours[1].us, ours[0].us, 1.25);
	return 0;
}
