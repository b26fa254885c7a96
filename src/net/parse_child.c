/* The parse child: reads hostile documents with nothing left that they could reach. */
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "base/json.h"
#include "base/mem.h"
#include "net/feed.h"
#include "net/parse.h"
#include "os/clock.h"
#include "parse_priv.h"
#include "probe_far.h"

#define MEMORY ((rlim_t)512 << 20)
#define KEPT (4 << 20) /* of memory between documents */
#define CPU_S 10
#define CPU_RETIRE_MS 5000 /* having used so much it asks to be replaced */

/* Sanitizers map terabytes and call what the filter forbids; their builds go without. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define INSTRUMENTED 1
#endif
#endif
#ifndef INSTRUMENTED
#define INSTRUMENTED 0
#endif

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ARCH 0
#endif

static const int allowed_calls[] = {
	SYS_read,
	SYS_write,
	SYS_exit,
	SYS_exit_group,
	SYS_brk,
	SYS_mmap,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_futex,
	SYS_clock_gettime,
	SYS_getrandom,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_getpid,
	SYS_gettid,
	SYS_tgkill,
};

static void filter_calls(void)
{
	struct sock_filter f[2 * countof(allowed_calls) + 5];
	unsigned short n = 0;

	if (INSTRUMENTED || ARCH == 0)
		return;
	f[n++] = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	f[n++] = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < countof(allowed_calls); i++) {
		f[n++] = (struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed_calls[i], 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	struct sock_fprog prog = { n, f };
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
}

void parse_child_confine(void)
{
	const struct {
		int what;
		rlim_t max;
	} limits[] = { { RLIMIT_CPU, CPU_S }, { RLIMIT_NOFILE, 0 }, { RLIMIT_NPROC, 0 },
		{ RLIMIT_CORE, 0 }, { RLIMIT_FSIZE, 0 }, { RLIMIT_AS, MEMORY } };

	for (size_t i = 0; i < countof(limits); i++) {
		struct rlimit r = { limits[i].max, limits[i].max };
		if (INSTRUMENTED && limits[i].what == RLIMIT_AS)
			continue;
		setrlimit((__rlimit_resource_t)limits[i].what, &r);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	filter_calls();
}

static bool read_all(void *out, size_t len)
{
	char *p = out;

	while (len) {
		ssize_t n = read(0, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static bool write_all(const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = write(1, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static cJSON *read_doc(
    const char *what, const char *bytes, size_t len, struct utc now, struct err *e)
{
	struct feed_doc *doc;
	cJSON *json;

	if (strcmp(what, PROBE_FAR) == 0)
		return probe_far_judge(bytes, len, e);
	doc = feed_parse_at(what, bytes, len, now, e);
	json = doc ? feed_doc_json(doc) : NULL;
	feed_doc_free(doc);
	return json;
}

static bool answer(const char *what, const char *bytes, size_t len, struct utc now)
{
	struct err e = { 0 };
	cJSON *json = read_doc(what, bytes, len, now, &e), *reply = cJSON_CreateObject();
	struct buf text;

	if (json)
		json_put(reply, "ok", json);
	else
		json_put_str(reply, "error", e.msg);
	json_put_bool(reply, "last", clock_cpu().ms > CPU_RETIRE_MS);
	buf_init(&text, PARSE_ANSWER_MAX);
	json_print(&text, reply);
	uint32_t n = (uint32_t)text.len;
	bool ok = !text.over && write_all(&n, sizeof n) && write_all(text.data, text.len);
	buf_fini(&text);
	cJSON_Delete(reply);
	return ok;
}

void parse_child_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, KEPT);
	mallopt(M_TRIM_THRESHOLD, KEPT);
	mallopt(M_TOP_PAD, KEPT / 16);
}

int parse_child_main(void)
{
	struct parse_head head;
	char what[PARSE_WHAT_MAX + 1];

	close_range(3, ~0u, 0);
	parse_child_memory();
	feed_prepare();
	parse_child_confine();
	while (read_all(&head, sizeof head)) {
		if (head.what > PARSE_WHAT_MAX || head.len > PARSE_DOC_MAX ||
		    !read_all(what, head.what))
			return 1;
		what[head.what] = 0;
		char *bytes = xmalloc((size_t)head.len + 1);
		bool ok = read_all(bytes, head.len);
		bytes[head.len] = 0;
		ok = ok && answer(what, bytes, head.len, (struct utc){ head.now });
		free(bytes);
		if (!ok)
			return 1;
	}
	return 0;
}
