/* nocboard contacts: whom to call, to be printed and hung up beside the telephone. */
#include <stdio.h>

#include "cmd.h"
#include "print.h"
#include "spawn.h"
#include "ui/contacts.h"

static const struct cmd_option options[] = {
	{ "region", 0, "ID", "carriers and customers of one region only", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ 0 },
};

static int run(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, true, &e);
	const char *region = arg_value(a, "region");
	struct buf text;

	if (s && region && !snap_region(session_snapshot(s), region))
		err_set(&e, ERR_USAGE, "--region: there is no region \"%.60s\"", region);
	if (!s || e.kind != ERR_NONE) {
		session_close(s);
		return cmd_fail(&e);
	}
	buf_init(&text, 0);
	contacts_text(session_snapshot(s), region, &text);
	print_out(&text);
	buf_fini(&text);
	session_close(s);
	return EXIT_DONE;
}

const struct cmd cmd_contacts = {
	.name = "contacts",
	.summary = "prints whom to call: our own people, carriers, key customers",
	.options = options,
	.run = run,
};
