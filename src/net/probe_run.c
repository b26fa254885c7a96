#include "probe_run.h"

struct probe_run *probe_run_new(const struct probe_env *env, const struct probe_target *t,
    struct probe_round round, probe_done *done, void *ctx, struct err *e)
{
	const struct probe_kind *kind = probe_kind_find(t->kind);
	struct probe_run *r;

	if (!kind) {
		err_set(e, ERR_CONFIG, "no probe is called '%s'", t->kind);
		return NULL;
	}
	r = kind->ops->make(env, t, round, e);
	if (r) {
		r->ops = kind->ops;
		r->done = done;
		r->ctx = ctx;
	}
	return r;
}

void probe_run_go(struct probe_run *r)
{
	r->ops->go(r);
}

bool probe_run_busy(const struct probe_run *r)
{
	return r->ops->busy(r);
}

void probe_run_free(struct probe_run *r)
{
	if (r)
		r->ops->free(r);
}
