#include "dns_text.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/utf8.h"

#define RECORDS_MAX 64
#define RECORD_TEXT 4096

/* How the data of a type is read: 1, 2, 4: a number of so many bytes; n: a name; 4 and 6 bytes of
 * an address: i, I; s: one string in quotes; t: all strings, one behind the other; g: a string
 * without quotes; v: the rest as text in quotes; x: the rest in hexadecimal. */
static const struct {
	int type;
	const char *form;
} forms[] = {
	{ ns_t_a, "i" }, { ns_t_ns, "n" }, { ns_t_cname, "n" }, { ns_t_soa, "nn44444" },
	{ ns_t_ptr, "n" }, { ns_t_mx, "2n" }, { ns_t_txt, "t" }, { ns_t_aaaa, "I" },
	{ ns_t_srv, "222n" }, { ns_t_naptr, "22sssn" }, { 43, "211x" }, /* DS */
	{ 48, "211x" },							/* DNSKEY */
	{ 52, "111x" },							/* TLSA */
	{ 257, "1gv" },							/* CAA */
};

struct rdata {
	const unsigned char *at, *end;	   /* what is left of it */
	const unsigned char *start, *stop; /* the whole message, which names may point into */
	struct buf out;
};

static bool add_number(struct rdata *d, int size)
{
	unsigned long n = 0;

	if (d->end - d->at < size)
		return false;
	for (int i = 0; i < size; i++)
		n = n << 8 | *d->at++;
	buf_addf(&d->out, "%lu", n);
	return true;
}

static bool add_name(struct rdata *d)
{
	char name[NS_MAXDNAME];
	int n = dn_expand(d->start, d->stop, d->at, name, sizeof name);

	if (n < 0 || n > d->end - d->at)
		return false;
	d->at += n;
	buf_adds(&d->out, *name ? name : ".");
	return true;
}

static bool add_address(struct rdata *d, int family, int size)
{
	char text[INET6_ADDRSTRLEN];

	if (d->end - d->at != size || !inet_ntop(family, d->at, text, sizeof text))
		return false;
	d->at += size;
	buf_adds(&d->out, text);
	return true;
}

static bool add_string(struct rdata *d, const char *quote)
{
	size_t n = d->at < d->end ? *d->at : 0;

	if (d->at == d->end || (size_t)(d->end - d->at) < n + 1)
		return false;
	buf_adds(&d->out, quote);
	buf_add(&d->out, d->at + 1, n);
	buf_adds(&d->out, quote);
	d->at += n + 1;
	return true;
}

static bool add_rest(struct rdata *d, bool hex)
{
	if (!hex) {
		buf_addc(&d->out, '"');
		buf_add(&d->out, d->at, (size_t)(d->end - d->at));
		buf_addc(&d->out, '"');
	}
	for (; hex && d->at < d->end; d->at++)
		buf_addf(&d->out, "%02x", *d->at);
	d->at = d->end;
	return true;
}

static bool add_part(struct rdata *d, char form)
{
	bool ok = true;

	switch (form) {
	case 'n':
		return add_name(d);
	case 'i':
		return add_address(d, AF_INET, 4);
	case 'I':
		return add_address(d, AF_INET6, 16);
	case 's':
		return add_string(d, "\"");
	case 'g':
		return add_string(d, "");
	case 't':
		buf_addc(&d->out, '"');
		while (ok && d->at < d->end)
			ok = add_string(d, "");
		buf_addc(&d->out, '"');
		return ok;
	case 'v':
	case 'x':
		return add_rest(d, form == 'x');
	default:
		return add_number(d, form - '0');
	}
}

/* NULL: the data is not what its type says. */
static const char *record_text(const ns_msg *m, const ns_rr *rr, struct arena *a)
{
	struct rdata d = { ns_rr_rdata(*rr), ns_rr_rdata(*rr) + ns_rr_rdlen(*rr), ns_msg_base(*m),
		ns_msg_end(*m), { 0 } };
	const char *form = NULL, *out = NULL;
	bool ok = true;
	struct buf clean;

	buf_init(&d.out, 0);
	buf_init(&clean, 0);
	for (size_t i = 0; i < countof(forms); i++)
		if (forms[i].type == (int)ns_rr_type(*rr))
			form = forms[i].form;
	if (!form) {
		buf_addf(&d.out, "\\# %u ", ns_rr_rdlen(*rr));
		form = "x";
	}
	for (const char *f = form; *f && ok; f++) {
		if (f > form)
			buf_addc(&d.out, ' ');
		ok = add_part(&d, *f);
	}
	if (ok && d.at == d.end) {
		utf8_clean(&clean, buf_str(&d.out), d.out.len, UTF8_ONE_LINE, RECORD_TEXT);
		out = arena_strdup(a, buf_str(&clean));
	}
	buf_fini(&clean);
	buf_fini(&d.out);
	return out;
}

bool dns_records(const unsigned char *bytes, size_t len, int type, struct arena *a,
    struct dns_records *out, struct err *e)
{
	ns_msg m;

	*out = (struct dns_records){ .text = arena_alloc(a, RECORDS_MAX * sizeof(char *)) };
	if (len > INT32_MAX || ns_initparse(bytes, (int)len, &m) != 0)
		return err_set(e, ERR_DATA, "the DNS message is damaged");
	for (int i = 0; i < ns_msg_count(m, ns_s_an) && out->count < RECORDS_MAX; i++) {
		ns_rr rr;

		if (ns_parserr(&m, ns_s_an, i, &rr) != 0)
			return err_set(
			    e, ERR_DATA, "answer %d of the DNS message is damaged", i + 1);
		if ((int)ns_rr_type(rr) != type)
			continue;
		const char *text = record_text(&m, &rr, a);
		if (!text)
			return err_set(
			    e, ERR_DATA, "answer %d of the DNS message is damaged", i + 1);
		if (!out->count || ns_rr_ttl(rr) < out->ttl)
			out->ttl = ns_rr_ttl(rr);
		out->text[out->count++] = text;
	}
	return true;
}

static size_t bare(const char **s)
{
	size_t n = strlen(*s);

	if (n > 1 && (*s)[n - 1] == '.')
		n--;
	if (n >= 2 && **s == '"' && (*s)[n - 1] == '"' && !memchr(*s + 1, '"', n - 2)) {
		++*s;
		n -= 2;
	}
	return n;
}

bool dns_record_is(const char *record, const char *expected)
{
	size_t n = bare(&record), m = bare(&expected);

	return n == m && strncasecmp(record, expected, n) == 0;
}
