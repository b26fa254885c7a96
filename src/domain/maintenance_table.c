/* Every command about planned work: its words, its arguments, what it needs. */
#include <string.h>

#include "maintenance_priv.h"

#define REQUIRED true
#define OPTIONAL false

/* clang-format off */
#define SCOPE(need) \
		{ "regions", "Regions", "Where", ARG_REGIONS, need, NULL }, \
		{ "components", "Components", "What", ARG_COMPONENTS, need, NULL }
#define PLAN(need) \
		{ "title", "Title", "What is done, in a few plain words", ARG_TEXT, need, NULL }, \
		SCOPE(need), \
		{ "starts_at", "Begins", "When, in RFC 3339", ARG_TIME, need, NULL }, \
		{ "ends_at", "Ends", "At the latest", ARG_TIME, need, NULL }, \
		{ "risk", "Risk", "low, medium or high", ARG_CHOICE, need, "low medium high" }, \
		{ "class", "Class", "How long before customers are told; by the risk when left out", ARG_CHOICE, OPTIONAL, "minor major disruptive" }, \
		{ "impact", "Impact", "What customers notice, and for how long", ARG_LONG_TEXT, OPTIONAL, NULL }, \
		{ "customer_actions", "Customers", "What customers can do", ARG_LONG_TEXT, OPTIONAL, NULL }, \
		{ "rollback", "Way back", "How it is taken back if it fails; never published", ARG_LONG_TEXT, OPTIONAL, NULL }, \
		{ "rollback_tested", "Tested", "The way back has been tested", ARG_BOOL, OPTIONAL, NULL }, \
		{ "contact", "Contact", "Whom customers ask before and during the work", ARG_TEXT, OPTIONAL, NULL }, \
		{ "carrier", "Carrier", "Whose work it is; our own when left out", ARG_CARRIER, OPTIONAL, NULL }, \
		{ "tentative", "Tentative", "It is not settled yet", ARG_BOOL, OPTIONAL, NULL }, \
		{ "manual", "By hand", "It begins and ends by a person's word, not by its window", ARG_BOOL, OPTIONAL, NULL }, \
		{ "override", "Override", "A rule and why it does not hold here", ARG_OBJECT, OPTIONAL, NULL }

const struct command_info maintenance_infos[] = {
	[MAINTENANCE_PLAN] = { "maintenance-plan", "plan maintenance", "Plan work", PERM_COMMAND, DANGER_SHARED, true, { PLAN(REQUIRED) }, false },
	[MAINTENANCE_REPLAN] = { "maintenance-replan", "plan anew", "Change a plan; what is left out stays", PERM_COMMAND, DANGER_SHARED, false, {
		PLAN(OPTIONAL),
		{ "reason", "Reason", "Why, for those who read it later", ARG_TEXT, OPTIONAL, NULL } }, false },
	[MAINTENANCE_NOTICE] = { "maintenance-notice", "tell customers of", "Tell customers: the notice, the start, the end, or that it is cancelled", PERM_PUBLISH, DANGER_OUTWARD, false, {
		{ "stage", "Stage", "notice, start, end or cancelled", ARG_CHOICE, REQUIRED, "notice start end cancelled" },
		{ "template", "Template", "That it was written from", ARG_TEXT, OPTIONAL, NULL },
		{ "fields", "Fields", "Of the template", ARG_OBJECT, OPTIONAL, NULL },
		{ "text", "Text", "For each audience", ARG_OBJECT, REQUIRED, NULL },
		{ "audiences", "Audiences", "Who reads it", ARG_IDS, REQUIRED, NULL },
		{ "channels", "Channels", "By which way; all of the audiences' when left out", ARG_IDS, OPTIONAL, NULL },
		{ "override", "Override", "The rule \"notice\" and why it is told so late", ARG_OBJECT, OPTIONAL, NULL } }, true },
	[MAINTENANCE_START] = { "maintenance-start", "start", "The work has begun", PERM_COMMAND, DANGER_SHARED, false, {
		{ "started_at", "Begun", "When, if not now", ARG_TIME, OPTIONAL, NULL } }, false },
	[MAINTENANCE_END] = { "maintenance-end", "end", "The work is done", PERM_COMMAND, DANGER_SHARED, false, {
		{ "ended_at", "Ended", "When, if not now", ARG_TIME, OPTIONAL, NULL },
		{ "result", "Result", "What was done", ARG_LONG_TEXT, OPTIONAL, NULL } }, false },
	[MAINTENANCE_CANCEL] = { "maintenance-cancel", "cancel", "It does not take place", PERM_COMMAND, DANGER_SHARED, false, {
		{ "reason", "Reason", "Why, for those who read it later", ARG_TEXT, REQUIRED, NULL } }, false },
	[MAINTENANCE_NOTE] = { "maintenance-note", "add a note to", "Write something down; never published", PERM_RESPOND, DANGER_OWN, false, {
		{ "text", "Note", "What there is to know", ARG_LONG_TEXT, REQUIRED, NULL } }, false },
	[MAINTENANCE_IMPORT] = { "maintenance-import", "import", "A carrier's own notice: plans, plans anew, or cancels", PERM_COMMAND, DANGER_SHARED, true, {
		{ "provider", "Provider", "Who sent it", ARG_TEXT, REQUIRED, NULL },
		{ "reference", "Reference", "The provider's id of the work", ARG_TEXT, REQUIRED, NULL },
		{ "sequence", "Sequence", "Grows with each notice", ARG_NUMBER, OPTIONAL, NULL },
		{ "stamp", "Stamp", "When the notice was written", ARG_TIME, OPTIONAL, NULL },
		{ "status", "Status", "What the notice says", ARG_CHOICE, REQUIRED, "tentative scheduled confirmed in_progress verifying completed cancelled" },
		{ "title", "Title", "What is done", ARG_TEXT, OPTIONAL, NULL },
		{ "starts_at", "Begins", "When", ARG_TIME, OPTIONAL, NULL },
		{ "ends_at", "Ends", "At the latest", ARG_TIME, OPTIONAL, NULL },
		{ "risk", "Risk", "low, medium or high", ARG_CHOICE, OPTIONAL, "low medium high" },
		{ "impact", "Impact", "What customers notice", ARG_LONG_TEXT, OPTIONAL, NULL },
		{ "carrier", "Carrier", "Whose work it is", ARG_CARRIER, OPTIONAL, NULL },
		SCOPE(OPTIONAL) }, false },
	[MAINTENANCE_COMMANDS] = { 0 },
};
/* clang-format on */

const struct command_info *maintenance_info_find(const char *name)
{
	for (const struct command_info *i = maintenance_infos; i->name; i++)
		if (name && strcmp(i->name, name) == 0)
			return i;
	return NULL;
}
