/* nocboard check */
#include <stdio.h>

#include "check_channels.h"
#include "cmd.h"
#include "engine/setup.h"
#include "os/zone.h"
#include "store/store.h"

/* Tiers and carriers that nobody can be reached for: found here, and not at three in the morning.
 */
static int unreachable(const struct config *c)
{
	int found = 0;

	for (int tier = 2; tier <= 3; tier++) {
		const struct cfg_team *team = config_tier_team(c, tier);

		if (!team || !config_on_call(c, team, zone_utc(), (struct utc){ 0 })) {
			printf("tier %d has nobody who can be called (a team with \"tier: %d\" and "
			       "members or a rotation)\n",
			    tier, tier);
			found++;
		}
	}
	for (size_t i = 0; i < c->carriers.count; i++) {
		const struct cfg_carrier *k = &c->carriers.items[i];
		bool any = false;

		for (size_t j = 0; j < k->contacts.count; j++)
			any |= k->contacts.items[j].phone.s || k->contacts.items[j].email.s ||
			       k->contacts.items[j].portal.s;
		if (!any) {
			printf("%s:%d:%d: carrier \"%s\" has no contact with a phone, an e-mail "
			       "address or a portal\n",
			    k->pos.file, k->pos.line, k->pos.column, k->id.s);
			found++;
		}
	}
	return found;
}

/* What is wrong with the site's own templates, partials and word lists. */
static int texts(const struct setup *s)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < s->text_problems.count; i++)
		cfg_problem_print(&out, &s->text_problems.items[i]);
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	return (int)s->text_problems.count;
}

/* A journal that this program cannot open, whatever lies there. */
static int journal(const struct setup *s)
{
	struct cfg_pos pos = s->config->journal.pos;
	const char *where;
	struct err e;

	if (store_kind(s->journal, &where, &e))
		return 0;
	printf("%s:%d:%d: error: %s\n", pos.file ? pos.file : s->path, pos.line, pos.column, e.msg);
	return 1;
}

static int run(struct args *a)
{
	struct cfg_problems problems = { 0 };
	struct err e = { 0 };
	struct setup *s = setup_load(a->config, &problems, &e);
	struct buf out;
	int found = 0;

	buf_init(&out, 0);
	for (size_t i = 0; i < problems.count; i++)
		cfg_problem_print(&out, &problems.items[i]);
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	found = (int)problems.count;
	cfg_problems_fini(&problems);
	if (!s && !found)
		return cmd_fail(&e);
	if (s) {
		found += texts(s);
		found += journal(s);
		found += unreachable(s->config) + check_channels(s->config);
		if (!found)
			printf("%s: no problem found\n", s->path);
	}
	setup_free(s);
	return found ? EXIT_FOUND : EXIT_DONE;
}

const struct cmd cmd_check = {
	.name = "check",
	.summary = "validates the configuration, its policy and templates",
	.about =
	    "Names every problem as FILE:LINE:COLUMN with a remedy, the tiers and carriers "
	    "that nobody could be reached for, and channels that cannot work: secrets, programs, "
	    "files and folders that are not there or not as they have to be. What only depends on "
	    "the user who runs the engine is a warning, and no problem.",
	.run = run,
};
