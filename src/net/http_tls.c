/* TLS beyond what curl's options say: our own certificate, and the ends of the other side's. */
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <time.h>

#include "base/mem.h"
#include "http_priv.h"
#include "os/file.h"

#define PEM_MAX ((size_t)1 << 20)

static int own_index = -1; /* where a context keeps its request */

static struct utc end_of(const X509 *cert)
{
	struct tm tm;

	if (!cert || !ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm))
		return UTC_NONE;
	return (struct utc){ (int64_t)timegm(&tm) * 1000 };
}

/* Called for each certificate of the chain that was built, whether it is good or not. */
static int verified(int ok, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct http *h = ssl ? SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), own_index) : NULL;
	struct utc end = end_of(X509_STORE_CTX_get_current_cert(store));

	if (h && utc_is_set(end) && (!utc_is_set(h->cert_until) || end.ms < h->cert_until.ms))
		h->cert_until = end;
	return ok;
}

/* A context is made for each new connection. The request is there during the handshake; a later one
 * on the same connection would find it gone, so there is none. */
static CURLcode context_made(CURL *easy, void *context, void *ctx)
{
	struct http *h = ctx;
	X509_STORE *store = authority_store(h->authority);

	(void)easy;
	if (!store)
		return CURLE_SSL_CACERT_BADFILE;
	SSL_CTX_set1_cert_store(context, store);
	if (!h->certificate)
		return CURLE_OK;
	h->cert_until = UTC_NONE;
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_ex_data(context, own_index, h);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verified);
	return CURLE_OK;
}

/* curl reads the files anew for each connection, so that they can be replaced; what is wrong with
 * them from the start is told here. */
static bool own_certificate(struct http *h, const struct http_ask *ask, struct err *e)
{
	const char *key = ask->key_file ? ask->key_file : ask->cert_file;
	struct buf pem;

	buf_init(&pem, PEM_MAX + 1);
	bool ok = file_read(ask->cert_file, PEM_MAX, 0, &pem, e);
	if (ok)
		buf_clear(&pem);
	ok = ok && file_read(key, PEM_MAX, FILE_SECRET, &pem, e);
	if (pem.data)
		explicit_bzero(pem.data, pem.len);
	buf_fini(&pem);
	curl_easy_setopt(h->easy, CURLOPT_SSLCERT, ask->cert_file);
	curl_easy_setopt(h->easy, CURLOPT_SSLKEY, key);
	return ok;
}

bool http_tls_set(struct http *h, const struct http_ask *ask, struct err *e)
{
	CURL *c = h->easy;

	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* The shared store stands for both. Without the third curl would keep the store of a multi
	 * handle's first connection, and put it in place of that of all others. */
	curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(c, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(c, CURLOPT_CA_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION, context_made);
	curl_easy_setopt(c, CURLOPT_SSL_CTX_DATA, h);
	h->authority = authority_take(h->pool->authorities, ask->ca_file);
	h->certificate = ask->certificate;
	if (ask->certificate) {
		/* A resumed session proves nothing anew. */
		curl_easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, 0L);
		if (own_index < 0)
			own_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	}
	return !ask->cert_file || own_certificate(h, ask, e);
}
