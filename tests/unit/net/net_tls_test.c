/* Certificates of each kind of badness, from a small authority that the test makes itself. */
#include "net_rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/stat.h>
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
	bool plain, h2;
	char alpn[32];	 /* what the client offered: "h2 http/1.1 " */
	char client[64]; /* common name of its certificate */
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

static int choose(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *ctx)
{
	struct server *s = ctx;

	(void)ssl;
	s->alpn[0] = 0;
	*out = NULL;
	for (unsigned i = 0; i < in_len && i + in[i] < in_len; i += in[i] + 1u) {
		size_t n = strlen(s->alpn);
		snprintf(s->alpn + n, sizeof s->alpn - n, "%.*s ", in[i], in + i + 1);
		if (in[i] == (s->h2 ? 2 : 8)) {
			*out = in + i + 1;
			*out_len = in[i];
		}
	}
	return *out ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static bool read_whole(SSL *ssl, unsigned char *out, size_t len)
{
	for (size_t n = 0; n < len;) {
		int got = SSL_read(ssl, out + n, (int)(len - n));
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	return true;
}

/* The least of HTTP/2: each HEADERS frame is answered with ":status: 200" and no body. */
static void serve_h2(SSL *ssl)
{
	static const unsigned char settings[] = { 0, 0, 0, 4, 0, 0, 0, 0, 0 },
				   ack[] = { 0, 0, 0, 4, 1, 0, 0, 0, 0 };
	unsigned char head[24], body[16384];

	if (!read_whole(ssl, head, 24) || memcmp(head, "PRI * HTTP/2.0", 14) != 0)
		return;
	SSL_write(ssl, settings, sizeof settings);
	while (read_whole(ssl, head, 9)) {
		size_t len = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
		if (len > sizeof body || !read_whole(ssl, body, len))
			return;
		if (head[3] == 4 && !(head[4] & 1))
			SSL_write(ssl, ack, sizeof ack);
		if (head[3] == 1) {
			unsigned char reply[] = { 0, 0, 1, 1, 5, head[5], head[6], head[7], head[8],
				0x88 };
			SSL_write(ssl, reply, sizeof reply);
		}
	}
}

static void note_client(struct server *s, SSL *ssl)
{
	X509 *peer = SSL_get1_peer_certificate(ssl);

	s->client[0] = 0;
	if (peer)
		X509_NAME_get_text_by_NID(
		    X509_get_subject_name(peer), NID_commonName, s->client, sizeof s->client);
	X509_free(peer);
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
	if (SSL_accept(ssl) == 1) {
		note_client(s, ssl);
		if (s->h2)
			serve_h2(ssl);
		else if (SSL_read(ssl, request, sizeof request) > 0)
			SSL_write(ssl, reply, sizeof reply - 1);
	}
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
	SSL_CTX_set_alpn_select_cb(s->ctx, choose, s);
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

static const struct observation *ask_target(struct rig *r, struct probe_target *t)
{
	size_t before = r->seen_count;

	t->id = S("tls");
	t->interval_ms = 50000;
	t->timeout_ms = 4000;
	t->resolve = S("127.0.0.1");
	net_set_targets(r->net, NULL, 0); /* a new one each time */
	net_set_targets(r->net, t, 1);
	rig_until(r, &r->seen_count, before + 1);
	return &r->seen[r->seen_count - 1];
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

static void put_bundle(const char *path, X509 *cert)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	if (cert)
		PEM_write_X509(f, cert);
	else
		fputs("no certificate\n", f);
	fclose(f);
}

/* Two targets with one bundle share what was read of it; a bundle that is replaced is read again at
 * the next connection, and one that holds nothing verifies nothing. */
static void a_bundle_is_read_again_when_it_changes(void **state)
{
	struct rig *r = *state;
	struct server s = { 0 };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *other = certificate(key, "Another Authority", -DAY, 365L * DAY, NULL);
	char *path = xasprintf("%s/bundle.pem", ca.folder), url[64];

	server_start(&s, "noc.test", -DAY, 30L * DAY);
	snprintf(url, sizeof url, "https://noc.test:%d/", s.port);
	struct probe_target t = { .id = S("keeps"),
		.kind = S("http"),
		.url = url,
		.interval_ms = 3600000,
		.timeout_ms = 4000,
		.resolve = S("127.0.0.1"),
		.ca_file = path };
	const struct {
		char *id;
		X509 *cert;
		enum probe_fault fault;
	} steps[] = { { S("a"), other, FAULT_TLS_UNTRUSTED }, { S("b"), ca.cert, FAULT_NONE },
		{ S("c"), NULL, FAULT_TLS }, { S("d"), ca.cert, FAULT_NONE } };
	for (size_t i = 0; i < countof(steps); i++) {
		/* The first one stays, and what was read for it. */
		struct probe_target both[] = { t, t };
		const struct observation *o = NULL;

		both[1].id = steps[i].id;
		put_bundle(path, steps[i].cert);
		net_set_targets(r->net, both, 2);
		while (!o) {
			rig_until(r, &r->seen_count, r->seen_count + 1);
			o = rig_seen(r, steps[i].id);
		}
		if (o->fault != steps[i].fault)
			fail_msg("step %zu: %s", i, o->reason);
	}
	server_stop(&s);
	X509_free(other);
	EVP_PKEY_free(key);
	free(path);
}

/* The kind that only looks at certificates tells the same states apart, and how long is left. */
static void certificates_are_looked_at(void **state)
{
	static const struct {
		const char *name;
		long from_s, to_s;
		bool trusted, plain;
		enum status status;
		enum probe_fault fault;
		int days;
		const char *reason;
	} cases[] = {
		{ "noc.test", -DAY, 90L * DAY, true, false, STATUS_OPERATIONAL, FAULT_NONE, 90,
		    "certificates hold for " },
		{ "noc.test", -DAY, 10L * DAY, true, false, STATUS_DEGRADED, FAULT_NONE, 10,
		    "expires in " },
		{ "noc.test", -DAY, 90L * DAY, false, false, STATUS_MAJOR, FAULT_TLS_UNTRUSTED, 90,
		    "not signed by a known authority" },
		{ "other.test", -DAY, 90L * DAY, true, false, STATUS_MAJOR, FAULT_TLS_HOST, 90,
		    "for another name" },
		{ "noc.test", -30L * DAY, -5L * DAY, true, false, STATUS_MAJOR, FAULT_TLS_EXPIRED,
		    -5, "out of its dates" },
		{ "noc.test", -DAY, 90L * DAY, true, true, STATUS_MAJOR, FAULT_TLS, PROBE_NO_CERT,
		    "handshake failed" },
	};
	struct rig *r = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct server s = { .plain = cases[i].plain };
		char address[64];
		server_start(&s, cases[i].name, cases[i].from_s, cases[i].to_s);
		snprintf(address, sizeof address, "noc.test:%d", s.port);
		struct probe_target t = { .kind = S("tls"),
			.url = address,
			.ca_file = cases[i].trusted ? ca.file : NULL,
			.expect.certificate_days = 30 };
		const struct observation *o = ask_target(r, &t);
		server_stop(&s);
		if (o->fault != cases[i].fault || o->status != cases[i].status ||
		    !strstr(o->reason, cases[i].reason))
			fail_msg("case %zu: %s (%s)", i, probe_fault_names[o->fault], o->reason);
		if (o->cert_days != cases[i].days && o->cert_days != cases[i].days - 1)
			fail_msg("case %zu: %d days", i, o->cert_days);
		assert_string_equal(s.alpn, ""); /* it may be no HTTP server */
		assert_true(o->fault || o->phase.tls > 0);
	}
}

/* An authority that ends before the certificate does decides. */
static void the_whole_chain_counts(void **state)
{
	struct authority real = ca;
	struct server s = { 0 };
	char address[64];

	ca.cert = certificate(ca.key, "Test Authority", -DAY, 7L * DAY + 3600, NULL);
	ca.file = xasprintf("%s/short.pem", ca.folder);
	FILE *f = fopen(ca.file, "w");
	PEM_write_X509(f, ca.cert);
	fclose(f);
	server_start(&s, "noc.test", -DAY, 90L * DAY);
	snprintf(address, sizeof address, "noc.test:%d", s.port);
	struct probe_target t = {
		.kind = S("tls"), .url = address, .ca_file = ca.file, .expect.certificate_days = 30
	};
	const struct observation *o = ask_target(*state, &t);
	server_stop(&s);
	X509_free(ca.cert);
	free(ca.file);
	ca = real;
	assert_int_equal(o->status, STATUS_DEGRADED);
	assert_int_equal(o->cert_days, 7);
}

static void http_2_is_spoken_where_it_is_offered(void **state)
{
	struct rig *r = *state;

	for (int h2 = 0; h2 < 2; h2++) {
		struct server s = { .h2 = h2 };
		char url[64];
		server_start(&s, "noc.test", -DAY, 90L * DAY);
		snprintf(url, sizeof url, "https://noc.test:%d/", s.port);
		struct probe_target t = { .kind = S("http"), .url = url, .ca_file = ca.file };
		const struct observation *o = ask_target(r, &t);
		if (o->status != STATUS_OPERATIONAL)
			fail_msg("%s", o->reason);
		assert_int_equal(o->code, 200);
		assert_string_equal(s.alpn, "h2 http/1.1 ");
		/* A second round, on the same connection where it was kept. */
		net_probe_now(r->net, "tls");
		rig_until(r, &r->seen_count, r->seen_count + 1);
		o = &r->seen[r->seen_count - 1];
		assert_int_equal(o->status, STATUS_OPERATIONAL);
		if (h2)
			assert_int_equal(o->phase.tls, 0);
		net_set_targets(r->net, NULL, 0);
		rig_stop(state); /* closes it */
		rig_start(state);
		r = *state;
		server_stop(&s);
	}
}

static char *write_pem(const char *name, mode_t mode, X509 *cert, EVP_PKEY *key)
{
	char *path = xasprintf("%s/%s", ca.folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	if (cert)
		PEM_write_X509(f, cert);
	if (key)
		PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void our_own_certificate_is_shown(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = certificate(key, "noc-client", -DAY, 90L * DAY, &ca);
	char *cert_file = write_pem("client.pem", 0644, cert, NULL),
	     *key_file = write_pem("client.key", 0600, NULL, key),
	     *open_file = write_pem("open.key", 0640, NULL, key),
	     *both_file = write_pem("both.pem", 0600, cert, key), *none = S("/nonexistent/key");
	const struct {
		char *cert, *key;
		enum probe_fault fault;
		const char *client;
	} cases[] = {
		{ NULL, NULL, FAULT_BROKEN, "" }, /* the server wants one */
		{ cert_file, key_file, FAULT_NONE, "noc-client" },
		{ both_file, NULL, FAULT_NONE, "noc-client" },
		{ cert_file, open_file, FAULT_URL, "" },
		{ cert_file, NULL, FAULT_URL, "" }, /* anybody may read it, and it holds no key */
		{ cert_file, none, FAULT_URL, "" },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct server s = { 0 };
		char url[64];
		server_start(&s, "noc.test", -DAY, 90L * DAY);
		SSL_CTX_load_verify_locations(s.ctx, ca.file, NULL);
		SSL_CTX_set_verify(s.ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
		snprintf(url, sizeof url, "https://noc.test:%d/", s.port);
		struct probe_target t = { .kind = S("http"),
			.url = url,
			.ca_file = ca.file,
			.cert_file = cases[i].cert,
			.key_file = cases[i].key };
		const struct observation *o = ask_target(*state, &t);
		server_stop(&s);
		bool refused = cases[i].fault == FAULT_BROKEN &&
			       (o->fault == FAULT_BROKEN || o->fault == FAULT_TLS);
		if (o->fault != cases[i].fault && !refused)
			fail_msg("case %zu: %s (%s)", i, probe_fault_names[o->fault], o->reason);
		assert_string_equal(s.client, cases[i].client);
	}
	X509_free(cert);
	EVP_PKEY_free(key);
	free(cert_file);
	free(key_file);
	free(open_file);
	free(both_file);
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
		T(a_bundle_is_read_again_when_it_changes),
		T(certificates_are_looked_at),
		T(the_whole_chain_counts),
		T(http_2_is_spoken_where_it_is_offered),
		T(our_own_certificate_is_shown),
	};
	return cmocka_run_group_tests(tests, make_authority, drop_authority);
}
