/* What a new, verified TLS connection costs an engine's probe beside a bare libcurl loop that
 * shares one store of authorities: tls_bench RIG, where RIG is that loop's program. The server
 * closes after each answer and resumes nothing; the authorities are those of this host, and one of
 * ours. */
#include "t.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/json.h"
#include "load.h"

#define ENDPOINTS 500
#define INTERVAL_S 10
#define WARM_S 13 /* each was asked once, and every store is read */
#define GOAL 1.3
#define SYSTEM "/etc/ssl/certs/ca-certificates.crt"

/* ---- the other end ---- */

static volatile int *served; /* answers, of the server's process */

static void extend(X509 *c, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, c, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	X509_add_ext(c, e, -1);
	X509_EXTENSION_free(e);
}

/* NULL `issuer`: an authority, signed by itself. */
static X509 *certificate(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *c = X509_new();
	X509_NAME *n = X509_get_subject_name(c);

	X509_set_version(c, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(c), issuer ? 2 : 1);
	X509_gmtime_adj(X509_getm_notBefore(c), -86400);
	X509_gmtime_adj(X509_getm_notAfter(c), 90 * 86400L);
	X509_set_pubkey(c, key);
	X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(c, issuer ? X509_get_subject_name(issuer) : n);
	if (issuer)
		extend(c, issuer, NID_subject_alt_name, "DNS:*.tls.localhost");
	else
		extend(c, c, NID_basic_constraints, "critical,CA:TRUE");
	X509_sign(c, issuer ? issuer_key : key, EVP_sha256());
	return c;
}

static void serve(int listener, SSL_CTX *ctx)
{
	static const char reply[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
	struct timeval limit = { 2, 0 };
	char request[4096];
	int fd;

	signal(SIGPIPE, SIG_IGN);
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		SSL *ssl = SSL_new(ctx);

		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
		SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0 &&
		    SSL_write(ssl, reply, sizeof reply - 1) > 0)
			++*served;
		SSL_shutdown(ssl);
		SSL_free(ssl);
		close(fd);
	}
	_exit(1);
}

/* Its port; the authorities are written to `ca_file`. */
static int start_server(const char *ca_file, pid_t *pid)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *ca = certificate(ca_key, "Bench Authority", NULL, NULL);
	X509 *cert = certificate(key, "server", ca, ca_key);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof any;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *system = slurp(SYSTEM, NULL);
	FILE *f = fopen(ca_file, "w");

	SSL_CTX_use_certificate(ctx, cert);
	SSL_CTX_use_PrivateKey(ctx, key);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_num_tickets(ctx, 0);
	if (!f || fputs(system ? system : "", f) < 0 || !PEM_write_X509(f, ca) || fclose(f) != 0 ||
	    bind(fd, (struct sockaddr *)&any, sizeof any) != 0 || listen(fd, 4096) != 0 ||
	    getsockname(fd, (struct sockaddr *)&any, &len) != 0) {
		fprintf(stderr, "tls_bench: the server did not start\n");
		exit(1);
	}
	free(system);
	served =
	    mmap(NULL, sizeof *served, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (served == MAP_FAILED)
		exit(1);
	*pid = fork();
	if (*pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd, ctx);
	}
	close(fd);
	return ntohs(any.sin_port);
}

/* ---- both sides ---- */

struct cost {
	double us, rss_mib; /* CPU time a connection; memory */
};

static struct cost run_rig(const char *rig, int port, const char *ca_file, int seconds)
{
	char command[900], line[4096] = "";
	struct cost c = { -1, -1 };
	struct err e;

	snprintf(command, sizeof command,
	    "'%s' -u https://127.0.0.1:%d/ok/ -n %d -d %d -r %d -M 64 -D -1 -f -S -b 20 -w %d -t "
	    "%d "
	    "-V '%s' -X",
	    rig, port, ENDPOINTS, ENDPOINTS, ENDPOINTS / INTERVAL_S, WARM_S, seconds, ca_file);
	FILE *f = popen(command, "r");
	size_t len = f ? fread(line, 1, sizeof line - 1, f) : 0;
	cJSON *json = json_parse(line, len, &e);
	if (f && pclose(f) == 0 && json && json_int(json, "errors", 1) == 0) {
		c.us = cJSON_GetNumberValue(json_get(json, "cpu_us_per_probe"));
		c.rss_mib = cJSON_GetNumberValue(json_get(json, "rss_end_kb")) / 1024;
	}
	cJSON_Delete(json);
	return c;
}

static struct cost run_engine(struct rig *r, int port, const char *ca_file, int seconds)
{
	struct cost c = { -1, -1 };
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, "noc: { journal: \"{dir}/journal.db\", socket: \"{dir}/engine.sock\" }\n"
		     "regions:\n  - { id: FR, name: France, timezone: Europe/Paris }\n"
		     "components:\n  - { id: c, name: C, class: other, probes: [ ");
	for (int i = 0; i < ENDPOINTS; i++)
		buf_addf(&b,
		    "%s{ region: FR, http: \"https://c%d.tls.localhost:%d/ok\", resolve: "
		    "127.0.0.1, "
		    "interval: %ds, ca: \"%s\" }",
		    i ? ", " : "", i, port, INTERVAL_S, ca_file);
	buf_adds(&b, " ] }\n");
	rig_write(r, "nocboard.yaml", buf_str(&b));
	buf_fini(&b);
	if (!rig_start(r, NULL)) {
		fprintf(stderr, "tls_bench: %s\n", r->ready);
		return c;
	}
	load_turn(r, WARM_S * INT64_C(1000));
	double cpu = load_cpu_s(r->pid);
	int before = *served;
	load_turn(r, seconds * INT64_C(1000));
	/* Only connections that were verified and answered count. */
	if (*served > before)
		c.us = (load_cpu_s(r->pid) - cpu) * 1e6 / (*served - before);
	c.rss_mib = load_rss_mib(r->pid);
	return c;
}

int main(int argc, char **argv)
{
	int seconds = load_number("BENCH_SECONDS", 60) / 3;
	char ca_file[600];
	pid_t server;

	if (argc < 2)
		return 2;
	struct rig *r = rig_new();
	snprintf(ca_file, sizeof ca_file, "%s/ca.pem", r->dir);
	int port = start_server(ca_file, &server);
	struct cost loop = run_rig(argv[1], port, ca_file, seconds);
	struct cost ours = run_engine(r, port, ca_file, seconds);

	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	rig_free(r);
	printf(
	    "%-4s us of CPU a new verified TLS connection: %.0f, a bare libcurl loop's %.0f: %.2f "
	    "times (goal: at most %.1f)\n",
	    ours.us > 0 && loop.us > 0 && ours.us <= GOAL * loop.us ? "PASS" : "FAIL", ours.us,
	    loop.us, ours.us / loop.us, GOAL);
	printf("MiB of memory meanwhile: %.1f, the loop's %.1f\n", ours.rss_mib, loop.rss_mib);
	return 0;
}
