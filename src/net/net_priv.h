/* Small helpers that the files of this floor share. */
#ifndef NET_NET_PRIV_H
#define NET_NET_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include "net/probe.h"

struct net_header *net_headers_copy(const struct net_header *h, size_t count);
void net_headers_free(struct net_header *h, size_t count); /* wipes the values */
void net_wipe(char *secret); /* overwrites, then frees; NULL is fine */

#define NET_HASH_START ((uint64_t)1469598103934665603u)
uint64_t net_hash(uint64_t h, const void *bytes, size_t len);
uint64_t net_hash_text(uint64_t h, const char *s); /* tells NULL from "" */
/* The hash so that its low bits can number a few places: those of addresses alike are alike. */
uint64_t net_hash_spread(uint64_t h);
uint64_t net_hash_number(uint64_t h, int64_t n);
uint64_t net_hash_headers(uint64_t h, const struct net_header *headers, size_t count);

/* As probe_judge, with JSON of up to `json_max` bytes. */
void probe_judge_upto(const struct probe_expect *x, const struct http_result *r, size_t json_max,
    struct probe_verdict *out);
bool probe_code_expected(const struct probe_expect *x, int code);

#endif
