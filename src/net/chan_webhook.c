/* The `webhook` channel: an HTTP POST in the manner of Standard Webhooks 1.0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/json.h"
#include "base/mem.h"
#include "chan_priv.h"

#define SECRET_PREFIX "whsec_"
#define SECRET_MAX 512

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The key's bytes; 0: it is not what it says. */
static size_t secret_bytes(const char *secret, unsigned char out[SECRET_MAX])
{
	size_t len = strlen(secret), prefix = strlen(SECRET_PREFIX);

	if (strncmp(secret, SECRET_PREFIX, prefix) != 0) {
		if (len < 1 || len > SECRET_MAX)
			return 0;
		memcpy(out, secret, len);
		return len;
	}
	const char *text = secret + prefix;
	len -= prefix;
	size_t letters = strspn(text, base64);
	if (len < 4 || len % 4 || len / 4 * 3 > SECRET_MAX || len - letters > 2 ||
	    strspn(text + letters, "=") != len - letters)
		return 0;
	int n = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
	return n < 0 ? 0 : (size_t)n - (len - letters); /* padding decodes to zero bytes */
}

bool webhook_sign(const char *secret, const char *id, int64_t unix_s, const char *body, size_t len,
    char out[64], struct err *e)
{
	unsigned char key[SECRET_MAX], mac[EVP_MAX_MD_SIZE], text[2 * EVP_MAX_MD_SIZE];
	unsigned mac_len = 0;
	struct buf signed_text;

	if (!*id || strchr(id, '.'))
		return err_set(e, ERR_DATA, "a webhook id is not empty and holds no dot: '%s'", id);
	size_t key_len = secret_bytes(secret, key);
	if (!key_len)
		return err_set(e, ERR_CONFIG,
		    "the webhook secret cannot be read (write it as whsec_ and base64)");
	buf_init(&signed_text, 0);
	buf_addf(&signed_text, "%s.%lld.", id, (long long)unix_s);
	buf_add(&signed_text, body, len);
	bool ok = HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)signed_text.data,
		      signed_text.len, mac, &mac_len) != NULL;
	explicit_bzero(key, sizeof key);
	buf_fini(&signed_text);
	if (!ok)
		return err_set(e, ERR_IO, "libcrypto refuses HMAC-SHA256");
	EVP_EncodeBlock(text, mac, (int)mac_len);
	snprintf(out, 64, "v1,%.44s", (const char *)text);
	return true;
}

/* Our delivery ids hold dots, which the signature cannot have. */
static char *webhook_id(const char *delivery)
{
	char *id = xstrdup(delivery);

	for (char *p = id; *p; p++)
		if (*p == '.' || *p <= ' ' || *p > '~')
			*p = '_';
	return id;
}

/* The whole document again, its data shortened. */
static bool shorten(struct buf *body, struct err *e)
{
	cJSON *doc = json_parse(body->data, body->len, e);
	bool ok = doc && chan_shorten(body, doc, cJSON_GetObjectItemCaseSensitive(doc, "data"),
			     CHAN_WEBHOOK_MAX, "message", e);

	cJSON_Delete(doc);
	return ok;
}

bool chan_webhook_build(struct chan_talk *t, struct chan_send *out, struct err *e)
{
	const struct delivery_request *r = t->r;
	int64_t unix_s = t->now.ms / 1000;
	char signature[64], old[64];

	*out = (struct chan_send){ 0 };
	buf_init(&out->body, 0);
	if (!r->url)
		return err_set(e, ERR_CONFIG, "channel %s: url is missing", r->destination);
	if (!chan_envelope(r, &out->body, e) ||
	    (out->body.len > CHAN_WEBHOOK_MAX && !shorten(&out->body, e)))
		return err_in(e, "channel %s", r->destination);
	char *id = webhook_id(r->id);
	chan_header(out, "Content-Type", xstrdup("application/json"));
	chan_header(out, "webhook-id", id);
	chan_header(out, "webhook-timestamp", xasprintf("%lld", (long long)unix_s));
	out->url = xstrdup(r->url);
	if (!r->secret)
		return true;
	if (!webhook_sign(r->secret, id, unix_s, out->body.data, out->body.len, signature, e) ||
	    (r->old_secret &&
		!webhook_sign(r->old_secret, id, unix_s, out->body.data, out->body.len, old, e)))
		return err_in(e, "channel %s", r->destination);
	chan_header(out, "webhook-signature",
	    r->old_secret ? xasprintf("%s %s", signature, old) : xstrdup(signature));
	return true;
}

void chan_webhook_judge(
    struct chan_talk *t, const struct chan_reply *reply, struct chan_verdict *out)
{
	(void)t;
	chan_judge_http(reply, false, out);
}
