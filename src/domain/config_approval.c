/* `approval` of the policy: which updates wait for somebody else, and for whom. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "config_priv.h"
#include "domain/command.h"
#include "domain/incident.h"

static const char example[] = "{ severities: [1, 2], by: [maria, ic] }";

/* The i-th of a list, or the one that stands alone; NULL: there are no more. */
static const struct ynode *nth(const struct ynode *n, size_t i)
{
	return n->kind == Y_LIST ? (i < n->count ? n->items[i] : NULL) : i == 0 ? n : NULL;
}

static void set_severities(struct reader *r, struct policy *p, const struct ynode *list)
{
	const struct ynode *one;

	memset(p->approval, 0, sizeof p->approval);
	for (size_t i = 0; (one = nth(list, i)); i++) {
		if (one->kind != Y_SCALAR)
			reader_problem(r, one->pos, example, "\"severities\" takes 1 to 4");
		else if (strlen(one->text) != 1 || *one->text < '1' || *one->text > '4')
			reader_problem(r, one->pos, "there are exactly four: 1, 2, 3 and 4",
			    "\"%s\" is no severity", one->text);
		else
			p->approval[*one->text - '1'] = true;
	}
}

/* Nobody named means anybody: so nothing that is written here may count for nothing. */
static void set_by(struct reader *r, struct policy *p, const struct ynode *list)
{
	const struct ynode *one;

	for (size_t i = 0; (one = nth(list, i)); i++) {
		if (one->kind != Y_SCALAR) {
			reader_problem(r, one->pos, example, "\"by\" takes people and roles");
			continue;
		}
		p->approvers =
		    xreallocarray(p->approvers, p->approver_count + 1, sizeof *p->approvers);
		p->approvers[p->approver_count++] = xstrdup(one->text);
	}
	if (list->kind == Y_LIST && list->count == 0)
		reader_problem(r, list->pos, "leave \"by\" out: then all may who may publish",
		    "\"by\" names nobody");
}

void policy_apply_approval(struct reader *r, struct policy *p, const struct ynode *n)
{
	static const char *const words[] = { "severities", "by" };

	if (n->kind != Y_MAP) {
		reader_problem(r, n->pos, example, "\"approval\" takes severities and by");
		return;
	}
	for (size_t i = 0; i < n->count; i++) {
		const char *key = n->keys[i]->text;

		if (strcmp(key, "severities") == 0)
			set_severities(r, p, n->items[i]);
		else if (strcmp(key, "by") == 0)
			set_by(r, p, n->items[i]);
		else
			reader_problem(r, n->keys[i]->pos, nearest_word(key, words, countof(words)),
			    "\"approval\" has no key \"%s\"", key);
	}
}

static const struct cfg_person *person(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->people.count; i++)
		if (strcmp(c->people.items[i].id.s, id) == 0)
			return &c->people.items[i];
	return NULL;
}

static void check_one(struct reader *r, const struct config *c, const struct ynode *name)
{
	const struct cfg_person *p = person(c, name->text);
	const char **words, *near;

	if (role_of(name->text) >= 0)
		return;
	if (p && !(p->permissions & PERM_PUBLISH))
		reader_problem(r, name->pos, "give them \"publish\", or name somebody else",
		    "\"%s\" may not publish, and so approves nothing", name->text);
	if (p)
		return;
	words = xcalloc(ROLES + c->people.count, sizeof *words);
	for (size_t i = 0; i < ROLES; i++)
		words[i] = role_infos[i].id;
	for (size_t i = 0; i < c->people.count; i++)
		words[ROLES + i] = c->people.items[i].id.s;
	near = nearest_word(name->text, words, ROLES + c->people.count);
	reader_problem(r, name->pos,
	    near ? near : "an id of \"people\", or a role: ic, comms, tech, liaison",
	    "there is no person and no role \"%s\"", name->text);
	free(words);
}

void config_check_approval(struct reader *r, const struct config *c, const struct ynode *policy)
{
	const struct ynode *approval = policy ? yaml_get(policy, "approval") : NULL,
			   *by = approval && approval->kind == Y_MAP ? yaml_get(approval, "by")
								     : NULL,
			   *one;

	/* Where nobody is configured, people are the logins of this host. */
	for (size_t i = 0; by && c->people.count && (one = nth(by, i)); i++)
		if (one->kind == Y_SCALAR)
			check_one(r, c, one);
}
