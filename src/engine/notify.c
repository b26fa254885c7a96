/* Telling: what is held before it goes out, and what is on its way. */
#include "engine_priv.h"

void notify_start(struct engine *g)
{
	outbox_start(g);
	held_start(g);
	heartbeat_start(g);
}

void notify_stop(struct engine *g)
{
	outbox_stop(g);
	held_stop(g);
	heartbeat_stop(g);
}
