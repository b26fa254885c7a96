#include "base/nearest.h"

#include <limits.h>
#include <string.h>

#include "base/mem.h"

/* Levenshtein's distance; INT_MAX for words that are too long to be a slip. */
static int distance(const char *a, const char *b)
{
	int row[64];
	size_t la = strlen(a), lb = strlen(b);

	if (la >= countof(row) || lb >= countof(row))
		return INT_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= la; i++) {
		int diagonal = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= lb; j++) {
			int up = row[j], best = diagonal + (a[i - 1] != b[j - 1]);

			best = up + 1 < best ? up + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			row[j] = best;
			diagonal = up;
		}
	}
	return row[lb];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
	const char *best = NULL;
	int least = (int)strlen(word) / 3 + 1;

	for (size_t i = 0; i < count; i++) {
		int d = distance(word, words[i]);

		if (d <= least && (!best || d < least)) {
			least = d;
			best = words[i];
		}
	}
	return best;
}
