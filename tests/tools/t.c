/* Keeps the archive from being empty. */
#include "t.h"

const char *t_anchor(void);

const char *t_anchor(void)
{
	return "tests";
}
