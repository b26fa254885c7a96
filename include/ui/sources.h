/* What is watched as rows: each carrier feed, each cell with probes. Worst first. */
#ifndef UI_SOURCES_H
#define UI_SOURCES_H

#include "ui/view.h"

#define SOURCE_ID 200

struct source_row {
	char id[SOURCE_ID];	      /* "feed:CARRIER/FORMAT", "cell:COMPONENT/REGION" */
	const struct snap_feed *feed; /* one of the two; into the snapshot */
	const struct snap_cell *cell;
	enum status status;
	const char *word; /* "failing", "old", "major", …: at most 8 cells */
	int rank;	  /* higher is worse */
	struct utc data_at, tried_at, next_at;
	const char *fault; /* a word of why there was no usable answer; NULL */
	int code, latency_ms, problems, flaps;
	int64_t size; /* -1: not known */
	const int16_t *latencies;
	size_t latency_count;
	const char *detail; /* why it is so, never NULL */
};

/* Those in which each word of `filter` stands ("" or NULL: all), worst first; the caller frees.
 * Pointers are good until the next change of the snapshot. */
size_t source_rows(const struct scene *s, const char *filter, struct source_row **out);
/* One of them; false: it is not there any more. */
bool source_row(const struct scene *s, const char *id, struct source_row *out);
/* "812 B", "12 KiB", "1.4 MiB"; "" when not known. */
char *size_text(char out[16], int64_t bytes);

#endif
