/* Every command: its words, its arguments, what it needs. Help, forms, completion and the checks of
 * arguments are made from this table. */
#include "command_priv.h"

#include <string.h>

#define REQUIRED true
#define OPTIONAL false

#define REASON_OF(usual)                                                                           \
	{                                                                                          \
		"reason", "Reason", "Why, for those who read it later", ARG_TEXT, REQUIRED, usual  \
	}
#define REASON REASON_OF(NULL)

const struct command_info command_infos[] = {
	[COMMAND_OPEN] = { "open", "open", "Open an incident", PERM_COMMAND, DANGER_SHARED, true,
	    { { "title", "Title", "What is wrong, in a few plain words", ARG_TEXT, REQUIRED, NULL },
		{ "severity", "Severity", "1 to 4, by what customers feel now", ARG_SEVERITY,
		    REQUIRED, NULL },
		{ "regions", "Regions", "Where", ARG_REGIONS, REQUIRED, NULL },
		{ "components", "Components", "What", ARG_COMPONENTS, REQUIRED, NULL },
		{ "impact", "Impact", "Who is hit and how", ARG_LONG_TEXT, OPTIONAL, NULL },
		{ "started_at", "Started", "When it began, if not now", ARG_TIME, OPTIONAL,
		    NULL } },
	    false },
	[COMMAND_ACK] = { "ack", "acknowledge", "Take it: somebody owns it now", PERM_RESPOND,
	    DANGER_OWN, false, { { 0 } }, false },
	[COMMAND_INTAKE] = { "intake", "add intake facts to", "What the service desk knows",
	    PERM_RESPOND, DANGER_OWN, false,
	    { { "reporter", "Reporter", "Who told us", ARG_TEXT, OPTIONAL, NULL },
		{ "channel", "Channel", "By phone, mail, chat, portal", ARG_TEXT, OPTIONAL, NULL },
		{ "validated", "Validated", "We have seen it ourselves", ARG_BOOL, OPTIONAL, NULL },
		{ "reproduced", "Reproduced", "We can make it happen", ARG_BOOL, OPTIONAL, NULL },
		{ "affected", "Affected", "Which users, how many", ARG_TEXT, OPTIONAL, NULL },
		{ "affected_percent", "Affected %", "Share of the users, 0 to 100", ARG_NUMBER,
		    OPTIONAL, NULL },
		{ "urgency", "Urgency", "How soon it hurts", ARG_CHOICE, OPTIONAL,
		    "low medium high" } },
	    false },
	[COMMAND_SNOOZE] = { "snooze", "snooze", "Put a candidate aside for a while", PERM_RESPOND,
	    DANGER_SHARED, false,
	    { { "for", "For", "How long, such as 30m", ARG_DURATION, OPTIONAL, NULL },
		{ "until", "Until", "Or until when", ARG_TIME, OPTIONAL, NULL },
		REASON_OF("not now") },
	    false },
	[COMMAND_REMIND] = { "remind", "set a reminder on", "Remind everybody here at a time",
	    PERM_RESPOND, DANGER_OWN, false,
	    { { "text", "Text", "What to do then", ARG_TEXT, REQUIRED, NULL },
		{ "in", "In", "How long from now, such as 20m", ARG_DURATION, OPTIONAL, NULL },
		{ "at_time", "At", "Or at what time", ARG_TIME, OPTIONAL, NULL },
		{ "done", "Done", "It has been done", ARG_BOOL, OPTIONAL, NULL } },
	    false },
	[COMMAND_BRIDGE] = { "bridge", "set the bridge of", "The conference of this incident",
	    PERM_RESPOND, DANGER_OWN, false,
	    { { "url", "Address", "Of the conference", ARG_TEXT, OPTIONAL, NULL },
		{ "phone", "Phone", "To dial in", ARG_TEXT, OPTIONAL, NULL } },
	    false },
	[COMMAND_SEVERITY] = { "severity", "change the severity of",
	    "Classify again by what customers feel now", PERM_COMMAND, DANGER_SHARED, false,
	    { { "severity", "Severity", "1 to 4", ARG_SEVERITY, REQUIRED, NULL }, REASON,
		{ "from", "From", "What it is now, as a check", ARG_SEVERITY, OPTIONAL, NULL } },
	    false },
	[COMMAND_SCOPE] = { "scope", "change the scope of", "The whole new scope", PERM_COMMAND,
	    DANGER_SHARED, false,
	    { { "regions", "Regions", "All of them", ARG_REGIONS, REQUIRED, NULL },
		{ "components", "Components", "All of them", ARG_COMPONENTS, REQUIRED, NULL },
		REASON },
	    false },
	[COMMAND_ROLE] = { "role", "assign a role on", "Give a role to a person", PERM_COMMAND,
	    DANGER_SHARED, false,
	    { { "role", "Role", "ic, comms, tech or liaison", ARG_ROLE, REQUIRED, NULL },
		{ "person", "Person", "Who holds it from now", ARG_PERSON, REQUIRED, NULL },
		{ "override", "Override", "Why one person is both IC and communications lead",
		    ARG_TEXT, OPTIONAL, NULL } },
	    false },
	[COMMAND_RELEASE] = { "release", "release a role on", "Leave a role vacant", PERM_COMMAND,
	    DANGER_SHARED, false,
	    { { "role", "Role", "ic, comms, tech or liaison", ARG_ROLE, REQUIRED, NULL } }, false },
	[COMMAND_OFFER] = { "offer", "offer command of", "Hand over: offer command to somebody",
	    PERM_COMMAND, DANGER_SHARED, false,
	    { { "to", "To", "Who shall command next", ARG_PERSON, REQUIRED, NULL },
		{ "brief", "Brief", "What they must know; written for you where left empty",
		    ARG_LONG_TEXT, OPTIONAL, NULL } },
	    false },
	[COMMAND_ACCEPT] = { "accept", "accept command of", "Take the command that was offered",
	    PERM_COMMAND, DANGER_SHARED, false, { { 0 } }, false },
	[COMMAND_ESCALATE] = { "escalate", "escalate", "Record that a tier or carrier was engaged",
	    PERM_COMMAND, DANGER_SHARED, false,
	    { { "to", "To", "2, 3 or a carrier", ARG_TIER_OR_CARRIER, REQUIRED, NULL },
		{ "contact", "Contact", "Who was reached", ARG_TEXT, OPTIONAL, NULL },
		{ "via", "By", "The means", ARG_CHOICE, OPTIONAL, "phone page email chat portal" },
		{ "reference", "Reference", "Their ticket number", ARG_TEXT, OPTIONAL, NULL } },
	    false },
	[COMMAND_ANSWERED] = { "answered", "record an answer on", "A tier or carrier has answered",
	    PERM_RESPOND, DANGER_SHARED, false,
	    { { "to", "Who", "2, 3 or a carrier", ARG_TIER_OR_CARRIER, REQUIRED, NULL },
		{ "by", "By", "Who answered", ARG_TEXT, OPTIONAL, NULL } },
	    false },
	[COMMAND_INVOLVE] = { "involve", "involve a carrier in", "It depends on a carrier",
	    PERM_COMMAND, DANGER_SHARED, false,
	    { { "carrier", "Carrier", "Which one", ARG_CARRIER, REQUIRED, NULL }, REASON,
		{ "timeline", "Timeline", "What they say about when", ARG_TEXT, OPTIONAL, NULL } },
	    false },
	[COMMAND_CLEAR] = { "clear", "clear a carrier from", "It does not depend on the carrier",
	    PERM_COMMAND, DANGER_SHARED, false,
	    { { "carrier", "Carrier", "Which one", ARG_CARRIER, REQUIRED, NULL }, REASON }, false },
	[COMMAND_HYPOTHESIS] = { "hypothesis", "add a hypothesis to",
	    "What may be the cause; always labelled as such", PERM_RESPOND, DANGER_OWN, false,
	    { { "text", "Hypothesis", "What may be the cause", ARG_LONG_TEXT, REQUIRED, NULL } },
	    false },
	[COMMAND_ACTION] = { "action", "note an action on",
	    "What is being done, by whom, until when", PERM_RESPOND, DANGER_OWN, false,
	    { { "text", "Action", "What is done", ARG_TEXT, OPTIONAL, NULL },
		{ "owner", "Owner", "Who does it", ARG_TEXT, OPTIONAL, NULL },
		{ "eta_from", "From", "Done at the earliest", ARG_TIME, OPTIONAL, NULL },
		{ "eta_to", "To", "Done at the latest", ARG_TIME, OPTIONAL, NULL },
		{ "done", "Done", "It has been done", ARG_BOOL, OPTIONAL, NULL },
		{ "id", "Id", "Of an action to change", ARG_TEXT, OPTIONAL, NULL } },
	    false },
	[COMMAND_RESTORE] = { "restore", "mark as restored", "Customers can use it again",
	    PERM_COMMAND, DANGER_SHARED, false,
	    { { "workaround", "Workaround", "By a workaround, not by the fix", ARG_BOOL, REQUIRED,
		  NULL },
		{ "residual", "Remaining", "Risk or limits that remain", ARG_LONG_TEXT, OPTIONAL,
		    NULL },
		{ "customer_actions", "Customers", "What customers must do", ARG_LONG_TEXT,
		    OPTIONAL, NULL },
		{ "restored_at", "When", "If not now", ARG_TIME, OPTIONAL, NULL } },
	    false },
	[COMMAND_RESOLVE] = { "resolve", "mark as resolved", "The permanent fix is in",
	    PERM_COMMAND, DANGER_SHARED, false,
	    { { "fix", "Fix", "What repaired it for good", ARG_LONG_TEXT, REQUIRED, NULL },
		{ "resolved_at", "When", "If not now", ARG_TIME, OPTIONAL, NULL } },
	    false },
	[COMMAND_REOPEN] = { "reopen", "reopen", "It is not over", PERM_COMMAND, DANGER_SHARED,
	    false, { REASON }, false },
	[COMMAND_RCA] = { "rca", "deliver the report of", "Record that the report was delivered",
	    PERM_COMMAND, DANGER_SHARED, false,
	    { { "stage", "Stage", "draft or final", ARG_CHOICE, REQUIRED, "draft final" },
		{ "reference", "Reference", "Where it is", ARG_TEXT, OPTIONAL, NULL } },
	    false },
	[COMMAND_NOTE] = { "note", "add a note to", "Internal, never published", PERM_RESPOND,
	    DANGER_OWN, false,
	    { { "text", "Note", "Internal, never published", ARG_LONG_TEXT, REQUIRED, NULL } },
	    false },
	[COMMAND_MERGE] = { "merge", "merge", "It is part of another incident", PERM_COMMAND,
	    DANGER_SHARED, false,
	    { { "into", "Into", "The incident that goes on", ARG_INCIDENT, REQUIRED, NULL },
		REASON_OF("the same cause") },
	    false },
	[COMMAND_DISMISS] = { "dismiss", "dismiss", "A false alarm", PERM_COMMAND, DANGER_SHARED,
	    false, { REASON_OF("a false alarm") }, false },
	[COMMAND_CLOSE] = { "close", "close", "Resolved, told and reported", PERM_COMMAND,
	    DANGER_SHARED, false, { { 0 } }, false },
	[COMMAND_UPDATE] = { "update", "post an update on", "Tell customers and partners",
	    PERM_PUBLISH, DANGER_OUTWARD, false,
	    { { "stage", "Stage", "initial, progress, restored, resolved or correction", ARG_CHOICE,
		  REQUIRED, "initial progress restored resolved correction" },
		{ "status", "Status", "As the status page shows it; by the stage where left empty",
		    ARG_CHOICE, OPTIONAL, "investigating identified monitoring resolved" },
		{ "template", "Template", "That it was written with", ARG_TEXT, OPTIONAL, NULL },
		{ "fields", "Fields", "What is said, by field", ARG_OBJECT, REQUIRED, NULL },
		{ "text", "Text", "What each audience reads", ARG_OBJECT, REQUIRED, NULL },
		{ "audiences", "Audiences", "Who reads it", ARG_IDS, REQUIRED, NULL },
		{ "channels", "Channels", "Those of the audiences where left empty", ARG_IDS,
		    OPTIONAL, NULL },
		{ "next", "Next in", "Time to the next update, such as 30m", ARG_DURATION, OPTIONAL,
		    NULL },
		{ "next_update_at", "Next at", "Or its time", ARG_TIME, OPTIONAL, NULL } },
	    true },
	[COMMAND_APPROVE] = { "approve", "approve an update of",
	    "Approve the exact text of an update that waits for it", PERM_PUBLISH, DANGER_OUTWARD,
	    false,
	    { { "hash", "Hash", "Of the text; the only one that waits where left empty", ARG_TEXT,
		OPTIONAL, NULL } },
	    true },
	[COMMAND_UNDO] = { "undo", "take back a change of",
	    "Take back a change: severity, scope, role, action, reminder or snooze", PERM_RESPOND,
	    DANGER_SHARED, false,
	    { { "version", "Event", "Its number in the timeline; your last change where left empty",
		ARG_NUMBER, OPTIONAL, NULL } },
	    false },
	[COMMAND_RETRY] = { "retry", "retry a delivery of",
	    "Try a delivery again now, one that was given up as well", PERM_PUBLISH, DANGER_SHARED,
	    false,
	    { { "destination", "Channel", "Where it goes", ARG_TEXT, REQUIRED, NULL },
		{ "update", "Update", "Its number; the oldest that waits where left empty",
		    ARG_NUMBER, OPTIONAL, NULL },
		{ "reason", "Reason", "Why, for those who read it later", ARG_TEXT, OPTIONAL,
		    NULL } },
	    false },
	[COMMAND_GIVE_UP] = { "give-up", "give up a delivery of",
	    "Stop trying a delivery: it will not arrive there", PERM_PUBLISH, DANGER_SHARED, false,
	    { { "destination", "Channel", "Where it will not go", ARG_TEXT, REQUIRED, NULL },
		{ "update", "Update", "Its number; the oldest that waits where left empty",
		    ARG_NUMBER, OPTIONAL, NULL },
		REASON },
	    false },
	[COMMANDS] = { 0 },
};

const struct command_info *command_find(const char *name)
{
	for (const struct command_info *c = command_infos; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static const struct {
	const char *name;
	unsigned bits;
} permissions[] = {
	{ "view", PERM_VIEW },
	{ "respond", PERM_RESPOND | PERM_VIEW },
	{ "command", PERM_COMMAND | PERM_RESPOND | PERM_VIEW },
	{ "publish", PERM_PUBLISH | PERM_VIEW },
	{ "admin", PERM_ADMIN | PERM_VIEW },
};

unsigned permission_parse(const char *word)
{
	for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++)
		if (strcmp(permissions[i].name, word) == 0)
			return permissions[i].bits;
	return 0;
}

const char *permission_name(unsigned bit)
{
	switch (bit) {
	case PERM_VIEW:
		return "view";
	case PERM_RESPOND:
		return "respond";
	case PERM_COMMAND:
		return "command";
	case PERM_PUBLISH:
		return "publish";
	case PERM_ADMIN:
		return "admin";
	}
	return "";
}
