/* What comes in on an exchange: counted, cut at the limits, and summed up. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "http_priv.h"

/* X509_V_ERR_* of OpenSSL's <openssl/x509_vfy.h>, which curl hands on as numbers; UNSET is what
 * curl itself puts there before it has looked at the chain. */
enum { VERIFY_UNSET = 1, VERIFY_NOT_YET = 9, VERIFY_EXPIRED = 10, VERIFY_HOST = 62 };

void http_exchange_begin(struct http *h)
{
	h->going = xcalloc(1, sizeof *h->going);
	h->going->answer.body = "";
	curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, h->going->error);
	buf_clear(&h->body);
	h->header_bytes = 0;
	h->header_lines = 0;
	h->encoded = h->moved = false;
	h->stop = FAULT_NONE;
}

static size_t stop(struct http *h, enum probe_fault fault, const char *why)
{
	h->stop = fault;
	snprintf(h->going->stop_detail, sizeof h->going->stop_detail, "%s", why);
	return 0;
}

static bool header_is(const char *line, size_t len, const char *name, const char **value, size_t *n)
{
	size_t k = strlen(name);

	if (len <= k || line[k] != ':' || strncasecmp(line, name, k) != 0)
		return false;
	*value = line + k + 1;
	*n = len - k - 1;
	while (*n && strchr(" \t", **value))
		++*value, --*n;
	while (*n && strchr(" \t\r\n", (*value)[*n - 1]))
		--*n;
	return true;
}

/* Only what can be sent back or compared as it is: visible ASCII; anything else counts as absent.
 */
static void header_keep(char *out, size_t size, const char *value, size_t n)
{
	out[0] = 0;
	if (n >= size)
		return;
	for (size_t i = 0; i < n; i++)
		if (value[i] < ' ' || value[i] > '~')
			return;
	memcpy(out, value, n);
	out[n] = 0;
}

static void status_line(struct http *h, const char *line, size_t len)
{
	struct http_answer *a = &h->going->answer;
	const char *code = memchr(line, ' ', len);

	/* The headers of a redirect or of a 1xx do not count for the answer. */
	a->content_type[0] = a->etag[0] = a->last_modified[0] = a->retry_after[0] = 0;
	a->cache_control[0] = 0;
	h->encoded = false;
	if (code && len - (size_t)(code - line) > 3 &&
	    (!strncmp(code + 1, "301", 3) || !strncmp(code + 1, "308", 3)))
		h->moved = true;
}

size_t http_header_in(char *line, size_t size, size_t count, void *ctx)
{
	struct http *h = ctx;
	struct http_answer *a = &h->going->answer;
	const struct {
		const char *name;
		char *out;
		size_t size;
	} kept[] = { { "content-type", a->content_type, sizeof a->content_type },
		{ "etag", a->etag, sizeof a->etag },
		{ "last-modified", a->last_modified, sizeof a->last_modified },
		{ "retry-after", a->retry_after, sizeof a->retry_after },
		{ "cache-control", a->cache_control, sizeof a->cache_control } };
	size_t len = size * count, n;
	const char *value;

	h->header_bytes += len;
	if (h->header_bytes > HTTP_HEADERS_MAX || ++h->header_lines > HTTP_HEADER_LINES)
		return stop(h, FAULT_TOO_LARGE, "headers without an end");
	if (len > 5 && memcmp(line, "HTTP/", 5) == 0)
		status_line(h, line, len);
	for (size_t i = 0; i < countof(kept); i++)
		if (header_is(line, len, kept[i].name, &value, &n))
			header_keep(kept[i].out, kept[i].size, value, n);
	if (header_is(line, len, "content-encoding", &value, &n) &&
	    !(n == 8 && strncasecmp(value, "identity", 8) == 0)) {
		if (h->encoded || memchr(value, ',', n))
			return stop(h, FAULT_TOO_LARGE, "more than one layer of compression");
		h->encoded = true;
	}
	return len;
}

size_t http_body_in(char *bytes, size_t size, size_t count, void *ctx)
{
	struct http *h = ctx;
	size_t len = size * count;
	curl_off_t received = 0;

	if (h->body.len + len > h->body_max) {
		char why[64];
		snprintf(why, sizeof why, "more than %zu KiB", h->body_max >> 10);
		return stop(h, FAULT_TOO_LARGE, why);
	}
	if (h->encoded && h->body.len + len > HTTP_EXPANSION_FREE) {
		curl_easy_getinfo(h->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
		if (h->body.len + len > (size_t)received * HTTP_EXPANSION)
			return stop(h, FAULT_TOO_LARGE, "compressed beyond 100 to 1");
	}
	return buf_add(&h->body, bytes, len) ? len : 0;
}

static enum probe_fault connect_fault(const struct http *h)
{
	long os = 0;

	curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &os);
	if (os == ENETUNREACH || os == EHOSTUNREACH || os == ENETDOWN)
		return FAULT_UNREACHED;
	return os == ETIMEDOUT ? FAULT_TIMEOUT : FAULT_REFUSED;
}

static enum probe_fault verify_fault(const struct http *h)
{
	long verify = 0;

	curl_easy_getinfo(h->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
	switch (verify) {
	case 0: /* the chain has no fault: it was curl that compared the name */
	case VERIFY_UNSET:
	case VERIFY_HOST:
		return FAULT_TLS_HOST;
	case VERIFY_NOT_YET:
	case VERIFY_EXPIRED:
		return FAULT_TLS_EXPIRED;
	default:
		return FAULT_TLS_UNTRUSTED;
	}
}

static enum probe_fault fault_of(const struct http *h, CURLcode code)
{
	long redirects = 0;

	if (code == CURLE_OK || h->stop)
		return h->stop;
	curl_easy_getinfo(h->easy, CURLINFO_REDIRECT_COUNT, &redirects);
	switch ((int)code) {
	case CURLE_URL_MALFORMAT:
		return redirects ? FAULT_REDIRECT : FAULT_URL;
	case CURLE_UNSUPPORTED_PROTOCOL: /* also: not HTTP at all (HTTP/0.9) */
		return redirects ? FAULT_REDIRECT : FAULT_BROKEN;
	case CURLE_TOO_MANY_REDIRECTS:
		return FAULT_REDIRECT;
	case CURLE_COULDNT_RESOLVE_HOST:
		return FAULT_LOOKUP;
	case CURLE_COULDNT_CONNECT:
		return connect_fault(h);
	case CURLE_OPERATION_TIMEDOUT:
		return FAULT_TIMEOUT;
	case CURLE_PEER_FAILED_VERIFICATION:
		return verify_fault(h);
	case CURLE_USE_SSL_FAILED: /* mail: no STARTTLS, and nothing goes without */
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return FAULT_TLS;
	case CURLE_FILESIZE_EXCEEDED:
		return FAULT_TOO_LARGE;
	default:
		return FAULT_BROKEN;
	}
}

static void detail_put(struct http_answer *a, const char *text)
{
	struct buf clean;

	buf_init(&clean, 0);
	utf8_clean(&clean, text, strlen(text), UTF8_ONE_LINE, sizeof a->detail - 1);
	snprintf(a->detail, sizeof a->detail, "%s", buf_str(&clean));
	buf_fini(&clean);
}

static int64_t phase(CURL *easy, CURLINFO info)
{
	curl_off_t us = 0;

	curl_easy_getinfo(easy, info, &us);
	return us;
}

void http_exchange_end(struct http *h, CURLcode code)
{
	struct http_answer *a = &h->going->answer;
	char *url = NULL;
	long status = 0;

	a->fault = fault_of(h, code);
	/* curl's words for a failed connection hold a time, so that no two of them are equal. */
	bool plain =
	    a->fault == FAULT_REFUSED || a->fault == FAULT_UNREACHED || a->fault == FAULT_TIMEOUT;
	if (h->stop)
		detail_put(a, h->going->stop_detail);
	else if (code != CURLE_OK && !plain)
		detail_put(a, h->going->error[0] ? h->going->error : curl_easy_strerror(code));
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	a->code = (int)status;
	a->cert_until = h->cert_until;
	a->body = buf_str(&h->body);
	a->body_len = h->body.len;
	a->phase = (struct probe_phases){
		.lookup = phase(h->easy, CURLINFO_NAMELOOKUP_TIME_T),
		.connect = phase(h->easy, CURLINFO_CONNECT_TIME_T),
		.tls = phase(h->easy, CURLINFO_APPCONNECT_TIME_T),
		.first_byte = phase(h->easy, CURLINFO_STARTTRANSFER_TIME_T),
		.total = phase(h->easy, CURLINFO_TOTAL_TIME_T),
	};
	if (h->banner && code == CURLE_OK) {
		a->phase.total = (http_now_ms() - a->started_ms) * 1000;
		a->phase.first_byte = h->body.len ? a->phase.total : 0;
	}
	a->latency_ms = (int)(a->phase.total / 1000);
	if (h->moved && curl_easy_getinfo(h->easy, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK)
		a->moved_to = url;
	if (h->mail)
		http_mail_end(h);
}
