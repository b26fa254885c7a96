/* Certificates of each kind of badness, from a small authority that the test makes itself. */
#include "net_rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "os/file.h"

#define S(x) ((char *)(uintptr_t)(x))
#define DAY 86400

struct authority {
	X509 *cert;
	EVP_PKEY *key;
	char *folder, *file;
};

struct server {
	SSL_CTX *ctx;
	int fd, port;
	bool plain;
	pthread_t thread;
};

static struct authority ca;

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(x);
	X509_add_ext(cert, x, -1);
	X509_EXTENSION_free(x);
}

/* `issuer` NULL: signs itself. */
static X509 *certificate(
    EVP_PKEY *key, const char *name, long from_s, long to_s, const struct authority *issuer)
{
	static long serial = 1;
	X509 *c = X509_new();
	X509_NAME *n = X509_get_subject_name(c);
	char alt[128];

	X509_set_version(c, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(c), serial++);
	X509_gmtime_adj(X509_getm_notBefore(c), from_s);
	X509_gmtime_adj(X509_getm_notAfter(c), to_s);
	X509_set_pubkey(c, key);
	X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(c, issuer ? X509_get_subject_name(issuer->cert) : n);
	snprintf(alt, sizeof alt, "DNS:%s", name);
	if (issuer)
		extend(c, issuer->cert, NID_subject_alt_name, alt);
	else
		extend(c, c, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(c, issuer ? issuer->key : key, EVP_sha256()) > 0);
	return c;
}

static int make_authority(void **state)
{
	struct err e = { 0 };

	(void)state;
	ca.key = EVP_EC_gen("P-256");
	ca.cert = certificate(ca.key, "Test Authority", -DAY, 365L * DAY, NULL);
	ca.folder = file_scratch("tls", &e);
	assert_non_null(ca.folder);
	ca.file = xasprintf("%s/ca.pem", ca.folder);
	FILE *f = fopen(ca.file, "w");
	assert_non_null(f);
	PEM_write_X509(f, ca.cert);
	fclose(f);
	return 0;
}

static int drop_authority(void **state)
{
	(void)state;
	X509_free(ca.cert);
	EVP_PKEY_free(ca.key);
	file_remove_tree(ca.folder, NULL);
	free(ca.folder);
	free(ca.file);
	return 0;
}

static void serve_one(struct server *s, int fd)
{
	static const char reply[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
	struct timeval limit = { 2, 0 };
	char request[4096];

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (s->plain) {
		ssize_t n = recv(fd, request, sizeof request, 0);
		(void)!send(fd, reply, n > 0 ? sizeof reply - 1 : 0, MSG_NOSIGNAL);
		close(fd);
		return;
	}
	SSL *ssl = SSL_new(s->ctx);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0)
		SSL_write(ssl, reply, sizeof reply - 1);
	SSL_shutdown(ssl);
	SSL_free(ssl);
	close(fd);
}

static void *serve(void *ctx)
{
	struct server *s = ctx;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0)
		serve_one(s, fd);
	return NULL;
}

static void server_start(struct server *s, const char *name, long from_s, long to_s)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = certificate(key, name, from_s, to_s, &ca);

	s->ctx = SSL_CTX_new(TLS_server_method());
	SSL_CTX_use_certificate(s->ctx, cert);
	SSL_CTX_use_PrivateKey(s->ctx, key);
	X509_free(cert);
	EVP_PKEY_free(key);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->fd, 16), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&a, &size), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	SSL_CTX_free(s->ctx);
}

static const struct observation *ask(
    struct rig *r, const struct server *s, const char *ca_file, int warn_days)
{
	char url[64];
	size_t before = r->seen_count;

	snprintf(url, sizeof url, "https://noc.test:%d/", s->port);
	struct probe_target t = { .id = S("tls"),
		.kind = S("http"),
		.url = url,
		.interval_ms = 3600000,
		.timeout_ms = 4000,
		.resolve = S("127.0.0.1"),
		.ca_file = S(ca_file),
		.expect.certificate_days = warn_days };
	net_set_targets(r->net, NULL, 0); /* a new one each time */
	net_set_targets(r->net, &t, 1);
	rig_until(r, &r->seen_count, before + 1);
	return &r->seen[r->seen_count - 1];
}

static void bad_certificates_are_told_apart(void **state)
{
	static const struct {
		const char *name;
		long from_s, to_s;
		bool trusted, plain;
		int max_version;
		enum probe_fault fault;
	} cases[] = {
		{ "noc.test", -DAY, 30L * DAY, true, false, 0, FAULT_NONE },
		{ "noc.test", -DAY, 30L * DAY, false, false, 0, FAULT_TLS_UNTRUSTED },
		{ "other.test", -DAY, 30L * DAY, true, false, 0, FAULT_TLS_HOST },
		{ "noc.test", -30L * DAY, -DAY, true, false, 0, FAULT_TLS_EXPIRED },
		{ "noc.test", DAY, 30L * DAY, true, false, 0, FAULT_TLS_EXPIRED },
		{ "noc.test", -DAY, 30L * DAY, true, true, 0, FAULT_TLS },
		{ "noc.test", -DAY, 30L * DAY, true, false, TLS1_1_VERSION, FAULT_TLS },
	};
	struct rig *r = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct server s = { .plain = cases[i].plain };
		server_start(&s, cases[i].name, cases[i].from_s, cases[i].to_s);
		if (cases[i].max_version) {
			SSL_CTX_set_security_level(s.ctx, 0);
			SSL_CTX_set_max_proto_version(s.ctx, cases[i].max_version);
		}
		const struct observation *o = ask(r, &s, cases[i].trusted ? ca.file : NULL, 14);
		server_stop(&s);
		if (o->fault != cases[i].fault)
			fail_msg("case %zu: %s (%s)", i, probe_fault_names[o->fault], o->reason);
		assert_int_equal(o->status, o->fault ? STATUS_MAJOR : STATUS_OPERATIONAL);
		if (!o->fault) {
			assert_true(o->phase.tls > 0);
			assert_true(o->cert_days == 29 || o->cert_days == 30);
		}
	}
}

static void a_certificate_that_ends_soon_degrades(void **state)
{
	struct rig *r = *state;
	struct server s = { 0 };

	server_start(&s, "noc.test", -DAY, 10L * DAY + 3600);
	const struct observation *o = ask(r, &s, ca.file, 14);
	assert_int_equal(o->status, STATUS_DEGRADED);
	assert_non_null(strstr(o->reason, "expires in 10 days"));
	o = ask(r, &s, ca.file, 5);
	assert_int_equal(o->status, STATUS_OPERATIONAL);
	/* Who does not ask does not get it. */
	o = ask(r, &s, ca.file, 0);
	assert_int_equal(o->cert_days, PROBE_NO_CERT);
	/* A bundle that is not there verifies nothing. */
	o = ask(r, &s, "/nonexistent/ca.pem", 0);
	assert_int_equal(o->fault, FAULT_TLS);
	server_stop(&s);
}

int main(int argc, char **argv)
{
	int child = rig_main_child(argc, argv);
	if (child >= 0)
		return child;
#define T(f) cmocka_unit_test_setup_teardown(f, rig_start, rig_stop)
	const struct CMUnitTest tests[] = {
		T(bad_certificates_are_told_apart),
		T(a_certificate_that_ends_soon_degrades),
	};
	return cmocka_run_group_tests(tests, make_authority, drop_authority);
}
