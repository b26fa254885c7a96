/* Shared by the files that work on an open journal (journal, journal_read, verify, transfer). */
#ifndef STORE_JOURNAL_PRIV_H
#define STORE_JOURNAL_PRIV_H

#include "store/journal.h"
#include "store/store.h"

struct pending;

struct journal {
	struct loop *loop;
	const struct store_ops *ops;
	struct store *store;
	struct store_head head;
	bool read_only;

	/* Asked for, oldest first; `flying` of them are with the back end. */
	struct pending **waiting;
	size_t count, cap, flying;
	bool in_flight;
	struct loop_later *commit;

	bool failed;
	struct err why;
	struct loop_timer *retry;
	struct loop_later *told;
	void (*changed)(void *ctx, bool ok);
	void *changed_ctx;
};

/* The row's event, its body parsed. NULL: *e. */
struct event *journal_event(const struct store_row *row, struct err *e);

#endif
