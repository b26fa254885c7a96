#include "ui/step.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

#define FAR (1 << 20)

bool list_step(const char *action, int page, int *by)
{
	static const struct {
		const char *action;
		int rows, halves; /* of a page */
	} moves[] = {
		{ "list.next", 1, 0 },
		{ "list.prev", -1, 0 },
		{ "list.page-down", 0, 2 },
		{ "list.page-up", 0, -2 },
		{ "list.half-down", 0, 1 },
		{ "list.half-up", 0, -1 },
		{ "list.first", -FAR, 0 },
		{ "list.last", FAR, 0 },
	};

	for (size_t i = 0; i < countof(moves); i++)
		if (strcmp(moves[i].action, action) == 0) {
			*by = moves[i].rows + moves[i].halves * page / 2;
			return true;
		}
	return false;
}
