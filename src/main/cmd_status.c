/* nocboard status */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "print.h"
#include "spawn.h"

static const struct cmd_option options[] = {
	{ "json", 0, NULL, "one JSON document", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ 0 },
};

static int run(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, false, &e);
	struct utc now;
	struct buf out;
	cJSON *o;

	if (!s || !engine_look_at(a, s, &now, &e)) {
		session_close(s);
		return cmd_fail(&e);
	}
	buf_init(&out, 0);
	if (arg_given(a, "json")) {
		o = json_of_status(session_snapshot(s), now);
		json_print(&out, o);
		buf_addc(&out, '\n');
		cJSON_Delete(o);
	} else {
		print_status(&out, session_snapshot(s), now);
	}
	print_out(&out);
	buf_fini(&out);
	session_close(s);
	return EXIT_DONE;
}

const struct cmd cmd_status = {
	.name = "status",
	.summary = "the board as text",
	.options = options,
	.run = run,
};
